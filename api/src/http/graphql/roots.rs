//! The root fields of an operation: what it asks for or commands, and the rules that hang on that alone.
//!
//! A field counts as often as the engine would run it: once for each spread of a fragment that has it. `@skip` and
//! `@include` are passed over, so a field that they leave out counts as well.
//!
//! Deliberately absent: a bound of its own. The guard has made sure that fragments have no cycles, and that a definition
//! expands to few selections.

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};

/// The mutations that touch credentials: guessed at, so that a request may hold one only; and never repeated by
/// idempotency key, since their answers hold secrets that are not kept.
pub(super) const CREDENTIALS: [&str; 18] = [
    "signUp",
    "claimAccount",
    "requestSignInCode",
    "signIn",
    "refreshSession",
    "signOut",
    "setPassword",
    "changeEmail",
    "confirmEmailChange",
    "revokeSession",
    "revokeOtherSessions",
    "exportAccount",
    "deleteAccount",
    "createAccessToken",
    "rotateAccessToken",
    "revokeAccessToken",
    "createWebhook",
    "rotateWebhookSecret",
];

/// Those of [`CREDENTIALS`] by which somebody comes in: a token they still have, expired or not, does not matter.
const ENTRANCES: [&str; 5] = ["signUp", "claimAccount", "requestSignInCode", "signIn", "refreshSession"];

/// What an app too old for everything else may ask: how old it may be.
const ABOUT_SERVER: [&str; 1] = ["serverInfo"];

/// The type at the root of subscriptions.
const SUBSCRIPTION: &str = "Subscription";

/// The root fields of an operation, without `__typename`.
pub(super) struct Roots<'a> {
    ty: OperationType,
    fields: Vec<&'a Field>,
    /// How many times it asks for the name of its root's type.
    typenames: usize,
    /// Whether anything at the root may be left out, by `@skip` or `@include`.
    is_conditional: bool,
}

impl<'a> Roots<'a> {
    /// Those of `operation`, which stands in `document`.
    pub(super) fn of(document: &'a ExecutableDocument, operation: &'a OperationDefinition) -> Self {
        let mut roots = Self { ty: operation.ty, fields: Vec::new(), typenames: 0, is_conditional: false };
        roots.collect(document, &operation.selection_set.node);
        roots
    }

    /// Whether it is exactly one field, which is there for sure: what a subscription selects.
    pub(super) fn are_one(&self) -> bool {
        self.fields.len() == 1 && self.typenames == 0 && !self.is_conditional
    }

    /// What they are called.
    pub(super) fn names(&self) -> Vec<String> {
        self.fields.iter().map(|field| field.name.node.to_string()).collect()
    }

    /// Whether it is a query that asks for nothing but the service itself.
    pub(super) fn are_about_server(&self) -> bool {
        self.ty == OperationType::Query && self.are_all(&ABOUT_SERVER)
    }

    /// Whether it is a mutation by which somebody comes in, and nothing else.
    pub(super) fn are_entrances(&self) -> bool {
        self.ty == OperationType::Mutation && !self.fields.is_empty() && self.are_all(&ENTRANCES)
    }

    /// How many mutations that touch credentials it has.
    pub(super) fn credentials(&self) -> usize {
        self.commands().iter().filter(|field| is_credential(field)).count()
    }

    /// The mutations it has; none if it is a query.
    pub(super) fn commands(&self) -> &[&'a Field] {
        if self.ty == OperationType::Mutation { &self.fields } else { &[] }
    }

    fn are_all(&self, names: &[&str]) -> bool {
        self.fields.iter().all(|field| names.contains(&field.name.node.as_str()))
    }

    fn collect(&mut self, document: &'a ExecutableDocument, set: &'a SelectionSet) {
        for selection in &set.items {
            self.is_conditional |= !selection.node.directives().is_empty();
            match &selection.node {
                Selection::Field(field) if field.node.name.node == "__typename" => self.typenames += 1,
                Selection::Field(field) => self.fields.push(&field.node),
                Selection::InlineFragment(inline) => self.collect(document, &inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = document.fragments.get(spread.node.fragment_name.node.as_str()) {
                        self.collect(document, &fragment.node.selection_set.node);
                    }
                }
            }
        }
    }
}

/// Whether a mutation touches credentials.
pub(super) fn is_credential(command: &Field) -> bool {
    CREDENTIALS.contains(&command.name.node.as_str())
}

/// Puts the one root field of a subscription where the engine looks for it: of fragments at the root it takes no notice.
pub(super) fn lift(document: &mut ExecutableDocument, name: Option<&str>) {
    let fragments = &document.fragments;
    let operation = match &mut document.operations {
        DocumentOperations::Single(operation) => Some(operation),
        DocumentOperations::Multiple(several) => match name {
            Some(name) => several.get_mut(name),
            None => several.values_mut().next(),
        },
    };
    let Some(set) = operation.map(|operation| &mut operation.node.selection_set.node) else { return };
    while let Some(selection) = set.items.first() {
        let inner = match &selection.node {
            Selection::Field(_) => break,
            Selection::InlineFragment(inline) => Some(&inline.node.selection_set),
            Selection::FragmentSpread(spread) => {
                fragments.get(spread.node.fragment_name.node.as_str()).map(|it| &it.node.selection_set)
            }
        };
        // One that is not defined is for the engine to refuse.
        let Some(inner) = inner.map(|inner| inner.node.items.clone()) else { return };
        set.items.splice(0..1, inner);
    }
    document.fragments.retain(|_, fragment| fragment.node.type_condition.node.on.node != SUBSCRIPTION);
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    /// What `judge` says of the roots of a document's one operation.
    fn judged<T>(document: &str, judge: impl Fn(&Roots<'_>) -> T) -> T {
        let document = parse_query(document).expect(document);
        let (_, operation) = document.operations.iter().next().expect("an operation");
        judge(&Roots::of(&document, &operation.node))
    }

    fn names(document: &str) -> Vec<String> {
        judged(document, |roots| roots.fields.iter().map(|field| field.name.node.to_string()).collect())
    }

    #[test]
    fn roots_are_found_under_their_own_names_wherever_they_stand() {
        for (document, expected) in [
            ("{ viewer { member { name } } }", &["viewer"][..]),
            ("{ harmless: viewer { serverInfo: member { name } } __typename a: __typename }", &["viewer"]),
            (
                "mutation { ... on Mutation { ... { ... @skip(if: true) { b: signIn } } } signUp }",
                &["signIn", "signUp"],
            ),
            (
                "mutation { ...F } fragment F on Mutation { ...G endTie } fragment G on Mutation { signIn }",
                &["signIn", "endTie"],
            ),
            ("mutation { ...F ...F } fragment F on Mutation { signIn }", &["signIn", "signIn"]),
            ("mutation { ... { ...F } ...F } fragment F on Mutation { a: signIn }", &["signIn", "signIn"]),
            ("mutation { ...Missing signOut @include(if: false) }", &["signOut"]),
        ] {
            assert_eq!(names(document), expected, "{document}");
        }
    }

    #[test]
    fn credentials_are_counted_as_often_as_they_would_run() {
        for (document, count) in [
            ("{ signIn signIn }", 0),
            ("mutation { endTie blockMember }", 0),
            ("mutation { endTie signOut { signIn signUp } }", 1),
            ("mutation { a: signIn b: signIn }", 2),
            ("mutation { requestSignInCode setPassword }", 2),
            ("mutation { ...F ... on Mutation { ...F } signIn } fragment F on Mutation { signIn }", 3),
        ] {
            assert_eq!(judged(document, |roots| roots.credentials()), count, "{document}");
        }
        for name in CREDENTIALS {
            assert_eq!(judged(&format!("mutation {{ {name} }}"), |roots| roots.credentials()), 1, "{name}");
        }
    }

    #[test]
    fn an_entrance_stands_alone() {
        for (document, expected) in [
            ("mutation { signIn }", true),
            ("mutation { __typename a: refreshSession }", true),
            ("mutation { ...F } fragment F on Mutation { claimAccount }", true),
            ("mutation { signUp signIn requestSignInCode }", true),
            ("mutation { signIn endTie }", false),
            ("mutation { ...F signIn } fragment F on Mutation { updateProfile @skip(if: true) }", false),
            ("mutation { signOut }", false),
            ("mutation { signIn: setPassword }", false),
            ("mutation { __typename }", false),
            ("{ signIn }", false),
        ] {
            assert_eq!(judged(document, |roots| roots.are_entrances()), expected, "{document}");
        }
    }

    #[test]
    fn a_subscription_has_one_root_which_the_engine_finds() {
        for (document, expected) in [
            ("subscription { a { x } }", true),
            ("subscription { b: a { x y } }", true),
            ("subscription { ... { ...F } } fragment F on Subscription { a { x } }", true),
            ("subscription { a { x } b { x } }", false),
            ("subscription { a { x } ...F } fragment F on Subscription { a { y } }", false),
            ("subscription { a { x } __typename }", false),
            ("subscription { __typename }", false),
            ("subscription { a @skip(if: false) { x } }", false),
            ("subscription { ...F @include(if: true) } fragment F on Subscription { a { x } }", false),
            ("subscription { ...Missing }", false),
        ] {
            assert_eq!(judged(document, |roots| roots.are_one()), expected, "{document}");
        }
        let text = "subscription One { ...F } query Two { a } fragment F on Subscription { ... on Subscription { b: a { ...G } } } fragment G on A { x }";
        let mut document = parse_query(text).expect(text);
        lift(&mut document, Some("One"));
        assert_eq!(
            document.fragments.keys().map(|name| name.as_str()).collect::<Vec<_>>(),
            ["G"],
            "what is still spread"
        );
        let (_, one) =
            document.operations.iter().find(|(name, _)| name.is_some_and(|name| name == "One")).expect("One");
        let first = one.node.selection_set.node.items.first().map(|first| &first.node);
        assert!(matches!(first, Some(Selection::Field(field)) if field.node.response_key().node == "b"), "{first:?}");
    }

    #[test]
    fn a_question_about_the_service_asks_nothing_else() {
        for (document, expected) in [
            ("{ serverInfo { name } }", true),
            ("{ __typename }", true),
            ("{ a: serverInfo { name } ...F } fragment F on Query { __typename }", true),
            ("{ serverInfo { name } viewer { id } }", false),
            ("{ serverInfo: viewer { id } }", false),
            ("{ __schema { types { name } } }", false),
            ("mutation { serverInfo }", false),
        ] {
            assert_eq!(judged(document, |roots| roots.are_about_server()), expected, "{document}");
        }
    }
}

//! The root fields of an operation: what it asks for or commands, and the rules that hang on that alone.
//!
//! A field counts as often as the engine would run it: once for each spread of a fragment that has it. `@skip` and
//! `@include` are passed over, so a field that they leave out counts as well.
//!
//! Deliberately absent: a bound of its own. The guard has made sure that fragments have no cycles, and that a definition
//! expands to few selections.

use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};

/// The mutations that touch credentials: guessed at, so that a request may hold one only; and never repeated by
/// idempotency key, since their answers hold secrets that are not kept.
pub(super) const CREDENTIALS: [&str; 13] = [
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
];

/// Those of [`CREDENTIALS`] by which somebody comes in: a token they still have, expired or not, does not matter.
const ENTRANCES: [&str; 5] = ["signUp", "claimAccount", "requestSignInCode", "signIn", "refreshSession"];

/// What an app too old for everything else may ask: how old it may be.
const ABOUT_SERVER: [&str; 1] = ["serverInfo"];

/// The root fields of an operation, without `__typename`.
pub(super) struct Roots<'a> {
    ty: OperationType,
    fields: Vec<&'a Field>,
}

impl<'a> Roots<'a> {
    /// Those of `operation`, which stands in `document`.
    pub(super) fn of(document: &'a ExecutableDocument, operation: &'a OperationDefinition) -> Self {
        let mut fields = Vec::new();
        collect(document, &operation.selection_set.node, &mut fields);
        Self { ty: operation.ty, fields }
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
}

/// Whether a mutation touches credentials.
pub(super) fn is_credential(command: &Field) -> bool {
    CREDENTIALS.contains(&command.name.node.as_str())
}

fn collect<'a>(document: &'a ExecutableDocument, set: &'a SelectionSet, fields: &mut Vec<&'a Field>) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) if field.node.name.node == "__typename" => {}
            Selection::Field(field) => fields.push(&field.node),
            Selection::InlineFragment(inline) => collect(document, &inline.node.selection_set.node, fields),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(spread.node.fragment_name.node.as_str()) {
                    collect(document, &fragment.node.selection_set.node, fields);
                }
            }
        }
    }
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

//! Documents that were met before: read by the guard and the parser once, however often their text comes again, and not held
//! against the rules of GraphQL again once they have kept them.
//!
//! The rules look at a document, at which operation is meant, and at the values of variables: whether those fit their types.
//! So what has kept the rules is known by the operation and by the *kinds* of its variables' values, in which any whole
//! number that an `Int` can be stands for all of them. Where kinds do not tell, as with an input object, the rules are
//! asked each time. Without this module each request is read anew, and answered the same.
//!
//! Deliberately absent: documents that cannot be read; what is wrong with them is found out each time.

use std::mem::size_of;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

use async_graphql::parser::types::{
    BaseType, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::parser::{Error, parse_query};
use async_graphql::{Positioned, Value, Variables};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::http::guard::{self, Limits, Refused};

/// About how many documents there are room for.
const KEPT: usize = 1_000;
/// About how many bytes all of them may take, read.
const KEPT_BYTES: u64 = 16 << 20;
/// The longest text of one that is kept.
const LONGEST: usize = 10_000;
/// How many ways of asking by one document are known to keep the rules.
const MOST_RIGHT: usize = 16;
/// The longest value that is a kind of its own: the name of an enum's value.
const LONGEST_NAME: usize = 64;

/// Documents, by their text.
pub(crate) struct Documents(Cache<Arc<str>, Arc<Parsed>, Weight>);

/// A document that the guard has let through.
pub(in crate::http) struct Parsed {
    /// No other document has this number, as long as the process runs.
    pub(super) number: u64,
    pub(super) document: ExecutableDocument,
    weight: u64,
    right: RwLock<Vec<Asked>>,
}

/// Why a document cannot be read.
pub(super) enum Unread {
    /// The guard refuses it.
    Refused(Refused),
    /// It is not GraphQL.
    Broken(Error),
}

/// As what the rules of GraphQL see a query, beside its document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    operation: Option<String>,
    variables: Vec<Kind>,
}

/// As what they see the value of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Absent,
    Null,
    Boolean,
    Text,
    Whole,
    /// Nothing but itself.
    Name(String),
}

/// How many documents were read so far.
static READ: AtomicU64 = AtomicU64::new(0);

#[derive(Clone)]
struct Weight;

impl Weighter<Arc<str>, Arc<Parsed>> for Weight {
    fn weight(&self, text: &Arc<str>, parsed: &Arc<Parsed>) -> u64 {
        text.len() as u64 + parsed.weight
    }
}

impl Default for Documents {
    fn default() -> Self {
        Self(Cache::with_weighter(KEPT, KEPT_BYTES, Weight))
    }
}

impl Documents {
    /// The document of this text, which stays within `limits`. They are the same each time.
    pub(super) fn read(&self, text: &Arc<str>, limits: &Limits) -> Result<Arc<Parsed>, Unread> {
        if let Some(known) = self.0.get(&**text) {
            return Ok(known);
        }
        guard::check(text, limits).map_err(Unread::Refused)?;
        let parsed = Arc::new(Parsed::from(parse_query(&**text).map_err(Unread::Broken)?));
        if text.len() <= LONGEST {
            self.0.insert(text.clone(), parsed.clone());
        }
        Ok(parsed)
    }
}

impl From<ExecutableDocument> for Parsed {
    fn from(document: ExecutableDocument) -> Self {
        let operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node);
        let fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set.node);
        let weight = operations.chain(fragments).map(|set| 1_000 + weight(set)).sum();
        Self { number: READ.fetch_add(1, Ordering::Relaxed), document, weight, right: RwLock::default() }
    }
}

/// About how many bytes a selection takes.
fn weight(set: &SelectionSet) -> u64 {
    let own = |selection: &Positioned<Selection>| match &selection.node {
        Selection::Field(field) => 100 * field.node.arguments.len() as u64 + weight(&field.node.selection_set.node),
        Selection::InlineFragment(inline) => weight(&inline.node.selection_set.node),
        Selection::FragmentSpread(_) => 0,
    };
    set.items.iter().map(|selection| size_of::<Positioned<Selection>>() as u64 + 100 + own(selection)).sum()
}

impl Parsed {
    /// Whether what is asked so is known to keep the rules.
    pub(super) fn is_right(&self, asked: &Asked) -> bool {
        self.right.read().is_ok_and(|right| right.contains(asked))
    }

    /// Notes that what was asked so has kept the rules.
    pub(super) fn note_right(&self, asked: Asked) {
        if let Ok(mut right) = self.right.write()
            && right.len() < MOST_RIGHT
            && !right.contains(&asked)
        {
            right.push(asked);
        }
    }
}

impl Asked {
    /// As what the rules see this query; `None` if only the values themselves tell.
    pub(super) fn of(name: Option<&str>, operation: &OperationDefinition, variables: &Variables) -> Option<Self> {
        if operation.ty != OperationType::Query {
            return None;
        }
        let kind = |definition: &Positioned<async_graphql::parser::types::VariableDefinition>| {
            let ty = match &definition.node.var_type.node.base {
                BaseType::Named(ty) => ty.as_str(),
                // Of none of the plain types.
                BaseType::List(_) => "",
            };
            Kind::of(ty, variables.get(&definition.node.name.node))
        };
        let variables = operation.variable_definitions.iter().map(kind).collect::<Option<_>>()?;
        Some(Self { operation: name.map(str::to_owned), variables })
    }
}

impl Kind {
    /// The kind of a value for a variable of the type `ty`, whatever of that is a list or may be null.
    fn of(ty: &str, value: Option<&Value>) -> Option<Self> {
        let is_plain = ["Boolean", "ID", "Int", "String"].contains(&ty);
        Some(match value {
            None => Self::Absent,
            Some(Value::Null) => Self::Null,
            Some(Value::Boolean(_)) if is_plain => Self::Boolean,
            Some(Value::String(_)) if is_plain => Self::Text,
            Some(Value::Number(number)) if is_plain => {
                number.as_i64().filter(|number| i32::try_from(*number).is_ok()).map(|_| Self::Whole)?
            }
            Some(Value::String(name)) if name.len() <= LONGEST_NAME => Self::Name(name.clone()),
            Some(_) => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::value;

    use super::*;

    fn text(text: &str) -> Arc<str> {
        Arc::from(text)
    }

    #[test]
    fn a_text_is_read_once_and_what_cannot_be_read_each_time() {
        let (documents, limits) = (Documents::default(), Limits::default());
        let Ok(first) = documents.read(&text("{ a }"), &limits) else { panic!("it is read") };
        let Ok(again) = documents.read(&text("{ a }"), &limits) else { panic!("it is read") };
        assert!(Arc::ptr_eq(&first, &again));
        for _ in 0..2 {
            assert!(matches!(documents.read(&text("{"), &limits), Err(Unread::Broken(_))));
            let deep = "{a".repeat(limits.nesting + 1);
            assert!(matches!(documents.read(&text(&deep), &limits), Err(Unread::Refused(_))));
        }
        let long = format!("{{ a }} #{}", "x".repeat(LONGEST));
        assert!(documents.read(&text(&long), &limits).is_ok());
        assert_eq!(documents.0.len(), 1);
    }

    #[test]
    fn documents_are_bounded_by_their_weight() {
        let (documents, limits) = (Documents::default(), Limits::default());
        for number in 0..120 {
            let wide = format!("{{ {} }}", format!("a{number} ").repeat(1_000));
            assert!(documents.read(&text(&wide), &limits).is_ok());
        }
        assert!(documents.0.weight() <= KEPT_BYTES, "{}", documents.0.weight());
        assert!(documents.0.len() < 100, "{}", documents.0.len());
    }

    #[test]
    fn values_are_of_one_kind_only_if_the_rules_cannot_tell_them_apart() {
        let query = "query($n: Int, $t: String, $e: TieState, $i: [Int!], $o: NetworkFilter) { a }";
        let parsed = Parsed::from(parse_query(query).expect("GraphQL"));
        let (_, operation) = parsed.document.operations.iter().next().expect("an operation");
        let asked = |variables: Value| {
            let variables = match variables {
                Value::Object(members) => Variables::from_value(Value::Object(members)),
                _ => Variables::default(),
            };
            Asked::of(None, &operation.node, &variables)
        };
        let same = |one, other| asked(one).is_some_and(|one| Some(one) == asked(other));
        assert!(same(value!({"n": 1, "t": "a"}), value!({"n": -7, "t": ""})));
        assert!(same(value!({"e": "ACTIVE"}), value!({"e": "ACTIVE"})));
        assert!(same(value!({"o": null}), value!({"o": null})));
        assert!(!same(value!({"e": "ACTIVE"}), value!({"e": "ENDED"})));
        assert!(!same(value!({"n": 1}), value!({})));
        assert!(!same(value!({"n": 1}), value!({"n": null})));
        assert!(!same(value!({"n": 1}), value!({"n": true})));
        assert!(!same(value!({"n": 1}), value!({"n": "1"})));
        for told_by_value in
            [value!({"n": 1.5}), value!({"n": 2_147_483_648_i64}), value!({"i": [1]}), value!({"o": {}})]
        {
            assert_eq!(asked(told_by_value), None);
        }
        let first = asked(value!({"n": 1})).expect("a kind");
        assert!(!parsed.is_right(&first));
        parsed.note_right(first.clone());
        assert!(parsed.is_right(&first));
        assert!(!parsed.is_right(&Asked { operation: Some("A".to_owned()), ..first }));
    }
}

//! Written pages that are kept whole: whoever asks for the same again, while nothing that it was made from has changed, gets
//! the same text.
//!
//! Deliberately absent: how long a page is right, which [`domain::cache`] knows.

use std::sync::Arc;

use actix_web::web::Bytes;
use async_graphql::{Context, Pos, Variables};
use domain::cache::Answers;
use domain::ctx::{Ctx, Viewer};
use domain::id::MemberId;

/// How long the operation's name and the variables may be, in bytes: they are held with each page.
const LONGEST: usize = 256;

/// What is asked beside who asks: all that an answer's text depends on.
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Asking {
    /// The number of the document, as it was read.
    document: u64,
    operation: Option<String>,
    variables: String,
}

/// Where in what is asked a page stands, and for whom it is.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Place {
    member: MemberId,
    asking: Arc<Asking>,
    field: (usize, usize),
}

/// The kept pages.
pub(super) type Pages = Answers<Place, Bytes>;

impl Asking {
    /// What is asked by this operation of a document, with these variables; `None` if that is too long to be kept with each
    /// page.
    pub(crate) fn of(document: u64, operation: Option<&str>, variables: &Variables) -> Option<Arc<Self>> {
        let variables = if variables.is_empty() { String::new() } else { serde_json::to_string(variables).ok()? };
        let length = variables.len() + operation.map_or(0, str::len);
        (length <= LONGEST).then(|| Arc::new(Self { document, operation: operation.map(str::to_owned), variables }))
    }
}

impl Place {
    /// That of the field which is resolved; `None` for an operation whose answers are not kept.
    pub(super) fn of(gql: &Context<'_>, ctx: &Ctx) -> Option<Self> {
        let Viewer::Member(member) = ctx.viewer else { return None };
        let Pos { line, column } = gql.item.pos;
        Some(Self { member, asking: gql.data_opt::<Arc<Asking>>()?.clone(), field: (line, column) })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whatever_differs_in_anything_is_another_question_and_what_is_long_is_none() {
        let asking = |operation: Option<&str>, variables| Asking::of(1, operation, &Variables::from_json(variables));
        let one = asking(Some("One"), json!({"first": 20}));
        assert!(one.is_some() && one == asking(Some("One"), json!({"first": 20})));
        for other in [
            asking(Some("Two"), json!({"first": 20})),
            asking(None, json!({"first": 20})),
            asking(Some("One"), json!({"first": 21})),
            asking(Some("One"), json!({"first": "20"})),
            asking(Some("One"), json!({})),
            Asking::of(2, Some("One"), &Variables::from_json(json!({"first": 20}))),
        ] {
            assert!(other.is_some() && other != one);
        }
        assert!(asking(None, json!({"unused": "x".repeat(LONGEST)})).is_none());
        assert!(asking(Some(&"x".repeat(LONGEST + 1)), json!({})).is_none());
    }
}

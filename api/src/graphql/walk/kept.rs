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
    /// What is asked by this operation of a document, with these variables; `None` if they cannot be told apart from others.
    pub(crate) fn of(document: u64, operation: Option<&str>, variables: &Variables) -> Option<Arc<Self>> {
        let variables = if variables.is_empty() { String::new() } else { serde_json::to_string(variables).ok()? };
        Some(Arc::new(Self { document, operation: operation.map(str::to_owned), variables }))
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

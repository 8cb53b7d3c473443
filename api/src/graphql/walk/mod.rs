//! The network's page, written in one walk: what the executor does by a future for each field of each row, here a loop does.
//!
//! The walk reads the selection below the field ([`selection`]), and if it knows every field of it ([`field`]) it loads all the rows
//! need at once and writes the answer's text ([`json`]). If there is anything it does not know, or anything goes wrong,
//! it has done nothing: the ordinary executor answers, in its words. Both answer the same, to the byte, which a test holds for
//! generated selections. A page that was written is kept whole for as long as nothing that it was made from changes ([`kept`]).
//! Nothing else depends on this: without it [`Walked::Whole`] is all there is.
//!
//! Deliberately absent: partners, whose schema looks at every field; fields that need more than the page's own facts, such as
//! a profile or a list within a list.

pub(crate) mod json;

mod field;
mod kept;
mod selection;

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use actix_web::web::Bytes;
use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{Context, ContextSelectionSet, OutputType, Positioned, ServerResult, Value};
use domain::cache::Draft;
use domain::ctx::{Ctx, Viewer};
use domain::network::{self, Filter, Wanted};
use domain::page::Window;
use futures::FutureExt;

use self::field::{NetworkFields, Shown};
use self::json::Json;
pub(crate) use self::kept::Asking;
use self::kept::{Pages, Place};
use self::selection::{Plan, is_alone};
use super::context::ContextExt;
use super::error::Result;
use super::network::{NetworkConnection, NetworkEdge};
use crate::config::Switch;

/// Whether pages are written in one walk, and how many have been. It changes no answer, which is why tests switch it.
#[derive(Default)]
pub struct Walks {
    is_off: AtomicBool,
    taken: AtomicU64,
    pages: Pages,
    kept: AtomicU64,
}

impl Walks {
    /// Switches them on, as they are at first, or off.
    pub fn switch(&self, to: Switch) {
        self.is_off.store(to == Switch::Off, Ordering::Relaxed);
    }

    /// How many there were.
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// How many pages were answered that had been kept.
    pub fn kept(&self) -> u64 {
        self.kept.load(Ordering::Relaxed)
    }
}

/// A field's value, which may be written already.
pub(crate) enum Walked<T> {
    /// It is not: the executor goes through it.
    Whole(T),
    /// As the answer has it, in JSON.
    Written(Bytes),
}

impl<T: OutputType> OutputType for Walked<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn qualified_type_name() -> String {
        T::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match self {
            Self::Whole(value) => value.resolve(ctx, field).await,
            // No type of the schema has bytes: where an answer holds some, they are a part of it that is written.
            Self::Written(text) => Ok(Value::Binary(text.clone())),
        }
    }
}

/// A page of the network, written if the walk knows all that is selected of it.
pub(super) async fn network(gql: &Context<'_>, filter: Filter, window: Window) -> Result<Walked<NetworkConnection>> {
    page(gql, filter, window).boxed().await
}

async fn page(gql: &Context<'_>, filter: Filter, window: Window) -> Result<Walked<NetworkConnection>> {
    let (ctx, walks) = (gql.ctx()?, &gql.state()?.walks);
    if walks.is_off.load(Ordering::Relaxed) || !matches!(ctx.viewer, Viewer::Member(_)) || !is_alone(gql) {
        return Ok(Walked::Whole(NetworkConnection::new(network::list(ctx, &filter, &window).await?)));
    }
    let place = Place::of(gql, ctx);
    if let Some(place) = &place
        && let Some(text) = walks.pages.get(ctx, place).await
    {
        walks.kept.fetch_add(1, Ordering::Relaxed);
        return Ok(Walked::Written(text));
    }
    let draft = Draft::begin(ctx).await;
    let page = NetworkConnection::new(network::list(&draft.ctx, &filter, &window).await?);
    let Some(text) = written(gql, &draft.ctx, &page).await else { return Ok(Walked::Whole(page)) };
    walks.taken.fetch_add(1, Ordering::Relaxed);
    if let Some(place) = place {
        walks.pages.keep(place, &draft, text.clone());
    }
    Ok(Walked::Written(text))
}

/// The text of a page, of which more is read for `ctx`.
async fn written(gql: &Context<'_>, ctx: &Ctx, page: &NetworkConnection) -> Option<Bytes> {
    let (ways, mutuals) = field::wanted(&plan(gql)?);
    let needs = |edge: &NetworkEdge| Wanted { paths: edge.paths.clone(), ways, mutuals };
    let beside = match (ways, mutuals) {
        (0, 0) => Vec::new(),
        _ => network::beside(ctx, &page.parts().0.iter().map(needs).collect::<Vec<_>>()).await.ok()?,
    };
    let mut json = Json::default();
    // Made again: the compiler cannot see that a plan may be kept while the rows' needs are loaded.
    plan(gql)?.write(&Shown::list(page, &beside), &mut json);
    Some(json.into_bytes().into())
}

fn plan<'a>(gql: &Context<'a>) -> Option<Plan<'a, NetworkFields<'a>>> {
    Plan::of(gql, &[&gql.item.node.selection_set.node])
}

//! The log of deliveries: what was sent to a webhook, when it was tried, and what came of it. Kept for 30 days.
//!
//! Deliberately absent: what a receiver answered besides the number. It may hold secrets of theirs.

use std::collections::HashMap;
use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};

use super::{DeliveryState as State, Failure, Webhook, seen};
use crate::ctx::{Ctx, Timestamp, days};
use crate::entity::delivery::{self, Column};
use crate::entity::{delivery_attempt as tries, news as told, webhook};
use crate::error::{Error, Result};
use crate::id::{CommunityId, DeliveryId, NewsId, WebhookId};
use crate::news::{self, News};
use crate::page::{self, Page, Window};

/// How long what was told, and what came of it, is kept.
const KEPT: Duration = days(30);
/// Most attempts of a delivery that are shown.
const SHOWN: usize = 20;

/// A thing told to a webhook.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Which.
    pub id: DeliveryId,
    /// To which webhook.
    pub webhook: WebhookId,
    /// Of which community.
    pub community: CommunityId,
    /// By what the receiver knows it, over all tries and replays.
    pub news: NewsId,
    /// What is told.
    pub told: News,
    /// When that happened.
    pub told_at: Timestamp,
    /// Where it stands.
    pub state: State,
    /// When it is tried next, if it is.
    pub next_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it arrived, or was given up.
    pub ended_at: Option<Timestamp>,
}

impl Delivery {
    /// Where it stands in [`list`].
    pub fn cursor(&self) -> String {
        page::encode(LIST, &(self.created_at, self.id))
    }

    fn of(row: delivery::Model, told: &told::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            webhook: row.webhook_id,
            community: told.community_id,
            news: told.id,
            told: news::read(told)?,
            told_at: told.created_at,
            state: row.state,
            next_at: (row.state == State::Waiting).then_some(row.due_at),
            created_at: row.created_at,
            ended_at: row.ended_at,
        })
    }
}

/// A try of a delivery.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// When it began.
    pub at: Timestamp,
    /// What the receiver answered, as HTTP numbers it.
    pub status: Option<i32>,
    /// Why there was no answer.
    pub failure: Option<Failure>,
    /// How long it took.
    pub took: Duration,
}

/// The name of the list in cursors.
const LIST: &str = "deliveries";

async fn with_news(ctx: &Ctx, rows: Vec<delivery::Model>) -> Result<Vec<Delivery>> {
    let ids = rows.iter().map(|row| row.news_id);
    let told = told::Entity::find().filter(told::Column::Id.is_in(ids)).all(&ctx.kith.store.db).await?;
    let told: HashMap<NewsId, told::Model> = told.into_iter().map(|row| (row.id, row)).collect();
    // What a newer version wrote, and this one cannot read, is left out.
    let read = |row: delivery::Model| {
        let told = told.get(&row.news_id)?;
        Delivery::of(row, told).ok()
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// The deliveries of a webhook that shows to the viewer, newest first; those in `state` alone, if it is given.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn list(ctx: &Ctx, webhook: &Webhook, state: Option<State>, window: &Window) -> Result<Page<Delivery>> {
    let mut rows = delivery::Entity::find().filter(Column::WebhookId.eq(webhook.id));
    if let Some(state) = state {
        rows = rows.filter(Column::State.eq(state));
    }
    let total = window.total_of(&ctx.kith.store.db, &rows).await?;
    let rows = window.newest_first(LIST, rows, Column::CreatedAt, Column::Id)?.all(&ctx.kith.store.db).await?;
    let deliveries = with_news(ctx, rows).await?;
    Ok(Page::of(LIST, window, deliveries, total, |it: &Delivery| (it.created_at, it.id)))
}

/// Those of `ids` that show to the viewer: a steward's.
///
/// # Errors
/// As the database says.
pub async fn by_ids(ctx: &Ctx, ids: &[DeliveryId]) -> Result<Vec<Delivery>> {
    let webhooks: Select<webhook::Entity> = seen(ctx)?.select_only().column(webhook::Column::Id);
    let rows = delivery::Entity::find()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Column::WebhookId.in_subquery(webhooks.into_query()))
        .all(&ctx.kith.store.db)
        .await?;
    with_news(ctx, rows).await
}

pub(super) async fn by_id(ctx: &Ctx, id: DeliveryId) -> Result<Delivery> {
    by_ids(ctx, &[id]).await?.pop().ok_or(Error::AlreadyDone)
}

/// The last tries of each of these deliveries, which show to the viewer; the last one first.
///
/// # Errors
/// As the database says.
pub async fn attempts(ctx: &Ctx, ids: &[DeliveryId]) -> Result<HashMap<DeliveryId, Vec<Attempt>>> {
    let rows = tries::Entity::find()
        .filter(tries::Column::DeliveryId.is_in(ids.iter().copied()))
        .order_by_desc(tries::Column::CreatedAt)
        .order_by_desc(tries::Column::Id)
        .all(&ctx.kith.store.db)
        .await?;
    let mut of: HashMap<DeliveryId, Vec<Attempt>> = HashMap::new();
    for row in rows {
        let shown = of.entry(row.delivery_id).or_default();
        if shown.len() < SHOWN {
            let took = Duration::from_millis(row.took_ms.unsigned_abs());
            shown.push(Attempt { at: row.created_at, status: row.status, failure: row.failure, took });
        }
    }
    Ok(of)
}

/// Forgets what was told too long ago, and the tries of it; returns how much. Called by a timer of the server.
///
/// # Errors
/// As the database says.
pub async fn forget_old(ctx: &Ctx) -> Result<u64> {
    let db = &ctx.kith.store.db;
    let before = ctx.now.before(KEPT);
    let old = told::Entity::delete_many().filter(told::Column::CreatedAt.lte(before)).exec(db).await?;
    let tried = tries::Entity::delete_many().filter(tries::Column::CreatedAt.lte(before)).exec(db).await?;
    Ok(old.rows_affected + tried.rows_affected)
}

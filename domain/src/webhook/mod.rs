//! Webhooks: where a community tells partners what happens in it, after Standard Webhooks.
//!
//! A steward makes them, names what each is told ([`Topic`]) and gives its secret to the partner; to everybody else they do
//! not exist. What there is to tell is written by [`crate::news`]. A server takes what is due ([`due`]), sends it, and says
//! what came of it ([`record`]): what failed is tried again over three days, a receiver that says it is gone is not asked
//! again, and neither is one where nothing arrived for a week, of which its stewards are told. Whatever is sent has the same
//! id each time, and may arrive twice; an order is not promised.
//!
//! Deliberately absent: HTTP. Which addresses may be asked is decided here ([`address`]), and held by whoever connects.

pub mod address;
mod delivery;
mod due;
mod manage;
mod replay;
mod secret;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryTrait, Select};

pub use self::address::Allowed;
pub use self::delivery::{Attempt, Delivery, attempts, by_ids as deliveries_by_ids, forget_old, list as deliveries};
pub use self::due::{Due, Outcome, due, record};
pub use self::manage::{NewWebhook, Telling, WebhookEdit, create, delete, rotate, update};
pub use self::replay::{Replayed, replay, replay_all, test};
pub use self::secret::{Secret, refresh as refresh_secrets};
use crate::community::{Access, Community, stewards_of};
use crate::ctx::{Ctx, Timestamp};
pub use crate::entity::delivery::State as DeliveryState;
pub use crate::entity::delivery_attempt::Failure;
pub use crate::entity::webhook::State;
use crate::entity::webhook::{self, Column};
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::id::{CommunityId, MemberId, WebhookId};
use crate::news::{self, Topic};
use crate::page::{self, Page, Window};

/// A webhook, as stewards of its community see it.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Which.
    pub id: WebhookId,
    /// Whose.
    pub community: CommunityId,
    /// Who made it; `None` if they are gone.
    pub created_by: Option<MemberId>,
    /// What stewards call it.
    pub name: Option<String>,
    /// Where it is told.
    pub url: String,
    /// What it is told.
    pub topics: Vec<Topic>,
    /// Whether it is told anything.
    pub state: State,
    /// The first failure since something last arrived.
    pub failing_since: Option<Timestamp>,
    /// Until when the secret before signs as well.
    pub old_secret_until: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Webhook {
    /// Where it stands in [`list`].
    pub fn cursor(&self) -> String {
        page::encode(LIST, &(self.created_at, self.id))
    }

    fn of(ctx: &Ctx, row: webhook::Model) -> Self {
        Self {
            id: row.id,
            community: row.community_id,
            created_by: row.created_by,
            name: row.name,
            url: row.url,
            topics: news::topics_of(&row.topics),
            state: row.state,
            failing_since: row.failing_since,
            old_secret_until: row.old_until.filter(|until| *until > ctx.now),
            created_at: row.created_at,
        }
    }
}

/// The name of the list in cursors.
const LIST: &str = "webhooks";

/// The webhooks of the communities the viewer looks after.
fn seen(ctx: &Ctx) -> Result<Select<webhook::Entity>> {
    let looked_after = stewards_of(ctx.me()?).into_query();
    Ok(webhook::Entity::find().filter(Column::CommunityId.in_subquery(looked_after)))
}

/// Those of `ids` that show to the viewer.
///
/// # Errors
/// As the database says.
pub async fn by_ids(ctx: &Ctx, ids: &[WebhookId]) -> Result<Vec<Webhook>> {
    let rows = seen(ctx)?.filter(Column::Id.is_in(ids.iter().copied())).all(&ctx.kith.store.db).await?;
    Ok(rows.into_iter().map(|row| Webhook::of(ctx, row)).collect())
}

async fn by_id(ctx: &Ctx, id: WebhookId) -> Result<Webhook> {
    by_ids(ctx, &[id]).await?.pop().ok_or(Error::AlreadyDone)
}

/// The webhooks of a community, newest first; none unless the viewer looks after it.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn list(ctx: &Ctx, community: &Community, window: &Window) -> Result<Page<Webhook>> {
    if community.access < Access::Steward {
        return Ok(Page::empty(window));
    }
    let rows = webhook::Entity::find().filter(Column::CommunityId.eq(community.id));
    let total = window.total_of(&ctx.kith.store.db, &rows).await?;
    let rows = window.newest_first(LIST, rows, Column::CreatedAt, Column::Id)?.all(&ctx.kith.store.db).await?;
    let webhooks = rows.into_iter().map(|row| Webhook::of(ctx, row)).collect();
    Ok(Page::of(LIST, window, webhooks, total, |it: &Webhook| (it.created_at, it.id)))
}

fn no_such_webhook() -> Error {
    Refusal::of("webhookId", Code::NotFound, Message::new("no-such-webhook")).into()
}

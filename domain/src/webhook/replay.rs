//! Asking for deliveries again, one or those of a time; and trying a webhook. A steward's. What is asked for again keeps its
//! id, so that a receiver who has it knows.

use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::manage::about;
use super::{Delivery, DeliveryState, State, Webhook, by_id, delivery};
use crate::community::Standing;
use crate::ctx::{Ctx, Timestamp};
use crate::entity::delivery::{self as deliveries, Column};
use crate::entity::webhook;
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::id::{DeliveryId, WebhookId};
use crate::news::{self, News};
use crate::policy;

/// What came of asking for the deliveries of a time again.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// Of which webhook.
    pub webhook: Webhook,
    /// How many are sent again.
    pub count: u64,
}

fn no_such_delivery() -> Error {
    Refusal::of("deliveryId", Code::NotFound, Message::new("no-such-delivery")).into()
}

/// Goes on if something may be sent by the viewer's asking: the community is forming or live, the webhook enabled, and the
/// community has not asked too often.
async fn refuse_unless_sending(ctx: &Ctx, standing: &Standing, row: &webhook::Model) -> Result<()> {
    standing.acting_steward(ctx)?;
    match row.state {
        State::Enabled => {}
        State::Paused | State::Gone | State::Failing => {
            return Err(Refusal::new(Code::WrongState, Message::new("webhook-not-enabled")).into());
        }
    }
    let bucket = (policy::REPLAYS, row.community_id.0.to_string());
    let taken = ctx.kith.limiter.take(ctx.now, &[bucket]).await;
    taken.map_err(|again| Refusal::too_many_attempts(again).into())
}

/// Those that are to be sent again, from the first try on; those that wait for a later try are tried now.
fn again(ctx: &Ctx) -> sea_orm::UpdateMany<deliveries::Entity> {
    deliveries::Entity::update_many()
        .col_expr(Column::State, Expr::val(DeliveryState::Waiting.to_value()))
        .col_expr(Column::Tries, Expr::val(0))
        .col_expr(Column::DueAt, Expr::val(ctx.now.0))
        .col_expr(Column::EndedAt, Expr::value(None::<Timestamp>))
}

/// Sends a delivery again, whatever came of it.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::WrongState`], [`Code::ConsentDue`] or [`Code::TooManyAttempts`].
pub async fn replay(ctx: &Ctx, id: DeliveryId) -> Result<Delivery> {
    let found = deliveries::Entity::find_by_id(id).one(&ctx.kith.store.db).await?.ok_or_else(no_such_delivery)?;
    let missing = |error| match error {
        Error::Refused(refusals) if refusals.iter().any(|it| it.path == ["webhookId"]) => no_such_delivery(),
        error => error,
    };
    let id = about(ctx, found.webhook_id, async |tx, standing, row| {
        refuse_unless_sending(ctx, &standing, &row).await?;
        again(ctx).filter(Column::Id.eq(id)).exec(&**tx).await?;
        Ok(id)
    })
    .await
    .map_err(missing)?;
    delivery::by_id(ctx, id).await
}

/// Sends the deliveries again that were made from `from` until before `to`; at most 1,000.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::WrongState`], [`Code::ConsentDue`], [`Code::TooManyAttempts`] or
/// [`Code::InvalidInput`].
pub async fn replay_all(ctx: &Ctx, id: WebhookId, from: Timestamp, to: Timestamp) -> Result<Replayed> {
    if to <= from {
        return Err(Refusal::of("to", Code::InvalidInput, Message::new("replay-until-later")).into());
    }
    let (id, count) = about(ctx, id, async |tx, standing, row| {
        refuse_unless_sending(ctx, &standing, &row).await?;
        let of_then = deliveries::Entity::find()
            .filter(Column::WebhookId.eq(id))
            .filter(Column::CreatedAt.gte(from))
            .filter(Column::CreatedAt.lt(to));
        if of_then.count(&**tx).await? > policy::MOST_REPLAYS {
            let message = Message::new("too-many-replays").with("most", policy::MOST_REPLAYS);
            return Err(Refusal::of("to", Code::InvalidInput, message).into());
        }
        let sent = again(ctx)
            .filter(Column::WebhookId.eq(id))
            .filter(Column::CreatedAt.gte(from))
            .filter(Column::CreatedAt.lt(to))
            .exec(&**tx)
            .await?;
        Ok((id, sent.rows_affected))
    })
    .await?;
    Ok(Replayed { webhook: by_id(ctx, id).await?, count })
}

/// Tells a webhook that it is tried, whatever else it is told.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::WrongState`], [`Code::ConsentDue`] or [`Code::TooManyAttempts`].
pub async fn test(ctx: &Ctx, id: WebhookId) -> Result<Delivery> {
    let made = about(ctx, id, async |tx, standing, row| {
        refuse_unless_sending(ctx, &standing, &row).await?;
        let made = news::write(ctx, &**tx, row.community_id, &News::Test { webhook: id }, vec![id]).await?;
        made.into_iter().next().ok_or_else(|| Error::Internal("no delivery was made".to_owned()))
    })
    .await?;
    delivery::by_id(ctx, made).await
}

//! What is due, and what came of it: for the servers that send, however many there are.
//!
//! A server takes deliveries by moving the moment at which they are due ahead by a lease, in a transaction that passes over
//! rows another one is taking. If it dies, the lease ends and they are due again, under the same id: nothing is lost, and
//! what had arrived without that being written down arrives twice. What fails is tried again after the pauses of Standard
//! Webhooks, about three days in all.

use std::collections::HashMap;
use std::time::Duration;

use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Set,
};

use super::{DeliveryState, Failure, State, secret};
use crate::community::{self, Action, Role, members_of};
use crate::ctx::{Ctx, Timestamp, days};
use crate::entity::delivery::{self, Column};
use crate::entity::{community as communities, delivery_attempt, membership, news as told, webhook};
use crate::error::Result;
use crate::event::{self, Change};
use crate::id::{AttemptId, CommunityId, DeliveryId, MemberId, NewsId, WebhookId};
use crate::news::{self, News};
use crate::notification::{self, Kind};
use crate::{secret as keys, store};

/// How long what was taken belongs to whoever took it: longer than a request takes.
const LEASE: Duration = Duration::from_secs(60);
/// The pauses between the tries.
const PAUSES: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_secs(5 * 60),
    Duration::from_secs(30 * 60),
    hours(2),
    hours(5),
    hours(10),
    hours(14),
    hours(20),
    hours(24),
];
/// How long a receiver may ask to be left alone.
const REST_AT_MOST: Duration = hours(24);
/// How long nothing arrives before a webhook is disabled.
const FAILING_FOR: Duration = days(7);
/// Failures that lie further apart than this are no one fault: nothing was to be told in between.
const APART: Duration = days(3);

const fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 60 * 60)
}

/// A delivery that is to be tried now. Not printable, since it can sign.
#[derive(Clone)]
pub struct Due {
    /// Which.
    pub delivery: DeliveryId,
    /// To which webhook.
    pub webhook: WebhookId,
    /// Where.
    pub url: String,
    /// Of which community.
    pub community: CommunityId,
    /// By what the receiver knows it.
    pub news: NewsId,
    /// What is told.
    pub told: News,
    /// When that happened.
    pub told_at: Timestamp,
    until: Timestamp,
    tries: i32,
    secrets: Vec<[u8; 32]>,
}

impl Due {
    /// The signatures of what is sent under `id` at `seconds`, one by each secret, the newest first; none if the key is gone
    /// by which the service knew them.
    pub fn signatures(&self, id: &str, seconds: i64, body: &[u8]) -> Vec<[u8; 32]> {
        let seconds = seconds.to_string();
        let parts: [&[u8]; 5] = [id.as_bytes(), b".", seconds.as_bytes(), b".", body];
        self.secrets.iter().map(|secret| keys::sign(secret, &parts)).collect()
    }
}

/// What came of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver answered.
    Answered {
        /// As HTTP numbers it.
        status: u16,
        /// How long it asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// There was no answer.
    Failed(Failure),
}

/// Takes up to `most` deliveries that are due, of a webhook as many as are missing to `each` with those that are on their way
/// to it, which `busy` says.
///
/// # Errors
/// As the database says.
pub async fn due(ctx: &Ctx, most: u64, each: usize, busy: &HashMap<WebhookId, usize>) -> Result<Vec<Due>> {
    let full: Vec<WebhookId> = busy.iter().filter(|(_, count)| **count >= each).map(|(id, _)| *id).collect();
    let enabled = webhook::Entity::find()
        .select_only()
        .column(webhook::Column::Id)
        .filter(webhook::Column::State.eq(State::Enabled));
    let mut rows = delivery::Entity::find()
        .filter(Column::State.eq(DeliveryState::Waiting))
        .filter(Column::DueAt.lte(ctx.now))
        .filter(Column::WebhookId.in_subquery(enabled.into_query()));
    if !full.is_empty() {
        rows = rows.filter(Column::WebhookId.is_not_in(full));
    }
    let rows = rows.order_by_asc(Column::DueAt).limit(most);
    // Mostly there is nothing, and then the one lock of SQLite is left alone.
    let any = rows.clone().select_only().column(Column::Id).limit(1).into_tuple::<DeliveryId>();
    if any.one(&ctx.kith.store.db).await?.is_none() {
        return Ok(Vec::new());
    }
    let until = ctx.now.after(LEASE);
    let tx = ctx.kith.store.begin().await?;
    // SQLite has no such lock and needs none: the transaction is IMMEDIATE.
    let mut taken = rows.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).all(&tx).await?;
    let mut of = busy.clone();
    taken.retain(|row| {
        let count = of.entry(row.webhook_id).or_default();
        *count += 1;
        *count <= each
    });
    delivery::Entity::update_many()
        .col_expr(Column::DueAt, Expr::value(until))
        .filter(Column::Id.is_in(taken.iter().map(|row| row.id)))
        .exec(&tx)
        .await?;
    let due = made(ctx, &tx, taken, until).await?;
    tx.commit().await?;
    Ok(due)
}

/// What is taken, with all it takes to send it.
async fn made(ctx: &Ctx, tx: &DatabaseTransaction, taken: Vec<delivery::Model>, until: Timestamp) -> Result<Vec<Due>> {
    let ids = taken.iter().map(|row| row.webhook_id);
    let webhooks = webhook::Entity::find().filter(webhook::Column::Id.is_in(ids)).all(tx).await?;
    let ids = taken.iter().map(|row| row.news_id);
    let told = told::Entity::find().filter(told::Column::Id.is_in(ids)).all(tx).await?;
    let mut due = Vec::new();
    for row in taken {
        let webhook = webhooks.iter().find(|webhook| webhook.id == row.webhook_id);
        let told = told.iter().find(|told| told.id == row.news_id);
        // One that was deleted a moment ago is nobody's.
        let (Some(webhook), Some(told)) = (webhook, told) else { continue };
        let read = match news::read(told) {
            Ok(read) => read,
            // A newer version wrote it, which will send it; it must not hold up the others.
            Err(error) => {
                tracing::warn!(delivery = %row.id.0, ?error, "a delivery cannot be read");
                continue;
            }
        };
        let secrets = &ctx.kith.secrets;
        let known = secret::current(secrets, webhook).into_iter().chain(secret::before(secrets, webhook, ctx.now));
        due.push(Due {
            delivery: row.id,
            webhook: webhook.id,
            url: webhook.url.clone(),
            community: told.community_id,
            news: told.id,
            told: read,
            told_at: told.created_at,
            until,
            tries: row.tries,
            secrets: known.map(|secret| secret.0).collect(),
        });
    }
    Ok(due)
}

/// What becomes of a delivery.
enum Next {
    Arrived,
    Again(Timestamp),
    GivenUp,
}

fn next(now: Timestamp, tries: i32, outcome: Outcome) -> Next {
    let asked = match outcome {
        Outcome::Answered { status: 200..=299, .. } => return Next::Arrived,
        Outcome::Answered { retry_after, .. } => retry_after.unwrap_or_default().min(REST_AT_MOST),
        Outcome::Failed(_) => Duration::ZERO,
    };
    // A little later each, so that what failed together does not come back together.
    let pause = usize::try_from(tries).ok().and_then(|tries| PAUSES.get(tries));
    pause.map_or(Next::GivenUp, |pause| {
        Next::Again(now.after((*pause).max(asked).mul_f64(rand::random_range(1.0..1.1))))
    })
}

/// Writes down what came of a try, which took so long. Of a delivery that was replayed or deleted meanwhile nothing is.
///
/// # Errors
/// As the database says.
pub async fn record(ctx: &Ctx, due: &Due, outcome: Outcome, took: Duration) -> Result<()> {
    let tx = ctx.kith.store.begin().await?;
    let next = next(ctx.now, due.tries, outcome);
    let ends = mark(ctx, &tx, due, outcome, &next).await?;
    let (state, due_at, ended_at) = match next {
        Next::Arrived => (DeliveryState::Delivered, ctx.now, Some(ctx.now)),
        Next::Again(at) => (DeliveryState::Waiting, at, None),
        Next::GivenUp => (DeliveryState::Failed, ctx.now, Some(ctx.now)),
    };
    let written = delivery::Entity::update_many()
        .col_expr(Column::State, Expr::val(state.to_value()))
        .col_expr(Column::Tries, Expr::val(due.tries.saturating_add(1)))
        .col_expr(Column::DueAt, Expr::value(due_at))
        .col_expr(Column::EndedAt, Expr::value(ended_at))
        .filter(Column::Id.eq(due.delivery))
        .filter(Column::State.eq(DeliveryState::Waiting))
        .filter(Column::DueAt.eq(due.until))
        .exec(&tx)
        .await?;
    if written.rows_affected == 1 {
        let (status, failure) = match outcome {
            Outcome::Answered { status, .. } => (Some(i32::from(status)), None),
            Outcome::Failed(failure) => (None, Some(failure)),
        };
        let attempt = delivery_attempt::ActiveModel {
            id: Set(AttemptId::fresh()),
            delivery_id: Set(due.delivery),
            status: Set(status),
            failure: Set(failure),
            took_ms: Set(i64::try_from(took.as_millis()).unwrap_or(i64::MAX)),
            created_at: Set(ctx.now.before(took)),
        };
        attempt.insert(&tx).await?;
    }
    tx.commit().await?;
    match ends {
        Some(state) => disable(ctx, due.community, due.webhook, state).await,
        None => Ok(()),
    }
}

/// Notes on the webhook whether things arrive, before the delivery is touched, as whoever deletes it does; returns what it
/// is to become, if it is to be disabled.
async fn mark(ctx: &Ctx, tx: &DatabaseTransaction, due: &Due, outcome: Outcome, next: &Next) -> Result<Option<State>> {
    let this = || webhook::Entity::update_many().filter(webhook::Column::Id.eq(due.webhook));
    if let Next::Arrived = next {
        this()
            .col_expr(webhook::Column::FailingSince, Expr::value(None::<Timestamp>))
            .col_expr(webhook::Column::FailedAt, Expr::value(None::<Timestamp>))
            .filter(webhook::Column::FailingSince.is_not_null())
            .exec(tx)
            .await?;
        return Ok(None);
    }
    let Some(row) = webhook::Entity::find_by_id(due.webhook).one(tx).await? else { return Ok(None) };
    let is_one_fault = row.failed_at.is_some_and(|at| at > ctx.now.before(APART));
    let since = row.failing_since.filter(|_| is_one_fault).unwrap_or(ctx.now);
    this()
        .col_expr(webhook::Column::FailingSince, Expr::value(since))
        .col_expr(webhook::Column::FailedAt, Expr::value(ctx.now))
        .exec(tx)
        .await?;
    Ok(match outcome {
        Outcome::Answered { status: 410, .. } => Some(State::Gone),
        Outcome::Answered { .. } | Outcome::Failed(_) => {
            (since <= ctx.now.before(FAILING_FOR)).then_some(State::Failing)
        }
    })
}

/// Disables a webhook, and tells the stewards, whom it locks first, as every command does.
async fn disable(ctx: &Ctx, community: CommunityId, id: WebhookId, state: State) -> Result<()> {
    let stewards = members_of(community)
        .select_only()
        .column(membership::Column::MemberId)
        .filter(membership::Column::Role.eq(Role::Steward));
    let stewards: Vec<MemberId> = stewards.into_tuple().all(&ctx.kith.store.db).await?;
    let tx = ctx.kith.store.begin().await?;
    store::lock_members(&tx, stewards.iter().copied()).await?;
    communities::Entity::find_by_id(community).lock_exclusive().one(&tx).await?;
    let disabled = webhook::Entity::update_many()
        .col_expr(webhook::Column::State, Expr::val(state.to_value()))
        .col_expr(webhook::Column::UpdatedAt, Expr::value(ctx.now))
        .filter(webhook::Column::Id.eq(id))
        .filter(webhook::Column::State.eq(State::Enabled))
        .filter(webhook::Column::FailingSince.is_not_null())
        .exec(&tx)
        .await?;
    if disabled.rows_affected == 0 {
        return Ok(());
    }
    community::audit::write(ctx, &tx, community, Action::WebhookDisabled, None, None).await?;
    let mut events = Vec::new();
    for steward in stewards {
        events.extend(notification::tell(ctx, &tx, steward, Kind::WebhookDisabled, id.0, None).await?);
    }
    event::commit(ctx, tx, Change { events, ..Change::default() }).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_tried_for_three_days() {
        let all: Duration = PAUSES.iter().sum();
        assert!(all > days(3) && all < days(4), "{all:?}");
        let now = Timestamp(0);
        let failed = Outcome::Failed(Failure::TimedOut);
        for (tries, pause) in (0..).zip(PAUSES) {
            let Next::Again(at) = next(now, tries, failed) else { panic!("try {tries} is not the last") };
            assert!(at >= now.after(pause) && at <= now.after(pause.mul_f64(1.1)), "try {tries}: {at:?}");
        }
        assert!(matches!(next(now, 9, failed), Next::GivenUp));
    }

    #[test]
    fn a_receiver_may_ask_for_rest_but_not_for_ever() {
        let asks = |seconds| Outcome::Answered { status: 503, retry_after: Some(Duration::from_secs(seconds)) };
        let again = |outcome| match next(Timestamp(0), 0, outcome) {
            Next::Again(at) => Duration::from_micros(at.0.unsigned_abs()),
            Next::Arrived | Next::GivenUp => panic!("it is tried again"),
        };
        assert!(again(asks(600)) >= Duration::from_secs(600));
        assert!(again(asks(1)) >= PAUSES[0]);
        assert!(again(asks(u64::MAX)) <= hours(27));
    }
}

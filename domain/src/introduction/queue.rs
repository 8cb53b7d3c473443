//! How many introductions a member takes: a number a month in each part, and a pause. What is over the number waits unseen
//! until there is room again; a timer looks. Another tells requesters how theirs ended, when it is time.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, ExprTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};

use super::{Part, State, columns};
use crate::ctx::{Ctx, Timestamp};
use crate::entity::introduction::{self, Column};
use crate::entity::member;
use crate::error::{Code, Message, Refusal, Result};
use crate::event::{self, Change};
use crate::id::MemberId;
use crate::idempotency::{self, Begun};
use crate::live::{Event, Signal};
use crate::member::Edit;
use crate::notification::{self, Kind};
use crate::text::Checks;
use crate::{policy, store};

/// How many introductions a member takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntroductionPolicy {
    /// How many requests a month reach them as the connector.
    pub as_connector: i32,
    /// How many as the target.
    pub as_target: i32,
    /// Until when they take none.
    pub paused_until: Option<Timestamp>,
}

/// A partial update of the viewer's introduction policy.
#[derive(Clone, Debug, Default)]
pub struct PolicyEdit {
    /// 1 to 100.
    pub as_connector: Option<i32>,
    /// 1 to 100.
    pub as_target: Option<i32>,
    /// A moment to come, at most a year ahead.
    pub paused_until: Edit<Timestamp>,
}

impl IntroductionPolicy {
    fn of(row: &member::Model, now: Timestamp) -> Self {
        let paused_until = row.paused_until.filter(|until| now < *until);
        Self { as_connector: row.as_connector, as_target: row.as_target, paused_until }
    }
}

/// How many introductions the viewer takes.
///
/// # Errors
/// As the database says.
pub async fn my_policy(ctx: &Ctx) -> Result<IntroductionPolicy> {
    let row = member::Entity::find_by_id(ctx.me()?).one(&ctx.kith.store.db).await?;
    Ok(IntroductionPolicy::of(store::find(row.as_slice(), ctx.me()?)?, ctx.now))
}

/// Changes how many introductions the viewer takes. What waits for them goes on as soon as there is room.
///
/// # Errors
/// Refused with [`Code::InvalidInput`].
pub async fn update_policy(ctx: &Ctx, edit: PolicyEdit) -> Result<IntroductionPolicy> {
    let me = ctx.me()?;
    checked(ctx, &edit)?;
    let tx = match idempotency::begin::<()>(ctx).await? {
        Begun::Before(()) => return my_policy(ctx).await,
        Begun::New(tx) => tx,
    };
    let row = store::find(&store::lock_members(&tx, [me]).await?, me)?.clone();
    let mut row = row.into_active_model();
    edit.as_connector.into_iter().for_each(|most| row.as_connector = Set(most));
    edit.as_target.into_iter().for_each(|most| row.as_target = Set(most));
    match edit.paused_until {
        Edit::Keep => {}
        Edit::Clear => row.paused_until = Set(None),
        Edit::Set(until) => row.paused_until = Set(Some(until)),
    }
    row.updated_at = Set(ctx.now);
    let row = row.update(&*tx).await?;
    let mut events = deliver(ctx, &tx, &row, Part::Connector).await?;
    events.extend(deliver(ctx, &tx, &row, Part::Target).await?);
    tx.commit(ctx, Change { cards: vec![me], events, ..Change::default() }, &()).await?;
    Ok(IntroductionPolicy::of(&row, ctx.now))
}

fn checked(ctx: &Ctx, edit: &PolicyEdit) -> Result<()> {
    let mut checks = Checks::default();
    for (field, most) in [("asConnector", edit.as_connector), ("asTarget", edit.as_target)] {
        if most.is_some_and(|most| !(1..=100).contains(&most)) {
            checks.refuse(Refusal::of(field, Code::InvalidInput, Message::new("introductions-a-month")));
        }
    }
    if let Edit::Set(until) = edit.paused_until
        && !(ctx.now < until && until <= ctx.now.after(crate::ctx::days(366)))
    {
        checks.refuse(Refusal::of("pausedUntil", Code::InvalidInput, Message::new("pause-within-a-year")));
    }
    checks.finish()
}

/// The open introductions that wait for their turn with somebody in this part.
fn waiting(part: Part, now: Timestamp) -> Condition {
    let state = if part == Part::Target { State::PassedOn } else { State::Requested };
    Condition::all().add(Column::State.eq(state)).add(columns(part).1.is_null()).add(Column::ExpiresAt.gt(now))
}

/// Lets what waits for `member` in this part reach them, the oldest first, as far as there is room this month; in a
/// transaction that has locked them.
pub(super) async fn deliver(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    member: &member::Model,
    part: Part,
) -> Result<Vec<Event>> {
    let ((mine, reached), most, kind) = match part {
        Part::Requester => return Ok(Vec::new()),
        Part::Connector => (columns(part), member.as_connector, Kind::IntroductionRequested),
        Part::Target => (columns(part), member.as_target, Kind::IntroductionPassedOn),
    };
    let month = introduction::Entity::find().filter(mine.eq(member.id));
    let month = month.filter(reached.gt(ctx.now.before(policy::INTRODUCTION_MONTH))).count(tx).await?;
    let room = u64::try_from(most).unwrap_or(0).saturating_sub(month);
    let next = introduction::Entity::find().filter(mine.eq(member.id)).filter(waiting(part, ctx.now));
    let next = next.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).limit(room).all(tx).await?;
    if next.is_empty() {
        return Ok(Vec::new());
    }
    introduction::Entity::update_many()
        .col_expr(reached, Expr::val(ctx.now.0))
        .filter(Column::Id.is_in(next.iter().map(|row| row.id)))
        .exec(tx)
        .await?;
    let mut events = Vec::new();
    for row in next {
        events.extend(notification::tell(ctx, tx, member.id, kind, row.id.0, Some(row.requester_id)).await?);
        events.push(Event { to: member.id, signal: Signal::Introduction(row.id) });
    }
    Ok(events)
}

/// How many members one run looks at.
const BATCH: u64 = 500;

/// Lets what waits reach those who have room by now; returns how many were told something. Called by a timer of the
/// server.
///
/// # Errors
/// As the database says.
pub async fn deliver_waiting(ctx: &Ctx) -> Result<u64> {
    let mut told = 0;
    for part in [Part::Connector, Part::Target] {
        let members = introduction::Entity::find().select_only().column(columns(part).0).distinct();
        let members = members.filter(waiting(part, ctx.now)).limit(BATCH).into_tuple::<Option<MemberId>>();
        for id in members.all(&ctx.kith.store.db).await?.into_iter().flatten() {
            let tx = ctx.kith.store.begin().await?;
            let Some(row) = store::lock_members(&tx, [id]).await?.pop() else { continue };
            let events = deliver(ctx, &tx, &row, part).await?;
            told += u64::from(!events.is_empty());
            event::commit(ctx, tx, Change { events, ..Change::default() }).await?;
        }
    }
    Ok(told)
}

/// Writes down what has expired, and tells requesters how theirs ended, those for whom it is time; returns how many. Called
/// by a timer of the server.
///
/// # Errors
/// As the database says.
pub async fn tell_ended(ctx: &Ctx) -> Result<u64> {
    let is_time = Condition::any().add(Column::ExpiresAt.lte(ctx.now)).add(
        Condition::all()
            .add(Column::State.is_in([State::Declined, State::Closed]))
            .add(Expr::col(Column::EndedAt).lte(Expr::col(Column::RevealAt)))
            .add(Column::RevealAt.lte(ctx.now)),
    );
    let due = introduction::Entity::find().filter(Column::ToldAt.is_null()).filter(is_time);
    let due = due.order_by_asc(Column::ExpiresAt).limit(BATCH).all(&ctx.kith.store.db).await?;
    let mut told = 0;
    for row in due {
        told += u64::from(tell_one(ctx, row).await?);
    }
    Ok(told)
}

/// Tells the requester of one introduction how it ended, unless another replica has.
async fn tell_one(ctx: &Ctx, row: introduction::Model) -> Result<bool> {
    let tx = ctx.kith.store.begin().await?;
    let three = [Some(row.requester_id), row.connector_id, row.target_id];
    store::lock_members(&tx, three.into_iter().flatten()).await?;
    let row = introduction::Entity::find_by_id(row.id).filter(Column::ToldAt.is_null()).one(&tx).await?;
    let Some(row) = row else { return Ok(false) };
    let (state, _) = policy::seen_introduction(&row, Part::Requester, row.requester_id, ctx.now);
    let kind = match state {
        // It ended later than the moment drawn: it goes on looking open.
        State::Requested | State::PassedOn => return Ok(false),
        State::Closed => Some(Kind::IntroductionClosed),
        State::Expired => Some(Kind::IntroductionExpired),
        State::Accepted | State::Withdrawn | State::Declined => None,
    };
    // Whom a block, or the end of an account, hides from the requester has taken it along.
    let shows = introduction::Entity::find_by_id(row.id).filter(super::of(row.requester_id, Part::Requester));
    let shows = shows.count(&tx).await? > 0;
    let mut events = Vec::new();
    if let Some(kind) = kind.filter(|_| shows) {
        events = notification::tell(ctx, &tx, row.requester_id, kind, row.id.0, row.target_id).await?;
        let reached = [(row.connector_at, row.connector_id), (row.target_at, row.target_id)];
        let reached = reached.into_iter().filter_map(|(at, id)| at.and(id));
        let all = reached.chain([row.requester_id]);
        events.extend(all.map(|to| Event { to, signal: Signal::Introduction(row.id) }));
    }
    let over = row.expires_at <= ctx.now && matches!(row.state, State::Requested | State::PassedOn);
    let mut row = row.into_active_model();
    row.told_at = Set(Some(ctx.now));
    if over {
        row.state = Set(State::Expired);
        row.ended_at = Set(Some(ctx.now));
    }
    row.update(&tx).await?;
    event::commit(ctx, tx, Change { events, ..Change::default() }).await?;
    Ok(true)
}

//! Answering a tie that is asked for, and ending one: the state machine's steps, each one transaction.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, Set,
};

use super::{Tie, meeting};
use crate::ctx::Ctx;
use crate::entity::tie::{self, Answer, Column, State};
use crate::entity::{claim, tie_end};
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::Change;
use crate::id::{MemberId, TieId};
use crate::idempotency::{self, Begun};
use crate::notification::{self, Kind};
use crate::{policy, process, store, visibility};

/// Says yes to a tie that awaits the viewer's answer, and so to having met, if that was told late. It becomes active when
/// both have said so.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::WrongState`] or [`Code::TieLimitReached`].
pub async fn confirm(ctx: &Ctx, id: TieId) -> Result<Tie> {
    let me = ctx.me()?;
    let tx = match idempotency::begin::<TieId>(ctx).await? {
        Begun::Before(id) => return again(ctx, id).await,
        Begun::New(tx) => tx,
    };
    let row = locked(ctx, &tx, id).await?;
    if row.state == State::Active && !meeting::awaits(&row, me) {
        tx.commit(ctx, Change::default(), &row.id).await?;
        return seen(ctx, &row);
    }
    if row.state != State::Active && !policy::may_answer_tie(&row, me, ctx.now) {
        return Err(wrong_state(Message::new("tie-not-awaiting")));
    }
    let row = answer(&tx, row, me, Answer::Yes).await?;
    let (row, change) = meeting::confirmed(ctx, &tx, row, me).await?;
    tx.commit(ctx, change, &row.id).await?;
    seen(ctx, &row)
}

/// Says no to a tie that awaits the viewer's answer. The other sees it wait, and then expire. Of a tie that is active
/// already and only waits for the viewer to say that the two met, that alone is dropped.
///
/// # Errors
/// Refused with [`Code::NotFound`] or [`Code::WrongState`].
pub async fn decline(ctx: &Ctx, id: TieId) -> Result<Tie> {
    let me = ctx.me()?;
    let tx = match idempotency::begin::<TieId>(ctx).await? {
        Begun::Before(id) => return again(ctx, id).await,
        Begun::New(tx) => tx,
    };
    let row = locked(ctx, &tx, id).await?;
    if policy::seen_state(&row, me, ctx.now) == Some(State::Declined) {
        tx.commit(ctx, Change::default(), &row.id).await?;
        return seen(ctx, &row);
    }
    if meeting::awaits(&row, me) {
        let row = meeting::denied(&tx, row).await?;
        tx.commit(ctx, Change::default(), &row.id).await?;
        return seen(ctx, &row);
    }
    if !policy::may_answer_tie(&row, me, ctx.now) {
        return Err(wrong_state(Message::new("tie-not-awaiting")));
    }
    let row = answer(&tx, row, me, Answer::No).await?;
    retract(&tx, me, policy::other_of(&row, me)).await?;
    let row = if row.state == State::Pending { close(ctx, &tx, row, me, State::Declined).await? } else { row };
    tx.commit(ctx, Change::default(), &row.id).await?;
    seen(ctx, &row)
}

/// Ends an active tie.
///
/// # Errors
/// Refused with [`Code::NotFound`] or [`Code::WrongState`].
pub async fn end(ctx: &Ctx, id: TieId) -> Result<Tie> {
    let me = ctx.me()?;
    let tx = match idempotency::begin::<TieId>(ctx).await? {
        Begun::Before(id) => return again(ctx, id).await,
        Begun::New(tx) => tx,
    };
    let row = locked(ctx, &tx, id).await?;
    match row.state {
        State::Ended => {
            tx.commit(ctx, Change::default(), &row.id).await?;
            return seen(ctx, &row);
        }
        State::Active => {}
        State::Pending | State::Declined | State::Withdrawn | State::Expired => {
            return Err(wrong_state(Message::new("tie-not-active")));
        }
    }
    let row = close(ctx, &tx, row, me, State::Ended).await?;
    retract(&tx, me, policy::other_of(&row, me)).await?;
    process::tie_ended(ctx, &tx, row.low, row.high).await?;
    tx.commit(ctx, Change { ties: vec![row.low, row.high], ..Change::default() }, &row.id).await?;
    seen(ctx, &row)
}

/// Ends what is open between `owner` and `blocked`, as `owner`'s doing, in the transaction of a block. Returns the two
/// if that ended an active tie, and so changed their networks; nobody otherwise.
pub(crate) async fn close_for_block(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    owner: MemberId,
    blocked: MemberId,
) -> Result<Vec<MemberId>> {
    retract(tx, owner, blocked).await?;
    let Some(row) = open_between(tx, owner, blocked).await? else { return Ok(Vec::new()) };
    if row.state == State::Active {
        close(ctx, tx, row, owner, State::Ended).await?;
        return Ok(vec![owner, blocked]);
    }
    if row.begun_by == Some(owner) {
        close(ctx, tx, row, owner, State::Withdrawn).await?;
    } else {
        let row = answer(tx, row, owner, Answer::No).await?;
        close(ctx, tx, row, owner, State::Declined).await?;
    }
    Ok(Vec::new())
}

/// Takes the open claims back by which `by` said to know `of`, since they now say otherwise. One by handle shows it; one
/// by an address only stops reaching them, because whose address it is must not show.
async fn retract(tx: &DatabaseTransaction, by: MemberId, of: MemberId) -> Result<()> {
    let open = claim::Entity::update_many()
        .filter(claim::Column::ClaimerId.eq(by))
        .filter(claim::Column::TargetId.eq(of))
        .filter(claim::Column::State.eq(claim::State::Open));
    open.clone()
        .col_expr(claim::Column::State, Expr::val(claim::State::Withdrawn.to_value()))
        .filter(claim::Column::Named.not_like("%@%"))
        .exec(tx)
        .await?;
    open.col_expr(claim::Column::TargetId, Expr::val(None::<MemberId>)).exec(tx).await?;
    Ok(())
}

/// The open tie of a pair: pending or active.
pub(super) async fn open_between(tx: &DatabaseTransaction, a: MemberId, b: MemberId) -> Result<Option<tie::Model>> {
    let query = tie::Entity::find()
        .filter(Column::Low.eq(a.min(b)))
        .filter(Column::High.eq(a.max(b)))
        .filter(Column::State.is_in([State::Pending, State::Active]));
    Ok(query.one(tx).await?)
}

/// The ties of a pair that one of them declined.
pub(super) async fn declined_between(tx: &DatabaseTransaction, a: MemberId, b: MemberId) -> Result<Vec<tie::Model>> {
    let query = tie::Entity::find()
        .filter(Column::Low.eq(a.min(b)))
        .filter(Column::High.eq(a.max(b)))
        .filter(Column::State.eq(State::Declined));
    Ok(query.all(tx).await?)
}

/// Takes `by`'s no back for a yes: the tie is as if it had waited all the time.
pub(super) async fn reopen(tx: &DatabaseTransaction, row: tie::Model, by: MemberId) -> Result<tie::Model> {
    let mut row = row.into_active_model();
    row.state = Set(State::Pending);
    row.closed_by = Set(None);
    row.closed_at = Set(None);
    answer(tx, row.update(tx).await?, by, Answer::Yes).await
}

/// What an earlier try of the same command left, as it is now.
async fn again(ctx: &Ctx, id: TieId) -> Result<Tie> {
    super::by_ids(ctx, &[id]).await?.pop().ok_or(Error::AlreadyDone)
}

/// Locks the two members, and reads the tie as it then is.
async fn locked(ctx: &Ctx, tx: &DatabaseTransaction, id: TieId) -> Result<tie::Model> {
    let me = ctx.me()?;
    let missing = || Error::from(Refusal::of("tieId", Code::NotFound, Message::new("no-such-tie")));
    let mine = Condition::any().add(Column::Low.eq(me)).add(Column::High.eq(me));
    let row = tie::Entity::find_by_id(id).filter(mine).one(tx).await?.ok_or_else(missing)?;
    let members = store::lock_members(tx, [row.low, row.high]).await?;
    let row = tie::Entity::find_by_id(id).one(tx).await?.ok_or_else(missing)?;
    let other = store::find(&members, policy::other_of(&row, me))?;
    let exists = policy::is_in_use(other) && visibility::block_between(tx, me, other.id).await?.is_none();
    if exists && policy::seen_state(&row, me, ctx.now).is_some() { Ok(row) } else { Err(missing()) }
}

fn wrong_state(message: Message) -> Error {
    Refusal::of("tieId", Code::WrongState, message).into()
}

fn seen(ctx: &Ctx, row: &tie::Model) -> Result<Tie> {
    let missing = || Refusal::of("tieId", Code::NotFound, Message::new("no-such-tie")).into();
    Tie::seen_by(row, ctx.me()?, ctx.now).ok_or_else(missing)
}

/// Writes down what `member` says.
pub(super) async fn answer(
    tx: &DatabaseTransaction,
    row: tie::Model,
    member: MemberId,
    answer: Answer,
) -> Result<tie::Model> {
    let is_low = member == row.low;
    let mut row = row.into_active_model();
    if is_low {
        row.low_answer = Set(answer);
    } else {
        row.high_answer = Set(answer);
    }
    Ok(row.update(tx).await?)
}

/// Makes a pending tie active if both have said yes: writes its two ends, and confirms the claims that asked for it.
pub(super) async fn settle(ctx: &Ctx, tx: &DatabaseTransaction, row: tie::Model) -> Result<(tie::Model, Change)> {
    if row.state != State::Pending || row.low_answer != Answer::Yes || row.high_answer != Answer::Yes {
        return Ok((row, Change::default()));
    }
    for member in [row.low, row.high] {
        refuse_at_limit(tx, member).await?;
    }
    let (low, high, id, evidence) = (row.low, row.high, row.id, row.evidence);
    let mut row = row.into_active_model();
    row.state = Set(State::Active);
    row.active_at = Set(Some(ctx.now));
    let row = row.update(tx).await?;
    tie_end::Entity::insert_many(ends(id, low, high, evidence)).exec_without_returning(tx).await?;
    confirm_claims(tx, id, low, high).await?;
    process::tied(ctx, tx, low, high).await?;
    let mut events = Vec::new();
    if let Ok(me) = ctx.me() {
        let other = policy::other_of(&row, me);
        events = notification::tell(ctx, tx, other, Kind::TieActive, id.0, Some(me)).await?;
    }
    Ok((row, Change { ties: vec![low, high], events, ..Change::default() }))
}

/// The two ends of an active tie.
pub(crate) fn ends(tie: TieId, low: MemberId, high: MemberId, evidence: tie::Evidence) -> [tie_end::ActiveModel; 2] {
    [(low, high), (high, low)].map(|(member, other)| tie_end::ActiveModel {
        member_id: Set(member),
        other_id: Set(other),
        evidence: Set(evidence),
        tie_id: Set(tie),
    })
}

async fn confirm_claims(tx: &DatabaseTransaction, id: TieId, a: MemberId, b: MemberId) -> Result<()> {
    let pair = |claimer: MemberId, target: MemberId| {
        Condition::all().add(claim::Column::ClaimerId.eq(claimer)).add(claim::Column::TargetId.eq(target))
    };
    claim::Entity::update_many()
        .col_expr(claim::Column::State, Expr::val(claim::State::Confirmed.to_value()))
        .col_expr(claim::Column::TieId, Expr::val(id))
        .filter(Condition::any().add(pair(a, b)).add(pair(b, a)))
        .filter(claim::Column::State.eq(claim::State::Open))
        .exec(tx)
        .await?;
    Ok(())
}

/// Refuses if `member` has as many ties as a member may have.
pub(super) async fn refuse_at_limit(tx: &DatabaseTransaction, member: MemberId) -> Result<()> {
    let ties = tie_end::Entity::find().filter(tie_end::Column::MemberId.eq(member)).count(tx).await?;
    if ties < policy::MOST_TIES {
        return Ok(());
    }
    let message = Message::new("too-many-ties").with("most", policy::MOST_TIES);
    Err(Refusal::new(Code::TieLimitReached, message).into())
}

/// Closes an open tie as `by`'s doing, and takes away its ends.
pub(super) async fn close(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    row: tie::Model,
    by: MemberId,
    state: State,
) -> Result<tie::Model> {
    tie_end::Entity::delete_many().filter(tie_end::Column::TieId.eq(row.id)).exec(tx).await?;
    let mut row = row.into_active_model();
    row.state = Set(state);
    row.closed_by = Set(Some(by));
    row.closed_at = Set(Some(ctx.now));
    Ok(row.update(tx).await?)
}

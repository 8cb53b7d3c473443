//! Who was at a gathering: written down by a steward, or told by a phone that scanned the code shown there. And the ties
//! that come of having been there together.
//!
//! A gathering's code is a handshake that names the gathering. Unlike one between two it is good for everybody of the
//! community who is there, until its five minutes are over, and ties nobody: being in one room is no relationship. Two
//! who were there and both say that they met are tied in person.

use std::time::Duration;

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, Set};

use super::{Gathering, State, about, held, named, no_such_gathering, wrong_state};
use crate::community::{self, Action};
use crate::ctx::{Ctx, Timestamp};
use crate::entity::attendance::{self, Column, Source};
use crate::entity::{gathering, membership};
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::Change;
use crate::id::{CommunityId, GatheringId, MemberId, TieId};
use crate::text::Checks;
use crate::tie::{self, Context, Tie};
use crate::{policy, store, visibility};

/// How long before it begins somebody may be at a gathering.
const EARLY: Duration = Duration::from_secs(2 * 60 * 60);
/// How long after its end its code may be shown.
const LATE: Duration = Duration::from_secs(12 * 60 * 60);

/// Most members that are written down at once, as there or as absent.
const MOST_AT_ONCE: usize = 100;

/// Writes down who was at a gathering and who was not after all, as a steward, once it is about to begin. Only members of
/// the community are written down.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::StewardsOnly`],
/// [`Code::WrongState`], [`Code::ConsentDue`] or [`Code::InvalidInput`] if there
/// are more than 100 of either.
pub async fn record(ctx: &Ctx, id: GatheringId, there: Vec<MemberId>, absent: Vec<MemberId>) -> Result<Gathering> {
    let mut checks = Checks::default();
    for (field, members) in [("attended", &there), ("absent", &absent)] {
        if members.len() > MOST_AT_ONCE {
            let message = Message::new("too-many-at-once").with("most", MOST_AT_ONCE);
            checks.refuse(Refusal::of(field, Code::InvalidInput, message));
        }
    }
    checks.finish()?;
    let all: Vec<MemberId> = there.iter().chain(&absent).copied().collect();
    about(ctx, id, all, async |tx, standing, row| {
        standing.steward()?;
        refuse_unless_under_way(ctx, &row)?;
        let members =
            community::members_of(row.community_id).filter(membership::Column::MemberId.is_in(there.iter().copied()));
        let known = members.all(&**tx).await?;
        if there.iter().any(|id| known.iter().all(|row| row.member_id != *id)) {
            let message = Message::new("only-members-attend");
            return Err(Refusal::of("attended", Code::NotFound, message).into());
        }
        write(ctx, tx, id, there.iter().copied(), Source::Steward).await?;
        attendance::Entity::delete_many()
            .filter(Column::GatheringId.eq(id))
            .filter(Column::MemberId.is_in(absent.iter().copied()))
            .exec(&**tx)
            .await?;
        if ctx.now >= row.starts_at && !there.is_empty() {
            held::tell(ctx, &**tx, &row).await?;
        }
        let note = Some(row.title);
        community::audit::write(ctx, &**tx, row.community_id, Action::AttendanceRecorded, None, note).await?;
        Ok(Change::default())
    })
    .await
}

fn refuse_unless_under_way(ctx: &Ctx, row: &gathering::Model) -> Result<()> {
    match row.state {
        State::Cancelled => Err(wrong_state(Message::new("gathering-cancelled"))),
        State::Planned if ctx.now < row.starts_at.before(EARLY) => Err(wrong_state(Message::new("gathering-not-yet"))),
        State::Planned => Ok(()),
    }
}

async fn write(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    id: GatheringId,
    there: impl IntoIterator<Item = MemberId>,
    source: Source,
) -> Result<()> {
    let me = ctx.me()?;
    let row = |member: MemberId| attendance::ActiveModel {
        gathering_id: Set(id),
        member_id: Set(member),
        recorded_by: Set(Some(me)),
        source: Set(source),
        created_at: Set(ctx.now),
    };
    let once = OnConflict::columns([Column::GatheringId, Column::MemberId]).do_nothing().to_owned();
    let rows = attendance::Entity::insert_many(there.into_iter().map(row));
    rows.on_conflict(once).exec_without_returning(tx).await?;
    Ok(())
}

/// Whether the viewer may show a gathering's code: they planned it or look after its community, and it is about to begin,
/// or was held a moment ago.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::StewardsOnly`] or
/// [`Code::WrongState`].
pub(crate) async fn may_open(ctx: &Ctx, tx: &DatabaseTransaction, id: GatheringId) -> Result<()> {
    let me = ctx.me()?;
    let row = gathering::Entity::find_by_id(id).one(tx).await?.ok_or_else(no_such_gathering)?;
    let mine = community::member_of(tx, row.community_id, me).await?.ok_or_else(no_such_gathering)?;
    if row.planned_by != Some(me) && mine.role != community::Role::Steward {
        return Err(Refusal::new(Code::StewardsOnly, Message::new("stewards-only")).into());
    }
    community::writable(ctx, tx, row.community_id).await?;
    refuse_unless_under_way(ctx, &row)?;
    if row.ends_at.after(LATE) < ctx.now {
        return Err(wrong_state(Message::new("gathering-over")));
    }
    Ok(())
}

/// The community of a gathering, under the locks of a command.
pub(crate) async fn community_of(tx: &DatabaseTransaction, id: GatheringId) -> Result<Option<CommunityId>> {
    Ok(gathering::Entity::find_by_id(id).one(tx).await?.map(|row| row.community_id))
}

/// Writes down that the viewer was at a gathering whose code they scanned, and whoever showed it; false if it is not for them.
pub(crate) async fn check_in(ctx: &Ctx, tx: &DatabaseTransaction, id: GatheringId, opener: MemberId) -> Result<bool> {
    let me = ctx.me()?;
    let Some(row) = gathering::Entity::find_by_id(id).one(tx).await? else { return Ok(false) };
    if row.state != State::Planned || community::member_of(tx, row.community_id, me).await?.is_none() {
        return Ok(false);
    }
    community::writable(ctx, tx, row.community_id).await?;
    let opener = community::member_of(tx, row.community_id, opener).await?.map(|row| row.member_id);
    write(ctx, tx, id, opener.into_iter().chain([me]), Source::Handshake).await?;
    Ok(true)
}

/// Says that the viewer and another member met at a gathering both were at. Once both have said so, they are tied in
/// person; a tie they have already then rests on that.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::Yourself`],
/// [`Code::DidNotAttend`] or [`Code::TieLimitReached`].
pub async fn confirm(ctx: &Ctx, id: GatheringId, other: MemberId, context: Context) -> Result<Tie> {
    let me = ctx.me()?;
    if other == me {
        return Err(Refusal::of("memberId", Code::Yourself, Message::new("met-yourself")).into());
    }
    let community = named(ctx, id).await?.community_id;
    let tie: TieId = community::inside(ctx, community, [other], no_such_gathering, async |tx, standing| {
        standing.writable(ctx)?;
        let row = gathering::Entity::find_by_id(id).one(&**tx).await?.ok_or_else(no_such_gathering)?;
        let missing = || Refusal::of("memberId", Code::NotFound, Message::new("no-such-member"));
        let is_there = store::lock_members(tx, [other]).await?.iter().all(policy::is_in_use);
        let is_fellow = community::member_of(&**tx, row.community_id, other).await?.is_some();
        if !is_there || !is_fellow || visibility::block_between(tx, me, other).await?.is_some() {
            return Err(missing().into());
        }
        let both = attendance::Entity::find().filter(Column::GatheringId.eq(id));
        if both.filter(Column::MemberId.is_in([me, other])).count(&**tx).await? < 2 {
            return Err(Refusal::of("memberId", Code::DidNotAttend, Message::new("both-must-attend")).into());
        }
        let (tie, change) = tie::met(ctx, tx, me, other, met_at(ctx, &row), context).await?;
        Ok((tie.id, change))
    })
    .await?;
    tie::by_ids(ctx, &[tie]).await?.pop().ok_or(Error::AlreadyDone)
}

fn met_at(ctx: &Ctx, row: &gathering::Model) -> Timestamp {
    row.starts_at.min(ctx.now)
}

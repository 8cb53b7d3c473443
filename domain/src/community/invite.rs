//! Inviting to a community, and answering.
//!
//! A member invites somebody they are tied to; a handshake or an invitation's link may bring one along as well. Who
//! accepts while the community is forming is one of its founders, and who accepts later agrees to its charter with that.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect, Set,
};

use super::access::{about, not_found, standing};
use super::forming::fresh_membership;
use super::membership::{self as shown, Membership};
use super::{Action, MembershipState as State, Role, Stage, Standing, audit, charter, command, presence};
use crate::ctx::Ctx;
use crate::entity::membership::{self, Column};
use crate::entity::{charter as charters, community};
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::Change;
use crate::id::{CommunityId, MemberId, MembershipId};
use crate::idempotency::Command;
use crate::notification::{self, Kind};
use crate::{policy, text, tie};

/// The membership `id`, if the viewer may see it; what a command about it returns.
pub(super) async fn shown_by_id(ctx: &Ctx, id: MembershipId) -> Result<Membership> {
    shown::by_ids(ctx, &[id]).await?.pop().ok_or(Error::AlreadyDone)
}

/// Invites somebody the viewer is tied to.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::MembersOnly`], [`Code::StewardsOnly`], [`Code::WrongState`],
/// [`Code::ConsentDue`], [`Code::NotTied`], [`Code::AlreadyMember`], [`Code::CommunityFull`] or [`Code::InvalidInput`].
pub async fn invite(ctx: &Ctx, id: CommunityId, member: MemberId, note: Option<&str>) -> Result<Membership> {
    let note = note.map(|raw| text::paragraph("note", raw, 300)).transpose()?;
    let membership = command(ctx, id, [member], async |tx, standing| {
        let me = ctx.me()?;
        refuse_unless_inviting(ctx, &standing)?;
        if !tie::are_tied(&**tx, me, member).await? {
            return Err(Refusal::of("memberId", Code::NotTied, Message::new("invite-your-ties")).into());
        }
        let row = open_place(ctx, tx, &standing.community, member, "memberId").await?;
        let row = membership::Model { state: State::Invited, invited_by: Some(me), note, ..row };
        let row = row.into_active_model().reset_all().insert(&**tx).await?;
        audit::write(ctx, &**tx, id, Action::Invited, Some(member), None).await?;
        let events = notification::tell(ctx, tx, member, Kind::CommunityInvited, row.id.0, Some(me)).await?;
        Ok((row.id, Change { events, ..Change::default() }))
    })
    .await?;
    shown_by_id(ctx, membership).await
}

fn refuse_unless_inviting(ctx: &Ctx, standing: &Standing) -> Result<()> {
    standing.acting_member(ctx)?;
    match policy::may_invite_to(&standing.community, &standing.charter, standing.access) {
        true => Ok(()),
        false => standing.steward().map(drop),
    }
}

/// A membership of `member`'s that may be written: they have no open one, were not removed for good, and there is room.
pub(super) async fn open_place(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    community: &community::Model,
    member: MemberId,
    field: &'static str,
) -> Result<membership::Model> {
    let theirs = membership::Entity::find()
        .filter(Column::CommunityId.eq(community.id))
        .filter(Column::MemberId.eq(member))
        .all(tx)
        .await?;
    if theirs.iter().any(|row| policy::is_open(row, ctx.now)) {
        return Err(Refusal::of(field, Code::AlreadyMember, Message::new("already-member")).into());
    }
    if theirs.iter().any(|row| row.state == State::Removed && !row.may_return) {
        return Err(Refusal::of(field, Code::WrongState, Message::new("removed-for-good")).into());
    }
    for row in theirs.into_iter().filter(|row| matches!(row.state, State::Invited | State::Applied)) {
        let expired_at = row.expires_at;
        let mut row = row.into_active_model();
        row.state = Set(State::Expired);
        row.ended_at = Set(Some(expired_at));
        row.update(tx).await?;
    }
    if places_taken(tx, community.id).await? >= policy::MOST_MEMBERS {
        let message = Message::new("community-full").with("most", policy::MOST_MEMBERS);
        return Err(Refusal::new(Code::CommunityFull, message).into());
    }
    Ok(fresh_membership(ctx.now, community.id, member, State::Invited, Role::Member))
}

/// How many members a community has, with the invitations and applications that are open.
pub(crate) async fn places_taken(tx: &impl ConnectionTrait, id: CommunityId) -> Result<u64> {
    Ok(membership::Entity::find().filter(Column::CommunityId.eq(id)).filter(super::open()).count(tx).await?)
}

/// Whether the viewer may bring somebody along to a community: what a handshake or an invitation that names it begins with.
///
/// # Errors
/// As [`invite`].
pub(crate) async fn may_invite(ctx: &Ctx, tx: &DatabaseTransaction, id: CommunityId) -> Result<()> {
    refuse_unless_inviting(ctx, &standing(ctx, tx, id, not_found).await?)
}

/// Whether the viewer may change something in a community they belong to, for commands that begin elsewhere.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::MembersOnly`], [`Code::WrongState`] or [`Code::ConsentDue`].
pub(crate) async fn writable(ctx: &Ctx, tx: &DatabaseTransaction, id: CommunityId) -> Result<()> {
    standing(ctx, tx, id, not_found).await?.acting_member(ctx).map(drop)
}

/// Invites `member` to a community in the name of `inviter`, whom they met or who invited them to Kith, if that still
/// fits; in a transaction that has locked both.
pub(crate) async fn invited(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    id: CommunityId,
    inviter: MemberId,
    member: MemberId,
) -> Result<Option<MembershipId>> {
    let Some(community) = community::Entity::find_by_id(id).lock_exclusive().one(tx).await? else { return Ok(None) };
    let Some(charter) = charters::Entity::find_by_id((id, community.charter_version)).one(tx).await? else {
        return Ok(None);
    };
    let rows = membership::Entity::find()
        .filter(Column::CommunityId.eq(id))
        .filter(Column::MemberId.is_in([inviter, member]))
        .all(tx)
        .await?;
    let of = |who: MemberId| rows.iter().filter(|row| row.member_id == who).cloned().collect::<Vec<_>>();
    let (inviters, theirs) = (of(inviter), of(member));
    if let Some(open) = theirs.iter().find(|row| policy::is_open(row, ctx.now)) {
        return Ok(Some(open.id));
    }
    let access = policy::access_to(&community, &inviters, ctx.now);
    let may = access.is_some_and(|access| policy::may_invite_to(&community, &charter, access));
    let overdue = inviters.iter().any(|row| policy::is_consent_overdue(&community, &charter, row, ctx.now));
    if !may || overdue {
        return Ok(None);
    }
    let row = match open_place(ctx, tx, &community, member, "memberId").await {
        Ok(row) => membership::Model { invited_by: Some(inviter), ..row },
        Err(Error::Refused(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let row = row.into_active_model().reset_all().insert(tx).await?;
    audit::write(ctx, tx, id, Action::Invited, Some(member), None).await?;
    Ok(Some(row.id))
}

/// The membership of `member`'s in a community that holds, or awaits an answer, if there is one.
pub(crate) async fn open_membership(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    id: CommunityId,
    member: MemberId,
) -> Result<Option<MembershipId>> {
    let rows = membership::Entity::find().filter(Column::CommunityId.eq(id)).filter(Column::MemberId.eq(member));
    let rows = rows.all(tx).await?;
    Ok(rows.into_iter().find(|row| policy::is_open(row, ctx.now)).map(|row| row.id))
}

/// Accepts an invitation to a community. To one that is live, `charter_version` must be the charter in force, which the
/// viewer agrees to with this.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::WrongState`] or [`Code::CharterChanged`].
pub async fn accept(ctx: &Ctx, id: CommunityId, charter_version: Option<i32>) -> Result<Membership> {
    let membership = command(ctx, id, [], async |tx, standing| {
        let mine = standing.mine.clone().ok_or_else(not_invited)?;
        match mine.state {
            State::Active => return Ok((mine.id, Change::default())),
            State::Invited => {}
            State::Applied | State::Left | State::Removed | State::Declined | State::Withdrawn | State::Expired => {
                return Err(not_invited());
            }
        }
        if standing.community.stage == Stage::Live {
            charter::current(&standing.charter, charter_version.unwrap_or_default())?;
        }
        admit(ctx, &**tx, &standing.community, mine.clone()).await?;
        audit::write(ctx, &**tx, id, Action::Joined, Some(mine.member_id), None).await?;
        Ok((mine.id, Change { communities: vec![mine.member_id], ..Change::default() }))
    })
    .await?;
    shown_by_id(ctx, membership).await
}

fn not_invited() -> Error {
    Refusal::of("communityId", Code::WrongState, Message::new("not-invited")).into()
}

/// Makes an open membership active, in a transaction that has locked the community. Who was invited agrees to the charter in
/// force with that; who applied has agreed to the one they read.
pub(crate) async fn admit(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    community: &community::Model,
    row: membership::Model,
) -> Result<()> {
    let is_live = community.stage == Stage::Live;
    let was_invited = row.state == State::Invited;
    let mut row = row.into_active_model();
    row.state = Set(State::Active);
    row.founder = Set(!is_live);
    row.joined_at = Set(Some(ctx.now));
    if is_live && was_invited {
        row.consented_version = Set(community.charter_version);
        row.consented_at = Set(Some(ctx.now));
    }
    let row = row.update(tx).await?;
    presence::joined(ctx, tx, &row).await
}

/// Declines an invitation to a community. Doing so again changes nothing.
///
/// # Errors
/// Refused with [`Code::NotFound`] or [`Code::WrongState`].
pub async fn decline(ctx: &Ctx, id: CommunityId) -> Result<MembershipId> {
    command(ctx, id, [], async |tx, standing| {
        let mine = standing.mine.clone().filter(|mine| mine.state == State::Invited).ok_or_else(not_invited)?;
        close(ctx, tx, mine.clone(), State::Declined, None).await?;
        Ok((mine.id, Change::default()))
    })
    .await
}

/// Ends an open invitation or application as the viewer's doing, for a reason if they give one.
pub(super) async fn close(
    ctx: &Ctx,
    tx: &Command,
    row: membership::Model,
    state: State,
    reason: Option<String>,
) -> Result<()> {
    let mut row = row.into_active_model();
    row.state = Set(state);
    row.reason = Set(reason);
    row.ended_at = Set(Some(ctx.now));
    row.ended_by = Set(Some(ctx.me()?));
    row.update(&**tx).await?;
    Ok(())
}

/// Takes an open invitation back, as whoever made it or as a steward.
///
/// # Errors
/// Refused with [`Code::NotFound`] or [`Code::WrongState`].
pub async fn take_back(ctx: &Ctx, id: MembershipId) -> Result<MembershipId> {
    about(ctx, id, None, async |tx, standing, row| {
        if row.invited_by != Some(ctx.me()?) {
            standing.steward()?;
        }
        if row.state != State::Invited || !policy::is_open(&row, ctx.now) {
            return Err(Refusal::of("membershipId", Code::WrongState, Message::new("not-an-open-invitation")).into());
        }
        close(ctx, tx, row, State::Withdrawn, None).await?;
        Ok((id, Change::default()))
    })
    .await
}

/// Takes the invitations back that one of the two has made to the other, in the transaction of a block.
pub(crate) async fn close_for_block(ctx: &Ctx, tx: &DatabaseTransaction, a: MemberId, b: MemberId) -> Result<()> {
    let pair = |by: MemberId, of: MemberId| Condition::all().add(Column::InvitedBy.eq(by)).add(Column::MemberId.eq(of));
    membership::Entity::update_many()
        .col_expr(Column::State, Expr::val(State::Withdrawn.to_value()))
        .col_expr(Column::EndedAt, Expr::val(ctx.now.0))
        .filter(Condition::any().add(pair(a, b)).add(pair(b, a)))
        .filter(Column::State.eq(State::Invited))
        .exec(tx)
        .await?;
    Ok(())
}

//! What is open between two who are nothing else to each other: it shows each side the other's card, from when it reaches them
//! and no longer than it is open.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use crate::ctx::Ctx;
use crate::entity::{ask, introduction, membership, nomination, participant, tie};
use crate::error::Result;
use crate::id::MemberId;
use crate::policy;

/// Those of `others` with whom something is open that the viewer may know of.
pub(super) async fn with(ctx: &Ctx, viewer: MemberId, others: &[MemberId]) -> Result<Vec<MemberId>> {
    if others.is_empty() {
        return Ok(Vec::new());
    }
    let mut open = ties(ctx, viewer, others).await?;
    open.extend(memberships(ctx, viewer, others).await?);
    open.extend(introductions(ctx, viewer, others).await?);
    open.extend(nominations(ctx, viewer, others).await?);
    open.extend(conversations(ctx, viewer, others).await?);
    Ok(open)
}

/// Those of `others` with whom an invitation to a community, or an application, is open: an invited member sees who invites
/// them, whoever invited sees whom, and stewards see all who would come in.
async fn memberships(ctx: &Ctx, viewer: MemberId, others: &[MemberId]) -> Result<Vec<MemberId>> {
    use membership::Column;
    use membership::State::{Active, Applied, Invited};
    let looked_after = membership::Entity::find()
        .select_only()
        .column(Column::CommunityId)
        .filter(Column::MemberId.eq(viewer))
        .filter(Column::State.eq(Active))
        .filter(Column::Role.eq(membership::Role::Steward));
    let among = || others.iter().copied();
    let to_me = Condition::all()
        .add(Column::State.eq(Invited))
        .add(Column::MemberId.eq(viewer))
        .add(Column::InvitedBy.is_in(among()));
    let mine_to_see = Condition::any()
        .add(Column::InvitedBy.eq(viewer))
        .add(Column::CommunityId.in_subquery(looked_after.into_query()));
    let from_me = Condition::all()
        .add(Column::State.is_in([Invited, Applied]))
        .add(Column::MemberId.is_in(among()))
        .add(mine_to_see);
    let rows = membership::Entity::find()
        .filter(Column::ExpiresAt.gt(ctx.now))
        .filter(Condition::any().add(to_me).add(from_me))
        .all(&ctx.kith.store.db)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| if row.member_id == viewer { row.invited_by } else { Some(row.member_id) })
        .collect())
}

/// Those of `others` with whom the viewer has a tie that awaits an answer and that the viewer may know of.
async fn ties(ctx: &Ctx, viewer: MemberId, others: &[MemberId]) -> Result<Vec<MemberId>> {
    let pairs = Condition::any()
        .add(Condition::all().add(tie::Column::Low.eq(viewer)).add(tie::Column::High.is_in(others.iter().copied())))
        .add(Condition::all().add(tie::Column::High.eq(viewer)).add(tie::Column::Low.is_in(others.iter().copied())));
    let rows = tie::Entity::find()
        .filter(pairs)
        .filter(tie::Column::State.is_in([tie::State::Pending, tie::State::Declined]))
        .all(&ctx.kith.store.db)
        .await?;
    let open = rows.into_iter().filter(|row| policy::seen_state(row, viewer, ctx.now) == Some(tie::State::Pending));
    Ok(open.map(|row| policy::other_of(&row, viewer)).collect())
}

/// Those of `others` to whom the viewer has asked to be introduced, and who have been passed a request to meet the viewer.
async fn introductions(ctx: &Ctx, viewer: MemberId, others: &[MemberId]) -> Result<Vec<MemberId>> {
    use introduction::Column::{RequesterId, TargetAt, TargetId};
    use introduction::State::{PassedOn, Requested};
    let among = || others.iter().copied();
    let by_me = Condition::all().add(RequesterId.eq(viewer)).add(TargetId.is_in(among()));
    let of_me = Condition::all().add(TargetId.eq(viewer)).add(TargetAt.is_not_null()).add(RequesterId.is_in(among()));
    let rows = introduction::Entity::find().filter(Condition::any().add(by_me).add(of_me));
    let rows = rows.filter(introduction::Column::ExpiresAt.gt(ctx.now)).all(&ctx.kith.store.db).await?;
    let other = |row: introduction::Model| {
        let part = policy::part_in(&row, viewer)?;
        let (state, _) = policy::seen_introduction(&row, part, viewer, ctx.now);
        let other = if row.requester_id == viewer { row.target_id } else { Some(row.requester_id) };
        other.filter(|_| matches!(state, Requested | PassedOn))
    };
    Ok(rows.into_iter().filter_map(other).collect())
}

/// Those of `others` who ask for help, in their name, and for whom the viewer was named.
async fn nominations(ctx: &Ctx, viewer: MemberId, others: &[MemberId]) -> Result<Vec<MemberId>> {
    let rows = nomination::Entity::find()
        .filter(nomination::Column::NomineeId.eq(viewer))
        .filter(nomination::Column::OfferedAt.is_not_null())
        .filter(nomination::Column::State.eq(nomination::State::Offered))
        .filter(nomination::Column::ExpiresAt.gt(ctx.now))
        .select_only()
        .column(nomination::Column::AskId);
    let asks = ask::Entity::find()
        .filter(ask::Column::AskerId.is_in(others.iter().copied()))
        .filter(ask::Column::Named.eq(true))
        .filter(ask::Column::Id.in_subquery(rows.into_query()));
    Ok(asks.all(&ctx.kith.store.db).await?.into_iter().map(|row| row.asker_id).collect())
}

/// Those of `others` with whom the viewer takes part in a conversation.
async fn conversations(ctx: &Ctx, viewer: MemberId, others: &[MemberId]) -> Result<Vec<MemberId>> {
    use participant::Column::{ConversationId, LeftAt, MemberId as Member};
    let mine = participant::Entity::find().select_only().column(ConversationId);
    let mine = mine.filter(Member.eq(viewer)).filter(LeftAt.is_null()).into_query();
    let rows = participant::Entity::find()
        .select_only()
        .column(Member)
        .filter(ConversationId.in_subquery(mine))
        .filter(Member.is_in(others.iter().copied()))
        .filter(LeftAt.is_null())
        .into_tuple();
    Ok(rows.all(&ctx.kith.store.db).await?)
}

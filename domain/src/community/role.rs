//! What stewards and members do about who belongs to a community: roles, leaving, removing. A community always has a
//! steward who can act: the last one does not go without naming another, and where an account ends, another is found.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, Set,
};

use super::access::about;
use super::invite::shown_by_id;
use super::membership::Membership;
use super::{
    Action, Community, MembershipState as State, Role, Standing, audit, by_id, command, members_of, presence, stage,
    stewards_of,
};
use crate::ctx::Ctx;
use crate::entity::membership::{self, Column};
use crate::entity::{access_token, calendar, community, report, vouch};
use crate::error::{Code, Message, Refusal, Result};
use crate::event::{Change, roster};
use crate::id::{CommunityId, MemberId, MembershipId};
use crate::idempotency::Command;
use crate::member::Visible;
use crate::text;

/// The membership of whoever looks after a community next.
pub type Successor = MembershipId;

/// The active members of a community, other than `member`, whose accounts are in use.
fn others(community: CommunityId, member: MemberId) -> Select<membership::Entity> {
    members_of(community).filter(Column::MemberId.ne(member))
}

async fn has_other_stewards(tx: &DatabaseTransaction, community: CommunityId, member: MemberId) -> Result<bool> {
    Ok(others(community, member).filter(Column::Role.eq(Role::Steward)).count(tx).await? > 0)
}

fn refuse_unless_active(row: &membership::Model) -> Result<()> {
    match row.state {
        State::Active => Ok(()),
        _ => Err(Refusal::of("membershipId", Code::WrongState, Message::new("not-a-member")).into()),
    }
}

async fn give(ctx: &Ctx, tx: &DatabaseTransaction, row: membership::Model, role: Role) -> Result<()> {
    let action = match role {
        Role::Steward => Action::MadeSteward,
        Role::Member => Action::MadeMember,
    };
    let (community, member) = (row.community_id, row.member_id);
    let mut row = row.into_active_model();
    row.role = Set(role);
    row.update(tx).await?;
    roster::mark(ctx, tx, &[member]).await?;
    if role == Role::Member {
        end_access_tokens(ctx, tx, community, member).await?;
    }
    if role == Role::Steward {
        // What is said of them is for the operator to decide from now on.
        report::Entity::update_many()
            .col_expr(report::Column::DecidedByRole, Expr::val(report::Decider::Operator.to_value()))
            .filter(report::Column::CommunityId.eq(community))
            .filter(report::Column::MemberId.eq(member))
            .filter(report::Column::State.eq(report::State::Open))
            .exec(tx)
            .await?;
    }
    audit::write(ctx, tx, community, action, Some(member), None).await
}

/// Ends the access tokens that somebody made who no longer looks after the community.
async fn end_access_tokens(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    community: CommunityId,
    member: MemberId,
) -> Result<()> {
    use access_token::Column as Token;
    let good = Condition::all()
        .add(Token::CommunityId.eq(community))
        .add(Token::CreatedBy.eq(member))
        .add(Token::EndedAt.is_null());
    for row in access_token::Entity::find().filter(good.clone()).all(tx).await? {
        audit::write(ctx, tx, community, Action::AccessTokenRevoked, None, Some(row.name)).await?;
    }
    let ended = access_token::Entity::update_many().col_expr(Token::EndedAt, Expr::val(ctx.now.0));
    ended.filter(good).exec(tx).await?;
    Ok(())
}

/// Hands stewardship on to `successor`, if `leaver` is the last steward; refuses if nobody is named.
async fn hand_on(
    ctx: &Ctx,
    tx: &Command,
    standing: &Standing,
    leaver: MemberId,
    successor: Option<Successor>,
) -> Result<()> {
    if let Some(successor) = successor {
        let named = others(standing.community.id, leaver).filter(Column::Id.eq(successor));
        let missing = || Refusal::of("successorId", Code::NotFound, Message::new("no-such-membership"));
        let row = named.one(&**tx).await?.ok_or_else(missing)?;
        if row.role == Role::Member {
            give(ctx, tx, row, Role::Steward).await?;
        }
    }
    match has_other_stewards(tx, standing.community.id, leaver).await? {
        true => Ok(()),
        false => Err(Refusal::new(Code::LastSteward, Message::new("last-steward")).into()),
    }
}

/// The member who is named to look after a community next: their account must not end while they are given it.
async fn named(ctx: &Ctx, successor: Option<Successor>) -> Result<Option<MemberId>> {
    let Some(id) = successor else { return Ok(None) };
    let row = membership::Entity::find_by_id(id).one(&ctx.kith.store.db).await?;
    Ok(row.map(|row| row.member_id))
}

/// Makes a member a steward or a steward a member, as a steward. The last steward becomes a member only if another is
/// named.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::StewardsOnly`], [`Code::WrongState`], [`Code::ConsentDue`] or
/// [`Code::LastSteward`].
pub async fn set_role(ctx: &Ctx, id: MembershipId, role: Role, successor: Option<Successor>) -> Result<Membership> {
    let membership = about(ctx, id, named(ctx, successor).await?, async |tx, standing, row| {
        standing.acting_steward(ctx)?;
        refuse_unless_active(&row)?;
        if row.role == role {
            return Ok((id, Change::default()));
        }
        if role == Role::Member {
            hand_on(ctx, tx, &standing, row.member_id, successor).await?;
        }
        give(ctx, tx, row, role).await?;
        Ok((id, Change::default()))
    })
    .await?;
    shown_by_id(ctx, membership).await
}

/// Leaves a community. Its last steward names another; who is alone in it archives it by leaving.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::MembersOnly`] or [`Code::LastSteward`].
pub async fn leave(ctx: &Ctx, id: CommunityId, successor: Option<Successor>) -> Result<MembershipId> {
    let next = named(ctx, successor).await?;
    command(ctx, id, next, async |tx, standing| {
        let mine = standing.member()?.clone();
        let (membership, me) = (mine.id, mine.member_id);
        if mine.role == Role::Steward {
            if others(id, me).count(&**tx).await? == 0 {
                stage::close(ctx, tx, standing.community).await?;
            } else {
                hand_on(ctx, tx, &standing, me, successor).await?;
            }
        }
        end(ctx, tx, mine, State::Left, None).await?;
        audit::write(ctx, &**tx, id, Action::Left, Some(me), None).await?;
        Ok((membership, Change { communities: vec![me], ..Change::default() }))
    })
    .await
}

/// Ends an open membership, with what hangs on it.
pub(crate) async fn end(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    row: membership::Model,
    state: State,
    ended: Option<(String, bool)>,
) -> Result<()> {
    let (community, member, was_active) = (row.community_id, row.member_id, row.state == State::Active);
    let mut row = row.into_active_model();
    row.state = Set(state);
    row.role = Set(Role::Member);
    row.ended_at = Set(Some(ctx.now));
    row.ended_by = Set(ctx.me().ok());
    if let Some((reason, may_return)) = ended {
        row.reason = Set(Some(reason));
        row.may_return = Set(may_return);
    }
    let row = row.update(tx).await?;
    if was_active {
        presence::left(ctx, tx, &row).await?;
    }
    end_access_tokens(ctx, tx, community, member).await?;
    calendar::Entity::delete_many()
        .filter(calendar::Column::CommunityId.eq(community))
        .filter(calendar::Column::MemberId.eq(member))
        .exec(tx)
        .await?;
    let open = membership::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::CommunityId.eq(community))
        .filter(Column::State.eq(State::Applied));
    vouch::Entity::delete_many()
        .filter(vouch::Column::VoucherId.eq(member))
        .filter(vouch::Column::MembershipId.in_subquery(open.into_query()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Removes somebody from a community, as a steward: at once they see nothing of it. To leave oneself is another command.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::StewardsOnly`], [`Code::WrongState`], [`Code::ConsentDue`],
/// [`Code::Yourself`] or [`Code::InvalidInput`].
pub async fn remove(ctx: &Ctx, id: MembershipId, reason: &str, return_: Return) -> Result<Membership> {
    let reason = text::paragraph("reason", reason, 500)?;
    let membership = about(ctx, id, None, async |tx, standing, row| {
        standing.acting_steward(ctx)?;
        refuse_unless_active(&row)?;
        let removed = row.member_id;
        if removed == ctx.me()? {
            return Err(Refusal::of("membershipId", Code::Yourself, Message::new("leave-instead")).into());
        }
        let ended = Some((reason.clone(), return_ == Return::Possible));
        end(ctx, tx, row, State::Removed, ended).await?;
        audit::write(ctx, &**tx, standing.community.id, Action::Removed, Some(removed), Some(reason)).await?;
        Ok((id, Change { communities: vec![removed], ..Change::default() }))
    })
    .await?;
    shown_by_id(ctx, membership).await
}

/// Whether somebody who is removed may come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Return {
    /// They may be invited, or apply.
    Possible,
    /// The community no longer exists for them.
    Impossible,
}

/// Changes to whom the viewer's membership shows: their ties, and partners; `None` keeps.
///
/// # Errors
/// Refused with [`Code::NotFound`] or [`Code::MembersOnly`].
pub async fn update_membership(
    ctx: &Ctx,
    id: CommunityId,
    to_ties: Option<Visible>,
    to_partners: Option<Visible>,
) -> Result<Community> {
    let id = command(ctx, id, [], async |tx, standing| {
        let mine = standing.member()?.clone();
        let (shown, hidden) = (mine.shown, mine.hidden_from_partners);
        let mut mine = mine.into_active_model();
        mine.shown = Set(to_ties.map_or(shown, |visible| visible == Visible::Shown));
        mine.hidden_from_partners = Set(to_partners.map_or(hidden, |visible| visible == Visible::Hidden));
        let mine = mine.update(&**tx).await?;
        if mine.hidden_from_partners && !hidden {
            presence::hidden(&**tx, &mine).await?;
        }
        Ok((id, Change { communities: vec![mine.member_id], ..Change::default() }))
    })
    .await?;
    by_id(ctx, id).await
}

/// Finds another steward for each community whose last one is `member`, who cannot act any more: the founder who has been
/// there longest, else the member; where there is nobody, archives it. In the transaction that ends their account.
pub(crate) async fn succeed(ctx: &Ctx, tx: &DatabaseTransaction, member: MemberId) -> Result<()> {
    let mut communities: Vec<CommunityId> = stewards_of(member).into_tuple().all(tx).await?;
    communities.sort_unstable();
    for id in communities {
        let Some(row) = community::Entity::find_by_id(id).lock_exclusive().one(tx).await? else { continue };
        if has_other_stewards(tx, id, member).await? {
            continue;
        }
        let next = others(id, member)
            .order_by_desc(Column::Founder)
            .order_by_asc(Column::JoinedAt)
            .order_by_asc(Column::Id)
            .one(tx)
            .await?;
        match next {
            Some(next) => give(ctx, tx, next, Role::Steward).await?,
            None => stage::close(ctx, tx, row).await?,
        }
    }
    Ok(())
}

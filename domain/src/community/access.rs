//! What somebody is to a community, and the beginning of every command about one.

use std::collections::HashMap;

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    Select,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Joining, MembershipState, Role, Stage};
use crate::ctx::{Ctx, Viewer};
use crate::entity::membership::Column;
use crate::entity::{charter, community, membership};
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::Change;
use crate::id::{CommunityId, MemberId, MembershipId};
use crate::idempotency::{self, Begun, Command};
use crate::policy::{self, Access};
use crate::scope::Scope;
use crate::{store, tie, visibility};

/// What the viewer is to a community, under the locks of a command.
pub(crate) struct Standing {
    /// The community.
    pub(crate) community: community::Model,
    /// The charter in force.
    pub(crate) charter: charter::Model,
    /// The viewer's membership, if it is open.
    pub(crate) mine: Option<membership::Model>,
    /// What the viewer is to it.
    pub(crate) access: Access,
}

impl Standing {
    /// The viewer's membership, if they belong to the community.
    ///
    /// # Errors
    /// Refused with [`Code::MembersOnly`].
    pub(crate) fn member(&self) -> Result<&membership::Model> {
        self.mine.as_ref().filter(|_| self.access >= Access::Member).ok_or_else(members_only)
    }

    /// The viewer's membership, if they look after the community.
    ///
    /// # Errors
    /// Refused with [`Code::MembersOnly`] or [`Code::StewardsOnly`].
    pub(crate) fn steward(&self) -> Result<&membership::Model> {
        match self.access {
            Access::Steward => self.member(),
            Access::Member => Err(Refusal::new(Code::StewardsOnly, Message::new("stewards-only")).into()),
            Access::Partner | Access::Stranger | Access::Applicant | Access::Invitee => Err(members_only()),
        }
    }

    /// Goes on if something may be changed in the community, by the viewer: it is forming or live, and they have agreed
    /// to its charter in time.
    ///
    /// # Errors
    /// Refused with [`Code::WrongState`] or [`Code::ConsentDue`].
    pub(crate) fn writable(&self, ctx: &Ctx) -> Result<()> {
        match self.community.stage {
            Stage::Forming | Stage::Live => {}
            Stage::Dormant | Stage::Archived => {
                return Err(Refusal::new(Code::WrongState, Message::new("community-rests")).into());
            }
        }
        match &self.mine {
            Some(mine) if policy::is_consent_overdue(&self.community, &self.charter, mine, ctx.now) => {
                Err(Refusal::new(Code::ConsentDue, Message::new("consent-due")).into())
            }
            _ => Ok(()),
        }
    }

    /// The viewer's membership, if they may change something as a member.
    ///
    /// # Errors
    /// As [`Self::member`] and [`Self::writable`].
    pub(crate) fn acting_member(&self, ctx: &Ctx) -> Result<&membership::Model> {
        let mine = self.member()?;
        self.writable(ctx).map(|()| mine)
    }

    /// The viewer's membership, if they may change something as a steward.
    ///
    /// # Errors
    /// As [`Self::steward`] and [`Self::writable`].
    pub(crate) fn acting_steward(&self, ctx: &Ctx) -> Result<&membership::Model> {
        let mine = self.steward()?;
        self.writable(ctx).map(|()| mine)
    }
}

/// Only members may do this.
fn members_only() -> Error {
    Refusal::new(Code::MembersOnly, Message::new("members-only")).into()
}

/// There is no such community, or none the viewer may know of.
pub(super) fn not_found() -> Error {
    Refusal::of("communityId", Code::NotFound, Message::new("no-such-community")).into()
}

/// A command of the viewer's in the community `id`: begins, unless an earlier try has done it; locks the viewer and
/// `others`, then the community; does `work`, which tells what came of it and whose cached things that has made wrong;
/// and commits. Returns what came of it, now or then.
///
/// # Errors
/// Refused with [`Code::NotFound`] if the community does not exist for the viewer, and as `work` says.
pub(crate) async fn command<T: Serialize + DeserializeOwned>(
    ctx: &Ctx,
    id: CommunityId,
    others: impl IntoIterator<Item = MemberId> + Send,
    work: impl AsyncFnOnce(&Command, Standing) -> Result<(T, Change)>,
) -> Result<T> {
    run(ctx, id, others, not_found, work).await
}

/// The same about something in the community, of which only its members know: to others it is `missing`.
///
/// # Errors
/// As `missing` and `work` say.
pub(crate) async fn inside<T: Serialize + DeserializeOwned>(
    ctx: &Ctx,
    id: CommunityId,
    others: impl IntoIterator<Item = MemberId> + Send,
    missing: fn() -> Error,
    work: impl AsyncFnOnce(&Command, Standing) -> Result<(T, Change)>,
) -> Result<T> {
    run(ctx, id, others, missing, async |tx, standing| {
        standing.member().map_err(|_| missing())?;
        work(tx, standing).await
    })
    .await
}

async fn run<T: Serialize + DeserializeOwned>(
    ctx: &Ctx,
    id: CommunityId,
    others: impl IntoIterator<Item = MemberId> + Send,
    missing: fn() -> Error,
    work: impl AsyncFnOnce(&Command, Standing) -> Result<(T, Change)>,
) -> Result<T> {
    let me = ctx.me()?;
    let tx = match idempotency::begin::<T>(ctx).await? {
        Begun::Before(done) => return Ok(done),
        Begun::New(tx) => tx,
    };
    store::lock_members(&tx, others.into_iter().chain([me])).await?;
    let standing = standing(ctx, &tx, id, missing).await?;
    let (done, change) = work(&tx, standing).await?;
    touch(ctx, &*tx, id).await?;
    tx.commit(ctx, change, &done).await?;
    Ok(done)
}

/// There is no such membership, or none the viewer may know of.
pub(super) fn no_such_membership() -> Error {
    Refusal::of("membershipId", Code::NotFound, Message::new("no-such-membership")).into()
}

/// A command of the viewer's about a membership: what [`command`] does, with the membership as it is under its locks and
/// those of `also`. One that does not show to the viewer is not found.
///
/// # Errors
/// Refused with [`Code::NotFound`], and as `work` says.
pub(super) async fn about<T: Serialize + DeserializeOwned>(
    ctx: &Ctx,
    id: MembershipId,
    also: Option<MemberId>,
    work: impl AsyncFnOnce(&Command, Standing, membership::Model) -> Result<(T, Change)>,
) -> Result<T> {
    let found = membership::Entity::find_by_id(id).one(&ctx.kith.store.db).await?.ok_or_else(no_such_membership)?;
    let concerned = also.into_iter().chain([found.member_id]);
    run(ctx, found.community_id, concerned, no_such_membership, async |tx, standing| {
        let row = membership::Entity::find_by_id(id).one(&**tx).await?.ok_or_else(no_such_membership)?;
        match shows(ctx, tx, &standing, &row).await? {
            true => work(tx, standing, row).await,
            false => Err(no_such_membership()),
        }
    })
    .await
}

/// The same rule as the lists of memberships have, under the locks of a command.
async fn shows(ctx: &Ctx, tx: &Command, standing: &Standing, row: &membership::Model) -> Result<bool> {
    let me = ctx.me()?;
    let belongs = standing.access >= Access::Member;
    Ok(match row.state {
        _ if standing.access == Access::Steward => true,
        MembershipState::Active => belongs,
        MembershipState::Invited => row.invited_by == Some(me),
        MembershipState::Applied => {
            belongs && standing.charter.joining == Joining::Vouched && tie::are_tied(&**tx, me, row.member_id).await?
        }
        MembershipState::Left
        | MembershipState::Removed
        | MembershipState::Declined
        | MembershipState::Withdrawn
        | MembershipState::Expired => false,
    })
}

/// Locks a community, and says what the viewer is to it.
///
/// # Errors
/// As `missing` says, if it does not exist for the viewer.
pub(super) async fn standing(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    id: CommunityId,
    missing: fn() -> Error,
) -> Result<Standing> {
    let community = community::Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(missing)?;
    let charter = charter::Entity::find_by_id((id, community.charter_version)).one(tx).await?;
    let charter = charter.ok_or_else(|| Error::Internal(format!("community {} has no charter", id.0)))?;
    let rows = deciding(ctx.me()?, [id]).all(tx).await?;
    let access = policy::access_to(&community, &rows, ctx.now).ok_or_else(missing)?;
    let mine = rows.into_iter().find(|row| policy::is_open(row, ctx.now));
    Ok(Standing { community, charter, mine, access })
}

/// What the viewer is to each of these communities that exist for them.
pub(crate) async fn accesses(
    ctx: &Ctx,
    rows: &[community::Model],
) -> Result<HashMap<CommunityId, (Access, Option<MembershipId>)>> {
    if let Viewer::Partner(grant) = ctx.viewer {
        let let_in = rows.iter().filter(|row| row.id == grant.community);
        return Ok(let_in.map(|row| (row.id, (Access::Partner, None))).collect());
    }
    let deciding = deciding(ctx.me()?, rows.iter().map(|row| row.id)).all(&ctx.kith.store.db).await?;
    let of = |community: &community::Model| {
        let mine: Vec<membership::Model> =
            deciding.iter().filter(|row| row.community_id == community.id).cloned().collect();
        let access = policy::access_to(community, &mine, ctx.now)?;
        let open = mine.iter().find(|row| policy::is_open(row, ctx.now));
        Some((community.id, (access, open.map(|row| row.id))))
    };
    Ok(rows.iter().filter_map(of).collect())
}

/// The viewer's memberships that say what they are to these communities.
fn deciding(me: MemberId, communities: impl IntoIterator<Item = CommunityId>) -> Select<membership::Entity> {
    membership::Entity::find()
        .filter(Column::MemberId.eq(me))
        .filter(Column::CommunityId.is_in(communities))
        .filter(Condition::any().add(super::open()).add(is_bar()))
}

fn is_bar() -> Condition {
    Condition::all().add(Column::State.eq(MembershipState::Removed)).add(Column::MayReturn.eq(false))
}

/// The communities `me` was removed from for good.
pub(super) fn barred(me: MemberId) -> Select<membership::Entity> {
    let rows = membership::Entity::find().select_only().column(Column::CommunityId);
    rows.filter(Column::MemberId.eq(me)).filter(is_bar())
}

/// The communities `member` belongs to, as rows of one column.
pub(crate) fn joined_by(member: MemberId) -> Select<membership::Entity> {
    let rows = membership::Entity::find().select_only().column(Column::CommunityId);
    rows.filter(Column::MemberId.eq(member)).filter(Column::State.eq(MembershipState::Active))
}

/// The rows of those communities whose inside the viewer reads, by their `column`: the ones they belong to; of a partner
/// whose token has this scope, the one it is let in to.
///
/// # Errors
/// [`Error::ScopeMissing`].
pub(crate) fn read_inside(ctx: &Ctx, scope: Scope, column: impl ColumnTrait) -> Result<Condition> {
    let within = match ctx.viewer {
        Viewer::Partner(grant) => grant.allows(scope).map(|()| column.eq(grant.community))?,
        _ => column.in_subquery(joined_by(ctx.me()?).into_query()),
    };
    Ok(Condition::all().add(within))
}

/// The communities `member` looks after, as rows of one column.
pub(crate) fn stewards_of(member: MemberId) -> Select<membership::Entity> {
    joined_by(member).filter(Column::Role.eq(Role::Steward))
}

/// The memberships of those who belong to the community and whose accounts are in use.
pub(crate) fn members_of(id: CommunityId) -> Select<membership::Entity> {
    membership::Entity::find()
        .filter(Column::CommunityId.eq(id))
        .filter(Column::State.eq(MembershipState::Active))
        .filter(visibility::in_use(Column::MemberId))
}

/// The membership of `member`'s, if they belong to the community.
pub(crate) async fn member_of(
    tx: &impl ConnectionTrait,
    id: CommunityId,
    member: MemberId,
) -> Result<Option<membership::Model>> {
    let rows = membership::Entity::find().filter(Column::CommunityId.eq(id)).filter(Column::MemberId.eq(member));
    Ok(rows.filter(Column::State.eq(MembershipState::Active)).one(tx).await?)
}

/// Notes that something has happened in a community.
pub(crate) async fn touch(ctx: &Ctx, tx: &impl ConnectionTrait, id: CommunityId) -> Result<()> {
    let touched = community::Entity::update_many().col_expr(community::Column::ActiveAt, Expr::val(ctx.now.0));
    touched.filter(community::Column::Id.eq(id)).exec(tx).await?;
    Ok(())
}

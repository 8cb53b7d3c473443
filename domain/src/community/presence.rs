//! Who shows to partners as belonging to a community: what its webhooks are told, and its roster, when that changes.
//!
//! To a partner somebody has left also when their account is out of use, since by then they show to nobody; they have
//! joined again when they are back. Of a member who hides from partners nothing is told.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::MembershipState as State;
use crate::ctx::Ctx;
use crate::entity::membership::{self, Column};
use crate::error::Result;
use crate::event::roster;
use crate::id::MemberId;
use crate::news::{self, News};

/// Tells that somebody belongs to the community now.
pub(super) async fn joined(ctx: &Ctx, tx: &impl ConnectionTrait, row: &membership::Model) -> Result<()> {
    tell(ctx, tx, row, News::MemberJoined { membership: row.id, member: row.member_id }).await
}

/// Tells that somebody no longer belongs to the community.
pub(super) async fn left(ctx: &Ctx, tx: &impl ConnectionTrait, row: &membership::Model) -> Result<()> {
    tell(ctx, tx, row, News::MemberLeft { membership: row.id, member: row.member_id }).await
}

async fn tell(ctx: &Ctx, tx: &impl ConnectionTrait, row: &membership::Model, told: News) -> Result<()> {
    match row.hidden_from_partners {
        true => Ok(()),
        false => news::tell(ctx, tx, row.community_id, &told).await,
    }
}

/// Takes back what was told of somebody who hides from partners now.
pub(super) async fn hidden(tx: &impl ConnectionTrait, row: &membership::Model) -> Result<()> {
    news::withdraw(tx, row.id).await
}

/// Tells the communities of a member that their account is in use again.
pub(crate) async fn appear(ctx: &Ctx, tx: &impl ConnectionTrait, member: MemberId) -> Result<()> {
    for row in of(tx, member).await? {
        joined(ctx, tx, &row).await?;
    }
    roster::mark(ctx, tx, &[member]).await
}

/// Tells the communities of a member that their account is out of use.
pub(crate) async fn disappear(ctx: &Ctx, tx: &impl ConnectionTrait, member: MemberId) -> Result<()> {
    for row in of(tx, member).await? {
        left(ctx, tx, &row).await?;
    }
    roster::mark(ctx, tx, &[member]).await
}

async fn of(tx: &impl ConnectionTrait, member: MemberId) -> Result<Vec<membership::Model>> {
    let rows = membership::Entity::find().filter(Column::MemberId.eq(member)).filter(Column::State.eq(State::Active));
    Ok(rows.all(tx).await?)
}

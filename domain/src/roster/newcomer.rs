//! Whoever signs up by the invitation of a partner's list.

use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, Set};

use crate::community;
use crate::ctx::Ctx;
use crate::entity::access_token;
use crate::entity::roster_row::{self, Column};
use crate::error::Result;
use crate::id::{InvitationId, MemberId};

/// Brings somebody in who signed up by the invitation of a partner's list: they are invited to the community as well, in
/// the name of the steward who let the partner in.
pub(crate) async fn welcome(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    invitation: InvitationId,
    newcomer: MemberId,
) -> Result<()> {
    let Some(row) = roster_row::Entity::find().filter(Column::InvitationId.eq(invitation)).one(tx).await? else {
        return Ok(());
    };
    let Some(token) = access_token::Entity::find_by_id(row.token_id).one(tx).await? else { return Ok(()) };
    let Some(inviter) = token.created_by else { return Ok(()) };
    let membership = community::invited(ctx, tx, token.community_id, inviter, newcomer).await?;
    let mut row = row.into_active_model();
    row.membership_id = Set(membership);
    roster_row::Entity::update(row).exec(tx).await?;
    Ok(())
}

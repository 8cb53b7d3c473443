//! The letters of partners' lists. They are many at once, so they wait in the database, without their codes, which are
//! made again when it is their turn.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::ctx::Ctx;
use crate::entity::roster_row::{self, Column, State};
use crate::entity::{access_token, invitation, member};
use crate::error::Result;
use crate::id::{AccessTokenId, InvitationId, MemberId, RosterRowId};
use crate::invitation::Invitation;
use crate::letter::{Content, Letter};

/// How many letters are taken at a time.
const BATCH: u64 = 50;

/// Takes some of the letters that wait, each with the row it is of; called by a timer of the server. Their links are for
/// the API to fill in. A letter is taken once; who cannot send it says so ([`not_sent`]).
///
/// # Errors
/// As the database says.
pub async fn take(ctx: &Ctx) -> Result<Vec<(RosterRowId, Letter)>> {
    let waiting = roster_row::Entity::find().filter(Column::ToldAt.is_null()).filter(Column::State.eq(State::Invited));
    // Most of the time none does, and nobody has to be kept from writing.
    if waiting.clone().one(&ctx.kith.store.db).await?.is_none() {
        return Ok(Vec::new());
    }
    let tx = ctx.kith.store.begin().await?;
    let rows = waiting
        .order_by_asc(Column::InvitedAt)
        .limit(BATCH)
        .lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked)
        .all(&tx)
        .await?;
    roster_row::Entity::update_many()
        .col_expr(Column::ToldAt, Expr::val(ctx.now.0))
        .filter(Column::Id.is_in(rows.iter().map(|row| row.id)))
        .exec(&tx)
        .await?;
    let mut codes = codes(ctx, &tx, &rows).await?;
    let inviters = inviters(&tx, &rows).await?;
    tx.commit().await?;
    let letter = |row: roster_row::Model| {
        let code = codes.remove(&row.invitation_id?)?;
        let inviter = inviters.get(&row.token_id).cloned();
        let content = Content::Invitation { link: String::new(), code, inviter };
        Some((row.id, Letter { to: row.email, content }))
    };
    Ok(rows.into_iter().filter_map(letter).collect())
}

/// The codes of the rows' invitations that are open.
async fn codes(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    rows: &[roster_row::Model],
) -> Result<HashMap<InvitationId, String>> {
    let ids = rows.iter().filter_map(|row| row.invitation_id);
    let invitations = invitation::Entity::find().filter(invitation::Column::Id.is_in(ids)).all(tx).await?;
    let code = |row: invitation::Model| Some((row.id, Invitation::of(ctx, row).code?));
    Ok(invitations.into_iter().filter_map(code).collect())
}

/// The names of the stewards in whose name the rows' partners invite.
async fn inviters(tx: &DatabaseTransaction, rows: &[roster_row::Model]) -> Result<HashMap<AccessTokenId, String>> {
    let ids = rows.iter().map(|row| row.token_id);
    let tokens = access_token::Entity::find().filter(access_token::Column::Id.is_in(ids)).all(tx).await?;
    let makers = tokens.iter().filter_map(|token| token.created_by);
    let makers = member::Entity::find().filter(member::Column::Id.is_in(makers)).all(tx).await?;
    let names: HashMap<MemberId, String> = makers.into_iter().map(|row| (row.id, row.name)).collect();
    let name = |token: access_token::Model| Some((token.id, names.get(&token.created_by?)?.clone()));
    Ok(tokens.into_iter().filter_map(name).collect())
}

/// Puts a letter back that could not be sent.
///
/// # Errors
/// As the database says.
pub async fn not_sent(ctx: &Ctx, row: RosterRowId) -> Result<()> {
    let waits = roster_row::Entity::update_many().col_expr(Column::ToldAt, Expr::val(None::<i64>));
    waits.filter(Column::Id.eq(row)).exec(&ctx.kith.store.db).await?;
    Ok(())
}

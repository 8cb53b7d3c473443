//! The marks by which partners follow who belongs to a community: written in the transaction of whatever they may see
//! of it. That somebody belongs to another community than before passes [`super::commit`]; other changes say so themselves,
//! so that a mark tells of nothing that partners do not see, such as a pause or what friends may find.
//!
//! A membership that partners have never seen has no mark, so that nothing tells of somebody who hides. One they have
//! seen keeps its mark when it is over, hidden or deleted, which is how they learn that it is gone.
//!
//! Deliberately absent: what changed. A partner reads the row again, under what it may see by then.

use std::time::Duration;

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};

use crate::ctx::{Ctx, days};
use crate::entity::membership;
use crate::entity::roster_mark::{self, Column};
use crate::error::Result;
use crate::id::{MemberId, MembershipId};
use crate::store::BINDS;
use crate::visibility;

/// How long it is kept that a membership is gone.
const KEPT: Duration = days(90);
/// How many binds a row has.
const COLUMNS: usize = 5;

/// Marks the memberships of `members`, of whom something has changed that partners may see.
pub(crate) async fn mark(ctx: &Ctx, tx: &impl ConnectionTrait, members: &[MemberId]) -> Result<()> {
    for some in members.chunks(BINDS / (2 * COLUMNS)) {
        mark_some(ctx, tx, some).await?;
    }
    Ok(())
}

async fn mark_some(ctx: &Ctx, tx: &impl ConnectionTrait, members: &[MemberId]) -> Result<()> {
    let shown = membership::Entity::find()
        .filter(membership::Column::MemberId.is_in(members.iter().copied()))
        .filter(visibility::shown_to_partners())
        .filter(visibility::in_use(membership::Column::MemberId))
        .all(tx)
        .await?;
    let shown_ids: Vec<MembershipId> = shown.iter().map(|row| row.id).collect();
    roster_mark::Entity::update_many()
        .col_expr(Column::Shown, Expr::val(false))
        .col_expr(Column::UpdatedAt, Expr::val(ctx.now.0))
        .filter(Column::MemberId.is_in(members.iter().copied()))
        .filter(Column::Shown.eq(true))
        .filter(Column::MembershipId.is_not_in(shown_ids))
        .exec(tx)
        .await?;
    let marks = shown.into_iter().map(|row| roster_mark::ActiveModel {
        membership_id: Set(row.id),
        community_id: Set(row.community_id),
        member_id: Set(row.member_id),
        shown: Set(true),
        updated_at: Set(ctx.now),
    });
    let marks: Vec<roster_mark::ActiveModel> = marks.collect();
    let anew = OnConflict::column(Column::MembershipId).update_columns([Column::Shown, Column::UpdatedAt]).to_owned();
    for some in marks.chunks(BINDS / COLUMNS) {
        let insert = roster_mark::Entity::insert_many(some.to_vec()).on_conflict(anew.clone());
        insert.exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Forgets what has been gone for long; returns how many. Called by a timer of the server.
///
/// # Errors
/// As the database says.
pub async fn forget_old(ctx: &Ctx) -> Result<u64> {
    let gone = roster_mark::Entity::delete_many().filter(Column::Shown.eq(false));
    let old = gone.filter(Column::UpdatedAt.lte(ctx.now.before(KEPT)));
    Ok(old.exec(&ctx.kith.store.db).await?.rows_affected)
}

//! Somebody who has just come in: who invited them, and who has named their address, asks them at once.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use super::{answer, claim};
use crate::ctx::Ctx;
use crate::entity::claim::{self as claims, Column, State};
use crate::entity::tie::{Answer, Context};
use crate::error::Result;
use crate::id::{MemberId, TieId};
use crate::notification::{self, Kind};

/// Most claims that reach somebody who has just come in.
const MOST: u64 = 100;

/// Asks `newcomer` whether they know `inviter`, who has said so by inviting them.
pub(crate) async fn invited(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    inviter: MemberId,
    newcomer: MemberId,
    context: Context,
    note: Option<String>,
) -> Result<()> {
    let row = claim::insert(ctx, tx, inviter, newcomer, Answer::None, context, note).await?;
    tell(ctx, tx, newcomer, row.id, inviter).await
}

/// Tells somebody who has just come in, and so listens to nothing yet, that they are asked.
async fn tell(ctx: &Ctx, tx: &DatabaseTransaction, to: MemberId, tie: TieId, by: MemberId) -> Result<()> {
    notification::tell(ctx, tx, to, Kind::TieAsked, tie.0, Some(by)).await.map(drop)
}

/// Lets the open claims that name `email`, and reached nobody so far, reach `newcomer`, who has proven to read it.
pub(crate) async fn reach_newcomer(ctx: &Ctx, tx: &DatabaseTransaction, newcomer: MemberId, email: &str) -> Result<()> {
    let open = claims::Entity::find()
        .filter(Column::Named.eq(email))
        .filter(Column::State.eq(State::Open))
        .filter(Column::TargetId.is_null())
        .filter(Column::ExpiresAt.gt(ctx.now))
        .filter(Column::ClaimerId.ne(newcomer))
        .order_by_asc(Column::CreatedAt)
        .limit(MOST);
    for row in open.all(tx).await? {
        let (claimer, context, note) = (row.claimer_id, row.context, row.note.clone());
        let tie = match answer::open_between(tx, claimer, newcomer).await? {
            Some(open) => open,
            None => {
                let row = claim::insert(ctx, tx, claimer, newcomer, Answer::None, context, note).await?;
                tell(ctx, tx, newcomer, row.id, claimer).await?;
                row
            }
        };
        let mut row = row.into_active_model();
        row.target_id = Set(Some(newcomer));
        row.tie_id = Set(Some(tie.id));
        row.update(tx).await?;
    }
    Ok(())
}

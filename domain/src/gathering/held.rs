//! That a gathering was held, which partners are told once: when who was there is written down, or when it is over.

use std::time::Duration;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::State;
use crate::ctx::{Ctx, days};
use crate::entity::community;
use crate::entity::gathering::{self, Column};
use crate::error::Result;
use crate::news::{self, News};

/// How many gatherings one run tells of.
const BATCH: u64 = 100;
/// How late it is told. One that was over for longer when it was written down is told of when it has attendees.
const LATE: Duration = days(1);

/// Tells that a gathering was held, unless that was told. The community must be locked.
pub(super) async fn tell(ctx: &Ctx, tx: &impl ConnectionTrait, row: &gathering::Model) -> Result<()> {
    let first = gathering::Entity::update_many()
        .col_expr(Column::HeldAt, Expr::val(ctx.now.0))
        .filter(Column::Id.eq(row.id))
        .filter(Column::State.eq(State::Planned))
        .filter(Column::HeldAt.is_null())
        .exec(tx)
        .await?;
    if first.rows_affected == 0 {
        return Ok(());
    }
    let told =
        News::GatheringHeld { gathering: row.id, goal: row.goal_id, starts_at: row.starts_at, ends_at: row.ends_at };
    news::tell(ctx, tx, row.community_id, &told).await
}

/// Tells of the gatherings that are over; returns how many. Called by a timer of the server.
///
/// # Errors
/// As the database says.
pub async fn tell_held(ctx: &Ctx) -> Result<u64> {
    let over = || {
        gathering::Entity::find()
            .filter(Column::State.eq(State::Planned))
            .filter(Column::HeldAt.is_null())
            .filter(Column::EndsAt.gt(ctx.now.before(LATE)))
            .filter(Column::EndsAt.lte(ctx.now))
    };
    let rows = over().order_by_asc(Column::EndsAt).limit(BATCH).all(&ctx.kith.store.db).await?;
    let count = rows.len() as u64;
    for row in rows {
        let tx = ctx.kith.store.begin().await?;
        community::Entity::find_by_id(row.community_id).lock_exclusive().one(&tx).await?;
        // It may have been moved or cancelled while we waited for the lock.
        if let Some(row) = over().filter(Column::Id.eq(row.id)).one(&tx).await? {
            tell(ctx, &tx, &row).await?;
        }
        tx.commit().await?;
    }
    Ok(count)
}

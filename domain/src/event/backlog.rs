//! What waits in the outbox, and what is dead there: for operators.
//!
//! A dead row is a change that some cache was not told of, or a signal that nobody heard. What was cached runs out by
//! itself after a while; a row is still worth an operator's eye, since it names a fault.
//!
//! Deliberately absent: deleting rows. One that is put back when its fault is gone is applied, which ends it.

use std::time::Duration;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::Change;
use crate::ctx::{Ctx, Timestamp};
use crate::entity::outbox;
use crate::error::Result;
use crate::id::OutboxId;

/// Most rows of a kind that are shown: an operator reads them.
const SHOWN: u64 = 100;

/// What is in the outbox.
#[derive(Debug)]
pub struct Backlog {
    /// The oldest of those that wait.
    pub waiting: Vec<Entry>,
    /// How many wait in all.
    pub waiting_in_all: u64,
    /// The oldest of the dead.
    pub dead: Vec<Entry>,
    /// How many are dead in all.
    pub dead_in_all: u64,
}

/// A row of the outbox.
#[derive(Debug)]
pub struct Entry {
    /// By which it can be put back.
    pub id: OutboxId,
    /// How long ago it was written.
    pub age: Duration,
    /// How often it could not be applied.
    pub attempts: i32,
    /// Why not, the last time.
    pub error: Option<String>,
    /// What it is about; `None` if it cannot be read.
    pub change: Option<Change>,
}

impl Entry {
    fn of(row: outbox::Model, now: Timestamp) -> Self {
        let age = u64::try_from(now.0.saturating_sub(row.created_at.0)).unwrap_or(0);
        let change = serde_json::from_str(&row.change).ok();
        Self { id: row.id, age: Duration::from_micros(age), attempts: row.attempts, error: row.error, change }
    }
}

/// What is in the outbox now.
///
/// # Errors
/// As the database says.
pub async fn list(ctx: &Ctx) -> Result<Backlog> {
    let db = &ctx.kith.store.db;
    let oldest = async |rows: Select<outbox::Entity>| -> Result<Vec<Entry>> {
        let rows = rows.order_by_asc(outbox::Column::CreatedAt).order_by_asc(outbox::Column::Id).limit(SHOWN);
        Ok(rows.all(db).await?.into_iter().map(|row| Entry::of(row, ctx.now)).collect())
    };
    let waiting = || outbox::Entity::find().filter(outbox::Column::DeadAt.is_null());
    Ok(Backlog {
        waiting: oldest(waiting()).await?,
        waiting_in_all: waiting().count(db).await?,
        dead: oldest(dead()).await?,
        dead_in_all: count_dead(ctx).await?,
    })
}

/// How many rows are dead.
///
/// # Errors
/// As the database says.
pub async fn count_dead(ctx: &Ctx) -> Result<u64> {
    Ok(dead().count(&ctx.kith.store.db).await?)
}

fn dead() -> Select<outbox::Entity> {
    outbox::Entity::find().filter(outbox::Column::DeadAt.is_not_null())
}

/// Puts dead rows back, `only` this one or all: they are due now, and have all their attempts before them. Returns how
/// many.
///
/// # Errors
/// As the database says.
pub async fn put_back(ctx: &Ctx, only: Option<OutboxId>) -> Result<u64> {
    let mut rows = outbox::Entity::update_many()
        .col_expr(outbox::Column::DeadAt, Expr::value(None::<Timestamp>))
        .col_expr(outbox::Column::Attempts, Expr::value(0))
        .col_expr(outbox::Column::DueAt, Expr::value(ctx.now))
        .filter(outbox::Column::DeadAt.is_not_null());
    if let Some(id) = only {
        rows = rows.filter(outbox::Column::Id.eq(id));
    }
    Ok(rows.exec(&ctx.kith.store.db).await?.rows_affected)
}

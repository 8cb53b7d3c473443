//! The relay: applies what was left in the outbox, on however many replicas at once.
//!
//! A relay takes rows by moving the moment at which they are due ahead by a lease, in a transaction that passes over
//! rows another one is taking; then it applies and deletes them. If it dies, the lease ends and the rows are due again.
//! A row that cannot be applied is tried again later and later, and is dead after [`ATTEMPTS`]: it stays for the
//! operator ([`super::backlog`]) and is not tried any more. While Redis or the database is away nothing counts as an
//! attempt, since no row is to blame, and rows are due again soon, since what Redis was not told must show at once when
//! it is back.
//!
//! Deliberately absent: an order of the rows. What a change tells is to look anew, which can be said in any order.

use std::time::Duration;

use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Change, settle};
use crate::Kith;
use crate::ctx::{Ctx, Timestamp};
use crate::entity::outbox;
use crate::error::{Error, Result};
use crate::id::OutboxId;

/// How many rows a relay takes at once.
const BATCH: u64 = 200;
/// How long rows belong to the relay that took them. With the timer it is below the 5 s within which what a crash left
/// must be told.
const LEASE: Duration = Duration::from_secs(4);
/// A row is not begun when so little of its lease is left that another relay might begin it too.
const LAST: Duration = Duration::from_secs(1);
/// How often a row is tried before it is dead: over a day, the way [`pause`] grows.
const ATTEMPTS: i32 = 12;
/// How long a row rests while what it must reach is away, at the most.
const AWAY: Duration = Duration::from_secs(1);

/// Applies what is due in the outbox; returns how many changes that were. Called by a timer of every server.
///
/// # Errors
/// As the database says; [`Error::Unavailable`] if the cache is away.
pub async fn relay(ctx: &Ctx) -> Result<usize> {
    let mut applied = 0;
    loop {
        let (rows, until) = take(&ctx.kith).await?;
        applied += work_off(&ctx.kith, &rows, until).await?;
        if (rows.len() as u64) < BATCH {
            return Ok(applied);
        }
    }
}

/// Takes rows that are due, until the moment returned: "now" is the moment of each taking, since a pass may be long.
async fn take(kith: &Kith) -> Result<(Vec<outbox::Model>, Timestamp)> {
    let now = kith.clock.now();
    let until = now.after(LEASE);
    let due = outbox::Entity::find()
        .filter(outbox::Column::DeadAt.is_null())
        .filter(outbox::Column::DueAt.lte(now))
        .order_by_asc(outbox::Column::DueAt)
        .limit(BATCH);
    // Mostly there is nothing, and then the one lock of SQLite is left alone.
    let any = due.clone().select_only().column(outbox::Column::Id).limit(1).into_tuple::<OutboxId>();
    if any.one(&kith.store.db).await?.is_none() {
        return Ok((Vec::new(), until));
    }
    let tx = kith.store.begin().await?;
    // SQLite has no such lock and needs none: the transaction is IMMEDIATE.
    let rows = due.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).all(&tx).await?;
    outbox::Entity::update_many()
        .col_expr(outbox::Column::DueAt, Expr::value(until))
        .filter(outbox::Column::Id.is_in(rows.iter().map(|row| row.id)))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok((rows, until))
}

/// Applies rows that were taken `until` then; returns how many. What is not begun by then is due again by itself.
async fn work_off(kith: &Kith, rows: &[outbox::Model], until: Timestamp) -> Result<usize> {
    let mut applied = 0;
    for (at, row) in rows.iter().enumerate() {
        if kith.clock.now() >= until.before(LAST) {
            break;
        }
        match serde_json::from_str::<Change>(&row.change) {
            Ok(change) => match settle(kith, row.id, &change).await {
                Ok(()) => applied += 1,
                Err(Error::Unavailable(wait)) => {
                    let is_away = !kith.cache.is_reachable().await;
                    let rest = if is_away { &rows[at..] } else { &rows[at..=at] };
                    put_back(kith, rest).await?;
                    if is_away {
                        return Err(Error::Unavailable(wait));
                    }
                }
                Err(error) => fail(kith, row, &told(&error)).await?,
            },
            // Not the text of the cause, which repeats a piece of the row.
            Err(cause) => {
                let (line, column) = (cause.line(), cause.column());
                bury(kith, row, row.attempts, &format!("cannot be read at line {line}, column {column}")).await?;
            }
        }
    }
    Ok(applied)
}

/// Lets rows be due again soon: nobody could have applied them.
async fn put_back(kith: &Kith, rows: &[outbox::Model]) -> Result<()> {
    outbox::Entity::update_many()
        .col_expr(
            outbox::Column::DueAt,
            Expr::value(kith.clock.now().after(AWAY.mul_f64(rand::random_range(0.5..1.0)))),
        )
        .col_expr(outbox::Column::Error, Expr::value("Redis or the database does not answer"))
        .filter(outbox::Column::Id.is_in(rows.iter().map(|row| row.id)))
        .exec(&kith.store.db)
        .await?;
    Ok(())
}

/// Counts an attempt that failed, of which the last is the row's death.
async fn fail(kith: &Kith, row: &outbox::Model, error: &str) -> Result<()> {
    let attempts = row.attempts.saturating_add(1);
    if attempts >= ATTEMPTS {
        return bury(kith, row, attempts, error).await;
    }
    tracing::warn!(row = %row.id.0, attempts, error, "a change could not be applied and is tried again");
    let due = kith.clock.now().after(pause(attempts).mul_f64(rand::random_range(0.75..1.25)));
    outbox::Entity::update_many()
        .col_expr(outbox::Column::Attempts, Expr::value(attempts))
        .col_expr(outbox::Column::DueAt, Expr::value(due))
        .col_expr(outbox::Column::Error, Expr::value(error))
        .filter(outbox::Column::Id.eq(row.id))
        .exec(&kith.store.db)
        .await?;
    Ok(())
}

/// Gives a row up. It stays, and holds up nobody.
async fn bury(kith: &Kith, row: &outbox::Model, attempts: i32, error: &str) -> Result<()> {
    let buried = outbox::Entity::update_many()
        .col_expr(outbox::Column::Attempts, Expr::value(attempts))
        .col_expr(outbox::Column::Error, Expr::value(error))
        .col_expr(outbox::Column::DeadAt, Expr::value(kith.clock.now()))
        .filter(outbox::Column::Id.eq(row.id))
        .filter(outbox::Column::DeadAt.is_null())
        .exec(&kith.store.db)
        .await?;
    if buried.rows_affected > 0 {
        tracing::error!(row = %row.id.0, attempts, error, "a change is given up: see `kith outbox list`");
    }
    Ok(())
}

/// How long a row rests after so many attempts: 1 s, 3 s, 9 s, and so on; all of them together are a day.
fn pause(attempts: i32) -> Duration {
    let exponent = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0);
    Duration::from_secs(3_u64.saturating_pow(exponent))
}

/// What the operator reads of an error: a line, not too long.
fn told(error: &Error) -> String {
    let text = match error {
        Error::Internal(text) => text.clone(),
        other => format!("{other:?}"),
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_tried_for_about_a_day() {
        let all: Duration = (1..ATTEMPTS).map(pause).sum();
        assert!(all > crate::ctx::days(1) && all < crate::ctx::days(1) + Duration::from_secs(3_600), "{all:?}");
    }
}

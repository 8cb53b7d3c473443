//! Commands that are retried have one effect: every command begins and ends here.
//!
//! A client that did not get its answer sends the command again under the same idempotency key. The first try writes
//! down, in its own transaction, which input it was given and the ids of what came of it; a later one finds that row and
//! renders what it names again, under what the viewer may see by then. There is no state in between to be left behind by
//! a crash: the row stands exactly if the command's effect does. Tries at the same moment wait for one another at the
//! row, so that each of them gets the answer. A refused command leaves no row: it had no effect. One that
//! finds done what it asks for leaves one, since that may be undone before the retry comes.
//!
//! The meaning of the key is that of "The Idempotency-Key HTTP Header Field" (IETF draft, httpapi working group), except
//! that a concurrent retry is answered rather than refused.
//!
//! Deliberately absent: commands about credentials, which take no part, and those of the service itself.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::code::hex;
use crate::ctx::{Ctx, RetryKey, Viewer, days};
use crate::entity::retry::{self, Column};
use crate::error::{Error, Result};
use crate::event::{self, Change};
use crate::id::MemberId;

/// How long a key is remembered.
const KEPT: Duration = days(1);

/// A command that has begun: its transaction.
pub(crate) struct Command {
    tx: DatabaseTransaction,
    retry: Option<(MemberId, Arc<RetryKey>)>,
}

/// How a command begins.
pub(crate) enum Begun<T> {
    /// For the first time, as far as anybody knows.
    New(Command),
    /// An earlier try has done it; this is what came of it.
    Before(T),
}

/// Begins a command, unless an earlier try has done it.
///
/// # Errors
/// [`Error::RetryConflict`] if the earlier try was given something else.
pub(crate) async fn begin<T: DeserializeOwned>(ctx: &Ctx) -> Result<Begun<T>> {
    let tx = ctx.kith.store.begin().await?;
    let (Some(key), Viewer::Member(me)) = (ctx.retry.clone(), ctx.viewer) else {
        return Ok(Begun::New(Command { tx, retry: None }));
    };
    let old = retry::Entity::delete_many()
        .filter(Column::MemberId.eq(me))
        .filter(Column::Key.eq(&key.key))
        .filter(Column::CreatedAt.lte(ctx.now.before(KEPT)));
    old.exec(&tx).await?;
    let row = retry::ActiveModel {
        member_id: Set(me),
        key: Set(key.key.clone()),
        command: Set(key.command.clone()),
        input_hash: Set(hex(&key.input)),
        result: Set(String::new()),
        created_at: Set(ctx.now),
    };
    let once = OnConflict::columns([Column::MemberId, Column::Key]).do_nothing().to_owned();
    // PostgreSQL waits here for a try that is under way, and goes on when it has committed or given up.
    let written = retry::Entity::insert(row).on_conflict(once).exec_without_returning(&tx).await?;
    if written == 1 {
        return Ok(Begun::New(Command { tx, retry: Some((me, key)) }));
    }
    let before = retry::Entity::find_by_id((me, key.key.clone())).one(&tx).await?;
    let before = before.ok_or_else(|| Error::Internal("a retry's row is neither new nor there".to_owned()))?;
    result_of(&before, &key).map(Begun::Before)
}

/// What an earlier try of this command left, if there was one: for commands that must look around before they begin.
///
/// # Errors
/// As [`begin`].
pub(crate) async fn before<T: DeserializeOwned>(ctx: &Ctx) -> Result<Option<T>> {
    let (Some(key), Viewer::Member(me)) = (&ctx.retry, ctx.viewer) else { return Ok(None) };
    let row = retry::Entity::find_by_id((me, key.key.clone())).one(&ctx.kith.store.db).await?;
    row.filter(|row| row.created_at > ctx.now.before(KEPT)).map(|row| result_of(&row, key)).transpose()
}

/// What came of the first try, if this is the same command.
fn result_of<T: DeserializeOwned>(row: &retry::Model, key: &RetryKey) -> Result<T> {
    if row.command != key.command || row.input_hash != hex(&key.input) {
        return Err(Error::RetryConflict);
    }
    serde_json::from_str(&row.result).map_err(|cause| Error::Internal(format!("a retry's result: {cause}")))
}

impl Command {
    /// Ends the command: writes down what came of it for whoever tries again, commits, and tells the caches.
    pub(crate) async fn commit<T: Serialize>(self, ctx: &Ctx, change: Change, result: &T) -> Result<()> {
        if let Some((me, key)) = self.retry {
            let text = serde_json::to_string(result).map_err(|cause| Error::Internal(format!("a result: {cause}")))?;
            retry::Entity::update_many()
                .col_expr(Column::Result, text.into())
                .filter(Column::MemberId.eq(me))
                .filter(Column::Key.eq(&key.key))
                .exec(&self.tx)
                .await?;
        }
        event::commit(ctx, self.tx, change).await
    }
}

impl Deref for Command {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.tx
    }
}

/// Forgets the keys of a member who is deleted.
pub(crate) async fn forget(tx: &DatabaseTransaction, member: MemberId) -> Result<()> {
    retry::Entity::delete_many().filter(Column::MemberId.eq(member)).exec(tx).await?;
    Ok(())
}

/// Forgets the keys whose time is over; returns how many. Called by a timer of the server.
///
/// # Errors
/// As the database says.
pub async fn forget_old(ctx: &Ctx) -> Result<u64> {
    let old = retry::Entity::delete_many().filter(Column::CreatedAt.lte(ctx.now.before(KEPT)));
    Ok(old.exec(&ctx.kith.store.db).await?.rows_affected)
}

//! What a committed change must tell the rest of the service, so that no crash can lose it: the outbox.
//!
//! Every command writes a [`Change`] in its own transaction. After the commit it applies the change itself and deletes
//! the row; if that fails, or the process dies in between, a relay ([`relay()`]) finds the row and applies it.
//! To apply a change is to make the caches forget, and then to tell those who listen ([`crate::live`]), who may hear the
//! same twice. A command run beside the server (an import) leaves its rows to the server when the cache is the
//! server's own. What cannot be applied stays, for an operator ([`backlog`]).
//!
//! Deliberately absent: messages between replicas about caches. Each reader asks what was forgotten ([`crate::cache`]), so
//! nobody has to be told.

pub mod backlog;
mod relay;
pub(crate) mod roster;

use std::time::Duration;

use sea_orm::{ActiveModelTrait, DatabaseTransaction, EntityTrait, Set};
use serde::{Deserialize, Serialize};

pub use self::relay::relay;
use crate::Kith;
use crate::cache::{Key, Kind};
use crate::ctx::{Ctx, Timestamp};
use crate::entity::outbox;
use crate::error::{Error, Result};
use crate::id::{MemberId, OutboxId};
use crate::live::{self, Event, Signal};

/// Whose cached things a change has made wrong. What an older version did not write yet is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Change {
    /// Members whose ties changed, or whether their ties are shown: their neighbour list, and with it every network that
    /// was made from it.
    pub ties: Vec<MemberId>,
    /// Members whose card changed: name, picture, whether they may be found or seen.
    pub cards: Vec<MemberId>,
    /// Members who block, or are blocked by, somebody else than before.
    pub blocks: Vec<MemberId>,
    /// Members whose account, or the sessions that may use it, changed.
    pub accounts: Vec<MemberId>,
    /// Members who belong to other communities than before.
    pub communities: Vec<MemberId>,
    /// What those who listen are told, once the caches have forgotten.
    pub events: Vec<Event>,
}

impl Change {
    fn is_empty(&self) -> bool {
        let all = [&self.ties, &self.cards, &self.blocks, &self.accounts, &self.communities];
        self.events.is_empty() && all.iter().all(|members| members.is_empty())
    }

    /// All that those who listen are told: whoever acts for an account that changed must ask again whether they may.
    fn signals(&self) -> Vec<Event> {
        let accounts = self.accounts.iter().map(|to| Event { to: *to, signal: Signal::Account });
        self.events.iter().copied().chain(accounts).collect()
    }
}

/// How long a row is left to whoever wrote it, before a relay takes it: they have failed by then.
const GRACE: Duration = Duration::from_secs(1);

/// Ends a command: writes `change` to the outbox in its transaction, commits, and applies the change. Nothing after
/// the commit can fail the command: what could not be applied stays in the outbox.
pub(crate) async fn commit(ctx: &Ctx, tx: DatabaseTransaction, change: Change) -> Result<()> {
    if change.is_empty() {
        return Ok(tx.commit().await?);
    }
    if !ctx.kith.owns_cache() {
        enqueue(ctx, &tx, &change).await?;
        return Ok(tx.commit().await?);
    }
    // Not from the beginning of the request, which may have waited long for a lock.
    let row = write(ctx, &tx, &change, ctx.kith.clock.now().after(GRACE)).await?;
    tx.commit().await?;
    if let Err(error) = settle(&ctx.kith, row, &change).await {
        tracing::warn!(?error, "a change waits in the outbox");
    }
    Ok(())
}

/// Writes a change to the outbox, with what partners are to read of it, and leaves it to the relay.
pub(crate) async fn enqueue(ctx: &Ctx, tx: &DatabaseTransaction, change: &Change) -> Result<OutboxId> {
    write(ctx, tx, change, ctx.now).await
}

async fn write(ctx: &Ctx, tx: &DatabaseTransaction, change: &Change, due_at: Timestamp) -> Result<OutboxId> {
    roster::mark(ctx, tx, &change.communities).await?;
    let row = OutboxId::fresh();
    let text = serde_json::to_string(change).map_err(|cause| Error::Internal(format!("outbox: {cause}")))?;
    outbox::ActiveModel {
        id: Set(row),
        change: Set(text),
        created_at: Set(ctx.now),
        attempts: Set(0),
        due_at: Set(due_at),
        error: Set(None),
        dead_at: Set(None),
    }
    .insert(tx)
    .await?;
    Ok(row)
}

async fn settle(kith: &Kith, row: OutboxId, change: &Change) -> Result<()> {
    apply(kith, change).await?;
    outbox::Entity::delete_by_id(row).exec(&kith.store.db).await?;
    Ok(())
}

/// Makes the caches forget what `change` has made wrong, and then tells those who listen: whoever hears of it looks at
/// what is so now.
async fn apply(kith: &Kith, change: &Change) -> Result<()> {
    let mut keys: Vec<Key> = Vec::new();
    keys.extend(change.cards.iter().map(|id| (Kind::Card, *id)));
    keys.extend(change.blocks.iter().map(|id| (Kind::Blocks, *id)));
    keys.extend(change.accounts.iter().map(|id| (Kind::Account, *id)));
    keys.extend(change.communities.iter().map(|id| (Kind::Communities, *id)));
    // Their lists, from which networks were made; and their own networks, so that Redis does not keep what nobody believes.
    keys.extend(change.ties.iter().flat_map(|id| [(Kind::Neighbours, *id), (Kind::Network, *id)]));
    kith.cache.forget(&keys).await.map_err(|unreachable| {
        tracing::warn!(error = %unreachable.0, "redis did not take an invalidation");
        Error::Unavailable(Duration::from_secs(1))
    })?;
    live::publish(kith, &change.signals()).await
}

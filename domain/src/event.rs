//! What a committed change must tell the rest of the service, so that no crash can lose it: the outbox.
//!
//! Every command writes a [`Change`] in its own transaction. After the commit it applies the change itself and deletes
//! the row; if that fails, or the process dies in between, a relay finds the row and applies it. Applying twice is
//! harmless: it only makes caches forget. A command run beside the server (an import) leaves its rows to the server
//! when the cache is the server's own.
//!
//! Deliberately absent: messages between replicas. Caches are validated against stamps that all replicas share
//! ([`crate::cache`]), so nobody has to be told.

use std::time::Duration;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Set,
};
use serde::{Deserialize, Serialize};

use crate::Kith;
use crate::cache::{Key, Kind};
use crate::ctx::{Ctx, Timestamp};
use crate::entity::{outbox, tie, tie_end};
use crate::error::{Error, Result};
use crate::id::{MemberId, OutboxId};
use crate::live::{Event, Signal};
use crate::store::BINDS;

/// Whose cached things a change has made wrong. What an older version did not write yet is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Change {
    /// Members whose ties changed, or whether their ties are shown: their neighbour list, and the network of each of
    /// them and of all they are tied to.
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
}

/// Ends a command: writes `change` to the outbox in its transaction, commits, and applies the change. Nothing after
/// the commit can fail the command: what could not be applied stays in the outbox.
pub(crate) async fn commit(ctx: &Ctx, tx: DatabaseTransaction, change: Change) -> Result<()> {
    if change.is_empty() {
        return Ok(tx.commit().await?);
    }
    let row = enqueue(ctx, &tx, &change).await?;
    tx.commit().await?;
    if ctx.kith.owns_cache()
        && let Err(error) = settle(&ctx.kith, row, &change).await
    {
        tracing::warn!(?error, "a change waits in the outbox");
    }
    Ok(())
}

/// Writes a change to the outbox, and leaves it to the relay.
pub(crate) async fn enqueue(ctx: &Ctx, tx: &DatabaseTransaction, change: &Change) -> Result<OutboxId> {
    let row = OutboxId::fresh();
    let text = serde_json::to_string(change).map_err(|cause| Error::Internal(format!("outbox: {cause}")))?;
    outbox::ActiveModel { id: Set(row), change: Set(text), created_at: Set(ctx.now) }.insert(tx).await?;
    Ok(row)
}

async fn settle(kith: &Kith, row: OutboxId, change: &Change) -> Result<()> {
    apply(kith, change).await?;
    outbox::Entity::delete_by_id(row).exec(&kith.store.db).await?;
    Ok(())
}

/// Makes the caches forget what `change` has made wrong.
async fn apply(kith: &Kith, change: &Change) -> Result<()> {
    let mut keys: Vec<Key> = Vec::new();
    keys.extend(change.cards.iter().map(|id| (Kind::Card, *id)));
    keys.extend(change.blocks.iter().map(|id| (Kind::Blocks, *id)));
    keys.extend(change.accounts.iter().map(|id| (Kind::Account, *id)));
    keys.extend(change.communities.iter().map(|id| (Kind::Communities, *id)));
    keys.extend(change.ties.iter().flat_map(|id| [(Kind::Neighbours, *id), (Kind::Network, *id)]));
    for some in change.ties.chunks(BINDS / 2) {
        keys.extend(neighbours(kith, some).await?.into_iter().map(|id| (Kind::Network, id)));
    }
    kith.cache.forget(&keys).await.map_err(|unreachable| {
        tracing::warn!(error = %unreachable.0, "redis did not take an invalidation");
        Error::Unavailable(Duration::from_secs(1))
    })?;
    change.accounts.iter().for_each(|to| kith.live.tell(Event { to: *to, signal: Signal::Account }));
    change.events.iter().for_each(|event| kith.live.tell(*event));
    Ok(())
}

/// How long a command may take from its commit to what it must tell, before the relay does that.
const TOLD_WITHIN: Duration = Duration::from_secs(60);

/// Those who are tied to one of `members`, or were until a moment ago: the command that ended that tie may not have told
/// yet, and what `members` hide now must not show to them either.
async fn neighbours(kith: &Kith, members: &[MemberId]) -> Result<Vec<MemberId>> {
    let members = || members.iter().copied();
    let mut neighbours: Vec<MemberId> = tie_end::Entity::find()
        .select_only()
        .column(tie_end::Column::OtherId)
        .distinct()
        .filter(tie_end::Column::MemberId.is_in(members()))
        .into_tuple()
        .all(&kith.store.db)
        .await?;
    let ended: Vec<(MemberId, MemberId)> = tie::Entity::find()
        .select_only()
        .columns([tie::Column::Low, tie::Column::High])
        .filter(Condition::any().add(tie::Column::Low.is_in(members())).add(tie::Column::High.is_in(members())))
        .filter(tie::Column::State.eq(tie::State::Ended))
        .filter(tie::Column::ClosedAt.gte(kith.clock.now().before(TOLD_WITHIN)))
        .into_tuple()
        .all(&kith.store.db)
        .await?;
    neighbours.extend(ended.into_iter().flat_map(|(low, high)| [low, high]));
    Ok(neighbours)
}

/// How old a row is before the relay takes it: whoever wrote it has failed by then, or left it to us.
const GRACE: Duration = Duration::from_millis(400);
/// How many rows the relay takes at once.
const BATCH: u64 = 200;

/// Applies what is left in the outbox; returns how many changes that were. Called by a timer of the server.
///
/// # Errors
/// As the database says; [`Error::Unavailable`] if the cache is away.
pub async fn relay(ctx: &Ctx) -> Result<usize> {
    let due: Timestamp = ctx.now.before(GRACE);
    let (mut after, mut applied) = (OutboxId::NONE, 0);
    loop {
        let rows = outbox::Entity::find()
            .filter(outbox::Column::CreatedAt.lte(due))
            .filter(outbox::Column::Id.gt(after))
            .order_by_asc(outbox::Column::Id)
            .limit(BATCH)
            .all(&ctx.kith.store.db)
            .await?;
        for row in &rows {
            after = row.id;
            match serde_json::from_str(&row.change) {
                Ok(change) => {
                    settle(&ctx.kith, row.id, &change).await?;
                    applied += 1;
                }
                // It stays, and does not hold up the others.
                Err(cause) => tracing::error!(row = %row.id.0, error = %cause, "an outbox row cannot be read"),
            }
        }
        if (rows.len() as u64) < BATCH {
            return Ok(applied);
        }
    }
}

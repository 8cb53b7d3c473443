//! Blocks: owned by one side, hiding both from each other, everywhere but in the owner's own list.
//!
//! Blocking ends the tie and closes what is open between the two, in the same transaction. The other side is told
//! nothing: a claim of theirs goes on looking unanswered.

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, ModelTrait, QueryFilter, Set};

use crate::ctx::{Ctx, Timestamp};
use crate::entity::block::{self, Column};
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::Change;
use crate::facts::{self, Card};
use crate::id::{BlockId, MemberId};
use crate::idempotency::{self, Begun};
use crate::page::{self, Page, Window};
use crate::store;
use crate::{community, conversation, process, tie, visibility};

/// A block, as its owner sees it.
#[derive(Clone, Debug)]
pub struct Block {
    /// Which.
    pub id: BlockId,
    /// Who is blocked.
    pub member: MemberId,
    /// What the owner may still see of them, to know whom to unblock.
    pub card: std::sync::Arc<Card>,
    /// Since when.
    pub since: Timestamp,
}

impl Block {
    /// Where it stands in [`list`].
    pub fn cursor(&self) -> String {
        page::encode(LIST, &(self.since, self.id))
    }
}

/// The name of the list in cursors.
const LIST: &str = "blocks";

/// The viewer's blocks, newest first.
///
/// # Errors
/// [`crate::error::Error::InvalidCursor`].
pub async fn list(ctx: &Ctx, window: &Window) -> Result<Page<Block>> {
    let mine = block::Entity::find().filter(Column::OwnerId.eq(ctx.me()?));
    let total = window.total_of(&ctx.kith.store.db, &mine).await?;
    let rows = window.newest_first(LIST, mine, Column::CreatedAt, Column::Id)?.all(&ctx.kith.store.db).await?;
    let blocks = with_cards(ctx, rows).await?;
    Ok(Page::of(LIST, window, blocks, total, |block| (block.since, block.id)))
}

/// Those of the viewer's blocks with these ids.
///
/// # Errors
/// As the database says.
pub async fn by_ids(ctx: &Ctx, ids: &[BlockId]) -> Result<Vec<Block>> {
    let query = block::Entity::find().filter(Column::Id.is_in(ids.iter().copied()));
    let rows = query.filter(Column::OwnerId.eq(ctx.me()?)).all(&ctx.kith.store.db).await?;
    with_cards(ctx, rows).await
}

async fn with_cards(ctx: &Ctx, rows: Vec<block::Model>) -> Result<Vec<Block>> {
    let blocked: Vec<MemberId> = rows.iter().map(|row| row.blocked_id).collect();
    let cards = facts::cards(&ctx.kith, &blocked).await?;
    let block = |row: block::Model| {
        let card = cards.get(&row.blocked_id)?.clone();
        Some(Block { id: row.id, member: row.blocked_id, card, since: row.created_at })
    };
    Ok(rows.into_iter().filter_map(block).collect())
}

/// Blocks a member the viewer can see. Blocking them again changes nothing.
///
/// # Errors
/// Refused with [`Code::Yourself`], or [`Code::NotFound`] if the viewer cannot see such a member.
pub async fn create(ctx: &Ctx, member: MemberId) -> Result<Block> {
    let me = ctx.me()?;
    if member == me {
        return Err(Refusal::of("memberId", Code::Yourself, Message::new("block-yourself")).into());
    }
    // What is looked up first is looked up without the transaction, which holds a connection of its own.
    if let Some(id) = idempotency::before::<BlockId>(ctx).await? {
        return again(ctx, id).await;
    }
    // Looked at last, since a parallel request of the viewer's may have hidden them a moment ago.
    if !visibility::seen(ctx, &[member]).await?.contains_key(&member) && !is_mine(ctx, member).await? {
        return Err(Refusal::of("memberId", Code::NotFound, Message::new("no-such-member")).into());
    }
    let tx = match idempotency::begin::<BlockId>(ctx).await? {
        Begun::Before(id) => return again(ctx, id).await,
        Begun::New(tx) => tx,
    };
    store::lock_members(&tx, [me, member]).await?;
    let row = block::ActiveModel {
        id: Set(BlockId::fresh()),
        owner_id: Set(me),
        blocked_id: Set(member),
        created_at: Set(ctx.now),
    };
    let already =
        block::Entity::find().filter(Column::OwnerId.eq(me)).filter(Column::BlockedId.eq(member)).one(&*tx).await?;
    let id = match already {
        Some(already) => already.id,
        None => row.insert(&*tx).await?.id,
    };
    let ties = tie::close_for_block(ctx, &tx, me, member).await?;
    community::close_for_block(ctx, &tx, me, member).await?;
    process::blocked(ctx, &tx, me, member).await?;
    conversation::close_for_block(&tx, me, member).await?;
    tx.commit(ctx, Change { ties, blocks: vec![me, member], ..Change::default() }, &id).await?;
    again(ctx, id).await
}

/// What this or an earlier try of the same command has left, as it is now.
async fn again(ctx: &Ctx, id: BlockId) -> Result<Block> {
    by_ids(ctx, &[id]).await?.pop().ok_or(Error::AlreadyDone)
}

async fn is_mine(ctx: &Ctx, member: MemberId) -> Result<bool> {
    let mine = block::Entity::find().filter(Column::OwnerId.eq(ctx.me()?)).filter(Column::BlockedId.eq(member));
    Ok(mine.one(&ctx.kith.store.db).await?.is_some())
}

/// Takes a block of the viewer's back. What it ended stays ended.
///
/// # Errors
/// Refused with [`Code::NotFound`] if it is not a block of the viewer's.
pub async fn remove(ctx: &Ctx, id: BlockId) -> Result<()> {
    let me = ctx.me()?;
    let missing = || Refusal::of("blockId", Code::NotFound, Message::new("no-such-block"));
    let tx = match idempotency::begin::<()>(ctx).await? {
        Begun::Before(()) => return Ok(()),
        Begun::New(tx) => tx,
    };
    let row = block::Entity::find_by_id(id).filter(Column::OwnerId.eq(me)).one(&*tx).await?.ok_or_else(missing)?;
    let blocked = row.blocked_id;
    row.delete(&*tx).await?;
    tx.commit(ctx, Change { blocks: vec![me, blocked], ..Change::default() }, &()).await
}

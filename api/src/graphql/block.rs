//! Blocks on the wire.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use domain::block;
use domain::id::{BlockId, MemberId};

use super::context::ContextExt;
use super::error::{Result, UserError, outcome};
use super::page::connection;
use super::payload::payload;
use super::scalar::{DateTime, GlobalId, Url};
use super::viewer::Viewer;

/// A block of the viewer's.
#[derive(Clone)]
pub(crate) struct Block(pub(crate) block::Block);

/// A member the viewer has hidden from themselves, and themselves from. Only the viewer knows of it.
#[Object]
impl Block {
    /// Opaque, stable, unique over all types.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_global()
    }

    /// The blocked member's id; as a node it is hidden.
    async fn member_id(&self) -> ID {
        self.0.member.to_global()
    }

    /// Their handle.
    async fn handle(&self) -> &str {
        &self.0.card.handle
    }

    /// Their name.
    async fn name(&self) -> &str {
        &self.0.card.name
    }

    /// Where their picture is; null if they have none.
    async fn avatar_url(&self) -> Option<Url> {
        self.0.card.avatar_url.clone().map(Url)
    }

    /// Since when.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.since)
    }
}

/// A block in a list.
#[derive(SimpleObject)]
pub(crate) struct BlockEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The block.
    pub(crate) node: Block,
}

connection! {
    /// A list of blocks.
    BlockConnection of BlockEdge, Block
}

/// Whom to block.
#[derive(InputObject)]
pub(crate) struct BlockMemberInput {
    /// The member's id.
    member_id: ID,
}

/// Which block to take back.
#[derive(InputObject)]
pub(crate) struct UnblockMemberInput {
    /// The block's id.
    block_id: ID,
}

payload! {
    /// The block after it was made.
    BlockMemberPayload of block::Block {
        /// The block; null if it was refused.
        block: Block,
        /// The block as an edge of `viewer.blocks`, to put into a list; null if it was refused.
        block_edge: BlockEdge
    }
}

/// What is left of the block.
#[derive(SimpleObject)]
pub(crate) struct UnblockMemberPayload {
    /// The id of the block that is gone; null if it was refused.
    deleted_block_id: Option<ID>,
    /// The viewer, whose counts may have changed.
    viewer: Viewer,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<UserError>,
}

/// What members do about blocks.
#[derive(Default)]
pub(crate) struct BlockMutation;

#[Object]
impl BlockMutation {
    /// Hides a member and the viewer from each other, everywhere, at once. It ends their tie and closes what is open
    /// between them; the other is not told.
    async fn block_member(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Whom.")] input: BlockMemberInput,
    ) -> Result<BlockMemberPayload> {
        let member = MemberId::given(&input.member_id);
        BlockMemberPayload::of(gql, block::create(gql.ctx()?, member).await)
    }

    /// Takes a block back. What it ended stays ended.
    async fn unblock_member(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: UnblockMemberInput,
    ) -> Result<UnblockMemberPayload> {
        let id = BlockId::given(&input.block_id);
        let (done, user_errors) = outcome(gql, block::remove(gql.ctx()?, id).await)?;
        Ok(UnblockMemberPayload { deleted_block_id: done.map(|()| input.block_id), viewer: Viewer, user_errors })
    }
}

//! Relay's object identification: anything with a life of its own, by its id.

use async_graphql::{Context, ID, Interface, Object};
use domain::ctx::Viewer;
use domain::id::{BlockId, ClaimId, HandshakeId, InvitationId, MemberId, SessionId, TieId};
use futures::future::try_join_all;

use super::block::Block;
use super::claim::Claim;
use super::context::ContextExt;
use super::error::{Fault, RequestCode, Result};
use super::handshake::Handshake;
use super::invitation::Invitation;
use super::loaders::{BlockKey, ClaimKey, HandshakeKey, InvitationKey, SessionKey, TieKey};
use super::member::Member;
use super::scalar::GlobalId;
use super::session::Session;
use super::tie::Tie;

/// Anything with a life of its own.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Opaque, stable, unique over all types."))]
pub(crate) enum Node {
    Member(Member),
    Tie(Tie),
    Claim(Claim),
    Block(Block),
    Session(Session),
    Invitation(Invitation),
    Handshake(Handshake),
}

/// Most ids [`NodeQuery::nodes`] takes.
const MOST_IDS: usize = 100;

/// Queries by id.
#[derive(Default)]
pub(crate) struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The thing with this id; null if there is none, or none the viewer may see.
    async fn node(&self, gql: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Result<Option<Node>> {
        load(gql, &id).await
    }

    /// The things with these ids, in the same order; null in the place of what does not exist or may not be seen.
    async fn nodes(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Their ids: at most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > MOST_IDS {
            return Err(Fault::new(RequestCode::BadUserInput, "Ask for at most 100 ids at once."));
        }
        try_join_all(ids.iter().map(|id| load(gql, id))).await
    }
}

async fn load(gql: &Context<'_>, id: &ID) -> Result<Option<Node>> {
    if !matches!(gql.ctx()?.viewer, Viewer::Member(_)) {
        return Ok(None);
    }
    if let Some(id) = MemberId::of_global(id) {
        return Ok(Member::load(gql, id).await?.map(Node::Member));
    }
    if let Some(id) = TieId::of_global(id) {
        return Ok(gql.loaders()?.load_one(TieKey(id)).await?.map(|tie| Node::Tie(Tie(tie))));
    }
    if let Some(id) = ClaimId::of_global(id) {
        return Ok(gql.loaders()?.load_one(ClaimKey(id)).await?.map(|claim| Node::Claim(Claim(claim))));
    }
    if let Some(id) = SessionId::of_global(id) {
        return Ok(gql.loaders()?.load_one(SessionKey(id)).await?.map(|it| Node::Session(Session(it))));
    }
    if let Some(id) = InvitationId::of_global(id) {
        return Ok(gql.loaders()?.load_one(InvitationKey(id)).await?.map(|it| Node::Invitation(Invitation(it))));
    }
    if let Some(id) = HandshakeId::of_global(id) {
        return Ok(gql.loaders()?.load_one(HandshakeKey(id)).await?.map(|it| Node::Handshake(Handshake(it))));
    }
    match BlockId::of_global(id) {
        Some(id) => Ok(gql.loaders()?.load_one(BlockKey(id)).await?.map(|block| Node::Block(Block(block)))),
        None => Ok(None),
    }
}

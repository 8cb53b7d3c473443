//! One loader a request, with a key type for each thing loaded: what many fields of a page ask for is asked once.
//!
//! A loader belongs to one request, because what it finds depends on the viewer. It batches and does not keep: after a
//! mutation the same document may ask again and must see the change.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use domain::ctx::Ctx;
use domain::id::{BlockId, ClaimId, HandshakeId, InvitationId, MemberId, SessionId, TieId};
use domain::member::{self, Profile};
use domain::visibility::{self, Relation, Seen};
use domain::{block, handshake, invitation, network, session, tie};

use super::error::Fault;

/// Loads on behalf of one viewer.
pub(crate) struct Loaders(pub(crate) Ctx);

/// A member as the viewer may see them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SeenKey(pub(crate) MemberId);

/// What a member says of themselves; visibility is the caller's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ProfileKey(pub(crate) MemberId);

/// The mutuals of the viewer and somebody who is this to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct MutualsKey(pub(crate) MemberId, pub(crate) Relation);

/// A tie of the viewer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TieKey(pub(crate) TieId);

/// A claim of the viewer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ClaimKey(pub(crate) ClaimId);

/// A session of the viewer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SessionKey(pub(crate) SessionId);

/// A handshake of the viewer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct HandshakeKey(pub(crate) HandshakeId);

/// An invitation of the viewer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct InvitationKey(pub(crate) InvitationId);

/// A block of the viewer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct BlockKey(pub(crate) BlockId);

impl Loader<SeenKey> for Loaders {
    type Value = Seen;
    type Error = Fault;

    async fn load(&self, keys: &[SeenKey]) -> Result<HashMap<SeenKey, Seen>, Fault> {
        let ids: Vec<MemberId> = keys.iter().map(|key| key.0).collect();
        let seen = visibility::seen(&self.0, &ids).await?;
        Ok(seen.into_iter().map(|(id, seen)| (SeenKey(id), seen)).collect())
    }
}

impl Loader<ProfileKey> for Loaders {
    type Value = Profile;
    type Error = Fault;

    async fn load(&self, keys: &[ProfileKey]) -> Result<HashMap<ProfileKey, Profile>, Fault> {
        let ids: Vec<MemberId> = keys.iter().map(|key| key.0).collect();
        let profiles = member::profiles(&self.0.kith, &ids).await?;
        Ok(profiles.into_iter().map(|(id, profile)| (ProfileKey(id), profile)).collect())
    }
}

impl Loader<MutualsKey> for Loaders {
    type Value = Vec<Seen>;
    type Error = Fault;

    async fn load(&self, keys: &[MutualsKey]) -> Result<HashMap<MutualsKey, Vec<Seen>>, Fault> {
        let others: Vec<(MemberId, Relation)> = keys.iter().map(|key| (key.0, key.1)).collect();
        let mutuals = network::mutuals(&self.0, &others).await?;
        Ok(keys.iter().map(|key| (*key, mutuals.get(&key.0).cloned().unwrap_or_default())).collect())
    }
}

impl Loader<TieKey> for Loaders {
    type Value = tie::Tie;
    type Error = Fault;

    async fn load(&self, keys: &[TieKey]) -> Result<HashMap<TieKey, tie::Tie>, Fault> {
        let ids: Vec<TieId> = keys.iter().map(|key| key.0).collect();
        Ok(tie::by_ids(&self.0, &ids).await?.into_iter().map(|tie| (TieKey(tie.id), tie)).collect())
    }
}

impl Loader<ClaimKey> for Loaders {
    type Value = tie::Claim;
    type Error = Fault;

    async fn load(&self, keys: &[ClaimKey]) -> Result<HashMap<ClaimKey, tie::Claim>, Fault> {
        let ids: Vec<ClaimId> = keys.iter().map(|key| key.0).collect();
        Ok(tie::claims_by_ids(&self.0, &ids).await?.into_iter().map(|claim| (ClaimKey(claim.id), claim)).collect())
    }
}

impl Loader<BlockKey> for Loaders {
    type Value = block::Block;
    type Error = Fault;

    async fn load(&self, keys: &[BlockKey]) -> Result<HashMap<BlockKey, block::Block>, Fault> {
        let ids: Vec<BlockId> = keys.iter().map(|key| key.0).collect();
        Ok(block::by_ids(&self.0, &ids).await?.into_iter().map(|block| (BlockKey(block.id), block)).collect())
    }
}

impl Loader<SessionKey> for Loaders {
    type Value = session::Session;
    type Error = Fault;

    async fn load(&self, keys: &[SessionKey]) -> Result<HashMap<SessionKey, session::Session>, Fault> {
        let ids: Vec<SessionId> = keys.iter().map(|key| key.0).collect();
        Ok(session::by_ids(&self.0, &ids).await?.into_iter().map(|it| (SessionKey(it.id), it)).collect())
    }
}

impl Loader<InvitationKey> for Loaders {
    type Value = invitation::Invitation;
    type Error = Fault;

    async fn load(&self, keys: &[InvitationKey]) -> Result<HashMap<InvitationKey, invitation::Invitation>, Fault> {
        let ids: Vec<InvitationId> = keys.iter().map(|key| key.0).collect();
        Ok(invitation::by_ids(&self.0, &ids).await?.into_iter().map(|it| (InvitationKey(it.id), it)).collect())
    }
}

impl Loader<HandshakeKey> for Loaders {
    type Value = handshake::Handshake;
    type Error = Fault;

    async fn load(&self, keys: &[HandshakeKey]) -> Result<HashMap<HandshakeKey, handshake::Handshake>, Fault> {
        let ids: Vec<HandshakeId> = keys.iter().map(|key| key.0).collect();
        Ok(handshake::by_ids(&self.0, &ids).await?.into_iter().map(|it| (HandshakeKey(it.id), it)).collect())
    }
}

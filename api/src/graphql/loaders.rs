//! One loader a request, with a key type for each thing loaded: what many fields of a page ask for is asked once.
//!
//! A loader belongs to one request, because what it finds depends on the viewer. It batches and does not keep: after a
//! mutation the same document may ask again and must see the change.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use domain::ctx::Ctx;
use domain::id::MemberId;
use domain::member::{self, Profile};
use domain::visibility::{self, Seen};

use super::error::Fault;

/// Loads on behalf of one viewer.
pub(crate) struct Loaders(pub(crate) Ctx);

/// A member as the viewer may see them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SeenKey(pub(crate) MemberId);

/// What a member says of themselves; visibility is the caller's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ProfileKey(pub(crate) MemberId);

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

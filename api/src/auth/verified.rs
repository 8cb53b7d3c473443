//! Tokens whose signature was found right: finding that out takes some 50 us, which a client would pay with each request.
//!
//! Only what does not change with time is kept, and only of tokens that are ours: nobody else can fill this. The keys do not
//! change while the process runs. A token is known by its hash, so that none can be read out of memory for long.
//!
//! Deliberately absent: whether a token is good now. Its times and its session are asked for on every request.

use std::sync::Arc;

use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

/// How many are kept: of the most active clients.
const KEPT: usize = 10_000;

/// What right tokens say, by their SHA-256.
pub(super) struct Verified<T>(Cache<[u8; 32], Arc<T>>);

impl<T> Default for Verified<T> {
    fn default() -> Self {
        Self(Cache::new(KEPT))
    }
}

impl<T> Verified<T> {
    /// What `token` says, found out by `verify` if it is not known. What is wrong is not kept.
    pub(super) fn get_or<E>(&self, token: &str, verify: impl FnOnce() -> Result<Arc<T>, E>) -> Result<Arc<T>, E> {
        let hash: [u8; 32] = Sha256::digest(token).into();
        if let Some(known) = self.0.get(&hash) {
            return Ok(known);
        }
        let found = verify()?;
        self.0.insert(hash, found.clone());
        Ok(found)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

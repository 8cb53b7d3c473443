//! The cache: values that can be made again from the database, in Redis and in this process, and never served stale.
//!
//! Every value is kept with the moment before which it was not begun, and says what it was made from. A writer, after its
//! commit, makes what it changed forgotten, at a moment of its own; a reader first learns of all that was forgotten until now
//! ([`history`]), and takes a value only if nothing it was made from was forgotten since. So a value read before a commit
//! and stored after it is never seen, whoever stores it and wherever; a change of one tie forgets two lists, however many
//! networks were made from them; and to know that all of an answer is current takes one short question to Redis, which
//! everybody who asks in that instant shares ([`shared`]). In one process there is nothing to ask.
//!
//! What is made of cached values alone can be kept whole by the same rule ([`Answers`]): a handle notes what is read by it.
//!
//! It fails open: without Redis every read goes to the database, nothing is kept, and nobody gets an error.
//!
//! Deliberately absent: rate limits ([`crate::limiter`]) and events; caching of anything that cannot be made again.

mod answers;
mod circuit;
mod history;
mod shared;
mod shelf;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use redis::RedisError;

use self::answers::Notes;
pub use self::answers::{Answers, Draft};
pub(crate) use self::circuit::Circuit;
use self::history::History;
pub(crate) use self::history::Moment;
pub(crate) use self::shared::{Lanes, Redis};
pub(crate) use self::shelf::{Entry, Shelf};
use crate::error::Result;
use crate::id::MemberId;

/// The kinds of cached things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Card,
    Neighbours,
    Blocks,
    Network,
    Account,
    Communities,
}

impl Kind {
    const ALL: [Self; 6] =
        [Self::Card, Self::Neighbours, Self::Blocks, Self::Network, Self::Account, Self::Communities];

    /// One letter in keys, and the version of the value's form.
    fn tag(self) -> &'static [u8; 2] {
        match self {
            Self::Card => b"c3",
            Self::Neighbours => b"n2",
            Self::Blocks => b"b2",
            Self::Network => b"w2",
            Self::Account => b"a2",
            Self::Communities => b"m2",
        }
    }

    fn tagged(tag: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.tag() == tag)
    }
}

pub(crate) type Key = (Kind, MemberId);

/// In bytes: what limits of memory are said in.
pub(crate) const MEGABYTE: u64 = 1 << 20;

/// What was forgotten, and, with Redis, the values all replicas share.
#[derive(Clone)]
pub struct Cache {
    backend: Arc<Backend>,
    /// The moment of which all reads by this handle are; 0 as long as there was none.
    of: Option<Arc<AtomicU64>>,
    /// Where it is noted what is read by this handle, if that is wanted.
    notes: Option<Arc<Notes>>,
}

enum Backend {
    Local(RwLock<History>),
    Redis(Box<Redis>),
    /// Nothing is kept: every read goes to the database. What the others are compared with.
    Off,
}

impl Cache {
    fn over(backend: Backend) -> Self {
        Self { backend: Arc::new(backend), of: None, notes: None }
    }

    /// A cache in this process: right for one replica.
    pub fn local() -> Self {
        let mut history = History::default();
        history.begin(1);
        Self::over(Backend::Local(RwLock::new(history)))
    }

    /// No cache at all.
    pub fn off() -> Self {
        Self::over(Backend::Off)
    }

    /// A cache in the Redis at `url`, shared by all replicas that use the same `prefix`. Connects when first used, so
    /// that a Redis that is away does not keep the service from starting.
    ///
    /// # Errors
    /// [`crate::error::Error::Internal`] if `url` is not the address of a Redis.
    pub fn redis(url: &str, prefix: &str) -> Result<Self> {
        Ok(Self::over(Backend::Redis(Box::new(Redis::new(url, prefix)?))))
    }

    /// The same cache for one request: all it reads is of the moment at which it first read, or later, and not before what
    /// it wrote itself.
    pub(crate) fn of_one_moment(&self) -> Self {
        Self { backend: self.backend.clone(), of: Some(Arc::default()), notes: None }
    }

    /// Whether other processes see the same cache, so that a command run beside the server can reach it.
    pub fn is_shared(&self) -> bool {
        self.shared().is_some()
    }

    /// The Redis all replicas share, if there is one.
    pub(crate) fn shared(&self) -> Option<&Redis> {
        match &*self.backend {
            Backend::Redis(redis) => Some(redis),
            Backend::Local(_) | Backend::Off => None,
        }
    }

    /// Whether the cache answers. A cache that does not is no reason to refuse requests.
    pub async fn is_reachable(&self) -> bool {
        match self.shared() {
            Some(redis) => redis::cmd("PING").query_async::<String>(&mut redis.connection()).await.is_ok(),
            None => true,
        }
    }

    /// Makes every replica forget what was made from what `keys` stand for. Once this has returned, no read that begins
    /// serves it.
    ///
    /// # Errors
    /// [`Unreachable`] if Redis did not take it; the outbox tries again.
    pub(crate) async fn forget(&self, keys: &[Key]) -> std::result::Result<(), Unreachable> {
        let told = match &*self.backend {
            Backend::Off => Ok(()),
            Backend::Local(history) => {
                let mut history = history.write().unwrap_or_else(PoisonError::into_inner);
                let now = history.head() + 1;
                history.forget(now, keys.iter().copied());
                Ok(())
            }
            Backend::Redis(redis) => redis.forget(keys).await.map_err(Unreachable),
        };
        // Whoever writes reads what is so afterwards, also if Redis was not told.
        if let Some(of) = &self.of {
            of.store(0, Ordering::Release);
        }
        told
    }

    /// A moment up to which this process knows all that was forgotten, and which is not before the first read by this
    /// handle; `None` where nothing can be kept.
    async fn moment(&self) -> Option<Moment> {
        let of = self.of.as_deref();
        if let Some(of) = of.map(|of| of.load(Ordering::Acquire)).filter(|of| *of > 0) {
            return Some(of);
        }
        let moment = match self.shared() {
            Some(redis) => Box::pin(redis.moment()).await?,
            None => self.history()?.head(),
        };
        if let Some(of) = of {
            of.store(moment, Ordering::Release);
        }
        Some(moment)
    }

    /// Somebody who asked Redis for something else on the way of the same request has heard when something was forgotten
    /// last: if that is what this process knows, all reads by this handle are of that moment, without a question of their own.
    pub(crate) fn heard(&self, head: Moment) {
        if let (Some(of), Some(history)) = (&self.of, self.history())
            && history.head() == head
            && self.shared().is_none_or(Redis::is_believed)
        {
            of.store(head, Ordering::Release);
        }
    }

    /// What this process knows of what was forgotten, unless nothing is kept.
    fn history(&self) -> Option<RwLockReadGuard<'_, History>> {
        match &*self.backend {
            Backend::Off => None,
            Backend::Local(history) => Some(history.read().unwrap_or_else(PoisonError::into_inner)),
            Backend::Redis(redis) => Some(redis.history()),
        }
    }
}

/// Redis did not take a command.
#[derive(Debug)]
pub(crate) struct Unreachable(pub(crate) RedisError);

#[cfg(test)]
mod tests;

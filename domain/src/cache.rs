//! The cache: values that can be made again from the database, in Redis or in this process, and never served stale.
//!
//! Every cached thing has a **stamp**, a random number that stands for "nothing it was made from has changed". A reader
//! takes the stamp *before* it reads the database and stores what it made *under that stamp*; a writer, after its
//! commit, forgets the stamp. A value is served only under the current stamp, so a value read before a commit and
//! stored after it is never seen (the lease of Nishtala and others, "Scaling Memcache at Facebook", NSDI 2013, 3.2.1).
//! With Redis the stamps live there alone: each read asks for them in one round trip, so the values kept in front of
//! it, in this process, are as current as Redis, on every replica, without any message between replicas.
//!
//! It fails open: without Redis every read goes to the database, nothing is kept, and nobody gets an error.
//! Redis must not be restored from an old snapshot, since that would bring back old stamps: run it without persistence.
//!
//! Deliberately absent: rate limits ([`crate::limiter`]) and events; caching of anything that cannot be made again.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Pipeline, RedisError};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::id::MemberId;

/// How long Redis may take to answer before a read goes to the database instead.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long reads leave Redis alone after it failed.
const PAUSE: Duration = Duration::from_millis(500);
/// How long stamps are kept; values are kept shorter, so a stamp never vanishes before what it vouches for matters.
const STAMP_KEPT: Duration = Duration::from_secs(3_600);
/// How long values are kept.
const VALUE_KEPT: Duration = Duration::from_secs(600);

/// Something that is cached a member: its kind, which is part of its key and changes with its form, and how many of
/// them this process may hold.
pub(crate) trait Entry: Serialize + DeserializeOwned + Send + Sync + 'static {
    const KIND: Kind;
    const HELD: u64;
}

/// The kinds of cached things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Card,
    Neighbours,
    Blocks,
    Network,
    Account,
    Communities,
}

impl Kind {
    /// One letter in keys, and the version of the value's form.
    fn tag(self) -> &'static str {
        match self {
            Self::Card => "c2",
            Self::Neighbours => "n1",
            Self::Blocks => "b1",
            Self::Network => "w1",
            Self::Account => "a1",
            Self::Communities => "m1",
        }
    }
}

pub(crate) type Key = (Kind, MemberId);
type Stamp = u64;

/// Where stamps live, and, with Redis, the values all replicas share.
#[derive(Clone)]
pub struct Cache(Arc<Backend>);

enum Backend {
    Local(moka::sync::Cache<Key, Stamp>),
    Redis(Box<Redis>),
    /// Nothing is kept: every read goes to the database. What the others are compared with.
    Off,
}

/// A Redis, for those modules that may speak to one.
pub(crate) struct Redis {
    client: redis::Client,
    connection: ConnectionManager,
    prefix: String,
    started: Instant,
    /// Milliseconds since `started` until which reads leave Redis alone.
    resting_until: AtomicI64,
}

impl Cache {
    /// A cache in this process: right for one replica.
    pub fn local() -> Self {
        Self(Arc::new(Backend::Local(
            moka::sync::Cache::builder().max_capacity(1_000_000).time_to_live(STAMP_KEPT).build(),
        )))
    }

    /// No cache at all.
    pub fn off() -> Self {
        Self(Arc::new(Backend::Off))
    }

    /// A cache in the Redis at `url`, shared by all replicas that use the same `prefix`. Connects when first used, so
    /// that a Redis that is away does not keep the service from starting.
    ///
    /// # Errors
    /// [`Error::Internal`] if `url` is not the address of a Redis.
    pub fn redis(url: &str, prefix: &str) -> Result<Self> {
        let config = ConnectionManagerConfig::new()
            .set_response_timeout(Some(PATIENCE))
            .set_connection_timeout(Some(PATIENCE))
            .set_number_of_retries(1)
            .set_max_delay(PATIENCE);
        let client = redis::Client::open(url).map_err(|cause| Error::Internal(format!("redis: {cause}")))?;
        let connection = ConnectionManager::new_lazy_with_config(client.clone(), config)
            .map_err(|cause| Error::Internal(format!("redis: {cause}")))?;
        let prefix = prefix.to_owned();
        Ok(Self(Arc::new(Backend::Redis(Box::new(Redis {
            client,
            connection,
            prefix,
            started: Instant::now(),
            resting_until: AtomicI64::new(0),
        })))))
    }

    /// Whether other processes see the same cache, so that a command run beside the server can reach it.
    pub fn is_shared(&self) -> bool {
        matches!(&*self.0, Backend::Redis(_))
    }

    /// The Redis all replicas share, if there is one.
    pub(crate) fn shared(&self) -> Option<&Redis> {
        match &*self.0 {
            Backend::Redis(redis) => Some(redis),
            Backend::Local(_) | Backend::Off => None,
        }
    }

    /// Whether the cache answers. A cache that does not is no reason to refuse requests.
    pub async fn is_reachable(&self) -> bool {
        match &*self.0 {
            Backend::Local(_) | Backend::Off => true,
            Backend::Redis(redis) => {
                redis::cmd("PING").query_async::<String>(&mut redis.connection.clone()).await.is_ok()
            }
        }
    }

    /// Makes every replica forget what was cached under `keys`. Once this has returned, no read that begins serves it.
    ///
    /// # Errors
    /// [`Unreachable`] if Redis did not take it; the outbox tries again.
    pub(crate) async fn forget(&self, keys: &[Key]) -> std::result::Result<(), Unreachable> {
        match &*self.0 {
            Backend::Off => {}
            Backend::Local(stamps) => keys.iter().for_each(|key| stamps.invalidate(key)),
            Backend::Redis(redis) => {
                for some in keys.chunks(1_000) {
                    // The values go as well: nothing of somebody who is gone stays behind.
                    let names: Vec<Vec<u8>> =
                        some.iter().flat_map(|key| [redis.stamp_key(*key), redis.value_key(*key)]).collect();
                    redis::cmd("UNLINK")
                        .arg(names)
                        .query_async::<()>(&mut redis.connection.clone())
                        .await
                        .map_err(Unreachable)?;
                }
            }
        }
        Ok(())
    }

    /// The stamps of `keys`, made where there are none; `None` where nothing can be kept.
    async fn stamps(&self, keys: &[Key]) -> Vec<Option<Stamp>> {
        match &*self.0 {
            Backend::Off => vec![None; keys.len()],
            Backend::Local(stamps) => keys.iter().map(|key| Some(stamps.get_with(*key, rand::random))).collect(),
            Backend::Redis(redis) => redis.attempt(redis.stamps(keys)).await.unwrap_or_else(|| vec![None; keys.len()]),
        }
    }
}

/// Redis did not take a command.
#[derive(Debug)]
pub(crate) struct Unreachable(pub(crate) RedisError);

impl Redis {
    fn stamp_key(&self, key: Key) -> Vec<u8> {
        self.key(b's', key)
    }

    fn value_key(&self, key: Key) -> Vec<u8> {
        self.key(b'v', key)
    }

    fn key(&self, role: u8, (kind, member): Key) -> Vec<u8> {
        [self.prefix.as_bytes(), &[b':', role], kind.tag().as_bytes(), member.0.as_bytes()].concat()
    }

    /// A connection, which many may use at once.
    pub(crate) fn connection(&self) -> ConnectionManager {
        self.connection.clone()
    }

    /// By which a connection of one's own is made.
    pub(crate) fn client(&self) -> &redis::Client {
        &self.client
    }

    /// The whole name of a key, or of a channel.
    pub(crate) fn key_of(&self, name: &[u8]) -> Vec<u8> {
        [self.prefix.as_bytes(), name].concat()
    }

    /// What `work` yields, or `None` if Redis failed now or a moment ago.
    pub(crate) async fn attempt<T>(&self, work: impl Future<Output = std::result::Result<T, RedisError>>) -> Option<T> {
        let now = self.started.elapsed().as_millis() as i64;
        if now < self.resting_until.load(Ordering::Relaxed) {
            return None;
        }
        match work.await {
            Ok(done) => Some(done),
            Err(error) => {
                tracing::warn!(error = %error, "redis does not answer; reading from the database");
                self.resting_until
                    .store(now + PATIENCE.as_millis() as i64 + PAUSE.as_millis() as i64, Ordering::Relaxed);
                None
            }
        }
    }

    /// The text kept under `name`, which from now on is kept for `length` more.
    pub(crate) async fn text(&self, name: &[u8], length: Duration) -> Option<String> {
        let mut get = redis::cmd("GETEX");
        get.arg(self.key_of(name)).arg("EX").arg(length.as_secs());
        self.attempt(async { get.query_async(&mut self.connection()).await }).await.flatten()
    }

    /// Keeps a text that never changes under `name`.
    pub(crate) async fn keep_text(&self, name: &[u8], text: &str, length: Duration) {
        let mut set = redis::cmd("SET");
        set.arg(self.key_of(name)).arg(text).arg("EX").arg(length.as_secs());
        self.attempt(async { set.query_async::<()>(&mut self.connection()).await }).await;
    }

    async fn stamps(&self, keys: &[Key]) -> std::result::Result<Vec<Option<Stamp>>, RedisError> {
        let mut connection = self.connection.clone();
        let names: Vec<Vec<u8>> = keys.iter().map(|key| self.stamp_key(*key)).collect();
        let mut stamps: Vec<Option<Stamp>> = redis::cmd("MGET").arg(&names).query_async(&mut connection).await?;
        let missing: Vec<usize> = (0..keys.len()).filter(|at| stamps[*at].is_none()).collect();
        if missing.is_empty() {
            return Ok(stamps);
        }
        let fresh: Vec<Stamp> = missing.iter().map(|_| rand::random()).collect();
        let mut pipe = Pipeline::new();
        for (at, stamp) in missing.iter().zip(&fresh) {
            // NX with GET (Redis 7.0): whoever is first makes the stamp, the others are told it.
            pipe.cmd("SET").arg(&names[*at]).arg(stamp).arg("NX").arg("GET").arg("EX").arg(STAMP_KEPT.as_secs());
        }
        let taken: Vec<Option<Stamp>> = pipe.query_async(&mut connection).await?;
        for ((at, stamp), taken) in missing.iter().zip(fresh).zip(taken) {
            stamps[*at] = Some(taken.unwrap_or(stamp));
        }
        Ok(stamps)
    }

    /// The values of `wanted` that were stored under just these stamps.
    async fn read<E: Entry>(
        &self,
        wanted: &[(MemberId, Stamp)],
    ) -> std::result::Result<Vec<(MemberId, Stamp, E)>, RedisError> {
        let names: Vec<Vec<u8>> = wanted.iter().map(|(id, _)| self.value_key((E::KIND, *id))).collect();
        let values: Vec<Option<Vec<u8>>> =
            redis::cmd("MGET").arg(names).query_async(&mut self.connection.clone()).await?;
        let current = wanted.iter().zip(values).filter_map(|((id, stamp), value)| {
            let (stored, value) = postcard::from_bytes::<(Stamp, E)>(&value?).ok()?;
            (stored == *stamp).then_some((*id, *stamp, value))
        });
        Ok(current.collect())
    }

    async fn write<E: Entry>(&self, values: &[(MemberId, Stamp, Arc<E>)]) -> std::result::Result<(), RedisError> {
        let mut pipe = Pipeline::new();
        for (id, stamp, value) in values {
            let Ok(bytes) = postcard::to_allocvec(&(stamp, &**value)) else { continue };
            pipe.cmd("SET").arg(self.value_key((E::KIND, *id))).arg(bytes).arg("EX").arg(VALUE_KEPT.as_secs()).ignore();
        }
        pipe.query_async(&mut self.connection.clone()).await
    }
}

/// The cached things of one kind: Redis, if there is one, and a bounded number of them in this process in front of it.
#[derive(Clone)]
pub(crate) struct Shelf<E: Entry> {
    cache: Cache,
    front: moka::future::Cache<(MemberId, Stamp), Arc<E>>,
}

impl<E: Entry> Shelf<E> {
    pub(crate) fn new(cache: &Cache) -> Self {
        let front = moka::future::Cache::builder().max_capacity(E::HELD).time_to_live(VALUE_KEPT).build();
        Self { cache: cache.clone(), front }
    }

    /// The things of `ids`; those not cached are made by one call of `load`, which may leave out what does not exist.
    pub(crate) async fn get_many<F>(
        &self,
        ids: &[MemberId],
        load: impl FnOnce(Vec<MemberId>) -> F,
    ) -> Result<HashMap<MemberId, Arc<E>>>
    where
        F: Future<Output = Result<Vec<(MemberId, E)>>>,
    {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let keys: Vec<Key> = ids.iter().map(|id| (E::KIND, *id)).collect();
        let stamps: HashMap<MemberId, Option<Stamp>> =
            ids.iter().copied().zip(self.cache.stamps(&keys).await).collect();
        let mut found = HashMap::with_capacity(ids.len());
        let mut elsewhere = Vec::new();
        for (id, stamp) in stamps.iter().filter_map(|(id, stamp)| Some((*id, (*stamp)?))) {
            match self.front.get(&(id, stamp)).await {
                Some(value) => drop(found.insert(id, value)),
                None => elsewhere.push((id, stamp)),
            }
        }
        if let Backend::Redis(redis) = &*self.cache.0
            && !elsewhere.is_empty()
        {
            for (id, stamp, value) in redis.attempt(redis.read::<E>(&elsewhere)).await.unwrap_or_default() {
                let value = Arc::new(value);
                self.front.insert((id, stamp), value.clone()).await;
                found.insert(id, value);
            }
        }
        let missing: Vec<MemberId> = stamps.keys().filter(|id| !found.contains_key(id)).copied().collect();
        if missing.is_empty() {
            return Ok(found);
        }
        let made: Vec<(MemberId, Arc<E>)> =
            load(missing).await?.into_iter().map(|(id, value)| (id, Arc::new(value))).collect();
        let kept: Vec<_> =
            made.iter().filter_map(|(id, value)| Some((*id, (*stamps.get(id)?)?, value.clone()))).collect();
        self.keep(&kept).await;
        found.extend(made);
        Ok(found)
    }

    /// The thing of `id`, made by `make` if it is not cached: once, however many ask for it at the same moment.
    pub(crate) async fn get(&self, id: MemberId, make: impl Future<Output = Result<E>>) -> Result<Arc<E>> {
        let Some(stamp) = self.cache.stamps(&[(E::KIND, id)]).await.first().copied().flatten() else {
            return make.await.map(Arc::new);
        };
        let value = self.front.try_get_with((id, stamp), async {
            if let Backend::Redis(redis) = &*self.cache.0
                && let Some((.., value)) =
                    redis.attempt(redis.read::<E>(&[(id, stamp)])).await.and_then(|mut read| read.pop())
            {
                return Ok(Arc::new(value));
            }
            let made = Arc::new(make.await?);
            if let Backend::Redis(redis) = &*self.cache.0 {
                redis.attempt(redis.write(&[(id, stamp, made.clone())])).await;
            }
            Ok::<_, Error>(made)
        });
        value.await.map_err(|shared| match &*shared {
            Error::Unavailable(wait) => Error::Unavailable(*wait),
            other => Error::Internal(format!("making a cached value: {other:?}")),
        })
    }

    async fn keep(&self, values: &[(MemberId, Stamp, Arc<E>)]) {
        if values.is_empty() {
            return;
        }
        for (id, stamp, value) in values {
            self.front.insert((*id, *stamp), value.clone()).await;
        }
        if let Backend::Redis(redis) = &*self.cache.0 {
            redis.attempt(redis.write(values)).await;
        }
    }
}

#[cfg(test)]
mod tests;

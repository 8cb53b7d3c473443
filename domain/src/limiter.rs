//! How often something may be done: a bucket a subject, over all replicas through Redis, in this process when Redis is
//! away or there is none. It is never open: without Redis a subject has a bucket in each replica, which is as empty as the
//! shared one was when Redis last told, and what it gives is taken from the shared one when Redis is back.
//!
//! The bucket is the generic cell rate algorithm (ITU-T I.371): one number a subject, the moment at which its bucket
//! would be full again. Several buckets are asked in one round trip, each for as much as is wanted of it, and either all of
//! them give or none does; the same round trip tells when each is full again. A subject is kept as a fingerprint made with a
//! key of the service's, so that no address stands in Redis.
//!
//! Redis is asked over connections of its own, and left alone by a judgement of its own: reads that are slow make nobody
//! count for themselves. It has longer to answer than a read has, since here there is nothing as good to turn to. Since every
//! request draws, the answer also tells what the cache would ask for next: the moment at which something was forgotten last.
//!
//! Deliberately absent: what the limits are, which is [`crate::policy`]'s to say.

mod mirror;

use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::ConnectionManager;

use self::mirror::Mirror;
use crate::cache::{Cache, Circuit, Lanes, Moment, Redis};
use crate::ctx::Timestamp;
use crate::secret::{Purpose, Secrets};

/// How long Redis may take to answer before this process counts for itself.
const PATIENCE: Duration = Duration::from_secs(1);

/// A limit: so many at once, and one more each time `every` has passed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    /// What is limited; part of the key.
    pub(crate) name: &'static str,
    pub(crate) burst: u32,
    pub(crate) every: Duration,
}

/// A limit, and who it is counted for.
pub(crate) type Bucket = (Rate, String);

/// How much is wanted of a bucket. More than its burst it never gives.
pub(crate) type Draught = (Bucket, u32);

/// What came of drawing from buckets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Drawn {
    /// When it may be tried again; `None` if all gave.
    pub(crate) retry_at: Option<Timestamp>,
    /// When each bucket is full again, as it is now.
    pub(crate) full_at: Vec<Timestamp>,
    /// When the cache forgot something last, as Redis has it; see [`Cache::heard`].
    pub(crate) head: Option<Moment>,
}

impl Rate {
    /// How much a bucket holds that is full at `full_at`.
    pub(crate) fn left(&self, full_at: Timestamp, now: Timestamp) -> u32 {
        let lacks = full_at.0.saturating_sub(now.0).max(0);
        let lacks = lacks.saturating_add(every(self) - 1) / every(self).max(1);
        self.burst.saturating_sub(u32::try_from(lacks).unwrap_or(u32::MAX))
    }
}

/// The buckets.
#[derive(Clone)]
pub(crate) struct Limiter {
    cache: Cache,
    secrets: Secrets,
    /// The way to Redis; `None` without one.
    link: Option<Arc<Link>>,
    mirror: Arc<Mutex<Mirror>>,
}

/// A way to Redis which nothing else uses.
struct Link {
    connections: Lanes<ConnectionManager>,
    circuit: Circuit,
}

/// A draw on its way to Redis. Dropped before it is told, it is lost: whoever asked has hung up, or Redis did not answer.
struct Underway<'a> {
    limiter: &'a Limiter,
    keys: &'a [Vec<u8>],
    wanted: &'a [Draught],
    /// What was given without Redis, a bucket; `None` once it has arrived.
    carries: Option<Vec<i64>>,
}

/// What was told of a draw, in microseconds.
struct Told {
    /// How long to wait; 0 if all gave.
    wait: i64,
    /// When each is full.
    full_at: Vec<i64>,
    /// As in [`Drawn`].
    head: Option<Moment>,
}

/// KEYS: the cache's head, then the buckets. ARGV: now, then for each bucket the time between two, how many at once, how many
/// are wanted and what was given without Redis; times in microseconds. Returns the head, how long to wait, 0 if all gave, and
/// when each is full. Numbers up to 2^53 are exact in Lua.
static DRAW: LazyLock<redis::Script> = LazyLock::new(|| {
    redis::Script::new(
        r"
local head, now, wait, held, full, owed = table.remove(KEYS, 1), tonumber(ARGV[1]), 0, {}, {}, {}
for i, key in ipairs(KEYS) do
  local every, burst, amount = tonumber(ARGV[4 * i - 2]), tonumber(ARGV[4 * i - 1]), tonumber(ARGV[4 * i])
  owed[i] = tonumber(ARGV[4 * i + 1])
  held[i] = math.max(tonumber(redis.call('GET', key) or '0'), now) + owed[i]
  full[i] = held[i] + every * amount
  wait = math.max(wait, full[i] - every * burst - now)
end
local gives = wait == 0
if not gives then
  full = held
end
local told = { redis.call('GET', head), string.format('%.0f', wait) }
for i, key in ipairs(KEYS) do
  told[i + 2] = string.format('%.0f', full[i])
  if gives or owed[i] > 0 then
    redis.call('SET', key, told[i + 2], 'PX', math.ceil((full[i] - now) / 1000) + 1)
  end
end
return told
",
    )
});

impl Limiter {
    pub(crate) fn new(cache: &Cache, secrets: &Secrets) -> Self {
        let link = cache.shared().and_then(|redis| match Link::new(redis) {
            Ok(link) => Some(Arc::new(link)),
            Err(error) => {
                tracing::error!(%error, "this process counts for itself, for as long as it runs");
                None
            }
        });
        Self { cache: cache.clone(), secrets: secrets.clone(), link, mirror: Arc::default() }
    }

    /// Takes one from each bucket, or from none.
    ///
    /// # Errors
    /// When it may be tried again.
    pub(crate) async fn take(&self, now: Timestamp, buckets: &[Bucket]) -> Result<(), Timestamp> {
        let ones: Vec<Draught> = buckets.iter().map(|bucket| (bucket.clone(), 1)).collect();
        self.draw(now, &ones).await.retry_at.map_or(Ok(()), Err)
    }

    /// Takes what is wanted from each bucket, or nothing from any.
    pub(crate) async fn draw(&self, now: Timestamp, wanted: &[Draught]) -> Drawn {
        let keys: Vec<Vec<u8>> = wanted.iter().map(|(bucket, _)| self.key(bucket)).collect();
        let Told { wait, full_at, head } = match self.draw_shared(now, &keys, wanted).await {
            Some(told) => told,
            None => {
                let (wait, full_at) = self.mirror().draw(now, &keys, wanted);
                Told { wait, full_at, head: None }
            }
        };
        Drawn {
            retry_at: (wait > 0).then(|| Timestamp(now.0.saturating_add(wait))),
            full_at: full_at.into_iter().map(Timestamp).collect(),
            head,
        }
    }

    /// What Redis says, if it is to be asked and answers.
    async fn draw_shared(&self, now: Timestamp, keys: &[Vec<u8>], wanted: &[Draught]) -> Option<Told> {
        let (redis, link) = (self.cache.shared()?, self.link.as_ref()?);
        link.attempt(async |tries| {
            let underway = Underway::new(self, now, keys, wanted, tries);
            let mut script = DRAW.prepare_invoke();
            script.key(redis.head_key()).key(keys.iter().map(|key| redis.key_of(key)).collect::<Vec<_>>()).arg(now.0);
            for (((rate, _), amount), owed) in wanted.iter().zip(underway.carries.iter().flatten()) {
                script.arg(every(rate)).arg(rate.burst).arg(*amount).arg(*owed);
            }
            let told: Vec<Option<i64>> = script.invoke_async(&mut link.connections.mine().clone()).await?;
            let head = told.first().copied().flatten().and_then(|head| Moment::try_from(head).ok());
            let numbers: Vec<i64> = told.iter().skip(1).copied().flatten().collect();
            match numbers.as_slice() {
                [wait, full_at @ ..] if full_at.len() == keys.len() => {
                    underway.arrived(full_at);
                    Ok(Told { wait: *wait, full_at: full_at.to_vec(), head })
                }
                _ => Err((redis::ErrorKind::UnexpectedReturnType, "not as many buckets as were asked").into()),
            }
        })
        .await
    }

    /// Fills a bucket up: whoever it is counted for has shown that they may.
    pub(crate) async fn forgive(&self, bucket: &Bucket) {
        let key = self.key(bucket);
        if let (Some(redis), Some(link)) = (self.cache.shared(), &self.link) {
            let mut unlink = redis::cmd("UNLINK");
            unlink.arg(redis.key_of(&key));
            link.attempt(async |_| unlink.query_async::<()>(&mut link.connections.mine().clone()).await).await;
        }
        self.mirror().fill(&key);
    }

    fn key(&self, (rate, subject): &Bucket) -> Vec<u8> {
        let made = self.secrets.make(Purpose::Limit, &[rate.name.as_bytes(), subject.as_bytes()]);
        [b":l", rate.name.as_bytes(), &made[..16]].concat()
    }

    fn mirror(&self) -> MutexGuard<'_, Mirror> {
        self.mirror.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Link {
    fn new(redis: &Redis) -> redis::RedisResult<Self> {
        Ok(Self { connections: redis.connect(PATIENCE)?, circuit: Circuit::new(Duration::ZERO) })
    }

    /// What `work` yields, which is told whether it tries Redis for all; `None` if Redis is to be left alone or does not
    /// answer in time.
    async fn attempt<T>(&self, work: impl AsyncFnOnce(bool) -> redis::RedisResult<T>) -> Option<T> {
        let in_time = async |tries| {
            // Also the time that connecting takes counts.
            let done = tokio::time::timeout(PATIENCE, work(tries)).await;
            done.unwrap_or_else(|_| Err((redis::ErrorKind::Io, "no answer in time").into()))
        };
        self.circuit.attempt("this process counts for itself", in_time).await
    }
}

impl<'a> Underway<'a> {
    fn new(limiter: &'a Limiter, now: Timestamp, keys: &'a [Vec<u8>], wanted: &'a [Draught], tries: bool) -> Self {
        let carries = limiter.mirror().sets_off(now, keys, wanted, tries);
        Self { limiter, keys, wanted, carries: Some(carries) }
    }

    fn arrived(mut self, full_at: &[i64]) {
        if let Some(carries) = self.carries.take() {
            self.limiter.mirror().told(self.keys, self.wanted, &carries, full_at);
        }
    }
}

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        if let Some(carries) = self.carries.take() {
            self.limiter.mirror().lost(self.keys, self.wanted, &carries);
        }
    }
}

fn every(rate: &Rate) -> i64 {
    i64::try_from(rate.every.as_micros()).unwrap_or(i64::MAX / 1_000_000)
}

#[cfg(test)]
mod tests;

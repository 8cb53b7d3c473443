//! How often something may be done: a bucket a subject, over all replicas through Redis, in this process when Redis is
//! away or there is none. It is never open: without Redis a subject has a bucket in each replica.
//!
//! The bucket is the generic cell rate algorithm (ITU-T I.371): one number a subject, the moment at which its bucket
//! would be full again. Several buckets are asked in one round trip, each for as much as is wanted of it, and either all of
//! them give or none does; the same round trip tells when each is full again. A subject is kept as a fingerprint made with a
//! key of the service's, so that no address stands in Redis.
//!
//! Deliberately absent: what the limits are, which is [`crate::policy`]'s to say.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::cache::{Cache, Redis};
use crate::ctx::Timestamp;
use crate::secret::{Purpose, Secrets};

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
}

impl Rate {
    /// How much a bucket holds that is full at `full_at`.
    pub(crate) fn left(&self, full_at: Timestamp, now: Timestamp) -> u32 {
        let lacks = full_at.0.saturating_sub(now.0).max(0);
        let lacks = lacks.saturating_add(every(self) - 1) / every(self).max(1);
        self.burst.saturating_sub(u32::try_from(lacks).unwrap_or(u32::MAX))
    }
}

/// The most buckets held in this process before those that are full again are dropped.
const HELD: usize = 100_000;

/// The buckets.
#[derive(Clone)]
pub(crate) struct Limiter {
    cache: Cache,
    secrets: Secrets,
    /// How much this process has given by itself, since Redis did not answer it in time.
    pub(crate) alone: Arc<AtomicU64>,
    /// When each bucket is full again, in microseconds.
    local: Arc<Mutex<HashMap<Vec<u8>, i64>>>,
}

/// KEYS: the buckets. ARGV: now, then for each bucket the time between two, how many at once and how many are wanted;
/// times in microseconds. Returns how long to wait, 0 if all gave, and when each is full. Numbers up to 2^53 are exact in Lua.
const DRAW: &str = r"
local now, wait, held, full = tonumber(ARGV[1]), 0, {}, {}
for i, key in ipairs(KEYS) do
  local every, burst, amount = tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1])
  held[i] = math.max(tonumber(redis.call('GET', key) or '0'), now)
  full[i] = held[i] + every * amount
  wait = math.max(wait, full[i] - every * burst - now)
end
if wait == 0 then
  for i, key in ipairs(KEYS) do
    redis.call('SET', key, string.format('%.0f', full[i]), 'PX', math.ceil((full[i] - now) / 1000) + 1)
  end
else
  full = held
end
local told = { string.format('%.0f', wait) }
for i, at in ipairs(full) do
  told[i + 1] = string.format('%.0f', at)
end
return told
";

impl Limiter {
    pub(crate) fn new(cache: &Cache, secrets: &Secrets) -> Self {
        Self { cache: cache.clone(), secrets: secrets.clone(), alone: Arc::default(), local: Arc::default() }
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
        let shared = match self.cache.shared() {
            Some(redis) => redis.attempt(draw(redis, now, &keys, wanted)).await,
            None => None,
        };
        let (wait, full) = match shared.as_deref() {
            Some([wait, full @ ..]) if full.len() == wanted.len() => (*wait, full.to_vec()),
            _ => {
                let (wait, full) = self.draw_here(now, &keys, wanted);
                if self.cache.shared().is_some() && wait == 0 {
                    let drawn = wanted.iter().map(|(_, amount)| u64::from(*amount)).sum();
                    self.alone.fetch_add(drawn, Ordering::Relaxed);
                }
                (wait, full)
            }
        };
        Drawn {
            retry_at: (wait > 0).then(|| Timestamp(now.0.saturating_add(wait))),
            full_at: full.into_iter().map(Timestamp).collect(),
        }
    }

    /// Fills a bucket up: whoever it is counted for has shown that they may.
    pub(crate) async fn forgive(&self, bucket: &Bucket) {
        let key = self.key(bucket);
        if let Some(redis) = self.cache.shared() {
            let forget =
                async { redis::cmd("UNLINK").arg(redis.key_of(&key)).query_async::<()>(&mut redis.connection()).await };
            redis.attempt(forget).await;
        }
        self.local.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }

    fn key(&self, (rate, subject): &Bucket) -> Vec<u8> {
        let made = self.secrets.make(Purpose::Limit, &[rate.name.as_bytes(), subject.as_bytes()]);
        [b":l", rate.name.as_bytes(), &made[..16]].concat()
    }

    /// How long to wait, 0 if all gave, and when each is full; microseconds.
    fn draw_here(&self, now: Timestamp, keys: &[Vec<u8>], wanted: &[Draught]) -> (i64, Vec<i64>) {
        let mut buckets = self.local.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() > HELD {
            buckets.retain(|_, full| *full > now.0);
        }
        let held: Vec<i64> = keys.iter().map(|key| buckets.get(key).copied().unwrap_or(0).max(now.0)).collect();
        let drawn = |(held, ((rate, _), amount)): (&i64, &Draught)| held + every(rate) * i64::from(*amount);
        let full: Vec<i64> = held.iter().zip(wanted).map(drawn).collect();
        let wait = |(full, ((rate, _), _)): (&i64, &Draught)| full - every(rate) * i64::from(rate.burst) - now.0;
        let wait = full.iter().zip(wanted).map(wait).max().unwrap_or(0).max(0);
        if wait > 0 {
            return (wait, held);
        }
        buckets.extend(keys.iter().cloned().zip(full.iter().copied()));
        (0, full)
    }
}

fn every(rate: &Rate) -> i64 {
    i64::try_from(rate.every.as_micros()).unwrap_or(i64::MAX / 1_000_000)
}

async fn draw(redis: &Redis, now: Timestamp, keys: &[Vec<u8>], wanted: &[Draught]) -> redis::RedisResult<Vec<i64>> {
    let mut script = redis::cmd("EVAL");
    script.arg(DRAW).arg(keys.len());
    script.arg(keys.iter().map(|key| redis.key_of(key)).collect::<Vec<_>>());
    script.arg(now.0);
    for ((rate, _), amount) in wanted {
        script.arg(every(rate)).arg(rate.burst).arg(*amount);
    }
    script.query_async(&mut redis.connection()).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RATE: Rate = Rate { name: "t", burst: 5, every: Duration::from_secs(60) };

    fn limiter() -> Limiter {
        Limiter::new(&Cache::local(), &Secrets::new(&[]))
    }

    #[tokio::test]
    async fn a_bucket_gives_its_burst_and_then_one_at_a_time() {
        let (limiter, now) = (limiter(), Timestamp(1_700_000_000_000_000));
        let ana = [(RATE, "ana".to_owned())];
        for _ in 0..5 {
            assert_eq!(limiter.take(now, &ana).await, Ok(()));
        }
        let again = now.after(RATE.every);
        assert_eq!(limiter.take(now, &ana).await, Err(again));
        assert_eq!(limiter.take(now, &[(RATE, "bela".to_owned())]).await, Ok(()), "others have their own");
        assert_eq!(limiter.take(again, &ana).await, Ok(()));
        assert_eq!(limiter.take(again, &ana).await, Err(again.after(RATE.every)));
        limiter.forgive(&ana[0]).await;
        assert_eq!(limiter.take(again, &ana).await, Ok(()));
    }

    #[tokio::test]
    async fn an_empty_bucket_costs_the_others_nothing() {
        let (limiter, now) = (limiter(), Timestamp(1_700_000_000_000_000));
        let narrow = Rate { name: "n", burst: 1, ..RATE };
        let both = [(RATE, "ana".to_owned()), (narrow, "ana".to_owned())];
        assert_eq!(limiter.take(now, &both).await, Ok(()));
        for _ in 0..20 {
            assert!(limiter.take(now, &both).await.is_err());
        }
        for _ in 0..4 {
            assert_eq!(limiter.take(now, &both[..1]).await, Ok(()));
        }
    }

    #[tokio::test]
    async fn what_is_drawn_is_told_with_what_is_left() {
        let (limiter, now) = (limiter(), Timestamp(1_700_000_000_000_000));
        let wants = |amount| [((RATE, "ana".to_owned()), amount)];
        let drawn = limiter.draw(now, &wants(3)).await;
        assert_eq!(drawn, Drawn { retry_at: None, full_at: vec![now.after(3 * RATE.every)] });
        assert_eq!(RATE.left(drawn.full_at[0], now), 2);
        let later = now.after(RATE.every / 2);
        assert_eq!(RATE.left(drawn.full_at[0], later), 2, "half a point is none");
        let refused = limiter.draw(later, &wants(3)).await;
        assert_eq!(refused, Drawn { retry_at: Some(now.after(RATE.every)), full_at: drawn.full_at.clone() });
        assert_eq!(limiter.draw(later, &wants(2)).await.retry_at, None, "what was refused took nothing");
        assert!(
            limiter.draw(now.after(100 * RATE.every), &wants(6)).await.retry_at.is_some(),
            "more than there ever is"
        );
        assert_eq!(RATE.left(now, now.after(RATE.every)), 5, "a full bucket");
    }

    proptest! {
        /// However requests arrive and however much each wants, no window gives more than the burst and what has flowed in
        /// since; and what is told to be left is given at once, and one more is not.
        #[test]
        fn no_more_than_the_burst_and_the_flow(wishes in proptest::collection::vec((0u64..200, 1u32..6), 1..80)) {
            let limiter = limiter();
            let (mut now, mut given) = (Timestamp(1_700_000_000_000_000), Vec::new());
            let keys = [limiter.key(&(RATE, "ana".to_owned()))];
            let wants = |amount| [((RATE, "ana".to_owned()), amount)];
            let mut left = RATE.burst;
            let mut full = now;
            for (gap, amount) in wishes {
                now = now.after(Duration::from_secs(gap));
                left = left.max(RATE.left(full, now));
                let (wait, told) = limiter.draw_here(now, &keys, &wants(amount));
                prop_assert_eq!(wait == 0, amount <= left, "{} of {}", amount, left);
                full = Timestamp(told[0]);
                left = RATE.left(full, now);
                if wait == 0 {
                    given.push((now, i64::from(amount)));
                }
            }
            for (at, (first, _)) in given.iter().enumerate() {
                let mut sum = 0;
                for (last, amount) in &given[at..] {
                    sum += amount;
                    let flown = (last.0 - first.0) / every(&RATE);
                    prop_assert!(sum <= i64::from(RATE.burst) + flown);
                }
            }
        }
    }
}

//! How often something may be done: a bucket a subject, over all replicas through Redis, in this process when Redis is
//! away or there is none. It is never open: without Redis a subject has a bucket in each replica.
//!
//! The bucket is the generic cell rate algorithm (ITU-T I.371): one number a subject, the moment at which its bucket
//! would be full again. Several buckets are asked in one round trip, and either all of them give or none does. A subject
//! is kept as a fingerprint made with a key of the service's, so that no address stands in Redis.
//!
//! Deliberately absent: what the limits are, which is [`crate::policy`]'s to say.

use std::collections::HashMap;
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

/// The most buckets held in this process before those that are full again are dropped.
const HELD: usize = 100_000;

/// The buckets.
#[derive(Clone)]
pub(crate) struct Limiter {
    cache: Cache,
    secrets: Secrets,
    /// When each bucket is full again, in microseconds.
    local: Arc<Mutex<HashMap<Vec<u8>, i64>>>,
}

/// KEYS: the buckets. ARGV: now, then for each bucket the time between two and how many at once; microseconds. Returns
/// how long to wait, 0 if all gave. Numbers up to 2^53 are exact in Lua.
const TAKE: &str = r"
local now, wait, full = tonumber(ARGV[1]), 0, {}
for i, key in ipairs(KEYS) do
  local every, burst = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  full[i] = math.max(tonumber(redis.call('GET', key) or '0'), now) + every
  wait = math.max(wait, full[i] - every * burst - now)
end
if wait == 0 then
  for i, key in ipairs(KEYS) do
    redis.call('SET', key, string.format('%.0f', full[i]), 'PX', math.ceil((full[i] - now) / 1000) + 1)
  end
end
return string.format('%.0f', wait)
";

impl Limiter {
    pub(crate) fn new(cache: &Cache, secrets: &Secrets) -> Self {
        Self { cache: cache.clone(), secrets: secrets.clone(), local: Arc::default() }
    }

    /// Takes one from each bucket, or from none.
    ///
    /// # Errors
    /// When it may be tried again.
    pub(crate) async fn take(&self, now: Timestamp, buckets: &[Bucket]) -> Result<(), Timestamp> {
        let keys: Vec<Vec<u8>> = buckets.iter().map(|bucket| self.key(bucket)).collect();
        let shared = match self.cache.shared() {
            Some(redis) => redis.attempt(take(redis, now, &keys, buckets)).await,
            None => None,
        };
        match shared.unwrap_or_else(|| self.take_here(now, &keys, buckets)) {
            ..=0 => Ok(()),
            wait => Err(Timestamp(now.0.saturating_add(wait))),
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

    /// How long to wait, in microseconds; 0 if all gave.
    fn take_here(&self, now: Timestamp, keys: &[Vec<u8>], buckets: &[Bucket]) -> i64 {
        let mut held = self.local.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() > HELD {
            held.retain(|_, full| *full > now.0);
        }
        let filled =
            |(key, (rate, _)): (&Vec<u8>, &Bucket)| held.get(key).copied().unwrap_or(0).max(now.0) + every(rate);
        let full: Vec<i64> = keys.iter().zip(buckets).map(filled).collect();
        let wait = |(full, (rate, _)): (&i64, &Bucket)| full - every(rate) * i64::from(rate.burst) - now.0;
        let wait = full.iter().zip(buckets).map(wait).max().unwrap_or(0).max(0);
        if wait == 0 {
            held.extend(keys.iter().cloned().zip(full));
        }
        wait
    }
}

fn every(rate: &Rate) -> i64 {
    i64::try_from(rate.every.as_micros()).unwrap_or(i64::MAX / 1_000_000)
}

async fn take(redis: &Redis, now: Timestamp, keys: &[Vec<u8>], buckets: &[Bucket]) -> redis::RedisResult<i64> {
    let mut script = redis::cmd("EVAL");
    script.arg(TAKE).arg(keys.len());
    script.arg(keys.iter().map(|key| redis.key_of(key)).collect::<Vec<_>>());
    script.arg(now.0);
    for (rate, _) in buckets {
        script.arg(every(rate)).arg(rate.burst);
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

    proptest! {
        /// However requests arrive, no window holds more than the burst and what has flowed in since.
        #[test]
        fn no_more_than_the_burst_and_the_flow(gaps in proptest::collection::vec(0u64..200, 1..80)) {
            let limiter = limiter();
            let (mut now, mut given) = (Timestamp(1_700_000_000_000_000), Vec::new());
            for gap in gaps {
                now = now.after(Duration::from_secs(gap));
                let keys = [limiter.key(&(RATE, "ana".to_owned()))];
                if limiter.take_here(now, &keys, &[(RATE, "ana".to_owned())]) == 0 {
                    given.push(now);
                }
            }
            for (at, first) in given.iter().enumerate() {
                for (later, last) in given.iter().enumerate().skip(at) {
                    let flown = (last.0 - first.0) / every(&RATE);
                    prop_assert!((later - at + 1) as i64 <= i64::from(RATE.burst) + flown);
                }
            }
        }
    }
}

//! What this process knows of the buckets: where the shared ones were when Redis last told, and what was given since
//! without it.
//!
//! Redis alone says what is left while it answers. When it does not, a draw is judged by this: a bucket is as empty as it was
//! last seen, and as what is on its way to Redis may make it. What is given meanwhile is a debt, which the next draw that
//! Redis answers carries there. So through one process, whatever of it Redis sees, nobody gets more than a bucket and what
//! flows into it; with several, each may give what it believes is left.
//!
//! A debt does not shrink by itself, since what Redis holds does: time must fill the bucket once, not twice. It is never
//! more than what lacks in the bucket. A draw that Redis did not answer in time may have been counted there and is counted
//! here again: to charge twice is the better of the two mistakes.
//!
//! Deliberately absent: Redis itself; which draws go there; a debt that outlives the process.

use std::collections::HashMap;

use super::{Draught, every};
use crate::ctx::Timestamp;

/// The most buckets held before those that are full again are dropped.
pub(super) const HELD: usize = 100_000;

/// The buckets, by the names they have in Redis.
pub(super) struct Mirror {
    buckets: HashMap<Vec<u8>, Held>,
    /// With how many of them those that are full are looked for: so that finding none does not happen at each draw.
    sweep_at: usize,
}

/// A bucket; all in microseconds.
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    /// When it is full again, as far as this process knows.
    full_at: i64,
    /// What was given without Redis, and waits for a draw that carries it there.
    owed: i64,
    /// When what is owed was last held against what lacks: until then time has filled the bucket, whatever Redis holds.
    since: i64,
    /// What is on its way there.
    carried: i64,
    /// What those draws want that are on their way: they may have been given it.
    asked: i64,
}

impl Held {
    /// What lacks in it, if all that is on its way was given.
    fn lacks(&self, now: Timestamp) -> i64 {
        (self.full_at - now.0).max(0) + self.asked
    }

    /// What is owed still: no more than what lacks.
    fn settle(&mut self, now: Timestamp) {
        self.owed = self.owed.min(self.lacks(now));
        self.since = self.since.max(now.0);
    }

    fn is_idle(&self, now: Timestamp) -> bool {
        self.full_at <= now.0 && self.asked == 0 && self.carried == 0
    }
}

impl Default for Mirror {
    fn default() -> Self {
        Self { buckets: HashMap::new(), sweep_at: HELD }
    }
}

impl Mirror {
    /// A draw sets off for Redis: what it has to carry there, a bucket. [`Self::told`] or [`Self::lost`] follows. One that
    /// only tries carries nothing: Redis may take it in later, and each that follows it as well.
    pub(super) fn sets_off(&mut self, now: Timestamp, keys: &[Vec<u8>], wanted: &[Draught], tries: bool) -> Vec<i64> {
        self.sweep(now);
        let mut carries = Vec::with_capacity(keys.len());
        for (key, draught) in keys.iter().zip(wanted) {
            let held = self.buckets.entry(key.clone()).or_default();
            held.settle(now);
            let owed = if tries { 0 } else { std::mem::take(&mut held.owed) };
            held.carried += owed;
            held.asked += amount(draught);
            carries.push(owed);
        }
        carries
    }

    /// Redis has answered a draw: when each bucket is full. It knows nothing of what was given without it and has not come
    /// there.
    pub(super) fn told(&mut self, keys: &[Vec<u8>], wanted: &[Draught], carries: &[i64], full_at: &[i64]) {
        self.arrives(keys, wanted, carries);
        for (key, told) in keys.iter().zip(full_at) {
            let held = self.buckets.entry(key.clone()).or_default();
            held.full_at = held.full_at.max(held.since.max(*told) + held.owed + held.carried);
        }
    }

    /// Redis has not answered a draw: what it carried is owed as before.
    pub(super) fn lost(&mut self, keys: &[Vec<u8>], wanted: &[Draught], carries: &[i64]) {
        self.arrives(keys, wanted, carries);
        for (key, carried) in keys.iter().zip(carries) {
            self.buckets.entry(key.clone()).or_default().owed += carried;
        }
    }

    fn arrives(&mut self, keys: &[Vec<u8>], wanted: &[Draught], carries: &[i64]) {
        for ((key, draught), carried) in keys.iter().zip(wanted).zip(carries) {
            let held = self.buckets.entry(key.clone()).or_default();
            held.carried -= carried;
            held.asked -= amount(draught);
        }
    }

    /// Draws without Redis: how long to wait, 0 if all gave, and when each is full; microseconds.
    pub(super) fn draw(&mut self, now: Timestamp, keys: &[Vec<u8>], wanted: &[Draught]) -> (i64, Vec<i64>) {
        self.sweep(now);
        let held: Vec<Held> = keys.iter().map(|key| self.buckets.get(key).copied().unwrap_or_default()).collect();
        let lacks = |(held, draught): (&Held, &Draught)| held.lacks(now) + amount(draught);
        let lacks: Vec<i64> = held.iter().zip(wanted).map(lacks).collect();
        let wait = |(lacks, ((rate, _), _)): (&i64, &Draught)| lacks - every(rate) * i64::from(rate.burst);
        let wait = lacks.iter().zip(wanted).map(wait).max().unwrap_or(0).max(0);
        if wait > 0 {
            return (wait, held.iter().map(|held| now.0 + held.lacks(now)).collect());
        }
        for ((key, mut held), draught) in keys.iter().zip(held).zip(wanted) {
            held.settle(now);
            held.owed += amount(draught);
            held.full_at = held.full_at.max(now.0) + amount(draught);
            self.buckets.insert(key.clone(), held);
        }
        (0, lacks.into_iter().map(|lacks| now.0 + lacks).collect())
    }

    /// A bucket is full, whatever was given of it.
    pub(super) fn fill(&mut self, key: &[u8]) {
        if let Some(held) = self.buckets.get_mut(key) {
            (held.full_at, held.owed) = (0, 0);
        }
    }

    /// Drops what says nothing, whenever there is twice as much as was left the last time.
    fn sweep(&mut self, now: Timestamp) {
        if self.buckets.len() >= self.sweep_at {
            self.buckets.retain(|_, held| !held.is_idle(now));
            self.sweep_at = HELD.max(2 * self.buckets.len());
        }
    }

    #[cfg(test)]
    pub(super) fn size(&self) -> usize {
        self.buckets.len()
    }
}

fn amount(((rate, _), amount): &Draught) -> i64 {
    every(rate) * i64::from(*amount)
}

//! Whether Redis is to be asked at all: after it has failed it is left alone for a moment, and then one caller tries it for
//! all.
//!
//! The others go on without it until that one has an answer, so a Redis that takes commands and never answers holds up one
//! request at a time. A caller that goes away before it knows has found out nothing; if it was the one that tried, another
//! tries after the next pause.
//!
//! Deliberately absent: counting failures, since one silence is enough; how long Redis may take, which its users say.

use std::fmt::Display;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

/// How long Redis is left alone after it has failed.
const PAUSE: Duration = Duration::from_millis(500);
/// It is asked by everybody.
const CLOSED: i64 = 0;
/// It is asked by one, and the others wait for what comes of it without asking.
const TRIED: i64 = i64::MAX;

/// The circuit between this process and Redis.
pub(crate) struct Circuit {
    started: Instant,
    /// [`CLOSED`], [`TRIED`], or when it may be tried again: milliseconds since the start.
    state: AtomicI64,
}

/// Leave to ask, which ends with [`Pass::worked`] or [`Pass::failed`].
struct Pass<'a> {
    circuit: &'a Circuit,
    /// Whether nobody else may ask meanwhile.
    tries: bool,
}

impl Default for Circuit {
    fn default() -> Self {
        Self { started: Instant::now(), state: AtomicI64::new(CLOSED) }
    }
}

impl Circuit {
    /// What `work` yields, which is told whether it tries Redis for all; `None` if Redis is to be left alone or fails.
    /// `instead` says, for the log, what is done then.
    pub(crate) async fn attempt<T, E: Display>(
        &self,
        instead: &str,
        work: impl AsyncFnOnce(bool) -> Result<T, E>,
    ) -> Option<T> {
        let pass = self.enter_at(self.now())?;
        match work(pass.tries).await {
            Ok(done) => {
                pass.worked();
                Some(done)
            }
            Err(error) => {
                if pass.failed() {
                    tracing::warn!(%error, "redis does not answer; {instead}");
                }
                None
            }
        }
    }

    /// Whether Redis is left alone now, or tried by somebody.
    pub(super) fn rests(&self) -> bool {
        self.state.load(Ordering::Acquire) > self.now()
    }

    /// Redis is left alone from now on, for `length`.
    pub(super) fn open(&self, length: Duration) {
        let until = self.now() + length.as_millis() as i64;
        let later = |state: i64| (state != TRIED).then(|| state.max(until));
        _ = self.state.fetch_update(Ordering::AcqRel, Ordering::Acquire, later);
    }

    fn enter_at(&self, now: i64) -> Option<Pass<'_>> {
        let state = self.state.load(Ordering::Acquire);
        if state == CLOSED {
            return Some(Pass { circuit: self, tries: false });
        }
        let is_first =
            state <= now && self.state.compare_exchange(state, TRIED, Ordering::AcqRel, Ordering::Acquire).is_ok();
        is_first.then(|| Pass { circuit: self, tries: true })
    }

    fn now(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_millis()).unwrap_or(TRIED - 1)
    }

    /// What was `state` rests from `now` on; whether it was that.
    fn rest(&self, state: i64, now: i64) -> bool {
        let until = now + PAUSE.as_millis() as i64;
        self.state.compare_exchange(state, until, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

impl Pass<'_> {
    /// Redis has answered.
    fn worked(mut self) {
        if self.tries {
            self.tries = false;
            self.circuit.state.store(CLOSED, Ordering::Release);
        }
    }

    /// Redis has not answered, or not as it should. Whether that is news: of many who were waiting, the first tells.
    fn failed(self) -> bool {
        let now = self.circuit.now();
        self.failed_at(now)
    }

    fn failed_at(mut self, now: i64) -> bool {
        let tries = std::mem::take(&mut self.tries);
        self.circuit.rest(if tries { TRIED } else { CLOSED }, now) && !tries
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.tries {
            self.circuit.rest(TRIED, self.circuit.now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF: i64 = PAUSE.as_millis() as i64;

    #[test]
    fn after_a_failure_one_tries_for_all() {
        let circuit = Circuit::default();
        let (first, second) = (circuit.enter_at(0).expect("closed"), circuit.enter_at(0).expect("closed"));
        assert!(first.failed_at(100), "the first to know tells");
        assert!(!second.failed_at(400), "the second has nothing to add");
        assert!(circuit.enter_at(99 + HALF).is_none(), "it rests");
        let trying = circuit.enter_at(100 + HALF).expect("the pause is over, from the first failure on");
        for later in [100 + HALF, 10_000_000] {
            assert!(circuit.enter_at(later).is_none(), "one at a time, however long it takes");
        }
        assert!(!trying.failed_at(2_000), "it is known");
        assert!(circuit.enter_at(1_999 + HALF).is_none());
        let trying = circuit.enter_at(2_000 + HALF).expect("one tries again");
        trying.worked();
        for _ in 0..3 {
            circuit.enter_at(2_000 + HALF).expect("all ask again").worked();
        }
    }

    #[test]
    fn who_goes_away_has_found_out_nothing() {
        let circuit = Circuit::default();
        drop(circuit.enter_at(0).expect("closed"));
        circuit.enter_at(0).expect("still closed").failed_at(0);
        let now = circuit.now() + HALF;
        drop(circuit.enter_at(now).expect("it tries"));
        assert!(circuit.enter_at(circuit.now()).is_none(), "it rests again");
        assert!(circuit.enter_at(circuit.now() + HALF).is_some_and(|pass| pass.tries), "and another tries");
    }

    #[test]
    fn of_many_at_the_same_moment_one_tries() {
        let circuit = Circuit::default();
        circuit.enter_at(0).expect("closed").failed_at(0);
        let passes = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| circuit.enter_at(HALF))).collect();
            threads.into_iter().filter_map(|thread| thread.join().expect("no panic")).collect::<Vec<_>>()
        });
        assert_eq!(passes.len(), 1);
    }
}

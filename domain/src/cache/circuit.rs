//! Whether Redis is to be asked at all: after it has failed it is left alone for a moment, and then one caller tries it for
//! all.
//!
//! The others go on without it until that one has an answer, so a Redis that takes commands and never answers holds up one
//! request at a time. A caller that goes away before it knows has found out nothing; if it was the one that tried, another
//! tries after the next pause. Where it matters what others could not tell Redis meanwhile, it is not believed for a while
//! once it answers again.
//!
//! Deliberately absent: counting failures, since one silence is enough; how long Redis may take, which its users say.

use std::fmt::Display;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

/// How long Redis is left alone after it has failed.
const PAUSE: Duration = Duration::from_millis(500);
/// It is asked by everybody.
const CLOSED: i64 = 0;
/// It is asked by one, and the others go on without it until that one knows.
const TRIED: i64 = i64::MAX;

/// The circuit between this process and Redis.
pub(crate) struct Circuit {
    started: Instant,
    /// [`CLOSED`], [`TRIED`], when it may be tried again, or, negative, when it is believed again: milliseconds since the
    /// start.
    state: AtomicI64,
    /// How long it is not believed once it answers again.
    doubt: Duration,
}

/// Leave to ask, which ends with [`Pass::worked`] or [`Pass::failed`].
struct Pass<'a> {
    circuit: &'a Circuit,
    /// Whether nobody else may ask meanwhile.
    tries: bool,
}

impl Circuit {
    /// A circuit after whose failures Redis is not believed for so long once it answers again.
    pub(crate) fn new(doubt: Duration) -> Self {
        Self { started: Instant::now(), state: AtomicI64::new(CLOSED), doubt }
    }

    /// What `work` yields, which is told whether it tries Redis for all; `None` if Redis is to be left alone, fails or is
    /// not to be believed yet. `instead` says, for the log, what is done then.
    pub(crate) async fn attempt<T, E: Display>(
        &self,
        instead: &str,
        work: impl AsyncFnOnce(bool) -> Result<T, E>,
    ) -> Option<T> {
        let pass = self.enter_at(self.now())?;
        match work(pass.tries).await {
            Ok(done) => pass.worked().then_some(done),
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
        self.state.load(Ordering::Acquire).saturating_abs() > self.now()
    }

    /// Whether all may ask Redis, and believe what it says.
    pub(super) fn is_closed(&self) -> bool {
        self.is_closed_at(self.now())
    }

    /// Redis has failed somebody who did not ask whether they may ask.
    pub(super) fn fail(&self) {
        self.rest(self.now(), |state| state <= CLOSED);
    }

    fn is_closed_at(&self, now: i64) -> bool {
        is_closed(self.state.load(Ordering::Acquire), now)
    }

    fn enter_at(&self, now: i64) -> Option<Pass<'_>> {
        let state = self.state.load(Ordering::Acquire);
        let pass = |tries| Pass { circuit: self, tries };
        if state <= CLOSED {
            return is_closed(state, now).then(|| pass(false));
        }
        let is_first =
            state <= now && self.state.compare_exchange(state, TRIED, Ordering::AcqRel, Ordering::Acquire).is_ok();
        is_first.then(|| pass(true))
    }

    fn now(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_millis()).unwrap_or(TRIED - 1)
    }

    /// Rests from `now` on, if the state `has` what is expected; whether it had.
    fn rest(&self, now: i64, has: impl Fn(i64) -> bool) -> bool {
        let until = now + PAUSE.as_millis() as i64;
        let rests = |state: i64| has(state).then_some(until);
        self.state.fetch_update(Ordering::AcqRel, Ordering::Acquire, rests).is_ok()
    }
}

impl Pass<'_> {
    /// Redis has answered. Whether it is believed: also who asked before it failed others does not believe it after.
    fn worked(self) -> bool {
        let now = self.circuit.now();
        self.worked_at(now)
    }

    fn worked_at(mut self, now: i64) -> bool {
        let doubt = self.circuit.doubt.as_millis() as i64;
        if std::mem::take(&mut self.tries) {
            self.circuit.state.store(if doubt == 0 { CLOSED } else { -(now + doubt) }, Ordering::Release);
        }
        doubt == 0 || self.circuit.is_closed_at(now)
    }

    /// Redis has not answered, or not as it should. Whether that is news: of many who were waiting, the first tells.
    fn failed(self) -> bool {
        let now = self.circuit.now();
        self.failed_at(now)
    }

    fn failed_at(mut self, now: i64) -> bool {
        let tries = std::mem::take(&mut self.tries);
        let has = |state| if tries { state == TRIED } else { is_closed(state, now) };
        self.circuit.rest(now, has) && !tries
    }
}

/// Whether all may ask Redis in this state, and believe what it says.
fn is_closed(state: i64, now: i64) -> bool {
    state <= CLOSED && -state <= now
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.tries {
            self.circuit.rest(self.circuit.now(), |state| state == TRIED);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF: i64 = PAUSE.as_millis() as i64;

    #[test]
    fn after_a_failure_one_tries_for_all() {
        let circuit = Circuit::new(Duration::ZERO);
        let [first, second, third] = [0; 3].map(|at| circuit.enter_at(at).expect("closed"));
        assert!(first.failed_at(100), "the first to know tells");
        assert!(third.worked_at(200), "an answer is an answer");
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
    fn what_answers_again_is_not_believed_at_once_where_others_may_have_failed_to_tell_it_something() {
        let circuit = Circuit::new(Duration::from_millis(2_000));
        let (first, late) = (circuit.enter_at(0).expect("closed"), circuit.enter_at(0).expect("closed"));
        first.failed_at(100);
        assert!(!late.worked_at(200), "asked before the failure, answered after it");
        assert!(!circuit.enter_at(100 + HALF).expect("it tries").worked_at(1_000), "it answers again");
        assert!(circuit.enter_at(2_999).is_none() && !circuit.is_closed_at(2_999) && circuit.is_closed_at(3_000));
        let (one, other) = (circuit.enter_at(3_000).expect("believed"), circuit.enter_at(3_000).expect("by all"));
        assert!(one.worked_at(3_001));
        assert!(other.failed_at(3_002), "and it fails once more");
        assert!(circuit.enter_at(3_001 + HALF).is_none());
        assert!(!circuit.enter_at(3_002 + HALF).expect("it tries").worked_at(4_000), "which begins the doubt again");
        circuit.rest(4_500, |state| state <= CLOSED);
        assert!(circuit.enter_at(6_500).is_some_and(|pass| pass.tries), "as does a failure while it lasts");
    }

    #[test]
    fn who_goes_away_has_found_out_nothing() {
        let circuit = Circuit::new(Duration::ZERO);
        drop(circuit.enter_at(0).expect("closed"));
        circuit.enter_at(0).expect("still closed").failed_at(0);
        let now = circuit.now() + HALF;
        drop(circuit.enter_at(now).expect("it tries"));
        assert!(circuit.enter_at(circuit.now()).is_none(), "it rests again");
        assert!(circuit.enter_at(circuit.now() + HALF).is_some_and(|pass| pass.tries), "and another tries");
    }

    #[test]
    fn of_many_at_the_same_moment_one_tries() {
        let circuit = Circuit::new(Duration::ZERO);
        circuit.enter_at(0).expect("closed").failed_at(0);
        let passes = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| circuit.enter_at(HALF))).collect();
            threads.into_iter().filter_map(|thread| thread.join().expect("no panic")).collect::<Vec<_>>()
        });
        assert_eq!(passes.len(), 1);
    }
}

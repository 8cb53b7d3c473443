//! What has been forgotten, and when, as far as this process has heard: by which a kept value is known to be right still.
//!
//! Pure, and the same in one process and over Redis. A value is right at a moment if nothing it was made from has been
//! forgotten between the moment it was made at and that one.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Key;

/// A place in the history of all that was ever forgotten; later ones are greater. Over Redis: microseconds of its clock.
pub(crate) type Moment = u64;

/// When something kept was last known to be right.
pub(super) struct RightAt(AtomicU64);

impl From<Moment> for RightAt {
    fn from(made_at: Moment) -> Self {
        Self(made_at.into())
    }
}

impl RightAt {
    /// Whether it is right now, which was made from `sources`.
    pub(super) fn is_now<S: Iterator<Item = Key>>(&self, history: &History, sources: impl FnOnce() -> S) -> bool {
        let (right_at, now) = (self.0.load(Ordering::Acquire), history.head());
        if right_at >= now {
            return true;
        }
        let is_right = history.upholds(right_at, sources());
        if is_right {
            self.0.fetch_max(now, Ordering::AcqRel);
        }
        is_right
    }
}

/// How many keys are remembered; older ones are dropped by half, with all that was made before them.
const REMEMBERED: usize = 100_000;

/// The forgotten keys.
#[derive(Debug, Default)]
pub(super) struct History {
    head: Moment,
    /// Before this nothing is known: what was made earlier may be wrong.
    floor: Moment,
    last: HashMap<Key, Moment>,
}

impl History {
    /// When something was forgotten last.
    pub(super) fn head(&self) -> Moment {
        self.head
    }

    /// `keys` were forgotten at `at`. What is heard twice, or late, changes nothing.
    pub(super) fn forget(&mut self, at: Moment, keys: impl IntoIterator<Item = Key>) {
        for key in keys {
            let last = self.last.entry(key).or_default();
            *last = at.max(*last);
        }
        self.head = at.max(self.head);
        if self.last.len() > REMEMBERED {
            let mut moments: Vec<Moment> = self.last.values().copied().collect();
            let (_, middle, _) = moments.select_nth_unstable(REMEMBERED / 2);
            self.floor = self.floor.max(*middle);
            let floor = self.floor;
            self.last.retain(|_, last| *last > floor);
        }
    }

    /// Begins anew at `head`: whatever was made before may be wrong.
    pub(super) fn begin(&mut self, head: Moment) {
        *self = Self { head, floor: head, last: HashMap::new() };
    }

    /// Whether what was made at `made_at` from what `sources` stand for is right now.
    pub(super) fn upholds(&self, made_at: Moment, mut sources: impl Iterator<Item = Key>) -> bool {
        made_at >= self.floor && sources.all(|key| self.last.get(&key).is_none_or(|last| *last <= made_at))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::super::Kind;
    use super::*;
    use crate::id::MemberId;

    fn key(number: u8) -> Key {
        (Kind::Card, MemberId(Uuid::from_u128(number.into())))
    }

    proptest! {
        /// Whatever is forgotten in whatever order and heard twice or late: what is upheld is right by the whole list of
        /// what was forgotten, and what is not upheld was forgotten, or made before the beginning.
        #[test]
        fn it_says_what_the_list_of_all_that_was_forgotten_says(
            forgotten in prop::collection::vec((1u64..50, 0u8..8), 0..40),
            begun in 0u64..20,
            made in prop::collection::vec((0u64..60, 0u8..8), 1..40),
        ) {
            let mut history = History::default();
            history.begin(begun);
            for (at, number) in &forgotten {
                history.forget(*at, [key(*number)]);
            }
            for (made_at, number) in made {
                let is_right = made_at >= begun && forgotten.iter().all(|(at, it)| *it != number || *at <= made_at);
                prop_assert_eq!(history.upholds(made_at, [key(number)].into_iter()), is_right);
            }
            prop_assert_eq!(history.head(), forgotten.iter().map(|(at, _)| *at).chain([begun]).max().unwrap_or(0));
        }
    }

    #[test]
    fn what_is_too_long_ago_to_be_remembered_is_not_upheld() {
        let mut history = History::default();
        let key = |number: usize| (Kind::Card, MemberId(Uuid::from_u128(number as u128)));
        for number in 1..=REMEMBERED + 1 {
            history.forget(number as Moment, [key(number)]);
        }
        assert!(history.last.len() <= REMEMBERED / 2 + 1);
        let (early, late) = (REMEMBERED as Moment / 4, REMEMBERED as Moment + 1);
        assert!(!history.upholds(early, [key(0)].into_iter()), "nobody knows");
        assert!(history.upholds(late, [key(0)].into_iter()));
        assert!(!history.upholds(late - 1, [key(REMEMBERED + 1)].into_iter()));
    }
}

//! Whole answers in this process, each with all that it was made from: as long as nothing of that was forgotten, it would be
//! made the same again.
//!
//! What an answer is made from is noted while it is made, by the cache: whatever is read through it is noted as a source,
//! and what reads anything else says so ([`Ctx::reads_beyond_cache`]), after which nothing is kept. Thus an answer is taken
//! by the very rule by which the values are that stand in it, and hides whom they hide in the same instant.
//!
//! Deliberately absent: Redis. Answers are made of values that are there, and which text an answer has is this process's
//! matter.

use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use quick_cache::Weighter;

use super::history::{Moment, RightAt};
use super::{Key, MEGABYTE};
use crate::ctx::{Ctx, Timestamp};

/// How many bytes of them are kept.
const HELD: u64 = 16 * MEGABYTE;
/// How large one is, by which the map guesses how many there will be.
const USUAL: u64 = 8_192;
/// What keeping one takes beside its text and its sources, with what was asked.
const OVERHEAD: usize = 512;

/// Answers with texts `T`, by what was asked.
pub struct Answers<K, T>(quick_cache::sync::Cache<K, Arc<Answer<T>>, Size>);

struct Answer<T> {
    text: T,
    sources: Box<[Key]>,
    right_at: RightAt,
    /// When it ends to be right by itself.
    until: Option<Timestamp>,
}

#[derive(Clone)]
struct Size;

impl<K, T: AsRef<[u8]>> Weighter<K, Arc<Answer<T>>> for Size {
    fn weight(&self, _: &K, answer: &Arc<Answer<T>>) -> u64 {
        (answer.text.as_ref().len() + size_of_val(&*answer.sources) + OVERHEAD) as u64
    }
}

/// What is made from what [`Draft::ctx`] reads.
pub struct Draft {
    /// The asker's, by which everything is read that the answer is made from.
    pub ctx: Ctx,
    notes: Arc<Notes>,
    /// The moment before all that is read; `None` where nothing can be kept.
    at: Option<Moment>,
}

/// What was read.
pub(crate) struct Notes {
    now: Timestamp,
    read: Mutex<Read>,
}

#[derive(Default)]
struct Read {
    sources: Vec<Key>,
    until: Option<Timestamp>,
    /// Whether something was read of which the cache does not know when it changes.
    beyond: bool,
}

impl Notes {
    /// Something was read that was made from these, and is another thing from `until` on.
    pub(super) fn read(&self, sources: impl Iterator<Item = Key>, until: Option<Timestamp>) {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.sources.extend(sources);
        read.until = [read.until, until.filter(|until| *until > self.now)].into_iter().flatten().min();
    }

    fn read_beyond(&self) {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).beyond = true;
    }
}

impl<K: Hash + Eq, T: AsRef<[u8]> + Clone> Default for Answers<K, T> {
    fn default() -> Self {
        Self(quick_cache::sync::Cache::with_weighter((HELD / USUAL) as usize, HELD, Size))
    }
}

impl<K: Hash + Eq, T: AsRef<[u8]> + Clone> Answers<K, T> {
    /// The answer to what was asked so, if there is one and it is right now.
    pub async fn get(&self, ctx: &Ctx, asked: &K) -> Option<T> {
        let answer = self.0.get(asked)?;
        if answer.until.is_some_and(|until| until <= ctx.now) {
            return None;
        }
        ctx.kith.cache.moment().await?;
        let history = ctx.kith.cache.history()?;
        answer.right_at.is_now(&history, || answer.sources.iter().copied()).then(|| answer.text.clone())
    }

    /// Keeps the answer to what was asked so, if it can be known when it will be wrong.
    pub fn keep(&self, asked: K, draft: &Draft, text: T) {
        let mut read = draft.notes.read.lock().unwrap_or_else(PoisonError::into_inner);
        let (Some(at), false) = (draft.at, read.beyond) else { return };
        let mut sources = std::mem::take(&mut read.sources);
        sources.sort_unstable();
        sources.dedup();
        let (sources, until) = (sources.into_boxed_slice(), read.until);
        self.0.insert(asked, Arc::new(Answer { text, sources, right_at: at.into(), until }));
    }
}

impl Draft {
    /// The beginning of an answer to whom `ctx` is of.
    pub async fn begin(ctx: &Ctx) -> Self {
        let at = ctx.kith.cache.moment().await;
        let notes = Arc::new(Notes { now: ctx.now, read: Mutex::default() });
        let mut ctx = ctx.clone();
        ctx.kith.cache.notes = Some(notes.clone());
        Self { ctx, notes, at }
    }
}

impl Ctx {
    /// Says that something is read past the cache: an answer that is made from it cannot be known to be right later.
    pub(crate) fn reads_beyond_cache(&self) {
        if let Some(notes) = &self.kith.cache.notes {
            notes.read_beyond();
        }
    }
}

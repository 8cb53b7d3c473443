//! The cached things of one kind: in Redis, if there is one, and a bounded number of them in this process in front of it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use quick_cache::Weighter;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::answers::Notes;
use super::history::{History, Moment, RightAt};
use super::{Cache, Key, Kind};
use crate::ctx::Timestamp;
use crate::error::{Error, Result};
use crate::id::MemberId;

/// Something that is cached a member.
pub(crate) trait Entry: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Which kind it is; a part of its key.
    const KIND: Kind;
    /// How many bytes of them this process may hold.
    const HELD: u64;

    /// Whether making it takes so long that one process waits while another makes it.
    const LEASED: bool = false;

    /// How many bytes it takes, about.
    fn size(&self) -> usize;

    /// When it becomes another thing by itself, because time has passed.
    fn changes_at(&self) -> Option<Timestamp> {
        None
    }

    /// What it was made from: when one of these is forgotten, it is wrong. That of `id` is one of them.
    fn sources(&self, id: MemberId) -> impl Iterator<Item = Key> {
        _ = self;
        std::iter::once((Self::KIND, id))
    }
}

/// What keeping a thing takes beside the thing.
const OVERHEAD: usize = 96;
/// How large a thing is, by which the map guesses how many there will be.
const USUAL: u64 = 1_024;
/// How long those who asked in one moment share what one of them makes.
const SHARED: Duration = Duration::from_secs(1);
/// How often, and how many times, one who waits for another process looks whether it is done.
const STEP: Duration = Duration::from_millis(5);
const STEPS: u32 = 200;

/// A thing in this process.
struct Held<E> {
    value: Arc<E>,
    right_at: RightAt,
}

#[derive(Clone)]
struct Size;

impl<E: Entry> Weighter<MemberId, Arc<Held<E>>> for Size {
    fn weight(&self, _: &MemberId, held: &Arc<Held<E>>) -> u64 {
        (held.value.size() + OVERHEAD) as u64
    }
}

fn shared<E>(values: Vec<(MemberId, E)>) -> Vec<(MemberId, Arc<E>)> {
    values.into_iter().map(|(id, value)| (id, Arc::new(value))).collect()
}

/// Notes that what there is of `id` was read: also nothing may become something.
fn note<E: Entry>(notes: &Notes, id: MemberId, value: Option<&Arc<E>>) {
    match value {
        Some(value) => notes.read(value.sources(id), value.changes_at()),
        None => notes.read(std::iter::once((E::KIND, id)), None),
    }
}

/// The cached things of one kind.
#[derive(Clone)]
pub(crate) struct Shelf<E: Entry> {
    held: Arc<quick_cache::sync::Cache<MemberId, Arc<Held<E>>, Size>>,
    /// What is being made, by whom it is for and the moment those who wait asked at.
    flights: moka::future::Cache<(MemberId, Moment), Arc<E>>,
}

impl<E: Entry> Default for Shelf<E> {
    fn default() -> Self {
        let held = quick_cache::sync::Cache::with_weighter((E::HELD / USUAL) as usize, E::HELD, Size);
        let flights = moka::future::Cache::builder().max_capacity(32).time_to_live(SHARED).build();
        Self { held: Arc::new(held), flights }
    }
}

impl<E: Entry> Shelf<E> {
    /// The things of `ids`; those not cached are made by one call of `load`, which may leave out what does not exist.
    pub(crate) async fn get_many(
        &self,
        cache: &Cache,
        ids: &[MemberId],
        load: impl AsyncFnOnce(Vec<MemberId>) -> Result<Vec<(MemberId, E)>>,
    ) -> Result<HashMap<MemberId, Arc<E>>> {
        let mut found = HashMap::with_capacity(ids.len());
        if ids.is_empty() {
            return Ok(found);
        }
        let at = cache.moment().await;
        let mut missing: Vec<MemberId> = match cache.history().filter(|_| at.is_some()) {
            Some(history) => {
                found.extend(ids.iter().filter_map(|id| Some((*id, self.held(&history, *id)?))));
                ids.iter().filter(|id| !found.contains_key(id)).copied().collect()
            }
            None => ids.to_vec(),
        };
        if !missing.is_empty() {
            missing.sort_unstable();
            missing.dedup();
            // On the heap: whoever finds everything has no need of the room that asking for it takes.
            found.extend(Box::pin(self.make_many(cache, at, missing, load)).await?);
        }
        if let Some(notes) = &cache.notes {
            ids.iter().for_each(|id| note(notes, *id, found.get(id)));
        }
        Ok(found)
    }

    /// The things of `missing`, from Redis, or made by `load`.
    async fn make_many(
        &self,
        cache: &Cache,
        at: Option<Moment>,
        mut missing: Vec<MemberId>,
        load: impl AsyncFnOnce(Vec<MemberId>) -> Result<Vec<(MemberId, E)>>,
    ) -> Result<Vec<(MemberId, Arc<E>)>> {
        let Some(at) = at else { return Ok(shared(load(missing).await?)) };
        let mut found = self.fetch(cache, &missing).await;
        let known: HashSet<MemberId> = found.iter().map(|(id, _)| *id).collect();
        missing.retain(|id| !known.contains(id));
        if missing.is_empty() {
            return Ok(found);
        }
        let made = shared(load(missing).await?);
        self.keep(cache, at, &made);
        found.extend(made);
        Ok(found)
    }

    /// The thing of `id`, made by `make` if it is not cached: once, however many ask for it at the same moment.
    pub(crate) async fn get(
        &self,
        cache: &Cache,
        id: MemberId,
        make: impl AsyncFnOnce() -> Result<E>,
    ) -> Result<Arc<E>> {
        self.get_or_derive(cache, id, || None, make).await
    }

    /// As [`Shelf::get`]; what this process does not hold is made by `derive`, if that can, of other things that it holds,
    /// without asking Redis first: for what is made about as quickly as it is fetched.
    pub(crate) async fn get_or_derive(
        &self,
        cache: &Cache,
        id: MemberId,
        derive: impl FnOnce() -> Option<E>,
        make: impl AsyncFnOnce() -> Result<E>,
    ) -> Result<Arc<E>> {
        let at = cache.moment().await;
        let held = at.and_then(|at| {
            self.as_heard(cache, id).or_else(|| {
                let derived = Arc::new(derive()?);
                self.keep(cache, at, &[(id, derived.clone())]);
                Some(derived)
            })
        });
        let value = match held {
            Some(value) => value,
            // On the heap, as above.
            None => Box::pin(self.make(cache, at, id, make)).await?,
        };
        if let Some(notes) = &cache.notes {
            note(notes, id, Some(&value));
        }
        Ok(value)
    }

    /// The thing of `id`, from Redis, or made by `make`.
    async fn make(
        &self,
        cache: &Cache,
        at: Option<Moment>,
        id: MemberId,
        make: impl AsyncFnOnce() -> Result<E>,
    ) -> Result<Arc<E>> {
        let Some(at) = at else { return make().await.map(Arc::new) };
        let value = self.flights.try_get_with((id, at), async {
            if let Some(value) = self.found(cache, id).await {
                return Ok(value);
            }
            let made = Arc::new(make().await?);
            self.keep(cache, at, &[(id, made.clone())]);
            Ok::<_, Error>(made)
        });
        value.await.map_err(|shared| match &*shared {
            Error::Unavailable(wait) => Error::Unavailable(*wait),
            other => Error::Internal(format!("making a cached value: {other:?}")),
        })
    }

    /// The thing of `id` as Redis has it. If it is leased and another process is making it now, as soon as it has; if none
    /// is, this process makes it, and the others wait.
    async fn found(&self, cache: &Cache, id: MemberId) -> Option<Arc<E>> {
        if !E::LEASED {
            return self.fetch(cache, &[id]).await.pop().map(|(_, value)| value);
        }
        let redis = cache.shared()?;
        for _ in 0..STEPS {
            let (value, is_ours) = redis.attempt(redis.read_or_lease::<E>(id)).await?;
            let right = value.and_then(|(made_at, value)| self.take_in(&redis.history(), id, made_at, value));
            if right.is_some() && is_ours {
                redis.attempt(redis.release(&(E::KIND, id))).await;
            }
            if right.is_some() || is_ours {
                return right;
            }
            tokio::time::sleep(STEP).await;
        }
        None
    }

    /// What this process holds for `id`, if it is right as far as this process has heard: nobody is asked.
    pub(crate) fn as_heard(&self, cache: &Cache, id: MemberId) -> Option<Arc<E>> {
        self.held(&*cache.history()?, id)
    }

    /// What this process holds for `id`, if it is right.
    fn held(&self, history: &History, id: MemberId) -> Option<Arc<E>> {
        let held = self.held.get(&id)?;
        held.right_at.is_now(history, || held.value.sources(id)).then(|| held.value.clone())
    }

    /// What Redis has for `ids`, as far as it is right.
    async fn fetch(&self, cache: &Cache, ids: &[MemberId]) -> Vec<(MemberId, Arc<E>)> {
        let Some(redis) = cache.shared() else { return Vec::new() };
        let values = redis.attempt(redis.read::<E>(ids)).await.unwrap_or_default();
        let history = redis.history();
        let right = values
            .into_iter()
            .filter_map(|(id, made_at, value)| Some((id, self.take_in(&history, id, made_at, value)?)));
        right.collect()
    }

    /// Holds a value of Redis's that was made at `made_at`, if it is right.
    fn take_in(&self, history: &History, id: MemberId, made_at: Moment, value: E) -> Option<Arc<E>> {
        let value = history.upholds(made_at, value.sources(id)).then(|| Arc::new(value))?;
        self.hold(id, made_at, value.clone());
        Some(value)
    }

    /// Keeps what was made from what was so at `at`, or later. Nobody waits until Redis has it.
    fn keep(&self, cache: &Cache, at: Moment, made: &[(MemberId, Arc<E>)]) {
        for (id, value) in made {
            self.hold(*id, at, value.clone());
        }
        if cache.is_shared() {
            let (cache, made) = (cache.clone(), made.to_vec());
            tokio::spawn(async move {
                if let Some(redis) = cache.shared() {
                    redis.attempt(redis.write(at, &made)).await;
                }
            });
        }
    }

    fn hold(&self, id: MemberId, made_at: Moment, value: Arc<E>) {
        self.held.insert(id, Arc::new(Held { value, right_at: made_at.into() }));
    }
}

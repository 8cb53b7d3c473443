//! The Redis that all replicas share: what they keep there, and the log by which each hears what the others have forgotten.
//!
//! **The log.** `head` is the moment at which something was forgotten last; the stream `log` has what, each entry with the
//! moment of the one before it. A reader asks for `head` alone; if it has moved, for what the log has since then. Where the
//! log does not go on from what a process knows (it was cut, emptied, evicted, or Redis went back to an older copy), that
//! process begins anew, as a fresh one does: it believes only what was made since the oldest entry that it did not know.
//! Moments are those of Redis's own clock, so they go on after Redis was emptied. All who ask in one thread while the answer
//! to another's question is on its way ask together, once it has come: the question must be asked after theirs was.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::streams::{StreamId, StreamRangeReply};
use redis::{Pipeline, RedisError, RedisResult, Script};
use tokio::sync::Mutex;

use super::circuit::Circuit;
use super::history::{History, Moment};
use super::shelf::Entry;
use super::{Key, Kind};
use crate::error::{Error, Result};
use crate::id::MemberId;

/// How long Redis may take to answer before a read goes to the database instead.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long values are kept.
const KEPT: Duration = Duration::from_secs(600);
/// How long others wait for a process that makes a value, and may have died.
const LEASE: Duration = Duration::from_secs(2);
/// How long this process does not believe Redis once it answers again: what a process could not tell it meanwhile is told by
/// the outbox ([`crate::event`]) in less, so nobody who saw it fail reads what has changed as it was.
const UNTOLD: Duration = Duration::from_secs(2);
/// How many keys are forgotten in one step.
const AT_ONCE: usize = 1_000;
/// How many connections of one kind there can be: each thread has one of its own, as long as there are no more threads.
const LANES: usize = 64;

/// KEYS: the head, the log, then the values to forget. ARGV: a moment that must have passed, and the forgotten keys. Adds to
/// the log, also when memory is full (an entry is small, and what is not told would be served), and returns the moment
/// and that of the entry before.
static FORGET: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"#!lua flags=allow-oom
local last, time = tonumber(redis.call('GET', KEYS[1]) or '0'), redis.call('TIME')
local at = math.max(time[1] * 1000000 + time[2], last + 1, tonumber(ARGV[1]) + 1)
for i = 3, #KEYS do redis.call('UNLINK', KEYS[i]) end
local entry = { string.format('%.0f-0', at), 'after', string.format('%.0f', last), 'keys', ARGV[2] }
if redis.pcall('XADD', KEYS[2], 'MAXLEN', '~', 4096, unpack(entry)).err then
  redis.call('UNLINK', KEYS[2])
  redis.call('XADD', KEYS[2], unpack(entry))
end
redis.call('SET', KEYS[1], string.format('%.0f', at))
return { string.format('%.0f', at), string.format('%.0f', last) }",
    )
});

/// A Redis, for those modules that may speak to one.
pub(crate) struct Redis {
    client: redis::Client,
    prefix: String,
    lanes: Lanes<Lane>,
    history: RwLock<History>,
    circuit: Circuit,
}

/// A connection, and the questions for the head that are asked by it, one after the other.
struct Lane {
    connection: ConnectionManager,
    turn: Mutex<()>,
    /// How many questions were begun, and which was the last to be answered.
    begun: AtomicU64,
    answered: AtomicU64,
}

/// One of something for each thread, so that none waits for what another thread drives.
pub(crate) struct Lanes<T>(Vec<T>);

thread_local! {
    /// Which lane is this thread's.
    static LANE: usize = {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        NEXT.fetch_add(1, Ordering::Relaxed)
    };
}

impl<T> Lanes<T> {
    fn new(make: impl Fn() -> RedisResult<T>) -> RedisResult<Self> {
        (0..LANES).map(|_| make()).collect::<RedisResult<_>>().map(Self)
    }

    /// This thread's.
    pub(crate) fn mine(&self) -> &T {
        &self.0[LANE.with(|lane| lane % self.0.len())]
    }
}

impl Redis {
    /// The Redis at `url`. Connects when first used.
    pub(super) fn new(url: &str, prefix: &str) -> Result<Self> {
        let wrong = |cause: RedisError| Error::Internal(format!("redis: {cause}"));
        let client = redis::Client::open(url).map_err(wrong)?;
        let lane = || {
            let connection = connection(&client, PATIENCE)?;
            Ok(Lane { connection, turn: Mutex::default(), begun: AtomicU64::new(0), answered: AtomicU64::new(0) })
        };
        Ok(Self {
            lanes: Lanes::new(lane).map_err(wrong)?,
            client,
            prefix: prefix.to_owned(),
            history: RwLock::default(),
            circuit: Circuit::new(UNTOLD),
        })
    }

    /// A connection, which many may use at once.
    pub(crate) fn connection(&self) -> ConnectionManager {
        self.lanes.mine().connection.clone()
    }

    /// Connections of one's own, on which Redis may take so long to answer. They connect when first used.
    ///
    /// # Errors
    /// As the address says.
    pub(crate) fn connect(&self, patience: Duration) -> RedisResult<Lanes<ConnectionManager>> {
        Lanes::new(|| connection(&self.client, patience))
    }

    /// By which another kind of connection is made.
    pub(crate) fn client(&self) -> &redis::Client {
        &self.client
    }

    /// The whole name of a key, or of a channel.
    pub(crate) fn key_of(&self, name: &[u8]) -> Vec<u8> {
        [self.prefix.as_bytes(), name].concat()
    }

    /// Under which key it has the moment at which something was forgotten last.
    pub(crate) fn head_key(&self) -> Vec<u8> {
        self.key_of(b":head")
    }

    fn value_key(&self, key: &Key) -> Vec<u8> {
        [self.prefix.as_bytes(), b":v", &name(key)[..]].concat()
    }

    fn lease_key(&self, key: &Key) -> Vec<u8> {
        [self.prefix.as_bytes(), b":w", &name(key)[..]].concat()
    }

    /// What `work` yields, or `None` if Redis fails or is not to be believed.
    pub(crate) async fn attempt<T>(&self, work: impl Future<Output = RedisResult<T>>) -> Option<T> {
        self.circuit.attempt("reading from the database", async |_| work.await).await
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

    /// Whether what it says is to be believed now.
    pub(super) fn is_believed(&self) -> bool {
        self.circuit.is_closed()
    }

    /// A moment that is not before this call, up to which this process knows all that was forgotten.
    pub(super) async fn moment(&self) -> Option<Moment> {
        if self.circuit.rests() {
            return None;
        }
        let lane = self.lanes.mine();
        let wanted = lane.begun.load(Ordering::Acquire) + 1;
        let _turn = lane.turn.lock().await;
        if lane.answered.load(Ordering::Acquire) < wanted {
            let this = lane.begun.fetch_add(1, Ordering::AcqRel) + 1;
            self.attempt(self.catch_up()).await?;
            lane.answered.store(this, Ordering::Release);
        }
        Some(self.history().head())
    }

    /// Hears what was forgotten until now.
    async fn catch_up(&self) -> RedisResult<()> {
        let known = self.history().head();
        let mut connection = self.connection();
        let head: Option<Moment> = redis::cmd("GET").arg(self.head_key()).query_async(&mut connection).await?;
        let head = match head {
            Some(head) if head >= known => head,
            // There is none yet, or it is older than what this process has heard.
            _ => self.tell(known, &[], Vec::new()).await?.0,
        };
        if head > known {
            self.hear(known, head, &self.log_after(known).await?);
        }
        Ok(())
    }

    /// What the log has after `known`.
    async fn log_after(&self, known: Moment) -> RedisResult<Vec<Told>> {
        let mut range = redis::cmd("XRANGE");
        range.arg(self.key_of(b":log")).arg(format!("({known}-0")).arg("+");
        let entries: StreamRangeReply = range.query_async(&mut self.connection()).await?;
        Ok(entries.ids.iter().map_while(Told::of).collect())
    }

    /// Takes in what the log has after `known`, up to `head` or further; begins anew with it if it does not go on from there.
    fn hear(&self, known: Moment, head: Moment, entries: &[Told]) {
        let follows = |last: Moment, entry: &Told| (entry.after == last).then_some(entry.at);
        let goes_on = known > 0 && entries.iter().try_fold(known, follows).is_some_and(|last| last >= head);
        let mut history = self.change();
        if goes_on {
            entries.iter().for_each(|entry| history.forget(entry.at, entry.keys.iter().copied()));
        } else {
            let anew = begun(head, entries);
            // Another thread may have gone further already.
            if anew.head() > history.head() {
                *history = anew;
            }
        }
    }

    /// Makes every replica forget what was made from what `keys` stand for. Once this has returned, no read that begins
    /// serves it.
    pub(super) async fn forget(&self, keys: &[Key]) -> RedisResult<()> {
        for some in keys.chunks(AT_ONCE) {
            let names: Vec<u8> = some.iter().flat_map(name).collect();
            let (at, after) = self.tell(0, some, names).await.inspect_err(|_| self.circuit.fail())?;
            let mut history = self.change();
            // Nobody has told of anything in between: this need not be asked for.
            if after > 0 && history.head() == after {
                history.forget(at, some.iter().copied());
            }
        }
        Ok(())
    }

    /// Adds to the log, and drops the values of `keys`: nothing of somebody who is gone stays behind. The moment, and that of
    /// the entry before.
    async fn tell(&self, passed: Moment, keys: &[Key], names: Vec<u8>) -> RedisResult<(Moment, Moment)> {
        let mut call = FORGET.key(self.head_key());
        call.key(self.key_of(b":log"));
        for key in keys {
            call.key(self.value_key(key));
        }
        call.arg(passed).arg(names);
        let told = call.invoke_async(&mut self.connection()).await;
        match told {
            // The connection was lost while nobody used it, which shows only now: the next one may do. To tell twice does
            // no harm.
            Err(error) if error.is_connection_dropped() => call.invoke_async(&mut self.connection()).await,
            told => told,
        }
    }

    pub(super) fn history(&self) -> RwLockReadGuard<'_, History> {
        self.history.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self) -> RwLockWriteGuard<'_, History> {
        self.history.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value kept for `id` with the moment it was made at, and whether this process may make it now: no other does.
    pub(super) async fn read_or_lease<E: Entry>(&self, id: MemberId) -> RedisResult<(Option<(Moment, E)>, bool)> {
        let key = (E::KIND, id);
        let mut pipe = Pipeline::new();
        pipe.cmd("GET").arg(self.value_key(&key));
        pipe.cmd("SET").arg(self.lease_key(&key)).arg(1).arg("NX").arg("PX").arg(LEASE.as_millis() as u64);
        let (value, is_ours): (Option<Vec<u8>>, bool) = pipe.query_async(&mut self.connection()).await?;
        Ok((value.and_then(|value| postcard::from_bytes(&value).ok()), is_ours))
    }

    /// Lets others make the value of `key`.
    pub(super) async fn release(&self, key: &Key) -> RedisResult<()> {
        redis::cmd("UNLINK").arg(self.lease_key(key)).query_async(&mut self.connection()).await
    }

    /// The values kept for `ids`, each with the moment it was made at.
    pub(super) async fn read<E: Entry>(&self, ids: &[MemberId]) -> RedisResult<Vec<(MemberId, Moment, E)>> {
        let names: Vec<Vec<u8>> = ids.iter().map(|id| self.value_key(&(E::KIND, *id))).collect();
        let values: Vec<Option<Vec<u8>>> = redis::cmd("MGET").arg(names).query_async(&mut self.connection()).await?;
        let read = ids.iter().zip(values).filter_map(|(id, value)| {
            let (made_at, value) = postcard::from_bytes::<(Moment, E)>(&value?).ok()?;
            Some((*id, made_at, value))
        });
        Ok(read.collect())
    }

    /// Keeps values that were made at `made_at`.
    pub(super) async fn write<E: Entry>(&self, made_at: Moment, values: &[(MemberId, Arc<E>)]) -> RedisResult<()> {
        let mut pipe = Pipeline::new();
        for (id, value) in values {
            let Ok(bytes) = postcard::to_allocvec(&(made_at, &**value)) else { continue };
            pipe.cmd("SET").arg(self.value_key(&(E::KIND, *id))).arg(bytes).arg("EX").arg(KEPT.as_secs()).ignore();
            if E::LEASED {
                pipe.cmd("UNLINK").arg(self.lease_key(&(E::KIND, *id))).ignore();
            }
        }
        pipe.query_async(&mut self.connection()).await
    }
}

/// A connection, made when it is first used, on which Redis may take so long.
fn connection(client: &redis::Client, patience: Duration) -> RedisResult<ConnectionManager> {
    let config = ConnectionManagerConfig::new()
        .set_response_timeout(Some(patience))
        .set_connection_timeout(Some(patience))
        .set_number_of_retries(1)
        .set_max_delay(patience);
    ConnectionManager::new_lazy_with_config(client.clone(), config)
}

/// A history that begins with these entries of the log, and knows nothing of what was before the first of them, or before
/// one that does not follow the one before it.
fn begun(head: Moment, entries: &[Told]) -> History {
    let mut history = History::default();
    for entry in entries {
        if entry.after == history.head() && entry.after > 0 {
            history.forget(entry.at, entry.keys.iter().copied());
        } else {
            history.begin(entry.at);
        }
    }
    if history.head() < head {
        history.begin(head);
    }
    history
}

/// An entry of the log.
struct Told {
    at: Moment,
    /// When something was forgotten before.
    after: Moment,
    keys: Vec<Key>,
}

impl Told {
    fn of(entry: &StreamId) -> Option<Self> {
        let at = entry.id.split('-').next()?.parse().ok()?;
        Some(Self { at, after: entry.get("after")?, keys: named(&entry.get::<Vec<u8>>("keys")?) })
    }
}

/// How many bytes name a key: its kind's tag, and its member.
const NAME: usize = 18;

fn name((kind, member): &Key) -> [u8; NAME] {
    let mut name = [0; NAME];
    name[..2].copy_from_slice(kind.tag());
    name[2..].copy_from_slice(member.0.as_bytes());
    name
}

/// The keys of these names, without those of kinds this version does not know.
fn named(names: &[u8]) -> Vec<Key> {
    let key =
        |name: &[u8]| Some((Kind::tagged(name.get(..2)?)?, MemberId(uuid::Uuid::from_slice(name.get(2..)?).ok()?)));
    names.chunks(NAME).filter_map(key).collect()
}

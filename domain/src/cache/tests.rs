//! What no order of events may break: a value made before a change is never served after it, and many who ask for the
//! same thing have it made once. In process, and on two replicas over one Redis.

use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use futures::future::{join, join_all};
use tokio::sync::oneshot;

use serde::Serialize;

use super::*;
use crate::error::Error;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
struct Word(String);

impl Entry for Word {
    const KIND: Kind = Kind::Card;
    const HELD: u64 = MEGABYTE;
    const LEASED: bool = true;

    fn size(&self) -> usize {
        self.0.len()
    }
}

fn word(text: &str) -> Word {
    Word(text.to_owned())
}

/// A process.
#[derive(Clone)]
struct Process {
    cache: Cache,
    shelf: Shelf<Word>,
}

impl Process {
    fn new(cache: Cache) -> Self {
        Self { cache, shelf: Shelf::default() }
    }
}

/// Two processes that share a cache.
struct Pair {
    one: Process,
    other: Process,
}

impl Pair {
    /// The same process twice, since no other shares its cache.
    fn local() -> Self {
        let one = Process::new(Cache::local());
        Self { other: one.clone(), one }
    }

    #[expect(clippy::disallowed_methods, reason = "what `.ci/test` has brought up")]
    fn redis() -> Self {
        let url = std::env::var("TEST_REDIS_URL")
            .unwrap_or_else(|_| panic!("TEST_REDIS_URL is not set: run the tests by `bash .ci/test`"));
        let prefix = format!("unit-{}", uuid::Uuid::new_v4());
        let process = || Process::new(Cache::redis(&url, &prefix).unwrap());
        Self { one: process(), other: process() }
    }
}

async fn get(process: &Process, id: MemberId, text: &str) -> String {
    process.shelf.get(&process.cache, id, async || Ok(word(text))).await.unwrap().0.clone()
}

async fn get_many(process: &Process, id: MemberId, text: &str) -> String {
    let load = async |ids: Vec<MemberId>| Ok(ids.into_iter().map(|id| (id, word(text))).collect());
    let found = process.shelf.get_many(&process.cache, &[id], load).await;
    found.unwrap()[&id].0.clone()
}

/// Has a process make `before` for `id`, and lets `change` happen between what that reads and what it keeps.
async fn made_late(process: &Process, id: MemberId, change: impl Future<Output = ()>) -> Arc<Word> {
    let ((reading, is_reading), (changed, is_changed)) = (oneshot::channel(), oneshot::channel());
    let late = process.shelf.get(&process.cache, id, async || {
        reading.send(()).unwrap();
        is_changed.await.unwrap();
        Ok(word("before"))
    });
    let change = async {
        is_reading.await.unwrap();
        change.await;
        changed.send(()).unwrap();
    };
    join(late, change).await.0.unwrap()
}

async fn forget(process: &Process, id: MemberId) {
    process.cache.forget(&[(Word::KIND, id)]).await.unwrap();
}

/// A test of a pair in process, and of one over Redis.
macro_rules! on_both {
    ($($name:ident)+) => {$(
        mod $name {
            #[tokio::test]
            async fn in_process() {
                super::$name(super::Pair::local()).await;
            }

            #[tokio::test]
            async fn in_redis() {
                super::$name(super::Pair::redis()).await;
            }
        }
    )+};
}

on_both! {
    what_was_made_is_kept_until_it_is_forgotten
    a_value_made_before_a_change_is_not_served_after_it
    many_values_made_before_a_change_are_not_served_after_it
    a_thousand_who_ask_at_once_have_it_made_once
    what_could_not_be_made_is_not_kept
}

async fn what_was_made_is_kept_until_it_is_forgotten(Pair { one, other }: Pair) {
    let (id, stranger) = (MemberId::fresh(), MemberId::fresh());
    assert_eq!(get(&one, id, "first").await, "first");
    for process in [&one, &other] {
        assert_eq!(get(process, id, "second").await, "first");
        assert_eq!(get_many(process, id, "second").await, "first");
        assert_eq!(get(process, stranger, "theirs").await, "theirs");
    }
    forget(&other, id).await;
    assert_eq!(get_many(&one, id, "second").await, "second");
    assert_eq!(get(&other, id, "third").await, "second");
    assert_eq!(get(&other, stranger, "no longer").await, "theirs");
}

async fn a_value_made_before_a_change_is_not_served_after_it(Pair { one, other }: Pair) {
    let id = MemberId::fresh();
    let late = made_late(&one, id, async {
        forget(&other, id).await;
        // Whoever asks now does not wait for what was begun before.
        assert_eq!(get(&one, id, "after").await, "after");
    });
    assert_eq!(*late.await, word("before"), "who asked before the change may be told what was");
    for process in [&one, &other] {
        assert_eq!(get(process, id, "after").await, "after");
        assert_eq!(get_many(process, id, "after").await, "after");
    }
}

async fn many_values_made_before_a_change_are_not_served_after_it(Pair { one, other }: Pair) {
    let ids: Vec<MemberId> = (0..20).map(|_| MemberId::fresh()).collect();
    let ((reading, is_reading), (changed, is_changed)) = (oneshot::channel(), oneshot::channel());
    let late = one.shelf.get_many(&one.cache, &ids, async |missing| {
        reading.send(()).unwrap();
        is_changed.await.unwrap();
        Ok(missing.into_iter().map(|id| (id, word("before"))).collect())
    });
    let change = async {
        is_reading.await.unwrap();
        forget(&other, ids[7]).await;
        changed.send(()).unwrap();
    };
    let (late, ()) = join(late, change).await;
    assert_eq!(late.unwrap().len(), 20);
    for process in [&one, &other] {
        assert_eq!(get_many(process, ids[7], "after").await, "after");
        assert_eq!(get_many(process, ids[8], "after").await, "before", "nobody has changed this one");
    }
}

async fn a_thousand_who_ask_at_once_have_it_made_once(Pair { one, other }: Pair) {
    let processes = if one.cache.is_shared() { 2 } else { 1 };
    let (id, made) = (MemberId::fresh(), AtomicUsize::new(0));
    let ask = |who: usize| {
        let process = if who.is_multiple_of(2) { &one } else { &other };
        process.shelf.get(&process.cache, id, async || {
            made.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok(word("made"))
        })
    };
    let answers = join_all((0..1_000).map(ask)).await;
    assert!(answers.into_iter().all(|answer| *answer.unwrap() == word("made")));
    let made = made.load(Ordering::Relaxed);
    assert!((1..=processes).contains(&made), "made {made} times by {processes} processes");
}

/// Two processes over one Redis, what one of them holds, and a command for Redis about the key of that name.
async fn a_pair_that_holds(id: MemberId, text: &str) -> (Pair, impl AsyncFn(&str, &[u8], &[&str]) -> Option<String>) {
    let pair = Pair::redis();
    assert_eq!(get(&pair.one, id, text).await, text);
    let redis = pair.other.cache.clone();
    let command = async move |command: &str, name: &[u8], arguments: &[&str]| {
        let redis = redis.shared().unwrap();
        let mut command = redis::cmd(command);
        command.arg(redis.key_of(name)).arg(arguments);
        command.query_async::<Option<String>>(&mut redis.connection()).await.unwrap()
    };
    (pair, command)
}

#[tokio::test]
async fn nothing_is_believed_where_the_log_does_not_go_on_from_what_was_heard() {
    for lost in [&b":head"[..], b":log"] {
        let id = MemberId::fresh();
        let (Pair { one, other }, command) = a_pair_that_holds(id, "before").await;
        forget(&other, id).await;
        command("UNLINK", lost, &[]).await;
        assert_eq!(get(&one, id, "after").await, "after");
        assert_eq!(get(&other, id, "later").await, "after");
    }
}

#[tokio::test]
async fn nothing_is_believed_after_redis_went_back_to_an_older_copy() {
    let id = MemberId::fresh();
    let (Pair { one, other }, command) = a_pair_that_holds(id, "before").await;
    for _ in 0..3 {
        forget(&other, MemberId::fresh()).await;
    }
    assert_eq!(get(&one, id, "not made").await, "before");
    // An old copy: what was forgotten lately is not in it, and neither is what is forgotten now and was lost on the way.
    command("SET", b":head", &["1000000"]).await;
    command("UNLINK", b":log", &[]).await;
    assert_eq!(get(&one, id, "again").await, "again", "neither what it holds is believed, nor what Redis has");
    forget(&other, id).await;
    assert_eq!(get(&one, id, "after").await, "after");
}

#[tokio::test]
async fn what_was_heard_is_not_unheard_when_redis_has_lost_it() {
    let (id, stranger) = (MemberId::fresh(), MemberId::fresh());
    let (Pair { one, other }, command) = a_pair_that_holds(id, "before").await;
    let head = async || command("GET", b":head", &[]).await.unwrap();
    let before = head().await;
    forget(&other, id).await;
    assert_eq!(get(&one, stranger, "theirs").await, "theirs", "by which it has heard of the change");
    // A copy that lacks what was written last takes over, and goes on.
    command("XDEL", b":log", &[&format!("{}-0", head().await)]).await;
    command("SET", b":head", &[&before]).await;
    forget(&other, stranger).await;
    assert_eq!(get(&one, id, "after").await, "after");
}

#[tokio::test]
async fn whoever_writes_reads_anew_also_if_redis_was_not_told() {
    let cache = Cache::redis("redis://127.0.0.1:1", "nowhere").unwrap().of_one_moment();
    let of = cache.of.clone().unwrap();
    of.store(5, Ordering::Release);
    assert_eq!(cache.moment().await, Some(5), "as long as it has not written");
    assert!(cache.forget(&[(Word::KIND, MemberId::fresh())]).await.is_err());
    assert_eq!(cache.moment().await, None, "Redis is away: it reads the database");
}

#[tokio::test]
async fn as_long_as_redis_was_not_told_of_a_change_it_is_not_believed() {
    let id = MemberId::fresh();
    let (Pair { one, .. }, command) = a_pair_that_holds(id, "before").await;
    let (head, request) = (command("GET", b":head", &[]).await.unwrap(), one.cache.of_one_moment());
    command("SET", b":head", &["no number"]).await;
    assert!(one.cache.forget(&[(Word::KIND, id)]).await.is_err());
    command("SET", b":head", &[&head]).await;
    request.heard(head.parse().unwrap());
    for cache in [one.cache.clone(), request] {
        assert_eq!(get(&Process { cache, ..one.clone() }, id, "after").await, "after");
    }
}

#[tokio::test]
async fn who_saw_redis_fail_does_not_believe_it_before_the_others_have_told_it_of_their_changes() {
    let id = MemberId::fresh();
    let (Pair { one, other }, command) = a_pair_that_holds(id, "before").await;
    let head = command("GET", b":head", &[]).await.unwrap();
    command("SET", b":head", &["no number"]).await;
    assert!(one.cache.forget(&[(Word::KIND, id)]).await.is_err());
    assert_eq!(get(&other, id, "after").await, "after", "the other process saw it fail as well");
    command("SET", b":head", &[&head]).await;
    for _ in 0..15 {
        assert_eq!(get(&other, id, "after").await, "after", "it answers again, and has not heard of the change");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    forget(&one, id).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(get(&other, id, "kept").await, "kept", "it is believed again");
    assert_eq!(get(&other, id, "later").await, "kept");
}

#[tokio::test]
async fn a_value_kept_late_by_another_process_is_not_believed() {
    let id = MemberId::fresh();
    let Pair { one, other } = Pair::redis();
    assert_eq!(*made_late(&one, id, forget(&other, id)).await, word("before"));
    let kept = async || other.cache.shared().unwrap().read::<Word>(&[id]).await.unwrap().pop();
    while kept().await.is_none() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(kept().await.unwrap().2, word("before"), "it was kept in Redis, after the change");
    assert_eq!(get(&other, id, "after").await, "after");
    assert_eq!(get(&one, id, "later").await, "after");
}

#[tokio::test]
async fn all_a_request_reads_is_of_one_moment_unless_it_writes() {
    let id = MemberId::fresh();
    let Pair { one, other } = Pair::redis();
    let request = Process { cache: one.cache.of_one_moment(), ..one.clone() };
    assert_eq!(get(&request, id, "first").await, "first");
    forget(&other, id).await;
    assert_eq!(get(&request, id, "second").await, "first", "as it was when it began");
    forget(&request, MemberId::fresh()).await;
    assert_eq!(get(&request, id, "second").await, "second");
}

#[tokio::test]
async fn what_is_heard_on_the_way_is_the_moment_of_a_request_if_it_is_known() {
    let id = MemberId::fresh();
    let Pair { one, other } = Pair::redis();
    assert_eq!(get(&one, id, "first").await, "first");
    let known = one.cache.history().unwrap().head();
    let request = |heard| {
        let cache = one.cache.of_one_moment();
        cache.heard(heard);
        Process { cache, ..one.clone() }
    };
    let (asks_nothing, asks) = (request(known), request(known + 1));
    forget(&other, id).await;
    assert_eq!(get(&asks_nothing, id, "second").await, "first", "as it was when it heard");
    assert_eq!(get(&asks, id, "second").await, "second", "what it has not heard of it asks for");
}

#[tokio::test]
async fn what_a_process_derives_from_what_it_holds_is_kept_and_forgotten_as_any_other() {
    let id = MemberId::fresh();
    let Pair { one, other } = Pair::redis();
    let derived = async |text: &str| {
        let make = async || Err(Error::Internal("it can be derived".to_owned()));
        one.shelf.get_or_derive(&one.cache, id, || Some(word(text)), make).await.unwrap().0.clone()
    };
    assert_eq!(derived("first").await, "first");
    assert_eq!(derived("second").await, "first", "it is held");
    while other.cache.shared().unwrap().read::<Word>(&[id]).await.unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(get(&other, id, "of its own").await, "first", "and told");
    forget(&other, id).await;
    assert_eq!(derived("second").await, "second");
}

#[tokio::test]
async fn a_process_hears_what_it_has_forgotten_itself_unless_there_was_more() {
    let (id, stranger) = (MemberId::fresh(), MemberId::fresh());
    let (Pair { one, other }, command) = a_pair_that_holds(id, "first").await;
    let is_heard = async || {
        let head = one.cache.history().unwrap().head();
        command("GET", b":head", &[]).await.unwrap().parse() == Ok(head)
    };
    forget(&one, id).await;
    assert!(is_heard().await);
    assert_eq!(get(&one, id, "second").await, "second");
    assert_eq!(get(&one, stranger, "theirs").await, "theirs");
    forget(&other, stranger).await;
    forget(&one, id).await;
    assert!(!is_heard().await, "there is something in between");
    assert_eq!(get(&one, stranger, "other").await, "other");
    assert_eq!(get(&one, id, "third").await, "third");
    assert!(is_heard().await);
}

async fn what_could_not_be_made_is_not_kept(Pair { one, other }: Pair) {
    let id = MemberId::fresh();
    let failed = one.shelf.get(&one.cache, id, async || Err(Error::Unavailable(Duration::from_secs(3)))).await;
    assert!(matches!(failed, Err(Error::Unavailable(wait)) if wait == Duration::from_secs(3)));
    assert!(one.shelf.get_many(&one.cache, &[id], async |_| Err(Error::Internal("away".to_owned()))).await.is_err());
    assert_eq!(get(&one, id, "made").await, "made");
    assert_eq!(get(&other, id, "again").await, "made");
}

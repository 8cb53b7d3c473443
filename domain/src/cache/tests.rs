//! What no order of events may break: a value made before a change is never served after it, and many who ask for the
//! same thing have it made once. In process, and on two replicas over one Redis.

use std::sync::atomic::AtomicUsize;

use futures::future::{join, join_all};
use tokio::sync::oneshot;

use super::*;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
struct Word(String);

impl Entry for Word {
    const KIND: Kind = Kind::Card;
    const HELD: u64 = 10_000;
}

fn word(text: &str) -> Word {
    Word(text.to_owned())
}

/// Two processes that share a cache.
struct Pair {
    one: Shelf<Word>,
    other: Shelf<Word>,
}

impl Pair {
    /// The same process twice, since no other shares its cache.
    fn local() -> Self {
        let one = Shelf::new(&Cache::local());
        Self { other: one.clone(), one }
    }

    #[expect(clippy::disallowed_methods, reason = "what `.ci/test` has brought up")]
    fn redis() -> Self {
        let url = std::env::var("TEST_REDIS_URL")
            .unwrap_or_else(|_| panic!("TEST_REDIS_URL is not set: run the tests by `bash .ci/test`"));
        let prefix = format!("unit-{}", uuid::Uuid::new_v4());
        let shelf = || Shelf::new(&Cache::redis(&url, &prefix).unwrap());
        Self { one: shelf(), other: shelf() }
    }
}

async fn get(shelf: &Shelf<Word>, id: MemberId, text: &str) -> String {
    shelf.get(id, async { Ok(word(text)) }).await.unwrap().0.clone()
}

async fn get_many(shelf: &Shelf<Word>, id: MemberId, text: &str) -> String {
    let found = shelf.get_many(&[id], async |ids| Ok(ids.into_iter().map(|id| (id, word(text))).collect())).await;
    found.unwrap()[&id].0.clone()
}

async fn forget(shelf: &Shelf<Word>, id: MemberId) {
    shelf.cache.forget(&[(Word::KIND, id)]).await.unwrap();
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
    for shelf in [&one, &other] {
        assert_eq!(get(shelf, id, "second").await, "first");
        assert_eq!(get_many(shelf, id, "second").await, "first");
        assert_eq!(get(shelf, stranger, "theirs").await, "theirs");
    }
    forget(&other, id).await;
    assert_eq!(get_many(&one, id, "second").await, "second");
    assert_eq!(get(&other, id, "third").await, "second");
    assert_eq!(get(&other, stranger, "no longer").await, "theirs");
}

async fn a_value_made_before_a_change_is_not_served_after_it(Pair { one, other }: Pair) {
    let id = MemberId::fresh();
    let ((reading, is_reading), (changed, is_changed)) = (oneshot::channel(), oneshot::channel());
    let late = one.get(id, async {
        reading.send(()).unwrap();
        is_changed.await.unwrap();
        Ok(word("before"))
    });
    let change = async {
        is_reading.await.unwrap();
        forget(&other, id).await;
        // Whoever asks now does not wait for what was begun before.
        assert_eq!(get(&one, id, "after").await, "after");
        changed.send(()).unwrap();
    };
    let (late, ()) = join(late, change).await;
    assert_eq!(*late.unwrap(), word("before"), "who asked before the change may be told what was");
    for shelf in [&one, &other] {
        assert_eq!(get(shelf, id, "after").await, "after");
        assert_eq!(get_many(shelf, id, "after").await, "after");
    }
}

async fn many_values_made_before_a_change_are_not_served_after_it(Pair { one, other }: Pair) {
    let ids: Vec<MemberId> = (0..20).map(|_| MemberId::fresh()).collect();
    let ((reading, is_reading), (changed, is_changed)) = (oneshot::channel(), oneshot::channel());
    let late = one.get_many(&ids, async |missing| {
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
    for shelf in [&one, &other] {
        assert_eq!(get_many(shelf, ids[7], "after").await, "after");
        assert_eq!(get_many(shelf, ids[8], "after").await, "before", "nobody has changed this one");
    }
}

async fn a_thousand_who_ask_at_once_have_it_made_once(Pair { one, other }: Pair) {
    let processes = if one.cache.is_shared() { 2 } else { 1 };
    let (id, made) = (MemberId::fresh(), AtomicUsize::new(0));
    let ask = |who: usize| {
        let shelf = if who.is_multiple_of(2) { &one } else { &other };
        shelf.get(id, async {
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

async fn what_could_not_be_made_is_not_kept(Pair { one, other }: Pair) {
    let id = MemberId::fresh();
    let failed = one.get(id, async { Err(Error::Unavailable(Duration::from_secs(3))) }).await;
    assert!(matches!(failed, Err(Error::Unavailable(wait)) if wait == Duration::from_secs(3)));
    assert!(one.get_many(&[id], async |_| Err(Error::Internal("away".to_owned()))).await.is_err());
    assert_eq!(get(&one, id, "made").await, "made");
    assert_eq!(get(&other, id, "again").await, "made");
}

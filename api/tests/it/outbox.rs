//! The outbox and those who listen: relays that work at once, changes that cannot be told, signals that go to every
//! replica, and a Redis that is killed, paused and there again.

use std::time::Duration;

use domain::cache::Cache;
use domain::ctx::{Ctx, Timestamp, Viewer};
use domain::event::{self, Change, backlog};
use domain::id::MemberId;
use domain::live::{Event, Feed, Signal};
use domain::secret::Secrets;
use domain::store::Store;
use domain::{Kith, Role, account};
use futures::{FutureExt, StreamExt};
use tokio::task::unconstrained;
use uuid::Uuid;

use crate::command::Kith as Program;
use crate::story;
use crate::support::{Database, Person, Redis, World, until};

/// How soon what could not be told at once is told.
const HEALED: Duration = Duration::from_secs(5);

/// Rows of the outbox as a server that died would have left them, due then; their ids.
async fn leave(world: &World, changes: &[String], due: Timestamp) -> Vec<Uuid> {
    let ids: Vec<Uuid> = changes.iter().map(|_| Uuid::now_v7()).collect();
    let now = world.system().now.0;
    let is_sqlite = world.database_url().starts_with("sqlite");
    let row = |(id, change): (&Uuid, &String)| {
        let id = if is_sqlite { format!("x'{}'", id.simple()) } else { format!("'{id}'") };
        format!("({id}, '{change}', {now}, {})", due.0)
    };
    let rows: Vec<String> = ids.iter().zip(changes).map(row).collect();
    world.execute(&format!("INSERT INTO outbox (id, change, created_at, due_at) VALUES {}", rows.join(", "))).await;
    ids
}

fn text(change: &Change) -> String {
    serde_json::to_string(change).expect("JSON")
}

/// A change that tells only `to`.
fn telling(to: MemberId) -> String {
    text(&Change { events: vec![Event { to, signal: Signal::Account }], ..Change::default() })
}

/// The next signal of a feed, which must come in time.
async fn next(feed: &mut Feed) -> Option<Signal> {
    tokio::time::timeout(4 * HEALED, feed.next()).await.expect("a signal in time")
}

/// What a feed has to say by now, however many are asked in a row.
fn said(feed: &mut Feed) -> Vec<Signal> {
    std::iter::from_fn(|| unconstrained(feed.next()).now_or_never().flatten()).collect()
}

/// Waits until each of these servers hears what any of them says.
async fn linked(worlds: &[&World]) {
    for world in worlds {
        until("the link is there", HEALED, async || {
            let probe = MemberId::fresh();
            let mut feed = world.kith.listen(probe);
            leave(world, &[telling(probe)], Timestamp(0)).await;
            next(&mut feed).await == Some(Signal::Account)
        })
        .await;
    }
}

async fn all_told(world: &World) {
    until("the outbox is empty", HEALED, async || world.count("outbox", &[]).await == 0).await;
}

story! {
    async fn relays_that_work_at_once_apply_each_change_once(world: World) {
        linked(&[&world]).await;
        let mut services = vec![world.kith.clone()];
        for _ in 0..2 {
            let store = Store::connect(world.database_url()).await.expect("the same database");
            services.push(Kith::new(store, Cache::local(), Role::Server, Secrets::new(&[])));
        }
        let members: Vec<MemberId> = (0..900).map(|_| MemberId::fresh()).collect();
        let mut feeds: Vec<[Feed; 3]> =
            members.iter().map(|member| [0, 1, 2].map(|at: usize| services[at].listen(*member))).collect();
        let changes: Vec<String> = members.iter().map(|member| telling(*member)).collect();
        leave(&world, &changes, Timestamp(0)).await;
        let relays = services[1..].iter().map(|service| {
            let ctx = Ctx::new(service, Viewer::System);
            tokio::spawn(async move { event::relay(&ctx).await.expect("the database answers") })
        });
        let applied: Vec<usize> =
            futures::future::join_all(relays).await.into_iter().map(|relay| relay.expect("no panic")).collect();
        until("the outbox is empty", 4 * HEALED, async || world.count("outbox", &[]).await == 0).await;
        // What the server itself applied comes by way of Redis.
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(applied.iter().sum::<usize>() <= members.len(), "{applied:?}");
        for of_member in &mut feeds {
            let heard: Vec<Signal> = of_member.iter_mut().flat_map(said).collect();
            assert_eq!(heard, [Signal::Account]);
        }
    }
}

story! {
    async fn a_change_that_somebody_has_taken_is_left_to_them_until_their_lease_ends(world: World) {
        linked(&[&world]).await;
        let (taken, free) = (MemberId::fresh(), MemberId::fresh());
        let (mut of_taken, mut of_free) = (world.kith.listen(taken), world.kith.listen(free));
        let until = world.system().now.after(Duration::from_secs(3));
        leave(&world, &[telling(taken)], until).await;
        leave(&world, &[telling(free)], Timestamp(0)).await;
        assert_eq!(next(&mut of_free).await, Some(Signal::Account));
        assert_eq!(said(&mut of_taken), []);
        assert_eq!(next(&mut of_taken).await, Some(Signal::Account));
        assert!(world.system().now >= until);
    }
}

story! {
    async fn a_change_that_cannot_be_read_is_dead_until_it_is_put_back(world: World) {
        linked(&[&world]).await;
        let (ana, kith) = (MemberId::fresh(), Program::beside(&world));
        let mut feed = world.kith.listen(ana);
        assert_eq!(kith.answer(&["outbox", "list"]), "0 dead, 0 waiting\n");
        let id = leave(&world, &["who wrote this?".to_owned(), telling(ana)], Timestamp(0)).await[0].to_string();
        assert_eq!(next(&mut feed).await, Some(Signal::Account), "it holds up nobody");
        let is_dead = async || backlog::count_dead(&world.system()).await.expect("a number") == 1;
        until("it is dead", HEALED, is_dead).await;
        all_but(&world, 1).await;
        let list = kith.answer(&["outbox", "list"]);
        for words in [&id, "dead, ", "0 attempts", "nobody can read what", "cannot be read at line 1", "1 dead, 0 waiting"] {
            assert!(list.contains(words), "{words}: {list}");
        }
        assert!(!list.contains("who wrote"), "{list}");
        for command in [&["doctor"][..], &["doctor", "--quiet"]] {
            assert!(kith.answer(command).contains("warn  outbox: 1 changes are given up"));
        }
        assert!(kith.answer(&["outbox", "retry", "--all"]).contains("1 changes are due now"));
        until("it is dead again", HEALED, is_dead).await;
        world.execute(&format!("UPDATE outbox SET change = '{}'", telling(ana))).await;
        assert_eq!(said(&mut feed), [], "the dead are left alone");
        assert!(kith.answer(&["outbox", "retry", &id]).contains("1 changes are due now"));
        assert_eq!(next(&mut feed).await, Some(Signal::Account));
        all_told(&world).await;
        assert!(kith.refusal(&["outbox", "retry", &id]).contains("No dead change has the id"));
        assert!(kith.answer(&["outbox", "retry", "--all"]).contains("0 changes"));
        for wrong in [&["outbox", "retry"][..], &["outbox", "retry", "7"], &["outbox", "retry", &id, "--all"]] {
            assert_eq!(kith.run(wrong).code, Some(2), "{wrong:?}");
        }
    }
}

async fn all_but(world: &World, rows: i64) {
    until("the others are told", HEALED, async || world.count("outbox", &[]).await == rows).await;
}

story! {
    async fn a_change_that_fails_is_tried_for_a_day_before_it_is_dead(world: World) {
        linked(&[&world]).await;
        let (ana, kith) = (MemberId::fresh(), Program::beside(&world));
        let mut feed = world.kith.listen(ana);
        // It is applied, and cannot be taken out of the outbox.
        let stuck: &[&str] = if world.database_url().starts_with("sqlite") {
            &["CREATE TRIGGER stuck BEFORE DELETE ON outbox BEGIN SELECT RAISE(ABORT, 'it is stuck'); END"]
        } else {
            &[
                "CREATE FUNCTION stuck() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'it is stuck'; END $$ LANGUAGE plpgsql",
                "CREATE TRIGGER stuck BEFORE DELETE ON outbox FOR EACH ROW EXECUTE FUNCTION stuck()",
            ]
        };
        for statement in stuck {
            world.execute(statement).await;
        }
        let events = vec![Event { to: ana, signal: Signal::Account }];
        leave(&world, &[text(&Change { ties: vec![ana], events, ..Change::default() })], Timestamp(0)).await;
        until("it was tried", HEALED, async || kith.answer(&["outbox", "list"]).contains("1 attempts: ties 1, events 1")).await;
        let begun = world.system().now;
        until("it is dead", 4 * HEALED, async || {
            world.kith.clock.advance(Duration::from_secs(3_600));
            backlog::count_dead(&world.system()).await.expect("a number") == 1
        })
        .await;
        assert!(world.system().now > begun.after(Duration::from_secs(15 * 3_600)), "three quarters of a day at the least");
        let list = kith.answer(&["outbox", "list"]);
        assert!(list.contains("12 attempts") && list.contains("stuck"), "{list}");
        let on = if stuck.len() == 1 { "" } else { " ON outbox" };
        world.execute(&format!("DROP TRIGGER stuck{on}")).await;
        kith.answer(&["outbox", "retry", "--all"]);
        assert_eq!(next(&mut feed).await, Some(Signal::Account));
        all_told(&world).await;
    }
}

/// Has bela hide whom she knows, or show them, behind the server's back; then ana, who hears of it at `there`, looks.
async fn what_is_heard_is_so(world: &World, there: &World) {
    let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
    world.tie([(&ana, &bela), (&bela, &cleo)]).await;
    all_told(world).await;
    let reader: Person = ana.at(there);
    let mut feed = there.kith.listen(ana.id);
    for turn in 0..10 {
        let shows = turn % 2 == 1;
        assert_eq!(reader.network().await.is_empty(), shows, "before turn {turn}");
        world.execute(&format!("UPDATE member SET as_route = {shows} WHERE handle = 'bela'")).await;
        let events = vec![Event { to: ana.id, signal: Signal::Account }];
        let change = Change { ties: vec![bela.id], cards: vec![bela.id], events, ..Change::default() };
        leave(world, &[text(&change)], Timestamp(0)).await;
        assert_eq!(next(&mut feed).await, Some(Signal::Account));
        assert_eq!(reader.network().await.is_empty(), !shows, "turn {turn}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_hears_of_a_change_sees_it_on_one_server() {
    let world = World::on_sqlite().await;
    what_is_heard_is_so(&world, &world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_hears_of_a_change_sees_it_on_another_server() {
    let world = World::on_postgres().await;
    let replica = world.replica().await;
    linked(&[&world, &replica]).await;
    what_is_heard_is_so(&world, &replica).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_server_does_is_heard_once_on_every_server() {
    let world = World::on_postgres().await;
    let replica = world.replica().await;
    let [ana, bela] = world.people(["ana", "bela"]).await;
    linked(&[&world, &replica]).await;
    let mut feeds = [&world, &replica].map(|world| world.kith.listen(ana.id));
    let mut of_bela = replica.kith.listen(bela.id);
    account::suspend(&world.system(), "ana").await.expect("suspended");
    for feed in &mut feeds {
        assert_eq!(next(feed).await, Some(Signal::Account));
    }
    account::restore(&replica.system(), "ana").await.expect("restored");
    for feed in &mut feeds {
        assert_eq!(next(feed).await, Some(Signal::Account));
        assert_eq!(said(feed), []);
    }
    assert_eq!(said(&mut of_bela), [], "it concerns ana alone");
}

story! {
    async fn what_a_command_does_beside_the_server_is_heard(world: World) {
        let [ana] = world.people(["ana"]).await;
        linked(&[&world]).await;
        let mut feed = world.kith.listen(ana.id);
        Program::beside(&world).answer(&["member", "suspend", "ana", "--reason", "ticket 7"]);
        assert_eq!(next(&mut feed).await, Some(Signal::Account));
        all_told(&world).await;
        assert_eq!(said(&mut feed), []);
    }
}

story! {
    async fn a_slow_listener_is_told_that_it_missed_some_and_the_others_hear_all(world: World) {
        linked(&[&world]).await;
        let ana = MemberId::fresh();
        let (slow, mut quick) = (world.kith.listen(ana), world.kith.listen(ana));
        let quick = tokio::spawn(async move {
            for number in 0..400 {
                assert_eq!(next(&mut quick).await, Some(Signal::Account), "{number}");
            }
        });
        leave(&world, &vec![telling(ana); 400], Timestamp(0)).await;
        quick.await.expect("it hears all");
        let heard: Vec<Signal> = slow.collect().await;
        assert_eq!((heard.len(), heard.last()), (257, Some(&Signal::Missed)));
    }
}

/// Two servers over a Redis of their own.
async fn two_servers(redis: &Redis) -> [World; 2] {
    let world = World::on_redis(Database::sqlite(), &redis.url()).await;
    let replica = world.replica().await;
    linked(&[&world, &replica]).await;
    [world, replica]
}

/// Whoever listened is told that they may have missed something, and their feeds end.
async fn all_missed(feeds: [Feed; 2]) {
    for mut feed in feeds {
        assert_eq!(next(&mut feed).await, Some(Signal::Missed));
        assert_eq!(next(&mut feed).await, None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_redis_was_killed_those_who_listen_know_it_and_nothing_is_lost() {
    let Some(mut redis) = Redis::start().await else { return };
    let worlds = two_servers(&redis).await;
    let [ana] = worlds[0].people(["ana"]).await;
    all_told(&worlds[0]).await;
    let listening = [0, 1].map(|at: usize| worlds[at].kith.listen(ana.id));
    redis.kill();
    account::suspend(&worlds[0].system(), "ana").await.expect("nothing after the commit can fail it");
    tokio::time::sleep(Duration::from_secs(3)).await;
    let waiting = backlog::list(&worlds[0].system()).await.expect("the database answers").waiting;
    assert_eq!(waiting.iter().map(|entry| entry.attempts).collect::<Vec<_>>(), [0], "it is not the row's fault");
    redis.restart().await;
    all_told(&worlds[0]).await;
    all_missed(listening).await;
    linked(&[&worlds[0], &worlds[1]]).await;
    let mut anew = worlds[1].kith.listen(ana.id);
    account::restore(&worlds[0].system(), "ana").await.expect("restored");
    assert_eq!(next(&mut anew).await, Some(Signal::Account));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_falls_silent_is_found_out() {
    let Some(redis) = Redis::start().await else { return };
    let worlds = two_servers(&redis).await;
    let ana = MemberId::fresh();
    let listening = [0, 1].map(|at: usize| worlds[at].kith.listen(ana));
    redis.pause();
    tokio::time::sleep(Duration::from_secs(8)).await;
    redis.resume();
    all_missed(listening).await;
    linked(&[&worlds[0], &worlds[1]]).await;
}

//! What the cache answers is what the database says: while Redis is killed, paused, emptied and full, while readers and
//! writers race, and after a command beside the server or a crash between a commit and what it must tell.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use domain::account;
use domain::cache::Cache;
use domain::ctx::{Ctx, Viewer};
use domain::secret::Secrets;
use domain::store::Store;
use domain::{Kith, Role};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::network_model::{Stage, Turn};
use crate::story;
use crate::support::{Database, Person, Redis, World, is_long, until};

/// How soon a change shows that could not be told at once.
const HEALED: Duration = Duration::from_secs(5);

/// People who read their networks without a pause, until they are told to stop.
struct Load {
    goes_on: Arc<AtomicBool>,
    answers: Arc<AtomicUsize>,
    readers: Vec<JoinHandle<()>>,
}

impl Load {
    fn of(readers: impl IntoIterator<Item = Person>) -> Self {
        let (goes_on, answers) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)));
        let read = |reader: Person| {
            let (goes_on, answers) = (goes_on.clone(), answers.clone());
            tokio::spawn(async move {
                while goes_on.load(Ordering::Relaxed) {
                    let answer =
                        reader.ask("{ viewer { reach { ties } network { nodes { name } } } }", json!({})).await;
                    let refused = answer.pointer("/errors/0/extensions/code");
                    // Who looked at the clock before a test let a day pass finds a bucket that was drawn from tomorrow.
                    let allowed = [json!("UNAUTHENTICATED"), json!("RATE_LIMITED")];
                    let is_fine = answer.get("errors").is_none() || refused.is_some_and(|code| allowed.contains(code));
                    assert!(is_fine, "{answer}");
                    answers.fetch_add(1, Ordering::Relaxed);
                }
            })
        };
        let readers = readers.into_iter().map(read).collect();
        Self { goes_on, answers, readers }
    }

    /// Stops; every answer was one without errors, but that a suspended member may not ask, nor one from yesterday.
    async fn end(self) {
        self.goes_on.store(false, Ordering::Relaxed);
        for reader in self.readers {
            reader.await.expect("no read fails");
        }
        assert!(self.answers.load(Ordering::Relaxed) > 0);
    }
}

/// Two servers over a Redis of their own, with random people who are about to do random things.
async fn two_servers(seed: u8, redis: &Redis) -> (Stage, Vec<Turn>) {
    let world = World::on_redis(Database::sqlite(), &redis.url()).await;
    let replica = world.replica().await;
    Stage::seeded(seed, vec![world, replica]).await
}

/// Makes the changes of some turns; each shows at once, at the other server.
async fn exact(stage: &mut Stage, turns: &[Turn]) {
    assert!(stage.play(turns).await > 0, "something changes");
}

/// Waits until nothing is left to be told.
async fn all_told(world: &World) {
    until("the outbox is empty", HEALED, async || world.count("outbox", &[]).await == 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_exact_while_redis_is_killed_and_restarted_empty() {
    let Some(mut redis) = Redis::start().await else { return };
    let (mut stage, turns) = two_servers(11, &redis).await;
    let load = Load::of(stage.people.iter().take(2).cloned());
    exact(&mut stage, &turns[..10]).await;
    redis.kill();
    exact(&mut stage, &turns[10..20]).await;
    assert!(stage.worlds[0].count("outbox", &[]).await > 0, "what Redis was not told waits");
    redis.restart().await;
    all_told(&stage.worlds[0]).await;
    exact(&mut stage, &turns[20..30]).await;
    stage.compare_all().await;
    load.end().await;
}

#[tokio::test]
async fn what_changes_first_after_a_restart_of_redis_is_told_at_once() {
    let Some(mut redis) = Redis::start().await else { return };
    let world = World::on_redis(Database::sqlite(), &redis.url()).await;
    let replica = world.replica().await;
    let [ana, ..] = row(&world).await;
    let there = ana.at(&replica);
    // Each thread has a connection of its own: this one's is made here, and then not used until Redis has been away.
    account::suspend(&world.system(), "bela").await.expect("suspended");
    account::restore(&world.system(), "bela").await.expect("restored");
    redis.kill();
    redis.restart().await;
    for _ in 0..10 {
        assert_eq!(there.network().await, ["cleo"]);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    account::suspend(&world.system(), "bela").await.expect("suspended");
    assert_eq!(there.network().await, Vec::<String>::new(), "the replica knows");
    assert_eq!(world.count("outbox", &[]).await, 0, "nothing waits");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_exact_while_redis_is_paused_and_after() {
    let Some(redis) = Redis::start().await else { return };
    let (mut stage, turns) = two_servers(12, &redis).await;
    let load = Load::of(stage.people.iter().take(2).cloned());
    exact(&mut stage, &turns[..10]).await;
    stage.compare_all().await;
    redis.pause();
    exact(&mut stage, &turns[10..20]).await;
    assert!(stage.worlds[0].count("outbox", &[]).await > 0, "what Redis was not told waits");
    redis.resume();
    all_told(&stage.worlds[0]).await;
    stage.compare_all().await;
    exact(&mut stage, &turns[20..30]).await;
    load.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_exact_while_redis_is_emptied_under_load() {
    let Some(redis) = Redis::start().await else { return };
    let (mut stage, turns) = two_servers(13, &redis).await;
    let load = Load::of(stage.people.iter().take(2).cloned());
    let emptied = async {
        loop {
            redis.command(&["FLUSHALL"]).await;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        () = exact(&mut stage, &turns[..40]) => {}
        () = emptied => {}
    }
    load.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_exact_while_redis_is_full() {
    let Some(redis) = Redis::start().await else { return };
    let (mut stage, turns) = two_servers(14, &redis).await;
    exact(&mut stage, &turns[..10]).await;
    for (policy, turns) in ["noeviction", "allkeys-random"].into_iter().zip(turns[10..].chunks(15)) {
        redis.command(&["CONFIG", "SET", "maxmemory-policy", policy]).await;
        redis.command(&["CONFIG", "SET", "maxmemory", "1"]).await;
        exact(&mut stage, turns).await;
        redis.command(&["CONFIG", "SET", "maxmemory", "0"]).await;
        stage.compare_all().await;
    }
    exact(&mut stage, &turns[40..50]).await;
}

/// Ends the tie of two, at the server of `ender`.
async fn part(ender: &Person) {
    let answer = ender.query("{ viewer { ties { nodes { id } } } }").await;
    let tie = answer.pointer("/viewer/ties/nodes/0/id").and_then(Value::as_str).expect("a tie");
    assert_eq!(ender.answer("endTie", tie).await["tie"]["state"], "ENDED");
}

/// Ana knows Bela, and Bela knows Cleo.
async fn row(world: &World) -> [Person; 3] {
    let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
    world.tie([(&ana, &bela), (&bela, &cleo)]).await;
    [ana, bela, cleo]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_late_value_is_served_while_readers_and_writers_race() {
    let world = World::on_postgres().await;
    let replica = world.replica().await;
    let people = row(&world).await;
    let [ana, ..] = &people;
    let load = Load::of((0..6).map(|who| ana.at(if who % 2 == 0 { &world } else { &replica })));
    for turn in 0..if is_long() { 5_000 } else { 40 } {
        let (here, there) = if turn % 2 == 0 { (&world, &replica) } else { (&replica, &world) };
        let [ana, bela, cleo] = [0, 1, 2].map(|who: usize| people[who].at(here));
        let ana_there = ana.at(there);
        match turn % 3 {
            0 => bela.show("asRoute: false").await,
            1 => cleo.show("findable: false").await,
            _ => part(&cleo).await,
        }
        assert_eq!(ana_there.network().await, Vec::<String>::new(), "turn {turn}");
        match turn % 3 {
            0 => bela.show("asRoute: true").await,
            1 => cleo.show("findable: true").await,
            _ => {
                world.pass_days(1);
                world.tie([(&bela, &cleo)]).await;
            }
        }
        assert_eq!(ana_there.network().await, ["cleo"], "turn {turn}");
    }
    load.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hiding_acts_at_once_on_every_server() {
    let world = World::on_postgres().await;
    let replica = world.replica().await;
    let [ana, bela, cleo] = row(&world).await;
    let sees = async || {
        let there = ana.at(&replica);
        let (network, reach) = (there.network().await, there.query("{ viewer { reach { network } } }").await);
        assert_eq!(reach["viewer"]["reach"]["network"], network.len());
        assert_eq!(there.see(&cleo).await["relationToViewer"] == "NETWORK", !network.is_empty());
        network
    };
    let nobody = Vec::<String>::new();
    assert_eq!(sees().await, ["cleo"]);
    for (who, setting) in [(&cleo, "findable"), (&bela, "asRoute")] {
        who.show(&format!("{setting}: false")).await;
        assert_eq!(sees().await, nobody, "{}: {setting}", who.name);
        who.show(&format!("{setting}: true")).await;
        assert_eq!(sees().await, ["cleo"], "{}: {setting}", who.name);
    }
    for who in [&cleo, &bela] {
        account::suspend(&world.system(), &who.name).await.expect("suspended");
        assert_eq!(sees().await, nobody, "{} is suspended", who.name);
        let answer = who.at(&replica).ask("{ viewer { reach { ties } } }", json!({})).await;
        assert_eq!(answer.pointer("/data/viewer"), None, "{} may not ask", who.name);
        account::restore(&world.system(), &who.name).await.expect("restored");
        assert_eq!(sees().await, ["cleo"], "{} is restored", who.name);
    }
    cleo.block(&ana).await;
    assert_eq!(sees().await, nobody, "blocked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_command_does_beside_the_server_shows_soon() {
    let world = World::on_sqlite().await;
    let [ana, ..] = row(&world).await;
    let store = Store::connect(world.database_url()).await.expect("the same file");
    let beside = Ctx::new(&Kith::new(store, Cache::local(), Role::Command, Secrets::new(&[])), Viewer::System);
    for _ in 0..3 {
        assert_eq!(ana.network().await, ["cleo"]);
        account::suspend(&beside, "bela").await.expect("suspended");
        until("a suspension shows", HEALED, async || ana.network().await.is_empty()).await;
        all_told(&world).await;
        account::restore(&beside, "bela").await.expect("restored");
        until("it shows that it is over", HEALED, async || ana.network().await == ["cleo"]).await;
        all_told(&world).await;
    }
}

/// A row of the outbox as a server that died would have left it.
async fn left(world: &World, number: u16, change: &str) {
    let id = format!("{number:032x}");
    let id = if world.database_url().starts_with("sqlite") { format!("x'{id}'") } else { format!("'{id}'") };
    world.execute(&format!("INSERT INTO outbox (id, change, created_at) VALUES ({id}, '{change}', 0)")).await;
}

story! {
    async fn a_crash_between_a_commit_and_what_it_must_tell_heals(world: World) {
        let [ana, bela, cleo] = row(&world).await;
        assert_eq!(ana.network().await, ["cleo"]);
        world.execute("UPDATE member SET findable = false WHERE handle = 'cleo'").await;
        assert_eq!(ana.network().await, ["cleo"], "nobody was told yet");
        left(&world, 1, &json!({"ties": [], "cards": [cleo.id], "blocks": []}).to_string()).await;
        until("a hidden card shows", HEALED, async || ana.network().await.is_empty()).await;
        world.execute("UPDATE member SET findable = true WHERE handle = 'cleo'").await;
        left(&world, 1, &json!({"ties": [], "cards": [cleo.id], "blocks": []}).to_string()).await;
        until("a card is shown again", HEALED, async || ana.network().await == ["cleo"]).await;
        world.execute("UPDATE member SET as_route = false WHERE handle = 'bela'").await;
        left(&world, 2, &json!({"ties": [bela.id], "cards": [bela.id], "blocks": []}).to_string()).await;
        until("a closed route shows", HEALED, async || ana.network().await.is_empty()).await;
        all_told(&world).await;
    }
}

story! {
    async fn what_somebody_hides_is_hidden_from_those_they_were_tied_to_a_moment_ago(world: World) {
        let [ana, bela, _] = row(&world).await;
        assert_eq!(ana.network().await, ["cleo"]);
        let now = world.system().now.0;
        world
            .execute(&format!(
                "UPDATE tie SET state = 'ENDED', closed_at = {now} WHERE low = (SELECT id FROM member WHERE handle = 'ana')"
            ))
            .await;
        world.execute("DELETE FROM tie_end WHERE tie_id IN (SELECT id FROM tie WHERE state = 'ENDED')").await;
        assert_eq!(ana.network().await, ["cleo"], "who ended it has not told yet");
        bela.show("asRoute: false").await;
        assert_eq!(ana.network().await, Vec::<String>::new());
    }
}

/// More than the relay takes at once.
const UNREADABLE: u16 = 250;

story! {
    async fn a_change_that_cannot_be_read_does_not_stop_the_others(world: World) {
        let [ana, _, cleo] = row(&world).await;
        assert_eq!(ana.network().await, ["cleo"]);
        for number in 1..=UNREADABLE {
            left(&world, number, "who wrote this?").await;
        }
        world.execute("UPDATE member SET findable = false WHERE handle = 'cleo'").await;
        left(&world, UNREADABLE + 1, &json!({"cards": [cleo.id], "unknown": true}).to_string()).await;
        until("the change that can be read shows", HEALED, async || ana.network().await.is_empty()).await;
        until("it is deleted", HEALED, async || world.count("outbox", &[]).await == i64::from(UNREADABLE)).await;
    }
}

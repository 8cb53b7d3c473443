//! Cost and rate: what an operation costs is known before it runs and told with the answer, and whoever has spent all waits
//! as long as they are told.

use std::time::{Duration, Instant};

use domain::budget;
use domain::ctx::{Ctx, Viewer};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::live::{Wire, sign_in_elsewhere, token};
use crate::story;
use crate::support::{Database, Person, Redis, Reply, World, until};

/// As little as there can be, which flows back so slowly that a story sees none of it.
const LITTLE: [(&str, &str); 2] =
    [("KITH_RATE_LIMIT", "member=10000,anonymous=10000,partner=10000,minutes=1440"), ("KITH_PROXIES", "1")];
const LIMIT: u64 = 10_000;
/// What costs nearly all of that, and is answered at once: the network of somebody who has none.
const MUCH: &str = "{ viewer { network(first: 100) { nodes { mutuals(first: 98) { nodes { id } } } } } }";
const MUCH_COSTS: u64 = 1 + 100 + 100 * 98;
/// What costs 100 points and one.
const PAGE: &str = "{ viewer { network(first: 100) { nodes { name } } } }";
const RATE: &str = "{ rateLimit { limit cost remaining resetAt } }";

/// The answer to a document, posted by `person`.
async fn ask(world: &World, person: &Person, document: &str) -> Reply {
    let request = world.asking(document).header("X-Forwarded-For", "192.0.2.1");
    Reply::to(match &person.token {
        Some(token) => request.bearer_auth(token),
        None => request,
    })
    .await
}

/// What is left for `person`, who pays one point for the question.
async fn left(world: &World, person: &Person) -> u64 {
    ask(world, person, RATE).await.json()["data"]["rateLimit"]["remaining"].as_u64().expect("a number")
}

fn is_refused(reply: &Reply) {
    assert_eq!(reply.outcome(), (429, "RATE_LIMITED".to_owned()), "{}", reply.text());
    let body = reply.json();
    assert_eq!(body.get("data"), None, "nothing ran");
    assert!(body["errors"][0]["extensions"]["retryAt"].as_str().is_some_and(|at| at.ends_with('Z')), "{body}");
    assert!(reply.header("retry-after").parse::<u64>().is_ok_and(|wait| wait > 0), "{}", reply.header("retry-after"));
    assert_eq!(reply.header("cache-control"), "no-store");
}

story! {
    async fn every_answer_says_what_it_cost_and_what_is_left(world: World) {
        let [ana] = world.people(["ana"]).await;
        let world = world.again_with(&LITTLE).await;
        let mut spent = 0;
        let profile = "mutation { updateProfile(input: {bio: \"new\"}) { member { bio } userErrors { code } } }";
        for (document, cost) in [
            (RATE, 1),
            ("{ __typename }", 1),
            (PAGE, 101),
            ("{ viewer { member { name } } }", 2),
            // The payload, the member, an error, and what each mutation costs.
            (profile, 13),
            ("{ nodes(ids: [\"a\", \"b\", \"c\"]) { id } }", 3),
        ] {
            let reply = ask(&world, &ana, document).await;
            assert_eq!(reply.outcome(), (200, String::new()), "{document}: {}", reply.text());
            spent += cost;
            let told = reply.cost();
            assert_eq!(told["requested"], cost, "{document}");
            assert_eq!((&told["limit"], &told["remaining"]), (&json!(LIMIT), &json!(LIMIT - spent)), "{document}");
            assert_eq!(reply.header("ratelimit-policy"), "\"member\";q=10000;w=86400");
            let header = reply.header("ratelimit");
            assert!(header.starts_with(&format!("\"member\";r={};t=", LIMIT - spent)), "{header}");
            if document == RATE {
                let field = reply.json()["data"]["rateLimit"].clone();
                assert_eq!((&field["limit"], &field["cost"]), (&json!(LIMIT), &json!(1)));
                assert_eq!((&field["remaining"], &field["resetAt"]), (&told["remaining"], &told["resetAt"]));
            }
        }
    }
}

story! {
    async fn whoever_has_spent_all_waits_as_long_as_they_are_told_and_succeeds(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        let world = world.again_with(&LITTLE).await;
        let all = ask(&world, &ana, MUCH).await;
        assert_eq!((all.outcome(), &all.cost()["requested"]), ((200, String::new()), &json!(MUCH_COSTS)));
        let page = ask(&world, &ana, PAGE).await;
        is_refused(&page);
        assert!(page.header("ratelimit").starts_with("\"member\";r=99;t="), "{}", page.header("ratelimit"));
        let wait: u64 = page.header("retry-after").parse().expect("seconds");
        assert!(wait <= 18, "two points, each of which flows back in 8.64 s: {wait}");

        let bio = |text: &str| format!("mutation {{ updateProfile(input: {{bio: \"{text}\"}}) {{ userErrors {{ code }} }} }}");
        for _ in 0..8 {
            let reply = ask(&world, &ana, &bio("first")).await;
            assert_eq!((reply.status, &reply.cost()["requested"]), (200, &json!(12)));
        }
        is_refused(&ask(&world, &ana, &bio("second")).await);
        let seen = ask(&world, &ana, "{ viewer { member { bio } } }").await;
        assert_eq!(seen.json()["data"]["viewer"]["member"]["bio"], "first", "what was refused was not done");
        assert_eq!(ask(&world, &bela, PAGE).await.status, 200, "others have their own");

        let refused = ask(&world, &ana, &bio("second")).await;
        let wait: u64 = refused.header("retry-after").parse().expect("seconds");
        world.kith.clock.advance(Duration::from_secs(wait));
        assert_eq!(ask(&world, &ana, &bio("second")).await.status, 200);
        world.kith.clock.advance(Duration::from_secs(24 * 60 * 60));
        assert_eq!(left(&world, &ana).await, LIMIT - 1, "all of it is back");
    }
}

story! {
    async fn who_has_no_token_shares_with_their_network(world: World) {
        let world = world.again_with(&LITTLE).await;
        let from = async |network: &str| {
            let reply = Reply::to(world.asking(RATE).header("X-Forwarded-For", network)).await;
            assert!(reply.header("ratelimit").starts_with("\"anonymous\";"), "{}", reply.header("ratelimit"));
            reply.json()["data"]["rateLimit"]["remaining"].as_u64().expect("a number")
        };
        for (network, remaining) in [
            ("192.0.2.7", LIMIT - 1),
            ("192.0.2.7", LIMIT - 2),
            ("192.0.2.8", LIMIT - 1),
            ("::ffff:192.0.2.8", LIMIT - 2),
            ("2001:db8:1:2::1", LIMIT - 1),
            ("2001:db8:1:2:ffff::9", LIMIT - 2),
            ("2001:db8:1:3::1", LIMIT - 1),
        ] {
            assert_eq!(from(network).await, remaining, "{network}");
        }
    }
}

story! {
    async fn who_comes_in_pays_with_their_network_whatever_token_they_still_have(world: World) {
        let [ana] = world.people(["ana"]).await;
        let world = world.again_with(&LITTLE).await;
        let refresh = "mutation { refreshSession(input: {refreshToken: \"x\"}) { userErrors { code } } }";
        let reply = ask(&world, &ana, refresh).await;
        assert!(reply.header("ratelimit").starts_with("\"anonymous\";r=9988;"), "{}", reply.header("ratelimit"));
        assert_eq!(left(&world, &ana).await, LIMIT - 1);
    }
}

story! {
    async fn whose_session_is_over_spends_nothing_of_the_members(world: World) {
        let [ana] = world.people(["ana"]).await;
        let world = world.again_with(&LITTLE).await;
        let (_, token) = token(&world, &ana, 15).await;
        let thief = Person { token: Some(token), ..ana.clone() };
        assert_eq!(ask(&world, &thief, PAGE).await.status, 200);
        let revoke = "mutation { revokeOtherSessions { userErrors { code } } }";
        assert_eq!(ask(&world, &ana, revoke).await.outcome(), (200, String::new()));
        let before = left(&world, &ana).await;
        for _ in 0..3 {
            assert_eq!(ask(&world, &thief, PAGE).await.outcome(), (401, "UNAUTHENTICATED".to_owned()));
        }
        assert_eq!(left(&world, &ana).await, before - 1);
    }
}

story! {
    async fn what_is_refused_before_it_runs_costs_nothing_and_introspection_next_to_nothing(world: World) {
        let [ana] = world.people(["ana"]).await;
        let world = world.again_with(&LITTLE).await;
        let many = "markNotificationsRead(input: {}) { userErrors { code } } ".repeat(30);
        let many = format!("mutation {{ {} }} fragment F on Mutation {{ {many} }}", "...F ".repeat(35));
        for (document, code) in [
            ("{", "GRAPHQL_PARSE_FAILED"),
            ("{...a} fragment a on Query{...a}", "DOCUMENT_TOO_COMPLEX"),
            ("{ viewer { network(first: 100) { nodes { mutuals(first: 100) { nodes { id } } } } } }", "QUERY_TOO_COSTLY"),
            (&many, "QUERY_TOO_COSTLY"),
        ] {
            let reply = ask(&world, &ana, document).await;
            assert_eq!(reply.outcome(), (400, code.to_owned()), "{document:.60}: {}", reply.text());
            assert_eq!(reply.cost(), Value::Null);
        }
        assert_eq!(left(&world, &ana).await, LIMIT - 1);
        let introspection = "{ __schema { types { name fields { name type { name ofType { name ofType { name } } } } } } }";
        assert_eq!(ask(&world, &ana, introspection).await.cost()["requested"], 1);
        assert_eq!(ask(&world, &ana, "{ nothing }").await.outcome(), (400, "GRAPHQL_VALIDATION_FAILED".to_owned()));
        assert_eq!(left(&world, &ana).await, LIMIT - 4, "what the schema refuses has been paid for");
    }
}

story! {
    async fn what_is_kept_by_its_tag_does_not_change_with_what_is_left(world: World) {
        let [ana] = world.people(["ana"]).await;
        let world = world.again_with(&LITTLE).await;
        let get = async |known: &str| {
            let request = world.getting(&[("query", "{ viewer { member { name } } }")]).header("If-None-Match", known);
            Reply::to(request.bearer_auth(ana.token.as_deref().expect("a token"))).await
        };
        let first = get("").await;
        assert_eq!((first.status, first.cost()), (200, Value::Null));
        assert!(first.header("ratelimit").starts_with("\"member\";r=9998;"), "{}", first.header("ratelimit"));
        let again = get(first.header("etag")).await;
        assert_eq!(again.status, 304);
        assert!(again.header("ratelimit").starts_with("\"member\";r=9996;"), "the headers tell: {}", again.header("ratelimit"));
    }
}

story! {
    async fn an_operation_on_a_socket_or_as_events_is_refused_and_a_subscription_goes_on(world: World) {
        let [ana] = world.people(["ana"]).await;
        let limited = world.again_with(&LITTLE).await;
        let mut wire = Wire::of(&limited, &ana).await;
        wire.subscribe("listens").await;
        wire.ask("much", MUCH, json!({})).await;
        assert_eq!(wire.hear().await["type"], "next");
        assert_eq!(wire.hear().await, json!({"type": "complete", "id": "much"}));
        wire.ask("page", PAGE, json!({})).await;
        let refused = wire.hear().await;
        assert_eq!((&refused["type"], &refused["id"]), (&json!("error"), &json!("page")), "{refused}");
        let extensions = &refused["payload"][0]["extensions"];
        assert!(extensions["code"] == "RATE_LIMITED" && extensions["retryAt"].is_string(), "{refused}");

        let events = limited.asking(PAGE).header("Accept", "text/event-stream");
        is_refused(&Reply::to(events.bearer_auth(ana.token.as_deref().expect("a token"))).await);

        while ask(&limited, &ana, RATE).await.status == 200 {}
        for _ in 0..3 {
            sign_in_elsewhere(&limited, &ana).await;
            let told = wire.hear().await;
            assert_eq!((&told["type"], &told["id"]), (&json!("next"), &json!("listens")), "{told}");
        }
    }
}

story! {
    async fn an_event_costs_one_point_while_there_is_one(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        let world = world.again_with(&LITTLE).await;
        let mut wire = Wire::of(&world, &ana).await;
        wire.subscribe("listens").await;
        let before = left(&world, &ana).await;
        for _ in 0..2 {
            sign_in_elsewhere(&world, &ana).await;
            wire.hear().await;
        }
        assert_eq!(left(&world, &ana).await, before - 3, "two events, and the question");
        assert_eq!(left(&world, &bela).await, LIMIT - 1, "what does not concern somebody costs them nothing");
    }
}

/// How much two replicas grant to fifty clients of one member who ask until they are refused, and how much may have flowed
/// back meanwhile.
async fn drained(world: &World, replicas: &[World; 2], member: &Person) -> (u64, f64) {
    let begun = world.system().now;
    let client = async |at: usize| {
        let mut granted = 0;
        loop {
            let reply = ask(&replicas[at % 2], member, PAGE).await;
            match reply.status {
                200 => granted += reply.cost()["requested"].as_u64().expect("a number"),
                429 => return granted,
                other => panic!("{other}: {}", reply.text()),
            }
        }
    };
    let granted = join_all((0..50).map(client)).await.into_iter().sum();
    let passed = (world.system().now.0 - begun.0) as f64 / 1e6;
    (granted, LIMIT as f64 * passed / (24.0 * 3_600.0))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_clients_on_two_replicas_drain_one_bucket() {
    let world = World::on_postgres().await;
    let people = world.people(["ana", "bela", "cleo"]).await;
    let replicas = [world.replica_with(&LITTLE).await, world.replica_with(&LITTLE).await];
    for member in &people {
        let (granted, flown) = drained(&world, &replicas, member).await;
        assert!(granted > LIMIT - 101, "all of it is given: {granted}");
        assert!(granted as f64 <= LIMIT as f64 * 1.01 + flown, "{granted} of {LIMIT}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_each_replica_counts_for_itself_and_pays_back() {
    let Some(mut redis) = Redis::start().await else { return };
    let world = World::on_redis(Database::postgres().await, &redis.url()).await;
    let [ana, bela] = world.people(["ana", "bela"]).await;
    let replicas = [world.replica_with(&LITTLE).await, world.replica_with(&LITTLE).await];
    assert_eq!(ask(&replicas[0], &ana, MUCH).await.status, 200);
    is_refused(&ask(&replicas[1], &ana, PAGE).await);
    redis.kill();
    for replica in &replicas {
        is_refused(&ask(replica, &ana, PAGE).await);
        let mut answers = Vec::new();
        for _ in 0..2 {
            answers.push(ask(replica, &bela, MUCH).await.status);
        }
        assert_eq!(answers, [200, 429], "it is never open");
    }
    redis.restart().await;
    for replica in &replicas {
        // What was shared is forgotten, so whoever is asked there gets a full bucket, of which what was given is taken.
        let there = async || ask(replica, &ana, PAGE).await.status == 200;
        until("Redis is asked again", Duration::from_secs(20), there).await;
        ask(replica, &bela, RATE).await;
    }
    for replica in &replicas {
        let refused = ask(replica, &bela, PAGE).await;
        is_refused(&refused);
        let wait: u64 = refused.header("retry-after").parse().expect("seconds");
        let owed = 2 * MUCH_COSTS + 101 - LIMIT;
        assert!((owed * 864 / 100 - 60..owed * 864 / 100 + 60).contains(&wait), "two buckets were given: {wait}");
    }
}

/// Asks for points of `member` from many clients until `length` has passed: how often some were given, how often not, and how
/// many had to wait for it.
async fn spending(replica: &World, member: &Person, clients: usize, length: Duration) -> (u64, u64, usize) {
    let ctx = || Ctx::new(&replica.kith, Viewer::Member(member.id));
    let begun = Instant::now();
    let client = async || {
        let (mut given, mut refused, mut held_up) = (0, 0, 0);
        while begun.elapsed() < length {
            let one = Instant::now();
            match budget::spend(&ctx(), 1).await {
                Ok(_) => given += 1,
                Err(_) => refused += 1,
            }
            held_up += usize::from(one.elapsed() > Duration::from_millis(750));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        (given, refused, held_up)
    };
    let told = join_all((0..clients).map(|_| client())).await;
    told.into_iter().fold((0, 0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1, sum.2 + one.2))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_falls_silent_holds_up_few_and_is_paid_back() {
    let Some(redis) = Redis::start().await else { return };
    let world = World::on_redis(Database::postgres().await, &redis.url()).await;
    let [ana] = world.people(["ana"]).await;
    let replicas = [world.replica_with(&LITTLE).await, world.replica_with(&LITTLE).await];
    let remaining = async |replica: &World| {
        let ctx = Ctx::new(&replica.kith, Viewer::Member(ana.id));
        u64::from(budget::spend(&ctx, 1).await.expect("there are some").remaining)
    };
    assert_eq!([remaining(&replicas[0]).await, remaining(&replicas[1]).await], [LIMIT - 1, LIMIT - 2]);
    redis.pause();
    let (given, refused, held_up) = spending(&replicas[0], &ana, 20, Duration::from_secs(6)).await;
    assert_eq!(refused, 0, "nobody is refused for that");
    assert!(given > 200, "draws go on: {given}");
    // All who were waiting when it fell silent; then one at a time, each for a second and after half a second.
    assert!((20..=30).contains(&held_up), "{held_up} of {given}");
    redis.resume();
    let mut since = 0;
    let paid = async || {
        since += 1;
        remaining(&replicas[0]).await;
        remaining(&replicas[1]).await < LIMIT - given
    };
    until("what was given is paid back", Duration::from_secs(20), paid).await;
    let left = remaining(&replicas[1]).await;
    // What nobody waited for any more has been counted as well. In these seconds a few points flow back.
    let most = given + 2 + held_up as u64 + 2 * since + 2;
    assert!(left >= LIMIT - most, "{left} of {LIMIT}, less than {most}");
}

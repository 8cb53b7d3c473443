//! Ties that begin and end: how long the commands take, and from when on another replica answers right.
//!
//! By the API, as people do it: one claims the other, who confirms; then one of them ends the tie. Both had their network
//! on their screen before, on both replicas, so that there is something to forget: for a confirmation, the lists of the
//! two and the networks of both and of all they are tied to.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::Options;
use super::client::{Connection, post};
use super::load::handle;
use super::report::{Report, millis, percentile};
use super::service::PAGE;
use super::tools::say;
use super::world::{Caching, Log, Replica, World};

pub const TITLE: &str = "writes";
pub const RATE: &str = "writes at once";

const CLAIM: &str =
    "mutation($who: String!) { claimTie(input: {who: {handle: $who}, context: FRIEND}) { userErrors { code } } }";
const PENDING: &str = "{ viewer { ties(state: PENDING, first: 1) { nodes { id } } } }";
const CONFIRM: &str = "mutation($tie: ID!) { confirmTie(input: {tieId: $tie}) { tie { state } userErrors { code } } }";
const END: &str = "mutation($tie: ID!) { endTie(input: {tieId: $tie}) { tie { state } userErrors { code } } }";
const RELATION: &str = "query($id: ID!) { node(id: $id) { ... on Member { relationToViewer } } }";

/// Two members who are not tied, each with a token.
struct Pair {
    one: (u32, String),
    other: (u32, String),
}

/// How long each step took, of all pairs.
#[derive(Default)]
struct Steps {
    claim: Vec<Duration>,
    /// The list of the ties that wait, which is no command.
    list: Vec<Duration>,
    confirm: Vec<Duration>,
    end: Vec<Duration>,
    /// From the confirmation's answer, and from the end's, to a right answer of the other replica.
    right: Vec<Duration>,
    /// How often the other replica was still wrong.
    wrong: usize,
}

/// Measures all of it.
pub async fn measure(world: &World, options: &Options, report: &mut Report) {
    let own = world.serve("writer", Caching::Shared, Log::Quiet).await;
    let other = world.serve("other-replica", Caching::Shared, Log::Quiet).await;
    let alone = world.serve("alone", Caching::Alone, Log::Quiet).await;
    report.section(format!("{TITLE}, one after the other"), &["p50 ms", "p99 ms", "most ms"]);
    // Nobody is in two pairs: what one did must not slow or hinder another.
    let strangers = world.graph.sample(options.ties * 7 + options.hub_ties * 4, 19);
    let mut strangers = strangers.into_iter().filter(|member| !world.graph.hubs.contains(member));
    let cached = if world.place.redis.is_some() { "Redis" } else { "in process" };
    for (who, count) in [("members", options.ties), ("hubs", options.hub_ties)] {
        let mut pairs = |count: usize| -> Vec<(u32, u32)> {
            let mut pairs = Vec::new();
            while pairs.len() < count {
                let Some(one) = strangers.next() else { break };
                let other = match who {
                    "hubs" => Some(world.graph.hubs[pairs.len() % world.graph.hubs.len()]),
                    _ => strangers.next(),
                };
                pairs.extend(other.filter(|other| !world.graph.are_tied(one, *other)).map(|other| (one, other)));
            }
            pairs
        };
        let (shared, lonely) = (pairs(count), pairs(count));
        let steps = steps(world, &own, (cached == "Redis").then_some(&other), shared).await;
        rows(report, who, cached, steps);
        if cached == "Redis" {
            rows(report, who, "no Redis", self::steps(world, &alone, None, lonely).await);
        }
    }
    drop((other, alone));
    rate(world, &own, strangers, options, report).await;
}

/// Prints the times of a kind of pairs.
fn rows(report: &mut Report, who: &str, cached: &str, steps: Steps) {
    let Steps { claim, list, confirm, end, right, wrong } = steps;
    for (what, mut times) in
        [("claim", claim), ("list", list), ("confirm", confirm), ("end", end), ("right elsewhere", right)]
    {
        if times.is_empty() {
            continue;
        }
        let [p50, p99, most] = [50, 99, 100].map(|percent| millis(percentile(&mut times, percent)));
        report.row(format!("{who}, {cached}: {what}"), &[p50, p99, most]);
    }
    if wrong > 0 {
        say(&format!("  the other replica was still wrong {wrong} times when it was asked"));
    }
}

/// All pairs, one after the other.
async fn steps(world: &World, own: &Replica, other: Option<&Replica>, pairs: Vec<(u32, u32)>) -> Steps {
    let mut steps = Steps::default();
    for pair in pairs {
        let pair = with_tokens(world, pair).await;
        one_pair(world, own, other, &pair, &mut steps).await;
    }
    steps
}

async fn with_tokens(world: &World, (one, other): (u32, u32)) -> Pair {
    Pair { one: (one, world.token(one).await), other: (other, world.token(other).await) }
}

async fn one_pair(world: &World, own: &Replica, other: Option<&Replica>, pair: &Pair, steps: &mut Steps) {
    let mut here = Connection::open(own.address).await.expect("it listens");
    let mut there = Connection::open(other.unwrap_or(own).address).await.expect("it listens");
    let page = json!({"query": PAGE});
    let relation = post(
        "/graphql",
        Some(&pair.one.1),
        &json!({"query": RELATION, "variables": {"id": global_id(world, pair.other.0)}}),
    );
    for connection in [&mut here, &mut there] {
        for (_, token) in [&pair.one, &pair.other] {
            connection.answer(&post("/graphql", Some(token), &page)).await;
        }
        let before = connection.answer(&relation).await;
        assert_ne!(before["data"]["node"]["relationToViewer"], "TIE", "{before}");
    }
    let claim = json!({"query": CLAIM, "variables": {"who": handle(pair.other.0)}});
    let (_, took) = command(&mut here, &pair.one.1, &claim).await;
    steps.claim.push(took);
    let begun = Instant::now();
    let tie = pending(&mut here, &pair.other.1).await;
    steps.list.push(begun.elapsed());
    for (document, after) in [(CONFIRM, true), (END, false)] {
        let (_, took) =
            command(&mut here, &pair.other.1, &json!({"query": document, "variables": {"tie": &tie}})).await;
        if after { &mut steps.confirm } else { &mut steps.end }.push(took);
        let answered = Instant::now();
        if other.is_some() {
            loop {
                let answer = there.answer(&relation).await;
                if (answer["data"]["node"]["relationToViewer"] == "TIE") == after {
                    break;
                }
                steps.wrong += 1;
                assert!(answered.elapsed() < Duration::from_secs(10), "the other replica stays wrong: {answer}");
            }
            steps.right.push(answered.elapsed());
        }
    }
}

/// How many ties begin and end a second, when several pairs are at it.
async fn rate(
    world: &World,
    own: &Replica,
    mut strangers: impl Iterator<Item = u32>,
    options: &Options,
    report: &mut Report,
) {
    let mut pairs = Vec::new();
    while let (Some(one), Some(other)) = (strangers.next(), strangers.next()) {
        if !world.graph.are_tied(one, other) && pairs.len() < options.ties {
            pairs.push(with_tokens(world, (one, other)).await);
        }
    }
    report.section(format!("{RATE}, 8 pairs at a time"), &["ties/s", "commands/s", "CPU us"]);
    let (count, busy, begun) = (pairs.len() as f64, own.process.busy(), Instant::now());
    let queue = std::sync::Mutex::new(pairs);
    let one_by_one = async || {
        let mut connection = Connection::open(own.address).await.expect("it listens");
        let next = || queue.lock().expect("a queue").pop();
        while let Some(pair) = next() {
            command(&mut connection, &pair.one.1, &json!({"query": CLAIM, "variables": {"who": handle(pair.other.0)}}))
                .await;
            let tie = pending(&mut connection, &pair.other.1).await;
            for document in [CONFIRM, END] {
                command(&mut connection, &pair.other.1, &json!({"query": document, "variables": {"tie": &tie}})).await;
            }
        }
    };
    futures::future::join_all((0..8).map(|_| one_by_one())).await;
    let (took, busy) = (begun.elapsed().as_secs_f64(), own.process.busy() - busy);
    let commands = count * 3.0;
    report.row("claimed, confirmed and ended", &[count / took, commands / took, busy.as_secs_f64() * 1e6 / commands]);
}

/// The tie that waits for whose token this is.
async fn pending(connection: &mut Connection, token: &str) -> Value {
    let waiting = connection.answer(&post("/graphql", Some(token), &json!({"query": PENDING}))).await;
    let tie = &waiting["data"]["viewer"]["ties"]["nodes"][0]["id"];
    assert!(tie.is_string(), "{waiting}");
    tie.clone()
}

/// A command that is not refused, and how long it took.
async fn command(connection: &mut Connection, token: &str, body: &Value) -> (Value, Duration) {
    let request = post("/graphql", Some(token), body);
    let begun = Instant::now();
    let answer = connection.answer(&request).await;
    let took = begun.elapsed();
    let payload = answer["data"].as_object().and_then(|data| data.values().next()).expect("a payload");
    assert_eq!(payload["userErrors"], json!([]), "{answer}");
    (payload.clone(), took)
}

/// The id of a member as clients see it.
fn global_id(world: &World, member: u32) -> String {
    format!("mem_{}", BASE64_URL_SAFE_NO_PAD.encode(world.graph.id(member)))
}

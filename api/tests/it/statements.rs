//! The number of SQL statements of a page does not grow with its length, with a cold cache or a warm one.

use std::fmt::Debug;

use domain::cache::Cache;
use serde_json::{Value, json};

use crate::support::{Database, Person, World, listed};

/// The sizes of the two pages that are compared.
const SHORT: usize = 5;
const LONG: usize = 50;
/// What it may cost that loads of the same kind happen not to meet in one batch, which they do on a busy machine for each
/// kind of a long page. A statement a row would be 35 or more.
const SLACK: u64 = 12;

/// `me-me`, whose every list has so many rows.
///
/// Ties with `t-1`, `t-2` and on, each confirmed after a claim; behind each a friend `r-1`, `r-2` of theirs; `hub`, whom all ties know;
/// and as many whom she has blocked.
async fn me_with(world: &World, size: usize) -> Person {
    let people = |kind: &str| (1..=size).map(|number| format!("{kind}-{number}")).collect::<Vec<String>>();
    let (ties, reached, blocked) = (people("t"), people("r"), people("b"));
    let mut ids = vec!["me", "hub"];
    ids.extend(ties.iter().chain(&reached).chain(&blocked).map(String::as_str));
    let mut pairs = Vec::new();
    for ((tie, reached), blocked) in ties.iter().zip(&reached).zip(&blocked) {
        pairs.extend([(tie.as_str(), "hub"), (tie, reached), (&ties[0], reached), (&ties[0], blocked)]);
    }
    pairs.sort_unstable();
    pairs.dedup();
    let mut import = listed("big", &ids, &pairs);
    for person in &mut import.people {
        person.skills = vec!["Tuning".to_owned()];
        person.area = Some("Lyon".to_owned());
    }
    world.import(import).await;
    let me = world.person("big-me").await;
    let handle = "mutation { updateProfile(input: {handle: \"me-me\", bio: \"me\"}) { userErrors { code } } }";
    assert_eq!(me.mutate(handle, json!({})).await["userErrors"], json!([]));
    for (number, tie) in ties.iter().enumerate() {
        if number % 10 == 0 {
            world.pass_days(1);
        }
        let invite = "mutation { createInvitation(input: {context: FRIEND}) { userErrors { code } } }";
        assert_eq!(me.mutate(invite, json!({})).await["userErrors"], json!([]));
        let used = format!(
            "UPDATE invitation SET used_at = created_at, used_by = (SELECT id FROM member WHERE handle = 'big-{tie}') WHERE used_at IS NULL"
        );
        world.execute(&used).await;
        if number > 0 {
            // A further device: with the one she asks on there are as many as ties.
            world.person("me-me").await;
        }
        me.claim_named(json!({"handle": format!("big-{tie}")})).await;
        let tie = world.person(&format!("big-{tie}")).await;
        assert_eq!(tie.claim_named(json!({"handle": "me-me"})).await["claim"]["state"], "CONFIRMED");
    }
    for blocked in &blocked {
        let blocked = world.person(&format!("big-{blocked}")).await;
        assert_eq!(me.block(&blocked).await["userErrors"], json!([]));
    }
    me
}

/// What stands for everything a member shows: each field that could cost a statement of its own.
const MEMBER: &str = "id name headline bio skills area email phone relationToViewer";

/// Each list, as a document over `$n` rows, and where its rows stand in the answer.
fn lists() -> [(&'static str, String, &'static str); 11] {
    let list = |body: &str| format!("query($n: Int!) {{ {body} }}").replace("MEMBER", MEMBER);
    [
        (
            "ties",
            list("viewer { ties(first: $n) { totalCount edges { cursor node { id state other { MEMBER } } } } }"),
            "/viewer/ties/edges",
        ),
        (
            "claims",
            list("viewer { claims(first: $n) { totalCount nodes { id tie { id state other { MEMBER } } } } }"),
            "/viewer/claims/nodes",
        ),
        (
            "network",
            list(
                "viewer { network(first: $n) { totalCount edges { mutualCount routes(first: 3) { inPerson connector { MEMBER } } node { MEMBER } } } }",
            ),
            "/viewer/network/edges",
        ),
        (
            "network, filtered",
            list(
                "viewer { network(first: $n, filter: {skill: \"tuning\", area: \"LYON\", inPerson: false}) { totalCount nodes { MEMBER } } }",
            ),
            "/viewer/network/nodes",
        ),
        (
            "whoCanHelp",
            list(
                "viewer { whoCanHelp(skill: \"TUNING\", place: \"lyon\", first: $n) { totalCount edges { routes { connector { name } } node { MEMBER } } } }",
            ),
            "/viewer/whoCanHelp/edges",
        ),
        (
            "blocks",
            list("viewer { blocks(first: $n) { totalCount nodes { id name handle memberId createdAt } } }"),
            "/viewer/blocks/nodes",
        ),
        (
            "sessions",
            list(
                "viewer { sessions(first: $n) { totalCount edges { cursor node { id device client address current lastSeenAt } } } }",
            ),
            "/viewer/sessions/edges",
        ),
        (
            "invitations",
            list(
                "viewer { invitations(first: $n) { totalCount edges { cursor node { id state code url usedBy { MEMBER } } } } }",
            ),
            "/viewer/invitations/edges",
        ),
        (
            "mutuals of a friend of a friend",
            list("member(by: {handle: \"big-hub\"}) { mutuals(first: $n) { totalCount nodes { MEMBER } } }"),
            "/member/mutuals/nodes",
        ),
        (
            "mutuals of each in a page",
            list("viewer { network(first: $n) { nodes { mutuals(first: 5) { totalCount nodes { name bio } } } } }"),
            "/viewer/network/nodes",
        ),
        ("reach", list("viewer { ties(first: $n) { nodes { id } } reach { ties network } }"), "/viewer/ties/nodes"),
    ]
}

/// The fewest statements a document takes of several tries: the relay, which looks into the outbox now and then, counts
/// in the same book.
pub(crate) async fn fewest(world: &World, me: &Person, document: &str, variables: &Value) -> (u64, Value) {
    let mut best = (u64::MAX, Value::Null);
    for _ in 0..6 {
        let before = world.kith.store.statements();
        let data = me.run(document, variables.clone()).await;
        let taken = world.kith.store.statements() - before;
        if taken < best.0 {
            best = (taken, data);
        }
    }
    best
}

/// How many statements each list takes, and the nodes of all kinds together.
async fn statements(cache: Cache, size: usize) -> Vec<(String, u64)> {
    let world = World::start(Database::sqlite(), cache).await;
    let me = me_with(&world, size).await;
    let mut taken = Vec::new();
    for (name, document, pointer) in lists() {
        let (statements, data) = fewest(&world, &me, &document, &json!({"n": size})).await;
        let rows = data.pointer(pointer).and_then(Value::as_array).map(Vec::len);
        assert_eq!(rows, Some(size), "{name}: a full page, {data}");
        taken.push((name.to_owned(), statements));
    }
    // At most 100 ids are asked for at once.
    let part = size.min(16);
    let all = "query($n: Int!) { viewer { ties(first: $n) { nodes { id other { id } } } claims(first: $n) { nodes { id } } blocks(first: $n) { nodes { id } } sessions(first: $n) { nodes { id } } invitations(first: $n) { nodes { id } } } }";
    let data = me.run(all, json!({"n": part})).await["viewer"].clone();
    let ids: Vec<Value> = [
        ("ties", "/id"),
        ("ties", "/other/id"),
        ("claims", "/id"),
        ("blocks", "/id"),
        ("sessions", "/id"),
        ("invitations", "/id"),
    ]
    .into_iter()
    .flat_map(|(list, pointer)| {
        let nodes = data[list]["nodes"].as_array().cloned().unwrap_or_default();
        nodes.into_iter().filter_map(|node| node.pointer(pointer).cloned()).collect::<Vec<_>>()
    })
    .collect();
    assert_eq!(ids.len(), part * 6);
    let nodes = format!(
        "query($ids: [ID!]!) {{ nodes(ids: $ids) {{ id ... on Member {{ {MEMBER} }} ... on Tie {{ other {{ {MEMBER} }} }} ... on Claim {{ tie {{ id }} }} ... on Block {{ name }} ... on Session {{ device }} ... on Invitation {{ usedBy {{ {MEMBER} }} }} }} }}"
    );
    let (statements, data) = fewest(&world, &me, &nodes, &json!({"ids": ids})).await;
    assert!(data["nodes"].as_array().expect("nodes").iter().all(Value::is_object), "all are there");
    taken.push(("nodes".to_owned(), statements));
    taken
}

/// Holds that no list takes more statements for a long page than for a short one.
pub(crate) fn none_grows(short: &[(impl Debug, u64)], long: &[(impl Debug, u64)]) {
    let grown = short.iter().zip(long).filter(|((_, of_short), (_, of_long))| *of_long > of_short + SLACK);
    assert_eq!(grown.count(), 0, "left the short pages, right the long ones: {short:?} {long:?}");
}

async fn compare(cache: fn() -> Cache) {
    let (short, long) = tokio::join!(statements(cache(), SHORT), statements(cache(), LONG));
    none_grows(&short, &long);
    let most = long.iter().max_by_key(|(_, statements)| *statements);
    assert!(most.is_some_and(|(_, statements)| *statements <= 30), "{most:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_longer_page_takes_no_more_statements_without_a_cache() {
    compare(Cache::off).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_longer_page_takes_no_more_statements_with_a_warm_cache() {
    compare(Cache::local).await;
}

//! The number of SQL statements of the log of deliveries does not grow with its length, with a cold cache or a warm one.

use std::time::Duration;

use domain::cache::Cache;
use serde_json::{Value, json};

use super::{Hook, forming};
use crate::statements::{fewest, none_grows};
use crate::support::{Database, Receiver, World, until};

const SHORT: usize = 5;
/// As many as may be asked for at once.
const LONG: usize = 30;

const LOG: &str =
    "query($id: ID!, $n: Int!) { node(id: $id) { ... on Webhook { url deliveries(first: $n) { totalCount nodes {
    id event eventId payload state nextAttemptAt endedAt attempts { at statusCode failure duration }
    webhook { url events createdBy { name } community { name memberCount } } } } } } }";

async fn statements(cache: Cache, size: usize) -> Vec<(&'static str, u64)> {
    let world = World::start(Database::sqlite(), cache).await;
    let [ana] = world.people(["ana"]).await;
    let (community, receiver) = (forming(&ana).await, Receiver::start());
    let hook = Hook::of(&ana, &community, &receiver).await;
    let mut ids = Vec::new();
    for _ in 0..size {
        ids.push(hook.test(&ana).await);
    }
    let arrived = async || world.count("delivery", &[("state", "DELIVERED".into())]).await;
    until("all have arrived", Duration::from_secs(30), async || usize::try_from(arrived().await) == Ok(size)).await;
    let (log, data) = fewest(&world, &ana, LOG, &json!({"id": hook.id, "n": size})).await;
    let rows = data.pointer("/node/deliveries/nodes").and_then(Value::as_array).cloned().unwrap_or_default();
    assert_eq!(rows.len(), size, "a full page: {data}");
    assert!(rows.iter().all(|row| row["attempts"].as_array().is_some_and(|tries| !tries.is_empty())), "{data}");
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on WebhookDelivery { event attempts { statusCode } webhook { url } } } }";
    let (nodes, data) = fewest(&world, &ana, nodes, &json!({"ids": ids})).await;
    assert!(data["nodes"].as_array().expect("nodes").iter().all(Value::is_object), "all are there");
    vec![("log", log), ("nodes", nodes)]
}

async fn compare(cache: fn() -> Cache) {
    let (short, long) = tokio::join!(statements(cache(), SHORT), statements(cache(), LONG));
    none_grows(&short, &long);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_longer_log_takes_no_more_statements_without_a_cache() {
    compare(Cache::off).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_longer_log_takes_no_more_statements_with_a_warm_cache() {
    compare(Cache::local).await;
}

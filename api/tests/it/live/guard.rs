//! What no honest client sends over a socket: each is refused or closed, and the server lives.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::{SESSION, Wire};
use crate::support::{Reply, World};

const MOST: usize = 256 * 1024;

async fn lives(world: &World) {
    assert_eq!(Reply::to(world.asking("{ __typename }")).await.status, 200);
}

#[tokio::test]
async fn every_operation_passes_the_guard() {
    let world = World::on_sqlite().await;
    let mut wire = Wire::new(&world).await;
    wire.introduce(None).await;
    let nested = |open: &str, close: &str, levels: usize| {
        format!("subscription {{node(id:{}1{}){{id}}}}", open.repeat(levels), close.repeat(levels))
    };
    let bomb = |levels: usize| {
        let links = (0..levels).map(|i| format!("fragment f{i} on Query{{...f{n} ...f{n}}}", n = i + 1));
        format!("{{...f0}}{}fragment f{levels} on Query{{__typename}}", links.collect::<String>())
    };
    for document in [
        nested("[", "]", 200),
        nested("[", "]", 20_000),
        nested("{y:", "}", 2_000),
        format!("{{{}a{}", "a{".repeat(20_000), "}".repeat(20_000)),
        bomb(20),
        bomb(40),
        "{...a} fragment a on Query{...a}".to_owned(),
        format!("mutation {{{}}}", "a: signIn ".repeat(60)),
        "mutation { a: signIn b: signIn }".to_owned(),
    ] {
        let begun = Instant::now();
        wire.ask("1", &document, json!({})).await;
        let error = wire.hear().await;
        assert_eq!(error["payload"][0]["extensions"]["code"], "DOCUMENT_TOO_COMPLEX", "{document:.60}");
        assert!(begun.elapsed() < Duration::from_secs(1), "{document:.60}");
    }
    let costly = "{ viewer { network(first: 100) { nodes { mutuals(first: 100) { nodes { id } } } } } }";
    wire.ask("1", costly, json!({})).await;
    assert_eq!(wire.hear().await["payload"][0]["extensions"]["code"], "QUERY_TOO_COSTLY");
    lives(&world).await;
}

#[tokio::test]
async fn a_message_of_256_kib_is_read_and_a_larger_one_is_not() {
    let world = World::on_sqlite().await;
    let padded = |size: usize| {
        let mut text = json!({"type": "ping"}).to_string();
        text.push_str(&" ".repeat(size - text.len()));
        text
    };
    let mut wire = Wire::new(&world).await;
    wire.send(Message::text(padded(MOST))).await;
    assert_eq!(wire.hear().await, json!({"type": "pong"}));
    for size in [MOST + 1, 4 * MOST] {
        let mut wire = Wire::new(&world).await;
        wire.send(Message::text(padded(size))).await;
        assert_eq!(wire.closed().await.0, 1009, "{size}");
    }
    lives(&world).await;
}

#[tokio::test]
async fn a_socket_has_twenty_operations_under_way_and_a_member_ten_sockets() {
    let world = World::on_sqlite().await;
    let [ana, bela] = world.people(["ana", "bela"]).await;
    let mut wire = Wire::of(&world, &ana).await;
    for id in 0..20 {
        wire.ask(&id.to_string(), SESSION, json!({})).await;
    }
    wire.ask("20", "{ __typename }", json!({})).await;
    let error = wire.hear().await;
    assert_eq!(
        (&error["id"], &error["payload"][0]["extensions"]["code"]),
        (&json!("20"), &json!("TOO_MANY_OPERATIONS"))
    );
    wire.say(json!({"type": "complete", "id": "0"})).await;
    wire.ask("20", "{ __typename }", json!({})).await;
    assert_eq!(wire.hear().await["type"], "next");

    let mut others = Vec::new();
    for _ in 0..9 {
        others.push(Wire::of(&world, &ana).await);
    }
    let introduction = json!({"type": "connection_init", "payload": {"authToken": ana.token}});
    let mut one_more = Wire::new(&world).await;
    one_more.say(introduction.clone()).await;
    assert_eq!(one_more.closed().await.0, 1013);
    Wire::of(&world, &bela).await;
    let mut last = others.pop().expect("nine");
    last.send(Message::Close(None)).await;
    last.ended().await;
    Wire::of(&world, &ana).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_does_not_read_is_sent_away() {
    let world = World::on_sqlite().await;
    let mut wire = Wire::new(&world).await;
    let ping = json!({"type": "ping", "payload": {"x": "y".repeat(100_000)}}).to_string();
    // Whatever the machine keeps for a connection is full some time.
    for _ in 0..400 {
        let sent = tokio::time::timeout(Duration::from_secs(2), wire.send(Message::text(ping.clone()))).await;
        if sent.is_err() {
            break;
        }
    }
    assert_eq!(wire.closed().await.0, 1013);
    lives(&world).await;
}

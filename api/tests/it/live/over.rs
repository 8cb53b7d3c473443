//! When it is over: the time of a token, a session, a member's leave, the server. And what nobody hears any more then.

use std::time::{Duration, Instant};

use domain::ctx::days;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::{SESSION, Wire, sign_in_elsewhere, token};
use crate::story;
use crate::support::World;

#[tokio::test]
async fn whoever_does_not_introduce_themselves_has_ten_seconds() {
    let world = World::on_sqlite().await;
    let (mut silent, mut wire) = (Wire::new(&world).await, Wire::new(&world).await);
    wire.introduce(None).await;
    world.kith.clock.advance(Duration::from_secs(9));
    silent.is_silent().await;
    world.kith.clock.advance(Duration::from_secs(1));
    assert_eq!(silent.closed().await.0, 4408);
    wire.is_silent().await;
}

#[tokio::test]
async fn whoever_gives_no_sign_of_life_is_taken_for_gone() {
    let world = World::on_sqlite().await;
    let mut wire = Wire::new(&world).await;
    wire.introduce(None).await;
    for _ in 0..4 {
        world.kith.clock.advance(Duration::from_secs(25));
        // Reading a question answers it.
        assert!(matches!(wire.raw().await, Some(Message::Ping(_))));
        wire.is_silent().await;
    }
    for _ in 0..3 {
        world.kith.clock.advance(Duration::from_secs(25));
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    assert_eq!(wire.closed().await.0, 1001);
}

#[tokio::test]
async fn a_socket_ends_with_its_token() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let (_, short) = token(&world, &ana, 10).await;
    let mut wire = Wire::new(&world).await;
    wire.introduce(Some(&short)).await;
    wire.subscribe("1").await;
    world.kith.clock.advance(Duration::from_secs(590));
    wire.is_silent().await;
    let begun = Instant::now();
    world.kith.clock.advance(Duration::from_secs(10));
    let (code, reason) = wire.closed().await;
    assert!(code == 4403 && reason.contains("expired"), "{code} {reason}");
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    let mut again = Wire::new(&world).await;
    again.say(json!({"type": "connection_init", "payload": {"authToken": short}})).await;
    let (code, reason) = again.closed().await;
    assert!(code == 4403 && reason.contains("expired"), "not even within a minute: {code} {reason}");
}

story! {
    async fn a_socket_ends_with_its_session(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (session, short) = token(&world, &ana, 10).await;
        let mut wire = Wire::new(&world).await;
        wire.introduce(Some(&short)).await;
        wire.subscribe("1").await;
        let mut other = Wire::of(&world, &ana).await;
        let revoke = "mutation($id: ID!) { revokeSession(input: {sessionId: $id}) { userErrors { code } } }";
        let sessions = ana.query("{ viewer { sessions { nodes { id device } } } }").await;
        let sessions = sessions["viewer"]["sessions"]["nodes"].as_array().cloned().unwrap_or_default();
        let id = sessions.iter().find(|session| session["device"] == "short").expect("the session")["id"].clone();
        let begun = Instant::now();
        assert_eq!(ana.mutate(revoke, json!({"id": id})).await["userErrors"], json!([]), "{session:?}");
        let heard = wire.closed_without_a_word().await;
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        assert_eq!(heard, (4403, "Forbidden: signed out".to_owned()));
        other.ask("1", "{ viewer { member { handle } } }", json!({})).await;
        assert_eq!(other.hear().await["payload"]["data"]["viewer"]["member"]["handle"], "ana", "another session stands");
    }
}

story! {
    async fn whoever_is_suspended_hears_nothing_more(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        let mut wire = Wire::of(&world, &bela).await;
        wire.subscribe("1").await;
        let mut bystander = Wire::of(&world, &ana).await;
        bystander.subscribe("1").await;
        let begun = Instant::now();
        domain::account::suspend(&world.system(), "bela").await.expect("bela is suspended");
        assert_eq!(wire.closed_without_a_word().await.0, 4403);
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        bystander.is_silent().await;
    }
}

#[tokio::test]
async fn who_signs_out_over_a_socket_is_answered_first() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let mut wire = Wire::of(&world, &ana).await;
    wire.ask("1", "mutation { signOut { deletedSessionId } }", json!({})).await;
    assert!(wire.hear().await["payload"]["data"]["signOut"]["deletedSessionId"].is_string());
    assert_eq!(wire.closed().await.0, 4403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_sends_everybody_to_another_not_all_at_once() {
    let world = World::on_sqlite().await;
    let people = world.crowd("crowd", 5).await;
    let mut wires = Vec::new();
    for person in people.iter().cycle().take(50) {
        wires.push(Wire::of(&world, person).await);
    }
    let begun = Instant::now();
    let stopping = world.stop();
    let closed = futures::future::join_all(wires.iter_mut().map(async |wire| (wire.closed().await.0, begun.elapsed())));
    let (closed, ()) = tokio::join!(closed, stopping);
    assert!(closed.iter().all(|(code, _)| *code == 1012), "{closed:?}");
    let (first, last) = (closed.iter().map(|it| it.1).min(), closed.iter().map(|it| it.1).max());
    let spread = last.zip(first).map(|(last, first)| last - first).expect("some");
    assert!(spread > Duration::from_millis(500) && spread < Duration::from_secs(2), "{spread:?}");
    assert!(begun.elapsed() < Duration::from_secs(5), "nobody holds up the end: {:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_outlives_what_happens_to_others_for_days() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let mut wire = Wire::of(&world, &ana).await;
    wire.ask("1", SESSION, json!({})).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    world.kith.clock.advance(days(2));
    tokio::time::sleep(Duration::from_millis(700)).await;
    sign_in_elsewhere(&world, &ana).await;
    assert_eq!(wire.hear().await["type"], "next", "its session was used the whole time");
}

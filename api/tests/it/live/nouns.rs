//! What is told of notifications, messages and introductions: to whom it concerns, on whichever replica they listen, and to
//! nobody from whom it is hidden.

use serde_json::{Value, json};

use super::clients::App;
use super::{SOON, Wire};
use crate::story;
use crate::support::{Person, World, until};

const NOTIFIED: &str = "subscription { notificationReceived { kind } }";
const CHANGED: &str = "subscription { introductionChanged { state viewerRole } }";
const SAID: &str = "subscription($id: ID!) { messageSent(conversationId: $id) { text author { name } } }";

/// Where somebody listens: on another replica if there is a Redis between the two.
async fn elsewhere(world: &World) -> Option<World> {
    match world.redis() {
        Some(_) => Some(world.replica().await),
        None => None,
    }
}

/// Waits until what happens at one server is heard at the other.
async fn linked(world: &World, there: &World, person: &Person) {
    until("the replicas are linked", SOON, async || {
        let mut wire = Wire::of(there, person).await;
        wire.subscribe("probe").await;
        super::sign_in_elsewhere(world, person).await;
        tokio::time::timeout(std::time::Duration::from_millis(300), wire.hear())
            .await
            .is_ok_and(|it| it["type"] == "next")
    })
    .await;
}

async fn listening(world: &World, person: &Person, document: &str, variables: Value) -> Wire {
    let mut wire = Wire::of(world, person).await;
    wire.ask("1", document, variables).await;
    tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    wire
}

/// What the next message holds.
async fn told(wire: &mut Wire) -> Value {
    let message = wire.hear().await;
    assert_eq!(message["type"], "next", "{message}");
    message["payload"]["data"].as_object().and_then(|data| data.values().next()).cloned().expect("one field")
}

async fn conversation(one: &Person, other: &Person) -> Value {
    let input = json!({"memberId": other.global_id()});
    one.done("startConversation", "conversation { id }", input).await["conversation"]["id"].clone()
}

async fn say(person: &Person, conversation: &Value, text: &str) {
    person.done("sendMessage", "message { id }", json!({"conversationId": conversation, "text": text})).await;
}

story! {
    async fn each_of_the_three_hears_what_they_may_know_of_an_introduction(world: World) {
        let [rita, cora, tom] = world.people(["rita", "cora", "tom"]).await;
        world.tie([(&rita, &cora), (&cora, &tom)]).await;
        let other = elsewhere(&world).await;
        let there = other.as_ref().unwrap_or(&world);
        linked(&world, there, &rita).await;
        let mut ritas = listening(there, &rita, CHANGED, json!({})).await;
        let mut coras = listening(there, &cora, NOTIFIED, json!({})).await;
        let mut toms = listening(there, &tom, CHANGED, json!({})).await;
        let input = json!({"targetId": tom.global_id(), "connectorId": cora.global_id(), "reason": "I paint."});
        let id = rita.done("requestIntroduction", "introduction { id }", input).await["introduction"]["id"].clone();
        assert_eq!(told(&mut ritas).await, json!({"state": "REQUESTED", "viewerRole": "REQUESTER"}));
        assert_eq!(told(&mut coras).await, json!({"kind": "INTRODUCTION_REQUESTED"}));
        toms.is_silent().await;
        cora.done("passOnIntroduction", "introduction { id }", json!({"introductionId": id, "note": "Meet her."})).await;
        assert_eq!(told(&mut toms).await, json!({"state": "PASSED_ON", "viewerRole": "TARGET"}));
        ritas.is_silent().await;
        tom.done("acceptIntroduction", "introduction { id }", json!({"introductionId": id})).await;
        assert_eq!(told(&mut ritas).await, json!({"state": "ACCEPTED", "viewerRole": "REQUESTER"}));
        assert_eq!(told(&mut toms).await, json!({"state": "ACCEPTED", "viewerRole": "TARGET"}));
        assert_eq!(told(&mut coras).await, json!({"kind": "INTRODUCTION_ACCEPTED"}));
    }
}

story! {
    async fn a_requester_hears_nothing_of_a_decline(world: World) {
        let [rita, cora, tom] = world.people(["rita", "cora", "tom"]).await;
        world.tie([(&rita, &cora), (&cora, &tom)]).await;
        let input = json!({"targetId": tom.global_id(), "connectorId": cora.global_id(), "reason": "I paint."});
        let id = rita.done("requestIntroduction", "introduction { id }", input).await["introduction"]["id"].clone();
        let mut changes = listening(&world, &rita, CHANGED, json!({})).await;
        let mut notes = listening(&world, &rita, NOTIFIED, json!({})).await;
        cora.done("declineIntroduction", "introduction { id }", json!({"introductionId": id})).await;
        changes.is_silent().await;
        notes.is_silent().await;
    }
}

story! {
    async fn what_is_said_is_heard_by_who_takes_part_and_by_nobody_whom_a_block_hides(world: World) {
        let [ana, ben, cleo] = world.people(["ana", "ben", "cleo"]).await;
        world.tie([(&ana, &ben)]).await;
        let talk = conversation(&ana, &ben).await;
        let other = elsewhere(&world).await;
        let there = other.as_ref().unwrap_or(&world);
        linked(&world, there, &ben).await;
        let mut bens = listening(there, &ben, SAID, json!({"id": talk})).await;
        let mut cleos = listening(there, &cleo, SAID, json!({"id": talk})).await;
        say(&ana, &talk, "Are you there?").await;
        assert_eq!(told(&mut bens).await, json!({"text": "Are you there?", "author": {"name": "ana"}}));
        cleos.is_silent().await;
        ben.block(&ana).await;
        let late = json!({"conversationId": talk, "text": "Hello?"});
        let refused = ana.command("sendMessage", "message { id }", late).await;
        assert_eq!(refused["userErrors"][0]["code"], "NOT_FOUND");
        bens.is_silent().await;
    }
}

story! {
    async fn the_npm_clients_hear_on_one_replica_what_happens_on_another(world: World) {
        let [ana, ben] = world.people(["ana", "ben"]).await;
        world.tie([(&ana, &ben)]).await;
        let talk = conversation(&ana, &ben).await;
        let other = elsewhere(&world).await;
        let there = other.as_ref().unwrap_or(&world);
        linked(&world, there, &ben).await;
        let token = ben.token.as_deref().expect("a token");
        let mut by_socket = App::asking("ws", &[there], &[token], SAID, json!({"id": talk}));
        let mut by_stream = App::asking("sse", &[there], &[token], SAID, json!({"id": talk}));
        by_socket.is_connected().await;
        // Nothing says that a stream stands: it is said again until it is heard.
        let expected = json!({"data": {"messageSent": {"text": "Hello.", "author": {"name": "ana"}}}});
        let mut heard = Box::pin(by_stream.hears());
        loop {
            say(&ana, &talk, "Hello.").await;
            tokio::select! {
                answer = &mut heard => {
                    assert_eq!(answer, expected);
                    break;
                }
                () = tokio::time::sleep(std::time::Duration::from_millis(300)) => {}
            }
        }
        assert_eq!(by_socket.hears().await, expected);
    }
}

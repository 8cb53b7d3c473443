//! `graphql-transport-ws`, frame by frame: the close codes, and what is told in between.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::{SESSION, Wire, sign_in_elsewhere};
use crate::story;
use crate::support::{Reply, World};

async fn lives(world: &World) {
    assert_eq!(Reply::to(world.asking("{ __typename }")).await.status, 200);
}

#[tokio::test]
async fn another_protocol_or_none_is_not_acceptable() {
    let world = World::on_sqlite().await;
    let mut wire = Wire::open(&world, &[]).await;
    assert_eq!(wire.closed().await.0, 4406);
    wire.ended().await;
    let both = [("Sec-WebSocket-Protocol", "graphql-ws, graphql-transport-ws")];
    Wire::open(&world, &both).await.introduce(None).await;
    let no_handshake = world.getting(&[("query", "{ __typename }")]).header("Upgrade", "websocket");
    assert_eq!(Reply::to(no_handshake).await.outcome(), (400, "BAD_REQUEST".to_owned()));
}

#[tokio::test]
async fn what_is_no_message_is_answered_with_4400_and_says_why() {
    let world = World::on_sqlite().await;
    for (what, text, why) in [
        ("no JSON", "hello", "no JSON object"),
        ("half of it", r#"{"type": "ping""#, "EOF"),
        ("nothing", "", "no JSON object"),
        ("a list", r#"["ping"]"#, "no JSON object"),
        ("no type", "{}", "type"),
        ("an unknown type", r#"{"type": "start"}"#, "start"),
        ("a type that is no text", r#"{"type": 1}"#, "type"),
        ("no id", r#"{"type": "subscribe", "payload": {"query": "{ a }"}}"#, "id"),
        ("an empty id", r#"{"type": "subscribe", "id": "", "payload": {"query": "{ a }"}}"#, "id"),
        ("an id that is no text", r#"{"type": "subscribe", "id": 1, "payload": {"query": "{ a }"}}"#, "string"),
        ("no payload", r#"{"type": "subscribe", "id": "1"}"#, "payload"),
        ("no query", r#"{"type": "subscribe", "id": "1", "payload": {}}"#, "query"),
        (
            "variables that are no object",
            r#"{"type": "subscribe", "id": "1", "payload": {"query": "{ a }", "variables": []}}"#,
            "",
        ),
        ("a payload that is no object", r#"{"type": "connection_init", "payload": []}"#, ""),
        ("complete without an id", r#"{"type": "complete"}"#, "id"),
    ] {
        let mut wire = Wire::new(&world).await;
        wire.send(Message::text(text)).await;
        let (code, reason) = wire.closed().await;
        assert_eq!(code, 4400, "{what}: {reason}");
        assert!(reason.starts_with("Invalid message: ") && reason.contains(why), "{what}: {reason}");
        wire.ended().await;
    }
    for frame in [Message::binary(br#"{"type": "ping"}"#.to_vec()), Message::binary(vec![0; 100])] {
        let mut wire = Wire::new(&world).await;
        wire.send(frame).await;
        assert_eq!(wire.closed().await.0, 4400, "binary");
    }
    let nested = format!(r#"{{"type": "ping", "payload": {{"a": {}{}}}}}"#, "[".repeat(20_000), "]".repeat(20_000));
    let mut wire = Wire::new(&world).await;
    wire.send(Message::text(nested)).await;
    assert_eq!(wire.closed().await.0, 4400, "nested");
    lives(&world).await;
}

#[tokio::test]
async fn whoever_asks_before_they_are_let_in_is_unauthorized() {
    let world = World::on_sqlite().await;
    let mut wire = Wire::new(&world).await;
    wire.ask("1", "{ __typename }", json!({})).await;
    assert_eq!(wire.closed().await.0, 4401);
}

#[tokio::test]
async fn one_introduction_is_enough() {
    let world = World::on_sqlite().await;
    let mut wire = Wire::new(&world).await;
    wire.introduce(None).await;
    wire.say(json!({"type": "connection_init"})).await;
    assert_eq!(wire.closed().await.0, 4429);
}

#[tokio::test]
async fn a_bearer_comes_in_the_introduction_or_in_the_header() {
    let world = World::on_sqlite().await;
    let [ana, bela] = world.people(["ana", "bela"]).await;
    let (token, theirs) = (ana.token.as_deref().expect("a token"), bela.token.as_deref().expect("a token"));
    let who = "{ viewer { member { handle } } }";
    let header = format!("Bearer {token}");
    let protocol = ("Sec-WebSocket-Protocol", "graphql-transport-ws");
    for (headers, payload) in [
        (&[protocol][..], json!({"Authorization": header})),
        (&[protocol], json!({"authorization": header})),
        (&[protocol], json!({"AUTHORIZATION": format!("bearer {token}")})),
        (&[protocol], json!({"authToken": token})),
        (&[protocol, ("Authorization", &header)], Value::Null),
        (&[protocol, ("Authorization", &header)], json!({"authToken": null})),
        (&[protocol, ("Authorization", &format!("Bearer {theirs}"))], json!({"authToken": token})),
        (&[protocol, ("Authorization", "Bearer x")], json!({"authToken": token})),
    ] {
        let mut wire = Wire::open(&world, headers).await;
        wire.say(json!({"type": "connection_init", "payload": payload})).await;
        assert_eq!(wire.hear().await["type"], "connection_ack", "{payload}");
        wire.ask("1", who, json!({})).await;
        assert_eq!(wire.hear().await["payload"]["data"]["viewer"]["member"]["handle"], "ana", "{payload}");
        assert_eq!(wire.hear().await, json!({"type": "complete", "id": "1"}));
    }
    for payload in [
        json!({"authToken": "x"}),
        json!({"authToken": 1}),
        json!({"Authorization": token}),
        json!({"Authorization": "Bearer "}),
        json!({"Authorization": {"Bearer": token}}),
        json!({"Authorization": format!("Basic {token}")}),
    ] {
        let mut wire = Wire::new(&world).await;
        wire.say(json!({"type": "connection_init", "payload": payload})).await;
        assert_eq!(wire.closed().await.0, 4403, "{payload}");
    }
    let mut wire = Wire::open(&world, &[protocol, ("Authorization", "Bearer x")]).await;
    wire.say(json!({"type": "connection_init"})).await;
    assert_eq!(wire.closed().await.0, 4403);
}

story! {
    async fn what_happens_is_told_to_whom_it_concerns(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        let (mut hers, mut his) = (Wire::of(&world, &ana).await, Wire::of(&world, &bela).await);
        hers.subscribe("1").await;
        hers.subscribe("2").await;
        his.subscribe("1").await;
        sign_in_elsewhere(&world, &ana).await;
        let mut told: Vec<Value> = vec![hers.hear().await, hers.hear().await];
        told.sort_by_key(|message| message["id"].to_string());
        for (message, id) in told.iter().zip(["1", "2"]) {
            assert_eq!((&message["type"], &message["id"]), (&json!("next"), &json!(id)), "{message}");
            let session = &message["payload"]["data"]["sessionChanged"];
            assert_eq!((&session["device"], &session["current"]), (&json!("a test"), &json!(true)), "{message}");
        }
        his.is_silent().await;
        hers.say(json!({"type": "complete", "id": "1"})).await;
        hers.is_silent().await;
        sign_in_elsewhere(&world, &ana).await;
        assert_eq!(hers.hear().await["id"], "2", "the other one is over");
        hers.is_silent().await;
        sign_in_elsewhere(&world, &bela).await;
        assert_eq!(his.hear().await["type"], "next");
        hers.is_silent().await;
    }
}

story! {
    async fn queries_and_mutations_are_answered_over_a_socket(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        let mut wire = Wire::of(&world, &ana).await;
        let claim = "mutation($who: Who!) { claimTie(input: {who: $who, context: FRIEND}) { claim { id } userErrors { code } } }";
        let payload = json!({"query": claim, "variables": {"who": {"handle": "bela"}}, "extensions": {"idempotencyKey": "k1"}});
        let mut claims = Vec::new();
        for id in ["1", "2"] {
            wire.say(json!({"type": "subscribe", "id": id, "payload": payload})).await;
            let next = wire.hear().await;
            assert_eq!((&next["type"], &next["id"]), (&json!("next"), &json!(id)), "{next}");
            claims.push(next["payload"]["data"]["claimTie"]["claim"]["id"].clone());
            assert_eq!(wire.hear().await, json!({"type": "complete", "id": id}));
        }
        assert!(claims[0].is_string() && claims[0] == claims[1], "a retry has one effect: {claims:?}");
        assert_eq!(bela.waiting().await.len(), 1);
        wire.ask("1", "mutation { claimTie(input: {who: {handle: \"nobody-there\"}, context: FRIEND}) { userErrors { code message } } }", json!({})).await;
        assert_eq!(wire.hear().await["payload"]["data"]["claimTie"]["userErrors"], json!([]), "an id is free again");
    }
}

#[tokio::test]
async fn an_operation_that_is_wrong_is_refused_and_the_socket_stays() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let mut wire = Wire::of(&world, &ana).await;
    for (document, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { sessionChanged }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { sessionChanged { nothing } }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription($a: Int!) { sessionChanged { id } }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { a: sessionChanged { id } b: sessionChanged { id } }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { sessionChanged { id } __typename }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { __typename }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { sessionChanged @include(if: true) { id } }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { ...Missing }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "subscription { ...F ...G } fragment F on Subscription { sessionChanged { id } } fragment G on Subscription { b: sessionChanged { id } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ] {
        wire.ask("1", document, json!({})).await;
        let error = wire.hear().await;
        assert_eq!((&error["type"], &error["id"]), (&json!("error"), &json!("1")), "{document}: {error}");
        assert_eq!(error["payload"][0]["extensions"]["code"], code, "{document}: {error}");
        assert!(error["payload"][0]["extensions"]["requestId"].is_string(), "{error}");
    }
    wire.ask("1", "subscription { ... { ...F } } fragment F on Subscription { own: sessionChanged { ...G } } fragment G on Session { device }", json!({})).await;
    wire.is_silent().await;
    sign_in_elsewhere(&world, &ana).await;
    let payload = json!({"data": {"own": {"device": "a test"}}});
    assert_eq!(wire.hear().await, json!({"type": "next", "id": "1", "payload": payload}), "a fragment at the root");
}

#[tokio::test]
async fn nobody_in_particular_may_ask_and_not_listen() {
    let world = World::on_sqlite().await;
    let mut wire = Wire::new(&world).await;
    wire.introduce(None).await;
    wire.ask("1", SESSION, json!({})).await;
    let error = wire.hear().await;
    assert_eq!(
        (&error["type"], &error["payload"][0]["extensions"]["code"]),
        (&json!("error"), &json!("UNAUTHENTICATED"))
    );
    wire.ask("1", "{ serverInfo { name } }", json!({})).await;
    assert_eq!(wire.hear().await["payload"], json!({"data": {"serverInfo": {"name": "Kith"}}}));
}

#[tokio::test]
async fn an_id_is_used_once_at_a_time() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let mut wire = Wire::of(&world, &ana).await;
    wire.subscribe("same").await;
    wire.ask("same", "{ __typename }", json!({})).await;
    let (code, reason) = wire.closed().await;
    assert_eq!((code, reason.as_str()), (4409, "Subscriber for same already exists"));
}

#[tokio::test]
async fn both_sides_may_ask_whether_the_other_is_there() {
    let world = World::on_sqlite().await;
    let mut wire = Wire::new(&world).await;
    wire.say(json!({"type": "ping", "payload": {"n": 1}})).await;
    assert_eq!(wire.hear().await, json!({"type": "pong", "payload": {"n": 1}}), "before anything else");
    wire.say(json!({"type": "pong"})).await;
    wire.introduce(None).await;
    wire.say(json!({"type": "ping"})).await;
    assert_eq!(wire.hear().await, json!({"type": "pong"}));
    wire.send(Message::Ping(b"abc".to_vec().into())).await;
    assert_eq!(wire.raw().await, Some(Message::Pong(b"abc".to_vec().into())));
    wire.say(json!({"type": "complete", "id": "never begun"})).await;
    wire.send(Message::Close(None)).await;
    wire.ended().await;
}

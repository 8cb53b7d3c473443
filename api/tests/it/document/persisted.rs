//! Automatic persisted queries: a document is sent once with its hash, and then its hash alone is enough.

use serde_json::{Value, json};

use super::{get, hashed, is_miss, post, sha256};
use crate::live::Wire;
use crate::story;
use crate::support::{Reply, World};

const MINE: &str = "query Mine { viewer { member { name } } }";
const SESSION: &str = "subscription { sessionChanged { device } }";

story! {
    async fn a_document_that_was_sent_once_is_known_by_its_hash(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        let hash = sha256(MINE);
        let alone = json!({"extensions": hashed(&hash), "operationName": "Mine"});
        assert!(is_miss(&post(&world, &ana, alone.clone()).await));
        let extensions = hashed(&hash).to_string();
        assert!(is_miss(&get(&world, &ana, &[("extensions", &extensions)]).await));

        let with_text = json!({"query": MINE, "extensions": hashed(&hash)});
        let answer = json!({"data": {"viewer": {"member": {"name": "ana"}}}});
        for body in [with_text, alone.clone(), json!({"query": "", "extensions": hashed(&hash.to_uppercase())})] {
            let reply = post(&world, &ana, body.clone()).await;
            assert_eq!((reply.status, reply.json()), (200, answer.clone()), "{body}");
        }
        let reply = get(&world, &ana, &[("extensions", &extensions), ("query", "")]).await;
        assert_eq!((reply.status, reply.json()), (200, answer.clone()));
        assert!(reply.header("etag").starts_with("W/"), "kept like any other GET");
        let his = post(&world, &bela, alone.clone()).await.json();
        assert_eq!(his["data"]["viewer"]["member"]["name"], "bela", "the document is everybody's, the answer is not");
        let nobody = post(&world, &world.anybody(), alone.clone()).await.json();
        assert_eq!(nobody, json!({"data": {"viewer": null}}));

        let again = world.again_with(&[]).await;
        assert_eq!(is_miss(&post(&again, &ana, alone).await), world.redis().is_none(), "replicas share what they know");
    }
}

story! {
    async fn the_same_holds_on_sockets_and_for_events(world: World) {
        let [ana] = world.people(["ana"]).await;
        let mut wire = Wire::of(&world, &ana).await;
        let mut asks = async |id: &str, payload: Value| {
            wire.say(json!({"type": "subscribe", "id": id, "payload": payload})).await;
            wire.hear().await
        };
        let missed = asks("1", json!({"extensions": hashed(&sha256(MINE))})).await;
        assert_eq!((&missed["type"], &missed["payload"][0]["message"]), (&json!("error"), &json!("PersistedQueryNotFound")));
        let answer = json!({"data": {"viewer": {"member": {"name": "ana"}}}});
        assert_eq!(asks("2", json!({"query": MINE, "extensions": hashed(&sha256(MINE))})).await["payload"], answer);
        assert_eq!(wire.hear().await["type"], "complete");
        wire.say(json!({"type": "subscribe", "id": "3", "payload": {"extensions": hashed(&sha256(MINE))}})).await;
        assert_eq!(wire.hear().await["payload"], answer);
        assert_eq!(wire.hear().await["type"], "complete");

        let subscribe = json!({"query": SESSION, "extensions": hashed(&sha256(SESSION))});
        wire.say(json!({"type": "subscribe", "id": "4", "payload": subscribe})).await;
        wire.is_silent().await;
        wire.say(json!({"type": "complete", "id": "4"})).await;
        wire.say(json!({"type": "subscribe", "id": "5", "payload": {"extensions": hashed(&sha256(SESSION))}})).await;
        wire.is_silent().await;
        crate::live::sign_in_elsewhere(&world, &ana).await;
        assert_eq!(wire.hear().await, json!({"type": "next", "id": "5", "payload": {"data": {"sessionChanged": {"device": "a test"}}}}));

        let events = async |hash: &str| {
            let request = world.posting(json!({"extensions": hashed(hash)}).to_string());
            let request = request.header("Accept", "text/event-stream");
            Reply::to(request.bearer_auth(ana.token.as_deref().expect("a token"))).await
        };
        assert!(events(&sha256(MINE)).await.text().contains(r#"{"data":{"viewer":{"member":{"name":"ana"}}}"#));
        let missed = events(&"0".repeat(64)).await;
        assert!(missed.status == 200 && missed.text().contains("\"PersistedQueryNotFound\""), "{}", missed.text());
    }
}

story! {
    async fn nothing_is_kept_under_a_hash_that_is_not_its_own(world: World) {
        let [ana] = world.people(["ana"]).await;
        let evil = "query Mine { viewer { member { name email } } }";
        let reply = post(&world, &ana, json!({"query": evil, "extensions": hashed(&sha256(MINE))})).await;
        assert_eq!(reply.outcome(), (400, "BAD_REQUEST".to_owned()), "{}", reply.text());
        assert!(reply.text().contains("sha256Hash"), "{}", reply.text());
        for hash in [sha256(MINE), sha256(evil)] {
            assert!(is_miss(&post(&world, &ana, json!({"extensions": hashed(&hash)})).await));
        }
    }
}

story! {
    async fn only_what_could_run_is_kept_and_only_of_members(world: World) {
        let [ana] = world.people(["ana"]).await;
        let long = format!("{{ viewer {{ member {{ name }} }} }} # {}", "x".repeat(32 * 1024));
        for (document, outcome) in [
            ("{", (400, "GRAPHQL_PARSE_FAILED")),
            ("{ nothing }", (400, "GRAPHQL_VALIDATION_FAILED")),
            ("query A { __typename } query B { __typename }", (400, "GRAPHQL_VALIDATION_FAILED")),
            ("{...a} fragment a on Query{...a}", (400, "DOCUMENT_TOO_COMPLEX")),
            ("{ viewer { network(first: 100) { nodes { mutuals(first: 100) { nodes { id } } } } } }", (400, "QUERY_TOO_COSTLY")),
            (&long, (200, "")),
        ] {
            let hash = sha256(document);
            let reply = post(&world, &ana, json!({"query": document, "extensions": hashed(&hash)})).await;
            assert_eq!(reply.outcome(), (outcome.0, outcome.1.to_owned()), "{document:.60}: {}", reply.text());
            assert!(is_miss(&post(&world, &ana, json!({"extensions": hashed(&hash)})).await), "{document:.60}");
        }
        let nobody = world.anybody();
        let document = "{ serverInfo { name } }";
        let body = json!({"query": document, "extensions": hashed(&sha256(document))});
        assert_eq!(post(&world, &nobody, body.clone()).await.status, 200, "it runs");
        assert!(is_miss(&post(&world, &nobody, json!({"extensions": hashed(&sha256(document))})).await), "and is not kept");
        assert_eq!(post(&world, &ana, body).await.status, 200);
        assert_eq!(post(&world, &nobody, json!({"extensions": hashed(&sha256(document))})).await.status, 200);

        let failing = "{ member(by: {handle: \"\"}) { name } nodes(ids: []) { id } }";
        let body = json!({"query": failing, "extensions": hashed(&sha256(failing))});
        assert_eq!(post(&world, &ana, body).await.status, 200);
        assert!(!is_miss(&post(&world, &ana, json!({"extensions": hashed(&sha256(failing))})).await), "it was right, whatever came of it");
    }
}

#[tokio::test]
async fn a_member_has_a_few_hundred_documents_kept_and_goes_on_without() {
    let world = World::on_sqlite().await;
    let [ana, bela] = world.people(["ana", "bela"]).await;
    let body = |number: usize| {
        let document = format!("query Q{number} {{ __typename }}");
        (
            json!({"query": document, "extensions": hashed(&sha256(&document))}),
            json!({"extensions": hashed(&sha256(&document))}),
        )
    };
    for number in 0..302 {
        assert_eq!(post(&world, &ana, body(number).0).await.status, 200, "{number}");
    }
    assert!(!is_miss(&post(&world, &ana, body(299).1).await));
    assert!(is_miss(&post(&world, &ana, body(301).1).await), "one too many");
    assert_eq!(post(&world, &bela, body(301).0).await.status, 200);
    assert!(!is_miss(&post(&world, &ana, body(301).1).await), "others may");
}

#[tokio::test]
async fn names_that_are_made_up_are_paid_for_by_the_network_they_come_from() {
    let world = World::with(&[("KITH_RATE_LIMIT", "anonymous=10000,minutes=1440")]).await;
    let [ana] = world.people(["ana"]).await;
    let left = async || {
        let reply = Reply::to(world.asking("{ rateLimit { remaining } }")).await;
        reply.json()["data"]["rateLimit"]["remaining"].as_u64().expect("a number")
    };
    let before = left().await;
    for at in 0..10 {
        // A hash is looked for among what is kept, and then among what is trusted.
        assert!(is_miss(&post(&world, &ana, json!({"extensions": hashed(&format!("{at:064}"))})).await));
        let unknown = post(&world, &ana, json!({"documentId": format!("made-up-{at}")})).await;
        assert_eq!(unknown.outcome(), (400, "DOCUMENT_NOT_FOUND".to_owned()));
    }
    assert_eq!(left().await, before - 31);
    assert_eq!(post(&world, &ana, json!({"query": MINE, "extensions": hashed(&sha256(MINE))})).await.status, 200);
    for _ in 0..5 {
        assert_eq!(post(&world, &ana, json!({"extensions": hashed(&sha256(MINE))})).await.status, 200);
    }
    assert_eq!(left().await, before - 32, "what is there costs nothing to find");
}

#[tokio::test]
async fn what_is_no_name_of_a_document_is_a_bad_request_in_every_way_it_can_come() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let hash = sha256(MINE);
    let deep = "[".repeat(70) + &"]".repeat(70);
    let deep: Value = serde_json::from_str(&deep).expect("JSON");
    for extensions in [
        json!({"persistedQuery": 1}),
        json!({"persistedQuery": "x"}),
        json!({"persistedQuery": [1]}),
        json!({"persistedQuery": {}}),
        json!({"persistedQuery": {"version": 1}}),
        json!({"persistedQuery": {"sha256Hash": hash}}),
        json!({"persistedQuery": {"version": 2, "sha256Hash": hash}}),
        json!({"persistedQuery": {"version": "1", "sha256Hash": hash}}),
        json!({"persistedQuery": {"version": 1.5, "sha256Hash": hash}}),
        json!({"persistedQuery": {"version": -1, "sha256Hash": hash}}),
        json!({"persistedQuery": {"version": 1, "sha256Hash": null}}),
        json!({"persistedQuery": {"version": 1, "sha256Hash": 1}}),
        json!({"persistedQuery": {"version": 1, "sha256Hash": ""}}),
        json!({"persistedQuery": {"version": 1, "sha256Hash": "z".repeat(64)}}),
        json!({"persistedQuery": {"version": 1, "sha256Hash": "\u{0}".repeat(64)}}),
        json!({"persistedQuery": {"version": 1, "sha256Hash": "a".repeat(100_000)}}),
        json!({"persistedQuery": {"version": 1, "sha256Hash": deep}}),
        json!(1),
        json!([]),
    ] {
        for query in [json!(MINE), json!(""), Value::Null] {
            let reply = post(&world, &ana, json!({"query": query, "extensions": extensions})).await;
            assert_eq!(reply.outcome(), (400, "BAD_REQUEST".to_owned()), "{query} {extensions:.80}: {}", reply.text());
        }
        let text = extensions.to_string();
        if text.len() < 8_000 {
            let reply = get(&world, &ana, &[("extensions", &text)]).await;
            assert_eq!(reply.outcome(), (400, "BAD_REQUEST".to_owned()), "{text}: {}", reply.text());
        }
        let mut wire = Wire::of(&world, &ana).await;
        wire.say(json!({"type": "subscribe", "id": "1", "payload": {"extensions": extensions}})).await;
        assert_eq!(wire.closed().await.0, 4400, "{extensions:.80}");
    }
    let mutation = "mutation { updateProfile(input: {bio: \"x\"}) { userErrors { code } } }";
    let kept = json!({"query": mutation, "extensions": hashed(&sha256(mutation))});
    assert_eq!(post(&world, &ana, kept).await.status, 200);
    let over_get = get(&world, &ana, &[("extensions", &hashed(&sha256(mutation)).to_string())]).await;
    assert_eq!(over_get.outcome(), (405, "METHOD_NOT_ALLOWED".to_owned()), "a mutation never runs over GET");
}

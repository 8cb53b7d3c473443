//! Idempotency keys as clients send them: which are taken, and which are refused before anything runs.

use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, Reply};

const RENAME: &str = "mutation { updateProfile(input: {headline: \"Hello\"}) { userErrors { code } } }";

async fn sent(person: &Person, document: &str, header: Option<&str>, extensions: Value) -> Reply {
    let request = person.client.post(format!("{}/graphql", person.address));
    let request = request.header("Accept", crate::support::GRAPHQL);
    let request = request.bearer_auth(person.token.as_deref().expect("a token"));
    let request = header.into_iter().fold(request, |request, key| request.header("Idempotency-Key", key));
    Reply::to(request.json(&json!({"query": document, "extensions": extensions}))).await
}

story! {
    async fn a_key_is_taken_with_one_mutation_and_refused_with_several(world: World) {
        let [mara] = world.people(["mara"]).await;
        for (header, extensions) in [
            (Some("key-1"), json!({})),
            (None, json!({"idempotencyKey": "key-2"})),
            (Some("key-3"), json!({"idempotencyKey": "key-3"})),
            (None, json!({"idempotencyKey": null})),
        ] {
            let reply = sent(&mara, RENAME, header, extensions).await;
            assert_eq!(reply.json()["data"], json!({"updateProfile": {"userErrors": []}}), "{}", reply.text());
        }
        for (document, header, extensions) in [
            (RENAME, Some("a"), json!({"idempotencyKey": "b"})),
            (RENAME, Some("a b"), json!({})),
            (RENAME, None, json!({"idempotencyKey": ""})),
            (RENAME, None, json!({"idempotencyKey": 1})),
            ("mutation { a: endTie(input: {tieId: \"x\"}) { userErrors { code } } b: endTie(input: {tieId: \"y\"}) { userErrors { code } } }", Some("a"), json!({})),
        ] {
            let reply = sent(&mara, document, header, extensions).await;
            assert_eq!(reply.outcome(), (400, "BAD_REQUEST".to_owned()), "{document}: {}", reply.text());
        }
        let query = sent(&mara, "{ a: viewer { member { name } } serverInfo { name } }", Some("a b"), json!({"idempotencyKey": 1})).await;
        assert_eq!(query.outcome(), (200, String::new()), "queries ignore it: {}", query.text());
    }
}

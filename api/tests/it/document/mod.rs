//! Documents that are named instead of sent: Apollo's automatic persisted queries, trusted documents, and the clients that
//! apps use for both.

mod clients;
mod persisted;
mod trusted;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{Person, Reply, World};

/// What a client names a document by when it sends its hash.
fn sha256(document: &str) -> String {
    Sha256::digest(document).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `extensions` with a hash.
fn hashed(hash: &str) -> Value {
    json!({"persistedQuery": {"version": 1, "sha256Hash": hash}})
}

/// The answer to a body, posted by `person`.
async fn post(world: &World, person: &Person, body: Value) -> Reply {
    let request = world.posting(body.to_string());
    Reply::to(match &person.token {
        Some(token) => request.bearer_auth(token),
        None => request,
    })
    .await
}

/// The answer to a GET with these parameters by `person`.
async fn get(world: &World, person: &Person, parameters: &[(&str, &str)]) -> Reply {
    let request = world.getting(parameters);
    Reply::to(match &person.token {
        Some(token) => request.bearer_auth(token),
        None => request,
    })
    .await
}

/// Whether an answer is what clients take for "send the document".
fn is_miss(reply: &Reply) -> bool {
    let body = reply.json();
    let is_miss = reply.outcome() == (200, "PERSISTED_QUERY_NOT_FOUND".to_owned());
    if is_miss {
        assert_eq!((&body["errors"][0]["message"], &body["data"]), (&json!("PersistedQueryNotFound"), &Value::Null));
        assert!(body.as_object().is_some_and(|body| body.contains_key("data")), "Apollo's iOS client needs it: {body}");
        assert_eq!(
            (reply.header("cache-control"), reply.header("etag")),
            ("no-store", ""),
            "nobody in between keeps it"
        );
    }
    is_miss
}

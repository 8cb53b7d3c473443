//! Apollo Client and urql as apps use them: they name documents and send them when they have to, and need nothing from us
//! that is not in their own documentation.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::{hashed, post, sha256};
use crate::command::Kith;
use crate::support::World;

/// What came of one of the stories of `run.mjs`: its answers, and what was sent for each.
async fn told(world: &World, story: &str, token: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/document-clients");
    assert!(folder.join("node_modules").is_dir(), "the clients are not installed: run the tests by `bash .ci/test`");
    let settings = json!({"url": format!("{}/graphql", world.address), "token": token}).to_string();
    let story = story.to_owned();
    let run = move || Command::new("node").args(["run.mjs", &story, &settings]).current_dir(folder).output();
    let run = tokio::task::spawn_blocking(run).await.expect("the thread ends").expect("node is there");
    let (said, errors) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{said}{errors}");
    serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}{errors}"))
}

/// The name and the bio that each answer brought.
fn answers(told: &Value) -> Vec<&str> {
    told["answers"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// How each request went out: its method, and what it named or brought.
fn sent(told: &Value) -> Vec<&str> {
    told["sent"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn apollo_clients_and_urqls_persisted_queries_work_unchanged() {
    for (story, expected) in [
        // The first time the hash, then the document with it; the second time the hash.
        ("apollo-post", ["POST hash", "POST hash query", "POST hash"]),
        ("apollo-get", ["GET hash", "POST hash query", "GET hash"]),
        ("urql", ["GET hash", "GET hash query", "GET hash"]),
    ] {
        let world = World::on_sqlite().await;
        let [ana] = world.people(["ana"]).await;
        let told = told(&world, story, ana.token.as_deref().expect("a token")).await;
        assert_eq!(answers(&told), ["ana", "ana"], "{story}: {told}");
        let queries: Vec<&str> = sent(&told).into_iter().take(3).collect();
        assert_eq!(queries, expected, "{story}: {told}");
        assert_eq!(told["bio"], "written", "{story}: a mutation goes the same way: {told}");
        assert_eq!(told["error"], "GRAPHQL_VALIDATION_FAILED", "{story}: what is wrong is told: {told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn apps_of_both_send_ids_of_trusted_documents() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let token = ana.token.as_deref().expect("a token");
    let only = world.again_with(&[("KITH_TRUSTED_DOCUMENTS", "only")]).await;
    let manifest = told(&world, "manifest", token).await;
    let kith = Kith::beside(&world);
    kith.write("persisted-documents.json", &manifest["documents"].to_string());
    kith.answer(&["documents", "load", "persisted-documents.json"]);
    for (story, expected) in
        [("apollo-trusted", "POST hash"), ("urql-trusted", "POST documentId"), ("urql-codegen", "GET hash")]
    {
        let told = told(&only, story, token).await;
        assert_eq!((answers(&told), sent(&told)), (vec!["ana"], vec![expected]), "{story}: {told}");
    }
    let free = "{ __typename }";
    let refused = post(&only, &ana, json!({"query": free, "extensions": hashed(&sha256(free))})).await;
    assert_eq!(refused.code(), "DOCUMENT_NOT_TRUSTED");
}

//! What operators ask: does the process live, can it work, which keys does it sign with.

use serde_json::{Value, json};

use crate::story;
use crate::support::{Database, Reply, SIGNING_KEY, World};

story! {
    async fn a_service_with_all_its_parts_is_ready(world: World) {
        let live = Reply::to(world.path("/healthz")).await;
        assert_eq!((live.status, live.text()), (200, "ok\n"));
        let ready = Reply::to(world.path("/readyz")).await;
        assert_eq!((ready.status, ready.json()), (200, json!({"database": "ok", "cache": "ok", "schema": "ok"})));
        assert_eq!(ready.header("cache-control"), "no-store");
    }
}

story! {
    async fn a_service_over_another_schema_is_not_ready(world: World) {
        let newest = "SELECT MAX(version) FROM seaql_migrations";
        for change in [
            format!("UPDATE seaql_migrations SET version = 'm99990101_000001_of_the_future' WHERE version = ({newest})"),
            "DELETE FROM seaql_migrations".to_owned(),
        ] {
            world.database().execute(&change).await;
            let ready = Reply::to(world.path("/readyz")).await;
            assert_eq!((ready.status, &ready.json()["schema"]), (503, &json!("not current")), "{change}");
            assert_eq!(ready.json()["database"], "ok", "{change}");
            assert_eq!(Reply::to(world.path("/healthz")).await.status, 200, "it lives: {change}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_cache_a_service_is_ready() {
    let nowhere = domain::cache::Cache::redis("redis://127.0.0.1:1", "t").expect("an address");
    let world = World::start(Database::sqlite(), nowhere).await;
    let ready = Reply::to(world.path("/readyz")).await;
    assert_eq!((ready.status, ready.json()), (200, json!({"database": "ok", "cache": "away", "schema": "ok"})));
}

#[tokio::test]
async fn the_public_keys_are_there_to_verify_tokens_with_and_nothing_else_is() {
    let old = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let world = World::with(&[("KITH_SIGNING_KEY", &format!("{SIGNING_KEY}, {old}"))]).await;
    let reply = Reply::to(world.path("/.well-known/jwks.json")).await;
    assert_eq!((reply.status, reply.header("cache-control")), (200, "public, max-age=300"));
    let answer = reply.json();
    let keys = answer["keys"].as_array().expect("keys");
    assert_eq!(keys.len(), 2);
    for key in keys {
        assert_eq!(
            (&key["kty"], &key["crv"], &key["use"], &key["alg"]),
            (&json!("OKP"), &json!("Ed25519"), &json!("sig"), &json!("EdDSA"))
        );
        assert_eq!(key["x"].as_str().map(str::len), Some(43), "32 bytes in base64url");
        assert_eq!(key["kid"].as_str().map(str::len), Some(43), "a thumbprint of SHA-256");
        assert_eq!(key.get("d").unwrap_or(&Value::Null), &Value::Null, "the private half stays here");
    }
    assert_ne!(keys[0]["kid"], keys[1]["kid"]);
}

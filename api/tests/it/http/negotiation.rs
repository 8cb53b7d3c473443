//! Types: of the body a client sends, and of the answer it wants.

use serde_json::json;

use crate::support::{GRAPHQL, JSON, Reply, World};

const DOCUMENT: &str = "{ serverInfo { name } }";

#[tokio::test]
async fn only_json_in_utf_8_is_read() {
    let world = World::on_sqlite().await;
    let body = json!({"query": DOCUMENT}).to_string();
    for (content_type, status) in [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("Application/JSON;charset=UTF-8", 200),
        ("application/json; charset=iso-8859-1", 415),
        ("application/json; charset=utf-16", 415),
        ("application/graphql", 415),
        ("application/graphql+json", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("text/plain", 415),
        ("text/plain; application/json", 415),
        ("application/jsonp", 415),
        ("nonsense", 415),
    ] {
        let request = world.client.post(format!("{}/graphql", world.address)).header("Content-Type", content_type);
        let reply = Reply::to(request.header("Accept", GRAPHQL).body(body.clone())).await;
        assert_eq!(reply.status, status, "{content_type}: {}", reply.text());
        if status == 415 {
            assert_eq!(reply.code(), "UNSUPPORTED_MEDIA_TYPE", "{content_type}");
        }
    }
    let without = world.client.post(format!("{}/graphql", world.address)).body(body);
    assert_eq!(Reply::to(without).await.outcome(), (415, "UNSUPPORTED_MEDIA_TYPE".to_owned()));
}

#[tokio::test]
async fn the_answer_is_in_the_type_the_client_likes_best() {
    let world = World::on_sqlite().await;
    let ask = async |accept: Option<&str>| {
        let request = world.client.post(format!("{}/graphql", world.address)).json(&json!({"query": DOCUMENT}));
        let request = match accept {
            Some(accept) => request.header("Accept", accept),
            None => request,
        };
        Reply::to(request).await
    };
    for (accept, expected) in [
        (None, JSON),
        (Some("*/*"), JSON),
        (Some("application/*"), JSON),
        (Some("application/json"), JSON),
        (Some(GRAPHQL), GRAPHQL),
        (Some("application/graphql-response+json, application/json;q=0.9"), GRAPHQL),
        (Some("application/graphql-response+json;q=0.1, application/json"), JSON),
        (Some("text/html, application/graphql-response+json;q=0.5"), GRAPHQL),
        (Some("application/json;q=0, */*"), GRAPHQL),
    ] {
        let reply = ask(accept).await;
        assert_eq!(reply.status, 200, "{accept:?}");
        assert_eq!(reply.header("content-type"), format!("{expected}; charset=utf-8"), "{accept:?}");
        assert!(reply.header("vary").to_lowercase().contains("accept"), "{accept:?}: {}", reply.header("vary"));
    }
    for accept in ["text/html", "application/xml, image/*", "application/json; charset=utf-16", "*/*;q=0"] {
        let reply = ask(Some(accept)).await;
        assert_eq!(reply.outcome(), (406, "NOT_ACCEPTABLE".to_owned()), "{accept}");
        assert_eq!(reply.header("content-type"), "application/json; charset=utf-8", "{accept}");
    }
}

#[tokio::test]
async fn answers_are_compressed_as_the_client_can_read_them() {
    let world = World::on_sqlite().await;
    let (_, introspection) = super::production::INTROSPECTION[0];
    let builder = || reqwest::Client::builder().no_proxy();
    let any = builder().build().expect("a client");
    let raw = builder().no_gzip().no_brotli().no_zstd().build().expect("a client");
    let ask = async |client: &reqwest::Client, encoding: &str| {
        let request = client.post(format!("{}/graphql", world.address)).json(&json!({"query": introspection}));
        Reply::to(request.header("Accept-Encoding", encoding)).await
    };
    let plain = ask(&raw, "identity").await;
    assert_eq!(plain.header("content-encoding"), "");
    for encoding in ["gzip", "br", "zstd"] {
        let compressed = ask(&raw, encoding).await;
        assert_eq!((compressed.status, compressed.header("content-encoding")), (200, encoding));
        assert!(compressed.bytes.len() < plain.bytes.len(), "{encoding}");
        assert!(compressed.header("vary").to_lowercase().contains("accept-encoding"), "{encoding}");
        assert_eq!(ask(&any, encoding).await.json(), plain.json(), "{encoding}");
    }
}

//! Apps that are too old are told so, and may still ask how old they may be.

use serde_json::json;

use crate::support::{GRAPHQL, JSON, Reply, World};

const MINIMUM: (&str, &str) = ("KITH_MINIMUM_CLIENT", "ios=2.4.0,android=2.3");
const ASKED: &str =
    "{ serverInfo { ios: minimumClientVersion(platform: IOS) android: minimumClientVersion(platform: ANDROID)
    web: minimumClientVersion(platform: WEB) other: minimumClientVersion(platform: OTHER) } }";

async fn asked(world: &World, document: &str, app: [&str; 2], accept: &str) -> Reply {
    let request = world.client.post(format!("{}/graphql", world.address)).header("Accept", accept);
    let request = request.header("apollographql-client-name", app[0]).header("apollographql-client-version", app[1]);
    Reply::to(request.json(&json!({"query": document}))).await
}

#[tokio::test]
async fn an_app_that_is_too_old_is_told_which_version_it_needs() {
    let world = World::with(&[MINIMUM]).await;
    for (accept, status) in [(GRAPHQL, 400), (JSON, 200)] {
        for document in [
            "{ viewer { member { name } } }",
            "{ ...F } fragment F on Query { serverInfo { name } viewer { member { name } } }",
            "{ serverInfo: viewer { member { name } } }",
            "mutation { endTie(input: {tieId: \"x\"}) { userErrors { code } } }",
            "{ noSuchField }",
        ] {
            let reply = asked(&world, document, ["kith-ios", "2.3.9"], accept).await;
            assert_eq!(reply.outcome(), (status, "CLIENT_TOO_OLD".to_owned()), "{document}: {}", reply.text());
            assert!(reply.text().contains("2.4.0"), "{}", reply.text());
            assert_eq!(reply.header("upgrade"), "");
        }
    }
    let get = world.getting(&[("query", "{ viewer { member { name } } }")]);
    let get = get.header("apollographql-client-name", "kith-android").header("apollographql-client-version", "2");
    assert_eq!(Reply::to(get).await.outcome(), (400, "CLIENT_TOO_OLD".to_owned()));
}

#[tokio::test]
async fn an_app_that_is_too_old_may_ask_what_it_needs() {
    let world = World::with(&[MINIMUM]).await;
    for document in [ASKED, "{ ... on Query { __typename ...F } } fragment F on Query { serverInfo { name } }"] {
        let reply = asked(&world, document, ["kith-ios", "1.0"], GRAPHQL).await;
        assert_eq!((reply.status, reply.json().get("errors")), (200, None), "{}", reply.text());
    }
    let told = Reply::to(world.asking(ASKED)).await.json();
    assert_eq!(told["data"]["serverInfo"], json!({"ios": "2.4.0", "android": "2.3.0", "web": null, "other": null}));
    let unset = World::on_sqlite().await;
    let told = asked(&unset, ASKED, ["kith-ios", "0.0.1"], GRAPHQL).await.json();
    assert_eq!(told["data"]["serverInfo"], json!({"ios": null, "android": null, "web": null, "other": null}));
}

#[tokio::test]
async fn any_other_app_is_let_through() {
    let world = World::with(&[MINIMUM]).await;
    for app in [
        ["kith-ios", "2.4.0"],
        ["kith-ios", "3"],
        ["kith-ios", "unknown"],
        ["kith-ios", ""],
        ["kith-android", "2.3"],
        ["kith-web", "0.1"],
        ["curl", "0.1"],
        ["", "0.1"],
    ] {
        let reply = asked(&world, "{ viewer { member { name } } }", app, GRAPHQL).await;
        assert_eq!(reply.outcome(), (200, String::new()), "{app:?}: {}", reply.text());
    }
}

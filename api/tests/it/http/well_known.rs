//! What iOS and Android ask before they open our links in the app.

use serde_json::json;

use crate::support::{Reply, World};

const APPLE: &str = "/.well-known/apple-app-site-association";
const ANDROID: &str = "/.well-known/assetlinks.json";

#[tokio::test]
async fn configured_apps_open_handshakes_and_invitations() {
    let (one, two) = (vec!["A0"; 32].join(":"), vec!["B1"; 32].join(":"));
    let android = format!("org.example.kith={one},org.example.kith={}", two.to_lowercase());
    let world = World::with(&[
        ("KITH_APPLE_APPS", "ABCDE12345.org.example.kith, ABCDE12345.org.example.kith.beta"),
        ("KITH_ANDROID_APPS", &android),
    ])
    .await;
    let (apple, android) = (Reply::to(world.path(APPLE)).await, Reply::to(world.path(ANDROID)).await);
    for reply in [&apple, &android] {
        assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
        assert_eq!(reply.header("cache-control"), "public, max-age=3600");
    }
    let apps = ["ABCDE12345.org.example.kith", "ABCDE12345.org.example.kith.beta"];
    let details = json!([{"appIDs": apps, "components": [{"/": "/h/*"}, {"/": "/i/*"}, {"/": "/open/*"}]}]);
    assert_eq!(apple.json(), json!({"applinks": {"details": details}}));
    let target =
        json!({"namespace": "android_app", "package_name": "org.example.kith", "sha256_cert_fingerprints": [one, two]});
    assert_eq!(android.json(), json!([{"relation": ["delegate_permission/common.handle_all_urls"], "target": target}]));
}

#[tokio::test]
async fn without_apps_there_is_nothing_to_ask_for() {
    let world = World::on_sqlite().await;
    for path in [APPLE, ANDROID] {
        let reply = Reply::to(world.path(path)).await;
        assert_eq!((reply.status, reply.header("cache-control")), (404, ""), "{path}");
    }
}

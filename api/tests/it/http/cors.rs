//! Web pages of other origins: those configured may call, others may not read.

use reqwest::Method;

use crate::support::{Reply, World};

const OURS: &str = "https://app.kith.example";
const ALLOWED: &str = "authorization, content-type, accept-language, apollographql-client-name, apollographql-client-version, idempotency-key";

async fn preflight(world: &World, origin: &str, method: &str, headers: &str) -> Reply {
    let request = world.client.request(Method::OPTIONS, format!("{}/graphql", world.address)).header("Origin", origin);
    let request = request.header("Access-Control-Request-Method", method);
    Reply::to(request.header("Access-Control-Request-Headers", headers)).await
}

#[tokio::test]
async fn pages_of_configured_origins_may_call() {
    let world = World::with(&[("KITH_CORS_ORIGINS", "https://app.kith.example, http://localhost:3000")]).await;
    for origin in [OURS, "http://localhost:3000"] {
        let asked = preflight(&world, origin, "POST", ALLOWED).await;
        assert_eq!((asked.status, asked.header("access-control-allow-origin")), (200, origin));
        assert!(asked.header("access-control-allow-methods").contains("POST"));
        let allowed = asked.header("access-control-allow-headers").to_lowercase();
        assert!(ALLOWED.split(", ").all(|header| allowed.contains(header)), "{allowed}");
        assert!(asked.header("access-control-max-age").parse::<u32>().is_ok_and(|age| age > 0));
        let reply = Reply::to(world.asking("{ __typename }").header("Origin", origin)).await;
        assert_eq!((reply.status, reply.header("access-control-allow-origin")), (200, origin));
        let exposed = reply.header("access-control-expose-headers").to_lowercase();
        for header in ["x-request-id", "retry-after", "ratelimit", "ratelimit-policy"] {
            assert!(exposed.contains(header), "{exposed}");
        }
        assert_eq!(reply.header("access-control-allow-credentials"), "", "there are no cookies to send along");
        let wrong = Reply::to(world.asking("{").header("Origin", origin)).await;
        assert_eq!(
            (wrong.status, wrong.header("access-control-allow-origin")),
            (400, origin),
            "errors can be read too"
        );
    }
}

#[tokio::test]
async fn pages_of_other_origins_may_not() {
    let configured = World::with(&[("KITH_CORS_ORIGINS", OURS)]).await;
    let without = World::on_sqlite().await;
    for world in [&configured, &without] {
        for origin in
            ["https://evil.example", "https://app.kith.example.evil.example", "http://app.kith.example", "null"]
        {
            let asked = preflight(world, origin, "POST", "authorization").await;
            assert_eq!(asked.header("access-control-allow-origin"), "", "{origin}");
            let reply = Reply::to(world.asking("{ __typename }").header("Origin", origin)).await;
            assert_eq!(reply.header("access-control-allow-origin"), "", "{origin}");
        }
    }
    let asked = preflight(&configured, OURS, "DELETE", "authorization").await;
    assert!(!asked.header("access-control-allow-methods").contains("DELETE"), "only what the service does");
}

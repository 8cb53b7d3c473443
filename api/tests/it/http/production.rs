//! Production tells nobody what the schema has; development tells everybody.

use serde_json::{Value, json};

use crate::support::{Reply, World};

/// Introspection in the shapes that slip through filters of text; the first is GraphiQL's own.
pub(super) const INTROSPECTION: [(&str, &str); 6] = [
    (
        "GraphiQL's",
        "query IntrospectionQuery { __schema { queryType { name kind } mutationType { name kind } subscriptionType { name kind } \
         types { ...FullType } directives { name description locations args(includeDeprecated: true) { ...InputValue } } } } \
         fragment FullType on __Type { kind name description specifiedByURL isOneOf \
         fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue } \
         type { ...TypeRef } isDeprecated deprecationReason } \
         inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef } \
         enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } } \
         fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason } \
         fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name \
         ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }",
    ),
    ("alone", "{ __schema { types { name } } }"),
    ("over lines, with commas", "{\n\r __schema\n,,, {\n types\n#x\n { name } } }"),
    ("renamed", "{ harmless: __schema { types { name } } }"),
    ("in a fragment", "{ ...F } fragment F on Query { ... on Query { __schema { types { name } } } }"),
    ("of one type", "{ __type(name: \"Viewer\") { fields { name } } }"),
];

/// Names one letter away from real ones, of fields, types, arguments, enum values and input fields; and the real ones.
const NEAR_MISSES: [(&str, &str); 8] = [
    ("{ viewr { member { name } } }", "viewer"),
    ("{ serverInf { name } }", "serverInfo"),
    ("{ viewer { netwrk { totalCount } } }", "network"),
    ("{ viewer { member { nam } } }", "name"),
    ("{ viewer { network(frst: 1) { totalCount } } }", "first"),
    ("{ viewer { ties(state: PENDNG) { totalCount } } }", "PENDING"),
    ("{ node(id: \"x\") { ... on Membr { name } } }", "Member"),
    ("mutation { updateProfile(input: {bi: \"x\"}) { userErrors { code } } }", "bio"),
];

async fn production() -> World {
    World::with(&[("KITH_ENV", "production")]).await
}

#[tokio::test]
async fn development_shows_its_schema() {
    let world = World::on_sqlite().await;
    for (shape, document) in INTROSPECTION {
        for request in [world.asking(document), world.getting(&[("query", document)])] {
            let reply = Reply::to(request).await;
            assert_eq!((reply.status, reply.json().get("errors")), (200, None), "{shape}");
            assert!(reply.text().contains("\"network\"") || reply.text().contains("\"NetworkConnection\""), "{shape}");
        }
    }
    let suggested = Reply::to(world.asking(NEAR_MISSES[0].0)).await;
    assert!(suggested.text().contains("Did you mean"), "{}", suggested.text());
}

#[tokio::test]
async fn production_hides_its_schema_in_whatever_shape_it_is_asked() {
    let world = production().await;
    for (shape, document) in INTROSPECTION {
        for request in [world.asking(document), world.getting(&[("query", document)])] {
            let text = Reply::to(request).await.text().to_owned();
            for name in ["NetworkConnection", "network", "claimTie", "Privacy"] {
                assert!(!text.contains(name), "{shape}: {name}: {text}");
            }
        }
    }
    let typename = Reply::to(world.asking("{ __typename serverInfo { __typename } }")).await;
    assert_eq!(typename.json()["data"], json!({"__typename": "Query", "serverInfo": {"__typename": "ServerInfo"}}));
}

#[tokio::test]
async fn production_suggests_no_names() {
    let world = production().await;
    for (document, name) in NEAR_MISSES {
        let reply = Reply::to(world.asking(document)).await;
        assert_eq!(reply.outcome(), (400, "GRAPHQL_VALIDATION_FAILED".to_owned()), "{document}");
        for error in reply.json()["errors"].as_array().expect("errors") {
            let message = error["message"].as_str().unwrap_or_default();
            assert!(!message.contains("mean") && !message.contains(name), "{document}: {message}");
        }
    }
}

#[tokio::test]
async fn production_has_no_playground() {
    let world = production().await;
    for path in ["/graphiql", "/graphiql/bootstrap.js", "/graphiql/assets/react.js"] {
        assert_eq!(Reply::to(world.path(path)).await.status, 404, "{path}");
    }
    let browser = Reply::to(world.path("/graphql").header("Accept", "text/html")).await;
    assert_eq!(browser.outcome(), (406, "NOT_ACCEPTABLE".to_owned()));
    let asked =
        World::with(&[("KITH_ENV", "production"), ("KITH_PLAYGROUND", "on"), ("KITH_INTROSPECTION", "on")]).await;
    assert_eq!(Reply::to(asked.path("/graphiql")).await.status, 200, "unless it is asked for");
    let shown = Reply::to(asked.asking(INTROSPECTION[1].1)).await;
    assert_ne!(shown.json()["data"]["__schema"]["types"], Value::Null);
}

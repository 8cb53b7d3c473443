//! Status codes and error bodies: what a client can rely on when something is wrong.

use serde_json::{Value, json};

use crate::support::{GRAPHQL, JSON, Reply, World};

/// A request body, its status in either media type, and the code of its error.
const WRONG: [(&str, u16, u16, &str); 27] = [
    (r#"{"query": "{"}"#, 400, 200, "GRAPHQL_PARSE_FAILED"),
    (r#"{"query": ""}"#, 400, 200, "GRAPHQL_PARSE_FAILED"),
    (r#"{"query": "\u0000"}"#, 400, 200, "GRAPHQL_PARSE_FAILED"),
    (r#"{"query": "{ nothing }"}"#, 400, 200, "GRAPHQL_VALIDATION_FAILED"),
    (r#"{"query": "{ serverInfo }"}"#, 400, 200, "GRAPHQL_VALIDATION_FAILED"),
    (
        r#"{"query": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"}"#,
        400,
        200,
        "DOCUMENT_TOO_COMPLEX",
    ),
    (r#"{"query": "query A { __typename } query B { __typename }"}"#, 400, 200, "GRAPHQL_VALIDATION_FAILED"),
    (r#"{"query": "query A { __typename }", "operationName": "B"}"#, 400, 200, "GRAPHQL_VALIDATION_FAILED"),
    (r#"{"query": "{ __typename }", "operationName": "A"}"#, 400, 200, "GRAPHQL_VALIDATION_FAILED"),
    (r#"{"query": "subscription { a }"}"#, 400, 400, "BAD_REQUEST"),
    (r#"{"query": "query($id: ID!) { node(id: $id) { id } }"}"#, 400, 200, "GRAPHQL_VALIDATION_FAILED"),
    (
        r#"{"query": "query($id: ID!) { node(id: $id) { id } }", "variables": {"id": null}}"#,
        400,
        200,
        "GRAPHQL_VALIDATION_FAILED",
    ),
    (
        r#"{"query": "query($id: ID!) { node(id: $id) { id } }", "variables": {"id": {}}}"#,
        400,
        200,
        "GRAPHQL_VALIDATION_FAILED",
    ),
    (r#"{"query": "{ __typename }", "variables": []}"#, 400, 400, "BAD_REQUEST"),
    (r#"{"query": "{ __typename }", "variables": "{}"}"#, 400, 400, "BAD_REQUEST"),
    (r#"{"query": "{ __typename }", "extensions": 1}"#, 400, 400, "BAD_REQUEST"),
    (r#"{"query": "{ __typename }", "operationName": 1}"#, 400, 400, "BAD_REQUEST"),
    (r#"{"query": 1}"#, 400, 400, "BAD_REQUEST"),
    (r#"{"variables": {}}"#, 400, 400, "BAD_REQUEST"),
    (r#"{"query": "{ __typename }", "documentId": "x"}"#, 400, 400, "BAD_REQUEST"),
    (r#"{"documentId": 1}"#, 400, 400, "BAD_REQUEST"),
    (r#"{"documentId": ""}"#, 400, 400, "BAD_REQUEST"),
    (r#"{"documentId": "x"}"#, 400, 200, "DOCUMENT_NOT_FOUND"),
    (r#"{"query": "{ __typename }", "extensions": {"persistedQuery": 1}}"#, 400, 400, "BAD_REQUEST"),
    (r#"{"query": "{ __typename }""#, 400, 400, "BAD_REQUEST"),
    (r#""{ __typename }""#, 400, 400, "BAD_REQUEST"),
    ("", 400, 400, "BAD_REQUEST"),
];

#[tokio::test]
async fn the_status_says_what_was_wrong_in_the_one_type_and_that_it_was_understood_in_the_other() {
    let world = World::on_sqlite().await;
    for (body, graphql, json, code) in WRONG {
        for (accept, status) in [(GRAPHQL, graphql), (JSON, json)] {
            let request = world.client.post(format!("{}/graphql", world.address)).header("Content-Type", JSON);
            let reply = Reply::to(request.header("Accept", accept).body(body)).await;
            assert_eq!(reply.outcome(), (status, code.to_owned()), "{accept}: {body}: {}", reply.text());
            assert_eq!(reply.json().get("data"), None, "what did not run has no data: {body}");
            assert_eq!(reply.header("content-type"), format!("{accept}; charset=utf-8"), "{body}");
            assert_eq!(reply.header("cache-control"), "no-store", "{body}");
        }
    }
}

#[tokio::test]
async fn what_ran_is_a_200_with_its_errors_beside_its_data() {
    let world = World::on_sqlite().await;
    for accept in [GRAPHQL, JSON] {
        let document = "{ serverInfo { name } member(by: {}) { name } }";
        let request = world.client.post(format!("{}/graphql", world.address)).json(&json!({"query": document}));
        let invalid = Reply::to(request.header("Accept", accept)).await;
        assert_eq!(invalid.json().get("data"), None, "{}", invalid.text());

        let document = "mutation { claimTie(input: {who: {handle: \"x\"}, context: FRIEND}) { claim { id } } }";
        let request = world.client.post(format!("{}/graphql", world.address)).json(&json!({"query": document}));
        let reply = Reply::to(request.header("Accept", accept)).await;
        assert_eq!(reply.outcome(), (200, "UNAUTHENTICATED".to_owned()), "{}", reply.text());
        assert_eq!(reply.json()["data"], Value::Null);
        assert!(reply.json().as_object().is_some_and(|body| body.contains_key("data")), "a null is written");
        assert_eq!(reply.json()["errors"][0]["path"], json!(["claimTie"]));
        assert_eq!(reply.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn optional_parameters_may_be_null_and_unknown_ones_are_passed_over() {
    let world = World::on_sqlite().await;
    for body in [
        json!({"query": "{ __typename }", "variables": null, "operationName": null, "extensions": null}),
        json!({"query": "{ __typename }", "variables": {}, "extensions": {"a": 1}, "document": "x"}),
        json!({"query": "query A { __typename } query B { a: __typename }", "operationName": "A"}),
        json!({"query": "query A { __typename }"}),
    ] {
        let reply = Reply::to(world.posting(body.to_string())).await;
        assert_eq!((reply.status, &reply.json()["data"]), (200, &json!({"__typename": "Query"})), "{body}");
        assert_eq!(reply.json().get("errors"), None);
        assert_eq!(reply.header("cache-control"), "no-store", "what was posted is not kept");
    }
}

#[tokio::test]
async fn other_methods_are_not_allowed() {
    let world = World::on_sqlite().await;
    for method in ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let request = world.client.request(method.clone(), format!("{}/graphql", world.address));
        let reply = Reply::to(request.json(&json!({"query": "{ __typename }"}))).await;
        assert_eq!(reply.outcome(), (405, "METHOD_NOT_ALLOWED".to_owned()), "{method}");
        assert_eq!(reply.header("allow"), "GET, POST", "{method}");
    }
}

#[tokio::test]
async fn every_answer_names_the_request_and_every_error_repeats_it() {
    let world = World::on_sqlite().await;
    let mut ids = Vec::new();
    for (body, ..) in WRONG {
        let reply = Reply::to(world.posting(body)).await;
        let id = reply.header("x-request-id").to_owned();
        assert_eq!(id.len(), 36, "a UUID: {id}");
        for error in reply.json()["errors"].as_array().expect("errors") {
            assert_eq!(error["extensions"]["requestId"], id.as_str(), "{body}");
            assert!(!error["message"].as_str().unwrap_or_default().is_empty(), "{body}");
        }
        ids.push(id);
    }
    for reply in [Reply::to(world.asking("{ __typename }")).await, Reply::to(world.path("/nowhere")).await] {
        ids.push(reply.header("x-request-id").to_owned());
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "no two requests share an id");
    assert!(!ids.iter().any(String::is_empty));
}

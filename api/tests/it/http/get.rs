//! GET: queries in an address, kept by the client and asked for again by their tag.

use serde_json::json;

use crate::support::{GRAPHQL, Reply, World};

#[tokio::test]
async fn a_query_is_read_from_the_address() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let two = "query A { __typename } query B($id: ID!) { node(id: $id) { id } }";
    let variables = json!({"id": ana.global_id()}).to_string();
    let request = world.getting(&[("query", two), ("operationName", "B"), ("variables", &variables)]);
    let reply = Reply::to(request.bearer_auth(ana.token.as_deref().expect("a token"))).await;
    assert_eq!(reply.json(), json!({"data": {"node": {"id": ana.global_id()}}}));

    for (parameters, code) in [
        (vec![("query", two), ("operationName", "C")], "GRAPHQL_VALIDATION_FAILED"),
        (vec![("query", two)], "GRAPHQL_VALIDATION_FAILED"),
        (vec![("query", two), ("operationName", "B"), ("variables", "{")], "BAD_REQUEST"),
        (vec![("query", two), ("operationName", "A"), ("variables", "[1]")], "BAD_REQUEST"),
        (vec![("query", two), ("operationName", "A"), ("extensions", "1")], "BAD_REQUEST"),
        (vec![("query", "")], "BAD_REQUEST"),
        (vec![("operationName", "A")], "BAD_REQUEST"),
        (vec![("query", "{ a"), ("x", "y")], "GRAPHQL_PARSE_FAILED"),
    ] {
        let reply = Reply::to(world.getting(&parameters)).await;
        assert_eq!(reply.outcome(), (400, code.to_owned()), "{parameters:?}: {}", reply.text());
        assert_eq!((reply.header("cache-control"), reply.header("etag")), ("no-store", ""), "{parameters:?}");
    }
}

#[tokio::test]
async fn an_empty_parameter_is_as_good_as_none() {
    let world = World::on_sqlite().await;
    let parameters =
        [("query", "query A { __typename }"), ("operationName", ""), ("variables", ""), ("extensions", "")];
    let reply = Reply::to(world.getting(&parameters)).await;
    assert_eq!((reply.status, reply.json()), (200, json!({"data": {"__typename": "Query"}})));
}

#[tokio::test]
async fn bytes_that_are_no_utf_8_are_refused() {
    let world = World::on_sqlite().await;
    for (query, code) in [
        ("query=%FF%FE", "GRAPHQL_PARSE_FAILED"),
        ("query=%7B__typename%7D&variables=%FF", "BAD_REQUEST"),
        ("query=query%20A%7B__typename%7D&operationName=A%FF", "GRAPHQL_VALIDATION_FAILED"),
    ] {
        let reply = Reply::to(world.path(&format!("/graphql?{query}")).header("Accept", GRAPHQL)).await;
        assert_eq!(reply.outcome(), (400, code.to_owned()), "{query}: {}", reply.text());
    }
}

#[tokio::test]
async fn a_mutation_never_runs_over_get() {
    let world = World::on_sqlite().await;
    let [ana, bela] = world.people(["ana", "bela"]).await;
    let mutation = "claimTie(input: {who: {handle: \"bela\"}, context: FRIEND}) { claim { id } }";
    let (alone, second) =
        (format!("mutation {{ {mutation} }}"), format!("query Q {{ __typename }} mutation M {{ {mutation} }}"));
    for parameters in [vec![("query", &*alone)], vec![("query", &*second), ("operationName", "M")]] {
        let request = world.getting(&parameters).bearer_auth(ana.token.as_deref().expect("a token"));
        let reply = Reply::to(request).await;
        assert_eq!(reply.outcome(), (405, "METHOD_NOT_ALLOWED".to_owned()));
        assert_eq!((reply.header("allow"), reply.header("cache-control")), ("POST", "no-store"));
    }
    assert_eq!(bela.waiting().await, [], "nothing was done");
    let reply = Reply::to(world.getting(&[("query", &second), ("operationName", "Q")])).await;
    assert_eq!(reply.status, 200, "a query beside a mutation runs");
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let ask = async |known: &str| {
        let request = world.getting(&[("query", "{ viewer { member { name bio } } }")]).header("If-None-Match", known);
        Reply::to(request.bearer_auth(ana.token.as_deref().expect("a token"))).await
    };
    let first = ask("\"other\"").await;
    let tag = first.header("etag").to_owned();
    assert_eq!((first.status, first.header("cache-control")), (200, "private, no-cache"));
    assert!(first.header("vary").contains("Authorization"), "{}", first.header("vary"));
    assert!(tag.starts_with("W/\""), "{tag}");

    for known in [tag.clone(), format!("\"a\", {tag}"), "*".to_owned(), tag.trim_start_matches("W/").to_owned()] {
        let again = ask(&known).await;
        assert_eq!((again.status, again.bytes.len()), (304, 0), "{known}");
        assert_eq!((again.header("etag"), again.header("cache-control")), (&*tag, "private, no-cache"), "{known}");
    }
    ana.mutate("mutation { updateProfile(input: {bio: \"new\"}) { userErrors { code } } }", json!({})).await;
    let changed = ask(&tag).await;
    assert_eq!(changed.status, 200);
    assert_ne!(changed.header("etag"), tag);
    assert_eq!(changed.json()["data"]["viewer"]["member"]["bio"], "new");

    let anybody = Reply::to(world.getting(&[("query", "{ viewer { member { name } } }")])).await;
    assert_eq!(anybody.json(), json!({"data": {"viewer": null}}));
}

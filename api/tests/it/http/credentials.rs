//! Mutations that touch credentials: one a request, and for those by which somebody comes in, no token matters.
//!
//! Which fields these are stands in `api/src/http/graphql/roots.rs`; most of the rules are tested there.

use serde_json::json;

use crate::support::{GRAPHQL, JSON, Reply, World};

#[tokio::test]
async fn one_mutation_that_touches_credentials_is_let_through_and_several_are_too_many() {
    let world = World::on_sqlite().await;
    for (document, expected) in [
        ("mutation { a: signIn b: signIn }", "DOCUMENT_TOO_COMPLEX"),
        ("mutation { requestSignInCode ...F } fragment F on Mutation { ... { setPassword } }", "DOCUMENT_TOO_COMPLEX"),
        ("mutation { ...F ...F } fragment F on Mutation { deleteAccount }", "DOCUMENT_TOO_COMPLEX"),
        ("query { a: signIn b: signIn }", "GRAPHQL_VALIDATION_FAILED"),
    ] {
        for (accept, status) in [(GRAPHQL, 400), (JSON, 200)] {
            let request = world.client.post(format!("{}/graphql", world.address)).header("Accept", accept);
            let reply = Reply::to(request.json(&json!({"query": document}))).await;
            assert_eq!(reply.outcome(), (status, expected.to_owned()), "{document}: {}", reply.text());
        }
    }
}

#[tokio::test]
async fn a_token_matters_where_somebody_is_in_already() {
    let world = World::on_sqlite().await;
    for document in ["mutation { __typename }", "{ serverInfo { name } }", "mutation { signOut }"] {
        let reply = Reply::to(world.asking(document).bearer_auth("worn.out.token")).await;
        assert_eq!(reply.outcome(), (401, "UNAUTHENTICATED".to_owned()), "{document}: {}", reply.text());
    }
}

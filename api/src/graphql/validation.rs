//! Whether a document fits the schema, without running it.
//!
//! The engine offers its rules only on the way to an execution. Here an extension stands at the end of that way, and
//! answers in place of the execution.
//!
//! Deliberately absent: bounds on the document, which `http::guard` has, and values of variables, which come with a request.

use std::sync::Arc;

use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::{Request, Response, Schema};

use super::{Mutation, Query, Subscription};

/// A schema that checks documents and runs none.
pub(crate) struct Rules(super::Schema);

struct NothingRuns;

impl ExtensionFactory for NothingRuns {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for NothingRuns {
    async fn execute(&self, _: &ExtensionContext<'_>, _: Option<&str>, _: NextExecute<'_>) -> Response {
        Response::default()
    }
}

impl Rules {
    pub(crate) fn new() -> Self {
        let builder = Schema::build(Query::default(), Mutation::default(), Subscription::default());
        Self(builder.extension(NothingRuns).finish())
    }

    /// What is wrong with a document, as far as this operation of it, or its only one, shows.
    pub(crate) async fn broken(&self, document: &str, operation: Option<&str>) -> Vec<String> {
        let mut request = Request::new(document);
        request.operation_name = operation.map(str::to_owned);
        self.0.execute(request).await.errors.into_iter().map(|error| error.message).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_document_is_judged_and_not_run() {
        let rules = Rules::new();
        for (document, operation) in [
            ("{ viewer { member { name } } }", None),
            ("query A($id: ID!) { node(id: $id) { id } } query B { serverInfo { name } }", Some("B")),
            ("mutation($id: ID!) { endTie(input: {tieId: $id}) { userErrors { code } } }", None),
            ("subscription { sessionChanged { id } }", None),
        ] {
            assert_eq!(rules.broken(document, operation).await, Vec::<String>::new(), "{document}");
        }
        for document in [
            "{ nothing }",
            "{",
            "query A { node(id: $id) { id } }",
            "mutation { endTie(input: {}) { userErrors { code } } }",
            "subscription { sessionChanged { nothing } }",
            "query A { serverInfo { name } } query B { nothing }",
        ] {
            assert_ne!(rules.broken(document, None).await, Vec::<String>::new(), "{document}");
        }
    }
}

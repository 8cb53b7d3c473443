//! An answer as the wire has it, and how to ask for one: for stories about HTTP itself.

use reqwest::RequestBuilder;
use reqwest::header::{ACCEPT, HeaderMap};
use serde_json::Value;

use super::World;

/// The media type whose status codes say whether the request was right.
pub(crate) const GRAPHQL: &str = "application/graphql-response+json";
/// The media type in which what was understood is a 200.
pub(crate) const JSON: &str = "application/json";

/// Status, headers and body.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Reply {
    pub(crate) async fn to(request: RequestBuilder) -> Self {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, bytes: response.bytes().await.expect("a body").to_vec() }
    }

    /// A header, empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("UTF-8")
    }

    /// The body, without what the answer cost.
    pub(crate) fn json(&self) -> Value {
        without_cost(self.whole())
    }

    /// What the answer cost; null if it does not say.
    pub(crate) fn cost(&self) -> Value {
        self.whole()["extensions"]["cost"].clone()
    }

    fn whole(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("{}: no JSON: {}", self.status, self.text()))
    }

    /// The code of the first error; empty if there is none.
    pub(crate) fn code(&self) -> String {
        self.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The status and the code of the first error.
    pub(crate) fn outcome(&self) -> (u16, String) {
        (self.status, self.code())
    }
}

/// An answer without what it cost, which is never the same twice.
pub(crate) fn without_cost(mut answer: Value) -> Value {
    if let Some(answer) = answer.as_object_mut() {
        answer.remove("extensions");
    }
    answer
}

impl World {
    /// A GET of a path.
    pub(crate) fn path(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.address))
    }

    /// A POST of these bytes to `/graphql` as JSON, to be answered in the type whose status codes tell.
    pub(crate) fn posting(&self, body: impl Into<reqwest::Body>) -> RequestBuilder {
        let request = self.client.post(format!("{}/graphql", self.address));
        request.header("Content-Type", JSON).header(ACCEPT, GRAPHQL).body(body)
    }

    /// The same for a document alone.
    pub(crate) fn asking(&self, document: &str) -> RequestBuilder {
        self.posting(serde_json::json!({"query": document}).to_string())
    }

    /// A GET of `/graphql` with these parameters.
    pub(crate) fn getting(&self, parameters: &[(&str, &str)]) -> RequestBuilder {
        let url =
            reqwest::Url::parse_with_params(&format!("{}/graphql", self.address), parameters).expect("an address");
        self.client.get(url).header(ACCEPT, GRAPHQL)
    }
}

//! Somebody in a story, who asks over HTTP.

use std::time::Duration;

use async_graphql::ID;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::id::MemberId;
use serde_json::{Value, json};

use super::without_cost;

/// A member with a token, or somebody without one.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) id: MemberId,
    pub(crate) token: Option<String>,
    pub(crate) address: String,
    pub(crate) client: reqwest::Client,
}

impl Person {
    /// Their id as clients know it.
    pub(crate) fn global_id(&self) -> String {
        ID(format!("mem_{}", BASE64_URL_SAFE_NO_PAD.encode(self.id.0))).to_string()
    }

    /// The same person, asking another server.
    pub(crate) fn at(&self, world: &super::World) -> Self {
        Self { address: world.address.clone(), ..self.clone() }
    }

    /// The whole answer to a document, as JSON.
    pub(crate) async fn ask(&self, document: &str, variables: Value) -> Value {
        let request = self
            .client
            .post(format!("{}/graphql", self.address))
            .json(&json!({"query": document, "variables": variables}));
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        without_cost(request.send().await.expect("an answer").json().await.expect("JSON"))
    }

    /// What a subscription says first, if it says anything within a moment; null if it only listens.
    pub(crate) async fn listen(&self, document: &str, variables: Value) -> Value {
        let request = self.client.post(format!("{}/graphql", self.address)).header("Accept", "text/event-stream");
        let request = request.json(&json!({"query": document, "variables": variables}));
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let mut answer = request.send().await.expect("an answer");
        let mut text = String::new();
        let said = async {
            while let Some(bytes) = answer.chunk().await.expect("no break") {
                text.push_str(std::str::from_utf8(&bytes).expect("UTF-8"));
            }
        };
        _ = tokio::time::timeout(Duration::from_millis(500), said).await;
        let json = text.lines().find_map(|line| line.strip_prefix("data: ").or(line.starts_with('{').then_some(line)));
        json.map_or(Value::Null, |json| serde_json::from_str(json).expect("JSON"))
    }

    /// The data of a document that must not fail.
    pub(crate) async fn run(&self, document: &str, variables: Value) -> Value {
        let mut answer = self.ask(document, variables).await;
        assert_eq!(answer.get("errors"), None, "{}: {document}", self.name);
        answer["data"].take()
    }

    /// The data of a query without variables that must not fail.
    pub(crate) async fn query(&self, document: &str) -> Value {
        self.run(document, json!({})).await
    }

    /// The payload of the one mutation of a document.
    pub(crate) async fn mutate(&self, document: &str, variables: Value) -> Value {
        let data = self.run(document, variables).await;
        data.as_object().and_then(|data| data.values().next()).cloned().expect("one payload")
    }

    /// Says to know `other`, by handle.
    pub(crate) async fn claim(&self, other: &Person) -> Value {
        self.claim_named(json!({"handle": other.name})).await
    }

    /// Says to know somebody, named in whatever way.
    pub(crate) async fn claim_named(&self, who: Value) -> Value {
        let document =
            "mutation($who: Who!) { claimTie(input: {who: $who, context: FRIEND, note: \"from the choir\"}) {
            claim { id named context note state tie { id state evidence } createdAt expiresAt } claimEdge { cursor }
            userErrors { __typename code message path ... on LimitError { retryAt } } } }";
        self.mutate(document, json!({"who": who})).await
    }

    /// The ties that await this person's answer: `(id, the other's name)`.
    pub(crate) async fn waiting(&self) -> Vec<(String, String)> {
        let data = self.query("{ viewer { ties(state: PENDING) { nodes { id awaitsViewer other { name } } } } }").await;
        let nodes = data["viewer"]["ties"]["nodes"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        nodes
            .iter()
            .filter(|tie| tie["awaitsViewer"] == true)
            .map(|tie| (text(&tie["id"]), text(&tie["other"]["name"])))
            .collect()
    }

    /// Confirms, declines or ends a tie.
    pub(crate) async fn answer(&self, mutation: &str, tie: &str) -> Value {
        let document = format!(
            "mutation($id: ID!) {{ {mutation}(input: {{tieId: $id}}) {{ tie {{ id state awaitsViewer other {{ name }} }} userErrors {{ code message path }} }} }}"
        );
        self.mutate(&document, json!({"id": tie})).await
    }

    /// The names of those this person is tied to, newest first.
    pub(crate) async fn tied(&self) -> Vec<String> {
        names(
            &self.query("{ viewer { ties(first: 100) { nodes { other { name } } } } }").await["viewer"]["ties"]["nodes"],
            "/other/name",
        )
    }

    /// The names of this person's network, in order.
    pub(crate) async fn network(&self) -> Vec<String> {
        names(
            &self.query("{ viewer { network(first: 100) { nodes { name } } } }").await["viewer"]["network"]["nodes"],
            "/name",
        )
    }

    /// Blocks somebody.
    pub(crate) async fn block(&self, other: &Person) -> Value {
        let document = "mutation($id: ID!) { blockMember(input: {memberId: $id}) { block { id name memberId } userErrors { code message path } } }";
        self.mutate(document, json!({"id": other.global_id()})).await
    }

    /// Another member as this person sees them; null if they do not.
    pub(crate) async fn see(&self, other: &Person) -> Value {
        let document = "query($id: ID!) { node(id: $id) { ... on Member { name handle bio skills area email phone relationToViewer } } }";
        self.run(document, json!({"id": other.global_id()})).await["node"].clone()
    }

    /// Changes what this person shows.
    pub(crate) async fn show(&self, privacy: &str) {
        let payload = self
            .mutate(
                &format!("mutation {{ updatePrivacy(input: {{{privacy}}}) {{ userErrors {{ code }} }} }}"),
                json!({}),
            )
            .await;
        assert_eq!(payload["userErrors"], json!([]));
    }
}

fn names(nodes: &Value, pointer: &str) -> Vec<String> {
    let name = |node: &Value| node.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    nodes.as_array().into_iter().flatten().map(name).collect()
}

/// The codes of a payload's refusals.
pub(crate) fn refusals(payload: &Value) -> Vec<&str> {
    payload["userErrors"].as_array().into_iter().flatten().filter_map(|error| error["code"].as_str()).collect()
}

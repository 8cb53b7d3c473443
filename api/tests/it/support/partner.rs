//! Partners in stories: what asks by an access token.

use serde_json::{Value, json};

use super::{Person, World, text};

/// All scopes there are.
pub(crate) const SCOPES: [&str; 6] =
    ["COMMUNITY_READ", "ROSTER_READ", "ROSTER_WRITE", "GOALS_READ", "GATHERINGS_READ", "HEALTH_READ"];

impl World {
    /// A partner of a community, let in by one of its stewards with these scopes; and the id of its token.
    pub(crate) async fn partner(&self, steward: &Person, community: &str, scopes: &[&str]) -> (Person, String) {
        let payload = steward.done("createAccessToken", ISSUED, self.new_token(community, scopes)).await;
        (self.bearing(&text(&payload["secret"])), text(&payload["accessToken"]["id"]))
    }

    /// The input of an access token for 90 days.
    pub(crate) fn new_token(&self, community: &str, scopes: &[&str]) -> Value {
        json!({
            "communityId": community, "name": "The register", "scopes": scopes, "expiresAt": self.hours_from_now(90 * 24),
        })
    }

    /// Whoever asks with this token.
    pub(crate) fn bearing(&self, token: &str) -> Person {
        Person { name: "a partner".to_owned(), token: Some(token.to_owned()), ..self.anybody() }
    }
}

/// What a story sees of a token that was issued.
pub(crate) const ISSUED: &str =
    "accessToken { id name scopes lastFour state expiresAt previousUntil rotatedAt lastUsedAt endedAt } secret";

impl Person {
    /// The code of the first error of an answer, and the scope that it asks for.
    pub(crate) async fn denied(&self, document: &str, variables: Value) -> (String, String) {
        let answer = self.ask(document, variables).await;
        let extensions = &answer["errors"][0]["extensions"];
        (text(&extensions["code"]), text(&extensions["requiredScope"]))
    }

    /// Sends a list to the community of the token; what came of each row.
    pub(crate) async fn list(&self, rows: Value) -> Vec<String> {
        let payload = self.done("importRoster", "results { externalId outcome message }", json!({"rows": rows})).await;
        let results = payload["results"].as_array().cloned().unwrap_or_default();
        results.iter().map(|row| text(&row["outcome"])).collect()
    }

    /// The roster of a community, each line as `externalId name state`.
    pub(crate) async fn roster(&self, community: &str, after: Option<&str>) -> Vec<String> {
        let document =
            "query($id: ID!, $after: DateTime) { community(by: {id: $id}) { roster(updatedAfter: $after, first: 100) {
            nodes { membershipId externalId state role joinedAt updatedAt member { id name } } } } }";
        let data = self.run(document, json!({"id": community, "after": after})).await;
        let nodes = data["community"]["roster"]["nodes"].as_array().cloned().unwrap_or_default();
        let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let line =
            |node: &Value| [word(&node["externalId"]), word(&node["member"]["name"]), word(&node["state"])].join(" ");
        nodes.iter().map(line).collect()
    }
}

//! Communities: formed before they open, joined by their own rules, looked after, and ended.

mod charter;
mod forming;
mod full;
mod health;
mod joining;
mod link;
mod map;
mod model;
mod role;
mod seen;
mod stage;
mod statements;
mod succession;
mod vouched;

use serde_json::{Value, json};

use crate::support::{Person, text};

/// The rows of one of a person's lists in a community, as `shows` selects them; none if it does not exist for them.
async fn rows(person: &Person, community: &str, list: &str, shows: &str) -> Vec<Value> {
    let document =
        format!("query($id: ID!) {{ community(by: {{id: $id}}) {{ rows: {list} {{ nodes {{ {shows} }} }} }} }}");
    let data = person.run(&document, json!({"id": community})).await;
    data["community"]["rows"]["nodes"].as_array().cloned().unwrap_or_default()
}

/// Anything with an id, as this person sees it: its type, or null.
async fn node(person: &Person, id: &str) -> Value {
    person.run("query($id: ID!) { node(id: $id) { __typename } }", json!({"id": id})).await["node"]["__typename"]
        .clone()
}

/// The viewer's own memberships in a state.
async fn own(person: &Person, state: &str) -> Vec<Value> {
    let document = "query($state: MembershipState!) { viewer { memberships(state: $state, first: 100) { nodes {
        state role founder reason mayReturn note answers expiresAt endedAt consentedVersion invitedBy { name } vouchers { name } community { name } } } } }";
    let data = person.run(document, json!({"state": state})).await;
    data["viewer"]["memberships"]["nodes"].as_array().cloned().unwrap_or_default()
}

/// What was done in a community, the last first, as a steward reads it.
pub(crate) async fn trail(person: &Person, community: &str) -> Vec<String> {
    let rows = rows(person, community, "auditTrail(first: 100)", "action").await;
    rows.iter().map(|row| text(&row["action"])).collect()
}

/// The names of those who look after a community, as far as this person sees them, in order.
async fn stewards(person: &Person, community: &str) -> Vec<String> {
    let rows = rows(person, community, "members(first: 100)", "name role").await;
    let mut names: Vec<String> =
        rows.iter().filter(|row| row["role"] == "STEWARD").map(|row| text(&row["name"])).collect();
    names.sort();
    names
}

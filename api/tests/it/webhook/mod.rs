//! Webhooks: what a partner is told of a community, verified by somebody else's implementation of Standard Webhooks; what
//! they are not told; tries, replays, secrets; and addresses that nobody is to be sent to.

mod address;
mod crash;
mod hidden;
mod replay;
mod retry;
mod secret;
mod statements;
mod told;

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Person, Receiver, World, text, until};

/// What a story sees of a webhook again and again.
const WEBHOOK: &str = "webhook { id name url events state failingSince oldSecretUntil } secret";

/// Everything that can be chosen.
const ALL: [&str; 6] =
    ["MEMBER_JOINED", "MEMBER_LEFT", "GOAL_PROGRESSED", "GATHERING_PLANNED", "GATHERING_HELD", "INTRODUCTIONS_COUNTED"];

/// A webhook of a story: its id and its secret.
struct Hook {
    id: String,
    secret: String,
}

impl Hook {
    /// One that is told everything, at `url`.
    async fn at(steward: &Person, community: &str, url: &str) -> Self {
        let input = json!({"communityId": community, "url": url, "events": ALL});
        let made = steward.done("createWebhook", WEBHOOK, input).await;
        Self { id: text(&made["webhook"]["id"]), secret: text(&made["secret"]) }
    }

    /// One that is told everything, at this receiver.
    async fn of(steward: &Person, community: &str, receiver: &Receiver) -> Self {
        Self::at(steward, community, &format!("{}/hook?from=kith", receiver.address)).await
    }

    /// What the webhook is now.
    async fn seen(&self, steward: &Person) -> Value {
        let document = "query($id: ID!) { node(id: $id) { ... on Webhook { name url events state failingSince oldSecretUntil } } }";
        steward.run(document, json!({"id": self.id})).await["node"].take()
    }

    /// The log of its deliveries, newest first.
    async fn log(&self, steward: &Person) -> Vec<Value> {
        let document = "query($id: ID!) { node(id: $id) { ... on Webhook { deliveries(first: 100) { nodes {
            id event eventId payload state nextAttemptAt endedAt attempts { at statusCode failure duration } } } } } }";
        let data = steward.run(document, json!({"id": self.id})).await;
        data["node"]["deliveries"]["nodes"].as_array().cloned().unwrap_or_default()
    }

    /// Sends a test; returns the delivery's id.
    async fn test(&self, steward: &Person) -> String {
        let input = json!({"webhookId": self.id});
        text(&steward.done("testWebhook", "delivery { id event state }", input).await["delivery"]["id"])
    }

    /// Waits until the newest delivery was tried so often, and returns it.
    async fn tried(&self, steward: &Person, times: usize) -> Value {
        let what = format!("it was tried {times} times");
        let attempts = |log: &[Value]| log[0]["attempts"].as_array().map_or(0, Vec::len);
        until(&what, Duration::from_secs(30), async || attempts(&self.log(steward).await) >= times).await;
        let log = self.log(steward).await;
        assert_eq!(attempts(&log), times, "{log:?}");
        log[0].clone()
    }
}

/// A community that is forming, of which `steward` is the one member.
async fn forming(steward: &Person) -> String {
    steward.form("The orchard", "INVITATION").await
}

/// Plans a gathering, of which partners are told.
async fn plan(world: &World, steward: &Person, community: &str) -> String {
    world.gathering(steward, community, 24).await
}

//! What stewards do about webhooks on the wire.

use std::time::Duration;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use domain::error::Result as Done;
use domain::id::{CommunityId, DeliveryId, WebhookId};
use domain::webhook::{self, NewWebhook, Secret, Telling, WebhookEdit};

use super::super::community::Community;
use super::super::context::ContextExt;
use super::super::credential::ProofInput;
use super::super::error::{Result, UserError, outcome};
use super::super::member::edit;
use super::super::payload::changed;
use super::super::scalar::{DateTime, GlobalId, Url};
use super::{Webhook, WebhookDelivery, WebhookEdge, WebhookEvent};

/// A webhook to be made.
#[derive(InputObject)]
pub(crate) struct CreateWebhookInput {
    /// The community's id.
    community_id: ID,
    /// What stewards call it: at most 80 characters.
    name: Option<String>,
    /// Where it is told: a public `https` address of at most 500 characters, without a user, at port 443 or from 1024 on.
    url: Url,
    /// What it is told: one thing at least.
    events: Vec<WebhookEvent>,
    /// What shows who the viewer is.
    proof: Option<ProofInput>,
}

/// What to change of a webhook. A field left out keeps its value.
#[derive(InputObject)]
pub(crate) struct UpdateWebhookInput {
    /// The webhook's id.
    webhook_id: ID,
    /// What stewards call it: at most 80 characters; null takes the name away.
    name: MaybeUndefined<String>,
    /// Where it is told.
    url: Option<Url>,
    /// What it is told.
    events: Option<Vec<WebhookEvent>>,
    /// True pauses it: what happens in the meantime it is never told. False enables it, also if it was disabled.
    paused: Option<bool>,
}

/// Whose secret to change.
#[derive(InputObject)]
pub(crate) struct RotateWebhookSecretInput {
    /// The webhook's id.
    webhook_id: ID,
    /// For how many hours the secret before signs as well: 0 to 168.
    #[graphql(default = 24)]
    overlap_hours: u16,
    /// What shows who the viewer is.
    proof: Option<ProofInput>,
}

/// Which webhook to delete.
#[derive(InputObject)]
pub(crate) struct DeleteWebhookInput {
    /// The webhook's id.
    webhook_id: ID,
}

/// Which webhook to try.
#[derive(InputObject)]
pub(crate) struct TestWebhookInput {
    /// The webhook's id.
    webhook_id: ID,
}

/// What to send again.
#[derive(InputObject)]
pub(crate) struct ReplayDeliveryInput {
    /// The delivery's id.
    delivery_id: ID,
}

/// What to send again.
#[derive(InputObject)]
pub(crate) struct ReplayDeliveriesInput {
    /// The webhook's id.
    webhook_id: ID,
    /// From when on.
    from: DateTime,
    /// Until before when. At most 1,000 deliveries lie in between.
    to: DateTime,
}

/// A new webhook, with its secret.
#[derive(SimpleObject)]
pub(crate) struct CreateWebhookPayload {
    /// The webhook; null if it was refused.
    webhook: Option<Webhook>,
    /// Its place in the community's list; null if it was refused.
    webhook_edge: Option<WebhookEdge>,
    /// By what the receiver verifies signatures: `whsec_` and base64. It is shown here alone; null if it was refused.
    secret: Option<String>,
    /// The community; null if it was refused.
    community: Option<Community>,
    /// Why the command was refused; empty if it was done.
    user_errors: Vec<UserError>,
}

/// A webhook with another secret.
#[derive(SimpleObject)]
pub(crate) struct RotateWebhookSecretPayload {
    /// The webhook; null if it was refused.
    webhook: Option<Webhook>,
    /// The new secret. It is shown here alone; null if it was refused.
    secret: Option<String>,
    /// Why the command was refused; empty if it was done.
    user_errors: Vec<UserError>,
}

/// The webhook that is gone.
#[derive(SimpleObject)]
pub(crate) struct DeleteWebhookPayload {
    /// The id it had; null if it was refused.
    deleted_webhook_id: Option<ID>,
    /// Why the command was refused; empty if it was done.
    user_errors: Vec<UserError>,
}

/// What is sent again.
#[derive(SimpleObject)]
pub(crate) struct ReplayDeliveriesPayload {
    /// The webhook; null if it was refused.
    webhook: Option<Webhook>,
    /// How many deliveries are sent again; null if it was refused.
    count: Option<i32>,
    /// Why the command was refused; empty if it was done.
    user_errors: Vec<UserError>,
}

changed! {
    webhook: Webhook of webhook::Webhook, "The webhook; null if the command was refused.";
    /// The webhook after the change.
    UpdateWebhookPayload;
}

changed! {
    delivery: WebhookDelivery of webhook::Delivery, "The delivery; null if the command was refused.";
    /// The delivery that is sent again.
    ReplayDeliveryPayload;
    /// The delivery of the test.
    TestWebhookPayload;
}

type Shown = (Option<Webhook>, Option<String>, Vec<UserError>);

fn shown(gql: &Context<'_>, result: Done<(webhook::Webhook, Secret)>) -> Result<Shown> {
    let (done, user_errors) = outcome(gql, result)?;
    let (webhook, secret) = done.unzip();
    Ok((webhook.map(Webhook), secret.map(|secret| secret.reveal()), user_errors))
}

/// What stewards do about webhooks.
#[derive(Default)]
pub(crate) struct WebhookMutation;

#[Object]
impl WebhookMutation {
    /// Makes a webhook of a community, as one of its stewards; a community has ten at the most.
    async fn create_webhook(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "The webhook.")] input: CreateWebhookInput,
    ) -> Result<CreateWebhookPayload> {
        let topics = input.events.into_iter().map(Into::into).collect();
        let new = NewWebhook { name: input.name, url: input.url.0, topics };
        let id = CommunityId::given(&input.community_id);
        let (webhook, secret, user_errors) =
            shown(gql, webhook::create(gql.ctx()?, id, new, input.proof.map(Into::into)).await)?;
        let webhook_edge = webhook.clone().map(|node| WebhookEdge { cursor: node.0.cursor(), node });
        let community = match webhook {
            Some(_) => Community::load(gql, id).await?,
            None => None,
        };
        Ok(CreateWebhookPayload { webhook, webhook_edge, secret, community, user_errors })
    }

    /// Changes a webhook, pauses or enables it, as a steward.
    async fn update_webhook(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateWebhookInput,
    ) -> Result<UpdateWebhookPayload> {
        let edit = WebhookEdit {
            name: edit(input.name),
            url: input.url.map(|url| url.0),
            topics: input.events.map(|events| events.into_iter().map(Into::into).collect()),
            telling: input.paused.map(|paused| if paused { Telling::Off } else { Telling::On }),
        };
        UpdateWebhookPayload::of(gql, webhook::update(gql.ctx()?, WebhookId::given(&input.webhook_id), edit).await)
    }

    /// Gives a webhook another secret, as a steward. For a while each request has a signature by either.
    async fn rotate_webhook_secret(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Whose.")] input: RotateWebhookSecretInput,
    ) -> Result<RotateWebhookSecretPayload> {
        let overlap = Duration::from_secs(u64::from(input.overlap_hours) * 3_600);
        let (id, proof) = (WebhookId::given(&input.webhook_id), input.proof.map(Into::into));
        let rotated = webhook::rotate(gql.ctx()?, id, overlap, proof).await;
        let (webhook, secret, user_errors) = shown(gql, rotated)?;
        Ok(RotateWebhookSecretPayload { webhook, secret, user_errors })
    }

    /// Deletes a webhook with its deliveries, as a steward; what waits is not sent.
    async fn delete_webhook(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: DeleteWebhookInput,
    ) -> Result<DeleteWebhookPayload> {
        let deleted = webhook::delete(gql.ctx()?, WebhookId::given(&input.webhook_id)).await;
        let (id, user_errors) = outcome(gql, deleted)?;
        Ok(DeleteWebhookPayload { deleted_webhook_id: id.map(|id| id.to_global()), user_errors })
    }

    /// Sends `webhook.test` to a webhook that is enabled, as a steward.
    async fn test_webhook(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: TestWebhookInput,
    ) -> Result<TestWebhookPayload> {
        TestWebhookPayload::of(gql, webhook::test(gql.ctx()?, WebhookId::given(&input.webhook_id)).await)
    }

    /// Sends a delivery again, whatever came of it, as a steward; it begins anew with its tries.
    async fn replay_delivery(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: ReplayDeliveryInput,
    ) -> Result<ReplayDeliveryPayload> {
        ReplayDeliveryPayload::of(gql, webhook::replay(gql.ctx()?, DeliveryId::given(&input.delivery_id)).await)
    }

    /// Sends the deliveries of a time again, as a steward: those that a webhook was to be told then.
    async fn replay_deliveries(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: ReplayDeliveriesInput,
    ) -> Result<ReplayDeliveriesPayload> {
        let id = WebhookId::given(&input.webhook_id);
        let replayed = webhook::replay_all(gql.ctx()?, id, input.from.0, input.to.0).await;
        let (done, user_errors) = outcome(gql, replayed)?;
        // At most 1,000.
        let (webhook, count) = done.map(|done| (Webhook(done.webhook), done.count as i32)).unzip();
        Ok(ReplayDeliveriesPayload { webhook, count, user_errors })
    }
}

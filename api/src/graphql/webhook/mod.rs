//! Webhooks on the wire: where a community tells partners what happens, and the log of deliveries.

mod command;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use domain::webhook;

pub(crate) use self::command::WebhookMutation;
use super::community::Community;
use super::context::ContextExt;
use super::error::Result;
use super::loaders::{AttemptsKey, WebhookKey};
use super::member::Member;
use super::page::{connection, window};
use super::scalar::{DateTime, GlobalId, Url};

/// A webhook of a community the viewer looks after.
#[derive(Clone)]
pub(crate) struct Webhook(pub(crate) webhook::Webhook);

/// A thing told to a webhook.
#[derive(Clone)]
pub(crate) struct WebhookDelivery(pub(crate) webhook::Delivery);

/// A try of a delivery.
pub(crate) struct WebhookAttempt(webhook::Attempt);

/// What a webhook is told of. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::news::Topic")]
pub(crate) enum WebhookEvent {
    /// `member.joined`: somebody belongs to the community now.
    MemberJoined,
    /// `member.left`: somebody left, was removed, or their account is out of use.
    MemberLeft,
    /// `goal.progressed`: a goal was measured.
    GoalProgressed,
    /// `gathering.planned`: a gathering is planned.
    GatheringPlanned,
    /// `gathering.held`: a gathering is over, or who was there is written down; told once.
    GatheringHeld,
    /// `introductions.counted`: the introductions of the last 90 days, counted once a week; numbers alone.
    IntroductionsCounted,
    /// `webhook.test`: a steward tries the webhook with `testWebhook`; it cannot be chosen.
    WebhookTest,
}

/// Whether a webhook is told anything. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::webhook::State")]
pub(crate) enum WebhookState {
    /// It is.
    Enabled,
    /// A steward has paused it.
    Paused,
    /// It was disabled: its receiver said that it is gone (410).
    Gone,
    /// It was disabled: nothing arrived for a week.
    Failing,
}

/// Where a delivery stands. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::webhook::DeliveryState")]
pub(crate) enum WebhookDeliveryState {
    /// It awaits its next try.
    Waiting,
    /// The receiver has it.
    Delivered,
    /// It was tried for three days.
    Failed,
    /// The community was archived before.
    Cancelled,
}

/// Why there was no answer. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::webhook::Failure")]
pub(crate) enum WebhookFailure {
    /// The address is not public, or its name led to one that is not.
    AddressRefused,
    /// There is no such name.
    NameUnknown,
    /// Nobody took the connection, or it broke.
    ConnectionFailed,
    /// The certificate is not right for the name, or TLS failed otherwise.
    TlsFailed,
    /// No answer came within 15 seconds.
    TimedOut,
    /// The service no longer knows the secret: `rotateWebhookSecret` makes another.
    SecretLost,
}

/// Where a community tells a partner what happens in it, by requests that are signed after Standard Webhooks. Only stewards
/// see it.
#[Object]
impl Webhook {
    /// Opaque, stable, unique over all types.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_global()
    }

    /// The community.
    async fn community(&self, gql: &Context<'_>) -> Result<Option<Community>> {
        Community::load(gql, self.0.community).await
    }

    /// What stewards call it; null if they gave it no name.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// Where it is told.
    async fn url(&self) -> Url {
        Url(self.0.url.clone())
    }

    /// What it is told.
    async fn events(&self) -> Vec<WebhookEvent> {
        self.0.topics.iter().map(|topic| (*topic).into()).collect()
    }

    /// Whether it is told anything.
    async fn state(&self) -> WebhookState {
        self.0.state.into()
    }

    /// The first failure since something last arrived; null if nothing has failed since.
    async fn failing_since(&self) -> Option<DateTime> {
        self.0.failing_since.map(DateTime)
    }

    /// Until when the secret before signs as well; null if only one does.
    async fn old_secret_until(&self) -> Option<DateTime> {
        self.0.old_secret_until.map(DateTime)
    }

    /// Who made it; null if they are gone, or the viewer may not see them.
    async fn created_by(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        Member::load_any(gql, self.0.created_by).await
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// What was told in the last 30 days, newest first.
    async fn deliveries(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Only those that stand here.")] state: Option<WebhookDeliveryState>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<WebhookDeliveryConnection> {
        let window = window(gql, Some(first), after)?;
        let page = webhook::deliveries(gql.ctx()?, &self.0, state.map(Into::into), &window).await?;
        Ok(WebhookDeliveryConnection::of(page, |row| WebhookDeliveryEdge {
            cursor: row.cursor,
            node: WebhookDelivery(row.item),
        }))
    }
}

/// A thing told to a webhook: once to each, and again while it fails or when a steward asks for it, always under the same
/// `webhook-id`. Kept for 30 days.
#[Object]
impl WebhookDelivery {
    /// Opaque, stable, unique over all types.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_global()
    }

    /// The webhook.
    async fn webhook(&self, gql: &Context<'_>) -> Result<Option<Webhook>> {
        Ok(gql.loaders()?.load_one(WebhookKey(self.0.webhook)).await?.map(Webhook))
    }

    /// What has happened.
    async fn event(&self) -> WebhookEvent {
        self.0.told.topic().into()
    }

    /// The header `webhook-id`: the same for all webhooks that are told, and over all tries and replays.
    async fn event_id(&self) -> String {
        self.0.news.to_global().0
    }

    /// The body that is sent: JSON.
    async fn payload(&self) -> String {
        crate::webhook::body(&self.0.told, self.0.community, self.0.told_at)
    }

    /// Where it stands.
    async fn state(&self) -> WebhookDeliveryState {
        self.0.state.into()
    }

    /// When it is tried next; null if it is not.
    async fn next_attempt_at(&self) -> Option<DateTime> {
        self.0.next_at.map(DateTime)
    }

    /// The last 20 tries, the last one first.
    async fn attempts(&self, gql: &Context<'_>) -> Result<Vec<WebhookAttempt>> {
        let attempts = gql.loaders()?.load_one(AttemptsKey(self.0.id)).await?.unwrap_or_default();
        Ok(attempts.into_iter().map(WebhookAttempt).collect())
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it arrived, or was given up; null while it waits.
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.ended_at.map(DateTime)
    }
}

/// A try of a delivery.
#[Object]
impl WebhookAttempt {
    /// When it began.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// What the receiver answered, as HTTP numbers it: 200 to 299 is an arrival; null if it did not answer.
    async fn status_code(&self) -> Option<i32> {
        self.0.status
    }

    /// Why there was no answer; null if there was one.
    async fn failure(&self) -> Option<WebhookFailure> {
        self.0.failure.map(Into::into)
    }

    /// How long it took, in milliseconds.
    async fn duration(&self) -> i32 {
        i32::try_from(self.0.took.as_millis()).unwrap_or(i32::MAX)
    }
}

/// A webhook in a list.
#[derive(SimpleObject)]
pub(crate) struct WebhookEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The webhook.
    pub(crate) node: Webhook,
}

connection! {
    /// A list of webhooks.
    WebhookConnection of WebhookEdge, Webhook
}

/// A delivery in a list.
#[derive(SimpleObject)]
pub(crate) struct WebhookDeliveryEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The delivery.
    pub(crate) node: WebhookDelivery,
}

connection! {
    /// A list of deliveries.
    WebhookDeliveryConnection of WebhookDeliveryEdge, WebhookDelivery
}

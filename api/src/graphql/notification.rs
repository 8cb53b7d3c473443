//! Notifications on the wire.

use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, SimpleObject, Subscription};
use domain::id::NotificationId;
use domain::live::Signal;
use domain::notification::{self, Read, Subject};
use futures::{Stream, stream};

use super::context::ContextExt;
use super::error::{Result, UserError, outcome};
use super::node::{self, Node};
use super::page::connection;
use super::scalar::{DateTime, GlobalId, Url};
use super::viewer::Viewer;

/// What the viewer is told of.
#[derive(Clone)]
pub(crate) struct Notification(pub(crate) notification::Notification);

/// What has happened. Clients must accept values they do not know, and show nothing for them.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::notification::Kind")]
pub(crate) enum NotificationKind {
    /// Somebody says that they know the viewer, or the two were introduced: the node is the tie that awaits the viewer.
    TieAsked,
    /// A tie of the viewer's is active now: the node is the tie.
    TieActive,
    /// The viewer is asked to introduce two of their ties: the node is the introduction.
    IntroductionRequested,
    /// Somebody asks, through a tie of the viewer's, to be introduced to the viewer: the node is the introduction.
    IntroductionPassedOn,
    /// An introduction was accepted: the node is the introduction.
    IntroductionAccepted,
    /// Nothing will come of an introduction the viewer asked for, which is the node.
    IntroductionClosed,
    /// The time of an introduction the viewer asked for is over, which is the node.
    IntroductionExpired,
    /// Somebody thinks that the viewer can help: the node is the nomination.
    NominationOffered,
    /// Somebody who was named will help: the node is the nomination.
    NominationAccepted,
    /// There are messages in a conversation since the viewer last looked: the node is the conversation.
    Messages,
    /// The viewer is invited to a community: the node is the membership.
    CommunityInvited,
    /// Somebody would come into a community the viewer looks after: the node is the membership.
    CommunityApplied,
    /// The viewer belongs to a community now: the node is the membership.
    CommunityJoined,
    /// A webhook of a community the viewer looks after was disabled, since nothing arrived for a week or its receiver said
    /// that it is gone: the node is the webhook.
    WebhookDisabled,
}

/// What the viewer is told of, once for each thing that happens; kept for 90 days. It says what kind of thing that was, and
/// the thing itself is looked up under what the viewer may see by now.
#[Object]
impl Notification {
    /// Opaque, stable, unique over all types.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_global()
    }

    /// What has happened.
    async fn kind(&self) -> NotificationKind {
        self.0.kind.into()
    }

    /// What it is about; null if that no longer shows to the viewer.
    async fn node(&self, gql: &Context<'_>) -> Result<Option<Node>> {
        node::load(gql, &self.subject()).await
    }

    /// An address that opens the app at what it is about, and stays the same.
    async fn deep_link(&self, gql: &Context<'_>) -> Result<Url> {
        Ok(Url(format!("{}/open/{}", gql.state()?.config.public_url, *self.subject())))
    }

    /// When it happened.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When the viewer read it; null if they have not.
    async fn read_at(&self) -> Option<DateTime> {
        self.0.read_at.map(DateTime)
    }
}

impl Notification {
    fn subject(&self) -> ID {
        match self.0.subject {
            Subject::Tie(id) => id.to_global(),
            Subject::Introduction(id) => id.to_global(),
            Subject::Nomination(id) => id.to_global(),
            Subject::Conversation(id) => id.to_global(),
            Subject::Membership(id) => id.to_global(),
            Subject::Webhook(id) => id.to_global(),
        }
    }
}

/// A notification in a list.
#[derive(SimpleObject)]
pub(crate) struct NotificationEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The notification.
    pub(crate) node: Notification,
}

connection! {
    /// A list of notifications.
    NotificationConnection of NotificationEdge, Notification
}

/// Which notifications the viewer has read: one of these.
#[derive(OneofObject)]
pub(crate) enum ReadInput {
    /// Those with these ids: at most 100. Ids of none of the viewer's are passed over.
    Ids(Vec<ID>),
    /// The one with this id, and all that are older.
    UpTo(ID),
}

/// What the viewer has read.
#[derive(InputObject)]
pub(crate) struct MarkNotificationsReadInput {
    /// Which.
    read: ReadInput,
}

/// The viewer's notifications after some were read.
#[derive(SimpleObject)]
pub(crate) struct MarkNotificationsReadPayload {
    /// The viewer, whose count of unread notifications has changed.
    viewer: Viewer,
    /// Why the command was refused; empty if it was done.
    user_errors: Vec<UserError>,
}

/// What the viewer does about notifications.
#[derive(Default)]
pub(crate) struct NotificationMutation;

#[Object]
impl NotificationMutation {
    /// Notes that the viewer has read some of their notifications.
    async fn mark_notifications_read(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: MarkNotificationsReadInput,
    ) -> Result<MarkNotificationsReadPayload> {
        let read = match input.read {
            ReadInput::Ids(ids) => Read::These(ids.iter().take(100).map(NotificationId::given).collect()),
            ReadInput::UpTo(id) => Read::UpTo(NotificationId::given(&id)),
        };
        let (_, user_errors) = outcome(gql, notification::mark_read(gql.ctx()?, read).await)?;
        Ok(MarkNotificationsReadPayload { viewer: Viewer, user_errors })
    }
}

/// What members hear of their notifications.
#[derive(Default)]
pub(crate) struct NotificationSubscription;

#[Subscription]
impl NotificationSubscription {
    /// Each notification of the viewer's, as it is written.
    async fn notification_received(&self, gql: &Context<'_>) -> Result<impl Stream<Item = Notification> + use<>> {
        let ctx = gql.ctx()?;
        ctx.me()?;
        let told = match gql.heard() {
            Some(Signal::Notification(id)) => notification::by_ids(ctx, &[id]).await?,
            _ => Vec::new(),
        };
        Ok(stream::iter(told.into_iter().map(Notification)))
    }
}

//! Introductions on the wire.

mod command;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use domain::introduction::{self, Said};

pub(crate) use self::command::{IntroductionMutation, IntroductionSubscription};
use super::context::ContextExt;
use super::conversation::Conversation;
use super::error::Result;
use super::goal::Goal;
use super::loaders::{ConversationKey, IntroducedInKey, IntroductionKey, OutcomeKey};
use super::member::Member;
use super::page::connection;
use super::scalar::{DateTime, GlobalId};
use domain::id::IntroductionId;

/// A request to be introduced, as one of its three sees it.
#[derive(Clone)]
pub(crate) struct Introduction(pub(crate) introduction::Introduction);

/// What the viewer is in an introduction. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::introduction::Part")]
pub(crate) enum IntroductionRole {
    /// They ask to be introduced.
    Requester,
    /// They are asked to introduce two of their ties to each other.
    Connector,
    /// Somebody asks to be introduced to them.
    Target,
}

/// Where an introduction stands, for the viewer. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::introduction::State")]
pub(crate) enum IntroductionState {
    /// It is asked for; to the requester it looks so until it is over, whoever it waits for.
    Requested,
    /// The connector passed it on, and it waits for the target. Never shown to the requester.
    PassedOn,
    /// The target said yes.
    Accepted,
    /// The viewer said no.
    Declined,
    /// The requester took it back.
    Withdrawn,
    /// Its 21 days are over.
    Expired,
    /// Nothing will come of it.
    Closed,
}

/// What came of an introduction. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::introduction::Outcome")]
pub(crate) enum IntroductionOutcome {
    /// It helped.
    Helped,
    /// The two met, or talked.
    Met,
    /// Nothing came of it.
    Nothing,
}

/// A request of one member to be introduced, through a second who is tied to both, to a third. The connector may pass it on
/// or say no, and so may the target; nobody has to explain, and nobody is told who said no. It is open for 21 days.
#[Object]
impl Introduction {
    /// Opaque, stable, unique over all types.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_global()
    }

    /// What the viewer is in it.
    async fn viewer_role(&self) -> IntroductionRole {
        self.0.part.into()
    }

    /// Where it stands, for the viewer.
    async fn state(&self) -> IntroductionState {
        self.0.state.into()
    }

    /// Since when it stands there, for the viewer.
    async fn state_since(&self) -> DateTime {
        DateTime(self.0.since)
    }

    /// Who asks to be introduced; null if the viewer may not see them.
    async fn requester(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        Member::load(gql, self.0.requester).await
    }

    /// Who is asked to introduce them; null if the viewer may not see them, or they are gone.
    async fn connector(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        Member::load_any(gql, self.0.connector).await
    }

    /// Who is to be met; null if the viewer may not see them, or they are gone.
    async fn target(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        Member::load_any(gql, self.0.target).await
    }

    /// Why, in the requester's words.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// What the connector said to the target; null before it was passed on, and to the requester.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// The goal it serves; null if it names none, or the viewer may not see it.
    async fn goal(&self, gql: &Context<'_>) -> Result<Option<Goal>> {
        match self.0.goal {
            Some(id) => Goal::load(gql, id).await,
            None => Ok(None),
        }
    }

    /// Whether it waits for the viewer to pass it on, to accept or to decline it.
    async fn awaits_viewer(&self) -> bool {
        self.0.awaits_viewer
    }

    /// The conversation of the three; null until it is accepted, or if the viewer has left it.
    async fn conversation(&self, gql: &Context<'_>) -> Result<Option<Conversation>> {
        let Some(id) = gql.loaders()?.load_one(IntroducedInKey(self.0.id)).await? else { return Ok(None) };
        Ok(gql.loaders()?.load_one(ConversationKey(id)).await?.map(Conversation))
    }

    /// What the viewer said came of it; null if they said nothing. Others do not see it.
    async fn my_outcome(&self, gql: &Context<'_>) -> Result<Option<IntroductionOutcome>> {
        Ok(self.said(gql).await?.map(|said| said.outcome.into()))
    }

    /// The same in words; null if they wrote none. Others do not see it.
    async fn my_outcome_note(&self, gql: &Context<'_>) -> Result<Option<String>> {
        Ok(self.said(gql).await?.and_then(|said| said.note))
    }

    /// When it was asked for; to the connector and the target, when it reached them.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it expires; null unless it is open.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(DateTime)
    }
}

impl Introduction {
    /// The introduction `id`, if the viewer has part in it and may know of it.
    pub(crate) async fn load(gql: &Context<'_>, id: IntroductionId) -> Result<Option<Self>> {
        Ok(gql.loaders()?.load_one(IntroductionKey(id)).await?.map(Self))
    }

    async fn said(&self, gql: &Context<'_>) -> Result<Option<Said>> {
        gql.loaders()?.load_one(OutcomeKey(self.0.id)).await
    }
}

/// An introduction in a list.
#[derive(Clone, SimpleObject)]
pub(crate) struct IntroductionEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The introduction.
    pub(crate) node: Introduction,
}

connection! {
    /// A list of introductions.
    IntroductionConnection of IntroductionEdge, Introduction
}

/// How many introductions the viewer takes. What is over a number waits unseen until it is its turn; neither changes who sees
/// the viewer.
pub(crate) struct IntroductionPolicy(pub(crate) introduction::IntroductionPolicy);

/// How many introductions the viewer takes.
#[Object]
impl IntroductionPolicy {
    /// How many requests reach the viewer as the connector, in 30 days.
    async fn as_connector(&self) -> i32 {
        self.0.as_connector
    }

    /// How many reach them as the target, in 30 days.
    async fn as_target(&self) -> i32 {
        self.0.as_target
    }

    /// Until when the viewer takes no new ones; null if they do.
    async fn paused_until(&self) -> Option<DateTime> {
        self.0.paused_until.map(DateTime)
    }
}

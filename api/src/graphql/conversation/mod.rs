//! Conversations on the wire.

mod message;

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use domain::conversation::{self, Mute};
use domain::id::{ConversationId, MemberId, MessageId};
use futures::future::try_join_all;

pub(crate) use self::message::{Message, MessageMutation, MessageSubscription};
use self::message::{MessageConnection, MessageEdge};
use super::context::ContextExt;
use super::error::{Result, UserError, outcome};
use super::introduction::Introduction;
use super::loaders::{ConversationKey, LastMessageKey, NominationKey, ParticipantsKey, UnreadKey};
use super::member::Member;
use super::nomination::Nomination;
use super::page::{connection, window};
use super::payload::{changed, payload};
use super::scalar::{DateTime, GlobalId};
use super::viewer::Viewer;

/// A conversation the viewer takes part in.
#[derive(Clone)]
pub(crate) struct Conversation(pub(crate) conversation::Conversation);

/// What opened a conversation. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::conversation::Kind")]
pub(crate) enum ConversationKind {
    /// Two who are tied.
    Tie,
    /// An introduction that was accepted.
    Introduction,
    /// A nomination that was accepted.
    Nomination,
}

/// Who takes part in a conversation.
#[derive(SimpleObject)]
pub(crate) struct Participant {
    /// Who.
    member: Member,
    /// Up to when they have read it.
    read_at: DateTime,
}

/// A conversation of the three of an introduction or a nomination, or of two who are tied. What somebody says whom a block
/// hides from the viewer does not exist for the viewer.
#[Object]
impl Conversation {
    /// Opaque, stable, unique over all types.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_global()
    }

    /// What opened it.
    async fn kind(&self) -> ConversationKind {
        self.0.kind.into()
    }

    /// The introduction that opened it; null if it was not one, or it no longer shows.
    async fn introduction(&self, gql: &Context<'_>) -> Result<Option<Introduction>> {
        match self.0.introduction {
            Some(id) => Introduction::load(gql, id).await,
            None => Ok(None),
        }
    }

    /// The nomination that opened it; null if it was not one, or it no longer shows.
    async fn nomination(&self, gql: &Context<'_>) -> Result<Option<Nomination>> {
        match self.0.nomination {
            Some(id) => Ok(gql.loaders()?.load_one(NominationKey(id)).await?.map(Nomination)),
            None => Ok(None),
        }
    }

    /// Who takes part, the viewer among them, with how far each has read.
    async fn participants(&self, gql: &Context<'_>) -> Result<Vec<Participant>> {
        let parts = gql.loaders()?.load_one(ParticipantsKey(self.0.id)).await?.unwrap_or_default();
        let parts = parts.into_iter().map(|part| async move {
            let member = Member::load(gql, part.member).await?;
            Ok::<_, super::error::Fault>(member.map(|member| Participant { member, read_at: DateTime(part.read_at) }))
        });
        Ok(try_join_all(parts).await?.into_iter().flatten().collect())
    }

    /// What was said last; null if nothing was.
    async fn last_message(&self, gql: &Context<'_>) -> Result<Option<Message>> {
        Ok(gql.loaders()?.load_one(LastMessageKey(self.0.id)).await?.map(Message))
    }

    /// How many messages of others the viewer has not read.
    async fn unread_count(&self, gql: &Context<'_>) -> Result<i32> {
        let unread = gql.loaders()?.load_one(UnreadKey(self.0.id)).await?.unwrap_or_default();
        Ok(i32::try_from(unread).unwrap_or(i32::MAX))
    }

    /// Whether the viewer wants no notifications of it.
    async fn muted(&self) -> bool {
        self.0.muted
    }

    /// What was said, the newest first.
    async fn messages(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<MessageConnection> {
        let page = conversation::messages(gql.ctx()?, &self.0, &window(gql, Some(first), after)?).await?;
        Ok(MessageConnection::of(page, |row| MessageEdge { cursor: row.cursor, node: Message(row.item) }))
    }

    /// When it was opened.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When something was last said in it; when it was opened if nothing was.
    async fn last_active_at(&self) -> DateTime {
        DateTime(self.0.last_at)
    }
}

impl Conversation {
    /// The conversation `id`, if the viewer takes part in it and may see it.
    pub(crate) async fn load(gql: &Context<'_>, id: ConversationId) -> Result<Option<Self>> {
        Ok(gql.loaders()?.load_one(ConversationKey(id)).await?.map(Self))
    }
}

/// A conversation in a list.
#[derive(Clone, SimpleObject)]
pub(crate) struct ConversationEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The conversation.
    pub(crate) node: Conversation,
}

connection! {
    /// A list of conversations.
    ConversationConnection of ConversationEdge, Conversation
}

/// With whom to begin a conversation.
#[derive(InputObject)]
pub(crate) struct StartConversationInput {
    /// The id of a tie of the viewer's.
    member_id: ID,
}

/// What the viewer has read.
#[derive(InputObject)]
pub(crate) struct MarkReadInput {
    /// The conversation's id.
    conversation_id: ID,
    /// The id of the last message that was read; left out, all of it was.
    message_id: Option<ID>,
}

/// Whether to be told of new messages.
#[derive(InputObject)]
pub(crate) struct MuteConversationInput {
    /// The conversation's id.
    conversation_id: ID,
    /// Whether the viewer wants no notifications of it.
    #[graphql(default = true)]
    muted: bool,
}

/// Which conversation to leave.
#[derive(InputObject)]
pub(crate) struct LeaveConversationInput {
    /// The conversation's id.
    conversation_id: ID,
}

payload! {
    /// The conversation, new or as it was.
    StartConversationPayload of conversation::Conversation {
        /// The conversation; null if the command was refused.
        conversation: Conversation,
        /// The conversation as an edge of `viewer.conversations`, to put into a list; null if the command was refused.
        conversation_edge: ConversationEdge
    }
}

changed! {
    conversation: Conversation of conversation::Conversation, "The conversation; null if the command was refused.";
    /// The conversation with the mark.
    MarkReadPayload;
    /// The conversation after the change.
    MuteConversationPayload;
}

/// What is left of a conversation that was left.
#[derive(SimpleObject)]
pub(crate) struct LeaveConversationPayload {
    /// The id of the conversation, to take it out of lists; null if the command was refused.
    left_conversation_id: Option<ID>,
    /// The viewer, whose conversations have changed.
    viewer: Viewer,
    /// Why the command was refused; empty if it was done.
    user_errors: Vec<UserError>,
}

/// What members do about conversations.
#[derive(Default)]
pub(crate) struct ConversationMutation;

#[Object]
impl ConversationMutation {
    /// The viewer's conversation with a tie of theirs; it begins if there is none, and the viewer comes back to it if they left.
    async fn start_conversation(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "With whom.")] input: StartConversationInput,
    ) -> Result<StartConversationPayload> {
        StartConversationPayload::of(gql, conversation::start(gql.ctx()?, MemberId::given(&input.member_id)).await)
    }

    /// Notes how far the viewer has read a conversation. The others see it; a mark never moves back.
    async fn mark_read(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How far.")] input: MarkReadInput,
    ) -> Result<MarkReadPayload> {
        let id = ConversationId::given(&input.conversation_id);
        let up_to = input.message_id.as_ref().map(MessageId::given);
        MarkReadPayload::of(gql, conversation::mark_read(gql.ctx()?, id, up_to).await)
    }

    /// Says whether the viewer wants notifications of a conversation.
    async fn mute_conversation(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which, and whether.")] input: MuteConversationInput,
    ) -> Result<MuteConversationPayload> {
        let mute = if input.muted { Mute::Muted } else { Mute::Told };
        let id = ConversationId::given(&input.conversation_id);
        MuteConversationPayload::of(gql, conversation::mute(gql.ctx()?, id, mute).await)
    }

    /// Leaves a conversation: it no longer shows to the viewer. What they have said stays.
    async fn leave_conversation(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: LeaveConversationInput,
    ) -> Result<LeaveConversationPayload> {
        let id = ConversationId::given(&input.conversation_id);
        let (left, user_errors) = outcome(gql, conversation::leave(gql.ctx()?, id).await)?;
        Ok(LeaveConversationPayload {
            left_conversation_id: left.map(|()| id.to_global()),
            viewer: Viewer,
            user_errors,
        })
    }
}

//! Messages on the wire.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject, Subscription};
use domain::conversation;
use domain::id::{ConversationId, MessageId};
use domain::live::Signal;
use futures::{Stream, stream};
use uuid::Uuid;

use super::Conversation;
use crate::graphql::context::ContextExt;
use crate::graphql::error::Result;
use crate::graphql::member::Member;
use crate::graphql::page::connection;
use crate::graphql::payload::changed;
use crate::graphql::scalar::{DateTime, GlobalId};

/// What somebody said in a conversation.
#[derive(Clone)]
pub(crate) struct Message(pub(crate) conversation::Message);

/// What somebody said in a conversation. One that was taken back stays, without its text.
#[Object]
impl Message {
    /// Opaque, stable, unique over all types.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_global()
    }

    /// Where it was said; null if the viewer has left it.
    async fn conversation(&self, gql: &Context<'_>) -> Result<Option<Conversation>> {
        Conversation::load(gql, self.0.conversation).await
    }

    /// Who said it; null for a former member, or if the viewer may no longer see them.
    async fn author(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        Member::load_any(gql, self.0.author).await
    }

    /// What was said; null if it was taken back.
    async fn text(&self) -> Option<&str> {
        self.0.text.as_deref()
    }

    /// What the author's device called it, by which a device finds its own message again.
    async fn client_id(&self) -> ID {
        ID(self.0.client_id.to_string())
    }

    /// When it was said.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was last changed; null if it never was.
    async fn edited_at(&self) -> Option<DateTime> {
        self.0.edited_at.map(DateTime)
    }

    /// When it was taken back; null if it was not.
    async fn deleted_at(&self) -> Option<DateTime> {
        self.0.deleted_at.map(DateTime)
    }
}

/// A message in a list.
#[derive(Clone, SimpleObject)]
pub(crate) struct MessageEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The message.
    pub(crate) node: Message,
}

connection! {
    /// A list of messages.
    MessageConnection of MessageEdge, Message
}

/// What to say.
#[derive(InputObject)]
pub(crate) struct SendMessageInput {
    /// The conversation's id.
    conversation_id: ID,
    /// What to say: text of at most 4,000 characters.
    text: String,
    /// A UUID that the device makes, once for each message: sent again under the same, it is the same message. Left out, the
    /// service makes one.
    client_id: Option<ID>,
}

/// How to say it instead.
#[derive(InputObject)]
pub(crate) struct EditMessageInput {
    /// The message's id.
    message_id: ID,
    /// The text: at most 4,000 characters.
    text: String,
}

/// Which message to take back.
#[derive(InputObject)]
pub(crate) struct DeleteMessageInput {
    /// The message's id.
    message_id: ID,
}

changed! {
    message: Message of conversation::Message, "The message; null if the command was refused.";
    /// The message as it was said, with its conversation.
    SendMessagePayload;
    /// The message after the change.
    EditMessagePayload;
    /// What is left of the message.
    DeleteMessagePayload;
}

/// What members say.
#[derive(Default)]
pub(crate) struct MessageMutation;

#[Object]
impl MessageMutation {
    /// Says something in a conversation of the viewer's.
    async fn send_message(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Where, and what.")] input: SendMessageInput,
    ) -> Result<SendMessagePayload> {
        let id = ConversationId::given(&input.conversation_id);
        let sent = match client_id(input.client_id.as_ref()) {
            Ok(client_id) => conversation::send(gql.ctx()?, id, client_id, &input.text).await,
            Err(refused) => Err(refused),
        };
        SendMessagePayload::of(gql, sent)
    }

    /// Changes what the viewer said.
    async fn edit_message(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which, and how.")] input: EditMessageInput,
    ) -> Result<EditMessagePayload> {
        let id = MessageId::given(&input.message_id);
        EditMessagePayload::of(gql, conversation::edit(gql.ctx()?, id, &input.text).await)
    }

    /// Takes back what the viewer said: that there was a message stays, its text does not.
    async fn delete_message(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: DeleteMessageInput,
    ) -> Result<DeleteMessagePayload> {
        DeleteMessagePayload::of(gql, conversation::delete(gql.ctx()?, MessageId::given(&input.message_id)).await)
    }
}

/// What the device calls a message; a fresh name if it gives none.
fn client_id(given: Option<&ID>) -> domain::error::Result<Uuid> {
    match given {
        Some(id) => conversation::client_id(id),
        None => Ok(Uuid::new_v4()),
    }
}

/// What members hear in their conversations.
#[derive(Default)]
pub(crate) struct MessageSubscription;

#[Subscription]
impl MessageSubscription {
    /// Each message of a conversation of the viewer's, when it is said, and again when it is changed or taken back.
    async fn message_sent(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "The conversation's id.")] conversation_id: ID,
    ) -> Result<impl Stream<Item = Message> + use<>> {
        let ctx = gql.ctx()?;
        ctx.me()?;
        let said = match gql.heard() {
            Some(Signal::Message(place, id)) if place == ConversationId::given(&conversation_id) => {
                conversation::messages_by_ids(ctx, &[id]).await?
            }
            _ => Vec::new(),
        };
        Ok(stream::iter(said.into_iter().map(Message)))
    }
}

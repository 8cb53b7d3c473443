//! Messages of conversations.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{ConversationId, MemberId, MessageId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MessageId,
    pub conversation_id: ConversationId,
    /// `None` if they are gone.
    pub author_id: Option<MemberId>,
    /// What the author's device called it: a message sent again is the same.
    pub client_id: Uuid,
    /// Empty once it is deleted.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// Later than that of every message before, in one conversation.
    pub created_at: Timestamp,
    pub edited_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

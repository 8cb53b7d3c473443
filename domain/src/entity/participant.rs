//! Who takes part in a conversation.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{ConversationId, MemberId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "participant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub conversation_id: ConversationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    pub muted: bool,
    /// Up to which message they have read.
    pub read_at: Timestamp,
    /// When the newest message was written that shows to them.
    pub last_at: Timestamp,
    pub left_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

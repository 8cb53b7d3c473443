//! Conversations.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{ConversationId, IntroductionId, MemberId, NominationId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConversationId,
    pub kind: Kind,
    /// Of a tie, the one of the two with the smaller id; `None` if they are gone.
    pub low: Option<MemberId>,
    pub high: Option<MemberId>,
    pub introduction_id: Option<IntroductionId>,
    pub nomination_id: Option<NominationId>,
    pub created_at: Timestamp,
    /// When the newest message was written: each later than the one before.
    pub last_at: Timestamp,
}

/// What opened a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Kind {
    /// Two who are tied.
    #[sea_orm(string_value = "TIE")]
    Tie,
    /// An introduction that was accepted.
    #[sea_orm(string_value = "INTRODUCTION")]
    Introduction,
    /// A nomination that was accepted.
    #[sea_orm(string_value = "NOMINATION")]
    Nomination,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Asks: open requests for help.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{AskId, CommunityId, GoalId, MemberId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ask")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AskId,
    pub asker_id: MemberId,
    #[sea_orm(column_type = "Text")]
    pub need: String,
    /// A list of texts, as [`crate::text::of_lines`] keeps it.
    #[sea_orm(column_type = "Text")]
    pub skills: String,
    pub goal_id: Option<GoalId>,
    /// Whose members are asked; `None` if it is the asker's ties.
    pub community_id: Option<CommunityId>,
    /// Whether nominees are told who asks.
    pub named: bool,
    pub state: State,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub closed_at: Option<Timestamp>,
}

/// Where an ask stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// Contacts may nominate, as long as its time is not over.
    #[sea_orm(string_value = "OPEN")]
    Open,
    /// It is over.
    #[sea_orm(string_value = "CLOSED")]
    Closed,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

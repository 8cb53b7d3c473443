//! Reports: what a member says of another, or of a goal, and what was decided.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{CommunityId, GoalId, MemberId, MessageId, ReportId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReportId,
    pub community_id: CommunityId,
    pub reporter_id: Option<MemberId>,
    /// Whom it is about; of a goal, its proposer, if they are not gone.
    pub member_id: Option<MemberId>,
    pub goal_id: Option<GoalId>,
    pub message_id: Option<MessageId>,
    /// The message as it read when it was reported.
    #[sea_orm(column_type = "Text", nullable)]
    pub message_text: Option<String>,
    /// The agreement that was broken, as it read then.
    #[sea_orm(column_type = "Text")]
    pub agreement: String,
    pub charter_version: i32,
    #[sea_orm(column_type = "Text")]
    pub note: String,
    pub decided_by_role: Decider,
    pub state: State,
    #[sea_orm(column_type = "Text", nullable)]
    pub decision: Option<String>,
    pub decided_by: Option<MemberId>,
    pub decided_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// Where a report stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// Awaits a decision.
    #[sea_orm(string_value = "OPEN")]
    Open,
    /// The agreement was broken.
    #[sea_orm(string_value = "UPHELD")]
    Upheld,
    /// It was not.
    #[sea_orm(string_value = "DISMISSED")]
    Dismissed,
}

/// Who decides about a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Decider {
    /// The stewards of the community.
    #[sea_orm(string_value = "STEWARDS")]
    Stewards,
    /// The operator, since it is about a steward.
    #[sea_orm(string_value = "OPERATOR")]
    Operator,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

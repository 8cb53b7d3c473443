//! Commitments: what a member will do for a goal.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{CommitmentId, GoalId, MemberId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "commitment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CommitmentId,
    pub goal_id: GoalId,
    pub member_id: MemberId,
    #[sea_orm(column_type = "Text")]
    pub what: String,
    /// A date, such as 2026-11-25.
    pub due_on: Option<String>,
    pub done_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

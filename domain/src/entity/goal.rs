//! Goals: what a community wants.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{CommunityId, GoalId, MemberId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "goal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GoalId,
    pub community_id: CommunityId,
    pub proposer_id: Option<MemberId>,
    #[sea_orm(column_type = "Text")]
    pub outcome: String,
    pub unit: Option<String>,
    #[sea_orm(column_type = "Double", nullable)]
    pub start_value: Option<f64>,
    #[sea_orm(column_type = "Double", nullable)]
    pub target_value: Option<f64>,
    /// A date, such as 2026-11-25.
    pub due_on: Option<String>,
    pub state: State,
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub activated_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    pub closed_by: Option<MemberId>,
}

/// Where a goal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// Not yet understood by enough members.
    #[sea_orm(string_value = "PROPOSED")]
    Proposed,
    /// Understood, and worked on.
    #[sea_orm(string_value = "ACTIVE")]
    Active,
    /// Reached.
    #[sea_orm(string_value = "ACHIEVED")]
    Achieved,
    /// Given up.
    #[sea_orm(string_value = "ABANDONED")]
    Abandoned,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Gatherings: when and where a community meets.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{CommunityId, GatheringId, GoalId, MemberId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "gathering")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GatheringId,
    pub community_id: CommunityId,
    pub goal_id: Option<GoalId>,
    pub planned_by: Option<MemberId>,
    pub title: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub details: Option<String>,
    pub place: String,
    /// The name of a time zone in IANA's database.
    pub zone: String,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub state: State,
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    /// How often it was changed.
    pub revision: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// When partners were told that it was held.
    pub held_at: Option<Timestamp>,
}

/// Where a gathering stands; whether it is past, its times say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// It takes place, or did.
    #[sea_orm(string_value = "PLANNED")]
    Planned,
    /// It does not take place.
    #[sea_orm(string_value = "CANCELLED")]
    Cancelled,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

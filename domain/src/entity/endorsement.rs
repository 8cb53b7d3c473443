//! Endorsements: what a goal means, in a member's own words.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{GoalId, MemberId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "endorsement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub goal_id: GoalId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    #[sea_orm(column_type = "Text")]
    pub words: String,
    /// The words as they are compared.
    #[sea_orm(column_type = "Text")]
    pub words_key: String,
    pub created_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

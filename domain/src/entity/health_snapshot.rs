//! What a community's network looked like in one week.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::CommunityId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "health_snapshot")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub community_id: CommunityId,
    /// The Monday of the week, such as 2026-11-23.
    #[sea_orm(primary_key, auto_increment = false)]
    pub taken_on: String,
    /// The figures, as JSON.
    #[sea_orm(column_type = "Text")]
    pub figures: String,
    pub created_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! What communities can help with.

use sea_orm::entity::prelude::*;

use crate::id::CommunityId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "community_skill")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub community_id: CommunityId,
    /// The skill as it is compared.
    #[sea_orm(primary_key, auto_increment = false)]
    pub skill_key: String,
    pub label: String,
    pub position: i16,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

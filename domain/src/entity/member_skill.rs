//! What members can help with, a row a skill.

use sea_orm::entity::prelude::*;

use crate::id::MemberId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "member_skill")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    /// [`crate::text::key`] of `label`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub skill_key: String,
    pub label: String,
    pub position: i16,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

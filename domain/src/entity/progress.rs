//! Progress: dated measurements of a goal; a row is never changed.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{GoalId, MemberId, ProgressId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "progress")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProgressId,
    pub goal_id: GoalId,
    pub member_id: Option<MemberId>,
    #[sea_orm(column_type = "Double", nullable)]
    pub value: Option<f64>,
    #[sea_orm(column_type = "Text")]
    pub note: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub evidence_url: Option<String>,
    pub created_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Archives of what members gave, until they are fetched. One a member.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{ExportId, MemberId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account_export")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExportId,
    #[sea_orm(unique)]
    pub member_id: MemberId,
    /// `None` before it is made, and after it was fetched.
    #[sea_orm(column_type = "Text", nullable)]
    pub archive: Option<String>,
    pub created_at: Timestamp,
    pub ready_at: Option<Timestamp>,
    pub fetched_at: Option<Timestamp>,
    pub expires_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

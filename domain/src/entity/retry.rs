//! Retried commands: what the first try was given, and what came of it.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::MemberId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "retry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub command: String,
    /// SHA-256 of the input, in hexadecimal.
    pub input_hash: String,
    /// The ids of what came of it, as JSON.
    #[sea_orm(column_type = "Text")]
    pub result: String,
    pub created_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

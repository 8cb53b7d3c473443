//! Trusted documents: the operations of our own apps, by the ids that they send in place of the text.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "trusted_document")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub id: String,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// The names of its operations, separated by commas.
    #[sea_orm(column_type = "Text")]
    pub operations: String,
    pub created_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! What committed changes must still tell the caches.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::OutboxId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OutboxId,
    /// [`crate::event::Change`] as JSON.
    #[sea_orm(column_type = "Text")]
    pub change: String,
    pub created_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! What committed changes must still tell the caches and those who listen.

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
    /// How often it could not be applied, for which nothing but the row itself is to blame.
    pub attempts: i32,
    /// From when on a relay may take it. Whoever takes it moves this ahead.
    pub due_at: Timestamp,
    /// Why it could not be applied the last time, for the operator.
    #[sea_orm(column_type = "Text", nullable)]
    pub error: Option<String>,
    /// When it was given up.
    pub dead_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

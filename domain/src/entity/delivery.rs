//! Deliveries: one thing told to one webhook.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{DeliveryId, NewsId, WebhookId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeliveryId,
    pub webhook_id: WebhookId,
    pub news_id: NewsId,
    pub state: State,
    /// How often it was tried since it was last asked for.
    pub tries: i32,
    /// From when on it may be tried. Whoever takes it moves this ahead.
    pub due_at: Timestamp,
    pub created_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// It awaits its next try.
    #[sea_orm(string_value = "WAITING")]
    Waiting,
    /// The receiver has it.
    #[sea_orm(string_value = "DELIVERED")]
    Delivered,
    /// It was tried for three days.
    #[sea_orm(string_value = "FAILED")]
    Failed,
    /// The community was archived before.
    #[sea_orm(string_value = "CANCELLED")]
    Cancelled,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

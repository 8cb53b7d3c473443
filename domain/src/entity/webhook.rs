//! Webhooks: where communities tell partners what happens.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{CommunityId, MemberId, WebhookId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookId,
    pub community_id: CommunityId,
    pub created_by: Option<MemberId>,
    pub name: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub url: String,
    /// A JSON list of what it is told.
    #[sea_orm(column_type = "Text")]
    pub topics: String,
    pub state: State,
    /// How many secrets it has had, with the first one.
    pub generation: i32,
    /// By which of the service's keys its secrets are masked.
    pub key_print: String,
    /// What the service's key makes the secret of, in base64. Says nothing without the key.
    pub mask: String,
    /// The same of the secret before.
    pub old_mask: Option<String>,
    /// Until when the secret before signs as well.
    pub old_until: Option<Timestamp>,
    /// The first failure since something last arrived.
    pub failing_since: Option<Timestamp>,
    /// The last one.
    pub failed_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Whether a webhook is told anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// It is.
    #[sea_orm(string_value = "ENABLED")]
    Enabled,
    /// A steward has paused it.
    #[sea_orm(string_value = "PAUSED")]
    Paused,
    /// Its receiver said that it is gone.
    #[sea_orm(string_value = "GONE")]
    Gone,
    /// Nothing arrived for a week.
    #[sea_orm(string_value = "FAILING")]
    Failing,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

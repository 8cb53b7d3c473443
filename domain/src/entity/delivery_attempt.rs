//! The tries of deliveries.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{AttemptId, DeliveryId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery_attempt")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AttemptId,
    pub delivery_id: DeliveryId,
    /// What the receiver answered, as HTTP numbers it.
    pub status: Option<i32>,
    /// Why there was no answer.
    pub failure: Option<Failure>,
    pub took_ms: i64,
    pub created_at: Timestamp,
}

/// Why there was no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Failure {
    /// The address is none that the service asks, or its name led to such a one.
    #[sea_orm(string_value = "ADDRESS_REFUSED")]
    AddressRefused,
    /// There is no such name.
    #[sea_orm(string_value = "NAME_UNKNOWN")]
    NameUnknown,
    /// Nobody took the connection, or it broke.
    #[sea_orm(string_value = "CONNECTION_FAILED")]
    ConnectionFailed,
    /// The certificate is not right for the name, or TLS failed otherwise.
    #[sea_orm(string_value = "TLS_FAILED")]
    TlsFailed,
    /// No answer came in time.
    #[sea_orm(string_value = "TIMED_OUT")]
    TimedOut,
    /// The service no longer has the key by which it knew the secret.
    #[sea_orm(string_value = "SECRET_LOST")]
    SecretLost,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

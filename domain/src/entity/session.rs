//! Sessions: a device that is signed in. A session that is over is no row.

use sea_orm::entity::prelude::*;

use crate::ctx::{Platform, Timestamp};
use crate::id::{MemberId, SessionId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SessionId,
    pub member_id: MemberId,
    /// What the member calls the device.
    pub device: String,
    pub platform: Platform,
    pub client_name: Option<String>,
    pub client_version: Option<String>,
    pub user_agent: Option<String>,
    /// Where it was last seen from.
    pub address: Option<String>,
    /// Why an operator acts for the member; `None` of the member's own devices.
    pub support_reason: Option<String>,
    /// How often the refresh token was changed.
    pub generation: i64,
    /// SHA-256 of the refresh token in force, in hexadecimal.
    pub current_hash: String,
    /// SHA-256 of the one before, while the one in force has not been used.
    pub previous_hash: Option<String>,
    pub rotated_at: Timestamp,
    /// When the member last proved here who they are.
    pub proven_at: Timestamp,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

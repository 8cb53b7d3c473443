//! What was asked by an access token: the audit log of a partner.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{AccessTokenId, AccessTokenUseId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_token_use")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccessTokenUseId,
    pub token_id: AccessTokenId,
    /// What the partner calls the operation.
    pub operation: Option<String>,
    /// The root fields, with spaces between.
    pub fields: String,
    pub address: Option<String>,
    pub created_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

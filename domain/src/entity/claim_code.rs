//! One-time codes by which imported people without an e-mail address take over their account.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::MemberId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "claim_code")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    /// SHA-256 of the code, in hexadecimal.
    #[sea_orm(unique)]
    pub code_hash: String,
    pub created_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

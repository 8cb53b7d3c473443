//! Changes of an e-mail address that await both codes. One a member.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::MemberId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "address_change")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    /// What the two codes are made of.
    pub id: Uuid,
    /// `None` if the member had no address.
    pub old_email: Option<String>,
    pub new_email: String,
    /// How often the codes were guessed.
    pub tries: i16,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

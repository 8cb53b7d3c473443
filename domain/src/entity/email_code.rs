//! One-time codes sent to an address, whoever bears it, if anybody. One an address.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "email_code")]
pub struct Model {
    /// Lower case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub email: String,
    /// What the code is made of.
    pub id: Uuid,
    /// How often it was guessed.
    pub tries: i16,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Who was imported, and what the list last said of them.

use sea_orm::entity::prelude::*;

use crate::id::MemberId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "imported_person")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub slug: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub external_id: String,
    /// `None` once the member is gone, so that no later import brings them back.
    pub member_id: Option<MemberId>,
    /// The person's columns at the last import, as JSON: what still equals them was not edited by the member.
    #[sea_orm(column_type = "Text")]
    pub said: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

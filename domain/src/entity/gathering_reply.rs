//! Who says they come to a gathering.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{GatheringId, MemberId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "gathering_reply")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub gathering_id: GatheringId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    pub reply: Reply,
    pub created_at: Timestamp,
}

/// What a member says about coming.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Reply {
    /// They come.
    #[sea_orm(string_value = "YES")]
    Yes,
    /// They may come.
    #[sea_orm(string_value = "MAYBE")]
    Maybe,
    /// They do not come.
    #[sea_orm(string_value = "NO")]
    No,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

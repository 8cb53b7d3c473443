//! Who was at a gathering.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{GatheringId, MemberId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attendance")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub gathering_id: GatheringId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    pub recorded_by: Option<MemberId>,
    pub source: Source,
    pub created_at: Timestamp,
}

/// How it is known that somebody was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Source {
    /// A steward wrote it down.
    #[sea_orm(string_value = "STEWARD")]
    Steward,
    /// They scanned the gathering's code.
    #[sea_orm(string_value = "HANDSHAKE")]
    Handshake,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Communities: what they are called, and where they stand.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{CommunityId, MemberId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "community")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CommunityId,
    /// The unique name in addresses.
    #[sea_orm(unique)]
    pub slug: String,
    pub name: String,
    pub area: Option<String>,
    /// The area as it is compared.
    pub area_key: Option<String>,
    /// Name, purpose and skills as they are searched.
    #[sea_orm(column_type = "Text")]
    pub search_key: String,
    pub stage: Stage,
    /// The charter in force.
    pub charter_version: i32,
    pub formed_by: Option<MemberId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// When something last happened in it.
    pub active_at: Timestamp,
    pub launched_at: Option<Timestamp>,
    /// Since when it rests or is archived.
    pub closed_at: Option<Timestamp>,
}

/// Where a community stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Stage {
    /// Its founders are making it; nobody else sees it.
    #[sea_orm(string_value = "FORMING")]
    Forming,
    /// It is open, by its joining policy.
    #[sea_orm(string_value = "LIVE")]
    Live,
    /// It rests; its members still see one another.
    #[sea_orm(string_value = "DORMANT")]
    Dormant,
    /// It is over; its members can still read it.
    #[sea_orm(string_value = "ARCHIVED")]
    Archived,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Calendars: the address at which one member's calendar reads a community's gatherings.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{CalendarId, CommunityId, MemberId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CalendarId,
    pub community_id: CommunityId,
    pub member_id: MemberId,
    /// SHA-256 of the code in the address, in hexadecimal.
    #[sea_orm(unique)]
    pub code_hash: String,
    pub created_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Members.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::MemberId;

/// A person with an account. `None` of a text is "not said".
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "member")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MemberId,
    #[sea_orm(unique)]
    pub handle: String,
    pub name: String,
    pub headline: Option<String>,
    pub bio: Option<String>,
    pub avatar_url: Option<String>,
    pub area: Option<String>,
    /// [`crate::text::key`] of `area`.
    pub area_key: Option<String>,
    /// Lower case.
    #[sea_orm(unique)]
    pub email: Option<String>,
    /// After E.164.
    pub phone: Option<String>,
    pub share_email: bool,
    pub share_phone: bool,
    pub findable: bool,
    pub as_route: bool,
    /// How many introductions a month they take as the one in the middle.
    pub as_connector: i32,
    /// How many they take as the one who is to be met.
    pub as_target: i32,
    /// Until when they take none.
    pub paused_until: Option<Timestamp>,
    pub state: State,
    /// When the account will be gone, since the member wishes it; until then they are not seen.
    pub leaves_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Whether an account may be used and seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    #[sea_orm(string_value = "ACTIVE")]
    Active,
    #[sea_orm(string_value = "SUSPENDED")]
    Suspended,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

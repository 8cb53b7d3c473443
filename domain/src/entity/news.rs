//! What communities tell partners.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{CommunityId, MembershipId, NewsId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "news")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NewsId,
    pub community_id: CommunityId,
    /// Whose membership it is about, so that it goes when that is hidden or gone.
    pub membership_id: Option<MembershipId>,
    /// [`crate::news::News`] as JSON.
    #[sea_orm(column_type = "Text")]
    pub told: String,
    pub created_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

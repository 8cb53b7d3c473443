//! When a membership last changed for partners: what they ask for who keep a list of their own equal. A row stays for a
//! while when the membership, or its member, is gone.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{CommunityId, MemberId, MembershipId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roster_mark")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub membership_id: MembershipId,
    pub community_id: CommunityId,
    pub member_id: MemberId,
    /// Whether partners see it now. One that they have never seen has no row.
    pub shown: bool,
    pub updated_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

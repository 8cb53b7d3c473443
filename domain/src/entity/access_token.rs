//! Access tokens: what a partner asks with. A row stays when the token is over, for those who look what it did.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{AccessTokenId, CommunityId, MemberId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_token")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccessTokenId,
    pub community_id: CommunityId,
    /// The steward who made it; `None` if they are gone, and the token with them.
    pub created_by: Option<MemberId>,
    pub name: String,
    /// [`crate::scope::Scopes`], by their names with spaces between.
    pub scopes: String,
    /// SHA-256 of the token, in hexadecimal.
    #[sea_orm(unique)]
    pub hash: String,
    /// How the token ends, so that people can tell one from another.
    pub last_four: String,
    /// The same of the token before the last rotation.
    #[sea_orm(unique)]
    pub previous_hash: Option<String>,
    /// Until when that one is good as well.
    pub previous_until: Option<Timestamp>,
    pub created_at: Timestamp,
    pub rotated_at: Option<Timestamp>,
    pub expires_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked, or its maker stopped looking after the community.
    pub ended_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

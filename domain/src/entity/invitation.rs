//! Invitations: single-use codes by which somebody new comes in.

use sea_orm::entity::prelude::*;

use super::tie::Context;
use crate::ctx::Timestamp;
use crate::id::{CommunityId, InvitationId, MemberId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InvitationId,
    /// `None` if it is an operator's.
    pub inviter_id: Option<MemberId>,
    /// The only address that may use it, if it is meant for one.
    pub email: Option<String>,
    /// SHA-256 of the code, in hexadecimal.
    #[sea_orm(unique)]
    pub code_hash: String,
    /// The community they are invited to as well.
    pub community_id: Option<CommunityId>,
    pub context: Context,
    pub note: Option<String>,
    /// When the two met, if it came of a handshake.
    pub met_at: Option<Timestamp>,
    pub used_by: Option<MemberId>,
    pub used_at: Option<Timestamp>,
    pub withdrawn_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Handshakes: single-use codes that one member shows and another scans.

use sea_orm::entity::prelude::*;

use super::tie::Context;
use crate::ctx::Timestamp;
use crate::id::{CommunityId, GatheringId, HandshakeId, InvitationId, MemberId, TieId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "handshake")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: HandshakeId,
    pub opener_id: MemberId,
    /// SHA-256 of the code, in hexadecimal.
    #[sea_orm(unique)]
    pub code_hash: String,
    /// The community whoever scans it is invited to.
    pub community_id: Option<CommunityId>,
    /// The gathering whoever scans it was at.
    pub gathering_id: Option<GatheringId>,
    pub context: Context,
    pub note: Option<String>,
    /// The member who scanned it; `None` also if it became an invitation.
    pub scanned_by: Option<MemberId>,
    /// When the two met, as the scanning phone says.
    pub met_at: Option<Timestamp>,
    /// When the scan reached the service: then the code is used.
    pub received_at: Option<Timestamp>,
    pub tie_id: Option<TieId>,
    /// What it became for somebody without an account.
    pub invitation_id: Option<InvitationId>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

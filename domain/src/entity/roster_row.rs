//! What a partner has asked for by its own list: one row for each of its ids.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{AccessTokenId, InvitationId, MembershipId, RosterRowId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roster_row")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RosterRowId,
    pub token_id: AccessTokenId,
    /// What the partner calls the person.
    pub external_id: String,
    /// Lower case.
    pub email: String,
    pub state: State,
    /// The invitation to Kith that was sent, if the person had no account.
    pub invitation_id: Option<InvitationId>,
    /// The membership that came of it.
    pub membership_id: Option<MembershipId>,
    /// When they were last invited.
    pub invited_at: Timestamp,
    /// When the letter with the invitation was handed on, or when it was found that none is needed.
    pub told_at: Option<Timestamp>,
    pub updated_at: Timestamp,
}

/// What the partner's list says of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// They are to belong to the community.
    #[sea_orm(string_value = "INVITED")]
    Invited,
    /// They no longer are.
    #[sea_orm(string_value = "ENDED")]
    Ended,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

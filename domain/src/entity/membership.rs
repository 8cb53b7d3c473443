//! Memberships: one member's part in one community, and how it began and ended. A row stays when it is over.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{CommunityId, MemberId, MembershipId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "membership")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MembershipId,
    pub community_id: CommunityId,
    pub member_id: MemberId,
    pub state: State,
    pub role: Role,
    /// They were there before it was launched.
    pub founder: bool,
    pub invited_by: Option<MemberId>,
    /// What the inviter, or the applicant, wrote.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// A JSON list of the applicant's answers to the charter's questions.
    #[sea_orm(column_type = "Text", nullable)]
    pub answers: Option<String>,
    /// The last charter they agreed to; 0 if none.
    pub consented_version: i32,
    pub consented_at: Option<Timestamp>,
    /// Their ties see that they belong to it, while it is live.
    pub shown: bool,
    pub hidden_from_partners: bool,
    /// They may come back after they were removed.
    pub may_return: bool,
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    pub ended_by: Option<MemberId>,
    pub created_at: Timestamp,
    /// When an invitation or application that nobody answered is over.
    pub expires_at: Timestamp,
    pub joined_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

/// Where a membership stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// Awaits the invited member's answer.
    #[sea_orm(string_value = "INVITED")]
    Invited,
    /// Awaits those who decide.
    #[sea_orm(string_value = "APPLIED")]
    Applied,
    /// They belong to it.
    #[sea_orm(string_value = "ACTIVE")]
    Active,
    /// They left.
    #[sea_orm(string_value = "LEFT")]
    Left,
    /// A steward removed them.
    #[sea_orm(string_value = "REMOVED")]
    Removed,
    /// The invitation, or the application, was declined.
    #[sea_orm(string_value = "DECLINED")]
    Declined,
    /// It was taken back by whoever began it.
    #[sea_orm(string_value = "WITHDRAWN")]
    Withdrawn,
    /// Nobody answered in time.
    #[sea_orm(string_value = "EXPIRED")]
    Expired,
}

/// What a member may do in a community.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Role {
    /// Looks after it.
    #[sea_orm(string_value = "STEWARD")]
    Steward,
    /// Takes part in it.
    #[sea_orm(string_value = "MEMBER")]
    Member,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

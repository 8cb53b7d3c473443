//! Charters: a version a row; none is ever changed.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{CommunityId, MemberId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "charter")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub community_id: CommunityId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    #[sea_orm(column_type = "Text", nullable)]
    pub purpose: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub failure: Option<String>,
    /// A JSON list of texts.
    #[sea_orm(column_type = "Text")]
    pub agreements: String,
    pub joining: Joining,
    /// How many vouch for an applicant, if that is how one joins.
    pub vouches: i32,
    /// A JSON list of texts.
    #[sea_orm(column_type = "Text")]
    pub questions: String,
    pub health_for: HealthFor,
    pub written_by: Option<MemberId>,
    pub created_at: Timestamp,
}

/// How one joins a live community.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Joining {
    /// A member invites.
    #[sea_orm(string_value = "INVITATION")]
    Invitation,
    /// Members who are tied to the applicant vouch for them.
    #[sea_orm(string_value = "VOUCHED")]
    Vouched,
    /// A steward decides.
    #[sea_orm(string_value = "REQUEST")]
    Request,
}

/// Who reads the health report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum HealthFor {
    /// Stewards alone.
    #[sea_orm(string_value = "STEWARDS")]
    Stewards,
    /// All members.
    #[sea_orm(string_value = "MEMBERS")]
    Members,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

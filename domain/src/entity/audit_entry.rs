//! What stewards, and the service, did in a community.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{AuditEntryId, CommunityId, MemberId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AuditEntryId,
    pub community_id: CommunityId,
    /// `None` if it was the service, or somebody who is gone.
    pub actor_id: Option<MemberId>,
    pub subject_id: Option<MemberId>,
    pub action: Action,
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    pub created_at: Timestamp,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Action {
    /// The community was formed.
    #[sea_orm(string_value = "FORMED")]
    Formed,
    /// The charter has a new version.
    #[sea_orm(string_value = "CHARTER_CHANGED")]
    CharterChanged,
    /// It went live.
    #[sea_orm(string_value = "LAUNCHED")]
    Launched,
    /// It was put to rest.
    #[sea_orm(string_value = "RESTED")]
    Rested,
    /// It is live again.
    #[sea_orm(string_value = "REVIVED")]
    Revived,
    /// It was archived.
    #[sea_orm(string_value = "ARCHIVED")]
    Archived,
    /// Somebody was invited.
    #[sea_orm(string_value = "INVITED")]
    Invited,
    /// Somebody joined.
    #[sea_orm(string_value = "JOINED")]
    Joined,
    /// An application was admitted.
    #[sea_orm(string_value = "APPLICATION_ADMITTED")]
    ApplicationAdmitted,
    /// An application was declined.
    #[sea_orm(string_value = "APPLICATION_DECLINED")]
    ApplicationDeclined,
    /// Somebody left.
    #[sea_orm(string_value = "LEFT")]
    Left,
    /// Somebody was removed.
    #[sea_orm(string_value = "REMOVED")]
    Removed,
    /// Somebody became a steward.
    #[sea_orm(string_value = "MADE_STEWARD")]
    MadeSteward,
    /// Somebody is no longer a steward.
    #[sea_orm(string_value = "MADE_MEMBER")]
    MadeMember,
    /// Who was at a gathering was written down.
    #[sea_orm(string_value = "ATTENDANCE_RECORDED")]
    AttendanceRecorded,
    /// A gathering was cancelled.
    #[sea_orm(string_value = "GATHERING_CANCELLED")]
    GatheringCancelled,
    /// A goal was given up.
    #[sea_orm(string_value = "GOAL_ABANDONED")]
    GoalAbandoned,
    /// A report was upheld.
    #[sea_orm(string_value = "REPORT_UPHELD")]
    ReportUpheld,
    /// A report was dismissed.
    #[sea_orm(string_value = "REPORT_DISMISSED")]
    ReportDismissed,
    /// An access token was made for a partner.
    #[sea_orm(string_value = "ACCESS_TOKEN_CREATED")]
    AccessTokenCreated,
    /// An access token has another secret.
    #[sea_orm(string_value = "ACCESS_TOKEN_ROTATED")]
    AccessTokenRotated,
    /// An access token was revoked, or ended with the stewardship of whoever made it.
    #[sea_orm(string_value = "ACCESS_TOKEN_REVOKED")]
    AccessTokenRevoked,
    /// A webhook was made.
    #[sea_orm(string_value = "WEBHOOK_CREATED")]
    WebhookCreated,
    /// A webhook has another address, tells other things, or was paused or enabled.
    #[sea_orm(string_value = "WEBHOOK_CHANGED")]
    WebhookChanged,
    /// A webhook has a new secret.
    #[sea_orm(string_value = "WEBHOOK_SECRET_ROTATED")]
    WebhookSecretRotated,
    /// A webhook was deleted.
    #[sea_orm(string_value = "WEBHOOK_DELETED")]
    WebhookDeleted,
    /// A webhook was disabled, since nothing arrived.
    #[sea_orm(string_value = "WEBHOOK_DISABLED")]
    WebhookDisabled,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

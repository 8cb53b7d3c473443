//! The audit trail of a community on the wire.

use async_graphql::{Context, Enum, Object, SimpleObject};
use domain::community::audit;

use super::error::Result;
use super::member::Member;
use super::page::connection;
use super::scalar::DateTime;

/// A row of the trail.
#[derive(Clone)]
pub(crate) struct AuditEntry(pub(crate) audit::Entry);

/// What was done in a community. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::community::Action")]
pub(crate) enum AuditAction {
    /// The community was formed.
    Formed,
    /// The charter has a new version.
    CharterChanged,
    /// It went live.
    Launched,
    /// It was put to rest.
    Rested,
    /// It is live again.
    Revived,
    /// It was archived.
    Archived,
    /// Somebody was invited.
    Invited,
    /// Somebody joined.
    Joined,
    /// An application was admitted.
    ApplicationAdmitted,
    /// An application was declined.
    ApplicationDeclined,
    /// Somebody left.
    Left,
    /// Somebody was removed.
    Removed,
    /// Somebody became a steward.
    MadeSteward,
    /// Somebody is no longer a steward.
    MadeMember,
    /// Who was at a gathering was written down.
    AttendanceRecorded,
    /// A gathering was cancelled.
    GatheringCancelled,
    /// A goal was given up.
    GoalAbandoned,
    /// A report was upheld.
    ReportUpheld,
    /// A report was dismissed.
    ReportDismissed,
    /// An access token was made for a partner.
    AccessTokenCreated,
    /// An access token has another secret.
    AccessTokenRotated,
    /// An access token was revoked, or ended with the stewardship of whoever made it.
    AccessTokenRevoked,
    /// A webhook was made.
    WebhookCreated,
    /// A webhook has another address, tells other things, or was paused or enabled.
    WebhookChanged,
    /// A webhook has a new secret.
    WebhookSecretRotated,
    /// A webhook was deleted.
    WebhookDeleted,
    /// A webhook was disabled by the service, since nothing arrived.
    WebhookDisabled,
}

/// What somebody who looks after a community did in it. Nobody changes it.
#[Object]
impl AuditEntry {
    /// What was done.
    async fn action(&self) -> AuditAction {
        self.0.action.into()
    }

    /// By whom; null if it was the service or the operator, or the viewer may not see them.
    async fn actor(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        match self.0.actor {
            Some(id) => Member::load(gql, id).await,
            None => Ok(None),
        }
    }

    /// To whom; null if it concerns nobody, or the viewer may not see them.
    async fn subject(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        match self.0.subject {
            Some(id) => Member::load(gql, id).await,
            None => Ok(None),
        }
    }

    /// The reason, or what it was about; null if there is none.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.at)
    }
}

/// A row of the trail in a list.
#[derive(SimpleObject)]
pub(crate) struct AuditEntryEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The row.
    pub(crate) node: AuditEntry,
}

connection! {
    /// A list of what was done in a community.
    AuditEntryConnection of AuditEntryEdge, AuditEntry
}

//! The audit trail of a community: what its stewards, and the service, did. Stewards read it; nobody changes it.

use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};

use super::{Access, Action, Community};
use crate::ctx::{Ctx, Timestamp, Viewer};
use crate::entity::audit_entry::{self, Column};
use crate::error::Result;
use crate::id::{AuditEntryId, CommunityId, MemberId};
use crate::page::{Page, Window};

/// A row of the trail.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What was done.
    pub action: Action,
    /// By whom; `None` if it was the service, an operator, or somebody who is gone.
    pub actor: Option<MemberId>,
    /// To whom.
    pub subject: Option<MemberId>,
    /// The reason, or what it was about.
    pub note: Option<String>,
    /// When.
    pub at: Timestamp,
    id: AuditEntryId,
}

/// The name of the list in cursors.
const LIST: &str = "audit";

/// Writes a row, as the doing of whoever asks.
pub(crate) async fn write(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    community: CommunityId,
    action: Action,
    subject: Option<MemberId>,
    note: Option<String>,
) -> Result<()> {
    let actor = match ctx.viewer {
        Viewer::Member(id) => Some(id),
        Viewer::Anonymous | Viewer::Partner(_) | Viewer::System => None,
    };
    let row = audit_entry::ActiveModel {
        id: Set(AuditEntryId::fresh()),
        community_id: Set(community),
        actor_id: Set(actor),
        subject_id: Set(subject),
        action: Set(action),
        note: Set(note),
        created_at: Set(ctx.now),
    };
    row.insert(tx).await?;
    Ok(())
}

/// The trail of a community, newest first; empty unless the viewer is a steward.
///
/// # Errors
/// [`crate::error::Error::InvalidCursor`].
pub async fn list(ctx: &Ctx, community: &Community, window: &Window) -> Result<Page<Entry>> {
    if community.access < Access::Steward {
        return Ok(Page::empty(window));
    }
    let rows = audit_entry::Entity::find().filter(Column::CommunityId.eq(community.id));
    let total = window.total_of(&ctx.kith.store.db, &rows).await?;
    let rows = window.newest_first(LIST, rows, Column::CreatedAt, Column::Id)?.all(&ctx.kith.store.db).await?;
    let entry = |row: audit_entry::Model| Entry {
        action: row.action,
        actor: row.actor_id,
        subject: row.subject_id,
        note: row.note,
        at: row.created_at,
        id: row.id,
    };
    Ok(Page::of(LIST, window, rows.into_iter().map(entry).collect(), total, |entry: &Entry| (entry.at, entry.id)))
}

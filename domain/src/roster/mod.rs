//! The roster of a community as partners see it: who belongs to it and has not hidden that, and what a partner's own list
//! ([`import()`]) has asked for.
//!
//! Both sides stay equal by changes: [`list`] goes by the moment of the last change, and tells as well what is gone, so
//! that a partner asks for what is newer than what it has.
//!
//! Deliberately absent: e-mail addresses. A partner knows those of its own list, and is told nobody's.

mod import;
mod letter;
mod newcomer;

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

pub use self::import::{Entry as ImportEntry, MOST_ROWS, Outcome, Run, Wanted, import};
pub use self::letter::{not_sent as letter_not_sent, take as take_letters};
pub(crate) use self::newcomer::welcome;
use crate::community::{Access, Community, Role};
use crate::ctx::{Ctx, Timestamp, Viewer};
use crate::entity::roster_mark::{self, Column};
use crate::entity::{membership, roster_row};
use crate::error::Result;
pub use crate::event::roster::forget_old;
use crate::facts;
use crate::id::{MemberId, MembershipId};
use crate::page::{self, Page, Window};
use crate::scope::Scope;
use crate::visibility::{Relation, Seen};

/// A line of the roster.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Which membership it is.
    pub membership: MembershipId,
    /// What the partner that asks calls the person, if the membership came of its own list.
    pub external_id: Option<String>,
    /// Who belongs to the community, and what they are in it; `None` if that is over, or no longer shows.
    pub active: Option<Active>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Somebody who belongs to the community.
#[derive(Clone, Debug)]
pub struct Active {
    /// Who.
    pub member: Seen,
    /// What they may do.
    pub role: Role,
    /// Since when.
    pub joined_at: Option<Timestamp>,
}

impl Entry {
    /// Where it stands in [`list`].
    pub fn cursor(&self) -> String {
        page::encode(LIST, &(self.updated_at, self.membership))
    }
}

/// The name of the list in cursors.
const LIST: &str = "roster";

/// The roster of a community, for its stewards and for partners who may read it, the line that changed first first. Without
/// `updated_after` it has those who belong to the community now; with it, all that has changed since, also who is gone.
///
/// # Errors
/// [`crate::error::Error::InvalidCursor`], [`crate::error::Error::ScopeMissing`].
pub async fn list(
    ctx: &Ctx,
    community: &Community,
    updated_after: Option<Timestamp>,
    window: &Window,
) -> Result<Page<Entry>> {
    match ctx.viewer {
        Viewer::Partner(grant) if community.access == Access::Partner => grant.allows(Scope::RosterRead)?,
        _ if community.access == Access::Steward => {}
        _ => return Ok(Page::empty(window)),
    }
    let db = &ctx.kith.store.db;
    let rows = roster_mark::Entity::find().filter(Column::CommunityId.eq(community.id));
    let rows = match updated_after {
        Some(after) => rows.filter(Column::UpdatedAt.gt(after)),
        None => rows.filter(Column::Shown.eq(true)),
    };
    let total = window.total_of(db, &rows).await?;
    let marks = window.oldest_first(LIST, rows, Column::UpdatedAt, Column::MembershipId)?.all(db).await?;
    let entries = entries(ctx, marks).await?;
    Ok(Page::of(LIST, window, entries, total, |entry: &Entry| (entry.updated_at, entry.membership)))
}

async fn entries(ctx: &Ctx, marks: Vec<roster_mark::Model>) -> Result<Vec<Entry>> {
    let shown: Vec<MembershipId> = marks.iter().filter(|mark| mark.shown).map(|mark| mark.membership_id).collect();
    let rows = membership::Entity::find().filter(membership::Column::Id.is_in(shown));
    let rows = rows.filter(crate::visibility::shown_to_partners()).all(&ctx.kith.store.db).await?;
    let members: Vec<MemberId> = rows.iter().map(|row| row.member_id).collect();
    let cards = facts::cards(&ctx.kith, &members).await?;
    let rows: HashMap<MembershipId, membership::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut external = external_ids(ctx, marks.iter().map(|mark| mark.membership_id)).await?;
    let active = |mark: &roster_mark::Model| {
        let row = rows.get(&mark.membership_id)?;
        let card = cards.get(&row.member_id).filter(|card| card.active).map(Arc::clone)?;
        let member = Seen { id: row.member_id, relation: Relation::Fellow, card };
        Some(Active { member, role: row.role, joined_at: row.joined_at })
    };
    let entry = |mark: roster_mark::Model| Entry {
        membership: mark.membership_id,
        external_id: external.remove(&mark.membership_id),
        active: active(&mark),
        updated_at: mark.updated_at,
    };
    Ok(marks.into_iter().map(entry).collect())
}

/// What the partner who asks calls those whose memberships came of its own list.
async fn external_ids(
    ctx: &Ctx,
    memberships: impl Iterator<Item = MembershipId>,
) -> Result<HashMap<MembershipId, String>> {
    let Viewer::Partner(grant) = ctx.viewer else { return Ok(HashMap::new()) };
    let rows = roster_row::Entity::find()
        .filter(roster_row::Column::TokenId.eq(grant.token))
        .filter(roster_row::Column::MembershipId.is_in(memberships));
    let rows = rows.all(&ctx.kith.store.db).await?.into_iter();
    Ok(rows.filter_map(|row| Some((row.membership_id?, row.external_id))).collect())
}

//! The community that people of a list found, and what a later run of the list does about it.
//!
//! It is known again by its name in addresses, which follows from the list and its own name, and by the first row of its
//! trail: that one names the list, and no member can write it, so that nobody gets founders by taking the name first.
//! While it is forming, founders who are named anew join. Whoever was something to it before has had a say, so they are
//! left as they are; and once it is launched, its founders are who they are.
//!
//! Deliberately absent: the charter. Founders write and ratify it themselves.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};

use super::person::Placed;
use super::row::{self, Meter};
use super::{Fault, File, Found, Founding};
use crate::community::{self, Action, MembershipState, Role, Stage};
use crate::ctx::Ctx;
use crate::entity::{audit_entry, charter, community as communities, membership};
use crate::error::{Code, Message, Refusal, Result};
use crate::id::{AuditEntryId, CommunityId, MemberId};
use crate::store::{self, BINDS};
use crate::{code, policy, secret, text};

/// What to write of a community.
pub(super) struct Planned {
    id: CommunityId,
    /// The community and its charter, if it is new.
    new: Option<(communities::Model, charter::Model)>,
    founders: Vec<membership::Model>,
    trail: Vec<audit_entry::Model>,
}

/// Decides who founds the community, which stays locked. Founders who have a fault of their own are passed over.
pub(super) async fn decide(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    list: &str,
    name: String,
    founders: &[&str],
    placed: &mut Placed,
    faults: &mut Vec<Fault>,
) -> Result<Option<Planned>> {
    let named: Vec<Option<MemberId>> = founders.iter().filter_map(|id| placed.members.get(*id)).copied().collect();
    let able = able(tx, &named, &placed.before).await?;
    let slug = slug_of(list, &name);
    let old = known(tx, list, &slug).await?;
    let mut founding = Founding { slug, found: Found::Nothing, joined: 0, kept: 0, gone: named.len() - able.len() };
    let joining = match &old {
        Some(old) if old.stage == Stage::Forming => {
            founding.found = Found::Forming;
            let concerned = concerned(tx, old.id, &able).await?;
            able.iter().copied().filter(|member| !concerned.contains(member)).collect()
        }
        Some(_) => {
            founding.found = Found::Settled;
            Vec::new()
        }
        None => able.clone(),
    };
    (founding.joined, founding.kept) = (joining.len(), able.len() - joining.len());
    let mut fault = |message| faults.push(Fault { file: File::Founders, line: 1, message, rule: None });
    let taken = match &old {
        Some(old) => community::places_taken(tx, old.id).await?,
        None => 0,
    };
    if taken + joining.len() as u64 > policy::MOST_MEMBERS {
        fault(format!("A community has at most {} members.", policy::MOST_MEMBERS));
    }
    let planned = match (old, joining.first()) {
        (Some(old), _) => Some(planned(ctx, list, old.id, None, &joining)),
        (None, Some(first)) => {
            let (community, charter) = community::fresh(ctx, *first, name, Some(founding.slug.clone()), None);
            Some(planned(ctx, list, community.id, Some((community, charter)), &joining))
        }
        (None, None) => {
            if !named.is_empty() {
                fault("None of the founders is a member who can act.".to_owned());
            }
            None
        }
    };
    placed.report.community = Some(founding);
    Ok(planned)
}

/// The name in addresses of a list's community.
fn slug_of(list: &str, name: &str) -> String {
    let mark = secret::hash(format!("{list}/{}", text::key(name)).as_bytes());
    format!("{}-{}", code::stem_of(name, "community"), mark.chars().take(8).collect::<String>())
}

/// Those of the named who are members and can act, in their order.
async fn able(
    tx: &DatabaseTransaction,
    named: &[Option<MemberId>],
    before: &HashSet<MemberId>,
) -> Result<Vec<MemberId>> {
    let old: Vec<MemberId> = named.iter().flatten().copied().filter(|member| before.contains(member)).collect();
    let mut unable = HashSet::new();
    for some in old.chunks(BINDS) {
        let rows = store::lock_members(tx, some.iter().copied()).await?;
        unable.extend(rows.iter().filter(|row| !policy::is_in_use(row)).map(|row| row.id));
    }
    Ok(named.iter().flatten().copied().filter(|member| !unable.contains(member)).collect())
}

/// The community that an earlier run of the list has formed, locked.
async fn known(tx: &DatabaseTransaction, list: &str, slug: &str) -> Result<Option<communities::Model>> {
    let named = communities::Entity::find().filter(communities::Column::Slug.eq(slug)).lock_exclusive();
    let Some(row) = named.one(tx).await? else { return Ok(None) };
    let formed = audit_entry::Entity::find()
        .filter(audit_entry::Column::CommunityId.eq(row.id))
        .filter(audit_entry::Column::Action.eq(Action::Formed))
        .filter(audit_entry::Column::Note.eq(list));
    match formed.count(tx).await? {
        0 => Err(Refusal::of("community", Code::SlugTaken, Message::new("slug-taken")).into()),
        _ => Ok(Some(row)),
    }
}

/// Those of `members` who are, or were, something to the community.
async fn concerned(tx: &DatabaseTransaction, id: CommunityId, members: &[MemberId]) -> Result<HashSet<MemberId>> {
    let mut concerned = HashSet::new();
    for some in members.chunks(BINDS) {
        let theirs = membership::Entity::find().select_only().column(membership::Column::MemberId);
        let theirs: Vec<MemberId> = theirs
            .filter(membership::Column::CommunityId.eq(id))
            .filter(membership::Column::MemberId.is_in(some.iter().copied()))
            .into_tuple()
            .all(tx)
            .await?;
        concerned.extend(theirs);
    }
    Ok(concerned)
}

fn planned(
    ctx: &Ctx,
    list: &str,
    id: CommunityId,
    new: Option<(communities::Model, charter::Model)>,
    joining: &[MemberId],
) -> Planned {
    let former = new.as_ref().and_then(|(community, _)| community.formed_by);
    let founder = |member: &MemberId| {
        let role = if Some(*member) == former { Role::Steward } else { Role::Member };
        let row = community::fresh_membership(ctx.now, id, *member, MembershipState::Active, role);
        membership::Model { founder: true, joined_at: Some(ctx.now), ..row }
    };
    let told = |member: &MemberId| {
        let is_former = Some(*member) == former;
        audit_entry::Model {
            id: AuditEntryId::fresh(),
            community_id: id,
            actor_id: None,
            subject_id: Some(*member),
            action: if is_former { Action::Formed } else { Action::Joined },
            note: is_former.then(|| list.to_owned()),
            created_at: ctx.now,
        }
    };
    Planned { id, founders: joining.iter().map(founder).collect(), trail: joining.iter().map(told).collect(), new }
}

impl Planned {
    /// So many rows.
    pub(super) fn len(&self) -> usize {
        self.founders.len() + self.trail.len()
    }

    /// Who joins.
    pub(super) fn joining(&self) -> impl Iterator<Item = MemberId> {
        self.founders.iter().map(|row| row.member_id)
    }

    /// Writes it, after its founders.
    pub(super) async fn write(self, ctx: &Ctx, tx: &DatabaseTransaction, meter: &Meter<'_>) -> Result<()> {
        if self.founders.is_empty() {
            return Ok(());
        }
        match self.new {
            Some((community, charter)) => community::write(tx, community, charter, &[]).await?,
            None => community::touch(ctx, tx, self.id).await?,
        }
        row::insert::<membership::Entity, _>(tx, self.founders, None, meter).await?;
        row::insert::<audit_entry::Entity, _>(tx, self.trail, None, meter).await
    }
}

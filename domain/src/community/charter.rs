//! Charters: what a community is for, which failure of offline life it answers, how its members treat one another, and how
//! one joins.
//!
//! A charter has versions, and none is ever changed: a change is another one. While a community is forming its founders
//! ratify the version in force; after that its members agree to each new one, and who has not after 30 days can only read.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    Set,
};

use super::{Access, Action, Community, HealthFor, Joining, Stage, audit, by_id, command};
use crate::ctx::{Ctx, Timestamp};
use crate::entity::charter::{self, Column};
use crate::entity::{community, community_skill};
use crate::error::{Code, Message, Refusal, Result};
use crate::event::Change;
use crate::id::{CommunityId, MemberId};
use crate::member::Edit;
use crate::page::{Page, Window};
use crate::text::{self, Checks};

/// Most agreements, and most questions, of a charter.
pub const MOST_LINES: usize = 20;

/// A version of a charter.
#[derive(Clone, Debug)]
pub struct Charter {
    /// The community it is of.
    pub community: CommunityId,
    /// Which version, from 1.
    pub version: i32,
    /// What the community is for.
    pub purpose: Option<String>,
    /// Which failure of offline life it answers.
    pub failure: Option<String>,
    /// How its members treat one another.
    pub agreements: Vec<String>,
    /// How one joins.
    pub joining: Joining,
    /// How many vouch for an applicant, if that is how one joins.
    pub vouches: i32,
    /// What applicants are asked.
    pub questions: Vec<String>,
    /// Who reads the health report.
    pub health_for: HealthFor,
    /// Who wrote it; `None` if they are gone.
    pub written_by: Option<MemberId>,
    /// When.
    pub created_at: Timestamp,
}

/// A change of a charter.
#[derive(Clone, Debug, Default)]
pub struct CharterEdit {
    /// At most 500 characters.
    pub purpose: Edit<String>,
    /// At most 500 characters.
    pub failure: Edit<String>,
    /// At most [`MOST_LINES`] of at most 300 characters.
    pub agreements: Option<Vec<String>>,
    /// How one joins.
    pub joining: Option<Joining>,
    /// 1 to 5.
    pub vouches: Option<i32>,
    /// At most [`MOST_LINES`] of at most 300 characters.
    pub questions: Option<Vec<String>>,
    /// Who reads the health report.
    pub health_for: Option<HealthFor>,
}

impl From<charter::Model> for Charter {
    fn from(row: charter::Model) -> Self {
        Self {
            community: row.community_id,
            version: row.version,
            purpose: row.purpose,
            failure: row.failure,
            agreements: text::lines_of(&row.agreements),
            joining: row.joining,
            vouches: row.vouches,
            questions: text::lines_of(&row.questions),
            health_for: row.health_for,
            written_by: row.written_by,
            created_at: row.created_at,
        }
    }
}

impl CharterEdit {
    /// The version that follows `old` by this edit, or all that does not fit.
    pub(super) fn applied(self, old: &charter::Model, checks: &mut Checks) -> charter::Model {
        let mut new = old.clone();
        edited(&mut new.purpose, self.purpose, "purpose", checks);
        edited(&mut new.failure, self.failure, "failure", checks);
        let mut lines = |field: &'static str, raw: Option<Vec<String>>, kept: &mut String| {
            if let Some(clean) = raw.and_then(|raw| checks.take(clean(field, &raw))) {
                *kept = text::of_lines(&clean);
            }
        };
        lines("agreements", self.agreements, &mut new.agreements);
        lines("questions", self.questions, &mut new.questions);
        new.joining = self.joining.unwrap_or(old.joining);
        new.vouches = self.vouches.unwrap_or(old.vouches);
        if !(1..=5).contains(&new.vouches) {
            checks.refuse(Refusal::of("vouches", Code::InvalidInput, Message::new("vouches-1-to-5")));
        }
        new.health_for = self.health_for.unwrap_or(old.health_for);
        new
    }
}

fn edited(kept: &mut Option<String>, edit: Edit<String>, field: &'static str, checks: &mut Checks) {
    match edit {
        Edit::Keep => {}
        Edit::Clear => *kept = None,
        Edit::Set(raw) => *kept = checks.take(text::paragraph(field, &raw, 500)).or(kept.take()),
    }
}

fn clean(field: &'static str, raw: &[String]) -> std::result::Result<Vec<String>, Refusal> {
    if raw.len() > MOST_LINES {
        return Err(Refusal::of(field, Code::InvalidInput, Message::new("too-many-lines").with("most", MOST_LINES)));
    }
    raw.iter().map(|line| text::paragraph(field, line, 300)).collect()
}

/// The charters of these versions.
///
/// # Errors
/// As the database says.
pub async fn by_versions(ctx: &Ctx, wanted: &[(CommunityId, i32)]) -> Result<HashMap<(CommunityId, i32), Charter>> {
    let ids = wanted.iter().map(|(community, _)| *community);
    let versions = wanted.iter().map(|(_, version)| *version);
    let query = charter::Entity::find().filter(Column::CommunityId.is_in(ids)).filter(Column::Version.is_in(versions));
    let rows = query.all(&ctx.kith.store.db).await?;
    Ok(rows.into_iter().map(|row| ((row.community_id, row.version), row.into())).collect())
}

/// All versions of a community's charter, the one in force first; the others show to members only.
///
/// # Errors
/// [`crate::error::Error::InvalidCursor`].
pub async fn history(ctx: &Ctx, community: &Community, window: &Window) -> Result<Page<Charter>> {
    const LIST: &str = "charters";
    let mut rows = charter::Entity::find().filter(Column::CommunityId.eq(community.id));
    if community.access < Access::Member {
        rows = rows.filter(Column::Version.eq(community.charter_version));
    }
    let total = window.total_of(&ctx.kith.store.db, &rows).await?;
    if let Some(after) = window.position::<i32>(LIST)? {
        rows = rows.filter(Column::Version.lt(after));
    }
    let rows = rows.order_by_desc(Column::Version).limit(window.first as u64 + 1).all(&ctx.kith.store.db).await?;
    let charters = rows.into_iter().map(Charter::from).collect();
    Ok(Page::of(LIST, window, charters, total, |charter: &Charter| charter.version))
}

/// Makes another version of a community's charter, as one of its stewards. They agree to it by writing it; while it is
/// forming the others ratify it anew, and after that they have 30 days to agree.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::StewardsOnly`], [`Code::WrongState`], [`Code::ConsentDue`] or
/// [`Code::InvalidInput`].
pub async fn update(ctx: &Ctx, id: CommunityId, edit: CharterEdit) -> Result<Community> {
    let id = command(ctx, id, [], async |tx, standing| {
        let mine = standing.acting_steward(ctx)?.clone();
        let mut checks = Checks::default();
        let new = edit.applied(&standing.charter, &mut checks);
        if standing.community.stage == Stage::Live {
            refuse_gaps(&new, &mut checks);
        }
        checks.finish()?;
        if new != standing.charter {
            let version = standing.charter.version + 1;
            let new = charter::Model { version, written_by: Some(mine.member_id), created_at: ctx.now, ..new };
            let mut mine = mine.into_active_model();
            mine.consented_version = Set(version);
            mine.consented_at = Set(Some(ctx.now));
            mine.update(&**tx).await?;
            let key = search_key_of(&**tx, &standing.community, &new).await?;
            let mut community = standing.community.into_active_model();
            community.charter_version = Set(version);
            community.search_key = Set(key);
            community.updated_at = Set(ctx.now);
            community.update(&**tx).await?;
            insert(&**tx, new).await?;
            audit::write(ctx, &**tx, id, Action::CharterChanged, None, Some(version.to_string())).await?;
        }
        Ok((id, Change::default()))
    })
    .await?;
    by_id(ctx, id).await
}

/// What a community needs to be live must not be taken out of its charter while it is.
fn refuse_gaps(new: &charter::Model, checks: &mut Checks) {
    let missing = [
        ("purpose", new.purpose.is_none()),
        ("failure", new.failure.is_none()),
        ("agreements", text::lines_of(&new.agreements).is_empty()),
    ];
    for (field, _) in missing.into_iter().filter(|(_, is_missing)| *is_missing) {
        checks.refuse(Refusal::of(field, Code::InvalidInput, Message::new("not-clearable")));
    }
}

/// Writes a version down.
pub(super) async fn insert(tx: &impl ConnectionTrait, row: charter::Model) -> Result<()> {
    charter::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// What searches look in: the name, the purpose and the skills of a community as they are now.
pub(super) async fn search_key_of(
    tx: &impl ConnectionTrait,
    community: &community::Model,
    charter: &charter::Model,
) -> Result<String> {
    let skills = community_skill::Entity::find().filter(community_skill::Column::CommunityId.eq(community.id));
    let skills: Vec<String> = skills.all(tx).await?.into_iter().map(|row| row.label).collect();
    Ok(search_key(&community.name, charter.purpose.as_deref(), &skills))
}

/// What searches look in.
pub(crate) fn search_key(name: &str, purpose: Option<&str>, skills: &[String]) -> String {
    text::folded(&[name, purpose.unwrap_or_default(), &skills.join(" ")].join(" "))
}

/// Ratifies the charter of a community that is forming, as one of its founders.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::MembersOnly`], [`Code::WrongState`] or [`Code::CharterChanged`].
pub async fn ratify(ctx: &Ctx, id: CommunityId, version: i32) -> Result<Community> {
    agree(ctx, id, version, |stage| stage == Stage::Forming).await
}

/// Agrees to the charter of a community that was launched, as one of its members.
///
/// # Errors
/// As [`ratify`].
pub async fn consent(ctx: &Ctx, id: CommunityId, version: i32) -> Result<Community> {
    agree(ctx, id, version, |stage| matches!(stage, Stage::Live | Stage::Dormant)).await
}

async fn agree(ctx: &Ctx, id: CommunityId, version: i32, at: fn(Stage) -> bool) -> Result<Community> {
    let id = command(ctx, id, [], async |tx, standing| {
        let mine = standing.member()?.clone();
        if !at(standing.community.stage) {
            return Err(Refusal::new(Code::WrongState, Message::new("charter-not-at-this-stage")).into());
        }
        current(&standing.charter, version)?;
        if mine.consented_version < version {
            let mut mine = mine.into_active_model();
            mine.consented_version = Set(version);
            mine.consented_at = Set(Some(ctx.now));
            mine.update(&**tx).await?;
        }
        Ok((id, Change::default()))
    })
    .await?;
    by_id(ctx, id).await
}

/// Goes on if `version` is the charter in force: what somebody agrees to is what they have read.
///
/// # Errors
/// Refused with [`Code::CharterChanged`].
pub(super) fn current(charter: &charter::Model, version: i32) -> Result<()> {
    if charter.version == version {
        return Ok(());
    }
    let message = Message::new("charter-changed").with("version", charter.version);
    Err(Refusal::of("charterVersion", Code::CharterChanged, message).into())
}

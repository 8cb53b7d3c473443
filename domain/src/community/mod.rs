//! Communities: groups that exist in real life, formed before they are opened, and looked after by stewards.
//!
//! A community begins FORMING, seen by its founders and those they invite alone. It goes LIVE when its [`readiness`]
//! holds, may rest, and ends as an archive its members can read. What somebody is to a community ([`Access`]) decides
//! what they see of it; to whom it does not exist it is not found, never forbidden.
//!
//! Every command about a community begins at [`command`]: it locks the members concerned, then the community, and hands
//! the rule what the viewer is to it, so that two last stewards cannot leave each other alone and no vouch counts twice.
//!
//! Nothing runs when an invitation's or application's time is over: whoever looks sees it expired.

mod access;
mod apply;
pub mod audit;
mod charter;
mod forming;
pub mod health;
pub mod help;
mod invite;
mod map;
mod membership;
mod presence;
pub mod readiness;
mod role;
mod snapshot;
mod stage;

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};

pub(crate) use self::access::{
    Standing, accesses, command, inside, joined_by, member_of, members_of, read_inside, stewards_of, touch,
};
pub use self::apply::{Application, Verdict, apply, decide, vouch, vouchers, withdraw_application, withdraw_vouch};
pub(crate) use self::charter::search_key;
pub use self::charter::{
    Charter, CharterEdit, by_versions as charters, consent, history, ratify, update as update_charter,
};
pub use self::forming::{CommunityEdit, NewCommunity, form, update};
pub(crate) use self::forming::{fresh, fresh_membership, write};
pub use self::health::Health;
pub use self::invite::{accept, decline, invite, take_back};
pub(crate) use self::invite::{close_for_block, invited, may_invite, open_membership, places_taken, writable};
pub use self::map::{Address as MapAddress, MOST_NODES, Map, MapNode, address as map_address, fetch as fetch_map};
pub use self::membership::{
    Membership, View, by_ids as memberships_by_ids, list as memberships, mine as my_memberships,
};
pub(crate) use self::presence::{appear, disappear};
pub use self::readiness::{Criterion, Readiness, Thresholds};
pub use self::role::{Return, Successor, leave, remove, set_role, update_membership};
pub(crate) use self::role::{end, succeed};
pub use self::snapshot::{Snapshot, take_due as take_snapshots, trend};
pub use self::stage::{archive, launch, rest, rest_idle, revive};
use crate::ctx::{Ctx, Timestamp, Viewer};
pub use crate::entity::audit_entry::Action;
pub use crate::entity::charter::{HealthFor, Joining};
pub use crate::entity::community::Stage;
use crate::entity::community::{self, Column};
pub use crate::entity::membership::{Role, State as MembershipState};
use crate::entity::{community_skill, membership as memberships_table};
use crate::error::Result;
use crate::facts;
use crate::id::{CommunityId, MemberId, MembershipId};
use crate::page::{self, Page, Total, Window};
pub use crate::policy::Access;
use crate::text;
use crate::visibility::{self, Relation};

/// A community, as far as the viewer may see it.
#[derive(Clone, Debug)]
pub struct Community {
    /// Which.
    pub id: CommunityId,
    /// The unique name in addresses.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub area: Option<String>,
    /// Where it stands.
    pub stage: Stage,
    /// The charter in force.
    pub charter_version: i32,
    /// When it was formed.
    pub created_at: Timestamp,
    /// When it went live, if it did.
    pub launched_at: Option<Timestamp>,
    /// When something last happened in it.
    pub active_at: Timestamp,
    /// What the viewer is to it.
    pub access: Access,
    /// The viewer's membership, if it is open.
    pub membership: Option<MembershipId>,
}

/// Which live communities are looked for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Words in the name, the purpose or the skills; all of them.
    pub query: Option<String>,
    /// The area, in whatever case.
    pub area: Option<String>,
    /// A skill its members can help with, in whatever case.
    pub skill: Option<String>,
}

impl Community {
    /// Where it stands in [`search`].
    pub fn cursor(&self) -> String {
        page::encode(LIST, &(self.launched_at.unwrap_or(self.created_at), self.id))
    }

    /// When it was formed; for those it invites or lets in, and its members.
    pub fn formed_at(&self) -> Option<Timestamp> {
        (self.access >= Access::Invitee || self.access == Access::Partner).then_some(self.created_at)
    }

    /// Whether the viewer may read what is in it, as a member or, as far as their token reaches, as a partner.
    pub(crate) fn shows_inside(&self) -> bool {
        self.is_mine() || self.access == Access::Partner
    }

    /// Whether the viewer belongs to it.
    pub fn is_mine(&self) -> bool {
        self.access >= Access::Member
    }

    fn of(row: community::Model, standing: (Access, Option<MembershipId>)) -> Self {
        let (access, membership) = standing;
        Self {
            id: row.id,
            slug: row.slug,
            name: row.name,
            area: row.area,
            stage: row.stage,
            charter_version: row.charter_version,
            created_at: row.created_at,
            launched_at: row.launched_at,
            active_at: row.active_at,
            access,
            membership,
        }
    }
}

/// The name of the list in cursors.
const LIST: &str = "communities";

/// Those of `ids` that exist for the viewer.
///
/// # Errors
/// As the database says.
pub async fn by_ids(ctx: &Ctx, ids: &[CommunityId]) -> Result<Vec<Community>> {
    let rows = community::Entity::find().filter(Column::Id.is_in(ids.iter().copied())).all(&ctx.kith.store.db).await?;
    seen(ctx, rows).await
}

/// The community `id`, if it exists for the viewer; what a command about it returns.
pub(crate) async fn by_id(ctx: &Ctx, id: CommunityId) -> Result<Community> {
    by_ids(ctx, &[id]).await?.pop().ok_or(crate::error::Error::AlreadyDone)
}

/// The community with this name in addresses, if it exists for the viewer.
///
/// # Errors
/// As the database says.
pub async fn by_slug(ctx: &Ctx, slug: &str) -> Result<Option<CommunityId>> {
    let Ok(slug) = text::handle("slug", slug) else { return Ok(None) };
    let row = community::Entity::find().filter(Column::Slug.eq(slug)).one(&ctx.kith.store.db).await?;
    Ok(row.map(|row| row.id))
}

/// Those of `rows` that exist for the viewer, as they see them, in the same order.
async fn seen(ctx: &Ctx, rows: Vec<community::Model>) -> Result<Vec<Community>> {
    let accesses = accesses(ctx, &rows).await?;
    let seen = rows.into_iter().filter_map(|row| accesses.get(&row.id).map(|at| Community::of(row, *at)));
    Ok(seen.collect())
}

/// The live communities that fit, those that went live last first.
///
/// # Errors
/// Refused with [`crate::error::Code::InvalidInput`]; [`crate::error::Error::InvalidCursor`].
pub async fn search(ctx: &Ctx, search: &Search, window: &Window) -> Result<Page<Community>> {
    let me = ctx.me()?;
    let found = found(me, search)?;
    let total = window.total_of(&ctx.kith.store.db, &found).await?;
    let rows = window.newest_first(LIST, found, Column::LaunchedAt, Column::Id)?.all(&ctx.kith.store.db).await?;
    let seen = seen(ctx, rows).await?;
    Ok(Page::of(LIST, window, seen, total, |it: &Community| (it.launched_at.unwrap_or(it.created_at), it.id)))
}

fn found(me: MemberId, search: &Search) -> Result<Select<community::Entity>> {
    let mut checks = text::Checks::default();
    let mut key = |field: &'static str, raw: &Option<String>| {
        raw.as_ref().and_then(|raw| checks.take(text::line(field, raw, 80))).map(|clean| text::key(&clean))
    };
    let (query, area, skill) = (key("query", &search.query), key("area", &search.area), key("skill", &search.skill));
    checks.finish()?;
    let mut found = community::Entity::find()
        .filter(Column::Stage.eq(Stage::Live))
        .filter(Column::Id.not_in_subquery(access::barred(me).into_query()));
    for word in text::folded(&query.unwrap_or_default()).split(' ').filter(|word| !word.is_empty()) {
        let pattern = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        found = found.filter(Expr::col(Column::SearchKey).like(LikeExpr::new(format!("%{pattern}%")).escape('\\')));
    }
    if let Some(area) = area {
        found = found.filter(Column::AreaKey.eq(area));
    }
    if let Some(skill) = skill {
        let named = community_skill::Entity::find()
            .select_only()
            .column(community_skill::Column::CommunityId)
            .filter(community_skill::Column::SkillKey.eq(skill));
        found = found.filter(Column::Id.in_subquery(named.into_query()));
    }
    Ok(found)
}

/// What each of these communities can help with, in its stewards' order.
///
/// # Errors
/// As the database says.
pub async fn skills(ctx: &Ctx, ids: &[CommunityId]) -> Result<HashMap<CommunityId, Vec<String>>> {
    let query = community_skill::Entity::find().filter(community_skill::Column::CommunityId.is_in(ids.iter().copied()));
    let rows = query.order_by_asc(community_skill::Column::Position).all(&ctx.kith.store.db).await?;
    let mut skills: HashMap<CommunityId, Vec<String>> = HashMap::new();
    for row in rows {
        skills.entry(row.community_id).or_default().push(row.label);
    }
    Ok(skills)
}

/// How many members each of these communities has, as far as they exist for the viewer: no count tells that somebody is
/// hidden. Its stewards, who see all, count all.
///
/// # Errors
/// As the database says.
pub async fn sizes(ctx: &Ctx, ids: &[CommunityId]) -> Result<HashMap<CommunityId, u64>> {
    if let Viewer::Partner(_) = ctx.viewer {
        let shown = memberships_table::Column::HiddenFromPartners.eq(false);
        return counted(ctx, ids, Condition::all().add(shown)).await;
    }
    let me = ctx.me()?;
    let looked_after = memberships_table::Column::CommunityId.in_subquery(stewards_of(me).into_query());
    let existing = visibility::existing(me, memberships_table::Column::MemberId);
    counted(ctx, ids, Condition::any().add(looked_after).add(existing)).await
}

/// How many members each of these communities has, whoever asks.
pub(crate) async fn full_sizes(ctx: &Ctx, ids: &[CommunityId]) -> Result<HashMap<CommunityId, u64>> {
    counted(ctx, ids, Condition::all()).await
}

async fn counted(ctx: &Ctx, ids: &[CommunityId], only: Condition) -> Result<HashMap<CommunityId, u64>> {
    let counted: Vec<(CommunityId, i64)> = memberships_table::Entity::find()
        .select_only()
        .column(memberships_table::Column::CommunityId)
        .column_as(memberships_table::Column::Id.count(), "size")
        .filter(memberships_table::Column::CommunityId.is_in(ids.iter().copied()))
        .filter(memberships_table::Column::State.eq(MembershipState::Active))
        .filter(visibility::in_use(memberships_table::Column::MemberId))
        .filter(only)
        .group_by(memberships_table::Column::CommunityId)
        .into_tuple()
        .all(&ctx.kith.store.db)
        .await?;
    Ok(counted.into_iter().map(|(id, size)| (id, size.unsigned_abs())).collect())
}

/// For each of `others`, who are what is said to the viewer, the communities of theirs that the viewer may know of, in id
/// order: those both belong to, and, of somebody tied to the viewer, the live ones they show.
///
/// # Errors
/// As the database says.
pub async fn of_members(ctx: &Ctx, others: &[(MemberId, Relation)]) -> Result<HashMap<MemberId, Vec<Community>>> {
    let me = ctx.me()?;
    let ids: Vec<MemberId> = others.iter().map(|(id, _)| *id).collect();
    let query = memberships_table::Entity::find().filter(memberships_table::Column::MemberId.is_in(ids));
    let rows =
        query.filter(memberships_table::Column::State.eq(MembershipState::Active)).all(&ctx.kith.store.db).await?;
    let mine = facts::communities(&ctx.kith, &[me]).await?.remove(&me).unwrap_or_default();
    let named: Vec<CommunityId> = rows.iter().map(|row| row.community_id).collect();
    let known: HashMap<CommunityId, Community> =
        by_ids(ctx, &named).await?.into_iter().map(|community| (community.id, community)).collect();
    let mut of: HashMap<MemberId, Vec<Community>> = HashMap::new();
    for (other, relation) in others {
        let may_know = |row: &&memberships_table::Model| {
            let shared = mine.0.binary_search(&row.community_id).is_ok();
            row.member_id == *other
                && match relation {
                    Relation::Myself => true,
                    Relation::Tie => shared || (row.shown && known.get(&row.community_id).is_some_and(is_live)),
                    Relation::Network | Relation::Fellow => shared,
                    Relation::Process => false,
                }
        };
        let mut theirs: Vec<Community> =
            rows.iter().filter(may_know).filter_map(|row| known.get(&row.community_id).cloned()).collect();
        theirs.sort_by_key(|community| community.id);
        of.insert(*other, theirs);
    }
    Ok(of)
}

fn is_live(community: &Community) -> bool {
    community.stage == Stage::Live
}

/// The part of one member's communities that `window` wants.
///
/// # Errors
/// [`crate::error::Error::InvalidCursor`].
pub fn of_member_page(mut communities: Vec<Community>, window: &Window) -> Result<Page<Community>> {
    const LIST: &str = "communities of a member";
    let after = window.position::<CommunityId>(LIST)?;
    let total = (window.total == Total::Wanted).then_some(communities.len() as u64);
    communities.retain(|community| after.is_none_or(|after| community.id > after));
    Ok(Page::of(LIST, window, communities, total, |community: &Community| community.id))
}

/// The rows of open memberships.
fn open() -> Condition {
    use MembershipState::{Active, Applied, Invited};
    Condition::all().add(memberships_table::Column::State.is_in([Invited, Applied, Active]))
}

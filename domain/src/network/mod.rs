//! Friends of friends: whom a member could reach through somebody they know, through whom, and how strong each route is.
//!
//! **Meaning.** A tie between `c` and `p` is *shown* to those tied to `c` if `c` lets contacts see them as a way to
//! others (`as_route`) and `p` lets friends of friends find them (`findable`). The network of a viewer are the members
//! at distance exactly two over active ties, reached by at least one shown tie, from whom no block hides them.
//! Everything (order, counts, filters, totals) is computed from shown ties only; no other tie can change an answer.
//!
//! **How.** The connectors' half of the rule is in the neighbour lists ([`crate::facts::Neighbours::open`]), whose
//! change makes the networks around them wrong; so a ranked result can be cached. The people's half (`findable`,
//! suspension, blocks) is applied after the cache, on every read, to the people of the page. Pages stay full: reading
//! goes on until the page has its size.
//!
//! Deliberately absent: anything further away than two steps.

mod beside;
#[doc(hidden)]
pub mod measured;
mod mutual;
mod ranking;

use std::collections::HashSet;
use std::sync::Arc;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

pub use self::beside::{Beside, Paths, Wanted, Way, beside};
pub use self::mutual::{mutual_cursor, mutuals, mutuals_page, mutuals_total};
pub(crate) use self::ranking::Ranked;
use self::ranking::{KEPT, Person, Position};
use crate::ctx::Ctx;
use crate::entity::{member, member_skill};
use crate::error::{Error, Result};
use crate::facts::{self, Around, Blocks};
use crate::id::MemberId;
use crate::page::{COUNTED, Page, Total, Window};
use crate::visibility::{self, Relation, Seen};
use crate::{store, text};

/// Which part of a network is wanted; what is `None` does not restrict it.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// People who name this skill, in whatever case.
    pub skill: Option<String>,
    /// People of this area, in whatever case.
    pub area: Option<String>,
    /// Which routes must exist.
    pub routes: Routes,
}

/// Which routes somebody must be reached by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Routes {
    /// Any.
    #[default]
    Any,
    /// At least one that is in person on both ties.
    InPerson,
}

/// Somebody in a network, and how they are reached.
#[derive(Clone, Debug)]
pub struct Reached {
    /// Who it is.
    pub person: Seen,
    /// How many of the viewer's ties know them, over shown ties.
    pub mutual_count: usize,
    /// The routes to them.
    pub paths: Paths,
    position: Position,
}

/// One way to a friend of a friend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The member both are tied to.
    pub connector: MemberId,
    /// Whether both ties are in person.
    pub in_person: bool,
}

/// How far a member reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Members they are tied to.
    pub ties: usize,
    /// Members in their network.
    pub network: usize,
}

/// The name of the list in cursors.
const LIST: &str = "network";

/// The viewer's network: mutual count, high first; then routes in person, high first; then id.
///
/// # Errors
/// [`Error::InvalidCursor`]; refused with [`crate::error::Code::InvalidInput`] for a filter that is empty or too long.
pub async fn list(ctx: &Ctx, filter: &Filter, window: &Window) -> Result<Page<Reached>> {
    let me = ctx.me()?;
    let filter = filter.checked()?;
    let after = window.position::<Position>(LIST)?;
    let (hidden, mut ranked) = tokio::try_join!(facts::blocks(&ctx.kith, me), cached(ctx, me))?;
    let (mut reached, mut total) = read(ctx, &ranked, &filter, &hidden, after, window).await?;
    let runs_short = reached.len() <= window.first || (window.total == Total::Wanted && total <= COUNTED);
    if runs_short && !ranked.is_whole() {
        ranked = Arc::new(Box::pin(ranked_now(ctx, me, usize::MAX)).await?);
        (reached, total) = read(ctx, &ranked, &filter, &hidden, after, window).await?;
    }
    let total = (window.total == Total::Wanted).then_some(total as u64);
    Ok(Page::of(LIST, window, reached, total, |reached| reached.position))
}

/// How many members the viewer is tied to, and how many they could reach through them.
///
/// # Errors
/// As the database says.
pub async fn reach(ctx: &Ctx) -> Result<Reach> {
    let me = ctx.me()?;
    let hidden = facts::blocks(&ctx.kith, me).await?;
    let tied: Vec<MemberId> = visibility::neighbours_of(ctx, me).await?.ends.iter().map(|end| end.member).collect();
    let ties = facts::cards(&ctx.kith, &tied)
        .await?
        .iter()
        .filter(|(id, card)| visibility::may_exist(card, **id, &hidden))
        .count();
    let mut ranked = cached(ctx, me).await?;
    if !ranked.is_whole() {
        ranked = Arc::new(Box::pin(ranked_now(ctx, me, usize::MAX)).await?);
    }
    let network = shown(ctx, ranked.people.iter(), &hidden).await?.len();
    Ok(Reach { ties, network })
}

/// One row more than `window` wants, from after `after`; and, if wanted, how many there are in all.
async fn read(
    ctx: &Ctx,
    ranked: &Arc<Ranked>,
    filter: &Filter,
    hidden: &Arc<Blocks>,
    after: Option<Position>,
    window: &Window,
) -> Result<(Vec<Reached>, usize)> {
    let matching = filter.matching(ctx, &ranked.people).await?;
    let begin = after.map_or(0, |after| matching.partition_point(|person| person.position() <= after));
    let wanted = window.first + 1;
    let mut reached = Vec::with_capacity(wanted);
    // Few are hidden: a little more than the page is nearly always enough for one round.
    for some in matching[begin..].chunks(wanted + wanted / 4) {
        let shown = shown(ctx, some.iter().copied(), hidden).await?;
        reached.extend(
            shown
                .into_iter()
                .take(wanted - reached.len())
                .map(|(person, seen)| Reached::of(ranked, person, seen, hidden)),
        );
        if reached.len() == wanted {
            break;
        }
    }
    let total = match window.total {
        Total::Wanted => shown(ctx, matching.iter().copied(), hidden).await?.len(),
        Total::Skipped => 0,
    };
    Ok((reached, total))
}

/// Those of `people` who may be shown now, in the same order.
async fn shown<'a>(
    ctx: &Ctx,
    people: impl Iterator<Item = &'a Person>,
    hidden: &Blocks,
) -> Result<Vec<(&'a Person, Seen)>> {
    let people: Vec<&Person> = people.collect();
    let ids: Vec<MemberId> = people.iter().map(|person| person.id).collect();
    let mut cards = facts::cards(&ctx.kith, &ids).await?;
    let seen = people.into_iter().filter_map(|person| {
        let card = cards.remove(&person.id)?;
        let is_shown = card.findable && visibility::may_exist(&card, person.id, hidden);
        is_shown.then_some((person, Seen { id: person.id, relation: Relation::Network, card }))
    });
    Ok(seen.collect())
}

impl Reached {
    fn of(ranked: &Arc<Ranked>, person: &Person, seen: Seen, hidden: &Arc<Blocks>) -> Self {
        let paths = Paths::new(ranked, *person, hidden);
        Self { person: seen, mutual_count: person.mutual_count(), paths, position: person.position() }
    }
}

/// How many paths are counted on the spot; more are counted off the workers.
const LONG: usize = 50_000;
/// How many paths are counted without asking first whether another replica has: some half a millisecond's, at most.
const SHORT: usize = 10_000;

async fn cached(ctx: &Ctx, me: MemberId) -> Result<Arc<Ranked>> {
    let at_hand = || {
        let (mine, lists) = facts::neighbours_as_heard(&ctx.kith, me, SHORT)?;
        Some(ranking::rank(me, &mine, &lists, KEPT))
    };
    ctx.kith.shelves.networks.get_or_derive(&ctx.kith.cache, me, at_hand, || ranked_now(ctx, me, KEPT)).await
}

/// What the network of `me` is counted from.
async fn lists(ctx: &Ctx, me: MemberId) -> Result<Around> {
    let mine = visibility::neighbours_of(ctx, me).await?;
    let tied: Vec<MemberId> = mine.ends.iter().map(|end| end.member).collect();
    let lists = facts::neighbours(&ctx.kith, &tied).await?;
    Ok((mine, lists))
}

/// The `most` first in the network of `me`, counted now.
async fn ranked_now(ctx: &Ctx, me: MemberId, most: usize) -> Result<Ranked> {
    let (mine, lists) = lists(ctx, me).await?;
    if ranking::paths(&mine, &lists) < LONG {
        return Ok(ranking::rank(me, &mine, &lists, most));
    }
    let counted = tokio::task::spawn_blocking(move || ranking::rank(me, &mine, &lists, most)).await;
    counted.map_err(|fault| Error::Internal(format!("counting a network: {fault}")))
}

impl Filter {
    fn checked(&self) -> Result<Self> {
        let mut checks = text::Checks::default();
        let mut clean =
            |field, raw: &Option<String>| raw.as_deref().and_then(|raw| checks.take(text::line(field, raw, 80)));
        let (skill, area) = (clean("skill", &self.skill), clean("area", &self.area));
        checks.finish()?;
        Ok(Self { skill, area, routes: self.routes })
    }

    /// Those of `people` the filter lets through, in the same order.
    async fn matching<'a>(&self, ctx: &Ctx, people: &'a [Person]) -> Result<Vec<&'a Person>> {
        let mut matching: Vec<&Person> = match self.routes {
            Routes::Any => people.iter().collect(),
            Routes::InPerson => people.iter().filter(|person| person.is_reached_in_person()).collect(),
        };
        if let Some(skill) = &self.skill {
            let query = member_skill::Entity::find()
                .select_only()
                .column(member_skill::Column::MemberId)
                .filter(member_skill::Column::SkillKey.eq(text::key(skill)));
            keep(ctx, &mut matching, query, member_skill::Column::MemberId).await?;
        }
        if let Some(area) = &self.area {
            let query = member::Entity::find()
                .select_only()
                .column(member::Column::Id)
                .filter(member::Column::AreaKey.eq(text::key(area)));
            keep(ctx, &mut matching, query, member::Column::Id).await?;
        }
        Ok(matching)
    }
}

/// Keeps those of `people` whose id `query` finds in `column`.
async fn keep<E: EntityTrait>(
    ctx: &Ctx,
    people: &mut Vec<&Person>,
    query: sea_orm::Select<E>,
    column: E::Column,
) -> Result<()> {
    ctx.reads_beyond_cache();
    let mut found: HashSet<MemberId> = HashSet::new();
    let ids: Vec<MemberId> = people.iter().map(|person| person.id).collect();
    for some in ids.chunks(store::BINDS) {
        let query = query.clone().filter(column.is_in(store::padded(some)));
        found.extend(query.into_tuple::<MemberId>().all(&ctx.kith.store.db).await?);
    }
    people.retain(|person| found.contains(&person.id));
    Ok(())
}

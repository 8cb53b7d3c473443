//! Who sees whom: the one place.
//!
//! A viewer's relation to a member decides what they see of them. Somebody to whom there is no relation does not exist
//! for the viewer: they are left out or null, never "forbidden", so that nothing can be probed. The rules are
//! `product.md`'s table "Who sees what"; everything is decided from facts read after, or validated by, the cache.

mod process;

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait,
};

use crate::ctx::{Ctx, Grant, Viewer};
use crate::entity::{block, member, membership};
use crate::error::Result;
use crate::facts::{self, Blocks, Neighbours};
use crate::id::MemberId;
use crate::scope::Scope;

pub use crate::facts::Card;

/// What a member is to the viewer; the closest one that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// Something between the two is open: only the card shows, for as long as it is.
    Process,
    /// They belong to a community in common; to a partner, to the one it is let in to.
    Fellow,
    /// A friend of a friend: reached through somebody they are both tied to.
    Network,
    /// Tied to the viewer.
    Tie,
    /// The viewer.
    Myself,
}

impl Relation {
    /// Whether bio, skills and area show, and not the card alone.
    pub fn shows_profile(self) -> bool {
        match self {
            Self::Myself | Self::Tie | Self::Network | Self::Fellow => true,
            Self::Process => false,
        }
    }

    /// Whether shared contact details show.
    pub fn shows_contact(self) -> bool {
        match self {
            Self::Myself | Self::Tie => true,
            Self::Network | Self::Fellow | Self::Process => false,
        }
    }
}

/// A member the viewer may see, and as what.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Who it is.
    pub id: MemberId,
    /// What they are to the viewer.
    pub relation: Relation,
    /// What shows of them in any case.
    pub card: Arc<Card>,
}

/// Those of `ids` that the viewer may see.
///
/// # Errors
/// As the database says.
pub async fn seen(ctx: &Ctx, ids: &[MemberId]) -> Result<HashMap<MemberId, Seen>> {
    let viewer = match ctx.viewer {
        Viewer::Member(viewer) => viewer,
        Viewer::Partner(grant) => return seen_by_partner(ctx, grant, ids).await,
        Viewer::Anonymous | Viewer::System => return Ok(HashMap::new()),
    };
    // Asked for together: with Redis that is one round trip.
    let (mut cards, hidden, mine) =
        tokio::try_join!(facts::cards(&ctx.kith, ids), facts::blocks(&ctx.kith, viewer), neighbours_of(ctx, viewer))?;
    cards.retain(|id, card| may_exist(card, *id, &hidden));
    let mut relations = by_ties(ctx, viewer, &mine, &cards).await?;
    let strangers = |relations: &HashMap<MemberId, Relation>| -> Vec<MemberId> {
        cards.keys().filter(|id| !relations.contains_key(id)).copied().collect()
    };
    let fellows = fellows_of(ctx, viewer, &strangers(&relations)).await?;
    relations.extend(fellows.into_iter().map(|id| (id, Relation::Fellow)));
    let strangers = strangers(&relations);
    relations.extend(process::with(ctx, viewer, &strangers).await?.into_iter().map(|id| (id, Relation::Process)));
    let seen = cards.into_iter().filter_map(|(id, card)| Some((id, Seen { id, relation: *relations.get(&id)?, card })));
    Ok(seen.collect())
}

/// Those of `ids` whom a partner may see: who belongs to the community it is let in to, and has not hidden that.
async fn seen_by_partner(ctx: &Ctx, grant: Grant, ids: &[MemberId]) -> Result<HashMap<MemberId, Seen>> {
    grant.allows(Scope::RosterRead)?;
    let shown: Vec<MemberId> = membership::Entity::find()
        .select_only()
        .column(membership::Column::MemberId)
        .filter(membership::Column::CommunityId.eq(grant.community))
        .filter(membership::Column::MemberId.is_in(ids.iter().copied()))
        .filter(shown_to_partners())
        .into_tuple()
        .all(&ctx.kith.store.db)
        .await?;
    let cards = facts::cards(&ctx.kith, &shown).await?;
    let seen = |(id, card)| (id, Seen { id, relation: Relation::Fellow, card });
    Ok(cards.into_iter().filter(|(_, card)| card.active).map(seen).collect())
}

/// The memberships that partners see, of those whose accounts are in use.
pub(crate) fn shown_to_partners() -> Condition {
    Condition::all()
        .add(membership::Column::State.eq(membership::State::Active))
        .add(membership::Column::HiddenFromPartners.eq(false))
}

/// Whether a member exists for a viewer from whom blocks hide `hidden`.
pub(crate) fn may_exist(card: &Card, id: MemberId, hidden: &Blocks) -> bool {
    card.active && !hidden.0.contains(&id)
}

/// Whether `through`'s tie to a member is shown to those tied to `through`: both must allow it.
pub(crate) fn is_shown(through: &Neighbours, to: &Card) -> bool {
    through.open && to.findable
}

async fn by_ties(
    ctx: &Ctx,
    viewer: MemberId,
    mine: &Neighbours,
    cards: &HashMap<MemberId, Arc<Card>>,
) -> Result<HashMap<MemberId, Relation>> {
    let direct = |id: MemberId| match id {
        id if id == viewer => Some(Relation::Myself),
        id => mine.get(id).map(|_| Relation::Tie),
    };
    let mut relations: HashMap<MemberId, Relation> = cards.keys().filter_map(|id| Some((*id, direct(*id)?))).collect();
    let findable: Vec<MemberId> =
        cards.iter().filter(|(id, card)| card.findable && !relations.contains_key(id)).map(|(id, _)| *id).collect();
    let lists = facts::neighbours(&ctx.kith, &findable).await?;
    let connectors: HashMap<MemberId, Vec<MemberId>> =
        lists.iter().map(|(id, list)| (*id, list.common(mine).collect())).collect();
    let mut named = connectors.values().flatten().copied().collect::<Vec<_>>();
    named.sort_unstable();
    named.dedup();
    let through = facts::neighbours(&ctx.kith, &named).await?;
    for (id, connectors) in &connectors {
        let is_route = |connector| through.get(connector).is_some_and(|list| is_shown(list, &cards[id]));
        if connectors.iter().any(is_route) {
            relations.insert(*id, Relation::Network);
        }
    }
    Ok(relations)
}

/// Those of `others` who belong to a community of the viewer's.
async fn fellows_of(ctx: &Ctx, viewer: MemberId, others: &[MemberId]) -> Result<Vec<MemberId>> {
    if others.is_empty() {
        return Ok(Vec::new());
    }
    let lists = facts::communities(&ctx.kith, &[others, &[viewer]].concat()).await?;
    let mine = lists.get(&viewer).cloned().unwrap_or_default();
    Ok(others.iter().filter(|id| lists.get(id).is_some_and(|list| mine.meet(list))).copied().collect())
}

/// The neighbour list of one member.
pub(crate) async fn neighbours_of(ctx: &Ctx, id: MemberId) -> Result<Arc<Neighbours>> {
    let mut lists = facts::neighbours(&ctx.kith, &[id]).await?;
    Ok(lists.remove(&id).unwrap_or_default())
}

/// The rows whose `column`, one of another table than the members', names a member whose account is in use.
pub(crate) fn in_use(column: impl ColumnTrait) -> Condition {
    debug_assert!(column.entity_name() != member::Column::Id.entity_name(), "it would name the inner row");
    // Asked a row: under an OR, an IN would read all members.
    let theirs = member::Column::Id.into_expr().eq(column.into_expr());
    let active = member::Entity::find().select_only().column(member::Column::Id).filter(theirs).filter(facts::in_use());
    Condition::all().add(Expr::exists(active.into_query()))
}

/// The rows whose `column` names a member who exists for `viewer`: what a list of others begins with.
pub(crate) fn existing(viewer: MemberId, column: impl ColumnTrait) -> Condition {
    unblocked(viewer, column).add(in_use(column))
}

/// The rows whose `column` names a member whom no block hides from `viewer`, also if their account is out of use: what
/// they left behind shows.
pub(crate) fn unblocked(viewer: MemberId, column: impl ColumnTrait) -> Condition {
    let blocked =
        block::Entity::find().select_only().column(block::Column::BlockedId).filter(block::Column::OwnerId.eq(viewer));
    let blocking =
        block::Entity::find().select_only().column(block::Column::OwnerId).filter(block::Column::BlockedId.eq(viewer));
    Condition::all()
        .add(column.not_in_subquery(blocked.into_query()))
        .add(column.not_in_subquery(blocking.into_query()))
}

/// The same, and the rows whose `column` names nobody, since they are gone.
pub(crate) fn unblocked_or_gone(viewer: MemberId, column: impl ColumnTrait) -> Condition {
    Condition::any().add(column.is_null()).add(unblocked(viewer, column))
}

/// Whose block stands between the two, under the locks of a command; `viewer`'s own if both block.
pub(crate) async fn block_between(
    tx: &DatabaseTransaction,
    viewer: MemberId,
    other: MemberId,
) -> Result<Option<MemberId>> {
    let pair = |owner: MemberId, blocked: MemberId| {
        Condition::all().add(block::Column::OwnerId.eq(owner)).add(block::Column::BlockedId.eq(blocked))
    };
    let rows = block::Entity::find()
        .filter(Condition::any().add(pair(viewer, other)).add(pair(other, viewer)))
        .all(tx)
        .await?;
    let owners: Vec<MemberId> = rows.into_iter().map(|row| row.owner_id).collect();
    Ok(owners.iter().find(|owner| **owner == viewer).or(owners.first()).copied())
}

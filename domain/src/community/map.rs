//! The map of a community: its members, and of the ties among them those that the viewer may see.
//!
//! Which these are is the rule of friends of friends: the viewer's own ties, and those of a member tied to the viewer
//! that both ends let be shown. A picture is fetched without a bearer token, so its address carries a signature that is
//! good for ten minutes, for one viewer and one community; what it shows is decided when it is fetched.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use subtle::ConstantTimeEq;

use super::{Access, Community, MembershipState, by_ids};
use crate::code::hex;
use crate::ctx::{Ctx, Timestamp, Viewer};
use crate::entity::membership;
use crate::error::Result;
use crate::facts::{self, Card};
use crate::id::{CommunityId, MemberId};
use crate::secret::Purpose;
use crate::visibility;

/// How long an address is good.
const LASTS: Duration = Duration::from_secs(10 * 60);
/// Most members a map shows: those whom the viewer knows first.
pub const MOST_NODES: usize = 400;

/// Where a map can be fetched.
#[derive(Clone, Debug)]
pub struct Address {
    /// Of which community.
    pub community: CommunityId,
    /// As whom.
    pub viewer: MemberId,
    /// Until when.
    pub until: Timestamp,
    /// What proves that the address was made here, in hexadecimal.
    pub signature: String,
}

/// A map.
#[derive(Clone, Debug)]
pub struct Map {
    /// What the community is called.
    pub name: String,
    /// Its members: the viewer, those they are tied to, and the others.
    pub nodes: Vec<MapNode>,
    /// The ties the viewer may see, as places in `nodes`.
    pub ties: Vec<(usize, usize)>,
    /// How many members are left out.
    pub left_out: usize,
}

/// A member on a map.
#[derive(Clone, Debug)]
pub struct MapNode {
    /// What they are called.
    pub name: String,
    /// How far they are from the viewer over the ties on the map: 0, 1 or 2; more if no such way shows.
    pub distance: u8,
}

/// Where the viewer can fetch the map of a community they belong to.
///
/// # Errors
/// [`crate::error::Error::Unauthenticated`].
pub fn address(ctx: &Ctx, community: &Community) -> Result<Option<Address>> {
    let (viewer, until) = (ctx.me()?, ctx.now.after(LASTS));
    let signature = hex(&ctx.kith.secrets.make(Purpose::MapAddress, &slices(&parts(community.id, viewer, until))));
    Ok(community.is_mine().then_some(Address { community: community.id, viewer, until, signature }))
}

fn parts(community: CommunityId, viewer: MemberId, until: Timestamp) -> [[u8; 16]; 3] {
    [*community.0.as_bytes(), *viewer.0.as_bytes(), i128::from(until.0).to_be_bytes()]
}

fn slices(parts: &[[u8; 16]; 3]) -> [&[u8]; 3] {
    [&parts[0], &parts[1], &parts[2]]
}

/// The map at an address; `None` if the address is wrong or over, or the viewer no longer belongs to the community.
///
/// # Errors
/// As the database says.
pub async fn fetch(ctx: &Ctx, address: &Address) -> Result<Option<Map>> {
    let made =
        ctx.kith.secrets.all(Purpose::MapAddress, &slices(&parts(address.community, address.viewer, address.until)));
    let is_ours = made
        .into_iter()
        .fold(false, |found, made| found | bool::from(hex(&made).as_bytes().ct_eq(address.signature.as_bytes())));
    if !is_ours || address.until < ctx.now {
        return Ok(None);
    }
    let ctx = Ctx::new(&ctx.kith, Viewer::Member(address.viewer));
    let card = facts::cards(&ctx.kith, &[address.viewer]).await?;
    if !card.get(&address.viewer).is_some_and(|card| card.active) {
        return Ok(None);
    }
    match by_ids(&ctx, &[address.community]).await?.pop() {
        Some(community) if community.access >= Access::Member => draw(&ctx, &community).await.map(Some),
        _ => Ok(None),
    }
}

async fn draw(ctx: &Ctx, community: &Community) -> Result<Map> {
    let me = ctx.me()?;
    let ids: Vec<MemberId> = membership::Entity::find()
        .select_only()
        .column(membership::Column::MemberId)
        .filter(membership::Column::CommunityId.eq(community.id))
        .filter(membership::Column::State.eq(MembershipState::Active))
        .into_tuple()
        .all(&ctx.kith.store.db)
        .await?;
    let hidden = facts::blocks(&ctx.kith, me).await?;
    let mut cards = facts::cards(&ctx.kith, &ids).await?;
    cards.retain(|id, card| visibility::may_exist(card, *id, &hidden));
    let ties = shown_ties(ctx, me, &cards).await?;
    let distances = distances(me, &ties);
    let mut order: Vec<MemberId> = cards.keys().copied().collect();
    order.sort_unstable_by_key(|id| (distances.get(id).copied().unwrap_or(u8::MAX), *id));
    let left_out = order.len().saturating_sub(MOST_NODES);
    order.truncate(MOST_NODES);
    let places: HashMap<MemberId, usize> = order.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let node = |id: &MemberId| MapNode {
        name: cards[id].name.clone(),
        distance: distances.get(id).copied().unwrap_or(u8::MAX),
    };
    let ties = ties.iter().filter_map(|(a, b)| Some((*places.get(a)?, *places.get(b)?))).collect();
    Ok(Map { name: community.name.clone(), nodes: order.iter().map(node).collect(), ties, left_out })
}

/// The ties among these members that show to `me`, each once.
async fn shown_ties(
    ctx: &Ctx,
    me: MemberId,
    cards: &HashMap<MemberId, Arc<Card>>,
) -> Result<Vec<(MemberId, MemberId)>> {
    let mine = visibility::neighbours_of(ctx, me).await?;
    let close: Vec<MemberId> = mine.ends.iter().map(|end| end.member).filter(|id| cards.contains_key(id)).collect();
    let lists = facts::neighbours(&ctx.kith, &close).await?;
    let mut ties: HashSet<(MemberId, MemberId)> = close.iter().map(|id| (me.min(*id), me.max(*id))).collect();
    for (connector, list) in &lists {
        for end in list.ends.iter().filter(|end| end.member != me) {
            let Some(card) = cards.get(&end.member) else { continue };
            let shows = visibility::is_shown(list, card);
            // Of two who are both tied to the viewer, both ends' rules must hold, whichever is looked from.
            let back = lists.get(&end.member).is_none_or(|theirs| visibility::is_shown(theirs, &cards[connector]));
            if shows && back {
                ties.insert((end.member.min(*connector), end.member.max(*connector)));
            }
        }
    }
    let mut ties: Vec<(MemberId, MemberId)> = ties.into_iter().collect();
    ties.sort_unstable();
    Ok(ties)
}

fn distances(me: MemberId, ties: &[(MemberId, MemberId)]) -> HashMap<MemberId, u8> {
    let mut distances = HashMap::from([(me, 0)]);
    for distance in 1..=2 {
        for (a, b) in ties {
            for (from, to) in [(a, b), (b, a)] {
                if distances.get(from) == Some(&(distance - 1)) {
                    distances.entry(*to).or_insert(distance);
                }
            }
        }
    }
    distances
}

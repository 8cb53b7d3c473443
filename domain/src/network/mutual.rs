//! Mutuals: the members tied to both of two members.

use std::collections::HashMap;

use crate::ctx::Ctx;
use crate::error::Result;
use crate::facts;
use crate::id::MemberId;
use crate::page::{self, COUNTED, Page, Total, Window};
use crate::visibility::{self, Relation, Seen};

/// The name of the list in cursors.
const LIST: &str = "mutuals";

/// For each of `others`, who are what is said to the viewer, the members tied to both the viewer and them, in id order,
/// as far as their ties are shown to the viewer.
///
/// If the other is in the viewer's network, or belongs to a community of theirs, that is the tie's own rule: the mutual lets contacts see them as a way to
/// others, and the other may be found. If the other is tied to the viewer, the viewer stands at both ends of that tie,
/// so both ends' rules must hold: then the answer is the same from either side.
///
/// # Errors
/// As the database says.
pub async fn mutuals(ctx: &Ctx, others: &[(MemberId, Relation)]) -> Result<HashMap<MemberId, Vec<Seen>>> {
    let me = ctx.me()?;
    let ids: Vec<MemberId> = others.iter().map(|(id, _)| *id).collect();
    let lists = facts::neighbours(&ctx.kith, &[&ids[..], &[me]].concat()).await?;
    let Some(mine) = lists.get(&me) else { return Ok(HashMap::new()) };
    let common = |id: &MemberId| lists.get(id).into_iter().flat_map(|list| list.common(mine));
    let mut named: Vec<MemberId> = ids.iter().flat_map(common).chain(ids.iter().copied()).collect();
    named.sort_unstable();
    named.dedup();
    let hidden = facts::blocks(&ctx.kith, me).await?;
    let cards = facts::cards(&ctx.kith, &named).await?;
    let shown = |(other, relation): &(MemberId, Relation)| {
        let both_ways = match relation {
            Relation::Network | Relation::Fellow => false,
            Relation::Tie => true,
            Relation::Myself | Relation::Process => return Vec::new(),
        };
        if !cards.get(other).is_some_and(|card| card.findable && (card.as_route || !both_ways)) {
            return Vec::new();
        }
        let mutual = |id: MemberId| {
            let card = cards.get(&id)?;
            let is_shown = card.as_route && (card.findable || !both_ways) && visibility::may_exist(card, id, &hidden);
            is_shown.then(|| Seen { id, relation: Relation::Tie, card: card.clone() })
        };
        common(other).filter_map(mutual).collect()
    };
    Ok(others.iter().map(|other| (other.0, shown(other))).collect())
}

/// The part of one member's mutuals that `window` wants.
///
/// # Errors
/// [`crate::error::Error::InvalidCursor`].
pub fn mutuals_page(mut mutuals: Vec<Seen>, window: &Window) -> Result<Page<Seen>> {
    let after = window.position::<MemberId>(LIST)?;
    let total = mutuals_total(&mutuals, window).map(|total| total as u64);
    mutuals.retain(|seen| after.is_none_or(|after| seen.id > after));
    Ok(Page::of(LIST, window, mutuals, total, |seen: &Seen| seen.id))
}

/// How many they are, if that is wanted and not more than are counted.
pub fn mutuals_total(mutuals: &[Seen], window: &Window) -> Option<usize> {
    Some(mutuals.len()).filter(|total| window.total == Total::Wanted && *total <= COUNTED)
}

/// The cursor of somebody in such a list.
pub fn mutual_cursor(seen: &Seen) -> String {
    page::encode(LIST, &seen.id)
}

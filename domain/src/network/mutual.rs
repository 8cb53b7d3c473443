//! Mutuals: the members tied to both of two members.

use crate::ctx::Ctx;
use crate::error::Result;
use crate::facts;
use crate::id::MemberId;
use crate::page::{Page, Total, Window};
use crate::visibility::{self, Relation, Seen};

/// The name of the list in cursors.
const LIST: &str = "mutuals";

/// The members tied to both the viewer and `other`, in id order, as far as their tie to `other` is shown to the viewer.
///
/// If `other` is in the viewer's network, that is the tie's own rule: the mutual lets contacts see them as a way to
/// others, and `other` may be found. If `other` is tied to the viewer, the viewer stands at both ends of that tie, so
/// both ends' rules must hold: then the answer is the same from either side.
///
/// # Errors
/// [`crate::error::Error::InvalidCursor`].
pub async fn mutuals(ctx: &Ctx, other: &Seen, window: &Window) -> Result<Page<Seen>> {
    let after = window.position::<MemberId>(LIST)?;
    let mut mutuals = shown(ctx, other).await?;
    let total = (window.total == Total::Wanted).then_some(mutuals.len() as u64);
    mutuals.retain(|seen| after.is_none_or(|after| seen.id > after));
    Ok(Page::of(LIST, window, mutuals, total, |seen: &Seen| seen.id))
}

async fn shown(ctx: &Ctx, other: &Seen) -> Result<Vec<Seen>> {
    let me = ctx.me()?;
    let both_ways = match other.relation {
        Relation::Network => false,
        Relation::Tie => true,
        Relation::Myself | Relation::Process => return Ok(Vec::new()),
    };
    if !other.card.findable || (both_ways && !other.card.as_route) {
        return Ok(Vec::new());
    }
    let lists = facts::neighbours(&ctx.kith, &[me, other.id]).await?;
    let (Some(mine), Some(theirs)) = (lists.get(&me), lists.get(&other.id)) else { return Ok(Vec::new()) };
    let common: Vec<MemberId> = theirs.ends.iter().map(|end| end.member).filter(|id| mine.get(*id).is_some()).collect();
    let hidden = facts::blocks(&ctx.kith, me).await?;
    let cards = facts::cards(&ctx.kith, &common).await?;
    let mutual = |id: MemberId| {
        let card = cards.get(&id)?;
        let is_shown = card.as_route && (card.findable || !both_ways) && visibility::may_exist(card, id, &hidden);
        is_shown.then(|| Seen { id, relation: Relation::Tie, card: card.clone() })
    };
    Ok(common.into_iter().filter_map(mutual).collect())
}

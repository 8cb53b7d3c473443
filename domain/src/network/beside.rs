//! What stands beside each person of a network: the best ways to them, and whom they and the viewer have in common.
//!
//! Both are read off the routes the ranking has found, so that nothing is asked for but the connectors' cards: first a few
//! a person, and only where those do not decide all of them. Who shows is decided by the cards as they are now, and by the
//! blocks under which the page was read.
//!
//! Deliberately absent: the mutuals of anybody who is not in the viewer's network, see [`super::mutuals`].

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::Route;
use super::ranking::{Person, Ranked};
use crate::ctx::{Ctx, Timestamp};
use crate::error::Result;
use crate::facts::{self, Blocks, Card};
use crate::id::MemberId;
use crate::visibility::{self, Relation, Seen};

/// Among how many routes to one person the best are chosen, those in person first.
const MOST_ROUTES: usize = 100;
/// How many cards more than wanted are asked for at first, a person: some connectors are hidden, or take no introductions.
const SPARE: usize = 2;

/// All routes to one person. It shares the ranking's memory, whatever their number.
#[derive(Clone, Debug)]
pub struct Paths {
    ranked: Arc<Ranked>,
    person: Person,
    /// Whom blocks hide from the viewer, as the page was read under them.
    hidden: Arc<Blocks>,
}

/// What is wanted beside one person.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// The routes to them.
    pub paths: Paths,
    /// How many of the best ways.
    pub ways: usize,
    /// How many mutuals at least, if there are as many.
    pub mutuals: usize,
}

/// What stands beside one person.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// The best ways to them: in person first, of those first through whom takes introductions now, then by connector.
    pub ways: Vec<Way>,
    /// The first members whom the viewer and they have in common, in id order: as many as wanted, or more.
    pub mutuals: Vec<Seen>,
}

/// One way to somebody, through a connector who shows.
#[derive(Clone, Debug)]
pub struct Way {
    /// The member both are tied to.
    pub connector: Seen,
    /// Whether both ties are in person.
    pub in_person: bool,
    /// Whether the connector takes introductions now.
    pub takes_introductions: bool,
}

/// What stands beside each person, in the order in which they are given.
///
/// # Errors
/// As the database says.
pub async fn beside(ctx: &Ctx, people: &[Wanted]) -> Result<Vec<Beside>> {
    let mut known = Connectors::default();
    let few: Vec<MemberId> = people.iter().flat_map(|wanted| wanted.connectors(SPARE)).collect();
    known.ask(ctx, few).await?;
    let mut found: Vec<Option<Beside>> = people.iter().map(|wanted| wanted.settled(&known, ctx.now)).collect();
    let mut more: Vec<MemberId> = Vec::new();
    for (wanted, _) in people.iter().zip(&found).filter(|(_, found)| found.is_none()) {
        more.extend(wanted.connectors(usize::MAX));
    }
    if !more.is_empty() {
        known.ask(ctx, more).await?;
        for (wanted, found) in people.iter().zip(&mut found).filter(|(_, found)| found.is_none()) {
            *found = wanted.settled(&known, ctx.now);
        }
    }
    Ok(found.into_iter().map(Option::unwrap_or_default).collect())
}

/// The cards of connectors that were asked for; `None` where there is none.
#[derive(Default)]
struct Connectors(HashMap<MemberId, Option<Arc<Card>>>);

impl Connectors {
    async fn ask(&mut self, ctx: &Ctx, mut ids: Vec<MemberId>) -> Result<()> {
        ids.sort_unstable();
        ids.dedup();
        let mut cards = facts::cards(&ctx.kith, &ids).await?;
        self.0.extend(ids.into_iter().map(|id| (id, cards.remove(&id))));
        Ok(())
    }

    /// The connector, if they show; `None` if their card must be asked for.
    fn get(&self, id: MemberId, hidden: &Blocks) -> Option<Option<Seen>> {
        let card = self.0.get(&id)?.as_ref().filter(|card| visibility::may_exist(card, id, hidden));
        Some(card.map(|card| Seen { id, relation: Relation::Tie, card: card.clone() }))
    }
}

impl Wanted {
    /// Whose cards may decide, with `spare` ones for those that do not show.
    fn connectors(&self, spare: usize) -> impl Iterator<Item = MemberId> {
        let few = |wanted: usize| if wanted == 0 { 0 } else { wanted.saturating_add(spare) };
        let ways = self.paths.routes().take(few(self.ways).min(MOST_ROUTES)).map(|route| route.connector);
        ways.chain(self.paths.ranked.connectors(&self.paths.person).take(few(self.mutuals)))
    }

    /// What stands beside them; `None` if more connectors must be known for that.
    fn settled(&self, known: &Connectors, now: Timestamp) -> Option<Beside> {
        let mut mutuals = Vec::new();
        for id in self.paths.ranked.connectors(&self.paths.person) {
            if mutuals.len() >= self.mutuals {
                break;
            }
            mutuals.extend(known.get(id, &self.paths.hidden)?.filter(|seen| seen.card.as_route));
        }
        let known = |id| known.get(id, &self.paths.hidden);
        let ways = best(self.paths.routes().take(MOST_ROUTES), self.ways, known, now)?;
        Some(Beside { ways, mutuals })
    }
}

/// The best `first` ways by `routes`, which come in person first, then by connector. `known` says of a connector whether they
/// show; `None` if it must be asked for that, as then this does.
fn best(
    routes: impl Iterator<Item = Route>,
    first: usize,
    known: impl Fn(MemberId) -> Option<Option<Seen>>,
    now: Timestamp,
) -> Option<Vec<Way>> {
    let (mut best, mut paused, mut in_person) = (Vec::new(), Vec::new(), true);
    let append = |best: &mut Vec<Way>, paused: &mut Vec<Way>| {
        paused.truncate(first - best.len());
        best.append(paused);
    };
    for route in routes {
        if in_person && !route.in_person {
            in_person = false;
            append(&mut best, &mut paused);
        }
        if best.len() == first {
            return Some(best);
        }
        let Some(connector) = known(route.connector)? else { continue };
        let takes_introductions = connector.card.takes_introductions(now);
        let way = Way { connector, in_person: route.in_person, takes_introductions };
        if takes_introductions { best.push(way) } else { paused.push(way) }
    }
    append(&mut best, &mut paused);
    Some(best)
}

impl Paths {
    pub(super) fn new(ranked: &Arc<Ranked>, person: Person, hidden: &Arc<Blocks>) -> Self {
        Self { ranked: ranked.clone(), person, hidden: hidden.clone() }
    }

    /// The routes: in person first, then by connector.
    pub fn routes(&self) -> impl Iterator<Item = Route> {
        self.ranked.routes(&self.person).map(|(connector, in_person)| Route { connector, in_person })
    }
}

impl PartialEq for Paths {
    fn eq(&self, other: &Self) -> bool {
        let is_of_one_page = Arc::ptr_eq(&self.ranked, &other.ranked) && Arc::ptr_eq(&self.hidden, &other.hidden);
        is_of_one_page && self.person == other.person
    }
}

impl Eq for Paths {}

impl Hash for Paths {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.person.id.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use std::cmp::Reverse;

    use super::*;

    const NOW: Timestamp = Timestamp(1_000);

    fn id(number: usize) -> MemberId {
        MemberId(Uuid::from_u128(number as u128 + 1))
    }

    fn seen(number: usize, takes_introductions: bool) -> Seen {
        let card = Card {
            handle: format!("m{number}"),
            name: "M".to_owned(),
            headline: None,
            avatar_url: None,
            findable: true,
            as_route: true,
            active: true,
            paused_until: (!takes_introductions).then_some(Timestamp(NOW.0 + 1)),
        };
        Seen { id: id(number), relation: Relation::Tie, card: Arc::new(card) }
    }

    proptest! {
        /// Against the rule in one sentence, and whatever part of the connectors is known.
        #[test]
        fn the_best_ways_are_those_of_the_rule(
            kinds in prop::collection::vec((any::<bool>(), any::<bool>(), prop::bool::weighted(0.8)), 0..20),
            first in 1..6_usize,
            few in 0..20_usize,
        ) {
            let mut routes: Vec<Route> = kinds
                .iter()
                .enumerate()
                .map(|(at, (in_person, ..))| Route { connector: id(at), in_person: *in_person })
                .collect();
            routes.sort_by_key(|route| Reverse(route.in_person));
            let card = |(at, (_, takes, shows)): (usize, &(bool, bool, bool))| (id(at), shows.then(|| seen(at, *takes)));
            let all: HashMap<MemberId, Option<Seen>> = kinds.iter().enumerate().map(card).collect();
            let mut expected: Vec<(MemberId, bool, bool)> = routes
                .iter()
                .filter_map(|route| {
                    let connector = all[&route.connector].as_ref()?;
                    Some((route.connector, route.in_person, connector.card.takes_introductions(NOW)))
                })
                .collect();
            expected.sort_by_key(|(_, in_person, takes)| Reverse((*in_person, *takes)));
            expected.truncate(first);
            let plain = |ways: Vec<Way>| -> Vec<(MemberId, bool, bool)> {
                ways.into_iter().map(|way| (way.connector.id, way.in_person, way.takes_introductions)).collect()
            };
            let known = |id: MemberId| all.get(&id).cloned();
            prop_assert_eq!(best(routes.iter().copied(), first, known, NOW).map(plain), Some(expected.clone()));
            let few: Vec<MemberId> = routes.iter().take(few).map(|route| route.connector).collect();
            let known = |id: MemberId| all.get(&id).filter(|_| few.contains(&id)).cloned();
            if let Some(best) = best(routes.iter().copied(), first, known, NOW) {
                prop_assert_eq!(plain(best), expected, "a part that decides says the same");
            }
        }
    }
}

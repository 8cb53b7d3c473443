//! Counting and ranking friends of friends: pure, from neighbour lists to an ordered result.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::cache::{Entry, Kind};
use crate::facts::Neighbours;
use crate::id::MemberId;

/// How many people a cached result keeps; whoever pages further has them counted again. A little more than
/// [`crate::page::COUNTED`], so that a total beyond that is known without counting again, although some are hidden.
pub(crate) const KEPT: usize = 1_100;

/// The people at distance two of one member, in order, before privacy is applied to the people themselves. Compact,
/// since thousands of these are kept: some 24 bytes a person and 2 a route.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ranked {
    /// The members routes run through, by their place in the viewer's list; at most 5,000.
    connectors: Vec<MemberId>,
    pub(crate) people: Vec<Person>,
    /// The routes to all people, one person's after the other's; a person's in person first, then by connector.
    hops: Vec<Hop>,
    /// How many people there are in all, kept or not.
    total: u32,
}

impl Entry for Ranked {
    const KIND: Kind = Kind::Network;
    const HELD: u64 = 2_000;
}

/// Somebody at distance two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Person {
    pub(crate) id: MemberId,
    /// Where their routes begin in [`Ranked::hops`].
    first_hop: u32,
    /// How many routes there are, and so mutual contacts.
    mutual: u16,
    /// How many of them are in person.
    in_person: u16,
}

/// A route, in two bytes: the connector's place in [`Ranked::connectors`], and whether both ties are in person. Those
/// in person are the smaller ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Hop(u16);

impl Hop {
    const REMOTE: u16 = 1 << 15;

    fn new(connector: u16, in_person: bool) -> Self {
        Self(if in_person { connector } else { connector | Self::REMOTE })
    }

    fn connector(self) -> usize {
        usize::from(self.0 & !Self::REMOTE)
    }

    fn in_person(self) -> bool {
        self.0 & Self::REMOTE == 0
    }
}

/// Where somebody stands in a network: the more mutual contacts the earlier, then the more routes in person, then by
/// id. The order is total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Position {
    mutual: Reverse<u16>,
    in_person: Reverse<u16>,
    id: MemberId,
}

impl Person {
    pub(crate) fn position(&self) -> Position {
        Position { mutual: Reverse(self.mutual), in_person: Reverse(self.in_person), id: self.id }
    }

    pub(crate) fn is_reached_in_person(&self) -> bool {
        self.in_person > 0
    }

    pub(crate) fn mutual_count(&self) -> usize {
        usize::from(self.mutual)
    }
}

impl Ranked {
    /// The routes to `person`, each as its connector and whether both its ties are in person.
    pub(crate) fn routes(&self, person: &Person) -> impl Iterator<Item = (MemberId, bool)> {
        self.hops_of(person).iter().filter_map(|hop| Some((*self.connectors.get(hop.connector())?, hop.in_person())))
    }

    /// The members through whom routes to `person` run, in id order.
    pub(crate) fn connectors(&self, person: &Person) -> impl Iterator<Item = MemberId> {
        // Connectors stand in id order, and so do the routes in person, and the others.
        let (near, far) = self.hops_of(person).split_at_checked(usize::from(person.in_person)).unwrap_or_default();
        let place = |hop: &Hop| hop.connector();
        let (mut near, mut far) = (near.iter().map(place).peekable(), far.iter().map(place).peekable());
        let next = move || match (near.peek(), far.peek()) {
            (Some(one), Some(other)) if other < one => far.next(),
            (Some(_), _) => near.next(),
            (None, _) => far.next(),
        };
        std::iter::from_fn(next).filter_map(|place| self.connectors.get(place).copied())
    }

    fn hops_of(&self, person: &Person) -> &[Hop] {
        self.hops
            .get(person.first_hop as usize..)
            .and_then(|hops| hops.get(..person.mutual_count()))
            .unwrap_or_default()
    }

    /// Whether everybody is in `people`.
    pub(crate) fn is_whole(&self) -> bool {
        self.people.len() == self.total as usize
    }

    /// The first [`KEPT`] people.
    pub(crate) fn kept(mut self) -> Self {
        if let Some(beyond) = self.people.get(KEPT) {
            self.hops.truncate(beyond.first_hop as usize);
            self.people.truncate(KEPT);
            self.people.shrink_to_fit();
            self.hops.shrink_to_fit();
        }
        self
    }
}

/// How many paths of length two there are to count.
pub(crate) fn paths(mine: &Neighbours, lists: &HashMap<MemberId, Arc<Neighbours>>) -> usize {
    mine.ends.iter().filter_map(|end| lists.get(&end.member)).map(|list| list.ends.len()).sum()
}

/// Ranks everybody at distance two of `viewer`, whose neighbour list is `mine`, over the `lists` of those in it. The
/// cost is that of sorting the paths.
pub(crate) fn rank(viewer: MemberId, mine: &Neighbours, lists: &HashMap<MemberId, Arc<Neighbours>>) -> Ranked {
    let mut paths: Vec<(MemberId, Hop)> = Vec::with_capacity(paths(mine, lists));
    // A member has at most 5,000 ties, so that a place in the list fits 15 bits.
    for (place, first) in (0..Hop::REMOTE).zip(&mine.ends) {
        let Some(list) = lists.get(&first.member).filter(|list| list.open) else { continue };
        let beyond = list.ends.iter().filter(|end| end.member != viewer);
        paths.extend(beyond.map(|second| (second.member, Hop::new(place, first.in_person && second.in_person))));
    }
    paths.sort_unstable();
    let mut reached: Vec<&[(MemberId, Hop)]> =
        paths.chunk_by(|a, b| a.0 == b.0).filter(|routes| mine.get(routes[0].0).is_none()).collect();
    let in_person = |routes: &[(MemberId, Hop)]| routes.partition_point(|(_, hop)| hop.in_person()) as u16;
    reached.sort_by_cached_key(|routes| Position {
        mutual: Reverse(routes.len() as u16),
        in_person: Reverse(in_person(routes)),
        id: routes[0].0,
    });
    let mut ranked = Ranked {
        connectors: mine.ends.iter().map(|end| end.member).collect(),
        people: Vec::with_capacity(reached.len()),
        hops: Vec::with_capacity(paths.len()),
        total: reached.len() as u32,
    };
    for routes in reached {
        let first_hop = ranked.hops.len() as u32;
        ranked.people.push(Person {
            id: routes[0].0,
            first_hop,
            mutual: routes.len() as u16,
            in_person: in_person(routes),
        });
        ranked.hops.extend(routes.iter().map(|(_, hop)| *hop));
    }
    ranked
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::facts::End;

    /// Some people: who is tied to whom, in person or not, and whose ties are shown.
    #[derive(Clone, Debug)]
    struct Graph {
        ids: BTreeSet<u128>,
        ties: Vec<(usize, usize, bool)>,
        closed: Vec<bool>,
    }

    fn graphs() -> impl Strategy<Value = Graph> {
        prop::collection::btree_set(any::<u128>(), 2..14).prop_flat_map(|ids| {
            let (size, one) = (ids.len(), 0..ids.len());
            let ties = prop::collection::vec((one.clone(), one, any::<bool>()), 0..4 * size);
            (Just(ids), ties, prop::collection::vec(prop::bool::weighted(0.2), size))
                .prop_map(|(ids, ties, closed)| Graph { ids, ties, closed })
        })
    }

    impl Graph {
        fn lists(&self) -> HashMap<MemberId, Arc<Neighbours>> {
            let ids: Vec<MemberId> = self.ids.iter().map(|id| MemberId(Uuid::from_u128(*id))).collect();
            let mut lists: HashMap<MemberId, Neighbours> = HashMap::new();
            for (id, closed) in ids.iter().zip(&self.closed) {
                lists.insert(*id, Neighbours { ends: Vec::new(), open: !closed });
            }
            for (a, b, in_person) in &self.ties {
                if a == b || lists[&ids[*a]].ends.iter().any(|end| end.member == ids[*b]) {
                    continue;
                }
                for (one, other) in [(ids[*a], ids[*b]), (ids[*b], ids[*a])] {
                    lists.entry(one).or_default().ends.push(End { member: other, in_person: *in_person });
                }
            }
            for list in lists.values_mut() {
                list.ends.sort_by_key(|end| end.member);
            }
            lists.into_iter().map(|(id, list)| (id, Arc::new(list))).collect()
        }
    }

    type Routes = Vec<(MemberId, bool)>;

    /// The same by sets: everybody is asked for who knows them.
    fn naive(viewer: MemberId, lists: &HashMap<MemberId, Arc<Neighbours>>) -> Vec<(MemberId, Routes)> {
        let tie = |a: MemberId, b: MemberId| lists[&a].ends.iter().find(|end| end.member == b).map(|end| end.in_person);
        let mut people = Vec::new();
        for person in lists.keys().copied().filter(|id| *id != viewer && tie(viewer, *id).is_none()) {
            let route = |(id, list): (&MemberId, &Arc<Neighbours>)| {
                let (first, second) = (tie(viewer, *id)?, tie(*id, person)?);
                list.open.then_some((*id, first && second))
            };
            let mut routes: Routes = lists.iter().filter_map(route).collect();
            routes.sort_by_key(|(connector, in_person)| (Reverse(*in_person), *connector));
            people.push((person, routes));
        }
        people.retain(|(_, routes)| !routes.is_empty());
        people.sort_by_key(|(id, routes)| {
            let in_person = routes.iter().filter(|(_, in_person)| *in_person).count();
            (Reverse(routes.len()), Reverse(in_person), *id)
        });
        people
    }

    proptest! {
        #[test]
        fn ranking_equals_asking_everybody_who_knows_them(graph in graphs()) {
            let lists = graph.lists();
            for viewer in lists.keys() {
                let ranked = rank(*viewer, &lists[viewer], &lists);
                let people: Vec<_> =
                    ranked.people.iter().map(|person| (person.id, ranked.routes(person).collect::<Routes>())).collect();
                prop_assert_eq!(ranked.total as usize, people.len());
                for (person, (_, routes)) in ranked.people.iter().zip(&people) {
                    prop_assert_eq!(person.mutual_count(), routes.len());
                    prop_assert_eq!(person.is_reached_in_person(), routes.iter().any(|(_, in_person)| *in_person));
                    let mut connectors: Vec<MemberId> = routes.iter().map(|(connector, _)| *connector).collect();
                    connectors.sort_unstable();
                    prop_assert_eq!(ranked.connectors(person).collect::<Vec<_>>(), connectors);
                }
                prop_assert!(ranked.people.is_sorted_by_key(Person::position));
                prop_assert_eq!(people, naive(*viewer, &lists));
            }
        }
    }

    #[test]
    fn a_result_is_cut_to_what_pages_need_and_says_so() {
        let id = |number: usize| MemberId(Uuid::from_u128(number as u128 + 1));
        let end = |number| End { member: id(number), in_person: false };
        let mine = Neighbours { ends: vec![end(1)], open: true };
        let theirs = Neighbours { ends: [0].into_iter().chain(2..KEPT + 3).map(end).collect(), open: true };
        let ranked = rank(id(0), &mine, &HashMap::from([(id(1), Arc::new(theirs))]));
        assert!(ranked.is_whole());
        let kept = ranked.clone().kept();
        assert_eq!((kept.people.len(), kept.total as usize, kept.is_whole()), (KEPT, KEPT + 1, false));
        assert_eq!(kept.people, ranked.people[..KEPT]);
    }
}

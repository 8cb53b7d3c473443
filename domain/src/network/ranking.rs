//! Counting and ranking friends of friends: pure, from neighbour lists to an ordered result.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::cache::{Entry, Key, Kind, MEGABYTE};
use crate::facts::{End, Neighbours};
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
    const HELD: u64 = 64 * MEGABYTE;
    const LEASED: bool = true;

    fn size(&self) -> usize {
        let lists = size_of_val(&self.connectors[..]) + size_of_val(&self.people[..]) + size_of_val(&self.hops[..]);
        size_of::<Self>() + lists
    }

    /// The viewer's list, and those of whom they are tied to.
    fn sources(&self, viewer: MemberId) -> impl Iterator<Item = Key> {
        let lists = std::iter::once(viewer).chain(self.connectors.iter().copied());
        std::iter::once((Self::KIND, viewer)).chain(lists.map(|member| (Kind::Neighbours, member)))
    }
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

    /// Orders the people, drops those after the first `most`, and puts their routes in the same order.
    fn settle(&mut self, most: usize) {
        self.people.sort_unstable_by_key(Person::position);
        self.people.truncate(most);
        let mut hops = Vec::with_capacity(self.people.iter().map(Person::mutual_count).sum());
        for person in &mut self.people {
            let routes = self.hops.iter().skip(person.first_hop as usize).take(person.mutual_count());
            person.first_hop = hops.len() as u32;
            hops.extend(routes.copied());
        }
        self.hops = hops;
    }
}

/// How many paths of length two there are to count.
pub(crate) fn paths(mine: &Neighbours, lists: &HashMap<MemberId, Arc<Neighbours>>) -> usize {
    mine.ends.iter().filter_map(|end| lists.get(&end.member)).map(|list| list.ends.len()).sum()
}

/// How many paths are sorted at once, about: some 5 MB.
const SLICE: usize = 1 << 18;
/// One end in so many tells where slices begin.
const SAMPLED: usize = 256;

/// Ranks the `most` first people at distance two of `viewer`, whose neighbour list is `mine`, over the `lists` of those in
/// it. The cost is that of sorting the paths. What is held at once is bounded, however many there are: they are counted in
/// slices, each of the people whose ids are in one range.
pub(crate) fn rank(
    viewer: MemberId,
    mine: &Neighbours,
    lists: &HashMap<MemberId, Arc<Neighbours>>,
    most: usize,
) -> Ranked {
    // A member has at most 5,000 ties, so that a place in the list fits 15 bits.
    let open = |(place, first): (u16, &End)| {
        let list = lists.get(&first.member).filter(|list| list.open)?;
        Some((place, first.in_person, list.ends.as_slice()))
    };
    let mut through: Vec<(u16, bool, &[End])> = (0..Hop::REMOTE).zip(&mine.ends).filter_map(open).collect();
    let mut ranked = Ranked { connectors: mine.ends.iter().map(|end| end.member).collect(), ..Ranked::default() };
    let mut paths: Vec<(MemberId, Hop)> = Vec::new();
    for beyond in slices(&through) {
        paths.clear();
        for (place, first_in_person, ends) in &mut through {
            let (here, rest) = match beyond {
                Some(beyond) => ends.split_at(ends.partition_point(|end| end.member < beyond)),
                None => (*ends, &[][..]),
            };
            let others = here.iter().filter(|end| end.member != viewer);
            paths.extend(others.map(|end| (end.member, Hop::new(*place, *first_in_person && end.in_person))));
            *ends = rest;
        }
        paths.sort_unstable();
        for routes in paths.chunk_by(|a, b| a.0 == b.0).filter(|routes| mine.get(routes[0].0).is_none()) {
            ranked.total += 1;
            ranked.people.push(Person {
                id: routes[0].0,
                first_hop: ranked.hops.len() as u32,
                mutual: routes.len() as u16,
                in_person: routes.partition_point(|(_, hop)| hop.in_person()) as u16,
            });
            ranked.hops.extend(routes.iter().map(|(_, hop)| *hop));
            if ranked.people.len() >= most.saturating_mul(8) {
                ranked.settle(most);
            }
        }
    }
    ranked.settle(most);
    ranked
}

/// Where the slices end in which these lists are counted, the last without an end.
fn slices(lists: &[(u16, bool, &[End])]) -> impl Iterator<Item = Option<MemberId>> + use<> {
    let slices = lists.iter().map(|(.., ends)| ends.len()).sum::<usize>() / SLICE + 1;
    let mut sampled: Vec<MemberId> = match slices {
        1 => Vec::new(),
        _ => lists.iter().flat_map(|(.., ends)| ends.iter().step_by(SAMPLED)).map(|end| end.member).collect(),
    };
    sampled.sort_unstable();
    (1..slices).map(move |slice| Some(sampled[slice * sampled.len() / slices])).chain([None])
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

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
                let ranked = rank(*viewer, &lists[viewer], &lists, usize::MAX);
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
                for most in [1, 3] {
                    let first = rank(*viewer, &lists[viewer], &lists, most);
                    let routes = |ranked: &Ranked, person| ranked.routes(person).collect::<Routes>();
                    prop_assert_eq!(first.total, ranked.total);
                    prop_assert_eq!(first.people.len(), most.min(people.len()));
                    for (one, other) in first.people.iter().zip(&ranked.people) {
                        prop_assert_eq!((one.position(), routes(&first, one)), (other.position(), routes(&ranked, other)));
                    }
                }
                prop_assert_eq!(people, naive(*viewer, &lists));
            }
        }
    }

    fn id(number: usize) -> MemberId {
        MemberId(Uuid::from_u128(number as u128 + 1))
    }

    #[test]
    fn a_result_is_cut_to_what_pages_need_and_says_so() {
        let end = |number| End { member: id(number), in_person: false };
        let mine = Neighbours { ends: vec![end(1)], open: true };
        let theirs = Neighbours { ends: [0].into_iter().chain(2..KEPT + 3).map(end).collect(), open: true };
        let lists = HashMap::from([(id(1), Arc::new(theirs))]);
        let ranked = rank(id(0), &mine, &lists, usize::MAX);
        assert!(ranked.is_whole());
        let kept = rank(id(0), &mine, &lists, KEPT);
        assert_eq!((kept.people.len(), kept.total as usize, kept.is_whole()), (KEPT, KEPT + 1, false));
        assert_eq!(kept.people, ranked.people[..KEPT]);
    }

    #[test]
    fn many_paths_are_counted_in_slices_and_nobody_is_lost_between_them() {
        const CONNECTORS: usize = 400;
        const EACH: usize = 2_000;
        let end = |number: usize| End { member: id(number), in_person: number.is_multiple_of(3) };
        let mine = Neighbours { ends: (1..=CONNECTORS).map(end).collect(), open: true };
        // Connector c knows the people from 10 c on, so that the same person is known to up to 200 of them.
        let people = |connector: usize| (CONNECTORS + 10 * connector..).take(EACH).map(end).collect();
        let list = |connector| (id(connector), Arc::new(Neighbours { ends: people(connector), open: true }));
        let lists: HashMap<_, _> = (1..=CONNECTORS).map(list).collect();
        assert!(paths(&mine, &lists) > 3 * SLICE);
        let ranked = rank(id(0), &mine, &lists, usize::MAX);
        let mut counts: HashMap<MemberId, usize> = HashMap::new();
        lists.values().flat_map(|list| &list.ends).for_each(|end| *counts.entry(end.member).or_default() += 1);
        counts.retain(|id, _| mine.get(*id).is_none());
        assert_eq!(ranked.total as usize, counts.len());
        assert!(ranked.people.iter().all(|person| counts[&person.id] == person.mutual_count()));
        assert!(ranked.people.is_sorted_by_key(Person::position));
        assert_eq!(ranked.people[0].mutual_count(), EACH / 10);
        assert_eq!(ranked.routes(&ranked.people[0]).count(), EACH / 10);
        assert_eq!(rank(id(0), &mine, &lists, KEPT).people.len(), KEPT);
    }
}

//! Counting and ranking friends of friends: pure, from neighbour lists to an ordered result.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use rustc_hash::{FxBuildHasher, FxHashMap};
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
    const HELD: u64 = 32 * MEGABYTE;
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

/// A route, in two bytes: the connector's place in [`Ranked::connectors`], and whether both ties are in person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

    /// Orders as [`Person::position`] does, with less to compare.
    fn order(&self) -> (Reverse<u32>, MemberId) {
        (Reverse(u32::from(self.mutual) << 16 | u32::from(self.in_person)), self.id)
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

    /// Drops the people after the first `most`.
    fn keep(&mut self, most: usize) {
        if self.people.len() > most {
            self.people.select_nth_unstable_by_key(most, Person::order);
            self.people.truncate(most);
        }
    }

    /// Notes the routes to the people, which are counted already.
    fn note_routes(&mut self, through: &[Through<'_>]) {
        // Where the next route in person, and the next other, of each belongs.
        let mut places: FxHashMap<MemberId, (usize, usize)> =
            FxHashMap::with_capacity_and_hasher(self.people.len(), FxBuildHasher);
        let mut hops = 0;
        for person in &mut self.people {
            person.first_hop = hops as u32;
            places.insert(person.id, (hops, hops + usize::from(person.in_person)));
            hops += person.mutual_count();
        }
        self.hops = vec![Hop::new(0, false); hops];
        // Connectors come in order, and so do everybody's routes.
        for Through { place, in_person, ends } in through {
            for end in *ends {
                let Some((near, far)) = places.get_mut(&end.member) else { continue };
                let in_person = *in_person && end.in_person;
                let next = if in_person { near } else { far };
                self.hops[*next] = Hop::new(*place, in_person);
                *next += 1;
            }
        }
    }
}

/// How many paths of length two there are to count.
pub(crate) fn paths(mine: &Neighbours, lists: &HashMap<MemberId, Arc<Neighbours>>) -> usize {
    mine.ends.iter().filter_map(|end| lists.get(&end.member)).map(|list| list.ends.len()).sum()
}

/// How many paths are counted at once, about, so that what is held is bounded: by some 10 MB.
const SLICE: usize = 1 << 18;
/// One end in so many tells where slices begin.
const SAMPLED: usize = 256;

/// The ties of somebody whose ties are shown.
struct Through<'a> {
    /// Their place among the connectors.
    place: u16,
    /// Whether the viewer's tie to them is in person.
    in_person: bool,
    ends: &'a [End],
}

/// How many routes lead to somebody, and how many of them in person.
#[derive(Default)]
struct Routes {
    all: u16,
    in_person: u16,
}

/// Ranks the `most` first people at distance two of `viewer`, whose neighbour list is `mine`, over the `lists` of those in
/// it. All paths are gone through twice: to count everybody's routes, and to note the routes of those who are kept. What is
/// held at once is bounded, however many there are: they are counted in slices, each of the people whose ids are in one range.
pub(crate) fn rank(
    viewer: MemberId,
    mine: &Neighbours,
    lists: &HashMap<MemberId, Arc<Neighbours>>,
    most: usize,
) -> Ranked {
    // A member has at most 5,000 ties, so that a place in the list fits 15 bits.
    let open = |(place, first): (u16, &End)| {
        let list = lists.get(&first.member).filter(|list| list.open)?;
        Some(Through { place, in_person: first.in_person, ends: &list.ends })
    };
    let through: Vec<Through<'_>> = (0..Hop::REMOTE).zip(&mine.ends).filter_map(open).collect();
    let mut ranked = Ranked { connectors: mine.ends.iter().map(|end| end.member).collect(), ..Ranked::default() };
    let mut uncounted: Vec<&[End]> = through.iter().map(|through| through.ends).collect();
    // Half the paths of a slice lead to somebody new, about.
    let room = uncounted.iter().map(|ends| ends.len()).sum::<usize>().min(SLICE) / 2;
    for beyond in slices(&through) {
        let mut counted: FxHashMap<MemberId, Routes> = FxHashMap::with_capacity_and_hasher(room, FxBuildHasher);
        for (through, ends) in through.iter().zip(&mut uncounted) {
            let here = beyond.map_or(ends.len(), |beyond| ends.partition_point(|end| end.member < beyond));
            for end in &ends[..here] {
                let routes = counted.entry(end.member).or_default();
                routes.all += 1;
                routes.in_person += u16::from(through.in_person && end.in_person);
            }
            *ends = &ends[here..];
        }
        for near in mine.ends.iter().map(|end| end.member).chain([viewer]) {
            counted.remove(&near);
        }
        ranked.total += counted.len() as u32;
        let person = |(id, Routes { all, in_person })| Person { id, first_hop: 0, mutual: all, in_person };
        ranked.people.extend(counted.into_iter().map(person));
        ranked.keep(most);
    }
    ranked.people.sort_unstable_by_key(Person::order);
    // It is kept for long, and had room for everybody.
    ranked.people.shrink_to_fit();
    ranked.note_routes(&through);
    ranked
}

/// Where the slices end in which these lists are counted, the last without an end.
fn slices(through: &[Through<'_>]) -> impl Iterator<Item = Option<MemberId>> + use<> {
    let slices = through.iter().map(|through| through.ends.len()).sum::<usize>() / SLICE + 1;
    let mut sampled: Vec<MemberId> = match slices {
        1 => Vec::new(),
        _ => through.iter().flat_map(|it| it.ends.iter().step_by(SAMPLED)).map(|end| end.member).collect(),
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

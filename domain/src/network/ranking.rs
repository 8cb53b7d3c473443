//! Counting and ranking friends of friends: pure, from neighbour lists to an ordered result.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::cache::{Entry, Kind};
use crate::facts::Neighbours;
use crate::id::MemberId;

/// How many people a cached result keeps; whoever pages further has them counted again.
pub(crate) const KEPT: usize = 1_000;

/// The people at distance two of one member, in order, before privacy is applied to the people themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ranked {
    /// The members routes run through, by their place in the viewer's list; at most 5,000.
    pub(crate) connectors: Vec<MemberId>,
    pub(crate) people: Vec<Person>,
    /// How many there are in all, kept or not.
    pub(crate) total: u32,
}

impl Entry for Ranked {
    const KIND: Kind = Kind::Network;
    const HELD: u64 = 2_000;
}

/// Somebody at distance two, and every route to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Person {
    pub(crate) id: MemberId,
    /// In person first, then by connector.
    routes: Vec<Hop>,
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
    mutual: std::cmp::Reverse<u32>,
    in_person: std::cmp::Reverse<u32>,
    id: MemberId,
}

impl Person {
    pub(crate) fn position(&self) -> Position {
        let in_person = self.routes.iter().filter(|hop| hop.in_person()).count();
        Position {
            mutual: std::cmp::Reverse(self.routes.len() as u32),
            in_person: std::cmp::Reverse(in_person as u32),
            id: self.id,
        }
    }

    pub(crate) fn is_reached_in_person(&self) -> bool {
        self.routes.first().is_some_and(|hop| hop.in_person())
    }

    pub(crate) fn mutual_count(&self) -> usize {
        self.routes.len()
    }
}

impl Ranked {
    /// The routes to `person`, each as its connector and whether both its ties are in person.
    pub(crate) fn routes<'a>(&'a self, person: &'a Person) -> impl Iterator<Item = (MemberId, bool)> + 'a {
        person.routes.iter().filter_map(|hop| Some((*self.connectors.get(hop.connector())?, hop.in_person())))
    }

    /// Whether everybody is in `people`.
    pub(crate) fn is_whole(&self) -> bool {
        self.people.len() == self.total as usize
    }

    /// The first [`KEPT`] people.
    pub(crate) fn kept(mut self) -> Self {
        self.people.truncate(KEPT);
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
    let open = |end: &crate::facts::End| lists.get(&end.member).filter(|list| list.open);
    let mut paths: Vec<(MemberId, u16)> = Vec::with_capacity(paths(mine, lists));
    // A member has at most 5,000 ties, so that a place in the list fits 15 bits.
    for (place, first) in (0..Hop::REMOTE).zip(&mine.ends) {
        let Some(list) = open(first) else { continue };
        let beyond = list.ends.iter().filter(|end| end.member != viewer);
        paths.extend(beyond.map(|second| (second.member, Hop::new(place, first.in_person && second.in_person).0)));
    }
    paths.sort_unstable();
    let mut people: Vec<Person> = paths
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|same| mine.get(same[0].0).is_none())
        .map(|same| Person { id: same[0].0, routes: same.iter().map(|(_, hop)| Hop(*hop)).collect() })
        .collect();
    people.sort_by_cached_key(Person::position);
    let connectors = mine.ends.iter().map(|end| end.member).collect();
    Ranked { connectors, total: people.len() as u32, people }
}

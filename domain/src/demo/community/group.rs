//! Who belongs to a community of the demo: people of one circle who really know one another, found in the network.
//!
//! Founders are a dense group: whoever knows most of those who are in already comes next. Everybody comes in as the rules
//! of the service have it: invited by somebody they were tied to by then, or vouched for by enough of them.
//!
//! Deliberately absent: chance. Where two fit equally well, the first of them is taken.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::plan::{Around, Plan, Waiting};
use crate::community::Joining;
use crate::demo::network::{Evidence, Network};

/// Days before now.
pub(super) type Days = u16;

/// Somebody's place in a community.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seat {
    /// An index of [`Network::people`].
    pub(super) who: usize,
    /// They were there before it was launched.
    pub(super) founder: bool,
    /// Who invited them, or vouched for them.
    pub(super) by: Vec<usize>,
    /// When they came in, or, if they wait, when they were asked or asked.
    pub(super) since: Days,
}

/// The people of a community.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// Its steward, the other founders, then who joined.
    pub(super) seats: Vec<Seat>,
    /// Those who await an answer.
    pub(super) waiting: Vec<Seat>,
}

impl Group {
    /// Those who belonged to it so many days ago.
    pub(super) fn there(&self, day: Days) -> Vec<usize> {
        self.seats.iter().filter(|seat| seat.since >= day).map(|seat| seat.who).collect()
    }
}

/// The people of the community that `plan` describes.
pub(super) fn group(network: &Network, plan: &Plan) -> Group {
    let town = Town::of(network, plan);
    let mut founders = town.founders(plan);
    founders.swap(0, plan.steward);
    let mut seats: Vec<Seat> = Vec::with_capacity(founders.len() + plan.joiners);
    for who in founders {
        let host = seats.iter().filter_map(|seat| Some((town.since(seat.who, who)?.min(seat.since), seat.who)));
        let (since, by) = host.max().map_or((plan.formed, Vec::new()), |(since, host)| (since, vec![host]));
        seats.push(Seat { who, founder: true, by, since: since.min(plan.formed) });
    }
    let mut group = Group { seats, waiting: Vec::new() };
    let launched = plan.launched.unwrap_or_default();
    for place in 0..plan.joiners {
        let planned = launched - launched * (place as Days + 1) / (plan.joiners as Days + 2);
        if let Some(seat) = town.joiner(plan, &group, planned, None) {
            group.seats.push(seat);
        }
    }
    let guests = plan.guests.iter().map(|guest| town.guests[*guest]);
    group.seats.extend(guests.map(|who| Seat { who, founder: false, by: Vec::new(), since: launched / 2 }));
    group.waiting = town.waiting(plan, &group);
    group
}

/// What of the network matters to one community.
struct Town<'a> {
    /// The circle it comes from.
    circle: &'a [usize],
    /// When each pair became tied.
    ties: BTreeMap<(usize, usize), (Days, Evidence)>,
    blocks: BTreeSet<(usize, usize)>,
    guests: [usize; 3],
    /// Those who were online before it was formed.
    settled: BTreeSet<usize>,
}

impl<'a> Town<'a> {
    fn of(network: &'a Network, plan: &Plan) -> Self {
        let circle = network.circles.iter().find(|(name, _)| *name == plan.circle);
        let early = network.ties.iter().filter(|tie| tie.days_ago > plan.formed);
        Self {
            circle: circle.map(|(_, members)| members.as_slice()).unwrap_or_default(),
            ties: network.ties.iter().map(|tie| ((tie.a, tie.b), (tie.days_ago, tie.evidence))).collect(),
            blocks: network.blocks.iter().map(|block| (block.by.min(block.of), block.by.max(block.of))).collect(),
            guests: network.guides,
            settled: early.flat_map(|tie| [tie.a, tie.b]).collect(),
        }
    }

    /// Since when the two are tied.
    fn since(&self, a: usize, b: usize) -> Option<Days> {
        self.ties.get(&(a.min(b), a.max(b))).map(|(days, _)| *days)
    }

    /// Whether the two are tied in a way that counts among founders, by the day when all of them were there.
    fn counts(&self, plan: &Plan, a: usize, b: usize) -> bool {
        let tie = self.ties.get(&(a.min(b), a.max(b)));
        tie.is_some_and(|(days, evidence)| *days >= plan.complete && *evidence != Evidence::Imported)
    }

    fn may_sit(&self, who: usize, with: &[usize]) -> bool {
        let is_apart = |other: &usize| *other == who || self.blocks.contains(&(who.min(*other), who.max(*other)));
        self.settled.contains(&who) && !self.guests.contains(&who) && !with.iter().any(is_apart)
    }

    fn founders(&self, plan: &Plan) -> Vec<usize> {
        let known = |who: usize, among: &[usize]| among.iter().filter(|other| self.counts(plan, who, **other)).count();
        let best = |fits: &dyn Fn(usize) -> bool, among: &[usize]| {
            let fitting = self.circle.iter().copied().filter(|who| fits(*who));
            fitting.max_by_key(|who| (known(*who, among), known(*who, self.circle), Reverse(*who)))
        };
        let first = match plan.around {
            Around::Guide(guide) => Some(self.guests[guide]),
            Around::FriendOf(guide) => {
                best(&|who| self.may_sit(who, &[]) && self.since(who, self.guests[guide]).is_some(), &[])
            }
            Around::Anybody => best(&|who| self.may_sit(who, &[]), &[]),
        };
        let mut founders: Vec<usize> = first.into_iter().collect();
        while founders.len() < plan.founders
            && let Some(next) = best(&|who| self.may_sit(who, &founders), &founders)
        {
            founders.push(next);
        }
        founders
    }

    /// Whom most of those who are in know, and enough of them to come in. If there is a `friend`, the last vouch is theirs
    /// to give.
    fn joiner(&self, plan: &Plan, group: &Group, planned: Days, friend: Option<usize>) -> Option<Seat> {
        let needed = match plan.joining {
            Joining::Invitation => 1,
            Joining::Vouched => plan.vouches - usize::from(friend.is_some()),
            Joining::Request => 0,
        };
        let inside: Vec<usize> = group.seats.iter().chain(&group.waiting).map(|seat| seat.who).collect();
        let hosts = |who: usize| {
            let inside = group.seats.iter().filter(|seat| Some(seat.who) != friend);
            let mut hosts: Vec<(Days, usize)> =
                inside.filter_map(|seat| Some((self.since(who, seat.who)?.min(seat.since), seat.who))).collect();
            hosts.sort_unstable_by_key(|(since, host)| (Reverse(*since), *host));
            hosts
        };
        let fits =
            |who: &usize| self.may_sit(*who, &inside) && friend.is_none_or(|friend| self.since(*who, friend).is_some());
        let fitting = self.circle.iter().copied().filter(fits);
        let who = fitting.max_by_key(|who| (hosts(*who).len(), Reverse(*who)))?;
        let mut hosts = hosts(who);
        let enough = hosts.len() >= needed;
        hosts.truncate(needed);
        let since = hosts.last().map_or(planned, |(since, _)| planned.min(*since));
        enough.then(|| Seat { who, founder: false, by: hosts.into_iter().map(|(_, host)| host).collect(), since })
    }

    fn waiting(&self, plan: &Plan, group: &Group) -> Vec<Seat> {
        const ASKED: Days = 3;
        let seat = match plan.waiting {
            Waiting::Nobody => None,
            Waiting::Invited(guide) => {
                let who = self.guests[guide];
                let host = group.there(ASKED).into_iter().find(|host| self.since(*host, who).is_some());
                host.map(|host| Seat { who, founder: false, by: vec![host], since: ASKED })
            }
            Waiting::Applied => self.joiner(plan, group, ASKED, None),
            Waiting::KnownTo(guide) => self.joiner(plan, group, ASKED, Some(self.guests[guide])),
        };
        seat.into_iter().collect()
    }
}

//! How the demo network comes about: people take seats in circles, and the seats make the ties.
//!
//! A network drawn at random has neither circles nor bridges, so this one grows as a real one does: ties are dense at a
//! table (the six who sit together in a circle), thinner across the circle, then come family and neighbours, and friends
//! whom somebody both know brought together. It must be the same on every machine: all chance is one [`Draw`]'s, and
//! nothing is iterated that has no order.
//!
//! Deliberately absent: what any of it means to the service. [`super::network`] says what comes out.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::repeat_n;
use std::ops::Range;

use super::circle::{APART, Bond, CIRCLES, Origin};
use super::draw::Draw;
use super::network::{Block, Claim, Evidence, Person, Tie};
use super::words;

/// How many live here.
pub(super) const PEOPLE: usize = 300;
const NEWCOMER: usize = 2;
/// Those who take part everywhere, and know many.
pub(super) const HUBS: Range<usize> = 3..9;
/// Those who may belong to several circles, know their neighbours, and so on.
pub(super) const CROWD: Range<usize> = 9..288;
/// Those who know one or two in their only circle.
const QUIET: Range<usize> = 288..296;
/// How many sit together in a circle.
const TABLE: usize = 6;

/// The network while it grows.
pub(super) struct Town {
    /// The members so far; the guides come first.
    pub(super) people: Vec<Person>,
    /// The ties so far, by the smaller and the larger index.
    pub(super) ties: BTreeMap<(usize, usize), Tie>,
    /// All its chance.
    pub(super) draw: Draw,
    /// The people of each of [`CIRCLES`], table by table.
    pub(super) circles: Vec<Vec<usize>>,
    /// Pairs with a block or a claim.
    taken: BTreeSet<(usize, usize)>,
}

fn pair(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}

/// Whether somebody comes to know people in the ordinary ways.
fn mixes(who: usize) -> bool {
    who < QUIET.start && who != NEWCOMER
}

impl Town {
    /// In the thick of it, a bridge, a newcomer: [`words::GUIDES`].
    pub(super) const GUIDES: [usize; 3] = [0, 1, NEWCOMER];

    /// Nobody yet.
    pub(super) fn founded() -> Self {
        // A town in which every guide has something to find; the tests of `network` say what.
        let draw = Draw::from_seed(1851);
        let circles = vec![Vec::new(); CIRCLES.len()];
        Self { people: Vec::new(), ties: BTreeMap::new(), draw, circles, taken: BTreeSet::new() }
    }

    /// Gives every seat of every circle to somebody.
    pub(super) fn take_seats(&mut self) {
        let mut seats: Vec<usize> = (0..CIRCLES.len()).flat_map(|c| repeat_n(c, CIRCLES[c].size)).collect();
        self.draw.shuffle(&mut seats);
        for (guide, words) in words::GUIDES.iter().enumerate() {
            for name in words.circles {
                self.sit(guide, &mut seats, |c| CIRCLES[c].name == *name);
            }
        }
        for hub in HUBS.flat_map(|hub| [hub; 3]) {
            self.sit(hub, &mut seats, |c| CIRCLES[c].size >= 30);
        }
        for who in CROWD.chain(QUIET) {
            self.sit(who, &mut seats, |_| true);
        }
        while let Some(circle) = seats.pop() {
            let free: Vec<usize> = CROWD.filter(|who| self.may_join(*who, circle)).collect();
            self.circles[circle].push(self.draw.pick(&free));
        }
        for circle in &mut self.circles {
            self.draw.shuffle(circle);
        }
    }

    fn sit(&mut self, who: usize, seats: &mut Vec<usize>, fits: impl Fn(usize) -> bool) {
        if let Some(at) = seats.iter().position(|c| fits(*c) && self.may_join(who, *c)) {
            self.circles[seats.swap_remove(at)].push(who);
        }
    }

    fn may_join(&self, who: usize, circle: usize) -> bool {
        let own = self.circles_of(who);
        let works = |c: usize| !CIRCLES[c].jobs.is_empty();
        let apart = |c: usize| APART.contains(&CIRCLES[c].name) && !Self::GUIDES.contains(&who);
        let clash = |c: &usize| *c == circle || works(*c) && works(circle) || apart(*c) && apart(circle);
        own.len() < 3 && !own.iter().any(clash)
    }

    /// Those somebody has a seat in.
    pub(super) fn circles_of(&self, who: usize) -> Vec<usize> {
        (0..CIRCLES.len()).filter(|c| self.circles[*c].contains(&who)).collect()
    }

    /// Ties those who sit at one table, and some who do not.
    pub(super) fn meet_in_circles(&mut self) {
        let mut warmth: Vec<usize> = (0..PEOPLE).map(|_| self.draw.pick(&[50, 70, 90, 100, 110, 140, 180])).collect();
        warmth[0] = 240;
        warmth[1] = 160;
        HUBS.for_each(|hub| warmth[hub] = 330);
        for (circle, members) in CIRCLES.iter().zip(self.circles.clone()) {
            let across = match circle.bond.origin {
                Origin::OneByOne(_) => 320 / members.len(),
                Origin::List(_) => 470 / members.len(), // A list names more people than a memory does.
            };
            for (j, b) in members.iter().enumerate() {
                for (i, a) in members[..j].iter().enumerate() {
                    let percent = if i / TABLE == j / TABLE { 75 } else { across };
                    let close = percent * warmth[*a] * warmth[*b] > self.draw.below(1_000_000);
                    if close && mixes(*a) && mixes(*b) {
                        self.tie(*a, *b, &circle.bond);
                    }
                }
            }
        }
    }

    /// Ties family and neighbours, then pairs whom somebody both know brought together.
    pub(super) fn meet_across(&mut self) {
        for who in CROWD.skip(1) {
            let family = |p: &Person| p.name.split_once(' ').map(|(_, family)| family.to_owned());
            if family(&self.people[who]) == family(&self.people[who - 1]) {
                self.tie(who - 1, who, &words::FAMILY);
            }
        }
        for area in words::AREAS {
            let home: Vec<_> = (0..PEOPLE).filter(|who| mixes(*who) && self.people[*who].area == area).collect();
            for _ in 0..home.len() / 3 {
                let (a, b) = (self.draw.pick(&home), self.draw.pick(&home));
                self.tie(a, b, &words::NEIGHBOURS);
            }
        }
        for _ in 0..250 {
            let broker = self.draw.below(QUIET.start);
            let contacts = self.contacts(broker);
            if contacts.len() > 1 {
                let (a, b) = (self.draw.pick(&contacts), self.draw.pick(&contacts));
                self.tie(a, b, &words::FRIENDS);
            }
        }
    }

    /// Gives the quiet one or two ties, the overlooked two, and the newcomer three to people who know others.
    pub(super) fn meet_sparsely(&mut self) {
        for who in CROWD {
            while self.contacts(who).len() < 2
                && let Some((mate, bond)) = self.stranger(who)
            {
                self.tie(who, mate, bond);
            }
        }
        for who in QUIET {
            for _ in 0..1 + self.draw.below(2) {
                if let Some((mate, bond)) = self.stranger(who) {
                    self.tie(who, mate, bond);
                }
            }
        }
        while self.contacts(NEWCOMER).len() < 3 {
            if let Some((mate, _)) = self.stranger(NEWCOMER)
                && self.people[mate].as_route
                && (9..25).contains(&self.contacts(mate).len())
            {
                self.tie(NEWCOMER, mate, &words::ARRIVAL);
            }
        }
    }

    fn tie(&mut self, a: usize, b: usize, bond: &Bond) {
        if a == b || self.ties.contains_key(&pair(a, b)) {
            return;
        }
        let (evidence, days_ago) = match bond.origin {
            Origin::List(days_ago) if self.draw.chance(92) => (Evidence::Imported, days_ago),
            Origin::List(days) | Origin::OneByOne(days) => {
                let evidence = if self.draw.chance(60) { Evidence::InPerson } else { Evidence::Claimed };
                (evidence, 1 + self.draw.below(days.into()) as u16)
            }
        };
        let tells = evidence != Evidence::Imported && self.draw.chance(60);
        let note = tells.then(|| self.draw.pick(bond.notes));
        let (low, high) = pair(a, b);
        self.ties.insert((low, high), Tie { a: low, b: high, evidence, context: bond.context, note, days_ago });
    }

    fn contacts(&self, who: usize) -> Vec<usize> {
        self.ties.keys().filter(|(a, b)| *a == who || *b == who).map(|(a, b)| a + b - who).collect()
    }

    /// Somebody of the same circle to whom nothing is there yet, neither tie nor block nor claim; and the bond of it.
    fn stranger(&mut self, who: usize) -> Option<(usize, &'static Bond)> {
        let circle = self.draw.pick(&self.circles_of(who));
        let open = |p: &usize| !self.ties.contains_key(&pair(who, *p)) && !self.taken.contains(&pair(who, *p));
        let strangers: Vec<_> =
            self.circles[circle].iter().copied().filter(|p| mixes(*p) && *p != who).filter(open).collect();
        (!strangers.is_empty()).then(|| (self.draw.pick(&strangers), &CIRCLES[circle].bond))
    }

    /// Eight, one of them the first guide's.
    pub(super) fn blocks(&mut self) -> Vec<Block> {
        let mut blocks = Vec::new();
        while blocks.len() < 8 {
            let by = if blocks.is_empty() { 0 } else { self.draw.below(QUIET.start) };
            if let Some((of, _)) = self.stranger(by) {
                self.taken.insert(pair(by, of));
                blocks.push(Block { by, of });
            }
        }
        blocks
    }

    /// Fifteen: seven await a guide's answer, two are a guide's own.
    pub(super) fn claims(&mut self) -> Vec<Claim> {
        let mut claims = Vec::new();
        while claims.len() < 15 {
            let who = [0, 0, 1, 1, 2, 2, 2, 0, 1].get(claims.len()).copied();
            let who = who.unwrap_or_else(|| self.draw.below(QUIET.start));
            if let Some((other, bond)) = self.stranger(who) {
                self.taken.insert(pair(who, other));
                let (by, of) = if claims.len() < 7 { (other, who) } else { (who, other) };
                claims.push(Claim { by, of, context: bond.context, note: self.draw.pick(bond.notes) });
            }
        }
        claims
    }
}

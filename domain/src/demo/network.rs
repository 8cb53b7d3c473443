//! The demo network: three hundred fictional people around a fictional town, and how they know one another.
//!
//! Whoever tries Kith first should find what a real community has: circles that overlap, a few people everybody knows,
//! some whom hardly anybody knows, one who has just arrived, and members who would rather not be found. This module is
//! what comes out, as plain data; `town` is how it comes about, `circle` and `words` are what it is made of.
//!
//! Deliberately absent: the database, ids, the clock (ages are in days before now), and the communities that some of the
//! circles form online.

use super::circle::CIRCLES;
use super::town::Town;

/// A fictional member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Distinct; 3 to 30 lower-case letters and hyphens.
    pub handle: String,
    /// Distinct; may have accents.
    pub name: String,
    /// What they do, in two halves: "Nurse, sings alto".
    pub headline: String,
    /// One or two sentences; two thirds have it.
    pub bio: Option<String>,
    /// One to five.
    pub skills: Vec<&'static str>,
    /// A quarter of the town, or a village near it.
    pub area: &'static str,
    /// Distinct; at `example.org`, where nobody lives.
    pub email: String,
    /// Whether friends of friends may find them.
    pub findable: bool,
    /// Whether their contacts may see them as a way to others.
    pub as_route: bool,
    /// Whether their ties see the e-mail address.
    pub share_email: bool,
}

/// Two people who know each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tie {
    /// An index of [`Network::people`], smaller than `b`.
    pub a: usize,
    /// The other's.
    pub b: usize,
    /// What the tie rests on.
    pub evidence: Evidence,
    /// The kind of acquaintance.
    pub context: Context,
    /// How they know each other; never with [`Evidence::Imported`], because lists do not tell.
    pub note: Option<&'static str>,
    /// When the tie came online, in days before now; at least 1.
    pub days_ago: u16,
}

/// What a tie rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// They met, and both say so.
    InPerson,
    /// Both say so.
    Claimed,
    /// A list says so.
    Imported,
}

/// How two people know each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// They work together.
    Colleague,
    /// They live, or garden, near each other.
    Neighbour,
    /// They are friends.
    Friend,
    /// They are family.
    Family,
    /// They study together.
    Study,
    /// They belong to the same association.
    Association,
    /// Something else.
    Other,
}

/// Somebody says that they know somebody, who has not answered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Who says so; an index of [`Network::people`].
    pub by: usize,
    /// Of whom.
    pub of: usize,
    /// The kind of acquaintance.
    pub context: Context,
    /// How they know each other.
    pub note: &'static str,
}

/// Somebody does not wish to see, or be seen by, somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Who owns the block; an index of [`Network::people`].
    pub by: usize,
    /// Whom it is about.
    pub of: usize,
}

/// A whole fictional community.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// The members; the rest refers to them by index.
    pub people: Vec<Person>,
    /// In the order of `a`, then `b`; each pair once.
    pub ties: Vec<Tie>,
    /// Pending; between people without tie or block.
    pub claims: Vec<Claim>,
    /// Never between people with a tie.
    pub blocks: Vec<Block>,
    /// Who belongs to each circle, whether they know one another or not.
    pub circles: Vec<(&'static str, Vec<usize>)>,
    /// Whom to look through the eyes of: one in the thick of it, a bridge between two circles, a newcomer.
    pub guides: [usize; 3],
}

/// The demo network; the same every time, on every machine.
pub fn network() -> Network {
    let mut town = Town::founded();
    town.take_seats();
    town.settle();
    town.withdraw();
    town.meet_in_circles();
    town.meet_across();
    town.meet_sparsely();
    let blocks = town.blocks();
    let claims = town.claims();
    let circles = CIRCLES.iter().map(|circle| circle.name).zip(town.circles).collect();
    Network {
        people: town.people,
        ties: town.ties.into_values().collect(),
        claims,
        blocks,
        circles,
        guides: Town::GUIDES,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn contacts(net: &Network, who: usize) -> BTreeSet<usize> {
        net.ties.iter().filter(|t| t.a == who || t.b == who).map(|t| t.a + t.b - who).collect()
    }

    fn tied(net: &Network, a: usize, b: usize) -> bool {
        contacts(net, a).contains(&b)
    }

    /// The second circle as the service would show it; blocks aside.
    fn shown(net: &Network, viewer: usize) -> BTreeSet<usize> {
        let near = contacts(net, viewer);
        let routes = near.iter().filter(|c| net.people[**c].as_route);
        let far = routes.flat_map(|c| contacts(net, *c)).filter(|p| *p != viewer && !near.contains(p));
        far.filter(|p| net.people[*p].findable).collect()
    }

    #[test]
    fn it_is_the_same_twice() {
        assert_eq!(network(), network());
    }

    #[test]
    fn everybody_is_somebody_else() {
        let people = network().people;
        assert_eq!(people.len(), 300);
        let distinct = |key: fn(&Person) -> &str| people.iter().map(key).collect::<BTreeSet<_>>().len();
        assert_eq!([distinct(|p| &p.handle), distinct(|p| &p.email), distinct(|p| &p.name)], [300; 3]);
        for person in &people {
            let handle = &person.handle;
            assert!((3..=30).contains(&handle.len()), "{handle}");
            assert!(handle.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{handle}");
            assert!(!handle.starts_with('-') && !handle.ends_with('-') && !handle.contains("--"), "{handle}");
            assert!((1..=5).contains(&person.skills.len()), "{handle}");
            assert!(person.headline.chars().count() <= 80, "{}", person.headline);
        }
        for skill in people.iter().flat_map(|p| &p.skills).collect::<BTreeSet<_>>() {
            let holders = people.iter().filter(|p| p.skills.contains(skill)).count();
            assert!((5..=25).contains(&holders), "{skill}: {holders}");
        }
    }

    #[test]
    fn a_tie_is_two_people_once() {
        let ties = network().ties;
        assert!(ties.iter().all(|t| t.a < t.b && t.b < 300 && t.days_ago > 0));
        assert!(ties.windows(2).all(|w| (w[0].a, w[0].b) < (w[1].a, w[1].b)));
    }

    #[test]
    fn nobody_blocks_or_claims_a_contact() {
        let net = network();
        let blocks = net.blocks.iter().map(|b| (b.by, b.of));
        let open: Vec<_> = blocks.chain(net.claims.iter().map(|c| (c.by, c.of))).collect();
        assert!(open.iter().all(|(by, of)| by != of && !tied(&net, *by, *of)));
        let pairs: BTreeSet<_> = open.iter().map(|(by, of)| (by.min(of), by.max(of))).collect();
        assert_eq!((pairs.len(), net.blocks.len(), net.claims.len()), (23, 8, 15));
    }

    #[test]
    fn nearly_all_are_connected() {
        let net = network();
        let mut reached = contacts(&net, net.guides[0]);
        for _ in 0..6 {
            reached = reached.iter().flat_map(|c| contacts(&net, *c)).chain(reached.iter().copied()).collect();
        }
        let alone = (0..300).filter(|p| contacts(&net, *p).is_empty()).count();
        assert_eq!((reached.len(), alone), (296, 4));
    }

    #[test]
    fn every_guide_has_something_to_find() {
        let net = network();
        for (guide, at_least) in net.guides.into_iter().zip([40, 40, 15]) {
            let (near, second) = (contacts(&net, guide), shown(&net, guide));
            assert!(second.len() >= at_least, "{guide}: {}", second.len());
            let in_person = |a: usize, b: usize| {
                net.ties.iter().any(|t| (t.a, t.b) == (a.min(b), a.max(b)) && t.evidence == Evidence::InPerson)
            };
            let open = |c: usize| net.people[c].as_route && in_person(guide, c);
            assert!(second.iter().any(|p| near.iter().any(|c| open(*c) && in_person(*c, *p))), "{guide}");
            let hidden = |p: &usize| !net.people[*p].findable && *p != guide && !near.contains(p);
            assert!(near.iter().flat_map(|c| contacts(&net, *c)).any(|p| hidden(&p)), "{guide}");
            for skill in ["bike repair", "first aid"] {
                assert!(second.iter().any(|p| net.people[*p].skills.contains(&skill)), "{guide}: {skill}");
            }
            assert!(net.claims.iter().any(|c| c.of == guide), "{guide}");
        }
        let newcomer = net.guides[2];
        assert!((2..=3).contains(&contacts(&net, newcomer).len()));
    }

    #[test]
    fn most_ties_were_made_by_people_and_most_people_can_be_found() {
        let net = network();
        let percent = |e: Evidence| net.ties.iter().filter(|t| t.evidence == e).count() * 100 / net.ties.len();
        assert!((45..=55).contains(&percent(Evidence::InPerson)));
        assert!((28..=38).contains(&percent(Evidence::Claimed)));
        assert!((12..=22).contains(&percent(Evidence::Imported)));
        let count = |is: fn(&&Person) -> bool| net.people.iter().filter(is).count();
        assert_eq!(
            [count(|p| !p.findable), count(|p| !p.as_route), count(|p| !p.findable && !p.as_route)],
            [18, 18, 3]
        );
    }
}

//! What `product.md` says a network is, word for word and without any thought of speed: sets of people, walked whole.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::MemberId;
use serde_json::{Value, json};

/// A person, by their place in [`Model::people`].
pub(super) type Who = usize;

/// What is known of one person.
#[derive(Clone, Debug)]
pub(super) struct Someone {
    pub(super) id: MemberId,
    pub(super) handle: String,
    pub(super) name: String,
    pub(super) headline: Option<String>,
    pub(super) skills: Vec<String>,
    pub(super) area: Option<String>,
    pub(super) findable: bool,
    pub(super) as_route: bool,
    /// Whether their account is out of use, and so hides them.
    pub(super) suspended: bool,
    /// Whether it will never be in use again.
    pub(super) gone: bool,
}

/// What a tie rests on, as far as the network tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Met {
    InPerson,
    Otherwise,
}

/// Everybody, who knows whom, and who is hidden from whom.
#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    pub(super) people: Vec<Someone>,
    /// The smaller place first.
    pub(super) ties: BTreeMap<(Who, Who), Met>,
    /// The owner first.
    pub(super) blocks: BTreeSet<(Who, Who)>,
}

/// A route: through whom, and whether both its ties are in person.
type Route = (Who, bool);

/// Which part of a network is wanted.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    pub(super) skill: Option<String>,
    pub(super) area: Option<String>,
    pub(super) in_person: bool,
}

impl Model {
    pub(super) fn tie(&self, a: Who, b: Who) -> Option<Met> {
        self.ties.get(&(a.min(b), a.max(b))).copied()
    }

    pub(super) fn is_hidden(&self, a: Who, b: Who) -> bool {
        self.blocks.contains(&(a, b)) || self.blocks.contains(&(b, a))
    }

    /// The shown routes from `viewer` to `person`: in person first, then by the connector's id.
    fn routes(&self, viewer: Who, person: Who) -> Vec<Route> {
        let mut routes = Vec::new();
        for connector in 0..self.people.len() {
            let (Some(first), Some(second)) = (self.tie(viewer, connector), self.tie(connector, person)) else {
                continue;
            };
            let through = &self.people[connector];
            if through.as_route && !through.suspended && self.people[person].findable {
                routes.push((connector, first == Met::InPerson && second == Met::InPerson));
            }
        }
        routes.sort_by_key(|(connector, in_person)| (!in_person, self.people[*connector].id));
        routes
    }

    /// Who is in the network of `viewer`, in order, and by which routes.
    pub(super) fn network(&self, viewer: Who) -> Vec<(Who, Vec<Route>)> {
        let mut network: Vec<(Who, Vec<Route>)> = (0..self.people.len())
            .filter(|person| *person != viewer && self.tie(viewer, *person).is_none())
            .filter(|person| !self.is_hidden(viewer, *person) && !self.people[*person].suspended)
            .map(|person| (person, self.routes(viewer, person)))
            .filter(|(_, routes)| !routes.is_empty())
            .collect();
        network.sort_by_key(|(person, routes)| {
            let in_person = routes.iter().filter(|(_, in_person)| *in_person).count();
            (usize::MAX - routes.len(), usize::MAX - in_person, self.people[*person].id)
        });
        network
    }

    /// The same, of those whom `filter` lets through.
    pub(super) fn filtered(&self, viewer: Who, filter: &Filter) -> Vec<(Who, Vec<Route>)> {
        let same = |a: &String, b: &String| a.eq_ignore_ascii_case(b);
        let mut network = self.network(viewer);
        network.retain(|(person, routes)| {
            let person = &self.people[*person];
            filter.skill.as_ref().is_none_or(|skill| person.skills.iter().any(|own| same(own, skill)))
                && filter.area.as_ref().is_none_or(|area| person.area.as_ref().is_some_and(|own| same(own, area)))
                && (!filter.in_person || routes.iter().any(|(_, in_person)| *in_person))
        });
        network
    }

    /// The members tied to `viewer` whom they can see, by id.
    pub(super) fn tied(&self, viewer: Who) -> Vec<Who> {
        let mut tied: Vec<Who> = (0..self.people.len())
            .filter(|other| self.tie(viewer, *other).is_some() && !self.people[*other].suspended)
            .collect();
        tied.sort_by_key(|other| self.people[*other].id);
        tied
    }

    /// What `person` is to `viewer`; `None` if they do not exist for them.
    pub(super) fn relation(&self, viewer: Who, person: Who) -> Option<&'static str> {
        if self.people[person].suspended || self.is_hidden(viewer, person) {
            None
        } else if viewer == person {
            Some("SELF")
        } else if self.tie(viewer, person).is_some() {
            Some("TIE")
        } else if !self.routes(viewer, person).is_empty() {
            Some("NETWORK")
        } else {
            None
        }
    }

    /// The members tied to both, by id: those whose tie to `person` is shown to the viewer. A tie between two contacts
    /// of the viewer is shown if both of its ends allow it.
    pub(super) fn mutuals(&self, viewer: Who, person: Who) -> Vec<Who> {
        let lets = |connector: Who, end: Who| self.people[connector].as_route && self.people[end].findable;
        let relation = self.relation(viewer, person);
        let is_shown = |mutual: Who| match relation {
            Some("NETWORK") => lets(mutual, person),
            Some("TIE") => lets(mutual, person) && lets(person, mutual),
            _ => false,
        };
        let both = self.tied(viewer).into_iter().filter(|mutual| self.tie(*mutual, person).is_some());
        both.filter(|mutual| is_shown(*mutual)).collect()
    }

    /// How a person looks in a list.
    pub(super) fn card(&self, who: Who) -> Value {
        let person = &self.people[who];
        json!({"handle": person.handle, "name": person.name, "headline": person.headline, "skills": person.skills, "area": person.area})
    }
}

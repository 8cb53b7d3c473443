//! Who the people of the demo network are: what they are called, where they live, what they do and say.
//!
//! A person follows from their circles: a nurse works on the ward, and whoever sings says so. So circles come first, and
//! this module only words what they imply, with enough chance in it that no two people sound alike for long. Some share
//! name and home with the one before them; [`Town::meet_across`] makes them family.
//!
//! Deliberately absent: ties.

use std::iter::repeat_n;

use super::circle::CIRCLES;
use super::network::Person;
use super::town::{CROWD, HUBS, PEOPLE, Town};
use super::words::{self, Guide};

/// The most who share a skill.
const HOLDERS: usize = 24;

fn handle(name: &str) -> String {
    let plain = |c| words::MARKED.iter().find(|(marked, _)| marked.contains(c)).map(|(_, plain)| *plain);
    name.to_lowercase().chars().filter_map(|c| if c.is_ascii_lowercase() { Some(c) } else { plain(c) }).collect()
}

fn guide(words: &Guide) -> Person {
    let handle = handle(words.name);
    Person {
        name: words.name.to_owned(),
        headline: words.headline.to_owned(),
        bio: Some(words.bio.to_owned()),
        skills: words.skills.to_vec(),
        area: words.area,
        email: format!("{handle}@example.org"),
        handle,
        findable: true,
        as_route: true,
        share_email: true,
    }
}

impl Town {
    /// Gives everybody a name, a home and something to say; some share the name and the home of the one before.
    pub(super) fn settle(&mut self) {
        self.people.extend(words::GUIDES.iter().map(guide));
        let origins: Vec<_> = words::NAMES.iter().flat_map(|names| repeat_n(names, names.0)).collect();
        while self.people.len() < PEOPLE {
            let who = self.people.len();
            let (origin, other) = (self.draw.pick(&origins), self.draw.pick(&origins));
            let last_of = if self.draw.chance(90) { origin.2 } else { other.2 };
            let first = self.draw.pick(&origin.1.split(", ").collect::<Vec<_>>());
            let last = self.draw.pick(&last_of.split(", ").collect::<Vec<_>>());
            let (mut name, mut area) = (format!("{first} {last}"), self.draw.pick(&words::AREAS));
            let before = self.people.last().filter(|_| CROWD.contains(&who) && who > CROWD.start);
            if let Some((_, family)) = before.and_then(|b| b.name.split_once(' '))
                && self.draw.chance(15)
            {
                name = format!("{first} {family}");
                area = self.people[who - 1].area;
            }
            let handle = handle(&name);
            if self.people.iter().any(|p| p.handle == handle) {
                continue;
            }
            let email = format!("{handle}@example.org");
            let (headline, bio, skills) = (self.headline(who), self.bio(who, area), self.skills(who));
            let share_email = self.draw.chance(60);
            let (findable, as_route) = (true, true);
            self.people.push(Person {
                handle,
                name,
                headline,
                bio,
                skills,
                area,
                email,
                findable,
                as_route,
                share_email,
            });
        }
    }

    fn headline(&mut self, who: usize) -> String {
        let own = self.circles_of(who);
        let jobs = own.iter().map(|c| CIRCLES[*c].jobs).find(|jobs| !jobs.is_empty()).unwrap_or(&words::JOBS);
        let roles = own.iter().map(|c| CIRCLES[*c].roles).find(|roles| !roles.is_empty()).unwrap_or(&words::PASTIMES);
        format!("{}, {}", self.draw.pick(jobs), self.draw.pick(roles))
    }

    fn bio(&mut self, who: usize, area: &str) -> Option<String> {
        let own: Vec<&str> = self.circles_of(who).iter().flat_map(|c| CIRCLES[*c].bios).copied().collect();
        let more = self.draw.pick(&words::MORE_BIOS).replace("{area}", area);
        match self.draw.below(6) {
            0 | 1 => None,
            2 | 3 if !own.is_empty() => Some(format!("{} {more}", self.draw.pick(&own))),
            4 if !own.is_empty() => Some(self.draw.pick(&own).to_owned()),
            _ => Some(more),
        }
    }

    fn skills(&mut self, who: usize) -> Vec<&'static str> {
        let own: Vec<_> = self.circles_of(who).iter().flat_map(|c| CIRCLES[*c].skills).copied().collect();
        let more = words::MORE_SKILLS.iter().flat_map(|skill| [skill; 2]);
        let all: Vec<_> = CIRCLES.iter().flat_map(|c| c.skills).chain(more).copied().collect();
        let count = self.draw.pick(&[1, 2, 2, 3, 3, 3, 4, 4, 5]);
        let mut held = Vec::new();
        while held.len() < count {
            let from = if !own.is_empty() && self.draw.chance(55) { &own } else { &all };
            // Of two, the one that fewer have: so nothing is rare by accident.
            let holders = |skill: &&str| self.people.iter().filter(|p| p.skills.contains(skill)).count();
            let skill = std::cmp::min_by_key(self.draw.pick(from), self.draw.pick(from), holders);
            if holders(&skill) < HOLDERS && !held.contains(&skill) {
                held.push(skill);
            }
        }
        held
    }

    /// Lets some not be found, and some not be a way to others; three are both.
    pub(super) fn withdraw(&mut self) {
        let mut order: Vec<usize> = (HUBS.end..PEOPLE).collect();
        self.draw.shuffle(&mut order);
        order[..18].iter().for_each(|who| self.people[*who].findable = false);
        order[15..33].iter().for_each(|who| self.people[*who].as_route = false);
    }
}

//! What a list can be judged by alone: whether its rows are sound, and agree with each other.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::{Fault, File, Person, Tie};
use crate::error::{Message, Refusal};
use crate::{member, text};

/// A sound person of a list.
pub(super) struct Listed {
    pub(super) line: u64,
    pub(super) id: String,
    /// The handle they get if they become a member.
    pub(super) handle: String,
    pub(super) says: Says,
}

/// What a list says of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Says {
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    /// Empty if it does not say.
    pub(super) skills: Vec<String>,
    pub(super) area: Option<String>,
}

/// A sound tie of a list: its row, and its two ids.
pub(super) struct Named<'a> {
    pub(super) line: u64,
    pub(super) ends: [&'a str; 2],
}

/// Gathers the faults of one row.
struct Row<'a> {
    line: u64,
    sound: bool,
    faults: &'a mut Vec<Fault>,
}

impl Row<'_> {
    fn fault(&mut self, message: String) {
        self.add(message, None);
    }

    fn add(&mut self, message: String, rule: Option<Message>) {
        self.sound = false;
        self.faults.push(Fault { file: File::People, line: self.line, message, rule });
    }

    fn take<T>(&mut self, what: &str, checked: std::result::Result<T, Refusal>) -> Option<T> {
        checked.map_err(|refusal| self.add(what.to_owned(), Some(refusal.message))).ok()
    }
}

/// Lets only one row have a value: remembers the line that has it, and faults the next.
fn once(seen: &mut HashMap<String, u64>, value: String, what: &str, row: &mut Row<'_>) {
    match seen.get(&value) {
        Some(line) => row.fault(format!("{what} {value:?} is in line {line} already.")),
        None => drop(seen.insert(value, row.line)),
    }
}

/// The sound people.
pub(super) fn people(slug: &str, people: &[Person], faults: &mut Vec<Fault>) -> Vec<Listed> {
    let (mut ids, mut handles, mut emails) = (HashMap::new(), HashMap::new(), HashMap::new());
    let mut sound = Vec::with_capacity(people.len());
    for person in people {
        let mut row = Row { line: person.line, sound: true, faults };
        let id = person.id.trim();
        if id.is_empty() {
            row.fault("The id is empty; every person needs one.".to_owned());
        } else {
            once(&mut ids, id.to_owned(), "The id", &mut row);
        }
        let handle = if row.sound { handle_of(slug, id, &mut row) } else { None };
        if let Some(handle) = &handle {
            once(&mut handles, handle.clone(), "The handle", &mut row);
        }
        let says = says(person, &mut row);
        if let Some(email) = &says.email {
            once(&mut emails, email.clone(), "The e-mail address", &mut row);
        }
        if let (true, Some(handle)) = (row.sound, handle) {
            sound.push(Listed { line: person.line, id: id.to_owned(), handle, says });
        }
    }
    sound
}

/// The handle an id makes: lower case, with hyphens for what lists separate with.
fn handle_of(slug: &str, id: &str, row: &mut Row<'_>) -> Option<String> {
    let folded = id.to_ascii_lowercase().replace([' ', '.', '_', '/'], "-");
    let handle = format!("{slug}-{folded}");
    let checked = text::handle("id", &handle);
    row.take(&format!("The id {id:?} cannot make the handle {handle:?}"), checked)
}

fn says(person: &Person, row: &mut Row<'_>) -> Says {
    let given =
        |cell: &Option<String>| cell.as_deref().map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned);
    let skills: Vec<String> = person.skills.iter().filter(|skill| !skill.trim().is_empty()).cloned().collect();
    // Where the list does not say, the id may serve as the name: it is no longer than a handle.
    Says {
        name: given(&person.name).and_then(|name| row.take("name", text::line("name", &name, 80))),
        email: given(&person.email).and_then(|email| row.take("e-mail", text::email("email", &email))),
        skills: row.take("skills", member::skills("skills", &skills)).unwrap_or_default(),
        area: given(&person.area).and_then(|area| row.take("area", text::line("area", &area, 80))),
    }
}

/// The sound ties.
pub(super) fn ties<'a>(people: &[Person], ties: &'a [Tie], faults: &mut Vec<Fault>) -> Vec<Named<'a>> {
    let ids: HashSet<&str> = people.iter().map(|person| person.id.trim()).filter(|id| !id.is_empty()).collect();
    let mut sound = Vec::with_capacity(ties.len());
    for tie in ties {
        let ends = [tie.from.trim(), tie.to.trim()];
        let mut fault = |message: String| faults.push(Fault { file: File::Ties, line: tie.line, message, rule: None });
        let unknown: Vec<&str> = ends.into_iter().filter(|end| !ids.contains(end)).collect();
        for end in &unknown {
            fault(if end.is_empty() {
                "An end is empty.".to_owned()
            } else {
                format!("{end:?} is not among the people.")
            });
        }
        if ends[0] == ends[1] && unknown.is_empty() {
            fault(format!("{:?} is tied to itself.", ends[0]));
        } else if unknown.is_empty() {
            sound.push(Named { line: tie.line, ends });
        }
    }
    sound
}

/// The sound founders of a community, each once, in their order.
pub(super) fn founders<'a>(people: &[Person], founders: &'a [String], faults: &mut Vec<Fault>) -> Vec<&'a str> {
    let ids: HashSet<&str> = people.iter().map(|person| person.id.trim()).filter(|id| !id.is_empty()).collect();
    let mut sound = Vec::with_capacity(founders.len());
    let mut seen = HashSet::new();
    let mut fault = |line, message| faults.push(Fault { file: File::Founders, line, message, rule: None });
    if founders.is_empty() {
        fault(1, "A community needs a founder.".to_owned());
    }
    for (line, id) in (1..).zip(founders.iter().map(|id| id.trim())) {
        if id.is_empty() {
            fault(line, "A founder's id is empty.".to_owned());
        } else if !ids.contains(id) {
            fault(line, format!("{id:?} is not among the people."));
        } else if seen.insert(id) {
            sound.push(id);
        }
    }
    sound
}

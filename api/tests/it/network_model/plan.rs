//! Random beginnings and random changes, which shrink to small ones.

use proptest::bool::weighted;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::model::{Met, Who};

/// One of however many there are: their place, modulo.
pub(crate) type Pick = u16;

/// Who there is at the beginning, what happens then, and who looks.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) size: usize,
    ties: Vec<(Pick, Pick, bool)>,
    skills: Vec<Vec<String>>,
    areas: Vec<Option<String>>,
    pub(crate) turns: Vec<Turn>,
}

/// A change, and who looks after it.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    pub(crate) change: Change,
    pub(crate) looks: Vec<Look>,
}

/// What may happen, to whom. Several who do not apply, such as ending a tie where there is none, change nothing.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Tie(Pick, Pick),
    /// One of the ties there are.
    End(Pick),
    Block(Pick, Pick),
    /// One of the blocks there are.
    Unblock(Pick),
    Findable(Pick, bool),
    AsRoute(Pick, bool),
    Suspended(Pick, bool),
    /// They delete their account.
    Leave(Pick),
    Name(Pick, String),
    Skills(Pick, Vec<String>),
    Area(Pick, Option<String>),
    Headline(Pick, String),
}

/// Who looks at their network, by pages of which size, through which filter, and at whom else.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) viewer: Pick,
    pub(crate) page: usize,
    pub(crate) skill: Option<String>,
    pub(crate) area: Option<String>,
    pub(crate) in_person: bool,
    pub(crate) wanted: String,
    pub(crate) at: Vec<Pick>,
}

impl Look {
    /// A plain look of this viewer's, at themselves and the next.
    pub(super) fn of(viewer: Who) -> Self {
        let (viewer, next) = (viewer as Pick, viewer as Pick + 1);
        let wanted = SKILLS[0].to_owned();
        Self { viewer, page: 40, skill: None, area: None, in_person: false, wanted, at: vec![viewer, next] }
    }
}

const SKILLS: [&str; 4] = ["Plumbing", "Piano", "Law", "Bees"];
const AREAS: [&str; 3] = ["North Quay", "South", "Hill"];

impl Plan {
    /// The pairs tied at the beginning.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (Who, Who, Met)> + '_ {
        let place = |pick: &Pick| usize::from(*pick) % self.size;
        self.ties
            .iter()
            .map(move |(a, b, in_person)| {
                let (a, b) = (place(a), place(b));
                (a.min(b), a.max(b), if *in_person { Met::InPerson } else { Met::Otherwise })
            })
            .filter(|(a, b, _)| a != b)
    }

    pub(super) fn skills_of(&self, who: Who) -> Vec<String> {
        self.skills[who % self.skills.len()].clone()
    }

    pub(super) fn area_of(&self, who: Who) -> Option<String> {
        self.areas[who % self.areas.len()].clone()
    }
}

/// Plans of so many changes, each followed by so many looks.
pub(crate) fn plans(changes: usize, looks: usize) -> impl Strategy<Value = Plan> {
    let tie = (any::<Pick>(), any::<Pick>(), weighted(0.6));
    // About three ties a person at first.
    let people = (8_usize..=40).prop_flat_map(move |size| (Just(size), vec(tie, size..=2 * size)));
    let turn = (change(), vec(look(), looks)).prop_map(|(change, looks)| Turn { change, looks });
    (people, vec(skills(), 7), vec(area(), 5), vec(turn, changes / 2..=changes + changes / 2))
        .prop_map(|((size, ties), skills, areas, turns)| Plan { size, ties, skills, areas, turns })
}

fn change() -> impl Strategy<Value = Change> {
    let one = any::<Pick>;
    prop_oneof![
        8 => (one(), one()).prop_map(|(a, b)| Change::Tie(a, b)),
        3 => one().prop_map(Change::End),
        3 => (one(), one()).prop_map(|(a, b)| Change::Block(a, b)),
        2 => one().prop_map(Change::Unblock),
        3 => (one(), weighted(0.7)).prop_map(|(who, shown)| Change::Findable(who, shown)),
        3 => (one(), weighted(0.7)).prop_map(|(who, shown)| Change::AsRoute(who, shown)),
        3 => (one(), weighted(0.2)).prop_map(|(who, suspended)| Change::Suspended(who, suspended)),
        1 => one().prop_map(Change::Leave),
        2 => (one(), "[a-z]{1,9}").prop_map(|(who, name)| Change::Name(who, name)),
        1 => (one(), skills()).prop_map(|(who, skills)| Change::Skills(who, skills)),
        1 => (one(), area()).prop_map(|(who, area)| Change::Area(who, area)),
        1 => (one(), "[a-z]{1,9}").prop_map(|(who, line)| Change::Headline(who, line)),
    ]
}

fn look() -> impl Strategy<Value = Look> {
    let any_case = |text: &'static str| select(vec![text.to_owned(), text.to_uppercase()]);
    let skill = select(SKILLS.to_vec()).prop_flat_map(any_case);
    let area = select(AREAS.to_vec()).prop_flat_map(any_case);
    let maybe_skill = prop::option::weighted(0.3, skill.clone());
    let looked_at = vec(any::<Pick>(), 4);
    (any::<Pick>(), 1_usize..=40, maybe_skill, prop::option::weighted(0.3, area), weighted(0.4), skill, looked_at)
        .prop_map(|(viewer, page, skill, area, in_person, wanted, at)| Look {
            viewer,
            page,
            skill,
            area,
            in_person,
            wanted,
            at,
        })
}

fn skills() -> impl Strategy<Value = Vec<String>> {
    subsequence(SKILLS.to_vec(), 0..=3).prop_map(|some| some.into_iter().map(str::to_owned).collect())
}

fn area() -> impl Strategy<Value = Option<String>> {
    prop::option::weighted(0.8, select(AREAS.to_vec()).prop_map(str::to_owned))
}

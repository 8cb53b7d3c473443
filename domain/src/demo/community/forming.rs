//! The two communities of the demo that are forming: one lacks two things yet, one can be opened at once.

use super::plan::{Around, Commitment, End, Gathering, Goal, Plan, Progress, Waiting};
use crate::community::{HealthFor, Joining, Stage};

/// Its founders have not met, and one of them has not ratified the charter.
#[rustfmt::skip]
pub(super) static WALKING_BUS: Plan = Plan {
    name: "Walking Bus", slug: "walking-bus", area: "Orchard Side",
    skills: &["childcare", "mediation"],
    circle: "parents' association", around: Around::Anybody, steward: 0, founders: 5, joiners: 0, guests: &[],
    waiting: Waiting::Nobody, stage: Stage::Forming, formed: 60, complete: 30, launched: None, closed: None,
    unratified: 1,
    purpose: "Children of the quarter walk to school together, and their parents get to know one another on the way.",
    failure: "Everybody drives alone past the same twenty houses, and newcomers don't know whom to ask for a lift.",
    agreements: &[
        "Whoever leads the bus waits two minutes for each house, and no longer.",
        "We tell each other by eight in the evening if a child does not come along.",
        "What a child says on the way stays on the way, unless somebody is in danger.",
    ],
    joining: Joining::Request, vouches: 2,
    questions: &["Which corner would your children join at?", "Which mornings could you lead the bus?"],
    answers: &[], health_for: HealthFor::Stewards, note: "",
    goals: &[
        Goal {
            outcome: "By spring a walking bus leaves Orchard Side on every school day, led by at least six different parents.",
            measure: Some(("school days a week", 1.0, 5.0)), due: Some(120),
            proposer: 0, proposed: 28, end: End::Active, first_voice: 0,
            voices: &[
                "Nobody has to start the car for ten minutes of road any more, whatever the weekday.",
                "If one of us is ill the children still set out, because five others know the route.",
                "My daughter walks with friends instead of sitting in a queue in front of the gate.",
                "I lead one morning a week and have the other four to myself; that is a fair trade.",
            ],
            commitments: &[
                Commitment {
                    by: 1, what: "Walk the route with a watch and write down when it passes each corner.",
                    made: 20, due: Some(10), done: None,
                },
            ],
            progress: &[
                Progress {
                    by: 0, at: 6, value: Some(1.0), note: "Tuesdays run by themselves since three families joined.",
                    evidence: None,
                },
            ],
        },
        Goal {
            outcome: "The crossing at the old pump gets a zebra before the days grow short again.",
            measure: None, due: Some(200), proposer: 2, proposed: 12, end: End::Proposed, first_voice: 2,
            voices: &["Cars stop because paint tells them to, not because I stand there waving my arms."],
            commitments: &[], progress: &[],
        },
    ],
    gatherings: &[
        Gathering {
            title: "Walk the route together", place: "The old pump, Orchard Side",
            details: Some("With prams, slowly. Afterwards there is cocoa at the school."),
            day: 9, hour: 8, hours: 2, goal: Some(0), planned_by: 1, came: 0, replies: [3, 1, 0], cancelled: None,
        },
    ],
};

/// Everything is there; its steward may open it.
#[rustfmt::skip]
pub(super) static SONGS_AT_THE_DOOR: Plan = Plan {
    name: "Songs at the Door", slug: "songs-at-the-door", area: "Old Town",
    skills: &["sight-reading", "event planning"],
    circle: "choir", around: Around::Guide(0), steward: 0, founders: 6, joiners: 0, guests: &[],
    waiting: Waiting::Nobody, stage: Stage::Forming, formed: 75, complete: 40, launched: None, closed: None,
    unratified: 0,
    purpose: "We sing for people who cannot come to a concert: at their door, in their ward, under their window.",
    failure: "Those who fall ill drop out of sight, and we lose touch between meetings without meaning to.",
    agreements: &[
        "We sing only where we were asked, and leave when somebody is tired.",
        "Nobody has to know a part by heart; humming is singing.",
        "We talk about a visit among ourselves and with nobody else.",
    ],
    joining: Joining::Vouched, vouches: 2, questions: &[], answers: &[], health_for: HealthFor::Members, note: "",
    goals: &[
        Goal {
            outcome: "Each month at least four people who cannot leave their home are sung to at their door.",
            measure: Some(("visits a month", 0.0, 4.0)), due: Some(90),
            proposer: 0, proposed: 37, end: End::Active, first_voice: 1,
            voices: &[
                "Once a week somebody opens a window and hears us instead of the radio.",
                "I want old Pavel to have a Thursday again, now that he cannot climb to our loft.",
                "Four doors a month is one for each of us who drives, so it will not wear us out.",
                "A visit counts when the person asked for a second song; that is how I would measure it.",
            ],
            commitments: &[
                Commitment {
                    by: 2, what: "Ask the parish nurse who would like a visit, and who would rather not.",
                    made: 30, due: Some(-10), done: Some(14),
                },
                Commitment {
                    by: 3, what: "Put together a booklet of ten songs in large print.", made: 25, due: Some(14), done: None,
                },
            ],
            progress: &[
                Progress {
                    by: 1, at: 18, value: Some(1.0), note: "First visit, in Ropewalk: three songs and a plate of plums.",
                    evidence: None,
                },
                Progress {
                    by: 0, at: 4, value: Some(2.0), note: "Two more doors this month; the booklet is badly needed.",
                    evidence: Some("https://example.org/songs-at-the-door/visits"),
                },
            ],
        },
    ],
    gatherings: &[
        Gathering {
            title: "First evening round the piano", place: "The loft above the bakery, Old Town",
            details: Some("We try out which songs work without a conductor, and agree on the charter."),
            day: -20, hour: 17, hours: 3, goal: Some(0), planned_by: 0, came: 5, replies: [5, 0, 1], cancelled: None,
        },
        Gathering {
            title: "Rehearsal in coats", place: "The bakery's courtyard, Old Town", details: None,
            day: 6, hour: 17, hours: 2, goal: None, planned_by: 1, came: 0, replies: [3, 2, 1], cancelled: None,
        },
    ],
};

//! The community of the demo that its first guide looks after, and the one that rests.

use super::plan::{Around, Commitment, End, Gathering, Goal, Plan, Progress, Waiting};
use crate::community::{HealthFor, Joining, Stage};

/// Joined on request, which a steward decides; the hub looks after it, and the bridge joined it.
#[rustfmt::skip]
pub(super) static MENDED_SATURDAYS: Plan = Plan {
    name: "Mended Saturdays", slug: "mended-saturdays", area: "Old Town",
    skills: &["bike repair", "soldering", "sewing"],
    circle: "repair café", around: Around::Guide(0), steward: 0, founders: 6, joiners: 5, guests: &[1],
    waiting: Waiting::Applied, stage: Stage::Live, formed: 330, complete: 230, launched: Some(200), closed: None,
    unratified: 0,
    purpose: "On Saturdays we mend what people bring, together with those who bring it, so that they can do it next time.",
    failure: "Neighbours throw things away because they have forgotten who around the corner could repair them.",
    agreements: &[
        "The owner holds the screwdriver; we hold the lamp.",
        "Nobody is laughed at for what they broke.",
        "What cannot be mended safely is not mended.",
    ],
    joining: Joining::Request, vouches: 2,
    questions: &["What have you mended that you are proud of?", "Which Saturdays could you be there?"],
    answers: &[
        &["A wind-up gramophone, with a spring from a garage door.", "Every other one, from ten."],
        &["My brother's bicycle, three times, and each time it lasted longer.", "The first of the month."],
        &["Curtains for a whole staircase out of two sails.", "Most, but not in August."],
        &["A radio that had been silent since a flood.", "Whenever I am not on call."],
        &["Nothing yet; I would like to begin with my toaster.", "All of them, if somebody shows me how."],
        &["Climbing harnesses, until I learnt that those one replaces. Knees, mostly.", "After night shifts, so every third."],
        &["A pepper mill, a pram and a garden gate.", "The second and the fourth."],
    ],
    health_for: HealthFor::Stewards,
    note: "Two of you fixed my sewing machine. I would rather be behind the bench than in front of it.",
    goals: &[
        Goal {
            outcome: "Half of those who bring something mend it with their own hands.",
            measure: Some(("per cent of repairs", 10.0, 50.0)), due: Some(45),
            proposer: 0, proposed: 228, end: End::Active, first_voice: 0,
            voices: &[
                "I count every Saturday on which I had nothing to do but point.",
                "People go home with black fingers and a grin, and come back to help others.",
                "We are no free workshop: a guest turns at least every second screw.",
                "The queue gets shorter because last month's guests stand at the bench now.",
            ],
            commitments: &[
                Commitment {
                    by: 3, what: "Write one page on how to open the ten commonest plugs and lamps.",
                    made: 180, due: Some(-120), done: Some(131),
                },
                Commitment { by: 0, what: "Ask each guest at the door which part they want to do.", made: 60, due: None, done: None },
            ],
            progress: &[
                Progress { by: 2, at: 150, value: Some(18.0), note: "Counted over four Saturdays.", evidence: None },
                Progress {
                    by: 2, at: 75, value: Some(29.0), note: "The page about plugs helps more than we do.",
                    evidence: Some("https://example.org/mended-saturdays/plugs"),
                },
                Progress { by: 0, at: 12, value: Some(41.0), note: "Best month so far; the bicycles pull us up.", evidence: None },
            ],
        },
        Goal {
            outcome: "A set of tools can be borrowed from the library in Old Town, like a book.",
            measure: Some(("tool boxes", 0.0, 3.0)), due: Some(-50),
            proposer: 2, proposed: 140, end: End::Achieved(55), first_voice: 2,
            voices: &[
                "On a Tuesday night my neighbour can tighten a tap without waiting for us.",
                "Three boxes with a list in the lid, and a librarian who knows where the spare fuses are.",
                "Whoever has a card for novels has one for spanners as well.",
            ],
            commitments: &[
                Commitment { by: 4, what: "Sort the donated tools into three boxes.", made: 120, due: Some(-90), done: Some(93) },
            ],
            progress: &[
                Progress {
                    by: 4, at: 60, value: Some(3.0), note: "All three stand behind the counter, between maps and music.",
                    evidence: Some("https://example.org/mended-saturdays/boxes"),
                },
            ],
        },
        Goal {
            outcome: "There is a mending evening for people who work on Saturdays.",
            measure: None, due: Some(100), proposer: 1, proposed: 10, end: End::Proposed, first_voice: 4,
            voices: &[
                "Nurses, bakers and bus drivers own broken lamps too, and sleep when we are open.",
                "One Wednesday a month would do, if two of us bring the key.",
            ],
            commitments: &[], progress: &[],
        },
        Goal {
            outcome: "We open a second café in Brickfields with a bench of its own.",
            measure: None, due: None, proposer: 3, proposed: 90,
            end: End::Abandoned(61, "There are nine of us on a good day, and two half-manned benches would be worse than one."),
            first_voice: 3,
            voices: &["Nobody has to carry a washing machine across the river to have it looked at."],
            commitments: &[], progress: &[],
        },
    ],
    gatherings: &[
        Gathering {
            title: "The first bench", place: "The repair café, Old Town", details: None,
            day: -210, hour: 9, hours: 5, goal: Some(0), planned_by: 0, came: 6, replies: [6, 0, 0], cancelled: None,
        },
        Gathering {
            title: "Bicycle Saturday", place: "The repair café, Old Town",
            details: Some("Spring clean for everything on two wheels."),
            day: -40, hour: 9, hours: 5, goal: Some(0), planned_by: 2, came: 9, replies: [8, 2, 1], cancelled: None,
        },
        Gathering {
            title: "Lamps and radios", place: "The repair café, Old Town", details: None,
            day: -13, hour: 9, hours: 5, goal: None, planned_by: 0, came: 8, replies: [8, 1, 2], cancelled: None,
        },
        Gathering {
            title: "Winter coats and zips", place: "The repair café, Old Town",
            details: Some("Bring the coat, and the zip if you still have it."),
            day: 3, hour: 9, hours: 5, goal: Some(0), planned_by: 0, came: 0, replies: [6, 3, 2], cancelled: None,
        },
        Gathering {
            title: "Stocktaking with soup", place: "The repair café, Old Town", details: None,
            day: 24, hour: 17, hours: 3, goal: None, planned_by: 1, came: 0, replies: [4, 1, 0], cancelled: None,
        },
    ],
};

/// Put to rest by its steward.
#[rustfmt::skip]
pub(super) static OFF_DUTY: Plan = Plan {
    name: "Ward Four Off Duty", slug: "ward-four-off-duty", area: "Upper Weir",
    skills: &["rota planning", "nursing care"],
    circle: "hospital ward", around: Around::Guide(1), steward: 1, founders: 5, joiners: 2, guests: &[],
    waiting: Waiting::Nobody, stage: Stage::Dormant, formed: 300, complete: 220, launched: Some(190), closed: Some(40),
    unratified: 0,
    purpose: "People who work nights on the ward see each other in daylight, without uniforms and without handing over.",
    failure: "Shifts keep us apart: we know each other's handwriting better than each other's faces.",
    agreements: &["No talk of patients, not even of the funny ones.", "Whoever is too tired says so, and is not asked twice."],
    joining: Joining::Invitation, vouches: 2, questions: &[], answers: &[], health_for: HealthFor::Stewards, note: "",
    goals: &[
        Goal {
            outcome: "Each of us has eaten breakfast with somebody from another shift once a month.",
            measure: Some(("breakfasts a month", 0.0, 6.0)), due: Some(-60),
            proposer: 0, proposed: 218, end: End::Active, first_voice: 0,
            voices: &[
                "Rolls at eight, when one of us goes home and the other begins.",
                "I learn who writes those neat charts by passing them the butter.",
                "Once in four weeks is little enough that even the rota cannot prevent it.",
                "It works if those who never choose their own days off can be there as well.",
            ],
            commitments: &[],
            progress: &[
                Progress { by: 0, at: 120, value: Some(3.0), note: "Three in a month with two people ill.", evidence: None },
            ],
        },
    ],
    gatherings: &[
        Gathering {
            title: "Breakfast before and after", place: "The baker at Upper Weir", details: None,
            day: -205, hour: 7, hours: 2, goal: Some(0), planned_by: 0, came: 4, replies: [4, 1, 0], cancelled: None,
        },
    ],
};

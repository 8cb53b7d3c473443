//! Two communities of the demo that are live: one is joined by invitation, one by being vouched for.

use super::plan::{Around, Commitment, End, Gathering, Goal, Plan, Progress, Waiting};
use crate::community::{HealthFor, Joining, Stage};

/// Joined by invitation; the newcomer has one.
#[rustfmt::skip]
pub(super) static PLOT_BY_PLOT: Plan = Plan {
    name: "Plot by Plot", slug: "plot-by-plot", area: "Lower Weir",
    skills: &["beekeeping", "pruning", "seed saving"],
    circle: "allotment garden", around: Around::FriendOf(2), steward: 0, founders: 5, joiners: 6, guests: &[],
    waiting: Waiting::Invited(2), stage: Stage::Live, formed: 190, complete: 130, launched: Some(110), closed: None,
    unratified: 0,
    purpose: "Gardeners of the allotments look after what lies between the plots: the hedge, the pump, and one another.",
    failure: "Newcomers don't know whom to ask, so they give up their plot in the second summer.",
    agreements: &[
        "Whoever borrows a tool brings it back cleaner than it was.",
        "We show a newcomer how, and do not tell them what they did wrong.",
        "Water is for everybody: nobody leaves a hose running.",
    ],
    joining: Joining::Invitation, vouches: 2, questions: &[], answers: &[], health_for: HealthFor::Stewards,
    note: "You have had the half plot since spring. Come and meet the others before the frost does.",
    goals: &[
        Goal {
            outcome: "Every gardener who took over a plot this year has somebody next door who shows them round.",
            measure: Some(("newcomers with a neighbour", 0.0, 9.0)), due: Some(-20),
            proposer: 0, proposed: 128, end: End::Achieved(22), first_voice: 0,
            voices: &[
                "A new face is greeted by name before the first weeds come up.",
                "In my first year I dug up the asparagus; nobody should have to learn it that way.",
                "Nine plots changed hands, so nine of us each take one person under our wing.",
                "It is done when the newest of us can say whom they would ring about blight.",
            ],
            commitments: &[
                Commitment {
                    by: 1, what: "Draw a map of who gardens where, and ask everybody whether they want to be on it.",
                    made: 100, due: Some(-70), done: Some(74),
                },
                Commitment {
                    by: 2, what: "Knock at the three plots behind the pump.", made: 95, due: Some(-60), done: Some(66),
                },
            ],
            progress: &[
                Progress {
                    by: 1, at: 74, value: Some(4.0), note: "The map is up at the gate; four pairs have found each other.",
                    evidence: Some("https://example.org/plot-by-plot/map"),
                },
                Progress {
                    by: 0, at: 23, value: Some(9.0), note: "The last one was shown round on Sunday, in the rain.",
                    evidence: None,
                },
            ],
        },
        Goal {
            outcome: "The long hedge is cut by hand before the birds nest, without hiring anybody.",
            measure: Some(("metres of hedge", 0.0, 180.0)), due: Some(80),
            proposer: 1, proposed: 50, end: End::Active, first_voice: 2,
            voices: &[
                "Many short mornings with shears, so that the wrens find it ready and quiet.",
                "We save the money for the pump and get warm doing it.",
                "Each plot does the stretch in front of its own gate, and then helps next door.",
            ],
            commitments: &[
                Commitment { by: 3, what: "Bring two ladders and a flask every Sunday.", made: 40, due: None, done: None },
            ],
            progress: &[
                Progress { by: 3, at: 30, value: Some(25.0), note: "From the gate to the big hazel.", evidence: None },
                Progress {
                    by: 4, at: 9, value: Some(70.0), note: "The worst corner is behind us.",
                    evidence: Some("https://example.org/plot-by-plot/hedge"),
                },
            ],
        },
        Goal {
            outcome: "A seed library opens in the tool shed, with at least thirty old kinds in it.",
            measure: Some(("kinds of seed", 0.0, 30.0)), due: None,
            proposer: 2, proposed: 14, end: End::Proposed, first_voice: 0,
            voices: &[
                "Beans that my neighbour's grandmother grew are still there when I want to grow them.",
                "You take a packet in spring and put two back in autumn, in the same drawer.",
            ],
            commitments: &[], progress: &[],
        },
    ],
    gatherings: &[
        Gathering {
            title: "Founding supper at the pump", place: "The pump, allotments at Lower Weir", details: None,
            day: -120, hour: 16, hours: 4, goal: Some(0), planned_by: 0, came: 5, replies: [5, 0, 0], cancelled: None,
        },
        Gathering {
            title: "Hedge Sunday", place: "The main gate, allotments at Lower Weir",
            details: Some("Bring gloves. Soup at noon."),
            day: -31, hour: 8, hours: 4, goal: Some(1), planned_by: 1, came: 7, replies: [6, 2, 1], cancelled: None,
        },
        Gathering {
            title: "Swap table for seeds and cuttings", place: "The tool shed, allotments at Lower Weir", details: None,
            day: 12, hour: 10, hours: 3, goal: Some(2), planned_by: 2, came: 0, replies: [4, 2, 2], cancelled: None,
        },
    ],
};

/// Joined by being vouched for; the bridge belongs to it, and can vouch for the one who has applied.
#[rustfmt::skip]
pub(super) static CHALK_AND_ROPE: Plan = Plan {
    name: "Chalk and Rope", slug: "chalk-and-rope", area: "Kestrel Hill",
    skills: &["knots and ropes", "route setting", "first aid"],
    circle: "climbing club", around: Around::Guide(1), steward: 1, founders: 5, joiners: 6, guests: &[],
    waiting: Waiting::KnownTo(1), stage: Stage::Live, formed: 260, complete: 180, launched: Some(150), closed: None,
    unratified: 0,
    purpose: "Climbers find partners they can trust their rope to, also when their usual one has moved away.",
    failure: "People stop climbing when their partner leaves, because asking a stranger to hold the rope is hard.",
    agreements: &[
        "We check each other's knot, every time, whoever tied it.",
        "Who brings somebody new looks after them on the first day.",
        "No is an answer: nobody is talked up a wall.",
        "We carry home what we carried in, and one thing more.",
    ],
    joining: Joining::Vouched, vouches: 2, questions: &[], answers: &[], health_for: HealthFor::Members,
    note: "I have climbed with two of you since the summer and would like to come along when they cannot.",
    goals: &[
        Goal {
            outcome: "Everybody who climbs with us has at least three people they would tie in with.",
            measure: Some(("climbers with three partners", 2.0, 10.0)), due: Some(60),
            proposer: 0, proposed: 178, end: End::Active, first_voice: 0,
            voices: &[
                "If one partner has the flu and one a newborn, there is still a third to ring.",
                "I would hand my rope to three of you today; next year it should be all of you.",
                "Mixed ropes on the easy walls first, so that trust grows where a slip costs nothing.",
                "For me this means that nobody stands at the foot of the wall and watches.",
            ],
            commitments: &[
                Commitment {
                    by: 2, what: "Draw lots for partners on the first Wednesday of the month.",
                    made: 120, due: Some(-80), done: Some(85),
                },
                Commitment { by: 4, what: "Teach lead belaying to those who only top-rope.", made: 60, due: Some(30), done: None },
            ],
            progress: &[
                Progress { by: 0, at: 90, value: Some(4.0), note: "Counted after the second mixed evening.", evidence: None },
                Progress {
                    by: 2, at: 11, value: Some(7.0), note: "Seven, and two more who only lack the third.",
                    evidence: Some("https://example.org/chalk-and-rope/partners"),
                },
            ],
        },
        Goal {
            outcome: "All of us have refreshed their first aid before the season on real rock begins.",
            measure: Some(("members with a course", 0.0, 10.0)), due: Some(-40),
            proposer: 1, proposed: 100, end: End::Achieved(45), first_voice: 1,
            voices: &[
                "The person below me knows what to do before the helicopter is there.",
                "A weekend with bandages in a draughty hall, so that the limestone is just limestone.",
                "I have forgotten half of it since my driving test, and I doubt that I am alone.",
            ],
            commitments: &[
                Commitment { by: 1, what: "Borrow the training dolls from the ward.", made: 90, due: Some(-70), done: Some(72) },
            ],
            progress: &[
                Progress {
                    by: 1, at: 46, value: Some(10.0), note: "The last four did it on Saturday; the dolls are back.",
                    evidence: Some("https://example.org/chalk-and-rope/first-aid"),
                },
            ],
        },
        Goal {
            outcome: "We lease the old quarry at Fennick and make it our own wall.",
            measure: None, due: None, proposer: 3, proposed: 80,
            end: End::Abandoned(52, "The rock is too loose, says the surveyor, and bolting it would cost more than we have in ten years."),
            first_voice: 3,
            voices: &["A place ten minutes from town where we do not have to ask anybody for the key."],
            commitments: &[], progress: &[],
        },
    ],
    gatherings: &[
        Gathering {
            title: "Founding day on the limestone", place: "Kestrel Hill, lower car park", details: None,
            day: -165, hour: 7, hours: 9, goal: Some(0), planned_by: 0, came: 5, replies: [5, 0, 0], cancelled: None,
        },
        Gathering {
            title: "First aid weekend", place: "Gym of the school at Station Side",
            details: Some("The dolls come from the ward. Wear something that may be cut open."),
            day: -47, hour: 8, hours: 8, goal: Some(1), planned_by: 1, came: 8, replies: [8, 0, 1], cancelled: None,
        },
        Gathering {
            title: "Night climb with head torches", place: "Kestrel Hill, lower car park", details: None,
            day: 4, hour: 18, hours: 3, goal: None, planned_by: 2, came: 0, replies: [2, 1, 3],
            cancelled: Some("Ice on the upper ledges; we try again in March."),
        },
        Gathering {
            title: "Mixed ropes, first Wednesday", place: "The climbing wall, Mill Quarter",
            details: Some("Partners are drawn by lot at seven sharp."),
            day: 8, hour: 18, hours: 3, goal: Some(0), planned_by: 0, came: 0, replies: [5, 2, 2], cancelled: None,
        },
    ],
};

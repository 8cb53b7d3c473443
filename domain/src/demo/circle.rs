//! The circles of the demo network: the groups that exist in Vellmark, whether or not anything is online.
//!
//! They are the heart of it. Each brings its own size, skills, voices and way of knowing one another, and whom people
//! know, what they can do and what they say of themselves follows from the circles they belong to.
//!
//! Deliberately absent: who belongs to them. That is drawn by `town`.

use super::network::Context;

/// A group that exists in real life.
pub(super) struct Circle {
    /// What people call it; it is also how [`APART`] and the guides refer to it.
    pub(super) name: &'static str,
    /// How many belong to it.
    pub(super) size: usize,
    /// How its members come to know each other.
    pub(super) bond: Bond,
    /// What people are there, if it is where they work; nobody has two such places.
    pub(super) jobs: &'static [&'static str],
    /// What people do there, as the second half of a headline.
    pub(super) roles: &'static [&'static str],
    /// What they are good at more often than others.
    pub(super) skills: &'static [&'static str],
    /// What they say about it.
    pub(super) bios: &'static [&'static str],
}

/// What ties two people.
pub(super) struct Bond {
    /// The kind of acquaintance.
    pub(super) context: Context,
    /// How they know each other, in their words.
    pub(super) notes: &'static [&'static str],
    /// How such ties came online.
    pub(super) origin: Origin,
}

/// How a bond's ties came online.
pub(super) enum Origin {
    /// One by one, during so many days.
    OneByOne(u16),
    /// Mostly at once, from a list, so many days ago.
    List(u16),
}

/// The two circles that only the second guide connects directly.
pub(super) const APART: [&str; 2] = ["hospital ward", "climbing club"];

/// The circles of Vellmark.
#[rustfmt::skip]
pub(super) static CIRCLES: [Circle; 16] = [
    Circle {
        name: "repair café", size: 26, jobs: &[],
        bond: Bond {
            context: Context::Association, origin: Origin::OneByOne(700),
            notes: &[
                "Same bench at the repair café", "Mended a toaster together", "We open the repair café in turns",
                "Met over a broken bicycle",
            ],
        },
        roles: &[
            "mends radios", "fixes bikes on Saturdays", "keeps the repair café in coffee",
            "sews what others throw away",
        ],
        skills: &["bike repair", "soldering", "sewing", "radio repair", "tool sharpening"],
        bios: &[
            "Most things can be mended, and the rest make good spare parts.",
            "You find me at the repair café every other Saturday, usually under a bicycle.",
            "I came to have a lamp fixed and stayed behind the bench.",
        ],
    },
    Circle {
        name: "choir", size: 38, jobs: &[],
        bond: Bond {
            context: Context::Association, origin: Origin::OneByOne(720),
            notes: &[
                "We sing in the same row", "Choir tour to the coast", "Shared lifts to rehearsal",
                "Met at the Advent concert",
            ],
        },
        roles: &["sings alto", "sings bass", "sings tenor", "sings soprano", "turns pages for the choir"],
        skills: &["sight-reading", "piano", "event planning", "voice coaching"],
        bios: &[
            "Thursday evening belongs to the choir.", "I sing where I am needed, and hum the rest of the week.",
            "I cannot read music well, but I sit next to somebody who can.",
        ],
    },
    Circle {
        name: "fire brigade", size: 32, jobs: &[],
        bond: Bond {
            context: Context::Association, origin: Origin::OneByOne(690),
            notes: &["Same turnout group", "Did our basic training together", "On the engine together since the flood"],
        },
        roles: &["volunteer firefighter", "drives the second engine", "trains the youth brigade"],
        skills: &["first aid", "lorry driving", "radio operation", "crisis planning"],
        bios: &[
            "When the pager goes I am gone, so forgive me an unfinished sentence.",
            "Twelve years with the volunteer brigade, most of them spent cleaning hoses.",
            "I look after the youth brigade, who look after me.",
        ],
    },
    Circle {
        name: "university department", size: 40, roles: &[],
        bond: Bond {
            context: Context::Colleague, origin: Origin::List(140),
            notes: &[
                "Taught the field course together", "Shared an office for two years", "Same corridor, third floor",
            ],
        },
        jobs: &[
            "Lecturer in hydrology", "Doctoral student in geography", "Lab manager", "Soil scientist",
            "Department secretary", "Student of geography", "Librarian",
        ],
        skills: &["statistics", "proofreading", "grant writing", "Python", "mapping", "Spanish"],
        bios: &[
            "I study how rivers behave when nobody is looking.",
            "My office is the one with the bicycle in it; knock anyway.",
            "I am happy to read your application, your thesis or your recipe.",
        ],
    },
    Circle {
        name: "co-working house", size: 30, roles: &[],
        bond: Bond {
            context: Context::Colleague, origin: Origin::OneByOne(620),
            notes: &["Desks by the same window", "Did a project together", "Lunch table at the co-working house"],
        },
        jobs: &[
            "Software developer", "Web designer", "Freelance accountant", "Photographer", "Translator", "Tax adviser",
            "Illustrator", "Contract lawyer",
        ],
        skills: &["Rust", "web design", "accounting", "photography", "contract law"],
        bios: &[
            "I work for myself, but not by myself: second floor, desk by the window.",
            "Ask me over lunch; I am no use before ten.", "I trade good advice for good bread.",
        ],
    },
    Circle {
        name: "parents' association", size: 36, jobs: &[],
        bond: Bond {
            context: Context::Association, origin: Origin::OneByOne(650),
            notes: &["Our children share a class", "Ran the school fair together", "Walking bus, Tuesdays"],
        },
        roles: &[
            "runs the school fair", "parent of two", "leads the walking bus on Tuesdays",
            "coaches the school chess club",
        ],
        skills: &["childcare", "maths tutoring", "fundraising", "mediation", "event planning"],
        bios: &[
            "Two children, one car, and a calendar on the fridge that knows everything.",
            "I organise the school fair, which is to say I ask people nicely.",
            "If you need somebody at the school gate, I am there at eight.",
        ],
    },
    Circle {
        name: "climbing club", size: 28, jobs: &[],
        bond: Bond {
            context: Context::Friend, origin: Origin::OneByOne(560),
            notes: &["Rope partners", "Weekend on the limestone", "Belayed each other for years"],
        },
        roles: &["sets routes at the climbing wall", "climbs on Wednesdays", "climbs despite the height"],
        skills: &["route setting", "knots and ropes", "first aid", "navigation"],
        bios: &[
            "I trust people who check the knot twice.", "Wednesday wall, weekend rock, Monday sore.",
            "I started climbing late and have no intention of stopping early.",
        ],
    },
    Circle {
        name: "allotment garden", size: 34, jobs: &[],
        bond: Bond {
            context: Context::Neighbour, origin: Origin::OneByOne(710),
            notes: &[
                "Plots next to each other", "We share a water butt", "Swapped tomato seedlings",
                "Built the garden fence together",
            ],
        },
        roles: &["keeps bees", "grows too many courgettes", "looks after the garden pump", "saves old bean seeds"],
        skills: &["beekeeping", "pruning", "composting", "carpentry", "seed saving"],
        bios: &[
            "Plot seventeen, the one with the blue shed; come by for courgettes, please.",
            "Two hives and a bench; the bench is for visitors.", "I garden badly and with great joy.",
        ],
    },
    Circle {
        name: "food co-op", size: 36, jobs: &[],
        bond: Bond {
            context: Context::Association, origin: Origin::OneByOne(540),
            notes: &[
                "Same delivery shift at the co-op", "We drive to the farms together",
                "Did the stocktaking by candlelight",
            ],
        },
        roles: &["bakes for the food co-op", "drives the vegetable van", "keeps the co-op's books"],
        skills: &["bread baking", "cooking for many", "accounting", "logistics", "preserving"],
        bios: &[
            "I know four farmers by name and most of their cows.",
            "Friday is delivery day; I am the one carrying crates.",
            "I can cook for eighty, and have never managed to cook for two.",
        ],
    },
    Circle {
        name: "hospital ward", size: 26, roles: &[],
        bond: Bond {
            context: Context::Colleague, origin: Origin::OneByOne(600),
            notes: &[
                "Night shifts on ward four", "Trained on the same ward", "Handed over to each other a hundred times",
            ],
        },
        jobs: &[
            "Nurse", "Ward doctor", "Care assistant", "Physiotherapist", "Midwife", "Hospital porter",
            "Medical technician",
        ],
        skills: &["first aid", "nursing care", "rota planning", "physiotherapy", "Arabic"],
        bios: &[
            "I work shifts, so I answer at odd hours.", "Ward four taught me to listen first.",
            "After nights I sleep, and after sleep I bake.",
        ],
    },
    Circle {
        name: "maker space", size: 24, jobs: &[],
        bond: Bond {
            context: Context::Friend, origin: Origin::OneByOne(480),
            notes: &[
                "Built the big printer together", "Tuesday evenings at the maker space",
                "Borrowed a lathe, returned a friend",
            ],
        },
        roles: &["looks after the laser cutter", "builds small robots", "welds garden gates"],
        skills: &["3D printing", "laser cutting", "electronics", "Rust", "welding", "carpentry"],
        bios: &[
            "I build things that nearly work and then find somebody who knows why.",
            "The laser cutter and I have an understanding.",
            "Come on a Tuesday; the door is open when the light is on.",
        ],
    },
    Circle {
        name: "amateur theatre", size: 22, jobs: &[],
        bond: Bond {
            context: Context::Friend, origin: Origin::OneByOne(680),
            notes: &[
                "Three summers on the same stage", "Painted the forest for the autumn play",
                "Prompted each other through it",
            ],
        },
        roles: &["acts in the summer play", "hangs the lights at the theatre", "prompts at the theatre"],
        skills: &["stage lighting", "public speaking", "sewing", "sound engineering"],
        bios: &[
            "I have died on stage nine times and took a bow after each.",
            "I prefer the side of the stage where the ropes are.", "I say yes to small parts and large sandwiches.",
        ],
    },
    Circle {
        name: "parish council", size: 12, jobs: &[],
        bond: Bond {
            context: Context::Other, origin: Origin::OneByOne(715),
            notes: &["On the parish council together", "Walked the footpaths with the map"],
        },
        roles: &["sits on the parish council", "takes the minutes at the council"],
        skills: &["minute taking", "grant writing", "mediation"],
        bios: &[
            "I sit on the council because somebody asked twice.", "I care about benches, bus stops and short meetings.",
        ],
    },
    Circle {
        name: "sports club", size: 40, jobs: &[],
        bond: Bond {
            context: Context::Association, origin: Origin::List(96),
            notes: &["Played in the same team", "Coached the under-tens together", "Ran the hill race side by side"],
        },
        roles: &["coaches the under-tens", "keeps goal", "runs slowly and far", "referees handball"],
        skills: &["coaching", "refereeing", "first aid", "physiotherapy", "bike repair"],
        bios: &[
            "I run slowly enough to talk.", "I coach the under-tens, who tactically ignore me.",
            "I have kept goal since I was too slow to run.",
        ],
    },
    Circle {
        name: "evening school", size: 18, jobs: &[],
        bond: Bond {
            context: Context::Study, origin: Origin::OneByOne(420),
            notes: &["Spanish on Monday evenings", "Language tandem", "Prepared for the exam together"],
        },
        roles: &["learns Spanish on Mondays", "teaches an evening class"],
        skills: &["Spanish", "Polish", "translation", "teaching adults"],
        bios: &[
            "I speak three languages, all with the same accent.", "Monday evening class, last row, most questions.",
        ],
    },
    Circle {
        name: "reading circle", size: 10, jobs: &[],
        bond: Bond {
            context: Context::Friend, origin: Origin::OneByOne(660),
            notes: &["A book a month, for years", "We disagree about every novel"],
        },
        roles: &["reads what others recommend", "hosts the reading circle"],
        skills: &["bookbinding", "proofreading", "translation", "public speaking"],
        bios: &["I lend books and forget to whom, which makes for good visits.", "One book a month and a pot of soup."],
    },
];

//! The words of the demo network: what people are called, where they live, and what they would say anywhere.
//!
//! They stand apart from the generator, so that either can be read, and changed, without the other. Names that go
//! together are one string, separated by commas, because three hundred short lines would hide their shape.
//!
//! Deliberately absent: real places, real people, and any text that needs to know somebody's age or gender.

use super::circle::{Bond, Origin};
use super::network::Context;

/// A member whose token the demo prints.
pub(super) struct Guide {
    pub(super) name: &'static str,
    pub(super) headline: &'static str,
    pub(super) bio: &'static str,
    pub(super) area: &'static str,
    pub(super) skills: &'static [&'static str],
    /// By [`super::circle::Circle::name`].
    pub(super) circles: &'static [&'static str],
}

/// In the thick of it; a bridge between two circles that share nobody else; a newcomer.
pub(super) static GUIDES: [Guide; 3] = [
    Guide {
        name: "Mira Lindqvist",
        headline: "Bookbinder, opens the repair café on Saturdays",
        area: "Old Town",
        bio: "If it has a spine or a zip, bring it. I like it when a stranger leaves with a mended lamp and two new names.",
        skills: &["sewing", "event planning", "bookbinding"],
        circles: &["repair café", "choir", "food co-op"],
    },
    Guide {
        name: "Tomás Okafor",
        headline: "Ward nurse, climbs before early shifts",
        area: "Upper Weir",
        bio: "My two worlds are the ward and the wall, and they have hardly met. I would be glad to change that.",
        skills: &["first aid", "route setting", "Spanish"],
        circles: &["hospital ward", "climbing club"],
    },
    Guide {
        name: "Noor Azimi",
        headline: "Surveyor, new in town",
        area: "Orchard Side",
        bio: "I moved here in spring and was handed half an allotment before I had a table. Still learning who is who.",
        skills: &["mapping", "Arabic"],
        circles: &["allotment garden"],
    },
];

/// The ties of people who share a name and a home.
pub(super) static FAMILY: Bond = Bond {
    context: Context::Family,
    origin: Origin::OneByOne(730),
    notes: &["Siblings", "Cousins", "Related by marriage", "Grew up at the same kitchen table"],
};

/// The ties of people who live near each other.
pub(super) static NEIGHBOURS: Bond = Bond {
    context: Context::Neighbour,
    origin: Origin::OneByOne(500),
    notes: &["Same staircase", "Two doors down", "We share a hedge", "Took in each other's parcels"],
};

/// The ties of people whom somebody both know brought together.
pub(super) static FRIENDS: Bond = Bond {
    context: Context::Friend,
    origin: Origin::OneByOne(450),
    notes: &[
        "Met at a friend's kitchen table",
        "We keep each other's spare keys",
        "Same walk every Sunday",
        "Helped each other move",
    ],
};

/// The ties of the newcomer.
pub(super) static ARRIVAL: Bond = Bond {
    context: Context::Neighbour,
    origin: Origin::OneByOne(50),
    notes: &[
        "Showed me where the water tap is",
        "Gave me half the plot and all the rhubarb",
        "Lent me a spade on my second day",
    ],
};

/// The quarters of Vellmark, and the villages around it.
#[rustfmt::skip]
pub(super) static AREAS: [&str; 15] = [
    "Old Town", "Mill Quarter", "Ropewalk", "Saltgate", "Station Side", "Upper Weir", "Lower Weir", "Tannery Yard",
    "Kestrel Hill", "Orchard Side", "Brickfields", "Little Harn", "Aschow", "Fennick", "Sankt Odo",
];

/// What people do for a living, where no circle says so.
#[rustfmt::skip]
pub(super) static JOBS: [&str; 40] = [
    "Baker", "Bus driver", "Carpenter", "Primary school teacher", "Retired teacher", "Electrician", "Plumber", "Roofer",
    "Pharmacist", "Optician", "Postal worker", "Train conductor", "Architect", "Gardener", "Florist", "Cook", "Waiter",
    "Hairdresser", "Bookseller", "Social worker", "Youth worker", "Nursery teacher", "Vet", "Farmer", "Cheesemaker",
    "Piano tuner", "Stonemason", "Car mechanic", "Warehouse manager", "Town clerk", "Bank clerk", "Journalist", "Tailor",
    "Chimney sweep", "Retired engineer", "Retired nurse", "Apprentice joiner", "Civil engineer", "Forester", "Shopkeeper",
];

/// The second half of a headline, where no circle gives it.
#[rustfmt::skip]
pub(super) static PASTIMES: [&str; 16] = [
    "walks a patient dog", "plays chess by post", "swims in the river until October", "collects old maps",
    "bakes rye bread", "watches birds from the weir", "plays the accordion", "repairs clocks", "paints signs",
    "reads on trains", "cycles everywhere", "makes quince jelly", "carves spoons", "plays table tennis",
    "knits for the whole street", "grows dahlias",
];

/// Skills that belong to no circle.
pub(super) static MORE_SKILLS: [&str; 8] =
    ["dog training", "house painting", "plumbing", "Turkish", "sign language", "drawing", "tax returns", "tiling"];

/// What anybody might add; `{area}` is where they live.
#[rustfmt::skip]
pub(super) static MORE_BIOS: [&str; 24] = [
    "I live in {area} and like it best in the rain.", "I came to {area} for a year and stayed.",
    "I grew up in {area} and know every shortcut.", "You can knock; the kettle is usually on.",
    "I am better at listening than at answering messages.", "I have a van and lend it gladly.",
    "I would like to meet more people who live around {area}.", "I remember faces, and I am working on names.",
    "I have a long table and too few guests.", "Ask me about anything but football.",
    "I am learning to ask for help.", "Sundays are for walking, whatever the weather.",
    "I can explain forms to people who hate forms.", "My dog knows more people than I do.",
    "I like being asked.", "There is always a spare bed in {area}.",
    "I keep a drawer of useful screws.", "I speak slowly and cook fast.",
    "I am up early and glad of company.", "I collect good questions.",
    "I have time on Tuesdays.", "I like work that can be finished in an afternoon.",
    "I am new to this, but not to {area}.", "I make soup for anyone who is ill.",
];

/// Names that go together: their weight, first names, family names.
pub(super) static NAMES: [(usize, &str, &str); 14] = [
    (
        9,
        "Anna, Jonas, Klara, Emil, Lotte, Moritz, Hanne, Felix, Greta, Anton, Frieda, Ruben, Ilse, Wiebke, Jannis",
        "Brandner, Kessler, Vogt, Lindner, Altmann, Reuter, Hallbauer, Sievers, Dorn, Wendt, Kühn, Brömmel, Tietz, Harms",
    ),
    (
        4,
        "Maaike, Joost, Femke, Sander, Lieke, Wouter, Annelies, Bram, Roos, Thijs",
        "de Wit, van Dael, Hoekstra, Mulders, Bakkers, ter Horst, Verbeek, Claes",
    ),
    (
        4,
        "Signe, Lars, Astrid, Henrik, Maja, Søren, Freja, Nils, Tuuli, Eero",
        "Lindgård, Holmberg, Dahlquist, Nørby, Sandvik, Ekman, Virtala, Høyer",
    ),
    (
        5,
        "Agnieszka, Piotr, Zofia, Marek, Hanna, Tomasz, Kasia, Paweł, Magda, Wiktor",
        "Nowik, Zielonka, Wrona, Kaczmar, Pawlik, Sikora, Maj, Gołąb",
    ),
    (
        3,
        "Jana, Ondřej, Tereza, Radek, Lenka, Mirek, Zuzana, Vít",
        "Horák, Šebesta, Malina, Kolář, Beneš, Říha, Zeman, Šimek",
    ),
    (
        4,
        "Ana, Diego, Lucía, Íñigo, Marta, Álvaro, Inés, Rui, Beatriz, Tiago",
        "Ruiz, Ferreiro, Montalbán, Ibáñez, Carvalhal, Teixeira, Quiroga, Salgado",
    ),
    (
        4,
        "Chiara, Matteo, Giulia, Luca, Elisa, Davide, Noemi, Pietro",
        "Bellandi, Moretto, Galvani, Rinaldo, Serra, Fontanel, Corsini, Pavan",
    ),
    (
        3,
        "Camille, Étienne, Manon, Baptiste, Élodie, Rémi, Aurélie, Jean-Luc",
        "Lacombe, Charpentier, Vasseur, Delorme, Maréchal, Tissot, Gaillard, Noël",
    ),
    (
        5,
        "Elif, Emre, Zeynep, Can, Ayşe, Deniz, Selin, Murat, Leyla, Baran",
        "Yıldız, Demirel, Kaplan, Karaca, Öztürk, Çelik, Şahin, Arslan",
    ),
    (
        4,
        "Amira, Yusuf, Layla, Karim, Samira, Omar, Dina, Tarek, Salma, Idris",
        "Haddad, Mansour, Khoury, Saleh, Bennani, Darwish, Nasser, Azzouz",
    ),
    (
        3,
        "Adaeze, Kwame, Ama, Chidi, Fatou, Kofi, Ngozi, Mamadou",
        "Mensah, Eze, Diallo, Owusu, Adeyemi, Sarr, Boateng, Nwosu",
    ),
    (3, "Linh, Minh, Mai, Quang, Priya, Arjun, Meera, Anil", "Nguyen, Tran, Pham, Nambiar, Iyer, Rao, Vo, Chaudhuri"),
    (
        4,
        "Jelena, Marko, Ivana, Dragan, Mirjana, Luka, Elena, Kostas, Ioana, Andrei",
        "Petrović, Kovač, Babić, Marić, Dimou, Vlahos, Ionescu, Munteanu",
    ),
    (
        3,
        "Aoife, Owen, Bridget, Callum, Nora, Hugh, Maeve, Rhys",
        "Carrick, Penrose, Doyle, Ashdown, Tierney, Pryce, O'Hara, Marlock",
    ),
];

/// The letters with marks that occur in [`NAMES`], in lower case, and what a handle has in their place.
#[rustfmt::skip]
pub(super) static MARKED: [(&str, char); 12] = [
    ("áäåą", 'a'), ("çčć", 'c'), ("éèëěę", 'e'), ("íı", 'i'), ("ł", 'l'), ("ñ", 'n'), ("óöø", 'o'), ("ř", 'r'),
    ("şš", 's'), ("úü", 'u'), ("ý", 'y'), (" -", '-'),
];

//! Generated questions about the network: fields once and several times, aliases, fragments with and without a condition,
//! `@skip` and `@include`, arguments by value and by variable, and now and then something that is wrong.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

/// A document and its variables.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) document: String,
    pub(crate) variables: Value,
}

/// A question.
pub(crate) fn asked() -> impl Strategy<Value = Asked> {
    prop::collection::vec(any::<u32>(), 600).prop_map(|throws| Writer::new(throws).document())
}

/// The fields of a type: the name, what may be given to it, and the type of what is below it.
type FieldsOf = &'static [(&'static str, Arguments, Option<Type>)];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Arguments {
    None,
    First,
    FirstAfter,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Type {
    NetworkConnection,
    NetworkEdge,
    Member,
    Route,
    PageInfo,
    MemberConnection,
    MemberEdge,
}

impl Type {
    fn fields(self) -> FieldsOf {
        use Arguments::{First, FirstAfter, None as No};
        match self {
            Self::NetworkConnection => &[
                ("edges", No, Some(Self::NetworkEdge)),
                ("nodes", No, Some(Self::Member)),
                ("pageInfo", No, Some(Self::PageInfo)),
                ("totalCount", No, None),
            ],
            Self::NetworkEdge => &[
                ("cursor", No, None),
                ("node", No, Some(Self::Member)),
                ("mutualCount", No, None),
                ("routes", First, Some(Self::Route)),
            ],
            Self::Member => &[
                ("id", No, None),
                ("handle", No, None),
                ("name", No, None),
                ("headline", No, None),
                ("avatarUrl", No, None),
                ("takesIntroductions", No, None),
                ("relationToViewer", No, None),
                ("mutuals", FirstAfter, Some(Self::MemberConnection)),
            ],
            Self::Route => {
                &[("connector", No, Some(Self::Member)), ("inPerson", No, None), ("takesIntroductions", No, None)]
            }
            Self::PageInfo => &[
                ("hasNextPage", No, None),
                ("hasPreviousPage", No, None),
                ("startCursor", No, None),
                ("endCursor", No, None),
            ],
            Self::MemberConnection => &[
                ("edges", No, Some(Self::MemberEdge)),
                ("nodes", No, Some(Self::Member)),
                ("pageInfo", No, Some(Self::PageInfo)),
                ("totalCount", No, None),
            ],
            Self::MemberEdge => &[("cursor", No, None), ("node", No, Some(Self::Member))],
        }
    }
}

/// Writes a document by the throws of dice.
struct Writer {
    throws: Vec<u32>,
    fragments: Vec<(String, Type, String)>,
    variables: BTreeMap<&'static str, (&'static str, Value)>,
    aliases: usize,
    directives: usize,
    /// How many mutuals' lists are around.
    within: usize,
}

impl Writer {
    fn new(throws: Vec<u32>) -> Self {
        Self { throws, fragments: Vec::new(), variables: BTreeMap::new(), aliases: 0, directives: 0, within: 0 }
    }

    /// A number below `sides`; 0 once there are no more throws.
    fn throw(&mut self, sides: usize) -> usize {
        self.throws.pop().map_or(0, |throw| throw as usize % sides)
    }

    /// Whether something happens that does so in `percent` of all cases.
    fn luck(&mut self, percent: usize) -> bool {
        self.throws.pop().is_some_and(|throw| (throw as usize % 100) < percent)
    }

    fn document(mut self) -> Asked {
        let mut roots = String::new();
        for _ in 0..=usize::from(self.luck(20)) {
            let alias = if self.luck(30) { "other: " } else { "" };
            let arguments = self.first(&[1, 3, 5, 20]);
            let list = self.selection(Type::NetworkConnection, 0);
            let field = match self.throw(8) {
                0 => format!("whoCanHelp(skill: \"none\"{}) {list}", arguments.replace('(', ", ").replace(')', "")),
                _ => format!("network{arguments} {list}"),
            };
            // `other` twice with two names or arguments is refused, which is to be the same as well.
            roots += &format!(" {alias}{field}");
        }
        let viewer = match self.throw(6) {
            0 => format!("viewer {{ __typename ... on Viewer {{{roots}}} }}"),
            1 => format!("viewer {{{roots}}} viewer {{ __typename }}"),
            _ => format!("viewer {{{roots}}}"),
        };
        let defined: Vec<String> = self.variables.iter().map(|(name, (ty, _))| format!("${name}: {ty}")).collect();
        let defined = if defined.is_empty() { String::new() } else { format!("({})", defined.join(", ")) };
        let fragments: Vec<String> =
            self.fragments.iter().map(|(name, ty, set)| format!("fragment {name} on {ty:?} {set}")).collect();
        let document = format!("query Asked{defined} {{ {viewer} }} {}", fragments.join(" "));
        let variables = self.variables.iter().map(|(name, (_, value))| ((*name).to_owned(), value.clone()));
        Asked { document, variables: Value::Object(variables.collect()) }
    }

    fn variable(&mut self, name: &'static str, ty: &'static str, value: Value) -> String {
        self.variables.insert(name, (ty, value));
        format!("${name}")
    }

    /// The argument `first`, in whichever way, one of `right` or now and then a wrong one.
    fn first(&mut self, right: &[i32]) -> String {
        let value = match self.throw(20) {
            0..=6 => return String::new(),
            7..=9 => self.variable("three", "Int!", json!(3)),
            10 => self.variable("none", "Int! = 2", json!(4)),
            11 if self.luck(30) => ["0", "101", "null", "\"x\""][self.throw(4)].to_owned(),
            _ => right[self.throw(right.len())].to_string(),
        };
        format!("(first: {value})")
    }

    fn directive(&mut self) -> String {
        if self.directives >= 20 || !self.luck(12) {
            return String::new();
        }
        self.directives += 1;
        let value = match self.throw(4) {
            0 => "true".to_owned(),
            1 => "false".to_owned(),
            2 => self.variable("yes", "Boolean!", json!(true)),
            _ => self.variable("no", "Boolean!", json!(false)),
        };
        format!(" @{}(if: {value})", ["skip", "include"][self.throw(2)])
    }

    /// What is selected of a value of the type.
    fn selection(&mut self, ty: Type, deep: usize) -> String {
        let mut set = String::from("{");
        for _ in 0..=self.throw(if deep > 4 { 2 } else { 4 }) {
            set += " ";
            set += &self.piece(ty, deep);
        }
        set + " }"
    }

    fn piece(&mut self, ty: Type, deep: usize) -> String {
        if deep < 6 {
            match self.throw(14) {
                0 => {
                    let directive = self.directive();
                    return format!("...{directive} {}", self.selection(ty, deep + 1));
                }
                1 => {
                    let directive = self.directive();
                    let condition = if ty == Type::Member && self.luck(50) { "Node" } else { "" };
                    let (on, set) = match condition {
                        "Node" => ("Node".to_owned(), "{ __typename id }".to_owned()),
                        _ => (format!("{ty:?}"), self.selection(ty, deep + 1)),
                    };
                    return format!("... on {on}{directive} {set}");
                }
                2 if self.fragments.len() < 8 => return self.spread(ty, deep),
                _ => {}
            }
        }
        self.field(ty, deep)
    }

    /// A spread of a new fragment, or of one that is there.
    fn spread(&mut self, ty: Type, deep: usize) -> String {
        let directive = self.directive();
        let known = self.fragments.iter().find(|(_, of, _)| *of == ty).map(|(name, ..)| name.clone());
        if let Some(name) = known
            && self.luck(50)
        {
            return format!("...{name}{directive}");
        }
        let set = self.selection(ty, deep + 1);
        let name = format!("F{}", self.fragments.len());
        self.fragments.push((name.clone(), ty, set));
        format!("...{name}{directive}")
    }

    fn field(&mut self, ty: Type, deep: usize) -> String {
        let alias = match self.throw(30) {
            0 if self.aliases < 20 => ["a: ", "name: ", "node: "][self.throw(3)].to_owned(),
            1..=3 if self.aliases < 20 => format!("x{}: ", self.aliases),
            _ => String::new(),
        };
        self.aliases += usize::from(!alias.is_empty());
        let directive = self.directive();
        if self.luck(6) {
            return format!("{alias}__typename{directive}");
        }
        if self.luck(1) {
            return format!("{alias}nothing{directive}");
        }
        if ty == Type::Member && self.luck(2) {
            return format!("{alias}{}{directive}", ["bio", "skills", "area", "email"][self.throw(4)]);
        }
        let fields = ty.fields();
        // A list within a list is rare, and below that there is none: the answer would grow too large.
        let most = if ty == Type::Member && (self.within > 1 || self.within == 1 && !self.luck(10)) {
            7
        } else {
            fields.len()
        };
        let (name, arguments, below) = fields[self.throw(most)];
        let arguments = match arguments {
            Arguments::None => String::new(),
            Arguments::First => self.first(&[1, 2, 3, 100]),
            Arguments::FirstAfter if self.luck(4) => "(first: 2, after: \"x\")".to_owned(),
            Arguments::FirstAfter if self.luck(8) => {
                format!("(after: {})", self.variable("after", "String", Value::Null))
            }
            Arguments::FirstAfter => self.first(&[1, 2, 3]),
        };
        let is_list = name == "mutuals";
        self.within += usize::from(is_list);
        let set = below.map(|below| format!(" {}", self.selection(below, deep + 1))).unwrap_or_default();
        self.within -= usize::from(is_list);
        format!("{alias}{name}{arguments}{directive}{set}")
    }
}

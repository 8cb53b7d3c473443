//! Bounds the work a GraphQL document can ask for before anything parses it.
//!
//! The engine's parser recurses over values without a limit, and its validators walk a fragment as often as it is
//! spread: a few kilobytes from a stranger could overflow the stack, which aborts the process, or hold a core for good.
//! So this guard reads the text first: one pass of a lexer, then one walk over the graph of fragments in which each
//! counts once. Its own work grows with the bytes and never with what they mean.
//!
//! Deliberately absent:
//! - Judging syntax. A broken document passes if it is small: the parser will say what is wrong, and where.
//! - The schema. How many nodes an answer may hold is known to `cost`, how large a body may be to the handler.
//! - Trust in the specification alone. Where the engine's parser reads a text differently, the guard counts as that
//!   parser does (marked "Engine" below): what one overlooks and the other executes would be a hole.

use std::collections::{HashMap, HashSet};

#[cfg(test)]
mod tests;

/// The most a document may contain. Each limit itself is still allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Names, values and punctuation together. Comments and commas are free.
    pub tokens: usize,
    /// Brackets of any kind open at once.
    pub nesting: usize,
    /// Renamed fields in the whole document, fragments included.
    pub aliases: usize,
    /// Directives in the whole document, wherever they stand.
    pub directives: usize,
    /// Fragment definitions.
    pub fragments: usize,
    /// Operation definitions, of which a request runs one.
    pub operations: usize,
    /// Fields, inline fragments and spreads of the largest definition, each spread bringing those it stands for.
    pub selections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            tokens: 2_000,
            nesting: 64,
            aliases: 50,
            directives: 50,
            fragments: 50,
            operations: 10,
            selections: 5_000,
        }
    }
}

/// Why a document goes no further. Each variant carries the limit it passed.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    /// Too long.
    Tokens(usize),
    /// Too deep.
    Nesting(usize),
    /// Too many aliases.
    Aliases(usize),
    /// Too many directives.
    Directives(usize),
    /// Too many fragment definitions.
    Fragments(usize),
    /// Too many operation definitions.
    Operations(usize),
    /// Too much once fragments are expanded.
    Selections {
        /// The most a definition may expand to.
        limit: usize,
        /// What the largest one expands to.
        found: usize,
    },
    /// A fragment that spreads itself, directly or through others.
    Cycle {
        /// One of the fragments on the cycle.
        fragment: String,
    },
}

impl Refused {
    /// What is wrong and what to do about it, for the author of the document.
    pub fn message(&self) -> String {
        let (limit, what, remedy) = match self {
            Self::Cycle { fragment } => return format!("The fragment {fragment:?} spreads itself. Break the cycle."),
            Self::Selections { limit, found } => {
                let (found, limit) = (grouped(*found), grouped(*limit));
                return format!("The document expands to {found} selections, more than {limit}. Select less.");
            }
            Self::Tokens(limit) => (limit, "tokens", "Split it into several requests."),
            Self::Nesting(limit) => (limit, "brackets open at once", "Nest less deeply."),
            Self::Aliases(limit) => (limit, "aliases", "Split it into several requests."),
            Self::Directives(limit) => (limit, "directives", "Put them on whole fragments."),
            Self::Fragments(limit) => (limit, "fragments", "Send only those it uses."),
            Self::Operations(limit) => (limit, "operations", "Send only the one to run."),
        };
        format!("The document has more than {} {what}. {remedy}", grouped(*limit))
    }
}

/// Says whether `document` stays within `limits`; an error names the first limit it passes.
pub fn check(document: &str, limits: &Limits) -> Result<(), Refused> {
    let found = largest_expansion(&read(document, limits)?)?;
    if found > limits.selections {
        return Err(Refused::Selections { limit: limits.selections, found });
    }
    Ok(())
}

/// What the walk over fragments needs to know of an operation or a fragment.
#[derive(Default)]
struct Definition<'a> {
    /// The fragment's name; `None` for an operation.
    fragment: Option<&'a str>,
    /// Its own fields, inline fragments and spreads.
    selections: usize,
    /// The fragments it spreads, once for each time.
    spreads: Vec<&'a str>,
}

/// Where the reader stands while no bracket is open.
enum Place {
    BetweenDefinitions,
    FragmentName,
    Heading,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bracket {
    Selections,
    /// Arguments, variable definitions, lists, objects, types.
    Values,
}

/// What the token before makes of a name in a selection set.
enum Before {
    Spread,
    SpreadOn,
    At,
    Other,
}

/// Counts what `document` has, and keeps only an outline of it.
fn read<'a>(document: &'a str, limits: &Limits) -> Result<Vec<Definition<'a>>, Refused> {
    let (mut tokens, mut aliases, mut directives, mut fragments, mut operations) = (0, 0, 0, 0, 0);
    let mut definitions = Vec::new();
    let mut definition = Definition::default();
    let mut open = Vec::new();
    let mut place = Place::BetweenDefinitions;
    let mut before = Before::Other;

    for token in (Lexer { rest: document }) {
        tokens += match token {
            // Engine: like the lexer it searches to the end for each of these, 5 ms through 200 KB. Charged for as
            // tokens, they cannot add up.
            Token::Unclosed(searched) => 1 + searched / 256,
            Token::Name(_) | Token::Literal | Token::Spread | Token::Mark(_) => 1,
        };
        if tokens > limits.tokens {
            return Err(Refused::Tokens(limits.tokens));
        }
        let mut now = Before::Other;
        match (token, open.last()) {
            (Token::Mark(mark @ ('{' | '(' | '[')), inside) => {
                if inside.is_none() && mark == '{' && matches!(place, Place::BetweenDefinitions) {
                    one_more(&mut operations, limits.operations, Refused::Operations)?;
                }
                let selects = mark == '{' && inside != Some(&Bracket::Values);
                open.push(if selects { Bracket::Selections } else { Bracket::Values });
                if open.len() > limits.nesting {
                    return Err(Refused::Nesting(limits.nesting));
                }
            }
            // Which bracket closes which is for the parser to check.
            (Token::Mark('}' | ')' | ']'), _) => {
                let closed = open.pop();
                if closed == Some(Bracket::Selections) && open.is_empty() {
                    definitions.push(std::mem::take(&mut definition));
                    place = Place::BetweenDefinitions;
                }
            }
            (Token::Mark('@'), _) => {
                one_more(&mut directives, limits.directives, Refused::Directives)?;
                now = Before::At;
            }
            (Token::Name(name), None) => {
                place = match place {
                    // Engine: it takes `fragmentA on B` and `queryA`. What is no fragment can only be an operation.
                    Place::BetweenDefinitions => match name.strip_prefix("fragment") {
                        Some(rest) => {
                            one_more(&mut fragments, limits.fragments, Refused::Fragments)?;
                            definition.fragment = Some(rest);
                            if rest.is_empty() { Place::FragmentName } else { Place::Heading }
                        }
                        None => {
                            one_more(&mut operations, limits.operations, Refused::Operations)?;
                            Place::Heading
                        }
                    },
                    Place::FragmentName => {
                        definition.fragment = Some(name);
                        Place::Heading
                    }
                    Place::Heading => Place::Heading,
                };
            }
            (Token::Spread, Some(Bracket::Selections)) => {
                definition.selections += 1;
                now = Before::Spread;
            }
            (Token::Name(name), Some(Bracket::Selections)) => match before {
                // Engine: it lets a fragment be called `on`, so `... on` may spread that. No legal document has one.
                Before::Spread => {
                    definition.spreads.push(name);
                    now = if name == "on" { Before::SpreadOn } else { Before::Other };
                }
                Before::SpreadOn | Before::At => {}
                Before::Other => definition.selections += 1,
            },
            (Token::Mark(':'), Some(Bracket::Selections)) => {
                one_more(&mut aliases, limits.aliases, Refused::Aliases)?;
                // The name before it was the alias; the one after it is the field.
                definition.selections = definition.selections.saturating_sub(1);
            }
            _ => {}
        }
        before = now;
    }
    definitions.push(definition);
    Ok(definitions)
}

fn one_more(count: &mut usize, limit: usize, refused: fn(usize) -> Refused) -> Result<(), Refused> {
    *count += 1;
    if *count > limit { Err(refused(limit)) } else { Ok(()) }
}

/// The selections of the largest definition, fragments expanded.
///
/// Each round settles the definitions whose fragments are settled, so nothing is expanded twice; a round that settles
/// none has met a cycle. Fragments that no operation reaches count too: the engine validates them all the same.
fn largest_expansion(definitions: &[Definition<'_>]) -> Result<usize, Refused> {
    let defined: HashSet<_> = definitions.iter().filter_map(|it| it.fragment).collect();
    let mut settled = HashMap::new();
    let mut largest = 0;
    let mut waiting: Vec<_> = definitions.iter().collect();
    while !waiting.is_empty() {
        let waited = waiting.len();
        let mut waits_for = HashMap::new();
        waiting.retain(|definition| {
            let mut sum = definition.selections;
            for &spread in definition.spreads.iter().filter(|&it| defined.contains(it)) {
                let Some(&expanded) = settled.get(spread) else {
                    waits_for.insert(definition.fragment, spread);
                    return true;
                };
                sum = sum.saturating_add(expanded);
            }
            largest = largest.max(sum);
            if let Some(fragment) = definition.fragment {
                settled.insert(fragment, sum);
            }
            false
        });
        if waiting.len() == waited {
            // Whoever waits may only lead to the cycle; as many steps as there are waiting end on it for sure.
            let mut at = waiting.first().and_then(|it| it.fragment);
            for _ in 0..=waited {
                at = waits_for.get(&at).copied();
            }
            let fragment = at.unwrap_or_default().to_owned();
            return Err(Refused::Cycle { fragment });
        }
    }
    Ok(largest)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Name(&'a str),
    /// A number or a string: what it says does not matter here.
    Literal,
    /// The quotes of a block string whose end was searched for in vain, through so many bytes.
    Unclosed(usize),
    Spread,
    /// One of the punctuators of a single character.
    Mark(char),
}

/// What begins and ends a block string.
const TRIPLE: &str = "\"\"\"";

/// What ends a comment, and a string that has no closing quote.
const LINE_ENDS: [char; 2] = ['\n', '\r'];

/// Cuts a document into tokens and passes over what is none.
struct Lexer<'a> {
    rest: &'a str,
}

impl<'a> Lexer<'a> {
    fn take_while(&mut self, mut belongs: impl FnMut(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn number(&mut self) -> Token<'a> {
        let digit = |c: char| c.is_ascii_digit();
        self.rest = self.rest.strip_prefix('-').unwrap_or(self.rest).trim_start_matches(digit);
        for marks in [&["."][..], &["e+", "e-", "e", "E+", "E-", "E"]] {
            let tail = marks.iter().find_map(|mark| self.rest.strip_prefix(mark));
            if let Some(digits) = tail.filter(|tail| tail.starts_with(digit)) {
                self.rest = digits.trim_start_matches(digit);
            }
        }
        Token::Literal
    }

    fn string(&mut self) -> Token<'a> {
        if let Some(block) = self.rest.strip_prefix(TRIPLE) {
            if let Some(rest) = after_block(block) {
                self.rest = rest;
                return Token::Literal;
            }
            // Engine: without an end this is an empty string, and the third quote starts another.
            self.rest = self.rest.strip_prefix("\"\"").unwrap_or(block);
            return Token::Unclosed(block.len());
        }
        self.rest = self.rest.strip_prefix('"').unwrap_or(self.rest);
        let mut escaped = false;
        self.take_while(|c| {
            let ends = LINE_ENDS.contains(&c) || (c == '"' && !escaped);
            escaped = c == '\\' && !escaped;
            !ends
        });
        self.rest = self.rest.strip_prefix('"').unwrap_or(self.rest);
        Token::Literal
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let first = self.rest.chars().next()?;
            match first {
                'A'..='Z' | 'a'..='z' | '_' => {
                    return Some(Token::Name(self.take_while(|c| c.is_ascii_alphanumeric() || c == '_')));
                }
                '0'..='9' | '-' => return Some(self.number()),
                '"' => return Some(self.string()),
                '#' => _ = self.take_while(|c| !LINE_ENDS.contains(&c)),
                _ => {
                    if let Some(rest) = self.rest.strip_prefix("...") {
                        self.rest = rest;
                        return Some(Token::Spread);
                    }
                    self.rest = self.rest.strip_prefix(first).unwrap_or_default();
                    if "!$&():=@[]{|}".contains(first) {
                        return Some(Token::Mark(first));
                    }
                }
            }
        }
    }
}

/// What follows the block string whose text `rest` begins with, if it ends.
fn after_block(mut rest: &str) -> Option<&str> {
    while let Some((text, after)) = rest.split_once(TRIPLE) {
        if !text.ends_with('\\') {
            return Some(after);
        }
        rest = after;
    }
    None
}

/// `number` with a comma before every three digits.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

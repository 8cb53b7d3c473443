//! The texts against the code: each name has a text in every language, each text is used, and what goes in is the same.

use std::collections::{BTreeMap, BTreeSet};

use api::words::Language;

use crate::shape::{Source, below, sources};

/// Texts by their names, each with what goes into it.
type Texts = BTreeMap<String, BTreeSet<String>>;

/// The texts of a language, as its files have them.
fn texts(language: Language) -> Texts {
    let mut texts = Texts::new();
    for file in below(&format!("api/locales/{}", language.tag()), "ftl") {
        let mut last = String::new();
        for line in file.text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((id, _)) = line.split_once(" =").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase()))
            {
                id.clone_into(&mut last);
                let twice = texts.insert(last.clone(), BTreeSet::new()).is_some();
                assert!(!twice, "{}: {id} is there twice", file.path);
            }
            let names = line.split("{ $").skip(1).map(|rest| rest.split([' ', '}']).next().unwrap_or_default());
            texts.entry(last.clone()).or_default().extend(names.map(str::to_owned));
        }
        assert!(!file.text.contains("{$"), "{}: write {{ $name }}, so that this test can read it", file.path);
    }
    texts.retain(|id, _| !id.is_empty());
    texts
}

/// The text between the quotes at the beginning of `code`.
fn quoted(code: &str) -> Option<&str> {
    code.trim_start().strip_prefix('"')?.split('"').next()
}

/// What follows the bracket that closes the one open where `code` begins.
fn after_bracket(code: &str) -> &str {
    let mut open = 1;
    let end = code.find(|c| {
        open += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        open == 0
    });
    end.map_or("", |end| &code[end + 1..])
}

/// The messages a file makes.
fn made(source: &Source) -> Vec<(String, BTreeSet<String>)> {
    let code: String = source.code().map(|(_, line)| line).collect::<Vec<_>>().join("\n");
    let made = |(at, call): (usize, &str)| {
        let mut rest = &code[at + call.len()..];
        let id = quoted(rest).unwrap_or_else(|| panic!("{}: a message's id is to be written out", source.path));
        let mut args = BTreeSet::new();
        rest = after_bracket(rest).trim_start();
        while let Some(with) = rest.strip_prefix(".with(") {
            args.insert(quoted(with).expect("the name of an argument is to be written out").to_owned());
            rest = after_bracket(with).trim_start();
        }
        (id.to_owned(), args)
    };
    code.match_indices("Message::new(").map(made).collect()
}

#[test]
fn every_message_has_its_text_in_every_language_and_every_text_its_message() {
    let sources = ["domain/src", "api/src"].into_iter().flat_map(sources).filter(|source| !source.is_test());
    let made: Vec<(String, String, BTreeSet<String>)> = sources
        .flat_map(|source| made(&source).into_iter().map(move |(id, args)| (source.path.clone(), id, args)))
        .collect();
    assert!(made.len() > 20, "the messages were found: {made:?}");
    for language in Language::ALL {
        let texts = texts(language);
        for (path, id, args) in &made {
            let wanted = texts.get(id).unwrap_or_else(|| panic!("{path}: {id} has no text in {language:?}"));
            assert_eq!(args, wanted, "{path}: what goes into {id}, and what its text in {language:?} has");
        }
        let used: BTreeSet<&String> = made.iter().map(|(_, id, _)| id).collect();
        let unused: Vec<&String> = texts.keys().filter(|id| !used.contains(id)).collect();
        assert!(unused.is_empty(), "nobody says, in {language:?}: {unused:?}");
    }
}

#[test]
fn every_language_is_one_there_are_files_for() {
    let tags: BTreeSet<String> = below("api/locales", "ftl")
        .iter()
        .map(|file| file.path.split('/').nth(2).unwrap_or_default().to_owned())
        .collect();
    assert_eq!(tags, Language::ALL.iter().map(|language| language.tag().to_owned()).collect());
}

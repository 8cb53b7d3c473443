//! The architecture's rules, held against the source text: which crate and which file may name what.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A source file: its path from the top of the repository, and its text.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").to_owned()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(top().join(path)).unwrap_or_else(|cause| panic!("{path}: {cause}"))
}

/// The Rust files below a folder.
pub(crate) fn sources(folder: &str) -> Vec<Source> {
    below(folder, "rs")
}

/// The files below a folder whose names end so.
pub(crate) fn below(folder: &str, ending: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![top().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == ending) {
                let text = std::fs::read_to_string(&entry).expect("text");
                let path = entry.strip_prefix(top()).expect("below the top").to_string_lossy().replace('\\', "/");
                found.push(Source { path, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "{folder} has sources");
    found
}

impl Source {
    /// The lines of code with their numbers: without comments, which may name anything.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text.lines()).filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// Where one of `names` stands as a word in the code.
    fn naming(&self, names: &[&str]) -> Vec<String> {
        let in_line = |line: &str| names.iter().any(|name| has_word(line, name));
        self.code()
            .filter(|(_, line)| in_line(line))
            .map(|(number, line)| format!("{}:{number}: {}", self.path, line.trim()))
            .collect()
    }

    pub(crate) fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs")
    }
}

/// Whether `name` stands in `line`, not as a part of a longer name.
fn has_word(line: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(name).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + name.len()..]);
        let begins = !name.starts_with(part) || !before.ends_with(part);
        begins && (!name.ends_with(part) || !after.starts_with(part))
    })
}

fn nothing(found: Vec<String>, rule: &str) {
    assert!(found.is_empty(), "{rule}:\n  {}", found.join("\n  "));
}

/// The names of a section of a Cargo.toml.
fn dependencies(manifest: &str, section: &str) -> BTreeSet<String> {
    let text = read(manifest);
    let lines = text.lines().skip_while(|line| line.trim() != format!("[{section}]")).skip(1);
    let names = lines.take_while(|line| !line.starts_with('[')).filter_map(|line| line.split(['.', '=', ' ']).next());
    names.filter(|name| !name.is_empty() && !name.starts_with('#')).map(str::to_owned).collect()
}

fn depends_on_none(manifest: &str, banned: &[&str]) {
    let named = dependencies(manifest, "dependencies");
    assert!(!named.is_empty(), "{manifest} was read");
    nothing(named.into_iter().filter(|name| banned.iter().any(|banned| name == banned)).collect(), manifest);
}

#[test]
fn crates_depend_in_one_direction() {
    depends_on_none("migration/Cargo.toml", &["domain", "api"]);
    depends_on_none(
        "domain/Cargo.toml",
        &["api", "actix-web", "async-graphql", "jsonwebtoken", "reqwest", "axum", "hyper", "clap"],
    );
    depends_on_none("api/Cargo.toml", &["sea-orm", "sea-orm-migration", "migration", "redis", "sqlx", "moka"]);
}

#[test]
fn the_domain_knows_no_web_and_no_environment() {
    let banned = ["actix_web", "async_graphql", "jsonwebtoken", "std::env", "env::var", "env!", "option_env!"];
    let sources = sources("domain/src");
    let code = sources.iter().filter(|source| !source.is_test());
    nothing(code.flat_map(|source| source.naming(&banned)).collect(), "domain");
}

#[test]
fn the_api_knows_no_database_and_no_redis() {
    let banned = ["sea_orm::", "sqlx::", "redis::", "sea_orm_migration::", "migration::", "SELECT", "INSERT INTO"];
    nothing(sources("api/src").iter().flat_map(|source| source.naming(&banned)).collect(), "api");
}

#[test]
fn migrations_know_neither_crate() {
    nothing(
        sources("migration/src").iter().flat_map(|source| source.naming(&["domain::", "api::"])).collect(),
        "migration",
    );
}

/// Holds that only the files listed name any of `names`, and that those still do.
fn only(folders: &[&str], allowed: &[&str], names: &[&str]) {
    let all: Vec<Source> =
        folders.iter().flat_map(|folder| sources(folder)).filter(|source| !source.is_test()).collect();
    let naming: BTreeMap<&str, Vec<String>> = all
        .iter()
        .map(|source| (source.path.as_str(), source.naming(names)))
        .filter(|(_, found)| !found.is_empty())
        .collect();
    for file in allowed {
        assert!(naming.contains_key(file), "{file} names none of {names:?} any more: bring this rule up to date");
    }
    nothing(
        naming.into_iter().filter(|(path, _)| !allowed.contains(path)).flat_map(|(_, found)| found).collect(),
        &format!("only {allowed:?} may"),
    );
}

#[test]
fn one_file_knows_each_thing() {
    let all = ["api/src", "domain/src", "migration/src"];
    let redis =
        ["domain/src/cache.rs", "domain/src/cache/shared.rs", "domain/src/limiter.rs", "domain/src/live/link.rs"];
    only(&all, &redis, &["redis::"]);
    only(&all, &["api/src/auth.rs"], &["jsonwebtoken"]);
    only(&all, &["api/src/words.rs"], &["fluent_templates"]);
    only(&all, &["api/src/mail.rs", "api/src/mail/text.rs"], &["lettre"]);
    only(&all, &["api/src/config.rs"], &["std::env", "env::var", "env::vars"]);
    only(&all, &["domain/src/ctx.rs"], &["now_utc", "SystemTime::now", "UtcDateTime::now", "now_local"]);
    only(
        &["api/src"],
        &["api/src/graphql/error.rs", "api/src/http/graphql/answer.rs"],
        &["extensions.set", "set(\"code\""],
    );
}

#[test]
fn every_module_says_what_it_is() {
    let all = ["api/src", "domain/src", "migration/src", "api/tests"].into_iter().flat_map(sources);
    let bare = all.filter(|source| !source.text.starts_with("//! "));
    nothing(bare.map(|source| source.path).collect(), "without module docs");
}

#[test]
fn no_file_is_longer_than_400_lines() {
    let all = ["api/src", "domain/src", "migration/src", "api/tests"].into_iter().flat_map(sources);
    let long = all.map(|source| (source.text.lines().count(), source.path)).filter(|(lines, _)| *lines > 400);
    nothing(long.map(|(lines, path)| format!("{path}: {lines} lines")).collect(), "split it by sub-noun");
}

#[test]
fn names_of_modules_say_something() {
    let empty = ["utils", "util", "helpers", "helper", "common", "manager", "service", "misc", "types", "models"];
    let all = ["api/src", "domain/src", "migration/src", "api/tests"].into_iter().flat_map(sources);
    let found = all.filter(|source| source.path.split(['/', '.']).any(|step| empty.contains(&step)));
    nothing(found.map(|source| source.path).collect(), "a name that says nothing");
}

#[test]
fn the_top_of_the_repository_is_short() {
    // `target` is cargo's, and not checked in.
    let agreed = [
        "Cargo.lock",
        "Cargo.toml",
        "README.md",
        "api",
        "docker-compose.yml",
        "domain",
        "migration",
        "schema.graphql",
        "target",
    ];
    let entries = std::fs::read_dir(top())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    nothing(
        entries.filter(|name| !name.starts_with('.') && !agreed.contains(&name.as_str())).collect(),
        "nothing else is visible at the top",
    );
}

/// Which nouns a noun may call. A noun that is not here calls none, and everything else of the domain calls no noun.
const EDGES: [(&str, &[&str]); 25] = [
    ("document", &[]),
    ("member", &[]),
    ("notification", &[]),
    ("news", &[]),
    ("process", &[]),
    ("session", &["member"]),
    ("credential", &["member", "session"]),
    ("tie", &["member", "notification", "process"]),
    ("community", &["member", "notification", "news", "tie"]),
    ("goal", &["member", "news", "community"]),
    ("gathering", &["member", "news", "tie", "community"]),
    ("webhook", &["member", "notification", "news", "credential", "community"]),
    ("conversation", &["notification", "tie"]),
    ("report", &["member", "community", "conversation"]),
    ("introduction", &["member", "notification", "tie", "goal", "conversation"]),
    ("ask", &["notification", "tie", "community", "goal", "conversation"]),
    ("invitation", &["member", "community"]),
    ("access_token", &["session", "credential", "community"]),
    ("roster", &["notification", "community", "invitation"]),
    ("handshake", &["member", "tie", "community", "gathering", "invitation"]),
    ("network", &["member", "tie"]),
    ("block", &["member", "process", "tie", "community", "conversation"]),
    ("import", &["member", "tie", "community"]),
    (
        "account",
        &[
            "member",
            "process",
            "session",
            "credential",
            "tie",
            "community",
            "invitation",
            "handshake",
            "roster",
            "import",
        ],
    ),
    (
        "demo",
        &[
            "member",
            "tie",
            "community",
            "goal",
            "gathering",
            "import",
            "notification",
            "conversation",
            "introduction",
            "ask",
        ],
    ),
];

/// The modules of the domain that a file names, whatever way it imports them.
fn named_modules(source: &Source) -> BTreeSet<String> {
    let code: String = source.code().map(|(_, line)| line).collect::<Vec<_>>().join("\n");
    let mut named = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let group =
            rest.strip_prefix('{').map_or(rest, |group| group.split_once('}').map_or(group, |(inside, _)| inside));
        let names = if rest.starts_with('{') { group.split(',').collect() } else { vec![group] };
        let first =
            |name: &str| name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        named.extend(names.into_iter().map(first));
    }
    named
}

#[test]
fn nouns_call_one_another_in_one_order() {
    let mut order: Vec<&str> = Vec::new();
    for (noun, may) in EDGES {
        assert!(
            may.iter().all(|earlier| order.contains(earlier)),
            "the table has no cycles: {noun} comes after {may:?}"
        );
        order.push(noun);
    }
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for source in sources("domain/src").iter().filter(|source| !source.is_test() && source.path != "domain/src/lib.rs")
    {
        let own = source.path.split('/').nth(2).unwrap_or_default().trim_end_matches(".rs");
        let may = EDGES.iter().find(|(noun, _)| *noun == own).map_or(&[][..], |(_, may)| *may);
        for named in named_modules(source).iter().filter(|named| order.contains(&named.as_str())) {
            seen.insert((own.to_owned(), named.clone()));
            if named != own && !may.contains(&named.as_str()) {
                found.push(format!("{}: {own} calls {named}", source.path));
            }
        }
    }
    assert!(seen.contains(&("block".to_owned(), "tie".to_owned())), "the edges were found: {seen:?}");
    // The outer rim of the cache is made in lib.rs, which names what it holds.
    nothing(found, "against the order of the nouns");
}

#[test]
fn every_entity_is_a_table_without_logic() {
    let logic = ["pub fn", "pub(crate) fn", "async fn", "impl Model"];
    let entities = sources("domain/src/entity");
    nothing(entities.iter().flat_map(|source| source.naming(&logic)).collect(), "entities have no logic");
}

#[test]
fn the_readme_lists_every_code_and_every_setting() {
    let readme = read("README.md");
    let mut wanted: Vec<String> =
        api::graphql::error::RequestCode::ALL.iter().map(|code| code.as_str().to_owned()).collect();
    let sdl = api::graphql::sdl();
    let codes = sdl
        .split_once("enum UserErrorCode {")
        .and_then(|(_, rest)| rest.split_once('}'))
        .map_or("", |(codes, _)| codes);
    let is_code = |line: &str| line.chars().all(|c| c.is_ascii_uppercase() || c == '_') && !line.is_empty();
    let codes: Vec<String> = codes.lines().map(str::trim).filter(|line| is_code(line)).map(str::to_owned).collect();
    assert!(codes.contains(&"HANDLE_TAKEN".to_owned()), "the codes were found: {codes:?}");
    wanted.extend(codes);
    wanted.extend(api::config::VARIABLES.iter().map(|name| (*name).to_owned()));
    nothing(wanted.into_iter().filter(|name| !has_word(&readme, name)).collect(), "missing in README.md");
}

#[test]
fn the_readme_names_no_setting_there_is_not() {
    let readme = read("README.md");
    let named = readme
        .match_indices("KITH_")
        .map(|(at, _)| readme[at..].chars().take_while(|c| c.is_ascii_uppercase() || *c == '_').collect::<String>());
    let known = |name: &str| name == "KITH_" || api::config::VARIABLES.contains(&name.trim_end_matches("_FILE"));
    nothing(named.filter(|name| !known(name)).collect(), "README.md names what is no setting");
}

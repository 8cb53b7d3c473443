//! The access matrix: what each kind of viewer gets of each root field, as a table that is checked in.
//!
//! It has three stages: [`mara`] and what is hers, a [`community`], and what an [`asker`] asks for. Every field of `Query`, `Mutation`, `Viewer` and
//! `Community` has a row; one that is added without a row fails here. `UPDATE=1` writes the table anew: look at its diff.

mod asker;
mod community;
mod mara;

use std::collections::BTreeSet;
use std::fmt::Write;

use api::config::Switch;
use futures::future::join_all;
use serde_json::Value;

use crate::support::{Person, World, refusals};

/// A world to ask in: those who ask, in the order of the table, and the ids of what they ask about.
struct Stage {
    world: World,
    viewers: Vec<(&'static str, Person)>,
    ids: Value,
}

impl Stage {
    /// The document's answer to one viewer, in a few words.
    async fn told(&self, viewer: &Person, document: &str) -> String {
        let mut variables = self.ids.clone();
        let named = |name: &str| document.contains(&format!("${name}:"));
        variables.as_object_mut().expect("ids").retain(|name, _| named(name));
        let (soon, later) = (self.world.hours_from_now(24), self.world.hours_from_now(26));
        let document = document.replace("SOON", &soon).replace("LATER", &later);
        let answer = match document.starts_with("subscription") {
            true => viewer.listen(&document, variables).await,
            false => viewer.ask(&document, variables).await,
        };
        if answer.is_null() {
            return "listens".to_owned();
        }
        if let Some(code) = answer.pointer("/errors/0/extensions/code").and_then(Value::as_str) {
            let data = if answer["data"].is_null() { "" } else { " with data" };
            return format!("error {code}{data}");
        }
        let payload = answer["data"].as_object().and_then(|data| data.values().next()).cloned().unwrap_or(Value::Null);
        let refused = refusals(&payload).join(" ");
        let mut payload = payload;
        if let Some(fields) = payload.as_object_mut() {
            fields.remove("userErrors");
        }
        if refused.is_empty() { plain(&payload) } else { format!("refused {refused}") }
    }
}

/// An answer without its brackets and quotes; an id as the word for it, a moment as well.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::String(id)
            if [
                "mem_", "tie_", "clm_", "blk_", "ses_", "inv_", "hsk_", "com_", "msh_", "gat_", "gol_", "cmt_", "rep_",
                "int_", "ask_", "nom_", "con_", "msg_", "ntf_", "tok_", "whk_", "dlv_",
            ]
            .iter()
            .any(|prefix| id.starts_with(prefix)) =>
        {
            "its id".to_owned()
        }
        Value::String(moment) if moment.ends_with('Z') && moment.contains('T') => "a moment".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(rows) if rows.is_empty() => "none".to_owned(),
        Value::Array(rows) => rows.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(fields) if fields.len() == 1 => fields.values().map(plain).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| format!("{name} {}", plain(value))).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// A row of the table: each viewer asks in turn, those who may do least first.
async fn row(stage: &Stage, field: &str, document: &str) -> String {
    let mut text = format!("{field}\n    {document}\n");
    for (kind, viewer) in &stage.viewers {
        let told = stage.told(viewer, document).await;
        writeln!(text, "        {kind:<11}{told}").expect("a string takes text");
    }
    text
}

/// The rows of one stage.
async fn table(rows: &[(&str, &str)], stage: impl AsyncFn() -> Stage) -> Vec<String> {
    let (mutations, queries): (Vec<_>, Vec<_>) =
        rows.iter().copied().partition(|(field, _)| field.starts_with("Mutation."));
    let one = stage().await;
    let mut told = Vec::new();
    for (field, document) in queries {
        told.push(row(&one, field, document).await);
    }
    drop(one.world);
    for some in mutations.chunks(3) {
        // A mutation changes what the next one would find: each has a world of its own.
        let made = some.iter().map(|(field, document)| async { row(&stage().await, field, document).await });
        told.extend(join_all(made).await);
    }
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_viewer_gets_what_the_table_says() {
    let mut rows = table(&mara::ROWS, mara::stage).await;
    rows.extend(table(&community::ROWS, community::stage).await);
    rows.extend(table(&asker::ROWS, asker::stage).await);
    let head = "What each kind of viewer gets of each root field, about mara and what is hers, about a community and what is in it, and\n\
                about what rita asks for\n\
                (api/tests/it/access/). The viewers of a mutation ask one after the other, from the top: what one has done, the\n\
                next one finds.\n\n";
    let table = format!("{head}{}", rows.join("\n"));
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/access.txt");
    if is_update() {
        std::fs::write(&path, &table).expect("access.txt is written");
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    for (old, new) in checked_in.split("\n\n").zip(table.split("\n\n")) {
        assert_eq!(
            new, old,
            "access.txt says otherwise; if it should change, run this test with UPDATE=1 and look at the diff"
        );
    }
    assert!(checked_in == table, "access.txt lacks rows: run this test with UPDATE=1 and look at the diff");
}

#[expect(clippy::disallowed_methods, reason = "asked for by whoever runs this test")]
pub(crate) fn is_update() -> bool {
    std::env::var_os("UPDATE").is_some()
}

#[tokio::test]
async fn every_root_field_has_a_row() {
    let fields = "fields { name }";
    let document = format!(
        "{{ query: __type(name: \"Query\") {{ {fields} }} mutation: __type(name: \"Mutation\") {{ {fields} }} viewer: __type(name: \"Viewer\") {{ {fields} }} community: __type(name: \"Community\") {{ {fields} }} subscription: __type(name: \"Subscription\") {{ {fields} }} }}"
    );
    let answer = api::graphql::schema(Switch::On).execute(document).await;
    assert_eq!(answer.errors, []);
    let data = serde_json::to_value(answer.data).expect("JSON");
    let mut there = BTreeSet::new();
    for (alias, name) in [
        ("query", "Query"),
        ("mutation", "Mutation"),
        ("viewer", "Viewer"),
        ("community", "Community"),
        ("subscription", "Subscription"),
    ] {
        let fields = data[alias]["fields"].as_array().cloned().unwrap_or_default();
        there.extend(fields.iter().map(|field| format!("{name}.{}", field["name"].as_str().unwrap_or_default())));
    }
    let rows: BTreeSet<String> =
        mara::ROWS.iter().chain(&community::ROWS).chain(&asker::ROWS).map(|(field, _)| (*field).to_owned()).collect();
    assert_eq!(there.difference(&rows).collect::<Vec<_>>(), Vec::<&String>::new(), "a root field without a row");
    assert_eq!(rows.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new(), "a row without a root field");
}

//! `kith documents`: the operations of our own apps, trusted by the ids that they send in place of the text.
//!
//! A document is trusted only if it could run: it passes the guard, the parser and the schema's rules. If one does not, nothing
//! is loaded, and all that are wrong are listed.

mod manifest;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use async_graphql::parser::parse_query;
use clap::{Args, Subcommand};
use domain::Role;
use domain::ctx::{Ctx, Viewer};
use domain::document::{self, Loaded, NewDocument};

use super::operator::explain;
use super::print;
use crate::config::Config;
use crate::graphql::{Rules, moment};
use crate::http::graphql::document::{LONGEST_ID, hash, trusted_id};
use crate::http::guard::{self, Limits};
use crate::open;

#[derive(Subcommand)]
pub(super) enum Documents {
    /// Load the documents of manifests: Relay's, graphql-codegen's or Apollo's
    Load(LoadArgs),
    /// List those that are trusted, the oldest first
    List,
}

/// What is loaded.
#[derive(Args)]
pub(super) struct LoadArgs {
    /// Manifests, such as persisted_queries.json, persisted-documents.json or persisted-query-manifest.json
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// `kith documents`.
pub(super) async fn run(command: Documents, config: &Config) -> Result<(), String> {
    match command {
        Documents::Load(args) => load(&args.files, config).await,
        Documents::List => {
            let ctx = Ctx::new(&open(config, Role::Command).await?, Viewer::System);
            let trusted = document::list(&ctx).await.map_err(explain)?;
            trusted.iter().try_for_each(|it| {
                let since = moment(it.created_at);
                print(&format!("{}  {since}  {}", it.id, it.operations))
            })?;
            print(&format!("{} trusted documents", trusted.len()))
        }
    }
}

async fn load(files: &[PathBuf], config: &Config) -> Result<(), String> {
    let rules = Rules::new();
    let mut documents: BTreeMap<String, NewDocument> = BTreeMap::new();
    let mut refused = Vec::new();
    for file in files {
        let told = |id: &str, why: &str| format!("{}: {id}: {why}", file.display());
        let (mut good, given) = (0, read(file)?);
        let count = given.len();
        for (id, body) in given {
            match checked(&rules, &id, body).await {
                Ok(it) if documents.get(&it.id).is_some_and(|other| other.body != it.body) => {
                    refused.push(told(&id, "this id stands for another text as well"));
                }
                Ok(it) => {
                    good += 1;
                    documents.insert(it.id.clone(), it);
                }
                Err(why) => refused.push(told(&id, &why)),
            }
        }
        print(&format!("{}: {good} of {count} documents can be trusted", file.display()))?;
    }
    if !refused.is_empty() {
        return Err(format!("{}\nNothing was loaded.", refused.join("\n")));
    }
    let ctx = Ctx::new(&open(config, Role::Command).await?, Viewer::System);
    match document::load(&ctx, documents.into_values().collect()).await.map_err(explain)? {
        Loaded::Done { fresh, known } => print(&format!("{fresh} documents are trusted now, {known} were before.")),
        Loaded::Taken(ids) => {
            let told = |id: &String| format!("{id}: this id stands for another text, which apps may still send");
            let told: Vec<String> = ids.iter().map(told).collect();
            Err(format!("{}\nNothing was loaded.", told.join("\n")))
        }
    }
}

fn read(file: &Path) -> Result<Vec<(String, String)>, String> {
    let text = std::fs::read_to_string(file).map_err(|cause| format!("{}: {cause}.", file.display()))?;
    manifest::read(&text).map_err(|why| format!("{}: {why}", file.display()))
}

/// A document that could run, by the id it is stored under.
async fn checked(rules: &Rules, given: &str, body: String) -> Result<NewDocument, String> {
    let wrong_id = || format!("the id must be text of 1 to {LONGEST_ID} visible ASCII characters");
    let id = trusted_id(given).ok_or_else(wrong_id)?;
    if id != given && id != hash(&body) {
        return Err("the id is not the SHA-256 of the text".to_owned());
    }
    guard::check(&body, &Limits::default()).map_err(|refused| refused.message())?;
    let parsed = parse_query(&body).map_err(|error| error.to_string())?;
    let names: Vec<String> = parsed.operations.iter().filter_map(|(name, _)| name.map(ToString::to_string)).collect();
    let broken = rules.broken(&body, names.first().map(String::as_str)).await;
    if !broken.is_empty() {
        return Err(broken.join(" "));
    }
    Ok(NewDocument { id, body, operations: names.join(",") })
}

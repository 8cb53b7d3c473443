//! From what a request names to the text of a document: the text itself, the id of a trusted document, or the hash of one
//! that was sent before (Apollo's automatic persisted queries).
//!
//! What this process has met costs nothing to find. Anything else costs one point of the network it is asked from, so that
//! names that are made up cannot keep the database busy.
//!
//! Deliberately absent: keeping, which the operation does once it has run ([`super::prepare`]).

use std::sync::Arc;

use actix_web::http::StatusCode;
use domain::document::{self, Name};
use sha2::{Digest, Sha256};

use super::answer::Refused;
use super::prepare::Asker;
use super::retry::Extensions;
use crate::State;
use crate::config::TrustedDocuments;
use crate::graphql::error::{Fault, RequestCode};

/// The longest id of a trusted document, in characters.
pub(crate) const LONGEST_ID: usize = 255;

/// What a request gives in place of a document, or as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::http) enum Asked {
    /// Its text.
    Text(String),
    /// The id of a trusted one.
    Id(String),
    /// Its SHA-256 in hexadecimal, and its text if it was not there before.
    Hash(String, Option<String>),
}

/// The text of a document, and under which hash it is kept once it has run.
pub(in crate::http) struct Document {
    pub(super) text: Arc<str>,
    pub(super) keep_as: Option<String>,
}

impl From<Arc<str>> for Document {
    fn from(text: Arc<str>) -> Self {
        Self { text, keep_as: None }
    }
}

impl Asked {
    /// What these members of a request come to.
    pub(super) fn of(
        query: Option<String>,
        id: Option<String>,
        extensions: Option<&Extensions>,
    ) -> Result<Self, String> {
        match (query, id, persisted(extensions)?) {
            (Some(query), Some(_), _) if !query.is_empty() => Err("send `query` or `documentId`, not both".to_owned()),
            (_, Some(id), _) => trusted_id(&id)
                .map(Self::Id)
                .ok_or_else(|| format!("`documentId` must be text of 1 to {LONGEST_ID} visible ASCII characters")),
            (query, None, Some(hash)) => Ok(Self::Hash(hash, query.filter(|query| !query.is_empty()))),
            (Some(query), None, None) => Ok(Self::Text(query)),
            (None, None, None) => Err("`query` is missing, and so is any other name of a document".to_owned()),
        }
    }
}

/// The id of a trusted document as it is stored: a SHA-256 is known with its prefix and without. `None` if it is none.
pub(crate) fn trusted_id(given: &str) -> Option<String> {
    let is_id = (1..=LONGEST_ID).contains(&given.len()) && given.bytes().all(|byte| byte.is_ascii_graphic());
    let id = given.strip_prefix("sha256:").filter(|hash| is_hash(hash)).map(str::to_ascii_lowercase);
    is_id.then(|| id.unwrap_or_else(|| given.to_owned()))
}

/// The SHA-256 of a text, in hexadecimal.
pub(crate) fn hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The hash in `extensions.persistedQuery`.
fn persisted(extensions: Option<&Extensions>) -> Result<Option<String>, String> {
    let given = match extensions.and_then(|extensions| extensions.get("persistedQuery")) {
        None | Some(serde_json::Value::Null) => return Ok(None),
        Some(given) => given,
    };
    if given.get("version").and_then(serde_json::Value::as_u64) != Some(1) {
        return Err("`extensions.persistedQuery` must be an object with `version` 1".to_owned());
    }
    match given.get("sha256Hash").and_then(serde_json::Value::as_str) {
        Some(hash) if is_hash(hash) => Ok(Some(hash.to_ascii_lowercase())),
        _ => Err("`extensions.persistedQuery.sha256Hash` must be text of 64 hexadecimal digits".to_owned()),
    }
}

/// The document that is asked for; `status` is that of what may not be read.
pub(in crate::http) async fn find(
    asked: &mut Asked,
    asker: &Asker,
    state: &State,
    status: StatusCode,
) -> Result<Document, Refused> {
    let takes_any = state.config.trusted_documents == TrustedDocuments::Allow;
    match asked {
        Asked::Text(text) if takes_any => Ok(Arc::<str>::from(std::mem::take(text)).into()),
        Asked::Text(_) => Err(not_trusted(status)),
        Asked::Id(id) => {
            let message = "No trusted document has this id. Load it with `kith documents load`, or send the `query`.";
            let missing = || Refused::new(status, RequestCode::DocumentNotFound, message);
            Ok(met(Name::Trusted(id.clone()), asker, state).await?.ok_or_else(missing)?.into())
        }
        Asked::Hash(given, Some(text)) => {
            if hash(text) != *given {
                return Err(Refused::bad_request("`sha256Hash` is not the SHA-256 of `query`."));
            }
            if takes_any {
                return Ok(Document { text: std::mem::take(text).into(), keep_as: Some(given.clone()) });
            }
            let trusted = met(Name::Trusted(given.clone()), asker, state).await?;
            Ok(trusted.ok_or_else(|| not_trusted(status))?.into())
        }
        Asked::Hash(given, None) => {
            if takes_any && let Some(text) = met(Name::Kept(given.clone()), asker, state).await? {
                return Ok(text.into());
            }
            let trusted = met(Name::Trusted(given.clone()), asker, state).await?;
            Ok(trusted.ok_or_else(Refused::not_persisted)?.into())
        }
    }
}

/// The document of this name, if there is one.
async fn met(name: Name, asker: &Asker, state: &State) -> Result<Option<Arc<str>>, Refused> {
    if let Some(text) = document::at_hand(&state.kith, &name) {
        return Ok(Some(text));
    }
    asker.pay(1, state).await?;
    Ok(document::find(&state.kith, &name).await.map_err(Fault::from)?)
}

fn not_trusted(status: StatusCode) -> Refused {
    let message = "Only trusted documents are taken here; send the `documentId` of one.";
    Refused::new(status, RequestCode::DocumentNotTrusted, message)
}

#[cfg(test)]
mod tests;

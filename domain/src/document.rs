//! Documents that clients name instead of sending them: those that the operator trusts, and those that apps have sent before.
//!
//! A **trusted** document is loaded by the operator under an id, which stands for the same text for ever. A **kept** document
//! is one that a member has sent together with its SHA-256, after it ran: the next one sends the hash alone, on any replica
//! if there is a Redis. It is kept as long as it is used, and what is kept is bounded: the size of each, how many a member and
//! how many everybody may add, and in this process the bytes in all. Losing one costs a client one more request.
//!
//! Deliberately absent: GraphQL. Whether a text is a document that may run is known to whoever loads or keeps it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};

use crate::Kith;
use crate::ctx::{Ctx, Timestamp};
use crate::entity::trusted_document::{self, Column};
use crate::error::Result;
use crate::policy;
use crate::store::BINDS;

/// The most bytes of documents this process holds, of either kind.
const HELD: u64 = 16 * 1024 * 1024;

/// What a client may name a document by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Name {
    /// The id of a trusted document.
    Trusted(String),
    /// The SHA-256 of a kept document, in hexadecimal.
    Kept(String),
}

/// The documents this process has met.
pub(crate) struct Documents(moka::sync::Cache<Name, Arc<str>>);

impl Default for Documents {
    fn default() -> Self {
        let bytes = |name: &Name, text: &Arc<str>| {
            let (Name::Trusted(id) | Name::Kept(id)) = name;
            u32::try_from(id.len() + text.len()).unwrap_or(u32::MAX)
        };
        Self(moka::sync::Cache::builder().weigher(bytes).max_capacity(HELD).time_to_idle(policy::DOCUMENT_KEPT).build())
    }
}

/// A document to be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDocument {
    /// Its id.
    pub id: String,
    /// Its text.
    pub body: String,
    /// The names of its operations, separated by commas.
    pub operations: String,
}

/// A trusted document, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trusted {
    /// Its id.
    pub id: String,
    /// The names of its operations, separated by commas.
    pub operations: String,
    /// Since when it is trusted.
    pub created_at: Timestamp,
}

/// What came of loading documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loaded {
    /// They are all there: so many are new, and so many were there before.
    Done {
        /// Those that are new.
        fresh: usize,
        /// Those that were there before.
        known: usize,
    },
    /// Nothing was loaded: these ids stand for another text.
    Taken(Vec<String>),
}

/// The document of this name, if this process has met it.
pub fn at_hand(kith: &Kith, name: &Name) -> Option<Arc<str>> {
    kith.shelves.documents.0.get(name)
}

/// The document of this name, wherever it is.
///
/// # Errors
/// As the database says.
pub async fn find(kith: &Kith, name: &Name) -> Result<Option<Arc<str>>> {
    if let Some(text) = at_hand(kith, name) {
        return Ok(Some(text));
    }
    let text = match name {
        Name::Trusted(id) => {
            trusted_document::Entity::find_by_id(id.clone()).one(&kith.store.db).await?.map(|row| row.body)
        }
        Name::Kept(hash) => match kith.cache.shared() {
            Some(redis) => redis.text(&key(hash), policy::DOCUMENT_KEPT).await,
            None => None,
        },
    };
    let text: Option<Arc<str>> = text.map(Into::into);
    if let Some(text) = &text {
        kith.shelves.documents.0.insert(name.clone(), text.clone());
    }
    Ok(text)
}

/// Keeps a document that has run, under its SHA-256. One that is too long, or too many, is not kept; nobody else's are kept
/// than members'.
pub async fn keep(ctx: &Ctx, hash: &str, text: &str) {
    let name = Name::Kept(hash.to_owned());
    let Ok(me) = ctx.me() else { return };
    if text.len() > policy::MOST_DOCUMENT_BYTES || at_hand(&ctx.kith, &name).is_some() {
        return;
    }
    let buckets = [(policy::DOCUMENTS, me.0.to_string()), (policy::ALL_DOCUMENTS, String::new())];
    if ctx.kith.limiter.take(ctx.now, &buckets).await.is_err() {
        return;
    }
    if let Some(redis) = ctx.kith.cache.shared() {
        redis.keep_text(&key(hash), text, policy::DOCUMENT_KEPT).await;
    }
    ctx.kith.shelves.documents.0.insert(name, text.into());
}

fn key(hash: &str) -> Vec<u8> {
    [b":d", hash.as_bytes()].concat()
}

/// Makes documents trusted, all of them or, if an id stands for another text already, none.
///
/// # Errors
/// As the database says.
pub async fn load(ctx: &Ctx, documents: Vec<NewDocument>) -> Result<Loaded> {
    let tx = ctx.kith.store.begin().await?;
    let (mut taken, mut known) = (BTreeSet::new(), BTreeSet::new());
    let bodies: HashMap<&str, &str> = documents.iter().map(|it| (it.id.as_str(), it.body.as_str())).collect();
    for some in documents.chunks(BINDS) {
        let ids = some.iter().map(|document| document.id.as_str());
        for row in trusted_document::Entity::find().filter(Column::Id.is_in(ids)).all(&tx).await? {
            let same = bodies.get(row.id.as_str()) == Some(&row.body.as_str());
            if same {
                known.insert(row.id)
            } else {
                taken.insert(row.id)
            };
        }
    }
    if !taken.is_empty() {
        return Ok(Loaded::Taken(taken.into_iter().collect()));
    }
    let rows: Vec<trusted_document::ActiveModel> = documents
        .into_iter()
        .filter(|document| !known.contains(&document.id))
        .map(|document| trusted_document::ActiveModel {
            id: Set(document.id),
            body: Set(document.body),
            operations: Set(document.operations),
            created_at: Set(ctx.now),
        })
        .collect();
    let fresh = rows.len();
    // Four values a row.
    for some in rows.chunks(BINDS / 4) {
        trusted_document::Entity::insert_many(some.iter().cloned()).exec_without_returning(&tx).await?;
    }
    tx.commit().await?;
    Ok(Loaded::Done { fresh, known: known.len() })
}

/// All trusted documents, the oldest first.
///
/// # Errors
/// As the database says.
pub async fn list(ctx: &Ctx) -> Result<Vec<Trusted>> {
    let rows = trusted_document::Entity::find().order_by_asc(Column::CreatedAt).order_by_asc(Column::Id);
    let rows = rows.all(&ctx.kith.store.db).await?;
    let told =
        |row: trusted_document::Model| Trusted { id: row.id, operations: row.operations, created_at: row.created_at };
    Ok(rows.into_iter().map(told).collect())
}

//! Kith's domain: the rules of an online network that starts from a real one.
//!
//! The same noun names the same thing at every layer; if you know the noun, you know the file.
//!
//! | module | what it is |
//! |---|---|
//! | [`ctx`] | who asks, when, with what: the first argument of every operation |
//! | [`error`] | refusals, and failures |
//! | [`id`], [`page`], [`text`] | typed ids, keyset pages, clean text |
//! | [`letter`] | what somebody must be told by e-mail |
//! | `policy` | every may-rule, as pure functions |
//! | `process` | what rests on ties, and closes with them |
//! | `facts`, [`visibility`] | cards, neighbour lists and blocks, cached; who sees whom: the one place |
//! | [`cache`], [`event`], [`live`], [`store`] | values that can be made again; the outbox; what happens, told at once; the database |
//! | [`secret`], `code`, `limiter` | what only the service knows, and what is made of it; how often something may be done |
//! | [`budget`], [`document`] | how much somebody may ask in a while; documents that are named instead of sent |
//! | [`idempotency`] | how every command of a member begins and ends, so that a retry has one effect |
//! | `entity` | the tables, without logic |
//! | [`member`] <- [`tie`] <- [`network`], [`block`] | the nouns, in the order in which they may call one another |
//! | [`member`] <- [`session`] <- [`credential`] | the devices that are signed in; what proves who somebody is |
//! | [`community`] <- [`goal`], [`gathering`], [`report`] | groups that are formed before they open, what they want, when they meet, what goes wrong |
//! | [`news`] <- [`community`] <- [`webhook`] | what partners are told of communities, and where |
//! | [`notification`] <- [`conversation`] <- [`introduction`], [`ask`] | what people are told and say; being introduced, and asking who can help |
//! | [`scope`], [`access_token`] <- [`roster`] | what a partner may ask, and with what; who belongs to a community, for partners |
//! | [`invitation`] <- [`handshake`] <- [`account`] | how people come in, meet, and leave; [`letter`]s that tell them |
//! | [`import`], [`demo`] | an existing network brought online; a fictional one to try things on |
//!
//! Every command runs in one order: **begin -> lock and load facts -> policy -> write, with its outbox row -> commit ->
//! invalidate -> publish.** A member's command that is a retry ends where it begins, with what came of the first try.
//! Nothing after the commit can fail the request. Privacy is applied after the cache, on every read, from facts that
//! are current.
//!
//! Deliberately absent: HTTP, GraphQL, tokens, environment variables. They are the API's.
#![warn(missing_docs)]

pub mod access_token;
pub mod account;
pub mod ask;
pub mod block;
pub mod budget;
pub mod cache;
mod code;
pub mod community;
pub mod conversation;
pub mod credential;
pub mod ctx;
pub mod demo;
pub mod document;
mod entity;
pub mod error;
pub mod event;
mod facts;
pub mod gathering;
pub mod goal;
pub mod handshake;
pub mod id;
pub mod idempotency;
pub mod import;
pub mod introduction;
pub mod invitation;
pub mod letter;
mod limiter;
pub mod live;
pub mod member;
pub mod network;
pub mod news;
pub mod notification;
pub mod page;
mod policy;
mod process;
pub mod report;
pub mod roster;
pub mod scope;
pub mod secret;
pub mod session;
pub mod store;
pub mod text;
pub mod tie;
pub mod visibility;
pub mod webhook;

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use crate::budget::Allowance;
use crate::cache::{Cache, Shelf};
use crate::community::Thresholds;
use crate::ctx::Clock;
use crate::document::Documents;
use crate::facts::{Account, Blocks, Card, Communities, Neighbours};
use crate::id::MemberId;
use crate::limiter::Limiter;
use crate::live::{Feed, Live};
use crate::network::Ranked;
use crate::secret::Secrets;
use crate::store::Store;
use crate::webhook::Allowed;

/// The handles every operation shares, and the cache as one request sees it. Cheap to clone, which each request does several
/// times.
#[derive(Clone)]
pub struct Kith {
    /// The cache.
    pub cache: Cache,
    handles: Arc<Handles>,
}

/// What a process is made of: the database, the clock, the limits.
#[derive(Clone)]
pub struct Handles {
    /// The database.
    pub store: Store,
    /// Where "now" comes from.
    pub clock: Clock,
    /// What it takes for a community to go live.
    pub thresholds: Thresholds,
    /// How much may be asked in a while.
    pub allowance: Allowance,
    /// Which receivers of webhooks may be asked although they are private: none, but in tests.
    pub receivers: Allowed,
    pub(crate) secrets: Secrets,
    pub(crate) limiter: Limiter,
    live: Live,
    role: Role,
    shelves: Arc<Shelves>,
}

/// What this process is to the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It answers requests.
    Server,
    /// It runs one command beside a server, which may have a cache of its own.
    Command,
}

struct Shelves {
    cards: Shelf<Card>,
    neighbours: Shelf<Neighbours>,
    blocks: Shelf<Blocks>,
    networks: Shelf<Ranked>,
    accounts: Shelf<Account>,
    communities: Shelf<Communities>,
    documents: Documents,
}

impl Kith {
    /// The handles of a process.
    pub fn new(store: Store, cache: Cache, role: Role, secrets: Secrets) -> Self {
        let shelves = Shelves {
            cards: Shelf::default(),
            neighbours: Shelf::default(),
            blocks: Shelf::default(),
            networks: Shelf::default(),
            accounts: Shelf::default(),
            communities: Shelf::default(),
            documents: Documents::default(),
        };
        let limiter = Limiter::new(&cache, &secrets);
        let handles = Handles {
            store,
            clock: Clock::default(),
            thresholds: Thresholds::default(),
            allowance: Allowance::default(),
            receivers: Allowed::default(),
            secrets,
            limiter,
            live: Live::default(),
            role,
            shelves: Arc::new(shelves),
        };
        Self { cache, handles: Arc::new(handles) }
    }

    /// The same handles for one request: all it reads through the cache is of one moment, which is not before it began.
    #[must_use]
    pub fn of_one_moment(&self) -> Self {
        Self { cache: self.cache.of_one_moment(), handles: self.handles.clone() }
    }

    /// Listens to what happens that concerns `member`.
    pub fn listen(&self, member: MemberId) -> Feed {
        self.live.listen(member)
    }

    /// Whether what this process makes the cache forget is forgotten for all who answer requests.
    fn owns_cache(&self) -> bool {
        self.role == Role::Server || self.cache.is_shared()
    }
}

impl Deref for Kith {
    type Target = Handles;

    fn deref(&self) -> &Handles {
        &self.handles
    }
}

/// To set a process up: what is changed is changed for this `Kith` and those cloned from it.
impl DerefMut for Kith {
    fn deref_mut(&mut self) -> &mut Handles {
        Arc::make_mut(&mut self.handles)
    }
}

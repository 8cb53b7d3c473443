//! What can go wrong, in two kinds: a command **refused** by a rule, which the caller should read and act on, and a
//! request that **failed**.
//!
//! Neither type is `Display`: an error reaches a client only through the API's one mapping, so that no text of a
//! database or a library can leak by conversion.

use std::time::Duration;

use sea_orm::{DbErr, RuntimeErr};

use crate::ctx::Timestamp;
use crate::scope::Scope;

/// A result of the domain.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an operation did not happen.
#[derive(Debug)]
pub enum Error {
    /// Rules refused the command; every refusal found is listed.
    Refused(Vec<Refusal>),
    /// Only a member may ask this.
    Unauthenticated,
    /// A partner asks for what its access token does not reach; the scope that would, if there is one.
    ScopeMissing(Option<Scope>),
    /// The cursor was not made by this list.
    InvalidCursor,
    /// `first` was outside 1 to 100.
    InvalidPageSize,
    /// An earlier try has done this already, and what came of it may no longer be seen.
    AlreadyDone,
    /// The command came before under the same idempotency key, with other input.
    RetryConflict,
    /// The database does not answer, or is too busy; try again after the time given.
    Unavailable(Duration),
    /// A fault of ours; the text is for the log only.
    Internal(String),
}

/// One reason why a command was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Which rule.
    pub code: Code,
    /// The input field at fault, outermost first; empty if it is the command as a whole.
    pub path: Vec<&'static str>,
    /// What to do, for people.
    pub message: Message,
    /// When it may be tried again, if waiting helps.
    pub retry_at: Option<Timestamp>,
}

/// Something to be told to people, in whatever language they read: the name of a text and what goes into it. The texts
/// are the API's. Everybody who makes one writes its name out, so that a test finds those that have no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The name of the text.
    pub id: &'static str,
    /// What goes into it, each under its name.
    pub args: Vec<(&'static str, Argument)>,
}

/// What goes into a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A number, with which a language may choose its plural.
    Number(i64),
    /// Somebody's own words, or a name; never translated.
    Text(String),
}

/// The rules that refuse, by name. A name is never given another meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// A value is too long, too short or malformed.
    InvalidInput,
    /// No such thing, or none the viewer may know of.
    NotFound,
    /// The handle belongs to somebody else.
    HandleTaken,
    /// One cannot do this to oneself.
    Yourself,
    /// The two are tied already.
    AlreadyTied,
    /// The viewer has blocked the other.
    BlockedByYou,
    /// The thing is no longer, or not yet, in the state this needs.
    WrongState,
    /// So many a day are allowed, and they are used up.
    TooManyClaims,
    /// One of the two has as many ties as a member may have.
    TieLimitReached,
    /// A code that people hand on is wrong, used or over.
    InvalidCode,
    /// What was to prove who somebody is does not.
    InvalidCredentials,
    /// Too many attempts; waiting helps.
    TooManyAttempts,
    /// The e-mail address belongs to another account.
    EmailTaken,
    /// Somebody new needs an invitation.
    InvitationRequired,
    /// There is no account with this e-mail address yet.
    NoAccount,
    /// An operator has suspended the account.
    AccountSuspended,
    /// The session is over; sign in again.
    SessionEnded,
    /// This needs a fresh proof of who the member is.
    ProofRequired,
    /// An operator who acts for a member may not do this.
    NotForSupport,
    /// The account is to be exported first, unless that is waived.
    ExportFirst,
    /// So many invitations may be open, and they are.
    TooManyInvitations,
    /// Only members of the community may do this.
    MembersOnly,
    /// Only stewards of the community may do this.
    StewardsOnly,
    /// The charter has changed; agree to it first.
    ConsentDue,
    /// The charter has changed since it was read.
    CharterChanged,
    /// The community does not meet what it takes to go live.
    NotReady,
    /// A community always has a steward; name another first.
    LastSteward,
    /// They belong to the community already, or are about to.
    AlreadyMember,
    /// This takes a tie between the two.
    NotTied,
    /// These are not the member's own words.
    WordsCopied,
    /// Both must have been at the gathering.
    DidNotAttend,
    /// So many communities may be forming, and they are.
    TooManyCommunities,
    /// The community has as many members, or open invitations, as one may have.
    CommunityFull,
    /// Another community has this name in addresses.
    SlugTaken,
    /// There is no way to them through this member that shows.
    NoRoute,
    /// They take no introductions now.
    NotTakingIntroductions,
    /// So many introductions may be open, and they are.
    TooManyIntroductions,
    /// One that came to nothing was lately; waiting helps.
    TooSoon,
    /// So many asks may be open, and they are.
    TooManyAsks,
    /// So many may be named for one ask, and they are.
    TooManyNominations,
    /// So many access tokens of a community may be good, and they are.
    TooManyAccessTokens,
}

impl Message {
    /// The text of this name, with nothing in it yet.
    pub fn new(id: &'static str) -> Self {
        Self { id, args: Vec::new() }
    }

    /// The same with `value` where the text says `name`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Argument>) -> Self {
        self.args.push((name, value.into()));
        self
    }
}

impl From<i64> for Argument {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for Argument {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u32> for Argument {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u64> for Argument {
    fn from(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<usize> for Argument {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Refusal {
    /// A refusal of the command as a whole.
    pub fn new(code: Code, message: Message) -> Self {
        Self { code, path: Vec::new(), message, retry_at: None }
    }

    /// A refusal of one input field.
    pub fn of(field: &'static str, code: Code, message: Message) -> Self {
        Self { path: vec![field], ..Self::new(code, message) }
    }
}

impl Refusal {
    /// A refusal by a limit, until it may be tried again.
    pub(crate) fn too_many_attempts(retry_at: Timestamp) -> Self {
        let refusal = Self::new(Code::TooManyAttempts, Message::new("too-many-attempts"));
        Self { retry_at: Some(retry_at), ..refusal }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(vec![refusal])
    }
}

/// How long a client should wait when the database is away or busy.
const RETRY_AFTER: Duration = Duration::from_secs(2);

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if is_transient(&error) {
            tracing::warn!(error = %error, "the database is away or busy");
            return Self::Unavailable(RETRY_AFTER);
        }
        Self::Internal(format!("database: {error}"))
    }
}

/// A rule the database keeps: two callers may pass the same check at once, and it lets one through.
pub(crate) struct Unique {
    /// The constraint's name, which PostgreSQL tells.
    pub(crate) name: &'static str,
    /// Its columns, which SQLite tells.
    pub(crate) columns: &'static str,
}

impl Error {
    /// Turns a violation of `unique` into a refusal.
    pub(crate) fn on_unique(self, unique: &Unique, refusal: Refusal) -> Self {
        let told = format!("UNIQUE constraint failed: {}", unique.columns);
        match &self {
            Self::Internal(text) if text.contains(unique.name) || text.ends_with(&told) => refusal.into(),
            _ => self,
        }
    }
}

/// Whether waiting may help: no connection, a busy file, a deadlock, a serialisation failure, a statement cut by its
/// time limit.
fn is_transient(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => {
            match cause.as_database_error() {
                // SQLite 5 (busy), 6 (locked) and their extended forms; PostgreSQL's SQLSTATE classes.
                Some(database) => database.code().is_some_and(|code| {
                    matches!(
                        &*code,
                        "5" | "6" | "261" | "262" | "517" | "40001" | "40P01" | "57014" | "57P01" | "57P03" | "53300"
                    )
                }),
                None => {
                    !matches!(&**cause, sea_orm::sqlx::Error::RowNotFound | sea_orm::sqlx::Error::ColumnDecode { .. })
                }
            }
        }
        _ => false,
    }
}

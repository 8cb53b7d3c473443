//! Errors on the wire: the one table of codes, and the one mapping from the domain's errors to GraphQL's.
//!
//! Two kinds, as `api.md` has them. A command refused by a rule is data: `userErrors` of its payload. A request that
//! failed is a top-level error with `extensions.code`. [`Fault`] is not `Display`, so that async-graphql's blanket
//! conversion cannot put any other error's text on the wire; an internal cause is logged here and goes no further.

use std::sync::Arc;

use async_graphql::{Context, Enum, ErrorExtensions, Interface, ServerError, SimpleObject};
use domain::error::Refusal;
use domain::scope::Scope;

use super::context::ContextExt;
use super::scalar::DateTime;
use crate::words::{self, Language};

/// What a resolver returns.
pub(crate) type Result<T> = std::result::Result<T, Fault>;

/// The codes of failed requests: `extensions.code` of top-level errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestCode {
    /// The request is not GraphQL over HTTP.
    BadRequest,
    /// The document is not GraphQL.
    GraphqlParseFailed,
    /// The document does not fit the schema, or the variables do not fit the document.
    GraphqlValidationFailed,
    /// An argument is out of its range.
    BadUserInput,
    /// The cursor was not made by this list.
    InvalidCursor,
    /// This needs a valid access token.
    Unauthenticated,
    /// The access token was right, and its time is over.
    TokenExpired,
    /// The access token of a partner does not reach this; `extensions.requiredScope` says which scope would, if one does.
    ForbiddenScope,
    /// Mutations are not run over GET.
    MethodNotAllowed,
    /// The client accepts none of the types the service can answer in.
    NotAcceptable,
    /// The body is of a type the service does not read.
    UnsupportedMediaType,
    /// The body is larger than allowed.
    PayloadTooLarge,
    /// The document is larger or deeper than allowed.
    DocumentTooComplex,
    /// The answer could hold more nodes than allowed.
    QueryTooCostly,
    /// Whoever asks has asked so much that there is too little left of what they may ask; waiting helps.
    RateLimited,
    /// Nobody has sent the document with this hash yet: send it together with the hash.
    PersistedQueryNotFound,
    /// No trusted document has this id.
    DocumentNotFound,
    /// Only trusted documents are taken here.
    DocumentNotTrusted,
    /// The app is older than the service still answers.
    ClientTooOld,
    /// The connection has as many operations under way as it may have.
    TooManyOperations,
    /// The idempotency key was used with other input.
    IdempotencyConflict,
    /// The body did not arrive in time.
    RequestTimeout,
    /// Executing the operation took too long.
    Timeout,
    /// The database is away or busy; try again after `Retry-After`.
    Unavailable,
    /// A fault of the service; the log has it under the request id.
    Internal,
}

impl RequestCode {
    /// All of them.
    pub const ALL: [Self; 25] = [
        Self::BadRequest,
        Self::GraphqlParseFailed,
        Self::GraphqlValidationFailed,
        Self::BadUserInput,
        Self::InvalidCursor,
        Self::Unauthenticated,
        Self::TokenExpired,
        Self::ForbiddenScope,
        Self::MethodNotAllowed,
        Self::NotAcceptable,
        Self::UnsupportedMediaType,
        Self::PayloadTooLarge,
        Self::DocumentTooComplex,
        Self::QueryTooCostly,
        Self::RateLimited,
        Self::PersistedQueryNotFound,
        Self::DocumentNotFound,
        Self::DocumentNotTrusted,
        Self::ClientTooOld,
        Self::TooManyOperations,
        Self::IdempotencyConflict,
        Self::RequestTimeout,
        Self::Timeout,
        Self::Unavailable,
        Self::Internal,
    ];

    /// The code as clients read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadRequest => "BAD_REQUEST",
            Self::GraphqlParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::GraphqlValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::InvalidCursor => "INVALID_CURSOR",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::TokenExpired => "TOKEN_EXPIRED",
            Self::ForbiddenScope => "FORBIDDEN_SCOPE",
            Self::MethodNotAllowed => "METHOD_NOT_ALLOWED",
            Self::NotAcceptable => "NOT_ACCEPTABLE",
            Self::UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE",
            Self::PayloadTooLarge => "PAYLOAD_TOO_LARGE",
            Self::DocumentTooComplex => "DOCUMENT_TOO_COMPLEX",
            Self::QueryTooCostly => "QUERY_TOO_COSTLY",
            Self::RateLimited => "RATE_LIMITED",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::DocumentNotFound => "DOCUMENT_NOT_FOUND",
            Self::DocumentNotTrusted => "DOCUMENT_NOT_TRUSTED",
            Self::ClientTooOld => "CLIENT_TOO_OLD",
            Self::TooManyOperations => "TOO_MANY_OPERATIONS",
            Self::IdempotencyConflict => "IDEMPOTENCY_CONFLICT",
            Self::RequestTimeout => "REQUEST_TIMEOUT",
            Self::Timeout => "TIMEOUT",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }
}

/// A failed request, as the client is told of it.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Which failure.
    pub code: RequestCode,
    /// What to do, for people.
    pub message: String,
    /// The rules an argument of a query broke, which the answer tells in the reader's language.
    refusals: Vec<Refusal>,
    /// Which scope of a partner's token would have reached what was asked for.
    required_scope: Option<Scope>,
}

impl Fault {
    pub(crate) fn new(code: RequestCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), refusals: Vec::new(), required_scope: None }
    }

    /// A query has no userErrors: what its arguments get wrong is a failure of the request.
    fn refused(refusals: Vec<Refusal>) -> Self {
        Self { refusals: refusals.clone(), ..Self::new(RequestCode::BadUserInput, told(Language::English, &refusals)) }
    }
}

impl Fault {
    /// `what` is out of reach for a partner, whose token lacks this scope; without one it is out of reach for all.
    pub(crate) fn out_of_reach(what: &str, scope: Option<Scope>) -> Self {
        let message = match scope {
            Some(scope) => format!("{what} needs an access token with the scope {}.", scope.as_str()),
            None => format!("{what} is for members; no access token of a partner reaches it."),
        };
        Self { required_scope: scope, ..Self::new(RequestCode::ForbiddenScope, message) }
    }
}

fn told(language: Language, refusals: &[Refusal]) -> String {
    let told = |refusal: &Refusal| [refusal.path.join("."), words::say(language, &refusal.message)].join(": ");
    refusals.iter().map(told).collect::<Vec<_>>().join(" ")
}

/// What `error` tells of rules, in `language`; anything else stays as it is.
pub(crate) fn worded(error: ServerError, language: Language) -> ServerError {
    match error.source::<Vec<Refusal>>() {
        Some(refusals) => ServerError { message: told(language, refusals), ..error },
        None => error,
    }
}

impl From<domain::error::Error> for Fault {
    fn from(error: domain::error::Error) -> Self {
        use domain::error::Error;
        match error {
            Error::Refused(refusals) => Self::refused(refusals),
            // Of a command this is an answer: see `outcome`.
            Error::AlreadyDone => Self::new(RequestCode::BadUserInput, "This was done before."),
            Error::Unauthenticated => {
                Self::new(RequestCode::Unauthenticated, "This needs a valid access token; sign in.")
            }
            Error::ScopeMissing(scope) => Self::out_of_reach("This", scope),
            Error::InvalidCursor => {
                Self::new(RequestCode::InvalidCursor, "This cursor is not of this list; begin again without it.")
            }
            Error::InvalidPageSize => Self::new(RequestCode::BadUserInput, "`first` must be from 1 to 100."),
            Error::RetryConflict => Self::new(
                RequestCode::IdempotencyConflict,
                "This idempotency key was used with other input; use a new key for a new command.",
            ),
            Error::Unavailable(_) => Self::new(RequestCode::Unavailable, "The service is busy; try again in a moment."),
            Error::Internal(cause) => {
                tracing::error!(%cause, "internal error");
                Self::new(
                    RequestCode::Internal,
                    "Something went wrong on our side. If it goes on, tell us the request id.",
                )
            }
        }
    }
}

impl From<Fault> for async_graphql::Error {
    fn from(fault: Fault) -> Self {
        let mut error = Self::new(fault.message);
        if !fault.refusals.is_empty() {
            error.source = Some(Arc::new(fault.refusals));
        }
        error.extend_with(|_, extensions| {
            extensions.set("code", fault.code.as_str());
            if let Some(scope) = fault.required_scope {
                extensions.set("requiredScope", scope.as_str());
            }
        })
    }
}

/// The rules that refuse commands. Clients must accept codes they do not know.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "domain::error::Code")]
pub enum UserErrorCode {
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
    /// So many claims a day are allowed, and they are used up.
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

/// Why a command was refused. Select `code` and `message`, and a program and a person will know what to do, also about
/// kinds of errors added later.
#[derive(Interface)]
#[graphql(
    field(name = "code", ty = "&UserErrorCode", desc = "Which rule refused, for programs."),
    field(name = "message", ty = "&String", desc = "What to do, for people."),
    field(
        name = "path",
        ty = "&Option<Vec<String>>",
        desc = "The input field at fault, outermost first; null if it is the command as a whole."
    )
)]
pub(crate) enum UserError {
    Rule(RuleError),
    Limit(LimitError),
}

/// A rule refused the command.
#[derive(SimpleObject)]
pub(crate) struct RuleError {
    /// Which rule refused, for programs.
    code: UserErrorCode,
    /// What to do, for people.
    message: String,
    /// The input field at fault, outermost first; null if it is the command as a whole.
    path: Option<Vec<String>>,
}

/// A limit refused the command; waiting helps.
#[derive(SimpleObject)]
pub(crate) struct LimitError {
    /// Which rule refused, for programs.
    code: UserErrorCode,
    /// What to do, for people.
    message: String,
    /// The input field at fault, outermost first; null if it is the command as a whole.
    path: Option<Vec<String>>,
    /// When the command may be tried again.
    retry_at: DateTime,
}

impl UserError {
    fn told(refusal: &Refusal, language: Language) -> Self {
        let path = (!refusal.path.is_empty()).then(|| refusal.path.iter().map(|step| (*step).to_owned()).collect());
        let (code, message) = (refusal.code.into(), words::say(language, &refusal.message));
        match refusal.retry_at {
            Some(at) => Self::Limit(LimitError { code, message, path, retry_at: DateTime(at) }),
            None => Self::Rule(RuleError { code, message, path }),
        }
    }
}

/// What a command did, or the refusals that go into its payload, in the language of the request; any other error fails
/// the field.
pub(crate) fn outcome<T>(gql: &Context<'_>, result: domain::error::Result<T>) -> Result<(Option<T>, Vec<UserError>)> {
    match result {
        Ok(done) => Ok((Some(done), Vec::new())),
        Err(domain::error::Error::Refused(refusals)) => {
            Ok((None, refusals.iter().map(|refusal| UserError::told(refusal, gql.language())).collect()))
        }
        Err(domain::error::Error::AlreadyDone) => Ok((None, Vec::new())),
        Err(error) => Err(error.into()),
    }
}

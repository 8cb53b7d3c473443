//! From a token to whoever may ask by it now: a member by the token of a session, or a partner by an access token.
//!
//! Deliberately absent: JWT, which [`crate::auth`] knows, and sessions and access tokens, which are the domain's.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;

use domain::Kith;
use domain::access_token::{self, Admission};
use domain::ctx::Grant;

use super::answer::Refused;
use crate::State;
use crate::auth::{self, Bearer, Rejected};
use crate::graphql::error::{Fault, RequestCode};

/// Who may ask by a token.
#[derive(Clone)]
pub(in crate::http) enum Caller {
    /// A member.
    Member(Bearer),
    /// A partner.
    Partner(Grant),
}

/// What the `Authorization` header says; nothing if there is none.
pub(in crate::http) fn in_header(request: &HttpRequest) -> Option<String> {
    // What is no text is no token either, and says so when it is looked at.
    request.headers().get(AUTHORIZATION).map(|header| header.to_str().unwrap_or_default().to_owned())
}

/// The token of an `Authorization` header, as far as it says itself what it is.
pub(super) enum Presented<'a> {
    /// One of a session, which is ours and whose time is not over.
    Session(Bearer),
    /// What may be an access token.
    Access(&'a str),
}

/// What the token of an `Authorization` header says.
pub(super) fn presented<'a>(header: &'a str, state: &State) -> Result<Presented<'a>, Refused> {
    let token = auth::bearer(header).ok_or_else(unauthenticated)?;
    if access_token::is_meant(token) {
        return Ok(Presented::Access(token));
    }
    let bearer = state.keys.verify(token, state.kith.clock.now()).map_err(|rejected| match rejected {
        Rejected::Expired => expired(),
        Rejected::Invalid => unauthenticated(),
    })?;
    if let Some(actor) = &bearer.actor {
        tracing::info!(member = %bearer.member.0, actor = %actor.sub, reason = actor.reason, "a support token is used");
    }
    Ok(Presented::Session(bearer))
}

impl Presented<'_> {
    /// Who may ask by it now; `kith` is of the moment of what they ask.
    pub(super) async fn admitted(self, kith: &Kith) -> Result<Caller, Refused> {
        let token = match self {
            Self::Session(bearer) if stands(&bearer, kith).await? => return Ok(Caller::Member(bearer)),
            Self::Session(_) => return Err(unauthenticated()),
            Self::Access(token) => token,
        };
        match access_token::admit(kith, token).await.map_err(Fault::from)? {
            Admission::Granted(grant) => Ok(Caller::Partner(grant)),
            Admission::Expired => Err(expired()),
            Admission::Refused => Err(unauthenticated()),
        }
    }
}

/// Who may ask by the token of an `Authorization` header for what lasts, which is for members: a partner is told by webhooks.
pub(in crate::http) async fn admitted_member(header: &str, state: &State) -> Result<Bearer, Refused> {
    match presented(header, state)?.admitted(&state.kith).await? {
        Caller::Member(bearer) => Ok(bearer),
        Caller::Partner(_) => Err(for_members()),
    }
}

/// The refusal of a partner where only members may listen.
pub(in crate::http) fn for_members() -> Refused {
    let message = "Subscriptions and sockets are for members; a partner is told by webhooks.";
    Refused::new(StatusCode::FORBIDDEN, RequestCode::ForbiddenScope, message)
}

/// Whether a member who was admitted before may still ask by the same token, as far as their session says.
pub(in crate::http) async fn stands(bearer: &Bearer, kith: &Kith) -> Result<bool, Refused> {
    Ok(domain::session::is_live(kith, bearer.member, bearer.session).await.map_err(Fault::from)?)
}

/// The refusal of a token that is good for nothing.
pub(in crate::http) fn unauthenticated() -> Refused {
    Refused::new(StatusCode::UNAUTHORIZED, RequestCode::Unauthenticated, "This access token is not valid; sign in.")
}

/// The refusal of a token whose time is over.
pub(in crate::http) fn expired() -> Refused {
    let message = "This access token has expired; refresh it.";
    Refused::new(StatusCode::UNAUTHORIZED, RequestCode::TokenExpired, message)
}

//! From a token to a member who may ask by it now.
//!
//! Deliberately absent: JWT, which [`crate::auth`] knows, and sessions, which are the domain's.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;

use super::answer::Refused;
use crate::State;
use crate::auth::{self, Bearer, Rejected};
use crate::graphql::error::{Fault, RequestCode};

/// What the `Authorization` header says; nothing if there is none.
pub(in crate::http) fn in_header(request: &HttpRequest) -> Option<String> {
    // What is no text is no token either, and says so when it is looked at.
    request.headers().get(AUTHORIZATION).map(|header| header.to_str().unwrap_or_default().to_owned())
}

/// What the token of an `Authorization` header says, of a member who may ask by it now.
pub(in crate::http) async fn admitted(header: &str, state: &State) -> Result<Bearer, Refused> {
    let token = auth::bearer(header).ok_or_else(unauthenticated)?;
    let bearer = state.keys.verify(token, state.kith.clock.now()).map_err(|rejected| match rejected {
        Rejected::Expired => expired(),
        Rejected::Invalid => unauthenticated(),
    })?;
    if let Some(actor) = &bearer.actor {
        tracing::info!(member = %bearer.member.0, actor = %actor.sub, reason = actor.reason, "a support token is used");
    }
    if stands(&bearer, state).await? { Ok(bearer) } else { Err(unauthenticated()) }
}

/// Whether a member who was admitted before may still ask by the same token, as far as their session says.
pub(in crate::http) async fn stands(bearer: &Bearer, state: &State) -> Result<bool, Refused> {
    Ok(domain::session::is_live(&state.kith, bearer.member, bearer.session).await.map_err(Fault::from)?)
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

//! GraphQL over HTTP, after the specification of that name: from a request to one operation, and from what came of it
//! to an answer. What [`super::socket`] and [`super::stream`] take from it is here too, so that there is one of each.
//!
//! A request passes, in this order: the type of the answer, the type and size of the body, JSON, the name of its document
//! if it does not bring one ([`document`]), the guard ([`super::guard`]) and the parser ([`parsed`]), the choice of one operation (never a
//! mutation over GET), the app's version, its root fields ([`roots`]), its cost ([`super::cost`]), the idempotency key
//! ([`retry`]), the token ([`bearer`]), the budget of whoever asks ([`budget`]), the executor. The first that refuses
//! answers, always with a JSON body. Of a token whose session is live as far as this process has heard, the budget is drawn on
//! first, and the session looked at as of the moment which that brings: one question to Redis answers both.
//!
//! Deliberately absent: batches of requests in one body; their cost could not be told apart.

pub(super) mod answer;
pub(super) mod bearer;
pub(super) mod budget;
pub(crate) mod document;
pub(crate) mod parsed;
pub(super) mod prepare;
pub(super) mod read;
mod retry;
mod roots;
pub(super) mod told;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use self::answer::{Refused, respond};
use self::prepare::{Asker, Prepared, Way, prepare};
use self::read::{Parameters, from_body, from_query_string};
use super::negotiate::{self, Answer};
use super::stream;
use crate::State;
use crate::graphql::error::RequestCode;

/// The method of a request, as far as it matters here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Post,
}

/// `GET /graphql`: queries only.
pub(super) async fn get(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    answer(&request, &state, Method::Get, from_query_string(&request)).await
}

/// `POST /graphql`.
pub(super) async fn post(request: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    let parameters = from_body(&request, payload).await;
    answer(&request, &state, Method::Post, parameters).await
}

/// Any other method.
pub(super) async fn other(request: HttpRequest) -> HttpResponse {
    let refused =
        Refused::new(StatusCode::METHOD_NOT_ALLOWED, RequestCode::MethodNotAllowed, "Use POST, or GET for queries.");
    respond(&request, negotiate::answer(&request).unwrap_or(Answer::Json), Method::Post, Err(refused))
}

async fn answer(
    request: &HttpRequest,
    state: &web::Data<State>,
    method: Method,
    parameters: Result<Parameters, Refused>,
) -> HttpResponse {
    let Some(answer) = negotiate::answer(request) else {
        let message =
            "Accept application/graphql-response+json or application/json; for subscriptions text/event-stream.";
        let refused = Refused::new(StatusCode::NOT_ACCEPTABLE, RequestCode::NotAcceptable, message);
        return respond(request, Answer::Json, method, Err(refused));
    };
    let asker = Asker::of(request, state);
    let operation = match parameters {
        Ok(parameters) => admit(request, &asker, state, Way::of(request, method, answer), parameters).await,
        Err(refused) => Err(refused),
    };
    match operation {
        Ok(operation) if operation.is_subscription() || answer == Answer::Events => {
            stream::respond(request, asker, operation, state)
        }
        Ok(operation) => respond(request, answer, method, operation.run(state).await),
        Err(refused) if answer == Answer::Events && refused.is_of_document() => stream::refuse(&asker, refused),
        Err(refused) => respond(request, answer, method, Err(refused)),
    }
}

/// An operation that has passed all checks, asked by whoever its token says.
async fn admit(
    request: &HttpRequest,
    asker: &Asker,
    state: &State,
    way: Way,
    mut parameters: Parameters,
) -> Result<Prepared, Refused> {
    let document = document::find(&mut parameters.document, asker, state, way.unreadable).await?;
    let operation = prepare(state, asker, request.headers(), way, parameters, document)?;
    let operation = match bearer::in_header(request).filter(|_| operation.needs_bearer()) {
        Some(header) => operation.with_header(&header, state).await?,
        None => operation,
    };
    operation.paid().await
}

impl Way {
    fn of(request: &HttpRequest, method: Method, answer: Answer) -> Self {
        let streams = negotiate::takes_events(request);
        Self { only_reads: method == Method::Get, streams, unreadable: answer.unreadable() }
    }
}

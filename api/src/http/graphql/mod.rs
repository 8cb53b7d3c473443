//! GraphQL over HTTP, after the specification of that name: from a request to one operation, and from what came of it
//! to an answer.
//!
//! A request passes, in this order: the type of the answer, the type and size of the body, JSON, the guard
//! ([`super::guard`]), the parser, the choice of one operation (never a mutation over GET), the app's version, its root
//! fields ([`roots`]), its cost ([`super::cost`]), the idempotency key ([`retry`]), the token, the executor. The first that refuses answers, always with a JSON body.
//!
//! Deliberately absent: batches of requests in one body; their cost could not be told apart.

mod answer;
mod read;
mod retry;
mod roots;

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpRequest, HttpResponse, web};
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType, VariableDefinition};
use async_graphql::{Response, Value, Variables};
use domain::ctx::{Client, Ctx, Viewer};

use self::answer::{Refused, is_unavailable, respond, unreadable};
use self::read::{Parameters, from_body, from_query_string};
use self::roots::Roots;
use super::cost::MAX_NODES;
use super::negotiate::{self, Answer};
use super::{client, guard};
use crate::State;
use crate::auth::{self, Bearer, Rejected};
use crate::graphql::error::{Fault, RequestCode};

/// How long an operation may take.
const EXECUTED_WITHIN: Duration = Duration::from_secs(10);

/// The method of a request, as far as it matters here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
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
        let refused = Refused::new(
            StatusCode::NOT_ACCEPTABLE,
            RequestCode::NotAcceptable,
            "Accept application/graphql-response+json or application/json.",
        );
        return respond(request, Answer::Json, method, Err(refused));
    };
    let outcome = match parameters {
        Ok(parameters) => execute(request, state, method, answer, parameters).await,
        Err(refused) => Err(refused),
    };
    respond(request, answer, method, outcome)
}

async fn execute(
    request: &HttpRequest,
    state: &web::Data<State>,
    method: Method,
    answer: Answer,
    parameters: Parameters,
) -> Result<Response, Refused> {
    let status = unreadable(answer);
    guard::check(&parameters.query, &state.limits)
        .map_err(|refused| Refused::new(status, RequestCode::DocumentTooComplex, refused.message()))?;
    let document = parse_query(&parameters.query).map_err(|error| Refused::unparsed(status, error.into()))?;
    let invalid = |message| Refused::new(status, RequestCode::GraphqlValidationFailed, message);
    let operation = operation(&document, parameters.operation_name.as_deref()).map_err(invalid)?;
    let is_query = operation.ty == OperationType::Query;
    if method == Method::Get && !is_query {
        return Err(Refused::new(
            StatusCode::METHOD_NOT_ALLOWED,
            RequestCode::MethodNotAllowed,
            "Only queries are run over GET; use POST.",
        ));
    }
    let client = client::of(request, state.config.proxies);
    let roots = Roots::of(&document, operation);
    check_client(&client, &roots, state).map_err(|message| Refused::new(status, RequestCode::ClientTooOld, message))?;
    if roots.credentials() > 1 {
        let message = "The document has more than 1 mutation that touches credentials. Send one a request.";
        return Err(Refused::new(status, RequestCode::DocumentTooComplex, message));
    }
    let variables = Variables::from_json(serde_json::Value::Object(parameters.variables.unwrap_or_default()));
    check_variables(operation, &variables).map_err(invalid)?;
    let estimate = state.costs.estimate(&document, parameters.operation_name.as_deref(), &variables);
    if estimate.cost > MAX_NODES {
        let message = format!(
            "The answer could hold {} nodes, more than {MAX_NODES}; ask for less at `{}`.",
            estimate.cost, estimate.costliest
        );
        return Err(Refused::new(status, RequestCode::QueryTooCostly, message));
    }
    let retry = retry::key(request, parameters.extensions.as_ref(), &roots, operation, &variables)?;
    // Who comes in anew is nobody yet: the token they may still send is what they come to replace.
    let bearer = if roots.are_entrances() { None } else { bearer(request, state).await? };
    let ctx = match bearer {
        Some(bearer) => {
            let ctx = Ctx::new(&state.kith, Viewer::Member(bearer.member)).in_session(bearer.session);
            match bearer.actor {
                Some(_) => ctx.by_operator(),
                None => ctx,
            }
        }
        None => Ctx::new(&state.kith, Viewer::Anonymous),
    };
    let ctx = ctx.from_client(client).with_retry(retry);
    let mut wanted = async_graphql::Request::new(parameters.query).variables(variables);
    wanted.operation_name = parameters.operation_name;
    wanted.set_parsed_query(document);
    let wanted = crate::graphql::request(wanted, ctx, negotiate::language(request));
    let wanted = wanted.data(state.clone());
    let executed = tokio::time::timeout(EXECUTED_WITHIN, state.schema.execute(wanted)).await;
    match executed {
        // Of a mutation the part that was done is told, so that it is not done again.
        Ok(response) if is_unavailable(&response) && (is_query || response.data == Value::Null) => {
            Err(Refused::unavailable(response.errors))
        }
        Ok(response) => Ok(response),
        Err(_) => Err(Refused::new(
            StatusCode::SERVICE_UNAVAILABLE,
            RequestCode::Timeout,
            "This took too long; ask for less, or try again.",
        )),
    }
}

/// The one operation a request means.
fn operation<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Result<&'a OperationDefinition, String> {
    let mut operations = document.operations.iter();
    let meant = match name {
        Some(name) => operations.find(|(known, _)| known.is_some_and(|known| known == name)),
        None if operations.len() > 1 => {
            return Err("There are several operations; say which by `operationName`.".to_owned());
        }
        None => operations.next(),
    };
    let (_, operation) = meant.ok_or_else(|| match name {
        Some(name) => format!("There is no operation called `{name}`."),
        None => "There is no operation.".to_owned(),
    })?;
    Ok(&operation.node)
}

/// Whether the app is new enough for what it asks.
fn check_client(client: &Client, roots: &Roots<'_>, state: &State) -> Result<(), String> {
    match state.config.minimum_clients.lacked_by(client) {
        Some(minimum) if !roots.are_about_server() => {
            Err(format!("This version of the app is too old; install version {minimum} or a newer one."))
        }
        _ => Ok(()),
    }
}

/// Whether the request brings the variables the operation needs. The engine asks only while it executes, when some
/// fields have run already.
fn check_variables(operation: &OperationDefinition, variables: &Variables) -> Result<(), String> {
    let lacks = |wanted: &&VariableDefinition| {
        let needed = !wanted.var_type.node.nullable && wanted.default_value.is_none();
        needed && matches!(variables.get(&wanted.name.node), None | Some(Value::Null))
    };
    match operation.variable_definitions.iter().map(|it| &it.node).find(lacks) {
        Some(wanted) => {
            Err(format!("The variable `${}` of type `{}` is missing.", wanted.name.node, wanted.var_type.node))
        }
        None => Ok(()),
    }
}

/// What the token says, if there is one, of a member who may ask by it now.
async fn bearer(request: &HttpRequest, state: &State) -> Result<Option<Bearer>, Refused> {
    let Some(header) = request.headers().get(AUTHORIZATION) else { return Ok(None) };
    let unauthenticated = || {
        Refused::new(StatusCode::UNAUTHORIZED, RequestCode::Unauthenticated, "This access token is not valid; sign in.")
    };
    let token = header.to_str().ok().and_then(auth::bearer).ok_or_else(unauthenticated)?;
    let bearer = state.keys.verify(token, state.kith.clock.now()).map_err(|rejected| match rejected {
        Rejected::Expired => Refused::new(
            StatusCode::UNAUTHORIZED,
            RequestCode::TokenExpired,
            "This access token has expired; refresh it.",
        ),
        Rejected::Invalid => unauthenticated(),
    })?;
    if let Some(actor) = &bearer.actor {
        tracing::info!(member = %bearer.member.0, actor = %actor.sub, reason = actor.reason, "a support token is used");
    }
    match domain::session::is_live(&state.kith, bearer.member, bearer.session).await {
        Ok(true) => Ok(Some(bearer)),
        Ok(false) => Err(unauthenticated()),
        Err(error) => Err(Fault::from(error).into()),
    }
}

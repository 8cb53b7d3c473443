//! GraphQL over HTTP, after the specification of that name: from a request to one operation, and from what came of it
//! to an answer.
//!
//! A request passes, in this order: the type of the answer, the type and size of the body, JSON, the guard
//! ([`super::guard`]), the parser, the choice of one operation (never a mutation over GET), its cost
//! ([`super::cost`]), the token, the executor. The first that refuses answers, always with a JSON body.
//!
//! Deliberately absent: batches of requests in one body; their cost could not be told apart.

use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder, web};
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType, VariableDefinition};
use async_graphql::{Response, ServerError, Variables};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::ctx::{Ctx, Viewer};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tracing_actix_web::RequestId;

use super::cost::MAX_NODES;
use super::guard;
use super::negotiate::{self, Answer};
use crate::State;
use crate::auth::{self, Rejected};
use crate::graphql::error::{Fault, RequestCode};

/// The largest body, after decompression.
pub(super) const MOST_BYTES: usize = 256 * 1024;
/// The deepest JSON.
const DEEPEST_JSON: usize = 64;
/// How long a body may take to arrive.
const BODY_WITHIN: Duration = Duration::from_secs(30);
/// How long an operation may take.
const EXECUTED_WITHIN: Duration = Duration::from_secs(10);
/// How long a client should wait before it tries again, in seconds.
const RETRY_AFTER: &str = "2";

/// A request as its body or its query string has it. Other members are passed over.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    query: String,
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(default, rename = "extensions")]
    _extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

/// The query string of a GET: variables and extensions are JSON in it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QueryString {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
}

/// The method of a request, as far as it matters here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Get,
    Post,
}

/// A request that goes no further: the status, and the error of its body.
struct Refused {
    status: StatusCode,
    error: ServerError,
}

impl Refused {
    fn new(status: StatusCode, code: RequestCode, message: impl Into<String>) -> Self {
        let error = async_graphql::Error::from(Fault { code, message: message.into() });
        Self { status, error: error.into_server_error(async_graphql::Pos::default()).without_place() }
    }

    fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, RequestCode::BadRequest, message)
    }
}

trait WithoutPlace {
    /// The same error without a place in the document, where there is none to tell.
    fn without_place(self) -> Self;
}

impl WithoutPlace for ServerError {
    fn without_place(mut self) -> Self {
        self.locations.clear();
        self
    }
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
    state: &State,
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

fn from_query_string(request: &HttpRequest) -> Result<Parameters, Refused> {
    let parameters = web::Query::<QueryString>::from_query(request.query_string())
        .map_err(|_| Refused::bad_request("The query string cannot be read."))?;
    let QueryString { query, operation_name, variables, extensions } = parameters.into_inner();
    let query = query
        .filter(|query| !query.is_empty())
        .ok_or_else(|| Refused::bad_request("The parameter `query` is missing."))?;
    let map = |name: &str, text: Option<String>| match text.filter(|text| !text.is_empty()) {
        Some(text) if depth(text.as_bytes()) > DEEPEST_JSON => {
            Err(Refused::bad_request(format!("`{name}` is nested deeper than {DEEPEST_JSON}.")))
        }
        Some(text) => {
            serde_json::from_str(&text).map_err(|_| Refused::bad_request(format!("`{name}` must be a JSON object.")))
        }
        None => Ok(None),
    };
    Ok(Parameters {
        query,
        operation_name: operation_name.filter(|name| !name.is_empty()),
        variables: map("variables", variables)?,
        _extensions: map("extensions", extensions)?,
    })
}

async fn from_body(request: &HttpRequest, payload: web::Payload) -> Result<Parameters, Refused> {
    if !negotiate::is_json(request) {
        let message = "Send the request as application/json in UTF-8.";
        return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, RequestCode::UnsupportedMediaType, message));
    }
    let mut payload = payload.into_inner();
    let body = tokio::time::timeout(BODY_WITHIN, web::Bytes::from_request(request, &mut payload)).await;
    let body = body.map_err(|_| {
        Refused::new(StatusCode::REQUEST_TIMEOUT, RequestCode::RequestTimeout, "The body did not arrive in time.")
    })?;
    let body = body.map_err(|error| match error.as_error::<PayloadError>() {
        Some(PayloadError::Overflow) => Refused::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            RequestCode::PayloadTooLarge,
            format!("The body is larger than {MOST_BYTES} bytes."),
        ),
        _ => Refused::bad_request("The body cannot be read."),
    })?;
    if depth(&body) > DEEPEST_JSON {
        return Err(Refused::bad_request(format!("The JSON is nested deeper than {DEEPEST_JSON}.")));
    }
    if !body.trim_ascii_start().starts_with(b"{") {
        return Err(Refused::bad_request(
            "The body must be one GraphQL request: a JSON object. Batches are not taken.",
        ));
    }
    serde_json::from_slice(&body)
        .map_err(|error| Refused::bad_request(format!("The body is not a GraphQL request in JSON: {error}.")))
}

/// How deep the brackets of a JSON text nest. A text that is not JSON has some depth too; the parser will say the rest.
fn depth(json: &[u8]) -> usize {
    let (mut now, mut deepest, mut in_string, mut escaped) = (0usize, 0usize, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                now += 1;
                deepest = deepest.max(now);
            }
            b']' | b'}' if !in_string => now = now.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// What a document asks for may not be read: a 200 for those who accept JSON only, since they take any other status for
/// a fault of the transport.
fn unreadable(answer: Answer) -> StatusCode {
    match answer {
        Answer::GraphqlResponse => StatusCode::BAD_REQUEST,
        Answer::Json => StatusCode::OK,
    }
}

async fn execute(
    request: &HttpRequest,
    state: &State,
    method: Method,
    answer: Answer,
    parameters: Parameters,
) -> Result<Response, Refused> {
    let status = unreadable(answer);
    guard::check(&parameters.query, &state.limits)
        .map_err(|refused| Refused::new(status, RequestCode::DocumentTooComplex, refused.message()))?;
    let document = parse_query(&parameters.query)
        .map_err(|error| Refused { status, error: with_code(error.into(), RequestCode::GraphqlParseFailed) })?;
    let invalid = |message| Refused::new(status, RequestCode::GraphqlValidationFailed, message);
    let operation = operation(&document, parameters.operation_name.as_deref()).map_err(invalid)?;
    if method == Method::Get && operation.ty != OperationType::Query {
        return Err(Refused::new(
            StatusCode::METHOD_NOT_ALLOWED,
            RequestCode::MethodNotAllowed,
            "Only queries are run over GET; use POST.",
        ));
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
    let ctx = Ctx::new(&state.kith, viewer(request, state).await?);
    let mut wanted = async_graphql::Request::new(parameters.query).variables(variables);
    wanted.operation_name = parameters.operation_name;
    wanted.set_parsed_query(document);
    let executed =
        tokio::time::timeout(EXECUTED_WITHIN, state.schema.execute(crate::graphql::request(wanted, ctx))).await;
    executed.map_err(|_| {
        Refused::new(
            StatusCode::SERVICE_UNAVAILABLE,
            RequestCode::Timeout,
            "This took too long; ask for less, or try again.",
        )
    })
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

/// Whether the request brings the variables the operation needs. The engine asks only while it executes, when some
/// fields have run already.
fn check_variables(operation: &OperationDefinition, variables: &Variables) -> Result<(), String> {
    let lacks = |wanted: &&VariableDefinition| {
        let needed = !wanted.var_type.node.nullable && wanted.default_value.is_none();
        needed && matches!(variables.get(&wanted.name.node), None | Some(async_graphql::Value::Null))
    };
    match operation.variable_definitions.iter().map(|it| &it.node).find(lacks) {
        Some(wanted) => {
            Err(format!("The variable `${}` of type `{}` is missing.", wanted.name.node, wanted.var_type.node))
        }
        None => Ok(()),
    }
}

/// Who asks: the member of the token, nobody without one.
async fn viewer(request: &HttpRequest, state: &State) -> Result<Viewer, Refused> {
    let Some(header) = request.headers().get(AUTHORIZATION) else { return Ok(Viewer::Anonymous) };
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
    match domain::member::is_active(&state.kith, bearer.member).await {
        Ok(true) => Ok(Viewer::Member(bearer.member)),
        Ok(false) => Err(unauthenticated()),
        Err(error) => Err(failed(error.into())),
    }
}

fn failed(fault: Fault) -> Refused {
    let status = match fault.code {
        RequestCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    Refused::new(status, fault.code, fault.message)
}

fn with_code(mut error: ServerError, code: RequestCode) -> ServerError {
    error.extensions.get_or_insert_default().set("code", code.as_str());
    error
}

fn code_of(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code")? {
        async_graphql::Value::String(code) => Some(code),
        _ => None,
    }
}

/// The answer to a request. An error without a path was found before anything ran: then there is no `data`.
fn respond(request: &HttpRequest, answer: Answer, method: Method, outcome: Result<Response, Refused>) -> HttpResponse {
    let (status, data, errors) = match outcome {
        Err(refused) => (refused.status, None, vec![refused.error]),
        Ok(response) => {
            let invalid = response.errors.iter().any(|error| error.path.is_empty());
            let errors: Vec<ServerError> = response.errors.into_iter().map(coded).collect();
            let is_code = |code: RequestCode| errors.iter().any(|error| code_of(error) == Some(code.as_str()));
            match invalid {
                true => (unreadable(answer), None, errors),
                // All is to be asked again, so nothing is answered: data would have to be a 2xx.
                false if is_code(RequestCode::Unavailable) => (StatusCode::SERVICE_UNAVAILABLE, None, errors),
                false => (StatusCode::OK, Some(response.data), errors),
            }
        }
    };
    let failed = !errors.is_empty();
    let body = body(request, data, errors);
    let mut response = HttpResponse::build(status);
    response.content_type(answer.content_type()).insert_header(("Vary", "Accept, Accept-Encoding, Authorization"));
    match status {
        StatusCode::UNAUTHORIZED => response.insert_header(("WWW-Authenticate", r#"Bearer error="invalid_token""#)),
        StatusCode::METHOD_NOT_ALLOWED => {
            response.insert_header(("Allow", if method == Method::Get { "POST" } else { "GET, POST" }))
        }
        StatusCode::SERVICE_UNAVAILABLE => response.insert_header(("Retry-After", RETRY_AFTER)),
        // The rest of the body is not read: the client is told not to send its next request after it.
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT => response.force_close(),
        _ => &mut response,
    };
    if method == Method::Post || failed {
        return response.insert_header(("Cache-Control", "no-store")).body(body);
    }
    revalidated(request, response, body)
}

/// The answer to a GET that went well: kept by the client, and asked for again with its tag.
fn revalidated(request: &HttpRequest, mut response: HttpResponseBuilder, body: String) -> HttpResponse {
    let tag = format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(&body)[..16]));
    response.insert_header(("Cache-Control", "private, no-cache")).insert_header(("ETag", format!("W/{tag}")));
    let known = request.headers().get("If-None-Match").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut known = known.split(',').map(str::trim);
    // RFC 9110, 13.1.2: compared weakly, so that it does not matter who calls the tag weak.
    if known.any(|known| known == "*" || known.trim_start_matches("W/") == tag) {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    response.body(body)
}

/// An error of the executor's own has no code yet: it is about the document, or about a value in it.
fn coded(error: ServerError) -> ServerError {
    match code_of(&error) {
        Some(_) => error,
        None if error.path.is_empty() => with_code(error, RequestCode::GraphqlValidationFailed),
        None => with_code(error, RequestCode::BadUserInput),
    }
}

fn body(request: &HttpRequest, data: Option<async_graphql::Value>, mut errors: Vec<ServerError>) -> String {
    let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
    for error in &mut errors {
        error.extensions.get_or_insert_default().set("requestId", id.clone());
    }
    #[derive(serde::Serialize)]
    struct Body {
        #[serde(skip_serializing_if = "Vec::is_empty")]
        errors: Vec<ServerError>,
        #[serde(skip_serializing_if = "Option::is_none")]
        data: Option<async_graphql::Value>,
    }
    // Maps with string keys and no floats that JSON lacks: this always serialises.
    serde_json::to_string(&Body { errors, data }).unwrap_or_default()
}

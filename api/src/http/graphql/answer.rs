//! Answering: the status, the headers and the JSON of whatever came of a request.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder};
use async_graphql::{Pos, Response, ServerError, Value};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::budget::Spent;
use sha2::{Digest, Sha256};
use tracing_actix_web::RequestId;

use super::Method;
use super::budget::{HEADERS, headers, seconds};
use super::prepare::Asker;
use crate::graphql::error::{Fault, RequestCode, worded};
use crate::graphql::{Json, moment};
use crate::http::negotiate::{self, Answer};
use crate::words::Language;

/// How long a client should wait before it tries again, in seconds.
const RETRY_AFTER: &str = "2";

/// A request that goes no further: the status, and the errors of its body.
pub(in crate::http) struct Refused {
    status: StatusCode,
    errors: Vec<ServerError>,
    data: NoData,
    headers: Vec<(&'static str, String)>,
}

/// How an answer says that there is no data.
#[derive(Clone, Copy)]
enum NoData {
    /// It has no `data`: nothing ran.
    Absent,
    /// Its `data` is null, for clients that read nothing else.
    Null,
}

impl From<NoData> for Option<Value> {
    fn from(data: NoData) -> Self {
        match data {
            NoData::Absent => None,
            NoData::Null => Some(Value::Null),
        }
    }
}

impl Refused {
    pub(in crate::http) fn new(status: StatusCode, code: RequestCode, message: impl Into<String>) -> Self {
        let error = async_graphql::Error::from(Fault::new(code, message));
        let error = error.into_server_error(Pos::default());
        // There is no place in a document to point at.
        Self::with(status, vec![ServerError { locations: Vec::new(), ..error }])
    }

    fn with(status: StatusCode, errors: Vec<ServerError>) -> Self {
        Self { status, errors, data: NoData::Absent, headers: Vec::new() }
    }

    /// Somebody has asked too much for now.
    pub(super) fn limited(spent: &Spent) -> Self {
        let wait = seconds(spent.budget.now, spent.retry_at).max(1);
        let (cost, left) = (spent.budget.cost, spent.budget.remaining);
        let message = format!("This costs {cost} points, and {left} are left; try again in {wait} s.");
        let mut refused = Self::new(StatusCode::TOO_MANY_REQUESTS, RequestCode::RateLimited, message);
        for error in &mut refused.errors {
            error.extensions.get_or_insert_default().set("retryAt", moment(spent.retry_at));
        }
        refused.headers.push(("Retry-After", wait.to_string()));
        refused.headers.extend(headers(&spent.budget));
        refused
    }

    /// A hash under which nothing is kept. Clients know it by these words, some only in a 200, and send the document then.
    pub(super) fn not_persisted() -> Self {
        let refused = Self::new(StatusCode::OK, RequestCode::PersistedQueryNotFound, "PersistedQueryNotFound");
        Self { data: NoData::Null, ..refused }
    }

    pub(in crate::http) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, RequestCode::BadRequest, message)
    }

    /// An operation in which something was found wrong before it ran, by the engine.
    pub(super) fn invalid(errors: Vec<ServerError>) -> Self {
        Self::with(StatusCode::OK, errors)
    }

    /// Whether the request could be understood, and only what it asks for is refused.
    pub(super) fn is_of_document(&self) -> bool {
        self.status == StatusCode::OK
    }

    /// Whether the service itself is at fault, so that the same may go well later.
    pub(in crate::http) fn is_ours(&self) -> bool {
        self.status.is_server_error()
    }

    /// What it says to people.
    pub(in crate::http) fn message(&self) -> String {
        self.errors.iter().map(|error| error.message.as_str()).collect()
    }

    /// A document that is not GraphQL.
    pub(super) fn unparsed(status: StatusCode, error: ServerError) -> Self {
        Self::with(status, vec![with_code(error, RequestCode::GraphqlParseFailed)])
    }

    /// An operation all of which is to be asked again, since the database was away for a part of it.
    pub(super) fn unavailable(errors: Vec<ServerError>) -> Self {
        Self::with(StatusCode::SERVICE_UNAVAILABLE, errors)
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        let status = match fault.code {
            RequestCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, fault.code, fault.message)
    }
}

impl Answer {
    /// The status of what a document asks for and may not be read: a 200 for those who accept JSON only, since they take
    /// any other status for a fault of the transport, and for events, which need one to be told at all.
    pub(super) fn unreadable(self) -> StatusCode {
        match self {
            Self::GraphqlResponse => StatusCode::BAD_REQUEST,
            Self::Json | Self::Events => StatusCode::OK,
        }
    }
}

/// The answer to a request. An error without a path was found before anything ran: then there is no `data`.
pub(in crate::http) fn respond(
    request: &HttpRequest,
    answer: Answer,
    method: Method,
    outcome: Result<Response, Refused>,
) -> HttpResponse {
    let mut more = Vec::new();
    let mut extensions = BTreeMap::new();
    let (status, data, errors) = match outcome {
        Err(refused) => {
            more = refused.headers;
            (refused.status, refused.data.into(), refused.errors)
        }
        Ok(mut response) => {
            let told =
                HEADERS.iter().filter_map(|name| Some((*name, response.http_headers.get(*name)?.to_str().ok()?)));
            more.extend(told.map(|(name, value)| (name, value.to_owned())));
            // What is left changes with every request: in what is kept by its tag it would be wrong, and change the tag.
            if method == Method::Post {
                extensions = std::mem::take(&mut response.extensions);
            }
            match response.errors.iter().any(is_of_document) {
                true => (answer.unreadable(), None, response.errors),
                false => (StatusCode::OK, Some(response.data), response.errors),
            }
        }
    };
    let failed = !errors.is_empty();
    let language = negotiate::language(request);
    let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
    let body = Body { errors: told(errors, language, &id), data, extensions }.to_json();
    let mut response = HttpResponse::build(status);
    response
        .content_type(answer.content_type())
        .insert_header(("Content-Language", language.tag()))
        .insert_header(("Vary", "Accept, Accept-Encoding, Accept-Language, Authorization"));
    for header in more {
        response.insert_header(header);
    }
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

fn with_code(mut error: ServerError, code: RequestCode) -> ServerError {
    error.extensions.get_or_insert_default().set("code", code.as_str());
    error
}

fn code_of(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code),
        _ => None,
    }
}

/// Whether an error was found before anything ran: it has no path.
pub(super) fn is_of_document(error: &ServerError) -> bool {
    error.path.is_empty()
}

/// Whether the database was away for a part of what was executed.
pub(super) fn is_unavailable(response: &Response) -> bool {
    response.errors.iter().any(|error| code_of(error) == Some(RequestCode::Unavailable.as_str()))
}

/// An error of the executor's own has no code yet: it is about the document, or about a value in it.
fn coded(error: ServerError) -> ServerError {
    match code_of(&error) {
        Some(_) => error,
        None if error.path.is_empty() => with_code(error, RequestCode::GraphqlValidationFailed),
        None => with_code(error, RequestCode::BadUserInput),
    }
}

/// Errors as clients read them: in `language`, each with a code and with the id under which the log has the request.
fn told(errors: Vec<ServerError>, language: Language, request_id: &str) -> Vec<ServerError> {
    let told = |error| {
        let mut error = coded(worded(error, language));
        error.extensions.get_or_insert_default().set("requestId", request_id);
        error
    };
    errors.into_iter().map(told).collect()
}

/// What came of an operation, as the wire has it.
pub(in crate::http) struct Body {
    pub(in crate::http) errors: Vec<ServerError>,
    data: Option<Value>,
    extensions: BTreeMap<String, Value>,
}

impl Body {
    /// An answer, for `asker`.
    pub(in crate::http) fn answered(response: Response, asker: &Asker) -> Self {
        let Response { errors, data, extensions, .. } = response;
        Self { errors: told(errors, asker.language, &asker.request_id), data: Some(data), extensions }
    }

    /// A refusal, for `asker`.
    pub(in crate::http) fn refused(refused: Refused, asker: &Asker) -> Self {
        let errors = told(refused.errors, asker.language, &asker.request_id);
        Self { errors, data: refused.data.into(), extensions: BTreeMap::new() }
    }

    pub(in crate::http) fn to_json(&self) -> String {
        let mut json = Json::default();
        self.write(&mut json);
        json.into_text()
    }

    /// Writes what there is of it.
    pub(in crate::http) fn write(&self, json: &mut Json) {
        json.object(|body| {
            if !self.errors.is_empty() {
                body.member("errors").plain(&self.errors);
            }
            if let Some(data) = &self.data {
                body.member("data").value(data);
            }
            if !self.extensions.is_empty() {
                body.member("extensions").plain(&self.extensions);
            }
        });
    }
}

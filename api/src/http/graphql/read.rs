//! Reading a request: from a query string or a body to its parameters, within their limits.

use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, web};
use serde::Deserialize;

use super::answer::Refused;
use super::document::Asked;
use super::retry::Extensions;
use crate::graphql::error::RequestCode;
use crate::http::{MOST_BYTES, negotiate};

/// The deepest JSON.
pub(in crate::http) const DEEPEST_JSON: usize = 64;
/// How long a body may take to arrive.
const BODY_WITHIN: Duration = Duration::from_secs(30);

/// A request as its body or its query string has it. Other members are passed over.
#[derive(Deserialize)]
#[serde(try_from = "Given")]
pub(in crate::http) struct Parameters {
    pub(in crate::http) document: Asked,
    pub(super) operation_name: Option<String>,
    pub(super) variables: Option<serde_json::Map<String, serde_json::Value>>,
    pub(super) extensions: Option<Extensions>,
}

/// The members of a request, each by itself.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Given {
    query: Option<String>,
    document_id: Option<String>,
    operation_name: Option<String>,
    variables: Option<serde_json::Map<String, serde_json::Value>>,
    extensions: Option<Extensions>,
}

impl TryFrom<Given> for Parameters {
    type Error = String;

    fn try_from(given: Given) -> Result<Self, String> {
        let Given { query, document_id, operation_name, variables, extensions } = given;
        let document = Asked::of(query, document_id, extensions.as_ref())?;
        Ok(Self { document, operation_name, variables, extensions })
    }
}

/// The query string of a GET: variables and extensions are JSON in it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QueryString {
    query: Option<String>,
    document_id: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
}

/// The parameters of a GET.
pub(super) fn from_query_string(request: &HttpRequest) -> Result<Parameters, Refused> {
    let parameters = web::Query::<QueryString>::from_query(request.query_string())
        .map_err(|_| Refused::bad_request("The query string cannot be read."))?;
    let QueryString { query, document_id, operation_name, variables, extensions } = parameters.into_inner();
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let map = |name: &str, text: Option<String>| match given(text) {
        Some(text) if depth(text.as_bytes()) > DEEPEST_JSON => {
            Err(Refused::bad_request(format!("`{name}` is nested deeper than {DEEPEST_JSON}.")))
        }
        Some(text) => {
            serde_json::from_str(&text).map_err(|_| Refused::bad_request(format!("`{name}` must be a JSON object.")))
        }
        None => Ok(None),
    };
    let given = Given {
        query: given(query),
        document_id: given(document_id),
        operation_name: given(operation_name),
        variables: map("variables", variables)?,
        extensions: map("extensions", extensions)?,
    };
    given.try_into().map_err(|message: String| Refused::bad_request(format!("The query string: {message}.")))
}

/// The parameters of a POST.
pub(super) async fn from_body(request: &HttpRequest, payload: web::Payload) -> Result<Parameters, Refused> {
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
pub(in crate::http) fn depth(json: &[u8]) -> usize {
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

//! What the log has of each request: one line when it is answered, and a span that gives every line in between the
//! request's id.
//!
//! Deliberately absent: the query string and the headers, but for those by which an app and its software introduce
//! themselves. A document over GET stands in the query string, with whatever its variables say about people; the codes of handshakes,
//! invitations and calendars stand in paths.

use actix_web::Error;
use actix_web::HttpMessage;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use tracing::field::Empty;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Span};
use tracing_actix_web::{RequestId, RootSpanBuilder};

use super::client;

/// The span of a request.
pub(super) struct RequestSpan;

/// Asked every few seconds by machines, and of no interest as long as they answer.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];

/// A path without the code that follows in it, which is a credential.
fn without_code(path: &str) -> &str {
    [("/h/", "/h/-"), ("/i/", "/i/-"), ("/calendars/", "/calendars/-")]
        .into_iter()
        .find(|(begin, _)| path.starts_with(begin))
        .map_or(path, |(_, told)| told)
}

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let level = if PROBES.contains(&request.path()) { Level::DEBUG } else { Level::INFO };
        if level > LevelFilter::current() {
            return Span::none();
        }
        let id = request.extensions().get::<RequestId>().map(ToString::to_string);
        let (method, path) = (request.method().as_str(), without_code(request.path()));
        let (client, agent) = client::names(request.request());
        if level == Level::DEBUG {
            return tracing::debug_span!("request", id, method, path, client, agent, status = Empty);
        }
        tracing::info_span!("request", id, method, path, client, agent, status = Empty)
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        let status = match outcome {
            Ok(response) => response.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        span.record("status", status.as_u16());
        let is_probe = span.metadata().is_none_or(|span| *span.level() == tracing::Level::DEBUG);
        match (status.is_server_error(), is_probe) {
            (true, _) => tracing::warn!(parent: &span, "failed"),
            (false, true) => tracing::debug!(parent: &span, "answered"),
            (false, false) => tracing::info!(parent: &span, "answered"),
        }
    }
}

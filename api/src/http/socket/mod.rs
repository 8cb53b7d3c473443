//! WebSockets: operations over one connection, after the protocol `graphql-transport-ws` of the npm package
//! `graphql-ws`, with its close codes.
//!
//! A socket is one task. It reads messages ([`protocol`]), runs operations ([`operations`]) that have passed the same
//! checks as those over HTTP, and writes what it says ([`outbox`]) as fast as the other side reads; dropping it ends them
//! all. What it may hold is bounded: bytes that come, operations under way, bytes that wait to go.
//!
//! Deliberately absent: the older protocol that called itself `graphql-ws`; compression of frames; cookies, so that a page
//! of another origin that opens a socket is nobody.

mod operations;
mod outbox;
mod protocol;
mod talk;

use std::time::Duration;

use actix_web::guard::GuardContext;
use actix_web::http::ConnectionType;
use actix_web::http::header::{CONTENT_ENCODING, HeaderValue, SEC_WEBSOCKET_PROTOCOL, UPGRADE};
use actix_web::rt::spawn;
use actix_web::{HttpRequest, HttpResponse, web};
use tokio::time::timeout;
use tracing::Instrument;

use self::outbox::Outbox;
use self::talk::Socket;
use super::MOST_BYTES;
use super::graphql::Method;
use super::graphql::answer::{Refused, respond};
use super::graphql::bearer;
use super::graphql::prepare::Asker;
use super::negotiate::Answer;
use crate::State;

/// The protocol spoken, as both sides call it.
const PROTOCOL: &str = "graphql-transport-ws";
/// How long the other side may take to read what was said to it last, and to close its end.
const CLOSED_WITHIN: Duration = Duration::from_secs(5);

/// Whether a request is for a socket.
pub(super) fn is_wanted(request: &GuardContext<'_>) -> bool {
    let upgrade = request.head().headers().get(UPGRADE);
    upgrade.is_some_and(|upgrade| upgrade.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// `GET /graphql` with `Upgrade: websocket`.
pub(super) async fn get(request: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    let refuse = |refused| {
        let mut response = respond(&request, Answer::Json, Method::Get, Err(refused));
        // Otherwise the server would go on as if the connection had changed its protocol; and of a body whose length it
        // does not know, such as a compressed one, it would not mark the end.
        response.head_mut().set_connection_type(ConnectionType::Close);
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("identity"));
        response
    };
    let seat = match state.seats.take() {
        Ok(seat) => seat,
        Err(refused) => return refuse(refused),
    };
    let Ok((response, session, messages)) = actix_ws::handle_with_protocols(&request, payload, &[PROTOCOL]) else {
        return refuse(Refused::bad_request("This is no WebSocket handshake (RFC 6455, 4.2.1)."));
    };
    let is_spoken = response.headers().contains_key(SEC_WEBSOCKET_PROTOCOL);
    let messages = messages.max_frame_size(MOST_BYTES).aggregate_continuations().max_continuation_size(MOST_BYTES);
    let outbox = Outbox::default();
    let asker = Asker::of(&request, &state);
    let header = bearer::in_header(&request);
    let mut socket = Socket::new(messages, outbox.clone(), asker, header, seat, state);
    let talking = async move {
        let writing = outbox.write(session);
        tokio::pin!(writing);
        let close = tokio::select! {
            close = socket.talk(is_spoken) => close,
            () = &mut writing => return,
        };
        tracing::debug!(code = close.code, reason = %close.reason, "a socket is closed");
        outbox.close(close);
        socket.end_operations();
        // Then the other side closes its end.
        _ = timeout(CLOSED_WITHIN, async { tokio::join!(writing, socket.drain()) }).await;
    };
    spawn(talking.in_current_span());
    response
}

//! The messages of `graphql-transport-ws`, and the codes with which a socket is closed.

use std::borrow::Cow;

use actix_ws::{CloseCode, CloseReason, ProtocolError};
use async_graphql::ServerError;
use serde::{Deserialize, Serialize};

use crate::graphql::Json;
use crate::http::graphql::answer::{Body, Refused};
use crate::http::graphql::read::{DEEPEST_JSON, Parameters, depth};
use crate::http::lasting::End;

/// The longest id of an operation, in bytes.
const LONGEST_ID: usize = 128;

/// What a message may carry beside its type.
pub(super) type Payload = serde_json::Map<String, serde_json::Value>;

/// What is said to us.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Incoming {
    ConnectionInit { payload: Option<Payload> },
    Ping { payload: Option<Payload> },
    Pong {},
    Subscribe { id: String, payload: Parameters },
    Complete { id: String },
}

/// What we say.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Outgoing<'a> {
    ConnectionAck,
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Payload>,
    },
    /// Written by hand, since a part of it may be written already.
    #[serde(skip_serializing)]
    Next {
        id: &'a str,
        payload: &'a Body,
    },
    Error {
        id: &'a str,
        payload: &'a [ServerError],
    },
    Complete {
        id: &'a str,
    },
}

/// Why a socket is closed: the code, and a reason for whoever debugs a client.
#[derive(Debug)]
pub(super) struct Close {
    pub(super) code: u16,
    pub(super) reason: Cow<'static, str>,
}

impl Incoming {
    /// Reads a message.
    pub(super) fn read(text: &str) -> Result<Self, Close> {
        // One more than of a body over HTTP: the request is within the message.
        if depth(text.as_bytes()) > DEEPEST_JSON + 1 {
            return Err(Close::invalid("the JSON is nested too deeply"));
        }
        if !text.trim_ascii_start().starts_with('{') {
            return Err(Close::invalid("it is no JSON object"));
        }
        let message = serde_json::from_str(text).map_err(Close::invalid)?;
        match &message {
            Self::Subscribe { id, .. } if id.is_empty() || id.len() > LONGEST_ID => {
                Err(Close::invalid(format!("`id` must be text of 1 to {LONGEST_ID} bytes")))
            }
            _ => Ok(message),
        }
    }
}

impl Outgoing<'_> {
    pub(super) fn to_json(&self) -> String {
        let mut json = Json::default();
        match self {
            Self::Next { id, payload } => json.object(|next| {
                next.member("type").plain("next");
                next.member("id").plain(id);
                payload.write(next.member("payload"));
            }),
            other => json.plain(other),
        }
        json.into_text()
    }
}

/// What `connection_init` brings in place of an `Authorization` header: that header, in whatever case, or `authToken`.
pub(super) fn authorization(payload: &Payload) -> Option<String> {
    let given = |value: &serde_json::Value| match value {
        serde_json::Value::Null => None,
        // What is no text is no token either, and says so when it is looked at.
        value => Some(value.as_str().unwrap_or_default().to_owned()),
    };
    let header = payload.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    header
        .and_then(|(_, value)| given(value))
        .or_else(|| payload.get("authToken").and_then(given).map(|token| format!("Bearer {token}")))
}

impl Close {
    pub(super) fn new(code: u16, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { code, reason: reason.into() }
    }

    /// Whether the connection has to end, and neither side has done anything wrong.
    pub(super) fn is_an_end(&self) -> bool {
        [4403, 1012].contains(&self.code)
    }

    /// A message that is none of the protocol's.
    pub(super) fn invalid(why: impl std::fmt::Display) -> Self {
        Self::new(4400, format!("Invalid message: {why}"))
    }

    /// Nobody is let in by this token.
    pub(super) fn refused(refused: &Refused) -> Self {
        Self::new(if refused.is_ours() { 1013 } else { 4403 }, refused.message())
    }
}

impl From<End> for Close {
    fn from(end: End) -> Self {
        match end {
            End::Expired => Self::new(4403, "Forbidden: token expired"),
            End::SignedOut => Self::new(4403, "Forbidden: signed out"),
            End::Missed => Self::new(1012, "Something may have been missed: connect again, and look"),
            End::Stopping => Self::new(1012, "The server stops: connect again"),
        }
    }
}

/// Frames that break RFC 6455, or are larger than a body may be.
impl From<ProtocolError> for Close {
    fn from(error: ProtocolError) -> Self {
        match error {
            ProtocolError::Overflow => Self::new(1009, "The message is too large"),
            ProtocolError::Io(error) if error.kind() == std::io::ErrorKind::Other => {
                Self::new(1009, "The message is too large")
            }
            ProtocolError::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                Self::new(1007, "The message is not UTF-8")
            }
            error => Self::new(1002, error.to_string()),
        }
    }
}

impl From<Close> for CloseReason {
    fn from(close: Close) -> Self {
        Self { code: CloseCode::from(close.code), description: Some(close.reason.into_owned()) }
    }
}

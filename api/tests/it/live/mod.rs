//! What apps are told at once: over WebSockets and as server-sent events, frame by frame, and through the npm clients that
//! apps use.

mod clients;
mod guard;
mod nouns;
mod over;
mod socket;
mod stream;

use std::time::Duration;

use domain::ctx::Platform;
use domain::session::{self, Actor, NewDevice};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::{Person, World, without_cost};

/// The one subscription that needs nothing else.
pub(crate) const SESSION: &str = "subscription { sessionChanged { id device current } }";
/// How long something may take that is to happen at once.
pub(crate) const SOON: Duration = Duration::from_secs(5);

/// The other end of a socket.
pub(crate) struct Wire(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Wire {
    /// A socket with these headers beside those of the protocol.
    pub(crate) async fn open(world: &World, headers: &[(&'static str, &str)]) -> Self {
        let address = format!("{}/graphql", world.address.replace("http://", "ws://"));
        let mut request = address.into_client_request().expect("an address");
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("a header"));
        }
        let opened = timeout(SOON, connect_async(request)).await.expect("in time");
        Self(opened.expect("a socket").0)
    }

    /// A socket that speaks the protocol, and has not introduced itself.
    pub(crate) async fn new(world: &World) -> Self {
        Self::open(world, &[("Sec-WebSocket-Protocol", "graphql-transport-ws")]).await
    }

    /// A socket of `person`, who was let in.
    pub(crate) async fn of(world: &World, person: &Person) -> Self {
        let mut wire = Self::new(world).await;
        wire.introduce(person.token.as_deref()).await;
        wire
    }

    pub(crate) async fn introduce(&mut self, token: Option<&str>) {
        let payload = token.map_or(json!({}), |token| json!({"Authorization": format!("Bearer {token}")}));
        self.say(json!({"type": "connection_init", "payload": payload})).await;
        assert_eq!(self.hear().await, json!({"type": "connection_ack"}));
    }

    pub(crate) async fn say(&mut self, message: Value) {
        self.send(Message::text(message.to_string())).await;
    }

    /// Sends a frame; whether anybody takes it is for what is heard to show.
    pub(crate) async fn send(&mut self, message: Message) {
        _ = self.0.send(message).await;
    }

    pub(crate) async fn ask(&mut self, id: &str, document: &str, variables: Value) {
        let payload = json!({"query": document, "variables": variables});
        self.say(json!({"type": "subscribe", "id": id, "payload": payload})).await;
    }

    /// Subscribes to [`SESSION`], and waits until that stands: what is asked after it is answered after it.
    pub(crate) async fn subscribe(&mut self, id: &str) {
        self.ask(id, SESSION, json!({})).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    /// The next frame that is no question whether this side is there; `None` when the connection has ended.
    async fn frame(&mut self) -> Option<Message> {
        loop {
            match timeout(SOON, self.0.next()).await.expect("something is heard in time") {
                Some(Ok(Message::Ping(_))) => {}
                Some(Ok(message)) => return Some(message),
                Some(Err(_)) | None => return None,
            }
        }
    }

    /// The next message.
    pub(crate) async fn hear(&mut self) -> Value {
        match self.frame().await {
            Some(Message::Text(text)) => {
                let mut message: Value = serde_json::from_str(&text).expect("JSON");
                if message["type"] == "next" {
                    message["payload"] = without_cost(message["payload"].take());
                }
                message
            }
            other => panic!("no message: {other:?}"),
        }
    }

    /// The next frame, whatever it is.
    pub(crate) async fn raw(&mut self) -> Option<Message> {
        timeout(SOON, self.0.next()).await.expect("something is heard in time").and_then(Result::ok)
    }

    /// Hears nothing for a while.
    pub(crate) async fn is_silent(&mut self) {
        let heard = timeout(Duration::from_millis(400), self.frame()).await;
        assert!(heard.is_err(), "silence: {heard:?}");
    }

    /// The code and the reason with which the other side closes, after whatever else it says.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.frame().await {
                Some(Message::Close(Some(close))) => return (close.code.into(), close.reason.to_string()),
                Some(Message::Text(_) | Message::Pong(_)) => {}
                other => panic!("not closed with a code: {other:?}"),
            }
        }
    }

    /// The same, if nothing else is said before.
    pub(crate) async fn closed_without_a_word(&mut self) -> (u16, String) {
        match self.frame().await {
            Some(Message::Close(Some(close))) => (close.code.into(), close.reason.to_string()),
            other => panic!("not closed at once: {other:?}"),
        }
    }

    /// Waits until the connection itself has ended.
    pub(crate) async fn ended(&mut self) {
        while self.frame().await.is_some() {}
    }
}

/// Something happens to the account of `person`: another device signs in.
pub(crate) async fn sign_in_elsewhere(world: &World, person: &Person) {
    let device = NewDevice { name: "another".to_owned(), platform: Platform::Other };
    let lasts = domain::ctx::days(1);
    session::open_for(&world.system(), person.id, device, Actor::Member, lasts).await.expect("a session");
}

/// A token of `person` that is good for so many minutes.
pub(crate) async fn token(world: &World, person: &Person, minutes: u32) -> (domain::id::SessionId, String) {
    let device = NewDevice { name: "short".to_owned(), platform: Platform::Other };
    let lasts = domain::ctx::days(1);
    let opened = session::open_for(&world.system(), person.id, device, Actor::Member, lasts).await.expect("a session");
    (opened.session.id, world.token(person.id, opened.session.id, minutes))
}

//! What a socket does with what it hears.

use std::pin::Pin;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::web;
use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseCode};
use domain::ctx::Timestamp;
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};

use super::PROTOCOL;
use super::operations::{self, Operations};
use super::outbox::Outbox;
use super::protocol::{Close, Incoming, Outgoing, Payload, authorization};
use crate::State;
use crate::auth::Bearer;
use crate::graphql::error::RequestCode;
use crate::http::graphql::answer::{Body, Refused};
use crate::http::graphql::bearer::{Caller, admitted_member};
use crate::http::graphql::document::find;
use crate::http::graphql::prepare::{Asker, Way, prepare};
use crate::http::graphql::read::Parameters;
use crate::http::graphql::told::Told;
use crate::http::lasting::{End, LOOKED_AT, Seat, has_expired, over};

/// How long the other side may take to introduce itself.
const INTRODUCED_WITHIN: Duration = Duration::from_secs(10);
/// How often it is asked whether it is there.
const ASKED: Duration = Duration::from_secs(25);
/// So many questions may stay without any sign of life.
const UNANSWERED: u8 = 2;
/// How long what was begun may take to finish when it is over.
const FINISHED_WITHIN: Duration = Duration::from_secs(1);
/// The most sockets of one member, in this process.
const MOST: usize = 10;

/// Nothing here is a matter of GET, and everything can be answered more than once.
const WAY: Way = Way { only_reads: false, streams: true, unreadable: StatusCode::OK };

/// One socket.
pub(super) struct Socket {
    messages: AggregatedMessageStream,
    outbox: Outbox,
    operations: Operations,
    asker: Asker,
    /// The `Authorization` header it came with, until it introduces itself.
    header: Option<String>,
    is_introduced: bool,
    /// Who it is, if it has said.
    bearer: Option<Bearer>,
    over: Pin<Box<dyn Future<Output = End>>>,
    clock: Interval,
    opened_at: Timestamp,
    asked_at: Timestamp,
    unanswered: u8,
    seat: Seat,
    state: web::Data<State>,
}

impl Socket {
    pub(super) fn new(
        messages: AggregatedMessageStream,
        outbox: Outbox,
        asker: Asker,
        header: Option<String>,
        seat: Seat,
        state: web::Data<State>,
    ) -> Self {
        let now = state.kith.clock.now();
        let mut clock = interval(LOOKED_AT);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            messages,
            outbox,
            operations: Operations::default(),
            asker,
            header,
            is_introduced: false,
            bearer: None,
            over: Box::pin(over(None, state.clone())),
            clock,
            opened_at: now,
            asked_at: now,
            unanswered: 0,
            seat,
            state,
        }
    }

    /// Talks until one side has enough, and says why.
    pub(super) async fn talk(&mut self, is_spoken: bool) -> Close {
        if !is_spoken {
            return Close::new(4406, format!("Subprotocol not acceptable: offer {PROTOCOL}"));
        }
        let close = loop {
            let done = tokio::select! {
                message = self.messages.recv() => match message {
                    Some(Ok(message)) => self.hear(message).await,
                    Some(Err(error)) => Err(error.into()),
                    None => Err(Close::new(1001, "The other side is gone")),
                },
                (id, told) = self.operations.next() => self.tell(&id, told),
                end = &mut self.over => Err(end.into()),
                _ = self.clock.tick() => self.look_at_clock(),
            };
            if let Err(close) = done {
                break close;
            }
        };
        if close.is_an_end() {
            self.finish().await;
        }
        close
    }

    /// Answers what was begun, such as the command by which the session itself has ended.
    async fn finish(&mut self) {
        self.operations.end_subscriptions();
        let finished = async {
            while !self.operations.are_none() {
                let (id, told) = self.operations.next().await;
                if self.tell(&id, told).is_err() {
                    return;
                }
            }
        };
        _ = timeout(FINISHED_WITHIN, finished).await;
    }

    /// Ends whatever is under way.
    pub(super) fn end_operations(&mut self) {
        self.operations.end_all();
    }

    /// Reads on without listening, until the other side has closed its end.
    pub(super) async fn drain(&mut self) {
        while !matches!(self.messages.recv().await, None | Some(Err(_) | Ok(AggregatedMessage::Close(_)))) {}
    }

    async fn hear(&mut self, message: AggregatedMessage) -> Result<(), Close> {
        self.unanswered = 0;
        match message {
            AggregatedMessage::Text(text) => match Incoming::read(&text)? {
                Incoming::ConnectionInit { payload } => self.introduce(payload.unwrap_or_default()).await,
                Incoming::Ping { payload } => self.outbox.say(&Outgoing::Pong { payload }),
                Incoming::Pong {} => Ok(()),
                Incoming::Subscribe { id, payload } => self.start(id, payload).await,
                Incoming::Complete { id } => {
                    self.operations.end(&id);
                    Ok(())
                }
            },
            AggregatedMessage::Binary(_) => Err(Close::invalid("text is expected")),
            AggregatedMessage::Ping(payload) => self.outbox.pong(payload),
            AggregatedMessage::Pong(_) => Ok(()),
            AggregatedMessage::Close(reason) => {
                let code = reason.map_or(CloseCode::Normal, |reason| reason.code);
                Err(Close::new(code.into(), ""))
            }
        }
    }

    /// Lets the other side in, as whoever its token says or as nobody in particular.
    async fn introduce(&mut self, payload: Payload) -> Result<(), Close> {
        if self.is_introduced {
            return Err(Close::new(4429, "Too many initialisation requests"));
        }
        let header = self.header.take();
        if let Some(header) = authorization(&payload).or(header) {
            let bearer = admitted_member(&header, &self.state).await.map_err(|refused| Close::refused(&refused))?;
            if has_expired(&bearer, &self.state) {
                return Err(End::Expired.into());
            }
            if !self.seat.is_for(bearer.member, MOST) {
                return Err(Close::new(1013, format!("A member may have {MOST} sockets at a time")));
            }
            self.over = Box::pin(over(Some(bearer.clone()), self.state.clone()));
            self.bearer = Some(bearer);
        }
        self.is_introduced = true;
        self.outbox.say(&Outgoing::ConnectionAck)
    }

    /// Starts an operation, or says why not.
    async fn start(&mut self, id: String, mut parameters: Parameters) -> Result<(), Close> {
        if !self.is_introduced {
            return Err(Close::new(4401, "Unauthorized: send connection_init, and wait for its answer"));
        }
        if self.operations.has(&id) {
            return Err(Close::new(4409, format!("Subscriber for {id} already exists")));
        }
        if self.operations.are_full() {
            let message = format!("{} operations are under way on this socket; complete one.", operations::MOST);
            return self.refuse(&id, Refused::new(StatusCode::OK, RequestCode::TooManyOperations, message));
        }
        let document = find(&mut parameters.document, &self.asker, &self.state, WAY.unreadable).await;
        let prepared = document
            .and_then(|document| prepare(&self.state, &self.asker, &HeaderMap::new(), WAY, parameters, document));
        match prepared {
            Ok(operation) => {
                let bearer = self.bearer.clone().filter(|_| operation.needs_bearer());
                self.operations.start(id, operation.by(bearer.map(Caller::Member)), self.state.clone());
                Ok(())
            }
            Err(refused) => self.refuse(&id, refused),
        }
    }

    fn tell(&self, id: &str, told: Option<Told>) -> Result<(), Close> {
        match told {
            Some(Told::Next(response)) => {
                self.outbox.say(&Outgoing::Next { id, payload: &Body::answered(response, &self.asker) })
            }
            Some(Told::Refused(refused)) => self.refuse(id, refused),
            Some(Told::Over(end)) => Err(end.into()),
            None => self.outbox.say(&Outgoing::Complete { id }),
        }
    }

    fn refuse(&self, id: &str, refused: Refused) -> Result<(), Close> {
        self.outbox.say(&Outgoing::Error { id, payload: &Body::refused(refused, &self.asker).errors })
    }

    fn look_at_clock(&mut self) -> Result<(), Close> {
        let now = self.state.kith.clock.now();
        if !self.is_introduced && self.opened_at.after(INTRODUCED_WITHIN) <= now {
            return Err(Close::new(4408, "Connection initialisation timeout"));
        }
        if self.asked_at.after(ASKED) > now {
            return Ok(());
        }
        if self.unanswered >= UNANSWERED {
            return Err(Close::new(1001, "No sign of life"));
        }
        self.unanswered += 1;
        self.asked_at = now;
        self.outbox.ping()
    }
}

//! Server-sent events: the answers of an operation, one after the other, in the "distinct connections mode" of the npm
//! package `graphql-sse`. Each answer is an event `next`, and the last event is `complete`.
//!
//! Deliberately absent: that package's other mode, which keeps in memory who has which stream; and ids of events, since
//! none is told later.

use std::pin::Pin;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use domain::ctx::Timestamp;
use futures::stream::{self, Stream, StreamExt};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::graphql::Method;
use super::graphql::answer::{self, Body, Refused};
use super::graphql::prepare::{Asker, Prepared};
use super::graphql::told::{Told, told};
use super::lasting::{End, LOOKED_AT, Seat, over};
use super::negotiate::Answer;
use crate::State;
use crate::auth::Bearer;
use crate::graphql::error::RequestCode;

/// Most subscriptions by events of one member, in this process.
const MOST: usize = 20;
/// After so much silence a comment is sent, so that nobody in between takes the connection for dead.
const SILENCE: Duration = Duration::from_secs(12);
const COMMENT: &str = ":\n\n";
const COMPLETE: &str = "event: complete\ndata:\n\n";

/// All answers to `operation`, as events.
pub(super) fn respond(
    request: &HttpRequest,
    asker: Asker,
    operation: Prepared,
    state: &web::Data<State>,
) -> HttpResponse {
    let seat = match operation.is_subscription().then(|| seat(operation.bearer(), state)).transpose() {
        Ok(seat) => seat,
        Err(refused) => return answer::respond(request, Answer::Json, Method::Post, Err(refused)),
    };
    let language = asker.language.tag();
    let mut clock = interval(LOOKED_AT);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let over = over(operation.bearer().cloned(), state.clone());
    let listening = Listening {
        asker,
        over: Box::pin(over),
        told: Box::pin(told(operation, state.clone())),
        clock,
        spoken_at: state.kith.clock.now(),
        state: state.clone(),
        _seat: seat,
    };
    let events = stream::unfold(Some(listening), async |listening| {
        let mut listening = listening?;
        let (text, goes_on) = listening.next().await;
        Some((Ok::<_, actix_web::Error>(web::Bytes::from(text)), goes_on.then_some(listening)))
    });
    // The first comment brings the head of the answer through proxies that wait for something to follow it.
    let begun = stream::once(async { Ok(web::Bytes::from_static(COMMENT.as_bytes())) });
    head(language).streaming(begun.chain(events))
}

/// The one event of an operation that is refused, and the last.
pub(super) fn refuse(asker: &Asker, refused: Refused) -> HttpResponse {
    head(asker.language.tag()).body(format!("{}{COMPLETE}", next(&Body::refused(refused, asker))))
}

/// A place for one more subscription of a member. Who is not a member will be told so by the operation itself.
fn seat(bearer: Option<&Bearer>, state: &State) -> Result<Seat, Refused> {
    let mut seat = state.seats.take()?;
    match bearer {
        Some(bearer) if !seat.is_for(bearer.member, MOST) => {
            let message = format!("A member may have {MOST} event streams at a time; end one.");
            Err(Refused::new(StatusCode::SERVICE_UNAVAILABLE, RequestCode::TooManyOperations, message))
        }
        _ => Ok(seat),
    }
}

fn head(language: &str) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .content_type("text/event-stream; charset=utf-8")
        .insert_header(("Content-Language", language))
        .insert_header(("Vary", "Accept, Accept-Language, Authorization"))
        .insert_header(("Cache-Control", "no-store"))
        // Nobody in between keeps events back: not nginx, and not our own compression, which would wait for more.
        .insert_header(("X-Accel-Buffering", "no"))
        .insert_header(("Content-Encoding", "identity"));
    response
}

fn next(body: &Body) -> String {
    // JSON is written in one line.
    format!("event: next\ndata: {}\n\n", body.to_json())
}

/// Somebody who listens.
struct Listening {
    asker: Asker,
    over: Pin<Box<dyn Future<Output = End>>>,
    told: Pin<Box<dyn Stream<Item = Told>>>,
    clock: Interval,
    spoken_at: Timestamp,
    state: web::Data<State>,
    _seat: Option<Seat>,
}

impl Listening {
    /// What is said next, and whether anything follows.
    async fn next(&mut self) -> (String, bool) {
        loop {
            tokio::select! {
                biased;
                told = self.told.next() => {
                    self.spoken_at = self.state.kith.clock.now();
                    return match told {
                        Some(Told::Next(response)) => (next(&Body::answered(response, &self.asker)), true),
                        Some(Told::Refused(refused)) => (self.last(refused), false),
                        Some(Told::Over(end)) => (self.last(end.told()), false),
                        None => (COMPLETE.to_owned(), false),
                    };
                }
                end = &mut self.over => return (self.last(end.told()), false),
                _ = self.clock.tick() => {
                    let now = self.state.kith.clock.now();
                    if self.spoken_at.after(SILENCE) <= now {
                        self.spoken_at = now;
                        return (COMMENT.to_owned(), true);
                    }
                }
            }
        }
    }

    /// The last answer: why there are no more.
    fn last(&self, refused: Refused) -> String {
        format!("{}{COMPLETE}", next(&Body::refused(refused, &self.asker)))
    }
}

//! All that is told of one operation, in order, to those who can be told more than once: the one answer of a query or a
//! mutation, and of a subscription an answer for each event that concerns it.
//!
//! An event is an execution of its own, by a token that is still good, under what its member may see by then: nothing is
//! told on the ground of what was so when they subscribed.
//!
//! Deliberately absent: events that are told later. Who may have missed one is told that, and begins anew.

use std::collections::VecDeque;

use actix_web::web;
use async_graphql::Response;
use domain::live::{Feed, Signal};
use futures::future::{Either, FutureExt};
use futures::stream::{self, Stream, StreamExt};

use super::answer::{Refused, is_of_document};
use super::bearer::unauthenticated;
use super::prepare::Prepared;
use crate::State;
use crate::auth::Bearer;
use crate::graphql::Heard;
use crate::http::lasting::{End, must_end};

/// What is told of an operation. After the last one it is complete.
pub(in crate::http) enum Told {
    /// An answer.
    Next(Response),
    /// It was refused, or could not be run. Nothing follows.
    Refused(Refused),
    /// Whoever listens may not go on listening. Nothing follows.
    Over(End),
}

/// All that is told of an operation.
pub(in crate::http) fn told(operation: Prepared, state: web::Data<State>) -> impl Stream<Item = Told> {
    let begun = async move {
        if let Some(bearer) = operation.bearer() {
            match must_end(bearer, &state).await {
                Ok(None) => {}
                Ok(Some(end)) => return Either::Left(stream::iter([Told::Over(end)])),
                Err(refused) => return Either::Left(stream::iter([Told::Refused(refused)])),
            }
        }
        let operation = match operation.paid().await {
            Ok(operation) => operation,
            Err(refused) => return Either::Left(stream::iter([Told::Refused(refused)])),
        };
        if !operation.is_subscription() {
            return Either::Left(stream::iter([operation.run(&state).await.and_then(run).into()]));
        }
        match subscribe(operation, state).await {
            Ok(subscribed) => Either::Right(events(subscribed)),
            Err(refused) => Either::Left(stream::iter([Told::Refused(refused)])),
        }
    };
    begun.flatten_stream()
}

/// An answer to what ran. An error without a path was found before anything ran.
fn run(response: Response) -> Result<Response, Refused> {
    if response.errors.iter().any(is_of_document) {
        return Err(Refused::invalid(response.errors));
    }
    Ok(response)
}

impl From<Result<Response, Refused>> for Told {
    fn from(outcome: Result<Response, Refused>) -> Self {
        outcome.map_or_else(Self::Refused, Self::Next)
    }
}

/// A subscription that stands.
struct Subscribed {
    operation: Prepared,
    bearer: Bearer,
    feed: Feed,
    /// Answers to the last event that are not told yet.
    waiting: VecDeque<Response>,
    state: web::Data<State>,
}

/// Listens, and finds out whether the operation is right: what happens from here on is heard.
async fn subscribe(operation: Prepared, state: web::Data<State>) -> Result<Subscribed, Refused> {
    let bearer = operation.bearer().cloned();
    let feed = bearer.as_ref().map(|bearer| state.kith.listen(bearer.member));
    for response in operation.clone().hear(Heard(None), &state).await? {
        if !response.errors.is_empty() {
            return Err(Refused::invalid(response.errors));
        }
    }
    let (Some(bearer), Some(feed)) = (bearer, feed) else { return Err(unauthenticated()) };
    operation.keep().await;
    Ok(Subscribed { operation, bearer, feed, waiting: VecDeque::new(), state })
}

fn events(subscribed: Subscribed) -> impl Stream<Item = Told> {
    stream::unfold(Some(subscribed), async |subscribed| {
        let mut subscribed = subscribed?;
        let told = subscribed.next().await.map_or_else(Told::Over, Told::Next);
        let goes_on = matches!(told, Told::Next(_));
        Some((told, goes_on.then_some(subscribed)))
    })
}

impl Subscribed {
    /// The answer to the next event that concerns the operation.
    async fn next(&mut self) -> Result<Response, End> {
        loop {
            if let Some(response) = self.waiting.pop_front() {
                return Ok(response);
            }
            let signal = match self.feed.next().await {
                None | Some(Signal::Missed) => return Err(End::Missed),
                Some(signal) => signal,
            };
            // What cannot be told now is missed.
            if let Some(end) = must_end(&self.bearer, &self.state).await.map_err(|_| End::Missed)? {
                return Err(end);
            }
            let told = self.operation.clone().hear(Heard(Some(signal)), &self.state).await.map_err(|_| End::Missed)?;
            if !told.is_empty() {
                self.operation.pay_event().await;
            }
            self.waiting.extend(told);
        }
    }
}

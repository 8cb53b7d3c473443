//! The operations under way on one socket, each under the id its client gave it.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use actix_web::web;
use futures::Stream;

use crate::State;
use crate::http::graphql::prepare::Prepared;
use crate::http::graphql::told::{Told, told};

/// The most at a time.
pub(super) const MOST: usize = 20;

/// Those under way. They make progress while [`Operations::next`] is awaited; dropping one ends it.
#[derive(Default)]
pub(super) struct Operations {
    running: Vec<Operation>,
    /// Whose turn it is to be asked first, so that none that talks without a pause keeps the others from it.
    first: usize,
}

struct Operation {
    id: String,
    /// Whether it goes on until somebody ends it.
    goes_on: bool,
    told: Pin<Box<dyn Stream<Item = Told>>>,
}

impl Operations {
    pub(super) fn has(&self, id: &str) -> bool {
        self.running.iter().any(|operation| operation.id == id)
    }

    pub(super) fn are_full(&self) -> bool {
        self.running.len() >= MOST
    }

    pub(super) fn are_none(&self) -> bool {
        self.running.is_empty()
    }

    pub(super) fn start(&mut self, id: String, operation: Prepared, state: web::Data<State>) {
        let goes_on = operation.is_subscription();
        self.running.push(Operation { id, goes_on, told: Box::pin(told(operation, state)) });
    }

    pub(super) fn end(&mut self, id: &str) {
        self.running.retain(|operation| operation.id != id);
    }

    /// Ends those that do not end by themselves.
    pub(super) fn end_subscriptions(&mut self) {
        self.running.retain(|operation| !operation.goes_on);
    }

    pub(super) fn end_all(&mut self) {
        self.running = Vec::new();
    }

    /// What is told next, and of which operation; of one that is complete `None`. Waits for ever if there are none.
    pub(super) async fn next(&mut self) -> (String, Option<Told>) {
        let (at, told) = poll_fn(|cx| {
            let count = self.running.len();
            for at in (0..count).map(|offset| (self.first + offset) % count) {
                let Some(operation) = self.running.get_mut(at) else { continue };
                if let Poll::Ready(told) = operation.told.as_mut().poll_next(cx) {
                    self.first = at + 1;
                    return Poll::Ready((at, told));
                }
            }
            Poll::Pending
        })
        .await;
        match &told {
            Some(Told::Next(_)) => (self.running.get(at).map(|it| it.id.clone()).unwrap_or_default(), told),
            _ => (self.running.swap_remove(at).id, told),
        }
    }
}

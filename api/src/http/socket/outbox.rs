//! What a socket has said and the other side has not taken yet: in order, and bounded.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use actix_web::web::Bytes;
use actix_ws::{Closed, Session};
use tokio::sync::Notify;

use super::protocol::{Close, Outgoing};

/// The most bytes that may wait before something more is said.
const MOST_WAITING: usize = 1024 * 1024;
/// What a frame costs beside its text.
const FRAME: usize = 64;

/// Both ends of the queue: the socket says, and its writer takes.
#[derive(Clone, Default)]
pub(super) struct Outbox(Rc<Queue>);

#[derive(Default)]
struct Queue {
    waiting: RefCell<VecDeque<Frame>>,
    bytes: Cell<usize>,
    more: Notify,
}

enum Frame {
    Text(String),
    Ping,
    Pong(Bytes),
    Close(Close),
}

impl Frame {
    fn bytes(&self) -> usize {
        let text = match self {
            Self::Text(text) => text.len(),
            Self::Pong(payload) => payload.len(),
            Self::Ping | Self::Close(_) => 0,
        };
        FRAME + text
    }
}

impl Outbox {
    /// Says `message`, unless the other side does not read.
    pub(super) fn say(&self, message: &Outgoing<'_>) -> Result<(), Close> {
        self.put(Frame::Text(message.to_json()))
    }

    /// Asks whether the other side is there.
    pub(super) fn ping(&self) -> Result<(), Close> {
        self.put(Frame::Ping)
    }

    /// Answers the same question.
    pub(super) fn pong(&self, payload: Bytes) -> Result<(), Close> {
        self.put(Frame::Pong(payload))
    }

    /// Says goodbye. To those who do not read it is the next thing they read, if ever.
    pub(super) fn close(&self, close: Close) {
        if self.0.bytes.get() > MOST_WAITING {
            self.0.waiting.borrow_mut().clear();
        }
        self.0.waiting.borrow_mut().push_back(Frame::Close(close));
        self.0.more.notify_one();
    }

    fn put(&self, frame: Frame) -> Result<(), Close> {
        if self.0.bytes.get() > MOST_WAITING {
            return Err(Close::new(1013, "Too much waits to be read: connect again, and look"));
        }
        self.0.bytes.set(self.0.bytes.get() + frame.bytes());
        self.0.waiting.borrow_mut().push_back(frame);
        self.0.more.notify_one();
        Ok(())
    }

    /// Writes what is said, until the socket is closed from either side.
    pub(super) async fn write(&self, mut session: Session) {
        loop {
            let frame = self.0.waiting.borrow_mut().pop_front();
            let Some(frame) = frame else {
                self.0.more.notified().await;
                continue;
            };
            let bytes = frame.bytes();
            let written = match frame {
                Frame::Text(text) => session.text(text).await,
                Frame::Ping => session.ping(b"").await,
                Frame::Pong(payload) => session.pong(&payload).await,
                Frame::Close(close) => {
                    _ = session.close(Some(close.into())).await;
                    return;
                }
            };
            if let Err(Closed) = written {
                return;
            }
            self.0.bytes.set(self.0.bytes.get().saturating_sub(bytes));
        }
    }
}

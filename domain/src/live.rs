//! What happens, told at once to those it concerns who are listening: the source of subscriptions.
//!
//! A [`Signal`] names what has happened and says nothing about it: whoever hears of it looks, under what they may see by
//! then. Signals are written to the outbox with what they tell of ([`crate::event`]) and published after the commit, so
//! that a crash loses none; a listener may hear the same twice. A listener that does not keep up is told that it has
//! missed some, as is everybody when the link between replicas was broken.
//!
//! Deliberately absent: what is told to somebody who is not listening. That is [`crate::notification`]'s.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures::Stream;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::id::{ConversationId, IntroductionId, MemberId, MessageId, NotificationId};

/// What has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Signal {
    /// The member has a new notification.
    Notification(NotificationId),
    /// Something was said in a conversation of the member's, or changed there.
    Message(ConversationId, MessageId),
    /// An introduction looks different to the member from now on.
    Introduction(IntroductionId),
    /// The member's account changed, or who may use it: whoever acts as them must ask again whether they may.
    Account,
    /// Signals may have been missed: whoever listens must look for themselves, and begin anew.
    Missed,
}

/// A signal, and whom it concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Whom it concerns.
    pub to: MemberId,
    /// What has happened.
    pub signal: Signal,
}

/// Most signals that wait for one listener.
const MOST_WAITING: usize = 256;

/// Who listens in this process.
#[derive(Clone, Default)]
pub(crate) struct Live(Arc<Mutex<HashMap<MemberId, Vec<mpsc::Sender<Signal>>>>>);

/// The signals that concern one member, from now on. It ends after [`Signal::Missed`].
pub struct Feed {
    signals: mpsc::Receiver<Signal>,
}

impl Live {
    /// Listens to what concerns `member`.
    pub(crate) fn listen(&self, member: MemberId) -> Feed {
        let (sender, signals) = mpsc::channel(MOST_WAITING);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(member).or_default().push(sender);
        Feed { signals }
    }

    /// Tells those who listen in this process.
    pub(crate) fn tell(&self, event: Event) {
        let mut listeners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(senders) = listeners.get_mut(&event.to) else { return };
        senders.retain(|sender| sender.try_send(event.signal).is_ok());
        if senders.is_empty() {
            listeners.remove(&event.to);
        }
    }
}

impl Stream for Feed {
    type Item = Signal;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Signal>> {
        self.signals.poll_recv(cx)
    }
}

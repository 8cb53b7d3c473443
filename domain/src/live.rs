//! What happens, told at once to those it concerns who are listening: the source of subscriptions.
//!
//! A [`Signal`] names what has happened and says nothing about it: whoever hears of it looks, under what they may see by
//! then. Signals are written to the outbox with what they tell of ([`crate::event`]) and published after the commit, so
//! that a crash loses none; a listener may hear the same twice. With Redis they go through it to the listeners of every
//! replica, the publisher's own among them ([`link`]); without it they are told in this process. A listener that does
//! not keep up is told that it has missed some, as is everybody when the link between replicas was broken.
//!
//! Deliberately absent: what is told to somebody who is not listening. That is [`crate::notification`]'s.

mod link;

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use futures::Stream;
use serde::{Deserialize, Deserializer, Serialize};
use tokio::sync::mpsc;

pub use self::link::run;
use crate::Kith;
use crate::error::Result;
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
    #[serde(deserialize_with = "known")]
    pub signal: Signal,
}

/// A signal; where a newer version, which runs beside this one for a while, names something this one does not know,
/// whoever it concerns has missed it.
fn known<'de, D: Deserializer<'de>>(text: D) -> std::result::Result<Signal, D::Error> {
    Ok(serde_json::from_value(serde_json::Value::deserialize(text)?).unwrap_or(Signal::Missed))
}

/// Most signals that wait for one listener.
const MOST_WAITING: usize = 256;

/// Who listens in this process.
#[derive(Clone, Default)]
pub(crate) struct Live(Arc<Mutex<Listeners>>);

#[derive(Default)]
struct Listeners {
    by_member: HashMap<MemberId, Vec<Listener>>,
    /// How many have listened so far: the number of the next one.
    begun: u64,
}

struct Listener {
    number: u64,
    /// Dropped when the listener has missed something: that is how its feed knows.
    sender: mpsc::Sender<Signal>,
}

/// The signals that concern one member, from now on. It ends after [`Signal::Missed`].
pub struct Feed {
    signals: mpsc::Receiver<Signal>,
    is_over: bool,
    member: MemberId,
    number: u64,
    live: Live,
}

impl Live {
    /// Listens to what concerns `member`.
    pub(crate) fn listen(&self, member: MemberId) -> Feed {
        let (sender, signals) = mpsc::channel(MOST_WAITING);
        let mut listeners = self.listeners();
        let number = listeners.begun;
        listeners.begun += 1;
        listeners.by_member.entry(member).or_default().push(Listener { number, sender });
        Feed { signals, is_over: false, member, number, live: self.clone() }
    }

    /// Tells those who listen in this process. Whoever has not kept up is let go.
    fn tell(&self, event: Event) {
        let is_told = |listener: &Listener| listener.sender.try_send(event.signal).is_ok();
        self.listeners().keep(event.to, |listener| event.signal != Signal::Missed && is_told(listener));
    }

    /// Tells all who listen in this process that they may have missed something.
    fn tell_missed(&self) {
        self.listeners().by_member.clear();
    }

    fn listeners(&self) -> MutexGuard<'_, Listeners> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listeners {
    /// Keeps only those listeners of `member`.
    fn keep(&mut self, member: MemberId, those: impl FnMut(&Listener) -> bool) {
        let Some(listeners) = self.by_member.get_mut(&member) else { return };
        listeners.retain(those);
        if listeners.is_empty() {
            self.by_member.remove(&member);
        }
    }
}

impl Stream for Feed {
    type Item = Signal;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Signal>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        self.signals.poll_recv(cx).map(|heard| {
            self.is_over = heard.is_none();
            Some(heard.unwrap_or(Signal::Missed))
        })
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.live.listeners().keep(self.member, |listener| listener.number != self.number);
    }
}

/// Tells everybody who listens, on whatever replica.
///
/// # Errors
/// [`crate::error::Error::Unavailable`] if Redis did not take it; the outbox tries again.
pub(crate) async fn publish(kith: &Kith, events: &[Event]) -> Result<()> {
    match kith.cache.shared() {
        Some(redis) => link::publish(redis, events).await,
        None => {
            events.iter().for_each(|event| kith.live.tell(*event));
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests;

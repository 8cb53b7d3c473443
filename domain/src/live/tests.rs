//! Who is told what, in one process.

use futures::{FutureExt, StreamExt};
use tokio::task::unconstrained;

use super::*;

fn event(to: MemberId, signal: Signal) -> Event {
    Event { to, signal }
}

/// What a feed says without waiting, however many are asked in a row.
fn said(feed: &mut Feed) -> Vec<Signal> {
    std::iter::from_fn(|| unconstrained(feed.next()).now_or_never().flatten()).collect()
}

#[tokio::test]
async fn each_listener_is_told_what_concerns_its_member() {
    let (live, ana, bela) = (Live::default(), MemberId::fresh(), MemberId::fresh());
    let (mut one, mut other, mut another) = (live.listen(ana), live.listen(ana), live.listen(bela));
    let note = Signal::Notification(NotificationId::fresh());
    live.tell(event(ana, note));
    live.tell(event(bela, Signal::Account));
    assert_eq!((said(&mut one), said(&mut other), said(&mut another)), (vec![note], vec![note], vec![Signal::Account]));
}

#[tokio::test]
async fn a_slow_listener_is_told_that_it_missed_some_and_hinders_nobody() {
    let (live, ana) = (Live::default(), MemberId::fresh());
    let (mut slow, mut quick) = (live.listen(ana), live.listen(ana));
    for _ in 0..2 * MOST_WAITING {
        live.tell(event(ana, Signal::Account));
        assert_eq!(said(&mut quick), [Signal::Account]);
    }
    let mut heard = Vec::new();
    while let Some(signal) = slow.next().await {
        heard.push(signal);
    }
    assert_eq!(heard.len(), MOST_WAITING + 1);
    assert_eq!(heard.pop(), Some(Signal::Missed));
    assert!(heard.iter().all(|signal| *signal == Signal::Account));
    assert_eq!(slow.next().await, None, "it has ended");
}

#[tokio::test]
async fn all_are_told_that_they_may_have_missed_some_after_what_they_heard() {
    let (live, ana, bela) = (Live::default(), MemberId::fresh(), MemberId::fresh());
    let (mut one, mut other) = (live.listen(ana), live.listen(bela));
    live.tell(event(ana, Signal::Account));
    live.tell_missed();
    let mut late = live.listen(ana);
    live.tell(event(ana, Signal::Account));
    assert_eq!(one.by_ref().collect::<Vec<_>>().await, [Signal::Account, Signal::Missed]);
    assert_eq!(other.by_ref().collect::<Vec<_>>().await, [Signal::Missed]);
    assert_eq!(said(&mut late), [Signal::Account], "who begins anew hears again");
}

#[tokio::test]
async fn nothing_is_kept_of_those_who_do_not_listen_any_more() {
    let (live, ana) = (Live::default(), MemberId::fresh());
    let (one, other) = (live.listen(ana), live.listen(ana));
    drop(one);
    assert_eq!(live.listeners().by_member[&ana].len(), 1);
    live.tell_missed();
    let anew = live.listen(ana);
    drop(other);
    assert_eq!(live.listeners().by_member[&ana].len(), 1, "one that was let go takes no other with it");
    drop(anew);
    assert!(live.listeners().by_member.is_empty());
}

#[tokio::test]
async fn what_only_a_newer_version_can_name_was_missed() {
    let (live, ana) = (Live::default(), MemberId::fresh());
    let mut feed = live.listen(ana);
    let told = [event(ana, Signal::Message(ConversationId::fresh(), MessageId::fresh())), event(ana, Signal::Account)];
    let newer = serde_json::to_string(&told).unwrap().replace("\"Account\"", "{\"Waved\": 7}");
    let read: Vec<Event> = serde_json::from_str(&newer).unwrap();
    assert_eq!(read, [told[0], event(ana, Signal::Missed)]);
    read.into_iter().for_each(|event| live.tell(event));
    assert_eq!(feed.by_ref().collect::<Vec<_>>().await, [told[0].signal, Signal::Missed]);
}

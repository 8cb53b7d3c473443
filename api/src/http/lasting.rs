//! Connections that last: WebSockets and event streams. How many there are, and when one has to end: at the end of its
//! token, when its member may no longer ask by it, when something may have been missed, when the server stops.
//!
//! Times are the service's own ([`domain::ctx::Clock`]), looked at twice a second.
//!
//! Deliberately absent: what ends a connection from the other side, which each transport sees for itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web;
use domain::id::MemberId;
use domain::live::Signal;
use futures::StreamExt;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::graphql::answer::Refused;
use super::graphql::bearer::{expired, stands, unauthenticated};
use crate::State;
use crate::auth::Bearer;
use crate::graphql::error::RequestCode;

/// Most connections that last, in this process.
const MOST: usize = 10_000;
/// How often the clock is looked at.
pub(super) const LOOKED_AT: Duration = Duration::from_millis(500);
/// At the first and at every so many looks at the clock the session is looked at as well, whether or not anything was
/// heard of it.
const SESSION_LOOKED_AT: u32 = 20;
/// Over how much time connections are spread that end at once, because the server stops or something was missed: so much for each, and no more than this
/// in all, so that those who come back do not come at once.
const SPREAD_EACH: Duration = Duration::from_millis(20);
const SPREAD: Duration = Duration::from_secs(5);
/// How long after that a connection may take to end.
const ENDED_WITHIN: Duration = Duration::from_secs(1);

/// Why a connection has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The time of the token is over.
    Expired,
    /// The session is over, or its member may not act any more.
    SignedOut,
    /// Something may have happened that could not be told.
    Missed,
    /// The server stops.
    Stopping,
}

impl End {
    /// How those are told of it who read errors.
    pub(super) fn told(self) -> Refused {
        let (status, code) = (StatusCode::SERVICE_UNAVAILABLE, RequestCode::Unavailable);
        match self {
            Self::Expired => expired(),
            Self::SignedOut => unauthenticated(),
            Self::Missed => Refused::new(status, code, "Something may have been missed; look, and subscribe again."),
            Self::Stopping => Refused::new(status, code, "The server stops; subscribe again."),
        }
    }
}

/// The places for connections that last.
#[derive(Clone)]
pub(crate) struct Seats(Arc<Places>);

struct Places {
    taken: watch::Sender<usize>,
    by_member: Mutex<HashMap<MemberId, usize>>,
    /// Once the server stops, over how much time the connections end.
    stopping: watch::Sender<Option<Duration>>,
}

/// A place, until it is dropped.
pub(super) struct Seat {
    seats: Seats,
    member: Option<MemberId>,
}

impl Default for Seats {
    fn default() -> Self {
        let (taken, stopping) = (watch::Sender::new(0), watch::Sender::new(None));
        Self(Arc::new(Places { taken, by_member: Mutex::default(), stopping }))
    }
}

impl Seats {
    /// A place.
    ///
    /// # Errors
    /// If all are taken, or the server stops.
    pub(super) fn take(&self) -> Result<Seat, Refused> {
        let is_free = |taken: &mut usize| {
            let free = *taken < MOST && self.0.stopping.borrow().is_none();
            *taken += usize::from(free);
            free
        };
        if self.0.taken.send_if_modified(is_free) {
            return Ok(Seat { seats: self.clone(), member: None });
        }
        let message = "There is no place for another connection that lasts; try again in a moment.";
        Err(Refused::new(StatusCode::SERVICE_UNAVAILABLE, RequestCode::Unavailable, message))
    }

    /// Over how much time all connections end that end for one reason.
    fn spread(&self) -> Duration {
        SPREAD_EACH.saturating_mul(u32::try_from(*self.0.taken.borrow()).unwrap_or(u32::MAX)).min(SPREAD)
    }

    /// Ends all connections that last, some now and some later; returns when they have ended.
    pub(crate) async fn close(&self) {
        let spread = self.spread();
        self.0.stopping.send_replace(Some(spread));
        let mut taken = self.0.taken.subscribe();
        // Who has not ended by then is cut off.
        _ = timeout(spread + ENDED_WITHIN, taken.wait_for(|taken| *taken == 0)).await;
    }
}

impl Seat {
    /// Whether `member`, whose the place is from now on, has no more than `most` of them.
    pub(super) fn is_for(&mut self, member: MemberId, most: usize) -> bool {
        let mut by_member = self.seats.0.by_member.lock().unwrap_or_else(PoisonError::into_inner);
        let theirs = by_member.entry(member).or_default();
        if *theirs >= most {
            return false;
        }
        *theirs += 1;
        self.member = Some(member);
        true
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(member) = self.member {
            let mut by_member = self.seats.0.by_member.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(theirs) = by_member.get_mut(&member) {
                *theirs -= 1;
                if *theirs == 0 {
                    by_member.remove(&member);
                }
            }
        }
        self.seats.0.taken.send_modify(|taken| *taken -= 1);
    }
}

/// Whether what lasts by this token has to end now.
///
/// # Errors
/// If nobody can say, since the database is away.
pub(super) async fn must_end(bearer: &Bearer, state: &State) -> Result<Option<End>, Refused> {
    if has_expired(bearer, state) {
        return Ok(Some(End::Expired));
    }
    Ok((!stands(bearer, &state.kith).await?).then_some(End::SignedOut))
}

/// Whether the time of a token is over.
pub(super) fn has_expired(bearer: &Bearer, state: &State) -> bool {
    bearer.expires_at <= state.kith.clock.now()
}

/// Waits until a connection has to end that came by this token, or by none.
pub(super) async fn over(bearer: Option<Bearer>, state: web::Data<State>) -> End {
    let mut stopping = state.seats.0.stopping.subscribe();
    tokio::select! {
        end = no_longer_good(bearer, &state) => {
            // All replicas' connections may have missed the same.
            if end == End::Missed {
                sleep(state.seats.spread().mul_f64(rand::random())).await;
            }
            end
        }
        spread = stopping.wait_for(Option::is_some) => {
            let spread = spread.ok().and_then(|spread| *spread).unwrap_or_default();
            sleep(spread.mul_f64(rand::random())).await;
            End::Stopping
        }
    }
}

async fn no_longer_good(bearer: Option<Bearer>, state: &State) -> End {
    let Some(bearer) = bearer else { return std::future::pending().await };
    let mut feed = state.kith.listen(bearer.member);
    let mut clock = interval(LOOKED_AT);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut looks = 0_u32;
    loop {
        tokio::select! {
            signal = feed.next() => match signal {
                None | Some(Signal::Missed) => return End::Missed,
                Some(Signal::Account) => {}
                Some(_) => continue,
            },
            _ = clock.tick() => {
                let is_due = looks.is_multiple_of(SESSION_LOOKED_AT);
                looks = looks.wrapping_add(1);
                if has_expired(&bearer, state) {
                    return End::Expired;
                }
                if !is_due {
                    continue;
                }
            }
        }
        // That the database is away is no reason to send everybody away at once.
        if let Ok(Some(end)) = must_end(&bearer, state).await {
            return end;
        }
    }
}

//! Every may-rule, as pure functions of facts: no I/O, no clock, exhaustive matches.
//!
//! A rule is asked inside the transaction that acts on it, about rows that are locked, so that what it found still
//! holds when the command is written.

use std::time::Duration;

use crate::ctx::{Timestamp, days};
use crate::entity::member;
use crate::entity::tie::{self, Answer, State};
use crate::id::MemberId;
use crate::limiter::Rate;

/// Most active ties a member may have.
pub(crate) const MOST_TIES: u64 = 5_000;
/// Most claims a member may make in [`CLAIM_DAY`].
pub(crate) const MOST_CLAIMS: u64 = 10;
/// The day [`MOST_CLAIMS`] counts in: the last 24 hours.
pub(crate) const CLAIM_DAY: Duration = days(1);
/// How long a claim, or an imported tie, awaits an answer.
pub(crate) const ANSWERED_WITHIN: Duration = days(30);
/// How long after a decline the same person may not ask again.
pub(crate) const REST_AFTER_DECLINE: Duration = days(90);

/// How long a one-time code sent by e-mail is good.
pub(crate) const CODE_LASTS: Duration = Duration::from_secs(10 * 60);
/// How often a one-time code may be guessed.
pub(crate) const MOST_TRIES: i16 = 5;
/// How long after a sign-in its session may touch credentials without another proof.
pub(crate) const PROOF_LASTS: Duration = Duration::from_secs(15 * 60);
/// How long a device stays signed in without being used.
pub(crate) const SESSION_LASTS: Duration = days(90);
/// How long a device stays signed in at the most.
pub(crate) const SESSION_LASTS_AT_MOST: Duration = days(365);
/// How long the answer to a refresh may be asked for again.
pub(crate) const REFRESH_GRACE: Duration = Duration::from_secs(60);
/// Most sessions of a member; a further one ends the one seen longest ago.
pub(crate) const MOST_SESSIONS: usize = 50;
/// How long an invitation is good.
pub(crate) const INVITATION_LASTS: Duration = days(7);
/// How long an invitation that nobody used is shown to its inviter after that.
pub(crate) const INVITATION_SHOWN: Duration = days(30);
/// Most open invitations of a member.
pub(crate) const MOST_INVITATIONS: u64 = 20;

/// How long a handshake can be scanned.
pub(crate) const HANDSHAKE_LASTS: Duration = Duration::from_secs(5 * 60);
/// How long after that a phone that was offline may hand it in.
pub(crate) const HANDSHAKE_TOLD: Duration = days(2);

/// How long a member who leaves can come back by signing in.
pub(crate) const LEAVING_LASTS: Duration = days(14);

/// Archives one member asks for.
pub(crate) const EXPORTS: Rate = Rate { name: "x", burst: 5, every: Duration::from_secs(6 * 60 * 60) };
/// Handshakes one member opens.
pub(crate) const HANDSHAKES: Rate = Rate { name: "h", burst: 30, every: Duration::from_secs(120) };
/// Handshakes one member hands in.
pub(crate) const SCANS: Rate = Rate { name: "hs", burst: 30, every: Duration::from_secs(60) };
/// Guesses at what proves one account.
pub(crate) const GUESSES_AT_ACCOUNT: Rate = Rate { name: "ga", burst: 5, every: Duration::from_secs(120) };
/// Guesses from one address.
pub(crate) const GUESSES_FROM_ADDRESS: Rate = Rate { name: "gf", burst: 30, every: Duration::from_secs(20) };
/// Guesses by everybody.
pub(crate) const GUESSES: Rate = Rate { name: "g", burst: 1_000, every: Duration::from_millis(50) };
/// Letters to one address.
pub(crate) const LETTERS_TO_ADDRESS: Rate = Rate { name: "lt", burst: 4, every: Duration::from_secs(300) };
/// Letters asked for from one address of the network.
pub(crate) const LETTERS_FROM_ADDRESS: Rate = Rate { name: "lf", burst: 30, every: Duration::from_secs(30) };
/// Letters asked for by everybody.
pub(crate) const LETTERS: Rate = Rate { name: "l", burst: 1_000, every: Duration::from_millis(100) };

/// Whether an account may be used, and its member seen: neither suspended nor leaving.
pub(crate) fn is_in_use(row: &member::Model) -> bool {
    row.state == member::State::Active && row.leaves_at.is_none()
}

/// What `member` has said to the tie.
pub(crate) fn answer_of(row: &tie::Model, member: MemberId) -> Answer {
    if member == row.low { row.low_answer } else { row.high_answer }
}

/// The other of the tie's two members.
pub(crate) fn other_of(row: &tie::Model, member: MemberId) -> MemberId {
    if member == row.low { row.high } else { row.low }
}

/// The state of a tie as one of its two members sees it; `None` if they may not know of the row at all.
///
/// Who claimed a tie follows their claim, not the tie, until it is active: a claim looks the same whether it reached
/// anybody or not. Two who met know of each other, so both see the tie. Who was declined sees the request wait, and then expire.
pub(crate) fn seen_state(row: &tie::Model, viewer: MemberId, now: Timestamp) -> Option<State> {
    let waiting = if now < row.expires_at { State::Pending } else { State::Expired };
    match row.state {
        State::Active | State::Ended => Some(row.state),
        State::Pending | State::Declined | State::Withdrawn | State::Expired
            if row.begun_by == Some(viewer) && row.met_at.is_none() =>
        {
            None
        }
        State::Pending | State::Expired => Some(waiting),
        State::Declined if answer_of(row, viewer) == Answer::No => Some(State::Declined),
        State::Declined => Some(waiting),
        State::Withdrawn => Some(State::Withdrawn),
    }
}

/// Whether `by` may ask the other again, given that this earlier tie of theirs exists.
pub(crate) fn may_claim_again(row: &tie::Model, by: MemberId, now: Timestamp) -> bool {
    let refused = answer_of(row, other_of(row, by)) == Answer::No;
    match row.state {
        State::Declined => !refused || row.closed_at.is_some_and(|at| at.after(REST_AFTER_DECLINE) <= now),
        State::Pending | State::Active | State::Ended | State::Withdrawn | State::Expired => true,
    }
}

/// Whether `member` may say yes or no to the tie now. Somebody who was declined without knowing may still answer.
pub(crate) fn may_answer_tie(row: &tie::Model, member: MemberId, now: Timestamp) -> bool {
    seen_state(row, member, now) == Some(State::Pending)
}

/// Whether a claim of `by`'s takes back a decline that the other knows nothing of: for them, the tie never stopped
/// waiting.
pub(crate) fn may_reopen_tie(row: &tie::Model, by: MemberId, now: Timestamp) -> bool {
    row.state == State::Declined && answer_of(row, by) == Answer::No && may_answer_tie(row, other_of(row, by), now)
}

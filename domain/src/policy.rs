//! Every may-rule, as pure functions of facts: no I/O, no clock, exhaustive matches.
//!
//! A rule is asked inside the transaction that acts on it, about rows that are locked, so that what it found still
//! holds when the command is written.

use std::time::Duration;

use crate::ctx::{Timestamp, days};
use crate::entity::charter::{self, Joining};
use crate::entity::community::{self, Stage};
use crate::entity::tie::{self, Answer, State};
use crate::entity::{introduction, member, membership, nomination};
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

/// Most communities a member may be forming at once.
pub(crate) const MOST_FORMING: u64 = 3;
/// Most members of a community, with the invitations and applications that are open.
pub(crate) const MOST_MEMBERS: u64 = 10_000;
/// How long an invitation to a community, or an application, awaits an answer.
pub(crate) const MEMBERSHIP_ANSWERED_WITHIN: Duration = days(30);
/// How long members have to agree to a charter that changed.
pub(crate) const CONSENT_WITHIN: Duration = days(30);
/// How long a community is live without anything happening in it.
pub(crate) const IDLE_AFTER: Duration = days(365);
/// Fewest endorsements that make a goal of a live community understood.
pub(crate) const LEAST_QUORUM: u64 = 3;
/// Most goals of a community that are proposed or active at once.
pub(crate) const MOST_GOALS: u64 = 50;
/// Most gatherings of a community that are still to come.
pub(crate) const MOST_GATHERINGS: u64 = 100;
/// Most open reports of one member in one community.
pub(crate) const MOST_REPORTS: u64 = 20;

/// Most webhooks of a community.
pub(crate) const MOST_WEBHOOKS: u64 = 10;
/// Most deliveries that are asked for again at once.
pub(crate) const MOST_REPLAYS: u64 = 1_000;
/// Deliveries a community asks for again, and tests.
pub(crate) const REPLAYS: Rate = Rate { name: "wh", burst: 30, every: Duration::from_secs(10) };
/// How long the secret before still signs, at the most.
pub(crate) const SECRETS_OVERLAP_AT_MOST: Duration = days(7);

/// How long an introduction awaits its answers, from the request on.
pub(crate) const INTRODUCED_WITHIN: Duration = days(21);
/// Most introductions a member has open, as far as they know.
pub(crate) const MOST_INTRODUCTIONS: u64 = 10;
/// How long after an introduction that came to nothing the same two are not introduced again.
pub(crate) const REST_AFTER_INTRODUCTION: Duration = days(90);
/// The month in which introductions are counted that reach a member: the last 30 days.
pub(crate) const INTRODUCTION_MONTH: Duration = days(30);
/// For how many days an ask is open at the most.
pub(crate) const ASK_DAYS: i32 = 30;
/// Most asks a member has open.
pub(crate) const MOST_ASKS: u64 = 5;
/// How long a nominee has to answer.
pub(crate) const NOMINATION_LASTS: Duration = days(14);
/// Most nominations of one contact for one ask.
pub(crate) const MOST_NOMINATIONS: u64 = 20;

/// Most access tokens of a community that are good at once.
pub(crate) const MOST_ACCESS_TOKENS: u64 = 20;
/// How long an access token is good at the most.
pub(crate) const ACCESS_TOKEN_LASTS_AT_MOST: Duration = days(366);
/// How long after a rotation the old secret may be good.
pub(crate) const ACCESS_TOKEN_OVERLAP_AT_MOST: Duration = days(7);
/// Lists of one partner.
pub(crate) const ROSTER_IMPORTS: Rate = Rate { name: "ri", burst: 30, every: Duration::from_secs(60) };
/// How long after an invitation a partner's list invites the same person anew, if they did not answer.
pub(crate) const ROSTER_INVITED_ANEW: Duration = INVITATION_LASTS;
/// How long it is kept what was asked by an access token.
pub(crate) const ACCESS_TOKEN_USES_KEPT: Duration = days(90);

/// How long a handshake can be scanned.
pub(crate) const HANDSHAKE_LASTS: Duration = Duration::from_secs(5 * 60);
/// How long after that a phone that was offline may hand it in.
pub(crate) const HANDSHAKE_TOLD: Duration = days(2);

/// How long a member who leaves can come back by signing in.
pub(crate) const LEAVING_LASTS: Duration = days(14);

/// Most points an operation may cost. A bucket that could hold less would refuse for ever what is allowed.
pub(crate) const MOST_COST: u32 = 10_000;
/// What a mutation costs beside the nodes of its answer: it locks, writes and is told to others.
pub(crate) const MUTATION_COST: u32 = 10;
/// Points a member has at once. An app that starts cold asks for a few dozen pages, some 3,000; the flow, 100 in a second, is
/// a full page of a hundred each second, without end.
pub(crate) const MEMBER_POINTS: u32 = 60_000;
/// Points a partner's token has at once: it may read a whole roster of [`MOST_MEMBERS`] with a few fields below each.
pub(crate) const PARTNER_POINTS: u32 = 120_000;
/// Points somebody without a token has at once, by their network: a school behind one address signs in, and that is all
/// there is to do without a token.
pub(crate) const ANONYMOUS_POINTS: u32 = 20_000;
/// Within which time points flow back.
pub(crate) const POINTS_WITHIN: Duration = Duration::from_secs(10 * 60);
/// Documents one member has kept for the others, as the app meets them first: an app has some hundred.
pub(crate) const DOCUMENTS: Rate = Rate { name: "d", burst: 300, every: Duration::from_secs(60) };
/// Documents everybody has kept. With [`DOCUMENT_KEPT`] and the largest document this bounds what they take.
pub(crate) const ALL_DOCUMENTS: Rate = Rate { name: "da", burst: 2_000, every: Duration::from_secs(60) };
/// Largest document that is kept, in bytes.
pub(crate) const MOST_DOCUMENT_BYTES: usize = 32 * 1024;
/// How long a document is kept that nobody asks for.
pub(crate) const DOCUMENT_KEPT: Duration = days(1);

/// Archives one member asks for.
pub(crate) const EXPORTS: Rate = Rate { name: "x", burst: 5, every: Duration::from_secs(6 * 60 * 60) };
/// Handshakes one member opens.
pub(crate) const HANDSHAKES: Rate = Rate { name: "h", burst: 30, every: Duration::from_secs(120) };
/// Handshakes one member hands in.
pub(crate) const SCANS: Rate = Rate { name: "hs", burst: 30, every: Duration::from_secs(60) };
/// Messages one member writes.
pub(crate) const MESSAGES: Rate = Rate { name: "ms", burst: 60, every: Duration::from_secs(1) };
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

/// What somebody is to a community, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// It has let them in by an access token, as a partner.
    Partner,
    /// Nothing; it is live, so they see what anybody sees.
    Stranger,
    /// They have applied.
    Applicant,
    /// They are invited.
    Invitee,
    /// They belong to it.
    Member,
    /// They look after it.
    Steward,
}

/// Whether an account may be used, and its member seen: neither suspended nor leaving.
pub(crate) fn is_in_use(row: &member::Model) -> bool {
    row.state == member::State::Active && row.leaves_at.is_none()
}

/// Whether a membership is open: it holds, or awaits an answer in time.
pub(crate) fn is_open(row: &membership::Model, now: Timestamp) -> bool {
    use membership::State::{Active, Applied, Declined, Expired, Invited, Left, Removed, Withdrawn};
    match row.state {
        Active => true,
        Invited | Applied => now < row.expires_at,
        Left | Removed | Declined | Withdrawn | Expired => false,
    }
}

/// What a membership is by now: one that nobody answered in time has expired.
pub(crate) fn membership_state(row: &membership::Model, now: Timestamp) -> membership::State {
    use membership::State::{Applied, Expired, Invited};
    match row.state {
        Invited | Applied if !is_open(row, now) => Expired,
        state => state,
    }
}

/// What somebody with these memberships is to a community; `None` if it does not exist for them.
pub(crate) fn access_to(community: &community::Model, rows: &[membership::Model], now: Timestamp) -> Option<Access> {
    use membership::{Role, State};
    let open = rows.iter().find(|row| is_open(row, now));
    match open.map(|row| (row.state, row.role)) {
        Some((State::Active, Role::Steward)) => Some(Access::Steward),
        Some((State::Active, Role::Member)) => Some(Access::Member),
        Some((State::Invited, _)) if is_open_stage(community.stage) => Some(Access::Invitee),
        _ if rows.iter().any(|row| row.state == State::Removed && !row.may_return) => None,
        // Also where it rests by now: they can take it back.
        Some((State::Applied, _)) => Some(Access::Applicant),
        _ if community.stage != Stage::Live => None,
        _ => Some(Access::Stranger),
    }
}

/// Whether somebody may come in at this stage.
pub(crate) fn is_open_stage(stage: Stage) -> bool {
    match stage {
        Stage::Forming | Stage::Live => true,
        Stage::Dormant | Stage::Archived => false,
    }
}

/// Whether a member has let the time pass in which to agree to a charter that changed.
pub(crate) fn is_consent_overdue(
    community: &community::Model,
    charter: &charter::Model,
    mine: &membership::Model,
    now: Timestamp,
) -> bool {
    mine.state == membership::State::Active
        && community.stage != Stage::Forming
        && mine.consented_version < charter.version
        && charter.created_at.after(CONSENT_WITHIN) <= now
}

/// Whether a member may invite: any while it is forming or where that is how one joins, otherwise stewards.
pub(crate) fn may_invite_to(community: &community::Model, charter: &charter::Model, access: Access) -> bool {
    match (community.stage, charter.joining) {
        (Stage::Forming, _) | (Stage::Live, Joining::Invitation) => access >= Access::Member,
        (Stage::Live, Joining::Vouched | Joining::Request) => access >= Access::Steward,
        (Stage::Dormant | Stage::Archived, _) => false,
    }
}

/// How many endorsements make a goal understood, of so many members; `of_founders` is how many while the community is
/// forming.
pub(crate) fn quorum(stage: Stage, members: u64, of_founders: u64) -> u64 {
    match stage {
        Stage::Forming => of_founders.max(1),
        Stage::Live | Stage::Dormant | Stage::Archived => members.div_ceil(10).max(LEAST_QUORUM),
    }
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

/// What somebody is in an introduction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Whoever asks to be introduced.
    Requester,
    /// Whoever is asked to introduce the two, being tied to both.
    Connector,
    /// Whoever is to be met.
    Target,
}

/// What `member` is in an introduction; `None` if it has not reached them.
pub(crate) fn part_in(row: &introduction::Model, member: MemberId) -> Option<Part> {
    if row.requester_id == member {
        return Some(Part::Requester);
    }
    if row.connector_id == Some(member) {
        return row.connector_at.map(|_| Part::Connector);
    }
    row.target_at.filter(|_| row.target_id == Some(member)).map(|_| Part::Target)
}

/// The state of an introduction as `viewer`, who is this in it, sees it, and since when.
///
/// A step somebody took themselves shows to them at once, and so does what they were all told: that it was accepted, or taken back.
/// That somebody else said no, or that what it rested on is gone, shows at the moment that was drawn for it at the request,
/// or, if it happened later than that, as having expired: so nobody learns who said no, when, or that anybody did.
pub(crate) fn seen_introduction(
    row: &introduction::Model,
    part: Part,
    viewer: MemberId,
    now: Timestamp,
) -> (introduction::State, Timestamp) {
    use introduction::State::{Accepted, Closed, Declined, Expired, PassedOn, Requested, Withdrawn};
    if let (Accepted, Some(at)) = (row.state, row.accepted_at) {
        return (Accepted, at);
    }
    if let (Some(at), true) = (row.ended_at, row.ended_by == Some(viewer)) {
        return (row.state, at);
    }
    if let Some(at) = row.withdrawn_at {
        return (Withdrawn, at);
    }
    let is_over = matches!(row.state, Declined | Closed) && row.ended_at.is_some_and(|at| at <= row.reveal_at);
    if is_over && row.reveal_at <= now {
        return (Closed, row.reveal_at);
    }
    if row.expires_at <= now {
        return (Expired, row.expires_at);
    }
    match (part, row.passed_at, row.target_at) {
        (Part::Requester, ..) | (Part::Connector, None, _) => (Requested, row.created_at),
        (Part::Connector, Some(at), _) => (PassedOn, at),
        (Part::Target, _, at) => (PassedOn, at.unwrap_or(row.created_at)),
    }
}

/// Whether an introduction awaits an answer of the connector's, or of the target's, in truth.
pub(crate) fn awaits(row: &introduction::Model, part: Part, now: Timestamp) -> bool {
    use introduction::State::{Accepted, Closed, Declined, Expired, PassedOn, Requested, Withdrawn};
    let in_time = now < row.expires_at;
    match (row.state, part) {
        (Requested, Part::Connector) => in_time && row.connector_at.is_some(),
        (PassedOn, Part::Target) => in_time && row.target_at.is_some(),
        (Requested | PassedOn, _) | (Accepted | Declined | Withdrawn | Expired | Closed, _) => false,
    }
}

/// The state of a nomination for an ask that closed at `ask_closed_at`, as its nominee sees it, or, if it is somebody else,
/// as the asker and the nominator do: to them it shows only that it was accepted, or that its time, or the ask's, is over.
pub(crate) fn seen_nomination(
    row: &nomination::Model,
    ask_closed_at: Option<Timestamp>,
    seen_by: SeenBy,
    now: Timestamp,
) -> nomination::State {
    use nomination::State::{Accepted, Closed, Declined, Expired, Offered};
    let closed = ask_closed_at.is_some_and(|at| at < row.expires_at);
    match (row.state, seen_by) {
        (Accepted, _) => Accepted,
        (Declined | Closed, SeenBy::Nominee) => row.state,
        (Offered | Expired | Declined | Closed, _) if closed => Closed,
        (Offered | Expired | Declined | Closed, _) if row.expires_at <= now => Expired,
        (Offered | Expired | Declined | Closed, _) => Offered,
    }
}

/// Who looks at a nomination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SeenBy {
    /// Whoever was named.
    Nominee,
    /// Whoever asked, or named them.
    Others,
}

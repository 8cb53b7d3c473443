//! Ties: mutual, real-life relationships between two members.
//!
//! A tie is one row a pair, `low < high`, unique while it is open, whoever began it; while it is active it also has two
//! ends, which are what the network reads. What each of the two may see of it is [`policy::seen_state`]'s to say.
//! Nothing runs when a pending tie's time is over: whoever looks sees it expired, and the next claim writes it down.

mod answer;
mod claim;
mod introduced;
mod meeting;
mod newcomer;

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};

pub(crate) use self::answer::{close_for_block, ends};
pub use self::answer::{confirm, decline, end};
pub use self::claim::{Claim, ClaimState, Named, NewClaim, claim, claims, claims_by_ids, withdraw};
pub(crate) use self::introduced::{asked, introduced};
pub(crate) use self::meeting::{Meeting, Told, may_be_told, meet, met};
pub(crate) use self::newcomer::{invited, reach_newcomer};
use crate::ctx::{Ctx, Timestamp};
use crate::entity::tie::{self, Answer, Column};
pub use crate::entity::tie::{Context, Evidence, State};
use crate::entity::tie_end;
use crate::error::Result;
use crate::id::{IntroductionId, MemberId, TieId};
use crate::page::{self, Page, Window};
use crate::{policy, visibility};

/// A tie, as one of its two members sees it.
#[derive(Clone, Debug)]
pub struct Tie {
    /// Which.
    pub id: TieId,
    /// The other of the two.
    pub other: MemberId,
    /// Where it stands, for the viewer.
    pub state: State,
    /// What it rests on.
    pub evidence: Evidence,
    /// How the two know each other.
    pub context: Context,
    /// The same in words of the one who began.
    pub note: Option<String>,
    /// Whether it waits for the viewer's answer.
    pub awaits_viewer: bool,
    /// When the two met, by a handshake, as the scanning phone says.
    pub met_at: Option<Timestamp>,
    /// When that reached the service.
    pub received_at: Option<Timestamp>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it became active.
    pub active_at: Option<Timestamp>,
    /// When it expires, while it is pending.
    pub expires_at: Option<Timestamp>,
    /// Which introduction it came of.
    pub introduction: Option<IntroductionId>,
}

impl Tie {
    /// Where it stands in [`list`].
    pub fn cursor(&self) -> String {
        page::encode(LIST, &(self.created_at, self.id))
    }

    /// `row` as `viewer` sees it.
    fn seen_by(row: &tie::Model, viewer: MemberId, now: Timestamp) -> Option<Self> {
        let state = policy::seen_state(row, viewer, now)?;
        let pending = state == State::Pending;
        Some(Self {
            id: row.id,
            other: policy::other_of(row, viewer),
            state,
            evidence: row.evidence,
            context: row.context,
            note: row.note.clone(),
            awaits_viewer: (pending && policy::answer_of(row, viewer) == Answer::None) || meeting::awaits(row, viewer),
            met_at: row.met_at,
            received_at: row.received_at,
            created_at: row.created_at,
            active_at: row.active_at,
            expires_at: pending.then_some(row.expires_at),
            introduction: row.introduction_id,
        })
    }
}

/// The name of the list in cursors.
const LIST: &str = "ties";

/// The viewer's ties in `state`, newest first, with members who exist for them.
///
/// # Errors
/// [`crate::error::Error::InvalidCursor`].
pub async fn list(ctx: &Ctx, state: State, window: &Window) -> Result<Page<Tie>> {
    let me = ctx.me()?;
    let mine = tie::Entity::find().filter(of(me)).filter(in_state(state, me, ctx.now));
    let total = window.total_of(&ctx.kith.store.db, &mine).await?;
    let rows = window.newest_first(LIST, mine, Column::CreatedAt, Column::Id)?.all(&ctx.kith.store.db).await?;
    let ties = rows.iter().filter_map(|row| Tie::seen_by(row, me, ctx.now)).collect();
    Ok(Page::of(LIST, window, ties, total, |tie: &Tie| (tie.created_at, tie.id)))
}

/// Those of the viewer's ties with these ids that they may know of.
///
/// # Errors
/// As the database says.
pub async fn by_ids(ctx: &Ctx, ids: &[TieId]) -> Result<Vec<Tie>> {
    let me = ctx.me()?;
    let query = tie::Entity::find().filter(Column::Id.is_in(ids.iter().copied())).filter(of(me));
    let rows = query.all(&ctx.kith.store.db).await?;
    Ok(rows.iter().filter_map(|row| Tie::seen_by(row, me, ctx.now)).collect())
}

/// Those of these rows that `viewer` may know of, as they see them.
pub(crate) fn seen_of(rows: &[tie::Model], viewer: MemberId, now: Timestamp) -> Vec<Tie> {
    rows.iter().filter_map(|row| Tie::seen_by(row, viewer, now)).collect()
}

/// Whether the two are tied, under the locks of a command.
pub(crate) async fn are_tied(tx: &impl ConnectionTrait, a: MemberId, b: MemberId) -> Result<bool> {
    Ok(tie_end::Entity::find_by_id((a, b)).one(tx).await?.is_some())
}

/// Ties of `me` with members who exist for them.
fn of(me: MemberId) -> Condition {
    Condition::any()
        .add(Condition::all().add(Column::Low.eq(me)).add(visibility::existing(me, Column::High)))
        .add(Condition::all().add(Column::High.eq(me)).add(visibility::existing(me, Column::Low)))
}

/// The same rule as [`policy::seen_state`], for the database.
fn in_state(state: State, me: MemberId, now: Timestamp) -> Condition {
    let answer = |wanted: Answer| {
        Condition::any()
            .add(Condition::all().add(Column::Low.eq(me)).add(Column::LowAnswer.eq(wanted)))
            .add(Condition::all().add(Column::High.eq(me)).add(Column::HighAnswer.eq(wanted)))
    };
    let known = || {
        let theirs = Condition::any().add(Column::BegunBy.is_null()).add(Column::BegunBy.ne(me));
        Condition::all().add(theirs.add(Column::MetAt.is_not_null()))
    };
    let waiting = Condition::any()
        .add(Column::State.is_in([State::Pending, State::Expired]))
        .add(Condition::all().add(Column::State.eq(State::Declined)).add(answer(Answer::No).not()));
    match state {
        State::Active | State::Ended => Condition::all().add(Column::State.eq(state)),
        State::Pending => known().add(waiting).add(Column::ExpiresAt.gt(now)),
        State::Expired => known().add(waiting).add(Column::ExpiresAt.lte(now)),
        State::Declined => known().add(Column::State.eq(State::Declined)).add(answer(Answer::No)),
        State::Withdrawn => known().add(Column::State.eq(State::Withdrawn)),
    }
}

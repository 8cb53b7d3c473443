//! Introductions: a member asks to be introduced, through somebody they know, to somebody that one knows. Each of the two
//! others may say no without explaining.
//!
//! What is so stands in one row; what of it shows to whom is [`policy::seen_introduction`]'s to say, and the same rule
//! stands here for lists. The requester, and whoever passed it on, learn that somebody said no, or that what it rested on
//! is gone, at a moment drawn when it was asked for, or not at all. A request that is more than somebody takes in a month
//! waits unseen until it is its turn. Every step locks the three, and is one transaction.
//!
//! Deliberately absent: reminders. Nobody is nagged.

mod answer;
mod outcome;
mod queue;
mod request;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, Select};

pub use self::answer::{accept, decline, pass_on, withdraw};
pub use self::outcome::{Said, my_outcomes, record_outcome};
pub use self::queue::{IntroductionPolicy, PolicyEdit, deliver_waiting, my_policy, tell_ended, update_policy};
pub use self::request::{NewIntroduction, request};
use crate::ctx::{Ctx, Timestamp};
use crate::entity::introduction::{self, Column};
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::id::{GoalId, IntroductionId, MemberId};
use crate::page::{self, Page, Window};
use crate::{policy, visibility};

pub use crate::entity::introduction::State;
pub use crate::entity::introduction_outcome::Outcome;
pub use crate::policy::Part;

/// An introduction, as one of its three sees it.
#[derive(Clone, Debug)]
pub struct Introduction {
    /// Which.
    pub id: IntroductionId,
    /// What the viewer is in it.
    pub part: Part,
    /// Where it stands, for them.
    pub state: State,
    /// Since when.
    pub since: Timestamp,
    /// Who asks.
    pub requester: MemberId,
    /// Who is asked to introduce.
    pub connector: Option<MemberId>,
    /// Who is to be met.
    pub target: Option<MemberId>,
    /// Which goal it serves.
    pub goal: Option<GoalId>,
    /// Why, in the requester's words.
    pub reason: String,
    /// What the connector said to the target; not for the requester.
    pub note: Option<String>,
    /// Whether it awaits the viewer's answer.
    pub awaits_viewer: bool,
    /// When it was asked for, or when it reached the viewer.
    pub created_at: Timestamp,
    /// When it expires, while it is open.
    pub expires_at: Option<Timestamp>,
}

/// The name of the list in cursors.
const LIST: &str = "introductions";

impl Introduction {
    /// Where it stands in [`list`].
    pub fn cursor(&self) -> String {
        page::encode(LIST, &(self.created_at, self.id))
    }

    /// `row` as `viewer` sees it.
    fn seen_by(row: introduction::Model, viewer: MemberId, now: Timestamp) -> Option<Self> {
        let part = policy::part_in(&row, viewer)?;
        let (state, since) = policy::seen_introduction(&row, part, viewer, now);
        let is_open = matches!(state, State::Requested | State::PassedOn);
        Some(Self {
            id: row.id,
            part,
            state,
            since,
            requester: row.requester_id,
            connector: row.connector_id,
            target: row.target_id,
            goal: row.goal_id,
            note: row.note.filter(|_| part != Part::Requester),
            awaits_viewer: awaits_answer(part, state),
            created_at: reached_at(part, row.created_at, row.connector_at, row.target_at),
            expires_at: is_open.then_some(row.expires_at),
            reason: row.reason,
        })
    }
}

/// Whether an introduction awaits the answer of whoever is this in it, as far as it shows to them.
fn awaits_answer(part: Part, state: State) -> bool {
    matches!((part, state), (Part::Connector, State::Requested) | (Part::Target, State::PassedOn))
}

/// When an introduction reached whoever is this in it.
fn reached_at(part: Part, created: Timestamp, connector: Option<Timestamp>, target: Option<Timestamp>) -> Timestamp {
    match part {
        Part::Requester => created,
        Part::Connector => connector.unwrap_or(created),
        Part::Target => target.unwrap_or(created),
    }
}

/// Whose id, and since when it is theirs to see.
fn columns(part: Part) -> (Column, Column) {
    match part {
        Part::Requester => (Column::RequesterId, Column::CreatedAt),
        Part::Connector => (Column::ConnectorId, Column::ConnectorAt),
        Part::Target => (Column::TargetId, Column::TargetAt),
    }
}

/// The introductions in which `me` is this, which have reached them, and whose two others exist for them.
fn of(me: MemberId, part: Part) -> Condition {
    let (mine, reached) = columns(part);
    let others = [Column::RequesterId, Column::ConnectorId, Column::TargetId].into_iter();
    let others = others.filter(|column| {
        !matches!(
            (column, part),
            (Column::RequesterId, Part::Requester)
                | (Column::ConnectorId, Part::Connector)
                | (Column::TargetId, Part::Target)
        )
    });
    let own = Condition::all().add(mine.eq(me)).add(reached.is_not_null());
    others.fold(own, |all, other| all.add(visibility::existing(me, other)))
}

/// The introductions that `me` has part in and may know of.
fn mine(me: MemberId) -> Select<introduction::Entity> {
    let parts = [Part::Requester, Part::Connector, Part::Target];
    introduction::Entity::find().filter(parts.into_iter().fold(Condition::any(), |any, part| any.add(of(me, part))))
}

/// The same rule as [`policy::seen_introduction`], for the database.
fn in_state(state: State, part: Part, me: MemberId, now: Timestamp) -> Condition {
    let accepted = || Column::State.eq(State::Accepted);
    let own = || Condition::all().add(Column::EndedBy.is_not_null()).add(Column::EndedBy.eq(me));
    let told = || {
        Condition::all()
            .add(Column::State.is_in([State::Declined, State::Closed]))
            .add(Expr::col(Column::EndedAt).lte(Expr::col(Column::RevealAt)))
            .add(Column::RevealAt.lte(now))
    };
    // Neither accepted, nor ended by the viewer, nor taken back.
    let quiet = || Condition::all().add(accepted().not()).add(own().not()).add(Column::WithdrawnAt.is_null());
    let own_in = |state: State| Condition::all().add(own()).add(Column::State.eq(state));
    let open = || quiet().add(told().not()).add(Column::ExpiresAt.gt(now));
    match (state, part) {
        (State::Accepted, _) => Condition::all().add(accepted()),
        (State::Withdrawn, _) => {
            let taken_back = Condition::all().add(Column::WithdrawnAt.is_not_null()).add(own().not());
            Condition::any().add(own_in(state)).add(taken_back)
        }
        (State::Declined, _) => own_in(state),
        (State::Closed, _) => Condition::any().add(own_in(state)).add(quiet().add(told())),
        (State::Expired, _) => quiet().add(told().not()).add(Column::ExpiresAt.lte(now)),
        (State::Requested, Part::Requester) => open(),
        (State::Requested, Part::Connector) => open().add(Column::PassedAt.is_null()),
        (State::PassedOn, Part::Connector) => open().add(Column::PassedAt.is_not_null()),
        (State::PassedOn, Part::Target) => open(),
        (State::Requested, Part::Target) | (State::PassedOn, Part::Requester) => nothing(),
    }
}

fn nothing() -> Condition {
    Condition::all().add(Column::Id.eq(IntroductionId::NONE))
}

/// The introductions in which the viewer is this, newest first; those that stand in `state` for them, if it is given.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn list(ctx: &Ctx, part: Part, state: Option<State>, window: &Window) -> Result<Page<Introduction>> {
    let me = ctx.me()?;
    let mut rows = introduction::Entity::find().filter(of(me, part));
    if let Some(state) = state {
        rows = rows.filter(in_state(state, part, me, ctx.now));
    }
    let total = window.total_of(&ctx.kith.store.db, &rows).await?;
    let rows = window.newest_first(LIST, rows, columns(part).1, Column::Id)?.all(&ctx.kith.store.db).await?;
    let seen = rows.into_iter().filter_map(|row| Introduction::seen_by(row, me, ctx.now)).collect();
    Ok(Page::of(LIST, window, seen, total, |it: &Introduction| (it.created_at, it.id)))
}

/// Those of `ids` that the viewer has part in and may know of.
///
/// # Errors
/// As the database says.
pub async fn by_ids(ctx: &Ctx, ids: &[IntroductionId]) -> Result<Vec<Introduction>> {
    let me = ctx.me()?;
    let rows = mine(me).filter(Column::Id.is_in(ids.iter().copied())).all(&ctx.kith.store.db).await?;
    Ok(rows.into_iter().filter_map(|row| Introduction::seen_by(row, me, ctx.now)).collect())
}

/// What an earlier try of the same command left, as it is now.
async fn again(ctx: &Ctx, id: IntroductionId) -> Result<Introduction> {
    by_ids(ctx, &[id]).await?.pop().ok_or(Error::AlreadyDone)
}

fn no_such_introduction() -> Error {
    Refusal::of("introductionId", Code::NotFound, Message::new("no-such-introduction")).into()
}

fn wrong_state(message: Message) -> Error {
    Refusal::of("introductionId", Code::WrongState, message).into()
}

//! Goals: shared when they are understood.
//!
//! A goal is PROPOSED until enough members have said it in their own words ([`endorse`]); only then is it worked on
//! ([`work`]). Its outcome can change until that moment, and that voids what was said of the old one. Only the words of
//! those who still belong to the community count.

mod understanding;
mod work;

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Select};

pub use self::understanding::{Endorsement, FEWEST_WORDS, Understanding, endorse, understanding, voices};
pub use self::work::{
    Commitment, NewCommitment, NewProgress, Progress, abandon, achieve, commit, commitments, commitments_by_ids,
    complete, progress, record,
};
use crate::community::{Community, Standing, command, inside, read_inside};
use crate::ctx::{Ctx, Timestamp};
use crate::entity::endorsement;
use crate::entity::goal::{self, Column};
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::Change;
use crate::id::{CommunityId, GoalId, MemberId};
use crate::idempotency::Command;
use crate::member::Edit;
use crate::page::{self, Page, Window};
use crate::policy;
use crate::scope::Scope;
use crate::text::{self, Checks};

pub use crate::entity::goal::State;

/// A goal, as members of its community see it.
#[derive(Clone, Debug)]
pub struct Goal {
    /// Which.
    pub id: GoalId,
    /// Whose.
    pub community: CommunityId,
    /// Who proposed it; `None` if they are gone.
    pub proposer: Option<MemberId>,
    /// What is so when it is reached, in a sentence.
    pub outcome: String,
    /// How it is measured.
    pub measure: Option<Measure>,
    /// By which date, such as `2026-12-31`.
    pub due_on: Option<String>,
    /// Where it stands.
    pub state: State,
    /// Why it was given up.
    pub reason: Option<String>,
    /// When it was proposed.
    pub created_at: Timestamp,
    /// When enough members had understood it.
    pub activated_at: Option<Timestamp>,
    /// When it was reached, or given up.
    pub closed_at: Option<Timestamp>,
}

/// How a goal is measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// In what, such as `volunteers`.
    pub unit: String,
    /// Where it begins.
    pub start: f64,
    /// Where it is reached.
    pub target: f64,
}

/// A goal to be proposed.
#[derive(Clone, Debug)]
pub struct NewGoal {
    /// At most 300 characters.
    pub outcome: String,
    /// How it is measured.
    pub measure: Option<Measure>,
    /// A date.
    pub due_on: Option<String>,
}

/// A change of a goal.
#[derive(Clone, Debug, Default)]
pub struct GoalEdit {
    /// At most 300 characters, while it is proposed; voids the endorsements.
    pub outcome: Option<String>,
    /// How it is measured.
    pub measure: Edit<Measure>,
    /// A date.
    pub due_on: Edit<String>,
}

impl Goal {
    /// Where it stands in [`list`] and [`mine`].
    pub fn cursor(&self) -> String {
        page::encode(LIST, &(self.created_at, self.id))
    }
}

impl From<goal::Model> for Goal {
    fn from(row: goal::Model) -> Self {
        let measure = match (row.unit, row.start_value, row.target_value) {
            (Some(unit), Some(start), Some(target)) => Some(Measure { unit, start, target }),
            _ => None,
        };
        Self {
            id: row.id,
            community: row.community_id,
            proposer: row.proposer_id,
            outcome: row.outcome,
            measure,
            due_on: row.due_on,
            state: row.state,
            reason: row.reason,
            created_at: row.created_at,
            activated_at: row.activated_at,
            closed_at: row.closed_at,
        }
    }
}

/// The name of the list in cursors.
const LIST: &str = "goals";

/// The goals of communities whose inside the viewer reads.
fn seen(ctx: &Ctx) -> Result<Select<goal::Entity>> {
    Ok(goal::Entity::find().filter(read_inside(ctx, Scope::GoalsRead, Column::CommunityId)?))
}

/// Those of `ids` that show to the viewer.
///
/// # Errors
/// As the database says.
pub async fn by_ids(ctx: &Ctx, ids: &[GoalId]) -> Result<Vec<Goal>> {
    let rows = seen(ctx)?.filter(Column::Id.is_in(ids.iter().copied())).all(&ctx.kith.store.db).await?;
    Ok(rows.into_iter().map(Goal::from).collect())
}

async fn by_id(ctx: &Ctx, id: GoalId) -> Result<Goal> {
    by_ids(ctx, &[id]).await?.pop().ok_or(Error::AlreadyDone)
}

/// The goals of a community, newest first; none unless the viewer belongs to it.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn list(ctx: &Ctx, community: &Community, state: Option<State>, window: &Window) -> Result<Page<Goal>> {
    if !community.shows_inside() {
        return Ok(Page::empty(window));
    }
    page_of(ctx, seen(ctx)?.filter(Column::CommunityId.eq(community.id)), state, window).await
}

/// The goals of all communities the viewer belongs to, newest first.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn mine(ctx: &Ctx, state: Option<State>, window: &Window) -> Result<Page<Goal>> {
    page_of(ctx, seen(ctx)?, state, window).await
}

async fn page_of(
    ctx: &Ctx,
    mut rows: Select<goal::Entity>,
    state: Option<State>,
    window: &Window,
) -> Result<Page<Goal>> {
    if let Some(state) = state {
        rows = rows.filter(Column::State.eq(state));
    }
    let total = window.total_of(&ctx.kith.store.db, &rows).await?;
    let rows = window.newest_first(LIST, rows, Column::CreatedAt, Column::Id)?.all(&ctx.kith.store.db).await?;
    let goals = rows.into_iter().map(Goal::from).collect();
    Ok(Page::of(LIST, window, goals, total, |goal: &Goal| (goal.created_at, goal.id)))
}

/// Proposes a goal to a community the viewer belongs to.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::MembersOnly`], [`Code::WrongState`], [`Code::ConsentDue`] or
/// [`Code::InvalidInput`].
pub async fn propose(ctx: &Ctx, community: CommunityId, new: NewGoal) -> Result<Goal> {
    let mut checks = Checks::default();
    let outcome = checks.take(text::paragraph("outcome", &new.outcome, 300)).unwrap_or_default();
    let measure = new.measure.and_then(|raw| checks.take(measured(raw)));
    let due_on = new.due_on.and_then(|raw| checks.take(text::date("dueOn", &raw)));
    checks.finish()?;
    let goal = command(ctx, community, [], async |tx, standing| {
        let mine = standing.acting_member(ctx)?;
        let open = goal::Entity::find()
            .filter(Column::CommunityId.eq(community))
            .filter(Column::State.is_in([State::Proposed, State::Active]));
        if open.count(&**tx).await? >= policy::MOST_GOALS {
            let message = Message::new("too-many-goals").with("most", policy::MOST_GOALS);
            return Err(Refusal::new(Code::WrongState, message).into());
        }
        let row = goal::Model {
            id: GoalId::fresh(),
            community_id: community,
            proposer_id: Some(mine.member_id),
            outcome,
            unit: measure.as_ref().map(|measure| measure.unit.clone()),
            start_value: measure.as_ref().map(|measure| measure.start),
            target_value: measure.as_ref().map(|measure| measure.target),
            due_on,
            state: State::Proposed,
            reason: None,
            created_at: ctx.now,
            updated_at: ctx.now,
            activated_at: None,
            closed_at: None,
            closed_by: None,
        };
        let row = row.into_active_model().reset_all().insert(&**tx).await?;
        Ok((row.id, Change::default()))
    })
    .await?;
    by_id(ctx, goal).await
}

/// A measure that can be worked with.
fn measured(raw: Measure) -> std::result::Result<Measure, Refusal> {
    let unit = text::line("unit", &raw.unit, 40)?;
    if !raw.start.is_finite() || !raw.target.is_finite() || raw.start == raw.target {
        return Err(Refusal::of("measure", Code::InvalidInput, Message::new("measure-start-and-target")));
    }
    Ok(Measure { unit, ..raw })
}

/// Goes on if what names this goal may name it: it shows to the viewer, or none is named.
///
/// # Errors
/// Refused with [`Code::NotFound`].
pub(crate) async fn refuse_unknown(ctx: &Ctx, goal: Option<GoalId>) -> Result<()> {
    match goal {
        Some(id) if by_ids(ctx, &[id]).await?.is_empty() => Err(no_such_goal()),
        Some(_) | None => Ok(()),
    }
}

fn no_such_goal() -> Error {
    Refusal::of("goalId", Code::NotFound, Message::new("no-such-goal")).into()
}

/// The community of a goal that somebody names, or the refusal that there is none.
async fn community_of(ctx: &Ctx, id: GoalId) -> Result<CommunityId> {
    let row = goal::Entity::find_by_id(id).one(&ctx.kith.store.db).await?;
    row.map(|row| row.community_id).ok_or_else(no_such_goal)
}

/// A command of the viewer's about a goal: what [`inside`] does, with the goal as it is under its locks. A goal of a
/// community the viewer does not belong to is not found.
async fn about(
    ctx: &Ctx,
    id: GoalId,
    work: impl AsyncFnOnce(&Command, Standing, goal::Model) -> Result<()>,
) -> Result<Goal> {
    let community = community_of(ctx, id).await?;
    let done = inside(ctx, community, [], no_such_goal, async |tx, standing| {
        standing.writable(ctx)?;
        let row = goal::Entity::find_by_id(id).one(&**tx).await?.ok_or_else(no_such_goal)?;
        work(tx, standing, row).await.map(|()| (id, Change::default()))
    });
    by_id(ctx, done.await?).await
}

fn refuse_unless_theirs(standing: &Standing, row: &goal::Model) -> Result<()> {
    let mine = standing.member()?;
    if row.proposer_id == Some(mine.member_id) { Ok(()) } else { standing.steward().map(drop) }
}

fn wrong_state(message: Message) -> Error {
    Refusal::of("goalId", Code::WrongState, message).into()
}

/// Changes a goal that is proposed or active, as its proposer or a steward. The outcome changes only while it is
/// proposed, and that voids what was said of the old one.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::StewardsOnly`], [`Code::WrongState`], [`Code::ConsentDue`] or
/// [`Code::InvalidInput`].
pub async fn update(ctx: &Ctx, id: GoalId, edit: GoalEdit) -> Result<Goal> {
    let mut checks = Checks::default();
    let outcome = edit.outcome.and_then(|raw| checks.take(text::paragraph("outcome", &raw, 300)));
    let measure = edit.measure.check(&mut checks, measured);
    let due_on = edit.due_on.check(&mut checks, |raw| text::date("dueOn", &raw));
    checks.finish()?;
    about(ctx, id, async |tx, standing, mut row| {
        refuse_unless_theirs(&standing, &row)?;
        match row.state {
            State::Proposed => {}
            State::Active if outcome.is_none() => {}
            State::Active => return Err(wrong_state(Message::new("outcome-is-agreed"))),
            State::Achieved | State::Abandoned => return Err(wrong_state(Message::new("goal-is-over"))),
        }
        if let Some(outcome) = outcome.filter(|outcome| *outcome != row.outcome) {
            row.outcome = outcome;
            endorsement::Entity::delete_many().filter(endorsement::Column::GoalId.eq(id)).exec(&**tx).await?;
        }
        match measure {
            Edit::Keep => {}
            Edit::Clear => (row.unit, row.start_value, row.target_value) = (None, None, None),
            Edit::Set(new) => {
                (row.unit, row.start_value, row.target_value) = (Some(new.unit), Some(new.start), Some(new.target));
            }
        }
        match due_on {
            Edit::Keep => {}
            Edit::Clear => row.due_on = None,
            Edit::Set(date) => row.due_on = Some(date),
        }
        row.updated_at = ctx.now;
        row.into_active_model().reset_all().update(&**tx).await?;
        Ok(())
    })
    .await
}

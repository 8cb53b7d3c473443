//! Claiming a tie: naming somebody one knows, by exact handle or e-mail address.
//!
//! The claimer gets a [`Claim`], their own record, in every case: when nobody bears that name, when the other has
//! blocked them or declined them lately, and when the other is now being asked. The answers do not differ, so a claim
//! cannot be used to find out who is a member. Only a confirmation shows that the name was somebody's.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Set,
};

use super::answer;
use crate::ctx::{Ctx, Timestamp};
use crate::entity::claim::{self, Column, State};
use crate::entity::member;
use crate::entity::tie::{self, Answer, Context, Evidence};
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::Change;
use crate::id::{ClaimId, MemberId, TieId};
use crate::idempotency::{self, Begun};
use crate::notification::{self, Kind};
use crate::page::{self, Page, Window};
use crate::text::{self, Checks};
use crate::{policy, store, visibility};

pub use crate::entity::claim::State as ClaimState;

/// Somebody, named exactly.
#[derive(Clone, Debug)]
pub enum Named {
    /// By their handle.
    Handle(String),
    /// By an e-mail address of theirs.
    Email(String),
}

/// What a claim says.
#[derive(Clone, Debug)]
pub struct NewClaim {
    /// Whom the viewer knows.
    pub named: Named,
    /// How they know each other.
    pub context: Context,
    /// The same in words: at most 300 characters. The other reads it.
    pub note: Option<String>,
}

/// A claim, as its claimer sees it.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Which.
    pub id: ClaimId,
    /// The handle or e-mail address as given, folded.
    pub named: String,
    /// How they know each other.
    pub context: Context,
    /// The same in words.
    pub note: Option<String>,
    /// Where it stands.
    pub state: State,
    /// The tie, once the other has confirmed it.
    pub tie: Option<TieId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it expires if nobody confirms it.
    pub expires_at: Timestamp,
}

impl Claim {
    /// Where it stands in [`claims`].
    pub fn cursor(&self) -> String {
        page::encode(LIST, &(self.created_at, self.id))
    }

    fn seen(row: claim::Model, now: Timestamp) -> Self {
        let expired = row.state == State::Open && row.expires_at <= now;
        let confirmed = row.state == State::Confirmed;
        Self {
            id: row.id,
            named: row.named,
            context: row.context,
            note: row.note,
            state: if expired { State::Expired } else { row.state },
            tie: row.tie_id.filter(|_| confirmed),
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }
}

/// Claims a tie with somebody. If they have claimed one with the viewer, it is active at once. Naming the same person
/// in the same way again returns the claim that is open.
///
/// # Errors
/// Refused with [`Code::InvalidInput`], [`Code::Yourself`], [`Code::AlreadyTied`], [`Code::BlockedByYou`],
/// [`Code::TieLimitReached`], or [`Code::TooManyClaims`] with the moment the next one is possible.
pub async fn claim(ctx: &Ctx, new: NewClaim) -> Result<Claim> {
    let me = ctx.me()?;
    let (named, note) = checked(&new)?;
    let tx = match idempotency::begin::<ClaimId>(ctx).await? {
        Begun::Before(id) => return again(ctx, id).await,
        Begun::New(tx) => tx,
    };
    let target = bearer(&tx, &named).await?;
    let rows = store::lock_members(&tx, [Some(me), target].into_iter().flatten()).await?;
    if target == Some(me) {
        return Err(Refusal::of("who", Code::Yourself, Message::new("claim-yourself")).into());
    }
    if let Some(open) = open_claim(ctx, &tx, me, &named).await? {
        tx.commit(ctx, Change::default(), &open.id).await?;
        return Ok(Claim::seen(open, ctx.now));
    }
    refuse_at_quota(ctx, &tx, me).await?;
    answer::refuse_at_limit(&tx, me).await?;
    let other = target.and_then(|id| rows.iter().find(|row| row.id == id && policy::is_in_use(row)));
    let (tie, change) = match other {
        Some(other) => ask(ctx, &tx, me, other, &new, &note).await?,
        None => (None, Change::default()),
    };
    let confirmed = tie.as_ref().is_some_and(|tie| tie.state == tie::State::Active);
    let row = claim::ActiveModel {
        id: Set(ClaimId::fresh()),
        claimer_id: Set(me),
        target_id: Set(target),
        tie_id: Set(tie.map(|tie| tie.id)),
        named: Set(named),
        context: Set(new.context),
        note: Set(note),
        state: Set(if confirmed { State::Confirmed } else { State::Open }),
        created_at: Set(ctx.now),
        expires_at: Set(ctx.now.after(policy::ANSWERED_WITHIN)),
    };
    let row = row.insert(&*tx).await?;
    tx.commit(ctx, change, &row.id).await?;
    Ok(Claim::seen(row, ctx.now))
}

/// The name of the list in cursors.
const LIST: &str = "claims";

/// The viewer's claims, newest first.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn claims(ctx: &Ctx, window: &Window) -> Result<Page<Claim>> {
    let mine = claim::Entity::find().filter(Column::ClaimerId.eq(ctx.me()?));
    let total = window.total_of(&ctx.kith.store.db, &mine).await?;
    let rows = window.newest_first(LIST, mine, Column::CreatedAt, Column::Id)?.all(&ctx.kith.store.db).await?;
    let claims = rows.into_iter().map(|row| Claim::seen(row, ctx.now)).collect();
    Ok(Page::of(LIST, window, claims, total, |claim: &Claim| (claim.created_at, claim.id)))
}

/// Those of the viewer's claims with these ids.
///
/// # Errors
/// As the database says.
pub async fn claims_by_ids(ctx: &Ctx, ids: &[ClaimId]) -> Result<Vec<Claim>> {
    let query = claim::Entity::find().filter(Column::Id.is_in(ids.iter().copied()));
    let rows = query.filter(Column::ClaimerId.eq(ctx.me()?)).all(&ctx.kith.store.db).await?;
    Ok(rows.into_iter().map(|row| Claim::seen(row, ctx.now)).collect())
}

/// Takes a claim of the viewer's back.
///
/// # Errors
/// Refused with [`Code::NotFound`] or [`Code::WrongState`].
pub async fn withdraw(ctx: &Ctx, id: ClaimId) -> Result<Claim> {
    let me = ctx.me()?;
    let missing = || Error::from(Refusal::of("claimId", Code::NotFound, Message::new("no-such-claim")));
    let find = || claim::Entity::find_by_id(id).filter(Column::ClaimerId.eq(me));
    let tx = match idempotency::begin::<ClaimId>(ctx).await? {
        Begun::Before(id) => return again(ctx, id).await,
        Begun::New(tx) => tx,
    };
    let target = find().one(&*tx).await?.ok_or_else(missing)?.target_id;
    store::lock_members(&tx, [Some(me), target].into_iter().flatten()).await?;
    let row = find().one(&*tx).await?.ok_or_else(missing)?;
    match Claim::seen(row.clone(), ctx.now).state {
        State::Withdrawn => {
            tx.commit(ctx, Change::default(), &row.id).await?;
            return Ok(Claim::seen(row, ctx.now));
        }
        State::Open => {}
        State::Confirmed | State::Expired => {
            return Err(Refusal::of("claimId", Code::WrongState, Message::new("claim-not-open")).into());
        }
    }
    if let Some(tie) = row.tie_id {
        withdraw_from(ctx, &tx, tie, me).await?;
    }
    let mut row = row.into_active_model();
    row.state = Set(State::Withdrawn);
    let row = row.update(&*tx).await?;
    tx.commit(ctx, Change::default(), &row.id).await?;
    Ok(Claim::seen(row, ctx.now))
}

/// Takes the viewer's yes back from a tie that still waits, or that they see waiting: one they began is closed, any
/// other awaits them again.
async fn withdraw_from(ctx: &Ctx, tx: &DatabaseTransaction, id: TieId, me: MemberId) -> Result<()> {
    let Some(row) = tie::Entity::find_by_id(id).one(tx).await? else { return Ok(()) };
    match row.state {
        tie::State::Pending if row.begun_by == Some(me) => {
            answer::close(ctx, tx, row, me, tie::State::Withdrawn).await?;
        }
        tie::State::Pending | tie::State::Declined if policy::may_answer_tie(&row, me, ctx.now) => {
            answer::answer(tx, row, me, Answer::None).await?;
        }
        tie::State::Pending
        | tie::State::Declined
        | tie::State::Active
        | tie::State::Ended
        | tie::State::Withdrawn
        | tie::State::Expired => {}
    }
    Ok(())
}

/// What an earlier try of the same command left, as it is now.
async fn again(ctx: &Ctx, id: ClaimId) -> Result<Claim> {
    claims_by_ids(ctx, &[id]).await?.pop().ok_or(Error::AlreadyDone)
}

fn checked(new: &NewClaim) -> Result<(String, Option<String>)> {
    let mut checks = Checks::default();
    let named = checks.take(match &new.named {
        Named::Handle(raw) => text::handle("who", raw),
        Named::Email(raw) => text::email("who", raw),
    });
    let note = new.note.as_deref().and_then(|raw| checks.take(text::paragraph("note", raw, 300)));
    checks.finish()?;
    Ok((named.unwrap_or_default(), note))
}

/// The member who bears a name. A handle has no `@`, an address has one.
async fn bearer(tx: &DatabaseTransaction, named: &str) -> Result<Option<MemberId>> {
    let column = if named.contains('@') { member::Column::Email } else { member::Column::Handle };
    Ok(member::Entity::find()
        .select_only()
        .column(member::Column::Id)
        .filter(column.eq(named))
        .into_tuple()
        .one(tx)
        .await?)
}

/// The viewer's open claim of this name; one whose time is over is written down as expired.
async fn open_claim(ctx: &Ctx, tx: &DatabaseTransaction, me: MemberId, named: &str) -> Result<Option<claim::Model>> {
    let query = claim::Entity::find()
        .filter(Column::ClaimerId.eq(me))
        .filter(Column::Named.eq(named))
        .filter(Column::State.eq(State::Open));
    let Some(row) = query.one(tx).await? else { return Ok(None) };
    if ctx.now < row.expires_at {
        return Ok(Some(row));
    }
    let mut row = row.into_active_model();
    row.state = Set(State::Expired);
    row.update(tx).await?;
    Ok(None)
}

async fn refuse_at_quota(ctx: &Ctx, tx: &DatabaseTransaction, me: MemberId) -> Result<()> {
    let made: Vec<Timestamp> = claim::Entity::find()
        .select_only()
        .column(Column::CreatedAt)
        .filter(Column::ClaimerId.eq(me))
        .filter(Column::CreatedAt.gt(ctx.now.before(policy::CLAIM_DAY)))
        .order_by_desc(Column::CreatedAt)
        .limit(policy::MOST_CLAIMS)
        .into_tuple()
        .all(tx)
        .await?;
    match made.last() {
        Some(oldest) if made.len() as u64 == policy::MOST_CLAIMS => {
            let message = Message::new("too-many-claims").with("most", policy::MOST_CLAIMS);
            let refusal = Refusal::new(Code::TooManyClaims, message);
            Err(Refusal { retry_at: Some(oldest.after(policy::CLAIM_DAY)), ..refusal }.into())
        }
        _ => Ok(()),
    }
}

/// Asks `other`, unless that must not reach them. What the claimer may not know makes no difference to them.
async fn ask(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    me: MemberId,
    other: &member::Model,
    new: &NewClaim,
    note: &Option<String>,
) -> Result<(Option<tie::Model>, Change)> {
    let knows_name = matches!(new.named, Named::Handle(_));
    let nothing = (None, Change::default());
    match visibility::block_between(tx, me, other.id).await? {
        Some(owner) if owner == me && knows_name => {
            return Err(Refusal::of("who", Code::BlockedByYou, Message::new("claim-blocked")).into());
        }
        Some(_) => return Ok(nothing),
        None => {}
    }
    match answer::open_between(tx, me, other.id).await? {
        Some(over) if over.state == tie::State::Pending && over.expires_at <= ctx.now => {
            answer::close(ctx, tx, over, me, tie::State::Expired).await?;
        }
        Some(open) => return join(ctx, tx, me, other, open, knows_name).await,
        None => {}
    }
    let crossed = is_claimed_by(ctx, tx, other.id, me).await?;
    let declined = answer::declined_between(tx, me, other.id).await?;
    if let Some(row) = declined.iter().find(|row| policy::may_reopen_tie(row, me, ctx.now)) {
        let row = answer::reopen(tx, row.clone(), me).await?;
        let (row, change) = answer::settle(ctx, tx, row).await?;
        return Ok((Some(row), change));
    }
    if !crossed && !declined.iter().all(|row| policy::may_claim_again(row, me, ctx.now)) {
        // A tie that `me` sees waiting takes the yes, as it would if it had not been declined.
        let row = declined.into_iter().find(|row| policy::may_answer_tie(row, me, ctx.now));
        let Some(row) = row else { return Ok(nothing) };
        return Ok((Some(answer::answer(tx, row, me, Answer::Yes).await?), Change::default()));
    }
    let theirs = if crossed { Answer::Yes } else { Answer::None };
    let row = insert(ctx, tx, me, other.id, theirs, new.context, note.clone()).await?;
    let (row, mut change) = answer::settle(ctx, tx, row).await?;
    if row.state == tie::State::Pending {
        change.events = notification::tell(ctx, tx, other.id, Kind::TieAsked, row.id.0, Some(me)).await?;
    }
    Ok((Some(row), change))
}

/// Joins a tie of the pair that is open already.
async fn join(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    me: MemberId,
    other: &member::Model,
    open: tie::Model,
    knows_name: bool,
) -> Result<(Option<tie::Model>, Change)> {
    if open.state == tie::State::Active {
        // Whoever is tied to somebody knows their handle, but not an address they do not share.
        if knows_name || other.share_email {
            return Err(Refusal::of("who", Code::AlreadyTied, Message::new("already-tied")).into());
        }
        return Ok((None, Change::default()));
    }
    let row = answer::answer(tx, open, me, Answer::Yes).await?;
    let (row, change) = answer::settle(ctx, tx, row).await?;
    Ok((Some(row), change))
}

/// Whether `by` has an open claim of `of`, whether it reached them or not: then both say so.
async fn is_claimed_by(ctx: &Ctx, tx: &DatabaseTransaction, by: MemberId, of: MemberId) -> Result<bool> {
    let query = claim::Entity::find()
        .filter(Column::ClaimerId.eq(by))
        .filter(Column::TargetId.eq(of))
        .filter(Column::State.eq(State::Open))
        .filter(Column::ExpiresAt.gt(ctx.now));
    Ok(query.count(tx).await? > 0)
}

pub(super) async fn insert(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    me: MemberId,
    other: MemberId,
    theirs: Answer,
    context: Context,
    note: Option<String>,
) -> Result<tie::Model> {
    let (low_answer, high_answer) = if me < other { (Answer::Yes, theirs) } else { (theirs, Answer::Yes) };
    let row = tie::ActiveModel {
        id: Set(TieId::fresh()),
        low: Set(me.min(other)),
        high: Set(me.max(other)),
        low_answer: Set(low_answer),
        high_answer: Set(high_answer),
        state: Set(tie::State::Pending),
        evidence: Set(Evidence::Claimed),
        context: Set(context),
        note: Set(note),
        begun_by: Set(Some(me)),
        closed_by: Set(None),
        created_at: Set(ctx.now),
        expires_at: Set(ctx.now.after(policy::ANSWERED_WITHIN)),
        active_at: Set(None),
        closed_at: Set(None),
        met_at: Set(None),
        received_at: Set(None),
        met_awaits: Set(None),
        introduction_id: Set(None),
    };
    Ok(row.insert(tx).await?)
}

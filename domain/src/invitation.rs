//! Invitations: how somebody new comes in, by a single-use code from somebody who knows them, or from an operator.
//!
//! A code has 140 bits and is made of the row's id, so that the inviter can be shown it again while it is open, and only
//! its fingerprint is kept. Using one is part of signing up, in the same transaction.
//!
//! Deliberately absent: what an invitation leads to, which is [`crate::account`]'s.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QuerySelect, Select, Set,
};

use crate::code;
use crate::ctx::{Ctx, Timestamp};
use crate::entity::invitation::{self, Column};
use crate::entity::tie::Context;
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::Change;
use crate::id::{CommunityId, InvitationId, MemberId, MembershipId};
use crate::idempotency::{self, Begun};
use crate::page::{self, Page, Window};
use crate::secret::Purpose;
use crate::text::{self, Checks};
use crate::{community, policy, store, visibility};

/// An invitation, as its inviter sees it.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Which.
    pub id: InvitationId,
    /// The code, while it is open.
    pub code: Option<String>,
    /// Where it stands.
    pub state: InvitationState,
    /// The community they are invited to as well.
    pub community: Option<CommunityId>,
    /// How the two know each other.
    pub context: Context,
    /// The same in the inviter's words.
    pub note: Option<String>,
    /// When the two met, if it came of a handshake.
    pub met_at: Option<Timestamp>,
    /// Who came in by it.
    pub used_by: Option<MemberId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it is over if nobody uses it.
    pub expires_at: Timestamp,
}

/// Where an invitation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationState {
    /// It can be used.
    Open,
    /// Somebody came in by it.
    Used,
    /// The inviter took it back.
    Withdrawn,
    /// Nobody used it in time.
    Expired,
}

/// What an invitation says.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// How the two know each other.
    pub context: Context,
    /// The same in words: at most 300 characters. Who comes in reads it.
    pub note: Option<String>,
    /// When the two met, if it comes of a handshake.
    pub met_at: Option<Timestamp>,
    /// The only address that may use it, if it is meant for one.
    pub email: Option<String>,
    /// The community they are invited to as well.
    pub community: Option<CommunityId>,
}

impl Invitation {
    /// Where it stands in [`list`].
    pub fn cursor(&self) -> String {
        page::encode(LIST, &(self.created_at, self.id))
    }

    pub(crate) fn of(ctx: &Ctx, row: invitation::Model) -> Self {
        let state = state(&row, ctx.now);
        let code = match state {
            InvitationState::Open => ctx.kith.secrets.code_of(Purpose::Invitation, row.id.0, &row.code_hash),
            InvitationState::Used | InvitationState::Withdrawn | InvitationState::Expired => None,
        };
        Self {
            id: row.id,
            code,
            state,
            community: row.community_id,
            context: row.context,
            note: row.note,
            met_at: row.met_at,
            used_by: row.used_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }
}

fn state(row: &invitation::Model, now: Timestamp) -> InvitationState {
    match (row.used_at, row.withdrawn_at) {
        (Some(_), _) => InvitationState::Used,
        (None, Some(_)) => InvitationState::Withdrawn,
        (None, None) if row.expires_at <= now => InvitationState::Expired,
        (None, None) => InvitationState::Open,
    }
}

/// Makes an invitation of the viewer's.
///
/// # Errors
/// Refused with [`Code::InvalidInput`] or [`Code::TooManyInvitations`]; with a community, also as inviting to it is.
pub async fn create(
    ctx: &Ctx,
    context: Context,
    note: Option<&str>,
    community: Option<CommunityId>,
) -> Result<Invitation> {
    let me = ctx.me()?;
    let mut checks = Checks::default();
    let note = note.and_then(|raw| checks.take(text::paragraph("note", raw, 300)));
    checks.finish()?;
    let tx = match idempotency::begin::<InvitationId>(ctx).await? {
        Begun::Before(id) => return again(ctx, id).await,
        Begun::New(tx) => tx,
    };
    store::lock_members(&tx, [me]).await?;
    if open_of(ctx, me).count(&*tx).await? >= policy::MOST_INVITATIONS {
        let message = Message::new("too-many-invitations").with("most", policy::MOST_INVITATIONS);
        return Err(Refusal::new(Code::TooManyInvitations, message).into());
    }
    if let Some(community) = community {
        community::may_invite(ctx, &tx, community).await?;
    }
    let new = NewInvitation { context, note, met_at: None, email: None, community };
    let row = insert(ctx, &*tx, Some(me), new).await?;
    tx.commit(ctx, Change::default(), &row.id).await?;
    Ok(Invitation::of(ctx, row))
}

/// Makes an invitation of an operator's for an e-mail address; returns its code.
///
/// # Errors
/// Refused with [`Code::InvalidInput`], or [`Code::EmailTaken`] if somebody has an account with it.
pub async fn create_for(ctx: &Ctx, email: &str) -> Result<Invitation> {
    let email = text::email("email", email)?;
    let tx = ctx.kith.store.begin().await?;
    if crate::member::by_email(&tx, &email).await?.is_some() {
        return Err(Refusal::of("email", Code::EmailTaken, Message::new("email-taken")).into());
    }
    let new = NewInvitation { context: Context::Other, note: None, met_at: None, email: Some(email), community: None };
    let row = insert(ctx, &tx, None, new).await?;
    tx.commit().await?;
    Ok(Invitation::of(ctx, row))
}

/// Writes an invitation down.
pub(crate) async fn insert(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    inviter: Option<MemberId>,
    new: NewInvitation,
) -> Result<invitation::Model> {
    let id = InvitationId::fresh();
    let code = ctx.kith.secrets.code(Purpose::Invitation, id.0);
    let row = invitation::ActiveModel {
        id: Set(id),
        inviter_id: Set(inviter),
        email: Set(new.email),
        community_id: Set(new.community),
        code_hash: Set(code::fingerprint(&code)),
        context: Set(new.context),
        note: Set(new.note),
        met_at: Set(new.met_at),
        used_by: Set(None),
        used_at: Set(None),
        withdrawn_at: Set(None),
        created_at: Set(ctx.now),
        expires_at: Set(ctx.now.after(policy::INVITATION_LASTS)),
    };
    Ok(row.insert(tx).await?)
}

/// The name of the list in cursors.
const LIST: &str = "invitations";

/// The viewer's invitations, newest first.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn list(ctx: &Ctx, window: &Window) -> Result<Page<Invitation>> {
    let mine = invitation::Entity::find().filter(Column::InviterId.eq(ctx.me()?));
    let total = window.total_of(&ctx.kith.store.db, &mine).await?;
    let rows = window.newest_first(LIST, mine, Column::CreatedAt, Column::Id)?.all(&ctx.kith.store.db).await?;
    let invitations = rows.into_iter().map(|row| Invitation::of(ctx, row)).collect();
    Ok(Page::of(LIST, window, invitations, total, |it: &Invitation| (it.created_at, it.id)))
}

/// Those of the viewer's invitations with these ids.
///
/// # Errors
/// As the database says.
pub async fn by_ids(ctx: &Ctx, ids: &[InvitationId]) -> Result<Vec<Invitation>> {
    let query = invitation::Entity::find().filter(Column::Id.is_in(ids.iter().copied()));
    let rows = query.filter(Column::InviterId.eq(ctx.me()?)).all(&ctx.kith.store.db).await?;
    Ok(rows.into_iter().map(|row| Invitation::of(ctx, row)).collect())
}

/// What an earlier try of the same command left, as it is now.
async fn again(ctx: &Ctx, id: InvitationId) -> Result<Invitation> {
    by_ids(ctx, &[id]).await?.pop().ok_or(Error::AlreadyDone)
}

fn missing() -> Error {
    Refusal::of("invitationId", Code::NotFound, Message::new("no-such-invitation")).into()
}

/// Takes an open invitation of the viewer's back. Doing so again changes nothing.
///
/// # Errors
/// Refused with [`Code::NotFound`] or [`Code::WrongState`].
pub async fn withdraw(ctx: &Ctx, id: InvitationId) -> Result<Invitation> {
    let me = ctx.me()?;
    let tx = match idempotency::begin::<InvitationId>(ctx).await? {
        Begun::Before(id) => return again(ctx, id).await,
        Begun::New(tx) => tx,
    };
    let query = invitation::Entity::find_by_id(id).filter(Column::InviterId.eq(me)).lock_exclusive();
    let row = query.one(&*tx).await?.ok_or_else(missing)?;
    let row = match state(&row, ctx.now) {
        InvitationState::Withdrawn => row,
        InvitationState::Open => {
            let mut row = row.into_active_model();
            row.withdrawn_at = Set(Some(ctx.now));
            row.update(&*tx).await?
        }
        InvitationState::Used | InvitationState::Expired => {
            return Err(Refusal::of("invitationId", Code::WrongState, Message::new("invitation-not-open")).into());
        }
    };
    tx.commit(ctx, Change::default(), &id).await?;
    Ok(Invitation::of(ctx, row))
}

fn open_of(ctx: &Ctx, inviter: MemberId) -> Select<invitation::Entity> {
    invitation::Entity::find()
        .filter(Column::InviterId.eq(inviter))
        .filter(Column::UsedAt.is_null())
        .filter(Column::WithdrawnAt.is_null())
        .filter(Column::ExpiresAt.gt(ctx.now))
}

/// The open invitation with this code, locked after its inviter, for somebody who has proven to read `email`. While its
/// inviter is suspended nobody comes in by it: or the suspended would come back by invitations of their own.
///
/// # Errors
/// Refused with [`Code::InvalidCode`].
pub(crate) async fn open_by_code(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    typed: &str,
    email: &str,
) -> Result<invitation::Model> {
    let wrong = || Error::from(Refusal::of("invitation", Code::InvalidCode, Message::new("invitation-not-good")));
    let by_code = invitation::Entity::find().filter(Column::CodeHash.eq(code::fingerprint(typed)));
    let inviter = by_code.clone().one(tx).await?.ok_or_else(wrong)?.inviter_id;
    // The member first, then what is theirs, as everywhere: or two commands wait for one another.
    let inviters = store::lock_members(tx, inviter).await?;
    let row = by_code.lock_exclusive().one(tx).await?;
    let usable = |row: &invitation::Model| {
        let is_meant = row.email.as_deref().is_none_or(|only| only == email);
        is_meant && state(row, ctx.now) == InvitationState::Open && inviters.iter().all(policy::is_in_use)
    };
    row.filter(usable).ok_or_else(wrong)
}

/// Uses an invitation to a community up, as somebody who has an account already: it invites the viewer to the community.
///
/// # Errors
/// Refused with [`Code::InvalidCode`], [`Code::Yourself`] or [`Code::TooManyAttempts`].
pub async fn follow(ctx: &Ctx, typed: &str) -> Result<MembershipId> {
    let me = ctx.me()?;
    ctx.kith.limiter.take(ctx.now, &[(policy::SCANS, me.0.to_string())]).await.map_err(Refusal::too_many_attempts)?;
    let wrong = || Error::from(Refusal::of("code", Code::InvalidCode, Message::new("invitation-not-good")));
    let by_code = invitation::Entity::find().filter(Column::CodeHash.eq(code::fingerprint_of_link(typed)));
    let found = by_code.clone().one(&ctx.kith.store.db).await?;
    let Some((id, inviter)) = found.and_then(|row| row.community_id.zip(row.inviter_id)) else { return Err(wrong()) };
    if inviter == me {
        return Err(Refusal::of("code", Code::Yourself, Message::new("invitation-yourself")).into());
    }
    let tx = match idempotency::begin::<MembershipId>(ctx).await? {
        Begun::Before(membership) => return Ok(membership),
        Begun::New(tx) => tx,
    };
    let members = store::lock_members(&tx, [me, inviter]).await?;
    let row = by_code.lock_exclusive().one(&*tx).await?.ok_or_else(wrong)?;
    let mine_already = row.used_by == Some(me);
    let usable = mine_already || state(&row, ctx.now) == InvitationState::Open;
    let exists = members.iter().all(policy::is_in_use) && visibility::block_between(&tx, me, inviter).await?.is_none();
    if !usable || row.email.is_some() || !exists {
        return Err(wrong());
    }
    let membership = community::invited(ctx, &tx, id, inviter, me).await?.ok_or_else(wrong)?;
    if !mine_already {
        used(ctx, &tx, row, me).await?;
    }
    tx.commit(ctx, Change::default(), &membership).await?;
    Ok(membership)
}

/// Uses an open, locked invitation up.
pub(crate) async fn used(ctx: &Ctx, tx: &DatabaseTransaction, row: invitation::Model, by: MemberId) -> Result<()> {
    let mut row = row.into_active_model();
    row.used_by = Set(Some(by));
    row.used_at = Set(Some(ctx.now));
    row.update(tx).await?;
    Ok(())
}

/// Deletes the invitations nobody used, a while after their time is over; returns how many.
pub(crate) async fn forget_old(ctx: &Ctx) -> Result<u64> {
    let old = invitation::Entity::delete_many()
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.lte(ctx.now.before(policy::INVITATION_SHOWN)));
    Ok(old.exec(&ctx.kith.store.db).await?.rows_affected)
}

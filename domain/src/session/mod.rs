//! Sessions: the devices on which a member is signed in.
//!
//! A session lasts as long as it is used. Its refresh token is changed at each use ([`refresh`]); an access token names
//! its session and is good only while that stands ([`is_live`]), which is asked on every request of the shared cache, or
//! of the database when the cache is away. A session that is over is deleted.
//!
//! An operator who acts for a member has a session as well, with the reason, so that the member sees it.
//!
//! Deliberately absent: proving who somebody is, which is [`crate::credential`]'s; access tokens, which are the API's.

mod refresh;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use std::time::Duration;

pub use self::refresh::refresh;
use crate::Kith;
use crate::ctx::{Ctx, Platform, Timestamp};
use crate::entity::session::{self, Column};
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::{self, Change};
use crate::id::{MemberId, SessionId};
use crate::page::{self, Page, Window};
use crate::text::{self, Checks};
use crate::{facts, policy, secret};

/// A session, as its member sees it.
#[derive(Clone, Debug)]
pub struct Session {
    /// Which.
    pub id: SessionId,
    /// What the member calls the device.
    pub device: String,
    /// What it runs on.
    pub platform: Platform,
    /// The app's name and version, as it says.
    pub client: Option<String>,
    /// The network address it was last seen from.
    pub address: Option<String>,
    /// Why an operator acts for the member; `None` of the member's own devices.
    pub support_reason: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last seen, to about ten minutes.
    pub last_seen_at: Timestamp,
    /// When it is over if it is not used until then.
    pub expires_at: Timestamp,
}

impl Session {
    /// Where it stands in [`list`].
    pub fn cursor(&self) -> String {
        page::encode(LIST, &(self.created_at, self.id))
    }

    fn of(row: session::Model) -> Self {
        let client = [row.client_name, row.client_version].into_iter().flatten().collect::<Vec<_>>().join(" ");
        Self {
            id: row.id,
            device: row.device,
            platform: row.platform,
            client: (!client.is_empty()).then_some(client),
            address: row.address,
            support_reason: row.support_reason,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            expires_at: row.expires_at,
        }
    }
}

/// A device that signs in.
#[derive(Clone, Debug)]
pub struct NewDevice {
    /// What the member calls it: at most 80 characters.
    pub name: String,
    /// What it runs on.
    pub platform: Platform,
}

impl NewDevice {
    /// The same with a clean name.
    pub(crate) fn checked(self, checks: &mut Checks) -> Self {
        let name = checks.take(text::line("device", &self.name, 80)).unwrap_or_default();
        Self { name, ..self }
    }
}

/// A session that has just begun, or was refreshed.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Whose it is.
    pub member: MemberId,
    /// The session.
    pub session: Session,
    /// The token by which it is refreshed, once. Shown nowhere else.
    pub refresh_token: String,
}

/// Whose doing a session is.
#[derive(Clone, Debug)]
pub enum Actor {
    /// The member's own, on a device of theirs.
    Member,
    /// An operator's, for this reason.
    Support(String),
}

/// How long a session may last.
#[derive(Clone, Copy, Debug)]
pub enum Lasting {
    /// As long as it is used, within bounds.
    WhileUsed,
    /// So long, however much it is used.
    Fixed(Duration),
}

/// Begins a session of `member`, in a transaction that has locked them.
pub(crate) async fn open(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    member: MemberId,
    device: NewDevice,
    actor: Actor,
    lasting: Lasting,
) -> Result<Opened> {
    end_oldest(tx, member).await?;
    let id = SessionId::fresh();
    let refresh_token = refresh::token(&ctx.kith.secrets, id, 0);
    let lasts = match lasting {
        Lasting::WhileUsed => policy::SESSION_LASTS,
        Lasting::Fixed(lasts) => lasts,
    };
    let row = session::ActiveModel {
        id: Set(id),
        member_id: Set(member),
        device: Set(device.name),
        platform: Set(device.platform),
        client_name: Set(ctx.client.name.clone()),
        client_version: Set(ctx.client.version.clone()),
        user_agent: Set(ctx.client.user_agent.clone()),
        address: Set(ctx.client.address.map(|address| address.to_string())),
        support_reason: Set(match actor {
            Actor::Member => None,
            Actor::Support(reason) => Some(reason),
        }),
        generation: Set(0),
        current_hash: Set(secret::hash(refresh_token.as_bytes())),
        previous_hash: Set(None),
        rotated_at: Set(ctx.now),
        proven_at: Set(ctx.now),
        created_at: Set(ctx.now),
        last_seen_at: Set(ctx.now),
        expires_at: Set(ctx.now.after(lasts)),
    };
    let session = Session::of(row.insert(tx).await?);
    Ok(Opened { member, session, refresh_token })
}

/// Makes room for one more session.
async fn end_oldest(tx: &DatabaseTransaction, member: MemberId) -> Result<()> {
    let too_many: Vec<SessionId> = session::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::MemberId.eq(member))
        .order_by_desc(Column::LastSeenAt)
        .offset(policy::MOST_SESSIONS as u64 - 1)
        // SQLite has no offset without a limit.
        .limit(100)
        .into_tuple()
        .all(tx)
        .await?;
    session::Entity::delete_many().filter(Column::Id.is_in(too_many)).exec(tx).await?;
    Ok(())
}

/// Begins a session of `member` that no proof of theirs began: an operator's, or the demo's.
///
/// # Errors
/// As the database says.
pub async fn open_for(ctx: &Ctx, member: MemberId, device: NewDevice, actor: Actor, lasts: Duration) -> Result<Opened> {
    let tx = ctx.kith.store.begin().await?;
    crate::store::lock_members(&tx, [member]).await?;
    let opened = open(ctx, &tx, member, device, actor, Lasting::Fixed(lasts)).await?;
    event::commit(ctx, tx, Change { accounts: vec![member], ..Change::default() }).await?;
    Ok(opened)
}

/// Whether `member` may use their account now, by `session`.
///
/// # Errors
/// As the database says.
pub async fn is_live(kith: &Kith, member: MemberId, session: SessionId) -> Result<bool> {
    let account = facts::account(kith, member).await?;
    if !account.active || account.sessions.contains(&session) {
        return Ok(account.active);
    }
    // One that began beside this server a moment ago, by a command, is not in its cache yet.
    let query = session::Entity::find_by_id(session).filter(Column::MemberId.eq(member));
    Ok(query.one(&kith.store.db).await?.is_some())
}

/// Whether a session is live as far as this process has heard. Nobody is asked, so it may be over by now.
pub fn was_live(kith: &Kith, member: MemberId, session: SessionId) -> bool {
    facts::account_as_heard(kith, member).is_some_and(|account| account.active && account.sessions.contains(&session))
}

/// The name of the list in cursors.
const LIST: &str = "sessions";

/// The viewer's sessions, newest first.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn list(ctx: &Ctx, window: &Window) -> Result<Page<Session>> {
    let mine = session::Entity::find().filter(Column::MemberId.eq(ctx.me()?)).filter(Column::ExpiresAt.gt(ctx.now));
    let total = window.total_of(&ctx.kith.store.db, &mine).await?;
    let rows = window.newest_first(LIST, mine, Column::CreatedAt, Column::Id)?.all(&ctx.kith.store.db).await?;
    let sessions = rows.into_iter().map(Session::of).collect();
    Ok(Page::of(LIST, window, sessions, total, |session: &Session| (session.created_at, session.id)))
}

/// Those of the viewer's sessions with these ids.
///
/// # Errors
/// As the database says.
pub async fn by_ids(ctx: &Ctx, ids: &[SessionId]) -> Result<Vec<Session>> {
    let query = session::Entity::find().filter(Column::Id.is_in(ids.iter().copied()));
    let mine = query.filter(Column::MemberId.eq(ctx.me()?)).filter(Column::ExpiresAt.gt(ctx.now));
    Ok(mine.all(&ctx.kith.store.db).await?.into_iter().map(Session::of).collect())
}

/// The sessions of a member, newest first, for an operator.
pub(crate) async fn of_member(ctx: &Ctx, member: MemberId) -> Result<Vec<Session>> {
    let theirs = session::Entity::find().filter(Column::MemberId.eq(member)).filter(Column::ExpiresAt.gt(ctx.now));
    let rows = theirs.order_by_desc(Column::CreatedAt).all(&ctx.kith.store.db).await?;
    Ok(rows.into_iter().map(Session::of).collect())
}

/// Ends the session the viewer asks in. Doing so again changes nothing.
///
/// # Errors
/// [`Error::Unauthenticated`] if the viewer is no member.
pub async fn sign_out(ctx: &Ctx) -> Result<()> {
    let me = ctx.me()?;
    let query = session::Entity::delete_many().filter(Column::MemberId.eq(me));
    end(ctx, me, query.filter(Column::Id.eq(ctx.session.unwrap_or(SessionId::NONE)))).await.map(|_| ())
}

/// Ends one of the viewer's sessions.
///
/// # Errors
/// Refused with [`Code::NotFound`], or [`Code::NotForSupport`].
pub async fn revoke(ctx: &Ctx, id: SessionId) -> Result<()> {
    let me = own(ctx).await?.member_id;
    let query = session::Entity::delete_many().filter(Column::MemberId.eq(me)).filter(Column::Id.eq(id));
    match end(ctx, me, query).await? {
        0 => Err(Refusal::of("sessionId", Code::NotFound, Message::new("no-such-session")).into()),
        _ => Ok(()),
    }
}

/// Ends all of the viewer's sessions but the one they ask in; returns how many.
///
/// # Errors
/// Refused with [`Code::NotForSupport`].
pub async fn revoke_others(ctx: &Ctx) -> Result<u64> {
    let own = own(ctx).await?;
    let query = session::Entity::delete_many().filter(Column::MemberId.eq(own.member_id));
    end(ctx, own.member_id, query.filter(Column::Id.ne(own.id))).await
}

/// Ends all sessions of a member, as an operator; returns how many.
///
/// # Errors
/// As the database says.
pub async fn revoke_all(ctx: &Ctx, member: MemberId) -> Result<u64> {
    end(ctx, member, session::Entity::delete_many().filter(Column::MemberId.eq(member))).await
}

async fn end(ctx: &Ctx, member: MemberId, query: sea_orm::DeleteMany<session::Entity>) -> Result<u64> {
    let tx = ctx.kith.store.begin().await?;
    let ended = query.exec(&tx).await?.rows_affected;
    event::commit(ctx, tx, Change { accounts: vec![member], ..Change::default() }).await?;
    Ok(ended)
}

/// Ends all sessions of `member` but `kept`, in a transaction of theirs.
pub(crate) async fn end_others(tx: &DatabaseTransaction, member: MemberId, kept: Option<SessionId>) -> Result<()> {
    let kept = kept.unwrap_or(SessionId::NONE);
    session::Entity::delete_many().filter(Column::MemberId.eq(member)).filter(Column::Id.ne(kept)).exec(tx).await?;
    Ok(())
}

/// The session the viewer asks in, if it is a device of their own: what touches credentials begins with it.
///
/// # Errors
/// Refused with [`Code::NotForSupport`] if an operator acts for the viewer.
pub(crate) async fn own(ctx: &Ctx) -> Result<session::Model> {
    let me = ctx.me()?;
    let id = ctx.session.ok_or(Error::Unauthenticated)?;
    let query = session::Entity::find_by_id(id).filter(Column::MemberId.eq(me));
    let row = query.one(&ctx.kith.store.db).await?.ok_or(Error::Unauthenticated)?;
    match row.support_reason {
        Some(_) => Err(Refusal::new(Code::NotForSupport, Message::new("not-for-support")).into()),
        None => Ok(row),
    }
}

/// Notes that the viewer has just proven again who they are.
pub(crate) async fn proven(ctx: &Ctx, id: SessionId) -> Result<()> {
    session::Entity::update_many()
        .col_expr(Column::ProvenAt, sea_orm::sea_query::Expr::val(ctx.now.0))
        .filter(Column::Id.eq(id))
        .exec(&ctx.kith.store.db)
        .await?;
    Ok(())
}

/// Deletes the sessions whose time is over; returns how many.
pub(crate) async fn forget_old(ctx: &Ctx) -> Result<u64> {
    let old = session::Entity::delete_many().filter(Column::ExpiresAt.lte(ctx.now));
    Ok(old.exec(&ctx.kith.store.db).await?.rows_affected)
}

//! Access tokens: what a partner (an HR system, a CRM, an association's register) asks with, for one community and what a
//! steward of it has granted.
//!
//! A token is shown once and kept as its SHA-256: with 165 bits of chance nothing slower is needed. It is good while its
//! time is not over, nobody has revoked it, and whoever made it looks after the community with an account in use. That is
//! asked of the database on every request ([`admit`]), never of a cache, so that a revocation holds at once on every
//! replica. What it asks is written down before it is answered ([`note_use`]).
//!
//! Making, rotating and revoking are credentials: they take no part in retries by key, and an operator who acts for a
//! steward may not.
//!
//! Deliberately absent: which field needs which scope, which is the API's to say.

mod usage;

mod secret;

use std::time::Duration;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryTrait,
    Select, Set,
};

pub use self::secret::is_meant;
pub use self::usage::{Use, forget_old, list as uses, note as note_use};
use crate::Kith;
use crate::community::{self, Access, Action, Community, Role, audit, command, stewards_of};
use crate::credential::{self, Proof};
use crate::ctx::{Ctx, Grant, Timestamp, Viewer};
use crate::entity::access_token::{self, Column};
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::Change;
use crate::facts;
use crate::id::{AccessTokenId, CommunityId, MemberId};
use crate::page::{self, Page, Window};
use crate::scope::Scopes;
use crate::secret::hash;
use crate::text::{self, Checks};
use crate::{policy, session};

/// An access token, as stewards of its community and the partner itself see it.
#[derive(Clone, Debug)]
pub struct AccessToken {
    /// Which.
    pub id: AccessTokenId,
    /// The community it lets in to.
    pub community: CommunityId,
    /// Who made it; `None` if they are gone.
    pub created_by: Option<MemberId>,
    /// What it is called.
    pub name: String,
    /// What it is good for.
    pub scopes: Scopes,
    /// How it ends.
    pub last_four: String,
    /// Where it stands.
    pub state: State,
    /// Until when the token before the last rotation is good as well, if it is.
    pub previous_until: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last rotated.
    pub rotated_at: Option<Timestamp>,
    /// When it is over.
    pub expires_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked, or its maker stopped looking after the community.
    pub ended_at: Option<Timestamp>,
}

/// Where an access token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is good, while its maker looks after the community.
    Active,
    /// Its time is over.
    Expired,
    /// It was revoked, or its maker stopped looking after the community.
    Ended,
}

/// An access token to be made.
#[derive(Clone, Debug)]
pub struct NewAccessToken {
    /// What it is called: at most 80 characters.
    pub name: String,
    /// What it is good for; at least one.
    pub scopes: Scopes,
    /// When it is over: in a year at most.
    pub expires_at: Timestamp,
}

/// An access token that was just made or rotated, with what is shown once.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The token.
    pub token: AccessToken,
    /// What requests carry.
    pub secret: String,
}

/// What a bearer's token turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is good for this.
    Granted(Grant),
    /// It was good, and its time is over.
    Expired,
    /// It is good for nothing.
    Refused,
}

impl AccessToken {
    /// Where it stands in [`list`].
    pub fn cursor(&self) -> String {
        page::encode(LIST, &(self.created_at, self.id))
    }

    fn of(ctx: &Ctx, row: access_token::Model) -> Self {
        Self {
            id: row.id,
            community: row.community_id,
            created_by: row.created_by,
            state: state(&row, ctx.now),
            name: row.name,
            scopes: Scopes::of_text(&row.scopes),
            last_four: row.last_four,
            previous_until: row.previous_until.filter(|until| ctx.now < *until),
            created_at: row.created_at,
            rotated_at: row.rotated_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            ended_at: row.ended_at,
        }
    }
}

fn state(row: &access_token::Model, now: Timestamp) -> State {
    match row.ended_at {
        Some(_) => State::Ended,
        None if row.expires_at <= now => State::Expired,
        None => State::Active,
    }
}

/// The tokens that are good now.
fn active(now: Timestamp) -> Condition {
    Condition::all().add(Column::EndedAt.is_null()).add(Column::ExpiresAt.gt(now))
}

/// The name of the list in cursors.
const LIST: &str = "access tokens";

/// The access tokens of a community, newest first; none unless the viewer looks after it.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn list(ctx: &Ctx, community: &Community, window: &Window) -> Result<Page<AccessToken>> {
    if community.access < Access::Steward {
        return Ok(Page::empty(window));
    }
    let rows = access_token::Entity::find().filter(Column::CommunityId.eq(community.id));
    let total = window.total_of(&ctx.kith.store.db, &rows).await?;
    let rows = window.newest_first(LIST, rows, Column::CreatedAt, Column::Id)?.all(&ctx.kith.store.db).await?;
    let tokens = rows.into_iter().map(|row| AccessToken::of(ctx, row)).collect();
    Ok(Page::of(LIST, window, tokens, total, |token: &AccessToken| (token.created_at, token.id)))
}

/// The tokens that show to the viewer: those of communities they look after; to a partner its own.
fn seen(ctx: &Ctx) -> Result<Select<access_token::Entity>> {
    let rows = access_token::Entity::find();
    Ok(match ctx.viewer {
        Viewer::Partner(grant) => rows.filter(Column::Id.eq(grant.token)),
        _ => rows.filter(Column::CommunityId.in_subquery(stewards_of(ctx.me()?).into_query())),
    })
}

/// Those of `ids` that show to the viewer.
///
/// # Errors
/// As the database says.
pub async fn by_ids(ctx: &Ctx, ids: &[AccessTokenId]) -> Result<Vec<AccessToken>> {
    let rows = seen(ctx)?.filter(Column::Id.is_in(ids.iter().copied())).all(&ctx.kith.store.db).await?;
    Ok(rows.into_iter().map(|row| AccessToken::of(ctx, row)).collect())
}

/// The token by which a partner asks; `None` of everybody else.
///
/// # Errors
/// As the database says.
pub async fn mine(ctx: &Ctx) -> Result<Option<AccessToken>> {
    match ctx.viewer {
        Viewer::Partner(grant) => Ok(by_ids(ctx, &[grant.token]).await?.pop()),
        Viewer::Anonymous | Viewer::Member(_) | Viewer::System => Ok(None),
    }
}

/// Makes an access token for a community, as one of its stewards.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::StewardsOnly`], [`Code::MembersOnly`], [`Code::WrongState`],
/// [`Code::ConsentDue`], [`Code::InvalidInput`], [`Code::TooManyAccessTokens`], or as [`credential::proven`].
pub async fn create(ctx: &Ctx, community: CommunityId, new: NewAccessToken, proof: Option<Proof>) -> Result<Issued> {
    let mut checks = Checks::default();
    let name = checks.take(text::line("name", &new.name, 80)).unwrap_or_default();
    if new.scopes.is_empty() {
        checks.refuse(Refusal::of("scopes", Code::InvalidInput, Message::new("access-token-needs-scope")));
    }
    let expires_at = checks.take(expiry(ctx, new.expires_at)).unwrap_or(ctx.now);
    checks.finish()?;
    credential::proven(ctx, proof).await?;
    let secret = secret::fresh();
    let id = command(ctx, community, [], async |tx, standing| {
        let mine = standing.acting_steward(ctx)?.member_id;
        let good = access_token::Entity::find().filter(Column::CommunityId.eq(community)).filter(active(ctx.now));
        if good.count(&**tx).await? >= policy::MOST_ACCESS_TOKENS {
            let message = Message::new("too-many-access-tokens").with("most", policy::MOST_ACCESS_TOKENS);
            return Err(Refusal::new(Code::TooManyAccessTokens, message).into());
        }
        let row = access_token::ActiveModel {
            id: Set(AccessTokenId::fresh()),
            community_id: Set(community),
            created_by: Set(Some(mine)),
            name: Set(name.clone()),
            scopes: Set(new.scopes.to_text()),
            hash: Set(hash(secret.as_bytes())),
            last_four: Set(secret::last_four(&secret)),
            previous_hash: Set(None),
            previous_until: Set(None),
            created_at: Set(ctx.now),
            rotated_at: Set(None),
            expires_at: Set(expires_at),
            last_used_at: Set(None),
            ended_at: Set(None),
        };
        let row = row.insert(&**tx).await?;
        let told = format!("{name}: {}", row.scopes);
        audit::write(ctx, &**tx, community, Action::AccessTokenCreated, None, Some(told)).await?;
        Ok((row.id, Change::default()))
    })
    .await?;
    issued(ctx, id, secret).await
}

/// A moment at which a token may be over.
fn expiry(ctx: &Ctx, at: Timestamp) -> std::result::Result<Timestamp, Refusal> {
    if ctx.now < at && at <= ctx.now.after(policy::ACCESS_TOKEN_LASTS_AT_MOST) {
        return Ok(at);
    }
    Err(Refusal::of("expiresAt", Code::InvalidInput, Message::new("access-token-expiry")))
}

async fn issued(ctx: &Ctx, id: AccessTokenId, secret: String) -> Result<Issued> {
    let token = by_ids(ctx, &[id]).await?.pop().ok_or(Error::AlreadyDone)?;
    Ok(Issued { token, secret })
}

fn no_such_token() -> Error {
    Refusal::of("accessTokenId", Code::NotFound, Message::new("no-such-access-token")).into()
}

/// The community of a token that shows to the viewer.
async fn community_of(ctx: &Ctx, id: AccessTokenId) -> Result<CommunityId> {
    Ok(by_ids(ctx, &[id]).await?.pop().ok_or_else(no_such_token)?.community)
}

/// A token as it is under the locks of a command, which has locked its community.
async fn row_of(tx: &impl sea_orm::ConnectionTrait, id: AccessTokenId) -> Result<access_token::Model> {
    access_token::Entity::find_by_id(id).one(tx).await?.ok_or_else(no_such_token)
}

/// Gives an access token another secret, as a steward of its community. The old one is good for `overlap` more, so that
/// the partner can change it without a gap; one that was older is not good any more. `expires_at` moves the token's end.
/// From now on it is the viewer's: it ends with their stewardship.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::WrongState`], [`Code::ConsentDue`], [`Code::InvalidInput`], or as
/// [`credential::proven`].
pub async fn rotate(
    ctx: &Ctx,
    id: AccessTokenId,
    overlap: Duration,
    expires_at: Option<Timestamp>,
    proof: Option<Proof>,
) -> Result<Issued> {
    let mut checks = Checks::default();
    let expires_at = expires_at.and_then(|at| checks.take(expiry(ctx, at)));
    if overlap > policy::ACCESS_TOKEN_OVERLAP_AT_MOST {
        checks.refuse(Refusal::of("overlapHours", Code::InvalidInput, Message::new("access-token-overlap")));
    }
    checks.finish()?;
    let community = community_of(ctx, id).await?;
    credential::proven(ctx, proof).await?;
    let secret = secret::fresh();
    command(ctx, community, [], async |tx, standing| {
        let mine = standing.acting_steward(ctx)?.member_id;
        let row = row_of(&**tx, id).await?;
        if state(&row, ctx.now) != State::Active {
            return Err(Refusal::of("accessTokenId", Code::WrongState, Message::new("access-token-is-over")).into());
        }
        let (old, name) = (row.hash.clone(), row.name.clone());
        let mut row = row.into_active_model();
        row.created_by = Set(Some(mine));
        row.previous_hash = Set((!overlap.is_zero()).then_some(old));
        row.previous_until = Set((!overlap.is_zero()).then_some(ctx.now.after(overlap)));
        row.hash = Set(hash(secret.as_bytes()));
        row.last_four = Set(secret::last_four(&secret));
        row.rotated_at = Set(Some(ctx.now));
        if let Some(at) = expires_at {
            row.expires_at = Set(at);
        }
        row.update(&**tx).await?;
        audit::write(ctx, &**tx, community, Action::AccessTokenRotated, None, Some(name)).await?;
        Ok((id, Change::default()))
    })
    .await?;
    issued(ctx, id, secret).await
}

/// Revokes an access token, as a steward of its community: from this answer on it is good for nothing, on every replica.
/// Doing so again changes nothing.
///
/// # Errors
/// Refused with [`Code::NotFound`] or [`Code::NotForSupport`].
pub async fn revoke(ctx: &Ctx, id: AccessTokenId) -> Result<AccessToken> {
    session::own(ctx).await?;
    let community = community_of(ctx, id).await?;
    command(ctx, community, [], async |tx, standing| {
        standing.steward()?;
        let row = row_of(&**tx, id).await?;
        if row.ended_at.is_none() {
            let name = row.name.clone();
            let mut row = row.into_active_model();
            row.ended_at = Set(Some(ctx.now));
            row.update(&**tx).await?;
            audit::write(ctx, &**tx, community, Action::AccessTokenRevoked, None, Some(name)).await?;
        }
        Ok((id, Change::default()))
    })
    .await?;
    by_ids(ctx, &[id]).await?.pop().ok_or(Error::AlreadyDone)
}

/// What the token of a bearer is good for now.
///
/// # Errors
/// As the database says.
pub async fn admit(kith: &Kith, typed: &str) -> Result<Admission> {
    if !secret::is_whole(typed) {
        return Ok(Admission::Refused);
    }
    let (now, hash) = (kith.clock.now(), hash(typed.as_bytes()));
    let before = Condition::all().add(Column::PreviousHash.eq(hash.as_str())).add(Column::PreviousUntil.gt(now));
    let found = access_token::Entity::find().filter(Condition::any().add(Column::Hash.eq(hash.as_str())).add(before));
    let Some(row) = found.one(&kith.store.db).await? else { return Ok(Admission::Refused) };
    match (state(&row, now), row.created_by) {
        (State::Active, Some(maker)) if looks_after(kith, row.community_id, maker).await? => {
            let scopes = Scopes::of_text(&row.scopes);
            Ok(Admission::Granted(Grant { token: row.id, community: row.community_id, scopes }))
        }
        (State::Expired, _) => Ok(Admission::Expired),
        (State::Active | State::Ended, _) => Ok(Admission::Refused),
    }
}

/// Whether `member` can act as a steward of the community.
async fn looks_after(kith: &Kith, community: CommunityId, member: MemberId) -> Result<bool> {
    let membership = community::member_of(&kith.store.db, community, member).await?;
    let is_steward = membership.is_some_and(|row| row.role == Role::Steward);
    Ok(is_steward && facts::account(kith, member).await?.active)
}

//! Refresh tokens: each is good once and yields its successor, so that a stolen one shows (RFC 9700, 4.14.2).
//!
//! A token is the session, how often it was refreshed, and an HMAC over both. So only the hash of the one in force need
//! be kept, and an answer that was lost can be given again: for a minute, while its successor has not been used, the old
//! token yields that same successor. Whoever brings a token of ours that was used before, after that, holds a copy: the
//! session ends, whichever of the two they are. The hash is what counts, so that keys can be taken away without signing
//! anybody out.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QuerySelect, Set};
use uuid::Uuid;

use super::{Opened, Session};
use crate::ctx::Ctx;
use crate::entity::{member, session};
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::{self, Change};
use crate::id::SessionId;
use crate::policy;
use crate::secret::{self, Purpose, Secrets};

/// What a refresh token begins with, so that secret scanners know one.
const PREFIX: &str = "kith_rt_";

/// The refresh token of a session that was refreshed `generation` times.
pub(super) fn token(secrets: &Secrets, id: SessionId, generation: i64) -> String {
    write(id, generation, secrets.make(Purpose::Refresh, &[id.0.as_bytes(), &generation.to_be_bytes()]))
}

fn write(id: SessionId, generation: i64, mac: [u8; 32]) -> String {
    let bytes = [id.0.as_bytes(), &generation.to_be_bytes()[..], &mac].concat();
    format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// The session and generation a token names, whether or not it is ours.
fn read(token: &str) -> Option<(SessionId, i64)> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token.strip_prefix(PREFIX)?).ok()?;
    let bytes: [u8; 56] = bytes.try_into().ok()?;
    let id = Uuid::from_slice(&bytes[..16]).ok()?;
    let generation: [u8; 8] = bytes[16..24].try_into().ok()?;
    Some((SessionId(id), i64::from_be_bytes(generation)))
}

/// What a refresh token is to its session.
#[derive(Debug, PartialEq, Eq)]
enum Use {
    /// It is the one in force.
    Current,
    /// Its answer was lost: the one in force is the one it yielded.
    Again(String),
    /// It was used before: somebody holds a copy.
    Replay,
    /// It is not one of ours.
    Foreign,
}

fn judge(ctx: &Ctx, row: &session::Model, token: &str, generation: i64) -> Use {
    let hash = secret::hash(token.as_bytes());
    if secret::equal(hash.as_bytes(), row.current_hash.as_bytes()) {
        return Use::Current;
    }
    let made = |generation: i64| {
        let parts: [&[u8]; 2] = [row.id.0.as_bytes(), &generation.to_be_bytes()];
        ctx.kith.secrets.all(Purpose::Refresh, &parts).into_iter().map(move |mac| write(row.id, generation, mac))
    };
    let is_previous =
        row.previous_hash.as_ref().is_some_and(|previous| secret::equal(hash.as_bytes(), previous.as_bytes()));
    if is_previous && ctx.now <= row.rotated_at.after(policy::REFRESH_GRACE) {
        let successor = made(row.generation).find(|made| secret::hash(made.as_bytes()) == row.current_hash);
        // Without the key that made the successor it cannot be told again; the client signs in.
        return successor.map_or(Use::Foreign, Use::Again);
    }
    let is_ours = made(generation).fold(false, |found, made| found | secret::equal(made.as_bytes(), token.as_bytes()));
    if is_previous || is_ours { Use::Replay } else { Use::Foreign }
}

/// Changes a refresh token for its successor.
///
/// # Errors
/// Refused with [`Code::SessionEnded`] or [`Code::AccountSuspended`].
pub async fn refresh(ctx: &Ctx, token: &str) -> Result<Opened> {
    let ended = || Error::from(Refusal::of("refreshToken", Code::SessionEnded, Message::new("session-ended")));
    let (id, generation) = read(token.trim()).ok_or_else(ended)?;
    let tx = ctx.kith.store.begin().await?;
    let row = session::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or_else(ended)?;
    if row.expires_at <= ctx.now {
        return Err(ended());
    }
    let member = member::Entity::find_by_id(row.member_id).one(&tx).await?.ok_or_else(ended)?;
    match judge(ctx, &row, token.trim(), generation) {
        Use::Foreign => Err(ended()),
        Use::Replay => {
            tracing::warn!(session = %id.0, member = %row.member_id.0, "a used refresh token came again: the session ends");
            session::Entity::delete_by_id(id).exec(&tx).await?;
            event::commit(ctx, tx, Change { accounts: vec![row.member_id], ..Change::default() }).await?;
            Err(ended())
        }
        Use::Current | Use::Again(_) if !policy::is_in_use(&member) => {
            Err(Refusal::new(Code::AccountSuspended, Message::new("account-suspended")).into())
        }
        Use::Again(refresh_token) => Ok(Opened { member: row.member_id, session: Session::of(row), refresh_token }),
        Use::Current => {
            let refresh_token = self::token(&ctx.kith.secrets, id, row.generation + 1);
            let row = rotate(ctx, row, &refresh_token).update(&tx).await?;
            event::commit(ctx, tx, Change::default()).await?;
            Ok(Opened { member: row.member_id, session: Session::of(row), refresh_token })
        }
    }
}

/// The session with another refresh token in force, seen now and from where the client is.
fn rotate(ctx: &Ctx, row: session::Model, successor: &str) -> session::ActiveModel {
    let lasts = ctx.now.after(policy::SESSION_LASTS).min(row.created_at.after(policy::SESSION_LASTS_AT_MOST));
    let expires_at = if row.support_reason.is_some() { row.expires_at } else { lasts };
    let (generation, used) = (row.generation + 1, row.current_hash.clone());
    let mut row = row.into_active_model();
    row.generation = Set(generation);
    row.previous_hash = Set(Some(used));
    row.current_hash = Set(secret::hash(successor.as_bytes()));
    row.rotated_at = Set(ctx.now);
    row.last_seen_at = Set(ctx.now);
    row.expires_at = Set(expires_at);
    row.client_name = Set(ctx.client.name.clone());
    row.client_version = Set(ctx.client.version.clone());
    row.user_agent = Set(ctx.client.user_agent.clone());
    row.address = Set(ctx.client.address.map(|address| address.to_string()));
    row
}

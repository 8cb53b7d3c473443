//! Credentials: what proves who somebody is.
//!
//! A code sent to an e-mail address is the rule ([`email_code`]), a password an addition ([`password`]); changing an
//! address takes a code from both ([`address`]). Asking and guessing cost the same for an address that somebody has an
//! account with and for one that nobody has, in the answer and in time, and are slowed by account, by the network address
//! they come from and overall.
//!
//! Deliberately absent: sessions and accounts ([`crate::account`]), which begin with a proof.

pub(crate) mod address;
pub(crate) mod email_code;
pub(crate) mod password;

pub use self::address::{change_email, confirm_email_change};
pub use self::email_code::request_sign_in_code;
pub use self::password::{has_password, set_password};

use crate::ctx::Ctx;
use crate::entity::member;
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::limiter::{Bucket, Rate};
use crate::{policy, session};
use sea_orm::EntityTrait;
use uuid::Uuid;

/// What a member brings to show again, in their session, who they are.
#[derive(Clone)]
pub enum Proof {
    /// A code sent to their e-mail address.
    EmailCode(String),
    /// Their password.
    Password(String),
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Proof(..)")
    }
}

/// The buckets of a guess at what proves `subject`, most telling first.
fn guess_buckets(ctx: &Ctx, subject: &str) -> [Bucket; 3] {
    [
        (policy::GUESSES_AT_ACCOUNT, subject.to_owned()),
        (policy::GUESSES_FROM_ADDRESS, ctx.network()),
        (policy::GUESSES, String::new()),
    ]
}

/// Takes a guess from each of the buckets.
///
/// # Errors
/// Refused with [`Code::TooManyAttempts`].
pub(crate) async fn slow_down(ctx: &Ctx, buckets: &[Bucket]) -> Result<()> {
    Ok(ctx.kith.limiter.take(ctx.now, buckets).await.map_err(Refusal::too_many_attempts)?)
}

async fn forgive(ctx: &Ctx, subject: &str) {
    let rate: Rate = policy::GUESSES_AT_ACCOUNT;
    ctx.kith.limiter.forgive(&(rate, subject.to_owned())).await;
}

/// A code that is wrong, over, tried too often or used: which, it does not tell.
pub(crate) fn code_not_right() -> Error {
    Refusal::new(Code::InvalidCredentials, Message::new("code-not-right")).into()
}

/// A password that is wrong, or that nobody has.
pub(crate) fn password_not_right() -> Error {
    Refusal::new(Code::InvalidCredentials, Message::new("password-not-right")).into()
}

/// Which code sent to `email` this is, if it is right. It stays good until it is [`email_code::consume`]d.
///
/// # Errors
/// Refused with [`Code::InvalidCredentials`] or [`Code::TooManyAttempts`].
pub(crate) async fn prove_email(ctx: &Ctx, email: &str, typed: &str) -> Result<Uuid> {
    slow_down(ctx, &guess_buckets(ctx, email)).await?;
    let code = email_code::is_right(ctx, email, typed).await?.ok_or_else(code_not_right)?;
    forgive(ctx, email).await;
    Ok(code)
}

/// The hash that `password` was found right by, if it is that of the member with `email`: to be held against what stands
/// when it is acted on, by [`password::still`].
///
/// # Errors
/// Refused with [`Code::InvalidCredentials`] or [`Code::TooManyAttempts`].
pub(crate) async fn prove_password(ctx: &Ctx, email: &str, typed: &str) -> Result<String> {
    slow_down(ctx, &guess_buckets(ctx, email)).await?;
    let hash = password::is_right(ctx, email, typed).await?.ok_or_else(password_not_right)?;
    forgive(ctx, email).await;
    Ok(hash)
}

/// The viewer, in a session of their own in which they have proven lately, or prove now, who they are.
///
/// # Errors
/// Refused with [`Code::ProofRequired`], [`Code::InvalidCredentials`], [`Code::TooManyAttempts`] or
/// [`Code::NotForSupport`].
pub(crate) async fn proven(ctx: &Ctx, proof: Option<Proof>) -> Result<member::Model> {
    let own = session::own(ctx).await?;
    let query = member::Entity::find_by_id(own.member_id);
    let me = query.one(&ctx.kith.store.db).await?.ok_or(Error::Unauthenticated)?;
    let email = me.email.clone().unwrap_or_default();
    match proof {
        None if ctx.now <= own.proven_at.after(policy::PROOF_LASTS) => return Ok(me),
        None => return Err(Refusal::of("proof", Code::ProofRequired, Message::new("proof-required")).into()),
        Some(Proof::EmailCode(code)) => {
            let code = prove_email(ctx, &email, &code).await?;
            email_code::consume(&ctx.kith.store.db, &email, code).await?;
        }
        Some(Proof::Password(password)) => drop(prove_password(ctx, &email, &password).await?),
    }
    session::proven(ctx, own.id).await?;
    Ok(me)
}

/// Deletes the codes whose time is over; returns how many.
///
/// # Errors
/// As the database says.
pub(crate) async fn forget_old(ctx: &Ctx) -> Result<u64> {
    Ok(email_code::forget_old(ctx).await? + address::forget_old(ctx).await?)
}

//! Passwords: argon2id (RFC 9106) with 19 MiB, two passes and one lane, as OWASP's Password Storage Cheat Sheet has it.
//!
//! Hashing is slow by intent, so it runs beside the threads that answer requests, a few at a time. An address that has
//! no account, or no password, is answered after the same work.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use sea_orm::sea_query::OnConflict;
use sea_orm::{DatabaseTransaction, EntityTrait, Set};
use tokio::sync::Semaphore;

use super::Proof;
use crate::ctx::Ctx;
use crate::entity::password;
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::{self, Change};
use crate::id::MemberId;
use crate::letter::{Content, Letter};
use crate::{member, session, store};

/// The shortest password, in characters (NIST SP 800-63B, 3.1.1.2, asks for 8 at least).
const SHORTEST: usize = 10;
/// The longest, in bytes: enough for a sentence, too little to keep the hashing busy.
const LONGEST: usize = 256;
/// How many are hashed at the same time.
const AT_ONCE: usize = 2;

static HASHING: Semaphore = Semaphore::const_new(AT_ONCE);

/// The hash of a password nobody has, for those who have none to be compared with.
static NOBODYS: LazyLock<String> = LazyLock::new(|| hash(&rand::random::<u128>().to_string()).unwrap_or_default());

fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(password: &str) -> std::result::Result<String, argon2::password_hash::Error> {
    let salt: [u8; 16] = rand::random();
    Ok(argon2().hash_password_with_salt(password.as_bytes(), &salt)?.to_string())
}

fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Runs slow work beside the workers, when it is its turn.
async fn slowly<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let fault = |cause: &dyn std::fmt::Display| Error::Internal(format!("hashing: {cause}"));
    let _turn = HASHING.acquire().await.map_err(|closed| fault(&closed))?;
    tokio::task::spawn_blocking(work).await.map_err(|stopped| fault(&stopped))
}

/// The hash `typed` is right by, if it is the password of whoever has an account with `email`.
pub(super) async fn is_right(ctx: &Ctx, email: &str, typed: &str) -> Result<Option<String>> {
    // For an address without an account the same two statements are asked.
    let whose = member::by_email(&ctx.kith.store.db, email).await?.map_or(MemberId::NONE, |member| member.id);
    let kept = password::Entity::find_by_id(whose).one(&ctx.kith.store.db).await?;
    // One that is too long is none that was set, and costs as much as one that is not.
    let fits = typed.len() <= LONGEST;
    let typed = if fits { typed.to_owned() } else { String::new() };
    slowly(move || {
        let is_right = verify(&typed, kept.as_ref().map_or(&NOBODYS, |kept| &kept.hash));
        kept.map(|kept| kept.hash).filter(|_| is_right && fits)
    })
    .await
}

/// Holds that the password found right by `hash` is still that of `member`, whose row `tx` has locked: hashing is slow, and
/// a password may be changed while another one's is under way.
///
/// # Errors
/// Refused with [`Code::InvalidCredentials`].
pub(crate) async fn still(tx: &DatabaseTransaction, member: MemberId, hash: &str) -> Result<()> {
    let kept = password::Entity::find_by_id(member).one(tx).await?;
    kept.filter(|kept| kept.hash == hash).map(|_| ()).ok_or_else(super::password_not_right)
}

/// Sets the viewer's password, or takes it away; signs all their other devices out. Returns the letter that tells them.
///
/// # Errors
/// Refused with [`Code::InvalidInput`], or as [`super::proven`].
pub async fn set_password(ctx: &Ctx, new: Option<String>, proof: Option<Proof>) -> Result<Option<Letter>> {
    if let Some(new) = &new {
        check(new)?;
    }
    let me = super::proven(ctx, proof).await?;
    let hashed = match new {
        Some(new) => Some(slowly(move || hash(&new)).await?.map_err(|cause| Error::Internal(cause.to_string()))?),
        None => None,
    };
    let tx = ctx.kith.store.begin().await?;
    store::lock_members(&tx, [me.id]).await?;
    match hashed {
        Some(hash) => {
            let row = password::ActiveModel { member_id: Set(me.id), hash: Set(hash), changed_at: Set(ctx.now) };
            let anew = [password::Column::Hash, password::Column::ChangedAt];
            let anew = OnConflict::column(password::Column::MemberId).update_columns(anew).to_owned();
            password::Entity::insert(row).on_conflict(anew).exec_without_returning(&tx).await?;
        }
        None => {
            password::Entity::delete_by_id(me.id).exec(&tx).await?;
        }
    }
    session::end_others(&tx, me.id, ctx.session).await?;
    event::commit(ctx, tx, Change { accounts: vec![me.id], ..Change::default() }).await?;
    Ok(me.email.map(|to| Letter { to, content: Content::PasswordChanged }))
}

/// Whether the viewer has a password.
///
/// # Errors
/// As the database says.
pub async fn has_password(ctx: &Ctx) -> Result<bool> {
    Ok(password::Entity::find_by_id(ctx.me()?).one(&ctx.kith.store.db).await?.is_some())
}

fn check(new: &str) -> Result<()> {
    if new.chars().count() < SHORTEST {
        let message = Message::new("password-too-short").with("least", SHORTEST);
        return Err(Refusal::of("password", Code::InvalidInput, message).into());
    }
    if new.len() > LONGEST {
        let message = Message::new("password-too-long").with("most", LONGEST);
        return Err(Refusal::of("password", Code::InvalidInput, message).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_says_how_it_was_made_and_knows_its_password() {
        let hash = hash("correct horse battery").expect("hashed");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify("correct horse battery", &hash));
        assert!(!verify("correct horse batterz", &hash));
        assert!(!verify("anything", "no hash"));
        assert_ne!(hash, self::hash("correct horse battery").expect("hashed"), "salted");
    }
}

//! Signing in.

use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
use uuid::Uuid;

use crate::ctx::Ctx;
use crate::entity::member::State;
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::{self, Change};
use crate::session::{self, Actor, Lasting, NewDevice, Opened};
use crate::text::{self, Checks};
use crate::{community, credential, member, store};

/// What somebody brings to sign in.
#[derive(Clone)]
pub enum Entrance {
    /// The code that was sent to their address.
    EmailCode {
        /// The address.
        email: String,
        /// The code.
        code: String,
    },
    /// Their password.
    Password {
        /// The address of the account.
        email: String,
        /// The password.
        password: String,
    },
}

/// What was found right before the member's row was locked, and must be so still when it is.
enum Found {
    /// Which code.
    Code(Uuid),
    /// By which hash.
    Password(String),
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Their session.
    pub opened: Opened,
    /// Whether they came back from leaving, which is called off.
    pub restored: bool,
}

/// Signs somebody in on a device. A member who was leaving stays.
///
/// # Errors
/// Refused with [`Code::InvalidInput`], [`Code::InvalidCredentials`], [`Code::TooManyAttempts`], [`Code::NoAccount`] or
/// [`Code::AccountSuspended`].
pub async fn sign_in(ctx: &Ctx, entrance: Entrance, device: NewDevice) -> Result<SignedIn> {
    let mut checks = Checks::default();
    let device = device.checked(&mut checks);
    let (raw, _) = entrance.parts();
    let email = checks.take(text::email("email", raw)).unwrap_or_default();
    checks.finish()?;
    let found = match &entrance {
        Entrance::EmailCode { code, .. } => Found::Code(credential::prove_email(ctx, &email, code).await?),
        Entrance::Password { password, .. } => {
            Found::Password(credential::prove_password(ctx, &email, password).await?)
        }
    };
    let tx = ctx.kith.store.begin().await?;
    let no_account = || Error::from(Refusal::new(Code::NoAccount, Message::new("no-account")));
    let id = member::by_email(&tx, &email).await?.ok_or_else(no_account)?.id;
    let row = store::lock_members(&tx, [id]).await?.pop();
    // The address may have become another's, or nobody's, while we waited for the lock.
    let row = row.filter(|row| row.email.as_ref() == Some(&email)).ok_or_else(no_account)?;
    if row.state == State::Suspended {
        return Err(Refusal::new(Code::AccountSuspended, Message::new("account-suspended")).into());
    }
    match found {
        Found::Code(code) => credential::email_code::consume(&tx, &email, code).await?,
        Found::Password(hash) => credential::password::still(&tx, id, &hash).await?,
    }
    let restored = row.leaves_at.is_some_and(|at| ctx.now < at);
    if row.leaves_at.is_some() && !restored {
        return Err(no_account());
    }
    if restored {
        let mut row = row.into_active_model();
        row.leaves_at = Set(None);
        row.update(&tx).await?;
        community::appear(ctx, &tx, id).await?;
    }
    let opened = session::open(ctx, &tx, id, device, Actor::Member, Lasting::WhileUsed).await?;
    let shown = if restored { vec![id] } else { Vec::new() };
    let change = Change { accounts: vec![id], cards: shown.clone(), ties: shown, ..Change::default() };
    event::commit(ctx, tx, change).await?;
    Ok(SignedIn { opened, restored })
}

impl Entrance {
    fn parts(&self) -> (&str, &str) {
        match self {
            Self::EmailCode { email, code } => (email, code),
            Self::Password { email, password } => (email, password),
        }
    }
}

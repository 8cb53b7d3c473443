//! Accounts: how a person comes in, on which proof, and how they come back.
//!
//! Signing in takes a code sent by e-mail, or a password ([`sign_in`]); signing up the same code and, unless the operator
//! has opened it, an invitation ([`sign_up`]); a person who was imported without an address takes their account over by
//! a claim code and the address they prove ([`claim`]). Each begins a session. What an address is to the service shows
//! only to who has proven to read it.

mod asked;
mod belongings;
mod dossier;
mod enter;
mod export;
mod leave;
mod sign_up;
mod suspend;

pub use self::dossier::{Dossier, dossier};
pub use self::enter::{Entrance, SignedIn, sign_in};
pub use self::export::{
    Address, Export, ExportState, fetch as fetch_export, make_due as make_exports, mine as my_export,
    request as request_export,
};
pub use self::leave::{Archive, delete, delete_due};
pub use self::sign_up::{Claimant, Newcomer, SignUpBy, claim, sign_up};
pub use self::suspend::{restore, suspend};

use crate::ctx::Ctx;
use crate::error::Result;
use crate::{credential, handshake, invitation, session};

/// Deletes what is over and of no more use: codes, sessions, invitations; returns how many. Called by a timer of the
/// server.
///
/// # Errors
/// As the database says.
pub async fn forget_old(ctx: &Ctx) -> Result<u64> {
    let entered = credential::forget_old(ctx).await? + session::forget_old(ctx).await?;
    Ok(entered + handshake::forget_old(ctx).await? + invitation::forget_old(ctx).await?)
}

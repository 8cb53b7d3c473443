//! Signing up, and taking over an account that was imported.

use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, Set};

use crate::ctx::Ctx;
use crate::entity::{claim_code, invitation};
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::{self, Change};
use crate::id::MemberId;
use crate::member::{EMAIL, HANDLE};
use crate::session::{self, Actor, Lasting, NewDevice, Opened};
use crate::text::{self, Checks};
use crate::tie::{Meeting, Told};
use crate::{code, community, credential, policy, roster, store, tie};

/// Who may sign up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUpBy {
    /// Whoever has an invitation.
    Invitation,
    /// Anybody.
    Anybody,
}

/// Somebody new.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// The invitation's code.
    pub invitation: Option<String>,
    /// Their address.
    pub email: String,
    /// The code that was sent there.
    pub code: String,
    /// What people call them: at most 80 characters.
    pub name: String,
    /// The unique name; made of the name if they do not choose one.
    pub handle: Option<String>,
    /// Where they sign in.
    pub device: NewDevice,
}

/// Somebody whose account is there already, from an import.
#[derive(Clone, Debug)]
pub struct Claimant {
    /// The code they were given.
    pub claim_code: String,
    /// Their address.
    pub email: String,
    /// The code that was sent there.
    pub code: String,
    /// Where they sign in.
    pub device: NewDevice,
}

/// Makes an account, and signs its member in. Who invited them is asked for, or met, at once: see [`tie::invited`] and
/// [`tie::meet`]; and who has claimed to know the address's reader reaches them now.
///
/// # Errors
/// Refused with [`Code::InvalidInput`], [`Code::InvitationRequired`], [`Code::InvalidCredentials`],
/// [`Code::TooManyAttempts`], [`Code::EmailTaken`], [`Code::HandleTaken`] or [`Code::InvalidCode`].
pub async fn sign_up(ctx: &Ctx, new: Newcomer, by: SignUpBy) -> Result<Opened> {
    let mut checks = Checks::default();
    let email = checks.take(text::email("email", &new.email)).unwrap_or_default();
    let name = checks.take(text::line("name", &new.name, 80)).unwrap_or_default();
    let chosen = new.handle.as_deref().and_then(|raw| checks.take(text::handle("handle", raw)));
    let device = new.device.checked(&mut checks);
    checks.finish()?;
    if new.invitation.is_none() && by == SignUpBy::Invitation {
        let message = Message::new("invitation-required");
        return Err(Refusal::of("invitation", Code::InvitationRequired, message).into());
    }
    let sent = credential::prove_email(ctx, &email, &new.code).await?;
    let tx = ctx.kith.store.begin().await?;
    if crate::member::by_email(&tx, &email).await?.is_some() {
        return Err(Refusal::of("email", Code::EmailTaken, Message::new("email-taken")).into());
    }
    let invitation = match new.invitation.as_deref() {
        Some(typed) => Some(crate::invitation::open_by_code(ctx, &tx, typed, &email).await?),
        None => None,
    };
    credential::email_code::consume(&tx, &email, sent).await?;
    let handle = chosen.unwrap_or_else(|| code::handle_of(&name, "member"));
    let id = insert(ctx, &tx, email.clone(), name, handle).await?;
    let opened = session::open(ctx, &tx, id, device, Actor::Member, Lasting::WhileUsed).await?;
    let mut change = Change { accounts: vec![id], cards: vec![id], ties: vec![id], ..Change::default() };
    if let Some(invitation) = invitation {
        change.ties.extend(welcome(ctx, &tx, id, invitation).await?);
    }
    tie::reach_newcomer(ctx, &tx, id, &email).await?;
    event::commit(ctx, tx, change).await?;
    Ok(opened)
}

async fn insert(ctx: &Ctx, tx: &DatabaseTransaction, email: String, name: String, handle: String) -> Result<MemberId> {
    let id = MemberId::fresh();
    let mut row = crate::member::new(id, handle, name, ctx.now);
    row.email = Some(email);
    let handle_taken = Refusal::of("handle", Code::HandleTaken, Message::new("handle-taken"));
    let email_taken = Refusal::of("email", Code::EmailTaken, Message::new("email-taken"));
    let inserted = row.into_active_model().reset_all().insert(tx).await;
    inserted.map_err(|error| Error::from(error).on_unique(&HANDLE, handle_taken).on_unique(&EMAIL, email_taken))?;
    Ok(id)
}

/// Uses an invitation up for somebody new, and begins what it leads to with whoever invited them. Returns those whose
/// ties changed.
async fn welcome(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    newcomer: MemberId,
    row: invitation::Model,
) -> Result<Vec<MemberId>> {
    let (inviter, met_at, context, note) = (row.inviter_id, row.met_at, row.context, row.note.clone());
    let community = row.community_id;
    let invitation = row.id;
    crate::invitation::used(ctx, tx, row, newcomer).await?;
    let Some(inviter) = inviter else {
        return roster::welcome(ctx, tx, invitation, newcomer).await.map(|()| Vec::new());
    };
    if let Some(community) = community {
        community::invited(ctx, tx, community, inviter, newcomer).await?;
    }
    match met_at {
        Some(met_at) => {
            let meeting = Meeting { opener: inviter, scanner: newcomer, met_at, context, note };
            Ok(tie::meet(ctx, tx, meeting, Told::Late).await?.1.ties)
        }
        None => tie::invited(ctx, tx, inviter, newcomer, context, note).await.map(|()| Vec::new()),
    }
}

/// Takes over an account that was imported without an address, and signs its member in.
///
/// # Errors
/// Refused with [`Code::InvalidInput`], [`Code::InvalidCredentials`], [`Code::TooManyAttempts`], [`Code::InvalidCode`],
/// [`Code::EmailTaken`] or [`Code::AccountSuspended`].
pub async fn claim(ctx: &Ctx, claimant: Claimant) -> Result<Opened> {
    let mut checks = Checks::default();
    let email = checks.take(text::email("email", &claimant.email)).unwrap_or_default();
    let device = claimant.device.checked(&mut checks);
    checks.finish()?;
    let sent = credential::prove_email(ctx, &email, &claimant.code).await?;
    let tx = ctx.kith.store.begin().await?;
    let wrong = || Error::from(Refusal::of("claimCode", Code::InvalidCode, Message::new("claim-code-not-good")));
    let query =
        claim_code::Entity::find().filter(claim_code::Column::CodeHash.eq(code::fingerprint(&claimant.claim_code)));
    let id = query.one(&tx).await?.ok_or_else(wrong)?.member_id;
    let row = store::lock_members(&tx, [id]).await?.pop().ok_or_else(wrong)?;
    // Once: whoever was first has taken the code away while we waited for the lock.
    if claim_code::Entity::delete_by_id(id).exec(&tx).await?.rows_affected != 1 {
        return Err(wrong());
    }
    if !policy::is_in_use(&row) {
        return Err(Refusal::new(Code::AccountSuspended, Message::new("account-suspended")).into());
    }
    credential::email_code::consume(&tx, &email, sent).await?;
    let mut row = row.into_active_model();
    row.email = Set(Some(email.clone()));
    row.updated_at = Set(ctx.now);
    let taken = Refusal::of("email", Code::EmailTaken, Message::new("email-taken"));
    row.update(&tx).await.map_err(|error| Error::from(error).on_unique(&EMAIL, taken))?;
    let opened = session::open(ctx, &tx, id, device, Actor::Member, Lasting::WhileUsed).await?;
    tie::reach_newcomer(ctx, &tx, id, &email).await?;
    event::commit(ctx, tx, Change { accounts: vec![id], ..Change::default() }).await?;
    Ok(opened)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_made_of_a_name_is_a_handle() {
        for name in ["Ana Ruiz", "Zofia Öztürk", "李小龍", "--", "O'Brien-Smith the third of that name in a long line"]
        {
            let handle = code::handle_of(name, "member");
            assert_eq!(text::handle("handle", &handle), Ok(handle.clone()), "{name}: {handle}");
        }
    }
}

//! Credentials on the wire: the password, and the e-mail address.

use async_graphql::{Context, InputObject, Object, OneofObject, SimpleObject};
use domain::credential::{self, Proof};
use domain::member;

use super::context::ContextExt;
use super::error::{Result, UserError, outcome};
use super::member::Member;
use super::viewer::Viewer;

/// What shows again who the viewer is, in one of these ways. It may be left out for 15 minutes after a sign-in.
#[derive(OneofObject)]
pub(crate) enum ProofInput {
    /// The code that `requestSignInCode` has sent to the account's address.
    EmailCode(String),
    /// The password.
    Password(String),
}

impl From<ProofInput> for Proof {
    fn from(input: ProofInput) -> Self {
        match input {
            ProofInput::EmailCode(code) => Self::EmailCode(code),
            ProofInput::Password(password) => Self::Password(password),
        }
    }
}

/// A password.
#[derive(InputObject)]
pub(crate) struct SetPasswordInput {
    /// The new password: at least 10 characters and at most 256 bytes; null takes it away.
    password: Option<String>,
    /// What shows who the viewer is.
    proof: Option<ProofInput>,
}

/// How the viewer can sign in from now on.
#[derive(SimpleObject)]
pub(crate) struct SetPasswordPayload {
    /// The viewer.
    viewer: Viewer,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<UserError>,
}

/// Another e-mail address.
#[derive(InputObject)]
pub(crate) struct ChangeEmailInput {
    /// The new address.
    email: String,
    /// What shows who the viewer is.
    proof: Option<ProofInput>,
}

/// Whether the codes are on their way.
#[derive(SimpleObject)]
pub(crate) struct ChangeEmailPayload {
    /// Whether letters are on their way to the old and the new address.
    sent: bool,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<UserError>,
}

/// The codes of both addresses.
#[derive(InputObject)]
pub(crate) struct ConfirmEmailChangeInput {
    /// The code from the old address; not needed if the account had none.
    old_code: Option<String>,
    /// The code from the new address.
    new_code: String,
}

/// The viewer with the new address.
#[derive(SimpleObject)]
pub(crate) struct ConfirmEmailChangePayload {
    /// The viewer; null if it was refused.
    member: Option<Member>,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<UserError>,
}

/// What members do about their credentials.
#[derive(Default)]
pub(crate) struct CredentialMutation;

#[Object]
impl CredentialMutation {
    /// Sets the viewer's password, or takes it away, and signs all their other devices out.
    async fn set_password(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "The password.")] input: SetPasswordInput,
    ) -> Result<SetPasswordPayload> {
        let set = credential::set_password(gql.ctx()?, input.password, input.proof.map(Into::into)).await;
        let (letter, user_errors) = outcome(gql, set)?;
        gql.send(letter.flatten())?;
        Ok(SetPasswordPayload { viewer: Viewer, user_errors })
    }

    /// Begins to change the viewer's e-mail address: a code goes to the old one, another to the new one.
    async fn change_email(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "The new address.")] input: ChangeEmailInput,
    ) -> Result<ChangeEmailPayload> {
        let begun = credential::change_email(gql.ctx()?, &input.email, input.proof.map(Into::into)).await;
        let (letters, user_errors) = outcome(gql, begun)?;
        let sent = letters.is_some();
        gql.send(letters.into_iter().flatten())?;
        Ok(ChangeEmailPayload { sent, user_errors })
    }

    /// Changes the viewer's e-mail address, with the codes from both, and signs all their other devices out.
    async fn confirm_email_change(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "The codes.")] input: ConfirmEmailChangeInput,
    ) -> Result<ConfirmEmailChangePayload> {
        let ctx = gql.ctx()?;
        let changed = credential::confirm_email_change(ctx, input.old_code.as_deref(), &input.new_code).await;
        let (letter, user_errors) = outcome(gql, changed)?;
        let member = if letter.is_some() { Some(Member(member::myself(ctx).await?.0)) } else { None };
        gql.send(letter.flatten())?;
        Ok(ConfirmEmailChangePayload { member, user_errors })
    }
}

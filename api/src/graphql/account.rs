//! Accounts on the wire: coming in, and coming back.

use async_graphql::{Context, InputObject, Object, OneofObject, SimpleObject};
use domain::account::{self, Claimant, Entrance, Newcomer, SignedIn};
use domain::credential;
use domain::session::Opened;

use super::context::ContextExt;
use super::error::{Result, UserError, outcome};
use super::session::{Credentials, DeviceInput};

/// Where to send a code.
#[derive(InputObject)]
pub(crate) struct RequestSignInCodeInput {
    /// The e-mail address.
    email: String,
}

/// Whether a code is on its way. The answer is the same whether anybody has an account with the address or not.
#[derive(SimpleObject)]
pub(crate) struct RequestSignInCodePayload {
    /// Whether a letter is on its way to the address.
    sent: bool,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<UserError>,
}

/// What proves who signs in, in one of these ways.
#[derive(OneofObject)]
pub(crate) enum SignInWithInput {
    /// By a code from a letter.
    EmailCode(EmailCodeInput),
    /// By a password.
    Password(PasswordInput),
}

/// A code from a letter.
#[derive(InputObject)]
pub(crate) struct EmailCodeInput {
    /// The address the letter went to.
    email: String,
    /// The six digits.
    code: String,
}

/// A password.
#[derive(InputObject)]
pub(crate) struct PasswordInput {
    /// The address of the account.
    email: String,
    /// The password.
    password: String,
}

/// Who signs in, and where.
#[derive(InputObject)]
pub(crate) struct SignInInput {
    /// What proves who it is.
    with: SignInWithInput,
    /// The device.
    device: DeviceInput,
}

/// The tokens of the session that has begun.
#[derive(SimpleObject)]
pub(crate) struct SignInPayload {
    /// The tokens; null if the sign-in was refused.
    credentials: Option<Credentials>,
    /// Whether the member was leaving: that is called off by signing in.
    restored: bool,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<UserError>,
}

/// Somebody new.
#[derive(InputObject)]
pub(crate) struct SignUpInput {
    /// An invitation's code, as it was given or typed; may be left out where anybody may sign up.
    invitation: Option<String>,
    /// Their e-mail address.
    email: String,
    /// The code that `requestSignInCode` has sent there.
    code: String,
    /// The name people know them by: at most 80 characters.
    name: String,
    /// The unique name: 3 to 40 of a-z, 0-9 and inner hyphens; made of the name if it is left out.
    handle: Option<String>,
    /// The device.
    device: DeviceInput,
}

/// The tokens of the first session.
#[derive(SimpleObject)]
pub(crate) struct SignUpPayload {
    /// The tokens; null if the sign-up was refused.
    credentials: Option<Credentials>,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<UserError>,
}

/// Somebody whose account an operator has made from a list.
#[derive(InputObject)]
pub(crate) struct ClaimAccountInput {
    /// The code they were given, as it was given or typed.
    claim_code: String,
    /// Their e-mail address, which the account then has.
    email: String,
    /// The code that `requestSignInCode` has sent there.
    code: String,
    /// The device.
    device: DeviceInput,
}

/// The tokens of the first session.
#[derive(SimpleObject)]
pub(crate) struct ClaimAccountPayload {
    /// The tokens; null if the claim was refused.
    credentials: Option<Credentials>,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<UserError>,
}

impl From<SignInWithInput> for Entrance {
    fn from(input: SignInWithInput) -> Self {
        match input {
            SignInWithInput::EmailCode(EmailCodeInput { email, code }) => Self::EmailCode { email, code },
            SignInWithInput::Password(PasswordInput { email, password }) => Self::Password { email, password },
        }
    }
}

/// The tokens of what has begun, or the refusals.
fn opened(gql: &Context<'_>, result: domain::error::Result<Opened>) -> Result<(Option<Credentials>, Vec<UserError>)> {
    let (opened, user_errors) = outcome(gql, result)?;
    Ok((opened.map(|opened| Credentials::of(gql, opened)).transpose()?, user_errors))
}

/// How people come in. Each of these ignores the token of the request.
#[derive(Default)]
pub(crate) struct AccountMutation;

#[Object]
impl AccountMutation {
    /// Sends a code of six digits to an e-mail address: to sign in, or up, within 10 minutes.
    async fn request_sign_in_code(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Where to.")] input: RequestSignInCodeInput,
    ) -> Result<RequestSignInCodePayload> {
        let (letter, user_errors) = outcome(gql, credential::request_sign_in_code(gql.ctx()?, &input.email).await)?;
        let sent = letter.is_some();
        gql.send(letter)?;
        Ok(RequestSignInCodePayload { sent, user_errors })
    }

    /// Signs a member in on a device, by a code from a letter or by a password. Whoever was leaving stays.
    async fn sign_in(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Who, and where.")] input: SignInInput,
    ) -> Result<SignInPayload> {
        let done = account::sign_in(gql.ctx()?, input.with.into(), input.device.into()).await;
        let restored = done.as_ref().is_ok_and(|done| done.restored);
        let (credentials, user_errors) = opened(gql, done.map(|SignedIn { opened, .. }| opened))?;
        Ok(SignInPayload { credentials, restored, user_errors })
    }

    /// Makes an account, and signs its member in. With an invitation, whoever invited them is asked about a tie.
    async fn sign_up(&self, gql: &Context<'_>, #[graphql(desc = "Who.")] input: SignUpInput) -> Result<SignUpPayload> {
        let SignUpInput { invitation, email, code, name, handle, device } = input;
        let newcomer = Newcomer { invitation, email, code, name, handle, device: device.into() };
        let by = gql.state()?.config.sign_up;
        let (credentials, user_errors) = opened(gql, account::sign_up(gql.ctx()?, newcomer, by).await)?;
        Ok(SignUpPayload { credentials, user_errors })
    }

    /// Takes over an account that an operator has made from a list, by the code its person was given; signs them in.
    async fn claim_account(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Who.")] input: ClaimAccountInput,
    ) -> Result<ClaimAccountPayload> {
        let ClaimAccountInput { claim_code, email, code, device } = input;
        let claimant = Claimant { claim_code, email, code, device: device.into() };
        let (credentials, user_errors) = opened(gql, account::claim(gql.ctx()?, claimant).await)?;
        Ok(ClaimAccountPayload { credentials, user_errors })
    }
}

//! Leaving on the wire: the archive, and the end of an account.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use domain::account::{self, Archive, Export};

use super::context::ContextExt;
use super::credential::ProofInput;
use super::error::{Result, UserError, outcome};
use super::scalar::{DateTime, Url};
use super::viewer::Viewer;
use crate::http::export_path;

/// The archive of everything the viewer gave, as one JSON object.
pub(crate) struct AccountExport(pub(crate) Export);

/// Where an archive stands. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::account::ExportState")]
pub(crate) enum ExportState {
    /// It is being made; ask again in a few seconds.
    Pending,
    /// It can be fetched, once.
    Ready,
    /// It was fetched.
    Fetched,
}

/// The archive of everything the viewer gave.
#[Object]
impl AccountExport {
    /// Where it stands.
    async fn state(&self) -> ExportState {
        self.0.state.into()
    }

    /// Where to fetch it: good for 10 minutes from now, and once; null unless it is ready.
    async fn url(&self, gql: &Context<'_>) -> Result<Option<Url>> {
        let base = &gql.state()?.config.public_url;
        Ok(self.0.address.as_ref().map(|address| Url(format!("{base}{}", export_path(address)))))
    }

    /// When it was asked for.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it is deleted if nobody fetches it.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }
}

/// Who asks for the archive.
#[derive(InputObject)]
pub(crate) struct ExportAccountInput {
    /// What shows who the viewer is.
    proof: Option<ProofInput>,
}

/// The archive after it was asked for.
#[derive(SimpleObject)]
pub(crate) struct ExportAccountPayload {
    /// The archive, which is being made; null if it was refused.
    export: Option<AccountExport>,
    /// The viewer.
    viewer: Viewer,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<UserError>,
}

/// Who leaves.
#[derive(InputObject)]
pub(crate) struct DeleteAccountInput {
    /// Whether to leave without having fetched the archive in the last 14 days.
    #[graphql(default)]
    without_export: bool,
    /// What shows who the viewer is.
    proof: Option<ProofInput>,
}

/// When the account will be gone.
#[derive(SimpleObject)]
pub(crate) struct DeleteAccountPayload {
    /// When everything personal will be gone; signing in before that calls it off. Null if it was refused.
    deleted_at: Option<DateTime>,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<UserError>,
}

/// What members do before they leave, and to leave.
#[derive(Default)]
pub(crate) struct LeavingMutation;

#[Object]
impl LeavingMutation {
    /// Asks for an archive of everything the viewer gave. `viewer.export` tells when and where it can be fetched.
    async fn export_account(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Who asks.")] input: ExportAccountInput,
    ) -> Result<ExportAccountPayload> {
        let ctx = gql.ctx()?;
        let (done, user_errors) = outcome(gql, account::request_export(ctx, input.proof.map(Into::into)).await)?;
        let export = if done.is_some() { account::my_export(ctx).await?.map(AccountExport) } else { None };
        Ok(ExportAccountPayload { export, viewer: Viewer, user_errors })
    }

    /// Deletes the viewer's account. It is hidden and signed out everywhere at once, and gone after 14 days, unless the
    /// viewer signs in before.
    async fn delete_account(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Who leaves.")] input: DeleteAccountInput,
    ) -> Result<DeleteAccountPayload> {
        let archive = if input.without_export { Archive::Waived } else { Archive::Fetched };
        let deleted = account::delete(gql.ctx()?, archive, input.proof.map(Into::into)).await;
        let (deleted, user_errors) = outcome(gql, deleted)?;
        let (at, letter) = deleted.unzip();
        gql.send(letter.flatten())?;
        Ok(DeleteAccountPayload { deleted_at: at.map(DateTime), user_errors })
    }
}

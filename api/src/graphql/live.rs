//! What happens to the account itself, told while it happens. What happens to a noun stands with that noun.

use async_graphql::{Context, Subscription};
use domain::live::Signal;
use domain::session;
use futures::{Stream, stream};

use super::context::ContextExt;
use super::error::Result;
use super::session::Session;

/// What members hear of their own account.
#[derive(Default)]
pub(crate) struct LiveSubscription;

#[Subscription]
impl LiveSubscription {
    /// The session in which it is asked, each time something about the viewer's account has changed: an e-mail address, a
    /// password, a device that signs in or out. To know what it was, ask for `viewer` anew.
    async fn session_changed(&self, gql: &Context<'_>) -> Result<impl Stream<Item = Session> + use<>> {
        let ctx = gql.ctx()?;
        ctx.me()?;
        let own = ctx.session.filter(|_| gql.heard() == Some(Signal::Account));
        let sessions = session::by_ids(ctx, own.as_slice()).await?;
        Ok(stream::iter(sessions.into_iter().map(Session)))
    }
}

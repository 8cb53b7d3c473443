//! What a resolver is given: the domain's context, one loader a request, and the language of the answer.

use std::time::Duration;

use actix_web::web;
use async_graphql::Context;
use async_graphql::dataloader::DataLoader;
use async_graphql::runtime::{Timer, TokioSpawner};
use domain::ctx::Ctx;
use domain::letter::Letter;
use domain::live::Signal;
use futures::future::BoxFuture;

use super::error::{Fault, RequestCode, Result};
use super::loaders::Loaders;
use crate::State;
use crate::words::Language;

/// What has happened, for which an operation is executed; `None` in an execution that only finds out whether the
/// operation is right, and in those of queries and mutations.
#[derive(Clone, Copy)]
pub(crate) struct Heard(pub(crate) Option<Signal>);

/// What resolvers take from GraphQL's context.
pub(crate) trait ContextExt {
    /// Who asks, when, with what.
    fn ctx(&self) -> Result<&Ctx>;
    /// The request's loaders.
    fn loaders(&self) -> Result<&DataLoader<Loaders>>;
    /// What the one who asks reads.
    fn language(&self) -> Language;
    /// What all requests share: the keys, the settings.
    fn state(&self) -> Result<&State>;
    /// What has happened, if that is why a subscription is executed. Its field yields one item if the signal concerns
    /// it, and none if it does not.
    fn heard(&self) -> Option<Signal>;
    /// Sends letters, after what they tell of is done.
    fn send(&self, letters: impl IntoIterator<Item = Letter>) -> Result<()>;
}

impl ContextExt for Context<'_> {
    fn ctx(&self) -> Result<&Ctx> {
        self.data_opt().ok_or_else(|| Fault::new(RequestCode::Internal, "The request has no context."))
    }

    fn loaders(&self) -> Result<&DataLoader<Loaders>> {
        self.data_opt().ok_or_else(|| Fault::new(RequestCode::Internal, "The request has no loaders."))
    }

    fn language(&self) -> Language {
        self.data_opt().copied().unwrap_or_default()
    }

    fn state(&self) -> Result<&State> {
        let state = self.data_opt::<web::Data<State>>();
        state.map(|state| &***state).ok_or_else(|| Fault::new(RequestCode::Internal, "The request has no state."))
    }

    fn heard(&self) -> Option<Signal> {
        self.data_opt::<Heard>().and_then(|heard| heard.0)
    }

    fn send(&self, letters: impl IntoIterator<Item = Letter>) -> Result<()> {
        let mailer = &self.state()?.mailer;
        Ok(letters.into_iter().try_for_each(|letter| mailer.send(letter, self.language()))?)
    }
}

/// `request` on behalf of `ctx`, to be answered in `language`.
pub(crate) fn request(request: async_graphql::Request, ctx: Ctx, language: Language) -> async_graphql::Request {
    let loaders = DataLoader::new(Loaders(ctx.clone()), TokioSpawner::current(), NextTurn);
    request.data(ctx).data(loaders).data(language)
}

/// The loaders' delay: until all that is ready has run. A worker's runtime has one thread, which polls all fields of a level
/// before it comes to the loader. (tokio's timer, of which a tick is a millisecond, would wait for the next one.)
struct NextTurn;

impl Timer for NextTurn {
    fn delay(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::task::yield_now())
    }
}

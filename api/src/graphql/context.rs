//! What a resolver is given: the domain's context, and one loader a request.

use std::time::Duration;

use async_graphql::Context;
use async_graphql::dataloader::DataLoader;
use async_graphql::runtime::{TokioSpawner, TokioTimer};
use domain::ctx::Ctx;

use super::error::{Fault, RequestCode, Result};
use super::loaders::Loaders;

/// What resolvers take from GraphQL's context.
pub(crate) trait ContextExt {
    /// Who asks, when, with what.
    fn ctx(&self) -> Result<&Ctx>;
    /// The request's loaders.
    fn loaders(&self) -> Result<&DataLoader<Loaders>>;
}

impl ContextExt for Context<'_> {
    fn ctx(&self) -> Result<&Ctx> {
        self.data_opt().ok_or_else(|| Fault::new(RequestCode::Internal, "The request has no context."))
    }

    fn loaders(&self) -> Result<&DataLoader<Loaders>> {
        self.data_opt().ok_or_else(|| Fault::new(RequestCode::Internal, "The request has no loaders."))
    }
}

/// `request` on behalf of `ctx`.
pub(crate) fn request(request: async_graphql::Request, ctx: Ctx) -> async_graphql::Request {
    // No delay: a worker's runtime has one thread, which polls all fields of a level before it runs the loader.
    let loaders =
        DataLoader::new(Loaders(ctx.clone()), TokioSpawner::current(), TokioTimer::default()).delay(Duration::ZERO);
    request.data(ctx).data(loaders)
}

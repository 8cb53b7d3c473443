//! What a resolver is given: the domain's context, one loader a request, the language of the answer, and the mailer.

use std::time::Duration;

use async_graphql::Context;
use async_graphql::dataloader::DataLoader;
use async_graphql::runtime::{TokioSpawner, TokioTimer};
use domain::ctx::Ctx;

use super::error::{Fault, RequestCode, Result};
use super::loaders::Loaders;
use crate::mail::Mailer;
use crate::words::Language;

/// What resolvers take from GraphQL's context.
pub(crate) trait ContextExt {
    /// Who asks, when, with what.
    fn ctx(&self) -> Result<&Ctx>;
    /// The request's loaders.
    fn loaders(&self) -> Result<&DataLoader<Loaders>>;
    /// What the one who asks reads.
    fn language(&self) -> Language;
    /// By which letters are sent.
    #[expect(dead_code, reason = "the mutations that send letters are the first to use it")]
    fn mailer(&self) -> Result<&Mailer>;
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

    fn mailer(&self) -> Result<&Mailer> {
        self.data_opt().ok_or_else(|| Fault::new(RequestCode::Internal, "The request has no mailer."))
    }
}

/// `request` on behalf of `ctx`, to be answered in `language`; letters go by `mailer`.
pub(crate) fn request(
    request: async_graphql::Request,
    ctx: Ctx,
    language: Language,
    mailer: Mailer,
) -> async_graphql::Request {
    // No delay: a worker's runtime has one thread, which polls all fields of a level before it runs the loader.
    let loaders =
        DataLoader::new(Loaders(ctx.clone()), TokioSpawner::current(), TokioTimer::default()).delay(Duration::ZERO);
    request.data(ctx).data(loaders).data(language).data(mailer)
}

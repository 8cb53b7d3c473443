//! What anybody may know of the service.

use async_graphql::{ComplexObject, Context, Enum, Object, SimpleObject};

use super::context::ContextExt;
use super::error::Result;

/// The service.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct ServerInfo {
    /// What it is called.
    name: &'static str,
    /// Its version, after Semantic Versioning.
    version: &'static str,
}

#[ComplexObject]
impl ServerInfo {
    /// The oldest version of the app that may still ask, after Semantic Versioning; null if any may. An older one gets
    /// `CLIENT_TOO_OLD` for everything but `serverInfo`.
    async fn minimum_client_version(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "What the app runs on.")] platform: Platform,
    ) -> Result<Option<String>> {
        Ok(gql.state()?.config.minimum_clients.of(platform.into()).map(ToString::to_string))
    }
}

/// What an app runs on. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "domain::ctx::Platform")]
pub(crate) enum Platform {
    /// An iPhone or an iPad.
    Ios,
    /// An Android device.
    Android,
    /// A browser.
    Web,
    /// Anything else.
    Other,
}

/// Queries about the service.
#[derive(Default)]
pub(crate) struct ServerQuery;

#[Object]
impl ServerQuery {
    /// What the service is; for anybody.
    async fn server_info(&self) -> ServerInfo {
        ServerInfo { name: "Kith", version: env!("CARGO_PKG_VERSION") }
    }
}

//! What anybody may know of the service.

use async_graphql::{Object, SimpleObject};

/// The service.
#[derive(SimpleObject)]
pub(crate) struct ServerInfo {
    /// What it is called.
    name: &'static str,
    /// Its version, after Semantic Versioning.
    version: &'static str,
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

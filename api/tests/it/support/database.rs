//! A database a test: a file of SQLite's in a folder of its own, or a copy of a migrated template in PostgreSQL.

use std::sync::atomic::{AtomicUsize, Ordering};

use domain::store::Store;
use sea_orm::{ConnectionTrait, Database as Connect};
use tokio::sync::OnceCell;

/// A database that nobody else uses.
pub(crate) enum Database {
    Sqlite { url: String, _folder: tempfile::TempDir },
    Postgres { url: String },
}

static TEMPLATE: OnceCell<String> = OnceCell::const_new();
static COPIES: AtomicUsize = AtomicUsize::new(0);

impl Database {
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self::Sqlite { url: format!("sqlite://{}", folder.path().join("kith.db").display()), _folder: folder }
    }

    pub(crate) async fn postgres() -> Self {
        let template = TEMPLATE.get_or_init(template).await;
        let name = format!("{}_{}", template, COPIES.fetch_add(1, Ordering::Relaxed));
        administer(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Self::Postgres { url: url_of(&name) }
    }

    /// One that nobody has migrated yet.
    pub(crate) async fn empty_postgres() -> Self {
        let name = format!("kith_empty_{}_{}", std::process::id(), COPIES.fetch_add(1, Ordering::Relaxed));
        administer(&format!("DROP DATABASE IF EXISTS {name}")).await;
        administer(&format!("CREATE DATABASE {name}")).await;
        Self::Postgres { url: url_of(&name) }
    }

    pub(crate) fn url(&self) -> &str {
        match self {
            Self::Sqlite { url, .. } | Self::Postgres { url } => url,
        }
    }

    /// Does to the database what no command does.
    pub(crate) async fn execute(&self, statement: &str) {
        execute(self.url(), statement).await;
    }

    /// Ends all connections of a PostgreSQL database and lets nobody in, as when it is away.
    pub(crate) async fn go_away(&self) {
        let name = self.name();
        administer(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
        administer(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")).await;
    }

    /// Lets connections in again.
    pub(crate) async fn come_back(&self) {
        administer(&format!("ALTER DATABASE {} ALLOW_CONNECTIONS true", self.name())).await;
    }

    fn name(&self) -> &str {
        let address = self.url().split('?').next().unwrap_or_default();
        address.rsplit('/').next().unwrap_or_default()
    }
}

/// A migrated database, which each test copies.
async fn template() -> String {
    let name = format!("kith_test_{}", std::process::id());
    administer(&format!("DROP DATABASE IF EXISTS {name}")).await;
    administer(&format!("CREATE DATABASE {name}")).await;
    // The connection must be gone before the copy.
    let store = Store::connect(&url_of(&name)).await.expect("the template answers");
    store.migrate().await.expect("migrations apply");
    store.close().await;
    name
}

async fn administer(statement: &str) {
    execute(&server_url(), statement).await;
}

async fn execute(url: &str, statement: &str) {
    let connection = Connect::connect(url).await.expect("the database answers");
    connection.execute_unprepared(statement).await.expect(statement);
    connection.close().await.expect("the connection closes");
}

#[expect(clippy::disallowed_methods, reason = "what `.ci/test` has brought up")]
fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run the tests by `bash .ci/test`"))
}

fn server_url() -> String {
    variable("TEST_DATABASE_URL")
}

/// The address of the tests' Redis.
pub(crate) fn redis_url() -> String {
    variable("TEST_REDIS_URL")
}

/// The server's address with another database.
fn url_of(database: &str) -> String {
    let url = server_url();
    let (address, query) = url.split_once('?').map_or((url.as_str(), None), |(address, query)| (address, Some(query)));
    let (server, _) = address.rsplit_once('/').expect("TEST_DATABASE_URL names a database");
    match query {
        Some(query) => format!("{server}/{database}?{query}"),
        None => format!("{server}/{database}"),
    }
}

//! A database a test: a file of SQLite's in a folder of its own, or a copy of a migrated template in PostgreSQL.

use std::sync::atomic::{AtomicUsize, Ordering};

use domain::store::Store;
use sea_orm::{ConnectionTrait, Database as Connect, Statement};
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

    pub(crate) fn url(&self) -> &str {
        match self {
            Self::Sqlite { url, .. } | Self::Postgres { url } => url,
        }
    }

    pub(super) async fn execute(&self, statements: &str) {
        let connection = Connect::connect(self.url()).await.expect("the test's database answers");
        connection.execute_unprepared(statements).await.expect(statements);
        connection.close().await.expect("the connection closes");
    }

    pub(super) async fn count(&self, table: &str) -> i64 {
        let connection = Connect::connect(self.url()).await.expect("the test's database answers");
        let statement =
            Statement::from_string(connection.get_database_backend(), format!("SELECT count(*) FROM {table}"));
        let row = connection.query_one_raw(statement).await.expect(table).expect("a count is one row");
        let count = row.try_get_by_index(0).expect("a count is a number");
        connection.close().await.expect("the connection closes");
        count
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
    let connection = Connect::connect(server_url()).await.expect("TEST_DATABASE_URL answers");
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

//! The database: connecting, beginning, locking, migrating. SQLite and PostgreSQL from one code.
//!
//! A transaction that decides something begins [`Store::begin`]: IMMEDIATE on SQLite, so that it holds the write lock
//! before it reads, and with the deciding rows locked in id order on PostgreSQL ([`lock_members`]). Two commands about
//! the same people therefore run one after the other, on either database.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use migration::{Migrator, MigratorTrait};
use sea_orm::sea_query::LockType;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ColumnTrait, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    EntityTrait, QueryFilter, QueryOrder, QuerySelect, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait,
};

use crate::entity::member;
use crate::error::{Error, Result};
use crate::id::MemberId;

/// The most values a statement of ours binds; SQLite takes 32,766.
pub(crate) const BINDS: usize = 30_000;

/// The same ids, the last of them several times, so that lists come in few lengths and the database knows the statement:
/// to prepare it anew takes longer than to look for a member twice.
pub(crate) fn padded<T: Copy>(ids: &[T]) -> impl Iterator<Item = T> + '_ {
    let length = ids.len().next_power_of_two().min(BINDS.max(ids.len()));
    ids.iter().chain(ids.last().into_iter().cycle().take(length - ids.len())).copied()
}

/// The database and a count of the statements sent to it.
#[derive(Clone)]
pub struct Store {
    pub(crate) db: DatabaseConnection,
    statements: Arc<AtomicU64>,
}

/// Which migrations a database has.
#[derive(Debug, PartialEq, Eq)]
pub struct SchemaVersion {
    /// Those applied, oldest first.
    pub applied: Vec<String>,
    /// Those this program brings that the database does not have yet.
    pub pending: Vec<String>,
    /// Those the database has that this program does not know: it is older than the database.
    pub unknown: Vec<String>,
}

impl SchemaVersion {
    /// Whether this program and the database fit.
    pub fn is_current(&self) -> bool {
        self.pending.is_empty() && self.unknown.is_empty()
    }
}

impl Store {
    /// Connects to `url`: `sqlite://path` (made if it is not there) or `postgres://…`.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Internal`] if there is no such database.
    pub async fn connect(url: &str) -> Result<Self> {
        let mut options = ConnectOptions::new(url);
        options
            .acquire_timeout(Duration::from_secs(5))
            .connect_timeout(Duration::from_secs(5))
            .test_before_acquire_if_idle_for(Duration::from_secs(5))
            .sqlx_logging(false);
        if url.starts_with("sqlite:") {
            options.max_connections(4).map_sqlx_sqlite_opts(|sqlite| {
                sqlite
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Normal)
                    .busy_timeout(Duration::from_secs(5))
                    .foreign_keys(true)
            });
        } else {
            options.max_connections(10).statement_timeout(Duration::from_secs(15));
        }
        let mut db = Database::connect(options).await?;
        let statements = Arc::new(AtomicU64::new(0));
        let counter = statements.clone();
        db.set_metric_callback(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        Ok(Self { db, statements })
    }

    /// Closes all connections.
    pub async fn close(self) {
        if let Err(error) = self.db.close().await {
            tracing::warn!(%error, "a connection did not close");
        }
    }

    /// How many statements were sent since the connection was made.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Begins a transaction that may write.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.db.begin_with_options(options).await?)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if it does not.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.db.ping().await?)
    }

    /// Applies the migrations the database does not have, all or none, one process at a time.
    ///
    /// # Errors
    /// As the database says.
    pub async fn migrate(&self) -> Result<()> {
        let tx = self.begin().await?;
        if tx.get_database_backend() == DbBackend::Postgres {
            // Held to the end of the transaction; the number is "kith" in ASCII.
            tx.execute_raw(Statement::from_string(DbBackend::Postgres, "SELECT pg_advisory_xact_lock(1802069096)"))
                .await?;
        }
        Migrator::up(&tx, None).await?;
        Ok(tx.commit().await?)
    }

    /// Compares the database's migrations with this program's. Reads only.
    ///
    /// # Errors
    /// As the database says.
    pub async fn schema_version(&self) -> Result<SchemaVersion> {
        let ours: Vec<String> = Migrator::get_migration_files().iter().map(|file| file.name().to_owned()).collect();
        let statement = Statement::from_string(
            self.db.get_database_backend(),
            "SELECT version FROM seaql_migrations ORDER BY version",
        );
        let applied = match self.db.query_all_raw(statement).await {
            Ok(rows) => {
                rows.iter().map(|row| row.try_get_by_index(0)).collect::<std::result::Result<Vec<String>, _>>()?
            }
            // No such table: a database nobody has migrated yet. A database that is away fails here.
            Err(_) => self.ping().await.map(|()| Vec::new())?,
        };
        let pending = ours.iter().filter(|name| !applied.contains(name)).cloned().collect();
        let unknown = applied.iter().filter(|name| !ours.contains(name)).cloned().collect();
        Ok(SchemaVersion { applied, pending, unknown })
    }
}

/// Locks these members' rows in id order, whatever order they are given in, and returns those there are.
///
/// Of PostgreSQL's locks it is the one that keeps other commands out and lets rows be written that only refer to a member
/// (FOR NO KEY UPDATE): a foreign key share-locks what it refers to, and a command may tell of somebody it has not locked.
pub(crate) async fn lock_members(
    tx: &DatabaseTransaction,
    ids: impl IntoIterator<Item = MemberId>,
) -> Result<Vec<member::Model>> {
    let rows = member::Entity::find()
        .filter(member::Column::Id.is_in(ids))
        .order_by_asc(member::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(tx)
        .await?;
    Ok(rows)
}

/// The row of `id` among `rows`, which [`lock_members`] returned.
pub(crate) fn find(rows: &[member::Model], id: MemberId) -> Result<&member::Model> {
    rows.iter().find(|row| row.id == id).ok_or(Error::Unauthenticated)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn padded_lists_name_the_same_in_few_lengths() {
        let lengths: BTreeSet<usize> = (0..=1_000)
            .map(|length| {
                let ids: Vec<usize> = (0..length).collect();
                let padded: Vec<usize> = padded(&ids).collect();
                assert_eq!(padded.iter().copied().collect::<BTreeSet<_>>(), ids.into_iter().collect());
                padded.len()
            })
            .collect();
        assert_eq!(lengths.len(), 12, "{lengths:?}");
        let most: Vec<usize> = (0..BINDS - 1).collect();
        assert_eq!(padded(&most).count(), BINDS, "no more than a statement may bind");
    }
}

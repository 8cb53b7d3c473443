//! The history of Kith's tables: one change a file, in order, forward only.
//!
//! The text is plain SQL that SQLite and PostgreSQL read alike, so that what a table is can be read in one place.
//! Constraints and indexes carry names (`<table>_<meaning>_<uq|ck|fk|ix>`): the domain maps a violated name to a
//! refusal, which makes the names part of the contract between the two crates.
//!
//! Deliberately absent: `down` steps (a backup is the way back), data in migrations, anything of the other two crates.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod m0001_member;
mod m0002_tie;
mod m0003_claim;
mod m0004_block;
mod m0005_outbox;
mod m0006_import;

/// Runs the files of this crate in order, each once.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_member::Migration),
            Box::new(m0002_tie::Migration),
            Box::new(m0003_claim::Migration),
            Box::new(m0004_block::Migration),
            Box::new(m0005_outbox::Migration),
            Box::new(m0006_import::Migration),
        ]
    }
}

/// Applies one file's statements in a transaction of its own.
async fn apply(manager: &SchemaManager<'_>, statements: &str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(statements).await.map(|_| ())
}

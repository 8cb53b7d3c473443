//! The history of Kith's tables: one change a file, in order, forward only.
//!
//! The text is plain SQL that SQLite and PostgreSQL read alike, so that what a table is can be read in one place.
//! Constraints and indexes carry names (`<table>_<meaning>_<uq|ck|fk|ix>`): the domain maps a violated name to a
//! refusal, which makes the names part of the contract between the two crates.
//!
//! Deliberately absent: `down` steps (a backup is the way back), data in migrations but what a new table derives from old
//! ones, anything of the other two crates.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod m0001_member;
mod m0002_tie;
mod m0003_claim;
mod m0004_block;
mod m0005_outbox;
mod m0006_import;
mod m0007_session;
mod m0008_credential;
mod m0009_invitation;
mod m0010_handshake;
mod m0011_retry;
mod m0012_leaving;
mod m0013_retry_member;
mod m0014_community;
mod m0015_goal;
mod m0016_gathering;
mod m0017_report;
mod m0018_health;
mod m0019_introduction;
mod m0020_outbox;
mod m0021_ask;
mod m0022_conversation;
mod m0023_notification;
mod m0024_access_token;
mod m0025_roster;
mod m0026_webhook;
mod m0027_document;

/// Runs the files of this crate in order, each once.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let files = [
            File { name: "m0001_member", statements: m0001_member::SQL },
            File { name: "m0002_tie", statements: m0002_tie::SQL },
            File { name: "m0003_claim", statements: m0003_claim::SQL },
            File { name: "m0004_block", statements: m0004_block::SQL },
            File { name: "m0005_outbox", statements: m0005_outbox::SQL },
            File { name: "m0006_import", statements: m0006_import::SQL },
            File { name: "m0007_session", statements: m0007_session::SQL },
            File { name: "m0008_credential", statements: m0008_credential::SQL },
            File { name: "m0009_invitation", statements: m0009_invitation::SQL },
            File { name: "m0010_handshake", statements: m0010_handshake::SQL },
            File { name: "m0011_retry", statements: m0011_retry::SQL },
            File { name: "m0012_leaving", statements: m0012_leaving::SQL },
            File { name: "m0013_retry_member", statements: m0013_retry_member::SQL },
            File { name: "m0014_community", statements: m0014_community::SQL },
            File { name: "m0015_goal", statements: m0015_goal::SQL },
            File { name: "m0016_gathering", statements: m0016_gathering::SQL },
            File { name: "m0017_report", statements: m0017_report::SQL },
            File { name: "m0018_health", statements: m0018_health::SQL },
            File { name: "m0019_introduction", statements: m0019_introduction::SQL },
            File { name: "m0020_outbox", statements: m0020_outbox::SQL },
            File { name: "m0021_ask", statements: m0021_ask::SQL },
            File { name: "m0022_conversation", statements: m0022_conversation::SQL },
            File { name: "m0023_notification", statements: m0023_notification::SQL },
            File { name: "m0024_access_token", statements: m0024_access_token::SQL },
            File { name: "m0025_roster", statements: m0025_roster::SQL },
            File { name: "m0027_document", statements: m0027_document::SQL },
            File { name: "m0026_webhook", statements: m0026_webhook::SQL },
        ];
        files.into_iter().map(|file| Box::new(file) as Box<dyn MigrationTrait>).collect()
    }
}

/// One file of this crate, by the name under which the database remembers it.
struct File {
    name: &'static str,
    statements: &'static str,
}

impl MigrationName for File {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for File {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(self.statements).await.map(|_| ())
    }
}

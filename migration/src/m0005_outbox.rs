//! The outbox: what a committed change must still tell the caches.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::apply(manager, SQL).await
    }
}

const SQL: &str = r"
CREATE TABLE outbox (
    id         uuid   NOT NULL PRIMARY KEY,
    change     text   NOT NULL,
    created_at bigint NOT NULL
);
CREATE INDEX outbox_created_ix ON outbox (created_at);
";

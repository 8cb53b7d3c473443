//! The outbox: what a committed change must still tell the caches.

pub(crate) const SQL: &str = r"
CREATE TABLE outbox (
    id         uuid   NOT NULL PRIMARY KEY,
    change     text   NOT NULL,
    created_at bigint NOT NULL
);
CREATE INDEX outbox_created_ix ON outbox (created_at);
";

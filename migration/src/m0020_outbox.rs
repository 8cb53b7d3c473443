//! The outbox is shared by several relays, and keeps what it could not tell.

pub(crate) const SQL: &str = r"
ALTER TABLE outbox ADD COLUMN attempts integer NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN due_at bigint NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN error text;
ALTER TABLE outbox ADD COLUMN dead_at bigint;
DROP INDEX outbox_created_ix;
CREATE INDEX outbox_due_ix ON outbox (due_at) WHERE dead_at IS NULL;
CREATE INDEX outbox_dead_ix ON outbox (dead_at) WHERE dead_at IS NOT NULL;
";

//! Blocks: owned by one side, hiding both from each other.

pub(crate) const SQL: &str = r"
CREATE TABLE block (
    id         uuid   NOT NULL PRIMARY KEY,
    owner_id   uuid   NOT NULL,
    blocked_id uuid   NOT NULL,
    created_at bigint NOT NULL,
    CONSTRAINT block_pair_uq UNIQUE (owner_id, blocked_id),
    CONSTRAINT block_pair_ck CHECK (owner_id <> blocked_id),
    CONSTRAINT block_owner_fk FOREIGN KEY (owner_id) REFERENCES member (id) ON DELETE CASCADE,
    CONSTRAINT block_blocked_fk FOREIGN KEY (blocked_id) REFERENCES member (id) ON DELETE CASCADE
);
CREATE INDEX block_blocked_ix ON block (blocked_id);
";

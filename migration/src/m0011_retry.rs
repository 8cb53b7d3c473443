//! Retried commands: what the first try with an idempotency key was given, and what came of it.

pub(crate) const SQL: &str = r"
CREATE TABLE retry (
    member_id  uuid   NOT NULL,
    key        text   NOT NULL,
    command    text   NOT NULL,
    input_hash text   NOT NULL,
    result     text   NOT NULL,
    created_at bigint NOT NULL,
    CONSTRAINT retry_pk PRIMARY KEY (member_id, key),
    CONSTRAINT retry_member_fk FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE
);
CREATE INDEX retry_created_ix ON retry (created_at);
";

//! Retried commands lose their foreign key: on PostgreSQL it share-locks the member before the command locks them for
//! itself, so that two commands of one member wait for each other. Whoever deletes a member deletes these rows. The
//! table is made anew, since SQLite drops no constraint.

pub(crate) const SQL: &str = r"
CREATE TABLE retry_kept AS SELECT member_id, key, command, input_hash, result, created_at FROM retry;
DROP TABLE retry;
CREATE TABLE retry (
    member_id  uuid   NOT NULL,
    key        text   NOT NULL,
    command    text   NOT NULL,
    input_hash text   NOT NULL,
    result     text   NOT NULL,
    created_at bigint NOT NULL,
    CONSTRAINT retry_pk PRIMARY KEY (member_id, key)
);
CREATE INDEX retry_created_ix ON retry (created_at);
INSERT INTO retry (member_id, key, command, input_hash, result, created_at)
SELECT member_id, key, command, input_hash, result, created_at FROM retry_kept;
DROP TABLE retry_kept;
";

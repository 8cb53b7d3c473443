//! Access tokens: what a partner asks with, and what it did by them.

pub(crate) const SQL: &str = r"
CREATE TABLE access_token (
    id             uuid   NOT NULL PRIMARY KEY,
    community_id   uuid   NOT NULL,
    created_by     uuid,
    name           text   NOT NULL,
    scopes         text   NOT NULL,
    hash           text   NOT NULL,
    last_four      text   NOT NULL,
    previous_hash  text,
    previous_until bigint,
    created_at     bigint NOT NULL,
    rotated_at     bigint,
    expires_at     bigint NOT NULL,
    last_used_at   bigint,
    ended_at       bigint,
    CONSTRAINT access_token_community_fk FOREIGN KEY (community_id) REFERENCES community (id) ON DELETE CASCADE,
    CONSTRAINT access_token_creator_fk FOREIGN KEY (created_by) REFERENCES member (id) ON DELETE SET NULL,
    CONSTRAINT access_token_hash_uq UNIQUE (hash),
    CONSTRAINT access_token_previous_uq UNIQUE (previous_hash)
);
CREATE INDEX access_token_community_ix ON access_token (community_id, created_at, id);
CREATE INDEX access_token_creator_ix ON access_token (created_by);
CREATE TABLE access_token_use (
    id         uuid   NOT NULL PRIMARY KEY,
    token_id   uuid   NOT NULL,
    operation  text,
    fields     text   NOT NULL,
    address    text,
    created_at bigint NOT NULL,
    CONSTRAINT access_token_use_token_fk FOREIGN KEY (token_id) REFERENCES access_token (id) ON DELETE CASCADE
);
CREATE INDEX access_token_use_token_ix ON access_token_use (token_id, created_at, id);
CREATE INDEX access_token_use_created_ix ON access_token_use (created_at);
";

//! Sessions: a device that is signed in. A session that is over is no row.

pub(crate) const SQL: &str = r"
CREATE TABLE session (
    id             uuid   NOT NULL PRIMARY KEY,
    member_id      uuid   NOT NULL,
    device         text   NOT NULL,
    platform       text   NOT NULL,
    client_name    text,
    client_version text,
    user_agent     text,
    address        text,
    support_reason text,
    generation     bigint NOT NULL,
    current_hash   text   NOT NULL,
    previous_hash  text,
    rotated_at     bigint NOT NULL,
    proven_at      bigint NOT NULL,
    created_at     bigint NOT NULL,
    last_seen_at   bigint NOT NULL,
    expires_at     bigint NOT NULL,
    CONSTRAINT session_member_fk FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE,
    CONSTRAINT session_platform_ck CHECK (platform IN ('IOS', 'ANDROID', 'WEB', 'OTHER'))
);
CREATE INDEX session_member_ix ON session (member_id, created_at);
CREATE INDEX session_expires_ix ON session (expires_at);
";

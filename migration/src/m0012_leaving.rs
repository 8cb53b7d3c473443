//! Leaving: when an account will be gone, and the archive that goes with the member.

pub(crate) const SQL: &str = r"
ALTER TABLE member ADD COLUMN leaves_at bigint;
CREATE INDEX member_leaves_ix ON member (leaves_at);

CREATE TABLE account_export (
    id         uuid   NOT NULL PRIMARY KEY,
    member_id  uuid   NOT NULL,
    archive    text,
    created_at bigint NOT NULL,
    ready_at   bigint,
    fetched_at bigint,
    expires_at bigint NOT NULL,
    CONSTRAINT account_export_member_uq UNIQUE (member_id),
    CONSTRAINT account_export_member_fk FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE
);
";

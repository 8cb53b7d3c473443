//! Handshakes: single-use codes that one member shows and another scans; and what a tie knows of the meeting.

pub(crate) const SQL: &str = r"
CREATE TABLE handshake (
    id            uuid   NOT NULL PRIMARY KEY,
    opener_id     uuid   NOT NULL,
    code_hash     text   NOT NULL,
    context       text   NOT NULL,
    note          text,
    scanned_by    uuid,
    met_at        bigint,
    received_at   bigint,
    tie_id        uuid,
    invitation_id uuid,
    created_at    bigint NOT NULL,
    expires_at    bigint NOT NULL,
    CONSTRAINT handshake_code_uq UNIQUE (code_hash),
    CONSTRAINT handshake_opener_fk FOREIGN KEY (opener_id) REFERENCES member (id) ON DELETE CASCADE,
    CONSTRAINT handshake_scanned_by_fk FOREIGN KEY (scanned_by) REFERENCES member (id) ON DELETE CASCADE,
    CONSTRAINT handshake_tie_fk FOREIGN KEY (tie_id) REFERENCES tie (id) ON DELETE SET NULL,
    CONSTRAINT handshake_invitation_fk FOREIGN KEY (invitation_id) REFERENCES invitation (id) ON DELETE SET NULL,
    CONSTRAINT handshake_context_ck CHECK (context IN ('COLLEAGUE', 'NEIGHBOUR', 'FRIEND', 'FAMILY', 'STUDY', 'ASSOCIATION', 'OTHER'))
);
CREATE INDEX handshake_opener_ix ON handshake (opener_id, created_at);
CREATE INDEX handshake_scanned_by_ix ON handshake (scanned_by);
CREATE INDEX handshake_tie_ix ON handshake (tie_id);
CREATE INDEX handshake_invitation_ix ON handshake (invitation_id);

ALTER TABLE tie ADD COLUMN met_at bigint;
ALTER TABLE tie ADD COLUMN received_at bigint;
ALTER TABLE tie ADD COLUMN met_awaits uuid;
";

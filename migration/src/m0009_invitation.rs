//! Invitations: single-use codes by which somebody new comes in. An operator's has no inviter.

pub(crate) const SQL: &str = r"
CREATE TABLE invitation (
    id           uuid   NOT NULL PRIMARY KEY,
    inviter_id   uuid,
    email        text,
    code_hash    text   NOT NULL,
    context      text   NOT NULL,
    note         text,
    met_at       bigint,
    used_by      uuid,
    used_at      bigint,
    withdrawn_at bigint,
    created_at   bigint NOT NULL,
    expires_at   bigint NOT NULL,
    CONSTRAINT invitation_code_uq UNIQUE (code_hash),
    CONSTRAINT invitation_inviter_fk FOREIGN KEY (inviter_id) REFERENCES member (id) ON DELETE CASCADE,
    CONSTRAINT invitation_used_by_fk FOREIGN KEY (used_by) REFERENCES member (id) ON DELETE SET NULL,
    CONSTRAINT invitation_context_ck CHECK (context IN ('COLLEAGUE', 'NEIGHBOUR', 'FRIEND', 'FAMILY', 'STUDY', 'ASSOCIATION', 'OTHER'))
);
CREATE INDEX invitation_inviter_ix ON invitation (inviter_id, created_at);
CREATE INDEX invitation_used_by_ix ON invitation (used_by);
CREATE INDEX invitation_expires_ix ON invitation (expires_at);
";

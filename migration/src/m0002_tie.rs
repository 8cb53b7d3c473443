//! Ties: one row a pair and process (the truth), two ends a pair while the tie is active (what the network reads).

pub(crate) const SQL: &str = r"
CREATE TABLE tie (
    id          uuid    NOT NULL PRIMARY KEY,
    low         uuid    NOT NULL,
    high        uuid    NOT NULL,
    low_answer  text    NOT NULL,
    high_answer text    NOT NULL,
    state       text    NOT NULL,
    evidence    text    NOT NULL,
    context     text    NOT NULL,
    note        text,
    begun_by    uuid,
    closed_by   uuid,
    created_at  bigint  NOT NULL,
    expires_at  bigint  NOT NULL,
    active_at   bigint,
    closed_at   bigint,
    CONSTRAINT tie_low_fk FOREIGN KEY (low) REFERENCES member (id) ON DELETE CASCADE,
    CONSTRAINT tie_high_fk FOREIGN KEY (high) REFERENCES member (id) ON DELETE CASCADE,
    CONSTRAINT tie_pair_ck CHECK (low < high),
    CONSTRAINT tie_state_ck CHECK (state IN ('PENDING', 'ACTIVE', 'ENDED', 'DECLINED', 'WITHDRAWN', 'EXPIRED')),
    CONSTRAINT tie_evidence_ck CHECK (evidence IN ('IN_PERSON', 'CLAIMED', 'INTRODUCED', 'IMPORTED')),
    CONSTRAINT tie_context_ck CHECK (context IN ('COLLEAGUE', 'NEIGHBOUR', 'FRIEND', 'FAMILY', 'STUDY', 'ASSOCIATION', 'OTHER')),
    CONSTRAINT tie_answer_ck CHECK (low_answer IN ('NONE', 'YES', 'NO') AND high_answer IN ('NONE', 'YES', 'NO')),
    CONSTRAINT tie_agreed_ck CHECK (state <> 'ACTIVE' OR (low_answer = 'YES' AND high_answer = 'YES'))
);
CREATE UNIQUE INDEX tie_open_pair_uq ON tie (low, high) WHERE state IN ('PENDING', 'ACTIVE');
CREATE INDEX tie_low_ix ON tie (low, high);
CREATE INDEX tie_high_ix ON tie (high);

CREATE TABLE tie_end (
    member_id uuid NOT NULL,
    other_id  uuid NOT NULL,
    evidence  text NOT NULL,
    tie_id    uuid NOT NULL,
    CONSTRAINT tie_end_pk PRIMARY KEY (member_id, other_id),
    CONSTRAINT tie_end_tie_fk FOREIGN KEY (tie_id) REFERENCES tie (id) ON DELETE CASCADE,
    CONSTRAINT tie_end_evidence_ck CHECK (evidence IN ('IN_PERSON', 'CLAIMED', 'INTRODUCED', 'IMPORTED'))
);
CREATE INDEX tie_end_tie_ix ON tie_end (tie_id);
";

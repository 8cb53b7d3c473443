//! Claims: the claimer's own record of whom they named, kept also when the name belongs to nobody.

pub(crate) const SQL: &str = r"
CREATE TABLE claim (
    id         uuid   NOT NULL PRIMARY KEY,
    claimer_id uuid   NOT NULL,
    target_id  uuid,
    tie_id     uuid,
    named      text   NOT NULL,
    context    text   NOT NULL,
    note       text,
    state      text   NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    CONSTRAINT claim_claimer_fk FOREIGN KEY (claimer_id) REFERENCES member (id) ON DELETE CASCADE,
    CONSTRAINT claim_target_fk FOREIGN KEY (target_id) REFERENCES member (id) ON DELETE SET NULL,
    CONSTRAINT claim_tie_fk FOREIGN KEY (tie_id) REFERENCES tie (id) ON DELETE SET NULL,
    CONSTRAINT claim_state_ck CHECK (state IN ('OPEN', 'CONFIRMED', 'WITHDRAWN', 'EXPIRED')),
    CONSTRAINT claim_context_ck CHECK (context IN ('COLLEAGUE', 'NEIGHBOUR', 'FRIEND', 'FAMILY', 'STUDY', 'ASSOCIATION', 'OTHER'))
);
CREATE UNIQUE INDEX claim_open_uq ON claim (claimer_id, named) WHERE state = 'OPEN';
CREATE INDEX claim_claimer_ix ON claim (claimer_id, created_at);
CREATE INDEX claim_target_ix ON claim (target_id);
CREATE INDEX claim_tie_ix ON claim (tie_id);
";

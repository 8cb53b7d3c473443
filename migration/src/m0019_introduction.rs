//! Introductions: a request of one member to be introduced, through a second, to a third; and how many of them a member
//! takes.

pub(crate) const SQL: &str = r"
ALTER TABLE member ADD COLUMN as_connector integer NOT NULL DEFAULT 10;
ALTER TABLE member ADD COLUMN as_target integer NOT NULL DEFAULT 10;
ALTER TABLE member ADD COLUMN paused_until bigint;
ALTER TABLE tie ADD COLUMN introduction_id uuid;

CREATE TABLE introduction (
    id           uuid   NOT NULL PRIMARY KEY,
    requester_id uuid   NOT NULL,
    connector_id uuid,
    target_id    uuid,
    goal_id      uuid,
    reason       text   NOT NULL,
    note         text,
    state        text   NOT NULL,
    created_at   bigint NOT NULL,
    expires_at   bigint NOT NULL,
    reveal_at    bigint NOT NULL,
    connector_at bigint,
    passed_at    bigint,
    target_at    bigint,
    accepted_at  bigint,
    ended_at     bigint,
    ended_by     uuid,
    withdrawn_at bigint,
    told_at      bigint,
    CONSTRAINT introduction_state_ck
        CHECK (state IN ('REQUESTED', 'PASSED_ON', 'ACCEPTED', 'DECLINED', 'WITHDRAWN', 'EXPIRED', 'CLOSED')),
    CONSTRAINT introduction_three_ck
        CHECK (requester_id <> connector_id AND requester_id <> target_id AND connector_id <> target_id),
    CONSTRAINT introduction_accepted_ck CHECK ((state = 'ACCEPTED') = (accepted_at IS NOT NULL)),
    CONSTRAINT introduction_requester_fk FOREIGN KEY (requester_id) REFERENCES member (id) ON DELETE CASCADE,
    CONSTRAINT introduction_connector_fk FOREIGN KEY (connector_id) REFERENCES member (id) ON DELETE SET NULL,
    CONSTRAINT introduction_target_fk FOREIGN KEY (target_id) REFERENCES member (id) ON DELETE SET NULL,
    CONSTRAINT introduction_goal_fk FOREIGN KEY (goal_id) REFERENCES goal (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX introduction_open_uq ON introduction (requester_id, target_id)
    WHERE state IN ('REQUESTED', 'PASSED_ON');
CREATE INDEX introduction_requester_ix ON introduction (requester_id, created_at, id);
CREATE INDEX introduction_connector_ix ON introduction (connector_id, connector_at, id);
CREATE INDEX introduction_target_ix ON introduction (target_id, target_at, id);
CREATE INDEX introduction_goal_ix ON introduction (goal_id);
CREATE INDEX introduction_untold_ix ON introduction (expires_at) WHERE told_at IS NULL;
CREATE INDEX introduction_accepted_ix ON introduction (accepted_at);
CREATE INDEX tie_introduction_ix ON tie (introduction_id);

CREATE TABLE introduction_outcome (
    introduction_id uuid   NOT NULL,
    member_id       uuid   NOT NULL,
    outcome         text   NOT NULL,
    note            text,
    created_at      bigint NOT NULL,
    CONSTRAINT introduction_outcome_pk PRIMARY KEY (introduction_id, member_id),
    CONSTRAINT introduction_outcome_outcome_ck CHECK (outcome IN ('HELPED', 'MET', 'NOTHING')),
    CONSTRAINT introduction_outcome_introduction_fk
        FOREIGN KEY (introduction_id) REFERENCES introduction (id) ON DELETE CASCADE,
    CONSTRAINT introduction_outcome_member_fk FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE
);
CREATE INDEX introduction_outcome_member_ix ON introduction_outcome (member_id);
";

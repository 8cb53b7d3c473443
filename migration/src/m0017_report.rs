//! Reports of members and goals by members, and the decisions about them.

pub(crate) const SQL: &str = r"
CREATE TABLE report (
    id              uuid    NOT NULL PRIMARY KEY,
    community_id    uuid    NOT NULL,
    reporter_id     uuid,
    member_id       uuid,
    goal_id         uuid,
    agreement       text    NOT NULL,
    charter_version integer NOT NULL,
    note            text    NOT NULL,
    decided_by_role text    NOT NULL,
    state           text    NOT NULL,
    decision        text,
    decided_by      uuid,
    decided_at      bigint,
    created_at      bigint  NOT NULL,
    CONSTRAINT report_state_ck CHECK (state IN ('OPEN', 'UPHELD', 'DISMISSED')),
    CONSTRAINT report_decided_by_role_ck CHECK (decided_by_role IN ('STEWARDS', 'OPERATOR')),
    CONSTRAINT report_community_fk FOREIGN KEY (community_id) REFERENCES community (id) ON DELETE CASCADE,
    CONSTRAINT report_reporter_fk FOREIGN KEY (reporter_id) REFERENCES member (id) ON DELETE SET NULL,
    CONSTRAINT report_member_fk FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE,
    CONSTRAINT report_goal_fk FOREIGN KEY (goal_id) REFERENCES goal (id) ON DELETE CASCADE,
    CONSTRAINT report_decided_by_fk FOREIGN KEY (decided_by) REFERENCES member (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX report_open_member_uq ON report (community_id, reporter_id, member_id)
    WHERE state = 'OPEN' AND goal_id IS NULL;
CREATE UNIQUE INDEX report_open_goal_uq ON report (community_id, reporter_id, goal_id)
    WHERE state = 'OPEN' AND goal_id IS NOT NULL;
CREATE INDEX report_community_ix ON report (community_id, created_at, id);
CREATE INDEX report_state_ix ON report (decided_by_role, state, created_at);
CREATE INDEX report_reporter_ix ON report (reporter_id);
CREATE INDEX report_member_ix ON report (member_id);
CREATE INDEX report_goal_ix ON report (goal_id);
CREATE INDEX report_decided_by_ix ON report (decided_by);
";

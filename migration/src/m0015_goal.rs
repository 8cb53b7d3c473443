//! Goals: what a community wants, who has said it in their own words, what they will do for it, and how far it is.

pub(crate) const SQL: &str = r"
CREATE TABLE goal (
    id           uuid   NOT NULL PRIMARY KEY,
    community_id uuid   NOT NULL,
    proposer_id  uuid,
    outcome      text   NOT NULL,
    unit         text,
    start_value  double precision,
    target_value double precision,
    due_on       text,
    state        text   NOT NULL,
    reason       text,
    created_at   bigint NOT NULL,
    updated_at   bigint NOT NULL,
    activated_at bigint,
    closed_at    bigint,
    closed_by    uuid,
    CONSTRAINT goal_state_ck CHECK (state IN ('PROPOSED', 'ACTIVE', 'ACHIEVED', 'ABANDONED')),
    CONSTRAINT goal_measure_ck CHECK (
        (unit IS NULL AND start_value IS NULL AND target_value IS NULL)
        OR (unit IS NOT NULL AND start_value IS NOT NULL AND target_value IS NOT NULL)
    ),
    CONSTRAINT goal_community_fk FOREIGN KEY (community_id) REFERENCES community (id) ON DELETE CASCADE,
    CONSTRAINT goal_proposer_fk FOREIGN KEY (proposer_id) REFERENCES member (id) ON DELETE SET NULL,
    CONSTRAINT goal_closed_by_fk FOREIGN KEY (closed_by) REFERENCES member (id) ON DELETE SET NULL
);
CREATE INDEX goal_community_ix ON goal (community_id, created_at, id);
CREATE INDEX goal_proposer_ix ON goal (proposer_id);
CREATE INDEX goal_closed_by_ix ON goal (closed_by);

CREATE TABLE endorsement (
    goal_id    uuid   NOT NULL,
    member_id  uuid   NOT NULL,
    words      text   NOT NULL,
    words_key  text   NOT NULL,
    created_at bigint NOT NULL,
    CONSTRAINT endorsement_pk PRIMARY KEY (goal_id, member_id),
    CONSTRAINT endorsement_words_uq UNIQUE (goal_id, words_key),
    CONSTRAINT endorsement_goal_fk FOREIGN KEY (goal_id) REFERENCES goal (id) ON DELETE CASCADE,
    CONSTRAINT endorsement_member_fk FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE
);
CREATE INDEX endorsement_member_ix ON endorsement (member_id);

CREATE TABLE commitment (
    id         uuid   NOT NULL PRIMARY KEY,
    goal_id    uuid   NOT NULL,
    member_id  uuid   NOT NULL,
    what       text   NOT NULL,
    due_on     text,
    done_at    bigint,
    created_at bigint NOT NULL,
    CONSTRAINT commitment_goal_fk FOREIGN KEY (goal_id) REFERENCES goal (id) ON DELETE CASCADE,
    CONSTRAINT commitment_member_fk FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE
);
CREATE INDEX commitment_goal_ix ON commitment (goal_id, created_at, id);
CREATE INDEX commitment_member_ix ON commitment (member_id);

CREATE TABLE progress (
    id           uuid   NOT NULL PRIMARY KEY,
    goal_id      uuid   NOT NULL,
    member_id    uuid,
    value        double precision,
    note         text   NOT NULL,
    evidence_url text,
    created_at   bigint NOT NULL,
    CONSTRAINT progress_goal_fk FOREIGN KEY (goal_id) REFERENCES goal (id) ON DELETE CASCADE,
    CONSTRAINT progress_member_fk FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE SET NULL
);
CREATE INDEX progress_goal_ix ON progress (goal_id, created_at, id);
CREATE INDEX progress_member_ix ON progress (member_id);
";

//! Asks: open requests for help; and nominations, by which a contact names one of their own ties who can help.

pub(crate) const SQL: &str = r"
CREATE TABLE ask (
    id           uuid    NOT NULL PRIMARY KEY,
    asker_id     uuid    NOT NULL,
    need         text    NOT NULL,
    skills       text    NOT NULL,
    goal_id      uuid,
    community_id uuid,
    named        boolean NOT NULL,
    state        text    NOT NULL,
    created_at   bigint  NOT NULL,
    expires_at   bigint  NOT NULL,
    closed_at    bigint,
    CONSTRAINT ask_state_ck CHECK (state IN ('OPEN', 'CLOSED')),
    CONSTRAINT ask_closed_ck CHECK ((state = 'CLOSED') = (closed_at IS NOT NULL)),
    CONSTRAINT ask_asker_fk FOREIGN KEY (asker_id) REFERENCES member (id) ON DELETE CASCADE,
    CONSTRAINT ask_goal_fk FOREIGN KEY (goal_id) REFERENCES goal (id) ON DELETE SET NULL,
    CONSTRAINT ask_community_fk FOREIGN KEY (community_id) REFERENCES community (id) ON DELETE CASCADE
);
CREATE INDEX ask_asker_ix ON ask (asker_id, created_at, id);
CREATE INDEX ask_community_ix ON ask (community_id, created_at, id);
CREATE INDEX ask_goal_ix ON ask (goal_id);

CREATE TABLE nomination (
    id           uuid   NOT NULL PRIMARY KEY,
    ask_id       uuid   NOT NULL,
    nominator_id uuid   NOT NULL,
    nominee_id   uuid   NOT NULL,
    note         text,
    state        text   NOT NULL,
    created_at   bigint NOT NULL,
    expires_at   bigint NOT NULL,
    offered_at   bigint,
    ended_at     bigint,
    CONSTRAINT nomination_state_ck CHECK (state IN ('OFFERED', 'ACCEPTED', 'DECLINED', 'EXPIRED', 'CLOSED')),
    CONSTRAINT nomination_once_uq UNIQUE (ask_id, nominator_id, nominee_id),
    CONSTRAINT nomination_two_ck CHECK (nominator_id <> nominee_id),
    CONSTRAINT nomination_ask_fk FOREIGN KEY (ask_id) REFERENCES ask (id) ON DELETE CASCADE,
    CONSTRAINT nomination_nominator_fk FOREIGN KEY (nominator_id) REFERENCES member (id) ON DELETE CASCADE,
    CONSTRAINT nomination_nominee_fk FOREIGN KEY (nominee_id) REFERENCES member (id) ON DELETE CASCADE
);
CREATE INDEX nomination_nominator_ix ON nomination (nominator_id, created_at, id);
CREATE INDEX nomination_nominee_ix ON nomination (nominee_id, created_at, id);
CREATE INDEX nomination_ask_ix ON nomination (ask_id, created_at, id);
";

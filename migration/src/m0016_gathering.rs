//! Gatherings: when and where a community meets, who says they come, who was there, and the calendars that tell of it.

pub(crate) const SQL: &str = r"
CREATE TABLE gathering (
    id           uuid    NOT NULL PRIMARY KEY,
    community_id uuid    NOT NULL,
    goal_id      uuid,
    planned_by   uuid,
    title        text    NOT NULL,
    details      text,
    place        text    NOT NULL,
    zone         text    NOT NULL,
    starts_at    bigint  NOT NULL,
    ends_at      bigint  NOT NULL,
    state        text    NOT NULL,
    reason       text,
    revision     integer NOT NULL,
    created_at   bigint  NOT NULL,
    updated_at   bigint  NOT NULL,
    CONSTRAINT gathering_state_ck CHECK (state IN ('PLANNED', 'CANCELLED')),
    CONSTRAINT gathering_time_ck CHECK (starts_at < ends_at),
    CONSTRAINT gathering_community_fk FOREIGN KEY (community_id) REFERENCES community (id) ON DELETE CASCADE,
    CONSTRAINT gathering_goal_fk FOREIGN KEY (goal_id) REFERENCES goal (id) ON DELETE SET NULL,
    CONSTRAINT gathering_planned_by_fk FOREIGN KEY (planned_by) REFERENCES member (id) ON DELETE SET NULL
);
CREATE INDEX gathering_community_ix ON gathering (community_id, starts_at, id);
CREATE INDEX gathering_goal_ix ON gathering (goal_id);
CREATE INDEX gathering_planned_by_ix ON gathering (planned_by);

CREATE TABLE gathering_reply (
    gathering_id uuid   NOT NULL,
    member_id    uuid   NOT NULL,
    reply        text   NOT NULL,
    created_at   bigint NOT NULL,
    CONSTRAINT gathering_reply_pk PRIMARY KEY (gathering_id, member_id),
    CONSTRAINT gathering_reply_ck CHECK (reply IN ('YES', 'MAYBE', 'NO')),
    CONSTRAINT gathering_reply_gathering_fk FOREIGN KEY (gathering_id) REFERENCES gathering (id) ON DELETE CASCADE,
    CONSTRAINT gathering_reply_member_fk FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE
);
CREATE INDEX gathering_reply_member_ix ON gathering_reply (member_id);

CREATE TABLE attendance (
    gathering_id uuid   NOT NULL,
    member_id    uuid   NOT NULL,
    recorded_by  uuid,
    source       text   NOT NULL,
    created_at   bigint NOT NULL,
    CONSTRAINT attendance_pk PRIMARY KEY (gathering_id, member_id),
    CONSTRAINT attendance_source_ck CHECK (source IN ('STEWARD', 'HANDSHAKE')),
    CONSTRAINT attendance_gathering_fk FOREIGN KEY (gathering_id) REFERENCES gathering (id) ON DELETE CASCADE,
    CONSTRAINT attendance_member_fk FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE,
    CONSTRAINT attendance_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES member (id) ON DELETE SET NULL
);
CREATE INDEX attendance_member_ix ON attendance (member_id);
CREATE INDEX attendance_recorded_by_ix ON attendance (recorded_by);

CREATE TABLE calendar (
    id           uuid   NOT NULL PRIMARY KEY,
    community_id uuid   NOT NULL,
    member_id    uuid   NOT NULL,
    code_hash    text   NOT NULL,
    created_at   bigint NOT NULL,
    CONSTRAINT calendar_member_uq UNIQUE (community_id, member_id),
    CONSTRAINT calendar_code_uq UNIQUE (code_hash),
    CONSTRAINT calendar_community_fk FOREIGN KEY (community_id) REFERENCES community (id) ON DELETE CASCADE,
    CONSTRAINT calendar_member_fk FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE
);
CREATE INDEX calendar_member_ix ON calendar (member_id);

ALTER TABLE handshake ADD COLUMN gathering_id uuid
    CONSTRAINT handshake_gathering_fk REFERENCES gathering (id) ON DELETE CASCADE;
CREATE INDEX handshake_gathering_ix ON handshake (gathering_id);
";

//! Communities: their charters, who belongs to them and how they came in, and the trail of what stewards did.
//!
//! Nothing here is ever rewritten: a charter that changes is another version, a membership that
//! ends stays as a row. `consented_version` is the last charter a member has agreed to; 0 stands for none.

pub(crate) const SQL: &str = r"
CREATE TABLE community (
    id              uuid    NOT NULL PRIMARY KEY,
    slug            text    NOT NULL,
    name            text    NOT NULL,
    area            text,
    area_key        text,
    search_key      text    NOT NULL,
    stage           text    NOT NULL,
    charter_version integer NOT NULL,
    formed_by       uuid,
    created_at      bigint  NOT NULL,
    updated_at      bigint  NOT NULL,
    active_at       bigint  NOT NULL,
    launched_at     bigint,
    closed_at       bigint,
    CONSTRAINT community_slug_uq UNIQUE (slug),
    CONSTRAINT community_stage_ck CHECK (stage IN ('FORMING', 'LIVE', 'DORMANT', 'ARCHIVED')),
    CONSTRAINT community_formed_by_fk FOREIGN KEY (formed_by) REFERENCES member (id) ON DELETE SET NULL
);
CREATE INDEX community_stage_ix ON community (stage, launched_at, id);
CREATE INDEX community_area_ix ON community (area_key);
CREATE INDEX community_formed_by_ix ON community (formed_by);

CREATE TABLE community_skill (
    community_id uuid     NOT NULL,
    skill_key    text     NOT NULL,
    label        text     NOT NULL,
    position     smallint NOT NULL,
    CONSTRAINT community_skill_pk PRIMARY KEY (community_id, skill_key),
    CONSTRAINT community_skill_community_fk FOREIGN KEY (community_id) REFERENCES community (id) ON DELETE CASCADE
);
CREATE INDEX community_skill_key_ix ON community_skill (skill_key, community_id);

CREATE TABLE charter (
    community_id uuid    NOT NULL,
    version      integer NOT NULL,
    purpose      text,
    failure      text,
    agreements   text    NOT NULL,
    joining      text    NOT NULL,
    vouches      integer NOT NULL,
    questions    text    NOT NULL,
    health_for   text    NOT NULL,
    written_by   uuid,
    created_at   bigint  NOT NULL,
    CONSTRAINT charter_pk PRIMARY KEY (community_id, version),
    CONSTRAINT charter_joining_ck CHECK (joining IN ('INVITATION', 'VOUCHED', 'REQUEST')),
    CONSTRAINT charter_vouches_ck CHECK (vouches BETWEEN 1 AND 5),
    CONSTRAINT charter_health_for_ck CHECK (health_for IN ('STEWARDS', 'MEMBERS')),
    CONSTRAINT charter_community_fk FOREIGN KEY (community_id) REFERENCES community (id) ON DELETE CASCADE,
    CONSTRAINT charter_written_by_fk FOREIGN KEY (written_by) REFERENCES member (id) ON DELETE SET NULL
);
CREATE INDEX charter_written_by_ix ON charter (written_by);

CREATE TABLE membership (
    id                   uuid    NOT NULL PRIMARY KEY,
    community_id         uuid    NOT NULL,
    member_id            uuid    NOT NULL,
    state                text    NOT NULL,
    role                 text    NOT NULL,
    founder              boolean NOT NULL,
    invited_by           uuid,
    note                 text,
    answers              text,
    consented_version    integer NOT NULL,
    consented_at         bigint,
    shown                boolean NOT NULL,
    hidden_from_partners boolean NOT NULL,
    may_return           boolean NOT NULL,
    reason               text,
    ended_by             uuid,
    created_at           bigint  NOT NULL,
    expires_at           bigint  NOT NULL,
    joined_at            bigint,
    ended_at             bigint,
    CONSTRAINT membership_state_ck CHECK (
        state IN ('INVITED', 'APPLIED', 'ACTIVE', 'LEFT', 'REMOVED', 'DECLINED', 'WITHDRAWN', 'EXPIRED')
    ),
    CONSTRAINT membership_role_ck CHECK (role IN ('STEWARD', 'MEMBER')),
    CONSTRAINT membership_joined_ck CHECK (state <> 'ACTIVE' OR joined_at IS NOT NULL),
    CONSTRAINT membership_community_fk FOREIGN KEY (community_id) REFERENCES community (id) ON DELETE CASCADE,
    CONSTRAINT membership_member_fk FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE,
    CONSTRAINT membership_invited_by_fk FOREIGN KEY (invited_by) REFERENCES member (id) ON DELETE SET NULL,
    CONSTRAINT membership_ended_by_fk FOREIGN KEY (ended_by) REFERENCES member (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX membership_open_uq ON membership (community_id, member_id)
    WHERE state IN ('INVITED', 'APPLIED', 'ACTIVE');
CREATE INDEX membership_community_ix ON membership (community_id, state, joined_at, id);
CREATE INDEX membership_member_ix ON membership (member_id, state, created_at, id);
CREATE INDEX membership_invited_by_ix ON membership (invited_by);
CREATE INDEX membership_ended_by_ix ON membership (ended_by);

CREATE TABLE vouch (
    membership_id uuid   NOT NULL,
    voucher_id    uuid   NOT NULL,
    created_at    bigint NOT NULL,
    CONSTRAINT vouch_pk PRIMARY KEY (membership_id, voucher_id),
    CONSTRAINT vouch_membership_fk FOREIGN KEY (membership_id) REFERENCES membership (id) ON DELETE CASCADE,
    CONSTRAINT vouch_voucher_fk FOREIGN KEY (voucher_id) REFERENCES member (id) ON DELETE CASCADE
);
CREATE INDEX vouch_voucher_ix ON vouch (voucher_id);

CREATE TABLE audit_entry (
    id           uuid   NOT NULL PRIMARY KEY,
    community_id uuid   NOT NULL,
    actor_id     uuid,
    subject_id   uuid,
    action       text   NOT NULL,
    note         text,
    created_at   bigint NOT NULL,
    CONSTRAINT audit_entry_community_fk FOREIGN KEY (community_id) REFERENCES community (id) ON DELETE CASCADE,
    CONSTRAINT audit_entry_actor_fk FOREIGN KEY (actor_id) REFERENCES member (id) ON DELETE SET NULL,
    CONSTRAINT audit_entry_subject_fk FOREIGN KEY (subject_id) REFERENCES member (id) ON DELETE SET NULL
);
CREATE INDEX audit_entry_community_ix ON audit_entry (community_id, created_at, id);
CREATE INDEX audit_entry_actor_ix ON audit_entry (actor_id);
CREATE INDEX audit_entry_subject_ix ON audit_entry (subject_id);

ALTER TABLE invitation ADD COLUMN community_id uuid
    CONSTRAINT invitation_community_fk REFERENCES community (id) ON DELETE CASCADE;
CREATE INDEX invitation_community_ix ON invitation (community_id);
ALTER TABLE handshake ADD COLUMN community_id uuid
    CONSTRAINT handshake_community_fk REFERENCES community (id) ON DELETE CASCADE;
CREATE INDEX handshake_community_ix ON handshake (community_id);
";

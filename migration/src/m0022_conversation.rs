//! Conversations, who takes part in them, and what is said there.

pub(crate) const SQL: &str = r"
CREATE TABLE conversation (
    id              uuid   NOT NULL PRIMARY KEY,
    kind            text   NOT NULL,
    low             uuid,
    high            uuid,
    introduction_id uuid,
    nomination_id   uuid,
    created_at      bigint NOT NULL,
    last_at         bigint NOT NULL,
    CONSTRAINT conversation_kind_ck CHECK (kind IN ('TIE', 'INTRODUCTION', 'NOMINATION')),
    CONSTRAINT conversation_low_fk FOREIGN KEY (low) REFERENCES member (id) ON DELETE SET NULL,
    CONSTRAINT conversation_high_fk FOREIGN KEY (high) REFERENCES member (id) ON DELETE SET NULL,
    CONSTRAINT conversation_introduction_fk
        FOREIGN KEY (introduction_id) REFERENCES introduction (id) ON DELETE SET NULL,
    CONSTRAINT conversation_nomination_fk FOREIGN KEY (nomination_id) REFERENCES nomination (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX conversation_pair_uq ON conversation (low, high) WHERE kind = 'TIE';
CREATE UNIQUE INDEX conversation_introduction_uq ON conversation (introduction_id);
CREATE UNIQUE INDEX conversation_nomination_uq ON conversation (nomination_id);
CREATE INDEX conversation_high_ix ON conversation (high);

CREATE TABLE participant (
    conversation_id uuid    NOT NULL,
    member_id       uuid    NOT NULL,
    muted           boolean NOT NULL,
    read_at         bigint  NOT NULL,
    last_at         bigint  NOT NULL,
    left_at         bigint,
    CONSTRAINT participant_pk PRIMARY KEY (conversation_id, member_id),
    CONSTRAINT participant_conversation_fk FOREIGN KEY (conversation_id) REFERENCES conversation (id) ON DELETE CASCADE,
    CONSTRAINT participant_member_fk FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE
);
CREATE INDEX participant_member_ix ON participant (member_id, last_at, conversation_id);

CREATE TABLE message (
    id              uuid   NOT NULL PRIMARY KEY,
    conversation_id uuid   NOT NULL,
    author_id       uuid,
    client_id       uuid   NOT NULL,
    text            text   NOT NULL,
    created_at      bigint NOT NULL,
    edited_at       bigint,
    deleted_at      bigint,
    CONSTRAINT message_client_uq UNIQUE (author_id, client_id),
    CONSTRAINT message_at_uq UNIQUE (conversation_id, created_at),
    CONSTRAINT message_conversation_fk FOREIGN KEY (conversation_id) REFERENCES conversation (id) ON DELETE CASCADE,
    CONSTRAINT message_author_fk FOREIGN KEY (author_id) REFERENCES member (id) ON DELETE SET NULL
);

ALTER TABLE report ADD COLUMN message_id uuid;
ALTER TABLE report ADD COLUMN message_text text;
CREATE UNIQUE INDEX report_open_message_uq ON report (community_id, reporter_id, message_id)
    WHERE state = 'OPEN' AND message_id IS NOT NULL;
DROP INDEX report_open_member_uq;
CREATE UNIQUE INDEX report_open_member_uq ON report (community_id, reporter_id, member_id)
    WHERE state = 'OPEN' AND goal_id IS NULL AND message_id IS NULL;
";

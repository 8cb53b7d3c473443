//! Members, and what they can help with. `_key` columns hold the folded form that searches compare.

pub(crate) const SQL: &str = r"
CREATE TABLE member (
    id           uuid    NOT NULL PRIMARY KEY,
    handle       text    NOT NULL,
    name         text    NOT NULL,
    headline     text,
    bio          text,
    avatar_url   text,
    area         text,
    area_key     text,
    email        text,
    phone        text,
    share_email  boolean NOT NULL,
    share_phone  boolean NOT NULL,
    findable     boolean NOT NULL,
    as_route     boolean NOT NULL,
    state        text    NOT NULL,
    created_at   bigint  NOT NULL,
    updated_at   bigint  NOT NULL,
    CONSTRAINT member_handle_uq UNIQUE (handle),
    CONSTRAINT member_email_uq UNIQUE (email),
    CONSTRAINT member_state_ck CHECK (state IN ('ACTIVE', 'SUSPENDED'))
);
CREATE INDEX member_area_ix ON member (area_key);

CREATE TABLE member_skill (
    member_id uuid     NOT NULL,
    skill_key text     NOT NULL,
    label     text     NOT NULL,
    position  smallint NOT NULL,
    CONSTRAINT member_skill_pk PRIMARY KEY (member_id, skill_key),
    CONSTRAINT member_skill_member_fk FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE
);
CREATE INDEX member_skill_key_ix ON member_skill (skill_key, member_id);
";

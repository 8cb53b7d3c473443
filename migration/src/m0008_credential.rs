//! What proves who somebody is: codes sent by e-mail, passwords, changes of an address. The codes themselves are made
//! of the row's id and a key, and are kept nowhere.

pub(crate) const SQL: &str = r"
CREATE TABLE email_code (
    email      text     NOT NULL,
    id         uuid     NOT NULL,
    tries      smallint NOT NULL,
    created_at bigint   NOT NULL,
    expires_at bigint   NOT NULL,
    CONSTRAINT email_code_pk PRIMARY KEY (email)
);
CREATE INDEX email_code_expires_ix ON email_code (expires_at);

CREATE TABLE password (
    member_id  uuid   NOT NULL PRIMARY KEY,
    hash       text   NOT NULL,
    changed_at bigint NOT NULL,
    CONSTRAINT password_member_fk FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE
);

CREATE TABLE address_change (
    member_id  uuid     NOT NULL PRIMARY KEY,
    id         uuid     NOT NULL,
    old_email  text,
    new_email  text     NOT NULL,
    tries      smallint NOT NULL,
    created_at bigint   NOT NULL,
    expires_at bigint   NOT NULL,
    CONSTRAINT address_change_member_fk FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE
);
";

//! Who was imported under which name, what the list last said of them, and the codes that let them claim their account.

pub(crate) const SQL: &str = r"
CREATE TABLE imported_person (
    slug        text NOT NULL,
    external_id text NOT NULL,
    member_id   uuid,
    said        text NOT NULL,
    CONSTRAINT imported_person_pk PRIMARY KEY (slug, external_id),
    CONSTRAINT imported_person_member_fk FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE SET NULL
);
CREATE INDEX imported_person_member_ix ON imported_person (member_id);

CREATE TABLE claim_code (
    member_id  uuid   NOT NULL PRIMARY KEY,
    code_hash  text   NOT NULL,
    created_at bigint NOT NULL,
    CONSTRAINT claim_code_hash_uq UNIQUE (code_hash),
    CONSTRAINT claim_code_member_fk FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE
);
";

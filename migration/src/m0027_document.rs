//! Trusted documents: the operations of our own apps, by the ids that they send in place of the text.

pub(crate) const SQL: &str = r"
CREATE TABLE trusted_document (
    id         text   NOT NULL,
    body       text   NOT NULL,
    operations text   NOT NULL,
    created_at bigint NOT NULL,
    CONSTRAINT trusted_document_pk PRIMARY KEY (id)
);
";

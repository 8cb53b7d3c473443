//! Notifications: what a member is told of.

pub(crate) const SQL: &str = r"
CREATE TABLE notification (
    id         uuid   NOT NULL PRIMARY KEY,
    member_id  uuid   NOT NULL,
    kind       text   NOT NULL,
    subject_id uuid   NOT NULL,
    about_id   uuid,
    created_at bigint NOT NULL,
    read_at    bigint,
    CONSTRAINT notification_member_fk FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE,
    CONSTRAINT notification_about_fk FOREIGN KEY (about_id) REFERENCES member (id) ON DELETE CASCADE
);
CREATE INDEX notification_member_ix ON notification (member_id, created_at, id);
CREATE INDEX notification_about_ix ON notification (about_id);
CREATE INDEX notification_created_ix ON notification (created_at);
CREATE UNIQUE INDEX notification_unread_uq ON notification (member_id, subject_id)
    WHERE kind = 'MESSAGES' AND read_at IS NULL;
";

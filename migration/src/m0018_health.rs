//! Health: what a community's network looked like, week by week.

pub(crate) const SQL: &str = r"
CREATE TABLE health_snapshot (
    community_id uuid   NOT NULL,
    taken_on     text   NOT NULL,
    figures      text   NOT NULL,
    created_at   bigint NOT NULL,
    CONSTRAINT health_snapshot_pk PRIMARY KEY (community_id, taken_on),
    CONSTRAINT health_snapshot_community_fk FOREIGN KEY (community_id) REFERENCES community (id) ON DELETE CASCADE
);
";

//! Webhooks: where communities tell partners what happens, what there is to tell, and what came of each delivery.

pub(crate) const SQL: &str = r"
CREATE TABLE webhook (
    id            uuid    NOT NULL PRIMARY KEY,
    community_id  uuid    NOT NULL,
    created_by    uuid,
    name          text,
    url           text    NOT NULL,
    topics        text    NOT NULL,
    state         text    NOT NULL,
    generation    integer NOT NULL,
    key_print     text    NOT NULL,
    mask          text    NOT NULL,
    old_mask      text,
    old_until     bigint,
    failing_since bigint,
    failed_at     bigint,
    created_at    bigint  NOT NULL,
    updated_at    bigint  NOT NULL,
    CONSTRAINT webhook_state_ck CHECK (state IN ('ENABLED', 'PAUSED', 'GONE', 'FAILING')),
    CONSTRAINT webhook_community_fk FOREIGN KEY (community_id) REFERENCES community (id) ON DELETE CASCADE,
    CONSTRAINT webhook_created_by_fk FOREIGN KEY (created_by) REFERENCES member (id) ON DELETE SET NULL
);
CREATE INDEX webhook_community_ix ON webhook (community_id, created_at, id);
CREATE INDEX webhook_created_by_ix ON webhook (created_by);
CREATE INDEX webhook_old_until_ix ON webhook (old_until) WHERE old_until IS NOT NULL;

CREATE TABLE news (
    id            uuid   NOT NULL PRIMARY KEY,
    community_id  uuid   NOT NULL,
    membership_id uuid,
    told          text   NOT NULL,
    created_at    bigint NOT NULL,
    CONSTRAINT news_community_fk FOREIGN KEY (community_id) REFERENCES community (id) ON DELETE CASCADE,
    CONSTRAINT news_membership_fk FOREIGN KEY (membership_id) REFERENCES membership (id) ON DELETE CASCADE
);
CREATE INDEX news_community_ix ON news (community_id);
CREATE INDEX news_membership_ix ON news (membership_id);
CREATE INDEX news_created_ix ON news (created_at);

CREATE TABLE delivery (
    id         uuid    NOT NULL PRIMARY KEY,
    webhook_id uuid    NOT NULL,
    news_id    uuid    NOT NULL,
    state      text    NOT NULL,
    tries      integer NOT NULL,
    due_at     bigint  NOT NULL,
    created_at bigint  NOT NULL,
    ended_at   bigint,
    CONSTRAINT delivery_once_uq UNIQUE (webhook_id, news_id),
    CONSTRAINT delivery_state_ck CHECK (state IN ('WAITING', 'DELIVERED', 'FAILED', 'CANCELLED')),
    CONSTRAINT delivery_webhook_fk FOREIGN KEY (webhook_id) REFERENCES webhook (id) ON DELETE CASCADE,
    CONSTRAINT delivery_news_fk FOREIGN KEY (news_id) REFERENCES news (id) ON DELETE CASCADE
);
CREATE INDEX delivery_due_ix ON delivery (due_at) WHERE state = 'WAITING';
CREATE INDEX delivery_webhook_ix ON delivery (webhook_id, created_at, id);
CREATE INDEX delivery_news_ix ON delivery (news_id);

CREATE TABLE delivery_attempt (
    id          uuid   NOT NULL PRIMARY KEY,
    delivery_id uuid   NOT NULL,
    status      integer,
    failure     text,
    took_ms     bigint NOT NULL,
    created_at  bigint NOT NULL,
    CONSTRAINT delivery_attempt_one_ck CHECK ((status IS NULL) <> (failure IS NULL)),
    CONSTRAINT delivery_attempt_delivery_fk FOREIGN KEY (delivery_id) REFERENCES delivery (id) ON DELETE CASCADE
);
CREATE INDEX delivery_attempt_delivery_ix ON delivery_attempt (delivery_id, created_at, id);
CREATE INDEX delivery_attempt_created_ix ON delivery_attempt (created_at);

ALTER TABLE gathering ADD COLUMN held_at bigint;
CREATE INDEX gathering_held_ix ON gathering (ends_at) WHERE state = 'PLANNED' AND held_at IS NULL;
";

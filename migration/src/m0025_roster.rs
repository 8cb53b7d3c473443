//! The roster as partners follow it, and what they have asked for by their own lists.

pub(crate) const SQL: &str = r"
CREATE TABLE roster_mark (
    membership_id uuid    NOT NULL PRIMARY KEY,
    community_id  uuid    NOT NULL,
    member_id     uuid    NOT NULL,
    shown         boolean NOT NULL,
    updated_at    bigint  NOT NULL,
    CONSTRAINT roster_mark_community_fk FOREIGN KEY (community_id) REFERENCES community (id) ON DELETE CASCADE
);
CREATE INDEX roster_mark_community_ix ON roster_mark (community_id, updated_at, membership_id);
CREATE INDEX roster_mark_member_ix ON roster_mark (member_id);
INSERT INTO roster_mark (membership_id, community_id, member_id, shown, updated_at)
SELECT membership.id, membership.community_id, membership.member_id, TRUE, COALESCE(membership.joined_at, membership.created_at)
FROM membership JOIN member ON member.id = membership.member_id
WHERE membership.state = 'ACTIVE' AND NOT membership.hidden_from_partners
    AND member.state = 'ACTIVE' AND member.leaves_at IS NULL;
CREATE TABLE roster_row (
    id            uuid   NOT NULL PRIMARY KEY,
    token_id      uuid   NOT NULL,
    external_id   text   NOT NULL,
    email         text   NOT NULL,
    state         text   NOT NULL,
    invitation_id uuid,
    membership_id uuid,
    invited_at    bigint NOT NULL,
    told_at       bigint,
    updated_at    bigint NOT NULL,
    CONSTRAINT roster_row_token_fk FOREIGN KEY (token_id) REFERENCES access_token (id) ON DELETE CASCADE,
    CONSTRAINT roster_row_invitation_fk FOREIGN KEY (invitation_id) REFERENCES invitation (id) ON DELETE SET NULL,
    CONSTRAINT roster_row_membership_fk FOREIGN KEY (membership_id) REFERENCES membership (id) ON DELETE SET NULL,
    CONSTRAINT roster_row_external_uq UNIQUE (token_id, external_id),
    CONSTRAINT roster_row_state_ck CHECK (state IN ('INVITED', 'ENDED'))
);
CREATE INDEX roster_row_invitation_ix ON roster_row (invitation_id);
CREATE INDEX roster_row_membership_ix ON roster_row (membership_id);
CREATE INDEX roster_row_untold_ix ON roster_row (invited_at) WHERE told_at IS NULL;
";

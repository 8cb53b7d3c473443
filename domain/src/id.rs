//! Typed ids: a UUIDv7 a row, one newtype a table, so that no id can stand where another belongs.
//!
//! UUIDv7 (RFC 9562) is ordered by the moment it was made, which keeps inserts at the end of an index. Nothing else may
//! be read out of an id. The form clients see belongs to the API.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use sea_orm::{DbErr, DeriveValueType, TryFromU64};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, DeriveValueType, Serialize, Deserialize)]
        pub struct $name(pub Uuid);

        // The order of the bytes, compared as one number.
        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                self.0.as_u128().cmp(&other.0.as_u128())
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        // The half that is chance is enough.
        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                state.write_u64(self.0.as_u64_pair().1);
            }
        }

        impl $name {
            /// The id of nothing: what a client gave is no id of this kind, so there is no such thing.
            pub const NONE: Self = Self(Uuid::nil());

            /// A new id, greater than those made in earlier milliseconds.
            pub fn fresh() -> Self {
                Self(Uuid::now_v7())
            }
        }

        // Required of a primary key by sea-orm; no database of ours hands out numbers.
        impl TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                Err(DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )+};
}

id! {
    /// A member.
    MemberId;
    /// A tie, in whatever state.
    TieId;
    /// A claim: the claimer's record of whom they named.
    ClaimId;
    /// A block, known to its owner only.
    BlockId;
    /// A session: a device that is signed in.
    SessionId;
    /// An invitation.
    InvitationId;
    /// A handshake.
    HandshakeId;
    /// An archive of what a member gave.
    ExportId;
    /// A community.
    CommunityId;
    /// One member's part in one community.
    MembershipId;
    /// A gathering.
    GatheringId;
    /// A goal.
    GoalId;
    /// What a member will do for a goal.
    CommitmentId;
    /// A measurement of a goal.
    ProgressId;
    /// A member's calendar of a community's gatherings.
    CalendarId;
    /// A report.
    ReportId;
    /// A row of a community's audit trail.
    AuditEntryId;
    /// A request to be introduced.
    IntroductionId;
    /// An open request for help.
    AskId;
    /// A contact's naming of somebody who can help.
    NominationId;
    /// A conversation.
    ConversationId;
    /// A message of a conversation.
    MessageId;
    /// What a member is told of.
    NotificationId;
    /// A partner's access token.
    AccessTokenId;
    /// A row of what an access token did.
    AccessTokenUseId;
    /// A row of a partner's list.
    RosterRowId;
    /// Where a community tells a partner what happens.
    WebhookId;
    /// Something that communities tell partners.
    NewsId;
    /// The delivery of one thing told to one webhook.
    DeliveryId;
    /// A try of a delivery.
    AttemptId;
    /// A row of the outbox.
    OutboxId;
}

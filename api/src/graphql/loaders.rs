//! One loader a request, with a key type for each thing loaded: what many fields of a page ask for is asked once.
//!
//! A loader belongs to one request, because what it finds depends on the viewer. It batches and does not keep: after a
//! mutation the same document may ask again and must see the change.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use domain::community::{self, Community};
use domain::ctx::Ctx;
use domain::id::{
    AccessTokenId, AskId, BlockId, ClaimId, CommitmentId, CommunityId, ConversationId, GatheringId, GoalId,
    HandshakeId, IntroductionId, InvitationId, MemberId, MembershipId, MessageId, NominationId, NotificationId,
    ReportId, SessionId, TieId,
};
use domain::id::{DeliveryId, WebhookId};
use domain::member::{self, Profile};
use domain::visibility::{self, Relation, Seen};
use domain::{
    access_token, ask, block, conversation, gathering, goal, handshake, introduction, invitation, network,
    notification, report, session, tie, webhook,
};

use super::error::Fault;

/// Loads on behalf of one viewer.
pub(crate) struct Loaders(pub(crate) Ctx);

/// A member as the viewer may see them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SeenKey(pub(crate) MemberId);

/// What a member says of themselves; visibility is the caller's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ProfileKey(pub(crate) MemberId);

/// The mutuals of the viewer and somebody who is this to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct MutualsKey(pub(crate) MemberId, pub(crate) Relation);

/// What stands beside somebody in the viewer's network.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct BesideKey(pub(crate) network::Wanted);

/// The communities of somebody who is this to the viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CommunitiesKey(pub(crate) MemberId, pub(crate) Relation);

/// A version of a community's charter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CharterKey(pub(crate) CommunityId, pub(crate) i32);

/// What a community can help with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SkillsKey(pub(crate) CommunityId);

/// How many members a community has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SizeKey(pub(crate) CommunityId);

/// Who has vouched for an applicant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct VouchersKey(pub(crate) MembershipId);

/// How far a goal of a community is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct UnderstandingKey(pub(crate) GoalId, pub(crate) CommunityId);

/// Who comes to a gathering, and who was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TurnoutKey(pub(crate) GatheringId);

/// What the viewer said came of an introduction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct OutcomeKey(pub(crate) IntroductionId);

/// The conversation that an introduction opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct IntroducedInKey(pub(crate) IntroductionId);

/// The conversation that a nomination opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NominatedInKey(pub(crate) NominationId);

/// Those of the viewer's ties who fit an ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct MatchesKey(pub(crate) AskId);

/// Who takes part in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ParticipantsKey(pub(crate) ConversationId);

/// What was said last in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct LastMessageKey(pub(crate) ConversationId);

/// How much of a conversation the viewer has not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct UnreadKey(pub(crate) ConversationId);

/// The tries of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AttemptsKey(pub(crate) DeliveryId);

impl Loader<SeenKey> for Loaders {
    type Value = Seen;
    type Error = Fault;

    async fn load(&self, keys: &[SeenKey]) -> Result<HashMap<SeenKey, Seen>, Fault> {
        let ids: Vec<MemberId> = keys.iter().map(|key| key.0).collect();
        let seen = visibility::seen(&self.0, &ids).await?;
        Ok(seen.into_iter().map(|(id, seen)| (SeenKey(id), seen)).collect())
    }
}

impl Loader<ProfileKey> for Loaders {
    type Value = Profile;
    type Error = Fault;

    async fn load(&self, keys: &[ProfileKey]) -> Result<HashMap<ProfileKey, Profile>, Fault> {
        let ids: Vec<MemberId> = keys.iter().map(|key| key.0).collect();
        let profiles = member::profiles(&self.0.kith, &ids).await?;
        Ok(profiles.into_iter().map(|(id, profile)| (ProfileKey(id), profile)).collect())
    }
}

impl Loader<MutualsKey> for Loaders {
    type Value = Vec<Seen>;
    type Error = Fault;

    async fn load(&self, keys: &[MutualsKey]) -> Result<HashMap<MutualsKey, Vec<Seen>>, Fault> {
        let others: Vec<(MemberId, Relation)> = keys.iter().map(|key| (key.0, key.1)).collect();
        let mutuals = network::mutuals(&self.0, &others).await?;
        Ok(keys.iter().map(|key| (*key, mutuals.get(&key.0).cloned().unwrap_or_default())).collect())
    }
}

impl Loader<BesideKey> for Loaders {
    type Value = network::Beside;
    type Error = Fault;

    async fn load(&self, keys: &[BesideKey]) -> Result<HashMap<BesideKey, network::Beside>, Fault> {
        let people: Vec<network::Wanted> = keys.iter().map(|key| key.0.clone()).collect();
        let beside = network::beside(&self.0, &people).await?;
        Ok(keys.iter().cloned().zip(beside).collect())
    }
}

impl Loader<CommunitiesKey> for Loaders {
    type Value = Vec<Community>;
    type Error = Fault;

    async fn load(&self, keys: &[CommunitiesKey]) -> Result<HashMap<CommunitiesKey, Vec<Community>>, Fault> {
        let others: Vec<(MemberId, Relation)> = keys.iter().map(|key| (key.0, key.1)).collect();
        let communities = community::of_members(&self.0, &others).await?;
        Ok(keys.iter().map(|key| (*key, communities.get(&key.0).cloned().unwrap_or_default())).collect())
    }
}

impl Loader<CharterKey> for Loaders {
    type Value = community::Charter;
    type Error = Fault;

    async fn load(&self, keys: &[CharterKey]) -> Result<HashMap<CharterKey, community::Charter>, Fault> {
        let wanted: Vec<(CommunityId, i32)> = keys.iter().map(|key| (key.0, key.1)).collect();
        let found = community::charters(&self.0, &wanted).await?;
        Ok(found.into_iter().map(|((id, version), charter)| (CharterKey(id, version), charter)).collect())
    }
}

impl Loader<UnderstandingKey> for Loaders {
    type Value = goal::Understanding;
    type Error = Fault;

    async fn load(&self, keys: &[UnderstandingKey]) -> Result<HashMap<UnderstandingKey, goal::Understanding>, Fault> {
        let goals: Vec<(GoalId, CommunityId)> = keys.iter().map(|key| (key.0, key.1)).collect();
        let found = goal::understanding(&self.0, &goals).await?;
        Ok(keys.iter().filter_map(|key| Some((*key, *found.get(&key.0)?))).collect())
    }
}

/// Loaders of what belongs to a thing, by the thing's id.
macro_rules! of_id {
    ($($key:ident => $value:ty: $load:path;)+) => {$(
        impl Loader<$key> for Loaders {
            type Value = $value;
            type Error = Fault;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, $value>, Fault> {
                let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
                Ok($load(&self.0, &ids).await?.into_iter().map(|(id, value)| ($key(id), value)).collect())
            }
        }
    )+};
}

of_id! {
    SkillsKey => Vec<String>: community::skills;
    SizeKey => u64: community::sizes;
    VouchersKey => Vec<MemberId>: community::vouchers;
    TurnoutKey => gathering::Turnout: gathering::turnouts;
    OutcomeKey => introduction::Said: introduction::my_outcomes;
    IntroducedInKey => ConversationId: conversation::of_introductions;
    NominatedInKey => ConversationId: conversation::of_nominations;
    MatchesKey => Vec<MemberId>: ask::matches;
    ParticipantsKey => Vec<conversation::Participant>: conversation::participants;
    LastMessageKey => conversation::Message: conversation::last_messages;
    UnreadKey => u64: conversation::unread;
    AttemptsKey => Vec<webhook::Attempt>: webhook::attempts;
}

/// Loaders of things that the viewer may see, by their own ids.
macro_rules! by_id {
    ($($(#[$doc:meta])* $key:ident($id:ty) => $value:ty: $load:path;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) struct $key(pub(crate) $id);

        impl Loader<$key> for Loaders {
            type Value = $value;
            type Error = Fault;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, $value>, Fault> {
                let ids: Vec<$id> = keys.iter().map(|key| key.0).collect();
                Ok($load(&self.0, &ids).await?.into_iter().map(|it| ($key(it.id), it)).collect())
            }
        }
    )+};
}

by_id! {
    /// A tie of the viewer's.
    TieKey(TieId) => tie::Tie: tie::by_ids;
    /// A claim of the viewer's.
    ClaimKey(ClaimId) => tie::Claim: tie::claims_by_ids;
    /// A session of the viewer's.
    SessionKey(SessionId) => session::Session: session::by_ids;
    /// A handshake of the viewer's.
    HandshakeKey(HandshakeId) => handshake::Handshake: handshake::by_ids;
    /// An invitation of the viewer's.
    InvitationKey(InvitationId) => invitation::Invitation: invitation::by_ids;
    /// A block of the viewer's.
    BlockKey(BlockId) => block::Block: block::by_ids;
    /// A community that exists for the viewer.
    CommunityKey(CommunityId) => Community: community::by_ids;
    /// A membership the viewer may see.
    MembershipKey(MembershipId) => community::Membership: community::memberships_by_ids;
    /// A gathering of a community of the viewer's.
    GatheringKey(GatheringId) => gathering::Gathering: gathering::by_ids;
    /// A goal of a community of the viewer's.
    GoalKey(GoalId) => goal::Goal: goal::by_ids;
    /// A commitment to such a goal.
    CommitmentKey(CommitmentId) => goal::Commitment: goal::commitments_by_ids;
    /// A report of the viewer's, or one they decide about.
    ReportKey(ReportId) => report::Report: report::by_ids;
    /// An introduction the viewer has part in.
    IntroductionKey(IntroductionId) => introduction::Introduction: introduction::by_ids;
    /// An ask of the viewer's, or put to them.
    AskKey(AskId) => ask::Ask: ask::by_ids;
    /// A nomination the viewer has part in.
    NominationKey(NominationId) => ask::Nomination: ask::nominations_by_ids;
    /// A conversation the viewer takes part in.
    ConversationKey(ConversationId) => conversation::Conversation: conversation::by_ids;
    /// A message that shows to the viewer.
    MessageKey(MessageId) => conversation::Message: conversation::messages_by_ids;
    /// A notification of the viewer's.
    NotificationKey(NotificationId) => notification::Notification: notification::by_ids;
    /// An access token that shows to the viewer.
    AccessTokenKey(AccessTokenId) => access_token::AccessToken: access_token::by_ids;
    /// A webhook of a community the viewer looks after.
    WebhookKey(WebhookId) => webhook::Webhook: webhook::by_ids;
    /// A delivery of such a webhook.
    DeliveryKey(DeliveryId) => webhook::Delivery: webhook::deliveries_by_ids;
}

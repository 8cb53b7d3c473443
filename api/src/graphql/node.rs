//! Relay's object identification: anything with a life of its own, by its id.

use async_graphql::{Context, Error, ID, Interface, Object};
use domain::ctx::Viewer;
use domain::id::{
    AccessTokenId, AskId, BlockId, ClaimId, CommitmentId, CommunityId, ConversationId, GatheringId, GoalId,
    HandshakeId, IntroductionId, InvitationId, MemberId, MembershipId, MessageId, NominationId, NotificationId,
    ReportId, SessionId, TieId,
};
use domain::id::{DeliveryId, WebhookId};
use futures::future::try_join_all;

use super::access_token::AccessToken;
use super::ask::Ask;
use super::block::Block;
use super::claim::Claim;
use super::commitment::Commitment;
use super::community::Community;
use super::context::ContextExt;
use super::conversation::{Conversation, Message};
use super::error::{Fault, RequestCode, Result};
use super::gathering::Gathering;
use super::goal::Goal;
use super::handshake::Handshake;
use super::introduction::Introduction;
use super::invitation::Invitation;
use super::loaders::{
    AccessTokenKey, AskKey, BlockKey, ClaimKey, CommitmentKey, CommunityKey, ConversationKey, GatheringKey, GoalKey,
    HandshakeKey, IntroductionKey, InvitationKey, MembershipKey, MessageKey, NominationKey, NotificationKey, ReportKey,
    SessionKey, TieKey,
};
use super::loaders::{DeliveryKey, WebhookKey};
use super::member::Member;
use super::membership::Membership;
use super::nomination::Nomination;
use super::notification::Notification;
use super::report::Report;
use super::scalar::GlobalId;
use super::session::Session;
use super::tie::Tie;
use super::webhook::{Webhook, WebhookDelivery};

/// Anything with a life of its own.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Opaque, stable, unique over all types."))]
pub(crate) enum Node {
    Member(Member),
    Tie(Tie),
    Claim(Claim),
    Block(Block),
    Session(Session),
    Invitation(Invitation),
    Handshake(Handshake),
    Community(Community),
    Membership(Membership),
    Gathering(Gathering),
    Goal(Goal),
    Commitment(Commitment),
    Report(Report),
    Introduction(Introduction),
    Ask(Ask),
    Nomination(Nomination),
    Conversation(Conversation),
    Message(Message),
    Notification(Notification),
    AccessToken(AccessToken),
    Webhook(Webhook),
    WebhookDelivery(WebhookDelivery),
}

/// Most ids [`NodeQuery::nodes`] takes.
const MOST_IDS: usize = 100;

/// Queries by id.
#[derive(Default)]
pub(crate) struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The thing with this id; null if there is none, or none the viewer may see.
    async fn node(&self, gql: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Result<Option<Node>> {
        load(gql, &id).await
    }

    /// The things with these ids, in the same order; null in the place of what does not exist or may not be seen, and, with
    /// an error `FORBIDDEN_SCOPE` there, of what a partner's token does not reach.
    async fn nodes(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Their ids: at most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Place>>> {
        if ids.len() > MOST_IDS {
            return Err(Fault::new(RequestCode::BadUserInput, "Ask for at most 100 ids at once."));
        }
        try_join_all(ids.iter().map(|id| place(gql, id))).await
    }
}

/// What stands in the place of an id: the thing, or why just this one is denied.
type Place = std::result::Result<Node, Error>;

/// What a token does not reach is denied by itself; what else goes wrong concerns them all.
async fn place(gql: &Context<'_>, id: &ID) -> Result<Option<Place>> {
    match load(gql, id).await {
        Ok(found) => Ok(found.map(Ok)),
        Err(fault) if fault.code == RequestCode::ForbiddenScope => Ok(Some(Err(fault.into()))),
        Err(fault) => Err(fault),
    }
}

/// Whether the id is of a kind of thing that partners may see: to them nothing else exists.
fn is_for_partners(id: &ID) -> bool {
    CommunityId::of_global(id).is_some()
        || MemberId::of_global(id).is_some()
        || GoalId::of_global(id).is_some()
        || GatheringId::of_global(id).is_some()
        || AccessTokenId::of_global(id).is_some()
}

/// The thing with this id, if the viewer may see it.
pub(crate) async fn load(gql: &Context<'_>, id: &ID) -> Result<Option<Node>> {
    match gql.ctx()?.viewer {
        Viewer::Member(_) => {}
        Viewer::Partner(_) if is_for_partners(id) => {}
        Viewer::Partner(_) | Viewer::Anonymous | Viewer::System => return Ok(None),
    }
    if let Some(id) = MemberId::of_global(id) {
        return Ok(Member::load(gql, id).await?.map(Node::Member));
    }
    macro_rules! load_by {
        ($($id:ident, $key:ident, $ty:ident;)+) => {$(
            if let Some(id) = $id::of_global(id) {
                return Ok(gql.loaders()?.load_one($key(id)).await?.map(|it| Node::$ty($ty(it))));
            }
        )+};
    }
    load_by! {
        TieId, TieKey, Tie;
        ClaimId, ClaimKey, Claim;
        BlockId, BlockKey, Block;
        SessionId, SessionKey, Session;
        InvitationId, InvitationKey, Invitation;
        HandshakeId, HandshakeKey, Handshake;
        CommunityId, CommunityKey, Community;
        MembershipId, MembershipKey, Membership;
        GatheringId, GatheringKey, Gathering;
        GoalId, GoalKey, Goal;
        CommitmentId, CommitmentKey, Commitment;
        ReportId, ReportKey, Report;
        IntroductionId, IntroductionKey, Introduction;
        AskId, AskKey, Ask;
        NominationId, NominationKey, Nomination;
        ConversationId, ConversationKey, Conversation;
        MessageId, MessageKey, Message;
        NotificationId, NotificationKey, Notification;
        AccessTokenId, AccessTokenKey, AccessToken;
        WebhookId, WebhookKey, Webhook;
        DeliveryId, DeliveryKey, WebhookDelivery;
    }
    Ok(None)
}

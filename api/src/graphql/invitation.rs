//! Invitations on the wire.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use domain::id::{CommunityId, InvitationId};
use domain::invitation;

use super::community::Community;
use super::context::ContextExt;
use super::error::Result;
use super::member::Member;
use super::page::connection;
use super::payload::payload;
use super::scalar::{DateTime, GlobalId, Url};
use super::tie::TieContext;

/// A single-use code by which somebody the viewer knows comes in.
#[derive(Clone)]
pub(crate) struct Invitation(pub(crate) invitation::Invitation);

/// Where an invitation stands. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::invitation::InvitationState")]
pub(crate) enum InvitationState {
    /// It can be used.
    Open,
    /// Somebody came in by it.
    Used,
    /// The viewer took it back.
    Withdrawn,
    /// Nobody used it in time.
    Expired,
}

/// An invitation of the viewer's: good once, for 7 days.
#[Object]
impl Invitation {
    /// Opaque, stable, unique over all types.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_global()
    }

    /// The code, to read out or type; null unless the invitation is open, and once the key that made it was taken away
    /// (the code itself stays good).
    async fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The same as a link, to send; null unless the invitation is open.
    async fn url(&self, gql: &Context<'_>) -> Result<Option<Url>> {
        let base = &gql.state()?.config.public_url;
        Ok(self.0.code.as_ref().map(|code| Url(format!("{base}/i/{code}"))))
    }

    /// Where it stands.
    async fn state(&self) -> InvitationState {
        self.0.state.into()
    }

    /// The community whoever uses it is invited to as well; null if there is none, or it no longer exists for the viewer.
    async fn community(&self, gql: &Context<'_>) -> Result<Option<Community>> {
        match self.0.community {
            Some(id) => Community::load(gql, id).await,
            None => Ok(None),
        }
    }

    /// How the two know each other.
    async fn context(&self) -> TieContext {
        self.0.context.into()
    }

    /// The same in the viewer's words; null if they wrote nothing.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When the two met, if it came of a handshake; else null.
    async fn met_at(&self) -> Option<DateTime> {
        self.0.met_at.map(DateTime)
    }

    /// Who came in by it; null before, and if the viewer may not see them.
    async fn used_by(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        match self.0.used_by {
            Some(id) => Member::load(gql, id).await,
            None => Ok(None),
        }
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it is over if nobody uses it.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }
}

/// An invitation in a list.
#[derive(SimpleObject)]
pub(crate) struct InvitationEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The invitation.
    pub(crate) node: Invitation,
}

connection! {
    /// A list of invitations.
    InvitationConnection of InvitationEdge, Invitation
}

/// Whom the viewer invites, as far as the service needs to know.
#[derive(InputObject)]
pub(crate) struct CreateInvitationInput {
    /// How the two know each other.
    context: TieContext,
    /// The same in words: at most 300 characters. Who comes in reads it.
    note: Option<String>,
    /// The id of a community to invite them to as well, where the viewer may invite.
    community_id: Option<ID>,
}

/// Which invitation to take back.
#[derive(InputObject)]
pub(crate) struct WithdrawInvitationInput {
    /// The invitation's id.
    invitation_id: ID,
}

payload! {
    /// The invitation after it was made.
    CreateInvitationPayload of invitation::Invitation {
        /// The invitation; null if it was refused.
        invitation: Invitation,
        /// The invitation as an edge of `viewer.invitations`, to put into a list; null if it was refused.
        invitation_edge: InvitationEdge
    }
}

payload! {
    /// The invitation after it was taken back.
    WithdrawInvitationPayload of invitation::Invitation {
        /// The invitation; null if that was refused.
        invitation: Invitation,
        /// The invitation as an edge of `viewer.invitations`, to put into a list; null if that was refused.
        invitation_edge: InvitationEdge
    }
}

/// What members do about invitations.
#[derive(Default)]
pub(crate) struct InvitationMutation;

#[Object]
impl InvitationMutation {
    /// Makes a code by which somebody the viewer knows can sign up, once, within 7 days; at most 20 are open. The viewer
    /// says by it that they know whoever uses it, who is then asked whether they do. If it names a community, a member who
    /// follows its link (`followInvitation`) is invited to that.
    async fn create_invitation(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How the two know each other.")] input: CreateInvitationInput,
    ) -> Result<CreateInvitationPayload> {
        let community = input.community_id.as_ref().map(CommunityId::given);
        let created = invitation::create(gql.ctx()?, input.context.into(), input.note.as_deref(), community).await;
        CreateInvitationPayload::of(gql, created)
    }

    /// Takes an open invitation of the viewer's back.
    async fn withdraw_invitation(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: WithdrawInvitationInput,
    ) -> Result<WithdrawInvitationPayload> {
        let id = InvitationId::given(&input.invitation_id);
        WithdrawInvitationPayload::of(gql, invitation::withdraw(gql.ctx()?, id).await)
    }
}

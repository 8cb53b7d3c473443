//! What stewards and members do on the wire about who belongs to a community: roles, leaving, removing, settings.

use async_graphql::{Context, ID, InputObject, Object};
use domain::community::{self, Return};
use domain::id::{CommunityId, MembershipId};

use super::community::Community;
use super::context::ContextExt;
use super::error::Result;
use super::membership::{Membership, MembershipRole, ended};
use super::payload::changed;
use super::scalar::GlobalId;

/// Whose role to change.
#[derive(InputObject)]
pub(crate) struct SetRoleInput {
    /// The membership's id.
    membership_id: ID,
    /// What they may do from now on.
    role: MembershipRole,
    /// The membership of whoever becomes a steward, if the last one is to be a member.
    successor_id: Option<ID>,
}

/// Which community to leave.
#[derive(InputObject)]
pub(crate) struct LeaveCommunityInput {
    /// The community's id.
    community_id: ID,
    /// The membership of whoever becomes a steward, if the viewer is the last one.
    successor_id: Option<ID>,
}

/// Whom to remove.
#[derive(InputObject)]
pub(crate) struct RemoveMemberInput {
    /// The membership's id.
    membership_id: ID,
    /// Why: at most 500 characters. They read it.
    reason: String,
    /// Whether they may be invited, or apply, again; if not, the community no longer exists for them.
    may_return: bool,
}

/// To whom the viewer's membership shows. A field left out, or null, keeps its value.
#[derive(InputObject)]
pub(crate) struct UpdateMembershipInput {
    /// The community's id.
    community_id: ID,
    /// Whether the viewer's ties see it while the community is live.
    shown: Option<bool>,
    /// Whether partners see nothing of it.
    hidden_from_partners: Option<bool>,
}

changed! {
    membership: Membership of community::Membership, "The membership; null if the command was refused.";
    /// The membership with its new role.
    SetRolePayload;
    /// The membership that has ended.
    RemoveMemberPayload;
}

changed! {
    community: Community of community::Community, "The community; null if the command was refused.";
    /// The community with the viewer's membership after the change.
    UpdateMembershipPayload;
}

ended! {
    /// The membership that has ended.
    LeaveCommunityPayload;
}

/// What stewards and members do about who belongs to a community.
#[derive(Default)]
pub(crate) struct RoleMutation;

#[Object]
impl RoleMutation {
    /// Makes a member a steward or a steward a member, as a steward. The last steward becomes a member only if another is
    /// named.
    async fn set_role(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Whose, and which.")] input: SetRoleInput,
    ) -> Result<SetRolePayload> {
        let successor = input.successor_id.as_ref().map(MembershipId::given);
        let id = MembershipId::given(&input.membership_id);
        SetRolePayload::of(gql, community::set_role(gql.ctx()?, id, input.role.into(), successor).await)
    }

    /// Leaves a community. Its last steward names another; who is alone in it archives it by leaving.
    async fn leave_community(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: LeaveCommunityInput,
    ) -> Result<LeaveCommunityPayload> {
        let successor = input.successor_id.as_ref().map(MembershipId::given);
        let left = community::leave(gql.ctx()?, CommunityId::given(&input.community_id), successor).await;
        LeaveCommunityPayload::of(gql, left).await
    }

    /// Removes somebody from a community, as a steward: from the answer on they see nothing of it.
    async fn remove_member(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Whom, and why.")] input: RemoveMemberInput,
    ) -> Result<RemoveMemberPayload> {
        let return_ = if input.may_return { Return::Possible } else { Return::Impossible };
        let id = MembershipId::given(&input.membership_id);
        RemoveMemberPayload::of(gql, community::remove(gql.ctx()?, id, &input.reason, return_).await)
    }

    /// Changes to whom the viewer's membership shows.
    async fn update_membership(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateMembershipInput,
    ) -> Result<UpdateMembershipPayload> {
        let to_ties = input.shown.map(Into::into);
        let to_partners = input.hidden_from_partners.map(|hidden| (!hidden).into());
        let id = CommunityId::given(&input.community_id);
        let changed = community::update_membership(gql.ctx()?, id, to_ties, to_partners).await;
        UpdateMembershipPayload::of(gql, changed)
    }
}

//! How one comes into a community on the wire: invited, or by applying.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use domain::community::{self, Application};
use domain::id::{CommunityId, MemberId, MembershipId};
use domain::invitation;

use super::{Membership, ended};
use crate::graphql::context::ContextExt;
use crate::graphql::error::Result;
use crate::graphql::payload::changed;
use crate::graphql::scalar::GlobalId;

/// Whom to invite.
#[derive(InputObject)]
pub(crate) struct InviteToCommunityInput {
    /// The community's id.
    community_id: ID,
    /// The id of a member tied to the viewer.
    member_id: ID,
    /// What to say with it: at most 300 characters.
    note: Option<String>,
}

/// Which invitation to accept.
#[derive(InputObject)]
pub(crate) struct AcceptInvitationInput {
    /// The community's id.
    community_id: ID,
    /// The version of the charter that was read and is agreed to; needed if the community is live.
    charter_version: Option<i32>,
}

/// Which invitation to decline.
#[derive(InputObject)]
pub(crate) struct DeclineInvitationInput {
    /// The community's id.
    community_id: ID,
}

/// Which invitation's link was followed.
#[derive(InputObject)]
pub(crate) struct FollowInvitationInput {
    /// The code, or the whole link.
    code: String,
}

/// Which invitation to take back.
#[derive(InputObject)]
pub(crate) struct TakeBackInvitationInput {
    /// The id of the membership that awaits an answer.
    membership_id: ID,
}

/// What an applicant brings.
#[derive(InputObject)]
pub(crate) struct ApplyToCommunityInput {
    /// The community's id.
    community_id: ID,
    /// The version of the charter that was read and is agreed to.
    charter_version: i32,
    /// An answer to each of the charter's questions, in their order: at most 1,000 characters each.
    answers: Option<Vec<String>>,
    /// What to say besides: at most 500 characters.
    note: Option<String>,
}

/// Which application to take back.
#[derive(InputObject)]
pub(crate) struct WithdrawApplicationInput {
    /// The community's id.
    community_id: ID,
}

/// Whom to vouch for.
#[derive(InputObject)]
pub(crate) struct VouchForApplicantInput {
    /// The id of the membership that was applied for.
    membership_id: ID,
}

/// Whose vouch to take back.
#[derive(InputObject)]
pub(crate) struct WithdrawVouchInput {
    /// The id of the membership that was applied for.
    membership_id: ID,
}

/// What to decide about an application. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::community::Verdict")]
pub(crate) enum ApplicationVerdict {
    /// They may come in.
    Admit,
    /// They may not.
    Decline,
}

/// What a steward decides about an application.
#[derive(InputObject)]
pub(crate) struct DecideApplicationInput {
    /// The id of the membership that was applied for.
    membership_id: ID,
    /// The decision.
    verdict: ApplicationVerdict,
    /// Why: at most 500 characters. The applicant reads it.
    reason: Option<String>,
}

changed! {
    membership: Membership of community::Membership, "The membership; null if the command was refused.";
    /// The membership after somebody was invited.
    InviteToCommunityPayload;
    /// The membership after the invitation was accepted.
    AcceptInvitationPayload;
    /// The membership that was applied for.
    ApplyToCommunityPayload;
    /// The application after the viewer has vouched for it; ACTIVE if it was the last vouch that was needed.
    VouchForApplicantPayload;
    /// The application after the viewer has taken their vouch back.
    WithdrawVouchPayload;
    /// The application after the decision.
    DecideApplicationPayload;
}

ended! {
    /// The membership after the invitation was declined.
    DeclineInvitationPayload;
    /// The membership the viewer is invited to.
    FollowInvitationPayload;
    /// The membership after the invitation was taken back.
    TakeBackInvitationPayload;
    /// The membership after the application was taken back.
    WithdrawApplicationPayload;
}

/// What members do to come into a community, and to let others in.
#[derive(Default)]
pub(crate) struct MembershipMutation;

#[Object]
impl MembershipMutation {
    /// Invites somebody the viewer is tied to. While a community is forming, and where its charter says so, any member may;
    /// otherwise its stewards. An invitation awaits its answer for 30 days. For somebody without an account,
    /// `createInvitation` names the community; for somebody in front of the viewer, `openHandshake` does.
    async fn invite_to_community(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Whom.")] input: InviteToCommunityInput,
    ) -> Result<InviteToCommunityPayload> {
        let member = MemberId::given(&input.member_id);
        let id = CommunityId::given(&input.community_id);
        let invited = community::invite(gql.ctx()?, id, member, input.note.as_deref()).await;
        InviteToCommunityPayload::of(gql, invited)
    }

    /// Accepts an invitation to a community. Who accepts while it is forming is one of its founders.
    async fn accept_invitation(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: AcceptInvitationInput,
    ) -> Result<AcceptInvitationPayload> {
        let id = CommunityId::given(&input.community_id);
        AcceptInvitationPayload::of(gql, community::accept(gql.ctx()?, id, input.charter_version).await)
    }

    /// Declines an invitation to a community.
    async fn decline_invitation(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: DeclineInvitationInput,
    ) -> Result<DeclineInvitationPayload> {
        let declined = community::decline(gql.ctx()?, CommunityId::given(&input.community_id)).await;
        DeclineInvitationPayload::of(gql, declined).await
    }

    /// Follows the link of an invitation that names a community, as somebody who has an account: the viewer is invited to
    /// the community, and the link is used up.
    async fn follow_invitation(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: FollowInvitationInput,
    ) -> Result<FollowInvitationPayload> {
        FollowInvitationPayload::of(gql, invitation::follow(gql.ctx()?, &input.code).await).await
    }

    /// Takes an open invitation to a community back, as whoever made it or as a steward.
    async fn take_back_invitation(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: TakeBackInvitationInput,
    ) -> Result<TakeBackInvitationPayload> {
        let taken_back = community::take_back(gql.ctx()?, MembershipId::given(&input.membership_id)).await;
        TakeBackInvitationPayload::of(gql, taken_back).await
    }

    /// Applies to a live community that takes applications, agreeing to its charter.
    async fn apply_to_community(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "To which, and what the viewer brings.")] input: ApplyToCommunityInput,
    ) -> Result<ApplyToCommunityPayload> {
        let answers = input.answers.unwrap_or_default();
        let application = Application { charter_version: input.charter_version, answers, note: input.note };
        let id = CommunityId::given(&input.community_id);
        ApplyToCommunityPayload::of(gql, community::apply(gql.ctx()?, id, application).await)
    }

    /// Takes the viewer's application back.
    async fn withdraw_application(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: WithdrawApplicationInput,
    ) -> Result<WithdrawApplicationPayload> {
        let withdrawn = community::withdraw_application(gql.ctx()?, CommunityId::given(&input.community_id)).await;
        WithdrawApplicationPayload::of(gql, withdrawn).await
    }

    /// Vouches for an applicant the viewer is tied to, where that is how one joins. The last vouch that is needed lets them
    /// in. Who vouched is told to the stewards alone.
    async fn vouch_for_applicant(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "For whom.")] input: VouchForApplicantInput,
    ) -> Result<VouchForApplicantPayload> {
        VouchForApplicantPayload::of(gql, community::vouch(gql.ctx()?, MembershipId::given(&input.membership_id)).await)
    }

    /// Takes the viewer's vouch back while the application is open.
    async fn withdraw_vouch(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "For whom.")] input: WithdrawVouchInput,
    ) -> Result<WithdrawVouchPayload> {
        WithdrawVouchPayload::of(
            gql,
            community::withdraw_vouch(gql.ctx()?, MembershipId::given(&input.membership_id)).await,
        )
    }

    /// Decides about an application, as a steward.
    async fn decide_application(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which, and how.")] input: DecideApplicationInput,
    ) -> Result<DecideApplicationPayload> {
        let (id, verdict) = (MembershipId::given(&input.membership_id), input.verdict.into());
        let decided = community::decide(gql.ctx()?, id, verdict, input.reason.as_deref()).await;
        DecideApplicationPayload::of(gql, decided)
    }
}

//! Commitments on the wire: what a member will do for a goal.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use domain::goal::{self, NewCommitment};
use domain::id::{CommitmentId, GoalId};

use super::context::ContextExt;
use super::error::Result;
use super::goal::Goal;
use super::member::Member;
use super::page::connection;
use super::payload::changed;
use super::scalar::{Date, DateTime, GlobalId};

/// What a member will do for a goal.
#[derive(Clone)]
pub(crate) struct Commitment(pub(crate) goal::Commitment);

/// What a member will do for a goal, by when, and whether it is done.
#[Object]
impl Commitment {
    /// Opaque, stable, unique over all types.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_global()
    }

    /// The goal; null if the viewer no longer belongs to its community.
    async fn goal(&self, gql: &Context<'_>) -> Result<Option<Goal>> {
        Goal::load(gql, self.0.goal).await
    }

    /// Who will do it; null if the viewer may not see them.
    async fn member(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        Member::load(gql, self.0.member).await
    }

    /// What.
    async fn what(&self) -> &str {
        &self.0.what
    }

    /// By when; null if that is open.
    async fn due_on(&self) -> Option<Date> {
        self.0.due_on.clone().map(Date)
    }

    /// When it was done; null if it is not.
    async fn done_at(&self) -> Option<DateTime> {
        self.0.done_at.map(DateTime)
    }

    /// When they committed themselves.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}

/// A commitment in a list.
#[derive(SimpleObject)]
pub(crate) struct CommitmentEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The commitment.
    pub(crate) node: Commitment,
}

connection! {
    /// A list of commitments.
    CommitmentConnection of CommitmentEdge, Commitment
}

/// What the viewer will do for a goal.
#[derive(InputObject)]
pub(crate) struct CommitToGoalInput {
    /// The goal's id.
    goal_id: ID,
    /// What: at most 300 characters.
    what: String,
    /// By when.
    due_on: Option<Date>,
}

/// What the viewer has done.
#[derive(InputObject)]
pub(crate) struct CompleteCommitmentInput {
    /// The commitment's id.
    commitment_id: ID,
}

changed! {
    commitment: Commitment of goal::Commitment, "The commitment; null if it was refused.";
    /// The commitment after it was made.
    CommitToGoalPayload;
}

changed! {
    commitment: Commitment of goal::Commitment, "The commitment; null if the command was refused.";
    /// The commitment after it was done.
    CompleteCommitmentPayload;
}

/// What members do for goals.
#[derive(Default)]
pub(crate) struct CommitmentMutation;

#[Object]
impl CommitmentMutation {
    /// Says what the viewer will do for an active goal.
    async fn commit_to_goal(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "What.")] input: CommitToGoalInput,
    ) -> Result<CommitToGoalPayload> {
        let new = NewCommitment { what: input.what, due_on: input.due_on.map(|date| date.0) };
        CommitToGoalPayload::of(gql, goal::commit(gql.ctx()?, GoalId::given(&input.goal_id), new).await)
    }

    /// Says that the viewer has done what they said they would.
    async fn complete_commitment(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: CompleteCommitmentInput,
    ) -> Result<CompleteCommitmentPayload> {
        let id = CommitmentId::given(&input.commitment_id);
        CompleteCommitmentPayload::of(gql, goal::complete(gql.ctx()?, id).await)
    }
}

//! What members do about goals on the wire: propose, understand, work, end.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use domain::goal::{self, GoalEdit, NewGoal, NewProgress};
use domain::id::{CommunityId, GoalId};

use super::Goal;
use crate::graphql::context::ContextExt;
use crate::graphql::error::Result;
use crate::graphql::member::edit;
use crate::graphql::payload::changed;
use crate::graphql::scalar::{Date, GlobalId, Url};

/// How a goal is measured.
#[derive(InputObject)]
pub(crate) struct MeasureInput {
    /// In what, such as "volunteers": at most 40 characters.
    unit: String,
    /// Where it begins.
    start: f64,
    /// Where it is reached; not where it begins.
    target: f64,
}

impl From<MeasureInput> for goal::Measure {
    fn from(input: MeasureInput) -> Self {
        Self { unit: input.unit, start: input.start, target: input.target }
    }
}

/// The goal to be proposed.
#[derive(InputObject)]
pub(crate) struct ProposeGoalInput {
    /// The community's id.
    community_id: ID,
    /// What is so when it is reached, in a sentence: at most 300 characters.
    outcome: String,
    /// How it is measured.
    measure: Option<MeasureInput>,
    /// By when.
    due_on: Option<Date>,
}

/// What to change of a goal. A field left out keeps its value; null clears it.
#[derive(InputObject)]
pub(crate) struct UpdateGoalInput {
    /// The goal's id.
    goal_id: ID,
    /// What is so when it is reached: at most 300 characters. Changes while the goal is proposed alone, and that voids its
    /// endorsements. Left out or null, it stays.
    outcome: Option<String>,
    /// How it is measured.
    measure: MaybeUndefined<MeasureInput>,
    /// By when.
    due_on: MaybeUndefined<Date>,
}

/// What a goal means to the viewer.
#[derive(InputObject)]
pub(crate) struct EndorseGoalInput {
    /// The goal's id.
    goal_id: ID,
    /// The goal in the viewer's own words: 20 to 1,000 characters, neither the outcome nor what somebody else said.
    words: String,
}

/// How far a goal is.
#[derive(InputObject)]
pub(crate) struct RecordProgressInput {
    /// The goal's id.
    goal_id: ID,
    /// The value, in the goal's unit.
    value: Option<f64>,
    /// What was done, or seen: at most 500 characters.
    note: String,
    /// Where that can be seen: an https address of at most 500 characters.
    evidence_url: Option<Url>,
}

/// Which goal is reached.
#[derive(InputObject)]
pub(crate) struct AchieveGoalInput {
    /// The goal's id.
    goal_id: ID,
}

/// Which goal is given up.
#[derive(InputObject)]
pub(crate) struct AbandonGoalInput {
    /// The goal's id.
    goal_id: ID,
    /// Why: at most 500 characters.
    reason: String,
}

changed! {
    goal: Goal of goal::Goal, "The goal; null if the command was refused.";
    /// The goal after it was proposed.
    ProposeGoalPayload;
    /// The goal after the change.
    UpdateGoalPayload;
    /// The goal after the viewer has endorsed it; ACTIVE if theirs was the last endorsement that was needed.
    EndorseGoalPayload;
    /// The goal with the new measurement.
    RecordProgressPayload;
    /// The goal after it was reached.
    AchieveGoalPayload;
    /// The goal after it was given up.
    AbandonGoalPayload;
}

/// What members do about goals.
#[derive(Default)]
pub(crate) struct GoalMutation;

#[Object]
impl GoalMutation {
    /// Proposes a goal to a community the viewer belongs to. To endorse it, its proposer says it in their own words as well.
    async fn propose_goal(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "The goal.")] input: ProposeGoalInput,
    ) -> Result<ProposeGoalPayload> {
        let (measure, due_on) = (input.measure.map(Into::into), input.due_on.map(|date| date.0));
        let new = NewGoal { outcome: input.outcome, measure, due_on };
        ProposeGoalPayload::of(gql, goal::propose(gql.ctx()?, CommunityId::given(&input.community_id), new).await)
    }

    /// Changes a goal that is proposed or active, as its proposer or a steward.
    async fn update_goal(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateGoalInput,
    ) -> Result<UpdateGoalPayload> {
        let measure = edit(input.measure.map_value(Into::into));
        let due_on = edit(input.due_on.map_value(|date: Date| date.0));
        let change = GoalEdit { outcome: input.outcome, measure, due_on };
        UpdateGoalPayload::of(gql, goal::update(gql.ctx()?, GoalId::given(&input.goal_id), change).await)
    }

    /// Says a proposed goal in the viewer's own words; saying it anew replaces what they said.
    async fn endorse_goal(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which, and what it means.")] input: EndorseGoalInput,
    ) -> Result<EndorseGoalPayload> {
        EndorseGoalPayload::of(gql, goal::endorse(gql.ctx()?, GoalId::given(&input.goal_id), &input.words).await)
    }

    /// Adds a measurement to an active goal.
    async fn record_progress(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How far it is.")] input: RecordProgressInput,
    ) -> Result<RecordProgressPayload> {
        let evidence_url = input.evidence_url.map(|url| url.0);
        let new = NewProgress { value: input.value, note: input.note, evidence_url };
        RecordProgressPayload::of(gql, goal::record(gql.ctx()?, GoalId::given(&input.goal_id), new).await)
    }

    /// Says that an active goal is reached, as its proposer or a steward.
    async fn achieve_goal(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: AchieveGoalInput,
    ) -> Result<AchieveGoalPayload> {
        AchieveGoalPayload::of(gql, goal::achieve(gql.ctx()?, GoalId::given(&input.goal_id)).await)
    }

    /// Gives a goal up, as its proposer or a steward.
    async fn abandon_goal(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which, and why.")] input: AbandonGoalInput,
    ) -> Result<AbandonGoalPayload> {
        AbandonGoalPayload::of(gql, goal::abandon(gql.ctx()?, GoalId::given(&input.goal_id), &input.reason).await)
    }
}

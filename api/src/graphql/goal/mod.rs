//! Goals on the wire: what they are here, what members do about them in [`work`].

mod work;

use async_graphql::{ComplexObject, Context, Enum, ID, Object, SimpleObject};
use domain::goal;
use domain::id::GoalId;

use crate::graphql::commitment::{Commitment, CommitmentConnection, CommitmentEdge};
use crate::graphql::community::Community;
use crate::graphql::context::ContextExt;
use crate::graphql::error::Result;
use crate::graphql::loaders::{GoalKey, UnderstandingKey};
use crate::graphql::member::Member;
use crate::graphql::page::{connection, window};
use crate::graphql::scalar::{Date, DateTime, GlobalId, Url};

pub(crate) use self::work::GoalMutation;

/// A goal of a community of the viewer's.
#[derive(Clone)]
pub(crate) struct Goal(pub(crate) goal::Goal);

/// Where a goal stands. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::goal::State")]
pub(crate) enum GoalState {
    /// Not yet understood by enough members.
    Proposed,
    /// Understood, and worked on.
    Active,
    /// Reached.
    Achieved,
    /// Given up.
    Abandoned,
}

/// How a goal is measured.
#[derive(SimpleObject)]
pub(crate) struct Measure {
    /// In what, such as "volunteers". Scope: `GOALS_READ`.
    unit: String,
    /// Where it begins. Scope: `GOALS_READ`.
    start: f64,
    /// Where it is reached. Scope: `GOALS_READ`.
    target: f64,
}

/// How far a goal is understood.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct GoalUnderstanding {
    /// How many members have said it in their own words. Scope: `GOALS_READ`.
    endorsed: i32,
    /// How many must: two thirds of the founders while the community is forming, then 3 members or a tenth of them, whichever
    /// is more. Scope: `GOALS_READ`.
    required: i32,
    #[graphql(skip)]
    goal: goal::Goal,
}

#[ComplexObject]
impl GoalUnderstanding {
    /// What the goal means to those who have endorsed it, newest first.
    async fn voices(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<EndorsementConnection> {
        let page = goal::voices(gql.ctx()?, &self.goal, &window(gql, Some(first), after)?).await?;
        Ok(EndorsementConnection::of(page, |row| EndorsementEdge { cursor: row.cursor, node: Endorsement(row.item) }))
    }
}

/// What a goal means to a member.
#[derive(Clone)]
pub(crate) struct Endorsement(goal::Endorsement);

/// A goal in a member's own words.
#[Object]
impl Endorsement {
    /// Whose words; null if the viewer may not see them.
    async fn member(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        Member::load(gql, self.0.member).await
    }

    /// Their words.
    async fn words(&self) -> &str {
        &self.0.words
    }

    /// When they said so.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.at)
    }
}

/// An endorsement in a list.
#[derive(SimpleObject)]
pub(crate) struct EndorsementEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The endorsement.
    pub(crate) node: Endorsement,
}

connection! {
    /// A list of endorsements.
    EndorsementConnection of EndorsementEdge, Endorsement
}

/// A measurement of a goal.
#[derive(Clone)]
pub(crate) struct Progress(goal::Progress);

/// A dated measurement of a goal; what was recorded stays.
#[Object]
impl Progress {
    /// Who measured; null if the viewer may not see them, or they are gone. Scope: `ROSTER_READ`.
    async fn member(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        match self.0.member {
            Some(id) => Member::load(gql, id).await,
            None => Ok(None),
        }
    }

    /// The value, in the goal's unit; null if none was measured. Scope: `GOALS_READ`.
    async fn value(&self) -> Option<f64> {
        self.0.value
    }

    /// What was done, or seen. Scope: `GOALS_READ`.
    async fn note(&self) -> &str {
        &self.0.note
    }

    /// Where that can be seen; null if nowhere. Scope: `GOALS_READ`.
    async fn evidence_url(&self) -> Option<Url> {
        self.0.evidence_url.clone().map(Url)
    }

    /// When it was recorded. Scope: `GOALS_READ`.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.at)
    }
}

/// A measurement in a list.
#[derive(SimpleObject)]
pub(crate) struct ProgressEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The measurement.
    pub(crate) node: Progress,
}

connection! {
    /// A list of measurements.
    ProgressConnection of ProgressEdge, Progress
}

/// What a community wants. It is worked on once enough of its members have said it in their own words.
#[Object]
impl Goal {
    /// Opaque, stable, unique over all types.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_global()
    }

    /// The community it is of; null if the viewer no longer belongs to it. Scope: `GOALS_READ`.
    async fn community(&self, gql: &Context<'_>) -> Result<Option<Community>> {
        Community::load(gql, self.0.community).await
    }

    /// Who proposed it; null if the viewer may not see them, or they are gone. Scope: `ROSTER_READ`.
    async fn proposer(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        match self.0.proposer {
            Some(id) => Member::load(gql, id).await,
            None => Ok(None),
        }
    }

    /// What is so when it is reached, in a sentence. Scope: `GOALS_READ`.
    async fn outcome(&self) -> &str {
        &self.0.outcome
    }

    /// How it is measured; null if it is not. Scope: `GOALS_READ`.
    async fn measure(&self) -> Option<Measure> {
        let measure = self.0.measure.clone()?;
        Some(Measure { unit: measure.unit, start: measure.start, target: measure.target })
    }

    /// By when; null if that is open. Scope: `GOALS_READ`.
    async fn due_on(&self) -> Option<Date> {
        self.0.due_on.clone().map(Date)
    }

    /// Where it stands. Scope: `GOALS_READ`.
    async fn state(&self) -> GoalState {
        self.0.state.into()
    }

    /// How far it is understood; null if the viewer no longer belongs to the community. Scope: `GOALS_READ`.
    async fn understanding(&self, gql: &Context<'_>) -> Result<Option<GoalUnderstanding>> {
        let found = gql.loaders()?.load_one(UnderstandingKey(self.0.id, self.0.community)).await?;
        Ok(found.map(|found| GoalUnderstanding {
            endorsed: found.endorsed as i32,
            required: found.required as i32,
            goal: self.0.clone(),
        }))
    }

    /// What members will do for it, newest first.
    async fn commitments(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<CommitmentConnection> {
        let page = goal::commitments(gql.ctx()?, &self.0, &window(gql, Some(first), after)?).await?;
        Ok(CommitmentConnection::of(page, |row| CommitmentEdge { cursor: row.cursor, node: Commitment(row.item) }))
    }

    /// How far it is, newest first. Scope: `GOALS_READ`.
    async fn progress(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<ProgressConnection> {
        let page = goal::progress(gql.ctx()?, &self.0, &window(gql, Some(first), after)?).await?;
        Ok(ProgressConnection::of(page, |row| ProgressEdge { cursor: row.cursor, node: Progress(row.item) }))
    }

    /// Why it was given up; null if it was not. Scope: `GOALS_READ`.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// When it was proposed. Scope: `GOALS_READ`.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When enough members had understood it; null if they have not. Scope: `GOALS_READ`.
    async fn activated_at(&self) -> Option<DateTime> {
        self.0.activated_at.map(DateTime)
    }

    /// When it was reached, or given up; null if it is neither. Scope: `GOALS_READ`.
    async fn closed_at(&self) -> Option<DateTime> {
        self.0.closed_at.map(DateTime)
    }
}

impl Goal {
    /// The goal `id`, if it shows to the viewer.
    pub(crate) async fn load(gql: &Context<'_>, id: GoalId) -> Result<Option<Self>> {
        Ok(gql.loaders()?.load_one(GoalKey(id)).await?.map(Self))
    }
}

/// A goal in a list.
#[derive(SimpleObject)]
pub(crate) struct GoalEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The goal.
    pub(crate) node: Goal,
}

connection! {
    /// A list of goals.
    GoalConnection of GoalEdge, Goal
}

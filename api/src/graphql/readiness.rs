//! Readiness on the wire: what it takes for a community to go live.

use async_graphql::{Context, Enum, Object};
use domain::community::readiness::{self, Standing};

use super::context::ContextExt;
use crate::words::say;

/// Where a community stands with what it takes.
pub(crate) struct Readiness(pub(crate) readiness::Readiness);

/// Where it stands with one criterion.
pub(crate) struct ReadinessCriterion(Standing);

/// What is asked of a community that would go live. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::community::Criterion")]
pub(crate) enum ReadinessKey {
    /// The charter says what the community is for.
    Purpose,
    /// The charter says which failure of offline life it answers.
    Failure,
    /// The charter has agreements.
    Agreements,
    /// All founders have ratified the charter in force.
    RatifiedCharter,
    /// There are enough founders.
    Founders,
    /// Each founder reaches each other one over ties that are in person or claimed.
    ConnectedFounders,
    /// Enough pairs of founders are tied, in person or by what both claim.
    FounderTies,
    /// Enough founders have said a goal in their own words.
    UnderstoodGoal,
    /// Enough founders were at a gathering, lately.
    GatheringHeld,
}

/// What it takes for a community to go live, computed from what there is now.
#[Object]
impl Readiness {
    /// Whether all criteria are met.
    async fn ready(&self) -> bool {
        self.0.is_ready()
    }

    /// Each criterion.
    async fn criteria(&self) -> Vec<ReadinessCriterion> {
        self.0.criteria.iter().cloned().map(ReadinessCriterion).collect()
    }
}

/// One criterion, and where the community stands with it.
#[Object]
impl ReadinessCriterion {
    /// Which, for programs.
    async fn key(&self) -> ReadinessKey {
        self.0.criterion.into()
    }

    /// Which, for people, in the language of the request.
    async fn title(&self, gql: &Context<'_>) -> String {
        say(gql.language(), &self.0.title)
    }

    /// Whether it is met.
    async fn met(&self) -> bool {
        self.0.met
    }

    /// What is needed: a count, or a share from 0 to 1 for FOUNDER_TIES; of a thing that is there or not, 1.
    async fn required(&self) -> f64 {
        self.0.required
    }

    /// What there is, in the same unit. For CONNECTED_FOUNDERS, which is met at 1, the number of groups that do not reach
    /// each other.
    async fn actual(&self) -> f64 {
        self.0.actual
    }

    /// What to do about it, for people, in the language of the request.
    async fn hint(&self, gql: &Context<'_>) -> String {
        say(gql.language(), &self.0.hint)
    }
}

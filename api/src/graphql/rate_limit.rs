//! How much whoever asks may still ask.

use async_graphql::{Context, Object, SimpleObject};
use domain::budget::Budget;

use super::error::{Fault, RequestCode, Result};
use super::scalar::DateTime;

/// The points of whoever asks: a member's on all their devices together, a token's, or those of everybody without a token in one
/// network. They flow back evenly. What costs more than is left is refused with `RATE_LIMITED`.
#[derive(SimpleObject)]
pub(crate) struct RateLimit {
    /// How many points there are when none are used.
    limit: i32,
    /// What this operation costs: the nodes its answer may hold, at least 1, and 10 for each mutation.
    cost: i32,
    /// How many points are left after it.
    remaining: i32,
    /// When all of them are back, if nothing else is asked.
    reset_at: DateTime,
}

impl From<&Budget> for RateLimit {
    fn from(budget: &Budget) -> Self {
        let points = |points: u32| i32::try_from(points).unwrap_or(i32::MAX);
        Self {
            limit: points(budget.limit),
            cost: points(budget.cost),
            remaining: points(budget.remaining),
            reset_at: DateTime(budget.reset_at),
        }
    }
}

/// Queries about what may be asked.
#[derive(Default)]
pub(crate) struct RateLimitQuery;

#[Object]
impl RateLimitQuery {
    /// How much whoever asks may still ask; for anybody. The same stands in `extensions.cost` of every answer to a POST, and in the
    /// headers `RateLimit` and `RateLimit-Policy`.
    async fn rate_limit(&self, gql: &Context<'_>) -> Result<RateLimit> {
        let budget = gql.data_opt::<Budget>().map(RateLimit::from);
        budget.ok_or_else(|| Fault::new(RequestCode::Internal, "The request has no budget."))
    }
}

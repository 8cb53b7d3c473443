//! What somebody may ask in a while: points, of which every operation takes some from the one bucket of whoever asks.
//!
//! How much an operation costs is known before it runs, so nobody pays for what is refused for its price, and one who
//! waits as long as they are told succeeds. Guesses, letters, handshakes and messages have stricter buckets of their own.
//!
//! Deliberately absent: what an operation costs, which is read from its document by the API; a refund of what was estimated
//! too high, which would take a second round trip.

use std::time::Duration;

use crate::ctx::{Ctx, Timestamp, Viewer};
use crate::limiter::Rate;
use crate::policy;

/// The most points an operation may cost.
pub const MOST_COST: u32 = policy::MOST_COST;
/// What a mutation costs beside the nodes of its answer.
pub const MUTATION_COST: u32 = policy::MUTATION_COST;

/// How many points each has at once, and within which time they flow back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// A member, on all their devices.
    pub member: u32,
    /// A partner's token.
    pub partner: u32,
    /// Everybody without a token in one network.
    pub anonymous: u32,
    /// Within which time an empty bucket is full again.
    pub within: Duration,
}

impl Default for Allowance {
    fn default() -> Self {
        Self {
            member: policy::MEMBER_POINTS,
            partner: policy::PARTNER_POINTS,
            anonymous: policy::ANONYMOUS_POINTS,
            within: policy::POINTS_WITHIN,
        }
    }
}

/// What an operation cost, and what is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Whose bucket it is: `member`, `partner` or `anonymous`.
    pub of: &'static str,
    /// What the operation costs.
    pub cost: u32,
    /// How much the bucket holds when it is full.
    pub limit: u32,
    /// How much it holds now.
    pub remaining: u32,
    /// When it is full again, if nothing else is asked.
    pub reset_at: Timestamp,
    /// Within which time an empty one is full again.
    pub within: Duration,
    /// When this was so.
    pub now: Timestamp,
}

/// There was too little left, and nothing was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent {
    /// What is left.
    pub budget: Budget,
    /// When there is enough.
    pub retry_at: Timestamp,
}

/// Takes what an operation costs from the bucket of whoever asks.
///
/// # Errors
/// [`Spent`] if there is too little in it.
pub async fn spend(ctx: &Ctx, cost: u32) -> Result<Budget, Spent> {
    let Allowance { within, .. } = ctx.kith.allowance;
    let (of, limit, subject) = bucket(ctx);
    let rate = Rate { name: of, burst: limit, every: within / limit.max(1) };
    let drawn = ctx.kith.limiter.draw(ctx.now, &[((rate, subject), cost)]).await;
    if let Some(head) = drawn.head {
        ctx.kith.cache.heard(head);
    }
    let reset_at = drawn.full_at.first().copied().unwrap_or(ctx.now);
    let remaining = rate.left(reset_at, ctx.now);
    let budget = Budget { of, cost, limit, remaining, reset_at, within, now: ctx.now };
    drawn.retry_at.map_or(Ok(budget), |retry_at| Err(Spent { budget, retry_at }))
}

/// Whose bucket it is, how much it holds, and who it is counted for: the one place that says so for each kind of viewer.
fn bucket(ctx: &Ctx) -> (&'static str, u32, String) {
    let allowance = &ctx.kith.allowance;
    match ctx.viewer {
        Viewer::Member(id) => ("member", allowance.member, id.0.to_string()),
        Viewer::Anonymous => ("anonymous", allowance.anonymous, ctx.network()),
        Viewer::Partner(grant) => ("partner", allowance.partner, grant.token.0.to_string()),
        // Jobs and commands ask nothing over GraphQL.
        Viewer::System => ("partner", allowance.partner, "system".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_asked_at_all_fits_into_every_bucket() {
        let Allowance { member, partner, anonymous, within } = Allowance::default();
        for (limit, whose) in [(member, "member"), (partner, "partner"), (anonymous, "anonymous")] {
            assert!(limit >= MOST_COST, "{whose}");
            assert_eq!(
                within.as_micros() % u128::from(limit),
                0,
                "{whose}: points flow at a whole number of microseconds"
            );
        }
    }
}

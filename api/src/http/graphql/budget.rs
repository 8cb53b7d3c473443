//! How the budget of whoever asks is told: in the headers of the IETF's draft "RateLimit header fields for HTTP" (11), counted in
//! points, and in `extensions.cost`.

use async_graphql::{Response, Value, value};
use domain::budget::Budget;
use domain::ctx::Timestamp;

use crate::graphql::moment;

/// The headers' names; pages of other origins may read them.
pub(in crate::http) const HEADERS: [&str; 2] = ["ratelimit-policy", "ratelimit"];

/// The headers that tell of a budget, with their values.
pub(super) fn headers(budget: &Budget) -> [(&'static str, String); 2] {
    let Budget { of, limit, remaining, .. } = budget;
    let (within, reset) = (budget.within.as_secs(), seconds(budget.now, budget.reset_at));
    let [policy, now] = HEADERS;
    [(policy, format!("\"{of}\";q={limit};w={within}")), (now, format!("\"{of}\";r={remaining};t={reset}"))]
}

/// An answer, with what it cost.
pub(super) fn with_cost(response: Response, budget: &Budget) -> Response {
    let mut response = response.extension("cost", cost(budget));
    for (name, text) in headers(budget) {
        // Quotes, letters and digits: this is always the value of a header.
        if let Ok(text) = text.parse() {
            response.http_headers.insert(name, text);
        }
    }
    response
}

fn cost(budget: &Budget) -> Value {
    value!({
        "requested": budget.cost,
        "limit": budget.limit,
        "remaining": budget.remaining,
        "resetAt": moment(budget.reset_at),
    })
}

/// The whole seconds from one moment to another, rounded up.
pub(super) fn seconds(from: Timestamp, to: Timestamp) -> i64 {
    to.0.saturating_sub(from.0).max(0).saturating_add(999_999) / 1_000_000
}

//! The communities of the demo: what some circles of Vellmark have made of themselves online, at every stage before the end.
//!
//! [`plan`] is what can be said of a community, [`forming`], [`live`] and [`settled`] say it, [`group`] finds the people,
//! and [`rows`] with [`work`] write what the rules of the service would have written. The ids of communities, goals and gatherings are
//! the same in every demo.
//!
//! Deliberately absent: archived communities, of which there is nothing to try, and reports, which are nobody's example.

mod forming;
mod group;
mod live;
mod plan;
mod rows;
mod settled;
#[cfg(test)]
mod tests;
mod work;

pub(super) use self::rows::Rows;
use super::network::Network;
use crate::ctx::Timestamp;

/// The communities, in the order of their ids.
static PLANS: [&plan::Plan; 6] = [
    &forming::WALKING_BUS,
    &forming::SONGS_AT_THE_DOOR,
    &live::PLOT_BY_PLOT,
    &live::CHALK_AND_ROPE,
    &settled::MENDED_SATURDAYS,
    &settled::OFF_DUTY,
];

/// The rows of the communities of `network`.
pub(super) fn rows(network: &Network, now: Timestamp) -> Rows {
    let mut rows = Rows::default();
    for (index, plan) in PLANS.into_iter().enumerate() {
        rows.add(index, plan, &group::group(network, plan), now);
    }
    rows
}

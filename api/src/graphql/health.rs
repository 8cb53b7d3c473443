//! Health reports and maps of communities on the wire.

use async_graphql::{Context, Object, SimpleObject};
use domain::community::health::{self, FEWEST, Headcount};
use domain::community::help::Help;
use domain::community::{MapAddress, Snapshot};
use domain::error::Message;

use super::context::ContextExt;
use super::error::Result;
use super::page::connection;
use super::scalar::{Date, DateTime, Url};
use crate::words::say;

/// The figures of a community.
#[derive(Clone)]
pub(crate) struct Health(pub(crate) health::Health);

/// What came of introductions and asks.
pub(crate) struct HealthHelp(Help);

/// A number of people.
pub(crate) struct HealthCount(Headcount);

/// The figures of a week.
#[derive(Clone)]
pub(crate) struct HealthSnapshot(pub(crate) Snapshot);

/// Where a picture can be fetched.
pub(crate) struct CommunityMap(pub(crate) MapAddress);

/// A number of people, hidden if it is so small that it could single somebody out.
#[Object]
impl HealthCount {
    /// The number; null if it is from 1 to 4. Scope: `HEALTH_READ`.
    async fn exact(&self) -> Option<i32> {
        match self.0 {
            Headcount::Exact(count) => Some(count as i32),
            Headcount::Few => None,
        }
    }

    /// The number, or "fewer than 5", for people, in the language of the request. Scope: `HEALTH_READ`.
    async fn text(&self, gql: &Context<'_>) -> String {
        match self.0 {
            Headcount::Exact(count) => count.to_string(),
            Headcount::Few => say(gql.language(), &Message::new("fewer-than").with("count", FEWEST)),
        }
    }
}

/// Whether a community's network works: the network is measured, not the clicks, and nobody is singled out.
#[Object]
impl Health {
    /// How many members there are. Scope: `HEALTH_READ`.
    async fn members(&self) -> i32 {
        self.0.members as i32
    }

    /// How many members are tied to nobody in the community. Scope: `HEALTH_READ`.
    async fn alone(&self) -> HealthCount {
        HealthCount(self.0.alone)
    }

    /// How many sets of members there are who reach one another over ties; somebody who is alone is one.
    /// Scope: `HEALTH_READ`.
    async fn components(&self) -> i32 {
        self.0.components as i32
    }

    /// The share of pairs of members that are tied, from 0 to 1; null if it would tell a number of ties from 1 to 4.
    /// Scope: `HEALTH_READ`.
    async fn density(&self) -> Option<f64> {
        self.0.density
    }

    /// How many members hold it together: the removal of any of them would split a component (articulation points).
    /// Scope: `HEALTH_READ`.
    async fn bridges(&self) -> HealthCount {
        HealthCount(self.0.bridges)
    }

    /// The share of ties that rest on having met, from 0 to 1; null if there are none, or it would tell a number from 1 to 4.
    /// Scope: `HEALTH_READ`.
    async fn in_person_share(&self) -> Option<f64> {
        self.0.in_person
    }

    /// How many goals moved in the last 30 days: they were understood, measured or reached. Scope: `HEALTH_READ`.
    async fn goals_moved(&self) -> i32 {
        self.0.goals_moved as i32
    }

    /// How many gatherings were held in the last 90 days. Scope: `HEALTH_READ`.
    async fn gatherings_held(&self) -> i32 {
        self.0.gatherings as i32
    }

    /// How many of the members were at one of them at least. Scope: `HEALTH_READ`.
    async fn gathered(&self) -> HealthCount {
        HealthCount(self.0.gathered)
    }

    /// What came of introductions and asks; null of a week before this was counted. Scope: `HEALTH_READ`.
    async fn help(&self) -> Option<HealthHelp> {
        self.0.help.clone().map(HealthHelp)
    }
}

/// What came of introductions and asks of the community: of those that serve one of its goals, or are among its members.
#[Object]
impl HealthHelp {
    /// How many introductions closed in the last 90 days. Scope: `HEALTH_READ`.
    async fn introductions_closed(&self) -> HealthCount {
        HealthCount(self.0.introductions)
    }

    /// How many of them were accepted. Scope: `HEALTH_READ`.
    async fn introductions_accepted(&self) -> HealthCount {
        HealthCount(self.0.accepted)
    }

    /// Of how many somebody said that they helped. Scope: `HEALTH_READ`.
    async fn introductions_helped(&self) -> HealthCount {
        HealthCount(self.0.helped)
    }

    /// Of how many somebody said that the two met, and nobody that it helped. Scope: `HEALTH_READ`.
    async fn introductions_met(&self) -> HealthCount {
        HealthCount(self.0.met)
    }

    /// The median of the days from request to acceptance; null if fewer than 5 were accepted. Scope: `HEALTH_READ`.
    async fn median_days_to_acceptance(&self) -> Option<f64> {
        self.0.median_days
    }

    /// How many asks closed in the last 90 days. Scope: `HEALTH_READ`.
    async fn asks_closed(&self) -> HealthCount {
        HealthCount(self.0.asks)
    }

    /// How many of them found somebody who said yes. Scope: `HEALTH_READ`.
    async fn asks_answered(&self) -> HealthCount {
        HealthCount(self.0.answered)
    }
}

/// What a community's network looked like in one week.
#[Object]
impl HealthSnapshot {
    /// The Monday of the week. Scope: `HEALTH_READ`.
    async fn taken_on(&self) -> Date {
        Date(self.0.taken_on.clone())
    }

    /// The figures as they were then. Scope: `HEALTH_READ`.
    async fn health(&self) -> Health {
        Health(self.0.health.clone())
    }
}

/// A week in a list.
#[derive(SimpleObject)]
pub(crate) struct HealthSnapshotEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The week.
    pub(crate) node: HealthSnapshot,
}

connection! {
    /// A list of weeks.
    HealthSnapshotConnection of HealthSnapshotEdge, HealthSnapshot
}

/// A picture of a community: its members, and of the ties among them those the viewer may see. Of many members it shows 400,
/// those nearest to the viewer first.
#[Object]
impl CommunityMap {
    /// Where it can be fetched as SVG, for ten minutes, without a token: to be shown, not to be handed on.
    async fn url(&self, gql: &Context<'_>) -> Result<Url> {
        let base = &gql.state()?.config.public_url;
        Ok(Url(format!("{base}{}", crate::http::map_path(&self.0))))
    }

    /// Until when.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.until)
    }
}

//! Friends of friends on the wire.

use std::cmp::Reverse;

use async_graphql::{ComplexObject, Context, InputObject, SimpleObject};
use domain::network::{self, Filter, Routes};
use domain::page::{Page, Row};
use futures::future::try_join_all;

use super::context::ContextExt;
use super::error::{Fault, RequestCode, Result};
use super::member::Member;
use super::page::connection;

/// Somebody the viewer could reach through a tie of theirs.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct NetworkEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// Who it is.
    pub(crate) node: Member,
    /// How many of the viewer's ties know them, over ties that are shown.
    mutual_count: i32,
    #[graphql(skip)]
    routes: Vec<network::Route>,
}

/// Somebody the viewer could reach through a tie of theirs.
#[ComplexObject]
impl NetworkEdge {
    /// The ways to them: in person first, and of those first through whom takes introductions now.
    async fn routes(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How many: 1 to 100.", default = 3)] first: i32,
    ) -> Result<Vec<Route>> {
        let first = usize::try_from(first).ok().filter(|first| (1..=100).contains(first));
        let first = first.ok_or_else(|| Fault::new(RequestCode::BadUserInput, "`first` must be from 1 to 100."))?;
        let now = gql.ctx()?.now;
        let routes = self.routes.iter().take(MOST_ROUTES).map(|route| async move {
            let connector = Member::load(gql, route.connector).await?;
            Ok::<_, Fault>(connector.map(|connector| Route {
                takes_introductions: connector.0.card.takes_introductions(now),
                connector,
                in_person: route.in_person,
            }))
        });
        let mut routes: Vec<Route> = try_join_all(routes).await?.into_iter().flatten().collect();
        routes.sort_by_key(|route| Reverse((route.in_person, route.takes_introductions)));
        routes.truncate(first);
        Ok(routes)
    }
}

/// Among how many routes to one person the best are chosen, those in person first.
const MOST_ROUTES: usize = 100;

/// One way to a friend of a friend.
#[derive(SimpleObject)]
pub(crate) struct Route {
    /// The member both are tied to.
    connector: Member,
    /// Whether both ties of the route are in person.
    in_person: bool,
    /// Whether the connector takes introductions now.
    takes_introductions: bool,
}

connection! {
    /// Members at distance two: those with the most mutual contacts first, then those with the most routes in person.
    NetworkConnection of NetworkEdge, Member
}

impl NetworkConnection {
    pub(crate) fn new(page: Page<network::Reached>) -> Self {
        Self::of(page, |row: Row<network::Reached>| NetworkEdge {
            cursor: row.cursor,
            node: Member(row.item.person),
            // At most the 5,000 ties of a member.
            mutual_count: row.item.mutual_count as i32,
            routes: row.item.routes,
        })
    }
}

/// Which part of the network is wanted.
#[derive(InputObject, Default)]
pub(crate) struct NetworkFilter {
    /// Members who name this skill, in whatever case.
    skill: Option<String>,
    /// Members of this area, in whatever case.
    area: Option<String>,
    /// Only members reached by a route that is in person on both ties.
    in_person: Option<bool>,
}

impl From<NetworkFilter> for Filter {
    fn from(filter: NetworkFilter) -> Self {
        let routes = if filter.in_person == Some(true) { Routes::InPerson } else { Routes::Any };
        Self { skill: filter.skill, area: filter.area, routes }
    }
}

/// How far the viewer reaches.
#[derive(SimpleObject)]
pub(crate) struct Reach {
    /// Members the viewer is tied to.
    ties: i32,
    /// Members in the viewer's network: reached through a tie.
    network: i32,
}

impl From<network::Reach> for Reach {
    fn from(reach: network::Reach) -> Self {
        let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        Self { ties: count(reach.ties), network: count(reach.network) }
    }
}

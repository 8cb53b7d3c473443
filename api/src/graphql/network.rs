//! Friends of friends on the wire.

use async_graphql::{ComplexObject, Context, InputObject, SimpleObject};
use domain::network::{self, Filter, Paths, Routes, Wanted, Way};
use domain::page::{Page, Row};

use super::context::ContextExt;
use super::error::{Fault, RequestCode, Result};
use super::loaders::BesideKey;
use super::member::Member;
use super::page::{PageInfo, connection};

/// Somebody the viewer could reach through a tie of theirs.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct NetworkEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// Who it is.
    pub(crate) node: Member,
    /// How many of the viewer's ties know them, over ties that are shown.
    pub(super) mutual_count: i32,
    #[graphql(skip)]
    pub(super) paths: Paths,
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
        let wanted = Wanted { paths: self.paths.clone(), ways: ways(first)?, mutuals: 0 };
        let beside = gql.loaders()?.load_one(BesideKey(wanted)).await?;
        Ok(beside.unwrap_or_default().ways.into_iter().map(Route::from).collect())
    }
}

/// How many routes are wanted.
pub(super) fn ways(first: i32) -> Result<usize> {
    let first = usize::try_from(first).ok().filter(|first| (1..=100).contains(first));
    first.ok_or_else(|| Fault::new(RequestCode::BadUserInput, "`first` must be from 1 to 100."))
}

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

impl From<Way> for Route {
    fn from(way: Way) -> Self {
        let Way { connector, in_person, takes_introductions } = way;
        Self { connector: Member(connector), in_person, takes_introductions }
    }
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
            paths: row.item.paths,
        })
    }

    /// What it is made of.
    pub(super) fn parts(&self) -> (&[NetworkEdge], &PageInfo, Option<i32>) {
        (&self.edges, &self.page_info, self.total_count)
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

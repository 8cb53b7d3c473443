//! The fields the walk knows, type by type, each beside how it is written. What they say is what the resolvers of
//! [`super::super::network`] and [`super::super::member`] say.

use std::borrow::Cow;

use async_graphql::OutputType;
use async_graphql::resolver_utils::enum_value;
use domain::ctx::Timestamp;
use domain::network::{self, Beside, Way};
use domain::page::{Total, Window};
use domain::visibility::Seen;

use super::json::Json;
use super::selection::{Chosen, Fields, Plan};
use crate::graphql::context::ContextExt;
use crate::graphql::member::{Member, MemberConnection, MemberEdge, RelationToViewer};
use crate::graphql::network::{NetworkConnection, NetworkEdge, Route, ways};
use crate::graphql::page::PageInfo;
use crate::graphql::scalar::GlobalId;

/// A page of the network.
pub(super) type NetworkFields<'a> = ConnectionFields<'a, NetworkEdgeFields<'a>>;

/// How many ways and how many mutuals the plan wants of each row.
pub(super) fn wanted<'a>(plan: &Plan<'a, NetworkFields<'a>>) -> (usize, usize) {
    let (mut ways, mut mutuals) = (0, 0);
    for field in plan.fields() {
        match field {
            ConnectionFields::Nodes(plan) => mutuals = mutuals.max(mutuals_wanted(plan)),
            ConnectionFields::Edges(plan) => {
                for field in plan.fields() {
                    match field {
                        NetworkEdgeFields::Node(plan) => mutuals = mutuals.max(mutuals_wanted(plan)),
                        NetworkEdgeFields::Routes(first, _) => ways = ways.max(*first),
                        NetworkEdgeFields::Cursor | NetworkEdgeFields::MutualCount => {}
                    }
                }
            }
            ConnectionFields::PageInfo(_) | ConnectionFields::TotalCount => {}
        }
    }
    (ways, mutuals)
}

fn mutuals_wanted<'a>(plan: &Plan<'a, PersonFields<'a>>) -> usize {
    let of = |field: &PersonFields<'a>| match field {
        PersonFields::Card(_) => 0,
        PersonFields::Mutuals(Window { total: Total::Wanted, .. }, _) => usize::MAX,
        // One more than shows, to know whether others follow.
        PersonFields::Mutuals(window, _) => window.first + 1,
    };
    plan.fields().map(of).max().unwrap_or_default()
}

/// The fields of an edge, and so of a connection.
pub(super) trait Edge<'a>: Fields<'a> {
    type Connection: OutputType;
    type Node: Fields<'a>;

    fn write_node(plan: &Plan<'a, Self::Node>, row: &Self::Value<'_>, json: &mut Json);
}

pub(super) enum ConnectionFields<'a, E: Edge<'a>> {
    Edges(Plan<'a, E>),
    Nodes(Plan<'a, E::Node>),
    PageInfo(Plan<'a, PageInfoFields>),
    TotalCount,
}

/// What a connection is written from.
pub(super) struct List<R> {
    rows: Vec<R>,
    has_next: bool,
    total_count: Option<i32>,
}

/// A row of a list, which knows its place in it.
pub(super) trait Placed {
    fn cursor(&self) -> Cow<'_, str>;
}

impl<R: Placed> List<R> {
    fn page_info(&self) -> PageInfo {
        let ends: Vec<Cow<'_, str>> = self.rows.first().into_iter().chain(self.rows.last()).map(R::cursor).collect();
        PageInfo::new(&ends.iter().map(|cursor| &**cursor).collect::<Vec<_>>(), self.has_next)
    }
}

impl<'a, E: Edge<'a>> Fields<'a> for ConnectionFields<'a, E>
where
    for<'v> E::Value<'v>: Placed,
{
    type Of = E::Connection;
    type Value<'v> = List<E::Value<'v>>;

    fn of(chosen: &Chosen<'a, '_>) -> Option<Self> {
        Some(match chosen.name() {
            "edges" => Self::Edges(chosen.below()?),
            "nodes" => Self::Nodes(chosen.below()?),
            "pageInfo" => Self::PageInfo(chosen.below()?),
            "totalCount" => Self::TotalCount,
            _ => return None,
        })
    }

    fn write(&self, list: &Self::Value<'_>, json: &mut Json) {
        match self {
            Self::Edges(plan) => json.list(&list.rows, |json, row| plan.write(row, json)),
            Self::Nodes(plan) => json.list(&list.rows, |json, row| E::write_node(plan, row, json)),
            Self::PageInfo(plan) => plan.write(&list.page_info(), json),
            Self::TotalCount => json.plain(&list.total_count),
        }
    }
}

pub(super) enum PageInfoFields {
    HasNextPage,
    HasPreviousPage,
    StartCursor,
    EndCursor,
}

impl<'a> Fields<'a> for PageInfoFields {
    type Of = PageInfo;
    type Value<'v> = PageInfo;

    fn of(chosen: &Chosen<'a, '_>) -> Option<Self> {
        Some(match chosen.name() {
            "hasNextPage" => Self::HasNextPage,
            "hasPreviousPage" => Self::HasPreviousPage,
            "startCursor" => Self::StartCursor,
            "endCursor" => Self::EndCursor,
            _ => return None,
        })
    }

    fn write(&self, info: &PageInfo, json: &mut Json) {
        match self {
            Self::HasNextPage => json.plain(&info.has_next_page),
            Self::HasPreviousPage => json.plain(&info.has_previous_page),
            Self::StartCursor => json.plain(&info.start_cursor),
            Self::EndCursor => json.plain(&info.end_cursor),
        }
    }
}

pub(super) enum NetworkEdgeFields<'a> {
    Cursor,
    Node(Plan<'a, PersonFields<'a>>),
    MutualCount,
    Routes(usize, Plan<'a, RouteFields<'a>>),
}

/// Somebody of the network, with what stands beside them.
pub(super) struct Shown<'v> {
    edge: &'v NetworkEdge,
    person: Person<'v>,
    ways: &'v [Way],
}

impl<'v> Shown<'v> {
    /// The page, with what stands beside each row if that is wanted.
    pub(super) fn list(page: &'v NetworkConnection, beside: &'v [Beside]) -> List<Self> {
        let row = |(at, edge): (usize, &'v NetworkEdge)| {
            let (ways, mutuals) = beside.get(at).map(|it| (&it.ways[..], &it.mutuals[..])).unwrap_or_default();
            Self { edge, person: Person { seen: &edge.node.0, mutuals }, ways }
        };
        let (edges, page_info, total_count) = page.parts();
        List { rows: edges.iter().enumerate().map(row).collect(), has_next: page_info.has_next_page, total_count }
    }
}

impl Placed for Shown<'_> {
    fn cursor(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.edge.cursor)
    }
}

impl<'a> Fields<'a> for NetworkEdgeFields<'a> {
    type Of = NetworkEdge;
    type Value<'v> = Shown<'v>;

    fn of(chosen: &Chosen<'a, '_>) -> Option<Self> {
        Some(match chosen.name() {
            "cursor" => Self::Cursor,
            "node" => Self::Node(chosen.below()?),
            "mutualCount" => Self::MutualCount,
            "routes" => Self::Routes(ways(chosen.argument::<i32>("first", Some(|| 3))?).ok()?, chosen.below()?),
            _ => return None,
        })
    }

    fn write(&self, shown: &Shown<'_>, json: &mut Json) {
        match self {
            Self::Cursor => json.plain(&shown.cursor()),
            Self::Node(plan) => plan.write(&shown.person, json),
            Self::MutualCount => json.plain(&shown.edge.mutual_count),
            Self::Routes(first, plan) => {
                json.list(shown.ways.iter().take(*first), |json, way| plan.write(way, json));
            }
        }
    }
}

impl<'a> Edge<'a> for NetworkEdgeFields<'a> {
    type Connection = NetworkConnection;
    type Node = PersonFields<'a>;

    fn write_node(plan: &Plan<'a, PersonFields<'a>>, shown: &Shown<'_>, json: &mut Json) {
        plan.write(&shown.person, json);
    }
}

pub(super) enum RouteFields<'a> {
    Connector(Plan<'a, CardFields>),
    InPerson,
    TakesIntroductions,
}

impl<'a> Fields<'a> for RouteFields<'a> {
    type Of = Route;
    type Value<'v> = Way;

    fn of(chosen: &Chosen<'a, '_>) -> Option<Self> {
        Some(match chosen.name() {
            "connector" => Self::Connector(chosen.below()?),
            "inPerson" => Self::InPerson,
            "takesIntroductions" => Self::TakesIntroductions,
            _ => return None,
        })
    }

    fn write(&self, way: &Way, json: &mut Json) {
        match self {
            Self::Connector(plan) => plan.write(&way.connector, json),
            Self::InPerson => json.plain(&way.in_person),
            Self::TakesIntroductions => json.plain(&way.takes_introductions),
        }
    }
}

/// What shows of a member in any case.
pub(super) enum CardFields {
    Id,
    Handle,
    Name,
    Headline,
    AvatarUrl,
    TakesIntroductions(Timestamp),
    RelationToViewer,
}

impl<'a> Fields<'a> for CardFields {
    type Of = Member;
    type Value<'v> = Seen;

    fn of(chosen: &Chosen<'a, '_>) -> Option<Self> {
        Some(match chosen.name() {
            "id" => Self::Id,
            "handle" => Self::Handle,
            "name" => Self::Name,
            "headline" => Self::Headline,
            "avatarUrl" => Self::AvatarUrl,
            "takesIntroductions" => Self::TakesIntroductions(chosen.gql().ctx().ok()?.now),
            "relationToViewer" => Self::RelationToViewer,
            _ => return None,
        })
    }

    fn write(&self, seen: &Seen, json: &mut Json) {
        match self {
            Self::Id => json.plain(&*seen.id.to_global()),
            Self::Handle => json.plain(&seen.card.handle),
            Self::Name => json.plain(&seen.card.name),
            Self::Headline => json.plain(&seen.card.headline),
            Self::AvatarUrl => json.plain(&seen.card.avatar_url),
            Self::TakesIntroductions(now) => json.plain(&seen.card.takes_introductions(*now)),
            Self::RelationToViewer => json.value(&enum_value(RelationToViewer::of(seen.relation))),
        }
    }
}

/// The same of somebody in the network, and whom the viewer and they have in common.
pub(super) enum PersonFields<'a> {
    Card(CardFields),
    Mutuals(Window, Plan<'a, ConnectionFields<'a, MemberEdgeFields<'a>>>),
}

pub(super) struct Person<'v> {
    seen: &'v Seen,
    mutuals: &'v [Seen],
}

impl<'a> Fields<'a> for PersonFields<'a> {
    type Of = Member;
    type Value<'v> = Person<'v>;

    fn of(chosen: &Chosen<'a, '_>) -> Option<Self> {
        if chosen.name() != "mutuals" {
            return CardFields::of(chosen).map(Self::Card);
        }
        let first = chosen.argument::<i32>("first", Some(|| 20))?;
        if chosen.argument::<Option<String>>("after", None)?.is_some() {
            return None;
        }
        let plan: Plan<'_, ConnectionFields<'_, MemberEdgeFields<'_>>> = chosen.below()?;
        let counts = plan.fields().any(|field| matches!(field, ConnectionFields::TotalCount));
        let total = if counts { Total::Wanted } else { Total::Skipped };
        Some(Self::Mutuals(Window::new(Some(first), None, total).ok()?, plan))
    }

    fn write(&self, person: &Person<'_>, json: &mut Json) {
        match self {
            Self::Card(field) => field.write(person.seen, json),
            Self::Mutuals(window, plan) => plan.write(&Mutual::list(person.mutuals, window), json),
        }
    }
}

pub(super) enum MemberEdgeFields<'a> {
    Cursor,
    Node(Plan<'a, CardFields>),
}

/// Somebody whom the viewer and another have in common.
pub(super) struct Mutual<'v>(&'v Seen);

impl<'v> Mutual<'v> {
    /// The part of them that the window wants.
    fn list(mutuals: &'v [Seen], window: &Window) -> List<Self> {
        let rows = mutuals.iter().take(window.first).map(Self).collect();
        // At most 1,000.
        let total = network::mutuals_total(mutuals, window);
        List { rows, has_next: mutuals.len() > window.first, total_count: total.map(|total| total as i32) }
    }
}

impl Placed for Mutual<'_> {
    fn cursor(&self) -> Cow<'_, str> {
        Cow::Owned(network::mutual_cursor(self.0))
    }
}

impl<'a> Fields<'a> for MemberEdgeFields<'a> {
    type Of = MemberEdge;
    type Value<'v> = Mutual<'v>;

    fn of(chosen: &Chosen<'a, '_>) -> Option<Self> {
        Some(match chosen.name() {
            "cursor" => Self::Cursor,
            "node" => Self::Node(chosen.below()?),
            _ => return None,
        })
    }

    fn write(&self, mutual: &Mutual<'_>, json: &mut Json) {
        match self {
            Self::Cursor => json.plain(&mutual.cursor()),
            Self::Node(plan) => plan.write(mutual.0, json),
        }
    }
}

impl<'a> Edge<'a> for MemberEdgeFields<'a> {
    type Connection = MemberConnection;
    type Node = CardFields;

    fn write_node(plan: &Plan<'a, CardFields>, mutual: &Mutual<'_>, json: &mut Json) {
        plan.write(mutual.0, json);
    }
}

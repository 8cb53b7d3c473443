//! Worked examples: each says what an answer may hold, and the reader can count along.

use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema, SimpleObject, parser::parse_query, value};

use super::*;

const SDL: &str = r#"
    schema { query: Root mutation: Change }
    type Root { viewer: Viewer node(id: ID!): Node nodes(ids: [ID!]!): [Node]! found: Found }
    type Change { endTie(id: ID!): Viewer }
    type Subscription { changed: Viewer! }
    type Viewer {
        member: Member!
        ties(state: String, first: Int, after: String): TieConnection!
        network(first: Int = 20, after: String): NetworkConnection!
    }
    type TieConnection { nodes: [Member!]! totalCount: Int }
    type NetworkConnection { edges: [NetworkEdge!]! nodes: [Member!]! pageInfo: PageInfo! }
    type NetworkEdge { cursor: String! node: Member! routes(first: Int = 3): [Route!]! }
    type PageInfo { endCursor: String }
    type Route { connector: Member! inPerson: Boolean! }
    type Member implements Node { id: ID! name: String! skills: [String!]! mutuals(first: Int): NetworkConnection! }
    interface Node { id: ID! }
    union Found = Member | Route
"#;

fn estimate(document: &str, variables: async_graphql::Value) -> Estimate {
    let document = parse_query(document).expect("the example parses");
    Costs::of_schema(SDL).estimate(&document, None, &Variables::from_value(variables))
}

fn cost(document: &str) -> u64 {
    estimate(document, value!({})).cost
}

#[test]
fn an_object_costs_one_and_what_is_no_object_nothing() {
    assert_eq!(cost("{ viewer { member { id name skills } } }"), 2);
    assert_eq!(cost("{ node(id: 1) { id } }"), 1);
    assert_eq!(cost("{ found { ... on Route { connector { id } } } }"), 2);
    assert_eq!(cost("mutation { endTie(id: 1) { member { id } } }"), 2);
    assert_eq!(cost("subscription { changed { member { id } } }"), 2);
}

#[test]
fn introspection_is_free() {
    assert_eq!(
        cost("{ __typename __schema { types { fields { type { ofType { name } } } } } __type(name: 1) { name } }"),
        0
    );
    assert_eq!(cost("{ viewer { __typename } }"), 1);
}

#[test]
fn a_page_costs_its_size_however_it_is_wrapped() {
    assert_eq!(cost("{ viewer { ties(first: 7) { nodes { id } } } }"), 1 + 7);
    assert_eq!(cost("{ viewer { network(first: 7) { edges { cursor node { id } } pageInfo { endCursor } } } }"), 1 + 7);
    assert_eq!(cost("{ viewer { network(first: 7) { edges { node { id } } nodes { id } } } }"), 1 + 7 + 7);
    assert_eq!(cost("{ viewer { ties(first: 100) { totalCount } } }"), 1);
}

#[test]
fn lists_within_lists_multiply() {
    let two = "{ viewer { network(first: 50) { nodes { mutuals(first: 10) { nodes { id } } } } } }";
    assert_eq!(
        estimate(two, value!({})),
        Estimate { cost: 1 + 50 + 500, costliest: "viewer.network.nodes.mutuals".into() }
    );
    let routes = "{ viewer { network(first: 10) { edges { node { id } routes { connector { id } } } } } }";
    // Ten people, three routes to each, one connector on each.
    assert_eq!(
        estimate(routes, value!({})),
        Estimate { cost: 1 + 10 + 30 + 30, costliest: "viewer.network.edges.routes".into() }
    );
}

#[test]
fn the_costliest_list_is_the_one_to_shorten() {
    let outer = "{ viewer {
        t: ties(first: 50) { nodes { mutuals(first: 1) { totalCount } } }
        network(first: 9) { nodes { id } } } }";
    assert_eq!(estimate(outer, value!({})).costliest, "viewer.t");
    let inner = "{ viewer { network(first: 3) { edges { node { id } routes(first: 1) { connector { id } } } } } }";
    assert_eq!(estimate(inner, value!({})).costliest, "viewer.network.edges.routes");
    assert_eq!(estimate("{ viewer { member { id } } }", value!({})).costliest, "");
}

#[test]
fn a_page_without_a_size_has_the_default_of_variable_then_argument_then_service() {
    let document = "query($n: Int = 5) { viewer { network(first: $n) { nodes { id } } } }";
    assert_eq!(estimate(document, value!({ "n": 30 })).cost, 1 + 30);
    assert_eq!(estimate(document, value!({})).cost, 1 + 5);
    assert_eq!(estimate(document, value!({ "n": null })).cost, 1 + 20);
    assert_eq!(cost("query($n: Int) { viewer { network { edges { routes(first: $n) { inPerson } } } } }"), 1 + 20 * 3);
    assert_eq!(cost("{ viewer { network { edges { routes { inPerson } } } } }"), 1 + 20 * 3);
    assert_eq!(cost("{ viewer { network { edges { routes(first: null) { inPerson } } } } }"), 1 + 20 * 20);
    assert_eq!(cost("{ viewer { ties { nodes { id } } } }"), 1 + 20);
}

#[test]
fn a_size_out_of_bounds_counts_as_the_nearest_bound() {
    for (first, nodes) in
        [("0", 1), ("-5", 1), ("1", 1), ("100", 100), ("101", 100), ("99999999999999999999", 100), ("1e9", 100)]
    {
        assert_eq!(
            cost(&format!("{{ viewer {{ ties(first: {first}) {{ nodes {{ id }} }} }} }}")),
            1 + nodes,
            "{first}"
        );
    }
}

#[test]
fn ids_count_one_by_one() {
    assert_eq!(
        cost("{ nodes(ids: [1, 2, 3]) { id ... on Member { mutuals(first: 2) { nodes { id } } } } }"),
        3 + 3 * 2
    );
    let document = "query($ids: [ID!]!, $id: ID) { nodes(ids: $ids) { id } more: nodes(ids: [$id, $id]) { id } }";
    assert_eq!(estimate(document, value!({ "ids": ["a", "b", "c", "d"] })).cost, 4 + 2);
    assert_eq!(estimate(document, value!({ "ids": "a" })).cost, 1 + 2);
    assert_eq!(cost("{ nodes(ids: []) { id } }"), 0);
}

#[test]
fn a_fragment_costs_where_it_is_spread_and_an_alias_costs_again() {
    let document = "{ viewer { a: ties(first: 2) { ...F } b: ties(first: 3) { ...F ... { nodes { id } } } } }
        fragment F on TieConnection { nodes { ...M } } fragment M on Member { mutuals(first: 10) { nodes { id } } }";
    let expected = 1 + 2 * (1 + 10) + 3 * (1 + 10 + 1);
    assert_eq!(estimate(document, value!({})), Estimate { cost: expected, costliest: "viewer.b.nodes.mutuals".into() });
}

#[test]
fn what_is_skipped_still_counts() {
    assert_eq!(cost("{ viewer @skip(if: true) { member { id } } }"), 2);
}

#[test]
fn what_the_engine_will_refuse_costs_nothing_and_harms_nothing() {
    assert_eq!(
        cost("{ viewer { nothing(first: 100) { member { id } } ...Missing ... on Nobody { member { id } } } }"),
        1
    );
    assert_eq!(cost("{ viewer { ...F } } fragment F on Viewer { member { id } ...F }"), 2);
}

#[test]
fn only_the_operation_that_runs_is_estimated() {
    let document =
        parse_query("query A { viewer { member { id } } } query B { node(id: 1) { id } }").expect("it parses");
    let costs = Costs::of_schema(SDL);
    let of = |name| costs.estimate(&document, name, &Variables::default()).cost;
    assert_eq!([of(Some("A")), of(Some("B")), of(Some("C")), of(None)], [2, 1, 0, 0]);
}

#[test]
fn the_largest_document_the_guard_lets_through_fits_a_worker_s_stack_and_saturates() {
    let deep = "mutuals { nodes { ".repeat(5);
    let links: String = (0..48)
        .map(|i| format!("fragment f{i} on Member {{ {deep} ...f{n} {close} }} ", n = i + 1, close = "}".repeat(10)))
        .collect();
    let document = format!("{{ viewer {{ member {{ ...f0 }} }} }} {links} fragment f48 on Member {{ id }}");
    assert_eq!(crate::http::guard::check(&document, &Default::default()), Ok(()));
    assert_eq!(cost(&document), u64::MAX);
}

#[test]
fn a_bomb_of_fragments_is_walked_once() {
    let links: String = (0..60).map(|i| format!("fragment f{i} on Viewer {{ ...f{n} ...f{n} }} ", n = i + 1)).collect();
    assert_eq!(
        cost(&format!("{{ viewer {{ ...f0 }} }} {links} fragment f60 on Viewer {{ member {{ id }} }}")),
        1 + (1 << 60)
    );
}

#[test]
fn the_definition_the_engine_writes_is_understood() {
    #[derive(SimpleObject)]
    struct Dog {
        name: String,
    }
    struct Query;
    /// Described.
    #[Object]
    impl Query {
        /// So is this.
        async fn dogs(&self, #[graphql(default = 4)] first: i32) -> Vec<Dog> {
            (0..first).map(|_| Dog { name: "Rex".into() }).collect()
        }
    }
    let costs = Costs::of_schema(&Schema::new(Query, EmptyMutation, EmptySubscription).sdl());
    let document = parse_query("{ dogs { name } }").expect("it parses");
    assert_eq!(costs.estimate(&document, None, &Variables::default()), Estimate { cost: 4, costliest: "dogs".into() });
}

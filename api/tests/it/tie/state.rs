//! Every tie there can be, as one of its two sees it: by its node, and by the list of its state. The database's filter
//! and the policy are two writings of one rule; here they are compared with each other and with the rule told anew.

use std::collections::HashMap;

use domain::ctx::days;
use domain::id::{MemberId, TieId};
use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, TieRow, World, listed};

const STATES: [&str; 6] = ["PENDING", "ACTIVE", "ENDED", "DECLINED", "WITHDRAWN", "EXPIRED"];
const ANSWERS: [&str; 3] = ["NONE", "YES", "NO"];

/// What `product.md` says the viewer (`one`) sees of a tie.
fn expected(tie: &TieRow, is_over: bool) -> Option<&'static str> {
    let by_viewer = tie.begun_by == Some(tie.one);
    let waiting = if is_over { "EXPIRED" } else { "PENDING" };
    match tie.state {
        "ACTIVE" => Some("ACTIVE"),
        "ENDED" => Some("ENDED"),
        _ if by_viewer => None,
        "WITHDRAWN" => Some("WITHDRAWN"),
        "DECLINED" if tie.answer_of_one == "NO" => Some("DECLINED"),
        _ => Some(waiting),
    }
}

/// One tie of `viewer` for each combination, with a member of the crowd each.
fn combinations(world: &World, viewer: MemberId, crowd: &[MemberId]) -> Vec<(TieRow, bool)> {
    let now = world.system().now;
    let mut others = crowd.iter();
    let mut ties = Vec::new();
    for state in STATES {
        for (answer_of_one, answer_of_other) in ANSWERS.iter().flat_map(|one| ANSWERS.map(|other| (*one, other))) {
            if state == "ACTIVE" && (answer_of_one, answer_of_other) != ("YES", "YES") {
                continue;
            }
            for is_over in [false, true] {
                for begun in 0..3 {
                    let other = *others.next().expect("the crowd is large enough");
                    let begun_by = [None, Some(viewer), Some(other)][begun];
                    let expires_at = if is_over { now.before(days(1)) } else { now.after(days(1)) };
                    let id = TieId::fresh();
                    ties.push((
                        TieRow { id, one: viewer, other, answer_of_one, answer_of_other, state, begun_by, expires_at },
                        is_over,
                    ));
                }
            }
        }
    }
    ties
}

/// The states of the ties of each list, by id.
async fn listed_states(viewer: &Person) -> HashMap<String, String> {
    let mut found = HashMap::new();
    for state in STATES {
        let (mut after, mut counted) = (Value::Null, 0);
        loop {
            let document = "query($s: TieState!, $c: String) { viewer { ties(state: $s, first: 100, after: $c) {
                totalCount pageInfo { hasNextPage endCursor } nodes { id state } } } }";
            let page = viewer.run(document, json!({"s": state, "c": after})).await["viewer"]["ties"].clone();
            for node in page["nodes"].as_array().expect("nodes") {
                assert_eq!(node["state"], state, "a list holds ties of its own state");
                let earlier = found.insert(node["id"].as_str().expect("an id").to_owned(), state.to_owned());
                assert_eq!(earlier, None, "a tie stands in one list");
                counted += 1;
            }
            if page["pageInfo"]["hasNextPage"] == false {
                assert_eq!(page["totalCount"], counted, "{state}");
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }
    found
}

/// The states of these ties as nodes.
async fn node_states(viewer: &Person, ids: &[String]) -> HashMap<String, String> {
    let mut found = HashMap::new();
    for some in ids.chunks(100) {
        let data = viewer
            .run("query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Tie { state } } }", json!({"ids": some}))
            .await;
        for (id, node) in some.iter().zip(data["nodes"].as_array().expect("nodes")) {
            if let Some(state) = node["state"].as_str() {
                assert_eq!(node["id"], *id, "in the order asked for");
                found.insert(id.clone(), state.to_owned());
            }
        }
    }
    found
}

fn global(id: TieId) -> String {
    use base64::Engine;
    format!("tie_{}", base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(id.0))
}

story! {
    async fn lists_and_nodes_agree_on_every_tie_there_can_be(world: World) {
        // The viewer is the last of one crowd and the first of the other, so that theirs is either end of the pair.
        let names: Vec<String> = (1..=300).map(|number| number.to_string()).collect();
        let ids: Vec<&str> = names.iter().map(String::as_str).collect();
        world.import(listed("before", &ids, &[])).await;
        let [ana] = world.people(["ana"]).await;
        world.import(listed("after", &ids, &[])).await;
        let mut ties = Vec::new();
        for slug in ["before", "after"] {
            let mut crowd = Vec::new();
            for name in &names {
                let id = domain::member::by_handle(&world.kith, &format!("{slug}-{name}")).await.expect("the database answers");
                crowd.push(id.expect("such a member"));
            }
            ties.extend(combinations(&world, ana.id, &crowd));
        }
        assert!(ties.iter().any(|(tie, _)| tie.one < tie.other) && ties.iter().any(|(tie, _)| tie.one > tie.other));
        let (active, closed): (Vec<TieRow>, Vec<TieRow>) = ties.iter().map(|(tie, _)| *tie).partition(|tie| tie.state == "ACTIVE");
        world.put_ties(&active).await;
        world.put_ties(&closed).await;

        let (all, lists) = (ties.iter().map(|(tie, _)| global(tie.id)).collect::<Vec<_>>(), listed_states(&ana).await);
        let nodes = node_states(&ana, &all).await;
        for (tie, is_over) in &ties {
            let (id, expected) = (global(tie.id), expected(tie, *is_over));
            assert_eq!(lists.get(&id).map(String::as_str), expected, "in the lists: {tie:?}");
            assert_eq!(nodes.get(&id).map(String::as_str), expected, "as a node: {tie:?}");
        }
        assert_eq!(lists.len(), ties.iter().filter(|(tie, is_over)| expected(tie, *is_over).is_some()).count());
    }
}

//! The number of SQL statements of a community's lists does not grow with their length, with a cold cache or a warm one.

use domain::cache::Cache;
use domain::community::{self, NewCommunity};
use domain::ctx::{Ctx, Viewer};
use domain::gathering::{self, NewGathering};
use domain::goal::{self, NewGoal};
use domain::id::CommunityId;
use serde_json::{Value, json};

use crate::statements::{fewest, none_grows};
use crate::support::{Database, Person, World, listed};

const SHORT: usize = 5;
const LONG: usize = 40;

/// Each list, as a document over `$n` rows of the community `$id`, and where its rows stand in the answer.
const LISTS: [(&str, &str); 8] = [
    (
        "community(by: {id: $id}) { members(first: $n) { totalCount edges { relationToViewer node { id name role invitedBy { name } vouchers { name } member { name bio skills relationToViewer communities(first: 3) { nodes { name memberCount } } } community { name memberCount charter { purpose } } } } } }",
        "/community/members/edges",
    ),
    (
        "community(by: {id: $id}) { goals(first: $n) { totalCount nodes { id outcome proposer { name } understanding { endorsed required } community { name } } } }",
        "/community/goals/nodes",
    ),
    (
        "community(by: {id: $id}) { gatherings(first: $n) { totalCount nodes { id title plannedBy { name } goal { outcome } replyCount attendeeCount viewerReply viewerAttended } } }",
        "/community/gatherings/nodes",
    ),
    (
        "community(by: {id: $id}) { auditTrail(first: $n) { nodes { action actor { name } subject { name } } } }",
        "/community/auditTrail/nodes",
    ),
    (
        "viewer { memberships(first: $n) { totalCount nodes { role community { name skills memberCount charter { purpose writtenBy { name } } viewerMembership { id } } } } }",
        "/viewer/memberships/nodes",
    ),
    (
        "viewer { goals(first: $n) { nodes { outcome understanding { endorsed } community { name } } } }",
        "/viewer/goals/nodes",
    ),
    ("viewer { gatherings(first: $n) { nodes { title replyCount community { name } } } }", "/viewer/gatherings/nodes"),
    (
        "communities(first: $n) { totalCount nodes { name skills memberCount charter { purpose agreements } viewerMembership { role } } }",
        "/communities/nodes",
    ),
];

/// `me` and one community of theirs, whose every list has so many rows; they belong to as many, all of which are live.
async fn stage(world: &World, size: usize) -> (Person, String) {
    let names: Vec<String> = (0..=size).map(|number| number.to_string()).collect();
    let ids: Vec<&str> = names.iter().map(String::as_str).collect();
    let ties: Vec<(&str, &str)> = ids[1..].iter().map(|other| ("0", *other)).collect();
    world.import(listed("the", &ids, &ties)).await;
    let me = world.person("the-0").await;
    let ctx = Ctx::new(&world.kith, Viewer::Member(me.id));
    let mut communities: Vec<CommunityId> = Vec::new();
    for number in 0..size {
        let skills = vec!["Gardening".to_owned()];
        let new = NewCommunity { name: format!("Number {number}"), skills, ..NewCommunity::default() };
        communities.push(community::form(&ctx, new).await.expect("formed").id);
        // Launching each by its founders would take a while.
        world.execute("UPDATE community SET stage = 'LIVE', launched_at = created_at").await;
    }
    let id = communities[0];
    world.execute("UPDATE community SET stage = 'FORMING' WHERE name = 'Number 0'").await;
    for other in ids.iter().skip(1) {
        let other = world.person(&format!("the-{other}")).await;
        let invited = community::invite(&ctx, id, other.id, None).await.expect("invited");
        community::accept(&Ctx::new(&world.kith, Viewer::Member(other.id)), invited.community, None).await.expect("in");
    }
    world.execute("UPDATE community SET stage = 'LIVE', launched_at = created_at WHERE name = 'Number 0'").await;
    for number in 0..size {
        let new = NewGoal { outcome: format!("Goal number {number}"), measure: None, due_on: None };
        let goal = goal::propose(&ctx, id, new).await.expect("proposed").id;
        let new = NewGathering {
            title: format!("Soup {number}"),
            details: None,
            place: "The yard".to_owned(),
            zone: "Europe/Lisbon".to_owned(),
            starts_at: ctx.now.after(domain::ctx::days(number as u64 + 1)),
            ends_at: ctx.now.after(domain::ctx::days(number as u64 + 2)),
            goal: Some(goal),
        };
        gathering::plan(&ctx, id, new).await.expect("planned");
    }
    let slug = "{ viewer { memberships(first: 100) { nodes { community { id name } } } } }";
    let nodes = me.query(slug).await["viewer"]["memberships"]["nodes"].clone();
    let found = nodes.as_array().into_iter().flatten().find(|node| node["community"]["name"] == "Number 0");
    let id = found.expect("the community")["community"]["id"].as_str().expect("an id").to_owned();
    (me, id)
}

/// How many statements each list takes: the fewest of several tries, since the relay counts in the same book.
async fn statements(cache: Cache, size: usize) -> Vec<(&'static str, u64)> {
    let world = World::start(Database::sqlite(), cache).await;
    let (me, id) = stage(&world, size).await;
    let mut taken = Vec::new();
    for (body, pointer) in LISTS {
        let declared = if body.contains("$id") { "$n: Int!, $id: ID!" } else { "$n: Int!" };
        let document = format!("query({declared}) {{ {body} }}");
        let variables = if body.contains("$id") { json!({"n": size, "id": id}) } else { json!({"n": size}) };
        let (statements, data) = fewest(&world, &me, &document, &variables).await;
        let rows = data.pointer(pointer).and_then(Value::as_array).map(Vec::len);
        assert_eq!(rows, Some(size), "{pointer}: a full page, {data}");
        taken.push((pointer, statements));
    }
    taken
}

async fn compare(cache: fn() -> Cache) {
    let (short, long) = tokio::join!(statements(cache(), SHORT), statements(cache(), LONG));
    none_grows(&short, &long);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_longer_page_of_a_community_takes_no_more_statements() {
    compare(Cache::off).await;
    compare(Cache::local).await;
}

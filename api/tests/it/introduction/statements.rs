//! The number of SQL statements of what people ask of one another does not grow with a page, with a cold cache or a warm one.

use domain::ask::{self, Naming, NewAsk};
use domain::cache::Cache;
use domain::conversation;
use domain::ctx::{Ctx, Viewer};
use domain::introduction::{self, NewIntroduction};
use serde_json::{Value, json};

use crate::statements::{fewest, none_grows};
use crate::support::{Database, Person, World, listed};

const SHORT: usize = 5;
const LONG: usize = 40;

/// Each list, as the fields of a viewer over `$n` rows, and where its rows stand in the answer.
fn lists() -> Vec<(String, &'static str)> {
    let three = "state awaitsViewer reason myOutcome requester { name headline relationToViewer } connector { name relationToViewer }
        target { name bio relationToViewer } goal { outcome } conversation { id unreadCount participants { member { name } } lastMessage { text } }";
    let nomination = "state need asker { name } nominator { name } nominee { name relationToViewer } ask { id state asker { name } matches { name } } conversation { id }";
    let node = "... on Introduction { state target { name } } ... on Conversation { unreadCount } ... on Nomination { need nominator { name } }
        ... on Tie { state other { name } introduction { state } } ... on Membership { state }";
    let introductions = |role: &str| {
        format!("introductions(as: {role}, first: $n) {{ totalCount edges {{ cursor node {{ id {three} }} }} }}")
    };
    vec![
        (introductions("REQUESTER"), "/viewer/introductions/edges"),
        (introductions("CONNECTOR"), "/viewer/introductions/edges"),
        (introductions("TARGET"), "/viewer/introductions/edges"),
        (
            "asks(direction: FOR_ME, first: $n) { totalCount nodes { need skills asker { name relationToViewer } goal { outcome } community { name } matches { name skills } } }".to_owned(),
            "/viewer/asks/nodes",
        ),
        (
            "asks(direction: MINE, first: $n) { totalCount nodes { need state asker { name } matches { name } } }".to_owned(),
            "/viewer/asks/nodes",
        ),
        (format!("nominations(as: NOMINATOR, first: $n) {{ totalCount nodes {{ {nomination} }} }}"), "/viewer/nominations/nodes"),
        (format!("nominations(as: NOMINEE, first: $n) {{ totalCount nodes {{ {nomination} }} }}"), "/viewer/nominations/nodes"),
        (
            "conversations(first: $n) { totalCount edges { cursor node { kind muted unreadCount lastMessage { text author { name } conversation { id } } participants { readAt member { name relationToViewer } } introduction { state target { name } } nomination { state } } } }".to_owned(),
            "/viewer/conversations/edges",
        ),
        (format!("notifications(first: $n) {{ totalCount nodes {{ kind deepLink readAt node {{ id {node} }} }} }}"), "/viewer/notifications/nodes"),
        ("ties(state: PENDING, first: $n) { totalCount nodes { evidence introduction { state requester { name } } other { name } } }".to_owned(), "/viewer/ties/nodes"),
    ]
}

/// `me`, every one of whose lists has so many rows; `hub`, whom they know; ties of theirs, and of hers.
async fn stage(world: &World, size: usize) -> Person {
    let of = |kind: &str| (1..=size).map(|number| format!("{kind}-{number}")).collect::<Vec<String>>();
    let (mine, hers) = (of("m"), of("h"));
    let mut ids = vec!["me", "hub"];
    ids.extend(mine.iter().chain(&hers).map(String::as_str));
    let mut ties = vec![("me", "hub")];
    ties.extend(mine.iter().map(|one| ("me", one.as_str())).chain(hers.iter().map(|one| ("hub", one.as_str()))));
    let mut import = listed("the", &ids, &ties);
    import.people.iter_mut().for_each(|person| person.skills = vec!["Tuning".to_owned()]);
    world.import(import).await;
    world.execute("UPDATE member SET as_connector = 100, as_target = 100").await;
    let me = world.person("the-me").await;
    let hub = world.person("the-hub").await;
    let as_member = |person: &Person| Ctx::new(&world.kith, Viewer::Member(person.id));
    let (as_me, as_hub) = (as_member(&me), as_member(&hub));
    let to = |target: &Person, connector: &Person| NewIntroduction {
        target: target.id,
        connector: connector.id,
        reason: "We bake.".to_owned(),
        goal: None,
    };
    let asking = || NewAsk {
        need: "Who tunes?".to_owned(),
        skills: vec!["Tuning".to_owned()],
        goal: None,
        community: None,
        naming: Naming::Named,
        days: 30,
    };
    let mut people = Vec::new();
    for (mine, hers) in mine.iter().zip(&hers) {
        people.push((world.person(&format!("the-{mine}")).await, world.person(&format!("the-{hers}")).await));
    }
    for (number, (one, other)) in people.iter().enumerate() {
        let (as_one, as_other) = (as_member(one), as_member(other));
        let theirs = introduction::request(&as_other, to(&me, &hub)).await.expect("asked");
        introduction::pass_on(&as_hub, theirs.id, "Meet.").await.expect("passed on");
        let own = introduction::request(&as_me, to(other, &hub)).await.expect("asked");
        introduction::pass_on(&as_hub, own.id, "Meet.").await.expect("passed on");
        introduction::accept(&as_other, own.id).await.expect("accepted");
        let opened = conversation::of_introductions(&as_other, &[own.id]).await.expect("the database answers");
        let id = *opened.get(&own.id).expect("a conversation");
        conversation::send(&as_other, id, own.id.0, "Hello").await.expect("said");
        let next = &people[(number + 1) % size].0;
        introduction::request(&as_one, to(next, &me)).await.expect("asked");
        let asked = ask::create(&as_one, asking()).await.expect("opened");
        ask::nominate(&as_me, asked.id, next.id, None).await.expect("named");
        let asked = ask::create(&as_other, asking()).await.expect("opened");
        ask::nominate(&as_hub, asked.id, me.id, None).await.expect("named");
        let own = ask::create(&as_me, asking()).await.expect("opened");
        ask::close(&as_me, own.id).await.expect("closed");
    }
    me
}

/// How many statements each list takes: the fewest of several tries, since the relay counts in the same book.
async fn statements(cache: Cache, size: usize) -> Vec<(String, u64)> {
    let world = World::start(Database::sqlite(), cache).await;
    let me = stage(&world, size).await;
    let mut taken = Vec::new();
    for (fields, pointer) in lists() {
        let document = format!("query($n: Int!) {{ viewer {{ {fields} }} }}");
        let (statements, data) = fewest(&world, &me, &document, &json!({"n": size})).await;
        let rows = data.pointer(pointer).and_then(Value::as_array).map(Vec::len);
        assert_eq!(rows, Some(size), "{fields}: a full page, {data}");
        taken.push((fields.chars().take(40).collect(), statements));
    }
    taken
}

async fn compare(cache: fn() -> Cache) {
    let (short, long) = tokio::join!(statements(cache(), SHORT), statements(cache(), LONG));
    none_grows(&short, &long);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_longer_page_of_introductions_asks_or_messages_takes_no_more_statements() {
    compare(Cache::off).await;
    compare(Cache::local).await;
}

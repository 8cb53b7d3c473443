//! The example of a partner, run against a real server: its list, its copy of the roster, its webhooks.

#[path = "../../../examples/partner/receive.rs"]
mod receive;
#[path = "../../../examples/partner/sync.rs"]
mod sync;

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use tokio::sync::mpsc;

use self::receive::{follow, serve};
use self::sync::{Partner, load, sync};
use crate::support::{World, text, until};

/// What the partner calls those on its copy of the roster, each with their name.
fn copied(list: &Path) -> Vec<(String, String)> {
    let roster = load(&list.with_extension("roster.json")).expect("a copy of the roster");
    let mut people: Vec<(String, String)> =
        roster.people.into_values().map(|person| (person.id.unwrap_or_default(), person.name)).collect();
    people.sort();
    people
}

fn ours(name: &str) -> (String, String) {
    (String::new(), name.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_register_keeps_its_list_and_the_roster_equal() {
    let world = World::on_sqlite().await;
    let [ana, bela, cleo, dina, ema, fred] = &world.people(["ana", "bela", "cleo", "dina", "ema", "fred"]).await;
    let id = world.live([ana, bela, cleo, dina, ema], "INVITATION").await;
    let (bearer, _) = world.partner(ana, &id, &["ROSTER_READ", "ROSTER_WRITE"]).await;
    let asking =
        |token: Option<String>| Partner::new(&format!("{}/graphql", world.address), &token.unwrap_or_default());
    let partner = asking(bearer.token.clone());
    let folder = tempfile::tempdir().expect("a folder");
    let list = folder.path().join("people.csv");
    let write = |rows: &str| std::fs::write(&list, format!("id,email,active\n{rows}")).expect("the list is written");
    write("f1,fred@example.org,true\ng2,gina@example.org,true\nh3,nowhere,true\n");
    let done = sync(&partner, &list).await.expect("a sync");
    assert_eq!((done.outcomes["INVITED"], done.outcomes["INVALID"], done.people), (2, 1, 5));
    assert!(done.wrong[0].starts_with("h3: "), "{:?}", done.wrong);
    assert!(done.to_string().ends_with("5 people are on the roster"), "{done}");

    let hook = json!({"communityId": id, "url": "http://127.0.0.1:9/hook", "events": ["MEMBER_JOINED", "MEMBER_LEFT"]});
    let made = ana.done("createWebhook", "webhook { id } secret", hook).await;
    let (told, events) = mpsc::channel(100);
    let (server, address) = serve(&text(&made["secret"]), "127.0.0.1:0", told).expect("a receiver");
    let handle = server.handle();
    tokio::spawn(server);
    let moved = json!({"webhookId": made["webhook"]["id"], "url": format!("http://{address}/hook")});
    ana.done("updateWebhook", "webhook { url }", moved).await;
    let forged = world.client.post(format!("http://{address}/hook")).header("webhook-id", "evt_1");
    let forged = forged.header("webhook-timestamp", "1795629600").header("webhook-signature", "v1,AAAA").body("{}");
    assert_eq!(forged.send().await.expect("an answer").status().as_u16(), 401);

    let path = list.clone();
    let following = tokio::spawn(async move { follow(&partner, &path, events).await });
    fred.done("acceptInvitation", "__typename", json!({"communityId": id, "charterVersion": 1})).await;
    let fred_too = || copied(&list).contains(&("f1".to_owned(), "fred".to_owned()));
    until("fred is on the copy", Duration::from_secs(30), async || fred_too()).await;
    bela.leave(&id).await;
    until("bela is not", Duration::from_secs(30), async || !copied(&list).contains(&ours("bela"))).await;
    handle.stop(true).await;
    following.abort();

    write("f1,fred@example.org,false\ng2,gina@example.org,true\n");
    let done = sync(&asking(bearer.token), &list).await.expect("a sync");
    assert_eq!((done.outcomes["ENDED"], done.outcomes["UNCHANGED"]), (1, 1));
    assert_eq!(copied(&list), ["ana", "cleo", "dina", "ema"].map(ours), "what the list ended is gone");
    let (other, _) = world.partner(ana, &id, &["HEALTH_READ"]).await;
    let told = sync(&asking(other.token), &list).await.expect_err("a scope is missing");
    assert!(told.contains("ROSTER_WRITE"), "{told}");
}

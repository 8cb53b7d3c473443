//! Leaving: hidden at once, back within fourteen days; and the archive, fetched once.

use std::time::Duration;

use super::*;
use crate::story;
use crate::support::{Database, Reply, refusals, until};

const DELETE: &str = "mutation { deleteAccount(input: {withoutExport: true}) { deletedAt userErrors { code } } }";

/// The address of somebody's archive, once it is ready, on this server.
async fn archive_of(world: &World, person: &Person) -> String {
    let asked = person
        .mutate("mutation { exportAccount(input: {}) { export { state url } userErrors { code } } }", json!({}))
        .await;
    assert_eq!(asked, json!({"export": {"state": "PENDING", "url": null}, "userErrors": []}));
    domain::account::make_exports(&world.system()).await.expect("the archive is made");
    let mut url = String::new();
    until("the archive is ready", Duration::from_secs(10), async || {
        let export = person.query("{ viewer { export { state url } } }").await["viewer"]["export"].clone();
        url = export["url"].as_str().unwrap_or_default().to_owned();
        export["state"] == "READY"
    })
    .await;
    let (_, path) = url.split_once("/exports/").expect("an address");
    format!("/exports/{path}")
}

story! {
    async fn who_leaves_is_hidden_at_once_and_back_by_signing_in(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        world.tie([(&ana, &bela), (&bela, &cleo)]).await;
        let phone = signed_in(&world, "bela").await;
        let bela = with(&world, &phone.access);
        assert_eq!((ana.network().await, ana.tied().await), (vec!["cleo".to_owned()], vec!["bela".to_owned()]));
        assert_eq!(refusals(&bela.mutate("mutation { deleteAccount(input: {}) { deletedAt userErrors { code } } }", json!({})).await), ["EXPORT_FIRST"]);
        let deleted = bela.mutate(DELETE, json!({})).await;
        assert!(deleted["deletedAt"].is_string(), "{deleted}");
        assert!(!is_good(&world, &phone.access).await);
        assert_eq!(refusals(&refresh(&world, &phone.refresh).await), ["SESSION_ENDED"]);
        assert_eq!((ana.network().await, ana.tied().await, cleo.tied().await), (vec![], vec![], vec![] as Vec<String>), "and no route runs through her");
        assert_eq!(ana.query("{ member(by: {handle: \"bela\"}) { name } }").await["member"], Value::Null);
        assert_eq!(ana.query("{ viewer { reach { ties network } } }").await["viewer"]["reach"], json!({"ties": 0, "network": 0}));
        let told = world.mailer.kept();
        assert!(told.iter().any(|kept| kept.letter.to == "bela@example.org" && kept.letter.content.kind() == "DeletionScheduled"));

        world.pass_days(13);
        domain::account::delete_due(&world.system()).await.expect("nothing is due");
        ask_code(&world, "bela@example.org").await;
        let back = sign_in(&world, "bela@example.org", &world.code_for("bela@example.org").await).await;
        assert_eq!((&back["restored"], &back["userErrors"]), (&json!(true), &json!([])));
        assert_eq!((ana.network().await, ana.tied().await), (vec!["cleo".to_owned()], vec!["bela".to_owned()]), "as before");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_leaves_is_hidden_on_every_replica() {
    let world = World::on_redis(Database::postgres().await, &crate::support::redis_url()).await;
    let [ana, bela] = world.people(["ana", "bela"]).await;
    world.tie([(&ana, &bela)]).await;
    let other = world.replica().await;
    let ana_there = with(&other, ana.token.as_deref().expect("a token"));
    assert_eq!(ana_there.see(&bela).await["name"], "bela");
    let phone = signed_in(&world, "bela").await;
    with(&world, &phone.access).mutate(DELETE, json!({})).await;
    assert_eq!((ana_there.see(&bela).await, ana_there.tied().await), (Value::Null, vec![]));
    assert!(!is_good(&other, &phone.access).await);
}

story! {
    async fn an_archive_holds_what_was_given_and_is_fetched_once(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        world.tie([(&ana, &bela)]).await;
        ana.mutate("mutation { updateProfile(input: {bio: \"Since 1990.\", skills: [\"Bikes\"], phone: \"+33123456789\"}) { userErrors { code } } }", json!({})).await;
        ana.claim_named(json!({"email": "yan@example.org"})).await;
        let path = archive_of(&world, &ana).await;
        let (before, after) = path.split_at(path.len() - 3);
        for wrong in [format!("{before}AAA"), path.replace("until=", "until=1"), path.replace("/exports/", "/exports/A"), "/exports/x?until=1&signature=x".to_owned(), "/exports/x?until=soon".to_owned(), "/exports/x".to_owned()] {
            let reply = Reply::to(world.path(&wrong)).await;
            assert_eq!((reply.status, reply.text()), (404, ""), "{wrong} {after}");
        }
        let looked = world.client.head(format!("{}{path}", world.address)).send().await.expect("an answer");
        assert_ne!(looked.status(), 200, "to look at an address does not use it up");
        let fetched = join_all((0..50).map(|_| Reply::to(world.path(&path)))).await;
        assert_eq!(fetched.iter().filter(|reply| reply.status == 200).count(), 1, "once");
        let reply = fetched.iter().find(|reply| reply.status == 200).expect("one");
        assert_eq!((reply.header("cache-control"), reply.header("content-disposition")), ("no-store", "attachment; filename=\"kith-export.json\""));
        let archive = reply.json();
        assert_eq!(archive["version"], 1);
        for (pointer, value) in [
            ("/profile/bio", "Since 1990."), ("/profile/skills/0", "Bikes"), ("/profile/phone", "+33123456789"), ("/profile/email", "ana@example.org"),
            ("/ties/0/with/handle", "bela"), ("/ties/0/state", "ACTIVE"), ("/ties/0/note", "from the choir"), ("/claims/1/named", "yan@example.org"), ("/sessions/0/device", "a test"),
        ] {
            assert_eq!(archive.pointer(pointer).and_then(Value::as_str), Some(value), "{pointer}: {archive}");
        }
        assert_eq!(ana.query("{ viewer { export { state url } } }").await["viewer"]["export"], json!({"state": "FETCHED", "url": null}));
        assert_eq!(bela.query("{ viewer { export { state } } }").await["viewer"]["export"], Value::Null);
        let phone = with(&world, &signed_in(&world, "ana").await.access);
        assert!(phone.mutate("mutation { deleteAccount(input: {}) { deletedAt userErrors { code } } }", json!({})).await["deletedAt"].is_string(), "she has it");
    }
}

story! {
    async fn an_archive_and_its_address_do_not_last(world: World) {
        let [ana] = world.people(["ana"]).await;
        let path = archive_of(&world, &ana).await;
        pass(&world, 601);
        assert_eq!(Reply::to(world.path(&path)).await.status, 404, "the address is over");
        world.pass_days(7);
        domain::account::make_exports(&world.system()).await.expect("old ones go");
        assert_eq!(world.count("account_export", &[]).await, 0);
        assert_eq!(ana.query("{ viewer { export { state } } }").await["viewer"]["export"], Value::Null);
    }
}

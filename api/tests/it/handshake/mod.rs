//! Handshakes: two phones meet, online or not, with the app or without.

mod late;
mod page;

use futures::future::join_all;
use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, World, refusals};

/// Shows a code.
async fn show(person: &Person) -> String {
    let document = "mutation { openHandshake(input: {context: NEIGHBOUR, note: \"the street fair\"}) {
        handshake { code url state expiresAt } userErrors { code } } }";
    let opened = person.mutate(document, json!({})).await;
    assert_eq!((&opened["userErrors"], &opened["handshake"]["state"]), (&json!([]), &json!("OPEN")));
    let code = opened["handshake"]["code"].as_str().expect("a code").to_owned();
    assert!(opened["handshake"]["url"].as_str().is_some_and(|url| url.ends_with(&format!("/h/{code}"))), "{opened}");
    code
}

/// Hands in a scanned code.
async fn scan(person: &Person, code: &str, met_at: Option<String>) -> Value {
    let document = "mutation($code: String!, $at: DateTime) { completeHandshake(input: {code: $code, metAt: $at}) {
        tie { id state evidence context note awaitsViewer metAt receivedAt other { name } } userErrors { code path } } }";
    person.mutate(document, json!({"code": code, "at": met_at})).await
}

/// The state and evidence of this person's first tie.
async fn tied(person: &Person) -> Value {
    let ties = person.query("{ viewer { ties { nodes { state evidence awaitsViewer other { name } } } } }").await;
    ties["viewer"]["ties"]["nodes"].clone()
}

/// How many ties, active ones, and ends there are.
async fn rows(world: &World) -> (i64, i64, i64) {
    let active = [("state", "ACTIVE".into())];
    (world.count("tie", &[]).await, world.count("tie", &active).await, world.count("tie_end", &[]).await)
}

story! {
    async fn who_scans_a_code_is_tied_in_person_at_once(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        let code = show(&ana).await;
        let scanned = scan(&bela, &code, None).await;
        let tie = &scanned["tie"];
        assert_eq!((&scanned["userErrors"], &tie["state"], &tie["evidence"]), (&json!([]), &json!("ACTIVE"), &json!("IN_PERSON")));
        assert_eq!((&tie["context"], &tie["note"], &tie["other"]["name"]), (&json!("NEIGHBOUR"), &json!("the street fair"), &json!("ana")));
        assert!(tie["metAt"].is_string() && tie["receivedAt"].is_string(), "{tie}");
        assert_eq!(tied(&ana).await, json!([{"state": "ACTIVE", "evidence": "IN_PERSON", "awaitsViewer": false, "other": {"name": "bela"}}]));
        assert_eq!(scan(&bela, &code, None).await["tie"]["id"], tie["id"], "a retry gives the same tie");
        assert_eq!(rows(&world).await, (1, 1, 2));
    }
}

story! {
    async fn a_code_is_read_however_it_is_typed(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        let code = show(&ana).await;
        assert_eq!(scan(&bela, &code.to_lowercase().replace('-', " "), None).await["userErrors"], json!([]));
        let code = show(&ana).await;
        assert_eq!(scan(&cleo, &format!("https://kith.example/h/{code}"), None).await["userErrors"], json!([]));
    }
}

story! {
    async fn one_of_fifty_who_scan_at_once_is_tied(world: World) {
        let [ana] = world.people(["ana"]).await;
        let crowd = world.crowd("fair", 50).await;
        let code = show(&ana).await;
        let scans = join_all(crowd.iter().map(|person| scan(person, &code, None))).await;
        let tied = scans.iter().filter(|scan| scan["tie"]["state"] == "ACTIVE").count();
        let refused = scans.iter().filter(|scan| refusals(scan) == ["INVALID_CODE"]).count();
        assert_eq!((tied, refused), (1, 49));
        assert_eq!(rows(&world).await, (1, 1, 2));
    }
}

story! {
    async fn what_cannot_be_scanned_is_refused(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        let code = show(&ana).await;
        assert_eq!(refusals(&scan(&ana, &code, None).await), ["YOURSELF"]);
        for wrong in ["", "0000-0000", "https://kith.example/h/", &code[1..]] {
            assert_eq!(refusals(&scan(&bela, wrong, None).await), ["INVALID_CODE"], "{wrong:?}");
        }
        world.tie([(&ana, &cleo)]).await;
        ana.block(&cleo).await;
        let of_blocked = scan(&cleo, &code, None).await;
        assert_eq!(of_blocked["userErrors"], scan(&bela, "unknown", None).await["userErrors"], "a block looks like no code");
        domain::account::suspend(&world.system(), "ana").await.expect("ana is suspended");
        assert_eq!(refusals(&scan(&bela, &code, None).await), ["INVALID_CODE"]);
        domain::account::restore(&world.system(), "ana").await.expect("ana is back");
        assert_eq!(refusals(&scan(&bela, &code, None).await), [""; 0]);
    }
}

story! {
    async fn a_meeting_upgrades_what_was_there(world: World) {
        let [ana, bela, cleo, dora] = world.people(["ana", "bela", "cleo", "dora"]).await;
        world.tie([(&ana, &bela)]).await;
        let before = tied(&ana).await[0]["evidence"].clone();
        scan(&bela, &show(&ana).await, None).await;
        assert_eq!((before, tied(&ana).await[0]["evidence"].clone()), (json!("CLAIMED"), json!("IN_PERSON")));

        ana.claim(&cleo).await;
        let met = scan(&cleo, &show(&ana).await, None).await;
        assert_eq!((&met["tie"]["state"], &met["tie"]["evidence"]), (&json!("ACTIVE"), &json!("IN_PERSON")), "a claim that waited");
        let claims = ana.query("{ viewer { claims { nodes { named state } } } }").await["viewer"]["claims"]["nodes"].clone();
        assert!(claims.as_array().expect("claims").contains(&json!({"named": "cleo", "state": "CONFIRMED"})), "{claims}");

        dora.claim(&ana).await;
        let waiting = ana.waiting().await;
        ana.answer("declineTie", &waiting[0].0).await;
        assert_eq!(scan(&dora, &show(&ana).await, None).await["tie"]["state"], "ACTIVE", "a decline does not stand between who meet");
        assert_eq!(world.count("tie_end", &[("evidence", "IN_PERSON".into())]).await, 6);
    }
}

story! {
    async fn routes_are_in_person_after_a_meeting(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        world.tie([(&ana, &bela), (&bela, &cleo)]).await;
        let routes = async || ana.query("{ viewer { network { edges { routes { inPerson } } } } }").await["viewer"]["network"]["edges"][0]["routes"].clone();
        assert_eq!(routes().await, json!([{"inPerson": false}]));
        scan(&bela, &show(&ana).await, None).await;
        scan(&cleo, &show(&bela).await, None).await;
        assert_eq!(routes().await, json!([{"inPerson": true}]), "also from the caches");
    }
}

story! {
    async fn a_member_opens_so_many_and_no_more(world: World) {
        let [ana] = world.people(["ana"]).await;
        for _ in 0..30 {
            show(&ana).await;
        }
        let document = "mutation { openHandshake(input: {context: FRIEND}) { handshake { id } userErrors { code ... on LimitError { retryAt } } } }";
        let refused = ana.mutate(document, json!({})).await;
        assert_eq!(refusals(&refused), ["TOO_MANY_ATTEMPTS"]);
        assert!(refused["userErrors"][0]["retryAt"].is_string());
        world.kith.clock.advance(std::time::Duration::from_secs(121));
        assert_eq!(refusals(&ana.mutate(document, json!({})).await), [""; 0]);
    }
}

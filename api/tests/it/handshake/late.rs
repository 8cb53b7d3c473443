//! Scans that a phone without a network hands in later.

use std::time::Duration;

use super::*;

/// This moment for the server, so many seconds ago, as clients write it.
fn ago(world: &World, seconds: u64) -> Option<String> {
    let at = world.system().now.before(Duration::from_secs(seconds)).to_datetime();
    Some(at.format(&time::format_description::well_known::Rfc3339).expect("a time"))
}

fn pass(world: &World, seconds: u64) {
    world.kith.clock.advance(Duration::from_secs(seconds));
}

story! {
    async fn a_late_scan_awaits_the_one_who_showed_the_code(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        let code = show(&ana).await;
        pass(&world, 3_600);
        let scanned = scan(&bela, &code, ago(&world, 3_500)).await;
        assert_eq!((&scanned["userErrors"], &scanned["tie"]["state"]), (&json!([]), &json!("PENDING")));
        assert_ne!(scanned["tie"]["metAt"], scanned["tie"]["receivedAt"], "kept apart");
        assert_eq!((ana.tied().await, bela.tied().await), (vec![], vec![] as Vec<String>));
        let waiting = ana.waiting().await;
        assert_eq!(waiting[0].1, "bela", "ana sees who scanned");
        let confirmed = ana.answer("confirmTie", &waiting[0].0).await;
        assert_eq!(confirmed["tie"]["state"], "ACTIVE");
        assert_eq!(tied(&bela).await, json!([{"state": "ACTIVE", "evidence": "IN_PERSON", "awaitsViewer": false, "other": {"name": "ana"}}]));
        assert_eq!(rows(&world).await, (1, 1, 2));
    }
}

story! {
    async fn a_late_scan_that_is_declined_looks_as_if_it_waited(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        let code = show(&ana).await;
        pass(&world, 3_600);
        scan(&bela, &code, ago(&world, 3_500)).await;
        let seen = async || bela.query("{ viewer { ties(state: PENDING) { nodes { state awaitsViewer other { name } } } } }").await;
        let before = seen().await;
        assert_eq!(before["viewer"]["ties"]["nodes"][0]["other"]["name"], "ana", "bela sees whom she met");
        let waiting = ana.waiting().await;
        ana.answer("declineTie", &waiting[0].0).await;
        assert_eq!(seen().await, before);
        world.pass_days(31);
        assert_eq!(seen().await["viewer"]["ties"]["nodes"], json!([]), "it expires");
    }
}

story! {
    async fn a_late_scan_of_two_who_are_tied_asks_only_whether_they_met(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        world.tie([(&ana, &bela)]).await;
        for (answer, evidence) in [("declineTie", "CLAIMED"), ("confirmTie", "IN_PERSON")] {
            let code = show(&ana).await;
            pass(&world, 3_600);
            let scanned = scan(&bela, &code, ago(&world, 3_500)).await;
            assert_eq!((&scanned["tie"]["state"], &scanned["tie"]["evidence"]), (&json!("ACTIVE"), &json!("CLAIMED")));
            assert_eq!((tied(&ana).await[0]["awaitsViewer"].clone(), tied(&bela).await[0]["awaitsViewer"].clone()), (json!(true), json!(false)));
            ana.answer(answer, scanned["tie"]["id"].as_str().expect("an id")).await;
            let tie = tied(&ana).await[0].clone();
            assert_eq!((&tie["state"], &tie["evidence"], &tie["awaitsViewer"]), (&json!("ACTIVE"), &json!(evidence), &json!(false)));
        }
        assert_eq!(rows(&world).await, (1, 1, 2));
    }
}

story! {
    async fn a_late_scan_of_somebody_who_claimed_is_a_tie_at_once_and_a_meeting_later(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        ana.claim(&bela).await;
        let code = show(&ana).await;
        pass(&world, 3_600);
        let scanned = scan(&bela, &code, ago(&world, 3_500)).await;
        assert_eq!((&scanned["tie"]["state"], &scanned["tie"]["evidence"]), (&json!("ACTIVE"), &json!("CLAIMED")), "both say so");
        ana.answer("confirmTie", scanned["tie"]["id"].as_str().expect("an id")).await;
        assert_eq!(tied(&bela).await[0]["evidence"], "IN_PERSON");
    }
}

story! {
    async fn the_moment_must_be_the_codes_and_not_too_long_ago(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        let code = show(&ana).await;
        pass(&world, 299);
        assert_eq!(refusals(&scan(&bela, &code, ago(&world, 400)).await), ["INVALID_INPUT"], "before it was shown");
        pass(&world, 600);
        assert_eq!(refusals(&scan(&bela, &code, None).await), ["WRONG_STATE"], "too late, and the phone was not offline");
        assert_eq!(refusals(&scan(&bela, &code, ago(&world, 60)).await), ["INVALID_INPUT"], "after it was over");
        pass(&world, 47 * 3_600);
        let met = ago(&world, 47 * 3_600 + 600 + 150);
        pass(&world, 3_600);
        let late = scan(&bela, &code, met.clone()).await;
        assert_eq!(late["userErrors"], json!([{"code": "WRONG_STATE", "path": ["code"]}]), "48 hours are over");
        let code = show(&ana).await;
        pass(&world, 48 * 3_600);
        let at = ago(&world, 48 * 3_600 - 100);
        assert_eq!(scan(&bela, &code, at).await["tie"]["state"], "PENDING", "just in time");
        assert_eq!(rows(&world).await.0, 1);
    }
}

//! The code that is shown at a gathering, and the ties that come of having been there together.

use std::time::Duration;

use futures::future::join_all;

use super::*;

/// Opens the code of a gathering.
async fn open(person: &Person, gathering: &str) -> Value {
    let input = json!({"context": "ASSOCIATION", "occasion": {"gatheringId": gathering}});
    person.command("openHandshake", "handshake { code gathering { id } community { id } }", input).await
}

/// The code of a gathering, which this person may show.
async fn show(person: &Person, gathering: &str) -> String {
    let opened = open(person, gathering).await;
    assert_eq!(opened["handshake"]["gathering"]["id"], gathering, "{opened}");
    text(&opened["handshake"]["code"])
}

async fn scan(person: &Person, code: &str, met_at: Option<String>) -> Value {
    let shows = "tie { id } tieEdge { cursor } gathering { id viewerAttended } membership { id }";
    person.command("completeHandshake", shows, json!({"code": code, "metAt": met_at})).await
}

/// Says to have met somebody at a gathering.
async fn met(person: &Person, gathering: &str, other: &Person) -> Value {
    let shows = "tie { id state evidence context awaitsViewer metAt other { name } } tieEdge { cursor }";
    person.command("confirmMeeting", shows, json!({"gatheringId": gathering, "memberId": other.global_id()})).await
}

/// The state and the evidence of the tie of the two, as one of them sees it.
async fn tie(person: &Person, other: &Person, state: &str) -> Value {
    let document = "query($state: TieState!) { viewer { ties(state: $state, first: 100) { nodes { evidence awaitsViewer other { name } } } } }";
    let data = person.run(document, json!({"state": state})).await;
    let nodes = data["viewer"]["ties"]["nodes"].as_array().cloned().unwrap_or_default();
    nodes.into_iter().find(|node| node["other"]["name"] == other.name.as_str()).unwrap_or_default()
}

fn pass(world: &World, seconds: u64) {
    world.kith.clock.advance(Duration::from_secs(seconds));
}

fn ago(world: &World, seconds: u64) -> Option<String> {
    let at = world.system().now.before(Duration::from_secs(seconds)).to_datetime();
    Some(at.format(&time::format_description::well_known::Rfc3339).expect("a time"))
}

story! {
    async fn who_scans_the_code_of_a_gathering_was_there_and_is_tied_to_nobody(world: World) {
        let people = world.people(["ana", "bela", "cleo", "dina", "ema", "zoe"]).await;
        let [ana, bela, cleo, dina, ema, zoe] = &people;
        let id = world.forming([ana, bela, cleo, dina, ema]).await;
        let gathering = world.gathering(bela, &id, 0).await;
        let ties = world.count("tie", &[]).await;
        let code = show(bela, &gathering).await;
        for person in [cleo, dina, cleo] {
            let scanned = scan(person, &code, None).await;
            let expected = json!({"tie": null, "tieEdge": null, "gathering": {"id": gathering, "viewerAttended": true}, "membership": null, "userErrors": []});
            assert_eq!(scanned, expected, "{}, as often as they like", person.name);
        }
        assert_eq!(there(ema, &gathering).await, ["bela", "cleo", "dina"], "and who showed it");
        assert_eq!(refusals(&scan(bela, &code, None).await), ["YOURSELF"]);
        let refused = scan(zoe, &code, None).await;
        assert_eq!(refused["userErrors"], scan(zoe, "0000-0000", None).await["userErrors"], "for a stranger it is no code");
        assert_eq!(refusals(&refused), ["INVALID_CODE"]);
        bela.block(ema).await;
        assert_eq!(refusals(&scan(ema, &code, None).await), ["INVALID_CODE"], "a block looks the same");
        assert_eq!((world.count("tie", &[]).await, world.count("attendance", &[]).await), (ties, 3));
        let cancelled = json!({"gatheringId": gathering});
        let code = show(ana, &gathering).await;
        ana.done("cancelGathering", "__typename", cancelled).await;
        assert_eq!(refusals(&scan(ema, &code, None).await), ["INVALID_CODE"], "it does not take place");
    }
}

story! {
    async fn ten_who_scan_at_once_were_all_there(world: World) {
        let [ana] = world.people(["ana"]).await;
        let id = ana.form("The street", "INVITATION").await;
        let street = world.crowd("street", 10).await;
        let members: Vec<_> = street.iter().map(|person| person.id).collect();
        world.put_members(&id, &members).await;
        let code = show(&ana, &world.gathering(&ana, &id, 0).await).await;
        for scanned in join_all(street.iter().map(|person| scan(person, &code, None))).await {
            assert_eq!((refusals(&scanned), &scanned["gathering"]["viewerAttended"]), (vec![], &json!(true)));
        }
        assert_eq!((world.count("attendance", &[]).await, world.count("tie", &[]).await), (11, 0));
    }
}

story! {
    async fn the_code_is_shown_by_who_planned_it_or_a_steward_while_it_is_under_way(world: World) {
        let [ana, bela, cleo, zoe] = world.people(["ana", "bela", "cleo", "zoe"]).await;
        let id = world.forming([&ana, &bela, &cleo]).await;
        let gathering = world.gathering(&bela, &id, 3).await;
        assert_eq!(refusals(&open(&bela, &gathering).await), ["WRONG_STATE"], "not yet");
        pass(&world, 3_660);
        for person in [&bela, &ana] {
            show(person, &gathering).await;
        }
        assert_eq!(refusals(&open(&cleo, &gathering).await), ["STEWARDS_ONLY"]);
        assert_eq!(refusals(&open(&zoe, &gathering).await), ["NOT_FOUND"]);
        pass(&world, 15 * 3_600);
        show(&ana, &gathering).await;
        pass(&world, 2 * 3_600);
        assert_eq!(refusals(&open(&ana, &gathering).await), ["WRONG_STATE"], "twelve hours after its end");
        bela.leave(&id).await;
        assert_eq!(refusals(&open(&bela, &gathering).await), ["NOT_FOUND"]);
    }
}

story! {
    async fn a_phone_that_was_offline_tells_it_within_two_days(world: World) {
        let [ana, bela, cleo, dina] = world.people(["ana", "bela", "cleo", "dina"]).await;
        let id = world.forming([&ana, &bela, &cleo, &dina]).await;
        let gathering = world.gathering(&ana, &id, 0).await;
        let code = show(&ana, &gathering).await;
        pass(&world, 3_600);
        assert_eq!(refusals(&scan(&bela, &code, None).await), ["WRONG_STATE"], "its five minutes are over");
        assert_eq!(refusals(&scan(&bela, &code, ago(&world, 60)).await), ["INVALID_INPUT"], "not in its five minutes");
        let late = scan(&bela, &code, ago(&world, 3_500)).await;
        assert_eq!((refusals(&late), &late["gathering"]["viewerAttended"]), (vec![], &json!(true)));
        pass(&world, 46 * 3_600);
        assert_eq!(refusals(&scan(&cleo, &code, ago(&world, 47 * 3_600 - 100)).await), [""; 0]);
        pass(&world, 2 * 3_600);
        assert_eq!(refusals(&scan(&dina, &code, ago(&world, 49 * 3_600 - 100)).await), ["WRONG_STATE"], "too late");
        assert_eq!(there(&dina, &gathering).await, ["ana", "bela", "cleo"]);
    }
}

story! {
    async fn two_who_were_there_and_both_say_so_are_tied_in_person(world: World) {
        let [ana, bela, cleo, dina] = world.people(["ana", "bela", "cleo", "dina"]).await;
        let id = world.forming([&ana, &bela, &cleo, &dina]).await;
        let gathering = world.gathering(&ana, &id, -5).await;
        record(&ana, &gathering, &[&ana, &bela, &cleo, &dina], &[]).await;
        let first = met(&bela, &gathering, &cleo).await;
        assert_eq!((&first["tie"]["state"], &first["tie"]["awaitsViewer"]), (&json!("PENDING"), &json!(false)));
        assert_eq!(bela.tied().await, ["ana"], "one alone cannot say it");
        assert_eq!(cleo.waiting().await, [(text(&first["tie"]["id"]), "bela".to_owned())]);
        assert_eq!(refusals(&met(&bela, &gathering, &cleo).await), [""; 0]);
        assert_eq!(bela.tied().await, ["ana"], "nor twice");
        let both = met(&cleo, &gathering, &bela).await;
        assert_eq!((&both["tie"]["id"], &both["tie"]["state"], &both["tie"]["evidence"]), (&first["tie"]["id"], &json!("ACTIVE"), &json!("IN_PERSON")));
        assert_eq!((&both["tie"]["context"], both["tie"]["metAt"].is_string()), (&json!("ASSOCIATION"), true));
        assert_eq!(tie(&bela, &cleo, "ACTIVE").await["evidence"], "IN_PERSON");
        assert!(cleo.waiting().await.is_empty());

        met(&bela, &gathering, &dina).await;
        let waiting = dina.waiting().await;
        assert_eq!(waiting[0].1, "bela");
        dina.answer("confirmTie", &waiting[0].0).await;
        assert_eq!(tie(&bela, &dina, "ACTIVE").await, json!({"evidence": "IN_PERSON", "awaitsViewer": false, "other": {"name": "dina"}}), "to answer the tie says so as well");
    }
}

story! {
    async fn a_meeting_is_between_two_members_who_were_there(world: World) {
        let [ana, bela, cleo, dina, zoe] = world.people(["ana", "bela", "cleo", "dina", "zoe"]).await;
        let id = world.forming([&ana, &bela, &cleo, &dina]).await;
        let gathering = world.gathering(&ana, &id, -5).await;
        record(&ana, &gathering, &[&ana, &bela, &dina], &[]).await;
        let ties = world.count("tie", &[]).await;
        assert_eq!(refusals(&met(&bela, &gathering, &cleo).await), ["DID_NOT_ATTEND"]);
        assert_eq!(refusals(&met(&cleo, &gathering, &bela).await), ["DID_NOT_ATTEND"]);
        assert_eq!(refusals(&met(&bela, &gathering, &bela).await), ["YOURSELF"]);
        for (person, other) in [(&bela, &zoe), (&zoe, &bela)] {
            assert_eq!(refusals(&met(person, &gathering, other).await), ["NOT_FOUND"], "{}", person.name);
        }
        dina.block(&bela).await;
        for (person, other) in [(&bela, &dina), (&dina, &bela)] {
            assert_eq!(refusals(&met(person, &gathering, other).await), ["NOT_FOUND"], "{}", person.name);
        }
        assert_eq!(world.count("tie", &[]).await, ties);
        record(&ana, &gathering, &[&cleo], &[&bela]).await;
        assert_eq!(refusals(&met(&cleo, &gathering, &bela).await), ["DID_NOT_ATTEND"], "she was not there after all");
        cleo.leave(&id).await;
        assert_eq!(refusals(&met(&ana, &gathering, &cleo).await), ["NOT_FOUND"], "she does not belong to it any more");
        assert_eq!(refusals(&met(&cleo, &gathering, &ana).await), ["NOT_FOUND"]);
    }
}

story! {
    async fn a_tie_of_old_rests_on_the_meeting_once_both_say_so(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        let id = world.forming([&ana, &bela, &cleo]).await;
        let gathering = world.gathering(&ana, &id, -5).await;
        record(&ana, &gathering, &[&ana, &bela, &cleo], &[]).await;
        assert_eq!(tie(&ana, &bela, "ACTIVE").await["evidence"], "CLAIMED");
        met(&ana, &gathering, &bela).await;
        assert_eq!(tie(&ana, &bela, "ACTIVE").await, json!({"evidence": "CLAIMED", "awaitsViewer": false, "other": {"name": "bela"}}));
        assert_eq!(tie(&bela, &ana, "ACTIVE").await["awaitsViewer"], true);
        met(&bela, &gathering, &ana).await;
        for (one, other) in [(&ana, &bela), (&bela, &ana)] {
            assert_eq!(tie(one, other, "ACTIVE").await, json!({"evidence": "IN_PERSON", "awaitsViewer": false, "other": {"name": other.name}}));
        }
        bela.claim(&cleo).await;
        met(&bela, &gathering, &cleo).await;
        met(&cleo, &gathering, &bela).await;
        assert_eq!(tie(&cleo, &bela, "ACTIVE").await["evidence"], "IN_PERSON", "also one that waited");
    }
}

story! {
    async fn twenty_who_say_it_at_once_are_one_tie(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        let id = world.forming([&ana, &bela, &cleo]).await;
        let gathering = world.gathering(&ana, &id, -5).await;
        record(&ana, &gathering, &[&bela, &cleo], &[]).await;
        let said = join_all((0..20).map(|at| if at % 2 == 0 { met(&bela, &gathering, &cleo) } else { met(&cleo, &gathering, &bela) }));
        for said in said.await {
            assert_eq!(refusals(&said), [""; 0]);
        }
        assert_eq!(tie(&bela, &cleo, "ACTIVE").await["evidence"], "IN_PERSON");
        assert_eq!((world.count("tie", &[]).await, world.count("tie_end", &[]).await), (3, 6));
    }
}

story! {
    async fn to_a_stranger_and_in_a_community_that_rests_nothing_is_written_down(world: World) {
        let [ana, bela, cleo, dina, ema, zoe] = world.people(["ana", "bela", "cleo", "dina", "ema", "zoe"]).await;
        let id = world.live([&ana, &bela, &cleo, &dina, &ema], "INVITATION").await;
        let gathering = world.gathering(&ana, &id, -1).await;
        record(&ana, &gathering, &[&ana, &bela], &[]).await;
        for refused in [met(&zoe, &gathering, &ana).await, open(&zoe, &gathering).await, record(&zoe, &gathering, &[&zoe], &[]).await] {
            assert_eq!((refusals(&refused), &refused["userErrors"][0]["path"]), (vec!["NOT_FOUND"], &json!(["gatheringId"])), "also where the community shows");
        }
        let code = show(&ana, &gathering).await;
        assert_eq!(refusals(&scan(&zoe, &code, None).await), ["INVALID_CODE"]);
        ana.done("restCommunity", "community { stage }", json!({"communityId": id})).await;
        assert_eq!(refusals(&scan(&cleo, &code, None).await), ["WRONG_STATE"]);
        for refused in [open(&ana, &gathering).await, record(&ana, &gathering, &[&cleo], &[]).await, met(&bela, &gathering, &ana).await] {
            assert_eq!(refusals(&refused), ["WRONG_STATE"], "it can be read, and no more");
        }
        assert_eq!(there(&cleo, &gathering).await, ["ana", "bela"]);
        ana.done("reviveCommunity", "community { stage }", json!({"communityId": id})).await;
        assert_eq!(refusals(&scan(&cleo, &code, None).await), [""; 0]);
    }
}

//! Gatherings: planned, changed, replied to, written down, and in calendars.

mod calendar;
mod code;

use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, World, refusals, text};

/// What a story sees of a gathering.
const GATHERING: &str = "gathering { id title details place zone state reason viewerReply viewerAttended attendeeCount goal { id } plannedBy { name }
    yes: replyCount maybe: replyCount(reply: MAYBE) no: replyCount(reply: NO) }";

fn ids(people: &[&Person]) -> Vec<String> {
    people.iter().map(|person| person.global_id()).collect()
}

/// What there is to plan a gathering with, so many hours from now.
fn plan(world: &World, community: &str, title: &str, hours: i64) -> Value {
    json!({"communityId": community, "title": title, "place": "Largo do Carmo", "zone": "Europe/Lisbon",
        "startsAt": world.hours_from_now(hours), "endsAt": world.hours_from_now(hours + 2)})
}

/// Who was at a gathering, as this person sees it.
async fn there(person: &Person, gathering: &str) -> Vec<String> {
    let document =
        "query($id: ID!) { node(id: $id) { ... on Gathering { attendees(first: 100) { nodes { name } } } } }";
    let found = person.run(document, json!({"id": gathering})).await;
    let nodes = found["node"]["attendees"]["nodes"].as_array().cloned().unwrap_or_default();
    let mut names: Vec<String> = nodes.iter().map(|node| text(&node["name"])).collect();
    names.sort_unstable();
    names
}

/// Writes down who was at a gathering.
async fn record(person: &Person, gathering: &str, attended: &[&Person], absent: &[&Person]) -> Value {
    let input = json!({"gatheringId": gathering, "attended": ids(attended), "absent": ids(absent)});
    person.command("recordAttendance", GATHERING, input).await
}

story! {
    async fn a_gathering_is_planned_by_any_member_and_changed_by_them_or_a_steward(world: World) {
        let [ana, bela, cleo, zoe] = world.people(["ana", "bela", "cleo", "zoe"]).await;
        let (id, elsewhere) = (world.forming([&ana, &bela, &cleo]).await, zoe.form("Elsewhere", "INVITATION").await);
        let goal = async |person: &Person, community: &str| text(&person.done("proposeGoal", "goal { id }", json!({"communityId": community, "outcome": "We meet."})).await["goal"]["id"]);
        let (ours, theirs) = (goal(&cleo, &id).await, goal(&zoe, &elsewhere).await);
        let mut input = plan(&world, &id, "  At the  fountain ", 48);
        (input["details"], input["goalId"], input["zone"]) = (json!("Bring\na cup."), json!(ours), json!("europe/lisbon"));
        let planned = bela.done("planGathering", GATHERING, input.clone()).await["gathering"].clone();
        let expected = json!({"id": planned["id"], "title": "At the fountain", "details": "Bring\na cup.", "place": "Largo do Carmo", "zone": "Europe/Lisbon",
            "state": "PLANNED", "reason": null, "viewerReply": null, "viewerAttended": false, "attendeeCount": 0, "goal": {"id": ours}, "plannedBy": {"name": "bela"},
            "yes": 0, "maybe": 0, "no": 0});
        assert_eq!(planned, expected);
        input["goalId"] = json!(theirs);
        let refused = bela.command("planGathering", GATHERING, input).await;
        assert_eq!((refusals(&refused), &refused["userErrors"][0]["path"]), (vec!["NOT_FOUND"], &json!(["goalId"])));
        assert_eq!(zoe.refused("planGathering", plan(&world, &id, "Mine", 1)).await, ["NOT_FOUND"]);

        let gathering = text(&planned["id"]);
        let change = |change: Value| {
            let mut input = change;
            input["gatheringId"] = json!(gathering);
            input
        };
        assert_eq!(cleo.refused("updateGathering", change(json!({"title": "Mine"}))).await, ["STEWARDS_ONLY"]);
        assert_eq!(zoe.refused("updateGathering", change(json!({"title": "Mine"}))).await, ["NOT_FOUND"]);
        assert_eq!(bela.refused("updateGathering", change(json!({"goalId": theirs}))).await, ["NOT_FOUND"]);
        let changed = ana.done("updateGathering", GATHERING, change(json!({"title": "By the river", "details": null, "goalId": null, "zone": "Asia/Tokyo"}))).await["gathering"].clone();
        assert_eq!((&changed["title"], &changed["details"], &changed["goal"], &changed["zone"]), (&json!("By the river"), &Value::Null, &Value::Null, &json!("Asia/Tokyo")));
        let later = change(json!({"startsAt": world.hours_from_now(72), "endsAt": world.hours_from_now(73)}));
        assert_eq!(bela.done("updateGathering", GATHERING, later).await["gathering"]["place"], "Largo do Carmo", "what is left out stays");
        assert_eq!(bela.refused("updateGathering", change(json!({"endsAt": world.hours_from_now(71)}))).await, ["INVALID_INPUT"], "before it begins");
        assert_eq!(bela.refused("updateGathering", change(json!({"title": "", "place": "", "zone": "here"}))).await, ["INVALID_INPUT"; 3]);
        world.pass_days(4);
        assert_eq!(bela.refused("updateGathering", change(json!({"title": "It was"}))).await, ["WRONG_STATE"], "it is over");
    }
}

story! {
    async fn what_does_not_fit_a_gathering_is_told_at_once(world: World) {
        let [ana] = world.people(["ana"]).await;
        let id = ana.form("The street", "INVITATION").await;
        let with = |field: &str, value: Value| {
            let mut input = plan(&world, &id, "At the fountain", 24);
            input[field] = value;
            input
        };
        for zone in ["", "Mars/Base", "+01:00", "Europe", "GMT+25"] {
            let refused = ana.command("planGathering", GATHERING, with("zone", json!(zone))).await;
            assert_eq!((refusals(&refused), &refused["userErrors"][0]["path"]), (vec!["INVALID_INPUT"], &json!(["zone"])), "{zone:?}");
        }
        for (field, hours) in [("startsAt", -366 * 24), ("startsAt", 24 * 731), ("endsAt", 23), ("endsAt", 24 + 14 * 24 + 1)] {
            let refused = ana.refused("planGathering", with(field, json!(world.hours_from_now(hours)))).await;
            assert!(!refused.is_empty() && refused.iter().all(|code| code == "INVALID_INPUT"), "{field} {hours}: {refused:?}");
        }
        let wrong = json!({"communityId": id, "title": "t".repeat(101), "details": "d".repeat(2_001), "place": " ", "zone": "?", "startsAt": world.hours_from_now(24 * 800), "endsAt": world.hours_from_now(1)});
        assert_eq!(ana.refused("planGathering", wrong).await, ["INVALID_INPUT"; 6]);
        assert_eq!(world.count("gathering", &[]).await, 0);
        ana.done("planGathering", GATHERING, plan(&world, &id, "Last year", -364 * 24)).await;
        ana.done("planGathering", GATHERING, with("endsAt", json!(world.hours_from_now(23 + 14 * 24)))).await;
    }
}

story! {
    async fn members_say_whether_they_come(world: World) {
        let [ana, bela, cleo, zoe] = world.people(["ana", "bela", "cleo", "zoe"]).await;
        let id = world.forming([&ana, &bela, &cleo]).await;
        let gathering = world.gathering(&ana, &id, 24).await;
        let reply = |reply: &str| json!({"gatheringId": gathering, "reply": reply});
        for (person, said) in [(&ana, "YES"), (&bela, "YES"), (&cleo, "NO"), (&cleo, "MAYBE")] {
            assert_eq!(person.done("replyToGathering", GATHERING, reply(said)).await["gathering"]["viewerReply"], said);
        }
        assert_eq!(zoe.refused("replyToGathering", reply("YES")).await, ["NOT_FOUND"]);
        let document = "query($id: ID!) { node(id: $id) { ... on Gathering { viewerReply yes: replyCount maybe: replyCount(reply: MAYBE) no: replyCount(reply: NO)
            coming: replies { totalCount nodes { name } } perhaps: replies(reply: MAYBE) { nodes { name } } } } }";
        let seen = bela.run(document, json!({"id": gathering})).await["node"].clone();
        let expected = json!({"viewerReply": "YES", "yes": 2, "maybe": 1, "no": 0,
            "coming": {"totalCount": 2, "nodes": [{"name": "ana"}, {"name": "bela"}]}, "perhaps": {"nodes": [{"name": "cleo"}]}});
        assert_eq!(seen, expected, "the last word counts, and once");
        cleo.block(&bela).await;
        let seen = bela.run(document, json!({"id": gathering})).await["node"].clone();
        assert_eq!((&seen["maybe"], &seen["perhaps"]["nodes"]), (&json!(0), &json!([])), "who has blocked her does not show, nor count");
        assert_eq!(zoe.run(document, json!({"id": gathering})).await["node"], Value::Null);
        world.pass_days(2);
        assert_eq!(bela.refused("replyToGathering", reply("NO")).await, ["WRONG_STATE"], "it is over");
    }
}

story! {
    async fn a_gathering_that_is_cancelled_stays_with_its_reason(world: World) {
        let [ana, bela, cleo, zoe] = world.people(["ana", "bela", "cleo", "zoe"]).await;
        let id = world.forming([&ana, &bela, &cleo]).await;
        let (rained, over) = (world.gathering(&bela, &id, 1).await, world.gathering(&bela, &id, -48).await);
        let cancel = |gathering: &str| json!({"gatheringId": gathering, "reason": "Rain."});
        assert_eq!(cleo.refused("cancelGathering", cancel(&rained)).await, ["STEWARDS_ONLY"]);
        assert_eq!(zoe.refused("cancelGathering", cancel(&rained)).await, ["NOT_FOUND"]);
        assert_eq!(bela.refused("cancelGathering", cancel(&over)).await, ["WRONG_STATE"]);
        let cancelled = bela.done("cancelGathering", GATHERING, cancel(&rained)).await["gathering"].clone();
        assert_eq!((&cancelled["state"], &cancelled["reason"]), (&json!("CANCELLED"), &json!("Rain.")));
        for (mutation, input) in [
            ("cancelGathering", cancel(&rained)),
            ("updateGathering", json!({"gatheringId": rained, "title": "Again"})),
            ("replyToGathering", json!({"gatheringId": rained, "reply": "YES"})),
            ("recordAttendance", json!({"gatheringId": rained, "attended": ids(&[&ana])})),
            ("openHandshake", json!({"context": "ASSOCIATION", "occasion": {"gatheringId": rained}})),
        ] {
            assert_eq!(ana.refused(mutation, input).await, ["WRONG_STATE"], "{mutation}");
        }
        let list = "query($id: ID!) { community(by: {id: $id}) { gatherings { nodes { state } } auditTrail(first: 1) { nodes { action note actor { name } } } } }";
        let seen = ana.run(list, json!({"id": id})).await["community"].clone();
        assert_eq!(seen["gatherings"]["nodes"], json!([{"state": "CANCELLED"}]));
        assert_eq!(seen["auditTrail"]["nodes"], json!([{"action": "GATHERING_CANCELLED", "note": "At the fountain", "actor": {"name": "bela"}}]));
    }
}

story! {
    async fn a_steward_writes_down_who_was_there(world: World) {
        let [ana, bela, cleo, dina, zoe] = world.people(["ana", "bela", "cleo", "dina", "zoe"]).await;
        let id = world.forming([&ana, &bela, &cleo, &dina]).await;
        dina.leave(&id).await;
        let gathering = world.gathering(&bela, &id, 3).await;
        assert_eq!(refusals(&record(&bela, &gathering, &[&bela], &[]).await), ["STEWARDS_ONLY"], "also who planned it");
        assert_eq!(refusals(&record(&zoe, &gathering, &[&zoe], &[]).await), ["NOT_FOUND"]);
        assert_eq!(refusals(&record(&ana, &gathering, &[&ana], &[]).await), ["WRONG_STATE"], "three hours before");
        world.kith.clock.advance(std::time::Duration::from_secs(3_660));
        for stranger in [&zoe, &dina] {
            let refused = record(&ana, &gathering, &[&ana, stranger], &[]).await;
            assert_eq!((refusals(&refused), &refused["userErrors"][0]["path"]), (vec!["NOT_FOUND"], &json!(["attended"])), "{}", stranger.name);
        }
        assert_eq!(there(&bela, &gathering).await, [""; 0], "all of them, or none");
        for _ in 0..2 {
            let recorded = record(&ana, &gathering, &[&ana, &bela, &bela, &cleo], &[]).await;
            assert_eq!((refusals(&recorded), &recorded["gathering"]["attendeeCount"], &recorded["gathering"]["viewerAttended"]), (vec![], &json!(3), &json!(true)));
        }
        assert_eq!(there(&bela, &gathering).await, ["ana", "bela", "cleo"]);
        assert_eq!(record(&ana, &gathering, &[], &[&cleo]).await["gathering"]["attendeeCount"], 2, "she was not after all");
        assert_eq!(there(&cleo, &gathering).await, ["ana", "bela"]);
        assert_eq!(there(&zoe, &gathering).await, [""; 0]);
        world.pass_days(40);
        assert_eq!(record(&ana, &gathering, &[&cleo], &[&bela]).await["gathering"]["attendeeCount"], 2, "also long after");
        let many = json!({"gatheringId": gathering, "attended": vec![ana.global_id(); 101], "absent": vec![bela.global_id(); 101]});
        assert_eq!(ana.refused("recordAttendance", many).await, ["INVALID_INPUT"; 2], "a hundred at most");
    }
}

story! {
    async fn gatherings_to_come_and_past_are_lists_in_order(world: World) {
        let [ana, bela, zoe] = world.people(["ana", "bela", "zoe"]).await;
        let (id, other) = (world.forming([&ana, &bela]).await, world.forming([&bela, &ana]).await);
        for (community, hours) in [(&id, 50), (&id, 10), (&other, 30), (&id, -50), (&id, -10), (&other, -30), (&id, -1)] {
            bela.done("planGathering", GATHERING, plan(&world, community, &format!("{hours} h"), hours)).await;
        }
        let document = "query($when: GatheringTime!, $first: Int!, $after: String) { viewer { gatherings(when: $when, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { title } } } }";
        let pages = async |when: &str| {
            let (mut titles, mut after) = (Vec::new(), Value::Null);
            loop {
                let page = ana.run(document, json!({"when": when, "first": 2, "after": after})).await["viewer"]["gatherings"].clone();
                titles.extend(page["nodes"].as_array().expect("nodes").iter().map(|node| text(&node["title"])));
                assert_eq!(page["totalCount"], if when == "PAST" { 3 } else { 4 });
                after = page["pageInfo"]["endCursor"].clone();
                if page["pageInfo"]["hasNextPage"] == false {
                    return titles;
                }
            }
        };
        assert_eq!(pages("UPCOMING").await, ["-1 h", "10 h", "30 h", "50 h"], "what is under way is not over");
        assert_eq!(pages("PAST").await, ["-10 h", "-30 h", "-50 h"]);
        let one = "query($id: ID!) { community(by: {id: $id}) { gatherings { nodes { title } } past: gatherings(when: PAST) { nodes { title } } } }";
        let seen = ana.run(one, json!({"id": other})).await["community"].clone();
        assert_eq!(seen, json!({"gatherings": {"nodes": [{"title": "30 h"}]}, "past": {"nodes": [{"title": "-30 h"}]}}));
        ana.leave(&other).await;
        let seen = ana.run(document, json!({"when": "PAST", "first": 9})).await["viewer"]["gatherings"]["totalCount"].clone();
        assert_eq!(seen, 2, "what one has left is no longer there");
        assert_eq!(zoe.run(document, json!({"when": "PAST", "first": 9})).await["viewer"]["gatherings"]["totalCount"], 0);
    }
}

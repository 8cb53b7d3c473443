//! Charters: versions that never change, and what members agree to.

use futures::future::join_all;
use serde_json::{Value, json};

use super::{own, rows, trail};
use crate::story;
use crate::support::{Person, own_words, refusals, text};

/// Changes a community's charter.
async fn change(person: &Person, community: &str, charter: Value) -> Value {
    let shows = "community { charter { version purpose agreements } viewerMembership { consentedVersion } }";
    person.command("updateCharter", shows, json!({"communityId": community, "charter": charter})).await
}

async fn versions(person: &Person, community: &str) -> Vec<Value> {
    let rows = rows(person, community, "charterHistory(first: 100)", "version").await;
    rows.iter().map(|row| row["version"].clone()).collect()
}

story! {
    async fn every_version_is_kept_for_members(world: World) {
        let [ana, bela, cleo, dina, ema, zoe] = &world.people(["ana", "bela", "cleo", "dina", "ema", "zoe"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "INVITATION").await;
        for (who, code) in [(bela, "STEWARDS_ONLY"), (zoe, "MEMBERS_ONLY")] {
            assert_eq!(refusals(&change(who, &id, json!({"purpose": "Mine."})).await), [code], "{}", who.name);
        }
        assert_eq!(refusals(&change(ana, "x", json!({})).await), ["NOT_FOUND"]);
        let changed = change(ana, &id, json!({"purpose": "A street that knows itself."})).await;
        assert_eq!(changed["community"]["charter"], json!({"version": 2, "purpose": "A street that knows itself.", "agreements": ["We say what we need.", "We keep what we promise."]}));
        assert_eq!(changed["community"]["viewerMembership"]["consentedVersion"], 2, "who writes it agrees to it");
        let same = change(ana, &id, json!({"purpose": "A street that knows itself."})).await;
        assert_eq!(same["community"]["charter"]["version"], 2, "nothing changed");
        change(ana, &id, json!({"agreements": ["We say what we need."], "healthFor": "MEMBERS"})).await;

        assert_eq!(versions(bela, &id).await, [3, 2, 1]);
        assert_eq!(versions(zoe, &id).await, [3], "what was before is the members'");
        let shows = "version purpose agreements writtenBy { name }";
        let history = rows(bela, &id, "charterHistory", shows).await;
        assert_eq!(history[1], json!({"version": 2, "purpose": "A street that knows itself.", "agreements": ["We say what we need.", "We keep what we promise."], "writtenBy": {"name": "ana"}}));
        assert_eq!(history[2]["purpose"], "Neighbours who lend each other a hand.");
        let seen = rows(zoe, &id, "charterHistory", shows).await;
        assert_eq!(seen, [json!({"version": 3, "purpose": "A street that knows itself.", "agreements": ["We say what we need."], "writtenBy": null})]);
        let document = "query($id: ID!, $after: String) { community(by: {id: $id}) { charterHistory(first: 2, after: $after) { nodes { version } totalCount pageInfo { hasNextPage endCursor } } } }";
        let first = bela.run(document, json!({"id": id})).await["community"]["charterHistory"].clone();
        assert_eq!((&first["totalCount"], &first["pageInfo"]["hasNextPage"]), (&json!(3), &json!(true)));
        let next = bela.run(document, json!({"id": id, "after": first["pageInfo"]["endCursor"]})).await["community"]["charterHistory"].clone();
        assert_eq!((&next["nodes"], &next["pageInfo"]["hasNextPage"]), (&json!([{"version": 1}]), &json!(false)));
        assert_eq!(zoe.run(document, json!({"id": id})).await["community"]["charterHistory"]["totalCount"], 1);
        assert_eq!(trail(ana, &id).await[..2], ["CHARTER_CHANGED", "CHARTER_CHANGED"]);
    }
}

story! {
    async fn a_live_charter_keeps_what_it_takes_to_be_live(world: World) {
        let [ana, bela, cleo, dina, ema] = &world.people(["ana", "bela", "cleo", "dina", "ema"]).await;
        let id = world.ready([ana, bela, cleo, dina, ema], "INVITATION").await;
        let gone = || json!({"purpose": null, "failure": null, "agreements": []});
        let cleared = change(ana, &id, gone()).await;
        assert_eq!((refusals(&cleared), &cleared["community"]["charter"]["purpose"]), (vec![], &Value::Null), "while it forms, anything goes");
        assert_eq!(ana.unmet(&id).await, ["PURPOSE", "FAILURE", "AGREEMENTS", "RATIFIED_CHARTER"]);
        assert_eq!(bela.refused("consentToCharter", json!({"communityId": id, "charterVersion": 2})).await, ["WRONG_STATE"], "it is ratified, while it forms");
        change(ana, &id, crate::support::charter("INVITATION")).await;
        assert_eq!(ana.unmet(&id).await, ["RATIFIED_CHARTER"]);
        for founder in [bela, cleo, dina, ema] {
            founder.done("ratifyCharter", "community { id }", json!({"communityId": id, "charterVersion": 3})).await;
        }
        ana.done("launchCommunity", "community { id }", json!({"communityId": id})).await;

        let refused = change(ana, &id, gone()).await;
        let paths: Vec<&Value> = refused["userErrors"].as_array().expect("refusals").iter().map(|error| &error["path"][0]).collect();
        assert_eq!((refusals(&refused), paths), (vec!["INVALID_INPUT"; 3], vec![&json!("purpose"), &json!("failure"), &json!("agreements")]));
        for wrong in [json!({"purpose": "a".repeat(501)}), json!({"agreements": vec!["One."; 21]}), json!({"questions": ["a".repeat(301)]}), json!({"vouches": 0})] {
            assert_eq!(refusals(&change(ana, &id, wrong).await), ["INVALID_INPUT"]);
        }
        assert_eq!(versions(bela, &id).await, [3, 2, 1]);
        assert_eq!(bela.refused("ratifyCharter", json!({"communityId": id, "charterVersion": 3})).await, ["WRONG_STATE"], "it is live");
    }
}

story! {
    async fn who_does_not_agree_in_thirty_days_reads_only(world: World) {
        let [ana, bela, cleo, dina, ema, zoe] = &world.people(["ana", "bela", "cleo", "dina", "ema", "zoe"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "INVITATION").await;
        world.tie([(bela, zoe), (cleo, zoe)]).await;
        let goal = text(&bela.done("proposeGoal", "goal { id }", json!({"communityId": id, "outcome": "A garden in each yard."})).await["goal"]["id"]);
        let gathering = world.gathering(bela, &id, 24 * 60).await;
        ana.done("setRole", "membership { role }", json!({"membershipId": ana.membership(&id, dina, "ACTIVE").await, "role": "STEWARD"})).await;
        change(ana, &id, json!({"agreements": ["We meet each month."]})).await;
        let consent = |version: i32| json!({"communityId": id, "charterVersion": version});
        assert_eq!(zoe.refused("consentToCharter", consent(2)).await, ["MEMBERS_ONLY"]);
        cleo.bring(&id, zoe).await;
        assert_eq!(own(zoe, "ACTIVE").await[0]["consentedVersion"], 2, "who comes in later agrees with that");

        world.pass_days(29);
        let hers = json!({"goalId": goal, "words": own_words("bela")});
        bela.done("endorseGoal", "goal { id }", hers.clone()).await;
        world.pass_days(1);
        let moment = |hours: i64| world.hours_from_now(hours);
        let member = json!(bela.membership(&id, cleo, "ACTIVE").await);
        for (command, input) in [
            ("proposeGoal", json!({"communityId": id, "outcome": "More."})),
            ("updateGoal", json!({"goalId": goal, "outcome": "More."})),
            ("endorseGoal", hers.clone()),
            ("abandonGoal", json!({"goalId": goal, "reason": "No."})),
            ("commitToGoal", json!({"goalId": goal, "what": "Seeds."})),
            ("planGathering", json!({"communityId": id, "title": "Tea", "place": "Here", "zone": "Europe/Lisbon", "startsAt": moment(1), "endsAt": moment(2)})),
            ("updateGathering", json!({"gatheringId": gathering, "title": "Tea"})),
            ("replyToGathering", json!({"gatheringId": gathering, "reply": "YES"})),
            ("cancelGathering", json!({"gatheringId": gathering})),
            ("inviteToCommunity", json!({"communityId": id, "memberId": zoe.global_id()})),
            ("createInvitation", json!({"communityId": id, "context": "FRIEND"})),
            ("openHandshake", json!({"occasion": {"communityId": id}, "context": "FRIEND"})),
        ] {
            assert_eq!(bela.refused(command, input).await, ["CONSENT_DUE"], "{command}");
        }
        for (command, input) in [
            ("updateCommunity", json!({"communityId": id, "name": "Ours"})),
            ("updateCharter", json!({"communityId": id, "charter": {"purpose": "Other."}})),
            ("setRole", json!({"membershipId": member, "role": "STEWARD"})),
            ("removeMember", json!({"membershipId": member, "reason": "No.", "mayReturn": true})),
        ] {
            assert_eq!(dina.refused(command, input).await, ["CONSENT_DUE"], "{command}, as a steward");
        }
        assert_eq!(bela.members(&id, "ACTIVE").await.len(), 6, "she reads");
        assert_eq!((rows(bela, &id, "goals", "outcome").await.len(), rows(bela, &id, "gatherings", "title").await.len()), (2, 1));
        for fine in [ana, zoe] {
            fine.done("proposeGoal", "goal { id }", json!({"communityId": id, "outcome": "More."})).await;
        }
        bela.done("updateMembership", "community { id }", json!({"communityId": id, "shown": false})).await;
        cleo.done("leaveCommunity", "membership { state }", json!({"communityId": id})).await;

        for stale in [0, 1, 3] {
            assert_eq!(bela.refused("consentToCharter", consent(stale)).await, ["CHARTER_CHANGED"]);
        }
        let agreed = bela.done("consentToCharter", "community { viewerMembership { consentedVersion } }", consent(2)).await;
        assert_eq!(agreed["community"]["viewerMembership"]["consentedVersion"], 2);
        bela.done("consentToCharter", "community { id }", consent(2)).await;
        bela.done("replyToGathering", "gathering { id }", json!({"gatheringId": gathering, "reply": "YES"})).await;
        dina.done("consentToCharter", "community { id }", consent(2)).await;
        dina.done("updateCommunity", "community { id }", json!({"communityId": id, "name": "Ours"})).await;
        let read: Vec<(String, Value)> = rows(ana, &id, "members", "name consentedVersion").await.iter().map(|row| (text(&row["name"]), row["consentedVersion"].clone())).collect();
        assert!(read.contains(&("ema".to_owned(), json!(1))) && read.contains(&("bela".to_owned(), json!(2))), "stewards see who has not: {read:?}");
    }
}

story! {
    async fn of_changes_at_once_each_makes_a_version_and_none_is_lost(world: World) {
        let [ana, bela, cleo, dina, ema] = &world.people(["ana", "bela", "cleo", "dina", "ema"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "INVITATION").await;
        let changes = (0..10).map(|number| change(ana, &id, json!({"purpose": format!("Number {number}.")})));
        for changed in join_all(changes).await {
            assert_eq!(refusals(&changed), [""; 0]);
        }
        assert_eq!(versions(ana, &id).await, (1..=11).rev().collect::<Vec<i32>>());
        let mut purposes: Vec<String> = rows(ana, &id, "charterHistory(first: 10)", "purpose").await.iter().map(|row| text(&row["purpose"])).collect();
        purposes.sort();
        purposes.dedup();
        assert_eq!(purposes.len(), 10);
        assert_eq!(own(ana, "ACTIVE").await[0]["consentedVersion"], 11);
    }
}

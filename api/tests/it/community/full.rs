//! How much of everything a community, and a member in it, may have: the refusal that says so.

use domain::id::MemberId;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use super::rows;
use crate::story;
use crate::support::{Person, listed, text};

async fn goal(person: &Person, community: &str, number: usize) -> String {
    let input = json!({"communityId": community, "outcome": format!("Goal number {number} is reached.")});
    text(&person.done("proposeGoal", "goal { id }", input).await["goal"]["id"])
}

story! {
    async fn goals_that_are_open_are_fifty_at_most_and_reports_of_one_member_twenty(world: World) {
        let [ana, bela] = &world.people(["ana", "bela"]).await;
        let id = world.forming([ana, bela]).await;
        let mut goals = Vec::new();
        for number in 0..50 {
            goals.push(goal(ana, &id, number).await);
        }
        let more = json!({"communityId": id, "outcome": "One more is reached."});
        assert_eq!(bela.refused("proposeGoal", more.clone()).await, ["WRONG_STATE"]);
        ana.done("abandonGoal", "goal { state }", json!({"goalId": goals[49], "reason": "Nobody came."})).await;
        bela.done("proposeGoal", "goal { state }", more).await;

        let report = |goal: &str| json!({"communityId": id, "subject": {"goalId": goal}, "agreement": 1, "note": "A slogan."});
        for goal in &goals[..20] {
            bela.done("report", "report { state }", report(goal)).await;
        }
        assert_eq!(bela.refused("report", report(&goals[20])).await, ["TOO_MANY_ATTEMPTS"]);
    }
}

story! {
    async fn gatherings_to_come_are_a_hundred_at_most(world: World) {
        let [ana, bela] = &world.people(["ana", "bela"]).await;
        let id = world.forming([ana, bela]).await;
        for hours in 1..=100 {
            world.gathering(ana, &id, hours).await;
        }
        let more = json!({
            "communityId": id, "title": "One more", "place": "The yard", "zone": "Europe/Lisbon",
            "startsAt": world.hours_from_now(1), "endsAt": world.hours_from_now(2),
        });
        assert_eq!(bela.refused("planGathering", more.clone()).await, ["WRONG_STATE"]);
        let first = rows(ana, &id, "gatherings", "id").await[0]["id"].clone();
        ana.done("cancelGathering", "gathering { state }", json!({"gatheringId": first})).await;
        bela.done("planGathering", "gathering { state }", more).await;
    }
}

story! {
    async fn a_community_has_ten_thousand_members_at_most(world: World) {
        let [ana, bela, cleo] = &world.people(["ana", "bela", "cleo"]).await;
        world.tie([(ana, bela), (ana, cleo)]).await;
        let id = world.forming([ana, bela]).await;
        let names: Vec<String> = (1..=9_998).map(|number| number.to_string()).collect();
        let ids: Vec<&str> = names.iter().map(String::as_str).collect();
        world.import(listed("crowd", &ids, &[])).await;
        let connection = world.rows().await;
        let crowd = "SELECT id FROM member WHERE handle LIKE 'crowd-%'";
        let crowd = Statement::from_string(connection.get_database_backend(), crowd);
        let crowd = connection.query_all_raw(crowd).await.expect("rows");
        let crowd: Vec<MemberId> = crowd.iter().map(|row| MemberId(row.try_get_by_index(0).expect("an id"))).collect();
        world.put_members(&id, &crowd).await;
        let input = json!({"communityId": id, "memberId": cleo.global_id()});
        assert_eq!(ana.refused("inviteToCommunity", input.clone()).await, ["COMMUNITY_FULL"]);
        bela.leave(&id).await;
        ana.done("inviteToCommunity", "membership { state }", input).await;
    }
}

story! {
    async fn who_is_not_asked_for_vouches_gets_none(world: World) {
        let [ana, bela, cleo, dina, ema, zoe] = &world.people(["ana", "bela", "cleo", "dina", "ema", "zoe"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "REQUEST").await;
        world.tie([(ana, zoe)]).await;
        let application = json!({"communityId": id, "charterVersion": 1, "answers": ["To help."]});
        let applied = zoe.done("applyToCommunity", "membership { id }", application).await["membership"]["id"].clone();
        assert_eq!(ana.refused("vouchForApplicant", json!({"membershipId": applied})).await, ["WRONG_STATE"]);
    }
}

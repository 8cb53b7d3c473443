//! Rest, revival and the archive.

use serde_json::{Value, json};

use super::{node, rows, trail};
use crate::story;
use crate::support::{Person, World, own_words, text};

async fn found(person: &Person) -> Vec<Value> {
    let found = person.query("{ communities(first: 100) { nodes { name } } }").await;
    found["communities"]["nodes"].as_array().cloned().unwrap_or_default()
}

/// Every command that writes in a community, as its steward would.
async fn writes(
    world: &World,
    community: &str,
    goal: &str,
    gathering: &str,
    member: &str,
    tie: &Person,
) -> Vec<(&'static str, Value)> {
    let (starts, ends) = (world.hours_from_now(1), world.hours_from_now(2));
    vec![
        ("updateCommunity", json!({"communityId": community, "name": "Ours"})),
        ("updateCharter", json!({"communityId": community, "charter": {"purpose": "Other."}})),
        ("inviteToCommunity", json!({"communityId": community, "memberId": tie.global_id()})),
        ("createInvitation", json!({"communityId": community, "context": "FRIEND"})),
        ("openHandshake", json!({"occasion": {"communityId": community}, "context": "FRIEND"})),
        ("proposeGoal", json!({"communityId": community, "outcome": "More."})),
        ("updateGoal", json!({"goalId": goal, "dueOn": "2027-01-01"})),
        ("endorseGoal", json!({"goalId": goal, "words": own_words("somebody else")})),
        ("abandonGoal", json!({"goalId": goal, "reason": "No."})),
        (
            "planGathering",
            json!({"communityId": community, "title": "Tea", "place": "Here", "zone": "Europe/Lisbon", "startsAt": starts, "endsAt": ends}),
        ),
        ("updateGathering", json!({"gatheringId": gathering, "title": "Tea"})),
        ("replyToGathering", json!({"gatheringId": gathering, "reply": "YES"})),
        ("recordAttendance", json!({"gatheringId": gathering, "attended": []})),
        ("cancelGathering", json!({"gatheringId": gathering})),
        ("setRole", json!({"membershipId": member, "role": "STEWARD"})),
        ("removeMember", json!({"membershipId": member, "reason": "No.", "mayReturn": true})),
        ("ratifyCharter", json!({"communityId": community, "charterVersion": 1})),
        ("launchCommunity", json!({"communityId": community})),
    ]
}

story! {
    async fn what_rests_or_is_over_is_read_by_its_members_and_changed_by_nobody(world: World) {
        let [ana, bela, cleo, dina, ema, zoe, yan] = &world.people(["ana", "bela", "cleo", "dina", "ema", "zoe", "yan"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "INVITATION").await;
        world.tie([(ana, zoe), (ana, yan)]).await;
        ana.done("inviteToCommunity", "membership { id }", json!({"communityId": id, "memberId": zoe.global_id()})).await;
        let goal = text(&bela.done("proposeGoal", "goal { id }", json!({"communityId": id, "outcome": "A garden in each yard."})).await["goal"]["id"]);
        let gathering = world.gathering(bela, &id, 24).await;
        let member = ana.membership(&id, dina, "ACTIVE").await;
        let it = || json!({"communityId": id});
        let all = ["restCommunity", "reviveCommunity", "archiveCommunity"];
        for command in all {
            assert_eq!(bela.refused(command, it()).await, ["STEWARDS_ONLY"], "{command}");
            assert_eq!(yan.refused(command, it()).await, ["MEMBERS_ONLY"], "{command}");
        }
        assert_eq!(ana.refused("reviveCommunity", it()).await, ["WRONG_STATE"]);
        assert_eq!(found(yan).await.len(), 1);

        for (command, stage, wrong) in [
            ("restCommunity", "DORMANT", &["restCommunity", "launchCommunity"][..]),
            ("archiveCommunity", "ARCHIVED", &["restCommunity", "reviveCommunity", "archiveCommunity", "launchCommunity"]),
        ] {
            assert_eq!(ana.done(command, "community { stage }", it()).await["community"]["stage"], stage);
            for command in wrong {
                assert_eq!(ana.refused(command, it()).await, ["WRONG_STATE"], "{command} when {stage}");
            }
            for (command, input) in writes(&world, &id, &goal, &gathering, &member, yan).await {
                assert_eq!(ana.refused(command, input).await, ["WRONG_STATE"], "{command} when {stage}");
            }
            let seen = bela.community(&id).await;
            assert_eq!((&seen["stage"], &seen["charter"]["purpose"], &seen["memberCount"]), (&json!(stage), &json!("Neighbours who lend each other a hand."), &json!(5)));
            assert_eq!(bela.members(&id, "ACTIVE").await.len(), 5);
            assert_eq!((rows(bela, &id, "goals", "outcome").await.len(), rows(bela, &id, "gatherings", "title").await.len(), rows(bela, &id, "gatherings(when: PAST)", "title").await.len()), (2, 1, 1));
            assert_eq!((node(bela, &goal).await, node(bela, &gathering).await), (json!("Goal"), json!("Gathering")));
            for other in [zoe, yan] {
                assert_eq!(other.community(&id).await, Value::Null, "{}", other.name);
                assert_eq!(found(other).await, [Value::Null; 0]);
                assert_eq!(other.refused("applyToCommunity", json!({"communityId": id, "charterVersion": 1})).await, ["NOT_FOUND"]);
                assert_eq!(other.refused("restCommunity", it()).await, ["NOT_FOUND"]);
            }
            assert_eq!(zoe.refused("acceptInvitation", json!({"communityId": id, "charterVersion": 1})).await, ["NOT_FOUND"], "nobody comes in");
            ema.done("updateMembership", "community { id }", json!({"communityId": id, "shown": false})).await;
        }
        cleo.done("leaveCommunity", "membership { state }", it()).await;
        assert_eq!(cleo.community(&id).await, Value::Null, "to leave is always possible");
        assert_eq!(trail(ana, &id).await[..3], ["LEFT", "ARCHIVED", "RESTED"]);
    }
}

story! {
    async fn what_rests_is_revived_as_it_was(world: World) {
        let [ana, bela, cleo, dina, ema, zoe] = &world.people(["ana", "bela", "cleo", "dina", "ema", "zoe"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "REQUEST").await;
        let it = || json!({"communityId": id});
        zoe.done("applyToCommunity", "membership { id }", json!({"communityId": id, "charterVersion": 1, "answers": ["Yes."]})).await;
        let hers = json!({"membershipId": ana.membership(&id, zoe, "APPLIED").await, "verdict": "ADMIT"});
        ana.done("restCommunity", "community { id }", it()).await;
        assert_eq!(zoe.community(&id).await["stage"], "DORMANT", "who has applied may take that back");
        assert_eq!(zoe.members(&id, "ACTIVE").await, [""; 0]);
        assert_eq!(ana.refused("decideApplication", hers.clone()).await, ["WRONG_STATE"]);
        assert_eq!(bela.refused("reviveCommunity", it()).await, ["STEWARDS_ONLY"]);
        assert_eq!(ana.done("reviveCommunity", "community { stage }", it()).await["community"]["stage"], "LIVE");
        assert_eq!(zoe.community(&id).await["viewerMembership"]["state"], "APPLIED");
        ana.done("decideApplication", "membership { id }", hers).await;
        assert_eq!(bela.members(&id, "ACTIVE").await.len(), 6);
        assert_eq!(ana.refused("reviveCommunity", it()).await, ["WRONG_STATE"]);
        assert_eq!(ana.done("archiveCommunity", "community { stage }", it()).await["community"]["stage"], "ARCHIVED", "from wherever it stands");
    }
}

story! {
    async fn a_community_that_forms_may_be_given_up(world: World) {
        let [ana, bela] = &world.people(["ana", "bela"]).await;
        world.tie([(ana, bela)]).await;
        let id = ana.form("The commons", "INVITATION").await;
        ana.bring(&id, bela).await;
        let it = || json!({"communityId": id});
        for command in ["restCommunity", "reviveCommunity"] {
            assert_eq!(ana.refused(command, it()).await, ["WRONG_STATE"], "{command}");
        }
        assert_eq!(bela.refused("archiveCommunity", it()).await, ["STEWARDS_ONLY"]);
        ana.done("archiveCommunity", "community { id }", it()).await;
        assert_eq!(bela.community(&id).await["stage"], "ARCHIVED");
        assert_eq!(ana.refused("ratifyCharter", json!({"communityId": id, "charterVersion": 1})).await, ["WRONG_STATE"]);
        for number in 0..3 {
            ana.form(&format!("Number {number}"), "INVITATION").await;
        }
    }
}

story! {
    async fn a_year_in_which_nothing_happens_puts_it_to_rest(world: World) {
        let [ana, bela, cleo, dina, ema] = &world.people(["ana", "bela", "cleo", "dina", "ema"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "INVITATION").await;
        let forming = ana.form("The commons", "INVITATION").await;
        let idle = async || domain::community::rest_idle(&world.system()).await.expect("the database answers");
        world.pass_days(364);
        assert_eq!(idle().await, 0);
        world.gathering(bela, &id, 24).await;
        world.pass_days(364);
        assert_eq!((idle().await, &ana.community(&id).await["stage"]), (0, &json!("LIVE")), "something did happen");
        assert_eq!(ana.refused("restCommunity", json!({"communityId": "x"})).await, ["NOT_FOUND"]);
        assert_eq!(bela.refused("restCommunity", json!({"communityId": id})).await, ["STEWARDS_ONLY"], "what is refused is not activity");
        rows(bela, &id, "goals", "id").await;
        world.pass_days(2);
        assert_eq!((idle().await, idle().await), (1, 0), "once");
        assert_eq!((&ana.community(&id).await["stage"], &ana.community(&forming).await["stage"]), (&json!("DORMANT"), &json!("FORMING")));
        let trail = rows(ana, &id, "auditTrail", "action actor { name }").await;
        assert_eq!(trail[0], json!({"action": "RESTED", "actor": null}), "by the service");
        ana.done("reviveCommunity", "community { id }", json!({"communityId": id})).await;
        assert_eq!((idle().await, &bela.community(&id).await["stage"]), (0, &json!("LIVE")), "another year begins");
        world.pass_days(366);
        assert_eq!(idle().await, 1);
    }
}

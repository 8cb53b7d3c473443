//! From the first founder to the launch.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::story;
use crate::support::{COMMUNITY, World, charter, own_words, refusals, text};

story! {
    async fn a_community_is_formed_by_its_founders_and_launched_when_it_is_ready(world: World) {
        let people = world.people(["ana", "bela", "cleo", "dina", "ema", "zoe"]).await;
        let [ana, bela, cleo, dina, ema, zoe] = &people;
        let input = json!({"name": "  The  commons ", "slug": "commons"});
        let formed = ana.done("formCommunity", COMMUNITY, input).await["community"].clone();
        assert_eq!((&formed["name"], &formed["stage"]), (&json!("The commons"), &json!("FORMING")));
        assert_eq!(formed["viewerMembership"]["role"], "STEWARD");
        let id = text(&formed["id"]);
        let all = ["PURPOSE", "FAILURE", "AGREEMENTS", "RATIFIED_CHARTER", "FOUNDERS", "FOUNDER_TIES", "UNDERSTOOD_GOAL", "GATHERING_HELD"];
        assert_eq!(ana.unmet(&id).await, all, "one founder alone is connected, and that is all");
        let launch = || json!({"communityId": id});
        assert_eq!(ana.refused("launchCommunity", launch()).await, ["NOT_READY"; 8]);
        for stranger in [bela, zoe] {
            assert_eq!(stranger.community(&id).await, Value::Null);
            assert_eq!(stranger.refused("launchCommunity", launch()).await, ["NOT_FOUND"]);
        }

        let input = json!({"communityId": id, "charter": charter("INVITATION")});
        assert_eq!(ana.done("updateCharter", COMMUNITY, input).await["community"]["charter"]["version"], 2);
        assert_eq!(ana.refused("inviteToCommunity", json!({"communityId": id, "memberId": bela.global_id()})).await, ["NOT_TIED"]);
        world.tie([(ana, bela), (ana, cleo), (ana, dina), (ana, ema), (bela, cleo)]).await;
        for other in [bela, cleo, dina] {
            ana.bring(&id, other).await;
        }
        // Any founder may invite.
        world.tie([(bela, ema)]).await;
        bela.bring(&id, ema).await;
        assert_eq!(ana.unmet(&id).await, ["RATIFIED_CHARTER", "UNDERSTOOD_GOAL", "GATHERING_HELD"], "6 of 10 pairs are tied");
        for founder in [ana, bela, cleo, dina, ema] {
            assert_eq!(founder.refused("ratifyCharter", json!({"communityId": id, "charterVersion": 1})).await, ["CHARTER_CHANGED"]);
            founder.done("ratifyCharter", "community { id }", json!({"communityId": id, "charterVersion": 2})).await;
        }
        let input = json!({"communityId": id, "outcome": "In each street somebody can be asked for help."});
        let goal = text(&bela.done("proposeGoal", "goal { id state }", input).await["goal"]["id"]);
        for founder in [ana, bela, cleo] {
            let said = founder.done("endorseGoal", "goal { state }", json!({"goalId": goal, "words": own_words(&founder.name)})).await;
            assert_eq!(said["goal"]["state"], "PROPOSED");
        }
        let said = dina.done("endorseGoal", "goal { state understanding { endorsed required } }", json!({"goalId": goal, "words": own_words("dina")})).await;
        assert_eq!(said["goal"], json!({"state": "ACTIVE", "understanding": {"endorsed": 4, "required": 4}}));
        let gathering = world.gathering(cleo, &id, -30).await;
        let there = |people: &[&crate::support::Person]| people.iter().map(|person| person.global_id()).collect::<Vec<_>>();
        ana.done("recordAttendance", "gathering { id }", json!({"gatheringId": gathering, "attended": there(&[ana, bela])})).await;
        assert_eq!(ana.unmet(&id).await, ["GATHERING_HELD"], "two of five are less than half");
        ana.done("recordAttendance", "gathering { id }", json!({"gatheringId": gathering, "attended": there(&[cleo])})).await;
        assert_eq!(ema.unmet(&id).await, [""; 0]);
        assert_eq!(ema.refused("launchCommunity", launch()).await, ["STEWARDS_ONLY"]);

        let launched = ana.done("launchCommunity", COMMUNITY, launch()).await["community"].clone();
        assert_eq!((&launched["stage"], &launched["memberCount"]), (&json!("LIVE"), &json!(5)));
        assert_eq!(ana.refused("launchCommunity", launch()).await, ["WRONG_STATE"]);
        let seen = zoe.community(&id).await;
        assert_eq!((&seen["slug"], &seen["charter"]["purpose"]), (&json!("commons"), &json!("Neighbours who lend each other a hand.")));
        assert_eq!(zoe.members(&id, "ACTIVE").await, [""; 0], "who is in it is for its members");
        assert_eq!(ema.members(&id, "ACTIVE").await.len(), 5);
    }
}

story! {
    async fn of_twenty_launches_at_once_one_succeeds(world: World) {
        let [ana, bela, cleo, dina, ema] = world.people(["ana", "bela", "cleo", "dina", "ema"]).await;
        let id = world.ready([&ana, &bela, &cleo, &dina, &ema], "INVITATION").await;
        let tries = (0..20).map(|_| ana.command("launchCommunity", COMMUNITY, json!({"communityId": id})));
        let payloads = join_all(tries).await;
        assert_eq!(payloads.iter().filter(|payload| refusals(payload).is_empty()).count(), 1);
        assert_eq!(payloads.iter().filter(|payload| refusals(payload) == ["WRONG_STATE"]).count(), 19);
        let trail = "query($id: ID!) { community(by: {id: $id}) { auditTrail(first: 100) { nodes { action actor { name } } } } }";
        let trail = ana.run(trail, json!({"id": id})).await["community"]["auditTrail"]["nodes"].clone();
        let launched: Vec<&Value> = trail.as_array().expect("rows").iter().filter(|row| row["action"] == "LAUNCHED").collect();
        assert_eq!(launched, [&json!({"action": "LAUNCHED", "actor": {"name": "ana"}})]);
    }
}

story! {
    async fn a_tie_that_ends_before_the_launch_counts_no_longer(world: World) {
        let [ana, bela, cleo, dina, ema] = world.people(["ana", "bela", "cleo", "dina", "ema"]).await;
        let id = world.ready([&ana, &bela, &cleo, &dina, &ema], "INVITATION").await;
        for other in [&bela, &cleo, &dina, &ema] {
            ana.block(other).await;
        }
        assert_eq!(bela.unmet(&id).await, ["CONNECTED_FOUNDERS"], "ana knows nobody in it any more");
        assert_eq!(ana.refused("launchCommunity", json!({"communityId": id})).await, ["NOT_READY"]);
        world.pass_days(100);
        assert_eq!(bela.unmet(&id).await, ["CONNECTED_FOUNDERS", "GATHERING_HELD"]);
    }
}

story! {
    async fn a_member_may_be_forming_three_communities(world: World) {
        let [ana] = world.people(["ana"]).await;
        for number in 0..3 {
            ana.form(&format!("Number {number}"), "INVITATION").await;
        }
        assert_eq!(ana.refused("formCommunity", json!({"name": "One more"})).await, ["TOO_MANY_COMMUNITIES"]);
        let wrong = json!({"name": "", "slug": "A!", "charter": {"vouches": 6, "agreements": [""]}});
        assert_eq!(ana.refused("formCommunity", wrong).await, ["INVALID_INPUT"; 4], "told all at once");
        let [bela] = world.people(["bela"]).await;
        let slug = text(&ana.query("{ viewer { memberships(first: 1) { nodes { community { slug } } } } }").await["viewer"]["memberships"]["nodes"][0]["community"]["slug"]);
        assert_eq!(bela.refused("formCommunity", json!({"name": "Mine", "slug": slug})).await, ["SLUG_TAKEN"]);
    }
}

story! {
    async fn readiness_is_told_in_the_readers_language(world: World) {
        let [ana] = world.people(["ana"]).await;
        let id = ana.form("The commons", "INVITATION").await;
        let document = json!({"query": "query($id: ID!) { community(by: {id: $id}) { readiness { criteria { key title required actual hint } } } }", "variables": {"id": id}});
        let mut titles = Vec::new();
        for language in ["en", "fr", "de"] {
            let request = ana.client.post(format!("{}/graphql", ana.address)).bearer_auth(ana.token.as_ref().expect("a token"));
            let answer: Value = request.header("Accept-Language", language).json(&document).send().await.expect("an answer").json().await.expect("JSON");
            let criteria = answer["data"]["community"]["readiness"]["criteria"].as_array().expect("criteria").clone();
            assert!(criteria.iter().all(|one| !text(&one["hint"]).is_empty()));
            titles.push(criteria.iter().map(|one| text(&one["title"])).collect::<Vec<_>>());
            let founders = criteria.iter().find(|one| one["key"] == "FOUNDERS").expect("founders");
            assert_eq!((&founders["required"], &founders["actual"]), (&json!(5.0), &json!(1.0)));
        }
        assert!(titles[0] != titles[1] && titles[1] != titles[2], "{titles:?}");
    }
}

/// The operator may ask for less, or more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_it_takes_is_configured() {
    let world = World::with(&[("KITH_READINESS", "founders=2,density=1/1,endorsed=1/1,attended=1/1,days=7")]).await;
    let [ana, bela] = world.people(["ana", "bela"]).await;
    let id = world.live([&ana, &bela], "INVITATION").await;
    assert_eq!(ana.community(&id).await["stage"], "LIVE");
}

//! Coming into a community by those who know the applicant.

use futures::future::join_all;
use serde_json::{Value, json};

use super::{own, rows, trail};
use crate::story;
use crate::support::{Person, refusals, text};

/// Applies where nothing is asked; returns what the commands about the application are given.
async fn apply(person: &Person, community: &str) -> Value {
    let input = json!({"communityId": community, "charterVersion": 1});
    let applied = person.done("applyToCommunity", "membership { id state }", input).await["membership"].clone();
    assert_eq!(applied["state"], "APPLIED");
    json!({"membershipId": applied["id"]})
}

/// Vouches, and returns where the application stands then.
async fn vouch(person: &Person, application: &Value) -> String {
    text(&person.done("vouchForApplicant", "membership { state }", application.clone()).await["membership"]["state"])
}

/// Who vouched for an applicant, as this person sees it.
async fn vouchers(person: &Person, application: &Value) -> Vec<String> {
    let document = "query($id: ID!) { node(id: $id) { ... on Membership { vouchers { name } } } }";
    let found = person.run(document, json!({"id": application["membershipId"]})).await["node"]["vouchers"].clone();
    let mut names: Vec<String> = found.as_array().into_iter().flatten().map(|one| text(&one["name"])).collect();
    names.sort();
    names
}

/// Ends a tie.
async fn part(person: &Person, other: &Person) {
    let ties = person.query("{ viewer { ties(first: 100) { nodes { id other { name } } } } }").await;
    let ties = ties["viewer"]["ties"]["nodes"].as_array().cloned().unwrap_or_default();
    let tie = ties.iter().find(|tie| tie["other"]["name"] == other.name.as_str()).expect("a tie");
    assert_eq!(person.answer("endTie", &text(&tie["id"])).await["tie"]["state"], "ENDED");
}

story! {
    async fn those_who_know_the_applicant_vouch_and_nobody_else_hears_of_it(world: World) {
        let [ana, bela, cleo, dina, ema, zoe, yan] = &world.people(["ana", "bela", "cleo", "dina", "ema", "zoe", "yan"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "VOUCHED").await;
        world.tie([(bela, zoe), (cleo, zoe)]).await;
        let input = json!({"communityId": id, "memberId": zoe.global_id()});
        assert_eq!(bela.refused("inviteToCommunity", input).await, ["STEWARDS_ONLY"], "here one asks, and is vouched for");
        assert_eq!(zoe.refused("applyToCommunity", json!({"communityId": id, "charterVersion": 3})).await, ["CHARTER_CHANGED"]);
        let application = apply(zoe, &id).await;

        for sees in [ana, bela, cleo, zoe] {
            assert_eq!(sees.members(&id, "APPLIED").await, ["zoe"], "{}", sees.name);
        }
        for does_not in [dina, ema, yan] {
            assert_eq!(does_not.members(&id, "APPLIED").await, [""; 0], "{} does not know her", does_not.name);
        }
        for (who, code) in [(dina, "NOT_FOUND"), (ana, "NOT_TIED"), (yan, "NOT_FOUND"), (zoe, "NOT_FOUND")] {
            assert_eq!(who.refused("vouchForApplicant", application.clone()).await, [code], "{}", who.name);
        }
        assert_eq!(dina.refused("withdrawVouch", application.clone()).await, ["NOT_FOUND"]);
        assert_eq!(bela.refused("vouchForApplicant", json!({"membershipId": bela.membership(&id, cleo, "ACTIVE").await})).await, ["WRONG_STATE"], "cleo has not applied");

        assert_eq!(vouch(bela, &application).await, "APPLIED");
        assert_eq!(vouch(bela, &application).await, "APPLIED", "one vouch of each");
        assert_eq!((vouchers(ana, &application).await, vouchers(bela, &application).await), (vec!["bela".to_owned()], vec!["bela".to_owned()]));
        assert_eq!((vouchers(cleo, &application).await, vouchers(zoe, &application).await), (vec![], vec![]), "who did is for the stewards");
        bela.done("withdrawVouch", "membership { state }", application.clone()).await;
        assert_eq!(vouchers(ana, &application).await, [""; 0]);
        assert_eq!(vouch(cleo, &application).await, "APPLIED", "the first one that stands");
        assert_eq!(vouch(bela, &application).await, "ACTIVE");

        assert_eq!(zoe.community(&id).await["viewerMembership"]["role"], "MEMBER");
        assert_eq!(bela.members(&id, "ACTIVE").await.len(), 6);
        assert_eq!((vouchers(ana, &application).await, vouchers(bela, &application).await), (vec!["bela".to_owned(), "cleo".to_owned()], vec!["bela".to_owned()]), "kept");
        assert_eq!((vouchers(dina, &application).await, vouchers(zoe, &application).await), (vec![], vec![]), "and never a public score");
        for (who, code) in [(ana, "WRONG_STATE"), (bela, "WRONG_STATE"), (dina, "WRONG_STATE")] {
            assert_eq!(who.refused("vouchForApplicant", application.clone()).await, [code], "{}: she is in", who.name);
            assert_eq!(who.refused("withdrawVouch", application.clone()).await, [code], "{}: she is in", who.name);
        }
        assert_eq!(zoe.refused("applyToCommunity", json!({"communityId": id, "charterVersion": 1})).await, ["ALREADY_MEMBER"]);
        assert_eq!(trail(ana, &id).await[0], "APPLICATION_ADMITTED");
    }
}

story! {
    async fn only_the_vouches_of_members_who_are_tied_count(world: World) {
        let [ana, bela, cleo, dina, ema, zoe] = &world.people(["ana", "bela", "cleo", "dina", "ema", "zoe"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "VOUCHED").await;
        world.tie([(bela, zoe), (cleo, zoe), (dina, zoe), (ema, zoe)]).await;
        let application = apply(zoe, &id).await;
        assert_eq!(vouch(bela, &application).await, "APPLIED");
        part(bela, zoe).await;
        assert_eq!(bela.members(&id, "APPLIED").await, [""; 0]);
        assert_eq!(vouch(cleo, &application).await, "APPLIED", "bela's counts no longer");
        cleo.done("leaveCommunity", "membership { state }", json!({"communityId": id})).await;
        assert_eq!(vouchers(ana, &application).await, ["bela"], "a vouch goes with who gave it");
        assert_eq!(vouch(dina, &application).await, "APPLIED", "nor does cleo's");
        domain::account::suspend(&world.system(), "dina").await.expect("dina is suspended");
        assert_eq!(vouch(ema, &application).await, "APPLIED", "nor that of somebody suspended");
        domain::account::restore(&world.system(), "dina").await.expect("dina is back");
        assert_eq!(vouch(ema, &application).await, "ACTIVE", "whoever vouches next, or again, is counted with her");
    }
}

story! {
    async fn of_ten_vouches_at_once_the_second_admits_and_once(world: World) {
        let [ana, bela, cleo, dina, ema, zoe] = &world.people(["ana", "bela", "cleo", "dina", "ema", "zoe"]).await;
        let members = [ana, bela, cleo, dina, ema];
        let id = world.live(members, "VOUCHED").await;
        for member in members {
            world.tie([(member, zoe)]).await;
        }
        let application = apply(zoe, &id).await;
        let vouches = members.iter().chain(&members).map(|member| member.command("vouchForApplicant", "membership { state }", application.clone()));
        let answers = join_all(vouches).await;
        let admitted: Vec<&Value> = answers.iter().filter(|answer| answer["membership"]["state"] == "ACTIVE").collect();
        assert!(!admitted.is_empty(), "{answers:?}");
        let codes: Vec<&str> = answers.iter().flat_map(refusals).collect();
        assert!(codes.iter().all(|code| ["NOT_FOUND", "WRONG_STATE"].contains(code)), "late ones find it decided: {codes:?}");
        let done = trail(ana, &id).await;
        assert_eq!(done.iter().filter(|action| *action == "APPLICATION_ADMITTED").count(), 1, "{done:?}");
        assert_eq!(vouchers(ana, &application).await.len(), 2);
        assert_eq!(rows(bela, &id, "members", "name").await.len(), 6);
        assert_eq!((own(zoe, "ACTIVE").await.len(), own(zoe, "APPLIED").await.len()), (1, 0));
    }
}

story! {
    async fn a_steward_may_decide_and_the_charter_says_how_many_vouch(world: World) {
        let [ana, bela, cleo, dina, ema, zoe, yan] = &world.people(["ana", "bela", "cleo", "dina", "ema", "zoe", "yan"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "VOUCHED").await;
        world.tie([(bela, zoe), (bela, yan)]).await;
        for wrong in [0, 6] {
            let input = json!({"communityId": id, "charter": {"vouches": wrong}});
            assert_eq!(ana.refused("updateCharter", input).await, ["INVALID_INPUT"]);
        }
        ana.done("updateCharter", "community { id }", json!({"communityId": id, "charter": {"vouches": 1}})).await;
        assert_eq!(zoe.refused("applyToCommunity", json!({"communityId": id, "charterVersion": 1})).await, ["CHARTER_CHANGED"]);
        let input = json!({"communityId": id, "charterVersion": 2});
        zoe.done("applyToCommunity", "membership { id }", input.clone()).await;
        let application = json!({"membershipId": bela.membership(&id, zoe, "APPLIED").await});
        assert_eq!(vouch(bela, &application).await, "ACTIVE", "one is enough");
        yan.done("applyToCommunity", "membership { id }", input).await;
        let admit = json!({"membershipId": ana.membership(&id, yan, "APPLIED").await, "verdict": "ADMIT"});
        assert_eq!(bela.refused("decideApplication", admit.clone()).await, ["STEWARDS_ONLY"]);
        assert_eq!(ana.done("decideApplication", "membership { state }", admit).await["membership"]["state"], "ACTIVE");
    }
}

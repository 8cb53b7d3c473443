//! Stewards: made and unmade, never the last one; and leaving and removing.

use futures::future::{join, join_all};
use serde_json::{Value, json};

use super::{node, own, rows, stewards, trail};
use crate::story;
use crate::support::{Person, refusals, text};

fn role(membership: &str, role: &str) -> Value {
    json!({"membershipId": membership, "role": role})
}

async fn promote(by: &Person, community: &str, member: &Person) {
    let input = role(&by.membership(community, member, "ACTIVE").await, "STEWARD");
    by.done("setRole", "membership { role }", input).await;
}

story! {
    async fn a_community_is_never_without_a_steward(world: World) {
        let [ana, bela, cleo, dina, ema, zoe] = &world.people(["ana", "bela", "cleo", "dina", "ema", "zoe"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "INVITATION").await;
        let mut of = Vec::new();
        for member in [ana, bela, cleo, dina, ema] {
            of.push(ana.membership(&id, member, "ACTIVE").await);
        }
        let leave = |successor: Option<&str>| json!({"communityId": id, "successorId": successor});
        for (who, code) in [(bela, "STEWARDS_ONLY"), (zoe, "NOT_FOUND")] {
            assert_eq!(who.refused("setRole", role(&of[2], "STEWARD")).await, [code], "{}", who.name);
        }
        assert_eq!(ana.refused("setRole", role("x", "STEWARD")).await, ["NOT_FOUND"]);
        assert_eq!(ana.refused("setRole", role(&of[0], "MEMBER")).await, ["LAST_STEWARD"]);
        assert_eq!(ana.refused("leaveCommunity", leave(None)).await, ["LAST_STEWARD"]);
        assert_eq!(zoe.refused("leaveCommunity", leave(None)).await, ["MEMBERS_ONLY"]);
        let elsewhere = zoe.form("Elsewhere", "INVITATION").await;
        let stranger = zoe.membership(&elsewhere, zoe, "ACTIVE").await;
        domain::account::suspend(&world.system(), "dina").await.expect("dina is suspended");
        for (nobody, why) in [("x", "nothing"), (of[0].as_str(), "the leaver"), (stranger.as_str(), "of another community"), (of[3].as_str(), "suspended")] {
            assert_eq!(ana.refused("leaveCommunity", leave(Some(nobody))).await, ["NOT_FOUND"], "{why}");
            let input = json!({"membershipId": of[0], "role": "MEMBER", "successorId": nobody});
            assert_eq!(ana.refused("setRole", input).await, ["NOT_FOUND"], "{why}");
        }
        domain::account::restore(&world.system(), "dina").await.expect("dina is back");

        let input = json!({"membershipId": of[0], "role": "MEMBER", "successorId": of[1]});
        let demoted = ana.done("setRole", "membership { role founder }", input).await;
        assert_eq!(demoted["membership"], json!({"role": "MEMBER", "founder": true}), "founder is a mark, and stays");
        assert_eq!(stewards(ana, &id).await, ["bela"]);
        assert_eq!(trail(bela, &id).await[..2], ["MADE_MEMBER", "MADE_STEWARD"]);
        bela.done("setRole", "membership { role }", role(&of[1], "STEWARD")).await;
        let left = bela.done("leaveCommunity", "membership { state role }", leave(Some(&of[2]))).await;
        assert_eq!(left["membership"], json!({"state": "LEFT", "role": "MEMBER"}));
        assert_eq!(stewards(ana, &id).await, ["cleo"]);
        assert_eq!(bela.refused("leaveCommunity", leave(None)).await, ["MEMBERS_ONLY"]);
        promote(cleo, &id, ana).await;
        cleo.done("leaveCommunity", "membership { state }", leave(None)).await;
        assert_eq!(stewards(ana, &id).await, ["ana"], "one of two goes as they like");
        dina.done("leaveCommunity", "membership { state }", leave(Some("x"))).await;
        assert_eq!(ana.members(&id, "ACTIVE").await.len(), 2);
    }
}

story! {
    async fn of_two_stewards_who_unmake_each_other_one_remains(world: World) {
        let [ana, bela] = &world.people(["ana", "bela"]).await;
        world.tie([(ana, bela)]).await;
        let id = ana.form("The commons", "INVITATION").await;
        ana.bring(&id, bela).await;
        let (of_ana, of_bela) = (ana.membership(&id, ana, "ACTIVE").await, ana.membership(&id, bela, "ACTIVE").await);
        promote(ana, &id, bela).await;
        for round in 0..15 {
            let (one, other) = if round % 3 == 0 {
                let down = |membership: &str| role(membership, "MEMBER");
                join(ana.command("setRole", "membership { role }", down(&of_bela)), bela.command("setRole", "membership { role }", down(&of_ana))).await
            } else if round % 3 == 1 {
                let down = |membership: &str| role(membership, "MEMBER");
                join(ana.command("setRole", "membership { role }", down(&of_ana)), bela.command("setRole", "membership { role }", down(&of_bela))).await
            } else {
                let out = |membership: &str| json!({"membershipId": membership, "reason": "No.", "mayReturn": true});
                join(ana.command("removeMember", "membership { role }", out(&of_ana)), bela.command("setRole", "membership { role }", role(&of_ana, "MEMBER"))).await
            };
            let codes: Vec<&str> = [&one, &other].into_iter().flat_map(refusals).collect();
            assert!(codes.len() == 1 && ["LAST_STEWARD", "STEWARDS_ONLY", "YOURSELF"].contains(&codes[0]), "round {round}: {codes:?}");
            let left = stewards(ana, &id).await;
            assert_eq!(left.len(), 1, "round {round}: {left:?}");
            let (remains, other) = if left[0] == "ana" { (ana, bela) } else { (bela, ana) };
            promote(remains, &id, other).await;
        }
        // Both leave at once: the second one is alone then, and archives it by leaving.
        let out = || json!({"communityId": id});
        let both = join(ana.command("leaveCommunity", "membership { state }", out()), bela.command("leaveCommunity", "membership { state }", out())).await;
        assert_eq!((refusals(&both.0), refusals(&both.1)), (vec![], vec![]));
        assert_eq!(world.count("community", &[("stage", "ARCHIVED".into())]).await, 1);
    }
}

story! {
    async fn of_five_stewards_who_leave_at_once_the_last_one_is_kept(world: World) {
        let [ana, bela, cleo, dina, ema, zoe] = &world.people(["ana", "bela", "cleo", "dina", "ema", "zoe"]).await;
        let all = [ana, bela, cleo, dina, ema];
        let id = world.live(all, "INVITATION").await;
        world.tie([(ana, zoe)]).await;
        ana.bring(&id, zoe).await;
        for other in &all[1..] {
            promote(ana, &id, other).await;
        }
        let left = join_all(all.iter().map(|one| one.command("leaveCommunity", "membership { state }", json!({"communityId": id})))).await;
        let codes: Vec<&str> = left.iter().flat_map(refusals).collect();
        assert_eq!(codes, ["LAST_STEWARD"]);
        assert_eq!((stewards(zoe, &id).await.len(), zoe.members(&id, "ACTIVE").await.len()), (1, 2));
    }
}

story! {
    async fn who_leaves_alone_closes_it(world: World) {
        let [ana, bela] = &world.people(["ana", "bela"]).await;
        world.tie([(ana, bela)]).await;
        let id = ana.form("The commons", "INVITATION").await;
        ana.done("inviteToCommunity", "membership { id }", json!({"communityId": id, "memberId": bela.global_id()})).await;
        let left = ana.done("leaveCommunity", "membership { state community { name } }", json!({"communityId": id})).await;
        assert_eq!(left["membership"], json!({"state": "LEFT", "community": null}));
        assert_eq!(world.count("community", &[("stage", "ARCHIVED".into())]).await, 1);
        assert_eq!((bela.community(&id).await, ana.community(&id).await), (Value::Null, Value::Null));
        assert_eq!(bela.refused("acceptInvitation", json!({"communityId": id})).await, ["NOT_FOUND"]);
        assert_eq!(own(ana, "LEFT").await.len(), 1);
    }
}

/// All ways in which somebody could see anything of a community, of which none shows it.
async fn sees_nothing(person: &Person, community: &str, slug: &str, things: [&str; 3]) {
    assert_eq!(person.community(community).await, Value::Null);
    assert_eq!(node(person, community).await, Value::Null);
    let by_slug =
        person.run("query($slug: String!) { community(by: {slug: $slug}) { id } }", json!({"slug": slug})).await;
    assert_eq!(by_slug["community"], Value::Null);
    let lists = person.query("{ communities(first: 100) { nodes { id } totalCount } viewer { memberships { totalCount } goals { totalCount } gatherings(when: PAST) { totalCount } } }").await;
    let none = json!({"communities": {"nodes": [], "totalCount": 0}, "viewer": {"memberships": {"totalCount": 0}, "goals": {"totalCount": 0}, "gatherings": {"totalCount": 0}}});
    assert_eq!(lists, none);
    for thing in things {
        assert_eq!(node(person, thing).await, Value::Null, "{thing}");
    }
}

story! {
    async fn who_is_removed_sees_nothing_of_it_from_then_on(world: World) {
        let [ana, bela, cleo, dina, ema, zoe] = &world.people(["ana", "bela", "cleo", "dina", "ema", "zoe"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "INVITATION").await;
        world.tie([(ema, zoe)]).await;
        ema.bring(&id, zoe).await;
        // Fellows alone, not friends of friends.
        for one in [ana, zoe] {
            one.show("findable: false").await;
        }
        let slug = text(&zoe.community(&id).await["slug"]);
        let goal = text(&rows(zoe, &id, "goals", "id").await[0]["id"]);
        let gathering = text(&rows(zoe, &id, "gatherings(when: PAST)", "id").await[0]["id"]);
        let of_bela = zoe.membership(&id, bela, "ACTIVE").await;
        assert_eq!((&zoe.see(ana).await["relationToViewer"], &ana.see(zoe).await["relationToViewer"]), (&json!("FELLOW"), &json!("FELLOW")));

        let of_zoe = ana.membership(&id, zoe, "ACTIVE").await;
        let out = |may_return: bool, reason: &str| json!({"membershipId": of_zoe, "reason": reason, "mayReturn": may_return});
        assert_eq!(bela.refused("removeMember", out(false, "Spam.")).await, ["STEWARDS_ONLY"]);
        assert_eq!(ana.refused("removeMember", out(false, " ")).await, ["INVALID_INPUT"]);
        assert_eq!(ana.refused("removeMember", out(false, &"a".repeat(501))).await, ["INVALID_INPUT"]);
        assert_eq!(ana.refused("removeMember", json!({"membershipId": ana.membership(&id, ana, "ACTIVE").await, "reason": "No.", "mayReturn": true})).await, ["YOURSELF"]);
        assert_eq!(ana.refused("removeMember", json!({"membershipId": "x", "reason": "No.", "mayReturn": true})).await, ["NOT_FOUND"]);
        let removed = ana.done("removeMember", "membership { state reason mayReturn name member { name } }", out(false, "Spam.")).await;
        assert_eq!(removed["membership"], json!({"state": "REMOVED", "reason": "Spam.", "mayReturn": false, "name": "zoe", "member": null}));
        assert_eq!(ana.refused("removeMember", out(false, "Again.")).await, ["WRONG_STATE"]);

        sees_nothing(zoe, &id, &slug, [&goal, &gathering, &of_bela]).await;
        assert_eq!((zoe.see(ana).await, ana.see(zoe).await), (Value::Null, Value::Null), "no fellows any more");
        assert_eq!(zoe.see(ema).await["relationToViewer"], "TIE");
        let document = "query($id: ID!) { node(id: $id) { ... on Member { communities { totalCount } } } }";
        assert_eq!(zoe.run(document, json!({"id": ema.global_id()})).await["node"]["communities"]["totalCount"], 0, "nor over a tie");
        let kept = &own(zoe, "REMOVED").await[0];
        assert_eq!((&kept["reason"], &kept["mayReturn"], &kept["community"]), (&json!("Spam."), &json!(false), &Value::Null));
        for command in ["acceptInvitation", "leaveCommunity", "declineInvitation", "withdrawApplication"] {
            assert_eq!(zoe.refused(command, json!({"communityId": id})).await, ["NOT_FOUND"], "{command}");
        }
        assert_eq!(zoe.refused("applyToCommunity", json!({"communityId": id, "charterVersion": 1})).await, ["NOT_FOUND"]);
        assert_eq!(zoe.refused("endorseGoal", json!({"goalId": goal, "words": "Whatever it is that one can say of it."})).await, ["NOT_FOUND"]);
        assert_eq!(zoe.refused("replyToGathering", json!({"gatheringId": gathering, "reply": "YES"})).await, ["NOT_FOUND"]);
        assert_eq!(ema.refused("inviteToCommunity", json!({"communityId": id, "memberId": zoe.global_id()})).await, ["WRONG_STATE"]);
        assert_eq!((bela.members(&id, "ACTIVE").await.len(), bela.members(&id, "REMOVED").await.len()), (5, 0));
        let shows = "action note";
        assert_eq!(rows(ana, &id, "auditTrail", shows).await[0], json!({"action": "REMOVED", "note": "Spam."}));
    }
}

story! {
    async fn who_is_removed_for_now_sees_it_as_a_stranger_and_may_come_back(world: World) {
        let [ana, bela, cleo, dina, ema, zoe] = &world.people(["ana", "bela", "cleo", "dina", "ema", "zoe"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "INVITATION").await;
        world.tie([(ema, zoe)]).await;
        ema.bring(&id, zoe).await;
        promote(ana, &id, zoe).await;
        let of_ana = zoe.membership(&id, ana, "ACTIVE").await;
        let out = |membership: &str| json!({"membershipId": membership, "reason": "Until May.", "mayReturn": true});
        ana.done("removeMember", "membership { state }", out(&ana.membership(&id, zoe, "ACTIVE").await)).await;
        assert_eq!(zoe.refused("removeMember", out(&of_ana)).await, ["NOT_FOUND"], "no steward any more");
        let seen = zoe.community(&id).await;
        assert_eq!((&seen["stage"], &seen["viewerMembership"]), (&json!("LIVE"), &Value::Null));
        assert_eq!((zoe.members(&id, "ACTIVE").await.len(), rows(zoe, &id, "goals", "id").await.len()), (0, 0));
        assert_eq!((trail(zoe, &id).await.len(), zoe.see(ana).await["relationToViewer"].clone()), (0, json!("NETWORK")), "by ema, whom both know");
        assert_eq!(zoe.query("{ communities { totalCount } }").await["communities"]["totalCount"], 1);
        ema.bring(&id, zoe).await;
        let back = zoe.community(&id).await["viewerMembership"].clone();
        assert_eq!((&back["state"], &back["role"], &back["founder"]), (&json!("ACTIVE"), &json!("MEMBER"), &json!(false)));
        assert_eq!((own(zoe, "REMOVED").await.len(), own(zoe, "ACTIVE").await.len()), (1, 1));
        assert_eq!(zoe.members(&id, "ACTIVE").await.len(), 6);
    }
}

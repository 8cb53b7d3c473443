//! Coming into a live community: invited by a member, or by asking its stewards.

use serde_json::{Value, json};

use super::{own, rows, trail};
use crate::story;
use crate::support::{Person, text};

fn invite(community: &str, member: &Person) -> Value {
    json!({"communityId": community, "memberId": member.global_id(), "note": "Come along."})
}

fn accept(community: &str, version: i32) -> Value {
    json!({"communityId": community, "charterVersion": version})
}

fn application(community: &str, answers: &[&str]) -> Value {
    json!({"communityId": community, "charterVersion": 1, "answers": answers, "note": "I live next door."})
}

story! {
    async fn any_member_invites_their_own_ties(world: World) {
        let [ana, bela, cleo, dina, ema, zoe, yan] = &world.people(["ana", "bela", "cleo", "dina", "ema", "zoe", "yan"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "INVITATION").await;
        world.tie([(ema, zoe)]).await;
        for (who, whom, code) in [(ema, yan, "NOT_TIED"), (ana, zoe, "NOT_TIED"), (yan, zoe, "MEMBERS_ONLY"), (ana, bela, "ALREADY_MEMBER"), (ana, ana, "NOT_TIED")] {
            assert_eq!(who.refused("inviteToCommunity", invite(&id, whom)).await, [code], "{} invites {}", who.name, whom.name);
        }
        let nobody = json!({"communityId": id, "memberId": "mem_AAAA"});
        assert_eq!(ema.refused("inviteToCommunity", nobody).await, ["NOT_TIED"]);
        let long = json!({"communityId": id, "memberId": zoe.global_id(), "note": "a".repeat(301)});
        assert_eq!(ema.refused("inviteToCommunity", long).await, ["INVALID_INPUT"]);
        assert_eq!(zoe.refused("applyToCommunity", application(&id, &[])).await, ["WRONG_STATE"], "it takes no applications");
        for command in ["acceptInvitation", "declineInvitation"] {
            assert_eq!(zoe.refused(command, json!({"communityId": id})).await, ["WRONG_STATE"], "not invited");
        }

        let invited = ema.done("inviteToCommunity", "membership { state role name expiresAt member { name } }", invite(&id, zoe)).await;
        assert_eq!((&invited["membership"]["state"], &invited["membership"]["member"]["name"]), (&json!("INVITED"), &json!("zoe")));
        assert!(invited["membership"]["expiresAt"].is_string());
        assert_eq!(ema.refused("inviteToCommunity", invite(&id, zoe)).await, ["ALREADY_MEMBER"], "once is enough");
        for sees in [ana, ema, zoe] {
            assert_eq!(sees.members(&id, "INVITED").await, ["zoe"], "{}: the steward, the inviter and the invited", sees.name);
        }
        for does_not in [bela, yan] {
            assert_eq!(does_not.members(&id, "INVITED").await, [""; 0], "{}", does_not.name);
        }
        let by = |row: &Value| (row["invitedBy"]["name"].clone(), row["note"].clone());
        assert_eq!(by(&own(zoe, "INVITED").await[0]), (json!("ema"), json!("Come along.")));
        let shows = "note invitedBy { name }";
        assert_eq!(by(&rows(ana, &id, "members(state: INVITED)", shows).await[0]), (json!("ema"), json!("Come along.")));
        let seen = zoe.community(&id).await;
        assert_eq!((&seen["viewerMembership"]["state"], &seen["memberCount"]), (&json!("INVITED"), &json!(5)));
        assert_eq!(zoe.members(&id, "ACTIVE").await, [""; 0], "who is in it is for its members, also while one is invited");

        for stale in [json!({"communityId": id}), accept(&id, 0), accept(&id, 2)] {
            assert_eq!(zoe.refused("acceptInvitation", stale).await, ["CHARTER_CHANGED"]);
        }
        let accepted = zoe.done("acceptInvitation", "membership { state role founder consentedVersion }", accept(&id, 1)).await;
        assert_eq!(accepted["membership"], json!({"state": "ACTIVE", "role": "MEMBER", "founder": false, "consentedVersion": 1}));
        zoe.done("acceptInvitation", "membership { state }", accept(&id, 1)).await;
        assert_eq!(zoe.members(&id, "ACTIVE").await.len(), 6);
        assert_eq!(zoe.refused("declineInvitation", json!({"communityId": id})).await, ["WRONG_STATE"], "it was accepted");
        let shows = "name invitedBy { name } note consentedVersion";
        let seen = rows(bela, &id, "members", shows).await;
        assert_eq!(seen[0], json!({"name": "zoe", "invitedBy": null, "note": null, "consentedVersion": null}), "how she came in is for the stewards");
        assert_eq!(trail(ana, &id).await[..2], ["JOINED", "INVITED"]);
        zoe.done("inviteToCommunity", "membership { state }", {
            world.tie([(zoe, yan)]).await;
            invite(&id, yan)
        }).await;
        assert_eq!(ana.members(&id, "INVITED").await, ["yan"], "and now she invites hers");
    }
}

story! {
    async fn an_invitation_is_declined_taken_back_or_over(world: World) {
        let [ana, bela, cleo, dina, ema, zoe] = &world.people(["ana", "bela", "cleo", "dina", "ema", "zoe"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "INVITATION").await;
        world.tie([(ema, zoe)]).await;
        let again = async || {
            let invited = ema.done("inviteToCommunity", "membership { id }", invite(&id, zoe)).await;
            json!({"membershipId": invited["membership"]["id"]})
        };
        again().await;
        let declined = zoe.done("declineInvitation", "membership { state endedAt }", json!({"communityId": id})).await;
        assert_eq!(declined["membership"]["state"], "DECLINED");
        assert_eq!(zoe.refused("acceptInvitation", accept(&id, 1)).await, ["WRONG_STATE"]);
        assert_eq!((ema.members(&id, "INVITED").await, ana.members(&id, "DECLINED").await), (vec![], vec!["zoe".to_owned()]));

        let open = again().await;
        for other in [bela, zoe] {
            assert_eq!(other.refused("takeBackInvitation", open.clone()).await, ["NOT_FOUND"], "{} did not make it", other.name);
        }
        ema.done("takeBackInvitation", "membership { state }", open.clone()).await;
        assert_eq!(ema.refused("takeBackInvitation", open).await, ["NOT_FOUND"], "what is over shows to stewards alone");
        assert_eq!(zoe.refused("acceptInvitation", accept(&id, 1)).await, ["WRONG_STATE"]);

        let open = again().await;
        let taken = ana.done("takeBackInvitation", "membership { state name }", open).await;
        assert_eq!(taken["membership"], json!({"state": "WITHDRAWN", "name": "zoe"}), "a steward may too");
        assert_eq!(ana.members(&id, "WITHDRAWN").await, ["zoe", "zoe"]);

        let open = again().await;
        world.pass_days(29);
        assert_eq!(ana.members(&id, "INVITED").await, ["zoe"]);
        world.pass_days(1);
        assert_eq!((ana.members(&id, "INVITED").await, ana.members(&id, "EXPIRED").await), (vec![], vec!["zoe".to_owned()]));
        assert_eq!(own(zoe, "EXPIRED").await.len(), 1);
        assert_eq!(zoe.community(&id).await["viewerMembership"], Value::Null);
        assert_eq!(zoe.refused("acceptInvitation", accept(&id, 1)).await, ["WRONG_STATE"]);
        assert_eq!(ema.refused("takeBackInvitation", open).await, ["WRONG_STATE"]);
        again().await;
        assert_eq!(own(zoe, "EXPIRED").await.len(), 1, "a new one, and the old one stays what it was");
        zoe.block(ema).await;
        assert_eq!((own(zoe, "INVITED").await.len(), own(zoe, "WITHDRAWN").await.len()), (0, 3), "a block takes it back");
        assert_eq!(zoe.refused("acceptInvitation", accept(&id, 1)).await, ["WRONG_STATE"]);
    }
}

story! {
    async fn a_steward_decides_about_who_asks(world: World) {
        let [ana, bela, cleo, dina, ema, zoe, yan] = &world.people(["ana", "bela", "cleo", "dina", "ema", "zoe", "yan"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "REQUEST").await;
        world.tie([(bela, yan)]).await;
        ana.mutate("mutation { updateProfile(input: {bio: \"Since 1990.\"}) { userErrors { code } } }", json!({})).await;
        zoe.mutate("mutation { updateProfile(input: {bio: \"New here.\"}) { userErrors { code } } }", json!({})).await;
        assert_eq!(zoe.community(&id).await["charter"]["questions"], json!(["Why do you want to join?"]));
        for answers in [&[][..], &["One.", "Two."], &[""], &[&"a".repeat(1_001)]] {
            assert_eq!(zoe.refused("applyToCommunity", application(&id, answers)).await, ["INVALID_INPUT"], "{} answers", answers.len());
        }
        let stale = json!({"communityId": id, "charterVersion": 2, "answers": ["I have a garden."]});
        assert_eq!(zoe.refused("applyToCommunity", stale).await, ["CHARTER_CHANGED"]);
        assert_eq!(zoe.refused("withdrawApplication", json!({"communityId": id})).await, ["WRONG_STATE"]);

        let shows = "membership { id state answers note consentedVersion }";
        let applied = zoe.done("applyToCommunity", shows, application(&id, &["I have a garden."])).await["membership"].clone();
        assert_eq!((&applied["state"], &applied["answers"]), (&json!("APPLIED"), &json!(["I have a garden."])));
        assert_eq!(zoe.refused("applyToCommunity", application(&id, &["Again."])).await, ["ALREADY_MEMBER"]);
        assert_eq!(zoe.refused("acceptInvitation", accept(&id, 1)).await, ["WRONG_STATE"], "nobody invited her");
        yan.done("applyToCommunity", shows, application(&id, &["Bela is in it."])).await;

        let asked = rows(ana, &id, "members(state: APPLIED)", "name answers note member { name bio relationToViewer }").await;
        assert_eq!(asked[1], json!({"name": "zoe", "answers": ["I have a garden."], "note": "I live next door.", "member": {"name": "zoe", "bio": null, "relationToViewer": "PROCESS"}}), "her card, while she asks");
        assert_eq!(zoe.see(ana).await, Value::Null, "she sees nobody in it");
        for does_not in [bela, cleo] {
            assert_eq!(does_not.members(&id, "APPLIED").await, [""; 0], "{} is no steward", does_not.name);
        }
        let verdict = |verdict: &str, reason: &str| json!({"membershipId": applied["id"], "verdict": verdict, "reason": reason});
        let decline = verdict("DECLINE", "We are full.");
        for (who, code) in [(bela, "NOT_FOUND"), (zoe, "NOT_FOUND")] {
            assert_eq!(who.refused("decideApplication", decline.clone()).await, [code], "{}", who.name);
        }
        let yans = json!({"membershipId": ana.membership(&id, yan, "APPLIED").await});
        assert_eq!(bela.refused("vouchForApplicant", yans.clone()).await, ["NOT_FOUND"], "tied to him, and still he does not show");
        assert_eq!(ana.refused("vouchForApplicant", yans.clone()).await, ["WRONG_STATE"], "not how one joins here");
        let unknown = json!({"membershipId": "x", "verdict": "ADMIT"});
        assert_eq!(ana.refused("decideApplication", unknown).await, ["NOT_FOUND"]);
        let long = verdict("DECLINE", &"a".repeat(501));
        assert_eq!(ana.refused("decideApplication", long).await, ["INVALID_INPUT"]);

        let declined = ana.done("decideApplication", "membership { state reason }", decline.clone()).await;
        assert_eq!(declined["membership"], json!({"state": "DECLINED", "reason": "We are full."}));
        assert_eq!(ana.refused("decideApplication", decline).await, ["WRONG_STATE"]);
        assert_eq!(own(zoe, "DECLINED").await[0]["reason"], "We are full.");
        assert_eq!(ana.see(zoe).await, Value::Null, "no longer than it is open");

        zoe.done("applyToCommunity", shows, application(&id, &["Once more."])).await;
        let withdrawn = zoe.done("withdrawApplication", "membership { state }", json!({"communityId": id})).await;
        assert_eq!(withdrawn["membership"]["state"], "WITHDRAWN");
        assert_eq!(zoe.refused("withdrawApplication", json!({"communityId": id})).await, ["WRONG_STATE"]);
        assert_eq!(ana.members(&id, "APPLIED").await, ["yan"]);

        let mut admit = yans;
        admit["verdict"] = json!("ADMIT");
        let admitted = ana.done("decideApplication", "membership { state answers founder consentedVersion }", admit).await;
        assert_eq!(admitted["membership"], json!({"state": "ACTIVE", "answers": ["Bela is in it."], "founder": false, "consentedVersion": 1}), "answers are kept");
        assert_eq!(yan.refused("applyToCommunity", application(&id, &["Again."])).await, ["ALREADY_MEMBER"]);
        assert_eq!(rows(bela, &id, "members", "name answers").await[0], json!({"name": "yan", "answers": null}));
        assert_eq!(trail(ana, &id).await[..2], ["APPLICATION_ADMITTED", "APPLICATION_DECLINED"]);
    }
}

story! {
    async fn where_stewards_decide_they_alone_invite_and_what_nobody_decides_is_over(world: World) {
        let [ana, bela, cleo, dina, ema, zoe, yan] = &world.people(["ana", "bela", "cleo", "dina", "ema", "zoe", "yan"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "REQUEST").await;
        world.tie([(ana, zoe), (bela, zoe)]).await;
        assert_eq!(bela.refused("inviteToCommunity", invite(&id, zoe)).await, ["STEWARDS_ONLY"]);
        ana.done("inviteToCommunity", "membership { state }", invite(&id, zoe)).await;
        assert_eq!(zoe.refused("applyToCommunity", application(&id, &["Yes."])).await, ["ALREADY_MEMBER"], "she is invited");
        zoe.done("acceptInvitation", "membership { state }", accept(&id, 1)).await;
        yan.done("applyToCommunity", "membership { state }", application(&id, &["Yes."])).await;
        assert_eq!(yan.community(&id).await["viewerMembership"]["state"], "APPLIED");
        let yans = json!({"membershipId": ana.membership(&id, yan, "APPLIED").await, "verdict": "ADMIT"});
        world.pass_days(30);
        assert_eq!(ana.refused("decideApplication", yans.clone()).await, ["WRONG_STATE"]);
        assert_eq!((ana.members(&id, "APPLIED").await, ana.members(&id, "EXPIRED").await), (vec![], vec!["yan".to_owned()]));
        assert_eq!(yan.refused("withdrawApplication", json!({"communityId": id})).await, ["WRONG_STATE"]);
        yan.done("applyToCommunity", "membership { state }", application(&id, &["Still."])).await;
        assert_eq!(text(&own(yan, "APPLIED").await[0]["answers"][0]), "Still.");
        let input = json!({"communityId": id, "charter": {"joining": "INVITATION"}});
        ana.done("updateCharter", "community { id }", input).await;
        let yans = json!({"membershipId": ana.membership(&id, yan, "APPLIED").await, "verdict": "ADMIT"});
        ana.done("decideApplication", "membership { state }", yans).await;
        assert_eq!(bela.members(&id, "ACTIVE").await.len(), 7, "who asked while one could is still decided about");
        assert_eq!(own(yan, "ACTIVE").await[0]["consentedVersion"], 1, "he agreed to what he read");
    }
}

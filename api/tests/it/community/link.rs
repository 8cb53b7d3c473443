//! Coming into a community by a link, or by meeting a member.

use serde_json::{Value, json};

use super::own;
use crate::story;
use crate::support::{Person, refusals, text};

/// An invitation's link that names a community.
async fn link(person: &Person, community: &str) -> Value {
    let input = json!({"context": "FRIEND", "communityId": community});
    person.done("createInvitation", "invitation { id code url community { id } }", input).await["invitation"].clone()
}

async fn follow(person: &Person, code: &Value) -> Value {
    person.command("followInvitation", "membership { id state community { name } }", json!({"code": code})).await
}

fn accept(community: &str) -> Value {
    json!({"communityId": community, "charterVersion": 1})
}

story! {
    async fn a_link_invites_one_member_to_the_community(world: World) {
        let [ana, bela, cleo, dina, ema, zoe, yan] = &world.people(["ana", "bela", "cleo", "dina", "ema", "zoe", "yan"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "INVITATION").await;
        let of = |id: &str| json!({"context": "FRIEND", "communityId": id});
        assert_eq!(yan.refused("createInvitation", of(&id)).await, ["MEMBERS_ONLY"]);
        assert_eq!(yan.refused("createInvitation", of("x")).await, ["NOT_FOUND"]);
        let made = link(ema, &id).await;
        assert_eq!(made["community"]["id"], json!(id));
        assert_eq!(refusals(&follow(ema, &made["code"]).await), ["YOURSELF"]);
        assert_eq!(refusals(&follow(zoe, &json!("0000-0000")).await), ["INVALID_CODE"]);

        let followed = follow(zoe, &made["url"]).await;
        assert_eq!(refusals(&followed), [""; 0], "the whole link will do");
        assert_eq!(followed["membership"]["state"], "INVITED");
        assert_eq!(follow(zoe, &made["code"]).await["membership"], followed["membership"], "again is the same");
        assert_eq!(refusals(&follow(yan, &made["code"]).await), ["INVALID_CODE"], "it is used up");
        assert_eq!(own(zoe, "INVITED").await[0]["invitedBy"]["name"], "ema");
        assert_eq!(ema.members(&id, "INVITED").await, ["zoe"]);
        zoe.done("acceptInvitation", "membership { state }", accept(&id)).await;
        assert_eq!(zoe.members(&id, "ACTIVE").await.len(), 6);
        assert_eq!(follow(zoe, &made["code"]).await["membership"]["state"], "ACTIVE");

        let plain = ema.done("createInvitation", "invitation { code }", json!({"context": "FRIEND"})).await;
        assert_eq!(refusals(&follow(yan, &plain["invitation"]["code"]).await), ["INVALID_CODE"], "it names no community");
        let withdrawn = link(ema, &id).await;
        ema.done("withdrawInvitation", "invitation { state }", json!({"invitationId": withdrawn["id"]})).await;
        assert_eq!(refusals(&follow(yan, &withdrawn["code"]).await), ["INVALID_CODE"]);
        let late = link(ema, &id).await;
        world.pass_days(8);
        assert_eq!(refusals(&follow(yan, &late["code"]).await), ["INVALID_CODE"]);
    }
}

story! {
    async fn a_link_is_worth_what_its_maker_may(world: World) {
        let [ana, bela, cleo, dina, ema, zoe, yan] = &world.people(["ana", "bela", "cleo", "dina", "ema", "zoe", "yan"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "INVITATION").await;
        let (of_ema, of_dina, of_cleo) = (link(ema, &id).await, link(dina, &id).await, link(cleo, &id).await);
        ema.done("leaveCommunity", "membership { state }", json!({"communityId": id})).await;
        assert_eq!(refusals(&follow(zoe, &of_ema["code"]).await), ["INVALID_CODE"], "ema left");
        world.tie([(cleo, yan)]).await;
        cleo.block(yan).await;
        assert_eq!(refusals(&follow(yan, &of_cleo["code"]).await), ["INVALID_CODE"], "a block looks like no code");
        let input = json!({"communityId": id, "charter": {"joining": "VOUCHED"}});
        ana.done("updateCharter", "community { id }", input).await;
        assert_eq!(refusals(&follow(zoe, &of_dina["code"]).await), ["INVALID_CODE"], "members do not invite any more");
        let of = json!({"context": "FRIEND", "communityId": id});
        assert_eq!(dina.refused("createInvitation", of.clone()).await, ["STEWARDS_ONLY"]);
        assert_eq!(dina.refused("openHandshake", json!({"context": "FRIEND", "occasion": {"communityId": id}})).await, ["STEWARDS_ONLY"]);
        let of_ana = link(ana, &id).await;
        assert_eq!(refusals(&follow(zoe, &of_ana["code"]).await), [""; 0]);
        let again = link(ana, &id).await;
        ana.done("restCommunity", "community { id }", json!({"communityId": id})).await;
        assert_eq!(refusals(&follow(yan, &again["code"]).await), ["INVALID_CODE"], "nobody comes in while it rests");
        assert_eq!(ana.refused("createInvitation", of).await, ["WRONG_STATE"]);
    }
}

story! {
    async fn somebody_new_comes_in_by_a_link_and_is_invited(world: World) {
        let [ana, bela, cleo, dina, ema] = &world.people(["ana", "bela", "cleo", "dina", "ema"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "INVITATION").await;
        let made = link(ema, &id).await;
        let asked = "mutation { requestSignInCode(input: {email: \"zoe@example.org\"}) { sent userErrors { code } } }";
        world.anybody().mutate(asked, json!({})).await;
        let input = json!({
            "invitation": made["code"], "email": "zoe@example.org", "code": world.code_for("zoe@example.org").await,
            "name": "zoe", "device": {"name": "phone", "platform": "ANDROID"},
        });
        let signed_up = world.anybody().done("signUp", "credentials { accessToken }", input).await;
        let zoe = Person { name: "zoe".to_owned(), token: Some(text(&signed_up["credentials"]["accessToken"])), ..world.anybody() };
        let invited = own(&zoe, "INVITED").await;
        assert_eq!((invited.len(), &invited[0]["community"]["name"], &invited[0]["invitedBy"]["name"]), (1, &json!("The INVITATION of ana"), &json!("ema")));
        assert_eq!(ema.members(&id, "INVITED").await, ["zoe"]);
        zoe.done("acceptInvitation", "membership { state }", accept(&id)).await;
        assert_eq!(ana.members(&id, "ACTIVE").await.len(), 6);
    }
}

story! {
    async fn who_scans_a_members_code_is_tied_in_person_and_invited(world: World) {
        let [ana, bela, cleo, dina, ema, zoe, yan] = &world.people(["ana", "bela", "cleo", "dina", "ema", "zoe", "yan"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "INVITATION").await;
        let occasion = || json!({"context": "NEIGHBOUR", "occasion": {"communityId": id}});
        assert_eq!(yan.refused("openHandshake", occasion()).await, ["MEMBERS_ONLY"]);
        assert_eq!(yan.refused("openHandshake", json!({"context": "NEIGHBOUR", "occasion": {"communityId": "x"}})).await, ["NOT_FOUND"]);
        let shown = ema.done("openHandshake", "handshake { code community { id } }", occasion()).await["handshake"].clone();
        assert_eq!(shown["community"]["id"], json!(id));
        let scan = async |who: &Person| {
            let shows = "tie { state evidence other { name } } membership { state invitedBy { name } community { id } }";
            who.command("completeHandshake", shows, json!({"code": shown["code"]})).await
        };
        let met = scan(zoe).await;
        assert_eq!(met["tie"], json!({"state": "ACTIVE", "evidence": "IN_PERSON", "other": {"name": "ema"}}));
        assert_eq!(met["membership"], json!({"state": "INVITED", "invitedBy": {"name": "ema"}, "community": {"id": id}}));
        assert_eq!(scan(zoe).await, met, "again is the same");
        assert_eq!(refusals(&scan(yan).await), ["INVALID_CODE"]);
        zoe.done("acceptInvitation", "membership { state }", accept(&id)).await;
        assert_eq!(bela.members(&id, "ACTIVE").await[0], "zoe");

        let shown = ema.done("openHandshake", "handshake { code }", occasion()).await["handshake"].clone();
        let met = zoe.command("completeHandshake", "membership { state }", json!({"code": shown["code"]})).await;
        assert_eq!(met["membership"]["state"], "ACTIVE", "she belongs to it already");
    }
}

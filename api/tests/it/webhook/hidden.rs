//! What partners are not told: of members who hide from them, of a webhook that is paused, of a community that is over.

use serde_json::json;

use super::{Hook, forming, plan};
use crate::story;
use crate::support::{Answer, Receiver, text};

story! {
    async fn who_hides_from_partners_shows_in_nothing(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        world.tie([(&ana, &bela)]).await;
        let (community, receiver) = (forming(&ana).await, Receiver::start());
        let hook = Hook::of(&ana, &community, &receiver).await;
        receiver.answers(Answer::Status(500));
        ana.bring(&community, &bela).await;
        let told = hook.tried(&ana, 1).await;
        assert_eq!((&told["event"], &told["state"]), (&json!("MEMBER_JOINED"), &json!("WAITING")));

        let hides = json!({"communityId": community, "hiddenFromPartners": true});
        bela.done("updateMembership", "community { id }", hides).await;
        assert_eq!(hook.log(&ana).await, Vec::<serde_json::Value>::new(), "what was told is taken back");
        assert_eq!(ana.refused("replayDelivery", json!({"deliveryId": told["id"]})).await, ["NOT_FOUND"]);
        bela.done("leaveCommunity", "userErrors { code }", json!({"communityId": community})).await;
        receiver.answers(Answer::Status(200));
        world.pass_days(1);
        hook.test(&ana).await;
        let heard = receiver.hears(2).await;
        assert_eq!(heard[1].event(), "webhook.test", "that she hid, and left, nobody was told");
    }
}

story! {
    async fn what_happens_while_a_webhook_is_paused_it_is_never_told(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (community, receiver) = (forming(&ana).await, Receiver::start());
        let hook = Hook::of(&ana, &community, &receiver).await;
        let turn = async |paused: bool| {
            let input = json!({"webhookId": hook.id, "paused": paused});
            text(&ana.done("updateWebhook", "webhook { state }", input).await["webhook"]["state"])
        };
        assert_eq!(turn(true).await, "PAUSED");
        plan(&world, &ana, &community).await;
        assert_eq!(ana.refused("testWebhook", json!({"webhookId": hook.id})).await, ["WRONG_STATE"]);
        assert_eq!(turn(false).await, "ENABLED");
        let next = plan(&world, &ana, &community).await;
        assert_eq!(receiver.hears(1).await[0].json()["data"]["gatheringId"], next);
        let input = json!({"webhookId": hook.id, "events": ["MEMBER_LEFT"], "name": "Their register"});
        let changed = ana.done("updateWebhook", "webhook { name events }", input).await;
        assert_eq!(changed["webhook"], json!({"name": "Their register", "events": ["MEMBER_LEFT"]}));
        plan(&world, &ana, &community).await;
        assert_eq!(hook.log(&ana).await.len(), 1, "that is no longer told");
    }
}

story! {
    async fn an_archived_community_tells_nothing(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (community, receiver) = (forming(&ana).await, Receiver::start());
        receiver.answers(Answer::Status(503));
        let hook = Hook::of(&ana, &community, &receiver).await;
        plan(&world, &ana, &community).await;
        let tried = hook.tried(&ana, 1).await;
        ana.done("archiveCommunity", "community { stage }", json!({"communityId": community})).await;
        assert_eq!(hook.log(&ana).await[0]["state"], "CANCELLED");
        for (command, input) in [
            ("replayDelivery", json!({"deliveryId": tried["id"]})),
            ("testWebhook", json!({"webhookId": hook.id})),
            ("rotateWebhookSecret", json!({"webhookId": hook.id})),
        ] {
            assert_eq!(ana.refused(command, input).await, ["WRONG_STATE"], "{command}");
        }
        ana.done("leaveCommunity", "userErrors { code }", json!({"communityId": community})).await;
        assert_eq!(world.count("news", &[]).await, 1, "nor that its last member left");
        assert_eq!(receiver.heard().len(), 1);
    }
}

//! What a partner is told, and who may say so.

use std::collections::BTreeSet;

use domain::{account, community, gathering};
use serde_json::json;

use super::{ALL, Hook, WEBHOOK, forming, plan};
use crate::story;
use crate::support::{Heard, Receiver, refusals, text};

/// What was heard of one event.
fn of<'a>(heard: &'a [Heard], event: &str) -> Vec<&'a Heard> {
    heard.iter().filter(|it| it.event() == event).collect()
}

story! {
    async fn a_partner_is_told_each_thing_once_and_nobody_elses_implementation_doubts_it(world: World) {
        let [ana, bela, cleo, dora, eva, fay] = world.people(["ana", "bela", "cleo", "dora", "eva", "fay"]).await;
        let community = world.live([&ana, &bela, &cleo, &dora, &eva], "INVITATION").await;
        let receiver = Receiver::start();
        let hook = Hook::of(&ana, &community, &receiver).await;
        world.tie([(&ana, &fay)]).await;

        ana.bring(&community, &fay).await;
        let membership = ana.membership(&community, &fay, "ACTIVE").await;
        let coming = plan(&world, &ana, &community).await;
        let goals = "query($id: ID!) { community(by: {id: $id}) { goals { nodes { id } } } }";
        let goal = ana.run(goals, json!({"id": community})).await["community"]["goals"]["nodes"][0]["id"].clone();
        let measure = json!({"goalId": goal, "measure": {"unit": "streets", "start": 0.0, "target": 12.0}});
        ana.done("updateGoal", "goal { id }", measure).await;
        let measured = json!({"goalId": goal, "value": 3.0, "note": "Bela asked at each door."});
        bela.done("recordProgress", "goal { id }", measured).await;
        let now = world.gathering(&ana, &community, -1).await;
        let there = json!({"gatheringId": now, "attended": [ana.global_id(), bela.global_id()]});
        for _ in 0..2 {
            ana.done("recordAttendance", "gathering { id }", there.clone()).await;
        }
        fay.done("leaveCommunity", "__typename", json!({"communityId": community})).await;
        for taken in [1, 0] {
            assert_eq!(community::take_snapshots(&world.system()).await.expect("the database answers"), taken);
        }

        let heard = receiver.hears(7).await;
        for one in &heard {
            assert!(one.is_accepted(&hook.secret), "{one:?}");
            assert_eq!((one.path.as_str(), one.header("content-type").as_str()), ("/hook?from=kith", "application/json"));
            let body = String::from_utf8(one.body.clone()).expect("UTF-8");
            for word in ["ana", "bela", "fay", "Bela asked", "fountain", "Largo"] {
                assert!(!body.contains(&format!("\"{word}")) && !body.contains("asked at"), "{word} in {body}");
            }
            assert_eq!(one.json()["data"]["communityId"], community);
            assert!(text(&one.json()["timestamp"]).ends_with('Z'));
        }
        assert_eq!(heard.iter().map(Heard::id).collect::<BTreeSet<_>>().len(), 7, "each has an id of its own");
        let data = |event: &str| of(&heard, event)[0].json()["data"].clone();
        let member = json!({"communityId": community, "membershipId": membership, "memberId": fay.global_id()});
        assert_eq!((data("member.joined"), data("member.left")), (member.clone(), member));
        assert_eq!(data("goal.progressed"), json!({"communityId": community, "goalId": goal, "value": 3.0, "unit": "streets"}));
        let planned: BTreeSet<String> =
            of(&heard, "gathering.planned").iter().map(|it| text(&it.json()["data"]["gatheringId"])).collect();
        assert_eq!(planned, BTreeSet::from([coming, now.clone()]));
        assert_eq!((of(&heard, "gathering.held").len(), data("gathering.held")["gatheringId"].clone()), (1, json!(now)));
        let none = json!({"exact": 0, "text": "0"});
        let counted = json!({"communityId": community, "days": 90, "closed": none, "accepted": none, "helped": none, "met": none});
        assert_eq!(data("introductions.counted"), counted);

        let log = hook.log(&ana).await;
        assert_eq!(log.len(), 7);
        for one in &log {
            assert_eq!((&one["state"], &one["nextAttemptAt"]), (&json!("DELIVERED"), &json!(null)), "{one}");
            assert_eq!((&one["attempts"][0]["statusCode"], &one["attempts"][0]["failure"]), (&json!(200), &json!(null)));
            let sent = heard.iter().find(|it| it.id() == text(&one["eventId"])).expect("it was sent");
            assert_eq!(text(&one["payload"]).as_bytes(), sent.body);
        }
    }
}

story! {
    async fn what_is_altered_or_old_is_refused_by_the_other_side(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (community, receiver) = (forming(&ana).await, Receiver::start());
        let hook = Hook::of(&ana, &community, &receiver).await;
        hook.test(&ana).await;
        let heard = receiver.hears(1).await.remove(0);
        assert!(heard.is_accepted(&hook.secret));
        assert_eq!(heard.event(), "webhook.test");

        let mut other_body = heard.clone();
        other_body.body = String::from_utf8(heard.body.clone()).expect("UTF-8").replace("test", "best").into_bytes();
        let mut other_id = heard.clone();
        other_id.headers.insert("webhook-id", "evt_AAAAAAAAAAAAAAAAAAAAAA".parse().expect("a value"));
        let at: i64 = heard.header("webhook-timestamp").parse().expect("seconds");
        let mut moved = heard.clone();
        moved.headers.insert("webhook-timestamp", (at + 1).to_string().parse().expect("a value"));
        for (what, one) in [("body", other_body), ("id", other_id), ("time", moved)] {
            assert!(!one.is_accepted(&hook.secret), "another {what}");
        }
        let another = Hook::of(&ana, &community, &receiver).await;
        assert!(!heard.is_accepted(&another.secret), "another secret");

        // Sent by a service whose clock stands six minutes later, or read six minutes after it was sent, is the same.
        world.kith.clock.advance(std::time::Duration::from_secs(6 * 60));
        hook.test(&ana).await;
        let late = receiver.hears(2).await.remove(1);
        assert!(!late.is_accepted(&hook.secret), "too far from now");
        assert!(late.is_signed(&hook.secret), "though it is signed");
    }
}

story! {
    async fn a_gathering_is_told_as_held_when_it_is_over(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (community, receiver) = (forming(&ana).await, Receiver::start());
        let input = json!({"communityId": community, "url": receiver.address, "events": ["GATHERING_HELD", "WEBHOOK_TEST"]});
        let made = ana.done("createWebhook", WEBHOOK, input).await;
        assert_eq!(made["webhook"]["events"], json!(["GATHERING_HELD"]), "a test is told in any case");
        let held = world.gathering(&ana, &community, 1).await;
        let cancelled = world.gathering(&ana, &community, 1).await;
        ana.done("cancelGathering", "gathering { state }", json!({"gatheringId": cancelled})).await;
        let tell = async || gathering::tell_held(&world.system()).await.expect("the database answers");
        assert_eq!(tell().await, 0, "it is not over");
        world.kith.clock.advance(std::time::Duration::from_secs(4 * 3_600));
        tell().await;
        let heard = receiver.hears(1).await;
        assert_eq!((heard[0].event().as_str(), &heard[0].json()["data"]["gatheringId"]), ("gathering.held", &json!(held)));
        let there = json!({"gatheringId": held, "attended": [ana.global_id()]});
        ana.done("recordAttendance", "gathering { id }", there).await;
        assert_eq!(tell().await, 0);
        assert_eq!(world.count("news", &[]).await, 1, "it was told");
    }
}

story! {
    async fn who_is_out_of_use_has_left_and_who_is_back_has_joined(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        world.tie([(&ana, &bela)]).await;
        let (community, receiver) = (forming(&ana).await, Receiver::start());
        ana.bring(&community, &bela).await;
        let hook = Hook::of(&ana, &community, &receiver).await;
        for _ in 0..2 {
            account::suspend(&world.system(), "bela").await.expect("it is done");
        }
        receiver.hears(1).await;
        for _ in 0..2 {
            account::restore(&world.system(), "bela").await.expect("it is done");
        }
        let heard = receiver.hears(2).await;
        assert_eq!([heard[0].event(), heard[1].event()], ["member.left", "member.joined"]);
        let document = "mutation { deleteAccount(input: {withoutExport: true}) { userErrors { code } } }";
        let bela = world.person("bela").await;
        assert_eq!(refusals(&bela.mutate(document, json!({})).await), [""; 0]);
        let heard = receiver.hears(3).await;
        assert_eq!(heard[2].event(), "member.left");
        for one in &heard {
            assert!(one.is_accepted(&hook.secret) && one.json()["data"]["memberId"] == bela.global_id().as_str());
        }
    }
}

story! {
    async fn stewards_alone_have_webhooks_and_ten_at_the_most(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        world.tie([(&ana, &bela)]).await;
        let community = forming(&ana).await;
        ana.bring(&community, &bela).await;
        let receiver = Receiver::start();
        let hook = Hook::of(&ana, &community, &receiver).await;
        let delivery = hook.test(&ana).await;
        let input = json!({"communityId": community, "url": "https://hooks.example/", "events": ALL});
        assert_eq!(bela.refused("createWebhook", input.clone()).await, ["STEWARDS_ONLY"]);
        assert_eq!(cleo.refused("createWebhook", input.clone()).await, ["NOT_FOUND"]);
        let (webhook, replayed) = (json!({"webhookId": hook.id}), json!({"deliveryId": delivery}));
        let range = json!({"webhookId": hook.id, "from": "2020-01-01T00:00:00Z", "to": "2030-01-01T00:00:00Z"});
        for other in [&bela, &cleo] {
            for command in ["updateWebhook", "rotateWebhookSecret", "deleteWebhook", "testWebhook"] {
                assert_eq!(other.refused(command, webhook.clone()).await, ["NOT_FOUND"], "{command}");
            }
            assert_eq!(other.refused("replayDelivery", replayed.clone()).await, ["NOT_FOUND"]);
            assert_eq!(other.refused("replayDeliveries", range.clone()).await, ["NOT_FOUND"]);
            for id in [&hook.id, &delivery] {
                let document = "query($id: ID!) { node(id: $id) { id } }";
                assert_eq!(other.run(document, json!({"id": id})).await["node"], json!(null));
            }
        }
        for wrong in [
            json!({"communityId": community, "url": "https://hooks.example/", "events": []}),
            json!({"communityId": community, "url": "https://hooks.example/", "events": ["WEBHOOK_TEST"]}),
            json!({"communityId": community, "url": "", "events": ALL}),
        ] {
            assert_eq!(ana.refused("createWebhook", wrong).await, ["INVALID_INPUT"]);
        }
        for _ in 1..10 {
            ana.done("createWebhook", WEBHOOK, input.clone()).await;
        }
        assert_eq!(ana.refused("createWebhook", input).await, ["WRONG_STATE"]);
        let trail = "query($id: ID!) { community(by: {id: $id}) { webhooks { totalCount } auditTrail(first: 1) { nodes { action note } } } }";
        let seen = ana.run(trail, json!({"id": community})).await["community"].take();
        assert_eq!(seen["webhooks"]["totalCount"], 10);
        assert_eq!(seen["auditTrail"]["nodes"], json!([{"action": "WEBHOOK_CREATED", "note": "hooks.example"}]));
        ana.done("deleteWebhook", "deletedWebhookId", webhook).await;
        assert_eq!((world.count("delivery", &[]).await, world.count("delivery_attempt", &[]).await), (0, 0));
    }
}

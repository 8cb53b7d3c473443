//! Receivers that fail: tried again over three days, disabled when they are gone or for a week took nothing, and in
//! nobody else's way.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Hook, forming, plan};
use crate::story;
use crate::support::{Answer, Heard, Person, Receiver, text};

/// The pauses between the tries, each as long as it may be.
const PAUSES: [u64; 9] = [6, 331, 1_981, 7_921, 19_801, 39_601, 55_441, 79_201, 95_041];

story! {
    async fn what_fails_is_tried_for_three_days_under_one_id(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (community, receiver) = (forming(&ana).await, Receiver::start());
        let hook = Hook::of(&ana, &community, &receiver).await;
        receiver.answers(Answer::Status(500));
        plan(&world, &ana, &community).await;
        for (at, pause) in PAUSES.into_iter().enumerate() {
            let told = hook.tried(&ana, at + 1).await;
            assert_eq!((&told["state"], &told["attempts"][0]["statusCode"]), (&json!("WAITING"), &json!(500)), "try {at}");
            assert!(told["nextAttemptAt"].is_string());
            world.kith.clock.advance(Duration::from_secs(pause));
        }
        let told = hook.tried(&ana, 10).await;
        assert_eq!((&told["state"], &told["nextAttemptAt"]), (&json!("FAILED"), &Value::Null));
        let heard = receiver.hears(10).await;
        assert_eq!(heard.iter().map(Heard::id).collect::<BTreeSet<_>>(), BTreeSet::from([text(&told["eventId"])]));
        assert_eq!(heard.iter().map(|it| it.body.clone()).collect::<BTreeSet<_>>().len(), 1, "the same bytes");
        let times: BTreeSet<String> = heard.iter().map(|it| it.header("webhook-timestamp")).collect();
        assert_eq!(times.len(), 10, "each of its own time");
        assert!(heard.iter().all(|it| it.is_signed(&hook.secret)));
        let seen = hook.seen(&ana).await;
        assert_eq!((&seen["state"], seen["failingSince"].is_string()), (&json!("ENABLED"), true));

        receiver.answers(Answer::Status(204));
        ana.done("replayDelivery", "delivery { state }", json!({"deliveryId": told["id"]})).await;
        assert_eq!(hook.tried(&ana, 11).await["state"], "DELIVERED");
        assert_eq!(hook.seen(&ana).await["failingSince"], Value::Null, "something has arrived");
    }
}

story! {
    async fn every_answer_but_a_2xx_is_a_failure_and_a_redirect_leads_nowhere(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (community, receiver, elsewhere) = (forming(&ana).await, Receiver::start(), Receiver::start());
        let hook = Hook::of(&ana, &community, &receiver).await;
        for answer in [
            Answer::Redirect(elsewhere.address.clone()),
            Answer::Status(301),
            Answer::Status(304),
            Answer::Status(400),
            Answer::Status(404),
            Answer::Status(429),
            Answer::Status(502),
        ] {
            receiver.answers(answer.clone());
            hook.test(&ana).await;
            let told = hook.tried(&ana, 1).await;
            assert_eq!(told["state"], "WAITING", "{answer:?}");
        }
        assert_eq!(elsewhere.connections(), 0);
        let log = serde_json::to_string(&hook.log(&ana).await).expect("JSON");
        assert!(!log.contains("nobody's log"), "what a receiver says is not kept");
    }
}

story! {
    async fn a_receiver_that_asks_for_rest_has_it(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (community, receiver) = (forming(&ana).await, Receiver::start());
        let hook = Hook::of(&ana, &community, &receiver).await;
        receiver.answers(Answer::Rest(503, 600));
        hook.test(&ana).await;
        hook.tried(&ana, 1).await;
        let next = world.hours_from_now(0);
        let told = hook.log(&ana).await.remove(0);
        assert!(text(&told["nextAttemptAt"]) > next, "{told} {next}");
        world.kith.clock.advance(Duration::from_secs(500));
        hook.test(&ana).await;
        receiver.hears(2).await;
        world.kith.clock.advance(Duration::from_secs(700));
        receiver.answers(Answer::Status(200));
        receiver.hears(4).await;
    }
}

/// The kinds of what somebody is told, and where that leads.
async fn told(person: &Person) -> Vec<(String, Value)> {
    let document = "{ viewer { notifications { nodes { kind deepLink node { ... on Webhook { id state } } } } } }";
    let nodes = person.query(document).await["viewer"]["notifications"]["nodes"].take();
    let nodes = nodes.as_array().cloned().unwrap_or_default();
    nodes.into_iter().map(|node| (text(&node["kind"]), node["node"].clone())).collect()
}

story! {
    async fn a_receiver_that_is_gone_is_not_asked_again(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        world.tie([(&ana, &bela), (&ana, &cleo)]).await;
        let (community, receiver) = (forming(&ana).await, Receiver::start());
        for other in [&bela, &cleo] {
            ana.bring(&community, other).await;
        }
        let membership = ana.membership(&community, &bela, "ACTIVE").await;
        ana.done("setRole", "membership { role }", json!({"membershipId": membership, "role": "STEWARD"})).await;
        let hook = Hook::of(&ana, &community, &receiver).await;
        receiver.answers(Answer::Status(410));
        plan(&world, &ana, &community).await;
        crate::support::until("it is disabled", Duration::from_secs(30), async || hook.seen(&ana).await["state"] == "GONE").await;
        for steward in [&ana, &bela] {
            let disabled = ("WEBHOOK_DISABLED".to_owned(), json!({"id": hook.id, "state": "GONE"}));
            assert_eq!(told(steward).await.first(), Some(&disabled), "{}", steward.name);
        }
        assert!(told(&cleo).await.iter().all(|(kind, _)| kind != "WEBHOOK_DISABLED"));
        plan(&world, &ana, &community).await;
        world.pass_days(1);
        assert_eq!(hook.log(&ana).await.len(), 1, "it is told nothing any more");
        receiver.answers(Answer::Status(200));
        ana.done("updateWebhook", "webhook { state }", json!({"webhookId": hook.id, "paused": false})).await;
        let heard = receiver.hears(2).await;
        assert_eq!(heard[0].id(), heard[1].id(), "what waited is sent");
        let trail = "query($id: ID!) { community(by: {id: $id}) { auditTrail { nodes { action actor { name } } } } }";
        let trail = ana.run(trail, json!({"id": community})).await.to_string();
        assert!(trail.contains("{\"action\":\"WEBHOOK_DISABLED\",\"actor\":null}"), "{trail}");
    }
}

story! {
    async fn a_webhook_where_nothing_arrives_for_a_week_is_disabled_with_a_notice(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (community, receiver) = (forming(&ana).await, Receiver::start());
        let hook = Hook::of(&ana, &community, &receiver).await;
        receiver.answers(Answer::Status(500));
        for day in 0..7 {
            hook.test(&ana).await;
            hook.tried(&ana, 1).await;
            assert_eq!(hook.seen(&ana).await["state"], "ENABLED", "day {day}");
            world.pass_days(1);
        }
        // What waits is tried again now, a week after the first failure.
        crate::support::until("it is disabled", Duration::from_secs(30), async || hook.seen(&ana).await["state"] == "FAILING").await;
        assert_eq!(told(&ana).await, [("WEBHOOK_DISABLED".to_owned(), json!({"id": hook.id, "state": "FAILING"}))]);
    }
}

story! {
    async fn a_quiet_week_between_two_failures_disables_nothing(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (community, receiver) = (forming(&ana).await, Receiver::start());
        let hook = Hook::of(&ana, &community, &receiver).await;
        receiver.answers(Answer::Status(500));
        hook.test(&ana).await;
        hook.tried(&ana, 1).await;
        world.execute("UPDATE delivery SET state = 'FAILED'").await;
        world.pass_days(9);
        hook.test(&ana).await;
        hook.tried(&ana, 1).await;
        assert_eq!(hook.seen(&ana).await["state"], "ENABLED");
    }
}

story! {
    async fn a_receiver_that_does_not_answer_holds_up_nobody_else(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        let (slow, quick) = (Receiver::start(), Receiver::start());
        slow.answers(Answer::Wait);
        let (of_ana, of_bela) = (forming(&ana).await, bela.form("The meadow", "INVITATION").await);
        let waits = Hook::of(&ana, &of_ana, &slow).await;
        for _ in 0..20 {
            waits.test(&ana).await;
        }
        slow.hears(4).await;
        let hook = Hook::of(&bela, &of_bela, &quick).await;
        for _ in 0..8 {
            hook.test(&bela).await;
        }
        quick.hears(8).await;
        assert_eq!(slow.heard().len(), 4, "of one webhook a few are on their way at a time");
        slow.answers(Answer::Status(200));
        slow.hears(20).await;
    }
}

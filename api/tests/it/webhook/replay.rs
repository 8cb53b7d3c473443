//! Asking for deliveries again: one, or those of a time.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use super::{Hook, forming, plan};
use crate::story;
use crate::support::{Heard, Receiver, text};

story! {
    async fn one_that_arrived_is_sent_again_under_the_same_id(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (community, receiver) = (forming(&ana).await, Receiver::start());
        let hook = Hook::of(&ana, &community, &receiver).await;
        plan(&world, &ana, &community).await;
        let told = hook.tried(&ana, 1).await;
        let again = ana.done("replayDelivery", "delivery { id state endedAt }", json!({"deliveryId": told["id"]})).await;
        assert_eq!(again["delivery"]["id"], told["id"]);
        let heard = receiver.hears(2).await;
        assert_eq!((heard[0].id(), &heard[0].body), (heard[1].id(), &heard[1].body));
        assert!(heard.iter().all(|it| it.is_accepted(&hook.secret)));
        assert_eq!(hook.tried(&ana, 2).await["state"], "DELIVERED");
        assert_eq!(ana.refused("replayDelivery", json!({"deliveryId": hook.id})).await, ["NOT_FOUND"]);
    }
}

story! {
    async fn those_of_a_time_are_sent_again_and_no_others(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (community, receiver) = (forming(&ana).await, Receiver::start());
        let (hook, other) = (Hook::of(&ana, &community, &receiver).await, Receiver::start());
        Hook::of(&ana, &community, &other).await;
        let mut moments = Vec::new();
        for _ in 0..4 {
            moments.push(world.hours_from_now(0));
            plan(&world, &ana, &community).await;
            world.kith.clock.advance(Duration::from_secs(3_600));
        }
        receiver.hears(4).await;
        // The log has an order, which arrivals have not.
        let first: Vec<String> = hook.log(&ana).await.iter().rev().map(|one| text(&one["eventId"])).collect();
        let range = |from: &str, to: &str| json!({"webhookId": hook.id, "from": from, "to": to});
        let replayed = ana.done("replayDeliveries", "webhook { id } count", range(&moments[1], &moments[3])).await;
        assert_eq!((&replayed["count"], &replayed["webhook"]["id"]), (&json!(2), &json!(hook.id)));
        let heard: BTreeSet<String> = receiver.hears(6).await[4..].iter().map(Heard::id).collect();
        assert_eq!(heard, first[1..3].iter().cloned().collect());
        assert_eq!(ana.refused("replayDeliveries", range(&moments[3], &moments[1])).await, ["INVALID_INPUT"]);
        let none = ana.done("replayDeliveries", "count", range("2020-01-01T00:00:00Z", &moments[0])).await;
        assert_eq!(none["count"], 0);
        other.hears(4).await;

        world.pass_days(31);
        domain::webhook::forget_old(&world.system()).await.expect("the database answers");
        for table in ["news", "delivery", "delivery_attempt"] {
            assert_eq!(world.count(table, &[]).await, 0, "{table}");
        }
    }
}

story! {
    async fn tests_and_replays_are_limited(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (community, receiver) = (forming(&ana).await, Receiver::start());
        let hook = Hook::of(&ana, &community, &receiver).await;
        for _ in 0..30 {
            hook.test(&ana).await;
        }
        let input = json!({"webhookId": hook.id});
        let mut last = Vec::new();
        for _ in 0..10 {
            last = ana.refused("testWebhook", input.clone()).await;
            if !last.is_empty() {
                break;
            }
        }
        assert_eq!(last, ["TOO_MANY_ATTEMPTS"]);
    }
}

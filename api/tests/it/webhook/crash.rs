//! Several servers at once, and servers that are killed between a commit and what it must tell.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Hook, forming, plan};
use crate::command::Kith;
use crate::story;
use crate::support::{Answer, Heard, Receiver, SIGNING_KEY, until};

story! {
    async fn two_servers_send_each_thing_once(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (community, receiver) = (forming(&ana).await, Receiver::start());
        let hook = Hook::of(&ana, &community, &receiver).await;
        let second = world.restarted(&[]).await;
        for at in 0..24 {
            let person = if at % 2 == 0 { ana.clone() } else { ana.at(&second) };
            plan(&world, &person, &community).await;
        }
        receiver.hears(24).await;
        // Long enough for either to look again.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let heard = receiver.hears(24).await;
        assert_eq!(heard.iter().map(Heard::id).collect::<BTreeSet<_>>().len(), 24);
        assert!(heard.iter().all(|it| it.is_accepted(&hook.secret)));
    }
}

story! {
    async fn a_server_killed_after_a_commit_loses_nothing_of_what_it_had_to_tell(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (community, receiver) = (forming(&ana).await, Receiver::start());
        let hook = Hook::of(&ana, &community, &receiver).await;
        world.stop().await;
        // Nobody gets an answer, so nothing can have been written down as told when the server dies.
        receiver.answers(Answer::Wait);
        let kith = Kith::with(&[
            ("DATABASE_URL", world.database_url()),
            ("KITH_SIGNING_KEY", SIGNING_KEY),
            ("KITH_PUBLIC_URL", "http://kith.test"),
            ("KITH_WEBHOOK_ALLOW", "127.0.0.1/32"),
        ]);
        let mut serving = kith.serve(&["--no-demo"]);
        let mut gatherings = BTreeSet::new();
        for round in 0..6_u64 {
            let mut here = ana.clone();
            here.address.clone_from(&serving.address);
            gatherings.insert(plan(&world, &here, &community).await);
            // From at once, before it is looked for what is due, to after it was sent.
            tokio::time::sleep(Duration::from_millis(150 * round)).await;
            serving.kill();
            serving = kith.serve(&["--no-demo"]);
        }
        assert_eq!(world.count("delivery", &[("state", "WAITING".into())]).await, 6);
        receiver.answers(Answer::Status(200));
        // As if a minute had passed, in which the leases of the dead end.
        world.execute("UPDATE delivery SET due_at = 0 WHERE state = 'WAITING'").await;
        until("all have arrived", Duration::from_secs(60), async || {
            world.count("delivery", &[("state", "DELIVERED".into())]).await == 6
        })
        .await;
        let heard = receiver.heard();
        let told: BTreeSet<String> =
            heard.iter().map(|it| crate::support::text(&it.json()["data"]["gatheringId"])).collect();
        assert_eq!(told, gatherings, "each of them");
        assert_eq!(heard.iter().map(Heard::id).collect::<BTreeSet<_>>().len(), 6, "under one id each, however often");
        assert!(heard.iter().all(|it| it.is_accepted(&hook.secret)));
    }
}

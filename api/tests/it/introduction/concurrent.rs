//! Many at the same moment, and commands that are sent again: one of each comes of it.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, refusals, text};

story! {
    async fn fifty_requests_for_one_pair_are_one(world: World) {
        let [ana, bela, cleo, dora] = world.people(["ana", "bela", "cleo", "dora"]).await;
        world.tie([(&ana, &bela), (&bela, &cleo), (&ana, &dora), (&dora, &cleo)]).await;
        let payloads = join_all((0..50).map(|number| ana.request(&cleo, if number % 2 == 0 { &bela } else { &dora }))).await;
        let made: Vec<&Value> = payloads.iter().filter(|payload| refusals(payload).is_empty()).collect();
        assert_eq!(made.len(), 1);
        assert!(payloads.iter().all(|payload| matches!(refusals(payload).as_slice(), [] | ["WRONG_STATE"])), "{payloads:?}");
        assert_eq!((world.count("introduction", &[]).await, bela.told("INTRODUCTION").await.len() + dora.told("INTRODUCTION").await.len()), (1, 1));
    }
}

story! {
    async fn no_limit_is_passed_at_once(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (hub, crowd) = world.star("crowd", 15).await;
        world.tie([(&ana, &hub)]).await;
        hub.done("updateIntroductionPolicy", "__typename", json!({"asConnector": 4})).await;
        let payloads = join_all(crowd.iter().map(|person| ana.request(person, &hub))).await;
        let of = |codes: &[&str]| payloads.iter().filter(|payload| refusals(payload) == codes).count();
        assert_eq!((of(&[]), of(&["TOO_MANY_INTRODUCTIONS"])), (10, 5));
        assert_eq!((ana.introductions("REQUESTER", None).await.len(), hub.introductions("CONNECTOR", None).await.len(), hub.told("INTRODUCTION").await.len()), (10, 4, 4));
        let (ctx, other) = (world.system(), world.system());
        hub.done("updateIntroductionPolicy", "__typename", json!({"asConnector": 9})).await;
        let (one, two) = tokio::join!(domain::introduction::deliver_waiting(&ctx), domain::introduction::deliver_waiting(&other));
        assert!(one.is_ok() && two.is_ok());
        assert_eq!((hub.introductions("CONNECTOR", None).await.len(), hub.told("INTRODUCTION").await.len()), (9, 9));
    }
}

story! {
    async fn fifty_acceptances_are_one(world: World) {
        let [ana, bela, cleo] = world.trio(["ana", "bela", "cleo"]).await;
        let id = ana.ask_for(&cleo, &bela).await;
        let passed = join_all((0..20).map(|_| bela.command("passOnIntroduction", "introduction { state }", json!({"introductionId": id, "note": "Meet."})))).await;
        assert_eq!(passed.iter().filter(|payload| refusals(payload).is_empty()).count(), 1, "{passed:?}");
        assert_eq!(cleo.told("INTRODUCTION").await.len(), 1);
        let ties = world.count("tie", &[]).await;
        let payloads = join_all((0..50).map(|_| cleo.command("acceptIntroduction", "introduction { state conversation { id } }", json!({"introductionId": id})))).await;
        for payload in &payloads {
            assert_eq!(payload, &payloads[0]);
            assert_eq!((refusals(payload), &payload["introduction"]["state"]), (vec![], &json!("ACCEPTED")));
        }
        assert_eq!((world.count("conversation", &[]).await, world.count("participant", &[]).await), (1, 3));
        assert_eq!((world.count("tie", &[]).await, world.count("tie", &[("evidence", "INTRODUCED".into())]).await), (ties + 1, 1));
        assert_eq!(world.count("notification", &[("kind", "INTRODUCTION_ACCEPTED".into())]).await, 2);
    }
}

story! {
    async fn of_an_acceptance_and_a_withdrawal_one_wins(world: World) {
        for round in 0..8 {
            let crowd = world.crowd(&format!("round{round}"), 3).await;
            let [ana, bela, cleo] = &crowd[..] else { unreachable!("three") };
            world.tie([(ana, bela), (bela, cleo)]).await;
            let id = ana.ask_for(cleo, bela).await;
            bela.pass_on(&id).await;
            let (accepted, withdrawn) = tokio::join!(
                cleo.step_or_code("acceptIntroduction", &id),
                ana.step_or_code("withdrawIntroduction", &id),
            );
            let wins = match (accepted.as_str(), withdrawn.as_str()) {
                ("ACCEPTED", "WRONG_STATE") => "ACCEPTED",
                ("WRONG_STATE", "WITHDRAWN") => "WITHDRAWN",
                other => panic!("{other:?}"),
            };
            for person in [ana, bela, cleo] {
                assert_eq!(person.state_of(&id).await, wins, "{}", person.name);
                assert_eq!(person.conversations().await.len(), usize::from(wins == "ACCEPTED"), "{}", person.name);
            }
            assert_eq!((ana.waiting().await.len(), bela.told("INTRODUCTION_ACC").await.len()), if wins == "ACCEPTED" { (1, 1) } else { (0, 0) });
        }
    }
}

story! {
    async fn answers_that_cross_agree(world: World) {
        for round in 0..6 {
            let crowd = world.crowd(&format!("cross{round}"), 3).await;
            let [ana, bela, cleo] = &crowd[..] else { unreachable!("three") };
            world.tie([(ana, bela), (bela, cleo)]).await;
            let id = ana.ask_for(cleo, bela).await;
            world.draw(10).await;
            let (passed, declined) = tokio::join!(
                bela.step_or_code("passOnIntroduction", &id),
                bela.step_or_code("declineIntroduction", &id),
            );
            match (passed.as_str(), declined.as_str()) {
                ("PASSED_ON", "WRONG_STATE") => assert_eq!((bela.state_of(&id).await, cleo.state_of(&id).await), ("PASSED_ON".to_owned(), "PASSED_ON".to_owned())),
                ("WRONG_STATE", "DECLINED") => {
                    assert_eq!((bela.state_of(&id).await, cleo.state_of(&id).await), ("DECLINED".to_owned(), String::new()));
                    continue;
                }
                other => panic!("{other:?}"),
            }
            let (accepted, declined) = tokio::join!(
                cleo.step_or_code("acceptIntroduction", &id),
                cleo.step_or_code("declineIntroduction", &id),
            );
            match (accepted.as_str(), declined.as_str()) {
                ("ACCEPTED", "WRONG_STATE") => assert_eq!(ana.state_of(&id).await, "ACCEPTED"),
                ("WRONG_STATE", "DECLINED") => assert_eq!((ana.state_of(&id).await, ana.conversations().await.len()), ("REQUESTED".to_owned(), 0)),
                other => panic!("{other:?}"),
            }
        }
    }
}

story! {
    async fn an_acceptance_and_a_block_at_once_agree(world: World) {
        for round in 0..6 {
            let crowd = world.crowd(&format!("block{round}"), 3).await;
            let [ana, bela, cleo] = &crowd[..] else { unreachable!("three") };
            world.tie([(ana, bela), (bela, cleo)]).await;
            let id = ana.ask_for(cleo, bela).await;
            bela.pass_on(&id).await;
            let (accepted, blocked) = tokio::join!(cleo.step_or_code("acceptIntroduction", &id), ana.block(cleo));
            assert_eq!(refusals(&blocked), [""; 0]);
            let conversations = i64::from(accepted == "ACCEPTED" || accepted.is_empty());
            assert_eq!(bela.conversations().await.len() as i64, conversations, "{accepted}");
            for person in [ana, cleo] {
                assert_eq!((person.state_of(&id).await, person.waiting().await), (String::new(), vec![]), "{accepted}: {}", person.name);
            }
        }
    }
}

impl Person {
    /// The state after a step, or the code by which it is refused; empty if what it left no longer shows.
    async fn step_or_code(&self, mutation: &str, id: &str) -> String {
        let input = if mutation == "passOnIntroduction" {
            json!({"introductionId": id, "note": "Meet."})
        } else {
            json!({"introductionId": id})
        };
        let payload = self.command(mutation, "introduction { state }", input).await;
        refusals(&payload).first().map_or_else(|| text(&payload["introduction"]["state"]), |code| (*code).to_owned())
    }
}

story! {
    async fn a_command_sent_again_under_its_key_answers_the_same(world: World) {
        let [ana, bela, cleo, dora] = world.people(["ana", "bela", "cleo", "dora"]).await;
        world.tie([(&ana, &bela), (&bela, &cleo), (&bela, &dora)]).await;
        let shows = "introduction { id state }";
        let again = async |person: &Person, key: &str, mutation: &str, shows: &str, input: Value| {
            let answers = join_all((0..5).map(|_| person.under(key, mutation, shows, input.clone()))).await;
            assert!(answers.iter().all(|answer| *answer == answers[0]), "{mutation}: {answers:?}");
            assert_eq!(answers[0]["data"][mutation]["userErrors"], json!([]), "{mutation}: {}", answers[0]);
            answers[0]["data"][mutation].clone()
        };
        let mut made = Vec::new();
        for target in [&cleo, &dora] {
            let input = json!({"targetId": target.global_id(), "connectorId": bela.global_id(), "reason": "We bake."});
            made.push(text(&again(&ana, &target.name, "requestIntroduction", shows, input).await["introduction"]["id"]));
        }
        let which = |number: usize| json!({"introductionId": made[number]});
        again(&bela, "step-0", "passOnIntroduction", shows, json!({"introductionId": made[0], "note": "Meet."})).await;
        again(&bela, "step-1", "declineIntroduction", shows, which(1)).await;
        again(&cleo, "step-2", "acceptIntroduction", shows, which(0)).await;
        again(&ana, "step-3", "withdrawIntroduction", shows, which(1)).await;
        again(&ana, "step-4", "recordIntroductionOutcome", shows, json!({"introductionId": made[0], "outcome": "MET"})).await;
        again(&ana, "step-5", "updateIntroductionPolicy", "introductionPolicy { asTarget }", json!({"asTarget": 3})).await;
        assert_eq!((world.count("introduction", &[]).await, world.count("conversation", &[]).await, world.count("introduction_outcome", &[]).await), (2, 1, 1));
        assert_eq!((bela.told("INTRODUCTION_REQ").await.len(), cleo.told("INTRODUCTION").await.len(), ana.told("INTRODUCTION").await.len()), (2, 1, 1));
    }
}

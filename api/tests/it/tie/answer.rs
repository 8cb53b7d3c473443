//! Answers to a tie that is asked for, its end, and what becomes of it when a member is suspended.

use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, refusals};

/// Where a tie stands for somebody; null if they may not know of it.
async fn state(person: &Person, tie: &str) -> Value {
    person.run("query($id: ID!) { node(id: $id) { ... on Tie { state } } }", json!({"id": tie})).await["node"]["state"]
        .clone()
}

/// The id of the tie between two who are tied.
async fn tie_of(person: &Person) -> String {
    let data = person.query("{ viewer { ties { nodes { id } } } }").await;
    data["viewer"]["ties"]["nodes"][0]["id"].as_str().expect("a tie").to_owned()
}

story! {
    async fn nobody_answers_for_others(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        ana.claim(&bela).await;
        let tie = bela.waiting().await[0].0.clone();
        for mutation in ["confirmTie", "declineTie", "endTie"] {
            for (somebody, why) in [(&cleo, "a stranger"), (&ana, "who claimed follows the claim")] {
                let refused = somebody.answer(mutation, &tie).await;
                assert_eq!((refusals(&refused), &refused["tie"]), (vec!["NOT_FOUND"], &Value::Null), "{mutation}: {why}");
                assert_eq!(refused["userErrors"][0]["path"], json!(["tieId"]));
            }
            for malformed in ["", "nonsense", "tie_AAAAAAAAAAAAAAAAAAAAAA", &bela.global_id()] {
                assert_eq!(refusals(&bela.answer(mutation, malformed).await), ["NOT_FOUND"], "{mutation} {malformed}");
            }
        }
        assert_eq!(refusals(&bela.answer("endTie", &tie).await), ["WRONG_STATE"], "what is not active cannot be ended");
        assert_eq!(state(&bela, &tie).await, "PENDING", "and nothing has changed");
    }
}

story! {
    async fn an_answer_after_thirty_days_is_too_late(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        ana.claim(&bela).await;
        let tie = bela.waiting().await[0].0.clone();
        world.pass_days(30);
        for mutation in ["confirmTie", "declineTie", "endTie"] {
            assert_eq!(refusals(&bela.answer(mutation, &tie).await), ["WRONG_STATE"], "{mutation}");
        }
        assert_eq!(state(&bela, &tie).await, "EXPIRED");
        assert_eq!(bela.see(&ana).await, Value::Null);
        bela.claim(&ana).await;
        assert_eq!(ana.waiting().await.len(), 1, "what has expired is no crossing claim: now ana is asked");
        assert_eq!(ana.tied().await, Vec::<String>::new());
    }
}

story! {
    async fn who_declined_sees_it_declined(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        ana.claim(&bela).await;
        let tie = bela.waiting().await[0].0.clone();
        bela.answer("declineTie", &tie).await;
        let declined = bela.query("{ viewer { ties(state: DECLINED) { totalCount nodes { id state awaitsViewer other { name } } } } }").await;
        let node = json!({"id": tie, "state": "DECLINED", "awaitsViewer": false, "other": null});
        assert_eq!(declined["viewer"]["ties"], json!({"totalCount": 1, "nodes": [node]}));
        assert_eq!(bela.answer("declineTie", &tie).await["tie"]["state"], "DECLINED", "a retry changes nothing");
        for mutation in ["confirmTie", "endTie"] {
            assert_eq!(refusals(&bela.answer(mutation, &tie).await), ["WRONG_STATE"], "{mutation}");
        }
        let confirmed = bela.claim(&ana).await;
        assert_eq!(confirmed["claim"]["state"], "CONFIRMED", "she may change her mind while ana's claim is open");
    }
}

story! {
    async fn either_side_ends_a_tie_and_both_see_it_ended(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        world.tie([(&ana, &bela), (&cleo, &bela)]).await;
        assert_eq!(ana.network().await, ["cleo"]);
        let tie = tie_of(&ana).await;
        assert_eq!(refusals(&cleo.answer("endTie", &tie).await), ["NOT_FOUND"]);
        let ended = ana.answer("endTie", &tie).await;
        assert_eq!((&ended["tie"]["state"], &ended["tie"]["other"]), (&json!("ENDED"), &Value::Null));
        for somebody in [&ana, &bela] {
            let list = somebody.query("{ viewer { ties(state: ENDED) { nodes { id state } } } }").await;
            assert_eq!(list["viewer"]["ties"]["nodes"], json!([{"id": tie, "state": "ENDED"}]));
            assert_eq!(somebody.answer("endTie", &tie).await["tie"]["state"], "ENDED", "a retry changes nothing");
            for mutation in ["confirmTie", "declineTie"] {
                assert_eq!(refusals(&somebody.answer(mutation, &tie).await), ["WRONG_STATE"], "{mutation}");
            }
        }
        assert_eq!((ana.tied().await, bela.tied().await), (Vec::<String>::new(), vec!["cleo".to_owned()]));
        assert_eq!((ana.network().await, cleo.network().await), (Vec::<String>::new(), Vec::new()), "routes end with it");

        bela.claim(&ana).await;
        let again = ana.waiting().await[0].0.clone();
        assert_ne!(again, tie, "another tie of the same two is another row");
        assert_eq!(ana.answer("confirmTie", &again).await["tie"]["state"], "ACTIVE");
        assert_eq!(bela.answer("endTie", &again).await["tie"]["state"], "ENDED", "the other side may end one, too");
    }
}

story! {
    async fn a_claim_made_before_the_end_of_a_tie_does_not_renew_it(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        world.tie([(&ana, &bela)]).await;
        ana.claim_named(json!({"email": "bela@example.org"})).await;
        ana.answer("endTie", &tie_of(&ana).await).await;
        assert_eq!(bela.claim(&ana).await["claim"]["state"], "OPEN", "ana has said no since");
        assert_eq!(ana.waiting().await.len(), 1);
    }
}

story! {
    async fn the_ties_of_a_suspended_member_vanish_and_come_back(world: World) {
        let [ana, bela, cleo, dora] = world.people(["ana", "bela", "cleo", "dora"]).await;
        world.tie([(&ana, &bela), (&bela, &cleo)]).await;
        dora.claim(&bela).await;
        bela.claim(&dora).await;
        ana.claim(&dora).await;
        let (tie, waiting) = (tie_of(&ana).await, dora.waiting().await[0].0.clone());
        domain::account::suspend(&world.system(), "bela").await.expect("bela is suspended");
        domain::account::suspend(&world.system(), "ana").await.expect("ana is suspended");
        assert_eq!(dora.waiting().await, []);
        for mutation in ["confirmTie", "declineTie"] {
            assert_eq!(refusals(&dora.answer(mutation, &waiting).await), ["NOT_FOUND"], "{mutation}: who asked is not there");
        }
        assert_eq!(ana.ask("{ viewer { member { name } } }", json!({})).await["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
        domain::account::restore(&world.system(), "ana").await.expect("ana is back");
        assert_eq!((ana.tied().await, ana.network().await), (Vec::<String>::new(), Vec::new()));
        assert_eq!(state(&ana, &tie).await, Value::Null);
        assert_eq!(ana.query("{ viewer { ties { totalCount } reach { ties network } } }").await["viewer"], json!({"ties": {"totalCount": 0}, "reach": {"ties": 0, "network": 0}}));
        assert_eq!(refusals(&ana.answer("endTie", &tie).await), ["NOT_FOUND"]);
        domain::account::restore(&world.system(), "bela").await.expect("bela is back");
        assert_eq!((ana.tied().await, ana.network().await), (vec!["bela".to_owned()], vec!["cleo".to_owned(), "dora".to_owned()].into_iter().filter(|name| cleo.name == *name || dora.name == *name).collect()));
        assert_eq!(state(&ana, &tie).await, "ACTIVE");
        assert_eq!(dora.answer("confirmTie", &waiting).await["tie"]["state"], "ACTIVE");
    }
}

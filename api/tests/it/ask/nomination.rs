//! Nominations: a contact names one of their own ties who can help, and that one answers.

use futures::future::join_all;
use serde_json::{Value, json};

use super::*;

/// The asker, a contact of theirs, and who that contact names.
async fn stage(world: &World) -> [Person; 3] {
    world.trio(["ana", "bela", "nora"]).await
}

story! {
    async fn who_was_named_says_yes_and_the_three_talk(world: World) {
        let [ana, bela, nora] = stage(&world).await;
        let ask = ana.opens(json!({"skills": ["Tuning"]})).await;
        let id = bela.names(&ask, &nora).await;
        assert_eq!((nora.told_of("NOMINATION").await, ana.told("NOMINATION").await), (vec![("NOMINATION_OFFERED".to_owned(), id.clone())], vec![]));
        assert_eq!(nora.answers("acceptNomination", &id).await, "ACCEPTED");
        assert_eq!(nora.answers("acceptNomination", &id).await, "ACCEPTED", "again changes nothing");
        let mut conversations = Vec::new();
        for person in [&ana, &bela, &nora] {
            let seen = person.nomination(&id).await;
            assert_eq!((&seen["state"], &seen["asker"]["name"], &seen["nominator"]["name"], &seen["nominee"]["name"]), (&json!("ACCEPTED"), &json!("ana"), &json!("bela"), &json!("nora")), "{}", person.name);
            assert_eq!(seen["note"].is_null(), person.name == "ana", "the words were for her: {seen}");
            let conversation = text(&seen["conversation"]["id"]);
            let open = person.node("Conversation", "kind nomination { id } introduction { id } participants { member { name } }", &conversation).await;
            assert_eq!((&open["kind"], &open["nomination"]["id"], &open["introduction"], open["participants"].as_array().map(Vec::len)), (&json!("NOMINATION"), &json!(id), &Value::Null, Some(3)));
            conversations.push(conversation);
        }
        assert!(conversations.iter().all(|one| *one == conversations[0]), "one for the three");
        for person in [&ana, &bela] {
            assert_eq!(person.told_of("NOMINATION").await, [("NOMINATION_ACCEPTED".to_owned(), id.clone())], "{}", person.name);
        }
        for (one, other) in [(&ana, &nora), (&nora, &ana)] {
            let ties = one.query("{ viewer { ties(state: PENDING) { nodes { evidence awaitsViewer introduction { id } other { name } } } } }").await["viewer"]["ties"]["nodes"].clone();
            assert_eq!(ties, json!([{"evidence": "INTRODUCED", "awaitsViewer": true, "introduction": null, "other": {"name": other.name}}]));
            let tie = one.waiting().await[0].0.clone();
            one.answer("confirmTie", &tie).await;
        }
        assert_eq!(ana.tied().await, ["nora", "bela"]);
        for (person, mutation) in [(&nora, "declineNomination"), (&ana, "acceptNomination"), (&bela, "declineNomination")] {
            let code = if person.name == "nora" { "WRONG_STATE" } else { "NOT_FOUND" };
            assert_eq!(person.refused(mutation, json!({"nominationId": id})).await, [code], "{}", person.name);
        }
    }
}

story! {
    async fn only_ties_are_named_and_nobody_but_a_contact_names_them(world: World) {
        let [ana, bela, nora, zoe] = world.people(["ana", "bela", "nora", "zoe"]).await;
        world.tie([(&ana, &bela), (&bela, &nora), (&nora, &zoe)]).await;
        let ask = ana.opens(json!({})).await;
        let named = async |by: &Person, other: &Person, note: &str| {
            let refused = by.command("nominate", "nomination { id }", json!({"askId": ask, "memberId": other.global_id(), "note": note})).await;
            (refusals(&refused).join(" "), text(&refused["userErrors"][0]["path"][0]))
        };
        let because = |code: &str, field: &str| (code.to_owned(), field.to_owned());
        for (other, why) in [(&zoe, "a tie of a tie"), (&ana, "the asker"), (&bela, "herself"), (&world.anybody(), "nobody")] {
            assert_eq!(named(&bela, other, "She can.").await, because("NOT_TIED", "memberId"), "{why}");
        }
        assert_eq!(named(&nora, &zoe, "She can.").await, because("NOT_FOUND", "askId"), "she was not asked");
        assert_eq!(named(&ana, &bela, "She can.").await, because("NOT_FOUND", "askId"), "nobody answers what they ask");
        assert_eq!(named(&bela, &nora, &"a".repeat(501)).await, because("INVALID_INPUT", "note"));
        assert_eq!(named(&bela, &nora, " ").await, because("INVALID_INPUT", "note"));
        let first = bela.names(&ask, &nora).await;
        assert_eq!(bela.names(&ask, &nora).await, first, "again changes nothing");
        assert_eq!((world.count("nomination", &[]).await, nora.told("NOMINATION").await.len()), (1, 1));
        ana.done("closeAsk", "__typename", json!({"askId": ask})).await;
        assert_eq!(named(&bela, &nora, "She can.").await, because("NOT_FOUND", "askId"), "it is over");
        for id in ["nonsense", "nom_AAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(nora.refused("acceptNomination", json!({"nominationId": id})).await, ["NOT_FOUND"]);
        }
    }
}

story! {
    async fn a_contact_names_twenty_at_the_most(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (hub, crowd) = world.star("crowd", 22).await;
        world.tie([(&ana, &hub)]).await;
        let ask = ana.opens(json!({})).await;
        let payloads = join_all(crowd.iter().map(|person| hub.command("nominate", "nomination { id }", json!({"askId": ask, "memberId": person.global_id()})))).await;
        let of = |codes: &[&str]| payloads.iter().filter(|payload| refusals(payload) == codes).count();
        assert_eq!((of(&[]), of(&["TOO_MANY_NOMINATIONS"])), (20, 2));
        assert_eq!((nominations(&ana, &ask).await, nominations(&hub, &ask).await), (json!(20), json!(20)));
        let other = ana.opens(json!({})).await;
        hub.names(&other, &crowd[0]).await;
    }
}

story! {
    async fn the_limits_of_introductions_are_not_those_of_nominations(world: World) {
        let [ana, bela, nora] = stage(&world).await;
        let policy = json!({"asTarget": 1, "asConnector": 1, "pausedUntil": world.hours_from_now(48)});
        for person in [&bela, &nora] {
            person.done("updateIntroductionPolicy", "__typename", policy.clone()).await;
        }
        nora.show("findable: false").await;
        bela.show("asRoute: false").await;
        for _ in 0..3 {
            let ask = ana.opens(json!({})).await;
            let id = bela.names(&ask, &nora).await;
            assert_eq!(nora.nomination(&id).await["state"], "OFFERED");
        }
        assert_eq!(nora.told("NOMINATION").await.len(), 3);
    }
}

story! {
    async fn whoever_says_yes_is_asked_by_nobody_else_for_the_same(world: World) {
        let [ana, bela, cleo, nora] = world.people(["ana", "bela", "cleo", "nora"]).await;
        world.tie([(&ana, &bela), (&ana, &cleo), (&bela, &nora), (&cleo, &nora)]).await;
        let (ask, another) = (ana.opens(json!({})).await, ana.opens(json!({})).await);
        let (first, second, elsewhere) = (bela.names(&ask, &nora).await, cleo.names(&ask, &nora).await, cleo.names(&another, &nora).await);
        assert_eq!(nominations(&ana, &ask).await, 2);
        assert_eq!((bela.nomination(&second).await, cleo.nomination(&first).await), (Value::Null, Value::Null), "a contact sees whom they named themselves");
        nora.answers("acceptNomination", &first).await;
        assert_eq!((nora.nomination(&second).await["state"].clone(), nora.nomination(&elsewhere).await["state"].clone()), (json!("CLOSED"), json!("OFFERED")));
        assert_eq!(nora.refused("acceptNomination", json!({"nominationId": second})).await, ["WRONG_STATE"]);
        assert_eq!(cleo.nomination(&second).await["state"], "OFFERED", "to whoever named her too it looks unanswered");
        world.pass_days(14);
        assert_eq!(cleo.nomination(&second).await["state"], "EXPIRED");
        assert_eq!(world.count("conversation", &[]).await, 1);
    }
}

story! {
    async fn a_nominee_has_fourteen_days(world: World) {
        let [ana, bela, nora] = stage(&world).await;
        let ask = ana.opens(json!({})).await;
        let id = bela.names(&ask, &nora).await;
        world.pass_days(13);
        assert_eq!(nora.nomination(&id).await["awaitsViewer"], true);
        world.pass_days(1);
        for person in [&ana, &bela, &nora] {
            assert_eq!(person.nomination(&id).await["state"], "EXPIRED", "{}", person.name);
        }
        for mutation in ["acceptNomination", "declineNomination"] {
            assert_eq!(nora.refused(mutation, json!({"nominationId": id})).await, ["WRONG_STATE"], "{mutation}");
        }
    }
}

story! {
    async fn an_ask_that_closes_takes_its_nominations_along(world: World) {
        let [ana, bela, nora] = stage(&world).await;
        let dora = world.crowd("dora", 1).await.remove(0);
        world.tie([(&bela, &dora)]).await;
        let ask = ana.opens(json!({})).await;
        let (open, declined) = (bela.names(&ask, &nora).await, bela.names(&ask, &dora).await);
        dora.answers("declineNomination", &declined).await;
        ana.done("closeAsk", "__typename", json!({"askId": ask})).await;
        for id in [&open, &declined] {
            assert_eq!((ana.nomination(id).await["state"].clone(), bela.nomination(id).await["state"].clone()), (json!("CLOSED"), json!("CLOSED")), "a decline shows no more than that");
        }
        assert_eq!((nora.nomination(&open).await["state"].clone(), dora.nomination(&declined).await["state"].clone()), (json!("CLOSED"), json!("DECLINED")));
        assert_eq!(nora.refused("acceptNomination", json!({"nominationId": open})).await, ["WRONG_STATE"]);
    }
}

story! {
    async fn many_answers_at_once_are_one(world: World) {
        let [ana, bela, nora] = stage(&world).await;
        let ask = ana.opens(json!({})).await;
        let made = join_all((0..20).map(|_| bela.names(&ask, &nora))).await;
        assert!(made.iter().all(|id| *id == made[0]));
        let id = &made[0];
        let payloads = join_all((0..30).map(|_| nora.command("acceptNomination", "nomination { state conversation { id } }", json!({"nominationId": id})))).await;
        assert!(payloads.iter().all(|payload| *payload == payloads[0] && refusals(payload).is_empty()), "{payloads:?}");
        assert_eq!((world.count("nomination", &[]).await, world.count("conversation", &[]).await, world.count("tie", &[("evidence", "INTRODUCED".into())]).await), (1, 1, 1));
        assert_eq!(world.count("notification", &[("kind", "NOMINATION_ACCEPTED".into())]).await, 2);

        for round in 0..6 {
            let nominee = world.crowd(&format!("nora{round}"), 1).await.remove(0);
            world.tie([(&bela, &nominee)]).await;
            let ask = ana.opens(json!({})).await;
            let id = bela.names(&ask, &nominee).await;
            let which = json!({"nominationId": id});
            let (accepted, closed) = tokio::join!(nominee.command("acceptNomination", "__typename", which), ana.command("closeAsk", "ask { state }", json!({"askId": ask})));
            assert_eq!(refusals(&closed), [""; 0]);
            let state = match refusals(&accepted).as_slice() {
                [] => "ACCEPTED",
                ["WRONG_STATE"] => "CLOSED",
                other => panic!("{other:?}"),
            };
            for person in [&ana, &bela, &nominee] {
                assert_eq!(person.nomination(&id).await["state"], state, "{}", person.name);
            }
            assert_eq!(nominee.conversations().await.len(), usize::from(state == "ACCEPTED"));
        }
    }
}

story! {
    async fn a_command_about_an_ask_sent_again_answers_the_same(world: World) {
        let [ana, bela, nora] = stage(&world).await;
        let again = async |person: &Person, mutation: &str, shows: &str, input: Value| {
            let answers = join_all((0..4).map(|_| person.under(mutation, mutation, shows, input.clone()))).await;
            assert!(answers.iter().all(|answer| *answer == answers[0]), "{mutation}: {answers:?}");
            assert_eq!(answers[0]["data"][mutation]["userErrors"], json!([]), "{mutation}: {}", answers[0]);
            answers[0]["data"][mutation].clone()
        };
        let ask = text(&again(&ana, "openAsk", "ask { id }", json!({"need": "Who tunes?"})).await["ask"]["id"]);
        let id = text(&again(&bela, "nominate", "nomination { id }", json!({"askId": ask, "memberId": nora.global_id()})).await["nomination"]["id"]);
        again(&nora, "acceptNomination", "nomination { state }", json!({"nominationId": id})).await;
        again(&ana, "closeAsk", "ask { state }", json!({"askId": ask})).await;
        assert_eq!((world.count("ask", &[]).await, world.count("nomination", &[]).await, world.count("conversation", &[]).await), (1, 1, 1));
    }
}

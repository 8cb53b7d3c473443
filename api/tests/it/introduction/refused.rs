//! What cannot be asked for, and steps that are not one's to take.

use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, refusals, text};

/// The codes by which a request is refused, and the field at fault.
async fn refused(person: &Person, target: &Person, connector: &Person) -> (Vec<String>, String) {
    let payload = person.request(target, connector).await;
    let codes = refusals(&payload).into_iter().map(str::to_owned).collect();
    (codes, text(&payload["userErrors"][0]["path"][0]))
}

fn because(code: &str, field: &str) -> (Vec<String>, String) {
    (vec![code.to_owned()], field.to_owned())
}

const STEPS: [&str; 5] = [
    "passOnIntroduction",
    "declineIntroduction",
    "acceptIntroduction",
    "withdrawIntroduction",
    "recordIntroductionOutcome",
];

story! {
    async fn nobody_is_introduced_to_whom_they_cannot_see(world: World) {
        let [ana, bela, cleo, zoe] = world.people(["ana", "bela", "cleo", "zoe"]).await;
        world.tie([(&ana, &bela), (&bela, &cleo)]).await;
        let nobody = world.anybody();
        assert_eq!(refused(&ana, &zoe, &bela).await, because("NOT_FOUND", "targetId"), "a stranger");
        assert_eq!(refused(&ana, &nobody, &bela).await, because("NOT_FOUND", "targetId"), "nobody at all");
        assert_eq!(refused(&ana, &cleo, &zoe).await, because("NOT_FOUND", "connectorId"));
        assert_eq!(refused(&ana, &cleo, &nobody).await, because("NOT_FOUND", "connectorId"));
        assert_eq!(refused(&ana, &ana, &bela).await, because("YOURSELF", "targetId"));
        assert_eq!(refused(&ana, &bela, &bela).await, because("ALREADY_TIED", "targetId"));
        assert_eq!(refused(&ana, &cleo, &cleo).await, because("NO_ROUTE", "connectorId"), "she is no tie of hers");
        assert_eq!(refused(&ana, &cleo, &ana).await, because("NO_ROUTE", "connectorId"));
        let malformed = ana.request_with(json!({"targetId": "nonsense", "connectorId": bela.global_id(), "reason": "No."})).await;
        assert_eq!(refusals(&malformed), ["NOT_FOUND"]);
        let anonymous = nobody.ask("mutation { withdrawIntroduction(input: {introductionId: \"x\"}) { userErrors { code } } }", json!({})).await;
        assert_eq!(anonymous["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
        assert_eq!(world.count("introduction", &[]).await, 0);
    }
}

story! {
    async fn a_tie_that_does_not_show_is_as_none(world: World) {
        let [ana, bela, cleo, dora, hub] = world.people(["ana", "bela", "cleo", "dora", "hub"]).await;
        world.tie([(&ana, &bela), (&ana, &dora), (&bela, &cleo), (&ana, &hub), (&hub, &cleo)]).await;
        let without_tie = ana.request(&cleo, &dora).await;
        assert_eq!(refusals(&without_tie), ["NO_ROUTE"]);
        bela.show("asRoute: false").await;
        assert_eq!(ana.request(&cleo, &bela).await, without_tie, "she does not let herself be a way");
        bela.show("asRoute: true").await;

        // In a community of both, ana sees cleo also while she does not wish to be found.
        let community = cleo.form("The yard", "INVITATION").await;
        cleo.bring(&community, &hub).await;
        hub.bring(&community, &ana).await;
        cleo.show("findable: false").await;
        assert_eq!(ana.see(&cleo).await["relationToViewer"], "FELLOW");
        assert_eq!(ana.request(&cleo, &bela).await, without_tie, "who does not wish to be found is not introduced");
        cleo.show("findable: true").await;
        ana.ask_for(&cleo, &bela).await;
    }
}

story! {
    async fn who_pauses_takes_no_new_ones_and_is_seen_all_the_same(world: World) {
        let [ana, bela, cleo, dora] = world.people(["ana", "bela", "cleo", "dora"]).await;
        world.tie([(&ana, &bela), (&bela, &cleo), (&bela, &dora)]).await;
        let open = ana.ask_for(&dora, &bela).await;
        let pause = json!({"pausedUntil": world.hours_from_now(24 * 7)});
        let takes = async |person: &Person| person.run("query($id: ID!) { node(id: $id) { ... on Member { takesIntroductions } } }", json!({"id": bela.global_id()})).await["node"]["takesIntroductions"].clone();
        assert_eq!(takes(&ana).await, true);
        let policy = bela.done("updateIntroductionPolicy", "introductionPolicy { asConnector asTarget pausedUntil }", pause.clone()).await["introductionPolicy"].clone();
        assert_eq!((&policy["asConnector"], &policy["asTarget"], policy["pausedUntil"].is_string()), (&json!(10), &json!(10), true));
        assert_eq!(takes(&ana).await, false);
        assert_eq!(refused(&ana, &cleo, &bela).await, because("NOT_TAKING_INTRODUCTIONS", "connectorId"));
        assert_eq!((bela.state_of(&open).await, ana.network().await), ("REQUESTED".to_owned(), vec!["cleo".to_owned(), "dora".to_owned()]), "what is pending stays");
        bela.pass_on(&open).await;
        bela.done("updateIntroductionPolicy", "__typename", json!({"pausedUntil": null})).await;
        assert_eq!(takes(&ana).await, true);
        for paused in [&cleo, &dora] {
            paused.done("updateIntroductionPolicy", "__typename", pause.clone()).await;
        }
        assert_eq!(refused(&ana, &cleo, &bela).await, because("NOT_TAKING_INTRODUCTIONS", "targetId"));
        dora.accept(&open).await;
        world.pass_days(8);
        assert_eq!(cleo.query("{ viewer { introductionPolicy { pausedUntil } } }").await["viewer"]["introductionPolicy"]["pausedUntil"], Value::Null, "it is over by itself");
        ana.ask_for(&cleo, &bela).await;
    }
}

story! {
    async fn a_second_one_to_the_same_waits_for_the_first(world: World) {
        let [ana, bela, cleo, hub] = world.people(["ana", "bela", "cleo", "hub"]).await;
        world.tie([(&ana, &bela), (&bela, &cleo), (&ana, &hub), (&hub, &cleo)]).await;
        let id = ana.ask_for(&cleo, &bela).await;
        assert_eq!(refused(&ana, &cleo, &bela).await, because("WRONG_STATE", "targetId"));
        assert_eq!(refused(&ana, &cleo, &hub).await, because("WRONG_STATE", "targetId"), "by another way as well");
        bela.pass_on(&id).await;
        assert_eq!(refused(&ana, &cleo, &hub).await, because("WRONG_STATE", "targetId"));
        cleo.ask_for(&ana, &bela).await;
        assert_eq!(world.count("introduction", &[]).await, 2, "the other may ask as well");
    }
}

story! {
    async fn ten_are_open_at_the_most(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (hub, crowd) = world.star("crowd", 12).await;
        world.tie([(&ana, &hub)]).await;
        let mut made = Vec::new();
        for person in &crowd[..10] {
            made.push(ana.ask_for(person, &hub).await);
        }
        assert_eq!(refused(&ana, &crowd[10], &hub).await, because("TOO_MANY_INTRODUCTIONS", ""));
        hub.pass_on(&made[0]).await;
        assert_eq!(refused(&ana, &crowd[10], &hub).await, because("TOO_MANY_INTRODUCTIONS", ""));
        crowd[0].accept(&made[0]).await;
        ana.ask_for(&crowd[10], &hub).await;
        assert_eq!(refused(&ana, &crowd[11], &hub).await, because("TOO_MANY_INTRODUCTIONS", ""));
        ana.step("withdrawIntroduction", &made[1]).await;
        ana.ask_for(&crowd[11], &hub).await;
    }
}

story! {
    async fn after_one_that_came_to_nothing_ninety_days_pass(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        world.tie([(&ana, &bela)]).await;
        let others = world.crowd("other", 3).await;
        for other in &others {
            world.tie([(&bela, other)]).await;
        }
        let mut made = Vec::new();
        for other in &others {
            made.push(ana.ask_for(other, &bela).await);
        }
        world.draw(3).await;
        ana.step("withdrawIntroduction", &made[0]).await;
        bela.step("declineIntroduction", &made[1]).await;
        world.pass_days(21);
        world.tell_ended().await;
        for ((number, id), state) in made.iter().enumerate().zip(["WITHDRAWN", "CLOSED", "EXPIRED"]) {
            let seen = ana.introduction(id).await;
            assert_eq!(seen["state"], state);
            let again = ana.request(&others[number], &bela).await;
            assert_eq!(refusals(&again), ["TOO_SOON"], "{state}");
            let parsed = |value: &Value| time::OffsetDateTime::parse(value.as_str().unwrap_or_default(), &time::format_description::well_known::Rfc3339).expect("a moment");
            let rest = parsed(&again["userErrors"][0]["retryAt"]) - parsed(&seen["stateSince"]);
            assert_eq!(rest, time::Duration::days(90), "{state}: {again}");
        }
        // 21 days have passed since the first ended, 18 since the second showed, none since the third did.
        world.pass_days(69);
        for ((other, state), code) in others.iter().zip(["WITHDRAWN", "CLOSED", "EXPIRED"]).zip([None, Some("TOO_SOON"), Some("TOO_SOON")]) {
            assert_eq!(refusals(&ana.request(other, &bela).await), code.into_iter().collect::<Vec<_>>(), "{state}");
        }
        world.pass_days(21);
        for other in &others[1..] {
            ana.ask_for(other, &bela).await;
        }
    }
}

story! {
    async fn words_that_do_not_fit_are_refused(world: World) {
        let [ana, bela, cleo] = world.trio(["ana", "bela", "cleo"]).await;
        let with = |reason: &str, goal: Option<&str>| json!({"targetId": cleo.global_id(), "connectorId": bela.global_id(), "reason": reason, "goalId": goal});
        for reason in ["", "  \n ", &"a".repeat(1_001), "bell\u{7}"] {
            let refused = ana.request_with(with(reason, None)).await;
            assert_eq!((refusals(&refused), &refused["userErrors"][0]["path"]), (vec!["INVALID_INPUT"], &json!(["reason"])), "{reason:?}");
        }
        let elsewhere = cleo.form("Elsewhere", "INVITATION").await;
        let goal = cleo.done("proposeGoal", "goal { id }", json!({"communityId": elsewhere, "outcome": "Nobody is alone."})).await["goal"]["id"].clone();
        for goal in ["nonsense", goal.as_str().expect("an id")] {
            let refused = ana.request_with(with("We bake.", Some(goal))).await;
            assert_eq!((refusals(&refused), &refused["userErrors"][0]["path"]), (vec!["NOT_FOUND"], &json!(["goalId"])), "{goal}: a goal she cannot see");
        }
        let longest = "é".repeat(1_000);
        let id = text(&ana.request_with(with(&longest, None)).await["introduction"]["id"]);
        for note in ["", &"a".repeat(1_001)] {
            assert_eq!(bela.refused("passOnIntroduction", json!({"introductionId": id, "note": note})).await, ["INVALID_INPUT"]);
        }
        assert_eq!(bela.state_of(&id).await, "REQUESTED");
        bela.done("passOnIntroduction", "__typename", json!({"introductionId": id, "note": longest})).await;
        assert_eq!(cleo.introduction(&id).await["note"], longest);
    }
}

story! {
    async fn steps_are_taken_by_whoever_is_to_take_them(world: World) {
        let [ana, bela, cleo, dora] = world.people(["ana", "bela", "cleo", "dora"]).await;
        world.tie([(&ana, &bela), (&bela, &cleo), (&ana, &dora)]).await;
        let id = ana.ask_for(&cleo, &bela).await;
        let refuse = async |person: &Person, steps: &[&str], code: &str| {
            for step in steps {
                assert_eq!(person.step_refused(step, &id).await, [code], "{}: {step}", person.name);
            }
        };
        for person in [&cleo, &dora] {
            refuse(person, &STEPS, "NOT_FOUND").await;
        }
        refuse(&ana, &["passOnIntroduction", "declineIntroduction", "acceptIntroduction"], "WRONG_STATE").await;
        refuse(&bela, &["acceptIntroduction", "withdrawIntroduction"], "WRONG_STATE").await;
        bela.pass_on(&id).await;
        refuse(&ana, &["passOnIntroduction", "declineIntroduction", "acceptIntroduction"], "WRONG_STATE").await;
        refuse(&bela, &["passOnIntroduction", "declineIntroduction", "acceptIntroduction", "withdrawIntroduction"], "WRONG_STATE").await;
        refuse(&cleo, &["passOnIntroduction", "withdrawIntroduction"], "WRONG_STATE").await;
        cleo.accept(&id).await;
        cleo.accept(&id).await;
        refuse(&ana, &STEPS[..4], "WRONG_STATE").await;
        refuse(&bela, &STEPS, "WRONG_STATE").await;
        refuse(&cleo, &["passOnIntroduction", "declineIntroduction", "withdrawIntroduction"], "WRONG_STATE").await;
        refuse(&dora, &STEPS, "NOT_FOUND").await;
        for id in ["nonsense", "int_AAAAAAAAAAAAAAAAAAAAAA", &ana.global_id()] {
            assert_eq!(ana.step_refused("withdrawIntroduction", id).await, ["NOT_FOUND"], "{id}");
        }
        assert_eq!(world.count("conversation", &[]).await, 1);
    }
}

story! {
    async fn what_is_withdrawn_or_declined_stays_so(world: World) {
        let [ana, bela, cleo, dora] = world.people(["ana", "bela", "cleo", "dora"]).await;
        world.tie([(&ana, &bela), (&bela, &cleo), (&bela, &dora)]).await;
        let (withdrawn, declined) = (ana.ask_for(&cleo, &bela).await, ana.ask_for(&dora, &bela).await);
        for id in [&withdrawn, &declined] {
            bela.pass_on(id).await;
        }
        for _ in 0..2 {
            assert_eq!(ana.step("withdrawIntroduction", &withdrawn).await, "WITHDRAWN", "again changes nothing");
            assert_eq!(dora.step("declineIntroduction", &declined).await, "DECLINED");
        }
        assert_eq!((ana.state_of(&withdrawn).await, bela.state_of(&withdrawn).await, cleo.state_of(&withdrawn).await), ("WITHDRAWN".into(), "WITHDRAWN".into(), "WITHDRAWN".into()), "all three see it");
        for step in ["acceptIntroduction", "declineIntroduction"] {
            assert_eq!(cleo.step_refused(step, &withdrawn).await, ["WRONG_STATE"], "{step}");
        }
        assert_eq!(dora.step_refused("acceptIntroduction", &declined).await, ["WRONG_STATE"]);
        assert_eq!((ana.told("INTRODUCTION").await, cleo.told("INTRODUCTION_ACC").await), (vec![], vec![] as Vec<String>));
    }
}

story! {
    async fn a_policy_keeps_within_its_bounds(world: World) {
        let [ana] = world.people(["ana"]).await;
        for (input, field) in [
            (json!({"asConnector": 0}), "asConnector"),
            (json!({"asConnector": 101}), "asConnector"),
            (json!({"asTarget": -1}), "asTarget"),
            (json!({"asTarget": 101}), "asTarget"),
            (json!({"pausedUntil": world.hours_from_now(-1)}), "pausedUntil"),
            (json!({"pausedUntil": world.hours_from_now(24 * 367)}), "pausedUntil"),
        ] {
            let refused = ana.command("updateIntroductionPolicy", "introductionPolicy { asTarget }", input.clone()).await;
            assert_eq!((refusals(&refused), &refused["userErrors"][0]["path"], &refused["introductionPolicy"]), (vec!["INVALID_INPUT"], &json!([field]), &Value::Null), "{input}");
        }
        let both = ana.refused("updateIntroductionPolicy", json!({"asConnector": 0, "asTarget": 0})).await;
        assert_eq!(both, ["INVALID_INPUT", "INVALID_INPUT"], "all that is wrong at once");
        let policy = ana.done("updateIntroductionPolicy", "introductionPolicy { asConnector asTarget pausedUntil }", json!({"asConnector": 1, "asTarget": 100})).await;
        assert_eq!(policy["introductionPolicy"], json!({"asConnector": 1, "asTarget": 100, "pausedUntil": null}));
        let policy = ana.done("updateIntroductionPolicy", "introductionPolicy { asConnector asTarget pausedUntil }", json!({})).await;
        assert_eq!(policy["introductionPolicy"], json!({"asConnector": 1, "asTarget": 100, "pausedUntil": null}), "what is left out stays");
    }
}

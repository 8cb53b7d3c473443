//! What the others must not learn: that somebody said no, who, and when; nor that it was passed on.

use serde_json::{Value, json};

use crate::story;
use crate::support::{INTRODUCTION, Person, World, refusals};

/// Everything this person finds out of what they have asked for, without ids and times that differ from one to the next.
async fn everything(person: &Person) -> Value {
    let list = "totalCount pageInfo { hasNextPage } nodes { INTRODUCTION }".replace("INTRODUCTION", INTRODUCTION);
    let states = ["REQUESTED", "PASSED_ON", "ACCEPTED", "DECLINED", "WITHDRAWN", "EXPIRED", "CLOSED"];
    let filtered: Vec<String> =
        states.iter().map(|state| format!("{state}: introductions(state: {state}) {{ {list} }}")).collect();
    let document = format!(
        "{{ viewer {{ introductions {{ {list} }} {} unreadNotificationCount
            notifications(first: 100) {{ totalCount nodes {{ kind node {{ id }} }} }}
            conversations {{ totalCount }} ties(state: PENDING) {{ totalCount }} network {{ nodes {{ name takesIntroductions }} }} }} }}",
        filtered.join(" ")
    );
    let mut seen = person.query(&document).await;
    blur(&mut seen);
    seen
}

/// Takes away the moments and ids, but keeps whether they are there.
fn blur(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let differs =
                    matches!(name.as_str(), "id" | "createdAt" | "stateSince" | "expiresAt") && field.is_string();
                if differs {
                    *field = json!("there");
                } else {
                    blur(field);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(blur),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What happens to the one introduction of a world after it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Ignored,
    Passed,
    DeclinedByConnector,
    DeclinedByTarget,
}

/// Lets it happen to an introduction by `connector` to `target`.
async fn befall(fate: Fate, id: &str, connector: &Person, target: &Person) {
    match fate {
        Fate::Ignored => {}
        Fate::Passed => connector.pass_on(id).await,
        Fate::DeclinedByConnector => assert_eq!(connector.step("declineIntroduction", id).await, "DECLINED"),
        Fate::DeclinedByTarget => {
            connector.pass_on(id).await;
            assert_eq!(target.step("declineIntroduction", id).await, "DECLINED");
        }
    }
}

story! {
    async fn whatever_becomes_of_it_the_requester_sees_the_same_until_it_shows(world: World) {
        let plain = World::on_sqlite().await;
        let [of_ignored, bela, cleo] = plain.trio(["ana", "bela", "cleo"]).await;
        let ignored = of_ignored.ask_for(&cleo, &bela).await;
        let expected = everything(&of_ignored).await;
        let refused_again = of_ignored.request(&cleo, &bela).await;
        for (number, fate) in [Fate::Passed, Fate::DeclinedByConnector, Fate::DeclinedByTarget].into_iter().enumerate() {
            let crowd = world.people([&format!("ana{number}"), &format!("bela{number}"), &format!("cleo{number}")].map(String::as_str)).await;
            let [ana, bela, cleo] = &crowd;
            world.tie([(ana, bela), (bela, cleo)]).await;
            let id = ana.ask_for(cleo, bela).await;
            world.draw(10).await;
            let before = ana.introduction(&id).await;
            befall(fate, &id, bela, cleo).await;
            assert_eq!(ana.introduction(&id).await, before, "{fate:?}: down to the times");
            let seen = everything(ana).await.to_string().replace(&format!("bela{number}"), "bela").replace(&format!("cleo{number}"), "cleo").replace(&format!("ana{number}"), "ana");
            assert_eq!(seen, expected.to_string(), "{fate:?}");
            assert_eq!(ana.request(cleo, bela).await, refused_again, "{fate:?}: nor does asking again tell");
        }
        assert_eq!(of_ignored.state_of(&ignored).await, "REQUESTED");
    }
}

story! {
    async fn a_decline_shows_as_closed_at_the_moment_drawn(world: World) {
        let [ana, bela, cleo, dora] = world.people(["ana", "bela", "cleo", "dora"]).await;
        world.tie([(&ana, &bela), (&bela, &cleo), (&bela, &dora)]).await;
        let (by_connector, by_target) = (ana.ask_for(&cleo, &bela).await, ana.ask_for(&dora, &bela).await);
        world.draw(10).await;
        befall(Fate::DeclinedByConnector, &by_connector, &bela, &cleo).await;
        befall(Fate::DeclinedByTarget, &by_target, &bela, &dora).await;
        for id in [&by_connector, &by_target] {
            assert_eq!(ana.state_of(id).await, "REQUESTED");
        }
        assert_eq!((bela.state_of(&by_connector).await, cleo.state_of(&by_connector).await), ("DECLINED".to_owned(), String::new()));
        assert_eq!((bela.state_of(&by_target).await, dora.state_of(&by_target).await), ("PASSED_ON".to_owned(), "DECLINED".to_owned()), "nor does the connector learn of it");
        world.pass_days(9);
        world.tell_ended().await;
        assert_eq!((ana.told("INTRODUCTION").await, ana.state_of(&by_target).await), (vec![], "REQUESTED".to_owned()));
        world.pass_days(1);
        world.tell_ended().await;
        for id in [&by_connector, &by_target] {
            let seen = ana.introduction(id).await;
            assert_eq!((ana.state_of(id).await, &seen["note"], &seen["expiresAt"]), ("CLOSED".to_owned(), &Value::Null, &Value::Null));
        }
        assert_eq!((bela.state_of(&by_connector).await, bela.state_of(&by_target).await, dora.state_of(&by_target).await), ("DECLINED".into(), "CLOSED".into(), "DECLINED".into()), "what they did themselves stays");
        assert_eq!(ana.told("INTRODUCTION").await, ["INTRODUCTION_CLOSED", "INTRODUCTION_CLOSED"]);
        for person in [&bela, &dora] {
            assert!(person.told("INTRODUCTION_CLOSED").await.is_empty(), "{}", person.name);
        }
        world.pass_days(30);
        world.tell_ended().await;
        assert_eq!((ana.state_of(&by_connector).await, ana.told("INTRODUCTION").await.len()), ("CLOSED".to_owned(), 2));
    }
}

story! {
    async fn a_decline_after_the_moment_drawn_shows_as_expired(world: World) {
        let [ana, bela, cleo, dora] = world.people(["ana", "bela", "cleo", "dora"]).await;
        world.tie([(&ana, &bela), (&bela, &cleo), (&bela, &dora)]).await;
        let (by_connector, by_target) = (ana.ask_for(&cleo, &bela).await, ana.ask_for(&dora, &bela).await);
        world.draw(2).await;
        world.pass_days(3);
        befall(Fate::DeclinedByConnector, &by_connector, &bela, &cleo).await;
        befall(Fate::DeclinedByTarget, &by_target, &bela, &dora).await;
        for days in [0, 10, 7] {
            world.pass_days(days);
            world.tell_ended().await;
            for id in [&by_connector, &by_target] {
                assert_eq!((ana.state_of(id).await, ana.told("INTRODUCTION").await), ("REQUESTED".to_owned(), vec![]));
            }
        }
        assert_eq!((bela.state_of(&by_target).await, bela.state_of(&by_connector).await), ("PASSED_ON".to_owned(), "DECLINED".to_owned()));
        world.pass_days(1);
        world.tell_ended().await;
        for id in [&by_connector, &by_target] {
            assert_eq!(ana.state_of(id).await, "EXPIRED");
        }
        assert_eq!((bela.state_of(&by_target).await, dora.state_of(&by_target).await), ("EXPIRED".to_owned(), "DECLINED".to_owned()));
        assert_eq!(ana.told("INTRODUCTION").await, ["INTRODUCTION_EXPIRED", "INTRODUCTION_EXPIRED"]);
    }
}

story! {
    async fn neither_the_order_nor_a_free_place_tells_of_a_decline(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (hub, crowd) = world.star("crowd", 11).await;
        world.tie([(&ana, &hub)]).await;
        let mut made = Vec::new();
        for person in &crowd[..10] {
            made.insert(0, ana.ask_for(person, &hub).await);
        }
        world.draw(20).await;
        for id in &made[..3] {
            hub.step("declineIntroduction", id).await;
        }
        assert_eq!((ana.introductions("REQUESTER", None).await, ana.introductions("REQUESTER", Some("REQUESTED")).await), (made.clone(), made.clone()));
        assert_eq!(refusals(&ana.request(&crowd[10], &hub).await), ["TOO_MANY_INTRODUCTIONS"], "a place is free once it shows");
        assert_eq!(refusals(&ana.request(&crowd[9], &hub).await), ["TOO_MANY_INTRODUCTIONS"]);
        assert_eq!(ana.step("withdrawIntroduction", &made[0]).await, "WITHDRAWN", "she takes back what she sees open");
        assert_eq!((ana.state_of(&made[0]).await, hub.state_of(&made[0]).await), ("WITHDRAWN".to_owned(), "DECLINED".to_owned()));
        ana.ask_for(&crowd[10], &hub).await;
        world.pass_days(20);
        world.tell_ended().await;
        assert_eq!((ana.state_of(&made[0]).await, ana.state_of(&made[1]).await, ana.state_of(&made[3]).await), ("WITHDRAWN".into(), "CLOSED".into(), "REQUESTED".into()));
        assert_eq!(ana.introductions("REQUESTER", None).await.len(), 11);
        assert_eq!(ana.told("INTRODUCTION").await, ["INTRODUCTION_CLOSED", "INTRODUCTION_CLOSED"], "what she took back she is told no more of");
    }
}

story! {
    async fn becoming_tied_does_not_tell_of_a_decline(world: World) {
        let mut seen = Vec::new();
        for fate in [Fate::Ignored, Fate::Passed, Fate::DeclinedByConnector, Fate::DeclinedByTarget] {
            let crowd = world.crowd(&format!("fate{}", seen.len()), 3).await;
            let [ana, bela, cleo] = &crowd[..] else { unreachable!("three") };
            world.tie([(ana, bela), (bela, cleo)]).await;
            let id = ana.ask_for(cleo, bela).await;
            world.draw(10).await;
            befall(fate, &id, bela, cleo).await;
            world.tie([(ana, cleo)]).await;
            world.tell_ended().await;
            seen.push((ana.state_of(&id).await, ana.told("INTRODUCTION").await));
        }
        assert_eq!(seen[0].0, "CLOSED", "both know that they are tied");
        assert!(seen.iter().all(|one| *one == seen[0]), "ignored, passed on, declined by the connector, by the target: {seen:?}");
    }
}

story! {
    async fn ending_a_tie_does_not_tell_of_a_decline(world: World) {
        // Who ends which tie, and who looks then: nobody may find out by it whether it was open still.
        for (round, ends) in [[0_usize, 1], [1, 0], [1, 2], [2, 1]].into_iter().enumerate() {
            let mut seen = Vec::new();
            for (number, fate) in [Fate::Passed, Fate::DeclinedByTarget, Fate::Ignored, Fate::DeclinedByConnector].into_iter().enumerate() {
                let crowd = world.crowd(&format!("end{round}{number}"), 3).await;
                let [ana, bela, cleo] = &crowd[..] else { unreachable!("three") };
                world.tie([(ana, bela), (bela, cleo)]).await;
                let id = ana.ask_for(cleo, bela).await;
                world.draw(10).await;
                befall(fate, &id, bela, cleo).await;
                let (by, other) = (&crowd[ends[0]], &crowd[ends[1]]);
                let ties = by.query("{ viewer { ties { nodes { id other { handle } } } } }").await["viewer"]["ties"]["nodes"].clone();
                let tie = ties.as_array().into_iter().flatten().find(|tie| tie["other"]["handle"] == other.name.as_str()).expect("their tie")["id"].clone();
                assert_eq!(by.answer("endTie", tie.as_str().expect("an id")).await["tie"]["state"], "ENDED");
                world.tell_ended().await;
                seen.push((ana.state_of(&id).await, bela.state_of(&id).await, ana.told("INTRODUCTION").await));
            }
            let of_ana = |at: usize| (&seen[at].0, &seen[at].2);
            assert!((1..4).all(|at| of_ana(at) == of_ana(0)), "{ends:?}: passed on, declined by the target, ignored, declined by the connector: {seen:?}");
            assert_eq!(seen[0].1, seen[1].1, "{ends:?}: the connector, of one passed on, and of one the target declined: {seen:?}");
        }
    }
}

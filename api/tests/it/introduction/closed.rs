//! What an introduction rests on goes away while it is open: a tie, somebody's account, that nobody blocks.

use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, World, refusals};

/// Three of a crowd, of whom the second is tied to the other two, and an open introduction, passed on or not.
async fn open(world: &World, slug: &str, passed: Passed) -> (Vec<Person>, String) {
    let crowd = world.crowd(slug, 3).await;
    world.tie([(&crowd[0], &crowd[1]), (&crowd[1], &crowd[2])]).await;
    let id = crowd[0].ask_for(&crowd[2], &crowd[1]).await;
    world.draw(10).await;
    if passed == Passed::On {
        crowd[1].pass_on(&id).await;
    }
    (crowd, id)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passed {
    Not,
    On,
}

async fn end_tie(by: &Person, other: &Person) {
    let data = by.query("{ viewer { ties(first: 100) { nodes { id other { handle } } } } }").await;
    let ties = data["viewer"]["ties"]["nodes"].as_array().cloned().unwrap_or_default();
    let tie = ties.iter().find(|tie| tie["other"]["handle"] == other.name.as_str()).expect("their tie");
    assert_eq!(by.answer("endTie", tie["id"].as_str().expect("an id")).await["tie"]["state"], "ENDED");
}

/// As far as anybody has it, it looks open until the moment drawn, and then closed; no step leads on.
async fn closes_quietly(world: &World, three: &[Person], id: &str, passed: Passed, why: &str) {
    let [ana, bela, cleo] = three else { unreachable!("three") };
    assert_eq!(ana.state_of(id).await, "REQUESTED", "{why}");
    let steps = ["passOnIntroduction", "acceptIntroduction"];
    for (person, step) in [bela, cleo].into_iter().zip(steps) {
        if person.name.ends_with("-3") && passed == Passed::Not {
            assert_eq!(person.step_refused(step, id).await, ["NOT_FOUND"], "{why}");
        } else {
            assert_eq!(person.step_refused(step, id).await, ["WRONG_STATE"], "{why}: {step}");
        }
    }
    world.pass_days(10);
    world.tell_ended().await;
    assert_eq!((ana.state_of(id).await, bela.state_of(id).await), ("CLOSED".to_owned(), "CLOSED".to_owned()), "{why}");
    assert_eq!(cleo.state_of(id).await, if passed == Passed::On { "CLOSED" } else { "" }, "{why}");
    assert_eq!(ana.told("INTRODUCTION").await, ["INTRODUCTION_CLOSED"], "{why}");
    assert_eq!(world.count("conversation", &[]).await, 0, "{why}");
}

story! {
    async fn the_end_of_a_tie_it_runs_over_closes_it(world: World) {
        for (round, (by, other, passed)) in [(0, 1, Passed::Not), (1, 0, Passed::Not), (1, 2, Passed::Not), (2, 1, Passed::On), (0, 1, Passed::On)].into_iter().enumerate() {
            let (three, id) = open(&world, &format!("tie{round}"), passed).await;
            end_tie(&three[by], &three[other]).await;
            closes_quietly(&world, &three, &id, passed, &format!("{by} ends the tie with {other}, {passed:?}")).await;
        }
    }
}

story! {
    async fn a_tie_of_the_two_closes_it_at_once(world: World) {
        for (round, passed) in [Passed::Not, Passed::On].into_iter().enumerate() {
            let (three, id) = open(&world, &format!("met{round}"), passed).await;
            let shown = three[0].mutate("mutation { openHandshake(input: {context: FRIEND}) { handshake { code } userErrors { code } } }", json!({})).await;
            let scan = "mutation($code: String!) { completeHandshake(input: {code: $code}) { tie { state } userErrors { code } } }";
            let tied = three[2].mutate(scan, json!({"code": shown["handshake"]["code"]})).await;
            assert_eq!(tied, json!({"tie": {"state": "ACTIVE"}, "userErrors": []}));
            assert_eq!((three[0].state_of(&id).await, three[1].state_of(&id).await), ("CLOSED".to_owned(), "CLOSED".to_owned()), "{passed:?}");
            assert_eq!(three[2].state_of(&id).await, if passed == Passed::On { "CLOSED" } else { "" });
            assert_eq!(refusals(&three[0].request(&three[2], &three[1]).await), ["ALREADY_TIED"]);
            assert_eq!(three[1].step_refused("passOnIntroduction", &id).await, ["WRONG_STATE"]);
        }
    }
}

story! {
    async fn a_block_between_any_two_takes_it_from_both(world: World) {
        let mut round = 0;
        for passed in [Passed::Not, Passed::On] {
            for (by, other) in [(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1)] {
                let (three, id) = open(&world, &format!("block{round}"), passed).await;
                round += 1;
                let why = format!("{by} blocks {other}, {passed:?}");
                if (by, other) == (0, 2) || (by, other) == (2, 0) {
                    assert!(!three[by].see(&three[other]).await.is_null(), "{why}: they see each other through the connector");
                }
                assert_eq!(refusals(&three[by].block(&three[other]).await), [""; 0], "{why}");
                for one in [by, other] {
                    let person = &three[one];
                    assert_eq!((person.state_of(&id).await, person.introduction(&id).await), (String::new(), Value::Null), "{why}: {one}");
                    assert_eq!(person.told_of("INTRODUCTION").await, [], "{why}: {one}");
                    assert_eq!(person.query("{ viewer { unreadNotificationCount } }").await["viewer"]["unreadNotificationCount"], person.told("").await.len(), "{why}: {one}");
                    for step in ["passOnIntroduction", "acceptIntroduction", "declineIntroduction", "withdrawIntroduction"] {
                        assert_eq!(person.step_refused(step, &id).await, ["NOT_FOUND"], "{why}: {one} {step}");
                    }
                }
                let third = 3 - by - other;
                let sees = match (third, passed) {
                    (0, _) | (1, Passed::Not) => "REQUESTED",
                    (2, Passed::Not) => "",
                    _ => "PASSED_ON",
                };
                assert_eq!(three[third].state_of(&id).await, sees, "{why}: nobody else learns of it");
            }
        }
        world.pass_days(30);
        world.tell_ended().await;
        for slug in ["block0", "block2", "block4", "block6", "block8"] {
            for number in 1..=3 {
                let told = world.person(&format!("{slug}-{number}")).await.told_of("INTRODUCTION").await;
                assert!(told.iter().all(|(_, node)| !node.is_empty()), "{slug}-{number}: nobody is told of what they do not see: {told:?}");
            }
        }
    }
}

story! {
    async fn who_is_suspended_or_leaves_is_introduced_to_nobody(world: World) {
        for (round, who) in [0, 1, 2].into_iter().enumerate() {
            let (three, id) = open(&world, &format!("gone{round}"), Passed::On).await;
            domain::account::suspend(&world.system(), &three[who].name).await.expect("suspended");
            for (number, person) in three.iter().enumerate().filter(|(number, _)| *number != who) {
                assert_eq!((person.state_of(&id).await, person.introduction(&id).await), (String::new(), Value::Null), "{who} is suspended: {number}");
                assert_eq!(person.told("INTRODUCTION").await.is_empty(), who == 0 || number == 0, "{who} is suspended: {number}");
            }
            domain::account::restore(&world.system(), &three[who].name).await.expect("restored");
            let back = [world.person(&three[0].name).await, world.person(&three[1].name).await, world.person(&three[2].name).await];
            closes_quietly(&world, &back, &id, Passed::On, &format!("{who} was suspended")).await;
        }
        let (three, id) = open(&world, "leaving", Passed::On).await;
        let leaving = three[1].mutate("mutation { deleteAccount(input: {withoutExport: true}) { deletedAt userErrors { code } } }", json!({})).await;
        assert_eq!(leaving["userErrors"], json!([]));
        assert_eq!((three[0].state_of(&id).await, three[2].state_of(&id).await), (String::new(), String::new()));
        assert_eq!(three[2].step_refused("acceptIntroduction", &id).await, ["NOT_FOUND"]);
    }
}

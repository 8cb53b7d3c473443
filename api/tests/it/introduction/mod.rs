//! Introductions: asked for, passed on, accepted; and what each of the three sees on the way.

mod closed;
mod concurrent;
mod expired;
mod guard;
mod queue;
mod refused;
mod seen;
mod statements;

use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, refusals, text};

/// The ties of this person that await an answer, with what they rest on.
async fn asked(person: &Person) -> Value {
    let fields = "nodes { state evidence awaitsViewer introduction { id } other { name } }";
    let data = person.query(&format!("{{ viewer {{ ties(state: PENDING) {{ {fields} }} }} }}")).await;
    data["viewer"]["ties"]["nodes"].clone()
}

/// The address of `other`, if it shows to this person.
async fn address(person: &Person, other: &Person) -> Value {
    person.see(other).await["email"].clone()
}

story! {
    async fn an_introduction_goes_from_the_requester_by_the_connector_to_the_target(world: World) {
        let [ana, bela, cleo] = world.trio(["ana", "bela", "cleo"]).await;
        let made = ana.request(&cleo, &bela).await;
        let id = text(&made["introduction"]["id"]);
        assert_eq!((refusals(&made), &made["introductionEdge"]["node"]["id"]), (vec![], &json!(id)));

        let first = ana.introduction(&id).await;
        let expected = json!({"viewerRole": "REQUESTER", "state": "REQUESTED", "stateSince": first["createdAt"],
            "requester": {"name": "ana"}, "connector": {"name": "bela"}, "target": {"name": "cleo"}, "reason": "We both bake.",
            "note": null, "awaitsViewer": false, "conversation": null, "myOutcome": null, "myOutcomeNote": null,
            "createdAt": first["createdAt"], "expiresAt": first["expiresAt"]});
        assert_eq!(first, expected);
        assert!(first["expiresAt"].is_string());
        let asked_of = bela.introduction(&id).await;
        assert_eq!((&asked_of["viewerRole"], &asked_of["state"], &asked_of["awaitsViewer"], &asked_of["reason"], &asked_of["note"]),
            (&json!("CONNECTOR"), &json!("REQUESTED"), &json!(true), &json!("We both bake."), &Value::Null));
        assert_eq!(cleo.introduction(&id).await, Value::Null, "it has not reached her");
        assert_eq!((ana.state_of(&id).await, bela.state_of(&id).await, cleo.state_of(&id).await), ("REQUESTED".into(), "REQUESTED".into(), String::new()));
        let told = |kind: &str| vec![(kind.to_owned(), id.clone())];
        assert_eq!((ana.told_of("INTRODUCTION").await, bela.told_of("INTRODUCTION").await, cleo.told_of("INTRODUCTION").await),
            (vec![], told("INTRODUCTION_REQUESTED"), vec![]));

        world.kith.clock.advance(std::time::Duration::from_secs(3_600));
        bela.pass_on(&id).await;
        assert_eq!(ana.introduction(&id).await, first, "who asks sees nothing of it, down to the times");
        assert_eq!((ana.told("INTRODUCTION").await, bela.told("INTRODUCTION").await.len()), (vec![], 1));
        let passed = bela.introduction(&id).await;
        assert_eq!((&passed["state"], &passed["note"], &passed["awaitsViewer"], &passed["createdAt"]),
            (&json!("PASSED_ON"), &json!("You will like her."), &json!(false), &asked_of["createdAt"]));
        assert_ne!(passed["stateSince"], asked_of["stateSince"]);
        let offered = cleo.introduction(&id).await;
        assert_eq!((&offered["viewerRole"], &offered["state"], &offered["awaitsViewer"], &offered["reason"], &offered["note"], &offered["requester"]),
            (&json!("TARGET"), &json!("PASSED_ON"), &json!(true), &json!("We both bake."), &json!("You will like her."), &json!({"name": "ana"})));
        assert_eq!((&offered["createdAt"], &offered["stateSince"]), (&passed["stateSince"], &passed["stateSince"]), "for her it begins when it reaches her");
        assert_eq!(cleo.told_of("INTRODUCTION").await, told("INTRODUCTION_PASSED_ON"));
        assert_eq!((ana.state_of(&id).await, bela.state_of(&id).await, cleo.state_of(&id).await), ("REQUESTED".into(), "PASSED_ON".into(), "PASSED_ON".into()));

        cleo.accept(&id).await;
        let three = [ana.introduction(&id).await, bela.introduction(&id).await, cleo.introduction(&id).await];
        for (person, seen) in [&ana, &bela, &cleo].into_iter().zip(&three) {
            assert_eq!(person.state_of(&id).await, "ACCEPTED", "{}", person.name);
            assert_eq!((&seen["awaitsViewer"], &seen["expiresAt"], &seen["conversation"]), (&json!(false), &Value::Null, &three[0]["conversation"]));
            assert_eq!(seen["note"].is_null(), person.name == "ana", "the words were for the other: {seen}");
            let conversation = text(&seen["conversation"]["id"]);
            let open = person.node("Conversation", "kind introduction { id } participants { member { name } } lastMessage { text } unreadCount", &conversation).await;
            let names = json!([{"member": {"name": "ana"}}, {"member": {"name": "bela"}}, {"member": {"name": "cleo"}}]);
            assert_eq!(open, json!({"kind": "INTRODUCTION", "introduction": {"id": id}, "participants": names, "lastMessage": null, "unreadCount": 0}), "{}", person.name);
            assert_eq!(person.conversations().await, [conversation]);
        }
        assert_eq!((ana.told("INTRODUCTION").await, bela.told("INTRODUCTION").await), (vec!["INTRODUCTION_ACCEPTED".to_owned()], vec!["INTRODUCTION_ACCEPTED".to_owned(), "INTRODUCTION_REQUESTED".to_owned()]));
        assert_eq!(cleo.told("INTRODUCTION").await, ["INTRODUCTION_PASSED_ON"], "what she does herself she is not told");
        assert_eq!((ana.told("TIE_ASKED").await.len(), cleo.told("TIE_ASKED").await.len()), (1, 2), "both are asked whether they are tied now");
    }
}

story! {
    async fn two_who_were_introduced_are_tied_once_both_say_so(world: World) {
        let [ana, bela, cleo] = world.trio(["ana", "bela", "cleo"]).await;
        for person in [&ana, &cleo] {
            person.show("shareEmail: true").await;
        }
        let id = ana.ask_for(&cleo, &bela).await;
        bela.pass_on(&id).await;
        assert_eq!(asked(&ana).await, json!([]));
        cleo.accept(&id).await;
        for (one, other) in [(&ana, "cleo"), (&cleo, "ana")] {
            let tie = json!({"state": "PENDING", "evidence": "INTRODUCED", "awaitsViewer": true, "introduction": {"id": id}, "other": {"name": other}});
            assert_eq!(asked(one).await, json!([tie]), "{}", one.name);
        }
        assert_eq!((address(&ana, &cleo).await, address(&cleo, &ana).await), (Value::Null, Value::Null));
        let tie = ana.waiting().await[0].0.clone();
        assert_eq!(ana.answer("confirmTie", &tie).await["tie"]["state"], "PENDING");
        assert_eq!((ana.tied().await, address(&ana, &cleo).await, address(&cleo, &ana).await), (vec!["bela".to_owned()], Value::Null, Value::Null), "one of them is not enough");
        assert_eq!(cleo.answer("confirmTie", &tie).await["tie"]["state"], "ACTIVE");
        assert_eq!((address(&ana, &cleo).await, address(&cleo, &ana).await), (json!("cleo@example.org"), json!("ana@example.org")));
        assert_eq!(ana.tied().await, ["cleo", "bela"]);
        let fields = "state evidence introduction { id }";
        for person in [&ana, &cleo] {
            assert_eq!(person.node("Tie", fields, &tie).await, json!({"state": "ACTIVE", "evidence": "INTRODUCED", "introduction": {"id": id}}));
            assert_eq!(person.state_of(&id).await, "ACCEPTED", "it stays what it was");
        }
        assert_eq!(bela.node("Tie", fields, &tie).await, Value::Null, "whoever introduced them does not see their tie");
    }
}

story! {
    async fn each_of_the_two_says_once_what_came_of_it(world: World) {
        let [ana, bela, cleo] = world.trio(["ana", "bela", "cleo"]).await;
        let id = ana.ask_for(&cleo, &bela).await;
        let say = async |person: &Person, outcome: &str, note: Option<&str>| person.refused("recordIntroductionOutcome", json!({"introductionId": id, "outcome": outcome, "note": note})).await;
        bela.pass_on(&id).await;
        for person in [&ana, &bela, &cleo] {
            assert_eq!(say(person, "MET", None).await, ["WRONG_STATE"], "{}: nothing has come of it yet", person.name);
        }
        cleo.accept(&id).await;
        assert_eq!(say(&bela, "HELPED", None).await, ["WRONG_STATE"], "the two who were introduced say it");
        assert_eq!(say(&ana, "HELPED", Some(&"a".repeat(501))).await, ["INVALID_INPUT"]);
        for _ in 0..2 {
            assert_eq!(say(&ana, "HELPED", Some("She lent me her oven.")).await, [""; 0], "again changes nothing");
        }
        assert_eq!(say(&ana, "NOTHING", Some("She lent me her oven.")).await, ["WRONG_STATE"], "once");
        assert_eq!(say(&ana, "HELPED", None).await, ["WRONG_STATE"]);
        assert_eq!(say(&cleo, "NOTHING", None).await, [""; 0]);
        let said = async |person: &Person| person.node("Introduction", "myOutcome myOutcomeNote", &id).await;
        assert_eq!(said(&ana).await, json!({"myOutcome": "HELPED", "myOutcomeNote": "She lent me her oven."}));
        assert_eq!((said(&bela).await, said(&cleo).await), (json!({"myOutcome": null, "myOutcomeNote": null}), json!({"myOutcome": "NOTHING", "myOutcomeNote": null})), "each for themselves");
        assert_eq!(world.count("introduction_outcome", &[]).await, 2);
    }
}

story! {
    async fn an_introduction_serves_a_goal_for_those_who_see_it(world: World) {
        let [ana, bela, cleo] = world.trio(["ana", "bela", "cleo"]).await;
        let community = ana.form("The yard", "INVITATION").await;
        ana.bring(&community, &bela).await;
        let goal = ana.done("proposeGoal", "goal { id }", json!({"communityId": community, "outcome": "Nobody eats alone on a Sunday."})).await["goal"]["id"].clone();
        let input = json!({"targetId": cleo.global_id(), "connectorId": bela.global_id(), "reason": "We cook.", "goalId": goal});
        let id = text(&ana.request_with(input).await["introduction"]["id"]);
        bela.pass_on(&id).await;
        let serves = async |person: &Person| person.node("Introduction", "goal { outcome }", &id).await["goal"].clone();
        let outcome = json!({"outcome": "Nobody eats alone on a Sunday."});
        assert_eq!((serves(&ana).await, serves(&bela).await, serves(&cleo).await), (outcome.clone(), outcome, Value::Null));
    }
}

story! {
    async fn the_three_look_at_their_introductions_in_pages(world: World) {
        let [ana, hub] = world.people(["ana", "hub"]).await;
        world.tie([(&ana, &hub)]).await;
        let crowd = world.crowd("crowd", 5).await;
        let mut made = Vec::new();
        for person in &crowd {
            world.tie([(&hub, person)]).await;
            made.insert(0, ana.ask_for(person, &hub).await);
        }
        for (person, role) in [(&ana, "REQUESTER"), (&hub, "CONNECTOR")] {
            let document = "query($as: IntroductionRole!, $c: String) { viewer { introductions(as: $as, first: 2, after: $c) {
                totalCount pageInfo { endCursor hasNextPage } nodes { id } } } }";
            let (mut read, mut cursor) = (Vec::new(), Value::Null);
            loop {
                let page = person.run(document, json!({"as": role, "c": cursor})).await["viewer"]["introductions"].clone();
                assert_eq!(page["totalCount"], 5);
                read.extend(page["nodes"].as_array().cloned().unwrap_or_default().iter().map(|node| text(&node["id"])));
                cursor = page["pageInfo"]["endCursor"].clone();
                if page["pageInfo"]["hasNextPage"] != true {
                    break;
                }
            }
            assert_eq!(read, made, "{role}: newest first, each once");
        }
    }
}

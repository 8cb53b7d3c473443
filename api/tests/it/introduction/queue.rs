//! How many introductions reach a member in a month, and how the others wait.

use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, World, refusals};

/// `ana`, `hub`, who are tied, and so many who know hub.
async fn ring(world: &World, size: usize) -> (Person, Person, Vec<Person>) {
    let [ana] = world.people(["ana"]).await;
    let (hub, crowd) = world.star("crowd", size).await;
    world.tie([(&ana, &hub)]).await;
    (ana, hub, crowd)
}

async fn takes(person: &Person, policy: Value) {
    person.done("updateIntroductionPolicy", "__typename", policy).await;
}

story! {
    async fn the_eleventh_of_a_month_waits_unseen(world: World) {
        let (ana, hub, crowd) = ring(&world, 11).await;
        let mut made = Vec::new();
        for person in &crowd[..10] {
            made.insert(0, ana.ask_for(person, &hub).await);
        }
        ana.step("withdrawIntroduction", &made[9]).await;
        let waiting = ana.ask_for(&crowd[10], &hub).await;
        assert_eq!((hub.introductions("CONNECTOR", None).await, hub.told("INTRODUCTION").await.len()), (made.clone(), 10), "ten have reached her, also the one that was taken back");
        assert_eq!((hub.state_of(&waiting).await, hub.introduction(&waiting).await), (String::new(), Value::Null));
        for step in ["passOnIntroduction", "declineIntroduction"] {
            assert_eq!(hub.step_refused(step, &waiting).await, ["NOT_FOUND"], "{step}");
        }
        let (mut of_reached, mut of_waiting) = (ana.introduction(&made[0]).await, ana.introduction(&waiting).await);
        for field in ["createdAt", "stateSince", "expiresAt", "target"] {
            of_reached[field].take();
            of_waiting[field].take();
        }
        assert_eq!(of_reached, of_waiting, "who asks sees no difference");
        world.deliver_waiting().await;
        assert_eq!(hub.state_of(&waiting).await, "", "there is no room yet");

        world.pass_days(15);
        takes(&hub, json!({"asConnector": 11})).await;
        assert_eq!((hub.state_of(&waiting).await, hub.told_of("INTRODUCTION").await[0].clone()), ("REQUESTED".to_owned(), ("INTRODUCTION_REQUESTED".to_owned(), waiting.clone())), "at once when there is room");
        assert_eq!(hub.introductions("CONNECTOR", None).await[0], waiting, "and first, for it has come last");
        let (for_hub, for_ana) = (hub.introduction(&waiting).await, ana.introduction(&waiting).await);
        assert_ne!(for_hub["createdAt"], for_ana["createdAt"], "for her it begins when it reaches her");
        assert_eq!(for_hub["expiresAt"], for_ana["expiresAt"], "but ends with the request");
    }
}

story! {
    async fn what_waits_goes_on_when_a_month_has_passed(world: World) {
        let (ana, hub, crowd) = ring(&world, 4).await;
        takes(&hub, json!({"asConnector": 2})).await;
        for person in &crowd[..2] {
            let id = ana.ask_for(person, &hub).await;
            hub.step("declineIntroduction", &id).await;
        }
        world.pass_days(15);
        let (first, second) = (ana.ask_for(&crowd[2], &hub).await, ana.ask_for(&crowd[3], &hub).await);
        takes(&hub, json!({"asConnector": 1})).await;
        world.pass_days(14);
        world.deliver_waiting().await;
        assert_eq!((hub.state_of(&first).await, hub.state_of(&second).await), (String::new(), String::new()));
        world.pass_days(1);
        for _ in 0..2 {
            world.deliver_waiting().await;
        }
        assert_eq!((hub.state_of(&first).await, hub.state_of(&second).await), ("REQUESTED".to_owned(), String::new()), "the oldest, and no more than there is room for");
        hub.pass_on(&first).await;
        assert_eq!(ana.state_of(&second).await, "REQUESTED");
        world.pass_days(6);
        world.deliver_waiting().await;
        world.tell_ended().await;
        assert_eq!((hub.introduction(&second).await, ana.state_of(&second).await), (Value::Null, "EXPIRED".to_owned()), "what has waited to its end never shows");
        takes(&hub, json!({"asConnector": 100})).await;
        assert_eq!((hub.state_of(&second).await, hub.told("INTRODUCTION").await.len()), (String::new(), 3));
    }
}

story! {
    async fn a_target_has_a_number_of_their_own(world: World) {
        let [cleo, hub] = world.people(["cleo", "hub"]).await;
        world.tie([(&cleo, &hub)]).await;
        takes(&cleo, json!({"asTarget": 2})).await;
        let crowd = world.crowd("crowd", 3).await;
        let mut made = Vec::new();
        for person in &crowd {
            world.tie([(&hub, person)]).await;
            made.push(person.ask_for(&cleo, &hub).await);
        }
        for id in &made {
            hub.pass_on(id).await;
        }
        let waiting = &made[2];
        assert_eq!((cleo.introductions("TARGET", None).await, cleo.told("INTRODUCTION").await.len()), (vec![made[1].clone(), made[0].clone()], 2));
        assert_eq!((cleo.introduction(waiting).await, cleo.step_refused("acceptIntroduction", waiting).await), (Value::Null, vec!["NOT_FOUND".to_owned()]));
        let seen = async |person: &Person, id: &str| { let node = person.introduction(id).await; (node["state"].clone(), node["note"].clone()) };
        assert_eq!(seen(&hub, waiting).await, seen(&hub, &made[0]).await, "whoever passed it on sees no difference");
        assert_eq!(crowd[2].state_of(waiting).await, "REQUESTED");
        takes(&cleo, json!({"asTarget": 3})).await;
        assert_eq!((cleo.state_of(waiting).await, cleo.told("INTRODUCTION").await.len()), ("PASSED_ON".to_owned(), 3));
        cleo.accept(waiting).await;
        let as_connector = cleo.query("{ viewer { introductionPolicy { asConnector asTarget } } }").await["viewer"]["introductionPolicy"].clone();
        assert_eq!(as_connector, json!({"asConnector": 10, "asTarget": 3}));
    }
}

story! {
    async fn what_is_taken_back_while_it_waits_never_shows(world: World) {
        let (ana, hub, crowd) = ring(&world, 3).await;
        takes(&hub, json!({"asConnector": 1})).await;
        takes(&crowd[2], json!({"asTarget": 1})).await;
        ana.ask_for(&crowd[0], &hub).await;
        let waiting = ana.ask_for(&crowd[1], &hub).await;
        assert_eq!(ana.step("withdrawIntroduction", &waiting).await, "WITHDRAWN");
        takes(&hub, json!({"asConnector": 100})).await;
        world.deliver_waiting().await;
        assert_eq!((hub.state_of(&waiting).await, hub.told("INTRODUCTION").await.len()), (String::new(), 1));

        let bela = &crowd[1];
        let (first, second) = (ana.ask_for(&crowd[2], &hub).await, bela.ask_for(&crowd[2], &hub).await);
        hub.pass_on(&first).await;
        hub.pass_on(&second).await;
        bela.step("withdrawIntroduction", &second).await;
        takes(&crowd[2], json!({"asTarget": 100})).await;
        assert_eq!((crowd[2].state_of(&second).await, hub.state_of(&second).await), (String::new(), "WITHDRAWN".to_owned()));
        assert_eq!(crowd[2].introductions("TARGET", None).await, [first]);
    }
}

story! {
    async fn nobody_is_told_of_a_full_month(world: World) {
        let (ana, hub, crowd) = ring(&world, 3).await;
        takes(&hub, json!({"asConnector": 1})).await;
        ana.ask_for(&crowd[0], &hub).await;
        let (one, other) = (ana.request(&crowd[1], &hub).await, ana.request(&crowd[2], &hub).await);
        assert_eq!((refusals(&one), refusals(&other)), (vec![], vec![]));
        let document = "query($id: ID!) { node(id: $id) { ... on Member { takesIntroductions } } }";
        assert_eq!(ana.run(document, json!({"id": hub.global_id()})).await["node"]["takesIntroductions"], true);
        let policy = json!({"pausedUntil": world.hours_from_now(48)});
        takes(&hub, policy).await;
        assert_eq!(hub.introductions("CONNECTOR", None).await.len(), 1, "a pause brings nothing, nor does it take anything away");
    }
}

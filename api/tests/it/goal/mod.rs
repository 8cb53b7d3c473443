//! Goals: proposed, understood once enough members say them in their own words, worked on, and ended.

mod seen;
mod work;

use futures::future::join_all;
use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, World, own_words, refusals, text};

/// What a story sees of a goal.
const GOAL: &str = "goal { id outcome state reason dueOn measure { unit start target } understanding { endorsed required } proposer { name } }";
const OUTCOME: &str = "In each street somebody can be asked for help.";

/// Proposes a goal; returns its id.
async fn propose(person: &Person, community: &str) -> String {
    let input = json!({"communityId": community, "outcome": OUTCOME});
    text(&person.done("proposeGoal", GOAL, input).await["goal"]["id"])
}

/// Says a goal in these words.
async fn endorse(person: &Person, goal: &str, words: &str) -> Value {
    person.command("endorseGoal", GOAL, json!({"goalId": goal, "words": words})).await
}

/// Says a goal in one's own words, which must do.
async fn understand(person: &Person, goal: &str) -> Value {
    person.done("endorseGoal", GOAL, json!({"goalId": goal, "words": own_words(&person.name)})).await["goal"].clone()
}

/// How far a goal is understood, and by whom, as this person sees it: the words are the newest first.
async fn voices(person: &Person, goal: &str) -> (Value, Vec<(String, String)>) {
    let document = "query($id: ID!) { node(id: $id) { ... on Goal { understanding { endorsed voices { nodes { words member { name } } } } } } }";
    let found = person.run(document, json!({"id": goal})).await["node"]["understanding"].clone();
    let nodes = found["voices"]["nodes"].as_array().cloned().unwrap_or_default();
    let said = nodes.iter().map(|node| (text(&node["member"]["name"]), text(&node["words"]))).collect();
    (found["endorsed"].clone(), said)
}

/// The same text in full-width letters, as some keyboards write it.
fn full_width(words: &str) -> String {
    let wide = |c: char| match c {
        ' ' => '\u{3000}',
        '!'..='~' => char::from_u32(c as u32 + 0xFEE0).expect("a full-width letter"),
        c => c,
    };
    words.chars().map(wide).collect()
}

/// The same text in ways that look different.
fn disguises(words: &str) -> [String; 5] {
    [
        words.to_owned(),
        words.to_uppercase(),
        format!("  ...{} ?!", words.replace(' ', "  -  ").trim_end_matches('.')),
        words.replace(' ', "\n"),
        full_width(words),
    ]
}

story! {
    async fn a_goal_is_proposed_by_any_member_with_its_measure_and_its_date(world: World) {
        let [ana, bela, zoe] = world.people(["ana", "bela", "zoe"]).await;
        let id = world.forming([&ana, &bela]).await;
        let measure = json!({"unit": "volunteers", "start": 0.0, "target": 30.0});
        let input = json!({"communityId": id, "outcome": format!("  {OUTCOME} "), "measure": measure, "dueOn": "2027-03-31"});
        let goal = bela.done("proposeGoal", GOAL, input).await["goal"].clone();
        assert!(goal["id"].is_string());
        let expected = json!({"id": goal["id"], "outcome": OUTCOME, "state": "PROPOSED", "reason": null, "dueOn": "2027-03-31", "measure": measure,
            "understanding": {"endorsed": 0, "required": 2}, "proposer": {"name": "bela"}});
        assert_eq!(goal, expected, "to propose is not to endorse");
        assert_eq!(zoe.refused("proposeGoal", json!({"communityId": id, "outcome": OUTCOME})).await, ["NOT_FOUND"]);
        for (wrong, codes) in [
            (json!({"outcome": " ", "measure": {"unit": "", "start": 0, "target": 1}, "dueOn": "2027-02-29"}), 3),
            (json!({"outcome": "a".repeat(301), "dueOn": "soon"}), 2),
            (json!({"outcome": OUTCOME, "measure": {"unit": "people", "start": 7, "target": 7}}), 1),
            (json!({"outcome": OUTCOME, "measure": {"unit": "u".repeat(41), "start": 0, "target": 7}}), 1),
        ] {
            let mut input = wrong.clone();
            input["communityId"] = json!(id);
            assert_eq!(ana.refused("proposeGoal", input).await, vec!["INVALID_INPUT"; codes], "{wrong}");
        }
        assert_eq!(world.count("goal", &[]).await, 1);
    }
}

story! {
    async fn while_forming_two_thirds_of_the_founders_must_understand_it(world: World) {
        let [ana, bela, cleo, dina] = world.people(["ana", "bela", "cleo", "dina"]).await;
        let id = world.forming([&ana, &bela, &cleo, &dina]).await;
        let goal = propose(&ana, &id).await;
        for (person, state, endorsed) in [(&bela, "PROPOSED", 1), (&ana, "PROPOSED", 2), (&dina, "ACTIVE", 3)] {
            let said = understand(person, &goal).await;
            assert_eq!((&said["state"], &said["understanding"]), (&json!(state), &json!({"endorsed": endorsed, "required": 3})));
        }
        let late = endorse(&cleo, &goal, &own_words("cleo")).await;
        assert_eq!((refusals(&late), &late["userErrors"][0]["path"]), (vec!["WRONG_STATE"], &json!(["goalId"])), "it is understood");
    }
}

story! {
    async fn once_live_three_members_or_a_tenth_must_understand_it(world: World) {
        let [ana, bela, cleo, dina, ema] = world.people(["ana", "bela", "cleo", "dina", "ema"]).await;
        let id = world.live([&ana, &bela, &cleo, &dina, &ema], "INVITATION").await;
        let goal = propose(&ema, &id).await;
        assert_eq!(understand(&bela, &goal).await["understanding"], json!({"endorsed": 1, "required": 3}));
        assert_eq!(understand(&cleo, &goal).await["state"], "PROPOSED");
        assert_eq!(understand(&ema, &goal).await["state"], "ACTIVE");

        let street: Vec<_> = world.crowd("street", 26).await.iter().map(|person| person.id).collect();
        world.put_members(&id, &street).await;
        let goal = propose(&ana, &id).await;
        assert_eq!(understand(&ana, &goal).await["understanding"], json!({"endorsed": 1, "required": 4}), "of 31");
        for (person, state) in [(&bela, "PROPOSED"), (&cleo, "PROPOSED"), (&dina, "ACTIVE")] {
            assert_eq!(understand(person, &goal).await["state"], state);
        }
    }
}

story! {
    async fn words_must_be_many_enough_and_ones_own(world: World) {
        let [ana, bela, cleo, dina, zoe] = world.people(["ana", "bela", "cleo", "dina", "zoe"]).await;
        let id = world.forming([&ana, &bela, &cleo, &dina]).await;
        let goal = propose(&ana, &id).await;
        for few in ["", "Help.", "a".repeat(19).as_str(), "Nineteen letters ab !!!???...", &"a".repeat(1_001)] {
            assert_eq!(refusals(&endorse(&bela, &goal, few).await), ["INVALID_INPUT"], "{few:?}");
        }
        for copy in disguises(OUTCOME) {
            let refused = endorse(&bela, &goal, &copy).await;
            assert_eq!((refusals(&refused), &refused["userErrors"][0]["path"]), (vec!["WORDS_COPIED"], &json!(["words"])), "{copy:?}");
        }
        let own = "Nobody has to carry the shopping alone";
        assert_eq!(refusals(&endorse(&bela, &goal, own).await), [""; 0]);
        for copy in disguises(own) {
            assert_eq!(refusals(&endorse(&cleo, &goal, &copy).await), ["WORDS_COPIED"], "{copy:?}");
            assert_eq!(refusals(&endorse(&bela, &goal, &copy).await), [""; 0], "one's own words are one's own: {copy:?}");
        }
        assert_eq!(refusals(&endorse(&cleo, &goal, &"é".repeat(20)).await), [""; 0], "twenty will do");
        assert_eq!(refusals(&endorse(&zoe, &goal, own).await), ["NOT_FOUND"], "a stranger knows of no goal");
        assert_eq!(voices(&ana, &goal).await.0, 2);
    }
}

story! {
    async fn words_said_anew_replace_the_old_ones(world: World) {
        let [ana, bela, cleo, dina] = world.people(["ana", "bela", "cleo", "dina"]).await;
        let id = world.forming([&ana, &bela, &cleo, &dina]).await;
        let goal = propose(&ana, &id).await;
        let (first, last) = ("What I said at first about the streets", "What I say now that I have thought");
        for words in [first, "What I said in between about the streets", last] {
            let said = endorse(&bela, &goal, words).await;
            assert_eq!((refusals(&said), &said["goal"]["understanding"]["endorsed"]), (vec![], &json!(1)));
        }
        assert_eq!(voices(&cleo, &goal).await, (json!(1), vec![("bela".to_owned(), last.to_owned())]));
        assert_eq!(refusals(&endorse(&cleo, &goal, first).await), [""; 0], "what nobody says any more is free");
        let newest_first = vec![("cleo".to_owned(), first.to_owned()), ("bela".to_owned(), last.to_owned())];
        assert_eq!(voices(&dina, &goal).await, (json!(2), newest_first));
    }
}

story! {
    async fn twelve_endorsements_of_one_member_at_once_count_once(world: World) {
        let [ana, bela, cleo, dina] = world.people(["ana", "bela", "cleo", "dina"]).await;
        let id = world.forming([&ana, &bela, &cleo, &dina]).await;
        let goal = propose(&ana, &id).await;
        let words: Vec<String> = (0..12).map(|number| own_words(&format!("bela, for the {number}th time,"))).collect();
        for said in join_all(words.iter().map(|words| endorse(&bela, &goal, words))).await {
            assert_eq!((refusals(&said), &said["goal"]["state"]), (vec![], &json!("PROPOSED")));
        }
        let (endorsed, said) = voices(&ana, &goal).await;
        assert_eq!((endorsed, said.len(), world.count("endorsement", &[]).await), (json!(1), 1, 1));
        assert!(words.contains(&said[0].1));
    }
}

story! {
    async fn of_two_who_say_the_same_at_once_one_has_said_it(world: World) {
        let [ana, bela, cleo, dina] = world.people(["ana", "bela", "cleo", "dina"]).await;
        let id = world.forming([&ana, &bela, &cleo, &dina]).await;
        for _ in 0..6 {
            let goal = propose(&ana, &id).await;
            let words = own_words("nobody in particular");
            let wide = full_width(&words);
            let (one, other) = tokio::join!(endorse(&bela, &goal, &words), endorse(&cleo, &goal, &wide));
            let mut codes = [refusals(&one), refusals(&other)].concat();
            codes.sort_unstable();
            assert_eq!(codes, ["WORDS_COPIED"]);
            assert_eq!(voices(&ana, &goal).await.0, 1);
        }
    }
}

story! {
    async fn the_last_endorsement_of_many_at_once_makes_it_active_once(world: World) {
        let [ana, bela, cleo, dina] = world.people(["ana", "bela", "cleo", "dina"]).await;
        let id = world.forming([&ana, &bela, &cleo, &dina]).await;
        let goal = propose(&ana, &id).await;
        let people = [&ana, &bela, &cleo, &dina];
        let words = people.map(|person| own_words(&person.name));
        let said = join_all(people.iter().zip(&words).map(|(person, words)| endorse(person, &goal, words))).await;
        assert_eq!(said.iter().filter(|said| refusals(said).is_empty()).count(), 3);
        assert_eq!(said.iter().filter(|said| refusals(said) == ["WRONG_STATE"]).count(), 1, "one came after it was understood");
        assert_eq!(voices(&ana, &goal).await.0, 3);
    }
}

story! {
    async fn a_new_outcome_voids_what_was_said_of_the_old_one(world: World) {
        let [ana, bela, cleo, dina] = world.people(["ana", "bela", "cleo", "dina"]).await;
        let id = world.forming([&ana, &bela, &cleo, &dina]).await;
        let goal = propose(&bela, &id).await;
        understand(&cleo, &goal).await;
        understand(&bela, &goal).await;
        let change = |change: Value| {
            let mut input = change;
            input["goalId"] = json!(goal);
            input
        };
        assert_eq!(cleo.refused("updateGoal", change(json!({"outcome": "Mine."}))).await, ["STEWARDS_ONLY"]);
        let kept = bela.done("updateGoal", GOAL, change(json!({"outcome": OUTCOME, "dueOn": "2027-01-01"}))).await["goal"].clone();
        assert_eq!((&kept["understanding"]["endorsed"], &kept["dueOn"]), (&json!(2), &json!("2027-01-01")), "the same outcome");
        let voided = ana.done("updateGoal", GOAL, change(json!({"outcome": "In each house somebody can be asked."}))).await["goal"].clone();
        assert_eq!((&voided["understanding"]["endorsed"], &voided["state"]), (&json!(0), &json!("PROPOSED")), "a steward may as well");
        assert_eq!(voices(&cleo, &goal).await, (json!(0), vec![]));
        for person in [&bela, &cleo, &dina] {
            understand(person, &goal).await;
        }
        assert_eq!(ana.refused("updateGoal", change(json!({"outcome": OUTCOME}))).await, ["WRONG_STATE"], "it is agreed on");
        let measure = json!({"unit": "houses", "start": 0.0, "target": 9.5});
        let measured = bela.done("updateGoal", GOAL, change(json!({"measure": measure, "dueOn": null}))).await["goal"].clone();
        assert_eq!((&measured["measure"], &measured["dueOn"], &measured["state"]), (&measure, &Value::Null, &json!("ACTIVE")));
        let wrong = change(json!({"outcome": "", "measure": {"unit": "", "start": 0, "target": 1}, "dueOn": "never"}));
        assert_eq!(bela.refused("updateGoal", wrong).await, ["INVALID_INPUT"; 3]);
        bela.done("abandonGoal", GOAL, change(json!({"reason": "Nobody has time."}))).await;
        assert_eq!(bela.refused("updateGoal", change(json!({"dueOn": "2027-01-01"}))).await, ["WRONG_STATE"], "it is over");
    }
}

//! Asks: "who can help with …?", put to one's ties or to a community.

mod nomination;
mod seen;

use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, World, refusals, text};

/// What is asked of this person, newest first.
async fn for_me(person: &Person) -> Vec<String> {
    listed(person, "FOR_ME").await
}

async fn listed(person: &Person, direction: &str) -> Vec<String> {
    let document =
        "query($d: AskDirection!) { viewer { asks(direction: $d, first: 100) { totalCount nodes { id } } } }";
    let list = person.run(document, json!({"d": direction})).await["viewer"]["asks"].clone();
    let ids: Vec<String> = list["nodes"].as_array().into_iter().flatten().map(|node| text(&node["id"])).collect();
    assert_eq!(list["totalCount"], ids.len());
    ids
}

/// An ask as this person sees it; null if it is not put to them.
async fn look(person: &Person, ask: &str) -> Value {
    let fields = "asker { name } need skills goal { outcome } community { name } askerNamed state matches { name }";
    person.node("Ask", fields, ask).await
}

async fn skills(person: &Person, skills: Value) {
    person.done("updateProfile", "__typename", json!({"skills": skills})).await;
}

/// How many nominations an ask has for this person.
async fn nominations(person: &Person, ask: &str) -> Value {
    person.node("Ask", "nominations { totalCount }", ask).await["nominations"]["totalCount"].clone()
}

/// The id of the tie of two, for either.
async fn tie_of(person: &Person, other: &Person) -> String {
    let data = person.query("{ viewer { ties(first: 100) { nodes { id other { handle } } } } }").await;
    let ties = data["viewer"]["ties"]["nodes"].as_array().cloned().unwrap_or_default();
    text(&ties.iter().find(|tie| tie["other"]["handle"] == other.name.as_str()).expect("their tie")["id"])
}

story! {
    async fn an_ask_to_ones_ties_is_put_to_them_alone(world: World) {
        let [ana, bela, cleo, zoe] = world.people(["ana", "bela", "cleo", "zoe"]).await;
        world.tie([(&ana, &bela), (&ana, &cleo), (&bela, &zoe)]).await;
        let opened = ana.done("openAsk", "ask { id need skills state askerNamed expiresAt community { id } } askEdge { cursor node { id } }", json!({"need": " Who can tune a piano? ", "skills": ["Tuning", "tuning", "Piano"]})).await;
        let ask = &opened["ask"];
        assert_eq!((&ask["need"], &ask["skills"], &ask["state"], &ask["askerNamed"], &ask["community"]), (&json!("Who can tune a piano?"), &json!(["Tuning", "Piano"]), &json!("OPEN"), &json!(false), &Value::Null));
        assert_eq!(opened["askEdge"]["node"]["id"], ask["id"]);
        let id = text(&ask["id"]);
        for person in [&bela, &cleo] {
            assert_eq!((for_me(person).await, look(person, &id).await["asker"].clone()), (vec![id.clone()], json!({"name": "ana"})), "{}", person.name);
        }
        assert_eq!((for_me(&zoe).await, look(&zoe, &id).await), (vec![], Value::Null), "a friend of a friend is not asked");
        assert_eq!((for_me(&ana).await, listed(&ana, "MINE").await, listed(&bela, "MINE").await), (vec![], vec![id.clone()], vec![]));
        assert_eq!(zoe.refused("nominate", json!({"askId": id, "memberId": bela.global_id()})).await, ["NOT_FOUND"]);
        for (person, code) in [(&bela, "NOT_FOUND"), (&zoe, "NOT_FOUND")] {
            assert_eq!(person.refused("closeAsk", json!({"askId": id})).await, [code], "{}", person.name);
        }

        world.tie([(&ana, &zoe)]).await;
        assert_eq!(for_me(&zoe).await, std::slice::from_ref(&id), "whoever becomes a tie is asked as well");
        ana.answer("endTie", &tie_of(&ana, &bela).await).await;
        assert_eq!((for_me(&bela).await, look(&bela, &id).await), (vec![], Value::Null), "and whoever is none no longer");
        ana.block(&cleo).await;
        assert_eq!((for_me(&cleo).await, look(&cleo, &id).await), (vec![], Value::Null));
        domain::account::suspend(&world.system(), "ana").await.expect("suspended");
        assert_eq!(for_me(&zoe).await, [""; 0]);
        domain::account::restore(&world.system(), "ana").await.expect("restored");
        assert_eq!((for_me(&zoe).await, look(&world.person("ana").await, &id).await["state"].clone()), (vec![], json!("CLOSED")), "what she asked for is over");
    }
}

story! {
    async fn an_ask_to_a_community_is_put_to_its_members(world: World) {
        let [ana, bela, cleo, zoe] = world.people(["ana", "bela", "cleo", "zoe"]).await;
        world.tie([(&ana, &bela), (&bela, &cleo), (&ana, &zoe)]).await;
        let community = ana.form("The yard", "INVITATION").await;
        ana.bring(&community, &bela).await;
        bela.bring(&community, &cleo).await;
        let goal = ana.done("proposeGoal", "goal { id }", json!({"communityId": community, "outcome": "There is music in the yard."})).await["goal"]["id"].clone();
        let id = cleo.opens(json!({"communityId": community, "goalId": goal})).await;
        for person in [&ana, &bela] {
            assert_eq!(for_me(person).await, std::slice::from_ref(&id), "{}: also who is no tie of hers", person.name);
            let seen = look(person, &id).await;
            assert_eq!((&seen["goal"]["outcome"], &seen["community"]["name"], &seen["asker"]["name"]), (&json!("There is music in the yard."), &json!("The yard"), &json!("cleo")));
        }
        assert_eq!((for_me(&zoe).await, look(&zoe, &id).await), (vec![], Value::Null));
        let theirs = ana.opens(json!({"communityId": community})).await;
        assert_eq!((for_me(&zoe).await, for_me(&bela).await), (vec![], vec![theirs.clone(), id.clone()]), "a tie outside it is not asked");

        for (person, community, goal, code) in [(&zoe, Some(&community), None, "NOT_FOUND"), (&zoe, None, Some(&goal), "NOT_FOUND")] {
            let input = json!({"need": "Help!", "communityId": community, "goalId": goal});
            assert_eq!(person.refused("openAsk", input).await, [code], "{}", person.name);
        }
        assert_eq!(ana.refused("openAsk", json!({"need": "Help!", "communityId": "nonsense"})).await, ["NOT_FOUND"]);
        let left = cleo.refused("leaveCommunity", json!({"communityId": community})).await;
        assert_eq!(left, [""; 0]);
        assert_eq!((for_me(&ana).await, for_me(&cleo).await), (vec![], vec![] as Vec<String>), "who has left asks it no longer, nor is asked");
        assert_eq!(look(&ana, &id).await, Value::Null);
        ana.block(&bela).await;
        assert_eq!(for_me(&bela).await, [""; 0], "a block hides it inside a community as well");
    }
}

story! {
    async fn five_asks_are_open_at_the_most(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        world.tie([(&ana, &bela)]).await;
        let made = futures::future::join_all((0..12).map(|number| ana.command("openAsk", "ask { id }", json!({"need": format!("Number {number}"), "days": if number % 2 == 0 { 30 } else { 10 }})))).await;
        let open: Vec<String> = made.iter().filter(|payload| refusals(payload).is_empty()).map(|payload| text(&payload["ask"]["id"])).collect();
        assert_eq!((open.len(), made.iter().filter(|payload| refusals(payload) == ["TOO_MANY_ASKS"]).count()), (5, 7));
        assert_eq!(for_me(&bela).await.len(), 5);
        for _ in 0..2 {
            let closed = ana.done("closeAsk", "ask { state expiresAt }", json!({"askId": open[0]})).await;
            assert_eq!(closed["ask"]["state"], "CLOSED", "again changes nothing");
        }
        assert_eq!((for_me(&bela).await.len(), listed(&ana, "MINE").await.len()), (4, 5), "its asker keeps it");
        ana.opens(json!({})).await;
        assert_eq!(ana.refused("openAsk", json!({"need": "One more"})).await, ["TOO_MANY_ASKS"]);
        world.pass_days(30);
        assert_eq!(for_me(&bela).await, [""; 0], "their days are over");
        for id in &open {
            assert_eq!(look(&ana, id).await["state"], "CLOSED");
        }
        ana.opens(json!({})).await;
    }
}

story! {
    async fn an_ask_that_does_not_fit_is_refused(world: World) {
        let [ana] = world.people(["ana"]).await;
        let many: Vec<String> = (0..11).map(|number| format!("Skill {number}")).collect();
        for (input, field) in [
            (json!({"need": ""}), "need"),
            (json!({"need": "a".repeat(1_001)}), "need"),
            (json!({"need": "Help!", "skills": many}), "skills"),
            (json!({"need": "Help!", "skills": ["a".repeat(51)]}), "skills"),
            (json!({"need": "Help!", "days": 0}), "days"),
            (json!({"need": "Help!", "days": 31}), "days"),
            (json!({"need": "Help!", "days": -1}), "days"),
        ] {
            let refused = ana.command("openAsk", "ask { id }", input.clone()).await;
            assert_eq!((refusals(&refused), &refused["userErrors"][0]["path"], &refused["ask"]), (vec!["INVALID_INPUT"], &json!([field]), &Value::Null), "{input}");
        }
        assert_eq!(ana.refused("openAsk", json!({"need": "", "days": 0})).await, ["INVALID_INPUT", "INVALID_INPUT"], "all that is wrong at once");
        let id = ana.opens(json!({"need": "é".repeat(1_000), "skills": many[..10], "days": 1})).await;
        assert_eq!(look(&ana, &id).await["state"], "OPEN");
        world.pass_days(1);
        assert_eq!(look(&ana, &id).await["state"], "CLOSED");
        for id in ["nonsense", "ask_AAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(ana.refused("closeAsk", json!({"askId": id})).await, ["NOT_FOUND"], "{id}");
        }
    }
}

story! {
    async fn whoever_is_asked_sees_which_of_their_ties_fit(world: World) {
        let [ana, bela, one, two, three, none] = world.people(["ana", "bela", "one", "two", "three", "none"]).await;
        world.tie([(&ana, &bela), (&bela, &one), (&bela, &two), (&bela, &three), (&bela, &none)]).await;
        skills(&ana, json!(["Tuning"])).await;
        skills(&one, json!(["tuning", "Cooking"])).await;
        skills(&two, json!(["TUNING", "Piano", "Singing"])).await;
        skills(&three, json!(["Piano", "Tuning"])).await;
        skills(&none, json!(["Cooking"])).await;
        let id = ana.opens(json!({"skills": ["Tuning", "piano"]})).await;
        let matches = json!([{"name": "two"}, {"name": "three"}, {"name": "one"}]);
        assert_eq!(look(&bela, &id).await["matches"], matches, "who has the most of them first, and never the asker");
        assert_eq!(look(&ana, &id).await["matches"], json!([]));
        two.block(&bela).await;
        assert_eq!(look(&bela, &id).await["matches"], json!([{"name": "three"}, {"name": "one"}]));
        let plain = ana.opens(json!({})).await;
        assert_eq!(look(&bela, &plain).await["matches"], json!([]), "without skills nobody fits");
    }
}

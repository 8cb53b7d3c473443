//! Who sees goals, whose words count, and commands that are sent again.

use super::*;
use crate::support::without_cost;

const MINE: &str = "query($state: GoalState) { viewer { goals(first: 100, state: $state) { totalCount nodes { outcome community { name } } } } }";

/// A goal as this person sees it; null if they do not.
async fn look(person: &Person, goal: &str) -> Value {
    person.run("query($id: ID!) { node(id: $id) { ... on Goal { outcome } } }", json!({"id": goal})).await["node"]
        .clone()
}

/// The goals of a community that show to this person.
async fn goals(person: &Person, community: &str) -> Value {
    let document = "query($id: ID!) { community(by: {id: $id}) { goals { totalCount nodes { outcome } } } }";
    person.run(document, json!({"id": community})).await["community"]["goals"].clone()
}

story! {
    async fn who_does_not_belong_to_the_community_sees_no_goal(world: World) {
        let people = world.people(["ana", "bela", "cleo", "dina", "ema", "fay", "zoe"]).await;
        let [ana, bela, cleo, dina, ema, fay, zoe] = &people;
        let id = world.live([ana, bela, cleo, dina, ema], "INVITATION").await;
        let goal = propose(ana, &id).await;
        world.tie([(ana, fay)]).await;
        ana.done("inviteToCommunity", "membership { state }", json!({"communityId": id, "memberId": fay.global_id()})).await;
        ana.remove(&id, dina).await;
        ema.leave(&id).await;
        for member in [ana, bela, cleo] {
            assert_eq!((look(member, &goal).await, goals(member, &id).await["totalCount"].clone()), (json!({"outcome": OUTCOME}), json!(2)));
        }
        for stranger in [fay, dina, ema, zoe] {
            assert_eq!(look(stranger, &goal).await, Value::Null, "{}", stranger.name);
            assert_eq!(goals(stranger, &id).await, json!({"totalCount": 0, "nodes": []}), "{}", stranger.name);
            assert_eq!(stranger.run(MINE, json!({})).await["viewer"]["goals"]["totalCount"], 0);
            assert_eq!(refusals(&endorse(stranger, &goal, &own_words(&stranger.name)).await), ["NOT_FOUND"], "{}", stranger.name);
            for (mutation, more) in [("updateGoal", json!({"outcome": "Mine."})), ("achieveGoal", json!({})), ("abandonGoal", json!({"reason": "No."})), ("commitToGoal", json!({"what": "I."})), ("recordProgress", json!({"note": "I."}))] {
                let mut input = more;
                input["goalId"] = json!(goal);
                assert_eq!(stranger.refused(mutation, input).await, ["NOT_FOUND"], "{}: {mutation}", stranger.name);
            }
            assert_eq!(stranger.refused("proposeGoal", json!({"communityId": id, "outcome": OUTCOME})).await, ["MEMBERS_ONLY"]);
        }
        assert_eq!(refusals(&endorse(ana, "gol_nonsense", &own_words("ana")).await), ["NOT_FOUND"]);
    }
}

story! {
    async fn the_words_of_who_has_left_neither_count_nor_show(world: World) {
        let [ana, bela, cleo, dina, ema] = world.people(["ana", "bela", "cleo", "dina", "ema"]).await;
        let id = world.forming([&ana, &bela, &cleo, &dina, &ema]).await;
        let goal = propose(&dina, &id).await;
        for person in [&bela, &cleo, &ema] {
            understand(person, &goal).await;
        }
        assert_eq!(voices(&ana, &goal).await.0, 3);
        cleo.leave(&id).await;
        ana.remove(&id, &ema).await;
        assert_eq!(voices(&ana, &goal).await, (json!(1), vec![("bela".to_owned(), own_words("bela"))]));
        let said = understand(&dina, &goal).await;
        assert_eq!((&said["understanding"], &said["state"]), (&json!({"endorsed": 2, "required": 2}), &json!("ACTIVE")), "of the three who are left");
    }
}

story! {
    async fn the_words_of_who_is_suspended_or_blocked_do_not_show(world: World) {
        let [ana, bela, cleo, dina, ema] = world.people(["ana", "bela", "cleo", "dina", "ema"]).await;
        let id = world.forming([&ana, &bela, &cleo, &dina, &ema]).await;
        let goal = propose(&ana, &id).await;
        for person in [&bela, &cleo] {
            understand(person, &goal).await;
        }
        dina.block(&bela).await;
        assert_eq!(voices(&dina, &goal).await, (json!(2), vec![("cleo".to_owned(), own_words("cleo"))]), "counted, and not read");
        domain::account::suspend(&world.system(), "cleo").await.expect("cleo is suspended");
        assert_eq!(voices(&ana, &goal).await, (json!(1), vec![("bela".to_owned(), own_words("bela"))]));
        domain::account::restore(&world.system(), "cleo").await.expect("cleo is back");
        assert_eq!(voices(&ana, &goal).await.0, 2);
    }
}

story! {
    async fn the_goals_of_all_ones_communities_are_one_list(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        let (choir, street) = (world.forming([&ana, &bela]).await, world.forming([&cleo, &bela]).await);
        for (person, community, outcome) in [(&ana, &choir, "We sing."), (&cleo, &street, "We sweep."), (&ana, &choir, "We sing well.")] {
            person.done("proposeGoal", GOAL, json!({"communityId": community, "outcome": outcome})).await;
        }
        let seen = async |person: &Person, state: Value| person.run(MINE, json!({"state": state})).await["viewer"]["goals"].clone();
        let goal = |outcome: &str, name: &str| json!({"outcome": outcome, "community": {"name": format!("The circle of {name}")}});
        let all = [goal("We sing well.", "ana"), goal("We sweep.", "cleo"), goal("We sing.", "ana")];
        assert_eq!(seen(&bela, Value::Null).await, json!({"totalCount": 3, "nodes": all}));
        assert_eq!(seen(&cleo, json!("PROPOSED")).await, json!({"totalCount": 1, "nodes": [all[1]]}));
        assert_eq!(seen(&bela, json!("ACTIVE")).await["totalCount"], 0);
        bela.leave(&choir).await;
        assert_eq!(seen(&bela, Value::Null).await, json!({"totalCount": 1, "nodes": [all[1]]}));
    }
}

/// Sends a command under a key.
async fn send(person: &Person, key: &str, mutation: &str, shows: &str, input: Value) -> Value {
    let kind = mutation[..1].to_uppercase() + &mutation[1..];
    let document =
        format!("mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ {shows} userErrors {{ code }} }} }}");
    let request = person.client.post(format!("{}/graphql", person.address)).header("Idempotency-Key", key);
    let request = request.bearer_auth(person.token.as_deref().expect("a token"));
    let request = request.json(&json!({"query": document, "variables": {"input": input}}));
    without_cost(request.send().await.expect("an answer").json().await.expect("JSON"))
}

story! {
    async fn commands_about_goals_that_are_sent_again_have_one_effect(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        let id = world.forming([&ana, &bela, &cleo]).await;
        let input = json!({"communityId": id, "outcome": OUTCOME});
        let proposed = join_all((0..10).map(|_| send(&ana, "propose", "proposeGoal", "goal { id }", input.clone()))).await;
        assert!(proposed.iter().all(|answer| *answer == proposed[0] && answer.get("errors").is_none()), "{proposed:?}");
        let goal = text(&proposed[0]["data"]["proposeGoal"]["goal"]["id"]);
        for person in [&bela, &cleo] {
            let input = json!({"goalId": goal, "words": own_words(&person.name)});
            let said = join_all((0..5).map(|_| send(person, "endorse", "endorseGoal", "goal { id }", input.clone()))).await;
            assert!(said.iter().all(|answer| answer["data"]["endorseGoal"]["userErrors"] == json!([])), "{said:?}");
        }
        for (mutation, shows, input) in [
            ("commitToGoal", "commitment { id what }", json!({"goalId": goal, "what": "I ring at doors."})),
            ("recordProgress", "goal { id }", json!({"goalId": goal, "note": "We have begun."})),
            ("achieveGoal", "goal { id state }", json!({"goalId": goal})),
        ] {
            let answers = join_all((0..10).map(|_| send(&ana, mutation, mutation, shows, input.clone()))).await;
            assert!(answers.iter().all(|answer| *answer == answers[0] && answer["data"][mutation]["userErrors"] == json!([])), "{answers:?}");
        }
        let counts = [world.count("goal", &[]).await, world.count("endorsement", &[]).await, world.count("commitment", &[]).await, world.count("progress", &[]).await];
        assert_eq!(counts, [1, 2, 1, 1]);
    }
}

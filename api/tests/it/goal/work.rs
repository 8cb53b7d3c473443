//! Working on a goal that is understood: commitments, measurements, and its end.

use super::*;

const COMMITMENT: &str = "commitment { id what dueOn doneAt member { name } goal { id } }";

/// A goal of these three that is understood, proposed by the second.
async fn active(world: &World, people: [&Person; 3]) -> (String, String) {
    let id = world.forming(people).await;
    let goal = propose(people[1], &id).await;
    for person in &people[1..] {
        understand(person, &goal).await;
    }
    (id, goal)
}

story! {
    async fn members_commit_themselves_and_do_it(world: World) {
        let [ana, bela, cleo, zoe] = world.people(["ana", "bela", "cleo", "zoe"]).await;
        let (id, goal) = active(&world, [&ana, &bela, &cleo]).await;
        let commit = |what: &str| json!({"goalId": goal, "what": what, "dueOn": "2027-01-31"});
        let made = cleo.done("commitToGoal", COMMITMENT, commit("I ring at every door.")).await["commitment"].clone();
        let expected = json!({"id": made["id"], "what": "I ring at every door.", "dueOn": "2027-01-31", "doneAt": null, "member": {"name": "cleo"}, "goal": {"id": goal}});
        assert_eq!(made, expected);
        ana.done("commitToGoal", COMMITMENT, json!({"goalId": goal, "what": "I print the list."})).await;
        let list = "query($id: ID!) { node(id: $id) { ... on Goal { commitments { totalCount nodes { what doneAt } } } } }";
        let seen = bela.run(list, json!({"id": goal})).await["node"]["commitments"].clone();
        assert_eq!(seen, json!({"totalCount": 2, "nodes": [{"what": "I print the list.", "doneAt": null}, {"what": "I ring at every door.", "doneAt": null}]}));
        assert_eq!(cleo.refused("commitToGoal", json!({"goalId": goal, "what": "", "dueOn": "31.1.2027"})).await, ["INVALID_INPUT"; 2]);
        assert_eq!(zoe.refused("commitToGoal", commit("Me too.")).await, ["NOT_FOUND"]);
        let other = propose(&ana, &id).await;
        assert_eq!(cleo.refused("commitToGoal", json!({"goalId": other, "what": "I begin."})).await, ["WRONG_STATE"], "not understood yet");

        let done = json!({"commitmentId": made["id"]});
        for other in [&ana, &bela, &zoe] {
            assert_eq!(other.refused("completeCommitment", done.clone()).await, ["NOT_FOUND"], "{} did not promise it", other.name);
        }
        let first = cleo.done("completeCommitment", COMMITMENT, done.clone()).await["commitment"]["doneAt"].clone();
        assert!(first.is_string());
        world.pass_days(1);
        assert_eq!(cleo.done("completeCommitment", COMMITMENT, done.clone()).await["commitment"]["doneAt"], first, "done is done");
        let open = text(&ana.run("query($id: ID!) { node(id: $id) { ... on Goal { commitments(first: 1) { nodes { id } } } } }", json!({"id": goal})).await["node"]["commitments"]["nodes"][0]["id"]);
        bela.done("achieveGoal", GOAL, json!({"goalId": goal})).await;
        assert_eq!(ana.refused("completeCommitment", json!({"commitmentId": open})).await, ["WRONG_STATE"], "the goal is over");
        cleo.leave(&id).await;
        assert_eq!(cleo.refused("completeCommitment", done).await, ["NOT_FOUND"]);
        assert_eq!(cleo.refused("completeCommitment", json!({"commitmentId": goal})).await, ["NOT_FOUND"]);
    }
}

story! {
    async fn progress_is_added_and_stays(world: World) {
        let [ana, bela, cleo, zoe] = world.people(["ana", "bela", "cleo", "zoe"]).await;
        let (id, goal) = active(&world, [&ana, &bela, &cleo]).await;
        let record = |more: Value| {
            let mut input = more;
            input["goalId"] = json!(goal);
            input
        };
        assert_eq!(cleo.refused("recordProgress", record(json!({"value": 3, "note": "Three."}))).await, ["INVALID_INPUT"], "there is no measure");
        cleo.done("recordProgress", GOAL, record(json!({"note": "We have begun."}))).await;
        ana.done("updateGoal", GOAL, record(json!({"measure": {"unit": "streets", "start": 0, "target": 12}}))).await;
        cleo.done("recordProgress", GOAL, record(json!({"value": 3.5, "note": "Three and a half.", "evidenceUrl": "https://example.org/list?of=streets"}))).await;
        ana.done("recordProgress", GOAL, record(json!({"value": 2, "note": "It was fewer."}))).await;
        for wrong in ["http://example.org", "javascript:alert(1)", "ftp://example.org", "https://", "https://a b", "example.org"] {
            assert_eq!(cleo.refused("recordProgress", record(json!({"note": "See.", "evidenceUrl": wrong}))).await, ["INVALID_INPUT"], "{wrong}");
        }
        assert_eq!(cleo.refused("recordProgress", record(json!({"note": " ", "evidenceUrl": "http://a"}))).await, ["INVALID_INPUT"; 2]);
        assert_eq!(zoe.refused("recordProgress", record(json!({"note": "Mine."}))).await, ["NOT_FOUND"]);
        let list = "query($id: ID!, $first: Int!, $after: String) { node(id: $id) { ... on Goal { progress(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
            nodes { value note evidenceUrl member { name } } } } } }";
        let seen = bela.run(list, json!({"id": goal, "first": 2})).await["node"]["progress"].clone();
        let newest = json!([
            {"value": 2.0, "note": "It was fewer.", "evidenceUrl": null, "member": {"name": "ana"}},
            {"value": 3.5, "note": "Three and a half.", "evidenceUrl": "https://example.org/list?of=streets", "member": {"name": "cleo"}},
        ]);
        assert_eq!((&seen["totalCount"], &seen["nodes"], &seen["pageInfo"]["hasNextPage"]), (&json!(3), &newest, &json!(true)));
        let rest = bela.run(list, json!({"id": goal, "first": 2, "after": seen["pageInfo"]["endCursor"]})).await["node"]["progress"].clone();
        assert_eq!(rest["nodes"], json!([{"value": null, "note": "We have begun.", "evidenceUrl": null, "member": {"name": "cleo"}}]));
        cleo.leave(&id).await;
        let left = bela.run(list, json!({"id": goal, "first": 2})).await["node"]["progress"].clone();
        assert_eq!((&left["totalCount"], &left["nodes"][1]["note"]), (&json!(3), &json!("Three and a half.")), "what was measured stays");
        let other = propose(&ana, &id).await;
        assert_eq!(ana.refused("recordProgress", json!({"goalId": other, "note": "Early."})).await, ["WRONG_STATE"]);
    }
}

story! {
    async fn a_goal_is_reached_or_given_up_by_its_proposer_or_a_steward(world: World) {
        let [ana, bela, cleo, zoe] = world.people(["ana", "bela", "cleo", "zoe"]).await;
        let (id, goal) = active(&world, [&ana, &bela, &cleo]).await;
        let about = |goal: &str| json!({"goalId": goal});
        let up = |goal: &str| json!({"goalId": goal, "reason": "We were too few."});
        assert_eq!(cleo.refused("achieveGoal", about(&goal)).await, ["STEWARDS_ONLY"]);
        assert_eq!(cleo.refused("abandonGoal", up(&goal)).await, ["STEWARDS_ONLY"]);
        for mutation in ["achieveGoal", "abandonGoal"] {
            assert_eq!(zoe.refused(mutation, if mutation == "achieveGoal" { about(&goal) } else { up(&goal) }).await, ["NOT_FOUND"]);
        }
        assert_eq!(bela.refused("abandonGoal", json!({"goalId": goal, "reason": " "})).await, ["INVALID_INPUT"]);
        let reached = bela.done("achieveGoal", "goal { state reason activatedAt closedAt }", about(&goal)).await["goal"].clone();
        assert_eq!((&reached["state"], &reached["reason"]), (&json!("ACHIEVED"), &Value::Null));
        assert!(reached["activatedAt"].is_string() && reached["closedAt"].is_string(), "{reached}");
        for (mutation, input) in [
            ("achieveGoal", about(&goal)),
            ("abandonGoal", up(&goal)),
            ("endorseGoal", json!({"goalId": goal, "words": own_words("ana")})),
            ("commitToGoal", json!({"goalId": goal, "what": "More."})),
            ("recordProgress", json!({"goalId": goal, "note": "More."})),
            ("updateGoal", json!({"goalId": goal, "outcome": "More."})),
        ] {
            assert_eq!(ana.refused(mutation, input).await, ["WRONG_STATE"], "{mutation}: it is over");
        }

        let other = propose(&cleo, &id).await;
        assert_eq!(cleo.refused("achieveGoal", about(&other)).await, ["WRONG_STATE"], "nobody has understood it");
        let given_up = ana.done("abandonGoal", GOAL, up(&other)).await["goal"].clone();
        assert_eq!((&given_up["state"], &given_up["reason"]), (&json!("ABANDONED"), &json!("We were too few.")), "also one that is proposed");
        assert_eq!(ana.refused("achieveGoal", about(&other)).await, ["WRONG_STATE"]);
        let third = propose(&cleo, &id).await;
        for person in [&ana, &bela] {
            understand(person, &third).await;
        }
        cleo.done("abandonGoal", GOAL, up(&third)).await;
        let trail = "query($id: ID!) { community(by: {id: $id}) { auditTrail(first: 2) { nodes { action note actor { name } subject { name } } } } }";
        let trail = ana.run(trail, json!({"id": id})).await["community"]["auditTrail"]["nodes"].clone();
        let entry = |actor: &str| json!({"action": "GOAL_ABANDONED", "note": "We were too few.", "actor": {"name": actor}, "subject": {"name": "cleo"}});
        assert_eq!(trail, json!([entry("cleo"), entry("ana")]));
    }
}

story! {
    async fn of_ten_endings_at_once_one_ends_it(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        let (_, goal) = active(&world, [&ana, &bela, &cleo]).await;
        let ends = join_all((0..10).map(|at| {
            let (reach, input) = (at % 2 == 0, json!({"goalId": goal}));
            let (person, reason) = (if at % 3 == 0 { &ana } else { &bela }, json!({"goalId": goal, "reason": "Enough."}));
            async move { if reach { person.command("achieveGoal", GOAL, input).await } else { person.command("abandonGoal", GOAL, reason).await } }
        }))
        .await;
        assert_eq!(ends.iter().filter(|end| refusals(end).is_empty()).count(), 1);
        assert_eq!(ends.iter().filter(|end| refusals(end) == ["WRONG_STATE"]).count(), 9);
    }
}

story! {
    async fn who_gives_a_goal_up_does_not_wait_for_its_proposer_who_acts(world: World) {
        let [ana, bela, cleo] = &world.people(["ana", "bela", "cleo"]).await;
        let id = world.forming([ana, bela, cleo]).await;
        for _ in 0..12 {
            let goal = propose(bela, &id).await;
            let endorse = |person: &'static str| json!({"goalId": goal, "words": own_words(person)});
            let reason = json!({"goalId": goal, "reason": "Nobody came."});
            // Each answers, and none that it was cut off: `command` fails otherwise.
            tokio::join!(
                ana.command("abandonGoal", "goal { state }", reason),
                bela.command("endorseGoal", "goal { state }", endorse("bela")),
                bela.command("endorseGoal", "goal { state }", endorse("ana")),
                bela.command("endorseGoal", "goal { state }", endorse("cleo")),
            );
        }
    }
}

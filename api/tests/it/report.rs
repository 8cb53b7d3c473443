//! Reports: what members say was against the agreements, and who decides about it.

use serde_json::{Value, json};

use crate::command::Kith;
use crate::story;
use crate::support::{Person, refusals, text};

const REPORT: &str =
    "report { id agreement note decider state decision decidedAt reporter { name } member { name } goal { outcome } }";

/// Reports somebody to have broken the second agreement.
async fn report(person: &Person, community: &str, about: &Person) -> Value {
    let input = json!({"communityId": community, "subject": {"memberId": about.global_id()}, "agreement": 2, "note": "She never came."});
    person.command("report", REPORT, input).await
}

/// The id of a report that must not be refused.
async fn reported(person: &Person, community: &str, about: &Person) -> String {
    let made = report(person, community, about).await;
    assert_eq!(refusals(&made), [""; 0], "{made}");
    text(&made["report"]["id"])
}

/// Decides about a report.
async fn decide(person: &Person, report: &str, verdict: &str) -> Value {
    let input = json!({"reportId": report, "verdict": verdict, "decision": "We have talked."});
    person.command("decideReport", REPORT, input).await
}

/// Whom the open reports in a community are about, as far as this person decides about them.
async fn to_decide(person: &Person, community: &str) -> Vec<String> {
    let document =
        "query($id: ID!) { community(by: {id: $id}) { reports(state: OPEN) { nodes { member { name } } } } }";
    let data = person.run(document, json!({"id": community})).await;
    let nodes = data["community"]["reports"]["nodes"].as_array().cloned().unwrap_or_default();
    nodes.iter().map(|node| text(&node["member"]["name"])).collect()
}

/// A report as this person sees it; null if they do not.
async fn look(person: &Person, report: &str) -> Value {
    let document = "query($id: ID!) { node(id: $id) { ... on Report { state decider decision member { name } } } }";
    person.run(document, json!({"id": report})).await["node"].clone()
}

/// This person's own reports.
async fn mine(person: &Person) -> Value {
    person.query("{ viewer { reports { totalCount nodes { state decider decision } } } }").await["viewer"]["reports"]
        .clone()
}

async fn make_steward(person: &Person, community: &str, other: &Person) {
    let membership = person.membership(community, other, "ACTIVE").await;
    person.done("setRole", "__typename", json!({"membershipId": membership, "role": "STEWARD"})).await;
}

/// The last entries of the audit trail.
async fn trail(person: &Person, community: &str, first: i32) -> Value {
    let document = "query($id: ID!, $first: Int!) { community(by: {id: $id}) { auditTrail(first: $first) { nodes { action note actor { name } subject { name } } } } }";
    person.run(document, json!({"id": community, "first": first})).await["community"]["auditTrail"]["nodes"].clone()
}

story! {
    async fn a_member_is_reported_and_the_stewards_decide(world: World) {
        let [ana, bela, cleo, dina] = world.people(["ana", "bela", "cleo", "dina"]).await;
        let id = world.forming([&ana, &bela, &cleo, &dina]).await;
        let made = report(&bela, &id, &cleo).await["report"].clone();
        let expected = json!({"id": made["id"], "agreement": "We keep what we promise.", "note": "She never came.", "decider": "STEWARDS", "state": "OPEN",
            "decision": null, "decidedAt": null, "reporter": {"name": "bela"}, "member": {"name": "cleo"}, "goal": null});
        assert_eq!(made, expected);
        let report = text(&made["id"]);
        assert_eq!((to_decide(&ana, &id).await, mine(&bela).await["totalCount"].clone()), (vec!["cleo".to_owned()], json!(1)));
        for other in [&cleo, &dina] {
            assert_eq!((look(other, &report).await, to_decide(other, &id).await, mine(other).await["totalCount"].clone()), (Value::Null, vec![], json!(0)), "{} does not know", other.name);
            assert_eq!(refusals(&decide(other, &report, "DISMISS").await), ["NOT_FOUND"], "{}", other.name);
        }
        assert_eq!(refusals(&decide(&bela, &report, "UPHOLD").await), ["NOT_FOUND"], "who reported does not decide");
        assert_eq!(ana.refused("decideReport", json!({"reportId": report, "verdict": "UPHOLD", "decision": ""})).await, ["INVALID_INPUT"]);
        let decided = decide(&ana, &report, "UPHOLD").await["report"].clone();
        assert_eq!((&decided["state"], &decided["decision"], decided["decidedAt"].is_string()), (&json!("UPHELD"), &json!("We have talked."), true));
        for verdict in ["UPHOLD", "DISMISS"] {
            assert_eq!(refusals(&decide(&ana, &report, verdict).await), ["WRONG_STATE"], "once");
        }
        assert_eq!(to_decide(&ana, &id).await, [""; 0]);
        assert_eq!(mine(&bela).await["nodes"], json!([{"state": "UPHELD", "decider": "STEWARDS", "decision": "We have talked."}]), "who reported reads it");
        assert_eq!(look(&cleo, &report).await, Value::Null, "and she never does");
        assert_eq!(trail(&ana, &id, 1).await, json!([{"action": "REPORT_UPHELD", "note": "We have talked.", "actor": {"name": "ana"}, "subject": {"name": "cleo"}}]));
        assert_eq!(trail(&cleo, &id, 1).await, json!([]));
        let again = reported(&bela, &id, &cleo).await;
        decide(&ana, &again, "DISMISS").await;
        assert_eq!(trail(&ana, &id, 1).await[0]["action"], "REPORT_DISMISSED", "what happens again is another report");
    }
}

story! {
    async fn a_goal_is_reported_in_its_proposers_stead(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        let id = world.forming([&ana, &bela, &cleo]).await;
        let goal = async |person: &Person| person.done("proposeGoal", "goal { id }", json!({"communityId": id, "outcome": "Nobody else may park here."})).await["goal"]["id"].clone();
        let (of_bela, of_ana) = (goal(&bela).await, goal(&ana).await);
        let about = |goal: &Value| json!({"communityId": id, "subject": {"goalId": goal}, "agreement": 1, "note": "That is no goal."});
        let made = cleo.done("report", REPORT, about(&of_bela)).await["report"].clone();
        assert_eq!((&made["member"]["name"], &made["goal"]["outcome"], &made["agreement"]), (&json!("bela"), &json!("Nobody else may park here."), &json!("We say what we need.")));
        assert_eq!(cleo.refused("report", about(&of_bela)).await, ["WRONG_STATE"], "twice");
        assert_eq!(bela.refused("report", about(&of_bela)).await, ["YOURSELF"]);
        assert_eq!(cleo.done("report", REPORT, about(&of_ana)).await["report"]["decider"], "OPERATOR", "a steward has proposed it");
        let elsewhere = cleo.form("Elsewhere", "INVITATION").await;
        let wrong = json!({"communityId": elsewhere, "subject": {"goalId": of_bela}, "agreement": 1, "note": "No."});
        assert_eq!(cleo.refused("report", wrong).await, ["NOT_FOUND"], "it is not of that community");
        assert_eq!(to_decide(&ana, &id).await, ["bela"]);
        reported(&cleo, &id, &bela).await;
        assert_eq!(to_decide(&ana, &id).await.len(), 2, "a goal is one thing, and its proposer another");
    }
}

story! {
    async fn what_cannot_be_reported_is_refused(world: World) {
        let [ana, bela, cleo, zoe] = world.people(["ana", "bela", "cleo", "zoe"]).await;
        let id = world.forming([&ana, &bela, &cleo]).await;
        for (agreement, note, codes) in [(0, "No.", 1), (3, "No.", 1), (-1, "No.", 1), (1, " ", 1)] {
            let input = json!({"communityId": id, "subject": {"memberId": cleo.global_id()}, "agreement": agreement, "note": note});
            assert_eq!(bela.refused("report", input).await, vec!["INVALID_INPUT"; codes], "{agreement} {note:?}");
        }
        assert_eq!(refusals(&report(&bela, &id, &bela).await), ["YOURSELF"]);
        assert_eq!(refusals(&report(&bela, &id, &zoe).await), ["NOT_FOUND"], "she does not belong to it");
        assert_eq!(refusals(&report(&zoe, &id, &bela).await), ["NOT_FOUND"], "nor does she know of it");
        reported(&bela, &id, &cleo).await;
        let again = report(&bela, &id, &cleo).await;
        assert_eq!((refusals(&again), &again["userErrors"][0]["path"]), (vec!["WRONG_STATE"], &json!(["subject"])));
        assert_eq!(world.count("report", &[]).await, 1);
        let (one, other) = tokio::join!(report(&cleo, &id, &bela), report(&cleo, &id, &bela));
        assert_eq!([refusals(&one), refusals(&other)].concat(), ["WRONG_STATE"], "also at once");
    }
}

story! {
    async fn a_block_hides_from_reports_one_way(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        let id = world.forming([&ana, &bela, &cleo]).await;
        cleo.block(&bela).await;
        assert_eq!(refusals(&report(&bela, &id, &cleo).await), ["NOT_FOUND"], "who has blocked her does not exist for her");
        let made = report(&cleo, &id, &bela).await;
        assert_eq!((refusals(&made), &made["report"]["member"]), (vec![], &Value::Null), "whom she has blocked can be reported");
        assert_eq!(to_decide(&ana, &id).await, ["bela"]);
    }
}

story! {
    async fn what_is_said_of_a_steward_goes_to_the_operator(world: World) {
        let [ana, bela, cleo, dina] = world.people(["ana", "bela", "cleo", "dina"]).await;
        let id = world.forming([&ana, &bela, &cleo, &dina]).await;
        make_steward(&ana, &id, &dina).await;
        let kith = Kith::beside(&world);
        assert!(kith.answer(&["reports", "list"]).contains("No report waits"));
        let (first, second) = (reported(&bela, &id, &ana).await, reported(&cleo, &id, &dina).await);
        for steward in [&ana, &dina] {
            assert_eq!(to_decide(steward, &id).await, [""; 0]);
            for report in [&first, &second] {
                assert_eq!((look(steward, report).await, refusals(&decide(steward, report, "DISMISS").await)), (Value::Null, vec!["NOT_FOUND"]), "{}", steward.name);
            }
        }
        let listed = kith.answer(&["reports", "list"]);
        for words in [first.as_str(), &second, "bela about ana", "cleo about dina", "The circle of ana", "We keep what we promise.", "She never came."] {
            assert!(listed.contains(words), "{words}: {listed}");
        }
        assert!(listed.find(&first) < listed.find(&second), "the oldest first: {listed}");
        let resolve = |report: &str, verdict: &str, decision: &str| [["reports", "resolve", report], ["--verdict", verdict, "--decision"]].concat().into_iter().map(str::to_owned).chain([decision.to_owned()]).collect::<Vec<_>>();
        let run = |arguments: Vec<String>| kith.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        let said = run(resolve(&first, "uphold", "The operator has talked to her."));
        assert_eq!((said.code, said.out.trim()), (Some(0), "The report is resolved."), "{}", said.err);
        for (report, decision) in [(first.as_str(), "Again."), ("rep_AAAAAAAAAAAAAAAAAAAAAA", "None."), ("nonsense", "None."), (second.as_str(), " ")] {
            let refused = run(resolve(report, "dismiss", decision));
            assert_eq!(refused.code, Some(1), "{report}: {}{}", refused.out, refused.err);
        }
        assert!(!kith.answer(&["reports", "list"]).contains(&first));
        assert_eq!(mine(&bela).await["nodes"], json!([{"state": "UPHELD", "decider": "OPERATOR", "decision": "The operator has talked to her."}]));
        assert_eq!(mine(&cleo).await["nodes"][0]["state"], "OPEN");
        assert_eq!(trail(&dina, &id, 1).await, json!([{"action": "REPORT_UPHELD", "note": null, "actor": null, "subject": null}]), "that there was a decision, and no more");
        assert_eq!(look(&ana, &first).await, Value::Null);
        let ours = reported(&ana, &id, &bela).await;
        assert_eq!(run(resolve(&ours, "dismiss", "Not mine.")).code, Some(1), "what stewards decide is not the operator's");
    }
}

story! {
    async fn a_report_moves_to_the_operator_when_its_subject_becomes_a_steward(world: World) {
        let [ana, bela, cleo, dina] = world.people(["ana", "bela", "cleo", "dina"]).await;
        let id = world.forming([&ana, &bela, &cleo, &dina]).await;
        let (open, decided) = (reported(&bela, &id, &cleo).await, reported(&dina, &id, &cleo).await);
        decide(&ana, &decided, "DISMISS").await;
        assert_eq!(to_decide(&ana, &id).await, ["cleo"]);
        make_steward(&ana, &id, &cleo).await;
        for steward in [&ana, &cleo] {
            assert_eq!((to_decide(steward, &id).await, look(steward, &open).await), (vec![], Value::Null), "{}", steward.name);
            assert_eq!(refusals(&decide(steward, &open, "DISMISS").await), ["NOT_FOUND"]);
        }
        assert_eq!(look(&cleo, &decided).await, Value::Null, "not even what was decided before");
        assert_eq!(look(&ana, &decided).await["state"], "DISMISSED");
        assert_eq!(look(&bela, &open).await, json!({"state": "OPEN", "decider": "OPERATOR", "decision": null, "member": {"name": "cleo"}}));
        assert!(Kith::beside(&world).answer(&["reports", "list"]).contains(&open));
    }
}

story! {
    async fn of_many_decisions_at_once_one_holds(world: World) {
        let [ana, bela, cleo, dina] = world.people(["ana", "bela", "cleo", "dina"]).await;
        let id = world.forming([&ana, &bela, &cleo, &dina]).await;
        make_steward(&ana, &id, &dina).await;
        let report = reported(&bela, &id, &cleo).await;
        let decisions = futures::future::join_all((0..10).map(|at| {
            let (steward, verdict) = if at % 2 == 0 { (&ana, "UPHOLD") } else { (&dina, "DISMISS") };
            decide(steward, &report, verdict)
        }))
        .await;
        assert_eq!(decisions.iter().filter(|decided| refusals(decided).is_empty()).count(), 1);
        assert_eq!(decisions.iter().filter(|decided| refusals(decided) == ["WRONG_STATE"]).count(), 9);
        let written = trail(&ana, &id, 100).await;
        assert_eq!(written.as_array().expect("entries").iter().filter(|entry| text(&entry["action"]).starts_with("REPORT_")).count(), 1);
    }
}

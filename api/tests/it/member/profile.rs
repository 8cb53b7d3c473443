//! The profile a member writes of themselves.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, refusals};

const UPDATE: &str = "mutation($p: UpdateProfileInput!) { updateProfile(input: $p) {
    member { handle name headline bio avatarUrl area phone skills } userErrors { code message path } } }";

async fn update(person: &Person, profile: Value) -> Value {
    person.mutate(UPDATE, json!({"p": profile})).await
}

story! {
    async fn what_is_left_out_stays_and_null_clears(world: World) {
        let [ana] = world.people(["ana"]).await;
        let full = json!({"headline": "Sings", "bio": "Alto.", "avatarUrl": "https://example.org/a.png", "area": "Lyon", "phone": "+33123456789", "skills": ["Singing", "Bikes"]});
        let mut expected = full.clone();
        (expected["handle"], expected["name"]) = (json!("ana"), json!("ana"));
        assert_eq!(update(&ana, full).await["member"], expected);
        assert_eq!(update(&ana, json!({})).await["member"], expected, "nothing given, nothing changed");
        assert_eq!(update(&ana, json!({"bio": "Mezzo."})).await["member"]["headline"], "Sings");
        for field in ["headline", "bio", "avatarUrl", "area", "phone", "skills"] {
            let cleared = update(&ana, json!({field: null})).await["member"].clone();
            expected[field] = if field == "skills" { json!([]) } else { Value::Null };
            expected["bio"] = if field == "headline" { json!("Mezzo.") } else { Value::Null };
            assert_eq!(cleared, expected, "{field}");
        }
    }
}

story! {
    async fn variables_that_are_not_given_leave_their_fields_alone(world: World) {
        let [ana] = world.people(["ana"]).await;
        update(&ana, json!({"bio": "Alto.", "headline": "Sings"})).await;
        let document = "mutation($b: String, $n: String, $h: String) { updateProfile(input: {bio: $b, name: $n, headline: $h}) {
            member { name bio headline } userErrors { code path } } }";
        let named = ana.mutate(document, json!({"n": "Ana Ruiz"})).await;
        assert_eq!(named, json!({"member": {"name": "Ana Ruiz", "bio": "Alto.", "headline": "Sings"}, "userErrors": []}), "left out");
        let cleared = ana.mutate(document, json!({"b": null})).await;
        assert_eq!(cleared["member"], json!({"name": "Ana Ruiz", "bio": null, "headline": "Sings"}), "null and left out, side by side");
        let both = ana.mutate(document, json!({"b": "Mezzo.", "h": null})).await;
        assert_eq!(both["member"], json!({"name": "Ana Ruiz", "bio": "Mezzo.", "headline": null}));
        let refused = ana.mutate(document, json!({"n": null, "b": "Soprano."})).await;
        assert_eq!(refused["userErrors"], json!([{"code": "INVALID_INPUT", "path": ["name"]}]));
        let default = "mutation($b: String = \"By default.\") { updateProfile(input: {bio: $b}) { member { bio } } }";
        assert_eq!(ana.mutate(default, json!({})).await["member"]["bio"], "By default.");
    }
}

story! {
    async fn all_faults_are_told_at_once_and_nothing_is_written(world: World) {
        let [ana] = world.people(["ana"]).await;
        let long = |length: usize| "x".repeat(length);
        let wrong = json!({"handle": "no spaces", "name": " ", "headline": long(121), "bio": long(2_001), "avatarUrl": "http://example.org", "area": long(81), "phone": "0123", "skills": [long(51)]});
        let refused = update(&ana, wrong).await;
        let paths: Vec<&Value> = refused["userErrors"].as_array().expect("errors").iter().map(|error| &error["path"][0]).collect();
        assert_eq!(paths, ["handle", "name", "headline", "bio", "avatarUrl", "area", "phone", "skills"]);
        assert!(refusals(&refused).iter().all(|code| *code == "INVALID_INPUT"), "{refused}");
        assert_eq!(refused["member"], Value::Null);
        let half = update(&ana, json!({"headline": "Sings", "phone": "0123"})).await;
        assert_eq!(refusals(&half), ["INVALID_INPUT"]);
        assert_eq!(update(&ana, json!({})).await["member"]["headline"], Value::Null, "all or nothing");
        for length in [120, 2_000] {
            let field = if length == 120 { "headline" } else { "bio" };
            assert_eq!(update(&ana, json!({field: long(length)})).await["userErrors"], json!([]), "{field} at its limit");
        }
    }
}

story! {
    async fn a_name_and_a_handle_cannot_be_cleared(world: World) {
        let [ana] = world.people(["ana"]).await;
        let refused = update(&ana, json!({"name": null, "handle": null, "bio": "Alto."})).await;
        assert_eq!(refused["userErrors"].as_array().expect("errors").iter().map(|error| &error["path"]).collect::<Vec<_>>(), [&json!(["handle"]), &json!(["name"])]);
        assert_eq!(update(&ana, json!({})).await["member"]["bio"], Value::Null);
    }
}

story! {
    async fn a_handle_is_one_members_alone(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        for taken in ["bela", "BELA", " @bela"] {
            let refused = update(&ana, json!({"handle": taken, "bio": "Alto."})).await;
            assert_eq!((refusals(&refused), &refused["userErrors"][0]["path"]), (vec!["HANDLE_TAKEN"], &json!(["handle"])), "{taken}");
        }
        assert_eq!(update(&ana, json!({})).await["member"]["bio"], Value::Null, "nothing of it is written");
        assert_eq!(update(&ana, json!({"handle": "Ana"})).await["userErrors"], json!([]), "one's own is free");
        assert_eq!(update(&bela, json!({"handle": "bela-b"})).await["userErrors"], json!([]));
        assert_eq!(update(&ana, json!({"handle": "bela"})).await["member"]["handle"], "bela", "what was let go is free");
    }
}

story! {
    async fn of_two_who_take_a_handle_at_once_one_gets_it(world: World) {
        for round in 0..5 {
            let handle = format!("wanted-{round}");
            let crowd = world.crowd(&format!("round{round}"), 4).await;
            let payloads = join_all(crowd.iter().map(|person| update(person, json!({"handle": handle})))).await;
            let won = payloads.iter().filter(|payload| payload["member"]["handle"] == handle.as_str()).count();
            let lost = payloads.iter().filter(|payload| refusals(payload) == ["HANDLE_TAKEN"]).count();
            assert_eq!((won, lost), (1, 3), "{payloads:?}");
        }
    }
}

story! {
    async fn skills_are_kept_in_their_order_each_once(world: World) {
        let [ana] = world.people(["ana"]).await;
        let skills = async |given: Value| update(&ana, json!({"skills": given})).await;
        assert_eq!(skills(json!([" Bike  repair", "singing", "BIKE REPAIR", "Ear"])).await["member"]["skills"], json!(["Bike repair", "singing", "Ear"]));
        assert_eq!(skills(json!(["Ear", "singing"])).await["member"]["skills"], json!(["Ear", "singing"]));
        assert_eq!(skills(json!([])).await["member"]["skills"], json!([]));
        let numbered = |size: usize| (0..size).map(|number| format!("skill {number}")).collect::<Vec<_>>();
        assert_eq!(skills(json!(numbered(30))).await["member"]["skills"].as_array().map(Vec::len), Some(30));
        let refused = skills(json!(numbered(31))).await;
        assert_eq!((refusals(&refused), &refused["userErrors"][0]["path"]), (vec!["INVALID_INPUT"], &json!(["skills"])));
        assert_eq!(refusals(&skills(json!(["fine", ""])).await), ["INVALID_INPUT"]);
    }
}

story! {
    async fn nobody_without_a_token_has_a_profile(world: World) {
        let answer = world.anybody().ask(UPDATE, json!({"p": {"bio": "Nobody."}})).await;
        assert_eq!(answer.pointer("/errors/0/extensions/code"), Some(&json!("UNAUTHENTICATED")), "{answer}");
    }
}

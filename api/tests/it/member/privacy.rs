//! What members show of themselves, and how soon a change of it holds.

use serde_json::{Value, json};

use crate::story;
use crate::support::Person;

async fn privacy(person: &Person) -> Value {
    person.query("{ viewer { privacy { findable asRoute shareEmail sharePhone } } }").await["viewer"]["privacy"].clone()
}

story! {
    async fn each_flag_is_set_alone(world: World) {
        let [ana] = world.people(["ana"]).await;
        let mut expected = json!({"findable": true, "asRoute": true, "shareEmail": false, "sharePhone": false});
        assert_eq!(privacy(&ana).await, expected, "how it begins");
        for (flag, value) in [("findable", false), ("shareEmail", true), ("asRoute", false), ("sharePhone", true), ("findable", true)] {
            let document = "mutation($p: UpdatePrivacyInput!) { updatePrivacy(input: $p) { viewer { privacy { findable asRoute shareEmail sharePhone } } userErrors { code } } }";
            let payload = ana.mutate(document, json!({"p": {flag: value}})).await;
            expected[flag] = json!(value);
            assert_eq!(payload, json!({"viewer": {"privacy": expected}, "userErrors": []}), "{flag}");
            assert_eq!(privacy(&ana).await, expected, "{flag}");
        }
        let kept = ana.mutate("mutation($f: Boolean) { updatePrivacy(input: {findable: $f, asRoute: null}) { userErrors { code } } }", json!({})).await;
        assert_eq!((kept["userErrors"].clone(), privacy(&ana).await), (json!([]), expected), "left out or null keeps");
    }
}

story! {
    async fn who_does_not_wish_to_be_found_is_found_by_ties_only(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        world.tie([(&ana, &bela), (&bela, &cleo)]).await;
        assert_eq!((ana.network().await, cleo.network().await), (vec!["cleo".to_owned()], vec!["ana".to_owned()]));
        cleo.show("findable: false").await;
        assert_eq!((ana.network().await, ana.see(&cleo).await), (Vec::new(), Value::Null), "at once");
        assert_eq!(cleo.network().await, ["ana"], "she still finds others");
        assert_eq!(bela.see(&cleo).await["relationToViewer"], "TIE");
        assert_eq!(ana.query("{ viewer { reach { ties network } network { totalCount } } }").await["viewer"], json!({"reach": {"ties": 1, "network": 0}, "network": {"totalCount": 0}}));
        cleo.show("findable: true").await;
        assert_eq!(ana.network().await, ["cleo"]);
    }
}

story! {
    async fn who_does_not_wish_to_be_a_way_leads_to_nobody(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        world.tie([(&ana, &bela), (&bela, &cleo)]).await;
        bela.show("asRoute: false").await;
        assert_eq!((ana.network().await, cleo.network().await), (Vec::<String>::new(), Vec::new()));
        assert_eq!((ana.see(&cleo).await, cleo.see(&ana).await), (Value::Null, Value::Null));
        assert_eq!(ana.tied().await, ["bela"]);
        bela.show("asRoute: true").await;
        assert_eq!((ana.network().await, cleo.network().await), (vec!["cleo".to_owned()], vec!["ana".to_owned()]));
    }
}

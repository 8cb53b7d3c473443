//! Mutuals: whom two members both are tied to, as far as those ties are shown.

use serde_json::{Value, json};

use crate::story;
use crate::support::Person;

/// The names and the number of the mutuals of `viewer` and `other`.
async fn mutuals(viewer: &Person, other: &Person) -> Value {
    let document = "query($id: ID!) { node(id: $id) { ... on Member { mutuals { totalCount nodes { name relationToViewer } } } } }";
    let data = viewer.run(document, json!({"id": other.global_id()})).await;
    let found = &data["node"]["mutuals"];
    let nodes = found["nodes"].as_array().cloned().unwrap_or_default();
    assert!(nodes.iter().all(|node| node["relationToViewer"] == "TIE"), "a mutual is the viewer's tie: {found}");
    assert_eq!(found["totalCount"].as_u64().unwrap_or(0) as usize, nodes.len());
    nodes.iter().map(|node| node["name"].clone()).collect()
}

story! {
    async fn mutuals_of_a_friend_of_a_friend_are_the_ways_to_them(world: World) {
        let [ana, bela, cleo, dora] = world.people(["ana", "bela", "cleo", "dora"]).await;
        world.tie([(&ana, &bela), (&ana, &cleo), (&bela, &dora), (&cleo, &dora)]).await;
        assert_eq!((mutuals(&ana, &dora).await, mutuals(&dora, &ana).await), (json!(["bela", "cleo"]), json!(["bela", "cleo"])));
        bela.show("asRoute: false").await;
        assert_eq!(mutuals(&ana, &dora).await, json!(["cleo"]), "bela is no way to others");
        cleo.show("findable: false").await;
        assert_eq!(mutuals(&ana, &dora).await, json!(["cleo"]), "ana knows cleo, who need not be found");
        dora.show("findable: false").await;
        assert_eq!(mutuals(&ana, &dora).await, json!([]), "and dora is not there for ana any more");
        assert_eq!(mutuals(&dora, &ana).await, json!(["cleo"]));
    }
}

story! {
    async fn mutuals_of_a_tie_are_the_same_from_either_side(world: World) {
        let [ana, bela, cleo, dora] = world.people(["ana", "bela", "cleo", "dora"]).await;
        world.tie([(&ana, &bela), (&ana, &cleo), (&bela, &cleo), (&ana, &dora), (&bela, &dora)]).await;
        let both = async |expected: Value, why: &str| {
            assert_eq!(mutuals(&ana, &bela).await, expected, "ana: {why}");
            assert_eq!(mutuals(&bela, &ana).await, expected, "bela: {why}");
        };
        both(json!(["cleo", "dora"]), "all show all").await;
        for (flag, why) in [("asRoute", "cleo is no way to others"), ("findable", "cleo is not to be found")] {
            cleo.show(&format!("{flag}: false")).await;
            both(json!(["dora"]), why).await;
            cleo.show(&format!("{flag}: true")).await;
        }
        for flag in ["asRoute", "findable"] {
            bela.show(&format!("{flag}: false")).await;
            assert_eq!(mutuals(&ana, &bela).await, json!([]), "bela shows none of her ties: {flag}");
            bela.show(&format!("{flag}: true")).await;
        }
        both(json!(["cleo", "dora"]), "as in the beginning").await;
    }
}

story! {
    async fn hidden_members_are_nobodys_mutuals(world: World) {
        let [ana, bela, cleo, dora] = world.people(["ana", "bela", "cleo", "dora"]).await;
        world.tie([(&ana, &bela), (&ana, &cleo), (&bela, &dora), (&cleo, &dora)]).await;
        assert_eq!(mutuals(&ana, &ana).await, json!([]), "of oneself");
        domain::account::suspend(&world.system(), "bela").await.expect("bela is suspended");
        assert_eq!(mutuals(&ana, &dora).await, json!(["cleo"]));
        domain::account::restore(&world.system(), "bela").await.expect("bela is back");
        dora.block(&cleo).await;
        assert_eq!((mutuals(&ana, &dora).await, mutuals(&dora, &ana).await), (json!(["bela"]), json!(["bela"])));
    }
}

story! {
    async fn an_open_claim_has_no_mutuals(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        bela.claim(&ana).await;
        assert_eq!(ana.see(&bela).await["relationToViewer"], "PROCESS");
        assert_eq!(mutuals(&ana, &bela).await, json!([]));
    }
}

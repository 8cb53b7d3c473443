//! Many at the same moment: one tie comes of it.

use futures::future::join_all;
use serde_json::json;

use crate::story;
use crate::support::{World, refusals};

/// How many ties of whatever state, and how many ends, there are.
async fn rows(world: &World) -> (i64, i64, i64) {
    let active = [("state", "ACTIVE".into())];
    (world.count("tie", &[]).await, world.count("tie", &active).await, world.count("tie_end", &[]).await)
}

story! {
    async fn fifty_crossing_claims_are_one_tie(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        let payloads = join_all((0..50).map(|number| {
            let (one, other) = if number % 2 == 0 { (&ana, &bela) } else { (&bela, &ana) };
            one.claim(other)
        }))
        .await;
        for payload in &payloads {
            assert!(refusals(payload).iter().all(|code| *code == "ALREADY_TIED"), "{payload}");
        }
        assert_eq!(rows(&world).await, (1, 1, 2));
        assert_eq!((ana.tied().await, bela.tied().await), (vec!["bela".to_owned()], vec!["ana".to_owned()]));
        let claims = async |person: &crate::support::Person| person.query("{ viewer { claims { nodes { state } } } }").await["viewer"]["claims"]["nodes"].clone();
        assert_eq!((claims(&ana).await, claims(&bela).await), (json!([{"state": "CONFIRMED"}]), json!([{"state": "CONFIRMED"}])));
    }
}

story! {
    async fn fifty_confirmations_are_one_tie(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        ana.claim(&bela).await;
        let tie = bela.waiting().await[0].0.clone();
        for payload in join_all((0..50).map(|_| bela.answer("confirmTie", &tie))).await {
            assert_eq!((&payload["tie"]["state"], &payload["userErrors"]), (&json!("ACTIVE"), &json!([])));
        }
        assert_eq!(rows(&world).await, (1, 1, 2));
        assert_eq!(ana.tied().await, ["bela"]);
    }
}

story! {
    async fn fifty_claims_of_as_many_people_are_ten(world: World) {
        let [ana] = world.people(["ana"]).await;
        let payloads = join_all((0..50).map(|number| ana.claim_named(json!({"handle": format!("somebody-{number}")})))).await;
        let made = payloads.iter().filter(|payload| refusals(payload).is_empty()).count();
        let refused = payloads.iter().filter(|payload| refusals(payload) == ["TOO_MANY_CLAIMS"]).count();
        assert_eq!((made, refused, world.count("claim", &[]).await), (10, 40, 10), "no quota is passed twice");
    }
}

story! {
    async fn a_confirmation_and_a_withdrawal_at_once_agree(world: World) {
        for round in 0..8 {
            let crowd = world.crowd(&format!("pair{round}"), 2).await;
            let (ana, bela) = (&crowd[0], &crowd[1]);
            let claim = ana.claim(bela).await["claim"]["id"].clone();
            let tie = bela.waiting().await[0].0.clone();
            let document = "mutation($id: ID!) { withdrawTie(input: {claimId: $id}) { claim { state } userErrors { code } } }";
            let (withdrawn, confirmed) =
                tokio::join!(ana.mutate(document, json!({"id": claim})), bela.answer("confirmTie", &tie));
            match (refusals(&withdrawn).as_slice(), refusals(&confirmed).as_slice()) {
                ([], ["WRONG_STATE"]) => assert_eq!(ana.tied().await, Vec::<String>::new()),
                (["WRONG_STATE"], []) => assert_eq!(ana.tied().await.len(), 1),
                other => panic!("{other:?}"),
            }
        }
    }
}

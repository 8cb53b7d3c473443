//! Claims: how many a day, what is refused, and how one is taken back.

use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, refusals};

/// Takes a claim back.
async fn withdraw(person: &Person, claim: &str) -> Value {
    let document =
        "mutation($id: ID!) { withdrawTie(input: {claimId: $id}) { claim { id state } userErrors { code path } } }";
    person.mutate(document, json!({"id": claim})).await
}

fn id(payload: &Value) -> String {
    payload["claim"]["id"].as_str().expect("a claim").to_owned()
}

story! {
    async fn ten_claims_a_day_and_no_more(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        for number in 0..9 {
            assert_eq!(ana.claim_named(json!({"handle": format!("somebody-{number}")})).await["userErrors"], json!([]));
        }
        let tenth = ana.claim(&bela).await;
        assert_eq!(tenth["userErrors"], json!([]), "the tenth is possible");
        assert_eq!(id(&ana.claim(&bela).await), id(&tenth), "the same name again costs nothing, also at the limit");
        let refused = ana.claim_named(json!({"handle": "one-too-many"})).await;
        assert_eq!(refusals(&refused), ["TOO_MANY_CLAIMS"]);
        let error = &refused["userErrors"][0];
        assert_eq!((error["__typename"].as_str(), error["path"].is_null()), (Some("LimitError"), true));
        let first = ana.query("{ viewer { claims(first: 100) { nodes { createdAt } } } }").await["viewer"]["claims"]["nodes"][9]["createdAt"].clone();
        let (retry_at, first) = (error["retryAt"].as_str().expect("a time"), first.as_str().expect("a time").to_owned());
        let tomorrow = world.system().now.after(domain::ctx::days(1)).to_datetime();
        assert!(retry_at.starts_with(&tomorrow.date().to_string()) || retry_at > first.as_str(), "{retry_at}");
        assert_eq!(retry_at.split_once('T').map(|(_, time)| time), first.split_once('T').map(|(_, time)| time), "24 hours after the oldest");

        world.kith.clock.advance(domain::ctx::days(1).checked_sub(std::time::Duration::from_secs(60)).expect("a day is longer"));
        assert_eq!(refusals(&ana.claim_named(json!({"handle": "one-too-many"})).await), ["TOO_MANY_CLAIMS"], "a minute early");
        world.kith.clock.advance(std::time::Duration::from_secs(61));
        assert_eq!(ana.claim_named(json!({"handle": "one-too-many"})).await["userErrors"], json!([]));
        assert_eq!(bela.claim_named(json!({"handle": "somebody-0"})).await["userErrors"], json!([]), "others have their own ten");
    }
}

story! {
    async fn the_same_name_again_is_the_same_claim(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        let claimed = ana.claim(&bela).await;
        for same in ["bela", " BELA ", "@bela"] {
            assert_eq!(ana.claim_named(json!({"handle": same})).await["claim"], claimed["claim"], "{same}");
        }
        assert_eq!(ana.query("{ viewer { claims { totalCount } } }").await["viewer"]["claims"]["totalCount"], 1);
        assert_eq!(bela.waiting().await.len(), 1);
        ana.claim_named(json!({"email": "Bela@Example.org"})).await;
        assert_eq!(bela.waiting().await.len(), 1, "the same person by another name is still one tie");
    }
}

story! {
    async fn nobody_can_claim_themselves(world: World) {
        let [ana] = world.people(["ana"]).await;
        for who in [json!({"handle": "ana"}), json!({"handle": "ANA"}), json!({"email": "ana@example.org"}), json!({"email": "ANA@example.org"})] {
            let refused = ana.claim_named(who.clone()).await;
            assert_eq!((refusals(&refused), &refused["userErrors"][0]["path"]), (vec!["YOURSELF"], &json!(["who"])), "{who}");
            assert_eq!(refused["claim"], Value::Null);
        }
    }
}

story! {
    async fn a_tie_shows_by_the_handle_but_not_by_an_address_that_is_not_shared(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        world.tie([(&ana, &bela)]).await;
        let refused = ana.claim(&bela).await;
        assert_eq!((refusals(&refused), &refused["claim"]), (vec!["ALREADY_TIED"], &Value::Null));

        let shape = |payload: &Value| {
            let claim = &payload["claim"];
            json!([claim["state"], claim["tie"], claim["context"], claim["note"], payload["userErrors"], payload["claimEdge"].is_object()])
        };
        let unknown = ana.claim_named(json!({"email": "nobody@example.org"})).await;
        let unshared = ana.claim_named(json!({"email": "bela@example.org"})).await;
        assert_eq!(shape(&unshared), shape(&unknown), "whose address it is does not show");
        assert_eq!(bela.waiting().await, [], "and she is not asked again");

        cleo.show("shareEmail: true").await;
        world.tie([(&ana, &cleo)]).await;
        assert_eq!(refusals(&ana.claim_named(json!({"email": "cleo@example.org"})).await), ["ALREADY_TIED"], "a shared one may tell");
    }
}

story! {
    async fn who_blocks_must_unblock_first(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        world.tie([(&ana, &bela)]).await;
        ana.block(&bela).await;
        let refused = ana.claim(&bela).await;
        assert_eq!((refusals(&refused), &refused["userErrors"][0]["path"]), (vec!["BLOCKED_BY_YOU"], &json!(["who"])));
        let by_address = ana.claim_named(json!({"email": "bela@example.org"})).await;
        assert_eq!(by_address["claim"]["state"], "OPEN", "an address says nothing about whose it is");
        assert_eq!(bela.waiting().await, []);
    }
}

story! {
    async fn a_claim_is_taken_back(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        let claim = id(&ana.claim(&bela).await);
        let tie = bela.waiting().await[0].0.clone();
        assert_eq!(withdraw(&ana, &claim).await, json!({"claim": {"id": claim, "state": "WITHDRAWN"}, "userErrors": []}));
        assert_eq!(bela.waiting().await, []);
        assert_eq!(bela.see(&ana).await, Value::Null, "her card shows no longer than the claim is open");
        assert_eq!(withdraw(&ana, &claim).await["claim"]["state"], "WITHDRAWN", "a retry changes nothing");
        for mutation in ["confirmTie", "declineTie", "endTie"] {
            let refused = bela.answer(mutation, &tie).await;
            assert_eq!(refusals(&refused), ["WRONG_STATE"], "{mutation}");
        }
        let again = ana.claim(&bela).await;
        assert_ne!(id(&again), claim, "and made again");
        assert_eq!(bela.waiting().await.len(), 1);
    }
}

story! {
    async fn only_an_open_claim_of_ones_own_is_taken_back(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        let refused = |payload: &Value| (refusals(payload).join(" "), payload["userErrors"][0]["path"].clone(), payload["claim"].clone());
        let path = || json!(["claimId"]);
        let confirmed = id(&ana.claim(&bela).await);
        bela.claim(&ana).await;
        assert_eq!(refused(&withdraw(&ana, &confirmed).await), ("WRONG_STATE".to_owned(), path(), Value::Null), "confirmed");
        let open = id(&ana.claim(&cleo).await);
        let not_found = ("NOT_FOUND".to_owned(), path(), Value::Null);
        assert_eq!(refused(&withdraw(&cleo, &open).await), not_found, "somebody else's");
        for malformed in ["", "clm_", "nonsense", "clm_AAAAAAAAAAAAAAAAAAAAAA", &ana.global_id()] {
            assert_eq!(refused(&withdraw(&ana, malformed).await), not_found, "{malformed}");
        }
        world.pass_days(30);
        assert_eq!(refused(&withdraw(&ana, &open).await), ("WRONG_STATE".to_owned(), path(), Value::Null), "expired");
    }
}

story! {
    async fn what_a_claim_says_is_checked(world: World) {
        let [ana] = world.people(["ana"]).await;
        let document = "mutation($who: Who!, $note: String) { claimTie(input: {who: $who, context: FRIEND, note: $note}) { claim { id } userErrors { code path } } }";
        let refused = ana.mutate(document, json!({"who": {"handle": "x"}, "note": "x".repeat(301)})).await;
        assert_eq!(
            refused["userErrors"],
            json!([{"code": "INVALID_INPUT", "path": ["who"]}, {"code": "INVALID_INPUT", "path": ["note"]}]),
            "both at once"
        );
        let not_an_address = ana.mutate(document, json!({"who": {"email": "ana at example"}})).await;
        assert_eq!(not_an_address["userErrors"], json!([{"code": "INVALID_INPUT", "path": ["who"]}]));
        for who in [json!({"handle": "ana", "email": "ana@example.org"}), json!({})] {
            let answer = ana.ask(document, json!({"who": who})).await;
            assert!(answer["errors"].is_array(), "exactly one name: {answer}");
        }
    }
}

story! {
    async fn no_block_and_no_end_tells_whose_address_was_claimed(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        world.tie([(&ana, &bela), (&ana, &cleo)]).await;
        for address in ["bela@example.org", "cleo@example.org", "nobody@example.org"] {
            ana.claim_named(json!({"email": address})).await;
        }
        let states = async || {
            let data = ana.query("{ viewer { claims(first: 3) { nodes { named state tie { id } } } } }").await;
            data["viewer"]["claims"]["nodes"].as_array().expect("claims").iter().map(|claim| claim["state"].clone()).collect::<Vec<_>>()
        };
        ana.block(&bela).await;
        assert_eq!(states().await, ["OPEN", "OPEN", "OPEN"], "a block of one of them");
        let ties = ana.query("{ viewer { ties { nodes { id } } } }").await;
        ana.answer("endTie", ties["viewer"]["ties"]["nodes"][0]["id"].as_str().expect("cleo's")).await;
        assert_eq!(states().await, ["OPEN", "OPEN", "OPEN"], "the end of a tie with one of them");
    }
}

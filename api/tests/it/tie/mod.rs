//! Ties: claimed by name, confirmed by the other, ended by either; and what a claim must not tell.

mod answer;
mod claim;
mod imported;
mod limit;
mod page;
mod race;
mod state;

use serde_json::{Value, json};

use crate::story;

story! {
    async fn a_claim_that_is_confirmed_is_a_tie(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        let claimed = ana.claim(&bela).await;
        assert_eq!(claimed["claim"]["state"], "OPEN");
        assert_eq!(claimed["claim"]["tie"], Value::Null);
        assert_eq!(ana.tied().await, Vec::<String>::new());
        assert_eq!(ana.waiting().await, [], "who claims follows the claim, not the tie");

        let waiting = bela.waiting().await;
        assert_eq!(waiting[0].1, "ana");
        let confirmed = bela.answer("confirmTie", &waiting[0].0).await;
        assert_eq!(confirmed["tie"]["state"], "ACTIVE");
        assert_eq!((ana.tied().await, bela.tied().await), (vec!["bela".to_owned()], vec!["ana".to_owned()]));

        let claims = ana.query("{ viewer { claims { nodes { named state tie { state evidence context note other { name } } } } } }").await;
        let tie = json!({"state": "ACTIVE", "evidence": "CLAIMED", "context": "FRIEND", "note": "from the choir", "other": {"name": "bela"}});
        assert_eq!(claims["viewer"]["claims"]["nodes"], json!([{"named": "bela", "state": "CONFIRMED", "tie": tie}]));
        assert_eq!(bela.answer("confirmTie", &waiting[0].0).await["tie"]["state"], "ACTIVE", "a retry changes nothing");
    }
}

story! {
    async fn a_claim_does_not_tell_who_is_a_member(world: World) {
        let [ana, bela, cleo, dora] = world.people(["ana", "bela", "cleo", "dora"]).await;
        world.tie([(&ana, &cleo)]).await;
        cleo.block(&ana).await;
        ana.claim(&dora).await;
        let waiting = dora.waiting().await;
        dora.answer("declineTie", &waiting[0].0).await;
        world.pass_days(31);
        let like = |mut payload: Value| {
            for field in ["id", "createdAt", "expiresAt", "named"] {
                payload["claim"][field].take();
            }
            payload["claimEdge"].take();
            payload.to_string()
        };
        let reached = like(ana.claim(&bela).await);
        for (who, why) in [
            (json!({"handle": "nobody-at-all"}), "nobody bears this name"),
            (json!({"email": "nobody@example.org"}), "nobody has this address"),
            (json!({"email": "bela@example.org"}), "the same person, by another name"),
            (json!({"handle": "cleo"}), "she has blocked ana"),
            (json!({"handle": "dora"}), "she has declined ana lately"),
        ] {
            assert_eq!(like(ana.claim_named(who).await), reached, "{why}");
        }
        assert_eq!(dora.waiting().await, [], "who has declined is not asked again within 90 days");
        assert_eq!(cleo.waiting().await, []);
    }
}

story! {
    async fn who_is_declined_sees_it_wait_and_then_expire(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        ana.claim(&bela).await;
        let waiting = bela.waiting().await;
        assert_eq!(bela.answer("declineTie", &waiting[0].0).await["tie"]["state"], "DECLINED");
        let state = async || ana.query("{ viewer { claims { nodes { state tie { id } } } } }").await["viewer"]["claims"]["nodes"][0].clone();
        assert_eq!(state().await, json!({"state": "OPEN", "tie": null}));
        assert_eq!(bela.see(&ana).await, Value::Null, "the card shows no longer than the claim is open");
        world.pass_days(30);
        assert_eq!(state().await, json!({"state": "EXPIRED", "tie": null}));

        world.pass_days(59);
        ana.claim(&bela).await;
        assert_eq!(bela.waiting().await, [], "90 days are not over");
        world.pass_days(31);
        ana.claim(&bela).await;
        assert_eq!(bela.waiting().await.len(), 1, "now they are");
    }
}

//! Secrets: shown once, changed without a gap, in no table, and readable when the service's own key changes.

use sea_orm::ConnectionTrait;
use serde_json::json;

use super::{Hook, WEBHOOK, forming};
use crate::story;
use crate::support::{Receiver, SIGNING_KEY, refusals, text};

/// Another key of the service.
const NEW_KEY: &str = "b3RoZXIga2l0aCB0ZXN0cyBzaWduIHdpdGggdGhpcyE=";

story! {
    async fn both_secrets_sign_until_the_old_ones_time_is_over(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (community, receiver) = (forming(&ana).await, Receiver::start());
        let hook = Hook::of(&ana, &community, &receiver).await;
        let rotated = ana.done("rotateWebhookSecret", WEBHOOK, json!({"webhookId": hook.id})).await;
        let (old, new) = (hook.secret.clone(), text(&rotated["secret"]));
        assert!(rotated["webhook"]["oldSecretUntil"].is_string());
        assert_ne!(old, new);
        hook.test(&ana).await;
        let heard = receiver.hears(1).await.remove(0);
        assert!(heard.is_accepted(&old) && heard.is_accepted(&new));
        assert_eq!(heard.header("webhook-signature").split(' ').count(), 2);

        world.pass_days(1);
        hook.test(&ana).await;
        let heard = receiver.hears(2).await.remove(1);
        assert!(heard.is_signed(&new) && !heard.is_signed(&old));
        assert_eq!(heard.header("webhook-signature").split(' ').count(), 1);
        assert_eq!(hook.seen(&ana).await["oldSecretUntil"], json!(null));

        let ana = world.person("ana").await;
        let at_once = json!({"webhookId": hook.id, "overlapHours": 0});
        let newest = text(&ana.done("rotateWebhookSecret", WEBHOOK, at_once).await["secret"]);
        hook.test(&ana).await;
        let heard = receiver.hears(3).await.remove(2);
        assert!(heard.is_signed(&newest) && !heard.is_signed(&new));
        let too_long = json!({"webhookId": hook.id, "overlapHours": 169});
        assert_eq!(ana.refused("rotateWebhookSecret", too_long).await, ["INVALID_INPUT"]);
    }
}

story! {
    async fn a_secret_is_shown_to_whoever_has_proven_lately_who_they_are(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        let community = forming(&ana).await;
        let hook = Hook::at(&ana, &community, "https://hooks.example/").await;
        world.kith.clock.advance(std::time::Duration::from_secs(16 * 60));
        let mut new = json!({"communityId": community, "url": "https://hooks.example/", "events": ["MEMBER_LEFT"]});
        let mut other = json!({"webhookId": hook.id});
        for (command, input) in [("createWebhook", &new), ("rotateWebhookSecret", &other)] {
            let refused = ana.command(command, "secret", input.clone()).await;
            assert_eq!((&refused["userErrors"][0]["code"], &refused["userErrors"][0]["path"]), (&json!("PROOF_REQUIRED"), &json!(["proof"])));
            assert_eq!(refused["secret"], json!(null), "{command}");
        }
        assert_eq!(bela.refused("rotateWebhookSecret", other.clone()).await, ["NOT_FOUND"], "nor is anybody told that it is there");
        assert_eq!(hook.seen(&ana).await["oldSecretUntil"], json!(null), "nothing has changed");
        new["proof"] = json!({"emailCode": "000000"});
        assert_eq!(ana.refused("createWebhook", new.clone()).await, ["INVALID_CREDENTIALS"]);
        ana.query("mutation { requestSignInCode(input: {email: \"ana@example.org\"}) { sent } }").await;
        other["proof"] = json!({"emailCode": world.code_for("ana@example.org").await});
        assert_ne!(text(&ana.done("rotateWebhookSecret", WEBHOOK, other).await["secret"]), hook.secret);
        new.as_object_mut().expect("an input").remove("proof");
        ana.done("createWebhook", WEBHOOK, new).await;
    }
}

story! {
    async fn a_secret_is_shown_once_and_kept_in_no_table(world: World) {
        let [ana] = world.people(["ana"]).await;
        let community = forming(&ana).await;
        let document = format!(
            "mutation($id: ID!) {{ createWebhook(input: {{communityId: $id, url: \"https://hooks.example/\", events: [MEMBER_LEFT]}}) {{ {WEBHOOK} userErrors {{ code }} }} }}"
        );
        let request = ana.client.post(format!("{}/graphql", ana.address)).header("Idempotency-Key", "again");
        let request = request.bearer_auth(ana.token.clone().expect("a token"));
        let request = request.json(&json!({"query": document, "variables": {"id": community}}));
        let mut secrets = Vec::new();
        for request in [request.try_clone().expect("a copy"), request] {
            let answer: serde_json::Value = request.send().await.expect("an answer").json().await.expect("JSON");
            assert_eq!(refusals(&answer["data"]["createWebhook"]), [""; 0]);
            secrets.push(text(&answer["data"]["createWebhook"]["secret"]));
        }
        assert_ne!(secrets[0], secrets[1], "what shows a secret is not answered again: it is done again");
        assert_eq!(world.count("retry", &[("key", "again".into())]).await, 0);
        let rows = world.rows().await;
        let masks = "SELECT mask FROM webhook";
        let statement = sea_orm::Statement::from_string(rows.get_database_backend(), masks);
        for row in rows.query_all_raw(statement).await.expect("rows") {
            let mask: String = row.try_get_by_index(0).expect("a text");
            assert!(!secrets.iter().any(|secret| secret.contains(&mask)), "the database alone tells nothing");
        }
        rows.close().await.expect("closed");
        for secret in secrets {
            assert!(secret.starts_with("whsec_") && secret.len() == 50, "{secret}");
        }
    }
}

story! {
    async fn a_secret_outlives_the_key_of_the_service(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (community, receiver) = (forming(&ana).await, Receiver::start());
        let hook = Hook::of(&ana, &community, &receiver).await;
        let rotated = ana.done("rotateWebhookSecret", WEBHOOK, json!({"webhookId": hook.id})).await;
        let (old, new) = (hook.secret.clone(), text(&rotated["secret"]));
        world.stop().await;
        let both = format!("{NEW_KEY},{SIGNING_KEY}");
        let during = world.restarted(&[("KITH_SIGNING_KEY", &both)]).await;
        domain::webhook::refresh_secrets(&during.system()).await.expect("the database answers");
        during.stop().await;
        let after = world.restarted(&[("KITH_SIGNING_KEY", NEW_KEY)]).await;
        let ana = after.person("ana").await;
        hook.test(&ana).await;
        let heard = receiver.hears(1).await.remove(0);
        assert!(heard.is_accepted(&old) && heard.is_accepted(&new), "both still sign");

        after.stop().await;
        let lost = world.restarted(&[("KITH_SIGNING_KEY", SIGNING_KEY)]).await;
        let ana = lost.person("ana").await;
        hook.test(&ana).await;
        assert_eq!(hook.tried(&ana, 1).await["attempts"][0]["failure"], "SECRET_LOST");
        assert_eq!(receiver.heard().len(), 1, "nothing is sent that nobody could verify");
        let rotated = ana.done("rotateWebhookSecret", WEBHOOK, json!({"webhookId": hook.id})).await;
        hook.test(&ana).await;
        let newest = text(&rotated["secret"]);
        crate::support::until("one arrives", std::time::Duration::from_secs(20), async || {
            receiver.heard().iter().skip(1).any(|it| it.is_accepted(&newest))
        })
        .await;
    }
}

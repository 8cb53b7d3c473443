//! Commands that are sent again under their idempotency key: one effect, one answer.

use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, without_cost};

const CLAIM: &str = "mutation($who: String!) { claimTie(input: {who: {handle: $who}, context: FRIEND}) { claim { id named state } userErrors { code } } }";
const BLOCK: &str =
    "mutation($id: ID!) { blockMember(input: {memberId: $id}) { block { id name } userErrors { code } } }";
const HEADLINE: &str =
    "mutation($h: String!) { updateProfile(input: {headline: $h}) { member { headline } userErrors { code } } }";

/// Sends a command under a key.
async fn send(person: &Person, key: &str, document: &str, variables: Value) -> Value {
    let request = person.client.post(format!("{}/graphql", person.address)).header("Idempotency-Key", key);
    let request = request.bearer_auth(person.token.as_deref().expect("a token"));
    let body = json!({"query": document, "variables": variables});
    without_cost(request.json(&body).send().await.expect("an answer").json().await.expect("JSON"))
}

fn code(answer: &Value) -> &str {
    answer.pointer("/errors/0/extensions/code").and_then(Value::as_str).unwrap_or_default()
}

story! {
    async fn a_retry_has_no_effect_and_the_same_answer(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        world.tie([(&ana, &cleo)]).await;
        for (key, document, variables, table) in [
            ("claim", CLAIM, json!({"who": bela.name}), "claim"),
            ("block", BLOCK, json!({"id": cleo.global_id()}), "block"),
            ("invite", "mutation { createInvitation(input: {context: FRIEND}) { invitation { id code } userErrors { code } } }", json!({}), "invitation"),
            ("shake", "mutation { openHandshake(input: {context: FRIEND}) { handshake { id code } userErrors { code } } }", json!({}), "handshake"),
        ] {
            let first = send(&ana, key, document, variables.clone()).await;
            assert_eq!(first.get("errors"), None, "{first}");
            for _ in 0..3 {
                assert_eq!(send(&ana, key, document, variables.clone()).await, first, "{key}");
            }
            assert_eq!(world.count(table, &[]).await, if key == "claim" { 3 } else { 1 }, "{key}");
        }
    }
}

story! {
    async fn thirty_at_once_under_one_key_are_one(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        world.tie([(&ana, &bela)]).await;
        ana.mutate("mutation { createInvitation(input: {context: FRIEND}) { userErrors { code } } }", json!({})).await;
        let invite = "mutation { createInvitation(input: {context: FRIEND}) { invitation { id code } userErrors { code } } }";
        for (document, variables, table, rows) in [(invite, json!({}), "invitation", 2), (BLOCK, json!({"id": bela.global_id()}), "block", 1)] {
            let answers = join_all((0..30).map(|_| send(&ana, table, document, variables.clone()))).await;
            assert!(answers.iter().all(|answer| *answer == answers[0] && answer.get("errors").is_none()), "{answers:?}");
            assert_eq!(world.count(table, &[]).await, rows);
        }
    }
}

story! {
    async fn an_old_retry_does_not_undo_what_came_after(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        send(&ana, "old", HEADLINE, json!({"h": "Old"})).await;
        send(&ana, "new", HEADLINE, json!({"h": "New"})).await;
        let retried = send(&ana, "old", HEADLINE, json!({"h": "Old"})).await;
        assert_eq!(retried["data"]["updateProfile"]["member"]["headline"], "New", "as it is now");

        world.tie([(&ana, &bela)]).await;
        let tie = ana.query("{ viewer { ties { nodes { id } } } }").await["viewer"]["ties"]["nodes"][0]["id"].clone();
        let end = "mutation($id: ID!) { endTie(input: {tieId: $id}) { tie { id state } userErrors { code } } }";
        let ended = send(&ana, "end", end, json!({"id": tie})).await;
        world.tie([(&ana, &bela)]).await;
        assert_eq!(send(&ana, "end", end, json!({"id": tie})).await, ended);
        assert_eq!(ana.tied().await, ["bela"], "the new tie stays");

        let block = send(&ana, "block", BLOCK, json!({"id": bela.global_id()})).await["data"]["blockMember"]["block"]["id"].clone();
        ana.mutate("mutation($id: ID!) { unblockMember(input: {blockId: $id}) { userErrors { code } } }", json!({"id": block})).await;
        let retried = send(&ana, "block", BLOCK, json!({"id": bela.global_id()})).await;
        assert_eq!(retried["data"]["blockMember"], json!({"block": null, "userErrors": []}), "done before, and no longer there");
        assert_eq!(world.count("block", &[]).await, 0);
    }
}

story! {
    async fn commands_under_different_keys_do_not_hold_one_another_up(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        let keys: Vec<String> = (0..15).map(|number| format!("queued-{number}")).collect();
        let invite = "mutation { createInvitation(input: {context: FRIEND}) { invitation { id } userErrors { code } } }";
        let flushed = join_all(keys.iter().map(|key| send(&ana, key, invite, json!({})))).await;
        assert!(flushed.iter().all(|answer| answer.get("errors").is_none()), "an offline queue: {flushed:?}");
        assert_eq!(world.count("invitation", &[]).await, 15);
        for round in 0..5 {
            let key = format!("crossing-{round}");
            let handles = (format!("ana-{round}"), format!("bela-{round}"));
            let rename = "mutation($h: String!) { updateProfile(input: {handle: $h}) { userErrors { code } } }";
            let (one, other, renamed, also) = tokio::join!(
                send(&ana, &key, CLAIM, json!({"who": bela.name})),
                send(&bela, &key, CLAIM, json!({"who": ana.name})),
                send(&ana, &handles.0, rename, json!({"h": handles.0})),
                send(&bela, &handles.1, rename, json!({"h": handles.1})),
            );
            for answer in [one, other, renamed, also] {
                assert_eq!(answer.get("errors"), None, "{answer}");
            }
        }
    }
}

story! {
    async fn what_was_so_already_is_not_done_by_a_late_retry(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        world.tie([(&ana, &bela)]).await;
        let block = ana.block(&bela).await["block"]["id"].clone();
        send(&ana, "block", BLOCK, json!({"id": bela.global_id()})).await;
        ana.mutate("mutation($id: ID!) { unblockMember(input: {blockId: $id}) { userErrors { code } } }", json!({"id": block})).await;
        world.tie([(&ana, &bela)]).await;
        let retried = send(&ana, "block", BLOCK, json!({"id": bela.global_id()})).await;
        assert_eq!(retried["data"]["blockMember"], json!({"block": null, "userErrors": []}));
        assert_eq!(ana.tied().await, ["bela"], "the tie made since stays");

        let open = ana.claim(&cleo).await["claim"]["id"].clone();
        send(&ana, "claim", CLAIM, json!({"who": "cleo"})).await;
        ana.mutate("mutation($id: ID!) { withdrawTie(input: {claimId: $id}) { userErrors { code } } }", json!({"id": open})).await;
        let retried = send(&ana, "claim", CLAIM, json!({"who": "cleo"})).await;
        assert_eq!(retried["data"]["claimTie"]["claim"], json!({"id": open, "named": "cleo", "state": "WITHDRAWN"}));
        assert_eq!(cleo.waiting().await, [], "cleo is not asked again");
        assert_eq!(code(&send(&ana, "claim", CLAIM, json!({"who": "else"})).await), "IDEMPOTENCY_CONFLICT");
    }
}

story! {
    async fn of_credentials_no_trace_is_kept(world: World) {
        let [ana] = world.people(["ana"]).await;
        let export = "mutation { exportAccount(input: {proof: {password: \"guessed\"}}) { userErrors { code } } }";
        send(&ana, "one", export, json!({})).await;
        let export = "mutation { exportAccount(input: {}) { userErrors { code } } }";
        assert_eq!(send(&ana, "two", export, json!({})).await["data"]["exportAccount"]["userErrors"], json!([]));
        assert_eq!(world.count("retry", &[]).await, 0, "not even a hash of what was sent");
    }
}

story! {
    async fn a_key_is_for_one_command_of_one_member_with_one_input(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        let claimed = send(&ana, "key", CLAIM, json!({"who": "somebody"})).await;
        assert_eq!(code(&send(&ana, "key", CLAIM, json!({"who": "else"})).await), "IDEMPOTENCY_CONFLICT");
        assert_eq!(code(&send(&ana, "key", HEADLINE, json!({"h": "x"})).await), "IDEMPOTENCY_CONFLICT");
        assert_eq!(send(&bela, "key", HEADLINE, json!({"h": "x"})).await["data"]["updateProfile"]["userErrors"], json!([]), "bela's own");
        let inline = "mutation { claimTie(input: {context: FRIEND, who: {handle: \"somebody\"}}) { claim { id named state } userErrors { code } } }";
        assert_eq!(send(&ana, "key", inline, json!({})).await, claimed, "the same input, written otherwise");
        let body = json!({"query": inline, "extensions": {"idempotencyKey": "key"}});
        let request = ana.client.post(format!("{}/graphql", ana.address)).bearer_auth(ana.token.as_deref().expect("a token"));
        let kept: Value = request.json(&body).send().await.expect("an answer").json().await.expect("JSON");
        assert_eq!(without_cost(kept), claimed, "offline queues keep extensions");
    }
}

story! {
    async fn a_key_is_free_after_a_refusal_and_after_a_day(world: World) {
        let [ana] = world.people(["ana"]).await;
        assert_eq!(send(&ana, "key", CLAIM, json!({"who": "ana"})).await["data"]["claimTie"]["userErrors"], json!([{"code": "YOURSELF"}]));
        let claimed = send(&ana, "key", CLAIM, json!({"who": "somebody"})).await;
        assert_eq!(claimed["data"]["claimTie"]["userErrors"], json!([]), "what was refused had no effect");
        world.kith.clock.advance(Duration::from_secs(24 * 3_600 - 60));
        assert_eq!(code(&send(&ana, "key", CLAIM, json!({"who": "else"})).await), "IDEMPOTENCY_CONFLICT");
        world.kith.clock.advance(Duration::from_secs(61));
        assert_eq!(send(&ana, "key", CLAIM, json!({"who": "else"})).await["data"]["claimTie"]["claim"]["named"], "else");
        world.kith.clock.advance(Duration::from_secs(25 * 3_600));
        assert_eq!(domain::idempotency::forget_old(&world.system()).await.expect("the database answers"), 1);
    }
}

/// The real program, killed while a client asks and asks again until it is answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_at_any_moment_loses_and_doubles_nothing() {
    let kith = crate::command::Kith::with(&[]);
    let mut serving = kith.serve(&[]);
    serving.wait_for("a token", |serving| serving.out().contains("\"}"));
    let token = serving.out().split("Bearer ").nth(1).expect("a token").to_owned();
    let token = token.split('"').next().expect("a token").to_owned();
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(2)).build().expect("a client");
    let document = "mutation { createInvitation(input: {context: FRIEND}) { invitation { id } userErrors { code } } }";
    let mut made = std::collections::BTreeSet::new();
    let kills = if crate::support::is_long() { 19 } else { 8 };
    for round in 0..kills {
        let mut id = None;
        let (mut killed, mut last) = (false, String::new());
        for _ in 0..100 {
            let body = json!({"query": document, "extensions": {"idempotencyKey": format!("round-{round}")}});
            let asked = client.post(format!("{}/graphql", serving.address)).bearer_auth(&token).json(&body).send();
            let asked = tokio::spawn(async move { asked.await.ok()?.json::<Value>().await.ok() });
            if !killed {
                tokio::time::sleep(Duration::from_micros(400 * round)).await;
                serving.kill();
                killed = true;
                serving = kith.serve(&[]);
            }
            let answer = asked.await.expect("no panic").unwrap_or_default();
            last = answer.to_string();
            if let Some(invitation) = answer.pointer("/data/createInvitation/invitation/id").and_then(Value::as_str) {
                id = Some(invitation.to_owned());
                break;
            }
        }
        made.insert(id.unwrap_or_else(|| panic!("answered in the end: {last} {}", serving.err())));
    }
    assert_eq!(made.len() as u64, kills, "each round's own");
    let body = json!({"query": "{ viewer { invitations(first: 100) { totalCount } } }"});
    let listed = client.post(format!("{}/graphql", serving.address)).bearer_auth(&token).json(&body).send().await;
    let listed: Value = listed.expect("an answer").json().await.expect("JSON");
    assert_eq!(listed["data"]["viewer"]["invitations"]["totalCount"], kills, "and not one more");
}

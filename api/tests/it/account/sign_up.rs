//! Signing up, with an invitation and without, and taking over an imported account.

use super::*;
use crate::story;
use crate::support::{listed, refusals};

/// Signs somebody up whose address is proven by a code just sent.
async fn sign_up(world: &World, name: &str, handle: Option<&str>, invitation: Option<&str>) -> Value {
    ask_code(world, &address(name)).await;
    let code = world.code_for(&address(name)).await;
    sign_up_by(world, name, handle, invitation, &code).await
}

async fn sign_up_by(world: &World, name: &str, handle: Option<&str>, invitation: Option<&str>, code: &str) -> Value {
    let document = format!(
        "mutation($i: String, $e: String!, $c: String!, $n: String!, $h: String) {{ signUp(input: {{invitation: $i, email: $e, code: $c, name: $n, handle: $h, device: {{name: \"phone\", platform: ANDROID}}}}) {{ {CREDENTIALS} userErrors {{ code path }} }} }}"
    );
    let variables = json!({"i": invitation, "e": address(name), "c": code, "n": name, "h": handle});
    world.anybody().mutate(&document, variables).await
}

/// Makes an invitation.
async fn invite(person: &Person) -> (String, String) {
    let document = "mutation { createInvitation(input: {context: FRIEND, note: \"from the choir\"}) { invitation { id code url state } userErrors { code } } }";
    let made = person.mutate(document, json!({})).await["invitation"].clone();
    let text = |value: &Value| value.as_str().expect("an invitation").to_owned();
    assert!(text(&made["url"]).ends_with(&format!("/i/{}", text(&made["code"]))));
    (text(&made["code"]), text(&made["id"]))
}

story! {
    async fn where_anybody_may_a_proven_address_is_enough(world: World) {
        let signed_up = sign_up(&world, "zoë", None, None).await;
        assert_eq!(refusals(&signed_up), ["INVALID_INPUT"; 0]);
        let zoe = with(&world, &Tokens::of(&signed_up["credentials"]).access);
        let member = zoe.query("{ viewer { member { name handle email } } }").await["viewer"]["member"].clone();
        assert_eq!((&member["name"], &member["email"]), (&json!("zoë"), &json!("zoë@example.org")));
        assert!(member["handle"].as_str().is_some_and(|handle| handle.starts_with("zoe-")), "{member}");
        let again = sign_up(&world, "zoë", Some("zoe-two"), None).await;
        assert_eq!(again["userErrors"], json!([{"code": "EMAIL_TAKEN", "path": ["email"]}]), "who reads the address may know");
    }
}

story! {
    async fn what_does_not_fit_is_told_at_once(world: World) {
        let [ana] = world.people(["ana"]).await;
        let document = "mutation { signUp(input: {email: \"nowhere\", code: \"1\", name: \" \", handle: \"-\", device: {name: \"\", platform: WEB}}) { userErrors { code path } } }";
        let refused = world.anybody().mutate(document, json!({})).await;
        let paths: Vec<&Value> = refused["userErrors"].as_array().expect("refusals").iter().map(|error| &error["path"][0]).collect();
        assert_eq!(paths, ["email", "name", "handle", "device"]);
        assert_eq!(refusals(&sign_up(&world, "zoe", Some(&ana.name), None).await), ["HANDLE_TAKEN"]);
        assert_eq!(sign_up_by(&world, "zoe", Some("zoe"), None, &world.code_for("zoe@example.org").await).await["userErrors"], json!([]), "the code was not used up");
        assert_eq!(refusals(&sign_up_by(&world, "yan", None, None, "123456").await), ["INVALID_CREDENTIALS"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_is_needed_where_sign_up_is_not_open() {
    let world = World::with(&[("KITH_SIGN_UP", "invitation")]).await;
    let [ana] = world.people(["ana"]).await;
    assert_eq!(refusals(&sign_up(&world, "zoe", None, None).await), ["INVITATION_REQUIRED"]);
    assert_eq!(refusals(&sign_up(&world, "zoe", None, Some("0000")).await), ["INVALID_CODE"]);
    let (code, _) = invite(&ana).await;
    assert_eq!(sign_up(&world, "zoe", Some("zoe"), Some(&code)).await["userErrors"], json!([]));
    assert_eq!(refusals(&sign_up(&world, "yan", None, Some(&code)).await), ["INVALID_CODE"], "it is used");
}

story! {
    async fn who_invited_is_known_to_the_newcomer_and_asked_about(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (code, id) = invite(&ana).await;
        let signed_up = sign_up(&world, "zoe", Some("zoe"), Some(&code.to_lowercase())).await;
        let zoe = with(&world, &Tokens::of(&signed_up["credentials"]).access);
        let waiting = zoe.waiting().await;
        assert_eq!(waiting[0].1, "ana");
        assert_eq!(ana.tied().await, [""; 0], "a tie that both have not agreed to there is not");
        zoe.answer("confirmTie", &waiting[0].0).await;
        assert_eq!((ana.tied().await, zoe.tied().await), (vec!["zoe".to_owned()], vec!["ana".to_owned()]));
        let seen = ana.run("query($id: ID!) { node(id: $id) { ... on Invitation { state code usedBy { name } } } }", json!({"id": id})).await;
        assert_eq!(seen["node"], json!({"state": "USED", "code": null, "usedBy": {"name": "zoe"}}));
    }
}

story! {
    async fn of_fifty_who_use_an_invitation_at_once_one_comes_in(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (code, _) = invite(&ana).await;
        let world = world.restarted(&[("KITH_PROXIES", "1")]).await;
        let emails: Vec<String> = (0..50).map(|number| address(&format!("new{number}"))).collect();
        let sent = codes_for(&world, &emails).await;
        let document = "mutation($i: String!, $e: String!, $c: String!) { signUp(input: {invitation: $i, email: $e, code: $c, name: \"New\", device: {name: \"phone\", platform: WEB}}) { credentials { accessToken } userErrors { code } } }";
        let tries = emails.iter().zip(&sent).enumerate().map(|(number, (email, sent))| {
            let (world, variables) = (&world, json!({"i": code, "e": email, "c": sent}));
            async move { ask_from(world, &format!("192.0.2.{number}"), document, variables).await }
        });
        let tried = join_all(tries).await;
        assert_eq!(tried.iter().filter(|tried| tried["credentials"].is_object()).count(), 1);
        assert_eq!(tried.iter().filter(|tried| refusals(tried) == ["INVALID_CODE"]).count(), 49);
        assert_eq!(world.count("member", &[]).await, 2, "and nobody half");
    }
}

story! {
    async fn an_invitation_that_is_over_lets_nobody_in(world: World) {
        let [ana] = world.people(["ana"]).await;
        let ((old, _), (taken_back, id)) = (invite(&ana).await, invite(&ana).await);
        let withdraw = "mutation($id: ID!) { withdrawInvitation(input: {invitationId: $id}) { invitation { state code } userErrors { code } } }";
        for _ in 0..2 {
            assert_eq!(ana.mutate(withdraw, json!({"id": id})).await["invitation"], json!({"state": "WITHDRAWN", "code": null}));
        }
        assert_eq!(refusals(&sign_up(&world, "zoe", None, Some(&taken_back)).await), ["INVALID_CODE"]);
        world.pass_days(7);
        assert_eq!(refusals(&sign_up(&world, "zoe", None, Some(&old)).await), ["INVALID_CODE"]);
        let made = domain::invitation::create_for(&world.system(), "only@example.org").await.expect("an invitation");
        let code = made.code.expect("a code");
        assert_eq!(refusals(&sign_up(&world, "yan", None, Some(&code)).await), ["INVALID_CODE"], "meant for another address");
        assert_eq!(sign_up(&world, "only", None, Some(&code)).await["userErrors"], json!([]));
    }
}

story! {
    async fn whom_somebody_suspended_has_invited_does_not_come_in(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (code, _) = invite(&ana).await;
        domain::account::suspend(&world.system(), "ana").await.expect("ana is suspended");
        assert_eq!(refusals(&sign_up(&world, "zoe", None, Some(&code)).await), ["INVALID_CODE"]);
        assert_eq!(world.count("member", &[]).await, 1, "or the suspended would come back by their own invitations");
        domain::account::restore(&world.system(), "ana").await.expect("ana is back");
        assert_eq!(sign_up(&world, "zoe", None, Some(&code)).await["userErrors"], json!([]), "and it was not used up");
    }
}

story! {
    async fn twenty_invitations_are_open_at_most(world: World) {
        let [ana] = world.people(["ana"]).await;
        for _ in 0..20 {
            invite(&ana).await;
        }
        let document = "mutation { createInvitation(input: {context: FRIEND}) { invitation { id } userErrors { code } } }";
        assert_eq!(refusals(&ana.mutate(document, json!({})).await), ["TOO_MANY_INVITATIONS"]);
    }
}

story! {
    async fn who_named_the_address_before_reaches_the_newcomer(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        ana.claim_named(json!({"email": "zoe@example.org"})).await;
        bela.claim_named(json!({"handle": "zoe"})).await;
        let signed_up = sign_up(&world, "zoe", Some("zoe"), None).await;
        let zoe = with(&world, &Tokens::of(&signed_up["credentials"]).access);
        let waiting = zoe.waiting().await;
        assert_eq!(waiting.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(), ["ana"], "a name anybody may take reaches nobody");
        zoe.answer("confirmTie", &waiting[0].0).await;
        let claims = ana.query("{ viewer { claims { nodes { state tie { other { name } } } } } }").await;
        assert_eq!(claims["viewer"]["claims"]["nodes"], json!([{"state": "CONFIRMED", "tie": {"other": {"name": "zoe"}}}]));
    }
}

story! {
    async fn an_imported_person_takes_their_account_over_once(world: World) {
        let ctx = world.system();
        let prepared = domain::import::prepare(&ctx, &listed("office", &["1", "2"], &[("1", "2")]), &|_| ()).await;
        let prepared = prepared.expect("the database answers").expect("no bad rows");
        let code = prepared.codes()[0].code.clone();
        prepared.write(&ctx, &|_| ()).await.expect("the import is written");
        let world = world.restarted(&[("KITH_PROXIES", "1")]).await;
        let emails: Vec<String> = (0..50).map(|number| address(&format!("person{number}"))).collect();
        let sent = codes_for(&world, &emails).await;
        let document = format!("mutation($k: String!, $e: String!, $c: String!) {{ claimAccount(input: {{claimCode: $k, email: $e, code: $c, device: {{name: \"phone\", platform: WEB}}}}) {{ {CREDENTIALS} userErrors {{ code path }} }} }}");
        let tries = emails.iter().zip(&sent).enumerate().map(|(number, (email, sent))| {
            let (world, document) = (&world, &document);
            let variables = json!({"k": code.to_lowercase(), "e": email, "c": sent});
            async move { ask_from(world, &format!("192.0.2.{number}"), document, variables).await }
        });
        let tried = join_all(tries).await;
        let mut in_by = tried.iter().filter(|tried| tried["credentials"].is_object());
        let person = with(&world, &Tokens::of(&in_by.next().expect("one")["credentials"]).access);
        assert!(in_by.next().is_none(), "once");
        assert_eq!(tried.iter().filter(|tried| refusals(tried) == ["INVALID_CODE"]).count(), 49);
        assert_eq!(person.query("{ viewer { member { handle } ties { totalCount } } }").await["viewer"], json!({"member": {"handle": "office-1"}, "ties": {"totalCount": 1}}));
    }
}

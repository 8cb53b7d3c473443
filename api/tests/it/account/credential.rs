//! The password and the e-mail address: changed on proof, told to whom it concerns.

use super::*;
use crate::story;
use crate::support::refusals;

const LONG: &str = "correct horse battery";

async fn set_password(person: &Person, password: Option<&str>, proof: Value) -> Value {
    let document = "mutation($p: String, $proof: ProofInput) { setPassword(input: {password: $p, proof: $proof}) { viewer { hasPassword } userErrors { code path } } }";
    person.mutate(document, json!({"p": password, "proof": proof})).await
}

story! {
    async fn a_password_signs_in_and_setting_it_signs_others_out(world: World) {
        world.people(["ana"]).await;
        let (phone, tablet) = (signed_in(&world, "ana").await, signed_in(&world, "ana").await);
        let ana = with(&world, &phone.access);
        for (wrong, what) in [("short", "too short"), (&*"x".repeat(257), "too long")] {
            assert_eq!(set_password(&ana, Some(wrong), Value::Null).await["userErrors"], json!([{"code": "INVALID_INPUT", "path": ["password"]}]), "{what}");
        }
        let set = set_password(&ana, Some(LONG), Value::Null).await;
        assert_eq!((&set["userErrors"], &set["viewer"]["hasPassword"]), (&json!([]), &json!(true)));
        assert!(is_good(&world, &phone.access).await && !is_good(&world, &tablet.access).await);
        assert_eq!(refusals(&by_password(&world, "ana@example.org", "correct horse").await), ["INVALID_CREDENTIALS"]);
        assert_eq!(by_password(&world, " Ana@example.org", LONG).await["userErrors"], json!([]));
        assert_eq!(set_password(&ana, None, Value::Null).await["viewer"]["hasPassword"], false);
        assert_eq!(refusals(&by_password(&world, "ana@example.org", LONG).await), ["INVALID_CREDENTIALS"], "it was taken away");
    }
}

story! {
    async fn a_while_after_the_sign_in_a_proof_is_needed(world: World) {
        world.people(["ana"]).await;
        let first = signed_in(&world, "ana").await;
        pass(&world, 901);
        let phone = Tokens::of(&refresh(&world, &first.refresh).await["credentials"]);
        let ana = with(&world, &phone.access);
        assert_eq!(set_password(&ana, Some(LONG), Value::Null).await["userErrors"], json!([{"code": "PROOF_REQUIRED", "path": ["proof"]}]));
        assert_eq!(refusals(&set_password(&ana, Some(LONG), json!({"password": "none yet"})).await), ["INVALID_CREDENTIALS"]);
        ask_code(&world, "ana@example.org").await;
        let code = world.code_for("ana@example.org").await;
        assert_eq!(set_password(&ana, Some(LONG), json!({"emailCode": code})).await["userErrors"], json!([]));
        assert_eq!(set_password(&ana, Some("another long one"), Value::Null).await["userErrors"], json!([]), "for a while");
        pass(&world, 901);
        let ana = with(&world, &Tokens::of(&refresh(&world, &phone.refresh).await["credentials"]).access);
        assert_eq!(set_password(&ana, Some(LONG), json!({"password": "another long one"})).await["userErrors"], json!([]));
    }
}

story! {
    async fn an_address_changes_by_a_code_from_each(world: World) {
        world.people(["ana", "bela"]).await;
        let (phone, tablet) = (signed_in(&world, "ana").await, signed_in(&world, "ana").await);
        let ana = with(&world, &phone.access);
        let change = async |to: &str| ana.mutate("mutation($e: String!) { changeEmail(input: {email: $e}) { sent userErrors { code } } }", json!({"e": to})).await;
        let confirm = async |old: &str, new: &str| {
            let document = "mutation($o: String, $n: String!) { confirmEmailChange(input: {oldCode: $o, newCode: $n}) { member { email } userErrors { code } } }";
            ana.mutate(document, json!({"o": old, "n": new})).await
        };
        assert_eq!(change("ana.new@example.org").await, json!({"sent": true, "userErrors": []}));
        let (old, new) = (world.code_for("ana@example.org").await, world.code_for("ana.new@example.org").await);
        assert_ne!(old, new);
        for (wrong, why) in [((&*new, &*old), "the other way round"), ((&*old, &*old), "one of them twice"), (("", &*new), "one alone")] {
            assert_eq!(refusals(&confirm(wrong.0, wrong.1).await), ["INVALID_CREDENTIALS"], "{why}");
        }
        assert_eq!(confirm(&old, &new).await["member"]["email"], "ana.new@example.org");
        assert!(is_good(&world, &phone.access).await && !is_good(&world, &tablet.access).await);
        assert_eq!(refusals(&confirm(&old, &new).await), ["INVALID_CREDENTIALS"], "it is done");

        pass(&world, 600);
        assert_eq!(change("bela@example.org").await["sent"], true, "whose it is does not show");
        let (old, new) = (world.code_for("ana.new@example.org").await, world.code_for("bela@example.org").await);
        assert_eq!(refusals(&confirm(&old, &new).await), ["EMAIL_TAKEN"], "but to who reads it");
        assert_eq!(ana.query("{ viewer { member { email } } }").await["viewer"]["member"]["email"], "ana.new@example.org");
    }
}

story! {
    async fn a_change_of_address_has_five_tries_and_ten_minutes(world: World) {
        world.people(["ana"]).await;
        let ana = with(&world, &signed_in(&world, "ana").await.access);
        let begin = "mutation { changeEmail(input: {email: \"ana.new@example.org\"}) { sent userErrors { code } } }";
        let confirm = async |old: &str, new: &str| {
            let document = "mutation($o: String, $n: String!) { confirmEmailChange(input: {oldCode: $o, newCode: $n}) { member { email } userErrors { code } } }";
            ana.mutate(document, json!({"o": old, "n": new})).await
        };
        ana.mutate(begin, json!({})).await;
        let (old, new) = (world.code_for("ana@example.org").await, world.code_for("ana.new@example.org").await);
        for _ in 0..5 {
            confirm("1", "1").await;
        }
        assert_eq!(refusals(&confirm(&old, &new).await), ["INVALID_CREDENTIALS"], "the sixth, though right");
        ana.mutate(begin, json!({})).await;
        let (old, new) = (world.code_for("ana@example.org").await, world.code_for("ana.new@example.org").await);
        pass(&world, 601);
        assert_eq!(refusals(&confirm(&old, &new).await), ["INVALID_CREDENTIALS"], "too late");
    }
}

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
        let [ana] = world.people(["ana"]).await;
        let begin = "mutation { changeEmail(input: {email: \"ana.new@example.org\"}) { sent userErrors { code } } }";
        let confirm = async |old: &str, new: &str| {
            let document = "mutation($o: String, $n: String!) { confirmEmailChange(input: {oldCode: $o, newCode: $n}) { member { email } userErrors { code } } }";
            ana.mutate(document, json!({"o": old, "n": new})).await
        };
        ana.mutate(begin, json!({})).await;
        let (old, new) = (world.code_for("ana@example.org").await, world.code_for("ana.new@example.org").await);
        for _ in 0..5 {
            assert_eq!(refusals(&confirm("1", "1").await), ["INVALID_CREDENTIALS"]);
        }
        assert_eq!(refusals(&confirm(&old, &new).await), ["TOO_MANY_ATTEMPTS"]);
        pass(&world, 121);
        assert_eq!(refusals(&confirm(&old, &new).await), ["INVALID_CREDENTIALS"], "the sixth, though right");
        ana.mutate(begin, json!({})).await;
        let (old, new) = (world.code_for("ana@example.org").await, world.code_for("ana.new@example.org").await);
        pass(&world, 601);
        assert_eq!(refusals(&confirm(&old, &new).await), ["INVALID_CREDENTIALS"], "too late");
    }
}

/// The kinds of the letters to an address that bring no code.
fn told(world: &World, address: &str) -> Vec<&'static str> {
    let kept = world.mailer.kept();
    let to_them = kept.iter().filter(|kept| kept.letter.to == address && kept.letter.content.code().is_none());
    to_them.map(|kept| kept.letter.content.kind()).collect()
}

story! {
    async fn whom_a_change_concerns_is_told_of_it(world: World) {
        world.people(["ana"]).await;
        let ana = with(&world, &signed_in(&world, "ana").await.access);
        assert_eq!(set_password(&ana, Some("short"), Value::Null).await["userErrors"][0]["code"], "INVALID_INPUT");
        assert_eq!(told(&world, "ana@example.org"), [""; 0], "nothing was changed");
        set_password(&ana, Some(LONG), Value::Null).await;
        assert_eq!(told(&world, "ana@example.org"), ["PasswordChanged"]);
        ana.mutate("mutation { changeEmail(input: {email: \"ana.new@example.org\"}) { sent } }", json!({})).await;
        let (old, new) = (world.code_for("ana@example.org").await, world.code_for("ana.new@example.org").await);
        let confirm = "mutation($o: String, $n: String!) { confirmEmailChange(input: {oldCode: $o, newCode: $n}) { userErrors { code } } }";
        assert_eq!(ana.mutate(confirm, json!({"o": old, "n": new})).await["userErrors"], json!([]));
        assert_eq!(told(&world, "ana@example.org"), ["PasswordChanged", "AddressChanged"], "the address that was left");
        assert_eq!(told(&world, "ana.new@example.org"), [""; 0]);
        assert_eq!(by_password(&world, "ana.new@example.org", LONG).await["userErrors"], json!([]));
        assert_eq!(refusals(&by_password(&world, "ana@example.org", LONG).await), ["INVALID_CREDENTIALS"]);
    }
}

/// The payload of ana's mutation, asked with this token from a network that a proxy tells of.
async fn from(world: &World, network: usize, token: &str, document: &str, variables: Value) -> Value {
    let request = world.client.post(format!("{}/graphql", world.address)).bearer_auth(token);
    let request = request.header("X-Forwarded-For", format!("192.0.2.{network}"));
    let answer = request.json(&json!({"query": document, "variables": variables})).send().await;
    let answer: Value = answer.expect("an answer").json().await.expect("JSON");
    answer["data"].as_object().and_then(|data| data.values().next()).cloned().expect("one payload")
}

story! {
    async fn who_holds_somebodys_phone_cannot_guess_their_mail(world: World) {
        world.people(["ana"]).await;
        let world = world.restarted(&[("KITH_PROXIES", "1")]).await;
        let phone = signed_in(&world, "ana").await.access;
        let begin = "mutation($e: String!) { changeEmail(input: {email: $e}) { sent userErrors { code } } }";
        let confirm = "mutation($n: String!) { confirmEmailChange(input: {oldCode: \"1\", newCode: $n}) { userErrors { code } } }";
        let mut guesses = 0;
        for number in 0..8 {
            // A new address each time, from a new network, so that neither is what slows it.
            let mine = format!("mallory{number}@example.net");
            from(&world, number, &phone, begin, json!({"e": mine})).await;
            for _ in 0..5 {
                let guessed = from(&world, number, &phone, confirm, json!({"n": "1"})).await;
                guesses += usize::from(refusals(&guessed) == ["INVALID_CREDENTIALS"]);
            }
        }
        assert_eq!(guesses, 5, "by account");
        let kept = world.mailer.kept();
        let to_ana = kept.iter().filter(|kept| kept.letter.to == "ana@example.org" && kept.letter.content.kind() == "OldAddressCode");
        assert!(to_ana.count() <= 4, "nor is her mail flooded");
    }
}

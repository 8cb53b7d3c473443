//! One-time codes: six digits, ten minutes, five tries; and what asking and guessing must not tell.

use super::*;
use crate::story;
use crate::support::{MailServer, Reply, refusals};

story! {
    async fn a_code_signs_in_once_however_many_try(world: World) {
        world.people(["ana"]).await;
        ask_code(&world, "ana@example.org").await;
        let code = world.code_for("ana@example.org").await;
        assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        let tried = join_all((0..4).map(|_| sign_in(&world, "ana@example.org", &code))).await;
        assert_eq!(tried.iter().filter(|tried| tried["credentials"].is_object()).count(), 1);
        assert_eq!(world.count("session", &[]).await, 2, "and the one the test has of her");
        assert_eq!(refusals(&sign_in(&world, "ana@example.org", &code).await), ["INVALID_CREDENTIALS"], "it is used");
    }
}

story! {
    async fn of_fifty_who_bring_one_code_at_once_one_comes_in(world: World) {
        world.people(["ana"]).await;
        let world = world.restarted(&[("KITH_PROXIES", "1")]).await;
        let code = codes_for(&world, &[address("ana")]).await.remove(0);
        let document = "mutation($c: String!) { signIn(input: {with: {emailCode: {email: \"ana@example.org\", code: $c}}, device: {name: \"phone\", platform: IOS}}) { credentials { accessToken } userErrors { code } } }";
        let networks: Vec<String> = (1..=50).map(|number| format!("192.0.2.{number}")).collect();
        let tried = join_all(networks.iter().map(|network| ask_from(&world, network, document, json!({"c": code})))).await;
        assert_eq!(tried.iter().filter(|tried| tried["credentials"].is_object()).count(), 1);
        assert_eq!(world.count("session", &[]).await, 2, "and the one the test has of her");
        let refused = tried.iter().filter(|tried| matches!(refusals(tried)[..], ["INVALID_CREDENTIALS" | "TOO_MANY_ATTEMPTS"]));
        assert_eq!(refused.count(), 49);
    }
}

story! {
    async fn a_code_is_over_after_ten_minutes_or_five_tries(world: World) {
        world.people(["ana"]).await;
        ask_code(&world, "ana@example.org").await;
        let code = world.code_for("ana@example.org").await;
        pass(&world, 601);
        assert_eq!(refusals(&sign_in(&world, "ana@example.org", &code).await), ["INVALID_CREDENTIALS"]);
        pass(&world, 3_600);
        ask_code(&world, "ana@example.org").await;
        let code = world.code_for("ana@example.org").await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let guesses = join_all((0..5).map(|_| sign_in(&world, "ana@example.org", wrong))).await;
        assert!(guesses.iter().all(|guess| refusals(guess) == ["INVALID_CREDENTIALS"]), "{guesses:?}");
        pass(&world, 125);
        assert_eq!(refusals(&sign_in(&world, "ana@example.org", &code).await), ["INVALID_CREDENTIALS"], "the sixth, though right");
    }
}

story! {
    async fn asking_again_soon_gives_the_same_code(world: World) {
        world.people(["ana"]).await;
        ask_code(&world, "ana@example.org").await;
        let first = world.code_for("ana@example.org").await;
        pass(&world, 240);
        ask_code(&world, " ANA@Example.org ").await;
        assert_eq!(world.code_for("ana@example.org").await, first, "a letter that was late is still good");
        pass(&world, 120);
        ask_code(&world, "ana@example.org").await;
        let second = world.code_for("ana@example.org").await;
        assert_ne!(second, first);
        assert_eq!(sign_in(&world, "ana@example.org", &second).await["userErrors"], json!([]));
    }
}

story! {
    async fn several_who_ask_at_once_are_sent_one_code(world: World) {
        world.people(["ana"]).await;
        join_all((0..4).map(|_| ask_code(&world, "ana@example.org"))).await;
        let kept = world.mailer.kept();
        let mut codes: Vec<&str> = kept.iter().filter_map(|kept| kept.letter.content.code()).collect();
        assert_eq!(codes.len(), 4);
        codes.dedup();
        assert_eq!(codes.len(), 1, "whichever letter is read first: {codes:?}");
    }
}

/// A whole answer, without what differs from one to the next in any case: when it was given, and what is left of what may be
/// asked.
async fn whole(world: &World, document: &str, email: &str) -> String {
    let body = json!({"query": document, "variables": {"e": email}}).to_string();
    let reply = Reply::to(world.posting(body)).await;
    let differs = ["date", "x-request-id", "ratelimit"];
    let headers = reply.headers.iter().filter(|(name, _)| !differs.contains(&name.as_str()));
    let headers: Vec<String> = headers.map(|(name, value)| format!("{name}: {value:?}")).collect();
    format!("{} {} {} {}", reply.status, headers.join("\n"), reply.json(), reply.cost()["requested"])
}

story! {
    async fn no_answer_tells_who_has_an_account(world: World) {
        world.people(["ana", "susa", "lea"]).await;
        domain::account::suspend(&world.system(), "susa").await.expect("susa is suspended");
        let lea = with(&world, &signed_in(&world, "lea").await.access);
        lea.mutate("mutation { deleteAccount(input: {withoutExport: true}) { userErrors { code } } }", json!({})).await;
        for document in [
            "mutation($e: String!) { requestSignInCode(input: {email: $e}) { sent userErrors { code message } } }",
            "mutation($e: String!) { signIn(input: {with: {emailCode: {email: $e, code: \"1\"}}, device: {name: \"x\", platform: WEB}}) { credentials { accessToken } userErrors { code message } } }",
            "mutation($e: String!) { signIn(input: {with: {password: {email: $e, password: \"guessed\"}}, device: {name: \"x\", platform: WEB}}) { credentials { accessToken } userErrors { code message } } }",
            "mutation($e: String!) { signUp(input: {email: $e, code: \"1\", name: \"X\", device: {name: \"x\", platform: WEB}}) { credentials { accessToken } userErrors { code message } } }",
        ] {
            let unknown = whole(&world, document, "nobody@example.org").await;
            for name in ["ana", "susa", "lea"] {
                assert_eq!(whole(&world, document, &address(name)).await, unknown, "{name}: {document}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_that_came_by_smtp_signs_in() {
    let post = MailServer::start().await;
    let world = World::with(&[("KITH_SMTP_URL", &post.url()), ("KITH_MAIL_FROM", crate::support::FROM)]).await;
    world.people(["ana"]).await;
    ask_code(&world, "ana@example.org").await;
    let letter = post.next_to("ana@example.org").await;
    let code: String = letter.subject.chars().filter(char::is_ascii_digit).collect();
    assert!(letter.text.contains(&code), "{}", letter.text);
    assert_eq!(sign_in(&world, "ana@example.org", &code).await["userErrors"], json!([]));
}

//! `kith invite`, `kith member`, `kith sessions`: what an operator does about people, beside a running server.

use std::time::Duration;

use serde_json::json;

use super::Kith;
use crate::story;
use crate::support::{FROM, MailServer, Person, World, until};

async fn is_in(world: &World, person: &Person) -> bool {
    let token = person.token.clone();
    let answer = Person { token, ..world.anybody() }.ask("{ viewer { member { name } } }", json!({})).await;
    answer.get("errors").is_none()
}

story! {
    async fn a_suspension_shows_at_once_and_ends(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        world.tie([(&ana, &bela)]).await;
        let kith = Kith::beside(&world);
        for _ in 0..2 {
            assert!(kith.answer(&["member", "suspend", "bela", "--reason", "ticket 7"]).contains("bela is suspended"));
        }
        until("the server knows", Duration::from_secs(3), async || !is_in(&world, &bela).await && ana.tied().await.is_empty()).await;
        assert!(kith.answer(&["member", "show", "BELA@example.org"]).contains("state       suspended"));
        assert!(kith.answer(&["member", "restore", "bela"]).contains("bela is not suspended"));
        until("the server knows", Duration::from_secs(3), async || is_in(&world, &bela).await && ana.tied().await == ["bela"]).await;
    }
}

story! {
    async fn a_member_is_shown_and_signed_out(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        world.tie([(&ana, &bela)]).await;
        let kith = Kith::beside(&world);
        let shown = kith.answer(&["member", "show", "ana"]);
        for line in ["handle      ana", "e-mail      ana@example.org", "state       active", "ties        1", "password    no", "sessions    1", "a test, unknown app"] {
            assert!(shown.contains(line), "{line}: {shown}");
        }
        assert!(kith.answer(&["sessions", "revoke", "ana"]).contains("1 sessions of ana were ended"));
        until("the server knows", Duration::from_secs(3), async || !is_in(&world, &ana).await).await;
        assert!(is_in(&world, &bela).await);
        for command in [&["member", "show"][..], &["member", "suspend"], &["member", "restore"], &["sessions", "revoke"]] {
            assert!(kith.refusal(&[command, &["nobody"]].concat()).contains("no member called nobody"), "{command:?}");
        }
    }
}

story! {
    async fn an_invitation_is_printed_and_lets_its_reader_in(world: World) {
        world.people(["ana"]).await;
        let kith = Kith::beside(&world);
        let said = kith.run(&["invite", "zoe@example.org"]);
        assert_eq!(said.code, Some(0), "{}", said.err);
        let code = said.out.lines().next().expect("a code").to_owned();
        assert!(said.out.contains(&format!("/i/{code}")) && said.out.contains("No letter was sent"), "{}", said.out);
        assert!(!said.err.contains(&code) && !said.err.contains("zoe@"), "the log knows neither: {}", said.err);
        assert_eq!(world.count("invitation", &[("email", "zoe@example.org".into())]).await, 1);
        assert!(kith.refusal(&["invite", "ana@example.org"]).contains("There is an account with this address"));
        assert!(kith.refusal(&["invite", "nowhere"]).contains("not an e-mail address"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_goes_by_letter_in_the_language_asked_for() {
    let post = MailServer::start().await;
    let kith = Kith::with(&[("KITH_SMTP_URL", &post.url()), ("KITH_MAIL_FROM", FROM)]);
    let said = kith.answer(&["invite", "zoe@example.org", "--language", "fr"]);
    assert!(said.contains("A letter with it was sent"), "{said}");
    let letter = post.next_to("zoe@example.org").await;
    assert!(letter.text.contains(said.lines().next().expect("a code")), "{}", letter.text);
}

#[test]
fn production_asks_why_somebody_is_suspended() {
    let production = [
        ("KITH_ENV", "production"),
        ("KITH_PUBLIC_URL", "https://kith.example"),
        ("KITH_SMTP_URL", "smtp://127.0.0.1:25"),
        ("KITH_MAIL_FROM", FROM),
        ("KITH_SIGNING_KEY", crate::support::SIGNING_KEY),
    ];
    assert!(Kith::with(&production).refusal(&["member", "suspend", "ana"]).contains("--reason"));
}

//! `kith token member`: a support token, which says who acts and is logged.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::Kith;
use crate::story;
use crate::support::{FROM, Reply, SIGNING_KEY};

fn claims(token: &str) -> Value {
    let claims = token.split('.').nth(1).expect("claims");
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).expect("base64url")).expect("JSON")
}

story! {
    async fn an_operator_can_act_for_a_member_and_it_is_logged(world: World) {
        world.people(["ana"]).await;
        let kith = Kith::beside(&world);
        let said = kith.run(&["token", "member", "ana", "--minutes", "5", "--reason", "ticket 7"]);
        let token = said.out.trim();
        assert_eq!(said.code, Some(0), "{}", said.err);
        let reply = Reply::to(world.asking("{ viewer { member { handle } } }").bearer_auth(token)).await;
        assert_eq!(reply.json(), json!({"data": {"viewer": {"member": {"handle": "ana"}}}}));
        let claims = claims(token);
        assert_eq!(claims["act"], json!({"sub": "operator", "reason": "ticket 7"}));
        assert_eq!(claims["exp"].as_u64(), claims["iat"].as_u64().map(|iat| iat + 300));
        assert!(said.err.contains("a support token was made") && said.err.contains("ticket 7"), "{}", said.err);
        assert!(!said.err.contains(token), "the log has not the token itself");
        kith.answer(&["token", "member", "ana"]);
    }
}

story! {
    async fn a_token_needs_a_member_a_sensible_time_and_in_production_a_reason(world: World) {
        world.people(["ana"]).await;
        let kith = Kith::beside(&world);
        assert!(kith.refusal(&["token", "member", "nobody"]).contains("no member called nobody"));
        for wrong in [&["ana", "--minutes", "0"][..], &["ana", "--minutes", "1441"], &["ana", "--minutes", "x"], &[]] {
            assert_eq!(kith.run(&[&["token", "member"], wrong].concat()).code, Some(2), "{wrong:?}");
        }
        let production = Kith::with(&[
            ("KITH_ENV", "production"),
            ("DATABASE_URL", world.database_url()),
            ("KITH_SIGNING_KEY", SIGNING_KEY),
            ("KITH_PUBLIC_URL", "http://kith.test"),
            ("KITH_SMTP_URL", "smtp://127.0.0.1:1"),
            ("KITH_MAIL_FROM", FROM),
        ]);
        for without in [&["token", "member", "ana"][..], &["token", "member", "ana", "--reason", "  "]] {
            let said = production.run(without);
            assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{without:?}");
            assert!(said.err.contains("--reason"), "{}", said.err);
        }
        production.answer(&["token", "member", "ana", "--reason", "ticket 7"]);
    }
}

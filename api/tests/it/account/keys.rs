//! Keys change by configuration: the new one is put first, and the old one is taken away later; nobody is signed out.

use super::*;
use crate::story;
use crate::support::{SIGNING_KEY, refusals};

const NEW: &str = "bmV3IGtleSBuZXcga2V5IG5ldyBrZXkgbmV3IGtleSE=";

story! {
    async fn who_is_signed_in_stays_so_when_keys_change(world: World) {
        world.people(["ana"]).await;
        let (phone, tablet, laptop) = (signed_in(&world, "ana").await, signed_in(&world, "ana").await, signed_in(&world, "ana").await);
        let both = world.restarted(&[("KITH_SIGNING_KEY", &format!("{NEW},{SIGNING_KEY}"))]).await;
        assert!(is_good(&both, &phone.access).await);
        let second = Tokens::of(&refresh(&both, &phone.refresh).await["credentials"]);
        let again = Tokens::of(&refresh(&both, &phone.refresh).await["credentials"]);
        assert_eq!(again.refresh, second.refresh, "the lost answer, across the change");
        let of_tablet = Tokens::of(&refresh(&both, &tablet.refresh).await["credentials"]);
        refresh(&both, &of_tablet.refresh).await;
        assert_eq!(refusals(&refresh(&both, &tablet.refresh).await), ["SESSION_ENDED"], "a copy made under the old key is found out");
        assert!(!is_good(&both, &of_tablet.access).await);

        let new = world.restarted(&[("KITH_SIGNING_KEY", NEW)]).await;
        assert!(is_good(&new, &second.access).await && !is_good(&new, &laptop.access).await, "the old key's are good no more");
        for token in [&second.refresh, &laptop.refresh] {
            let next = Tokens::of(&refresh(&new, token).await["credentials"]);
            assert!(is_good(&new, &next.access).await, "the token in force is, whichever key made it");
        }
        pass(&world, 61);
        assert_eq!(refusals(&refresh(&new, &laptop.refresh).await), ["SESSION_ENDED"], "a copy is found out by its hash");
        assert_eq!(world.count("session", &[]).await, 2, "the phone's, and the one the test has of her");
    }
}

story! {
    async fn what_is_on_its_way_to_somebody_is_good_when_keys_change(world: World) {
        let [ana] = world.people(["ana"]).await;
        ask_code(&world, "ana@example.org").await;
        let sent = world.code_for("ana@example.org").await;
        let document = "mutation { createInvitation(input: {context: FRIEND}) { invitation { code } } }";
        let invitation = ana.mutate(document, json!({})).await["invitation"]["code"].clone();
        let both = world.restarted(&[("KITH_SIGNING_KEY", &format!("{NEW},{SIGNING_KEY}")), ("KITH_SIGN_UP", "invitation")]).await;
        let signed_in = sign_in(&both, "ana@example.org", &sent).await;
        let ana = with(&both, &Tokens::of(&signed_in["credentials"]).access);
        let list = ana.query("{ viewer { invitations { nodes { code } } } }").await;
        assert_eq!(list["viewer"]["invitations"]["nodes"][0]["code"], invitation, "it can still be shown");
        ask_code(&both, "zoe@example.org").await;
        let document = "mutation($i: String, $c: String!) { signUp(input: {invitation: $i, email: \"zoe@example.org\", code: $c, name: \"Zoe\", device: {name: \"phone\", platform: IOS}}) { credentials { accessToken } userErrors { code } } }";
        let code = both.code_for("zoe@example.org").await;
        let signed_up = both.anybody().mutate(document, json!({"i": invitation, "c": code})).await;
        assert_eq!(signed_up["userErrors"], json!([]));
    }
}

//! The pages behind links, for phones without the app.

use super::*;
use crate::support::Reply;

async fn look(world: &World, path: &str) -> Reply {
    Reply::to(world.path(path).header("Accept-Language", "en")).await
}

async fn press(world: &World, path: &str) -> Reply {
    Reply::to(world.client.post(format!("{}{path}", world.address))).await
}

/// The invitation's code on a page.
fn code_on(page: &Reply) -> String {
    let (_, rest) = page.text().split_once("<code>").expect("a code");
    rest.split_once("</code>").expect("its end").0.to_owned()
}

story! {
    async fn who_has_not_the_app_keeps_the_moment(world: World) {
        let [ana] = world.people(["ana"]).await;
        let code = show(&ana).await;
        let path = format!("/h/{code}");
        for _ in 0..3 {
            let page = look(&world, &path).await;
            assert_eq!(page.status, 200, "looking uses nothing up");
            assert!(page.text().contains("You are meeting ana"), "{}", page.text());
        }
        let kept = press(&world, &path).await;
        assert_eq!(kept.status, 200);
        let invitation = code_on(&kept);
        assert_eq!((press(&world, &path).await.status, look(&world, &path).await.status), (404, 404), "once");

        world.kith.clock.advance(std::time::Duration::from_secs(3_600));
        let zoe = world.anybody();
        zoe.run("mutation { requestSignInCode(input: {email: \"zoe@example.org\"}) { sent } }", json!({})).await;
        let sign_up = "mutation($i: String, $c: String!) { signUp(input: {invitation: $i, email: \"zoe@example.org\", code: $c, name: \"Zoe\", handle: \"zoe\", device: {name: \"phone\", platform: IOS}}) { credentials { accessToken } userErrors { code } } }";
        let signed_up = zoe.mutate(sign_up, json!({"i": invitation, "c": world.code_for("zoe@example.org").await})).await;
        assert_eq!(signed_up["userErrors"], json!([]));
        let waiting = ana.waiting().await;
        assert_eq!(waiting[0].1, "Zoe", "ana is asked whether she met her");
        ana.answer("confirmTie", &waiting[0].0).await;
        let tie = ana.query("{ viewer { ties { nodes { evidence metAt receivedAt } } } }").await["viewer"]["ties"]["nodes"][0].clone();
        assert_eq!(tie["evidence"], "IN_PERSON");
        let (met, received) = (tie["metAt"].as_str().expect("a time"), tie["receivedAt"].as_str().expect("a time"));
        assert!(met < received, "the moment they met is kept: {tie}");
    }
}

story! {
    async fn fifty_who_press_at_once_are_one_invitation(world: World) {
        let [ana] = world.people(["ana"]).await;
        let path = format!("/h/{}", show(&ana).await);
        let pressed = join_all((0..30).map(|_| press(&world, &path))).await;
        assert_eq!(pressed.iter().filter(|page| page.status == 200).count(), 1);
        assert_eq!(world.count("invitation", &[]).await, 1);
    }
}

story! {
    async fn all_codes_that_are_good_for_nothing_look_the_same(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        let (used, over) = (show(&ana).await, show(&ana).await);
        scan(&bela, &used, None).await;
        let unknown = look(&world, "/h/0000").await;
        assert_eq!((unknown.status, look(&world, &format!("/h/{used}")).await.text()), (404, unknown.text()));
        world.kith.clock.advance(std::time::Duration::from_secs(301));
        assert_eq!(look(&world, &format!("/h/{over}")).await.text(), unknown.text());
        assert!(!unknown.text().contains("ana"));
    }
}

#[tokio::test]
async fn a_page_is_whole_and_safe() {
    let world = World::with(&[("KITH_APP_STORE_URL", "https://apps.example/kith")]).await;
    let [ana] = world.people(["ana"]).await;
    let name = "mutation { updateProfile(input: {name: \"<script>alert(1)</script>\"}) { userErrors { code } } }";
    ana.mutate(name, json!({})).await;
    let path = format!("/h/{}", show(&ana).await);
    let page = look(&world, &path).await;
    assert!(page.text().contains("&lt;script&gt;") && !page.text().contains("<script"), "{}", page.text());
    assert!(page.header("content-security-policy").starts_with("default-src 'none'; style-src 'sha256-"));
    for (header, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-robots-tag", "noindex"),
        ("x-content-type-options", "nosniff"),
        ("content-type", "text/html; charset=utf-8"),
        ("content-language", "en"),
    ] {
        assert_eq!(page.header(header), value, "{header}");
    }
    assert!(!page.text().contains("http"), "nothing from elsewhere");
    let french = Reply::to(world.path(&path).header("Accept-Language", "fr")).await;
    assert!(french.text().contains("Vous rencontrez") && french.text().contains("lang=\"fr\""));
    let invited = look(&world, "/i/ABCD-<b>").await;
    assert!(
        invited.text().contains("https://apps.example/kith") && invited.text().contains("ABCD-&lt;b&gt;"),
        "{}",
        invited.text()
    );
}

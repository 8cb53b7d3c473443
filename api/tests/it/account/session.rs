//! The list of sessions, and ending them.

use super::*;
use crate::story;
use crate::support::refusals;

async fn listed(person: &Person) -> Value {
    let list = "{ viewer { sessions { nodes { device platform current supportReason address } totalCount } } }";
    person.query(list).await["viewer"]["sessions"].clone()
}

story! {
    async fn a_revoked_sessions_tokens_stop_at_once(world: World) {
        world.people(["ana"]).await;
        let (phone, tablet, laptop) = (signed_in(&world, "ana").await, signed_in(&world, "ana").await, signed_in(&world, "ana").await);
        let ana = with(&world, &phone.access);
        let revoke = "mutation($id: ID!) { revokeSession(input: {sessionId: $id}) { deletedSessionId userErrors { code } } }";
        let revoked = ana.mutate(revoke, json!({"id": tablet.session})).await;
        assert_eq!(revoked, json!({"deletedSessionId": tablet.session, "userErrors": []}));
        assert!(!is_good(&world, &tablet.access).await);
        assert_eq!(refusals(&refresh(&world, &tablet.refresh).await), ["SESSION_ENDED"]);
        assert_eq!(refusals(&ana.mutate(revoke, json!({"id": tablet.session})).await), ["NOT_FOUND"], "it is gone");

        let others = ana.mutate("mutation { revokeOtherSessions { ended userErrors { code } } }", json!({})).await;
        assert_eq!(others["ended"], 2, "the laptop, and the one the test has of her");
        assert!(is_good(&world, &phone.access).await && !is_good(&world, &laptop.access).await);
        ana.mutate("mutation { signOut { deletedSessionId userErrors { code } } }", json!({})).await;
        assert!(!is_good(&world, &phone.access).await);
    }
}

story! {
    async fn somebody_elses_session_cannot_be_ended(world: World) {
        let [_, bela] = world.people(["ana", "bela"]).await;
        let phone = signed_in(&world, "ana").await;
        let revoke = "mutation($id: ID!) { revokeSession(input: {sessionId: $id}) { deletedSessionId userErrors { code } } }";
        assert_eq!(refusals(&bela.mutate(revoke, json!({"id": phone.session})).await), ["NOT_FOUND"]);
        assert!(is_good(&world, &phone.access).await);
    }
}

story! {
    async fn a_list_shows_devices_and_who_acts_for_the_member(world: World) {
        let [ana] = world.people(["ana"]).await;
        let phone = signed_in(&world, "ana").await;
        let device = domain::session::NewDevice { name: "Support".to_owned(), platform: domain::ctx::Platform::Other };
        let actor = domain::session::Actor::Support("ticket 7".to_owned());
        let lasts = std::time::Duration::from_secs(600);
        domain::session::open_for(&world.system(), ana.id, device, actor, lasts).await.expect("a support session");
        let list = listed(&with(&world, &phone.access)).await;
        assert_eq!(list["totalCount"], 3);
        assert_eq!((&list["nodes"][0]["device"], &list["nodes"][0]["supportReason"]), (&json!("Support"), &json!("ticket 7")));
        assert_eq!((&list["nodes"][1]["device"], &list["nodes"][1]["platform"], &list["nodes"][1]["current"], &list["nodes"][1]["address"]), (&json!("phone"), &json!("IOS"), &json!(true), &json!("127.0.0.1")));
        pass(&world, 601);
        assert_eq!(listed(&with(&world, &phone.access)).await["totalCount"], 2, "its time is over");
    }
}

story! {
    async fn support_touches_no_credentials(world: World) {
        let [ana] = world.people(["ana"]).await;
        let kith = crate::command::Kith::beside(&world);
        let token = kith.answer(&["token", "member", "ana", "--reason", "ticket 7"]);
        let support = with(&world, token.trim());
        assert_eq!(support.query("{ viewer { member { name } } }").await["viewer"]["member"]["name"], "ana");
        for document in [
            "mutation { setPassword(input: {password: \"a long password\"}) { userErrors { code } } }",
            "mutation { changeEmail(input: {email: \"x@example.org\"}) { userErrors { code } } }",
            "mutation { confirmEmailChange(input: {oldCode: \"1\", newCode: \"1\"}) { userErrors { code } } }",
            "mutation { revokeOtherSessions { userErrors { code } } }",
            "mutation { revokeSession(input: {sessionId: \"x\"}) { userErrors { code } } }",
            "mutation { exportAccount(input: {}) { userErrors { code } } }",
            "mutation { deleteAccount(input: {withoutExport: true}) { userErrors { code } } }",
        ] {
            assert_eq!(refusals(&support.mutate(document, json!({})).await), ["NOT_FOR_SUPPORT"], "{document}");
        }
        let sessions = ana.query("{ viewer { sessions { nodes { id supportReason } } } }").await["viewer"]["sessions"]["nodes"].clone();
        assert_eq!(sessions[0]["supportReason"], "ticket 7");
        let revoke = "mutation($id: ID!) { revokeSession(input: {sessionId: $id}) { userErrors { code } } }";
        ana.mutate(revoke, json!({"id": sessions[0]["id"]})).await;
        assert!(!is_good(&world, token.trim()).await, "the member ends it");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_session_stays_out_when_redis_is_away() {
    let Some(mut redis) = crate::support::Redis::start().await else { return };
    let world = World::on_redis(crate::support::Database::postgres().await, &redis.url()).await;
    world.people(["ana"]).await;
    let (phone, tablet) = (signed_in(&world, "ana").await, signed_in(&world, "ana").await);
    assert!(is_good(&world, &tablet.access).await);
    redis.kill();
    let revoke = "mutation($id: ID!) { revokeSession(input: {sessionId: $id}) { userErrors { code } } }";
    with(&world, &phone.access).mutate(revoke, json!({"id": tablet.session})).await;
    assert!(!is_good(&world, &tablet.access).await, "read from the database");
    assert!(is_good(&world, &phone.access).await);
    redis.restart().await;
    assert!(!is_good(&world, &tablet.access).await && is_good(&world, &phone.access).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_session_stays_out_when_redis_does_not_answer() {
    let Some(redis) = crate::support::Redis::start().await else { return };
    let world = World::on_redis(crate::support::Database::postgres().await, &redis.url()).await;
    world.people(["ana"]).await;
    let other = world.replica().await;
    let (phone, tablet) = (signed_in(&world, "ana").await, signed_in(&world, "ana").await);
    assert!(is_good(&world, &tablet.access).await && is_good(&other, &tablet.access).await);
    redis.pause();
    with(&world, &phone.access).mutate("mutation { revokeOtherSessions { ended } }", json!({})).await;
    assert!(!is_good(&world, &tablet.access).await && !is_good(&other, &tablet.access).await, "on both");
    assert!(is_good(&world, &phone.access).await && is_good(&other, &phone.access).await);
    // Until Redis would be tried again.
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    redis.resume();
    assert!(!is_good(&world, &tablet.access).await && !is_good(&other, &tablet.access).await, "nor is it back");
    assert_eq!(refusals(&refresh(&other, &tablet.refresh).await), ["SESSION_ENDED"]);
}

story! {
    async fn an_expired_token_is_told_apart_and_keeps_nobody_from_coming_in(world: World) {
        world.people(["ana"]).await;
        let tokens = signed_in(&world, "ana").await;
        pass(&world, 600 + 59);
        assert!(is_good(&world, &tokens.access).await, "clocks may differ by a minute");
        pass(&world, 2);
        let ana = with(&world, &tokens.access);
        let told = ana.ask("{ viewer { member { name } } }", json!({})).await;
        assert_eq!(told["errors"][0]["extensions"]["code"], "TOKEN_EXPIRED");
        let document = format!("mutation($t: String!) {{ refreshSession(input: {{refreshToken: $t}}) {{ {CREDENTIALS} userErrors {{ code }} }} }}");
        let refreshed = ana.mutate(&document, json!({"t": tokens.refresh})).await;
        assert_eq!(refreshed["userErrors"], json!([]), "refreshing ignores the expired bearer");
        let garbage = with(&world, "garbage");
        let sent = garbage.mutate("mutation { requestSignInCode(input: {email: \"ana@example.org\"}) { sent userErrors { code } } }", json!({})).await;
        assert_eq!(sent["sent"], true);
    }
}

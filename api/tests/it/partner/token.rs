//! How an access token is made, used, rotated, and ends.

use serde_json::json;

use crate::community::trail;
use crate::story;
use crate::support::{GRAPHQL, ISSUED, Person, Reply, SCOPES, World, text};

/// The status and the code of what somebody gets who asks for the token they ask by.
async fn asks(world: &World, partner: &Person) -> (u16, String) {
    let token = partner.token.clone().unwrap_or_default();
    let request =
        world.posting(r#"{"query": "{ accessToken { name } }"}"#).header("Accept", GRAPHQL).bearer_auth(token);
    Reply::to(request).await.outcome()
}

const GOOD: (u16, &str) = (200, "");
const NO_GOOD: (u16, &str) = (401, "UNAUTHENTICATED");

/// Holds what a token is good for.
macro_rules! holds {
    ($world:expr, $partner:expr, $outcome:expr, $why:literal) => {
        let (status, code) = asks($world, $partner).await;
        assert_eq!((status, code.as_str()), $outcome, $why);
    };
}

const TOKENS: &str = "query($id: ID!) { community(by: {id: $id}) { accessTokens { totalCount nodes {
    id name scopes lastFour state lastUsedAt createdBy { name } uses { nodes { operation fields address createdAt } } } } } }";

story! {
    async fn a_partner_asks_for_what_a_steward_has_granted(world: World) {
        let [ana, bela, cleo, dina, ema] = &world.people(["ana", "bela", "cleo", "dina", "ema"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "INVITATION").await;
        let made = ana.done("createAccessToken", ISSUED, world.new_token(&id, &["ROSTER_READ", "GOALS_READ"])).await;
        let secret = text(&made["secret"]);
        assert!(secret.starts_with("kith_pat_") && secret.len() == 48, "{secret}");
        assert_eq!(made["accessToken"]["scopes"], json!(["ROSTER_READ", "GOALS_READ"]));
        assert_eq!(made["accessToken"]["lastFour"], json!(secret[44..]));
        assert_eq!(world.count("access_token", &[("hash", secret.clone().into())]).await, 0, "only its hash is kept");

        let register = world.bearing(&secret);
        let document = "query Sync($id: ID!) { community(by: {id: $id}) { id roster { nodes { member { name } } } goals { nodes { outcome proposer { name } } } } }";
        let read = register.run(document, json!({"id": id})).await;
        assert_eq!(read["community"]["roster"]["nodes"].as_array().map(Vec::len), Some(5));
        assert_eq!(read["community"]["goals"]["nodes"][0]["proposer"]["name"], "ana");
        let mine = register.query("{ accessToken { name state community { id } } }").await;
        assert_eq!(mine["accessToken"], json!({"name": "The register", "state": "ACTIVE", "community": {"id": id}}));

        let answer = register.ask("query Half($id: ID!) { community(by: {id: $id}) { id name goals { totalCount } } }", json!({"id": id})).await;
        assert_eq!(answer["data"]["community"], json!(null), "a name is never null, so there is no community without it");
        assert_eq!(answer["errors"][0]["path"], json!(["community", "name"]));
        assert_eq!(answer["errors"][0]["extensions"]["requiredScope"], "COMMUNITY_READ");
        assert_eq!(answer["errors"][0]["message"], "`Community.name` needs an access token with the scope COMMUNITY_READ.");

        let log = ana.run(TOKENS, json!({"id": id})).await["community"]["accessTokens"].clone();
        assert_eq!(log["totalCount"], 1);
        let token = &log["nodes"][0];
        assert_eq!((&token["createdBy"]["name"], &token["lastFour"]), (&json!("ana"), &json!(secret[44..])));
        assert!(token["lastUsedAt"].is_string());
        let uses: Vec<(String, String)> = token["uses"]["nodes"].as_array().into_iter().flatten()
            .map(|used| (text(&used["operation"]), used["fields"].to_string())).collect();
        let told = |name: &str, field: &str| (name.to_owned(), format!("[\"{field}\"]"));
        assert_eq!(uses, [told("Half", "community"), told("", "accessToken"), told("Sync", "community")], "also what it was denied");
        assert_eq!(trail(ana, &id).await[0], "ACCESS_TOKEN_CREATED");

        for (who, why) in [(bela, "a member"), (&world.anybody(), "nobody in particular")] {
            let seen = who.ask(TOKENS, json!({"id": id})).await;
            assert!(seen.pointer("/data/community/accessTokens/nodes/0").is_none(), "{why}: {seen}");
        }
        world.pass_days(91);
        domain::access_token::forget_old(&world.system()).await.expect("what is old is forgotten");
        assert_eq!(world.count("access_token_use", &[]).await, 0);
    }
}

story! {
    async fn an_access_token_is_made_by_a_steward_who_proves_who_they_are(world: World) {
        let [ana, bela, zoe] = &world.people(["ana", "bela", "zoe"]).await;
        let id = world.forming([ana, bela]).await;
        let input = |scopes: &[&str]| world.new_token(&id, scopes);
        assert_eq!(bela.refused("createAccessToken", input(&["ROSTER_READ"])).await, ["STEWARDS_ONLY"]);
        assert_eq!(zoe.refused("createAccessToken", input(&["ROSTER_READ"])).await, ["NOT_FOUND"]);
        assert_eq!(ana.refused("createAccessToken", world.new_token("com_x", &["ROSTER_READ"])).await, ["NOT_FOUND"]);
        let mut wrong = input(&[]);
        wrong["name"] = json!(" ");
        for at in [world.hours_from_now(-1), world.hours_from_now(367 * 24)] {
            wrong["expiresAt"] = json!(at);
            assert_eq!(ana.refused("createAccessToken", wrong.clone()).await, ["INVALID_INPUT"; 3], "all at once");
        }
        for _ in 0..20 {
            ana.done("createAccessToken", "secret", input(&["ROSTER_READ"])).await;
        }
        assert_eq!(ana.refused("createAccessToken", input(&["ROSTER_READ"])).await, ["TOO_MANY_ACCESS_TOKENS"]);
        world.kith.clock.advance(std::time::Duration::from_secs(16 * 60));
        assert_eq!(ana.refused("createAccessToken", input(&["ROSTER_READ"])).await, ["PROOF_REQUIRED"]);
        let token = text(&ana.run(TOKENS, json!({"id": id})).await["community"]["accessTokens"]["nodes"][0]["id"]);
        assert_eq!(ana.refused("rotateAccessToken", json!({"accessTokenId": token})).await, ["PROOF_REQUIRED"]);
        for (who, code) in [(bela, "NOT_FOUND"), (zoe, "NOT_FOUND")] {
            assert_eq!(who.refused("revokeAccessToken", json!({"accessTokenId": token})).await, [code]);
            assert_eq!(who.refused("rotateAccessToken", json!({"accessTokenId": token})).await, [code]);
        }
        let revoked = ana.done("revokeAccessToken", "accessToken { state endedAt }", json!({"accessTokenId": token})).await;
        assert_eq!(revoked["accessToken"]["state"], "ENDED", "to end it takes no proof");
        let again = ana.done("revokeAccessToken", "accessToken { state endedAt }", json!({"accessTokenId": token})).await;
        assert_eq!(again, revoked);
    }
}

story! {
    async fn a_rotated_token_leaves_time_to_change_it(world: World) {
        let [ana, bela] = &world.people(["ana", "bela"]).await;
        let id = world.forming([ana, bela]).await;
        let (first, token) = world.partner(ana, &id, &["COMMUNITY_READ"]).await;
        let rotate = |hours: Option<u32>| json!({"accessTokenId": token, "overlapHours": hours});
        assert_eq!(ana.refused("rotateAccessToken", rotate(Some(169))).await, ["INVALID_INPUT"]);
        let rotated = ana.done("rotateAccessToken", ISSUED, rotate(None)).await;
        let second = world.bearing(&text(&rotated["secret"]));
        assert_eq!(rotated["accessToken"]["previousUntil"], json!(hours_after(&rotated, 24)));
        holds!(&world, &first, GOOD, "for a day");
        holds!(&world, &second, GOOD, "from the beginning");
        let third = world.bearing(&text(&ana.done("rotateAccessToken", ISSUED, rotate(None)).await["secret"]));
        holds!(&world, &first, NO_GOOD, "two are good, not three");
        holds!(&world, &second, GOOD, "the one before");
        world.kith.clock.advance(std::time::Duration::from_secs(24 * 60 * 60));
        holds!(&world, &second, NO_GOOD, "its day is over");
        holds!(&world, &third, GOOD, "it has its own time");
        let ana = &world.person("ana").await;
        let fourth = world.bearing(&text(&ana.done("rotateAccessToken", ISSUED, rotate(Some(0))).await["secret"]));
        holds!(&world, &third, NO_GOOD, "at once");
        holds!(&world, &fourth, GOOD, "and the new one");
        let mut later = rotate(None);
        later["expiresAt"] = json!(world.hours_from_now(200 * 24));
        let moved = ana.done("rotateAccessToken", "accessToken { expiresAt } secret", later.clone()).await;
        assert_eq!(moved["accessToken"]["expiresAt"], later["expiresAt"]);
        ana.done("revokeAccessToken", "__typename", json!({"accessTokenId": token})).await;
        assert_eq!(ana.refused("rotateAccessToken", rotate(None)).await, ["WRONG_STATE"]);
        holds!(&world, &world.bearing(&text(&moved["secret"])), NO_GOOD, "revoked");
        holds!(&world, &fourth, NO_GOOD, "with the one before");
    }
}

/// The moment so many hours after a token was rotated.
fn hours_after(rotated: &serde_json::Value, hours: i64) -> String {
    let format = &time::format_description::well_known::Rfc3339;
    let at = time::OffsetDateTime::parse(&text(&rotated["accessToken"]["rotatedAt"]), format).expect("a moment");
    (at + time::Duration::hours(hours)).format(format).expect("a moment")
}

story! {
    async fn a_token_that_is_over_or_none_of_ours_is_good_for_nothing(world: World) {
        let [ana, bela] = &world.people(["ana", "bela"]).await;
        let id = world.forming([ana, bela]).await;
        let (partner, _) = world.partner(ana, &id, &SCOPES).await;
        let secret = partner.token.clone().unwrap_or_default();
        let flipped = format!("{}{}", &secret[..47], if secret.ends_with('x') { 'y' } else { 'x' });
        let before = world.kith.store.statements();
        for wrong in ["kith_pat_", "kith_pat_x", &flipped, &secret.to_uppercase(), &format!("{secret}0")] {
            holds!(&world, &world.bearing(wrong), NO_GOOD, "not one of ours");
        }
        assert!(world.kith.store.statements() - before < 5, "no database is asked for what cannot be one of ours");
        world.kith.clock.advance(domain::ctx::days(90));
        holds!(&world, &partner, (401, "TOKEN_EXPIRED"), "its time is over");
    }
}

story! {
    async fn a_token_ends_with_the_stewardship_of_whoever_made_it(world: World) {
        let [ana, bela, cleo] = &world.people(["ana", "bela", "cleo"]).await;
        let id = world.forming([ana, bela, cleo]).await;
        let steward = async |member: &Person, role: &str| {
            let membership = ana.membership(&id, member, "ACTIVE").await;
            ana.done("setRole", "membership { role }", json!({"membershipId": membership, "role": role})).await;
        };
        steward(bela, "STEWARD").await;
        let (of_ana, _) = world.partner(ana, &id, &["COMMUNITY_READ"]).await;
        let (of_bela, token) = world.partner(bela, &id, &["COMMUNITY_READ"]).await;
        steward(bela, "MEMBER").await;
        holds!(&world, &of_bela, NO_GOOD, "bela looks after it no more");
        holds!(&world, &of_ana, GOOD, "ana does");
        assert_eq!(trail(ana, &id).await[..2], ["MADE_MEMBER", "ACCESS_TOKEN_REVOKED"]);
        steward(bela, "STEWARD").await;
        holds!(&world, &of_bela, NO_GOOD, "it does not come back");
        assert_eq!(ana.node("AccessToken", "state", &token).await["state"], "ENDED");

        let (of_bela, _) = world.partner(bela, &id, &["COMMUNITY_READ"]).await;
        bela.leave(&id).await;
        holds!(&world, &of_bela, NO_GOOD, "bela left");
        steward(cleo, "STEWARD").await;
        let (of_cleo, _) = world.partner(cleo, &id, &["COMMUNITY_READ"]).await;
        domain::account::suspend(&world.system(), "cleo").await.expect("cleo is suspended");
        holds!(&world, &of_cleo, NO_GOOD, "an account that may not be used lets nobody in");
        domain::account::restore(&world.system(), "cleo").await.expect("cleo is back");
        holds!(&world, &of_cleo, GOOD, "and in again");
        let cleo = &world.person("cleo").await;
        assert_eq!(ana.refused("rotateAccessToken", json!({"accessTokenId": token})).await, ["WRONG_STATE"]);
        ana.remove(&id, cleo).await;
        holds!(&world, &of_cleo, NO_GOOD, "cleo was removed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_token_is_good_for_nothing_on_every_replica_from_the_answer_on() {
    let world = World::on_postgres().await;
    let replica = world.replica().await;
    let [ana, bela] = &world.people(["ana", "bela"]).await;
    let id = world.forming([ana, bela]).await;
    for _ in 0..10 {
        let (partner, token) = world.partner(ana, &id, &["COMMUNITY_READ"]).await;
        holds!(&replica, &partner, GOOD, "on the other replica");
        ana.done("revokeAccessToken", "__typename", json!({"accessTokenId": token})).await;
        holds!(&replica, &partner, NO_GOOD, "on the other replica, at once");
        holds!(&world, &partner, NO_GOOD, "on this one");
    }
}

story! {
    async fn what_lasts_is_for_members(world: World) {
        let [ana, bela] = &world.people(["ana", "bela"]).await;
        let id = world.forming([ana, bela]).await;
        let (partner, _) = world.partner(ana, &id, &SCOPES).await;
        let body = r#"{"query": "subscription { notificationReceived { __typename } }"}"#;
        let token = partner.token.clone().unwrap_or_default();
        let request = world.client.post(format!("{}/graphql", world.address)).header("Content-Type", "application/json").body(body);
        let request = request.header("Accept", "text/event-stream").bearer_auth(token);
        assert_eq!(Reply::to(request).await.outcome(), (403, "FORBIDDEN_SCOPE".to_owned()));
    }
}

//! Keys change: a new one is put before the old one, and the old one is taken away when its tokens have expired.

use super::*;

const NEW: &str = "bmV3IGtleSBuZXcga2V5IG5ldyBrZXkgbmV3IGtleSE=";

/// The member a token of `world` speaks for, as a world with these keys hears it.
async fn heard(keys: &str, header: &Value, claims: &Value, seed: &str) -> Reply {
    let world = World::with(&[("KITH_SIGNING_KEY", keys)]).await;
    let [ana] = world.people(["ana"]).await;
    let kids: Vec<Value> = Reply::to(world.path("/.well-known/jwks.json")).await.json()["keys"]
        .as_array()
        .expect("keys")
        .iter()
        .map(|key| key["kid"].clone())
        .collect();
    let fresh = jsonwebtoken::decode_header(ana.token.as_deref().expect("a token")).expect("a header");
    assert_eq!(fresh.kid.map(Value::String).as_ref(), kids.first(), "the first key signs");
    let own = Forge::of(&world, &ana).await.claims;
    let claims = merged(claims, json!({"sub": own["sub"], "sid": own["sid"]}));
    ask(&world, &signed(header, &claims, &key(seed), Algorithm::EdDSA)).await
}

#[tokio::test]
async fn tokens_of_the_old_key_are_good_until_it_is_taken_away() {
    let before = World::on_sqlite().await;
    let [ana] = before.people(["ana"]).await;
    let old = Forge::of(&before, &ana).await;
    for keys in [SIGNING_KEY.to_owned(), format!("{NEW},{SIGNING_KEY}"), format!("{SIGNING_KEY}, {NEW}")] {
        is_accepted(&keys, &heard(&keys, &old.header, &old.claims, SIGNING_KEY).await);
    }
    is_refused("taken away", &heard(NEW, &old.header, &old.claims, SIGNING_KEY).await);
    is_refused(
        "another key of ours than the kid says",
        &heard(&format!("{NEW},{SIGNING_KEY}"), &old.header, &old.claims, NEW).await,
    );
}

#[tokio::test]
async fn anybody_can_verify_a_token_with_the_published_key() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let token = ana.token.as_deref().expect("a token");
    let jwks = Reply::to(world.path("/.well-known/jwks.json")).await.json();
    let jwks: jsonwebtoken::jwk::JwkSet = serde_json::from_value(jwks).expect("a key set");
    let Header { kid, typ, .. } = jsonwebtoken::decode_header(token).expect("a header");
    assert_eq!(typ.as_deref(), Some("at+jwt"));
    let key = DecodingKey::from_jwk(jwks.find(&kid.expect("a kid")).expect("the key")).expect("a key");
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&["kith"]);
    validation.set_issuer(&[ISSUER]);
    let claims = jsonwebtoken::decode::<Value>(token, &key, &validation).expect("right").claims;
    assert_eq!(claims["sub"], ana.id.0.to_string());
    let mut names: Vec<&String> = claims.as_object().expect("claims").keys().collect();
    names.sort();
    assert_eq!(names, ["aud", "exp", "iat", "iss", "jti", "sid", "sub"], "and nothing that tells who the member is");
}

#[tokio::test]
async fn a_support_token_acts_for_a_member() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let forge = Forge::of(&world, &ana).await;
    is_accepted("act", &ask(&world, &forge.claim(json!({"act": {"sub": "operator", "reason": "ticket 7"}}))).await);
}

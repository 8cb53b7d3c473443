//! Access tokens: some sixty forged ones are refused, and what is right is accepted.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, Reply, SIGNING_KEY, World};

mod keys;

const ISSUER: &str = "http://kith.test";
const WHO: &str = "{ viewer { member { handle } } }";

/// A key in the form that JWT libraries take: RFC 8410 around the seed.
fn key(seed: &str) -> EncodingKey {
    let head = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    EncodingKey::from_ed_der(&[&head[..], &BASE64_STANDARD.decode(seed).expect("base64")].concat())
}

fn part(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

/// `head.claims` with a signature of `key` after `algorithm`, whatever the header says.
fn signed(header: &Value, claims: &Value, key: &EncodingKey, algorithm: Algorithm) -> String {
    let text = format!("{}.{}", part(header), part(claims));
    let signature = jsonwebtoken::crypto::sign(text.as_bytes(), key, algorithm).expect("a signature");
    format!("{text}.{signature}")
}

/// What a forger starts from: a right token of a member, taken apart, and the keys around it.
struct Forge {
    header: Value,
    claims: Value,
    ours: EncodingKey,
    other: EncodingKey,
    /// The public half of our key: its bytes, which a confused verifier takes as a secret.
    public: Vec<u8>,
}

impl Forge {
    async fn of(world: &World, person: &Person) -> Self {
        let token = person.token.as_deref().expect("a token");
        let part = |at| {
            let text = token.split('.').nth(at).expect("three parts");
            serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(text).expect("base64url")).expect("JSON")
        };
        let jwks = Reply::to(world.path("/.well-known/jwks.json")).await.json();
        let public = BASE64_URL_SAFE_NO_PAD.decode(jwks["keys"][0]["x"].as_str().expect("x")).expect("base64url");
        let other = key("b3RoZXIga2V5IG90aGVyIGtleSBvdGhlciBrZXkgISE=");
        Self { header: part(0), claims: part(1), ours: key(SIGNING_KEY), other, public }
    }

    /// The token with these members of its header and claims instead of its own, signed by our key; null takes away.
    fn with(&self, header: Value, claims: Value) -> String {
        signed(&merged(&self.header, header), &merged(&self.claims, claims), &self.ours, Algorithm::EdDSA)
    }

    fn header(&self, members: Value) -> String {
        self.with(members, json!({}))
    }

    fn claim(&self, members: Value) -> String {
        self.with(json!({}), members)
    }

    fn now(&self) -> u64 {
        self.claims["iat"].as_u64().expect("a time")
    }
}

/// `"absent"` takes a member away; all else replaces it.
fn merged(base: &Value, members: Value) -> Value {
    let mut all = base.clone();
    for (name, value) in members.as_object().expect("an object") {
        match value {
            Value::String(absent) if absent == "absent" => drop(all.as_object_mut().and_then(|all| all.remove(name))),
            value => all[name] = value.clone(),
        }
    }
    all
}

async fn ask(world: &World, token: &str) -> Reply {
    Reply::to(world.asking(WHO).header("Authorization", format!("Bearer {token}"))).await
}

fn is_refused(what: &str, reply: &Reply) {
    assert_eq!(reply.outcome(), (401, "UNAUTHENTICATED".to_owned()), "{what}: {}", reply.text());
    assert_eq!(reply.header("www-authenticate"), r#"Bearer error="invalid_token""#, "{what}");
    assert_eq!((reply.header("cache-control"), reply.json().get("data")), ("no-store", None), "{what}");
}

fn is_accepted(what: &str, reply: &Reply) {
    assert_eq!(reply.json(), json!({"data": {"viewer": {"member": {"handle": "ana"}}}}), "{what}");
}

#[tokio::test]
async fn a_token_is_signed_by_our_key_after_our_algorithm() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let forge = Forge::of(&world, &ana).await;
    is_accepted("the control, put together here", &ask(&world, &forge.header(json!({}))).await);

    let token = ana.token.as_deref().expect("a token");
    let (text, signature) = token.rsplit_once('.').expect("a signature");
    let mut forged = Vec::new();
    for none in ["none", "None", "NONE", "nOnE", ""] {
        let header = merged(&forge.header, json!({"alg": none}));
        let unsigned = format!("{}.{}", part(&header), part(&forge.claims));
        forged.push((format!("alg {none:?} without a signature"), format!("{unsigned}.")));
        forged.push((format!("alg {none:?} with the right one"), format!("{unsigned}.{signature}")));
    }
    let hmac = [(Algorithm::HS256, "HS256"), (Algorithm::HS384, "HS384"), (Algorithm::HS512, "HS512")];
    let pem =
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", BASE64_STANDARD.encode(&forge.public));
    let jwk = BASE64_URL_SAFE_NO_PAD.encode(&forge.public).into_bytes();
    for (algorithm, name) in hmac {
        for (how, secret) in [
            ("bytes", &forge.public[..]),
            ("PEM", pem.as_bytes()),
            ("JWK's x", &jwk),
            ("no key", b""),
            ("secret", b"secret"),
        ] {
            let header = merged(&forge.header, json!({"alg": name}));
            let token = signed(&header, &forge.claims, &EncodingKey::from_secret(secret), algorithm);
            forged.push((format!("{name} with the public key's {how}"), token));
        }
        let token = signed(&forge.header, &forge.claims, &EncodingKey::from_secret(&forge.public), algorithm);
        forged.push((format!("{name} that says EdDSA"), token));
    }
    for alg in ["ES256", "RS256", "PS256", "Ed448", "EDDSA", "eddsa"] {
        forged.push((format!("alg {alg}"), forge.header(json!({"alg": alg}))));
    }
    forged.push(("no alg".to_owned(), forge.header(json!({"alg": "absent"}))));
    let by_another = signed(&forge.header, &forge.claims, &forge.other, Algorithm::EdDSA);
    forged.push(("another key under our kid".to_owned(), by_another));
    let zero = BASE64_URL_SAFE_NO_PAD.encode([0; 64]);
    forged.push(("a signature of zeros".to_owned(), format!("{text}.{zero}")));
    forged.push(("the signature of another token".to_owned(), {
        let other = forge.claim(json!({"jti": "00000000-0000-4000-8000-000000000000"}));
        format!("{text}.{}", other.rsplit('.').next().expect("a signature"))
    }));
    let elsewhere = part(&merged(&forge.claims, json!({"sub": uuid::Uuid::nil()})));
    forged.push(("other claims under the right signature".to_owned(), {
        format!("{}.{elsewhere}.{signature}", text.split('.').next().expect("a header"))
    }));
    for (what, token) in &forged {
        is_refused(what, &ask(&world, token).await);
    }
    is_accepted("the control, after all this", &ask(&world, token).await);
}

#[tokio::test]
async fn a_header_says_what_it_must_and_nothing_in_it_is_followed() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let forge = Forge::of(&world, &ana).await;
    let jwks = Reply::to(world.path("/.well-known/jwks.json")).await.json();
    for (what, header) in [
        ("no kid", json!({"kid": "absent"})),
        ("an empty kid", json!({"kid": ""})),
        ("another kid", json!({"kid": "x"})),
        ("a kid in SQL", json!({"kid": "' OR 1=1 --"})),
        ("a kid that is a path", json!({"kid": "../../../../dev/null"})),
        ("a kid that is a list", json!({"kid": [forge.header["kid"]]})),
        ("no typ", json!({"typ": "absent"})),
        ("typ JWT", json!({"typ": "JWT"})),
        ("an ID token's typ", json!({"typ": "id+jwt"})),
        ("crit", json!({"crit": ["exp"]})),
        ("an empty crit", json!({"crit": []})),
        ("crit b64", json!({"crit": ["b64"], "b64": false})),
    ] {
        is_refused(what, &ask(&world, &forge.header(header)).await);
    }
    // What names other keys is not looked at: with the right signature it does no harm ...
    let own_key = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    for (name, value) in [
        ("jku", json!(format!("{}/keys", world.address))),
        ("jku", json!("https://evil.example/jwks.json")),
        ("x5u", json!("https://evil.example/cert.pem")),
        ("jwk", own_key.clone()),
        ("x5c", json!(["MIIB"])),
    ] {
        is_accepted(name, &ask(&world, &forge.header(json!({(name): value}))).await);
    }
    // ... and with the signature of the key it names, no good.
    for (what, members) in [
        ("jwk of its own key", json!({"jwk": own_key})),
        ("jwk of its own key, and its kid", json!({"jwk": own_key, "kid": "x"})),
        ("jku", json!({"jku": "https://evil.example/jwks.json", "kid": "x"})),
        ("x5c", json!({"x5c": ["MIIB"], "kid": jwks["keys"][0]["kid"]})),
    ] {
        let header = merged(&forge.header, members);
        is_refused(what, &ask(&world, &signed(&header, &forge.claims, &forge.other, Algorithm::EdDSA)).await);
    }
}

#[tokio::test]
async fn every_claim_is_there_and_right() {
    let world = World::on_sqlite().await;
    let [ana, bela] = world.people(["ana", "bela"]).await;
    let forge = Forge::of(&world, &ana).await;
    let theirs = Forge::of(&world, &bela).await.claims["sid"].clone();
    let tablet = world.person("ana").await;
    let over = Forge::of(&world, &tablet).await.claims["sid"].clone();
    tablet.query("mutation { signOut { deletedSessionId } }").await;
    let now = forge.now();
    for (what, claims) in [
        ("no iss", json!({"iss": "absent"})),
        ("another iss", json!({"iss": "https://evil.example"})),
        ("an iss with a slash more", json!({"iss": format!("{ISSUER}/")})),
        ("a list of iss", json!({"iss": [ISSUER]})),
        ("no aud", json!({"aud": "absent"})),
        ("another aud", json!({"aud": "elsewhere"})),
        ("a list of other aud", json!({"aud": ["elsewhere"]})),
        ("a list with our aud in it", json!({"aud": ["elsewhere", "kith"]})),
        ("aud null", json!({"aud": null})),
        ("no exp", json!({"exp": "absent"})),
        ("exp null", json!({"exp": null})),
        ("exp a string", json!({"exp": (now + 600).to_string()})),
        ("exp never", json!({"exp": "never"})),
        ("exp negative", json!({"exp": -1})),
        ("exp a list", json!({"exp": [now + 600]})),
        ("exp a fraction", json!({"exp": now as f64 + 600.5})),
        ("exp beyond 64 bits", json!({"exp": 1e300})),
        ("exp before iat", json!({"exp": now + 10, "iat": now + 20})),
        ("nbf in the future", json!({"nbf": now + 3_600})),
        ("nbf a string", json!({"nbf": "tomorrow"})),
        ("nbf a list", json!({"nbf": [now + 3_600]})),
        ("no iat", json!({"iat": "absent"})),
        ("iat in the future", json!({"iat": now + 300})),
        ("iat a string", json!({"iat": now.to_string()})),
        ("iat null", json!({"iat": null})),
        ("iat negative", json!({"iat": -1})),
        ("no sub", json!({"sub": "absent"})),
        ("sub no uuid", json!({"sub": "ana"})),
        ("sub empty", json!({"sub": ""})),
        ("sub null", json!({"sub": null})),
        ("sub a list", json!({"sub": [forge.claims["sub"]]})),
        ("no sid", json!({"sid": "absent"})),
        ("sid no uuid", json!({"sid": "phone"})),
        ("sid null", json!({"sid": null})),
        ("sid a list", json!({"sid": [forge.claims["sid"]]})),
        ("sid of nobody", json!({"sid": "00000000-0000-7000-8000-000000000000"})),
        ("sub unknown", json!({"sub": "00000000-0000-7000-8000-000000000000"})),
        ("act no object", json!({"act": "operator"})),
    ] {
        is_refused(what, &ask(&world, &forge.claim(claims)).await);
    }
    for (what, sid) in [("sid of another member's", &theirs), ("sid of a session that is over", &over)] {
        is_refused(what, &ask(&world, &forge.claim(json!({"sid": sid}))).await);
    }
    for (what, claims) in [
        ("iat of a clock that goes a little before", json!({"iat": now + 30})),
        ("exp of a clock that goes a little behind", json!({"exp": now - 30, "iat": now - 600})),
        ("claims nobody knows", json!({"scope": "admin", "role": "steward"})),
        ("nbf in the past", json!({"nbf": now - 10})),
    ] {
        is_accepted(what, &ask(&world, &forge.claim(claims)).await);
    }
}

#[tokio::test]
async fn an_expired_token_says_so() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let forge = Forge::of(&world, &ana).await;
    let past = |ago: u64| json!({"iat": forge.now() - ago - 600, "exp": forge.now() - ago});
    for ago in [90, 3_600, 86_400 * 365] {
        let reply = ask(&world, &forge.claim(past(ago))).await;
        assert_eq!(reply.outcome(), (401, "TOKEN_EXPIRED".to_owned()), "{ago} s ago");
        assert_eq!(reply.header("www-authenticate"), r#"Bearer error="invalid_token""#);
    }
    let forged = signed(&forge.header, &merged(&forge.claims, past(90)), &forge.other, Algorithm::EdDSA);
    is_refused("expired and forged", &ask(&world, &forged).await);
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let token = ana.token.clone().expect("a token");
    let parts: Vec<&str> = token.split('.').collect();
    let padded: Vec<String> =
        parts.iter().map(|part| BASE64_URL_SAFE.encode(BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64"))).collect();
    for (what, token) in [
        ("cut short", token[..token.len() - 4].to_owned()),
        ("the header alone", parts[0].to_owned()),
        ("no signature", format!("{}.{}", parts[0], parts[1])),
        ("an empty signature", format!("{}.{}.", parts[0], parts[1])),
        ("empty claims", format!("{}..{}", parts[0], parts[2])),
        ("two dots", "..".to_owned()),
        ("a fourth part", format!("{token}.{}", parts[2])),
        ("a dot at the end", format!("{token}.")),
        ("a dot before", format!(".{token}")),
        ("padding", padded.join(".")),
        ("another alphabet", format!("{}.{}.{}", parts[0], parts[1], "+/".repeat(43))),
        ("whitespace within", token.replacen('.', ". ", 1)),
        ("a tab within", token.replacen('.', "\t.", 1)),
        ("twice", format!("{token} {token}")),
        ("in quotes", format!("\"{token}\"")),
        ("10 KB", "A".repeat(10 * 1024)),
        ("of nothing but dots", ".".repeat(1_000)),
        ("not a JWT", "kith_pat_0123456789".to_owned()),
    ] {
        is_refused(what, &ask(&world, &token).await);
    }
    for (what, header) in [
        ("another scheme", format!("Basic {token}")),
        ("a scheme that begins so", format!("BearerX {token}")),
        ("no scheme", token.clone()),
        ("a comma", format!("Bearer,{token}")),
        ("the scheme alone", "Bearer".to_owned()),
    ] {
        is_refused(what, &Reply::to(world.asking(WHO).header("Authorization", header)).await);
    }
    let bytes = reqwest::header::HeaderValue::from_bytes(b"Bearer \xff\xfe").expect("a header");
    is_refused("no ASCII", &Reply::to(world.asking(WHO).header("Authorization", bytes)).await);
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        let header = format!("{scheme} {token}");
        is_accepted(scheme, &Reply::to(world.asking(WHO).header("Authorization", header)).await);
    }
    let huge = world.asking(WHO).header("Authorization", format!("Bearer {}", "A".repeat(100 * 1024))).send().await;
    assert!(huge.is_err() || huge.is_ok_and(|reply| reply.status().is_client_error()), "100 KB");
    is_accepted("the control, after all this", &ask(&world, &token).await);
}

#[tokio::test]
async fn a_token_is_nowhere_but_in_its_header() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let token = ana.token.clone().expect("a token");
    let nobody = json!({"data": {"viewer": null}});
    for name in ["access_token", "token", "bearer", "authorization", "Authorization", "jwt"] {
        let in_address = Reply::to(world.getting(&[("query", WHO), (name, &token)])).await;
        assert_eq!(in_address.json(), nobody, "?{name}=");
        let in_cookie = Reply::to(world.asking(WHO).header("Cookie", format!("{name}={token}"))).await;
        assert_eq!(in_cookie.json(), nobody, "Cookie: {name}=");
        let body = json!({"query": WHO, (name): token, "extensions": {(name): token}});
        assert_eq!(Reply::to(world.posting(body.to_string())).await.json(), nobody, "in the body: {name}");
    }
    for header in ["X-Authorization", "X-Access-Token", "Proxy-Authorization"] {
        let elsewhere = Reply::to(world.asking(WHO).header(header, format!("Bearer {token}"))).await;
        assert_eq!(elsewhere.json(), nobody, "{header}");
    }
}

story! {
    async fn a_token_of_somebody_who_is_suspended_is_refused(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        domain::account::suspend(&world.system(), "bela").await.expect("bela is suspended");
        is_refused("suspended", &ask(&world, bela.token.as_deref().expect("a token")).await);
        is_accepted("the control", &ask(&world, ana.token.as_deref().expect("a token")).await);
    }
}

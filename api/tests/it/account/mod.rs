//! Accounts: how people come in, stay signed in, change what proves them, and leave.

mod code;
mod credential;
mod erased;
mod guess;
mod keys;
mod leaving;
mod race;
mod refresh;
mod session;
mod sign_up;

use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::{Person, World};

/// What `credentials` are asked for.
const CREDENTIALS: &str = "credentials { accessToken refreshToken session { id device } }";

/// The address of somebody called so.
fn address(name: &str) -> String {
    format!("{name}@example.org")
}

/// Has a code sent to an address.
async fn ask_code(world: &World, email: &str) -> Value {
    let document = "mutation($e: String!) { requestSignInCode(input: {email: $e}) { sent userErrors { code message ... on LimitError { retryAt } } } }";
    world.anybody().mutate(document, json!({"e": email})).await
}

/// Signs in by a code.
async fn sign_in(world: &World, email: &str, code: &str) -> Value {
    let document = format!(
        "mutation($e: String!, $c: String!) {{ signIn(input: {{with: {{emailCode: {{email: $e, code: $c}}}}, device: {{name: \"phone\", platform: IOS}}}}) {{ {CREDENTIALS} restored userErrors {{ code message ... on LimitError {{ retryAt }} }} }} }}"
    );
    world.anybody().mutate(&document, json!({"e": email, "c": code})).await
}

/// Signs in by a password.
async fn by_password(world: &World, email: &str, password: &str) -> Value {
    let document = format!(
        "mutation($e: String!, $p: String!) {{ signIn(input: {{with: {{password: {{email: $e, password: $p}}}}, device: {{name: \"phone\", platform: IOS}}}}) {{ {CREDENTIALS} userErrors {{ code message }} }} }}"
    );
    world.anybody().mutate(&document, json!({"e": email, "p": password})).await
}

/// The tokens of somebody who signs in by a code just sent.
async fn signed_in(world: &World, name: &str) -> Tokens {
    ask_code(world, &address(name)).await;
    let signed_in = sign_in(world, &address(name), &world.code_for(&address(name)).await).await;
    assert_eq!(signed_in["userErrors"], json!([]), "{signed_in}");
    Tokens::of(&signed_in["credentials"])
}

/// What a phone keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Tokens {
    access: String,
    refresh: String,
    session: String,
}

impl Tokens {
    fn of(credentials: &Value) -> Self {
        let text = |value: &Value| value.as_str().expect("credentials").to_owned();
        let session = text(&credentials["session"]["id"]);
        Self { access: text(&credentials["accessToken"]), refresh: text(&credentials["refreshToken"]), session }
    }
}

/// Somebody who asks with an access token.
fn with(world: &World, access: &str) -> Person {
    Person { token: Some(access.to_owned()), ..world.anybody() }
}

/// Whether an access token is good now.
async fn is_good(world: &World, access: &str) -> bool {
    let answer = with(world, access).ask("{ viewer { member { name } } }", json!({})).await;
    match answer.pointer("/errors/0/extensions/code").and_then(Value::as_str) {
        None => true,
        Some("UNAUTHENTICATED" | "TOKEN_EXPIRED") => false,
        other => panic!("{other:?}"),
    }
}

/// Changes a refresh token for new ones.
async fn refresh(world: &World, token: &str) -> Value {
    let document = format!(
        "mutation($t: String!) {{ refreshSession(input: {{refreshToken: $t}}) {{ {CREDENTIALS} userErrors {{ code }} }} }}"
    );
    world.anybody().mutate(&document, json!({"t": token})).await
}

/// The payload of a mutation asked from a network that a proxy tells of.
async fn ask_from(world: &World, network: &str, document: &str, variables: Value) -> Value {
    let request = world.client.post(format!("{}/graphql", world.address)).header("X-Forwarded-For", network);
    let answer = request.json(&json!({"query": document, "variables": variables})).send().await;
    let answer: Value = answer.expect("an answer").json().await.expect("JSON");
    assert_eq!(answer.get("errors"), None, "{document}");
    answer["data"].as_object().and_then(|data| data.values().next()).cloned().expect("one payload")
}

/// Has a code sent to each of these addresses, each from a network of its own, so that no limit of one answers; returns
/// the codes. The server is one behind a proxy.
async fn codes_for(world: &World, emails: &[String]) -> Vec<String> {
    let document = "mutation($e: String!) { requestSignInCode(input: {email: $e}) { sent userErrors { code } } }";
    let asked = emails.iter().enumerate().map(|(number, email)| async move {
        let sent = ask_from(world, &format!("192.0.2.{number}"), document, json!({"e": email})).await;
        assert_eq!(sent["sent"], true, "{email}: {sent}");
    });
    join_all(asked).await;
    join_all(emails.iter().map(|email| world.code_for(email))).await
}

fn pass(world: &World, seconds: u64) {
    world.kith.clock.advance(std::time::Duration::from_secs(seconds));
}

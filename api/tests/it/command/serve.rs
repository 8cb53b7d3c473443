//! `kith serve`: from an empty folder to a first answer, and a stop that cuts nobody off.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Kith, Serving};
use crate::support::without_cost;

async fn ask(serving: &Serving, token: Option<&str>, document: &str) -> Value {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let request = client.post(format!("{}/graphql", serving.address)).json(&json!({"query": document}));
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    without_cost(request.send().await.expect("an answer").json().await.expect("JSON"))
}

fn tokens(out: &str) -> Vec<String> {
    let after = out.split("Bearer ").skip(1);
    after.map(|rest| rest.chars().take_while(|c| *c != '"').collect()).collect()
}

/// The printed query: the line in braces that begins none of the headers.
fn query(out: &str) -> String {
    let mut lines = out.lines().map(str::trim);
    lines.rfind(|line| line.starts_with("{ ")).expect("an example query").to_owned()
}

const WHO: &str = "{ viewer { member { handle } reach { ties network } } }";

#[tokio::test]
async fn from_an_empty_folder_the_server_shows_what_to_do_first() {
    let kith = Kith::with(&[]);
    let mut serving = kith.serve(&[]);
    serving.wait_for("the example", |serving| {
        serving.out().contains("A query to begin with") && serving.out().ends_with("}\n\n")
    });
    let out = serving.out();
    assert!(out.contains(&format!("Playground   {}/graphiql", serving.address)), "{out}");
    let page = reqwest::get(format!("{}/graphiql", serving.address)).await.expect("an answer");
    assert_eq!(page.status(), 200);

    let tokens = tokens(&out);
    assert_eq!(tokens.len(), 3, "{out}");
    let mut handles = Vec::new();
    for token in &tokens {
        let answer = ask(&serving, Some(token), WHO).await;
        let handle = answer["data"]["viewer"]["member"]["handle"].as_str().expect("a handle").to_owned();
        assert!(out.contains(&format!("  {handle}: ")), "{handle} is introduced: {out}");
        handles.push(handle);
    }
    let answer = ask(&serving, Some(&tokens[0]), &query(&out)).await;
    assert_eq!(answer.get("errors"), None, "{answer}");
    assert!(answer["data"]["viewer"]["reach"]["network"].as_u64() > Some(0), "{answer}");
    let edges = answer["data"]["viewer"]["whoCanHelp"]["edges"].as_array().expect("edges");
    assert!(
        !edges.is_empty() && edges.iter().all(|edge| edge["routes"][0]["connector"]["name"].is_string()),
        "{answer}"
    );

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |name| std::fs::metadata(kith.file(name)).expect(name).permissions().mode() & 0o777;
        assert_eq!((mode(".kith"), mode(".kith/signing.key")), (0o700, 0o600), "nobody else may read these");
    }

    serving.terminate();
    assert_eq!(serving.ended(), Some(0), "{}", serving.err());
    let mut again = kith.serve(&[]);
    again.wait_for("the example", |serving| serving.out().contains("A query to begin with"));
    for (token, handle) in tokens.iter().zip(&handles) {
        let answer = ask(&again, Some(token), WHO).await;
        assert_eq!(answer["data"]["viewer"]["member"]["handle"], handle.as_str(), "data and keys outlive a restart");
    }
}

#[tokio::test]
async fn an_empty_database_stays_empty_if_asked_to() {
    let kith = Kith::with(&[]);
    let serving = kith.serve(&["--no-demo"]);
    assert_eq!(ask(&serving, None, "{ __typename }").await, json!({"data": {"__typename": "Query"}}));
    assert!(!serving.out().contains("Bearer"), "{}", serving.out());
    drop(serving);
    assert!(kith.refusal(&["token", "member", "anybody"]).contains("no member"));
    kith.answer(&["demo"]); // which it would refuse if somebody were there
}

#[tokio::test]
async fn production_makes_no_demo_and_shows_no_playground() {
    let kith = Kith::with(&[
        ("KITH_ENV", "production"),
        ("KITH_SIGNING_KEY", crate::support::SIGNING_KEY),
        ("KITH_PUBLIC_URL", "https://kith.example"),
        ("KITH_SMTP_URL", "smtp://127.0.0.1:1"),
        ("KITH_MAIL_FROM", crate::support::FROM),
    ]);
    let mut serving = kith.serve(&[]);
    assert_eq!(ask(&serving, None, "{ serverInfo { name } }").await["data"]["serverInfo"]["name"], "Kith");
    assert_eq!(serving.out(), "", "standard output is for answers");
    let log = serving.err();
    let line: Value = serde_json::from_str(log.lines().next().expect("a line")).expect("the log is JSON");
    assert!(line.is_object());
    serving.terminate();
    assert_eq!(serving.ended(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_begun_to_ask_is_answered_before_the_server_stops() {
    let kith = Kith::with(&[]);
    let mut serving = kith.serve(&["--no-demo"]);
    let mut stream = TcpStream::connect(serving.address.trim_start_matches("http://")).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
    let body = json!({"query": "{ __typename }"}).to_string();
    let (first, rest) = body.split_at(5);
    let head = "POST /graphql HTTP/1.1\r\nHost: kith\r\nConnection: close\r\nContent-Type: application/json";
    write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{first}", body.len()).expect("written");
    std::thread::sleep(Duration::from_millis(300));
    serving.terminate();
    std::thread::sleep(Duration::from_millis(300));
    stream.write_all(rest.as_bytes()).expect("written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(r#"{"__typename":"Query"}"#), "{answer}");
    assert_eq!(serving.ended(), Some(0));
}

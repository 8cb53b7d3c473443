//! The npm clients `graphql-ws` and `graphql-sse`, as apps use them: what their authors take for the protocol is what we
//! speak.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use super::{sign_in_elsewhere, token};
use crate::support::World;

/// Node takes its time to start while other tests run.
const PATIENCE: Duration = Duration::from_secs(30);

/// An app that does what its story says, in a process of its own, until this is dropped.
pub(super) struct App {
    lines: Lines<BufReader<ChildStdout>>,
    _process: Child,
}

impl App {
    /// Each time it connects it uses the next of the worlds and of the tokens.
    fn begin(story: &str, worlds: &[&World], tokens: &[&str]) -> Self {
        Self::asking(story, worlds, tokens, SESSION, json!({}))
    }

    /// The same, subscribed to `document`.
    pub(super) fn asking(story: &str, worlds: &[&World], tokens: &[&str], document: &str, variables: Value) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/live-clients");
        assert!(
            folder.join("node_modules").is_dir(),
            "the clients are not installed: run the tests by `bash .ci/test`"
        );
        let urls: Vec<String> = worlds.iter().map(|world| format!("{}/graphql", world.address)).collect();
        let settings = json!({"urls": urls, "tokens": tokens, "query": document, "variables": variables}).to_string();
        let mut command = Command::new("node");
        command.args(["run.mjs", story, &settings]).current_dir(folder).kill_on_drop(true);
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("node is there");
        let lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        Self { lines, _process: process }
    }

    /// The next line.
    async fn says(&mut self) -> String {
        let line = timeout(PATIENCE, self.lines.next_line()).await.expect("something is said in time");
        line.expect("a pipe").expect("a line")
    }

    pub(super) async fn is_connected(&mut self) {
        assert_eq!(self.says().await, "connected");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }

    /// The answer that comes next.
    pub(super) async fn hears(&mut self) -> Value {
        let line = self.says().await;
        serde_json::from_str(line.strip_prefix("next ").unwrap_or_else(|| panic!("no answer: {line}"))).expect("JSON")
    }
}

const SESSION: &str = "subscription { sessionChanged { device current } }";

fn told() -> Value {
    json!({"data": {"sessionChanged": {"device": "a test", "current": true}}})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_on_graphql_ws_hears_what_happens_and_comes_back_after_a_restart() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let restarted = world.restarted(&[]).await;
    let mut app = App::begin("ws", &[&world, &restarted], &[ana.token.as_deref().expect("a token")]);
    app.is_connected().await;
    sign_in_elsewhere(&world, &ana).await;
    assert_eq!(app.hears().await, told());
    world.stop().await;
    assert!(app.says().await.starts_with("closed 1012 "));
    app.is_connected().await;
    sign_in_elsewhere(&restarted, &ana).await;
    assert_eq!(app.hears().await, told(), "without a word of the app's own");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_on_graphql_ws_comes_back_with_a_new_token_when_the_old_one_is_over() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let (_, short) = token(&world, &ana, 10).await;
    let mut app = App::begin("ws", &[&world], &[&short, ana.token.as_deref().expect("a token")]);
    app.is_connected().await;
    world.kith.clock.advance(Duration::from_secs(600));
    assert_eq!(app.says().await, "closed 4403 Forbidden: token expired");
    app.is_connected().await;
    sign_in_elsewhere(&world, &ana).await;
    assert_eq!(app.hears().await, told());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn graphql_ws_finds_the_close_codes_it_knows() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let good = ana.token.as_deref().expect("a token");
    for (story, token, said) in [
        ("ws-once", "x", &["closed 4403 "][..]),
        ("ws-same-id", good, &["connected", "closed 4409 Subscriber for same already exists"]),
        ("ws-unauthorized", good, &["closed 4401 "]),
        ("ws-old-protocol", good, &["closed "]),
        ("ws-invalid", good, &["connected", "error [{"]),
        ("ws-query", good, &["connected", r#"next {"data":{"viewer":{"member":{"handle":"ana"}}},"#, "complete"]),
        ("ws-ping", good, &["connected", "asked", "answered", "asked", "answered"]),
    ] {
        let mut app = App::begin(story, &[&world], &[token]);
        for expected in said {
            let line = app.says().await;
            assert!(line.starts_with(expected), "{story}: {line}, not {expected}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_on_graphql_sse_hears_what_happens_and_why_it_is_over() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let (_, short) = token(&world, &ana, 10).await;
    let good = ana.token.as_deref().expect("a token");
    let mut app = App::begin("sse", &[&world], &[&short]);
    // It does not say when it is connected.
    let first = async {
        loop {
            sign_in_elsewhere(&world, &ana).await;
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    let session = tokio::select! {
        answer = app.hears() => answer["data"]["sessionChanged"].clone(),
        () = first => unreachable!("it goes on for ever"),
    };
    assert_eq!(session, json!({"device": "short", "current": true}));
    world.kith.clock.advance(Duration::from_secs(600));
    let mut last = app.hears().await;
    while last.get("errors").is_none() {
        last = app.hears().await;
    }
    assert_eq!(last["errors"][0]["extensions"]["code"], "TOKEN_EXPIRED");
    assert_eq!(app.says().await, "complete");

    for (story, token, said) in [
        ("sse", "x", &["error 401"][..]),
        ("sse-invalid", good, &[r#"next {"errors":[{"#, "complete"]),
        ("sse-query", good, &[r#"next {"data":{"viewer":{"member":{"handle":"ana"}}},"#, "complete"]),
    ] {
        let mut app = App::begin(story, &[&world], &[token]);
        for expected in said {
            let line = app.says().await;
            assert!(line.starts_with(expected), "{story}: {line}, not {expected}");
        }
    }
}

//! Letters: those a world's server has sent, and a real SMTP server for the stories about sending itself.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::Mutex;

use super::{World, until};

/// How long a letter may take.
const PATIENCE: Duration = Duration::from_secs(20);

impl World {
    /// The newest code that was sent to this address.
    pub(crate) async fn code_for(&self, address: &str) -> String {
        let newest = || {
            let kept = self.mailer.kept();
            let mut codes = kept.iter().rev().filter(|kept| kept.letter.to == address);
            codes.find_map(|kept| kept.letter.content.code().map(str::to_owned))
        };
        until(&format!("a code for {address}"), PATIENCE, async || newest().is_some()).await;
        newest().expect("it was there just now")
    }
}

/// An SMTP server in a process of its own, which ends with this.
pub(crate) struct MailServer {
    port: u16,
    letters: Mutex<Lines<BufReader<ChildStdout>>>,
    /// What came, and nobody has asked for yet.
    waiting: Mutex<Vec<Mail>>,
    _process: Child,
}

/// A letter as it arrived.
#[derive(Debug, Deserialize)]
pub(crate) struct Mail {
    /// Who sent it, by the envelope.
    pub(crate) from: String,
    /// Whom it goes to, by the envelope.
    pub(crate) to: Vec<String>,
    pub(crate) subject: String,
    pub(crate) text: String,
    headers: Vec<MailHeader>,
    /// All its bytes.
    pub(crate) raw: String,
}

#[derive(Debug, Deserialize)]
struct MailHeader {
    key: String,
    value: String,
}

impl Mail {
    /// All values of a header, whose name is in lower case.
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|header| header.key == name).map(|header| header.value.as_str()).collect()
    }
}

impl MailServer {
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// One with these options of `server.mjs`.
    pub(crate) async fn with(options: &[&str]) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail");
        assert!(folder.join("node_modules").is_dir(), "the mail server is missing: run the tests by `bash .ci/test`");
        let mut command = Command::new("node");
        command.arg("server.mjs").args(options).current_dir(folder).kill_on_drop(true);
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node: run the tests by `bash .ci/test`");
        let mut lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let port = tokio::time::timeout(PATIENCE, lines.next_line()).await.expect("it starts").expect("a line");
        let port = port.and_then(|port| port.parse().ok()).expect("its port");
        Self { port, letters: Mutex::new(lines), waiting: Mutex::default(), _process: process }
    }

    /// Its address, for `KITH_SMTP_URL`.
    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Its address with something before the host or after the port.
    pub(crate) fn url_with(&self, login: &str, query: &str) -> String {
        format!("smtp://{login}127.0.0.1:{}{query}", self.port)
    }

    /// The next letter to this address that nobody has asked for yet.
    pub(crate) async fn next_to(&self, address: &str) -> Mail {
        let found = tokio::time::timeout(PATIENCE, async {
            let mut waiting = self.waiting.lock().await;
            loop {
                if let Some(at) = waiting.iter().position(|mail| mail.to.iter().any(|to| to == address)) {
                    return waiting.remove(at);
                }
                let line = self.letters.lock().await.next_line().await.expect("the pipe").expect("it runs");
                waiting.push(serde_json::from_str(&line).expect("a letter"));
            }
        });
        found.await.unwrap_or_else(|_| panic!("no letter to {address} within {PATIENCE:?}"))
    }
}

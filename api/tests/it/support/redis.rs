//! A Redis of a test's own, which it may kill, pause, empty and fill.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::until;

/// A Redis that nobody else uses.
pub(crate) struct Redis {
    folder: TempDir,
    process: Child,
}

impl Redis {
    /// Starts one; `None`, and a word about it, where there is no such program.
    pub(crate) async fn start() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let Some(process) = serve(&folder) else {
            #[expect(clippy::print_stdout, reason = "a test that is left out says so")]
            {
                println!("skipped: there is neither redis-server nor valkey-server in the PATH");
            }
            return None;
        };
        let redis = Self { folder, process };
        redis.answers().await;
        Some(redis)
    }

    pub(crate) fn url(&self) -> String {
        format!("redis+unix://{}", self.folder.path().join("s").display())
    }

    /// Kills it; what it held is gone.
    pub(crate) fn kill(&mut self) {
        self.process.kill().expect("a process of ours");
        self.process.wait().expect("a process of ours");
    }

    /// Starts it again, empty.
    pub(crate) async fn restart(&mut self) {
        self.process = serve(&self.folder).expect("redis-server was there before");
        self.answers().await;
    }

    /// Takes its time away: connections stay, answers do not come.
    pub(crate) fn pause(&self) {
        self.signal("-STOP");
    }

    /// Gives its time back.
    pub(crate) fn resume(&self) {
        self.signal("-CONT");
    }

    /// Sends a command.
    pub(crate) async fn command(&self, words: &[&str]) {
        assert!(self.sent(words).await.is_ok(), "{words:?}");
    }

    async fn sent(&self, words: &[&str]) -> redis::RedisResult<redis::Value> {
        let client = redis::Client::open(self.url()).expect("its address");
        let mut connection = client.get_multiplexed_async_connection().await?;
        redis::cmd(words[0]).arg(&words[1..]).query_async(&mut connection).await
    }

    async fn answers(&self) {
        until("redis-server answers", Duration::from_secs(10), async || self.sent(&["PING"]).await.is_ok()).await;
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").arg(signal).arg(self.process.id().to_string()).status().expect("kill");
        assert!(sent.success());
    }
}

fn serve(folder: &TempDir) -> Option<Child> {
    ["redis-server", "valkey-server"].into_iter().find_map(|program| {
        Command::new(program)
            .args(["--port", "0", "--save", "", "--unixsocket"])
            .arg(folder.path().join("s"))
            .arg("--dir")
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()
    })
}

impl Drop for Redis {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

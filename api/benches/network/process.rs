//! Processes that are started here and ended here, and what the operating system says of them.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A process of ours; ended when it is dropped, also by a panic.
pub struct Process {
    child: Child,
    what: &'static str,
    signal: &'static str,
}

/// What a process holds in memory, in bytes.
#[derive(Clone, Copy)]
pub struct Memory {
    pub resident: u64,
    pub peak: u64,
}

impl Process {
    /// Starts `command`, which writes to `log`; `signal` is what ends it.
    pub fn start(mut command: Command, what: &'static str, signal: &'static str, log: &Path) -> Self {
        let file = File::create(log).expect("a log");
        let copy = file.try_clone().expect("a log");
        // In a group of its own: Ctrl-C in a terminal comes here alone, and the order in which things end is ours.
        command.stdin(Stdio::null()).stdout(file).stderr(copy).process_group(0);
        let child = command.spawn().unwrap_or_else(|cause| panic!("{what} does not start: {cause}"));
        Self { child, what, signal }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until `done` says something.
    pub async fn wait_for<T>(&mut self, log: &Path, done: impl Fn(&str) -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            let said = std::fs::read_to_string(log).unwrap_or_default();
            if let Some(done) = done(&said) {
                return done;
            }
            let ended = self.child.try_wait().ok().flatten();
            assert!(ended.is_none() && begun.elapsed().as_secs() < 60, "{} did not start:\n{said}", self.what);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The time that processors have spent on it.
    pub fn busy(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid())).unwrap_or_default();
        // The name stands in brackets and may hold anything; utime and stime are the 12th and 13th after it.
        let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
        let ticks: u64 = after.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
        // USER_HZ is 100 on every Linux.
        Duration::from_millis(ticks * 10)
    }

    pub fn memory(&self) -> Memory {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap_or_default();
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) * 1024
        };
        Memory { resident: field("VmRSS"), peak: field("VmHWM") }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = Command::new("kill").args([self.signal, &self.pid().to_string()]).status();
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

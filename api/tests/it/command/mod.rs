//! The program itself, as an operator runs it: in a folder of its own, with nothing set but what a story sets.

mod demo;
mod doctor;
mod import;
mod import_refused;
mod migrate;
mod operator;
mod serve;
mod settings;
mod token;

use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::support::{SIGNING_KEY, World};

/// `kith` in a folder that is empty at first.
pub(crate) struct Kith {
    folder: tempfile::TempDir,
    settings: Vec<(String, String)>,
}

/// What a command said, and how it ended.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Kith {
    pub(crate) fn with(settings: &[(&str, &str)]) -> Self {
        let own = [("KITH_LISTEN", "127.0.0.1:0")];
        let settings = own.iter().chain(settings).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self { folder: tempfile::tempdir().expect("a temporary folder"), settings: settings.collect() }
    }

    /// Beside the server of `world`: on its database, with its key, but with a cache of its own.
    pub(crate) fn beside(world: &World) -> Self {
        Self::with(&[
            ("DATABASE_URL", world.database_url()),
            ("KITH_SIGNING_KEY", SIGNING_KEY),
            ("KITH_PUBLIC_URL", "http://kith.test"),
        ])
    }

    /// A file in the folder it runs in.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: &str) {
        std::fs::write(self.file(name), content).expect("written");
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kith"));
        command.args(arguments).current_dir(self.folder.path()).env_clear().stdin(Stdio::null());
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    fn start(&self, arguments: &[&str]) -> Serving {
        let mut child =
            self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("kith runs");
        let out = follow(child.stdout.take().expect("a pipe"));
        let err = follow(child.stderr.take().expect("a pipe"));
        Serving { child, out, err, address: String::new() }
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        let mut running = self.start(arguments);
        let code = running.ended();
        Said { code, out: running.out(), err: running.err() }
    }

    /// What a command that must not fail answers.
    pub(crate) fn answer(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!(said.code, Some(0), "{arguments:?}: {}", said.err);
        said.out
    }

    /// The last words of a command that must fail.
    pub(crate) fn refusal(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!(said.code, Some(1), "{arguments:?}: {}{}", said.out, said.err);
        assert!(!said.err.contains("panicked"), "{arguments:?}: {}", said.err);
        said.err
    }

    /// Starts a server and waits until it listens.
    pub(crate) fn serve(&self, arguments: &[&str]) -> Serving {
        let mut serving = self.start(&[&["serve"], arguments].concat());
        serving.wait_for("it listens", |serving| serving.err().contains("listening"));
        let log = serving.err();
        let port = log.split("127.0.0.1:").nth(1).expect("its address");
        let port: String = port.chars().take_while(char::is_ascii_digit).collect();
        serving.address = format!("http://127.0.0.1:{port}");
        serving
    }
}

/// What a child has said so far, and the thread that listens until it ends.
struct Heard {
    said: Arc<Mutex<Vec<u8>>>,
    listener: Option<JoinHandle<()>>,
}

fn follow(mut pipe: impl Read + Send + 'static) -> Heard {
    let said = Arc::new(Mutex::new(Vec::new()));
    let heard = said.clone();
    let listener = std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = pipe.read(&mut buffer) {
            heard.lock().expect("nobody panics here").extend_from_slice(&buffer[..length]);
        }
    });
    Heard { said, listener: Some(listener) }
}

impl Heard {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.said.lock().expect("nobody panics here")).into_owned()
    }
}

/// A command, mostly a server, in a process of its own, which ends with this.
pub(crate) struct Serving {
    child: Child,
    out: Heard,
    err: Heard,
    /// Where it listens, such as `http://127.0.0.1:40123`.
    pub(crate) address: String,
}

impl Serving {
    pub(crate) fn out(&self) -> String {
        self.out.text()
    }

    pub(crate) fn err(&self) -> String {
        self.err.text()
    }

    pub(crate) fn wait_for(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !holds(self) {
            let ended = self.child.try_wait().expect("a child");
            assert!(ended.is_none(), "it ended before {what}: {}{}", self.out(), self.err());
            assert!(begun.elapsed() < Duration::from_secs(60), "{what}: {}{}", self.out(), self.err());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Kills it, as a machine that fails does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("a child");
        self.child.wait().expect("a child");
    }

    /// Asks it to stop, as a container's runtime does.
    pub(crate) fn terminate(&self) {
        let kill = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(kill.is_ok_and(|status| status.success()));
    }

    /// Its exit code, once it has ended.
    pub(crate) fn ended(&mut self) -> Option<i32> {
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                break status;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "it does not end: {}{}", self.out(), self.err());
            std::thread::sleep(Duration::from_millis(5));
        };
        for listener in [self.out.listener.take(), self.err.listener.take()].into_iter().flatten() {
            listener.join().expect("nobody panics there");
        }
        status.code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn the_schema_is_printed_as_it_is_checked_in() {
    let file = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../schema.graphql")).expect("the file");
    assert_eq!(Kith::with(&[("KITH_ENV", "nonsense")]).answer(&["schema"]), file, "whatever the settings are");
}

#[test]
fn every_command_explains_itself() {
    let kith = Kith::with(&[]);
    for (command, words) in [
        (
            &["--help"][..],
            &[
                "serve", "migrate", "demo", "import", "schema", "token", "doctor", "invite", "member", "sessions",
                "outbox",
            ][..],
        ),
        (&["serve", "--help"], &["--no-demo"]),
        (&["migrate", "--help"], &["up", "status"]),
        (&["migrate", "up", "--help"], &["Usage"]),
        (&["migrate", "status", "--help"], &["exit with 1"]),
        (&["demo", "--help"], &["empty database"]),
        (
            &["import", "--help"],
            &[
                "--slug",
                "--people",
                "--ties",
                "--id-column",
                "--name-column",
                "--email-column",
                "--skills-column",
                "--area-column",
                "--from-column",
                "--to-column",
                "--ties-as",
                "--dry-run",
                "--codes",
            ],
        ),
        (&["invite", "--help"], &["--language"]),
        (&["member", "--help"], &["show", "suspend", "restore"]),
        (&["sessions", "--help"], &["revoke"]),
        (&["outbox", "--help"], &["list", "retry"]),
        (&["outbox", "retry", "--help"], &["--all"]),
        (&["schema", "--help"], &["Usage"]),
        (&["token", "--help"], &["member"]),
        (&["token", "member", "--help"], &["--minutes", "--reason"]),
        (&["doctor", "--help"], &["--quiet"]),
        (&["--version"], &["kith 0."]),
    ] {
        let help = kith.answer(command);
        for word in words {
            assert!(help.contains(word), "{command:?}: {word}: {help}");
        }
    }
    let unknown = kith.run(&["sreve"]);
    assert_eq!(unknown.code, Some(2), "{}", unknown.err);
    assert!(unknown.err.contains("serve"), "it says what it might have been: {}", unknown.err);
    assert_eq!(std::fs::read_dir(kith.folder.path()).expect("a folder").count(), 0, "asking for help leaves nothing");
}

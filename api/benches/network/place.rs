//! Where it is measured: a PostgreSQL and a Redis, those that are named or private ones, or SQLite.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use super::process::Process;
use super::tools::{database, drop_database, say, variable};

/// A database of one's own, and a Redis. Fields end in this order.
pub struct Place {
    /// The address of the database.
    pub database: String,
    /// The address of the Redis, if there is one.
    pub redis: Option<String>,
    /// What keys in it begin with.
    pub prefix: String,
    /// What it consists of, in words.
    pub name: String,
    /// The server whose database this is.
    server: Option<String>,
    /// What the database is called there.
    called: String,
    _postgres: Option<Process>,
    _redis: Option<Process>,
    /// For whatever has to lie somewhere.
    pub folder: TempDir,
}

/// Which servers are wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Servers {
    /// PostgreSQL and Redis, where there are any.
    Some,
    /// None: SQLite.
    None,
}

impl Place {
    /// Finds or starts the servers, unless none are wanted, and makes the database `called` so, unless there is one.
    pub async fn find(wanted: Servers, called: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("kith-bench.").tempdir().expect("a folder");
        if wanted == Servers::None {
            return Self::without(folder);
        }
        let (named_server, named_redis) = (variable("TEST_DATABASE_URL"), variable("TEST_REDIS_URL"));
        let mut own = Vec::new();
        let (server, postgres) = match (named_server, binaries_of_postgres()) {
            (Some(url), _) => (Some(url), None),
            (None, Some(binaries)) => {
                own.push("PostgreSQL");
                let (url, process) = start_postgres(&binaries, folder.path()).await;
                (Some(url), Some(process))
            }
            (None, None) => (None, None),
        };
        let program = ["redis-server", "valkey-server"].into_iter().find(|program| in_path(program).is_some());
        let (redis, redis_process) = match (named_redis, program) {
            (Some(url), _) => (Some(url), None),
            (None, Some(program)) => {
                own.push("Redis");
                let (url, process) = start_redis(program, folder.path()).await;
                (Some(url), Some(process))
            }
            (None, None) => (None, None),
        };
        let mut place = Self::without(folder);
        if let Some(server) = &server {
            place.database = database(server, called).await;
            place.called = called.to_owned();
        }
        place.name = format!(
            "{}, {}{}",
            if server.is_some() { "PostgreSQL" } else { "SQLite, since there is no PostgreSQL here" },
            if redis.is_some() { "Redis" } else { "the in-process cache, since there is no Redis here" },
            if own.is_empty() { String::new() } else { format!(" (started for this: {})", own.join(", ")) }
        );
        Self { redis, server, _postgres: postgres, _redis: redis_process, ..place }
    }

    /// SQLite, and no Redis.
    fn without(folder: TempDir) -> Self {
        Self {
            database: format!("sqlite://{}", folder.path().join("kith.db").display()),
            redis: None,
            prefix: format!("bench{}", std::process::id()),
            name: "SQLite, the in-process cache".to_owned(),
            server: None,
            called: String::new(),
            _postgres: None,
            _redis: None,
            folder,
        }
    }

    /// Takes the database away.
    pub async fn leave(self) {
        if let Some(server) = &self.server {
            drop_database(server, &self.called).await;
        }
    }

    pub fn is_postgres(&self) -> bool {
        self.server.is_some()
    }
}

/// A PostgreSQL behind a Unix socket, with nothing durable and room for a network of millions.
async fn start_postgres(binaries: &Path, folder: &Path) -> (String, Process) {
    let home = folder.join("pg");
    std::fs::create_dir(&home).expect("a folder");
    let owner = owner(&home, folder);
    let command = |name: &str| {
        let mut command = Command::new(binaries.join(name));
        command.current_dir(&home);
        if let Some((user, group)) = owner {
            command.uid(user).gid(group);
        }
        command
    };
    let data = home.join("data");
    let mut initdb = command("initdb");
    initdb.arg("-D").arg(&data).args([
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--no-locale",
        "--no-sync",
    ]);
    let made = initdb.output().expect("initdb runs");
    assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
    let mut postgres = command("postgres");
    postgres.arg("-D").arg(&data).arg("-k").arg(&home);
    for setting in [
        "listen_addresses=",
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "wal_level=minimal",
        "max_wal_senders=0",
        "max_wal_size=8GB",
        "max_connections=200",
        "shared_buffers=1GB",
        "maintenance_work_mem=512MB",
        "work_mem=64MB",
        "effective_cache_size=8GB",
        "random_page_cost=1.1",
    ] {
        postgres.arg("-c").arg(setting);
    }
    let log = folder.join("postgres.log");
    let mut process = Process::start(postgres, "PostgreSQL", "-INT", &log);
    let ready = data.join("postmaster.pid");
    process.wait_for(&ready, |lines| lines.lines().any(|line| line.starts_with("ready")).then_some(())).await;
    (format!("postgres://postgres@localhost/postgres?host={}", home.display()), process)
}

/// As whom PostgreSQL can run, which does not as root.
fn owner(home: &Path, folder: &Path) -> Option<(u32, u32)> {
    if std::fs::metadata("/proc/self").ok()?.uid() != 0 {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").expect("users");
    let find = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2).map(str::parse::<u32>);
        Some((fields.next()?.ok()?, fields.next()?.ok()?))
    };
    let owner = find("postgres").or_else(|| find("nobody")).expect("a user who is not root");
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o711)).expect("a folder that can be entered");
    std::os::unix::fs::chown(home, Some(owner.0), Some(owner.1)).expect("a folder given away");
    Some(owner)
}

async fn start_redis(program: &str, folder: &Path) -> (String, Process) {
    let socket = folder.join("redis.sock");
    let mut command = Command::new(program);
    command.args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocketperm", "700"]);
    command.arg("--unixsocket").arg(&socket).arg("--dir").arg(folder);
    let log = folder.join("redis.log");
    let mut process = Process::start(command, "Redis", "-TERM", &log);
    process.wait_for(&log, |_| socket.exists().then_some(())).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    (format!("redis+unix://{}", socket.display()), process)
}

/// The folder of a whole PostgreSQL: of the one in the PATH, else the newest of Debian's.
fn binaries_of_postgres() -> Option<PathBuf> {
    let in_path = in_path("initdb").or_else(|| in_path("postgres"));
    let in_path = in_path.and_then(|program| Some(program.canonicalize().ok()?.parent()?.to_owned()));
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path());
    let mut versions: Vec<PathBuf> = versions.map(|version| version.join("bin")).collect();
    versions
        .sort_by_key(|version| version.to_string_lossy().chars().filter_map(|c| c.to_digit(10)).collect::<Vec<_>>());
    let is_whole = |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    in_path.into_iter().chain(versions.into_iter().rev()).find(is_whole)
}

fn in_path(program: &str) -> Option<PathBuf> {
    let path = variable("PATH")?;
    path.split(':').map(|folder| Path::new(folder).join(program)).find(|program| program.is_file())
}

/// Settings of the service that are set outside: they go before ours.
#[expect(clippy::disallowed_methods, reason = "what else to measure")]
pub fn settings_of_ours() -> Vec<(String, String)> {
    let set: Vec<_> = std::env::vars().filter(|(name, _)| name.starts_with("KITH_")).collect();
    if !set.is_empty() {
        say(&format!("with {set:?}"));
    }
    set
}

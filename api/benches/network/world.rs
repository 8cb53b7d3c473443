//! A network in its database, and the service as it runs: the program itself, a process of its own a replica.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use api::auth::Keys;
use api::config::Config;
use domain::cache::Cache;
use domain::ctx::{Ctx, Viewer};
use domain::id::MemberId;
use domain::store::Store;
use domain::{Kith, Role};

use super::graph::Graph;
use super::place::{Place, settings_of_ours};
use super::process::Process;
use super::tools::{SETTINGS, token_of};

/// A network, and where it is.
pub struct World {
    pub graph: Graph,
    /// The domain's handles, of this process.
    pub kith: Kith,
    settings: Vec<(String, String)>,
    keys: Keys,
    pub place: Place,
}

/// Whether a replica shares its cache.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// In the Redis, if there is one.
    Shared,
    /// In the process.
    Alone,
}

/// What a replica says of each request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Log {
    /// Nothing.
    Quiet,
    /// A line, as it does unless it is told otherwise.
    Lines,
}

/// A replica of the service.
pub struct Replica {
    pub address: SocketAddr,
    pub process: Process,
}

impl World {
    /// The world of `graph`, whose rows are in the database of `place`.
    pub async fn open(graph: Graph, place: Place) -> Self {
        let own = [("KITH_CACHE_PREFIX", place.prefix.as_str()), ("DATABASE_URL", &place.database)];
        let own = SETTINGS.into_iter().chain(own).map(|(name, value)| (name.to_owned(), value.to_owned()));
        let settings: Vec<_> = own.chain(settings_of_ours()).collect();
        let config = Config::from_variables(settings.clone()).expect("settings");
        let keys = api::keys(&config).expect("keys");
        let store = Store::connect(&place.database).await.expect("the database");
        let cache = match &place.redis {
            Some(url) => Cache::redis(url, &place.prefix).expect("the address of a Redis"),
            None => Cache::local(),
        };
        let kith = Kith::new(store, cache, Role::Server, api::secrets(&config).expect("keys"));
        Self { graph, kith, settings, keys, place }
    }

    pub fn member(&self, member: u32) -> MemberId {
        MemberId(self.graph.id(member))
    }

    /// An access token of a member.
    pub async fn token(&self, member: u32) -> String {
        let ctx = Ctx::new(&self.kith, Viewer::System);
        token_of(&ctx, &self.keys, self.member(member)).await
    }

    /// Access tokens of all `members`.
    pub async fn tokens(&self, members: &[u32]) -> Vec<String> {
        let mut tokens = Vec::with_capacity(members.len());
        for member in members {
            tokens.push(self.token(*member).await);
        }
        tokens
    }

    /// Starts a replica called `name`.
    pub async fn serve(&self, name: &str, caching: Caching, log: Log) -> Replica {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kith"));
        command.args(["serve", "--no-demo"]).env_clear().current_dir(self.place.folder.path());
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        if let (Caching::Shared, Some(redis)) = (caching, &self.place.redis) {
            command.env("REDIS_URL", redis);
        }
        if log == Log::Quiet {
            command.env("KITH_LOG", "warn,api::command=info");
        }
        self.start(command, name, "listening").await
    }

    /// Starts this program as something else, which says where it listens.
    pub async fn start_self(&self, name: &str, arguments: &[&str]) -> Replica {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args(arguments);
        self.start(command, name, "listening").await
    }

    async fn start(&self, command: Command, name: &str, listens: &str) -> Replica {
        let log = self.log(name);
        let mut process = Process::start(command, "a server", "-TERM", &log);
        let address = process.wait_for(&log, |said| listening(said, listens)).await;
        Replica { address, process }
    }

    fn log(&self, name: &str) -> std::path::PathBuf {
        Path::new(self.place.folder.path()).join(format!("{name}.log"))
    }
}

/// The address on the loopback in a line that says so.
fn listening(said: &str, word: &str) -> Option<SocketAddr> {
    let line = said.lines().find(|line| line.contains(word))?;
    let port: String = line.split("127.0.0.1:").nth(1)?.chars().take_while(char::is_ascii_digit).collect();
    format!("127.0.0.1:{port}").parse().ok()
}

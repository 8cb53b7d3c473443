//! What benchmarks have in common: a server in this process, over SQLite and the in-process cache, or over a database of its
//! own in the PostgreSQL of `TEST_DATABASE_URL` and the Redis of `TEST_REDIS_URL`.

mod tools;

use std::time::Duration;

use actix_web::rt::task::JoinHandle;
use api::Server;
use api::auth::Keys;
use api::config::Config;
use api::mail::Mailer;
use domain::cache::Cache;
use domain::ctx::Ctx;
use domain::store::Store;
use domain::{Kith, Role};

pub use self::tools::say;
use self::tools::{SETTINGS, database, drop_database, token_of, variable};

/// A server that answers, and what was made for it beforehand.
pub struct Served<T> {
    /// Where it takes documents.
    pub url: String,
    /// The domain's handles, the server's own.
    pub kith: Kith,
    /// What was made beforehand.
    pub made: T,
    postgres: Option<Postgres>,
    handle: api::Handle,
    running: JoinHandle<std::io::Result<()>>,
    _folder: tempfile::TempDir,
}

impl<T> Served<T> {
    /// Starts a server with these settings, over what `populate` makes in its database,
    /// whose address it is told.
    pub async fn start(settings: &[(&str, &str)], populate: impl AsyncFnOnce(Kith, Keys, &str) -> (Keys, T)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let postgres = match variable("TEST_DATABASE_URL") {
            Some(server) => Some(Postgres::create(server).await),
            None => None,
        };
        let sqlite = format!("sqlite://{}", folder.path().join("kith.db").display());
        let database = postgres.as_ref().map_or(sqlite, |postgres| postgres.url.clone());
        let store = Store::connect(&database).await.expect("a database");
        store.migrate().await.expect("migrated");
        let prefix = format!("bench{}", std::process::id());
        let redis = variable("TEST_REDIS_URL").map(|url| Cache::redis(&url, &prefix).expect("the address of a Redis"));
        say(&format!(
            "{}, {}",
            if postgres.is_some() { "PostgreSQL" } else { "SQLite" },
            if redis.is_some() { "Redis" } else { "the in-process cache" }
        ));
        let settings = SETTINGS.iter().chain(settings).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let config = Config::from_variables(settings).expect("settings");
        let keys = Keys::new("http://bench", &config.signing_keys).expect("keys");
        let mut kith =
            Kith::new(store, redis.unwrap_or_else(Cache::local), Role::Server, api::secrets(&config).expect("keys"));
        kith.allowance = config.rate_limit.0;
        let (keys, made) = populate(kith.clone(), keys, &database).await;
        let server = Server::build(config, kith.clone(), keys, Mailer::in_memory()).expect("a free port");
        let (url, handle) = (format!("http://{}/graphql", server.address), server.handle());
        let running = actix_web::rt::spawn(server.run());
        Self { url, kith, made, postgres, handle, running, _folder: folder }
    }

    /// Stops the server, and takes its database away.
    pub async fn stop(self) {
        self.handle.stop(false).await;
        self.running.abort();
        self.kith.store.clone().close().await;
        if let Some(postgres) = self.postgres {
            postgres.drop().await;
        }
    }
}

/// An access token of the member called `handle`.
pub async fn token(ctx: &Ctx, keys: &Keys, handle: &str) -> String {
    let member = domain::member::by_handle(&ctx.kith, handle).await.expect("a database").expect("a member");
    token_of(ctx, keys, member).await
}

/// The time in the middle.
pub fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// A database of the benchmark's own in a PostgreSQL.
struct Postgres {
    server: String,
    url: String,
    name: String,
}

impl Postgres {
    async fn create(server: String) -> Self {
        let name = format!("kith_bench_{}", std::process::id());
        Self { url: database(&server, &name).await, server, name }
    }

    async fn drop(self) {
        drop_database(&self.server, &self.name).await;
    }
}

//! The world of a story: a database of its own, a server on a free port of the loopback, and the people in it.

mod community;
mod database;
mod introduction;
mod mail;
mod partner;
mod person;
mod receiver;
mod redis;
mod reply;
mod roster;
mod rows;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::web::Data;
use api::auth::Keys;
use api::config::Config;
use api::mail::Mailer;
use api::{Server, State};
use domain::cache::Cache;
use domain::ctx::{Clock, Ctx, Platform, Viewer};
use domain::import::{self, Import};
use domain::session::{self, Actor, NewDevice};
use domain::store::Store;
use domain::{Kith, Role};
use serde_json::json;

pub(crate) use self::community::{COMMUNITY, charter, own_words, text};
pub(crate) use self::database::{Database, redis_url};
pub(crate) use self::introduction::INTRODUCTION;
pub(crate) use self::mail::MailServer;
pub(crate) use self::partner::{ISSUED, SCOPES};
pub(crate) use self::person::{Person, refusals};
pub(crate) use self::receiver::{Answer, Heard, Receiver};
pub(crate) use self::redis::Redis;
pub(crate) use self::reply::{GRAPHQL, JSON, Reply, without_cost};
pub(crate) use self::rows::TieRow;

/// Runs one story on SQLite with the in-process cache and on PostgreSQL with Redis.
#[macro_export]
macro_rules! story {
    (async fn $name:ident($world:ident: World) $body:block) => {
        async fn $name($world: $crate::support::World) $body

        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$name($crate::support::World::on_sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                super::$name($crate::support::World::on_postgres().await).await;
            }
        }
    };
}

/// A database, a cache and one running server.
pub(crate) struct World {
    /// The domain's handles, the server's own: its clock can be moved, an operator's commands run.
    pub(crate) kith: Kith,
    /// Where the server listens, such as `http://127.0.0.1:40123`.
    pub(crate) address: String,
    pub(crate) client: reqwest::Client,
    /// By which the server sends letters: kept in memory, unless the story sets `KITH_SMTP_URL`.
    pub(crate) mailer: Mailer,
    /// What the server's requests share.
    pub(crate) state: Data<State>,
    handle: api::Handle,
    database: std::sync::Arc<Database>,
    /// The address of the Redis, if the cache is in one, and what this world's keys begin with.
    redis: Option<(String, String)>,
}

/// The one signing key of all tests.
pub(crate) const SIGNING_KEY: &str = "a2l0aCB0ZXN0cyBzaWduIHdpdGggdGhpcyBrZXkhISE=";
const ISSUER: &str = "http://kith.test";
/// Who writes the letters of all tests.
pub(crate) const FROM: &str = "Kith <hello@kith.example>";

static PREFIXES: AtomicUsize = AtomicUsize::new(0);

impl World {
    pub(crate) async fn on_sqlite() -> Self {
        Self::start(Database::sqlite(), Cache::local()).await
    }

    pub(crate) async fn on_postgres() -> Self {
        Self::on_redis(Database::postgres().await, &redis_url()).await
    }

    /// A world over this database whose cache is in the Redis at `url`, and which can have replicas.
    pub(crate) async fn on_redis(database: Database, url: &str) -> Self {
        let prefix = format!("t{}-{}", std::process::id(), PREFIXES.fetch_add(1, Ordering::Relaxed));
        let cache = redis_cache(url, &prefix);
        let mut world = Self::start(database, cache).await;
        world.redis = Some((url.to_owned(), prefix));
        world
    }

    /// A world on SQLite whose server has these settings on top of the tests' own.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        Self::over(
            std::sync::Arc::new(Database::sqlite()),
            Cache::local(),
            Clock::default(),
            mailer(settings),
            settings,
        )
        .await
    }

    /// A world over this database and this cache.
    pub(crate) async fn start(database: Database, cache: Cache) -> Self {
        Self::over(std::sync::Arc::new(database), cache, Clock::default(), Mailer::in_memory(), &[]).await
    }

    async fn over(
        database: std::sync::Arc<Database>,
        cache: Cache,
        clock: Clock,
        mailer: Mailer,
        settings: &[(&str, &str)],
    ) -> Self {
        // What goes wrong inside a server shows in the output of the test that failed.
        let _ = tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_test_writer().try_init();
        let store = Store::connect(database.url()).await.expect("the test's database answers");
        store.migrate().await.expect("migrations apply");
        let config = config(settings);
        let mut kith = Kith::new(store, cache, Role::Server, api::secrets(&config).expect("the test's keys"));
        kith.clock = clock;
        kith.thresholds = config.readiness.0;
        kith.allowance = config.rate_limit.0;
        kith.receivers = config.webhook_allow.clone();
        let keys = Keys::new(ISSUER, &config.signing_keys).expect("the test's key");
        let server = Server::build(config, kith.clone(), keys, mailer.clone()).expect("a free port");
        let (address, handle, state) = (format!("http://{}", server.address), server.handle(), server.state.clone());
        tokio::spawn(server.run());
        let client = reqwest::Client::builder().timeout(Duration::from_secs(60)).no_proxy();
        // The server lets go of a connection after 5 idle seconds: one that is taken up at that moment gives no answer.
        let client = client.pool_idle_timeout(Duration::from_secs(3)).build().expect("a client");
        Self { kith, address, client, mailer, state, handle, database, redis: None }
    }

    /// Another server over the same database, with the same Redis, the same clock and the same mailer.
    pub(crate) async fn replica(&self) -> Self {
        self.replica_with(&[]).await
    }

    /// The same, with these settings on top.
    pub(crate) async fn replica_with(&self, settings: &[(&str, &str)]) -> Self {
        let (url, prefix) = self.redis.as_ref().expect("replicas need Redis");
        let cache = redis_cache(url, prefix);
        let (clock, mailer) = (self.kith.clock.clone(), self.mailer.clone());
        let mut replica = Self::over(self.database.clone(), cache, clock, mailer, settings).await;
        replica.redis = self.redis.clone();
        replica
    }

    /// Another server over the same database, with the same clock and mailer and a cache that knows nothing yet: the
    /// same one after a restart, with these settings on top.
    pub(crate) async fn restarted(&self, settings: &[(&str, &str)]) -> Self {
        let (clock, mailer) = (self.kith.clock.clone(), self.mailer.clone());
        Self::over(self.database.clone(), Cache::local(), clock, mailer, settings).await
    }

    /// Another server over the same database with these settings on top: a replica if there is a Redis.
    pub(crate) async fn again_with(&self, settings: &[(&str, &str)]) -> Self {
        match &self.redis {
            Some(_) => self.replica_with(settings).await,
            None => self.restarted(settings).await,
        }
    }

    /// The address of the Redis, if the cache is in one, and what this world's keys begin with.
    pub(crate) fn redis(&self) -> Option<(&str, &str)> {
        self.redis.as_ref().map(|(url, prefix)| (url.as_str(), prefix.as_str()))
    }

    /// The address of the database, to run `kith` beside the server.
    pub(crate) fn database_url(&self) -> &str {
        self.database.url()
    }

    /// The database itself, to do to it what no command does.
    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// Runs statements that no command of ours would.
    pub(crate) async fn execute(&self, statements: &str) {
        self.database.execute(statements).await;
    }

    /// The service itself, as a job or an operator.
    pub(crate) fn system(&self) -> Ctx {
        Ctx::new(&self.kith, Viewer::System)
    }

    /// New members of these names, each with an e-mail address at example.org and without ties.
    pub(crate) async fn people<const N: usize>(&self, names: [&str; N]) -> [Person; N] {
        let person = |(line, name): (usize, &&str)| import::Person {
            line: line as u64 + 2,
            id: (*name).to_owned(),
            name: Some((*name).to_owned()),
            email: Some(format!("{name}@example.org")),
            skills: Vec::new(),
            area: None,
        };
        let people = names.iter().enumerate().map(person).collect();
        self.import(Import {
            slug: "the".to_owned(),
            people,
            ties: Vec::new(),
            ties_as: import::TiesAs::Active,
            community: None,
        })
        .await;
        let mut made = Vec::new();
        for name in names {
            let person = self.person(&format!("the-{name}")).await;
            let renamed = person
                .run(
                    "mutation($h: String) { updateProfile(input: {handle: $h}) { userErrors { message } } }",
                    json!({"h": name}),
                )
                .await;
            assert_eq!(renamed["updateProfile"]["userErrors"], json!([]));
            made.push(Person { name: name.to_owned(), ..person });
        }
        made.try_into().unwrap_or_else(|_| unreachable!("one person a name"))
    }

    /// So many members, `<slug>-1` and on, in one import.
    pub(crate) async fn crowd(&self, slug: &str, size: usize) -> Vec<Person> {
        let names: Vec<String> = (1..=size).map(|number| number.to_string()).collect();
        let ids: Vec<&str> = names.iter().map(String::as_str).collect();
        self.import(listed(slug, &ids, &[])).await;
        let mut crowd = Vec::with_capacity(size);
        for name in ids {
            crowd.push(self.person(&format!("{slug}-{name}")).await);
        }
        crowd
    }

    /// Runs an import as an operator would.
    pub(crate) async fn import(&self, import: Import) {
        let ctx = self.system();
        let prepared =
            import::prepare(&ctx, &import, &|_| ()).await.expect("the database answers").expect("no bad rows");
        prepared.write(&ctx, &|_| ()).await.expect("the import is written");
    }

    /// The member called `handle`, with a token.
    pub(crate) async fn person(&self, handle: &str) -> Person {
        let id =
            domain::member::by_handle(&self.kith, handle).await.expect("the database answers").expect("such a member");
        let device = NewDevice { name: "a test".to_owned(), platform: Platform::Other };
        let ten_years = domain::ctx::days(3_650);
        let opened = session::open_for(&self.system(), id, device, Actor::Member, ten_years).await.expect("a session");
        let session = opened.session.id;
        let token = self.token(id, session, 10 * 365 * 24 * 60);
        Person {
            name: handle.to_owned(),
            id,
            token: Some(token),
            address: self.address.clone(),
            client: self.client.clone(),
        }
    }

    /// A token of `member` in `session` that is good for so many minutes.
    pub(crate) fn token(&self, member: domain::id::MemberId, session: domain::id::SessionId, minutes: u32) -> String {
        self.state.keys.issue(member, session, minutes, None, self.system().now).expect("a token")
    }

    /// Stops the server as a signal to the process would.
    pub(crate) async fn stop(&self) {
        self.handle.stop(true).await;
    }

    /// Somebody without a token.
    pub(crate) fn anybody(&self) -> Person {
        let id = domain::id::MemberId::NONE;
        Person {
            name: "anybody".to_owned(),
            id,
            token: None,
            address: self.address.clone(),
            client: self.client.clone(),
        }
    }

    /// Ties each pair, by claim and confirmation.
    pub(crate) async fn tie<const N: usize>(&self, pairs: [(&Person, &Person); N]) {
        for (a, b) in pairs {
            a.claim(b).await;
            let confirmed = b.claim(a).await;
            assert_eq!(confirmed["claim"]["state"], "CONFIRMED", "{} and {} are tied: {confirmed}", a.name, b.name);
        }
    }

    /// Lets days pass, for the server.
    pub(crate) fn pass_days(&self, days: u64) {
        self.kith.clock.advance(domain::ctx::days(days));
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // The handle's future stops the server also when it is not awaited to its end.
        let handle = self.handle.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { handle.stop(false).await });
        }
    }
}

/// By SMTP if these settings say so.
fn mailer(settings: &[(&str, &str)]) -> Mailer {
    match settings.iter().any(|(name, _)| *name == "KITH_SMTP_URL") {
        true => Mailer::from_config(&config(settings)).expect("the address of a mail server"),
        false => Mailer::in_memory(),
    }
}

fn redis_cache(url: &str, prefix: &str) -> Cache {
    Cache::redis(url, prefix).expect("the address of a Redis")
}

/// Waits until `what` holds, for at most `patience`.
pub(crate) async fn until(what: &str, patience: Duration, mut holds: impl AsyncFnMut() -> bool) {
    let begun = std::time::Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < patience, "{what}: not within {patience:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Whether the long tests are to be run, as `bash .ci/test --long` does.
#[expect(clippy::disallowed_methods, reason = "what `.ci/test` has set")]
pub(crate) fn is_long() -> bool {
    std::env::var_os("KITH_TEST_LONG").is_some()
}

/// A list of people of these ids, without addresses, and of their ties, for which the operator vouches.
pub(crate) fn listed(slug: &str, ids: &[&str], ties: &[(&str, &str)]) -> Import {
    let person = |(line, id): (u64, &&str)| import::Person { line, id: (*id).to_owned(), ..import::Person::default() };
    let tie =
        |(line, (from, to)): (u64, &(&str, &str))| import::Tie { line, from: (*from).to_owned(), to: (*to).to_owned() };
    Import {
        slug: slug.to_owned(),
        people: (2..).zip(ids).map(person).collect(),
        ties: (2..).zip(ties).map(tie).collect(),
        ties_as: import::TiesAs::Active,
        community: None,
    }
}

/// The settings of a test's server, with these variables on top.
pub(crate) fn config(more: &[(&str, &str)]) -> Config {
    let own = [
        ("KITH_LISTEN", "127.0.0.1:0"),
        ("KITH_SIGNING_KEY", SIGNING_KEY),
        ("KITH_PUBLIC_URL", ISSUER),
        ("KITH_WORKERS", "1"),
        ("KITH_SMTP_URL", "smtp://127.0.0.1:1"),
        ("KITH_MAIL_FROM", FROM),
        // Stories ask as fast as they can; those about limits set their own.
        ("KITH_RATE_LIMIT", "member=100000000,partner=100000000,anonymous=100000000"),
        ("KITH_WEBHOOK_ALLOW", "127.0.0.1/32"),
    ];
    let variables = own.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::from_variables(variables).expect("the test's settings fit")
}

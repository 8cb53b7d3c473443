//! Kith over HTTP: the server, and what its command line is made of.
//!
//! The walk of one request: [`http`] takes it in and guards it, [`auth`] says who asks, [`graphql`] parses, calls the
//! `domain` crate and wraps what it returns, with [`words`] in the reader's language. What partners are told goes out beside that, by `webhook`. Rules, tables and caches are the domain's; this crate names no database.

pub mod auth;
pub mod command;
pub mod config;
pub mod graphql;
pub mod http;
mod jobs;
pub mod mail;
mod webhook;
pub mod words;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::{HttpServer, web};
use domain::cache::Cache;
use domain::secret::Secrets;
use domain::store::Store;
use domain::{Kith, Role, live};
use secrecy::ExposeSecret;

use crate::auth::Keys;
use crate::config::{Config, Environment, SigningSeed, Switch};
use crate::graphql::{Schema, Walks};
use crate::http::cost::Costs;
use crate::http::guard::Limits;
use crate::http::{Documents, Seats};
use crate::mail::Mailer;

/// What every request shares.
pub struct State {
    /// The domain's handles.
    pub kith: Kith,
    /// The keys of access tokens.
    pub keys: Arc<Keys>,
    /// By which letters are sent.
    pub mailer: Mailer,
    /// The settings.
    pub config: Config,
    /// Whether hot lists are written in one walk.
    pub walks: Walks,
    pub(crate) schema: Schema,
    /// The same for operations that are known to keep the rules of GraphQL.
    pub(crate) lenient_schema: Schema,
    /// The same for partners, whose access tokens reach some fields only.
    pub(crate) partner_schema: Schema,
    pub(crate) costs: Costs,
    pub(crate) limits: Limits,
    pub(crate) documents: Documents,
    pub(crate) seats: Seats,
}

/// A server that listens, and is not running yet.
pub struct Server {
    /// What its requests share.
    pub state: web::Data<State>,
    /// The address it listens on, with the port it was given if it asked for port 0.
    pub address: SocketAddr,
    webhooks: webhook::Sender,
    running: actix_web::dev::Server,
}

impl Server {
    /// Listens where `config` says, over `kith`; letters go by `mailer`.
    ///
    /// # Errors
    /// What is wrong, and what to do.
    pub fn build(config: Config, kith: Kith, keys: Keys, mailer: Mailer) -> Result<Self, String> {
        let (listen, workers) = (config.listen, config.workers);
        let webhooks = webhook::Sender::new(kith.clone())?;
        let state = web::Data::new(State {
            kith,
            keys: Arc::new(keys),
            mailer,
            walks: Walks::default(),
            schema: graphql::schema(config.introspection),
            lenient_schema: graphql::lenient_schema(config.introspection),
            partner_schema: graphql::partner_schema(config.introspection),
            costs: Costs::of_schema(&graphql::sdl()),
            limits: Limits::default(),
            documents: Documents::default(),
            seats: Seats::default(),
            config,
        });
        let shared = state.clone();
        let server = HttpServer::new(move || http::app(shared.clone())).shutdown_timeout(10).disable_signals();
        let server = match workers {
            Some(workers) => server.workers(workers),
            None => server,
        };
        let bound = server.bind(listen).map_err(|cause| format!("KITH_LISTEN: cannot listen on {listen}: {cause}"))?;
        let address = bound.addrs().first().copied().unwrap_or(listen);
        Ok(Self { state, address, webhooks, running: bound.run() })
    }

    /// Answers requests until the process is told to stop, then ends the connections that last, finishes the requests it
    /// has begun and sends the letters that wait. Told a second time, it stops at once.
    ///
    /// # Errors
    /// If the operating system takes the socket away.
    pub async fn run(self) -> std::io::Result<()> {
        let handle = self.handle();
        let jobs = tokio::spawn(jobs::run(self.state.clone()));
        let live = tokio::spawn(live::run(self.state.kith.clone()));
        let webhooks = tokio::spawn(self.webhooks.clone().run());
        let signals = tokio::spawn(async move {
            told_to_stop().await;
            tokio::select! {
                () = handle.stop(true) => {}
                () = told_to_stop() => handle.stop(false).await,
            }
        });
        let ended = self.running.await;
        signals.abort();
        jobs.abort();
        live.abort();
        self.webhooks.close().await;
        webhooks.abort();
        self.state.mailer.close().await;
        ended
    }

    /// By which the running server can be stopped.
    pub fn handle(&self) -> Handle {
        Handle { seats: self.state.seats.clone(), server: self.running.handle() }
    }
}

/// By which a running server can be stopped.
#[derive(Clone)]
pub struct Handle {
    seats: Seats,
    server: ServerHandle,
}

impl Handle {
    /// Stops the server; gracefully, it ends the connections that last first, and finishes what it has begun.
    pub async fn stop(&self, graceful: bool) {
        if graceful {
            self.seats.close().await;
        }
        self.server.stop(graceful).await;
    }
}

/// Waits until the process is told to stop: by Ctrl-C in a terminal, or by whoever looks after services.
async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<Option<()>>();
    tokio::select! {
        _ = interrupted => {}
        _ = terminated => {}
    }
}

/// The domain's handles as `config` says, with the database migrated if it says so.
///
/// # Errors
/// What is wrong, and what to do.
pub async fn open(config: &Config, role: Role) -> Result<Kith, String> {
    let kith = connect(config, role).await?;
    let version = kith.store.schema_version().await.map_err(|error| format!("DATABASE_URL: {error:?}"))?;
    if !version.unknown.is_empty() {
        return Err(format!(
            "The database is newer than this program (it has {}); install the newer program.",
            version.unknown.join(", ")
        ));
    }
    match config.migrate {
        _ if version.is_current() => {}
        Switch::On => kith.store.migrate().await.map_err(|error| format!("The migrations failed: {error:?}"))?,
        Switch::Off => {
            return Err(format!(
                "The database lacks migrations ({}); run `kith migrate up`.",
                version.pending.join(", ")
            ));
        }
    }
    Ok(kith)
}

/// The domain's handles as `config` says, whatever state the database is in.
///
/// # Errors
/// What is wrong, and what to do.
pub async fn connect(config: &Config, role: Role) -> Result<Kith, String> {
    let url = config.database_url.expose_secret();
    if url.starts_with("sqlite:") {
        make_private_dir(&config.data_dir)?;
    }
    let store = Store::connect(url)
        .await
        .map_err(|_| format!("DATABASE_URL: there is no database at {}; is it running?", config.database_name()))?;
    let cache = match &config.redis_url {
        Some(url) => Cache::redis(url.expose_secret(), &config.cache_prefix)
            .map_err(|_| "REDIS_URL: this is not the address of a Redis".to_owned())?,
        None => Cache::local(),
    };
    let mut kith = Kith::new(store, cache, role, secrets(config)?);
    kith.thresholds = config.readiness.0;
    kith.allowance = config.rate_limit.0;
    kith.receivers = config.webhook_allow.clone();
    Ok(kith)
}

/// What codes and refresh tokens are made with: keys derived from those of access tokens.
///
/// # Errors
/// What is wrong, and what to do.
pub fn secrets(config: &Config) -> Result<Secrets, String> {
    Ok(Secrets::new(&seeds(config)?.iter().map(|seed| seed.0).collect::<Vec<_>>()))
}

/// The keys of access tokens.
///
/// # Errors
/// What is wrong, and what to do.
pub fn keys(config: &Config) -> Result<Keys, String> {
    Keys::new(&config.public_url, &seeds(config)?)
}

/// What all keys are made of: what is configured, or development's own, made at the first start.
fn seeds(config: &Config) -> Result<Vec<SigningSeed>, String> {
    match (config.signing_keys.as_slice(), config.environment) {
        ([], Environment::Production) => Err("KITH_SIGNING_KEY: production needs it".to_owned()),
        ([], Environment::Development) => Ok(vec![development_seed(&config.data_dir)?]),
        (seeds, _) => Ok(seeds.to_vec()),
    }
}

/// Development's signing key: kept in the data folder, so that tokens outlive a restart and `kith token` can make some.
fn development_seed(data_dir: &Path) -> Result<SigningSeed, String> {
    let path = data_dir.join("signing.key");
    let fault = |cause: std::io::Error| {
        format!("{}: {cause}; set KITH_DATA_DIR to a folder that can be written", path.display())
    };
    match std::fs::read(&path) {
        Ok(bytes) => {
            let wrong = format!("{}: this is not a key; delete it and a new one is made", path.display());
            return bytes.try_into().map(SigningSeed).map_err(|_| wrong);
        }
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {}
        Err(cause) => return Err(fault(cause)),
    }
    make_private_dir(data_dir)?;
    let seed: [u8; 32] = rand::random();
    command::write_private(&path, &seed).map_err(fault)?;
    tracing::info!(file = %path.display(), "no KITH_SIGNING_KEY: made a key for development");
    Ok(SigningSeed(seed))
}

fn make_private_dir(path: &Path) -> Result<(), String> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|cause| format!("KITH_DATA_DIR: {}: {cause}", path.display()))
}

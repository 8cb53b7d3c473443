//! Settings, all from the environment, read once at start: a value that does not fit stops the program, naming the
//! variable and what it expects. The only module that reads the environment.
//!
//! Secrets (`KITH_SIGNING_KEY`, `KITH_SMTP_URL`, `DATABASE_URL`, `REDIS_URL`) may instead stand in a file that `<NAME>_FILE` names.

use std::net::SocketAddr;
use std::path::PathBuf;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::account::SignUpBy;
use domain::webhook::Allowed;
use secrecy::{ExposeSecret, SecretString};

pub use self::app_links::{AndroidApp, AndroidApps, AppleApps};
pub use self::minimum_client::MinimumClients;
pub use self::rate_limit::RateLimit;
pub use self::readiness::Readiness;

mod app_links;
mod minimum_client;
mod rate_limit;
mod readiness;
#[cfg(test)]
mod tests;
mod variables;
use self::variables::Variables;

/// What the service runs as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// For trying out: a demo network, a key of its own, introspection.
    Development,
    /// For real members: needs a signing key, hides the schema's introspection.
    Production,
}

/// Something that is on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// Which documents are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustedDocuments {
    /// Those that are trusted, by their ids, and any that a request brings.
    Allow,
    /// Those that are trusted, and no other.
    Only,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// All settings. Each field names its variable and its default.
#[derive(Debug)]
pub struct Config {
    /// `KITH_ENV`: `development` (default) or `production`.
    pub environment: Environment,
    /// `KITH_LISTEN`: the address to listen on; `127.0.0.1:8080`.
    pub listen: SocketAddr,
    /// `KITH_PUBLIC_URL`: the address clients use; the issuer of tokens. `http://` and the listening address in
    /// development; required in production.
    pub public_url: String,
    /// `KITH_DATA_DIR`: where the SQLite file and development's signing key are kept; `.kith`.
    pub data_dir: PathBuf,
    /// `DATABASE_URL`: `sqlite://…` or `postgres://…`; an SQLite file in the data folder.
    pub database_url: SecretString,
    /// `REDIS_URL`: `redis://…`, `rediss://…` or `redis+unix://…`; without it, the cache is in this process, which is
    /// right for one replica only.
    pub redis_url: Option<SecretString>,
    /// `KITH_CACHE_PREFIX`: what the keys in Redis begin with; `kith`.
    pub cache_prefix: String,
    /// `KITH_SIGNING_KEY`: base64 of 32-byte Ed25519 seeds, separated by commas: the first signs, all verify. Made at
    /// the first start in development, and kept in the data folder; required in production.
    pub signing_keys: Vec<SigningSeed>,
    /// `KITH_SMTP_URL` and `KITH_MAIL_FROM`: how letters are sent; without them, development prints letters to its log.
    /// Required in production.
    pub smtp: Option<Smtp>,
    /// `KITH_MIGRATE`: `on` (default) applies migrations at start.
    pub migrate: Switch,
    /// `KITH_INTROSPECTION`: introspection and suggestions of names; `on` in development, `off` in production.
    pub introspection: Switch,
    /// `KITH_PLAYGROUND`: `/graphiql`; `on` in development, `off` in production.
    pub playground: Switch,
    /// `KITH_PLAYGROUND_DIR`: where `npm ci` has put the playground's assets; `api/playground`. Without them the page
    /// takes them from a CDN.
    pub playground_dir: PathBuf,
    /// `KITH_APP_STORE_URL`: where iPhones get the app; none.
    pub app_store_url: Option<String>,
    /// `KITH_PLAY_STORE_URL`: where Android phones get the app; none.
    pub play_store_url: Option<String>,
    /// `KITH_SIGN_UP`: `open` (default in development) or `invitation` (in production): who may make an account.
    pub sign_up: SignUpBy,
    /// `KITH_CORS_ORIGINS`: web origins that may call, separated by commas; none.
    pub cors_origins: Vec<String>,
    /// `KITH_MINIMUM_CLIENT`: the oldest apps that may ask, such as `ios=2.4.0,android=2.3`; any may.
    pub minimum_clients: MinimumClients,
    /// `KITH_APPLE_APPS`: iPhone apps that open our links, separated by commas; none.
    pub apple_apps: AppleApps,
    /// `KITH_ANDROID_APPS`: Android apps that open our links, separated by commas; none.
    pub android_apps: AndroidApps,
    /// `KITH_READINESS`: what it takes for a community to go live; `founders=5,density=1/2,endorsed=2/3,attended=1/2,days=90`.
    pub readiness: Readiness,
    /// `KITH_RATE_LIMIT`: how many points may be asked at once, and within how many minutes they flow back;
    /// `member=60000,partner=120000,anonymous=20000,minutes=10`.
    pub rate_limit: RateLimit,
    /// `KITH_TRUSTED_DOCUMENTS`: `allow` (default) or `only`: whether documents are run that were not loaded before.
    pub trusted_documents: TrustedDocuments,
    /// `KITH_PROXIES`: how many reverse proxies of ours stand in front, whose `X-Forwarded-For` is believed; 0.
    pub proxies: u8,
    /// `KITH_WEBHOOK_ALLOW`: networks that webhooks may reach although they are not public, and without TLS, such as
    /// `127.0.0.0/8,::1/128`; none.
    pub webhook_allow: Allowed,
    /// `KITH_WORKERS`: threads that serve requests; one a processor.
    pub workers: Option<usize>,
    /// `KITH_LOG`: what is logged, in tracing's filter syntax; `info`, and of chatty libraries the warnings.
    pub log: String,
    /// `KITH_LOG_FORMAT`: `text` (default in development) or `json` (in production).
    pub log_format: LogFormat,
}

/// How letters are sent.
#[derive(Clone, Debug)]
pub struct Smtp {
    /// `KITH_SMTP_URL`: `smtps://…`, or `smtp://…` with `?tls=required` for STARTTLS.
    pub url: SecretString,
    /// `KITH_MAIL_FROM`: who writes, such as `Kith <hello@kith.example>`.
    pub from: String,
}

/// The secret half of an Ed25519 key. Not printable.
#[derive(Clone)]
pub struct SigningSeed(pub(crate) [u8; 32]);

impl std::fmt::Debug for SigningSeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningSeed(..)")
    }
}

/// A setting that does not fit: its variable and what it expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The variable.
    pub variable: String,
    /// What is expected of it.
    pub expects: String,
}

impl std::fmt::Display for Invalid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.variable, self.expects)
    }
}

type Read<T> = Result<T, Invalid>;

/// All variables there are, for the check of unknown ones.
pub const VARIABLES: [&str; 29] = [
    "DATABASE_URL",
    "KITH_ANDROID_APPS",
    "KITH_APPLE_APPS",
    "KITH_APP_STORE_URL",
    "KITH_CACHE_PREFIX",
    "KITH_CORS_ORIGINS",
    "KITH_DATA_DIR",
    "KITH_ENV",
    "KITH_INTROSPECTION",
    "KITH_LISTEN",
    "KITH_LOG",
    "KITH_LOG_FORMAT",
    "KITH_MAIL_FROM",
    "KITH_MIGRATE",
    "KITH_MINIMUM_CLIENT",
    "KITH_PLAYGROUND",
    "KITH_PLAYGROUND_DIR",
    "KITH_PLAY_STORE_URL",
    "KITH_PROXIES",
    "KITH_PUBLIC_URL",
    "KITH_RATE_LIMIT",
    "KITH_READINESS",
    "KITH_SIGNING_KEY",
    "KITH_SIGN_UP",
    "KITH_SMTP_URL",
    "KITH_TRUSTED_DOCUMENTS",
    "KITH_WEBHOOK_ALLOW",
    "KITH_WORKERS",
    "REDIS_URL",
];
const SECRETS: [&str; 4] = ["DATABASE_URL", "KITH_SIGNING_KEY", "KITH_SMTP_URL", "REDIS_URL"];

impl Config {
    /// The settings of this process.
    ///
    /// # Errors
    /// The first variable whose value does not fit.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn from_env() -> Read<Self> {
        Self::from_variables(
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
        )
    }

    /// The settings these variables make; those that are not Kith's are passed over.
    ///
    /// # Errors
    /// As [`Config::from_env`].
    pub fn from_variables(variables: impl IntoIterator<Item = (String, String)>) -> Read<Self> {
        let vars = Variables(variables.into_iter().filter(|(_, value)| !value.is_empty()).collect());
        vars.refuse_unknown()?;
        let environment = vars.choice(
            "KITH_ENV",
            Environment::Development,
            [("development", Environment::Development), ("production", Environment::Production)],
        )?;
        let in_production = environment == Environment::Production;
        let shown = if in_production { Switch::Off } else { Switch::On };
        let listen: SocketAddr = vars
            .parse("KITH_LISTEN", "an address and a port, such as 127.0.0.1:8080")?
            .unwrap_or(([127, 0, 0, 1], 8080).into());
        let public_url = match vars.plain("KITH_PUBLIC_URL") {
            Some(url) if url.starts_with("https://") || url.starts_with("http://") => {
                url.trim_end_matches('/').to_owned()
            }
            Some(_) => return invalid("KITH_PUBLIC_URL", "an address that begins with https:// or http://"),
            None if in_production => return invalid("KITH_PUBLIC_URL", "the address clients use; production needs it"),
            None => format!("http://{listen}"),
        };
        let data_dir = PathBuf::from(vars.plain("KITH_DATA_DIR").unwrap_or(".kith"));
        let signing_keys = match vars.secret("KITH_SIGNING_KEY")? {
            Some(keys) => seeds(&keys)?,
            None if in_production => {
                return invalid(
                    "KITH_SIGNING_KEY",
                    "base64 of 32 random bytes (openssl rand -base64 32); production needs it",
                );
            }
            None => Vec::new(),
        };
        let database_url = match vars.secret("DATABASE_URL")? {
            Some(url) if ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme)) => url,
            Some(_) => {
                return invalid(
                    "DATABASE_URL",
                    "an address such as postgres://user:password@host/database or sqlite://file",
                );
            }
            None => format!("sqlite://{}", data_dir.join("kith.db").display()),
        };
        let redis_url = match vars.secret("REDIS_URL")? {
            Some(url) if ["redis:", "rediss:", "redis+unix:", "unix:"].iter().any(|scheme| url.starts_with(scheme)) => {
                Some(url)
            }
            Some(_) => return invalid("REDIS_URL", "an address such as redis://host:6379"),
            None => None,
        };
        let log_format = if in_production { LogFormat::Json } else { LogFormat::Text };
        Ok(Self {
            environment,
            listen,
            public_url,
            signing_keys,
            database_url: database_url.into(),
            redis_url: redis_url.map(Into::into),
            smtp: vars.smtp(environment)?,
            cache_prefix: vars.plain("KITH_CACHE_PREFIX").unwrap_or("kith").to_owned(),
            migrate: vars.switch("KITH_MIGRATE", Switch::On)?,
            introspection: vars.switch("KITH_INTROSPECTION", shown)?,
            playground: vars.switch("KITH_PLAYGROUND", shown)?,
            playground_dir: PathBuf::from(vars.plain("KITH_PLAYGROUND_DIR").unwrap_or("api/playground")),
            app_store_url: vars.https("KITH_APP_STORE_URL")?,
            play_store_url: vars.https("KITH_PLAY_STORE_URL")?,
            sign_up: vars.choice(
                "KITH_SIGN_UP",
                if in_production { SignUpBy::Invitation } else { SignUpBy::Anybody },
                [("open", SignUpBy::Anybody), ("invitation", SignUpBy::Invitation)],
            )?,
            cors_origins: vars.origins("KITH_CORS_ORIGINS")?,
            minimum_clients: vars.parse("KITH_MINIMUM_CLIENT", MinimumClients::EXPECTS)?.unwrap_or_default(),
            apple_apps: vars.parse("KITH_APPLE_APPS", AppleApps::EXPECTS)?.unwrap_or_default(),
            android_apps: vars.parse("KITH_ANDROID_APPS", AndroidApps::EXPECTS)?.unwrap_or_default(),
            readiness: vars.parse("KITH_READINESS", Readiness::EXPECTS)?.unwrap_or_default(),
            rate_limit: vars.parse("KITH_RATE_LIMIT", RateLimit::EXPECTS)?.unwrap_or_default(),
            trusted_documents: vars.choice(
                "KITH_TRUSTED_DOCUMENTS",
                TrustedDocuments::Allow,
                [("allow", TrustedDocuments::Allow), ("only", TrustedDocuments::Only)],
            )?,
            proxies: vars.parse("KITH_PROXIES", "a number of reverse proxies, from 0")?.unwrap_or(0),
            webhook_allow: vars
                .parse("KITH_WEBHOOK_ALLOW", "networks such as 127.0.0.0/8, separated by commas")?
                .unwrap_or_default(),
            workers: vars
                .parse("KITH_WORKERS", "a number of threads from 1")?
                .map(|workers: std::num::NonZeroUsize| workers.get()),
            log: vars.plain("KITH_LOG").unwrap_or("info,actix_server=warn,sea_orm_migration=warn,sqlx=warn").to_owned(),
            log_format: vars.choice(
                "KITH_LOG_FORMAT",
                log_format,
                [("text", LogFormat::Text), ("json", LogFormat::Json)],
            )?,
            data_dir,
        })
    }

    /// The database's address without its password, for people.
    pub fn database_name(&self) -> String {
        without_password(self.database_url.expose_secret())
    }
}

/// An address without its user and password.
fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, place))) => format!("{scheme}://{place}"),
        _ => url.to_owned(),
    }
}

fn invalid<T>(variable: &str, expects: &str) -> Read<T> {
    Err(Invalid { variable: variable.to_owned(), expects: expects.to_owned() })
}

/// The items of a list separated by commas.
fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

/// The items of such a list that are `name=value`; an error if one is not.
fn pairs(text: &str) -> Result<Vec<(&str, &str)>, ()> {
    items(text).map(|item| item.split_once('=').ok_or(())).collect()
}

fn seeds(keys: &str) -> Read<Vec<SigningSeed>> {
    let seed = |key: &str| {
        let bytes = BASE64_STANDARD.decode(key.trim()).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(SigningSeed).map_or_else(
            || {
                invalid(
                    "KITH_SIGNING_KEY",
                    "base64 of exactly 32 bytes, several separated by commas (openssl rand -base64 32)",
                )
            },
            Ok,
        )
    };
    keys.split(',').map(seed).collect()
}

//! The command line: one subcommand a file, each with `--help`.
//!
//! Answers go to standard output, everything else to standard error. A command that fails says what to do and exits
//! with 1.

mod demo;
mod doctor;
mod documents;
mod import;
mod operator;
mod outbox;
mod progress;
mod reports;
mod serve;
mod token;

use std::io::{IsTerminal, Write};
use std::path::Path;

use clap::{Parser, Subcommand};
use domain::Role;
use futures::future::LocalBoxFuture;
use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};
use crate::graphql;

/// Kith: the backend of an app for communities that exist in real life.
///
/// Without a command it serves. All settings come from the environment; the README lists them.
#[derive(Parser)]
#[command(name = "kith", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Answer requests (the default)
    Serve(serve::ServeArgs),
    /// Show or apply the database's migrations
    #[command(subcommand)]
    Migrate(Migrate),
    /// Fill an empty database with the fictional demo network
    Demo,
    /// Bring an existing offline network online
    Import(Box<import::ImportArgs>),
    /// Print the GraphQL schema
    Schema,
    /// Invite somebody by e-mail: how the first members come in
    Invite(operator::InviteArgs),
    /// Show, suspend or restore a member
    #[command(subcommand)]
    Member(operator::Member),
    /// End sessions
    #[command(subcommand)]
    Sessions(operator::Sessions),
    /// List and resolve what members report about stewards
    #[command(subcommand)]
    Reports(reports::Reports),
    /// List what the caches and listeners could not be told, and try it again
    #[command(subcommand)]
    Outbox(outbox::Outbox),
    /// Load and list the documents that apps name instead of sending them
    #[command(subcommand)]
    Documents(documents::Documents),
    /// Make access tokens
    #[command(subcommand)]
    Token(token::Token),
    /// Check the configuration, the database, the cache and the schema version, and say what to do
    Doctor(doctor::DoctorArgs),
}

#[derive(Subcommand)]
enum Migrate {
    /// Apply what the database lacks
    Up,
    /// Show what is applied and what is not; exit with 1 unless it fits this program
    Status,
}

/// Runs the command line.
///
/// # Errors
/// What went wrong and what to do, for the terminal.
pub fn run(cli: Cli) -> LocalBoxFuture<'static, Result<(), String>> {
    // Boxed here, so that all there is to run is compiled with this library, and not once more with each program.
    Box::pin(run_here(cli))
}

async fn run_here(cli: Cli) -> Result<(), String> {
    let command = cli.command.unwrap_or(Command::Serve(serve::ServeArgs::default()));
    if let Command::Schema = command {
        return print(graphql::sdl().trim_end());
    }
    let config = Config::from_env().map_err(|invalid| format!("{invalid}."))?;
    log(&config)?;
    match command {
        Command::Serve(args) => serve::run(args, config).await,
        Command::Migrate(Migrate::Up) => migrate_up(&config).await,
        Command::Migrate(Migrate::Status) => migrate_status(&config).await,
        Command::Demo => demo::run(&config).await,
        Command::Import(args) => import::run(&args, &crate::open(&config, Role::Command).await?).await,
        Command::Invite(args) => operator::invite(args, &config).await,
        Command::Member(command) => operator::member(command, &config).await,
        Command::Sessions(command) => operator::sessions(command, &config).await,
        Command::Reports(command) => reports::run(command, &config).await,
        Command::Outbox(command) => outbox::run(command, &config).await,
        Command::Documents(command) => documents::run(command, &config).await,
        Command::Token(args) => token::run(args, &config).await,
        Command::Doctor(args) => doctor::run(args, &config).await,
        Command::Schema => Ok(()),
    }
}

async fn migrate_up(config: &Config) -> Result<(), String> {
    let kith = crate::connect(config, Role::Command).await?;
    let version = kith.store.schema_version().await.map_err(|error| format!("DATABASE_URL: {error:?}"))?;
    if version.unknown.is_empty() {
        kith.store.migrate().await.map_err(|error| format!("The migrations failed: {error:?}"))?;
    }
    migrate_status(config).await
}

async fn migrate_status(config: &Config) -> Result<(), String> {
    let kith = crate::connect(config, Role::Command).await?;
    let version = kith.store.schema_version().await.map_err(|error| format!("DATABASE_URL: {error:?}"))?;
    for (word, names) in [("applied", &version.applied), ("pending", &version.pending)] {
        for name in names.iter() {
            print(&format!("{word}  {name}"))?;
        }
    }
    match (version.is_current(), version.unknown.is_empty()) {
        (true, _) => print("The database fits this program."),
        (false, true) => Err("The database lacks migrations; run `kith migrate up`.".to_owned()),
        (false, false) => Err("The database is newer than this program; install the newer program.".to_owned()),
    }
}

/// What is not logged whatever the settings say: the database library's spans hold the database's address with its
/// password, and statements with their values.
const NEVER: &str = "sea_orm=warn";

/// Log lines go to standard error, as the settings say.
fn log(config: &Config) -> Result<(), String> {
    let filter = EnvFilter::try_new(&config.log)
        .map_err(|cause| format!("KITH_LOG: {cause}; for example `info,domain=debug`."))?
        .add_directive(NEVER.parse().map_err(|cause| format!("{NEVER}: {cause}."))?);
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let begun = match config.log_format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    begun.map_err(|cause| format!("The log cannot begin: {cause}."))
}

/// A line of a command's answer.
fn print(line: &str) -> Result<(), String> {
    writeln!(std::io::stdout(), "{line}").map_err(|cause| format!("The answer cannot be written: {cause}."))
}

/// Writes a new file that only its owner can read.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    create_private(path)?.write_all(bytes)
}

/// Makes a new file that only its owner can read; fails if there is one.
pub(crate) fn create_private(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

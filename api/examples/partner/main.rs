//! A partner of a community: an association's register that keeps its list of people and the community's roster equal.
//!
//! ```text
//! export KITH_TOKEN=kith_pat_…              # scopes ROSTER_READ and ROSTER_WRITE
//! cargo run --example partner -- sync people.csv
//! export KITH_WEBHOOK_SECRET=whsec_…        # of a webhook for member.joined and member.left
//! cargo run --example partner -- receive people.csv
//! ```
//!
//! `people.csv` has the columns `id,email,active`; the roster as it was last read is kept beside it, in
//! `people.roster.json`. `receive` syncs once, and again whenever it is told that somebody joined or left.

mod receive;
mod sync;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tokio::sync::mpsc;

use crate::receive::{follow, serve};
use crate::sync::{Partner, sync};

#[derive(Parser)]
struct Arguments {
    /// Where the service answers.
    #[arg(long, default_value = "http://127.0.0.1:8080/graphql")]
    url: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Sends the list, and reads what has changed on the roster.
    Sync { list: PathBuf },
    /// Does so whenever a webhook tells that somebody joined or left.
    Receive {
        list: PathBuf,
        /// Where webhooks are received.
        #[arg(long, default_value = "127.0.0.1:9000")]
        listen: String,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let (told, code) = match run(Arguments::parse()).await {
        Ok(told) => (told, ExitCode::SUCCESS),
        Err(wrong) => (wrong, ExitCode::FAILURE),
    };
    say(&told);
    code
}

async fn run(arguments: Arguments) -> Result<String, String> {
    let partner = Partner::new(&arguments.url, &secret("KITH_TOKEN")?);
    match arguments.command {
        Command::Sync { list } => sync(&partner, &list).await.map(|done| done.to_string()),
        Command::Receive { list, listen } => {
            let (told, events) = mpsc::channel(100);
            let (server, _) = serve(&secret("KITH_WEBHOOK_SECRET")?, &listen, told)?;
            tokio::spawn(server);
            follow(&partner, &list, events).await.map(|()| "Nothing is received any more.".to_owned())
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "secrets do not belong on a command line")]
fn secret(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|_| format!("{name} is not set"))
}

#[expect(clippy::print_stdout, reason = "what the program says")]
fn say(told: &str) {
    println!("{told}");
}

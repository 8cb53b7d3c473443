//! `kith`: the command line.

use std::process::ExitCode;

use api::command::{Cli, run};
use clap::Parser;

/// Of the program alone: who uses the library has an allocator already.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[actix_web::main]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            #[expect(clippy::print_stderr, reason = "the last word of a command that failed")]
            {
                eprintln!("kith: {message}");
            }
            ExitCode::FAILURE
        }
    }
}

//! `kith outbox`: what committed changes must still tell, and what they could not.
//!
//! A change is told of in numbers only: whom it concerns is nothing an operator needs.

use std::time::Duration;

use clap::{Args, Subcommand};
use domain::Role;
use domain::ctx::{Ctx, Viewer};
use domain::event::Change;
use domain::event::backlog::{self, Entry};
use domain::id::OutboxId;
use uuid::Uuid;

use super::operator::explain;
use super::print;
use crate::config::Config;
use crate::open;

#[derive(Subcommand)]
pub(super) enum Outbox {
    /// List what is dead and what waits, the oldest first
    List,
    /// Put dead changes back: they are due now
    Retry(RetryArgs),
}

/// Which of the dead.
#[derive(Args)]
pub(super) struct RetryArgs {
    /// The change's id, as `list` shows it
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    id: Option<Uuid>,
    /// All that are dead
    #[arg(long)]
    all: bool,
}

/// `kith outbox`.
pub(super) async fn run(command: Outbox, config: &Config) -> Result<(), String> {
    let kith = open(config, Role::Command).await?;
    let ctx = Ctx::new(&kith, Viewer::System);
    match command {
        Outbox::List => {
            let backlog = backlog::list(&ctx).await.map_err(explain)?;
            for (state, entries) in [("dead", &backlog.dead), ("waiting", &backlog.waiting)] {
                entries.iter().try_for_each(|entry| print(&told(state, entry)))?;
            }
            print(&format!("{} dead, {} waiting", backlog.dead_in_all, backlog.waiting_in_all))
        }
        Outbox::Retry(args) => {
            match (backlog::put_back(&ctx, args.id.map(OutboxId)).await.map_err(explain)?, args.id) {
                (0, Some(id)) => Err(format!("No dead change has the id {id}; `kith outbox list` shows them.")),
                (count, _) => {
                    tracing::warn!(count, "dead changes were put back");
                    print(&format!("{count} changes are due now; a running server applies them."))
                }
            }
        }
    }
}

fn told(state: &str, entry: &Entry) -> String {
    let error = entry.error.as_ref().map(|error| format!("\n  {error}")).unwrap_or_default();
    format!(
        "{}\n  {state}, {} old, {} attempts: {}{error}",
        entry.id.0,
        roughly(entry.age),
        entry.attempts,
        entry.change.as_ref().map_or_else(|| "nobody can read what".to_owned(), about)
    )
}

/// What a change holds, in numbers.
fn about(change: &Change) -> String {
    let held = [
        ("ties", change.ties.len()),
        ("cards", change.cards.len()),
        ("blocks", change.blocks.len()),
        ("accounts", change.accounts.len()),
        ("communities", change.communities.len()),
        ("events", change.events.len()),
    ];
    let held = held.iter().filter(|(_, count)| *count > 0).map(|(name, count)| format!("{name} {count}"));
    held.collect::<Vec<_>>().join(", ")
}

/// A length of time in its largest unit.
fn roughly(length: Duration) -> String {
    match length.as_secs() {
        seconds @ ..60 => format!("{seconds} s"),
        seconds @ ..3_600 => format!("{} min", seconds / 60),
        seconds @ ..86_400 => format!("{} h", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

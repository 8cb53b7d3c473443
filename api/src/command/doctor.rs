//! `kith doctor`: is everything as it must be, and if not, what to do.

use clap::Args;
use domain::Role;
use domain::ctx::{Ctx, Viewer};
use domain::event::backlog;

use super::print;
use crate::config::Config;

/// What `doctor` can be told.
#[derive(Args)]
pub(super) struct DoctorArgs {
    /// Print only what is wrong; for health checks
    #[arg(long)]
    quiet: bool,
}

pub(super) async fn run(args: DoctorArgs, config: &Config) -> Result<(), String> {
    let fine = |line: String| if args.quiet { Ok(()) } else { print(&format!("ok    {line}")) };
    fine(format!("configuration: {:?}, for {}", config.environment, config.public_url))?;
    crate::keys(config)?;
    fine("signing keys".to_owned())?;
    let kith = crate::connect(config, Role::Command).await?;
    kith.store
        .ping()
        .await
        .map_err(|_| format!("DATABASE_URL: {} does not answer; is it running?", config.database_name()))?;
    fine(format!("database: {}", config.database_name()))?;
    let version = kith.store.schema_version().await.map_err(|error| format!("DATABASE_URL: {error:?}"))?;
    if !version.unknown.is_empty() {
        return Err("The database is newer than this program; install the newer program.".to_owned());
    }
    if !version.is_current() {
        return Err(format!("The database lacks migrations ({}); run `kith migrate up`.", version.pending.join(", ")));
    }
    fine(format!("schema version: {}", version.applied.last().map_or("none", String::as_str)))?;
    let dead = backlog::count_dead(&Ctx::new(&kith, Viewer::System)).await;
    match dead.map_err(|error| format!("DATABASE_URL: {error:?}"))? {
        0 => fine("outbox: nothing is given up".to_owned())?,
        // The service does its work all the same.
        dead => print(&format!("warn  outbox: {dead} changes are given up; see `kith outbox list`"))?,
    }
    match (&config.redis_url, kith.cache.is_reachable().await) {
        (None, _) => fine("cache: in this process, which is right for one replica".to_owned()),
        (Some(_), true) => fine("cache: Redis".to_owned()),
        (Some(_), false) => {
            Err("REDIS_URL: Redis does not answer. The service runs without it, slower; start it, or unset REDIS_URL."
                .to_owned())
        }
    }
}

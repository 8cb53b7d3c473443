//! `kith token`: access tokens made by an operator.

use std::time::Duration;

use clap::{Args, Subcommand};
use domain::ctx::{Ctx, Platform, Viewer};
use domain::session::{self, NewDevice};
use domain::{Role, member};

use super::print;
use crate::auth::Actor;
use crate::config::{Config, Environment};
use crate::{keys, open};

#[derive(Subcommand)]
pub(super) enum Token {
    /// A support token: to act for a member, saying so. It is logged, and shows among the member's sessions, with its reason.
    Member(MemberArgs),
}

/// For whom, for how long, and why.
#[derive(Args)]
pub(super) struct MemberArgs {
    /// The member's handle
    handle: String,
    /// How long it is valid
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1440))]
    minutes: u32,
    /// Why; development does not ask
    #[arg(long)]
    reason: Option<String>,
}

pub(super) async fn run(Token::Member(args): Token, config: &Config) -> Result<(), String> {
    let reason = args.reason.filter(|reason| !reason.trim().is_empty());
    if reason.is_none() && config.environment == Environment::Production {
        return Err("Say why: --reason \"…\".".to_owned());
    }
    let kith = open(config, Role::Command).await?;
    let found = member::by_handle(&kith, &args.handle).await.map_err(|error| format!("The database: {error:?}"))?;
    let member = found.ok_or_else(|| format!("There is no member called {}.", args.handle))?;
    let actor = Actor { sub: "operator".to_owned(), reason };
    let ctx = Ctx::new(&kith, Viewer::System);
    let device = NewDevice { name: "Support".to_owned(), platform: Platform::Other };
    let support = session::Actor::Support(actor.reason.clone().unwrap_or_else(|| "development".to_owned()));
    let lasts = Duration::from_secs(u64::from(args.minutes) * 60);
    let opened = session::open_for(&ctx, member, device, support, lasts).await;
    let session = opened.map_err(|error| format!("The database: {error:?}"))?.session.id;
    tracing::warn!(member = %member.0, reason = actor.reason, minutes = args.minutes, "a support token was made");
    print(&keys(config)?.issue(member, session, args.minutes, Some(actor), ctx.now)?)
}

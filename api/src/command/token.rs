//! `kith token`: access tokens made by an operator.

use clap::{Args, Subcommand};
use domain::{Role, member};

use super::print;
use crate::auth::Actor;
use crate::config::{Config, Environment};
use crate::{keys, open};

#[derive(Subcommand)]
pub(super) enum Token {
    /// A support token: to act for a member, saying so. It is logged, with its reason.
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
    tracing::warn!(member = %member.0, reason = actor.reason, minutes = args.minutes, "a support token was made");
    print(&keys(config)?.issue(member, args.minutes, Some(actor), kith.clock.now())?)
}

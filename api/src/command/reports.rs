//! `kith reports`: what members say of stewards, and the operator's decisions about it.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use clap::{Args, Subcommand, ValueEnum};
use domain::Role;
use domain::ctx::{Ctx, Viewer};
use domain::id::ReportId;
use domain::report::{self, Verdict, Waiting};
use uuid::Uuid;

use super::operator::explain;
use super::print;
use crate::config::Config;
use crate::graphql::moment;
use crate::open;

#[derive(Subcommand)]
pub(super) enum Reports {
    /// List the open reports about stewards, the oldest first
    List,
    /// Decide about one of them
    Resolve(ResolveArgs),
}

/// Which report, and the decision.
#[derive(Args)]
pub(super) struct ResolveArgs {
    /// The report's id, as `list` shows it
    report: String,
    /// Whether the agreement was broken
    #[arg(long, value_enum)]
    verdict: Decision,
    /// The decision in words, which whoever reported reads
    #[arg(long)]
    decision: String,
}

/// The values of `--verdict`.
#[derive(Clone, Copy, ValueEnum)]
enum Decision {
    /// The agreement was broken
    Uphold,
    /// It was not
    Dismiss,
}

impl From<Decision> for Verdict {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Uphold => Self::Uphold,
            Decision::Dismiss => Self::Dismiss,
        }
    }
}

/// `kith reports`.
pub(super) async fn run(command: Reports, config: &Config) -> Result<(), String> {
    let kith = open(config, Role::Command).await?;
    let ctx = Ctx::new(&kith, Viewer::System);
    match command {
        Reports::List => {
            let waiting = report::waiting(&ctx).await.map_err(explain)?;
            if waiting.is_empty() {
                return print("No report waits for the operator.");
            }
            waiting.iter().try_for_each(|waiting| print(&told(waiting)))
        }
        Reports::Resolve(args) => {
            let bytes = BASE64_URL_SAFE_NO_PAD.decode(args.report.trim_start_matches("rep_")).unwrap_or_default();
            let id = ReportId(Uuid::from_slice(&bytes).unwrap_or_default());
            report::resolve(&ctx, id, args.verdict.into(), &args.decision).await.map_err(explain)?;
            tracing::warn!(report = %id.0, "a report was resolved");
            print("The report is resolved.")
        }
    }
}

fn told(waiting: &Waiting) -> String {
    let report = &waiting.report;
    let name = |handle: &Option<String>| handle.clone().unwrap_or_else(|| "somebody who is gone".to_owned());
    format!(
        "rep_{}\n  {}, in {}: {} about {}\n  agreement: {}\n  {}",
        BASE64_URL_SAFE_NO_PAD.encode(report.id.0),
        moment(report.created_at),
        waiting.community,
        name(&waiting.reporter),
        name(&waiting.about),
        report.agreement,
        report.note.replace('\n', "\n  ")
    )
}

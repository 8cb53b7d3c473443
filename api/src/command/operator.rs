//! `kith invite`, `kith member`, `kith sessions`: what an operator does about people.
//!
//! A running server shows a change at once if both use one Redis, and otherwise within a second, by the outbox. What is
//! about somebody goes to standard output; the log names members by their ids.

use clap::{Args, Subcommand, ValueEnum};
use domain::account::{self, Dossier};
use domain::ctx::{Ctx, Viewer};
use domain::error::Error;
use domain::letter::{Content, Letter};
use domain::{Kith, Role, invitation, session};

use super::print;
use crate::config::{Config, Environment};
use crate::graphql::moment;
use crate::mail::Mailer;
use crate::open;
use crate::words::{Language, say};

/// Whom to invite.
#[derive(Args)]
pub(super) struct InviteArgs {
    /// The e-mail address; only its reader can use the invitation
    email: String,
    /// The language of the letter
    #[arg(long, value_enum, default_value_t = Letters::En)]
    language: Letters,
}

/// The languages of letters.
#[derive(Clone, Copy, ValueEnum)]
enum Letters {
    En,
    Fr,
    De,
}

impl From<Letters> for Language {
    fn from(letters: Letters) -> Self {
        match letters {
            Letters::En => Self::English,
            Letters::Fr => Self::French,
            Letters::De => Self::German,
        }
    }
}

#[derive(Subcommand)]
pub(super) enum Member {
    /// Show what an operator needs to know of a member
    Show(Whom),
    /// Suspend a member: at once they can neither sign in nor be seen
    Suspend(SuspendArgs),
    /// End a suspension
    Restore(Whom),
}

/// A member.
#[derive(Args)]
pub(super) struct Whom {
    /// The member's handle or e-mail address
    member: String,
}

/// Whom to suspend, and why.
#[derive(Args)]
pub(super) struct SuspendArgs {
    #[command(flatten)]
    whom: Whom,
    /// Why, for the log; development does not ask
    #[arg(long)]
    reason: Option<String>,
}

#[derive(Subcommand)]
pub(super) enum Sessions {
    /// Sign a member out everywhere
    Revoke(Whom),
}

/// `kith invite`.
pub(super) async fn invite(args: InviteArgs, config: &Config) -> Result<(), String> {
    let kith = open(config, Role::Command).await?;
    let made = invitation::create_for(&Ctx::new(&kith, Viewer::System), &args.email).await.map_err(explain)?;
    let code = made.code.unwrap_or_default();
    let link = format!("{}/i/{code}", config.public_url);
    print(&format!("{code}\n{link}"))?;
    if config.smtp.is_none() {
        return print("No letter was sent, since KITH_SMTP_URL is not set: hand the code on yourself.");
    }
    let content = Content::Invitation { link, code, inviter: None };
    let letter = Letter { to: args.email, content };
    Mailer::from_config(config)?.send_now(letter, args.language.into()).await?;
    print("A letter with it was sent.")
}

/// `kith member`.
pub(super) async fn member(command: Member, config: &Config) -> Result<(), String> {
    let kith = open(config, Role::Command).await?;
    match command {
        Member::Show(whom) => show(&dossier(&kith, &whom).await?),
        Member::Suspend(args) => {
            let reason = args.reason.filter(|reason| !reason.trim().is_empty());
            if reason.is_none() && config.environment == Environment::Production {
                return Err("Say why: --reason \"…\".".to_owned());
            }
            let found = dossier(&kith, &args.whom).await?;
            account::suspend(&Ctx::new(&kith, Viewer::System), &found.handle).await.map_err(explain)?;
            tracing::warn!(member = %found.id.0, reason, "a member was suspended");
            print(&format!("{} is suspended.", found.handle))
        }
        Member::Restore(whom) => {
            let found = dossier(&kith, &whom).await?;
            account::restore(&Ctx::new(&kith, Viewer::System), &found.handle).await.map_err(explain)?;
            tracing::warn!(member = %found.id.0, "a suspension was ended");
            print(&format!("{} is not suspended.", found.handle))
        }
    }
}

/// `kith sessions`.
pub(super) async fn sessions(Sessions::Revoke(whom): Sessions, config: &Config) -> Result<(), String> {
    let kith = open(config, Role::Command).await?;
    let found = dossier(&kith, &whom).await?;
    let ended = session::revoke_all(&Ctx::new(&kith, Viewer::System), found.id).await.map_err(explain)?;
    tracing::warn!(member = %found.id.0, ended, "a member was signed out everywhere");
    print(&format!("{ended} sessions of {} were ended.", found.handle))
}

async fn dossier(kith: &Kith, whom: &Whom) -> Result<Dossier, String> {
    let found = account::dossier(&Ctx::new(kith, Viewer::System), &whom.member).await.map_err(explain)?;
    found.ok_or_else(|| format!("There is no member called {}.", whom.member))
}

fn show(found: &Dossier) -> Result<(), String> {
    let state = match (found.suspended, found.leaves_at) {
        (true, _) => "suspended".to_owned(),
        (false, Some(at)) => format!("leaving, gone after {}", moment(at)),
        (false, None) => "active".to_owned(),
    };
    print(&format!("id          {}", found.id.0))?;
    print(&format!("handle      {}", found.handle))?;
    print(&format!("name        {}", found.name))?;
    print(&format!("e-mail      {}", found.email.as_deref().unwrap_or("none")))?;
    print(&format!("state       {state}"))?;
    print(&format!("joined      {}", moment(found.created_at)))?;
    print(&format!("ties        {}", found.ties))?;
    print(&format!("password    {}", if found.has_password { "yes" } else { "no" }))?;
    print(&format!("sessions    {}", found.sessions.len()))?;
    for session in &found.sessions {
        let client = session.client.as_deref().unwrap_or("unknown app");
        let address = session.address.as_deref().unwrap_or("unknown address");
        let seen = moment(session.last_seen_at);
        let reason = session.support_reason.as_ref().map(|reason| format!(", support: {reason}")).unwrap_or_default();
        print(&format!("            {}, {client}, {address}, seen {seen}{reason}", session.device))?;
    }
    Ok(())
}

pub(super) fn explain(error: Error) -> String {
    match error {
        Error::Refused(refusals) => {
            let words = refusals.iter().map(|refusal| say(Language::English, &refusal.message));
            words.collect::<Vec<_>>().join("\n")
        }
        Error::Unavailable(_) => {
            "The database is away or busy; try again in a moment, or ask `kith doctor`.".to_owned()
        }
        error => format!("The database: {error:?}"),
    }
}

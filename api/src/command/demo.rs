//! `kith demo`: the fictional network to try things on, and how to begin with it.

use std::time::Duration;

use domain::ctx::{Ctx, Platform, Viewer};
use domain::demo::Guides;
use domain::session::{self, Actor, NewDevice};
use domain::{Kith, Role};

use super::{print, progress};
use crate::auth::Keys;
use crate::config::Config;
use crate::{keys, open};

/// How long the demo members' tokens are valid, in minutes.
const MINUTES: u32 = 12 * 60;

pub(super) async fn run(config: &Config) -> Result<(), String> {
    let kith = open(config, Role::Command).await?;
    load(&kith).await?;
    match guides(&kith).await? {
        Some(guides) => introduce(&guides, &keys(config)?, &kith).await,
        None => Err("This database has members of its own; the demo network needs an empty one.".to_owned()),
    }
}

/// Fills the database with the demo network if it is empty.
pub(super) async fn load(kith: &Kith) -> Result<(), String> {
    let bar = progress::bar();
    let loaded = domain::demo::load(&Ctx::new(kith, Viewer::System), &|progress| bar.show(progress)).await;
    bar.finish();
    loaded.map(drop).map_err(|error| format!("The demo network cannot be loaded: {error:?}"))
}

/// The demo members to begin with, if this is a demo network.
pub(super) async fn guides(kith: &Kith) -> Result<Option<Guides>, String> {
    domain::demo::guides(kith).await.map_err(|error| format!("The database: {error:?}"))
}

const QUERY: &str = "{ viewer { member { name } reach { ties network } whoCanHelp(skill: \"first aid\", first: 3) { edges { mutualCount node { name headline } routes { inPerson connector { name } } } } } }";

/// Prints three members with tokens, and a query to begin with.
pub(super) async fn introduce(guides: &Guides, keys: &Keys, kith: &Kith) -> Result<(), String> {
    print("\n  Three members of the demo network. Put one of these into the playground's Headers tab:")?;
    let ctx = Ctx::new(kith, Viewer::System);
    for guide in [&guides.hub, &guides.bridge, &guides.newcomer] {
        let device = NewDevice { name: "Playground".to_owned(), platform: Platform::Web };
        let lasts = Duration::from_secs(u64::from(MINUTES) * 60);
        let opened = session::open_for(&ctx, guide.id, device, Actor::Member, lasts).await;
        let session = opened.map_err(|error| format!("The database: {error:?}"))?.session.id;
        let token = keys.issue(guide.id, session, MINUTES, None, ctx.now)?;
        print(&format!("\n  {}: {}\n  {{\"Authorization\": \"Bearer {token}\"}}", guide.handle, guide.name))?;
    }
    print(&format!(
        "\n  A query to begin with: whom could this member ask about first aid, and through whom?\n\n  {QUERY}\n"
    ))
}

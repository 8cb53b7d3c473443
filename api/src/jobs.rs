//! Timers that call domain functions as [`Viewer::System`].

use std::time::Duration;

use domain::ctx::{Ctx, Viewer};
use domain::{Kith, event};

/// How often the outbox is looked at: what a command did beside the server shows within a second.
const EVERY: Duration = Duration::from_millis(300);

/// Applies what is left in the outbox, for as long as the server runs.
pub(crate) async fn relay(kith: Kith) {
    let mut timer = tokio::time::interval(EVERY);
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        timer.tick().await;
        match event::relay(&Ctx::new(&kith, Viewer::System)).await {
            Ok(0) => {}
            Ok(changes) => tracing::debug!(changes, "applied what was left in the outbox"),
            Err(error) => tracing::warn!(?error, "the outbox waits"),
        }
    }
}

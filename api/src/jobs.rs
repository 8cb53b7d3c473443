//! Timers that call domain functions as [`Viewer::System`], for as long as the server runs. Each may run on several
//! replicas at once: what it does, it does once.

use std::time::Duration;

use actix_web::web;
use domain::ctx::{Ctx, Viewer};
use domain::error::Result;
use domain::letter::{Content, Letter};
use domain::{
    Kith, access_token, account, community, event, gathering, idempotency, introduction, notification, roster, webhook,
};
use futures::future::BoxFuture;

use crate::State;
use crate::words::Language;

/// How often the outbox is looked at: what a command did beside the server shows within a second.
const RELAYED: Duration = Duration::from_millis(300);
/// How often archives are made that were asked for.
const MADE: Duration = Duration::from_secs(3);
/// How often introductions are looked at that wait for their turn, or are over, and gatherings that are over.
const DELIVERED: Duration = Duration::from_secs(30);
/// How often what is over is swept away.
const SWEPT: Duration = Duration::from_secs(600);

/// Runs all timers; never ends by itself.
pub(crate) async fn run(state: web::Data<State>) {
    let kith = state.kith.clone();
    let letters = move |ctx| -> BoxFuture<'static, Result<u64>> { Box::pin(send_letters(ctx, state.clone())) };
    tokio::join!(
        every(RELAYED, &kith, "applied what was left in the outbox", async |ctx| Ok(event::relay(&ctx).await? as u64)),
        every(MADE, &kith, "made archives", async |ctx| account::make_exports(&ctx).await),
        every(MADE, &kith, "sent the letters of partners' lists", letters),
        every(SWEPT, &kith, "deleted members who left", async |ctx| account::delete_due(&ctx).await),
        every(SWEPT, &kith, "put communities to rest", async |ctx| community::rest_idle(&ctx).await),
        every(SWEPT, &kith, "took health snapshots", async |ctx| community::take_snapshots(&ctx).await),
        every(DELIVERED, &kith, "delivered introductions that waited", async |ctx| introduction::deliver_waiting(&ctx)
            .await),
        every(DELIVERED, &kith, "told how introductions ended", async |ctx| introduction::tell_ended(&ctx).await),
        every(DELIVERED, &kith, "told that gatherings were held", async |ctx| gathering::tell_held(&ctx).await),
        every(SWEPT, &kith, "forgot what webhooks were told", async |ctx| webhook::forget_old(&ctx).await),
        every(SWEPT, &kith, "masked secrets of webhooks anew", async |ctx| webhook::refresh_secrets(&ctx).await),
        every(SWEPT, &kith, "forgot notifications", async |ctx| notification::forget_old(&ctx).await),
        every(SWEPT, &kith, "forgot what access tokens did", async |ctx| access_token::forget_old(&ctx).await),
        every(SWEPT, &kith, "forgot who left rosters", async |ctx| roster::forget_old(&ctx).await),
        every(SWEPT, &kith, "forgot idempotency keys", async |ctx| idempotency::forget_old(&ctx).await),
        every(SWEPT, &kith, "forgot codes, sessions and invitations", async |ctx| account::forget_old(&ctx).await),
    );
}

/// Sends some of the letters of partners' lists; returns how many. Those for which there is no place now wait.
async fn send_letters(ctx: Ctx, state: web::Data<State>) -> Result<u64> {
    let mut sent = 0;
    for (row, letter) in roster::take_letters(&ctx).await? {
        let link = letter.content.code().map(|code| format!("{}/i/{code}", state.config.public_url));
        let letter = match (letter.content, link) {
            (Content::Invitation { code, inviter, .. }, Some(link)) => {
                Letter { content: Content::Invitation { link, code, inviter }, to: letter.to }
            }
            (content, _) => Letter { content, to: letter.to },
        };
        match state.mailer.send(letter, Language::default()) {
            Ok(()) => sent += 1,
            Err(_) => roster::letter_not_sent(&ctx, row).await?,
        }
    }
    Ok(sent)
}

/// Does `work` each time `period` has passed, and says how much that was. What failed is tried again the next time.
async fn every(period: Duration, kith: &Kith, done: &'static str, work: impl AsyncFn(Ctx) -> Result<u64>) {
    let mut timer = tokio::time::interval(period);
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        timer.tick().await;
        match work(Ctx::new(kith, Viewer::System)).await {
            Ok(0) => {}
            Ok(count) => tracing::debug!(count, "{done}"),
            Err(error) => tracing::warn!(?error, "a timer failed and tries again"),
        }
    }
}

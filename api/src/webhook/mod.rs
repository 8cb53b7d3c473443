//! Webhooks on their way: what is due is taken, signed after [Standard Webhooks], sent, and what came of it written down.
//!
//! Each server takes what it has room for, and of one webhook a few at a time, so that a receiver that is slow or many
//! deliveries of one community hold up nobody else. A server that stops waits for what is on its way; what it could not
//! finish is due again by itself.
//!
//! Deliberately absent: an order; what a receiver answers besides the number; whole addresses and secrets in the log.
//!
//! [Standard Webhooks]: https://www.standardwebhooks.com

mod client;
mod payload;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::Kith;
use domain::ctx::{Ctx, Viewer};
use domain::id::WebhookId;
use domain::webhook::{self, Due, Failure, Outcome};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use self::client::{Client, Request};
pub(crate) use self::payload::body;
use crate::graphql::GlobalId;

/// How many requests are on their way at the same time.
const AT_ONCE: usize = 32;
/// How many of them to one webhook.
const EACH: usize = 4;
/// How often it is looked for what is due.
const LOOKED: Duration = Duration::from_millis(500);
/// How long a server that stops waits for what is on its way.
const PATIENCE: Duration = Duration::from_secs(5);

/// Sends what is due. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Sender(Arc<Parts>);

struct Parts {
    kith: Kith,
    client: Client,
    /// A place for each request.
    places: Arc<Semaphore>,
    /// How many are on their way to each webhook.
    busy: Mutex<HashMap<WebhookId, usize>>,
}

impl Sender {
    pub(crate) fn new(kith: Kith) -> Result<Self, String> {
        let client = Client::new(kith.receivers.clone(), client::names())?;
        let places = Arc::new(Semaphore::new(AT_ONCE));
        Ok(Self(Arc::new(Parts { kith, client, places, busy: Mutex::default() })))
    }

    /// Sends what is due, until [`Self::close`].
    pub(crate) async fn run(self) {
        let mut timer = tokio::time::interval(LOOKED);
        timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while !self.0.places.is_closed() {
            timer.tick().await;
            if let Err(error) = self.look().await {
                tracing::warn!(?error, "what is due to webhooks is not known, and looked for again");
            }
        }
    }

    /// Takes what is due as long as there is room for it.
    async fn look(&self) -> domain::error::Result<()> {
        loop {
            let room = self.0.places.available_permits();
            if room == 0 {
                return Ok(());
            }
            let busy = self.0.busy.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let due = webhook::due(&self.ctx(), room as u64, EACH, &busy).await?;
            if due.is_empty() {
                return Ok(());
            }
            for due in due {
                // One more than there is room for waits here; its lease is long enough.
                let Ok(place) = self.0.places.clone().acquire_owned().await else { return Ok(()) };
                self.count(due.webhook, 1);
                tokio::spawn(self.clone().deliver(due, place));
            }
        }
    }

    fn count(&self, id: WebhookId, by: isize) {
        let mut busy = self.0.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let count = busy.entry(id).or_default();
        *count = count.saturating_add_signed(by);
        if *count == 0 {
            busy.remove(&id);
        }
    }

    async fn deliver(self, due: Due, place: OwnedSemaphorePermit) {
        let begun = Instant::now();
        let outcome = self.send(&due).await;
        let recorded = webhook::record(&self.ctx(), &due, outcome, begun.elapsed()).await;
        self.count(due.webhook, -1);
        if let Err(error) = recorded {
            tracing::warn!(delivery = %due.delivery.0, ?error, "what came of a delivery was not written down: it is due again");
        }
        drop(place);
    }

    async fn send(&self, due: &Due) -> Outcome {
        let body = body(&due.told, due.community, due.told_at);
        let (id, at) = (due.news.to_global().0, self.0.kith.clock.now().to_datetime().unix_timestamp());
        let signatures: Vec<String> = due
            .signatures(&id, at, body.as_bytes())
            .into_iter()
            .map(|signature| format!("v1,{}", BASE64_STANDARD.encode(signature)))
            .collect();
        if signatures.is_empty() {
            return Outcome::Failed(Failure::SecretLost);
        }
        let request = Request { id, at, signatures: signatures.join(" "), body };
        let outcome = self.0.client.post(&due.url, request).await;
        let host = url::Url::parse(&due.url).ok().and_then(|url| url.host_str().map(str::to_owned));
        tracing::debug!(delivery = %due.delivery.0, host, ?outcome, "a delivery was tried");
        outcome
    }

    fn ctx(&self) -> Ctx {
        Ctx::new(&self.0.kith, Viewer::System)
    }

    /// Takes no more, and waits a few seconds for what is on its way.
    pub(crate) async fn close(&self) {
        let all = u32::try_from(AT_ONCE).unwrap_or(u32::MAX);
        if tokio::time::timeout(PATIENCE, self.0.places.acquire_many(all)).await.is_err() {
            tracing::warn!("the server stops before all deliveries on their way were answered: they are due again");
        }
        self.0.places.close();
    }
}

//! The link between replicas: one channel of Redis's, which every server listens to.
//!
//! Redis keeps nothing of what is published: what is said while a server is not connected, it never hears. So when the
//! link is there again after it was broken, all who listen are told that they may have missed something. A link that
//! has fallen silent is found out by asking: it answers in time, or it is broken.
//!
//! Deliberately absent: a second way when Redis is away. What cannot be published stays in the outbox
//! ([`crate::event`]) until it can.

use std::time::Duration;

use futures::StreamExt;
use redis::RedisError;
use redis::aio::{PubSubSink, PubSubStream};
use tokio::time::{sleep, timeout};

use super::{Event, Live};
use crate::Kith;
use crate::cache::Redis;
use crate::error::{Error, Result};

/// How long making the link may take, and each of its answers.
const PATIENCE: Duration = Duration::from_secs(4);
/// How often the link is asked whether it is there. With [`PATIENCE`], silence is found out within 6 s.
const ASKED: Duration = Duration::from_secs(2);
/// How long to wait before the link is made again: twice as long each time that fails.
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(2);
/// Most events of one message.
const MOST: usize = 1_000;

fn channel(redis: &Redis) -> Vec<u8> {
    redis.key_of(b":live")
}

/// Publishes to all replicas.
pub(super) async fn publish(redis: &Redis, events: &[Event]) -> Result<()> {
    for some in events.chunks(MOST) {
        let message = serde_json::to_vec(some).map_err(|cause| Error::Internal(format!("live: {cause}")))?;
        redis::cmd("PUBLISH")
            .arg(channel(redis))
            .arg(message)
            .query_async::<()>(&mut redis.connection())
            .await
            .map_err(|error| {
                tracing::warn!(%error, "redis did not take what is to be published");
                Error::Unavailable(Duration::from_secs(1))
            })?;
    }
    Ok(())
}

/// Tells those who listen in this process what any replica publishes, for as long as the server runs. Without Redis
/// there is nothing to do.
pub async fn run(kith: Kith) {
    let Some(redis) = kith.cache.shared() else { return };
    let mut pause = SHORTEST;
    loop {
        match connect(redis).await {
            Ok((asked, heard)) => {
                // Also the first time: somebody may have begun to listen before.
                kith.live.tell_missed();
                pause = SHORTEST;
                tracing::info!("linked with the other replicas");
                tokio::select! {
                    () = hear(&kith.live, heard) => {}
                    () = is_silent(asked) => {}
                }
                tracing::warn!("the link with the other replicas is broken");
            }
            Err(error) => tracing::warn!(%error, "there is no link with the other replicas"),
        }
        sleep(pause.mul_f64(rand::random_range(0.5..1.0))).await;
        pause = LONGEST.min(pause * 2);
    }
}

async fn connect(redis: &Redis) -> std::result::Result<(PubSubSink, PubSubStream), RedisError> {
    let connected = timeout(PATIENCE, async {
        let (mut asked, heard) = redis.client().get_async_pubsub().await?.split();
        asked.subscribe(channel(redis)).await?;
        Ok((asked, heard))
    });
    connected.await.unwrap_or_else(|_| Err((redis::ErrorKind::Io, "no answer in time").into()))
}

/// Tells what comes; ends with the connection.
async fn hear(live: &Live, mut heard: PubSubStream) {
    while let Some(message) = heard.next().await {
        match serde_json::from_slice::<Vec<Event>>(message.get_payload_bytes()) {
            Ok(events) => events.into_iter().for_each(|event| live.tell(event)),
            // Another version speaks in another form.
            Err(error) => {
                tracing::warn!(%error, "what another replica says cannot be read");
                live.tell_missed();
            }
        }
    }
}

/// Ends when the link does not answer.
async fn is_silent(mut asked: PubSubSink) {
    while let Ok(Ok(())) = timeout(PATIENCE, asked.ping::<()>()).await {
        sleep(ASKED).await;
    }
}

//! Webhooks after Standard Webhooks: verified, each taken once, and answered before anything is done about it.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use standardwebhooks::Webhook;
use tokio::sync::mpsc;

use super::sync::{Partner, sync};

/// What the headers of a webhook are called.
const HEADERS: [&str; 3] = ["webhook-id", "webhook-timestamp", "webhook-signature"];
/// How many ids are remembered. A program that must not act twice keeps them where they outlive it.
const REMEMBERED: usize = 10_000;

struct State {
    webhook: Webhook,
    seen: Mutex<HashSet<String>>,
    /// Where what has happened goes.
    told: mpsc::Sender<String>,
}

/// Receives webhooks on `listen`; what has happened goes to `told`.
pub(crate) fn serve(
    secret: &str,
    listen: &str,
    told: mpsc::Sender<String>,
) -> Result<(actix_web::dev::Server, std::net::SocketAddr), String> {
    let webhook = Webhook::new(secret).map_err(|cause| format!("KITH_WEBHOOK_SECRET: {cause}"))?;
    let state = web::Data::new(State { webhook, seen: Mutex::default(), told });
    let app = move || App::new().app_data(state.clone()).route("/hook", web::post().to(take));
    let server = HttpServer::new(app).workers(1).disable_signals().bind(listen).map_err(|cause| cause.to_string())?;
    let address = server.addrs().first().copied().ok_or("no address")?;
    Ok((server.run(), address))
}

async fn take(request: HttpRequest, body: web::Bytes, state: web::Data<State>) -> HttpResponse {
    if state.webhook.verify(&body, &headers(&request)).is_err() {
        return HttpResponse::Unauthorized().finish();
    }
    // Whoever is too busy is told again later.
    let Ok(place) = state.told.try_reserve() else { return HttpResponse::ServiceUnavailable().finish() };
    let id = request.headers().get(HEADERS[0]).and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
    if is_new(&state.seen, id) {
        let event: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        place.send(event["type"].as_str().unwrap_or_default().to_owned());
    }
    HttpResponse::NoContent().finish()
}

fn is_new(seen: &Mutex<HashSet<String>>, id: String) -> bool {
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    if seen.len() >= REMEMBERED {
        seen.clear();
    }
    seen.insert(id)
}

/// The three headers, as the verifying library takes them.
fn headers(request: &HttpRequest) -> HeaderMap {
    let header = |name: &'static str| {
        let value = HeaderValue::from_bytes(request.headers().get(name)?.as_bytes()).ok()?;
        Some((HeaderName::from_static(name), value))
    };
    HEADERS.into_iter().filter_map(header).collect()
}

/// Syncs now, and whenever something has happened, until nothing is received any more.
pub(crate) async fn follow(partner: &Partner, list: &Path, mut events: mpsc::Receiver<String>) -> Result<(), String> {
    loop {
        sync(partner, list).await?;
        if events.recv().await.is_none() {
            return Ok(());
        }
        // What came together is dealt with together.
        while events.try_recv().is_ok() {}
    }
}

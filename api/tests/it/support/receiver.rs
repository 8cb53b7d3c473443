//! A partner's server, which keeps what it is told and answers as a story wants.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::http::header::HeaderMap as Sent;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use standardwebhooks::Webhook;

use super::until;

/// How it answers.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// With this number.
    Status(u16),
    /// With this number, and the wish to be left alone for so many seconds.
    Rest(u16, u64),
    /// With a redirect to this address.
    Redirect(String),
    /// Not before it is to answer otherwise; then with a 200.
    Wait,
}

/// A request it was sent.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Heard {
    /// The `webhook-id`.
    pub(crate) fn id(&self) -> String {
        self.header("webhook-id")
    }

    pub(crate) fn header(&self, name: &str) -> String {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// What has happened.
    pub(crate) fn event(&self) -> String {
        super::text(&self.json()["type"])
    }

    /// Whether somebody else's implementation of Standard Webhooks takes it from whoever has this secret, now.
    pub(crate) fn is_accepted(&self, secret: &str) -> bool {
        Webhook::new(secret).expect("a secret").verify(&self.body, &self.headers).is_ok()
    }

    /// Whether that implementation would have signed it so, whenever that was.
    pub(crate) fn is_signed(&self, secret: &str) -> bool {
        let at = self.header("webhook-timestamp").parse().expect("seconds");
        let made = Webhook::new(secret).expect("a secret").sign(&self.id(), at, &self.body).expect("a signature");
        self.header("webhook-signature").split(' ').any(|signature| signature == made)
    }
}

/// A server on a free port of the loopback.
#[derive(Clone)]
pub(crate) struct Receiver {
    /// Where it listens, such as `http://127.0.0.1:40124`.
    pub(crate) address: String,
    connections: Arc<AtomicUsize>,
    heard: Arc<Mutex<Vec<Heard>>>,
    answer: Arc<Mutex<Answer>>,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        let (connections, heard) = (Arc::<AtomicUsize>::default(), Arc::default());
        let receiver =
            Self { address: String::new(), connections, heard, answer: Arc::new(Mutex::new(Answer::Status(200))) };
        let (shared, count) = (web::Data::new(receiver.clone()), receiver.connections.clone());
        let server = HttpServer::new(move || App::new().app_data(shared.clone()).default_service(web::to(take)))
            .on_connect(move |_, _| {
                count.fetch_add(1, Ordering::SeqCst);
            })
            .workers(1)
            .disable_signals()
            .bind("127.0.0.1:0")
            .expect("a free port");
        let address = format!("http://{}", server.addrs()[0]);
        tokio::spawn(server.run());
        Self { address, ..receiver }
    }

    /// The port it listens on.
    pub(crate) fn port(&self) -> &str {
        self.address.rsplit(':').next().unwrap_or_default()
    }

    /// How it answers from now on.
    pub(crate) fn answers(&self, answer: Answer) {
        *self.answer.lock().expect("no panic") = answer;
    }

    /// What it was sent, in the order of arrival.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().expect("no panic").clone()
    }

    /// How many connections were made to it.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Waits until it was sent so many requests, and returns them.
    pub(crate) async fn hears(&self, count: usize) -> Vec<Heard> {
        let what = format!("{count} requests arrive");
        until(&what, Duration::from_secs(30), async || self.heard().len() >= count).await;
        let heard = self.heard();
        assert_eq!(heard.len(), count, "{:?}", heard.iter().map(Heard::event).collect::<Vec<_>>());
        heard
    }
}

fn headers(sent: &Sent) -> HeaderMap {
    let pair = |(name, value): (&actix_web::http::header::HeaderName, &actix_web::http::header::HeaderValue)| {
        (
            HeaderName::try_from(name.as_str()).expect("a name"),
            HeaderValue::from_bytes(value.as_bytes()).expect("a value"),
        )
    };
    sent.iter().map(pair).collect()
}

async fn take(request: HttpRequest, body: web::Bytes, receiver: web::Data<Receiver>) -> HttpResponse {
    let path = request.uri().to_string();
    let heard = Heard { path, headers: headers(request.headers()), body: body.to_vec() };
    receiver.heard.lock().expect("no panic").push(heard);
    loop {
        let answer = receiver.answer.lock().expect("no panic").clone();
        let status = |number: u16| HttpResponse::build(number.try_into().expect("a status"));
        match answer {
            Answer::Status(number) => return status(number).body("this is for nobody's log"),
            Answer::Rest(number, seconds) => {
                return status(number).insert_header(("Retry-After", seconds.to_string())).finish();
            }
            Answer::Redirect(to) => return status(302).insert_header(("Location", to)).finish(),
            Answer::Wait => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

//! Server-sent events, as the npm package `graphql-sse` reads them.

use std::time::{Duration, Instant};

use futures::StreamExt;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{SESSION, SOON, sign_in_elsewhere, token};
use crate::story;
use crate::support::{Person, Reply, World, without_cost};

const EVENTS: &str = "text/event-stream";

/// The other end of a stream of events.
struct Events {
    response: Response,
    text: String,
}

impl Events {
    async fn of(request: RequestBuilder) -> Self {
        let response = request.header("Accept", EVENTS).send().await.expect("an answer");
        let text = if response.status() == 200 { "" } else { "no events" };
        assert_eq!(
            response.headers()["content-type"],
            "text/event-stream; charset=utf-8",
            "{}: {text}",
            response.status()
        );
        Self { response, text: String::new() }
    }

    fn header(&self, name: &str) -> &str {
        self.response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The next event or comment, without what ends it; `None` at the end.
    async fn part(&mut self) -> Option<String> {
        loop {
            if let Some((part, rest)) = self.text.split_once("\n\n") {
                let part = part.to_owned();
                self.text = rest.to_owned();
                return Some(part);
            }
            let chunk = timeout(SOON, self.response.chunk()).await.expect("something is heard in time");
            match chunk.expect("no break") {
                Some(bytes) => self.text.push_str(std::str::from_utf8(&bytes).expect("UTF-8")),
                None => return None,
            }
        }
    }

    /// The next event: its name and its data.
    async fn next(&mut self) -> (String, Value) {
        loop {
            let part = self.part().await.expect("an event");
            if part.starts_with(':') {
                continue;
            }
            let (name, data) = part.split_once('\n').expect("two lines");
            let data = data.strip_prefix("data:").expect("data").trim();
            let name = name.strip_prefix("event: ").expect("a name").to_owned();
            return (name, if data.is_empty() { Value::Null } else { serde_json::from_str(data).expect("JSON") });
        }
    }

    /// The data of the next event, which is an answer.
    async fn hear(&mut self) -> Value {
        let (name, data) = self.next().await;
        assert_eq!(name, "next", "{data}");
        without_cost(data)
    }

    async fn is_complete(&mut self) {
        assert_eq!(self.next().await, ("complete".to_owned(), Value::Null));
        assert_eq!(self.part().await, None);
    }

    async fn is_silent(&mut self) {
        let heard = timeout(Duration::from_millis(400), self.next()).await;
        assert!(heard.is_err(), "silence: {heard:?}");
    }
}

fn asking(world: &World, token: Option<&str>, document: &str) -> RequestBuilder {
    let request = world.client.post(format!("{}/graphql", world.address)).json(&json!({"query": document}));
    match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    }
}

async fn listening(world: &World, person: &Person) -> Events {
    let mut events = Events::of(asking(world, person.token.as_deref(), SESSION)).await;
    assert_eq!(events.part().await.as_deref(), Some(":"), "the head is there at once");
    tokio::time::sleep(Duration::from_millis(100)).await;
    events
}

story! {
    async fn what_happens_is_told_as_events(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        let (mut hers, mut his) = (listening(&world, &ana).await, listening(&world, &bela).await);
        assert_eq!((hers.header("cache-control"), hers.header("x-accel-buffering")), ("no-store", "no"));
        for _ in 0..2 {
            sign_in_elsewhere(&world, &ana).await;
            let session = hers.hear().await["data"]["sessionChanged"].clone();
            assert_eq!((&session["device"], &session["current"]), (&json!("a test"), &json!(true)));
        }
        his.is_silent().await;
    }
}

#[tokio::test]
async fn a_subscription_may_come_over_get_and_a_mutation_may_not() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let token = ana.token.clone().expect("a token");
    let getting = |document: &str| {
        let parameters = [("query", document)];
        let url =
            reqwest::Url::parse_with_params(&format!("{}/graphql", world.address), parameters).expect("an address");
        world.client.get(url).bearer_auth(&token)
    };
    let mut events = Events::of(getting(SESSION)).await;
    assert_eq!(events.part().await.as_deref(), Some(":"));
    tokio::time::sleep(Duration::from_millis(100)).await;
    sign_in_elsewhere(&world, &ana).await;
    events.hear().await;
    let mutation = Reply::to(getting("mutation { signOut { deletedSessionId } }").header("Accept", EVENTS)).await;
    assert_eq!(mutation.outcome(), (405, "METHOD_NOT_ALLOWED".to_owned()));
    let mut query = Events::of(getting("{ viewer { member { handle } } }")).await;
    assert_eq!(query.hear().await, json!({"data": {"viewer": {"member": {"handle": "ana"}}}}));
    query.is_complete().await;
    let mut mutation = Events::of(asking(&world, Some(&token), "mutation { signOut { deletedSessionId } }")).await;
    assert!(mutation.hear().await["data"]["signOut"]["deletedSessionId"].is_string());
    mutation.is_complete().await;
}

#[tokio::test]
async fn what_is_wrong_with_the_document_is_an_event_and_with_the_request_a_status() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    for (document, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { a: sessionChanged { id } b: sessionChanged { id } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{...a} fragment a on Query{...a}", "DOCUMENT_TOO_COMPLEX"),
    ] {
        let mut events = Events::of(asking(&world, ana.token.as_deref(), document)).await;
        let answer = events.hear().await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{document}: {answer}");
        assert_eq!(answer.get("data"), None, "{document}");
        events.is_complete().await;
    }
    let mut nobody = Events::of(asking(&world, None, SESSION)).await;
    assert_eq!(nobody.hear().await["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    nobody.is_complete().await;
    for (request, outcome) in [
        (asking(&world, Some("x"), SESSION).header("Accept", EVENTS), (401, "UNAUTHENTICATED")),
        (asking(&world, None, "").header("Accept", EVENTS).body("{"), (400, "BAD_REQUEST")),
        (world.posting(json!({"query": SESSION}).to_string()), (400, "BAD_REQUEST")),
        (world.getting(&[("query", SESSION)]), (405, "METHOD_NOT_ALLOWED")),
    ] {
        let reply = Reply::to(request).await;
        assert_eq!(reply.outcome(), (outcome.0, outcome.1.to_owned()), "{}", reply.text());
    }
    let json_only = asking(&world, ana.token.as_deref(), SESSION).header("Accept", "application/json");
    let reply = Reply::to(json_only).await;
    assert_eq!(reply.outcome(), (400, "BAD_REQUEST".to_owned()));
    assert!(reply.text().contains("graphql-transport-ws") && reply.text().contains("text/event-stream"));
}

#[tokio::test]
async fn who_takes_both_is_told_in_json_what_has_one_answer_and_in_events_what_has_many() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let accept = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed";
    let ask = |document: &str| asking(&world, ana.token.as_deref(), document).header("Accept", accept);
    let query = Reply::to(ask("{ __typename }")).await;
    assert_eq!(query.header("content-type"), "application/graphql-response+json; charset=utf-8");
    let subscription = ask(SESSION).send().await.expect("an answer");
    assert_eq!(subscription.headers()["content-type"], "text/event-stream; charset=utf-8");
}

#[tokio::test]
async fn events_are_not_kept_back_to_be_compressed() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let request = asking(&world, ana.token.as_deref(), SESSION).header("Accept-Encoding", "gzip, br, zstd");
    let mut events = Events::of(request).await;
    assert!(["", "identity"].contains(&events.header("content-encoding")), "{}", events.header("content-encoding"));
    assert_eq!(events.part().await.as_deref(), Some(":"));
    tokio::time::sleep(Duration::from_millis(100)).await;
    sign_in_elsewhere(&world, &ana).await;
    events.hear().await;
}

#[tokio::test]
async fn silence_is_broken_by_comments() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let mut events = listening(&world, &ana).await;
    for _ in 0..3 {
        world.kith.clock.advance(Duration::from_secs(12));
        assert_eq!(events.part().await.as_deref(), Some(":"));
        events.is_silent().await;
    }
}

story! {
    async fn a_stream_says_why_it_ends(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (_, short) = token(&world, &ana, 10).await;
        let mut events = Events::of(asking(&world, Some(&short), SESSION)).await;
        assert_eq!(events.part().await.as_deref(), Some(":"));
        world.kith.clock.advance(Duration::from_secs(600));
        let begun = Instant::now();
        assert_eq!(events.hear().await["errors"][0]["extensions"]["code"], "TOKEN_EXPIRED");
        events.is_complete().await;
        assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());

        let mut events = listening(&world, &ana).await;
        let begun = Instant::now();
        domain::account::suspend(&world.system(), "ana").await.expect("ana is suspended");
        assert_eq!(events.hear().await["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
        events.is_complete().await;
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_completes_its_streams() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let mut events = listening(&world, &ana).await;
    let begun = Instant::now();
    let told = async {
        assert_eq!(events.hear().await["errors"][0]["extensions"]["code"], "UNAVAILABLE");
        events.is_complete().await;
    };
    tokio::join!(told, world.stop());
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_member_has_twenty_streams() {
    let world = World::on_sqlite().await;
    let [ana, bela] = world.people(["ana", "bela"]).await;
    let mut streams =
        futures::stream::iter(0..20).then(async |_| listening(&world, &ana).await).collect::<Vec<_>>().await;
    let refused = Reply::to(asking(&world, ana.token.as_deref(), SESSION).header("Accept", EVENTS)).await;
    assert_eq!(refused.outcome(), (503, "TOO_MANY_OPERATIONS".to_owned()));
    listening(&world, &bela).await;
    drop(streams.pop());
    // That the other side is gone shows when something is written to it.
    crate::support::until("a place is free", Duration::from_secs(20), async || {
        world.kith.clock.advance(Duration::from_secs(12));
        tokio::time::sleep(Duration::from_millis(600)).await;
        let request = asking(&world, ana.token.as_deref(), SESSION).header("Accept", EVENTS);
        request.send().await.expect("an answer").status() == 200
    })
    .await;
}

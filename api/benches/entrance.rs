//! Whether the time of an answer tells who has an account:
//!
//! ```text
//! cargo bench --bench entrance
//! ```
//!
//! Asks, in turn, about an address that has an account and one that has none, 200 times each: for a code, with a wrong
//! code, with a wrong password. The server is in this process, over SQLite, its letters stay in memory, and each request
//! comes from a network of its own, so that no limit answers instead. Prints the medians and their ratio; 1.00 is what is
//! wanted, and 5 % is what is promised. The last line tells what 200 sign-ins by password do to somebody who only reads.

use std::time::{Duration, Instant};

use api::Server;
use api::auth::Keys;
use api::config::Config;
use api::mail::Mailer;
use domain::cache::Cache;
use domain::ctx::{Ctx, Platform, Viewer};
use domain::import::{self, Import, Person, TiesAs};
use domain::secret::Secrets;
use domain::session::{self, Actor, NewDevice};
use domain::store::Store;
use domain::{Kith, Role};
use serde_json::{Value, json};

const PAIRS: usize = 200;
const DEVICE: &str = "device: {name: \"bench\", platform: OTHER}";

struct Bench {
    client: reqwest::Client,
    url: String,
    asked: usize,
}

impl Bench {
    /// How long a document about an address takes, from a network nobody has asked from yet.
    async fn time(&mut self, document: &str, email: &str) -> Duration {
        self.asked += 1;
        let from = format!("10.{}.{}.{}", self.asked >> 16 & 255, self.asked >> 8 & 255, self.asked & 255);
        let request = self.client.post(&self.url).header("X-Forwarded-For", from);
        let request = request.json(&json!({"query": document, "variables": {"e": email}}));
        let begun = Instant::now();
        let answer: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        let took = begun.elapsed();
        let refusal = answer.pointer("/data").and_then(Value::as_object).and_then(|data| data.values().next());
        assert!(!refusal.is_some_and(|payload| payload.to_string().contains("TOO_MANY")), "a limit answered: {answer}");
        took
    }
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

#[expect(clippy::print_stdout, reason = "what a benchmark is for")]
fn say(line: &str) {
    println!("{line}");
}

fn main() {
    actix_web::rt::System::new().block_on(run());
}

async fn run() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::connect(&format!("sqlite://{}", folder.path().join("kith.db").display())).await;
    let store = store.expect("a database");
    store.migrate().await.expect("migrated");
    let kith = Kith::new(store, Cache::local(), Role::Server, Secrets::new(&[]));
    let settings = [
        ("KITH_LISTEN", "127.0.0.1:0"),
        ("KITH_PROXIES", "1"),
        ("KITH_SIGNING_KEY", "a2l0aCB0ZXN0cyBzaWduIHdpdGggdGhpcyBrZXkhISE="),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let config = Config::from_variables(settings).expect("settings");
    let keys = Keys::new("http://bench", &config.signing_keys).expect("keys");
    let token = populate(&kith, &keys).await;
    let server = Server::build(config, kith, keys, Mailer::in_memory()).expect("a free port");
    let (url, handle) = (format!("http://{}/graphql", server.address), server.handle());
    let running = actix_web::rt::spawn(server.run());
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let mut bench = Bench { client, url, asked: 0 };
    let documents = [
        (
            "asking for a code",
            "mutation($e: String!) { requestSignInCode(input: {email: $e}) { sent userErrors { code } } }".to_owned(),
        ),
        (
            "a wrong code",
            format!(
                "mutation($e: String!) {{ signIn(input: {{with: {{emailCode: {{email: $e, code: \"1\"}}}}, {DEVICE}}}) {{ restored userErrors {{ code }} }} }}"
            ),
        ),
        (
            "a wrong password",
            format!(
                "mutation($e: String!) {{ signIn(input: {{with: {{password: {{email: $e, password: \"guessed\"}}}}, {DEVICE}}}) {{ restored userErrors {{ code }} }} }}"
            ),
        ),
    ];
    say("what                   known      unknown    ratio");
    for (what, document) in &documents {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for number in 0..PAIRS {
            known.push(bench.time(document, &format!("known{number}@example.org")).await);
            unknown.push(bench.time(document, &format!("nobody{number}@example.org")).await);
        }
        let (known, unknown) = (median(&mut known), median(&mut unknown));
        let ratio = known.as_secs_f64() / unknown.as_secs_f64();
        say(&format!("{what:<20} {known:>9.3?}  {unknown:>9.3?}    {ratio:.3}"));
    }
    bystander(&mut bench, &documents[2].1, &token).await;
    handle.stop(false).await;
    running.abort();
}

/// What somebody who reads notices of many who sign in by password.
async fn bystander(bench: &mut Bench, sign_in: &str, token: &str) {
    let read = async |client: &reqwest::Client, url: &str| {
        let begun = Instant::now();
        let request = client.post(url).bearer_auth(token).json(&json!({"query": "{ viewer { member { name } } }"}));
        request.send().await.expect("an answer").bytes().await.expect("a body");
        begun.elapsed()
    };
    let (client, url) = (bench.client.clone(), bench.url.clone());
    let mut alone = Vec::new();
    for _ in 0..PAIRS {
        alone.push(read(&client, &url).await);
    }
    let mut beside = Vec::new();
    let guesses = async {
        for number in 0..PAIRS {
            bench.time(sign_in, &format!("other{number}@example.org")).await;
        }
    };
    let reads = async {
        for _ in 0..PAIRS {
            beside.push(read(&client, &url).await);
        }
    };
    tokio::join!(guesses, reads);
    let p99 = |times: &mut Vec<Duration>| {
        times.sort_unstable();
        times[times.len() * 99 / 100]
    };
    let (alone, beside) = (p99(&mut alone), p99(&mut beside));
    say(&format!("a reader's p99: alone {alone:.3?}, beside {PAIRS} sign-ins by password {beside:.3?}"));
}

/// Makes the accounts that are known; returns a token of one.
async fn populate(kith: &Kith, keys: &Keys) -> String {
    let ctx = Ctx::new(kith, Viewer::System);
    let person = |number: usize| Person {
        line: number as u64 + 2,
        id: format!("known{number}"),
        name: None,
        email: Some(format!("known{number}@example.org")),
        skills: Vec::new(),
        area: None,
    };
    let people = (0..PAIRS).map(person).collect();
    let list = Import { slug: "bench".to_owned(), people, ties: Vec::new(), ties_as: TiesAs::Active };
    let prepared = import::prepare(&ctx, &list, &|_| ()).await.expect("a database").expect("no faults");
    prepared.write(&ctx, &|_| ()).await.expect("written");
    let reader = domain::member::by_handle(kith, "bench-known0").await.expect("a database").expect("a member");
    let device = NewDevice { name: "bench".to_owned(), platform: Platform::Other };
    let opened = session::open_for(&ctx, reader, device, Actor::Member, domain::ctx::days(1)).await.expect("a session");
    keys.issue(reader, opened.session.id, 600, None, ctx.now).expect("a token")
}

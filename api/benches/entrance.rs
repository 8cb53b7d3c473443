//! Whether the time of an answer tells who has an account:
//!
//! ```text
//! cargo bench --bench entrance
//! ```
//!
//! Asks, in turn, about an address that has an account and one that has none, 200 times each: for a code, with a wrong
//! code, with a wrong password of accounts that have one and of accounts that have none. The server is in this process,
//! over SQLite and the in-process cache, or a database of its own in the PostgreSQL of `TEST_DATABASE_URL` and the Redis of
//! `TEST_REDIS_URL`; its letters stay in memory, and each request comes from a network of its own, so that no limit answers
//! instead. Prints the medians and their ratio; 1.00 is what is wanted, and 5 % is what is promised. The last line tells
//! what 200 sign-ins by password, all at once, do to somebody who only reads.

mod bench_server;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use api::auth::Keys;
use domain::Kith;
use domain::ctx::{Ctx, Viewer};
use domain::import::{self, Import, Person, TiesAs};
use serde_json::{Value, json};

use self::bench_server::{Served, median, say, token};

const PAIRS: usize = 200;
const DEVICE: &str = "device: {name: \"bench\", platform: OTHER}";

struct Bench {
    client: reqwest::Client,
    url: String,
    asked: AtomicUsize,
}

impl Bench {
    /// How long a document about an address takes, from a network nobody has asked from yet.
    async fn time(&self, document: &str, email: &str) -> Duration {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        let from = format!("10.{}.{}.{}", asked >> 16 & 255, asked >> 8 & 255, asked & 255);
        let request = self.client.post(&self.url).header("X-Forwarded-For", from);
        let request = request.json(&json!({"query": document, "variables": {"e": email}}));
        let begun = Instant::now();
        let answer: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        let took = begun.elapsed();
        let refusal = answer.pointer("/data").and_then(Value::as_object).and_then(|data| data.values().next());
        assert!(!refusal.is_some_and(|payload| payload.to_string().contains("TOO_MANY")), "a limit answered: {answer}");
        took
    }

    /// Gives the accounts that have one their password.
    async fn set_passwords(&self, tokens: &[String]) {
        let set = json!({"query": "mutation { setPassword(input: {password: \"a password that is right\"}) { userErrors { code } } }"});
        for token in tokens {
            let request = self.client.post(&self.url).bearer_auth(token).json(&set);
            let answer: Value = request.send().await.expect("an answer").json().await.expect("JSON");
            assert_eq!(answer.pointer("/data/setPassword/userErrors"), Some(&json!([])), "{answer}");
        }
    }
}

fn main() {
    actix_web::rt::System::new().block_on(run());
}

async fn run() {
    let served = Served::start(&[("KITH_PROXIES", "1")], populate).await;
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let (kith, tokens) = (served.kith.clone(), &served.made);
    let bench = Bench { client, url: served.url.clone(), asked: AtomicUsize::new(0) };
    bench.set_passwords(tokens).await;
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
    let ask = &documents[2].1;
    for (what, document, who) in [
        (documents[0].0, &documents[0].1, "known"),
        (documents[1].0, &documents[1].1, "known"),
        ("a wrong password", ask, "known"),
        ("... of who has none", ask, "bare"),
    ] {
        let (known, unknown) = medians(&bench, document, who).await;
        let ratio = known.as_secs_f64() / unknown.as_secs_f64();
        say(&format!("{what:<20} {known:>9.3?}  {unknown:>9.3?}    {ratio:.3}"));
        // Enough for every bucket to fill again, too little for a code to be over.
        kith.clock.advance(Duration::from_secs(120));
    }
    bystander(&bench, ask, &tokens[0]).await;
    drop((kith, bench));
    served.stop().await;
}

/// The medians of an address with an account and of one without, asked about in turn, either first as often.
async fn medians(bench: &Bench, document: &str, who: &str) -> (Duration, Duration) {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for number in 0..PAIRS {
        let (somebody, nobody) = (format!("{who}{number}@example.org"), format!("nobody.{who}{number}@example.org"));
        if number % 2 == 0 {
            known.push(bench.time(document, &somebody).await);
            unknown.push(bench.time(document, &nobody).await);
        } else {
            unknown.push(bench.time(document, &nobody).await);
            known.push(bench.time(document, &somebody).await);
        }
    }
    (median(&mut known), median(&mut unknown))
}

/// What somebody who reads notices of many who sign in by password.
async fn bystander(bench: &Bench, sign_in: &str, token: &str) {
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
    let done = AtomicBool::new(false);
    let guesses = async {
        let emails: Vec<String> = (0..PAIRS).map(|number| format!("known{number}@example.org")).collect();
        futures::future::join_all(emails.iter().map(|email| bench.time(sign_in, email))).await;
        done.store(true, Ordering::Relaxed);
    };
    let reads = async {
        while !done.load(Ordering::Relaxed) {
            beside.push(read(&client, &url).await);
        }
    };
    tokio::join!(guesses, reads);
    let reads = beside.len();
    let p99 = |times: &mut Vec<Duration>| {
        times.sort_unstable();
        times[times.len() * 99 / 100]
    };
    let (alone, beside) = (p99(&mut alone), p99(&mut beside));
    let ratio = beside.as_secs_f64() / alone.as_secs_f64();
    say(&format!(
        "a reader's p99: alone {alone:.3?}, beside {PAIRS} sign-ins by password {beside:.3?} ({reads} reads), {ratio:.2}"
    ));
}

/// Makes the accounts that are known; returns tokens of those that are to have a password.
async fn populate(kith: Kith, keys: Keys, _: &str) -> (Keys, Vec<String>) {
    let ctx = Ctx::new(&kith, Viewer::System);
    let names = |who: &'static str| (0..PAIRS).map(move |number| format!("{who}{number}"));
    let person = |(line, name): (u64, String)| Person {
        line,
        email: Some(format!("{name}@example.org")),
        id: name,
        name: None,
        skills: Vec::new(),
        area: None,
    };
    let people = (2..).zip(names("known").chain(names("bare"))).map(person).collect();
    let list = Import { slug: "bench".to_owned(), people, ties: Vec::new(), ties_as: TiesAs::Active, community: None };
    let prepared = import::prepare(&ctx, &list, &|_| ()).await.expect("a database").expect("no faults");
    prepared.write(&ctx, &|_| ()).await.expect("written");
    let mut tokens = Vec::new();
    for name in names("known") {
        tokens.push(token(&ctx, &keys, &format!("bench-{name}")).await);
    }
    (keys, tokens)
}

//! The service under load, beside what it cannot be faster than.
//!
//! Each case is asked for some seconds, one after the other, and that several times over: the machine's moods then fall
//! on all cases alike. The figures are the medians of the rounds.

use std::sync::Arc;
use std::time::Duration;

use redis::AsyncCommands;
use serde_json::{Value, json};

use super::Options;
use super::client::{Asked, Connection, Questions, ask_for, post};
use super::process::Process;
use super::report::{Report, median, micros, millis, percentile};
use super::tools::say;
use super::world::{Caching, Log, Replica, World};

/// The first 20 people by mutual count, with what a page shows, and who of the viewer's ties knows them.
pub const PAGE: &str = "query Page { viewer { network(first: 20) { edges { mutualCount node { id name headline mutuals(first: 3) { nodes { name } } } } } } }";
/// The same, told by their best three routes.
pub const ROUTES: &str = "query Routes { viewer { network(first: 20) { edges { mutualCount node { id name headline } routes(first: 3) { connector { name } } } } } }";
const CARD: &str = "query Card($id: ID!) { node(id: $id) { ... on Member { id name headline } } }";

/// In how many ways a page is asked for that is to be written anew each time.
const UNLIKE: usize = 200;

pub const TITLE: &str = "service";
pub const WITH_MUTUALS: &str = "page: 20 people, 3 mutuals each";
pub const REDIS_FLOOR: &str = "floor: one Redis GET";
pub const COLUMNS: [&str; 7] = ["requests/s", "p50 ms", "p99 ms", "CPU us", "Redis us", "bytes", "RSS MB"];

/// What is asked, and of whom.
struct Case {
    what: &'static str,
    questions: Questions,
    /// Which of the processes answers.
    server: usize,
    rounds: Vec<[f64; COLUMNS.len()]>,
}

/// Measures all cases, for `viewers`.
pub async fn measure(world: &World, options: &Options, report: &mut Report) {
    let viewers = world.graph.sample(options.viewers, 11);
    let tokens = world.tokens(&viewers).await;
    let service = world.serve("service", Caching::Shared, Log::Quiet).await;
    let logging = world.serve("logging", Caching::Shared, Log::Lines).await;
    let asked = |document: &str| -> Vec<Vec<u8>> {
        let body = json!({"query": document});
        tokens.iter().map(|token| post("/graphql", Some(token), &body)).collect()
    };
    // What differs in anything is another question: so many that their answers cannot all be kept whole.
    let unlike = |number: usize| {
        let body = json!({"query": PAGE, "variables": {"number": number}});
        tokens.iter().map(move |token| post("/graphql", Some(token), &body)).collect::<Vec<_>>()
    };
    let pages = warm(&service, &asked(PAGE)).await;
    warm(&logging, &asked(PAGE)).await;
    warm(&service, &asked(ROUTES)).await;
    let cards = cards(&pages, &tokens);
    let folder = keep(world, &pages).await;
    let key = format!("{}:floor:", world.place.prefix);
    let from_memory = world.start_self("floor-memory", &["floor", "--pages", &folder]).await;
    let mut servers = vec![service, logging, from_memory];
    if let Some(redis) = &world.place.redis {
        let arguments = ["floor", "--pages", &folder, "--redis", redis, "--key", &key];
        servers.push(world.start_self("floor-redis", &arguments).await);
    }
    let floor = |token: (usize, &String)| post(&format!("/{}", token.0), Some(token.1), &json!({"query": PAGE}));
    let floors: Vec<Vec<u8>> = tokens.iter().enumerate().map(floor).collect();
    let case = |what, server: usize, requests: Vec<Vec<u8>>| {
        let questions = Questions { address: servers[server].address, requests: Arc::new(requests) };
        Case { what, questions, server, rounds: Vec::new() }
    };
    let mut cases = vec![
        case(WITH_MUTUALS, 0, asked(PAGE)),
        case("the same, written anew each time", 0, (0..UNLIKE).flat_map(unlike).collect()),
        case("page: 20 people, 3 routes each", 0, asked(ROUTES)),
        case("page with mutuals, a log line each", 1, asked(PAGE)),
        case("point read: node(id)", 0, cards),
        case("health: __typename", 0, vec![post("/graphql", None, &json!({"query": "{ __typename }"}))]),
        case("floor: bytes from memory", 2, floors.clone()),
    ];
    if servers.len() > 3 {
        cases.push(case(REDIS_FLOOR, 3, floors));
    }
    say(&format!(
        "\n`kith serve` is process {}: perf record -g -p {0}; floors {}",
        servers[0].process.pid(),
        servers[2..].iter().map(|server| server.process.pid().to_string()).collect::<Vec<_>>().join(", ")
    ));
    // Once without counting: connections, caches, the processor's clock.
    for case in &cases {
        ask_for(case.questions.clone(), options.connections, Duration::from_millis(500)).await;
    }
    for _ in 0..options.rounds {
        for case in &mut cases {
            let figures = round(world, case, &servers[case.server].process, options).await;
            case.rounds.push(figures);
        }
    }
    let title = format!("{TITLE}, {} connections, {} viewers", options.connections, viewers.len());
    report.section(title, &COLUMNS);
    for case in &cases {
        let figures: Vec<f64> = (0..COLUMNS.len())
            .map(|at| median(&case.rounds.iter().map(|round| round[at]).collect::<Vec<_>>()))
            .collect();
        report.row(case.what, &figures);
    }
}

/// One case, for some seconds.
async fn round(world: &World, case: &Case, server: &Process, options: &Options) -> [f64; COLUMNS.len()] {
    let (busy, redis) = (server.busy(), redis_busy(world).await);
    let length = Duration::from_secs_f64(options.seconds);
    let Asked { took, mut latencies, bytes } = ask_for(case.questions.clone(), options.connections, length).await;
    let (busy, redis) = (server.busy() - busy, redis_busy(world).await.saturating_sub(redis));
    let requests = latencies.len() as f64;
    let latency =
        |latencies: &mut Vec<u32>, percent| millis(Duration::from_micros(u64::from(percentile(latencies, percent))));
    [
        requests / took.as_secs_f64(),
        latency(&mut latencies, 50),
        latency(&mut latencies, 99),
        micros(busy) / requests,
        micros(redis) / requests,
        bytes as f64 / requests,
        server.memory().resident as f64 / 1e6,
    ]
}

/// Asks for every page twice, and looks at what comes: it must be whole. Returns the answers.
async fn warm(server: &Replica, requests: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut connection = Connection::open(server.address).await.expect("it listens");
    let mut pages = Vec::with_capacity(requests.len());
    for request in requests {
        let answer = connection.answer(request).await;
        let edges = answer.pointer("/data/viewer/network/edges").and_then(Value::as_array).expect("edges");
        assert_eq!(edges.len(), 20, "{answer}");
        for edge in edges {
            let known = edge.pointer("/node/mutuals/nodes").or_else(|| edge.get("routes")).and_then(Value::as_array);
            let (known, mutual) = (known.map(Vec::len), edge["mutualCount"].as_u64().expect("a count"));
            assert_eq!(known, Some(mutual.min(3) as usize), "{edge}");
        }
        pages.push(connection.ask(request).await.expect("an answer").to_vec());
    }
    pages
}

/// For each viewer, the request for the card of whom their page shows first.
fn cards(pages: &[Vec<u8>], tokens: &[String]) -> Vec<Vec<u8>> {
    let card = |(page, token): (&Vec<u8>, &String)| {
        let page: Value = serde_json::from_slice(page).expect("JSON");
        let id = &page["data"]["viewer"]["network"]["edges"][0]["node"]["id"];
        post("/graphql", Some(token), &json!({"query": CARD, "variables": {"id": id}}))
    };
    pages.iter().zip(tokens).map(card).collect()
}

/// Puts the pages where the floors find them: into a folder, and into the Redis.
async fn keep(world: &World, pages: &[Vec<u8>]) -> String {
    let folder = world.place.folder.path().join("pages");
    std::fs::create_dir(&folder).expect("a folder");
    for (number, page) in pages.iter().enumerate() {
        std::fs::write(folder.join(number.to_string()), page).expect("written");
        if let Some(url) = &world.place.redis {
            let client = redis::Client::open(url.as_str()).expect("an address");
            let mut connection = client.get_multiplexed_async_connection().await.expect("the Redis answers");
            let key = format!("{}:floor:{number}", world.place.prefix);
            connection.set_ex::<_, _, ()>(key, page, 24 * 3_600).await.expect("kept");
        }
    }
    folder.display().to_string()
}

/// The time that processors have spent on the Redis.
pub async fn redis_busy(world: &World) -> Duration {
    let Some(url) = &world.place.redis else { return Duration::ZERO };
    let client = redis::Client::open(url.as_str()).expect("an address");
    let mut connection = client.get_multiplexed_async_connection().await.expect("the Redis answers");
    let info: String = redis::cmd("INFO").arg("cpu").query_async(&mut connection).await.expect("INFO");
    let field = |name: &str| info.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok());
    let seconds = field("used_cpu_user:").unwrap_or(0.0) + field("used_cpu_sys:").unwrap_or(0.0);
    Duration::from_secs_f64(seconds)
}

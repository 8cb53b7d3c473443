//! What the service is measured by: friends of friends, fast.
//!
//! ```text
//! cargo bench --bench network
//! cargo bench --bench network -- --members 1000000 --rounds 5 --seconds 5
//! cargo bench --bench network -- --only service
//! ```
//!
//! Makes a network ([`graph`]), puts it into a database of its own ([`load`]), and measures, side by side in one run, so
//! that ratios mean something:
//!
//! - `service`: requests a second, latencies, the processors' time a request and the memory of `kith serve`, a process of
//!   its own, asked over the loopback ([`client`]); beside it actix-web that gives the same bytes from memory, or by one
//!   Redis GET ([`floor`]).
//! - `engine`: how long one network takes without HTTP and GraphQL, with everything, lists alone or nothing in the cache;
//!   beside it the statement that asks PostgreSQL for the same.
//! - `writes`: ties that begin and end, of members and of hubs, with the Redis and without; when another replica is right.
//! - `size`: bytes a member and a tie in the database and in the Redis, and what the service holds.
//!
//! Uses the PostgreSQL of `TEST_DATABASE_URL` and the Redis of `TEST_REDIS_URL`. Without them it starts private ones, if
//! they are installed, and ends them; else it measures SQLite and the in-process cache. Settings of the service that are
//! in the environment (`KITH_...`) are the service's.
//!
//! Prints tables, and writes them to `target/bench-network.txt` and `.json`. Ten thousand members take a few minutes. A
//! million take some seven minutes to load and 16 GB of disk where temporary files are (`TMPDIR`); with
//! `TEST_DATABASE_URL` and `--keep` they are loaded once. Build nothing beside it: only ratios of one quiet run count.
//!
//! To see where the time goes, look at the process that is named when the load begins, while it is asked:
//!
//! ```text
//! cargo bench --bench network -- --only service --rounds 20
//! perf record -g -p <process> -- sleep 10
//! ```
//!
//! Functions have their names in any build; for whole stacks, build with `RUSTFLAGS="-C force-frame-pointers=yes"`.

mod client;
mod engine;
mod floor;
mod graph;
mod load;
mod place;
mod process;
mod report;
mod service;
mod size;
#[path = "../bench_server/tools.rs"]
mod tools;
mod world;
mod writes;

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Parser, Subcommand, ValueEnum};
use domain::store::Store;
use tokio::signal::unix::{SignalKind, signal};

use self::graph::Graph;
use self::place::{Place, Servers};
use self::report::Report;
use self::world::World;

/// What to measure, and how long.
#[derive(Parser)]
pub struct Options {
    /// How many members the network has: from 2,000
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(2_000..=4_000_000))]
    members: u32,
    /// How often each case of the service is asked
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// For how many seconds each time
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Over how many connections
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// For how many viewers
    #[arg(long, default_value_t = 256)]
    viewers: usize,
    /// For how many viewers the engine computes networks
    #[arg(long, default_value_t = 300)]
    sample: usize,
    /// How many viewers' pages fill the caches whose size is told
    #[arg(long, default_value_t = 3_000)]
    warm: usize,
    /// How many ties begin and end one after the other, and as many at once
    #[arg(long, default_value_t = 100)]
    ties: usize,
    /// The same of members with one tie less than is allowed
    #[arg(long, default_value_t = 20)]
    hub_ties: usize,
    /// Leave the database in the PostgreSQL of TEST_DATABASE_URL, for the next time
    #[arg(long)]
    keep: bool,
    /// SQLite and the in-process cache, although there are PostgreSQL and Redis
    #[arg(long)]
    sqlite: bool,
    /// Only these parts
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// What cargo says
    #[arg(long, hide = true)]
    bench: bool,
    #[command(subcommand)]
    become_: Option<Become>,
}

/// A part of what is measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Service,
    Engine,
    Writes,
    Size,
}

/// What this program becomes when it starts itself.
#[derive(Clone, Subcommand)]
enum Become {
    /// A server of bytes
    #[command(hide = true)]
    Floor(floor::Floor),
}

impl Options {
    fn has(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}

fn main() {
    let options = Options::parse();
    if let Some(Become::Floor(floor)) = &options.become_ {
        return floor::serve(floor);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        // What is dropped here ends what it started.
        tokio::select! {
            () = run(&options) => {}
            () = told_to_stop() => tools::say("stopped"),
        }
    });
}

async fn told_to_stop() {
    let mut terminated = signal(SignalKind::terminate()).expect("signals");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
}

async fn run(options: &Options) {
    let mut report = Report::default();
    let begun = Instant::now();
    let graph = Graph::make(options.members as usize, 1);
    let is = graph.properties();
    report.head(format!(
        "{} members, {} ties, made in {:.1} s",
        graph.members(),
        is.ties,
        begun.elapsed().as_secs_f64()
    ));
    report.head(format!(
        "ties a member: mean {:.1}, median {}, p99 {}, most {}; clustering {:.2}; remote {:.0} %; paths of two: median {}, p99 {}",
        is.mean, is.median, is.p99, is.most, is.clustering, is.remote * 100.0, is.paths.0, is.paths.1
    ));
    let called = if options.keep { options.members } else { std::process::id() };
    let wanted = if options.sqlite { Servers::None } else { Servers::Some };
    let place = Place::find(wanted, &format!("kith_bench_{called}")).await;
    report.head(place.name.clone());
    let store = Store::connect(&place.database).await.expect("the database");
    store.migrate().await.expect("migrated");
    store.close().await;
    if options.keep && load::is_loaded(&graph, &place.database).await {
        report.head("the network is there already".to_owned());
    } else {
        load::load(&graph, &place.database, &mut report).await;
    }
    let world = World::open(graph, place).await;
    if options.has(Part::Service) {
        service::measure(&world, options, &mut report).await;
    }
    if options.has(Part::Engine) {
        engine::measure(&world, options, &mut report).await;
    }
    if options.has(Part::Size) {
        size::measure(&world, options, &mut report).await;
    }
    if options.has(Part::Writes) {
        writes::measure(&world, options, &mut report).await;
    }
    targets(&mut report);
    report.finish(&target());
    let World { place, kith, .. } = world;
    kith.store.clone().close().await;
    if !options.keep {
        place.leave().await;
    }
}

/// What is promised. What compares with other programs (Mercurius, Apollo) is measured outside.
fn targets(report: &mut Report) {
    let of = |report: &Report, title: &str, what: &str, column: &str| report.figure(title, what, column);
    let ratio = |one: Option<f64>, other: Option<f64>| one.zip(other).map(|(one, other)| one / other);
    let page = of(report, service::TITLE, service::WITH_MUTUALS, "requests/s");
    let floor = of(report, service::TITLE, service::REDIS_FLOOR, "requests/s");
    report.at_least("page, warm: requests/s, of those of one Redis GET", ratio(page, floor), 0.5);
    for (percentile, more) in [("p50 ms", 1.2), ("p99 ms", f64::NAN)] {
        let engine = |report: &Report, what: &str| of(report, engine::TITLE, what, percentile);
        let statements = [engine::STATEMENT, engine::GROUPED].map(|what| engine(report, what));
        let best = statements.into_iter().flatten().reduce(f64::min);
        let (warm, cold) = (engine(report, engine::WARM), engine(report, engine::COLD));
        let name = percentile.trim_end_matches(" ms");
        report.at_least(
            &format!("page, nothing cached but lists: times faster than SQL, {name}"),
            ratio(best, warm),
            10.0,
        );
        if !more.is_nan() {
            report.at_most(&format!("page, nothing cached: {name}, of the best statement's"), ratio(cold, best), more);
        }
    }
    let forgotten = of(report, engine::TITLE, engine::FORGET, "p50 ms");
    report.at_most("a changed tie: ms of the request to forget, p50", forgotten, 1.0);
    for who in ["members", "hubs"] {
        let right = of(report, writes::TITLE, &format!("{who}, Redis: right elsewhere"), "p99 ms");
        report.at_most(&format!("another replica is right, ties of {who}: ms, p99"), right, 50.0);
    }
    let resident = of(report, size::TITLE, size::RESIDENT, "RSS MB");
    report.at_most("memory of the service, its caches filled: MB", resident, 300.0);
}

/// Where cargo builds.
fn target() -> PathBuf {
    let program = std::env::current_exe().expect("this program");
    program.ancestors().find(|folder| folder.ends_with("target")).map_or_else(|| PathBuf::from("."), Path::to_owned)
}

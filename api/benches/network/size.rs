//! How much room a network takes: in the database, in the Redis, in the service.

use std::collections::BTreeMap;

use redis::aio::MultiplexedConnection;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;
use uuid::Uuid;

use super::Options;
use super::client::{Connection, post};
use super::graph::Graph;
use super::report::Report;
use super::service::PAGE;
use super::world::{Caching, Log, World};

pub const TITLE: &str = "size of the service";
pub const RESIDENT: &str = "kith serve, its caches filled";

/// Measures all of it.
pub async fn measure(world: &World, options: &Options, report: &mut Report) {
    if world.place.is_postgres() {
        database(world, report).await;
    }
    // As many as fill what a process holds: 2,000 networks, and the lists they are counted from.
    let viewers = world.graph.sample(options.warm, 17);
    let tokens = world.tokens(&viewers).await;
    let mut redis = match &world.place.redis {
        Some(url) => Some(connect(url).await),
        None => None,
    };
    let before = match &mut redis {
        Some(redis) => used(redis).await,
        None => 0,
    };
    let replica = world.serve("size", Caching::Shared, Log::Quiet).await;
    let fresh = replica.process.memory();
    let mut connection = Connection::open(replica.address).await.expect("it listens");
    let body = json!({"query": PAGE});
    for token in &tokens {
        connection.answer(&post("/graphql", Some(token), &body)).await;
    }
    let filled = replica.process.memory();
    report.section(format!("{TITLE}, pages of {} viewers", viewers.len()), &["RSS MB", "most MB"]);
    report.row("kith serve, just started", &[fresh.resident as f64 / 1e6, fresh.peak as f64 / 1e6]);
    report.row(RESIDENT, &[filled.resident as f64 / 1e6, filled.peak as f64 / 1e6]);
    if let Some(redis) = &mut redis {
        entries(world, redis, before, report).await;
    }
}

/// The tables with their indexes.
async fn database(world: &World, report: &mut Report) {
    report.section("size of the database", &["MB", "bytes a row", "of indexes", "bytes/member", "bytes/tie"]);
    let db = sea_orm::Database::connect(&world.place.database).await.expect("the database");
    let (members, ties) = (world.graph.members() as f64, world.graph.ties() as f64);
    let mut sum = 0.0;
    for (table, rows) in [("member", members), ("tie", ties), ("tie_end", 2.0 * ties)] {
        let statement = format!("SELECT pg_total_relation_size('{table}'), pg_indexes_size('{table}')");
        let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, statement)).await.expect("sizes");
        let row = row.expect("a row");
        let size = |at| row.try_get_by_index::<i64>(at).expect("a number") as f64;
        let (all, indexes) = (size(0), size(1));
        sum += all;
        let by_tie = if table == "member" { f64::NAN } else { all / ties };
        report.row(table, &[all / 1e6, all / rows, indexes / rows, all / members, by_tie]);
    }
    report.row("all three", &[sum / 1e6, f64::NAN, f64::NAN, sum / members, sum / ties]);
    db.close().await.expect("closed");
}

async fn connect(url: &str) -> MultiplexedConnection {
    let client = redis::Client::open(url).expect("an address");
    client.get_multiplexed_async_connection().await.expect("the Redis answers")
}

/// The bytes the Redis holds in all.
async fn used(redis: &mut MultiplexedConnection) -> u64 {
    let info: String = redis::cmd("INFO").arg("memory").query_async(redis).await.expect("INFO");
    let used = info.lines().find_map(|line| line.strip_prefix("used_memory:")?.trim().parse().ok());
    used.unwrap_or(0)
}

/// What of one kind is in the Redis.
#[derive(Default)]
struct Kept {
    entries: usize,
    /// Of some of them the ties of the member, and the bytes.
    weighed: Vec<(f64, f64)>,
}

impl Kept {
    /// How many ties and bytes one has on average.
    fn means(&self) -> (f64, f64) {
        let count = self.weighed.len() as f64;
        let sum = self.weighed.iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        (sum.0 / count, sum.1 / count)
    }

    /// How many bytes one more tie takes: the slope of the line that fits best.
    fn bytes_a_tie(&self) -> f64 {
        let (ties, bytes) = self.means();
        let both = self.weighed.iter().map(|one| (one.0 - ties, one.1 - bytes));
        let (above, below) = both.fold((0.0, 0.0), |sum, (tie, byte)| (sum.0 + tie * byte, sum.1 + tie * tie));
        above / below
    }
}

/// The service's entries by kind. A key is the prefix, a colon, a letter for stamps or values, the kind, and the id.
async fn entries(world: &World, redis: &mut MultiplexedConnection, before: u64, report: &mut Report) {
    let after = used(redis).await;
    let begin = format!("{}:", world.place.prefix).into_bytes();
    let mut kinds: BTreeMap<String, Kept> = BTreeMap::new();
    let mut cursor = 0_u64;
    loop {
        let mut scan = redis::cmd("SCAN");
        scan.arg(cursor).arg("MATCH").arg(format!("{}:*", world.place.prefix)).arg("COUNT").arg(2_000);
        let (next, keys): (u64, Vec<Vec<u8>>) = scan.query_async(redis).await.expect("SCAN");
        for key in keys {
            let rest = &key[begin.len()..];
            let id = rest.len().checked_sub(16).and_then(|at| Uuid::from_slice(&rest[at..]).ok());
            let member = id.and_then(|id| number(&world.graph, id));
            let name = match member {
                Some(_) => String::from_utf8_lossy(&rest[..rest.len() - 16]).into_owned(),
                None => "others".to_owned(),
            };
            let kept = kinds.entry(name).or_default();
            kept.entries += 1;
            if kept.weighed.len() < 2_000 {
                let mut weigh = redis::cmd("MEMORY");
                weigh.arg("USAGE").arg(&key).arg("SAMPLES").arg(0);
                let bytes: Option<u32> = weigh.query_async(redis).await.expect("MEMORY");
                let ties = member.map_or(0, |member| world.graph.tied(member).len() as u32);
                kept.weighed.push((ties.into(), bytes.unwrap_or(0).into()));
            }
        }
        cursor = next;
        if cursor == 0 {
            break;
        }
    }
    report.section("size of the Redis, by kind of key", &["entries", "bytes each", "ties each", "bytes/tie", "MB"]);
    for (name, kept) in &kinds {
        let (ties, bytes) = kept.means();
        let all = bytes * kept.entries as f64 / 1e6;
        report.row(name.as_str(), &[kept.entries as f64, bytes, ties, kept.bytes_a_tie(), all]);
    }
    let entries: usize = kinds.values().map(|kept| kept.entries).sum();
    let grown = after.saturating_sub(before) as f64;
    report.row(
        "what these viewers added in all",
        &[entries as f64, grown / entries as f64, f64::NAN, f64::NAN, grown / 1e6],
    );
}

/// The member of an id.
fn number(graph: &Graph, id: Uuid) -> Option<u32> {
    let (seconds, nanos) = id.get_timestamp()?.to_unix();
    graph.member_of(seconds * 1000 + u64::from(nanos) / 1_000_000).filter(|member| graph.id(*member) == id)
}

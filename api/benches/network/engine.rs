//! How long one network takes to compute, without HTTP and GraphQL; beside the statement that asks PostgreSQL for the same.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::Criterion;
use domain::ctx::{Ctx, Viewer};
use domain::id::MemberId;
use domain::network::{self, Filter, measured};
use domain::page::{Total, Window};
use sea_orm::ConnectOptions;
use sea_orm::sqlx::postgres::PgConnection;
use sea_orm::sqlx::{self, AssertSqlSafe};
use uuid::Uuid;

use super::Options;
use super::report::{Report, millis, percentile};
use super::world::World;

pub const TITLE: &str = "engine";
pub const COUNTING: &str = "counting alone, lists in memory";
pub const WARM: &str = "page, nothing cached but lists";
pub const COLD: &str = "page, nothing cached";
pub const CACHED: &str = "page, all cached";
pub const FORGET: &str = "what a changed tie makes wrong, forgotten";
pub const STATEMENT: &str = "PostgreSQL, ids and counts";
pub const GROUPED: &str = "PostgreSQL, the same, grouped first";
pub const RULE: &str = "PostgreSQL, the whole rule";

/// The first 20 members at distance two by mutual count: both directions of a tie are rows, and the primary key of
/// `tie_end` covers all that is asked.
const BY_COUNT: &str = "SELECT far.other_id, count(*) FROM tie_end near JOIN tie_end far ON far.member_id = near.other_id \
    WHERE near.member_id = $1 AND far.other_id <> $1 \
    AND NOT EXISTS (SELECT FROM tie_end mine WHERE mine.member_id = $1 AND mine.other_id = far.other_id) \
    GROUP BY far.other_id ORDER BY count(*) DESC, far.other_id LIMIT 20";
/// The same; who is tied to the viewer is left out after counting.
const BY_COUNT_GROUPED: &str = "SELECT other_id, mutual FROM (SELECT far.other_id, count(*) AS mutual FROM tie_end near \
    JOIN tie_end far ON far.member_id = near.other_id WHERE near.member_id = $1 GROUP BY far.other_id) reached \
    WHERE other_id <> $1 AND other_id NOT IN (SELECT mine.other_id FROM tie_end mine WHERE mine.member_id = $1) \
    ORDER BY mutual DESC, other_id LIMIT 20";
/// With what the service's order and privacy need: evidence, and who is a way to others.
const BY_RULE: &str = "SELECT far.other_id, count(*) FROM tie_end near JOIN tie_end far ON far.member_id = near.other_id \
    JOIN member way ON way.id = near.other_id AND way.as_route AND way.state = 'ACTIVE' AND way.leaves_at IS NULL \
    WHERE near.member_id = $1 AND far.other_id <> $1 \
    AND NOT EXISTS (SELECT FROM tie_end mine WHERE mine.member_id = $1 AND mine.other_id = far.other_id) \
    AND EXISTS (SELECT FROM member person WHERE person.id = far.other_id AND person.findable AND person.state = 'ACTIVE' AND person.leaves_at IS NULL) \
    AND NOT EXISTS (SELECT FROM block b WHERE (b.owner_id = $1 AND b.blocked_id = far.other_id) OR (b.blocked_id = $1 AND b.owner_id = far.other_id)) \
    GROUP BY far.other_id ORDER BY count(*) DESC, \
    count(*) FILTER (WHERE near.evidence = 'IN_PERSON' AND far.evidence = 'IN_PERSON') DESC, far.other_id LIMIT 20";

/// Measures all for the same viewers.
pub async fn measure(world: &World, options: &Options, report: &mut Report) {
    let viewers = world.graph.sample(options.sample, 13);
    report.section(format!("{TITLE}, one network, {} viewers", viewers.len()), &["p50 ms", "p99 ms", "most ms"]);
    let mut counting = Vec::new();
    for viewer in &viewers {
        let count = measured::counting(&ctx(world, *viewer)).await.expect("lists");
        black_box(count());
        counting.extend((0..5).map(|_| {
            let begun = Instant::now();
            black_box(count());
            begun.elapsed()
        }));
    }
    row(report, COUNTING, counting);
    closely(world, &viewers, options).await;
    let mut pages = Vec::new();
    for viewer in &viewers {
        pages.push(page(world, *viewer).await);
    }
    let forget_networks = async |viewer: u32, _: &[(MemberId, usize)]| {
        measured::forget_networks(&world.kith, &[world.member(viewer)]).await.expect("forgotten");
    };
    let times = timed(world, &viewers, &pages, 3, forget_networks).await;
    row(report, WARM, times);
    let forget_all = async |viewer: u32, page: &[(MemberId, usize)]| {
        let tied = world.graph.tied(viewer).iter().copied();
        let mut about: Vec<MemberId> = [viewer].into_iter().chain(tied).map(|member| world.member(member)).collect();
        about.extend(page.iter().map(|(id, _)| *id));
        measured::forget_all(&world.kith, &about).await.expect("forgotten");
    };
    let times = timed(world, &viewers, &pages, 1, forget_all).await;
    row(report, COLD, times);
    let times = timed(world, &viewers, &pages, 3, async |_, _: &[(MemberId, usize)]| {}).await;
    row(report, CACHED, times);
    let mut times = Vec::new();
    for pair in viewers.windows(2) {
        let begun = Instant::now();
        let ends = [world.member(pair[0]), world.member(pair[1])];
        // Two networks are as long to forget as two lists.
        measured::forget_networks(&world.kith, &ends).await.expect("forgotten");
        times.push(begun.elapsed());
    }
    row(report, FORGET, times);
    if world.place.is_postgres() {
        statements(world, &viewers, &pages, report).await;
    }
}

/// The counting once more, by criterion, for the viewer in the middle and for one with as many paths as few have: over
/// all viewers it says nothing, since it repeats one thing and tells how sure the mean is.
async fn closely(world: &World, viewers: &[u32], options: &Options) {
    let mut by_paths = viewers.to_vec();
    by_paths.sort_by_key(|viewer| world.graph.paths(*viewer));
    let folder = super::target().join("criterion");
    let mut criterion = Criterion::default()
        .without_plots()
        .output_directory(&folder)
        .sample_size(30)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs_f64(options.seconds));
    for percent in [50, 99] {
        let viewer = by_paths[by_paths.len() * percent / 100];
        let count = measured::counting(&ctx(world, viewer)).await.expect("lists");
        let name = format!("counting/{} members/{} paths", world.graph.members(), world.graph.paths(viewer));
        tokio::task::block_in_place(|| criterion.bench_function(&name, |bencher| bencher.iter(&count)));
    }
}

/// As a request has it.
fn ctx(world: &World, viewer: u32) -> Ctx {
    Ctx::new(&world.kith.of_one_moment(), Viewer::Member(world.member(viewer)))
}

/// The first 20, each with how many of the viewer's ties know them.
async fn page(world: &World, viewer: u32) -> Vec<(MemberId, usize)> {
    let window = Window::new(Some(20), None, Total::Skipped).expect("a size");
    let page = network::list(&ctx(world, viewer), &Filter::default(), &window).await.expect("a network");
    page.rows.iter().map(|row| (row.item.person.id, row.item.mutual_count)).collect()
}

/// How long everybody's page takes, `times` over, after what `before` does. Holds that the pages are the same.
async fn timed(
    world: &World,
    viewers: &[u32],
    pages: &[Vec<(MemberId, usize)>],
    times: usize,
    before: impl AsyncFn(u32, &[(MemberId, usize)]),
) -> Vec<Duration> {
    let mut took = Vec::with_capacity(viewers.len() * times);
    for _ in 0..times {
        for (viewer, expected) in viewers.iter().zip(pages) {
            before(*viewer, expected).await;
            let begun = Instant::now();
            let page = page(world, *viewer).await;
            took.push(begun.elapsed());
            assert_eq!(&page, expected, "the page of {viewer}");
        }
    }
    took
}

fn row(report: &mut Report, what: &str, mut times: Vec<Duration>) {
    let [p50, p99, most] = [50, 99, 100].map(|percent| millis(percentile(&mut times, percent)));
    report.row(what, &[p50, p99, most]);
}

/// The statements, prepared, on one connection, which has asked everything once before.
async fn statements(world: &World, viewers: &[u32], pages: &[Vec<(MemberId, usize)>], report: &mut Report) {
    let mut options = ConnectOptions::new(&world.place.database);
    options.max_connections(1).sqlx_logging(false);
    let db = sea_orm::Database::connect(options).await.expect("the database");
    let mut connection = db.get_postgres_connection_pool().acquire().await.expect("a connection");
    let off = sqlx::raw_sql(AssertSqlSafe("SET jit = off".to_owned()));
    off.execute(&mut *connection).await.expect("set");
    // The last one takes a second, and is in no target.
    for (what, statement, some) in
        [(STATEMENT, BY_COUNT, usize::MAX), (GROUPED, BY_COUNT_GROUPED, usize::MAX), (RULE, BY_RULE, 20)]
    {
        let mut took = Vec::new();
        for round in 0..2 {
            for (viewer, page) in viewers.iter().zip(pages).take(some) {
                let begun = Instant::now();
                let rows = ask(&mut connection, statement, world.graph.id(*viewer)).await;
                let elapsed = begun.elapsed();
                if round > 0 {
                    took.push(elapsed);
                }
                let counts: Vec<usize> = rows.iter().map(|(_, count)| *count as usize).collect();
                assert_eq!(counts, page.iter().map(|(_, count)| *count).collect::<Vec<_>>(), "{what} of {viewer}");
            }
        }
        row(report, what, took);
    }
    drop(connection);
    db.close().await.expect("closed");
}

async fn ask(connection: &mut PgConnection, statement: &'static str, viewer: Uuid) -> Vec<(Uuid, i64)> {
    sqlx::query_as(statement).bind(viewer).fetch_all(connection).await.expect("rows")
}

//! Puts a network into the tables: by `COPY` on PostgreSQL, by statements of many rows on SQLite.
//!
//! This is not `kith import`: its fast path checks every row against what there is, keeps the whole list in memory and
//! writes it by `INSERT`, which is what an operator wants of a list, and takes four to five times as long: 100,000 members
//! and 2,000,000 ties took it 325 seconds where this took 73. Here the rows are known to be good. Foreign keys are not
//! checked while they are written, if the user of the database may have that; indexes that are no constraints are left
//! out, and made at the end.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use sea_orm::sqlx::pool::PoolConnection;
use sea_orm::sqlx::postgres::PgConnection;
use sea_orm::sqlx::{AssertSqlSafe, Postgres, raw_sql};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use uuid::Uuid;

use super::graph::{Graph, mixed};
use super::report::Report;

/// A value of a row.
enum Cell<'a> {
    Id(Uuid),
    Text(&'a str),
    Number(i64),
    Yes,
    No,
}

const MEMBER: (&str, &str) = (
    "member",
    "id, handle, name, headline, share_email, share_phone, findable, as_route, state, created_at, updated_at",
);
const TIE: (&str, &str) =
    ("tie", "id, low, high, low_answer, high_answer, state, evidence, context, created_at, expires_at, active_at");
const END: (&str, &str) = ("tie_end", "member_id, other_id, evidence, tie_id");

/// Where rows go.
enum Sink<'a> {
    Postgres(&'a mut PoolConnection<Postgres>),
    Sqlite(&'a DatabaseConnection),
}

/// Writes the whole network into the migrated and empty database at `url`.
pub async fn load(graph: &Graph, url: &str, report: &mut Report) {
    report.section("loading", &["rows", "s", "rows/s"]);
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(|sqlite| sqlite.foreign_keys(false));
    let db = sea_orm::Database::connect(options).await.expect("the database");
    let begun = Instant::now();
    if url.starts_with("sqlite") {
        db.execute_unprepared("BEGIN").await.expect("begun");
        tables(graph, &mut Sink::Sqlite(&db), report).await;
        db.execute_unprepared("COMMIT; ANALYZE").await.expect("committed");
    } else {
        let mut connection = db.get_postgres_connection_pool().acquire().await.expect("a connection");
        // Only an owner of the whole server may have that; without it, every row is checked.
        let _ = run(&mut connection, "SET session_replication_role = replica").await;
        let indexes = indexes(url).await;
        // What is written into a table that was emptied by the same transaction need not be logged.
        must(&mut connection, "BEGIN; TRUNCATE member, tie, tie_end CASCADE").await;
        for (name, _) in &indexes {
            must(&mut connection, &format!("DROP INDEX {name}")).await;
        }
        tables(graph, &mut Sink::Postgres(&mut connection), report).await;
        let making = Instant::now();
        for (_, definition) in &indexes {
            must(&mut connection, definition).await;
        }
        must(&mut connection, "COMMIT").await;
        report.row("indexes", &[indexes.len() as f64, making.elapsed().as_secs_f64(), f64::NAN]);
        let cleaning = Instant::now();
        must(&mut connection, "VACUUM (ANALYZE) member").await;
        must(&mut connection, "VACUUM (ANALYZE) tie").await;
        must(&mut connection, "VACUUM (ANALYZE) tie_end").await;
        report.row("vacuum, statistics", &[f64::NAN, cleaning.elapsed().as_secs_f64(), f64::NAN]);
    }
    let rows = (graph.members() + 3 * graph.ties()) as f64;
    let took = begun.elapsed().as_secs_f64();
    report.row("in all", &[rows, took, rows / took]);
    db.close().await.expect("closed");
}

/// Whether this very network is in the database at `url`, as far as a look at one member tells.
pub async fn is_loaded(graph: &Graph, url: &str) -> bool {
    let db = sea_orm::Database::connect(url).await.expect("the database");
    let (last, hub) = (graph.members() as u32 - 1, graph.hubs[0]);
    let binary = |id: Uuid| if url.starts_with("sqlite") { format!("x'{}'", id.simple()) } else { format!("'{id}'") };
    let statement = format!(
        "SELECT count(*) FROM member, tie_end WHERE id = {} AND handle = '{}' AND member_id = {}",
        binary(graph.id(last)),
        handle(last),
        binary(graph.id(hub))
    );
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), statement)).await.expect("a count");
    let ties: i64 = row.and_then(|row| row.try_get_by_index(0).ok()).unwrap_or(0);
    db.close().await.expect("closed");
    ties == graph.tied(hub).len() as i64
}

async fn tables(graph: &Graph, sink: &mut Sink<'_>, report: &mut Report) {
    let members = 0..graph.members() as u32;
    let mut table = Table::begin(MEMBER, sink);
    for member in members.clone() {
        let at = graph.came_in(member) as i64 * 1000;
        let (handle, name, headline) = (handle(member), name(member), headline(member));
        let (id, name) = (Cell::Id(graph.id(member)), Cell::Text(&name));
        let (share, show) = ([Cell::No, Cell::No], [Cell::Yes, Cell::Yes]);
        table.row([id, Cell::Text(&handle), name, Cell::Text(&headline)].into_iter().chain(share).chain(show).chain([
            Cell::Text("ACTIVE"),
            Cell::Number(at),
            Cell::Number(at),
        ]));
        table.flush_if_full().await;
    }
    table.end(report).await;
    let mut table = Table::begin(TIE, sink);
    for low in members.clone() {
        for high in graph.tied(low).iter().copied().filter(|other| *other > low) {
            let at = graph.came_in(high) as i64 * 1000;
            let ends = [Cell::Id(graph.id(low)), Cell::Id(graph.id(high))];
            let words = ["YES", "YES", "ACTIVE", evidence(low, high), "OTHER"].map(Cell::Text);
            let times = [at, at + 2_592_000_000_000, at].map(Cell::Number);
            table.row([Cell::Id(graph.tie_id(low, high))].into_iter().chain(ends).chain(words).chain(times));
            table.flush_if_full().await;
        }
    }
    table.end(report).await;
    let mut table = Table::begin(END, sink);
    for member in members {
        for other in graph.tied(member).iter().copied() {
            let ends = [Cell::Id(graph.id(member)), Cell::Id(graph.id(other))];
            let tie = [Cell::Text(evidence(member, other)), Cell::Id(graph.tie_id(member, other))];
            table.row(ends.into_iter().chain(tie));
            table.flush_if_full().await;
        }
    }
    table.end(report).await;
}

fn evidence(one: u32, other: u32) -> &'static str {
    if Graph::have_met(one, other) { "IN_PERSON" } else { "CLAIMED" }
}

/// The name by which a member can be claimed.
pub fn handle(member: u32) -> String {
    format!("bench-{member}")
}

/// A name of some 13 letters.
fn name(member: u32) -> String {
    const FIRST: [&str; 16] = [
        "Amara", "Bruno", "Carla", "Dmitri", "Elif", "Fatou", "Goran", "Hanna", "Ivo", "Jovana", "Kofi", "Leila",
        "Mateo", "Noor", "Olga", "Pavel",
    ];
    const LAST: [&str; 16] = [
        "Adeyemi",
        "Bergman",
        "Costa",
        "Dubois",
        "Eriksen",
        "Ferrari",
        "Greco",
        "Horvat",
        "Ito",
        "Jansen",
        "Kowalski",
        "Lindqvist",
        "Moreau",
        "Novak",
        "Okafor",
        "Petrov",
    ];
    let draw = mixed(u64::from(member)) as usize;
    format!("{} {}", FIRST[draw % 16], LAST[draw / 16 % 16])
}

fn headline(member: u32) -> String {
    const DOES: [&str; 8] = [
        "Repairs bicycles",
        "Keeps bees",
        "Teaches maths",
        "Bakes bread",
        "Grows vegetables",
        "Plays the viola",
        "Builds boats",
        "Nurses",
    ];
    const WHERE: [&str; 8] = [
        "by the river",
        "in the old town",
        "at the harbour",
        "up the hill",
        "near the market",
        "at weekends",
        "with children",
        "for neighbours",
    ];
    let draw = mixed(u64::from(member)) as usize / 256;
    format!("{} {}, and is glad to help", DOES[draw % 8], WHERE[draw / 8 % 8])
}

/// The rows of one table on their way.
struct Table<'a, 'b> {
    sink: &'a mut Sink<'b>,
    name: &'static str,
    columns: &'static str,
    text: String,
    rows: usize,
    waiting: usize,
    begun: Instant,
}

impl<'a, 'b> Table<'a, 'b> {
    fn begin((name, columns): (&'static str, &'static str), sink: &'a mut Sink<'b>) -> Self {
        Self { sink, name, columns, text: String::new(), rows: 0, waiting: 0, begun: Instant::now() }
    }

    fn row<'c>(&mut self, cells: impl Iterator<Item = Cell<'c>>) {
        let text = &mut self.text;
        let is_copied = matches!(self.sink, Sink::Postgres(_));
        if !is_copied {
            text.push_str(if self.waiting == 0 { "(" } else { ",\n(" });
        }
        for (at, cell) in cells.enumerate() {
            if at > 0 {
                text.push(if is_copied { '\t' } else { ',' });
            }
            let written = match (cell, is_copied) {
                (Cell::Id(id), true) => write!(text, "{}", id.hyphenated()),
                (Cell::Id(id), false) => write!(text, "x'{}'", id.simple()),
                // Ours have nothing in them that would have to be escaped.
                (Cell::Text(word), true) => write!(text, "{word}"),
                (Cell::Text(word), false) => write!(text, "'{word}'"),
                (Cell::Number(number), _) => write!(text, "{number}"),
                (Cell::Yes, _) => write!(text, "true"),
                (Cell::No, _) => write!(text, "false"),
            };
            written.expect("text takes text");
        }
        text.push_str(if is_copied { "\n" } else { ")" });
        self.waiting += 1;
    }

    async fn flush_if_full(&mut self) {
        let full = match self.sink {
            Sink::Postgres(_) => self.text.len() >= 64 << 20,
            Sink::Sqlite(_) => self.text.len() >= 256 << 10,
        };
        if full {
            self.flush().await;
        }
    }

    async fn flush(&mut self) {
        if self.waiting == 0 {
            return;
        }
        match self.sink {
            Sink::Postgres(connection) => {
                let statement = format!("COPY {} ({}) FROM STDIN", self.name, self.columns);
                let mut copy = connection.copy_in_raw(&statement).await.expect("copying");
                for some in self.text.as_bytes().chunks(1 << 20) {
                    copy.send(some).await.expect("rows are taken");
                }
                copy.finish().await.expect("rows are good");
            }
            Sink::Sqlite(db) => {
                let statement = format!("INSERT INTO {} ({}) VALUES {}", self.name, self.columns, self.text);
                db.execute_unprepared(&statement).await.expect("rows are good");
            }
        }
        self.rows += self.waiting;
        self.waiting = 0;
        self.text.clear();
    }

    async fn end(mut self, report: &mut Report) {
        self.flush().await;
        let took = self.begun.elapsed().max(Duration::from_micros(1)).as_secs_f64();
        report.row(self.name, &[self.rows as f64, took, self.rows as f64 / took]);
    }
}

/// The indexes of the tables that are no constraints: their names, and how to make them.
async fn indexes(url: &str) -> Vec<(String, String)> {
    let db = sea_orm::Database::connect(url).await.expect("the database");
    let statement = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename IN ('member', 'tie', 'tie_end') \
                     AND indexname NOT IN (SELECT conname FROM pg_constraint)";
    let statement = Statement::from_string(DbBackend::Postgres, statement);
    let rows = db.query_all_raw(statement).await.expect("indexes");
    db.close().await.expect("closed");
    let text = |row: &sea_orm::QueryResult, at| row.try_get_by_index::<String>(at).expect("a text");
    rows.iter().map(|row| (text(row, 0), text(row, 1))).collect()
}

async fn run(connection: &mut PgConnection, statement: &str) -> Result<(), sea_orm::sqlx::Error> {
    raw_sql(AssertSqlSafe(statement.to_owned())).execute(connection).await.map(|_| ())
}

async fn must(connection: &mut PgConnection, statement: &str) {
    run(connection, statement).await.unwrap_or_else(|cause| panic!("{statement}: {cause}"));
}

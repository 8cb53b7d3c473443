//! What every benchmark does in the same way.

use api::auth::Keys;
use domain::ctx::{Ctx, Platform};
use domain::id::MemberId;
use domain::session::{self, Actor, NewDevice};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

/// The settings of any server that is measured, beside where its data is.
pub const SETTINGS: [(&str, &str); 4] = [
    ("KITH_LISTEN", "127.0.0.1:0"),
    ("KITH_SIGNING_KEY", "a2l0aCB0ZXN0cyBzaWduIHdpdGggdGhpcyBrZXkhISE="),
    ("KITH_PUBLIC_URL", "http://bench"),
    // One client asks for thousands; that its points are counted is a part of what is measured.
    ("KITH_RATE_LIMIT", "member=100000000,anonymous=100000000"),
];

/// An access token of a member, good for a day.
pub async fn token_of(ctx: &Ctx, keys: &Keys, member: MemberId) -> String {
    let device = NewDevice { name: "bench".to_owned(), platform: Platform::Other };
    let opened = session::open_for(ctx, member, device, Actor::Member, domain::ctx::days(1)).await;
    keys.issue(member, opened.expect("a session").session.id, 24 * 60, None, ctx.now).expect("a token")
}

/// The address of the database `name` in the PostgreSQL at `server`, where it is made unless it is there.
pub async fn database(server: &str, name: &str) -> String {
    let connection = sea_orm::Database::connect(server).await.expect("the PostgreSQL answers");
    let named = Statement::from_string(
        DbBackend::Postgres,
        format!("SELECT datname FROM pg_database WHERE datname = '{name}'"),
    );
    if connection.query_one_raw(named).await.expect("its databases").is_none() {
        connection.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("made");
    }
    connection.close().await.expect("closed");
    let (address, query) = server.split_once('?').unwrap_or((server, ""));
    let (host, _) = address.rsplit_once('/').expect("TEST_DATABASE_URL names a database");
    format!("{host}/{name}?{query}")
}

/// Takes that database away.
pub async fn drop_database(server: &str, name: &str) {
    let connection = sea_orm::Database::connect(server).await.expect("the PostgreSQL answers");
    connection.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.expect("done");
    connection.close().await.expect("closed");
}

/// Prints a line.
#[expect(clippy::print_stdout, reason = "what a benchmark is for")]
pub fn say(line: &str) {
    println!("{line}");
}

/// A variable of the environment.
#[expect(clippy::disallowed_methods, reason = "which database and which cache to measure")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

//! `kith migrate`: what a database has, what it lacks, and what it has too much.

use super::Kith;
use crate::support::Database;

async fn story(database: Database) {
    let kith = Kith::with(&[("DATABASE_URL", database.url())]);
    let before = kith.run(&["migrate", "status"]);
    assert_eq!(before.code, Some(1));
    assert!(before.out.contains("pending  m") && !before.out.contains("applied  "), "{}", before.out);
    assert!(before.err.contains("kith migrate up"), "{}", before.err);

    let by_hand = Kith::with(&[("DATABASE_URL", database.url()), ("KITH_MIGRATE", "off")]);
    assert!(by_hand.refusal(&["serve", "--no-demo"]).contains("kith migrate up"), "it was told not to migrate");
    assert!(by_hand.refusal(&["doctor"]).contains("kith migrate up"));

    for _ in 0..2 {
        let up = kith.answer(&["migrate", "up"]);
        assert!(up.contains("applied  m") && !up.contains("pending  "), "{up}");
    }
    assert!(kith.answer(&["migrate", "status"]).contains("fits"));
    assert!(by_hand.serve(&["--no-demo"]).err().contains("listening"));

    database
        .execute("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m99990101_000001_tomorrow', 0)")
        .await;
    for command in
        [&["migrate", "status"][..], &["migrate", "up"], &["serve"], &["demo"], &["doctor"], &["token", "member", "x"]]
    {
        let err = kith.refusal(command);
        assert!(err.contains("newer than this program") && err.contains("install the newer"), "{command:?}: {err}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_is_brought_up_to_date_and_a_newer_one_is_left_alone_on_sqlite() {
    story(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_is_brought_up_to_date_and_a_newer_one_is_left_alone_on_postgres() {
    story(Database::empty_postgres().await).await;
}

//! `kith demo`: the fictional network, the same everywhere, and only where nobody else is.

use super::Kith;
use crate::story;
use crate::support::Database;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_network_is_the_same_on_every_machine_and_made_once() {
    let handles = |said: String| -> Vec<String> {
        let lines = said
            .lines()
            .filter_map(|line| line.trim().split_once(": ").map(|(handle, name)| format!("{handle}: {name}")));
        lines.filter(|line| !line.contains("Bearer")).collect()
    };
    let (first, second) = (Kith::with(&[]), Database::empty_postgres().await);
    let second = Kith::with(&[("DATABASE_URL", second.url())]);
    let told = handles(first.answer(&["demo"]));
    assert!(told.len() >= 3, "{told:?}");
    assert_eq!(handles(first.answer(&["demo"])), told, "again, it is there already");
    assert_eq!(handles(second.answer(&["demo"])), told, "on the other database");
}

story! {
    async fn a_database_with_members_of_its_own_gets_no_demo(world: World) {
        let [ana] = world.people(["ana"]).await;
        let kith = Kith::beside(&world);
        let said = kith.run(&["demo"]);
        assert_eq!((said.code, said.out.as_str()), (Some(1), ""));
        assert!(said.err.contains("needs an empty one"), "{}", said.err);
        assert_eq!(ana.network().await, Vec::<String>::new());
        let serving = kith.serve(&[]);
        assert!(!serving.out().contains("Bearer"), "and serving it makes no tokens: {}", serving.out());
    }
}

//! The audits of the npm package `graphql-http`: every MUST, SHOULD and MAY of GraphQL over HTTP.

use std::path::Path;
use std::process::Command;

use crate::support::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_audit_of_graphql_over_http_is_ok() {
    let world = World::on_sqlite().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/audits");
    assert!(folder.join("node_modules").is_dir(), "the audits are not installed: run the tests by `bash .ci/test`");
    let url = format!("{}/graphql", world.address);
    let run = move || Command::new("node").arg("run.mjs").arg(url).current_dir(folder).output();
    let run = tokio::task::spawn_blocking(run).await.expect("the thread ends");
    let run = run.expect("node is missing: run the tests by `bash .ci/test`");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(said.ends_with("audits: 61 ok, 0 warn, 0 error\n"), "{said}{}", String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success());
}

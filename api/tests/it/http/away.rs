//! The database goes away, and comes back; or it answers what nobody expected.

use std::time::Duration;

use serde_json::{Value, json};

use crate::story;
use crate::support::{GRAPHQL, JSON, Person, Reply, World};

const DOCUMENT: &str = "{ serverInfo { name } viewer { ties { nodes { id } } } }";

async fn ask(world: &World, person: &Person, accept: &str) -> Reply {
    let request = world.client.post(format!("{}/graphql", world.address)).json(&json!({"query": DOCUMENT}));
    Reply::to(request.header("Accept", accept).bearer_auth(person.token.as_deref().expect("a token"))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_database_the_service_asks_to_try_again_and_recovers_by_itself() {
    let world = World::on_postgres().await;
    let [ana] = world.people(["ana"]).await;
    world.database().go_away().await;

    let ready = Reply::to(world.path("/readyz")).await;
    assert_eq!((ready.status, &ready.json()["database"]), (503, &json!("away")));
    for accept in [GRAPHQL, JSON] {
        let reply = ask(&world, &ana, accept).await;
        assert_eq!(reply.outcome(), (503, "UNAVAILABLE".to_owned()), "{}", reply.text());
        assert_eq!((reply.header("retry-after"), reply.header("cache-control")), ("2", "no-store"));
        assert_eq!(reply.header("content-type"), format!("{accept}; charset=utf-8"));
        assert_eq!(reply.json().get("data"), None, "an answer with data is never a 5xx");
    }
    assert_eq!(Reply::to(world.path("/healthz")).await.status, 200, "the process lives");
    assert_eq!(Reply::to(world.asking("{ serverInfo { name } }")).await.status, 200, "what needs no database goes on");

    world.database().come_back().await;
    for _ in 0..50 {
        if ask(&world, &ana, JSON).await.status == 200 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let reply = ask(&world, &ana, GRAPHQL).await;
    assert_eq!((reply.status, reply.json().get("errors")), (200, None), "{}", reply.text());
    assert_eq!(Reply::to(world.path("/readyz")).await.status, 200);
}

story! {
    async fn an_internal_error_is_masked(world: World) {
        let [ana, _bela] = world.people(["ana", "bela"]).await;
        world.database().execute("ALTER TABLE tie RENAME TO elsewhere").await;
        for (document, path) in [
            (DOCUMENT, json!(["viewer", "ties"])),
            ("mutation { claimTie(input: {who: {handle: \"bela\"}, context: FRIEND}) { claim { id } } }", json!(["claimTie"])),
        ] {
            let request = world.asking(document).bearer_auth(ana.token.as_deref().expect("a token"));
            let reply = Reply::to(request).await;
            assert_eq!(reply.outcome(), (200, "INTERNAL".to_owned()), "{}", reply.text());
            let error = &reply.json()["errors"][0];
            assert_eq!(error["path"], path);
            assert_eq!(error["extensions"]["requestId"], reply.header("x-request-id"), "by this the log is found");
            assert_eq!(error["extensions"].as_object().map(serde_json::Map::len), Some(2));
            for word in ["tie\"", "table", "relation", "SELECT", "sql", "database", "column"] {
                assert!(!error["message"].to_string().to_lowercase().contains(word), "{word}: {error}");
            }
        }
        assert_eq!(ask(&world, &ana, GRAPHQL).await.json()["data"]["viewer"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_away_on_the_way_leaves_no_half_answer() {
    let world = World::on_postgres().await;
    let [ana, bela] = world.people(["ana", "bela"]).await;
    world.tie([(&ana, &bela)]).await;
    let database = world.database();
    database.execute("CREATE FUNCTION away() RETURNS bool LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'away' USING ERRCODE = '57P01'; END $$").await;
    database.execute("ALTER TABLE tie RENAME TO elsewhere").await;
    database.execute("CREATE VIEW tie AS SELECT * FROM elsewhere WHERE away()").await;
    let reply = ask(&world, &ana, GRAPHQL).await;
    assert_eq!(reply.outcome(), (503, "UNAVAILABLE".to_owned()), "{}", reply.text());
    assert_eq!((reply.header("retry-after"), reply.json().get("data")), ("2", None));
}

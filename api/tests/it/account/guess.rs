//! Guessing is slowed: by account, by the network it comes from, over all replicas, and without Redis.

use super::*;
use crate::story;
use crate::support::{Database, Redis, redis_url, refusals};

/// A guess at ana's password from an address that a proxy tells of.
async fn guess(world: &World, from: &str) -> Value {
    let document = "mutation { signIn(input: {with: {password: {email: \"ana@example.org\", password: \"guessed\"}}, device: {name: \"x\", platform: WEB}}) { credentials { accessToken } userErrors { code ... on LimitError { retryAt } } } }";
    let request = world.client.post(format!("{}/graphql", world.address)).header("X-Forwarded-For", from);
    let answer: Value =
        request.json(&json!({"query": document})).send().await.expect("an answer").json().await.expect("JSON");
    answer["data"]["signIn"].clone()
}

#[tokio::test]
async fn forty_guesses_from_forty_addresses_are_slowed_by_the_tenth() {
    let world = World::with(&[("KITH_PROXIES", "1")]).await;
    world.people(["ana"]).await;
    for number in 0..40 {
        let guessed = guess(&world, &format!("192.0.2.{number}")).await;
        let expected = if number < 5 { "INVALID_CREDENTIALS" } else { "TOO_MANY_ATTEMPTS" };
        assert_eq!(refusals(&guessed), [expected], "guess {number}");
        assert_eq!(guessed["userErrors"][0]["retryAt"].is_string(), number >= 5);
    }
    pass(&world, 121);
    assert_eq!(refusals(&guess(&world, "192.0.2.99").await), ["INVALID_CREDENTIALS"], "one more after two minutes");
    assert_eq!(refusals(&guess(&world, "192.0.2.98").await), ["TOO_MANY_ATTEMPTS"]);
}

#[tokio::test]
async fn an_address_that_is_only_said_helps_nobody() {
    let world = World::on_sqlite().await;
    world.people(["ana"]).await;
    let names: Vec<String> = (0..31).map(|number| format!("somebody{number}@example.org")).collect();
    let mut refused = Vec::new();
    for (number, name) in names.iter().enumerate() {
        let document = "mutation($e: String!) { signIn(input: {with: {password: {email: $e, password: \"x\"}}, device: {name: \"x\", platform: WEB}}) { userErrors { code } } }";
        let request = world
            .client
            .post(format!("{}/graphql", world.address))
            .header("X-Forwarded-For", format!("192.0.2.{number}"));
        let answer: Value = request
            .json(&json!({"query": document, "variables": {"e": name}}))
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON");
        refused.push(refusals(&answer["data"]["signIn"])[0].to_owned());
    }
    assert_eq!(
        refused.iter().filter(|code| *code == "INVALID_CREDENTIALS").count(),
        30,
        "by the address they come from"
    );
    assert_eq!(refused.last().map(String::as_str), Some("TOO_MANY_ATTEMPTS"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_count_together_and_without_redis_each_for_itself() {
    let world = World::on_redis(Database::postgres().await, &redis_url()).await;
    world.people(["ana"]).await;
    let other = world.replica().await;
    let mut let_through = 0;
    for number in 0..12 {
        let guessed = guess(if number % 2 == 0 { &world } else { &other }, "").await;
        let_through += usize::from(refusals(&guessed) == ["INVALID_CREDENTIALS"]);
    }
    assert_eq!(let_through, 5, "one bucket");

    let Some(mut redis) = Redis::start().await else { return };
    let world = World::on_redis(Database::postgres().await, &redis.url()).await;
    world.people(["ana"]).await;
    redis.kill();
    let mut let_through = 0;
    for _ in 0..12 {
        let_through += usize::from(refusals(&guess(&world, "").await) == ["INVALID_CREDENTIALS"]);
    }
    assert_eq!(let_through, 5, "never open");
}

story! {
    async fn who_shows_who_they_are_is_forgiven(world: World) {
        world.people(["ana"]).await;
        for _ in 0..3 {
            for _ in 0..4 {
                assert_eq!(refusals(&by_password(&world, "ana@example.org", "guessed").await), ["INVALID_CREDENTIALS"]);
            }
            signed_in(&world, "ana").await;
        }
        for number in 0..6 {
            let expected = if number < 5 { "INVALID_CREDENTIALS" } else { "TOO_MANY_ATTEMPTS" };
            assert_eq!(refusals(&by_password(&world, "ana@example.org", "guessed").await), [expected], "{number}");
        }
    }
}

story! {
    async fn letters_to_one_address_are_few(world: World) {
        for number in 0..6 {
            let asked = ask_code(&world, "nobody@example.org").await;
            assert_eq!(asked["sent"], number < 4, "{number}: {asked}");
        }
        pass(&world, 301);
        assert_eq!(ask_code(&world, "nobody@example.org").await["sent"], true);
    }
}

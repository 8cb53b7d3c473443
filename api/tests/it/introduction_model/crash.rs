//! A server that is killed in the middle of the steps of an introduction, and started again: clients that ask again under
//! the same keys are answered, and everything has happened once.

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::command::{Kith, Serving};
use crate::story;
use crate::support::{Person, World, is_long, listed, text, until};

const STEPS: [(&str, &str); 3] = [
    ("requestIntroduction", "RequestIntroductionInput"),
    ("passOnIntroduction", "PassOnIntroductionInput"),
    ("acceptIntroduction", "AcceptIntroductionInput"),
];

/// Sends a step under a key to the server at `address`; `None` if no whole answer comes.
async fn send(person: Person, address: String, key: String, step: usize, input: Value) -> Option<Value> {
    let (mutation, kind) = STEPS[step];
    let document = format!(
        "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ introduction {{ id state }} userErrors {{ code }} }} }}"
    );
    let request = person.client.post(format!("{address}/graphql")).header("Idempotency-Key", key);
    let request = request.bearer_auth(person.token.unwrap_or_default());
    let answer = request.json(&json!({"query": document, "variables": {"input": input}})).send().await.ok()?;
    let answer: Value = answer.json().await.ok()?;
    assert_eq!(answer.get("errors"), None, "{answer}");
    Some(answer["data"][mutation].clone())
}

/// Three who may be introduced: who asks, through whom, and to whom.
async fn threes(world: &World, many: usize) -> Vec<[Person; 3]> {
    let ids: Vec<[String; 3]> = (0..many).map(|at| ["a", "b", "c"].map(|who| format!("{who}{at}"))).collect();
    let all: Vec<&str> = ids.iter().flatten().map(String::as_str).collect();
    let ties: Vec<(&str, &str)> =
        ids.iter().flat_map(|[a, b, c]| [(a.as_str(), b.as_str()), (b.as_str(), c.as_str())]).collect();
    world.import(listed("int", &all, &ties)).await;
    let mut people = Vec::new();
    for [a, b, c] in &ids {
        let person = async |id: &String| world.person(&format!("int-{id}")).await;
        people.push([person(a).await, person(b).await, person(c).await]);
    }
    people
}

/// How often the server died before a step was committed, and how often after that but before the answer.
#[derive(Debug, Default)]
struct Deaths {
    before: usize,
    unanswered: usize,
    answered: usize,
}

/// The service as a program of its own, over the database of a world whose own server is stopped.
struct Play<'a> {
    world: &'a World,
    kith: Kith,
    serving: Serving,
    lots: StdRng,
    /// How long each step took the last time nobody was killed.
    took: [Duration; 3],
    deaths: Deaths,
}

impl Play<'_> {
    /// One step, in the middle of which the server is killed if `dies`; returns the introduction's id.
    async fn step(&mut self, person: &Person, key: &str, step: usize, input: Value, dies: bool) -> String {
        let send = |address: &str| send(person.clone(), address.to_owned(), key.to_owned(), step, input.clone());
        let begun = Instant::now();
        let sending = tokio::spawn(send(&self.serving.address));
        let first = if dies {
            let most = u64::try_from(self.took[step].as_micros()).unwrap_or(50_000) * 5 / 4;
            tokio::time::sleep(Duration::from_micros(self.lots.random_range(0..=most))).await;
            self.serving.kill();
            let first = sending.await.expect("it does not panic");
            let done = self.world.count("retry", &[("key", key.into())]).await == 1;
            match (&first, done) {
                (Some(_), true) => self.deaths.answered += 1,
                (None, true) => self.deaths.unanswered += 1,
                (None, false) => self.deaths.before += 1,
                (Some(answer), false) => panic!("{key}: answered, and not done: {answer}"),
            }
            self.serving = self.kith.serve(&["--no-demo"]);
            first
        } else {
            let first = sending.await.expect("it does not panic");
            self.took[step] = begun.elapsed();
            first
        };
        let again = send(&self.serving.address).await.expect("an answer");
        assert_eq!((&again["userErrors"], again["introduction"].is_object()), (&json!([]), true), "{key}: {again}");
        if let Some(first) = first {
            assert_eq!(again, first, "{key}: the same answer as before");
        }
        let more = [send(&self.serving.address), send(&self.serving.address)];
        for more in futures::future::join_all(more).await {
            assert_eq!(more.as_ref(), Some(&again), "{key}");
        }
        text(&again["introduction"]["id"])
    }

    /// What each of three is told in the end, and sees.
    async fn check(&self, three: &[Person; 3]) {
        let document = "{ viewer {
            introductions(as: ROLE, first: 10) { totalCount nodes { state conversation { participants { member { handle } } } } }
            conversations { totalCount }
            ties(state: PENDING) { totalCount nodes { evidence } }
            notifications(first: 100) { totalCount nodes { kind } }
            unreadNotificationCount } }";
        let told: [(&str, &[&str]); 3] = [
            ("REQUESTER", &["INTRODUCTION_ACCEPTED", "TIE_ASKED"]),
            ("CONNECTOR", &["INTRODUCTION_ACCEPTED", "INTRODUCTION_REQUESTED"]),
            ("TARGET", &["INTRODUCTION_PASSED_ON", "TIE_ASKED"]),
        ];
        for (person, (role, told)) in three.iter().zip(told) {
            let here = Person { address: self.serving.address.clone(), ..person.clone() };
            let seen = here.query(&document.replace("ROLE", role)).await["viewer"].take();
            let name = &person.name;
            let introduction = &seen["introductions"]["nodes"][0];
            assert_eq!(
                (&seen["introductions"]["totalCount"], &introduction["state"]),
                (&json!(1), &json!("ACCEPTED")),
                "{name}"
            );
            let participants = introduction["conversation"]["participants"].as_array().map(Vec::len);
            assert_eq!((participants, &seen["conversations"]["totalCount"]), (Some(3), &json!(1)), "{name}");
            let tie = if role == "CONNECTOR" { json!([]) } else { json!([{"evidence": "INTRODUCED"}]) };
            assert_eq!(seen["ties"]["nodes"], tie, "{name}");
            let nodes = seen["notifications"]["nodes"].as_array().cloned().unwrap_or_default();
            let mut kinds: Vec<String> = nodes.iter().map(|node| text(&node["kind"])).collect();
            kinds.sort_unstable();
            assert_eq!(kinds, told, "{name} is told of each once");
            assert_eq!(seen["unreadNotificationCount"], told.len(), "{name}");
        }
    }
}

story! {
    async fn a_server_killed_between_the_steps_loses_and_doubles_nothing(world: World) {
        let many = if is_long() { 150 } else { 10 };
        let threes = threes(&world, many).await;
        world.stop().await;
        let kith = Kith::beside(&world);
        let serving = kith.serve(&["--no-demo"]);
        let took = [Duration::from_millis(40); 3];
        let mut play =
            Play { world: &world, kith, serving, lots: StdRng::seed_from_u64(41), took, deaths: Deaths::default() };
        for (at, [ana, bela, cleo]) in threes.iter().enumerate() {
            // In each round one step goes through, so that it is known how long it takes.
            let dies = |step: usize| step != at % 3;
            let input = json!({"targetId": cleo.global_id(), "connectorId": bela.global_id(), "reason": "To plant a tree."});
            let id = play.step(ana, &format!("ask-{at}"), 0, input, dies(0)).await;
            let input = json!({"introductionId": id, "note": "They plant trees."});
            play.step(bela, &format!("pass-{at}"), 1, input, dies(1)).await;
            play.step(cleo, &format!("accept-{at}"), 2, json!({"introductionId": id}), dies(2)).await;
        }
        until("what was left to be told is told", Duration::from_secs(20), async || world.count("outbox", &[]).await == 0).await;
        let rows = i64::try_from(many).expect("a number");
        for (table, expected) in [("introduction", rows), ("conversation", rows), ("participant", 3 * rows), ("notification", 6 * rows)] {
            assert_eq!(world.count(table, &[]).await, expected, "{table}");
        }
        assert_eq!(world.count("tie", &[("evidence", "INTRODUCED".into())]).await, rows);
        for three in &threes {
            play.check(three).await;
        }
        #[expect(clippy::print_stdout, reason = "where the kills came")]
        {
            println!("{:?}", play.deaths);
        }
    }
}

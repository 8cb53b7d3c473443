//! The network's page says the same, to the byte, whether it is written in one walk or by the executor.

mod document;

use api::config::Switch;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use self::document::{Asked, asked};
use crate::story;
use crate::support::{Person, World, is_long, listed};

/// A world in which a network has somebody of each kind: reached by several ways, hidden, blocked, paused, in person.
async fn crowd(world: &World) -> Vec<Person> {
    let ids: Vec<String> = (0..24).map(|number| number.to_string()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    // 0 looks, by way of 1 to 7, at 8 to 19. 20 knows the same people as 0; 21 knows 20 alone, 22 and 23 each other.
    let mut ties: Vec<(&str, &str)> =
        (1..8).flat_map(|connector| [(ids[0], ids[connector]), (ids[20], ids[connector])]).collect();
    for person in 8..20_usize {
        ties.extend(
            (1..8).filter(|connector| (person * connector) % 5 < 3).map(|connector| (ids[connector], ids[person])),
        );
    }
    ties.extend([(ids[20], ids[21]), (ids[22], ids[23])]);
    world.import(listed("walk", &ids, &ties)).await;
    let met = "(SELECT id FROM member WHERE handle IN ('walk-0', 'walk-2', 'walk-5', 'walk-9', 'walk-12', 'walk-15'))";
    world
        .execute(&format!(
            "UPDATE tie SET evidence = 'IN_PERSON' WHERE low IN {met} AND high IN {met};
             UPDATE tie_end SET evidence = 'IN_PERSON' WHERE member_id IN {met} AND other_id IN {met};"
        ))
        .await;
    let mut people = Vec::new();
    for id in ids {
        people.push(world.person(&format!("walk-{id}")).await);
    }
    people[10].show("findable: false").await;
    people[3].show("asRoute: false").await;
    people[6].show("findable: false").await;
    people[0].block(&people[13]).await;
    people[14].block(&people[0]).await;
    people[4].block(&people[0]).await;
    for (at, name) in [(8, "Zoë \"Z\" \\ 🙂"), (1, "Line\u{2028}separator")] {
        let document = "mutation($n: String, $a: String) { updateProfile(input: {name: $n, headline: $n, avatarUrl: $a}) { userErrors { code } } }";
        let payload = people[at].mutate(document, json!({"n": name, "a": "https://kith.example/a?b=1&c"})).await;
        assert_eq!(payload["userErrors"], json!([]));
    }
    for at in [2, 7] {
        let pause =
            "mutation($t: DateTime) { updateIntroductionPolicy(input: {pausedUntil: $t}) { userErrors { code } } }";
        let until = world.system().now.to_datetime() + std::time::Duration::from_secs(864_000);
        let until = until.format(&time::format_description::well_known::Rfc3339).expect("a moment");
        let payload = people[at].mutate(pause, json!({"t": until})).await;
        assert_eq!(payload["userErrors"], json!([]));
    }
    people
}

/// The bytes of an answer, but for what is told of its cost and of the request.
async fn bytes(person: &Person, asked: &Asked) -> String {
    let request = person
        .client
        .post(format!("{}/graphql", person.address))
        .bearer_auth(person.token.as_deref().expect("a token"));
    let request = request.json(&json!({"query": asked.document, "variables": asked.variables}));
    let text = request.send().await.expect("an answer").text().await.expect("text");
    let text = match text.rsplit_once(r#","extensions":{"cost""#) {
        Some((text, _)) => format!("{text}}}"),
        None => text,
    };
    match text.starts_with(r#"{"errors""#) && !text.contains(r#""data""#) {
        true => sorted(&without_ids(text)),
        false => without_ids(text),
    }
}

/// Errors of a document that breaks several rules are told in no particular order.
fn sorted(refusal: &str) -> String {
    let mut parts: Vec<&str> =
        refusal.split(r#"{"message""#).map(|part| part.trim_end_matches([',', '}', ']'])).collect();
    parts.sort_unstable();
    parts.join("\n")
}

/// The same without the ids of requests, which stand in errors.
fn without_ids(text: String) -> String {
    let mut parts = text.split(r#""requestId":""#);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('"').map_or(part, |(_, rest)| rest))
}

impl World {
    /// What a document is answered with and without the walk; with it twice, as the second time the pages may have been kept.
    async fn both(&self, person: &Person, asked: &Asked) -> (String, String) {
        let (walked, again) = (bytes(person, asked).await, bytes(person, asked).await);
        self.state.walks.switch(Switch::Off);
        let executed = bytes(person, asked).await;
        self.state.walks.switch(Switch::On);
        assert_eq!(walked, again, "{} asks again: {}", person.name, asked.document);
        (walked, executed)
    }
}

story! {
    async fn a_walk_says_what_the_executor_says(world: World) {
        let people = crowd(&world).await;
        let cases = if is_long() { 3_000 } else { 250 };
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let (mut right, before) = (0, world.state.walks.taken());
        for case in 0..cases {
            let asked = asked().new_tree(&mut runner).expect("a document").current();
            // Half the questions are of the one whose network has everybody in it.
            let viewer = &people[if case % 2 == 0 { 0 } else { case / 2 % people.len() }];
            let (walked, executed) = world.both(viewer, &asked).await;
            assert_eq!(walked, executed, "{} asks {} with {}", viewer.name, asked.document, asked.variables);
            right += usize::from(!walked.contains(r#""errors""#));
        }
        let (walked, kept) = (world.state.walks.taken() - before, world.state.walks.kept());
        assert!(kept as usize * 4 > cases, "of {cases} answers, {kept} were kept");
        assert!(right * 2 > cases, "of {cases} documents, {right} were right");
        assert!(walked as usize * 4 > cases, "of {cases} answers, {walked} were written in one walk");
    }
}

/// The page that apps show first.
const HOT: &str = "query Page($first: Int!, $after: String) {
    viewer { network(first: $first, after: $after) {
        edges { cursor mutualCount
            node { id name headline avatarUrl handle relationToViewer takesIntroductions mutuals(first: 3) { totalCount nodes { name } pageInfo { hasNextPage endCursor } } }
            routes(first: 3) { connector { id name } inPerson takesIntroductions } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        totalCount
    } }
}";

story! {
    async fn the_page_that_apps_show_is_written_in_one_walk(world: World) {
        let people = crowd(&world).await;
        let mut after = Value::Null;
        for page in 1..=3 {
            let before = world.state.walks.taken() + world.state.walks.kept();
            let asked = Asked { document: HOT.to_owned(), variables: json!({"first": 4, "after": after}) };
            let (walked, executed) = world.both(&people[0], &asked).await;
            assert_eq!(walked, executed);
            let written = world.state.walks.taken() + world.state.walks.kept() - before;
            assert_eq!(written, 2, "page {page} was written in one walk, or kept");
            let answer: Value = serde_json::from_str(&walked).expect("JSON");
            after = answer["data"]["viewer"]["network"]["pageInfo"]["endCursor"].clone();
            assert!(after.is_string(), "{answer}");
        }
        assert!(world.state.walks.kept() > 0);
    }
}

story! {
    async fn a_kept_page_ends_with_the_pause_it_tells_of(world: World) {
        let people = crowd(&world).await;
        let asked = Asked { document: HOT.to_owned(), variables: json!({"first": 20}) };
        let (during, executed) = world.both(&people[0], &asked).await;
        assert_eq!(during, executed);
        world.pass_days(9);
        let kept = world.state.walks.kept();
        assert_eq!(world.both(&people[0], &asked).await, (during.clone(), during.clone()));
        assert!(world.state.walks.kept() > kept, "nothing has changed");
        world.pass_days(2);
        let (after, executed) = world.both(&people[0], &asked).await;
        assert_eq!(after, executed);
        assert_ne!(after, during, "two connectors take introductions again");
    }
}

story! {
    async fn a_page_by_what_people_say_of_themselves_is_never_kept(world: World) {
        let people = crowd(&world).await;
        let document = "{ viewer { whoCanHelp(skill: \"Baking\") { nodes { handle } } network(filter: {skill: \"baking\"}) { nodes { handle } } } }";
        let asked = Asked { document: document.to_owned(), variables: json!({}) };
        let (nobody, _) = world.both(&people[0], &asked).await;
        people[9].done("updateProfile", "__typename", json!({"skills": ["Baking"]})).await;
        let (baker, executed) = world.both(&people[0], &asked).await;
        assert_eq!(baker, executed);
        assert_ne!(baker, nobody);
        assert_eq!(world.state.walks.kept(), 0);
    }
}

story! {
    async fn who_has_no_network_and_what_comes_twice_are_answered_the_same(world: World) {
        let people = crowd(&world).await;
        for document in [
            "{ viewer { network { edges { cursor } } network { edges { mutualCount } nodes { name } } } }",
            "{ viewer { network { nodes { name } } } viewer { network { totalCount } } }",
            "{ viewer { ...N ... on Viewer { network { totalCount } } } } fragment N on Viewer { network { nodes { id } } }",
            "{ viewer { a: network(first: 1) { nodes { id } } b: network(first: 2) { nodes { id } } } }",
            "{ viewer { network { nodes { bio } } } }",
            "{ viewer { network(first: 0) { nodes { id } } } }",
            "{ viewer { network { edges { routes(first: 101) { inPerson } } } } }",
            "{ viewer { network { nodes { mutuals(first: 2, after: \"x\") { totalCount } } } } }",
            "{ viewer { network { nodes { mutuals(first: 1) { edges { node { mutuals { totalCount } } } } } } } }",
            "{ viewer { whoCanHelp(skill: \"none\") { nodes { id } totalCount } } }",
            "{ viewer { network(filter: {inPerson: true}) { nodes { id ... on Node { id } ... on Viewer { member { id } } } } } }",
        ] {
            for viewer in [&people[0], &people[22], &people[21]] {
                let asked = Asked { document: document.to_owned(), variables: json!({}) };
                let (walked, executed) = world.both(viewer, &asked).await;
                assert_eq!(walked, executed, "{} asks {document}", viewer.name);
            }
        }
    }
}

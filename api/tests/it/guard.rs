//! Documents made to hurt: each is refused with a code, and the next one from an honest client is answered.

use serde_json::json;

use crate::support::{Reply, World};

/// 18 ways to nest: what stands before, what opens, what is inside, what closes, what stands after.
const SHAPES: [[&str; 5]; 18] = [
    ["{", "a{", "a", "}", "}"],
    ["{", "b:a{", "a", "}", "}"],
    ["{", "...{", "a", "}", "}"],
    ["{", "... on Query{", "a", "}", "}"],
    ["{", "a(x:1)@include(if:true){", "a", "}", "}"],
    ["{node(id:", "{y:", "1", "}", "){id}}"],
    ["{node(id:", "[", "1", "]", "){id}}"],
    ["{node(id:", "[{y:", "1", "}]", "){id}}"],
    ["{nodes(ids:", "[1 ", "1", "]", "){id}}"],
    ["query($v:", "[", "Int", "]", "){__typename}"],
    ["query($v:", "[", "Int!", "]!", "){__typename}"],
    ["query($v:I=", "[", "1", "]", "){__typename}"],
    ["query($v:I=", "{y:", "1", "}", "){__typename}"],
    ["query($v:I=", "[{y:", "1", "}]", "){__typename}"],
    ["query @d(x:", "{y:", "1", "}", "){__typename}"],
    ["{__typename @include(if:", "[", "true", "]", ")}"],
    ["{...f} fragment f on Query @d(x:", "{y:", "1", "}", "){__typename}"],
    ["{...f} fragment f on Query{node(id:", "[{y:", "1", "}]", "){id}}"],
];

/// The longest address the tests send; servers and clients bound it, and a longer document comes by POST.
const LONGEST_ADDRESS: usize = 8_000;

fn nested([before, open, inside, close, after]: [&str; 5], levels: usize) -> String {
    format!("{before}{}{inside}{}{after}", open.repeat(levels), close.repeat(levels))
}

/// A document whose last fragment is reached by 2^`levels` ways.
fn bomb(levels: usize) -> String {
    let links = (0..levels).map(|i| format!("fragment f{i} on Query{{...f{n} ...f{n}}}", n = i + 1));
    format!("{{...f0}}{}fragment f{levels} on Query{{__typename}}", links.collect::<String>())
}

async fn lives(world: &World) {
    let reply = Reply::to(world.asking("{ serverInfo { name } }")).await;
    assert_eq!((reply.status, reply.json()), (200, json!({"data": {"serverInfo": {"name": "Kith"}}})));
}

/// Sends `document` in every way it can come; it is refused each time, and the process lives.
async fn refused(world: &World, document: &str, code: &str) {
    let mut replies = vec![Reply::to(world.asking(document)).await];
    if document.len() < LONGEST_ADDRESS {
        replies.push(Reply::to(world.getting(&[("query", document)])).await);
    }
    for reply in replies {
        if document.len() > 256 * 1024 {
            assert_eq!(reply.outcome(), (413, "PAYLOAD_TOO_LARGE".to_owned()), "{document:.60}");
        } else {
            assert_eq!(reply.outcome(), (400, code.to_owned()), "{document:.60}: {}", reply.text());
        }
        lives(world).await;
    }
}

#[tokio::test]
async fn eighteen_shapes_of_nesting_are_refused_at_any_depth() {
    let world = World::on_sqlite().await;
    for shape in SHAPES {
        for levels in [200, 2_000, 20_000] {
            let document = nested(shape, levels);
            refused(&world, &document, "DOCUMENT_TOO_COMPLEX").await;
            let torn = document.get(..document.len() / 2).expect("ASCII");
            refused(&world, torn, "DOCUMENT_TOO_COMPLEX").await;
        }
    }
}

#[tokio::test]
async fn the_same_shapes_reach_the_engine_when_they_are_shallow() {
    let world = World::on_sqlite().await;
    for shape in SHAPES {
        let reply = Reply::to(world.asking(&nested(shape, 20))).await;
        assert_ne!(reply.code(), "DOCUMENT_TOO_COMPLEX", "{shape:?}");
        assert!([200, 400].contains(&reply.status), "{shape:?}");
    }
    lives(&world).await;
}

#[tokio::test]
async fn fragments_that_multiply_are_refused() {
    let world = World::on_sqlite().await;
    let small = Reply::to(world.asking(&bomb(10))).await;
    assert_eq!((small.status, small.json()), (200, json!({"data": {"__typename": "Query"}})), "1,024 ways are few");
    for levels in [12, 20, 24, 40] {
        refused(&world, &bomb(levels), "DOCUMENT_TOO_COMPLEX").await;
    }
    refused(&world, "{...a} fragment a on Query{...b} fragment b on Query{...a}", "DOCUMENT_TOO_COMPLEX").await;
    refused(&world, "{...a} fragment a on Query{...a}", "DOCUMENT_TOO_COMPLEX").await;
}

#[tokio::test]
async fn each_limit_of_a_document_is_allowed_and_one_more_is_not() {
    let world = World::on_sqlite().await;
    type Limit = (&'static str, usize, fn(usize) -> String);
    let limits: [Limit; 6] = [
        ("tokens", 2_000, |n| format!("{{{}}}", "__typename ".repeat(n - 2))),
        ("aliases", 50, |n| format!("{{{}}}", (0..n).map(|i| format!("a{i}:__typename ")).collect::<String>())),
        ("directives", 50, |n| format!("{{{}}}", "__typename @include(if:true) ".repeat(n))),
        ("operations", 10, |n| (0..n).map(|i| format!("query Q{i}{{__typename}}")).collect()),
        ("fragments", 50, |n| {
            let spreads: String = (0..n).map(|i| format!("...f{i} ")).collect();
            let fragments: String = (0..n).map(|i| format!("fragment f{i} on Query{{__typename}}")).collect();
            format!("query Q0{{{spreads}}}{fragments}")
        }),
        ("selections", 5_000, |n| {
            let (spreads, rest) = ("...f ".repeat(98), "__typename ".repeat(n - 98 - 98 * 50));
            format!("{{{spreads}{rest}}} fragment f on Query{{{}}}", "__typename ".repeat(50))
        }),
    ];
    for (what, limit, document) in limits {
        let ask = async |document: String| {
            let name = if document.contains("Q0") { Some("Q0") } else { None };
            Reply::to(world.posting(json!({"query": document, "operationName": name}).to_string())).await
        };
        let allowed = ask(document(limit)).await;
        assert_eq!((allowed.status, &allowed.json()["errors"]), (200, &json!(null)), "{what}: {}", allowed.text());
        let refused = ask(document(limit + 1)).await;
        assert_eq!(refused.outcome(), (400, "DOCUMENT_TOO_COMPLEX".to_owned()), "{what}");
        assert!(refused.text().contains(what), "it says which limit: {}", refused.text());
    }
}

#[tokio::test]
async fn a_page_size_outside_its_range_is_refused_with_words() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let ask = async |document: &str, variables: serde_json::Value| {
        let request = world.posting(json!({"query": document, "variables": variables}).to_string());
        Reply::to(request.bearer_auth(ana.token.as_deref().expect("a token"))).await
    };
    for list in ["ties", "claims", "blocks", "network", "whoCanHelp"] {
        let skill = if list == "whoCanHelp" { "skill: \"x\", " } else { "" };
        let by_variable = format!("query($n: Int!) {{ viewer {{ {list}({skill}first: $n) {{ nodes {{ id }} }} }} }}");
        for first in [1, 100] {
            let reply = ask(&by_variable, json!({"n": first})).await;
            assert_eq!((reply.status, &reply.json()["errors"]), (200, &json!(null)), "{list} {first}");
        }
        for (first, code) in [
            (json!(0), "BAD_USER_INPUT"),
            (json!(-1), "BAD_USER_INPUT"),
            (json!(101), "BAD_USER_INPUT"),
            (json!(2_147_483_647), "BAD_USER_INPUT"),
            (json!(2_147_483_648_u64), ""),
            (json!(-2_147_483_649_i64), ""),
            (json!(1.5), ""),
            (json!("20"), ""),
            (json!(true), ""),
            (json!([]), ""),
            (json!(null), "GRAPHQL_VALIDATION_FAILED"),
        ] {
            let literal = format!("{{ viewer {{ {list}({skill}first: {first}) {{ nodes {{ id }} }} }} }}");
            let replies = [ask(&by_variable, json!({"n": first})).await, ask(&literal, json!({})).await];
            for reply in replies {
                let (status, said) = reply.outcome();
                assert!(
                    ["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"].contains(&&*said),
                    "{list} {first}: {}",
                    reply.text()
                );
                assert!(code.is_empty() || said == code, "{list} {first}: {}", reply.text());
                let message = reply.json()["errors"][0]["message"].to_string();
                let clear = message.contains("1 to 100") || message.contains("Int") || message.contains("`$n`");
                assert!(clear, "{list} {first}: {message}");
                let list = reply.json().pointer(&format!("/data/viewer/{list}")).cloned();
                assert!(status == 400 || matches!(list, None | Some(serde_json::Value::Null)), "{}", reply.text());
            }
        }
    }
    lives(&world).await;
}

#[tokio::test]
async fn lists_within_lists_have_a_price_and_the_refusal_names_the_costliest() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let network = |outer: &str, inner: &str| {
        let head = if outer == "$n" { "query($n: Int! = 100) " } else { "" };
        format!(
            "{head}{{ viewer {{ network(first: {outer}) {{ nodes {{ mutuals(first: {inner}) {{ nodes {{ id }} }} }} }} }} }}"
        )
    };
    let ask = async |document: String, variables: serde_json::Value| {
        let request = world.posting(json!({"query": document, "variables": variables}).to_string());
        Reply::to(request.bearer_auth(ana.token.as_deref().expect("a token"))).await
    };
    assert_eq!(ask(network("50", "50"), json!({})).await.status, 200);
    for (document, variables) in [
        (network("100", "100"), json!({})),
        (network("$n", "$n"), json!({})),
        (network("$n", "100"), json!({"n": 100})),
        (
            network("100", "100").replace("{ id }", "{ ...F }") + " fragment F on Member { mutuals { nodes { id } } }",
            json!({}),
        ),
        (network("100", "100").replace("{ id }", "{ id @skip(if: true) }"), json!({})),
    ] {
        let reply = ask(document.clone(), variables).await;
        assert_eq!(reply.outcome(), (400, "QUERY_TOO_COSTLY".to_owned()), "{document}");
        let message = reply.json()["errors"][0]["message"].as_str().unwrap_or_default().to_owned();
        assert!(message.contains("more than 10000"), "the limit: {message}");
        assert!(message.contains("viewer.network.nodes.mutuals"), "the costliest: {message}");
        assert!(
            message.split_whitespace().any(|word| word.parse().is_ok_and(|cost: u64| cost > 10_000)),
            "the cost: {message}"
        );
    }
    let aliases: String = (0..10)
        .map(|i| format!("a{i}: viewer {{ network(first: 100) {{ nodes {{ mutuals {{ nodes {{ id }} }} }} }} }} "))
        .collect();
    assert_eq!(ask(format!("{{ {aliases} }}"), json!({})).await.code(), "QUERY_TOO_COSTLY", "aliases add up");
}

#[tokio::test]
async fn a_long_list_of_ids_is_refused() {
    let world = World::on_sqlite().await;
    let [ana] = world.people(["ana"]).await;
    let ask = async |count: usize| {
        let body = json!({"query": "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", "variables": {"ids": vec![ana.global_id(); count]}});
        Reply::to(world.posting(body.to_string()).bearer_auth(ana.token.as_deref().expect("a token"))).await
    };
    let hundred = ask(100).await;
    assert_eq!(hundred.json()["data"]["nodes"].as_array().map(Vec::len), Some(100));
    assert_eq!(ask(101).await.code(), "BAD_USER_INPUT");
    assert!(["BAD_USER_INPUT", "QUERY_TOO_COSTLY", "PAYLOAD_TOO_LARGE"].contains(&&*ask(8_000).await.code()));
}

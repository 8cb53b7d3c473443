//! Which keys are taken, and which inputs are the same.

use actix_web::test::TestRequest;
use async_graphql::parser::parse_query;
use serde_json::json;

use super::*;

/// The key of a request with these headers, extensions, document and variables; an error as its message.
fn keyed(
    headers: &[&str],
    extensions: serde_json::Value,
    document: &str,
    variables: serde_json::Value,
) -> Result<Option<RetryKey>, String> {
    let request =
        headers.iter().fold(TestRequest::default(), |request, key| request.append_header(("Idempotency-Key", *key)));
    let document = parse_query(document).expect(document);
    let (_, operation) = document.operations.iter().next().expect("an operation");
    let roots = Roots::of(&document, &operation.node);
    let variables = Variables::from_json(variables);
    key(request.to_http_request().headers(), extensions.as_object(), &roots, &operation.node, &variables)
        .map_err(|refused| refused.message())
}

fn input(document: &str, variables: serde_json::Value) -> [u8; 32] {
    let key = keyed(&["k"], json!({}), document, variables).expect(document).expect("a key");
    key.input
}

const COMMAND: &str = "mutation { done: endTie(input: {tieId: \"t\"}) { userErrors { code } } }";

#[test]
fn a_key_comes_in_the_header_or_in_the_extensions() {
    let long = "k".repeat(255);
    for (headers, extensions, key) in [
        (&["~!key-1"][..], json!({}), Some("~!key-1")),
        (&[], json!({"idempotencyKey": "key-1"}), Some("key-1")),
        (&["key-1"], json!({"idempotencyKey": "key-1"}), Some("key-1")),
        (&["key-1", "key-1"], json!({"idempotencyKey": null}), Some("key-1")),
        (&[&long], json!({}), Some(&*long)),
        (&[], json!({"other": 1}), None),
        (&[], json!(null), None),
    ] {
        let known = keyed(headers, extensions, COMMAND, json!({})).expect("taken");
        assert_eq!(known.as_ref().map(|known| known.key.as_str()), key);
        assert_eq!(known.map(|known| known.command), key.map(|_| "endTie".to_owned()), "the name, not the alias");
    }
}

#[test]
fn a_key_that_does_not_fit_is_refused() {
    let long = "k".repeat(256);
    for (headers, extensions, says) in [
        (&[""][..], json!({}), "1 to 255"),
        (&[&*long], json!({}), "1 to 255"),
        (&["a b"], json!({}), "visible ASCII"),
        (&["k\u{e9}"], json!({}), "visible ASCII"),
        (&[], json!({"idempotencyKey": ""}), "1 to 255"),
        (&[], json!({"idempotencyKey": "k\u{e9}"}), "visible ASCII"),
        (&[], json!({"idempotencyKey": "a\nb"}), "visible ASCII"),
        (&[], json!({"idempotencyKey": 7}), "text"),
        (&["a"], json!({"idempotencyKey": "b"}), "several"),
        (&["a", "b"], json!({}), "several"),
    ] {
        let refused = keyed(headers, extensions, COMMAND, json!({})).expect_err("refused");
        assert!(refused.contains(says), "{headers:?}: {refused}");
        let query = keyed(headers, json!({"idempotencyKey": 7}), "{ viewer { id } }", json!({}));
        assert_eq!(query, Ok(None), "queries ignore it");
    }
}

#[test]
fn a_key_is_of_one_mutation_and_of_none_that_touches_credentials() {
    let alone = "mutation { __typename ...F } fragment F on Mutation { endTie a: __typename }";
    assert!(keyed(&["k"], json!({}), alone, json!({})).expect("one").is_some());
    for several in ["mutation { endTie blockMember }", "mutation { a: endTie b: endTie }", "mutation { signIn endTie }"]
    {
        let refused = keyed(&["k"], json!({}), several, json!({})).expect_err(several);
        assert!(refused.contains("one mutation a request"), "{refused}");
        assert_eq!(keyed(&[], json!({}), several, json!({})), Ok(None), "without a key");
    }
    assert_eq!(keyed(&["k"], json!({}), "mutation { signIn(input: {code: \"1\"}) { id } }", json!({})), Ok(None));
}

#[test]
fn the_same_input_written_otherwise_has_the_same_hash() {
    let inline =
        "mutation { c(input: {who: {handle: \"m\"}, context: FRIEND, list: [1, null, true], note: null}) { id } }";
    let same = input(inline, json!({}));
    for (document, variables) in [
        ("mutation{x:c(input:{note:null,list:[1,null,true],context:FRIEND,who:{handle:\"\"\"m\"\"\"}}){a b}}", json!({})),
        (
            "mutation($i: In!) { c(input: $i) { id } }",
            json!({"i": {"list": [1, null, true], "note": null, "who": {"handle": "m"}, "context": "FRIEND"}}),
        ),
        (
            "mutation($h: String = \"m\", $c: C = OTHER, $n: String, $l: Int) {
               c(input: {who: {handle: $h}, context: $c, list: [1, $l, true], note: $n}) { id } }",
            json!({"c": "FRIEND", "n": null}),
        ),
        (
            "mutation($absent: Int, $n: String = null) {
               c(input: {who: {handle: \"m\", id: $absent}, context: FRIEND, list: [1, null, true], note: $n}, more: $absent) { id } }",
            json!({"other": 1}),
        ),
    ] {
        assert_eq!(input(document, variables), same, "{document}");
    }
}

#[test]
fn another_input_has_another_hash() {
    let variants = [
        "c(input: {a: \"1\", b: \"2\"})",
        "c(input: {a: \"2\", b: \"1\"})",
        "c(input: {a: \"1\"})",
        "c(input: {a: \"1\", b: null})",
        "c(input: {a: 1, b: \"2\"})",
        "c(input: {a: [\"1\"], b: \"2\"})",
        "c(input: {a: [[], \"1\"], b: \"2\"})",
        "c(input: {a: {b: \"2\"}})",
        "c(input: {a: \"1\\\",b:2\"})",
        "c(a: \"1\", b: \"2\")",
        "c",
    ];
    let hashes: std::collections::BTreeSet<[u8; 32]> =
        variants.iter().map(|command| input(&format!("mutation {{ {command} }}"), json!({}))).collect();
    assert_eq!(hashes.len(), variants.len());
}

#[test]
fn a_variable_named_many_times_cannot_make_the_input_grow_without_end() {
    let document = format!("mutation($x: String) {{ c(input: [{}]) }}", "$x ".repeat(1_000));
    let refused = keyed(&["k"], json!({}), &document, json!({"x": "x".repeat(100_000)})).expect_err("too large");
    assert!(refused.contains("too large"), "{refused}");
}

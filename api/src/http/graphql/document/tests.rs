//! What a request may give in place of a document.

use serde_json::{Value, json};

use super::*;

fn asked(query: Option<&str>, id: Option<&str>, extensions: Value) -> Result<Asked, String> {
    Asked::of(query.map(str::to_owned), id.map(str::to_owned), extensions.as_object())
}

fn persisted_query(version: Value, hash: Value) -> Value {
    json!({"persistedQuery": {"version": version, "sha256Hash": hash, "miss": true}})
}

const TEXT: &str = "{ __typename }";

#[test]
fn a_document_is_named_in_one_way() {
    let known = hash(TEXT);
    let with_hash = persisted_query(json!(1), json!(known.to_uppercase()));
    for (query, id, extensions, expected) in [
        (Some(TEXT), None, json!({}), Asked::Text(TEXT.to_owned())),
        (Some(""), None, json!({"persistedQuery": null}), Asked::Text(String::new())),
        (None, Some("abc"), json!({}), Asked::Id("abc".to_owned())),
        (Some(""), Some("sha256:abc"), json!({}), Asked::Id("sha256:abc".to_owned())),
        (None, Some(&*format!("sha256:{}", known.to_uppercase())), json!({}), Asked::Id(known.clone())),
        (None, Some("x-kith:1"), with_hash.clone(), Asked::Id("x-kith:1".to_owned())),
        (None, None, with_hash.clone(), Asked::Hash(known.clone(), None)),
        (Some(""), None, with_hash.clone(), Asked::Hash(known.clone(), None)),
        (Some(TEXT), None, with_hash, Asked::Hash(known.clone(), Some(TEXT.to_owned()))),
    ] {
        assert_eq!(asked(query, id, extensions.clone()), Ok(expected), "{query:?} {id:?} {extensions}");
    }
}

#[test]
fn what_names_no_document_is_refused_with_a_reason() {
    let known = json!(hash(TEXT));
    let long = "x".repeat(LONGEST_ID + 1);
    for (query, id, extensions, why) in [
        (None, None, json!({}), "`query` is missing"),
        (Some(TEXT), Some("abc"), json!({}), "not both"),
        (None, Some(""), json!({}), "`documentId`"),
        (None, Some("a b"), json!({}), "`documentId`"),
        (None, Some("ä"), json!({}), "`documentId`"),
        (None, Some(&*long), json!({}), "`documentId`"),
        (Some(TEXT), None, json!({"persistedQuery": 1}), "`version` 1"),
        (Some(TEXT), None, json!({"persistedQuery": []}), "`version` 1"),
        (Some(TEXT), None, json!({"persistedQuery": {}}), "`version` 1"),
        (None, None, persisted_query(json!(2), known.clone()), "`version` 1"),
        (None, None, persisted_query(json!("1"), known.clone()), "`version` 1"),
        (None, None, persisted_query(json!(1), Value::Null), "64 hexadecimal"),
        (None, None, persisted_query(json!(1), json!(7)), "64 hexadecimal"),
        (None, None, persisted_query(json!(1), json!("g".repeat(64))), "64 hexadecimal"),
        (None, None, persisted_query(json!(1), json!("a".repeat(63))), "64 hexadecimal"),
        (None, None, persisted_query(json!(1), json!("é".repeat(32))), "64 hexadecimal"),
    ] {
        let refused = asked(query, id, extensions.clone()).expect_err(why);
        assert!(refused.contains(why), "{query:?} {id:?} {extensions}: {refused}");
    }
}

#[test]
fn the_hash_is_the_one_that_clients_compute() {
    // From FIPS 180-2, appendix B.1.
    assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

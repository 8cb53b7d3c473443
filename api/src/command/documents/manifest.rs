//! The manifests in which apps' builds write down their documents:
//!
//! - Relay's `persisted_queries.json` and graphql-codegen's `persisted-documents.json`: an object from ids to texts.
//! - Apollo's: `{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id", "body", …}]}`.
//!
//! Deliberately absent: any judgement of ids and texts.

use serde_json::{Map, Value};

/// What Apollo's manifests call themselves.
const APOLLO: &str = "apollo-persisted-query-manifest";

/// The documents of a manifest, each with its id.
pub(super) fn read(text: &str) -> Result<Vec<(String, String)>, String> {
    let manifest: Map<String, Value> =
        serde_json::from_str(text).map_err(|cause| format!("this is no manifest, which is a JSON object: {cause}."))?;
    if manifest.get("format").is_some_and(|format| format == APOLLO) {
        return of_apollo(&manifest);
    }
    let document = |(id, body): (String, Value)| match body {
        Value::String(body) => Ok((id, body)),
        _ => Err(format!(
            "this is no manifest: {id:?} stands for no text; Relay's, graphql-codegen's or Apollo's are read."
        )),
    };
    manifest.into_iter().map(document).collect()
}

fn of_apollo(manifest: &Map<String, Value>) -> Result<Vec<(String, String)>, String> {
    if manifest.get("version").and_then(Value::as_u64) != Some(1) {
        return Err("only version 1 of Apollo's manifests is read.".to_owned());
    }
    let operations = manifest.get("operations").and_then(Value::as_array);
    let operations = operations.ok_or("the manifest has no `operations`.")?;
    let document = |operation: &Value| {
        let text = |name: &str| Some(operation.get(name)?.as_str()?.to_owned());
        Some((text("id")?, text("body")?))
    };
    let documents: Option<Vec<_>> = operations.iter().map(document).collect();
    documents.ok_or_else(|| "one of its `operations` has no `id` or no `body`.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_manifest_is_read() {
        let one = vec![("a1".to_owned(), "{ a }".to_owned())];
        for manifest in [
            r#"{"a1": "{ a }"}"#,
            r#"{"format": "apollo-persisted-query-manifest", "version": 1,
                "operations": [{"id": "a1", "name": "A", "type": "query", "body": "{ a }"}]}"#,
        ] {
            assert_eq!(read(manifest), Ok(one.clone()), "{manifest}");
        }
        assert_eq!(read("{}"), Ok(Vec::new()));
        for wrong in [
            "",
            "[]",
            r#"{"a1": {"text": "{ a }"}}"#,
            r#"{"format": "apollo-persisted-query-manifest", "version": 2, "operations": []}"#,
            r#"{"format": "apollo-persisted-query-manifest", "version": 1}"#,
            r#"{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id": "a1"}]}"#,
            r#"{"format": "another", "version": 1}"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}

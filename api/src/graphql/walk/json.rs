//! Writing an answer's JSON, as `serde_json` would write it.

use async_graphql::Value;
use serde::Serialize;

/// JSON on its way.
#[derive(Default)]
pub(crate) struct Json(Vec<u8>);

/// An object on its way.
pub(crate) struct Members<'j> {
    json: &'j mut Json,
    any: bool,
}

impl Json {
    /// What has been written.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// The same as text.
    pub(crate) fn into_text(self) -> String {
        // Only text was written.
        String::from_utf8(self.0).unwrap_or_default()
    }

    /// Anything that is no answer's value.
    pub(crate) fn plain(&mut self, value: &(impl Serialize + ?Sized)) {
        // Into memory, of maps with string keys and no floats that JSON lacks: this always goes well.
        _ = serde_json::to_writer(&mut self.0, value);
    }

    /// A value of an answer, parts of which may be written already.
    pub(crate) fn value(&mut self, value: &Value) {
        match value {
            Value::Object(members) => self.object(|object| {
                for (key, value) in members {
                    object.member(key).value(value);
                }
            }),
            Value::List(items) => self.list(items, |json, item| json.value(item)),
            Value::Binary(written) => self.0.extend_from_slice(written),
            scalar => self.plain(scalar),
        }
    }

    pub(crate) fn object(&mut self, write: impl FnOnce(&mut Members<'_>)) {
        self.0.push(b'{');
        write(&mut Members { json: self, any: false });
        self.0.push(b'}');
    }

    pub(super) fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut Self, T)) {
        self.0.push(b'[');
        for (at, item) in items.into_iter().enumerate() {
            if at > 0 {
                self.0.push(b',');
            }
            write(self, item);
        }
        self.0.push(b']');
    }
}

impl Members<'_> {
    /// One more member, whose value is to be written next.
    pub(crate) fn member(&mut self, key: &str) -> &mut Json {
        if self.any {
            self.json.0.push(b',');
        }
        self.any = true;
        self.json.plain(key);
        self.json.0.push(b':');
        self.json
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{Name, value};

    use super::*;

    #[test]
    fn a_value_is_written_as_it_would_be_otherwise() {
        let value = value!({
            "text": "\"quoted\"\n\\ \u{1} \u{2028} ü 🙂",
            "numbers": [0, -1, 1.5, 1e300, 9_007_199_254_740_993_u64],
            "none": null,
            "empty": [{}, [], ""],
            "yes": true,
            "enum": (Value::Enum(Name::new("TIE"))),
        });
        let mut json = Json::default();
        json.value(&value);
        assert_eq!(json.into_text(), serde_json::to_string(&value).expect("JSON"));
    }

    #[test]
    fn what_is_written_already_stands_as_it_is() {
        let written = Value::Binary(br#"{"b":[1]}"#.to_vec().into());
        let mut json = Json::default();
        json.value(&value!({ "a": 0 }));
        json.value(&Value::List(vec![written.clone(), written]));
        assert_eq!(json.into_text(), r#"{"a":0}[{"b":[1]},{"b":[1]}]"#);
    }
}

//! An answer without what differs between any two worlds: ids become their order of appearance, moments how long they are
//! from the beginning, and names lose the world's mark.

use std::collections::HashMap;

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// How exactly moments are compared: the worlds are made one after the other.
const EXACTLY: i64 = 2 * 3_600;

/// What is replaced in the answers of one world, always in the same way.
pub(super) struct Plain {
    /// What the handles of this world begin with.
    mark: String,
    /// The beginning, in seconds.
    begun: i64,
    ids: HashMap<String, usize>,
}

impl Plain {
    pub(super) fn new(mark: &str, begun: i64) -> Self {
        Self { mark: format!("{mark}-"), begun, ids: HashMap::new() }
    }

    pub(super) fn answer(&mut self, answer: &Value) -> Value {
        match answer {
            Value::Object(fields) => {
                let field = |(name, value): (&String, &Value)| {
                    let value = match (name.as_str(), value) {
                        ("cursor" | "endCursor", Value::String(cursor)) => json!(self.number(cursor)),
                        _ => self.answer(value),
                    };
                    (name.clone(), value)
                };
                fields.iter().map(field).collect()
            }
            Value::Array(values) => values.iter().map(|value| self.answer(value)).collect(),
            Value::String(text) => json!(self.text(text)),
            other => other.clone(),
        }
    }

    fn text(&mut self, text: &str) -> String {
        if let Ok(moment) = OffsetDateTime::parse(text, &Rfc3339) {
            let seconds = moment.unix_timestamp() - self.begun;
            return format!("begun + {}", (seconds + EXACTLY / 2).div_euclid(EXACTLY) * EXACTLY);
        }
        let mut plain = String::new();
        for word in text.replace(&self.mark, "").split_inclusive(|c: char| !(c.is_alphanumeric() || "_-".contains(c))) {
            let id = word.trim_end_matches(|c: char| !(c.is_alphanumeric() || "_-".contains(c)));
            if id.len() == 26 && id.as_bytes()[3] == b'_' {
                plain += &format!("{}{}{}", &id[..4], self.number(id), &word[id.len()..]);
            } else {
                plain += word;
            }
        }
        plain
    }

    fn number(&mut self, id: &str) -> usize {
        let next = self.ids.len();
        *self.ids.entry(id.to_owned()).or_insert(next)
    }
}

#[test]
fn what_differs_between_any_two_worlds_is_replaced() {
    let answer = |mark: &str, id: char, minute: u32| {
        let id = format!("int_{}", id.to_string().repeat(22));
        json!({"id": id, "link": format!("http://kith.test/open/{id}?x"), "by": format!("{mark}-ana"), "cursor": id.to_uppercase(),
            "at": format!("2026-01-02T03:{minute:02}:00Z")})
    };
    let begun = OffsetDateTime::parse("2026-01-01T03:00:00Z", &Rfc3339).expect("a moment").unix_timestamp();
    let one = Plain::new("w1", begun).answer(&answer("w1", 'a', 1));
    let other = Plain::new("w2", begun).answer(&answer("w2", 'b', 2));
    assert_eq!(one, other);
    assert_eq!(one["at"], "begun + 86400");
    assert_eq!((&one["by"], one["id"] == one["link"]), (&json!("ana"), false));
}

//! Idempotency keys: from what a client sends to what the domain knows a retried command by.
//!
//! A key comes in the header `Idempotency-Key` or, from queues that lose headers, in `extensions.idempotencyKey`. With
//! it comes a hash of the command's input as the engine will see it: whether a value stands in the document or in a
//! variable, and in which order, makes no difference. The hash is over JSON without spaces and with sorted keys.
//!
//! Deliberately absent: what a retry does. That is the domain's.

use std::convert::Infallible;

use actix_web::http::header::HeaderMap;
use async_graphql::parser::types::{Field, OperationDefinition};
use async_graphql::{Value, Variables};
use domain::ctx::RetryKey;
use sha2::{Digest, Sha256};

use super::answer::Refused;
use super::roots::{Roots, is_credential};
use crate::http::MOST_BYTES;

/// What a request may carry beside its document.
pub(in crate::http) type Extensions = serde_json::Map<String, serde_json::Value>;

/// The longest key, in characters.
const LONGEST: usize = 255;

/// The key of the one command of a request; `None` if the client gave none, or it does not apply.
pub(super) fn key(
    headers: &HeaderMap,
    extensions: Option<&Extensions>,
    roots: &Roots<'_>,
    operation: &OperationDefinition,
    variables: &Variables,
) -> Result<Option<RetryKey>, Refused> {
    if roots.commands().is_empty() {
        return Ok(None);
    }
    let Some(key) = given(headers, extensions).map_err(Refused::bad_request)? else { return Ok(None) };
    let [command] = roots.commands() else {
        return Err(Refused::bad_request("Send one mutation a request with an idempotency key."));
    };
    if is_credential(command) {
        return Ok(None);
    }
    let input = hash(command, operation, variables).ok_or_else(|| {
        Refused::bad_request("The input is too large for an idempotency key once its variables are filled in.")
    })?;
    Ok(Some(RetryKey { key, command: command.name.node.to_string(), input }))
}

/// The key a client gave, in whichever way.
fn given(headers: &HeaderMap, extensions: Option<&Extensions>) -> Result<Option<String>, String> {
    let expected = || format!("An idempotency key is text of 1 to {LONGEST} visible ASCII characters.");
    let mut keys = Vec::new();
    for header in headers.get_all("idempotency-key") {
        keys.push(header.to_str().map_err(|_| expected())?);
    }
    match extensions.and_then(|extensions| extensions.get("idempotencyKey")) {
        None | Some(serde_json::Value::Null) => {}
        Some(serde_json::Value::String(key)) => keys.push(key),
        Some(_) => return Err(expected()),
    }
    let Some(first) = keys.first() else { return Ok(None) };
    if keys.iter().any(|key| key != first) {
        return Err("The request has several idempotency keys; send one.".to_owned());
    }
    let is_key = (1..=LONGEST).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_graphic());
    if is_key { Ok(Some((*first).to_owned())) } else { Err(expected()) }
}

/// The hash of a command's arguments; `None` if they are too large.
fn hash(command: &Field, operation: &OperationDefinition, variables: &Variables) -> Option<[u8; 32]> {
    let arguments: Vec<(String, Value)> = command
        .arguments
        .iter()
        .map(|(name, value)| {
            // The engine does not export the type of a value that may hold variables, only this way to make it constant.
            // Bytes, which a document cannot hold, stand for a variable by its name: its value is not copied.
            let Ok(value) = value
                .node
                .clone()
                .into_const_with(|name| Ok::<_, Infallible>(Value::Binary(name.as_str().to_owned().into())));
            (name.node.to_string(), value)
        })
        .collect();
    let mut input = Input { operation, variables, hash: Sha256::new(), left: 4 * MOST_BYTES };
    input.object(arguments.iter().map(|(name, value)| (name.as_str(), value)).collect())?;
    Some(input.hash.finalize().into())
}

/// JSON on its way into a hash. Its length is bounded, as a long variable may be named many times.
struct Input<'a> {
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    hash: Sha256,
    left: usize,
}

impl<'a> Input<'a> {
    fn value(&mut self, value: &'a Value) -> Option<()> {
        match self.filled(value).unwrap_or(&Value::Null) {
            Value::Object(members) => self.object(members.iter().map(|(name, value)| (name.as_str(), value)).collect()),
            Value::List(items) => {
                for (before, item) in std::iter::once("[").chain(std::iter::repeat(",")).zip(items) {
                    self.text(before)?;
                    self.value(item)?;
                }
                self.text(if items.is_empty() { "[]" } else { "]" })
            }
            scalar => self.text(&serde_json::to_string(scalar).ok()?),
        }
    }

    /// The members that are there, by their names: one whose variable was left out is left out.
    fn object<'b>(&mut self, mut members: Vec<(&'b str, &'b Value)>) -> Option<()>
    where
        'b: 'a,
    {
        members.sort_by_key(|(name, _)| *name);
        self.text("{")?;
        for (name, value) in members {
            if self.filled(value).is_some() {
                self.text(&serde_json::to_string(name).ok()?)?;
                self.text(":")?;
                self.value(value)?;
                self.text(",")?;
            }
        }
        self.text("}")
    }

    /// The value, or what the request or else the operation says that its variable stands for.
    fn filled(&self, value: &'a Value) -> Option<&'a Value> {
        let Value::Binary(name) = value else { return Some(value) };
        let name = std::str::from_utf8(name).ok()?;
        self.variables.get(name).or_else(|| {
            let mut definitions = self.operation.variable_definitions.iter().map(|it| &it.node);
            let definition = definitions.find(|it| it.name.node == name)?;
            definition.default_value.as_ref().map(|it| &it.node)
        })
    }

    fn text(&mut self, text: &str) -> Option<()> {
        self.left = self.left.checked_sub(text.len())?;
        self.hash.update(text);
        Some(())
    }
}

#[cfg(test)]
mod tests;

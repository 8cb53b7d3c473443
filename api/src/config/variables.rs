//! Reading one variable: as it is, as a secret that may stand in a file, as one of a few words.

use std::collections::BTreeMap;

use super::{Environment, Read, SECRETS, Smtp, Switch, VARIABLES, invalid, items};
use crate::mail;

/// The variables that are set, by name.
pub(super) struct Variables(pub(super) BTreeMap<String, String>);

impl Variables {
    pub(super) fn refuse_unknown(&self) -> Read<()> {
        let known = |name: &str| {
            VARIABLES.contains(&name) || SECRETS.iter().any(|secret| name.strip_suffix("_FILE") == Some(secret))
        };
        match self.0.keys().find(|name| name.starts_with("KITH_") && !known(name)) {
            Some(name) => invalid(name, &format!("no such setting; there are {}", VARIABLES.join(", "))),
            None => Ok(()),
        }
    }

    pub(super) fn plain(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(super) fn secret(&self, name: &str) -> Read<Option<String>> {
        let in_file = format!("{name}_FILE");
        match (self.plain(name), self.plain(&in_file)) {
            (Some(_), Some(_)) => invalid(name, &format!("either this or {in_file}, not both")),
            (Some(value), None) => Ok(Some(value.to_owned())),
            (None, Some(path)) => match std::fs::read_to_string(path) {
                Ok(value) => Ok(Some(value.trim().to_owned())),
                Err(cause) => invalid(&in_file, &format!("a file that can be read ({path}: {cause})")),
            },
            (None, None) => Ok(None),
        }
    }

    pub(super) fn smtp(&self, environment: Environment) -> Read<Option<Smtp>> {
        let needed = match environment {
            Environment::Production => "; production needs it",
            Environment::Development => "",
        };
        let url = match self.secret("KITH_SMTP_URL")? {
            Some(url) if mail::is_relay(&url) => url,
            None if environment == Environment::Development => return Ok(None),
            Some(_) | None => {
                return invalid(
                    "KITH_SMTP_URL",
                    &format!("an address such as smtps://user:password@host or smtp://host:587?tls=required{needed}"),
                );
            }
        };
        match self.plain("KITH_MAIL_FROM") {
            Some(from) if mail::is_mailbox(from) => Ok(Some(Smtp { url: url.into(), from: from.to_owned() })),
            Some(_) | None => {
                invalid("KITH_MAIL_FROM", "who writes, such as Kith <hello@kith.example>; KITH_SMTP_URL needs it")
            }
        }
    }

    pub(super) fn parse<T: std::str::FromStr>(&self, name: &str, expects: &str) -> Read<Option<T>> {
        self.plain(name).map(|value| value.parse().or_else(|_| invalid(name, expects))).transpose()
    }

    pub(super) fn choice<T: Copy>(&self, name: &str, default: T, choices: [(&str, T); 2]) -> Read<T> {
        let Some(value) = self.plain(name) else { return Ok(default) };
        match choices.iter().find(|(word, _)| *word == value) {
            Some((_, choice)) => Ok(*choice),
            None => invalid(name, &format!("{} or {}", choices[0].0, choices[1].0)),
        }
    }

    pub(super) fn https(&self, name: &str) -> Read<Option<String>> {
        match self.plain(name) {
            Some(url) if url.starts_with("https://") => Ok(Some(url.to_owned())),
            Some(_) => invalid(name, "an address that begins with https://"),
            None => Ok(None),
        }
    }

    pub(super) fn switch(&self, name: &str, default: Switch) -> Read<Switch> {
        self.choice(name, default, [("on", Switch::On), ("off", Switch::Off)])
    }

    /// Web origins as browsers send them (RFC 6454, 6.2): one that is written otherwise would never match.
    pub(super) fn origins(&self, name: &str) -> Read<Vec<String>> {
        let is_origin = |text: &str| {
            let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
            !host.is_empty()
                && host.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b':' | b'[' | b']'))
        };
        let origin = |item: &str| match is_origin(item) {
            true => Ok(item.to_owned()),
            false => invalid(
                name,
                "origins such as https://app.example, in lower case and without a path, separated by commas",
            ),
        };
        items(self.plain(name).unwrap_or_default()).map(origin).collect()
    }
}

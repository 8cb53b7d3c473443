//! The oldest versions of the apps that may still ask: `KITH_MINIMUM_CLIENT`.
//!
//! What an app says of itself is not proven, so this keeps nobody out who wants in: it tells people with an old app what
//! to do. A version that cannot be read is let through.

use std::str::FromStr;
use std::sync::Arc;

use domain::ctx::{Client, Platform};
use semver::Version;

/// The oldest version by platform. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct MinimumClients(Arc<Vec<(Platform, Version)>>);

impl MinimumClients {
    pub(super) const EXPECTS: &str = "versions of ios, android and web, such as ios=2.4.0,android=2.3";

    /// The oldest version that may ask from `platform`; `None` if any may.
    pub fn of(&self, platform: Platform) -> Option<&Version> {
        self.0.iter().find(|(known, _)| *known == platform).map(|(_, version)| version)
    }

    /// The version that `client` would need, if it says that it has an older one.
    pub fn lacked_by(&self, client: &Client) -> Option<&Version> {
        let minimum = self.of(client.platform())?;
        let version = read(client.version.as_deref()?)?;
        (version.cmp_precedence(minimum).is_lt()).then_some(minimum)
    }
}

impl FromStr for MinimumClients {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut minimums: Vec<(Platform, Version)> = Vec::new();
        for (name, version) in super::pairs(text)? {
            let platform = match name {
                "ios" => Platform::Ios,
                "android" => Platform::Android,
                "web" => Platform::Web,
                _ => return Err(()),
            };
            if minimums.iter().any(|(known, _)| *known == platform) {
                return Err(());
            }
            minimums.push((platform, read(version).ok_or(())?));
        }
        Ok(Self(Arc::new(minimums)))
    }
}

/// A version after Semantic Versioning, of which the minor and the patch number may be missing.
fn read(text: &str) -> Option<Version> {
    let text = text.trim();
    let (numbers, rest) = text.split_at(text.find(['-', '+']).unwrap_or(text.len()));
    let missing = ".0".repeat(2usize.saturating_sub(numbers.matches('.').count()));
    Version::parse(&format!("{numbers}{missing}{rest}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lacks(minimum: &str, name: &str, version: &str) -> Option<String> {
        let minimum: MinimumClients = minimum.parse().expect(minimum);
        let (name, version) = (Some(name.to_owned()), Some(version.to_owned()));
        minimum.lacked_by(&Client { name, version, ..Client::default() }).map(Version::to_string)
    }

    #[test]
    fn an_older_version_lacks_the_minimum_of_its_platform() {
        for (name, version, lacked) in [
            ("kith-ios", "2.3.9", Some("2.4.0")),
            ("kith-ios", "2", Some("2.4.0")),
            ("kith-ios", "2.4.0-beta.1", Some("2.4.0")),
            ("Kith iOS", "1.99+7", Some("2.4.0")),
            ("kith-ios", "2.4.0", None),
            ("kith-ios", "2.4+7", None),
            ("kith-ios", "10", None),
            ("kith-android", "2.2", Some("2.3.0")),
            ("kith-android", "2.3", None),
            ("kith-web", "0.1", None),
            ("kith", "0.1", None),
        ] {
            assert_eq!(lacks("ios=2.4.0, android=2.3", name, version).as_deref(), lacked, "{name} {version}");
        }
    }

    #[test]
    fn a_version_that_cannot_be_read_lacks_nothing() {
        for version in ["", "old", "1.2.3.4", "-1", "1.x", "01.2.3", "1..2", "99999999999999999999"] {
            assert_eq!(lacks("ios=2.4.0", "kith-ios", version), None, "{version}");
        }
        let minimum: MinimumClients = "ios=2.4.0".parse().expect("fits");
        let unnamed = Client { name: Some("kith-ios".to_owned()), ..Client::default() };
        assert_eq!(minimum.lacked_by(&unnamed), None);
    }

    #[test]
    fn what_is_no_version_or_no_platform_does_not_fit() {
        for wrong in ["2.4.0", "ios", "ios=", "ios=new", "ios=1,ios=2", "other=1", "IOS=1", "ios=1;web=2"] {
            assert!(wrong.parse::<MinimumClients>().is_err(), "{wrong}");
        }
    }
}

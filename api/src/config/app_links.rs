//! The apps that may open our links: `KITH_APPLE_APPS` and `KITH_ANDROID_APPS`.

use std::str::FromStr;

/// iPhone and iPad apps by their application identifiers, such as `ABCDE12345.org.example.kith`.
#[derive(Clone, Debug, Default)]
pub struct AppleApps(pub Vec<String>);

/// Android apps, each with the fingerprints of the certificates that may have signed it.
#[derive(Clone, Debug, Default)]
pub struct AndroidApps(pub Vec<AndroidApp>);

/// An Android app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AndroidApp {
    /// Its package name, such as `org.example.kith`.
    pub package: String,
    /// SHA-256 fingerprints of its certificates, as pairs of upper-case hexadecimal digits with colons between them.
    pub fingerprints: Vec<String>,
}

impl AppleApps {
    pub(super) const EXPECTS: &str = "application identifiers such as ABCDE12345.org.example.kith, separated by commas";
}

impl FromStr for AppleApps {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let app = |text: &str| is_apple_app(text).then(|| text.to_owned()).ok_or(());
        super::items(text).map(app).collect::<Result<_, _>>().map(Self)
    }
}

/// Ten characters for the team, then the bundle identifier.
fn is_apple_app(text: &str) -> bool {
    let Some((team, bundle)) = text.split_once('.') else { return false };
    let is_team = team.len() == 10 && team.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let is_step =
        |step: &str| !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_team && bundle.split('.').all(is_step)
}

impl AndroidApps {
    pub(super) const EXPECTS: &str = "packages with the SHA-256 fingerprints of their certificates, such as \
                                      org.example.kith=14:6D:…:C5 with 32 pairs of digits, separated by commas";
}

impl FromStr for AndroidApps {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut apps: Vec<AndroidApp> = Vec::new();
        for (package, fingerprint) in super::pairs(text)? {
            let fingerprint = fingerprint.to_ascii_uppercase();
            if !is_package(package) || !is_fingerprint(&fingerprint) {
                return Err(());
            }
            // A package that comes again has another certificate: that of the store, or of the next key.
            match apps.iter_mut().find(|app| app.package == package) {
                Some(app) => app.fingerprints.push(fingerprint),
                None => apps.push(AndroidApp { package: package.to_owned(), fingerprints: vec![fingerprint] }),
            }
        }
        Ok(Self(apps))
    }
}

fn is_package(text: &str) -> bool {
    let is_step = |step: &str| {
        step.starts_with(|c: char| c.is_ascii_alphabetic())
            && step.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    text.contains('.') && text.split('.').all(is_step)
}

fn is_fingerprint(text: &str) -> bool {
    let is_pair = |pair: &str| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.split(':').count() == 32 && text.split(':').all(is_pair)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_apple_app_is_a_team_and_a_bundle() {
        let apps: AppleApps = "ABCDE12345.org.example.kith, 0123456789.org.example.kith-beta".parse().expect("two");
        assert_eq!(apps.0, ["ABCDE12345.org.example.kith", "0123456789.org.example.kith-beta"]);
        for wrong in ["kith", "abcde12345.kith", "ABCDE1234.kith", "ABCDE12345.", "ABCDE12345.a..b", "ABCDE12345.a b"] {
            assert!(wrong.parse::<AppleApps>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_android_app_is_a_package_with_fingerprints() {
        let (one, two) = (vec!["a0"; 32].join(":"), vec!["B1"; 32].join(":"));
        let text = format!("org.example.kith={one},org.example.beta={two}, org.example.kith={two}");
        let apps: AndroidApps = text.parse().expect("two apps");
        let app = |package: &str, prints: &[&str]| AndroidApp {
            package: package.to_owned(),
            fingerprints: prints.iter().map(|print| print.to_ascii_uppercase()).collect(),
        };
        assert_eq!(apps.0, [app("org.example.kith", &[&one, &two]), app("org.example.beta", &[&two])]);
        let (short, odd) = (vec!["A0"; 31].join(":"), vec!["G0"; 32].join(":"));
        for wrong in
            [format!("kith={one}"), format!("org.1={one}"), format!("org.a={short}"), format!("org.a={odd}"), one]
        {
            assert!(wrong.parse::<AndroidApps>().is_err(), "{wrong}");
        }
    }
}

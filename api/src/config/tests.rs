//! Which settings fit, and what is said of those that do not.

use super::*;

fn config(variables: &[(&str, &str)]) -> Read<Config> {
    Config::from_variables(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

#[test]
fn nothing_has_to_be_set_for_development() {
    let config = config(&[]).expect("defaults");
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.database_name(), "sqlite://.kith/kith.db");
    assert_eq!(config.introspection, Switch::On);
}

#[test]
fn production_needs_a_key_an_address_and_a_way_to_send_letters() {
    let production = ("KITH_ENV", "production");
    assert_eq!(
        config(&[production, ("KITH_PUBLIC_URL", "https://kith.example")]).expect_err("no key").variable,
        "KITH_SIGNING_KEY"
    );
    assert_eq!(config(&[production, ("KITH_SIGNING_KEY", KEY)]).expect_err("no address").variable, "KITH_PUBLIC_URL");
    let both = [production, ("KITH_SIGNING_KEY", KEY), ("KITH_PUBLIC_URL", "https://kith.example/")];
    assert_eq!(config(&both).expect_err("no letters").variable, "KITH_SMTP_URL");
    let (relay, from) = (("KITH_SMTP_URL", "smtp://127.0.0.1:25"), ("KITH_MAIL_FROM", "Kith <hello@kith.example>"));
    assert_eq!(config(&[&both[..], &[relay]].concat()).expect_err("no sender").variable, "KITH_MAIL_FROM");
    let config = config(&[&both[..], &[relay, from]].concat()).expect("all");
    assert_eq!((config.introspection, config.playground), (Switch::Off, Switch::Off));
    assert_eq!(config.public_url, "https://kith.example");
}

#[test]
fn a_wrong_value_names_its_variable() {
    for (name, value) in [
        ("KITH_ENV", "staging"),
        ("KITH_LISTEN", "8080"),
        ("KITH_SIGNING_KEY", "c2hvcnQ="),
        ("DATABASE_URL", "mysql://x"),
        ("REDIS_URL", "localhost:6379"),
        ("KITH_MIGRATE", "yes"),
        ("KITH_WORKERS", "0"),
        ("KITH_PROXIES", "-1"),
        ("KITH_RATE_LIMIT", "member=5"),
        ("KITH_TRUSTED_DOCUMENTS", "none"),
        ("KITH_SIGN_UP", "closed"),
        ("KITH_LOG_FORMAT", "xml"),
        ("KITH_PUBLIC_URL", "kith.example"),
        ("KITH_CORS_ORIGINS", "https://app.example/"),
        ("KITH_SMTP_URL", "https://mail.kith.example"),
        ("KITH_SMTP_URL", "mail.kith.example:25"),
        ("KITH_SMTP_URL_FILE", "/nowhere/at/all"),
        ("KITH_LISTN", "127.0.0.1:1"),
        ("DATABASE_URL_FILE", "/nowhere/at/all"),
    ] {
        assert_eq!(config(&[(name, value)]).expect_err(name).variable, name);
    }
}

#[test]
fn secrets_are_not_printed() {
    let config = config(&[
        ("KITH_SIGNING_KEY", KEY),
        ("DATABASE_URL", "postgres://kith:hush@db/kith"),
        ("KITH_SMTP_URL", "smtps://kith:hush@mail.kith.example"),
        ("KITH_MAIL_FROM", "hello@kith.example"),
    ])
    .expect("fits");
    assert_eq!(config.database_name(), "postgres://db/kith");
    let printed = format!("{config:?}");
    assert!(!printed.contains("hush") && !printed.contains("AAAA"), "{printed}");
}

#[test]
fn a_sender_is_one_mailbox() {
    let relay = ("KITH_SMTP_URL", "smtps://mail.kith.example");
    for from in
        ["Kith", "hello@", "a@kith.example, b@kith.example", "Kith\r\nBcc: <eve@kith.example>", "a@b\r\n.example"]
    {
        assert_eq!(config(&[relay, ("KITH_MAIL_FROM", from)]).expect_err(from).variable, "KITH_MAIL_FROM");
    }
    assert_eq!(config(&[relay]).expect_err("nobody").variable, "KITH_MAIL_FROM");
    config(&[relay, ("KITH_MAIL_FROM", "Kith & Kin <hello@kith.example>")]).expect("a mailbox");
}

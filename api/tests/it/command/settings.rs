//! Settings: one that does not fit stops the program, which names it and says what it expects.

use std::net::TcpListener;

use super::Kith;

#[test]
fn a_setting_that_does_not_fit_is_named_with_what_it_expects() {
    for (name, value, expects) in [
        ("KITH_ENV", "staging", "development or production"),
        ("KITH_LISTEN", "8080", "127.0.0.1:8080"),
        ("KITH_PUBLIC_URL", "kith.example", "https://"),
        ("KITH_SIGNING_KEY", "c2hvcnQ=", "32 bytes"),
        ("KITH_SIGNING_KEY", "not base64 at all!", "32 bytes"),
        ("KITH_SIGNING_KEY_FILE", "/nowhere/at/all", "a file"),
        ("DATABASE_URL", "mysql://kith:hush@host/kith", "postgres://"),
        ("DATABASE_URL_FILE", "/nowhere/at/all", "a file"),
        ("REDIS_URL", "localhost:6379", "redis://"),
        ("KITH_SMTP_URL", "https://kith:hush@mail.kith.example", "smtps://"),
        ("KITH_SMTP_URL", "smtp://kith:hush@mail.kith.example?tls=perhaps", "tls=required"),
        ("KITH_SMTP_URL_FILE", "/nowhere/at/all", "a file"),
        ("KITH_WORKERS", "0", "from 1"),
        ("KITH_WORKERS", "many", "from 1"),
        ("KITH_PROXIES", "-1", "from 0"),
        ("KITH_PROXIES", "256", "from 0"),
        ("KITH_MINIMUM_CLIENT", "2.4.0", "ios=2.4.0"),
        ("KITH_MINIMUM_CLIENT", "ios=new", "ios=2.4.0"),
        ("KITH_MINIMUM_CLIENT", "windows=1", "ios, android and web"),
        ("KITH_APPLE_APPS", "org.example.kith", "ABCDE12345.org.example.kith"),
        ("KITH_ANDROID_APPS", "org.example.kith", "SHA-256"),
        ("KITH_ANDROID_APPS", "org.example.kith=A0:B1", "32 pairs"),
        ("KITH_MIGRATE", "yes", "on or off"),
        ("KITH_WEBHOOK_ALLOW", "localhost", "127.0.0.0/8"),
        ("KITH_INTROSPECTION", "1", "on or off"),
        ("KITH_PLAYGROUND", "true", "on or off"),
        ("KITH_LOG", "kith=loud", "debug"),
        ("KITH_LOG_FORMAT", "xml", "text or json"),
        ("KITH_CORS_ORIGINS", "app.kith.example", "https://"),
        ("KITH_CORS_ORIGINS", "https://app.kith.example/path", "https://"),
        ("KITH_CORS_ORIGINS", "*", "https://"),
        ("KITH_CORS_ORIGIN", "https://app.kith.example", "KITH_CORS_ORIGINS"),
    ] {
        for command in [&["serve", "--no-demo"][..], &["doctor"]] {
            let err = Kith::with(&[(name, value)]).refusal(command);
            assert!(err.starts_with(&format!("kith: {name}: ")), "{name}={value}: {err}");
            assert!(err.contains(expects), "{name}={value}: {err}");
            assert!(!err.contains("hush"), "{err}");
        }
    }
    let both = Kith::with(&[("DATABASE_URL", "sqlite://a"), ("DATABASE_URL_FILE", "b")]);
    assert!(both.refusal(&["doctor"]).contains("not both"));
}

#[test]
fn a_port_in_use_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let err = Kith::with(&[("KITH_LISTEN", &address)]).refusal(&["serve", "--no-demo"]);
    assert!(err.contains("KITH_LISTEN") && err.contains(&address), "{err}");
}

#[test]
fn a_secret_can_stand_in_a_file() {
    let kith = Kith::with(&[("KITH_SIGNING_KEY_FILE", "key"), ("DATABASE_URL_FILE", "url")]);
    kith.write("key", &format!("{}\n", crate::support::SIGNING_KEY));
    kith.write("url", "sqlite://elsewhere.db\n");
    kith.answer(&["migrate", "up"]);
    assert!(kith.answer(&["doctor"]).contains("elsewhere.db"));
    assert!(kith.file("elsewhere.db").exists());
    assert!(!kith.file(".kith/signing.key").exists(), "no other key is made");
}

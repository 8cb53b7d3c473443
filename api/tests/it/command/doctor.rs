//! `kith doctor`: what is wrong, and what to do about it.

use super::Kith;
use crate::story;
use crate::support::{SIGNING_KEY, redis_url};

story! {
    async fn a_service_with_all_its_parts_is_well(world: World) {
        let kith = Kith::beside(&world);
        let said = kith.answer(&["doctor"]);
        for word in ["configuration", "signing keys", "database", "schema version", "cache"] {
            assert!(said.lines().any(|line| line.starts_with("ok ") && line.contains(word)), "{word}: {said}");
        }
        assert_eq!(kith.answer(&["doctor", "--quiet"]), "");
        let with_redis = Kith::with(&[("DATABASE_URL", world.database_url()), ("REDIS_URL", &redis_url())]);
        assert!(with_redis.answer(&["doctor"]).contains("cache: Redis"));
    }
}

#[test]
fn what_is_wrong_is_said_with_its_setting_and_its_remedy() {
    let occupied = ("KITH_DATA_DIR", "a-file/in/the/way");
    for (settings, words) in [
        (&[][..], &["kith migrate up"][..]),
        (&[("DATABASE_URL", "postgres://kith:hush@127.0.0.1:1/kith")], &["DATABASE_URL", "is it running"]),
        (&[("DATABASE_URL", "sqlite:///nowhere/at/all/kith.db")], &["DATABASE_URL"]),
        (&[occupied], &["KITH_DATA_DIR"]),
        (&[("KITH_ENV", "production"), ("KITH_PUBLIC_URL", "https://kith.example")], &["KITH_SIGNING_KEY", "openssl"]),
        (&[("KITH_ENV", "production"), ("KITH_SIGNING_KEY", SIGNING_KEY)], &["KITH_PUBLIC_URL"]),
        (
            &[
                ("KITH_ENV", "production"),
                ("KITH_SIGNING_KEY", SIGNING_KEY),
                ("KITH_PUBLIC_URL", "https://kith.example"),
            ],
            &["KITH_SMTP_URL", "smtps://"],
        ),
        (&[("KITH_SMTP_URL", "smtps://kith:hush@mail.kith.example")], &["KITH_MAIL_FROM"]),
        (&[("KITH_ENV", "prod")], &["KITH_ENV", "development or production"]),
    ] {
        let kith = Kith::with(settings);
        kith.write("a-file", "");
        for command in [&["doctor"][..], &["doctor", "--quiet"]] {
            let err = kith.refusal(command);
            for word in words {
                assert!(err.contains(word), "{settings:?}: {word}: {err}");
            }
            assert!(!err.contains("hush") && !err.contains(SIGNING_KEY), "secrets stay secret: {err}");
        }
    }
}

#[test]
fn a_redis_that_is_away_is_told_and_serving_goes_on() {
    let kith = Kith::with(&[("REDIS_URL", "redis://:hush@127.0.0.1:1")]);
    kith.answer(&["migrate", "up"]);
    let err = kith.refusal(&["doctor"]);
    assert!(err.contains("REDIS_URL") && err.contains("runs without it") && !err.contains("hush"), "{err}");
    assert!(kith.serve(&["--no-demo"]).err().contains("listening"));
}

//! Which language a header means, and what becomes of numbers, of names and of what is missing.

use super::*;

#[test]
fn the_language_is_the_one_the_client_likes_best() {
    for (header, expected) in [
        ("", Language::English),
        ("en", Language::English),
        ("fr", Language::French),
        ("de", Language::German),
        ("FR", Language::French),
        ("fr-CH, de;q=0.9", Language::French),
        ("de-AT-1996", Language::German),
        ("de;q=0.8, fr;q=0.9, en;q=0.7", Language::French),
        ("fr;q=0.5,de;q=0.5", Language::French),
        ("nl, de;q=0.3", Language::German),
        ("nl, pt-BR", Language::English),
        ("fr;q=0", Language::English),
        ("fr;q=0, de;q=0.1", Language::German),
        ("*", Language::English),
        ("nl, *;q=0.5", Language::English),
        ("de;q=0.1, *;q=0.5", Language::English),
        ("en;q=0, *", Language::French),
        ("frr", Language::English),
        ("fr_FR", Language::English),
        ("fr;q=2, de", Language::German),
        (";;;,,, q=, \u{7f}", Language::English),
        ("é, de", Language::German),
    ] {
        assert_eq!(Language::accepted(header), expected, "{header}");
    }
    assert_eq!(Language::accepted(&"de-".repeat(10_000)), Language::English);
    for language in Language::ALL {
        assert_eq!(Language::accepted(language.tag()), language);
        assert_eq!(language.texts().to_string(), language.tag());
    }
}

#[test]
fn each_language_has_its_own_plurals() {
    for (language, most, expected) in [
        (Language::English, 0, "Name at most 0 skills."),
        (Language::English, 1, "Name at most 1 skill."),
        (Language::English, 30, "Name at most 30 skills."),
        (Language::French, 0, "Indiquez au plus 0 compétence."),
        (Language::French, 1, "Indiquez au plus 1 compétence."),
        (Language::French, 30, "Indiquez au plus 30 compétences."),
        (Language::German, 0, "Bitte nennen Sie höchstens 0 Fähigkeiten."),
        (Language::German, 1, "Bitte nennen Sie höchstens 1 Fähigkeit."),
        (Language::German, 5_000, "Bitte nennen Sie höchstens 5000 Fähigkeiten."),
    ] {
        assert_eq!(say(language, &Message::new("too-many-skills").with("most", most)), expected);
    }
}

#[test]
fn what_goes_into_a_text_stays_as_it_is() {
    let called = |handle: &str| say(Language::German, &Message::new("no-member-called").with("handle", handle));
    assert_eq!(called("zoë"), "Kein Mitglied heißt zoë.");
    assert_eq!(called("{ $handle }"), "Kein Mitglied heißt { $handle }.", "it is not read as a text itself");
}

#[test]
fn what_is_missing_is_told_by_its_name() {
    for language in Language::ALL {
        for id in ["no-such-text", "", "empty.title", "\u{0}"] {
            assert_eq!(say(language, &Message::new(id)), id);
        }
        assert_eq!(say(language, &Message::new("too-many-skills")), "too-many-skills", "without its number");
        let more = Message::new("empty").with("most", 1);
        assert_eq!(say(language, &more), say(language, &Message::new("empty")), "too much does no harm");
    }
}

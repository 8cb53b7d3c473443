//! Letters: by a real SMTP server, in the reader's language, without holding anybody up and without a trace in the log.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use api::config::Config;
use api::mail::{MOST_WAITING, Mailer};
use api::words::Language;
use domain::ctx::Timestamp;
use domain::error::Error;
use domain::letter::{Content, Letter};

use crate::support::{MailServer, World, config};

const ANA: &str = "ana@example.org";
const CODE: &str = "271828";

/// By the mail server at `url`.
fn mailer(url: &str) -> Mailer {
    Mailer::from_config(&config(&[("KITH_SMTP_URL", url)])).expect("the settings fit")
}

fn letter(to: &str, content: Content) -> Letter {
    Letter { to: to.to_owned(), content }
}

fn sign_in_code() -> Content {
    Content::SignInCode { code: CODE.to_owned() }
}

/// What is logged on this thread while it lives.
struct Log {
    lines: Arc<Mutex<Vec<u8>>>,
    _guard: tracing::subscriber::DefaultGuard,
}

impl Log {
    fn begin() -> Self {
        let lines: Arc<Mutex<Vec<u8>>> = Arc::default();
        let writer = Lines(lines.clone());
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        Self { lines, _guard: tracing::subscriber::set_default(subscriber) }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.lines.lock().expect("nobody panics here")).into_owned()
    }
}

#[derive(Clone)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panics here").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_letter_arrives_in_the_readers_language_with_the_code_in_subject_and_text() {
    let server = MailServer::start().await;
    let mailer = mailer(&server.url());
    let mut ids = Vec::new();
    for (language, word) in
        [(Language::English, "minutes"), (Language::French, "demandé"), (Language::German, "Minuten")]
    {
        mailer.send(letter(ANA, sign_in_code()), language).expect("taken");
        let mail = server.next_to(ANA).await;
        assert_eq!((mail.from.as_str(), mail.to.as_slice()), ("hello@kith.example", &[ANA.to_owned()][..]));
        assert!(mail.subject.contains(CODE), "{}", mail.subject);
        assert!(mail.text.lines().any(|line| line == CODE), "alone on its line: {}", mail.text);
        assert!(mail.text.contains(word) && mail.text.contains("10"), "{}", mail.text);
        for (name, value) in [
            ("from", "Kith <hello@kith.example>"),
            ("to", ANA),
            ("auto-submitted", "auto-generated"),
            ("content-type", "text/plain; charset=utf-8"),
            ("content-transfer-encoding", "quoted-printable"),
        ] {
            assert_eq!(mail.header(name), [value], "{name}");
        }
        assert_eq!(mail.header("date").len(), 1);
        assert!(mail.raw.is_ascii(), "whatever way it takes, it stays readable: {}", mail.raw);
        ids.push(mail.header("message-id").concat());
    }
    assert!(ids.iter().all(|id| id.starts_with('<') && id.ends_with("@kith.example>")), "{ids:?}");
    assert!(ids[0] != ids[1] && ids[1] != ids[2], "{ids:?}");
}

/// A letter of every kind, each with what must stand in it.
fn all() -> Vec<(Content, &'static [&'static str])> {
    let (code, new_address) = (CODE.to_owned(), "new@example.org".to_owned());
    let (link, key) = ("https://kith.example/i/7Q2M".to_owned(), "7Q2M-0000".to_owned());
    let inviter = Some("Mira Lindqvist".to_owned());
    vec![
        (sign_in_code(), &[CODE, "10"]),
        (
            Content::OldAddressCode { code: code.clone(), new_address: new_address.clone() },
            &[CODE, "new@example.org", "10"],
        ),
        (Content::NewAddressCode { code }, &[CODE, "10"]),
        (Content::AddressChanged { new_address }, &["new@example.org"]),
        (Content::PasswordChanged, &[]),
        (
            Content::Invitation { link: link.clone(), code: key.clone(), inviter },
            &["https://kith.example/i/7Q2M", "7Q2M-0000", "Mira Lindqvist", "7"],
        ),
        (Content::Invitation { link, code: key, inviter: None }, &["https://kith.example/i/7Q2M", "7Q2M-0000", "7"]),
        // 2027-01-09T00:00:00Z
        (Content::DeletionScheduled { at: Timestamp(1_799_452_800_000_000) }, &["9", "2027"]),
    ]
}

#[tokio::test]
async fn every_letter_has_words_in_every_language() {
    for (content, words) in all() {
        let mailer = Mailer::in_memory();
        for language in Language::ALL {
            mailer.send(letter(ANA, content.clone()), language).expect("taken");
        }
        let kept = mailer.kept();
        for kept in &kept {
            let (subject, text) = (&kept.subject, &kept.text);
            for word in words {
                assert!(text.contains(word), "{content:?} in {:?}: {word}: {text}", kept.language);
            }
            if let Some(code) = content.code() {
                assert!(text.lines().any(|line| line == code), "{content:?} in {:?}: {text}", kept.language);
            }
            let raw = |c: char| c.is_control() && c != '\n' || matches!(c, '{' | '}' | '\u{2066}'..='\u{2069}');
            assert!(!subject.contains(raw) && !text.contains(raw), "{content:?} in {:?}: {text:?}", kept.language);
            assert!(!subject.is_empty() && !subject.contains('\n'), "{subject:?}");
            assert!(text.lines().count() > 3, "{content:?} in {:?} says what to do: {text}", kept.language);
        }
        for (one, other) in [(0, 1), (1, 2), (2, 0)] {
            assert_ne!(kept[one].subject, kept[other].subject, "{content:?}");
            assert_ne!(kept[one].text, kept[other].text, "{content:?}");
        }
    }
}

#[tokio::test]
async fn a_letter_that_is_refused_for_now_is_tried_again() {
    let server = MailServer::with(&["--refuse", "1"]).await;
    let mailer = mailer(&server.url());
    mailer.send(letter(ANA, sign_in_code()), Language::English).expect("taken");
    assert!(server.next_to(ANA).await.subject.contains(CODE));
}

#[tokio::test]
async fn a_letter_that_is_refused_for_good_is_not_tried_again() {
    let log = Log::begin();
    let server = MailServer::with(&["--refuse", "1", "--with", "550"]).await;
    let mailer = mailer(&server.url());
    mailer.send(letter(ANA, sign_in_code()), Language::English).expect("taken");
    mailer.close().await;
    let log = log.text();
    assert!(log.contains("a letter was not sent") && log.contains("550"), "{log}");
    assert!(!log.contains(ANA) && !log.contains(CODE), "the server repeats the address, the log does not: {log}");
}

#[tokio::test(start_paused = true)]
async fn a_mail_server_that_is_away_holds_nobody_up_and_leaves_no_trace_in_the_log() {
    let log = Log::begin();
    let mailer = mailer("smtp://kith:hush@127.0.0.1:1");
    let begun = Instant::now();
    mailer.send(letter(ANA, sign_in_code()), Language::English).expect("taken");
    assert!(begun.elapsed() < Duration::from_millis(100), "{:?}", begun.elapsed());
    tokio::time::sleep(Duration::from_secs(120)).await;
    let log = log.text();
    assert_eq!(log.matches("a letter was not sent").count(), 1, "{log}");
    assert!(log.contains("WARN") && log.contains("SignInCode"), "{log}");
    for secret in [ANA, CODE, "hush"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_so_many_letters_wait() {
    let mailer = mailer("smtp://127.0.0.1:1");
    for number in 0..MOST_WAITING {
        mailer.send(letter(ANA, sign_in_code()), Language::English).unwrap_or_else(|_| panic!("{number} wait"));
    }
    let one_more = mailer.send(letter(ANA, sign_in_code()), Language::English);
    assert!(matches!(one_more, Err(Error::Unavailable(_))), "{one_more:?}");
}

#[tokio::test]
async fn letters_on_their_way_are_sent_before_the_server_stops() {
    let server = MailServer::with(&["--delay", "500"]).await;
    let mailer = mailer(&server.url());
    for name in ["ana", "ben", "cleo", "dan", "eva", "fay"] {
        let to = format!("{name}@example.org");
        mailer.send(letter(&to, sign_in_code()), Language::English).expect("taken");
    }
    mailer.close().await;
    let begun = Instant::now();
    server.next_to("fay@example.org").await;
    server.next_to(ANA).await;
    assert!(begun.elapsed() < Duration::from_millis(400), "they were there: {:?}", begun.elapsed());
    let late = mailer.send(letter(ANA, sign_in_code()), Language::English);
    assert!(matches!(late, Err(Error::Unavailable(_))), "{late:?}");
}

#[tokio::test]
async fn nobody_writes_a_header_of_their_own() {
    let server = MailServer::start().await;
    let mailer = mailer(&server.url());
    for end in ["\r\n", "\n", "\r", "\u{2028}", "\u{85}"] {
        let name = format!("Eve{end}Bcc: victim@example.org{end}{end}Buy!");
        let (link, code) = ("https://kith.example/i/7Q2M".to_owned(), "7Q2M".to_owned());
        let invitation = Content::Invitation { link, code, inviter: Some(name) };
        mailer.send_now(letter(ANA, invitation), Language::German).await.expect("sent");
        let mail = server.next_to(ANA).await;
        assert_eq!(mail.to, [ANA]);
        assert!(mail.header("bcc").is_empty() && mail.header("subject").len() == 1, "{}", mail.raw);
        assert!(mail.subject.contains("Eve Bcc: victim@example.org Buy!"), "{}", mail.subject);
        assert!(!mail.text.lines().any(|line| line.starts_with("Bcc") || line.starts_with("Buy")), "{}", mail.text);

        for to in [
            format!("ana@example.org{end}Bcc: victim@example.org"),
            format!("ana{end}@example.org"),
            format!("ana@example.org>{end}RCPT TO:<victim@example.org"),
            "ana@example.org, victim@example.org".to_owned(),
            "<ana@example.org>".to_owned(),
        ] {
            let sent = mailer.send_now(letter(&to, sign_in_code()), Language::English).await;
            assert!(sent.is_err(), "{to:?} is no address");
        }
    }
}

#[tokio::test]
async fn a_mail_server_wants_a_login_and_proves_who_it_is() {
    let server = MailServer::with(&["--login", "kith:a b@c"]).await;
    let right = mailer(&server.url_with("kith:a%20b%40c@", ""));
    right.send_now(letter(ANA, sign_in_code()), Language::English).await.expect("sent");
    server.next_to(ANA).await;
    for (login, query, cause) in
        [("kith:wrong@", "", "535"), ("", "", "530"), ("kith:a%20b%40c@", "?tls=required", "certificate")]
    {
        let wrong = mailer(&server.url_with(login, query));
        let refused = wrong.send_now(letter(ANA, sign_in_code()), Language::English).await.expect_err(cause);
        assert!(refused.contains("KITH_SMTP_URL") && refused.contains(cause), "{cause}: {refused}");
    }
}

#[tokio::test]
async fn without_a_mail_server_letters_are_read_in_the_log() {
    let log = Log::begin();
    let mailer = Mailer::from_config(&Config { smtp: None, ..config(&[]) }).expect("nothing is needed");
    mailer.send(letter(ANA, sign_in_code()), Language::English).expect("taken");
    mailer.send_now(letter("ben@example.org", sign_in_code()), Language::German).await.expect("printed");
    let log = log.text();
    for word in [ANA, "ben@example.org", "INFO", "minutes", "Minuten", &format!("\n{CODE}\n")] {
        assert!(log.contains(word), "{word}: {log}");
    }
}

#[tokio::test]
async fn a_world_knows_the_newest_code_of_everybody() {
    let world = World::on_sqlite().await;
    for (to, code) in [(ANA, "1"), ("ben@example.org", "2"), (ANA, "3")] {
        let content = Content::SignInCode { code: code.to_owned() };
        world.mailer.send(letter(to, content), Language::English).expect("kept");
    }
    world.mailer.send(letter(ANA, Content::PasswordChanged), Language::English).expect("kept");
    assert_eq!((world.code_for(ANA).await, world.code_for("ben@example.org").await), ("3".to_owned(), "2".to_owned()));
    assert_eq!(world.mailer.kept().len(), 4);
}

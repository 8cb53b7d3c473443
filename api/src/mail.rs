//! Letters on their way: taken at once, sent by SMTP after the answer.
//!
//! Taking a letter costs the same whether the mail server is quick, slow or away, so that nobody learns from the time an
//! answer takes whether there was something to send. A letter waits in memory, at most [`MOST_WAITING`] of them do, and
//! is tried three times over about a minute; whoever still got none asks again. A letter may arrive twice, when the mail
//! server's answer got lost: both have the same `Message-ID`.
//!
//! Each letter has a connection of its own: one that is kept has to be tried before it is used, and letters are rare.
//!
//! Deliberately absent: addresses, codes and what a mail server says (it may repeat the address) in the log. Development
//! without a mail server is the exception: there the log is where letters are read.

mod text;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::error::Error;
use domain::letter::Letter;
use lettre::address::Envelope;
use lettre::message::Mailbox;
use lettre::transport::smtp;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use secrecy::ExposeSecret;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::config::{Config, Smtp};
use crate::words::Language;

/// How many letters wait at most.
pub const MOST_WAITING: usize = 1_000;
/// How many are sent at the same time.
const AT_ONCE: usize = 4;
/// How long one try may take.
const TRIED_WITHIN: Duration = Duration::from_secs(10);
/// The pauses between the tries: one for a fault that passes, one for servers that want to be asked twice.
const PAUSES: [Duration; 2] = [Duration::from_secs(3), Duration::from_secs(50)];
/// How long a server that stops waits for letters on their way.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a client should wait when too many letters wait.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// Takes letters. Cheap to clone.
#[derive(Clone)]
pub struct Mailer(Way);

#[derive(Clone)]
enum Way {
    Smtp(Arc<Post>),
    Log,
    Memory(Arc<Mutex<VecDeque<Kept>>>),
}

/// A letter that was kept in memory.
#[derive(Clone)]
pub struct Kept {
    /// What was to be told, to whom.
    pub letter: Letter,
    /// In which language.
    pub language: Language,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
}

impl Mailer {
    /// As `config` says: by SMTP; without, into the log.
    ///
    /// # Errors
    /// What is wrong, and what to do. Outside of a tokio runtime there is nobody who could send.
    pub fn from_config(config: &Config) -> Result<Self, String> {
        match &config.smtp {
            Some(settings) => Ok(Self(Way::Smtp(Arc::new(Post::new(settings)?)))),
            None => Ok(Self(Way::Log)),
        }
    }

    /// Keeps the newest [`MOST_WAITING`] letters in memory and sends none: for tests, and for programs that embed the
    /// server and send letters their own way.
    pub fn in_memory() -> Self {
        Self(Way::Memory(Arc::default()))
    }

    /// Takes a letter, to be sent soon.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if too many wait already.
    pub fn send(&self, letter: Letter, language: Language) -> domain::error::Result<()> {
        match &self.0 {
            Way::Smtp(post) => post.take(letter, language),
            Way::Log => {
                print(&letter, language);
                Ok(())
            }
            Way::Memory(kept) => {
                keep(kept, letter, language);
                Ok(())
            }
        }
    }

    /// Sends a letter and waits until the mail server has it: for the command line.
    ///
    /// # Errors
    /// What is wrong, for whoever wrote the address: it may repeat it.
    pub async fn send_now(&self, letter: Letter, language: Language) -> Result<(), String> {
        match &self.0 {
            Way::Smtp(post) => post.send_now(&letter, language).await,
            Way::Log => {
                print(&letter, language);
                Ok(())
            }
            Way::Memory(kept) => {
                keep(kept, letter, language);
                Ok(())
            }
        }
    }

    /// The letters in memory, the newest last; none if it keeps none.
    pub fn kept(&self) -> Vec<Kept> {
        match &self.0 {
            Way::Memory(kept) => kept.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect(),
            Way::Smtp(_) | Way::Log => Vec::new(),
        }
    }

    /// Waits a few seconds for the letters that are on their way, and takes no more.
    pub async fn close(&self) {
        match &self.0 {
            Way::Smtp(post) => post.close().await,
            Way::Log | Way::Memory(_) => {}
        }
    }
}

/// Whether letters can be sent by this address.
pub(crate) fn is_relay(url: &str) -> bool {
    AsyncSmtpTransport::<Tokio1Executor>::from_url(url).is_ok()
}

/// Whether this is one mailbox, such as `Kith <hello@kith.example>`.
pub(crate) fn is_mailbox(text: &str) -> bool {
    !text.contains(char::is_control) && text.parse::<Mailbox>().is_ok()
}

fn print(letter: &Letter, language: Language) {
    let written = text::write(&letter.content, language);
    tracing::info!(
        to = letter.to,
        subject = written.subject,
        "a letter, not sent, because KITH_SMTP_URL is not set:\n\n{}",
        written.text
    );
}

fn keep(kept: &Mutex<VecDeque<Kept>>, letter: Letter, language: Language) {
    let text::Written { subject, text } = text::write(&letter.content, language);
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() == MOST_WAITING {
        kept.pop_front();
    }
    kept.push_back(Kept { letter, language, subject, text });
}

/// The way to a mail server.
struct Post {
    relay: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// Where letters are sent from: not a worker of the HTTP server, which ends before the last letters are sent.
    runtime: Handle,
    /// A place for each letter that waits or is being sent.
    places: Arc<Semaphore>,
    /// A turn for each that is being sent.
    turns: Semaphore,
}

impl Post {
    fn new(settings: &Smtp) -> Result<Self, String> {
        let relay = AsyncSmtpTransport::<Tokio1Executor>::from_url(settings.url.expose_secret())
            .map_err(|_| "KITH_SMTP_URL: this is not the address of a mail server".to_owned())?;
        let from = settings.from.parse().map_err(|cause| format!("KITH_MAIL_FROM: {cause}"))?;
        let runtime = Handle::try_current().map_err(|cause| format!("Letters cannot be sent: {cause}"))?;
        let (places, turns) = (Arc::new(Semaphore::new(MOST_WAITING)), Semaphore::new(AT_ONCE));
        Ok(Self { relay: relay.timeout(Some(TRIED_WITHIN)).build(), from, runtime, places, turns })
    }

    fn take(self: &Arc<Self>, letter: Letter, language: Language) -> domain::error::Result<()> {
        let Ok(place) = self.places.clone().try_acquire_owned() else {
            tracing::warn!(letter = letter.content.kind(), "too many letters wait: one was not taken");
            return Err(Error::Unavailable(RETRY_AFTER));
        };
        let post = self.clone();
        self.runtime.spawn(async move {
            post.deliver(&letter, language).await;
            drop(place);
        });
        Ok(())
    }

    async fn deliver(&self, letter: &Letter, language: Language) {
        let kind = letter.content.kind();
        let Ok((envelope, bytes)) = text::mime(&self.from, letter, language) else {
            return tracing::warn!(letter = kind, "a letter cannot be sent to such an address");
        };
        let mut pauses = PAUSES.into_iter();
        while let Err(failure) = self.attempt(&envelope, &bytes).await {
            match pauses.next() {
                Some(pause) if failure.may_pass() => tokio::time::sleep(pause).await,
                Some(_) | None => {
                    return tracing::warn!(letter = kind, cause = failure.cause(), "a letter was not sent");
                }
            }
        }
        tracing::debug!(letter = kind, "a letter was sent");
    }

    async fn send_now(&self, letter: &Letter, language: Language) -> Result<(), String> {
        let (envelope, bytes) = text::mime(&self.from, letter, language)?;
        self.attempt(&envelope, &bytes).await.map_err(|failure| match failure {
            Failure::Smtp(error) => format!("The mail server of KITH_SMTP_URL did not take the letter: {error}."),
            Failure::Late => format!("KITH_SMTP_URL: {}.", failure.cause()),
        })
    }

    async fn attempt(&self, envelope: &Envelope, bytes: &[u8]) -> Result<(), Failure> {
        let _turn = self.turns.acquire().await;
        match tokio::time::timeout(TRIED_WITHIN, self.relay.send_raw(envelope, bytes)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(Failure::Smtp(error)),
            Err(_) => Err(Failure::Late),
        }
    }

    async fn close(&self) {
        let all = u32::try_from(MOST_WAITING).unwrap_or(u32::MAX);
        if tokio::time::timeout(PATIENCE, self.places.acquire_many(all)).await.is_err() {
            let letters = MOST_WAITING - self.places.available_permits();
            tracing::warn!(letters, "the server stops before these letters were sent");
        }
        self.places.close();
    }
}

/// Why a letter could not be sent.
enum Failure {
    Late,
    Smtp(smtp::Error),
}

impl Failure {
    /// Whether it may go better next time.
    fn may_pass(&self) -> bool {
        match self {
            Self::Late => true,
            Self::Smtp(error) => !error.is_permanent() && !error.is_client(),
        }
    }

    /// What happened, for the log: of what the mail server says only the number.
    fn cause(&self) -> String {
        match self {
            Self::Late => format!("the mail server took more than {} s", TRIED_WITHIN.as_secs()),
            Self::Smtp(error) => match error.status() {
                Some(code) => format!("the mail server answered {code}"),
                None if error.is_response() => "the mail server's answer is not SMTP".to_owned(),
                None => error.to_string(),
            },
        }
    }
}

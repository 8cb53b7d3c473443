//! From what a letter tells to what is read: subject and text in the reader's language, and the form mail servers take.
//!
//! Letters are plain text: a code that can be read in every program, and nothing that is loaded when one is opened.
//! `Auto-Submitted` (RFC 3834) keeps answering machines from answering.
//!
//! Whatever a member wrote (the name of who invites) becomes one line first, so that it begins no line of its own.

use domain::error::Message;
use domain::letter::{CODE_LIVES, Content, INVITATION_LIVES, Letter};
use lettre::address::Envelope;
use lettre::message::header::{ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox};
use time::Date;
use uuid::Uuid;

use crate::words::{Language, say};

/// A letter's words.
pub(super) struct Written {
    pub(super) subject: String,
    pub(super) text: String,
}

/// The words of `content` in `language`.
pub(super) fn write(content: &Content, language: Language) -> Written {
    let (subject, text) = messages(content);
    Written { subject: line(&say(language, &subject)), text: format!("{}\n", say(language, &text).trim_end()) }
}

/// The letter as mail servers take it: whom it goes to, and its bytes.
pub(super) fn mime(from: &Mailbox, letter: &Letter, language: Language) -> Result<(Envelope, Vec<u8>), String> {
    let to = Some(&letter.to).filter(|to| !to.contains(char::is_control)).and_then(|to| to.parse().ok());
    let to = to.ok_or_else(|| format!("{:?} is not an e-mail address.", letter.to))?;
    let Written { subject, text } = write(&letter.content, language);
    let body = Body::new_with_encoding(text, ContentTransferEncoding::QuotedPrintable)
        .map_err(|_| "The letter's text cannot be encoded.".to_owned())?;
    let message = lettre::Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(subject)
        .message_id(Some(format!("<{}@{}>", Uuid::new_v4(), from.email.domain())))
        .header(AutoSubmitted)
        .header(ContentType::TEXT_PLAIN)
        .body(body)
        .map_err(|cause| format!("The letter cannot be written: {cause}."))?;
    Ok((message.envelope().clone(), message.formatted()))
}

/// `Auto-Submitted: auto-generated`: no person wrote this, and nobody waits for an answer.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The subject and the text.
fn messages(content: &Content) -> (Message, Message) {
    let minutes = CODE_LIVES.as_secs() / 60;
    match content {
        Content::SignInCode { code } => (
            Message::new("letter-sign-in-code-subject").with("code", code.as_str()),
            Message::new("letter-sign-in-code").with("code", code.as_str()).with("minutes", minutes),
        ),
        Content::OldAddressCode { code, new_address } => (
            Message::new("letter-old-address-code-subject").with("code", code.as_str()),
            Message::new("letter-old-address-code")
                .with("code", code.as_str())
                .with("address", line(new_address))
                .with("minutes", minutes),
        ),
        Content::NewAddressCode { code } => (
            Message::new("letter-new-address-code-subject").with("code", code.as_str()),
            Message::new("letter-new-address-code").with("code", code.as_str()).with("minutes", minutes),
        ),
        Content::AddressChanged { new_address } => (
            Message::new("letter-address-changed-subject"),
            Message::new("letter-address-changed").with("address", line(new_address)),
        ),
        Content::PasswordChanged => {
            (Message::new("letter-password-changed-subject"), Message::new("letter-password-changed"))
        }
        Content::Invitation { link, code, inviter } => invitation(link, code, inviter.as_deref()),
        Content::DeletionScheduled { at } => {
            (Message::new("letter-deletion-scheduled-subject"), deletion(at.to_datetime().date()))
        }
    }
}

fn invitation(link: &str, code: &str, inviter: Option<&str>) -> (Message, Message) {
    let days = INVITATION_LIVES.as_secs() / (24 * 60 * 60);
    match inviter.map(line) {
        Some(name) => (
            Message::new("letter-invitation-subject").with("name", name.as_str()),
            Message::new("letter-invitation")
                .with("name", name)
                .with("link", line(link))
                .with("code", code)
                .with("days", days),
        ),
        None => (
            Message::new("letter-first-invitation-subject"),
            Message::new("letter-first-invitation").with("link", line(link)).with("code", code).with("days", days),
        ),
    }
}

/// Each language makes a date of its own of the day's parts.
fn deletion(date: Date) -> Message {
    Message::new("letter-deletion-scheduled")
        .with("day", u32::from(date.day()))
        .with("month", u32::from(u8::from(date.month())))
        .with("year", date.year())
}

/// The same in one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

//! Text from outside, made fit to keep: trimmed, in Unicode's NFC form, within its length, without control characters.
//!
//! Every check is a function from the raw text to the clean one or a refusal, so that a value that exists has been
//! checked; [`Checks`] gathers refusals, because a form is more pleasant when all its faults are told at once.
//! Lengths are counted in Unicode scalar values.

use unicode_normalization::UnicodeNormalization;

use crate::error::{Code, Error, Message, Refusal, Result};

/// Gathers the refusals of one command's fields.
#[derive(Default)]
pub(crate) struct Checks(Vec<Refusal>);

impl Checks {
    /// The value, or `None` and the refusal remembered.
    pub(crate) fn take<T>(&mut self, checked: std::result::Result<T, Refusal>) -> Option<T> {
        checked.map_err(|refusal| self.0.push(refusal)).ok()
    }

    /// Remembers a refusal.
    pub(crate) fn refuse(&mut self, refusal: Refusal) {
        self.0.push(refusal);
    }

    /// Goes on if nothing was refused.
    pub(crate) fn finish(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Refused(self.0)) }
    }
}

type Checked<T> = std::result::Result<T, Refusal>;

fn invalid<T>(field: &'static str, message: Message) -> Checked<T> {
    Err(Refusal::of(field, Code::InvalidInput, message))
}

/// One line of at most `most` characters, white space folded; not empty.
pub(crate) fn line(field: &'static str, raw: &str, most: usize) -> Checked<String> {
    let clean: String = raw.nfc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    within(field, clean, most)
}

/// Text of at most `most` characters that may have several lines; not empty.
pub(crate) fn paragraph(field: &'static str, raw: &str, most: usize) -> Checked<String> {
    let clean = raw.nfc().collect::<String>().replace("\r\n", "\n").replace('\r', "\n");
    within(field, clean.trim().to_owned(), most)
}

fn within(field: &'static str, clean: String, most: usize) -> Checked<String> {
    if clean.is_empty() {
        return invalid(field, Message::new("empty"));
    }
    let length = clean.chars().count();
    if length > most {
        return invalid(field, Message::new("too-long").with("length", length).with("most", most));
    }
    if clean.chars().any(|c| c.is_control() && c != '\n') {
        return invalid(field, Message::new("control-characters"));
    }
    Ok(clean)
}

/// A handle: 3 to 40 of `a`-`z`, `0`-`9` and `-`, neither first nor last a hyphen; upper case is folded.
pub(crate) fn handle(field: &'static str, raw: &str) -> Checked<String> {
    let clean = raw.trim().trim_start_matches('@').to_ascii_lowercase();
    let fits = (3..=40).contains(&clean.len())
        && clean.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !clean.starts_with('-')
        && !clean.ends_with('-');
    if fits { Ok(clean) } else { invalid(field, Message::new("not-a-handle")) }
}

/// An e-mail address, folded to lower case: one `@`, something before it, a dotted name after it, at most 254 bytes
/// (RFC 5321, 4.5.3.1). Whether it exists only a message to it can tell.
pub(crate) fn email(field: &'static str, raw: &str) -> Checked<String> {
    let clean = raw.trim().nfc().collect::<String>().to_lowercase();
    let fits = clean.len() <= 254
        && !clean.chars().any(|c| c.is_whitespace() || c.is_control())
        && matches!(clean.split_once('@'), Some((local, domain))
            if !local.is_empty() && !domain.contains('@') && domain.split('.').count() > 1 && domain.split('.').all(|label| !label.is_empty()));
    if fits { Ok(clean) } else { invalid(field, Message::new("not-an-email")) }
}

/// A telephone number after E.164: `+`, then 8 to 15 digits; spaces, dots, hyphens and brackets are dropped.
pub(crate) fn phone(field: &'static str, raw: &str) -> Checked<String> {
    let clean: String = raw.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '(' | ')')).collect();
    let digits = clean.strip_prefix('+').unwrap_or_default();
    if (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
        Ok(clean)
    } else {
        invalid(field, Message::new("not-a-phone-number"))
    }
}

/// An `https` address of at most 500 characters.
pub(crate) fn https_url(field: &'static str, raw: &str) -> Checked<String> {
    let clean = raw.trim();
    let rest = clean.strip_prefix("https://").unwrap_or_default();
    let fits = clean.len() <= 500
        && rest.starts_with(|c: char| c.is_ascii_alphanumeric())
        && clean
            .chars()
            .all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}'));
    if fits { Ok(clean.to_owned()) } else { invalid(field, Message::new("not-an-https-address")) }
}

/// The form in which skills and places are compared: lower case, one space between words.
pub fn key(text: &str) -> String {
    text.nfkc().collect::<String>().to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A list of texts as the database keeps it: as JSON.
pub(crate) fn of_lines(lines: &[String]) -> String {
    serde_json::to_string(lines).unwrap_or_default()
}

/// The list of texts that [`of_lines`] kept.
pub(crate) fn lines_of(kept: &str) -> Vec<String> {
    serde_json::from_str(kept).unwrap_or_default()
}

/// The form in which searches compare text: that of [`key`], without accents.
pub(crate) fn folded(text: &str) -> String {
    key(&text.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).collect::<String>())
}

/// The form in which a member's own words are compared: lower case, letters and digits only, one space between words.
/// After NFKC, so that no look-alike width or ligature makes a copy look like one's own.
pub(crate) fn words(text: &str) -> String {
    let letters = text.nfkc().flat_map(char::to_lowercase).map(|c| if c.is_alphanumeric() { c } else { ' ' });
    letters.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A date after RFC 3339, such as `2026-11-25`.
pub(crate) fn date(field: &'static str, raw: &str) -> Checked<String> {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    match time::Date::parse(raw.trim(), &format) {
        Ok(date) if date.year() >= 1900 => Ok(raw.trim().to_owned()),
        _ => invalid(field, Message::new("not-a-date")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_and_bounded() {
        assert_eq!(line("name", "  Ana \n  Ruiz ", 40), Ok("Ana Ruiz".to_owned()));
        assert_eq!(line("name", "e\u{301}", 1), Ok("é".to_owned()));
        assert!(line("name", " \t ", 40).is_err());
        assert!(line("name", "abcd", 3).is_err());
        assert!(line("name", "a\u{0}b", 40).is_err());
    }

    #[test]
    fn paragraphs_keep_their_lines() {
        assert_eq!(paragraph("bio", " a\r\nb ", 10), Ok("a\nb".to_owned()));
    }

    #[test]
    fn handles_addresses_and_numbers_have_one_form() {
        assert_eq!(handle("handle", "@Ana-Ruiz"), Ok("ana-ruiz".to_owned()));
        for wrong in ["ab", "-ab", "ab-", "a b", "ünal", &"a".repeat(41)] {
            assert!(handle("handle", wrong).is_err(), "{wrong}");
        }
        assert_eq!(email("email", " Ana@Example.ORG "), Ok("ana@example.org".to_owned()));
        for wrong in ["ana", "@example.org", "ana@example", "ana@@example.org", "a na@example.org", "ana@example..org"]
        {
            assert!(email("email", wrong).is_err(), "{wrong}");
        }
        assert_eq!(phone("phone", "+33 (1) 23.45-67 89"), Ok("+33123456789".to_owned()));
        for wrong in ["0123456789", "+", "+1234567", "+1234567890123456", "+12345abc9"] {
            assert!(phone("phone", wrong).is_err(), "{wrong}");
        }
        for wrong in ["http://example.org", "javascript:alert(1)", "https://", "https://a b", "https://a\"b"] {
            assert!(https_url("avatarUrl", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn equal_skills_have_equal_keys() {
        assert_eq!(key("Bike  Repair"), key("bike repair"));
        assert_eq!(key("ÉTUDE"), key("étude"));
    }
}

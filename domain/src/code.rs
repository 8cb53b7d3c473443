//! Codes people hand on: readable, hard to guess, and kept as fingerprints only.
//!
//! The letters are Crockford's base 32, which leaves out those that look like digits, so that a code survives being
//! read aloud and typed from paper. It has far more bits than anybody can try, so one round of SHA-256 is enough: a slow
//! hash helps against guessable secrets.

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of a code, five bits each: 140.
pub(crate) const LENGTH: usize = 28;
/// Letters of a group.
const GROUP: usize = 4;

/// A new code, made by chance.
pub(crate) fn fresh() -> String {
    of_bytes(&rand::random())
}

/// The code that these bytes make, of which each gives a letter.
pub(crate) fn of_bytes(bytes: &[u8; LENGTH]) -> String {
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    letters.chunks(GROUP).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// A handle for somebody, or something, that chose none: of its name, and so many letters that it will be free.
pub(crate) fn handle_of(name: &str, nameless: &str) -> String {
    let end: String = fresh().chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    format!("{}-{}", stem_of(name, nameless), end.to_ascii_lowercase())
}

/// What a handle made of a name begins with: at most 24 letters.
pub(crate) fn stem_of(name: &str, nameless: &str) -> String {
    // Accents are taken off their letters, and go.
    let bare = name.nfkd().filter(|c| c.is_ascii_alphanumeric() || c.is_whitespace() || *c == '-');
    let bare: String = bare.take(24).collect::<String>().to_ascii_lowercase();
    let words: Vec<&str> = bare.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { nameless.to_owned() } else { words.join("-") }
}

/// What the database keeps of a code, however it was typed: SHA-256 of its letters, in hexadecimal.
pub(crate) fn fingerprint(code: &str) -> String {
    let letters = code.chars().filter(char::is_ascii_alphanumeric).map(|c| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        letter => letter,
    });
    hex(&Sha256::digest(letters.collect::<String>()))
}

/// The same of a code that may be typed, or come with its whole link.
pub(crate) fn fingerprint_of_link(typed: &str) -> String {
    fingerprint(typed.trim().trim_end_matches('/').rsplit('/').next().unwrap_or_default())
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_the_same_however_it_is_typed() {
        let code = fresh();
        assert_eq!(code.len(), LENGTH + LENGTH / GROUP - 1);
        assert_eq!(fingerprint(&code.to_lowercase().replace('-', " ")), fingerprint(&code));
        assert_eq!(fingerprint("OIL1"), fingerprint("0111"));
        assert_ne!(fingerprint(&fresh()), fingerprint(&code));
    }
}

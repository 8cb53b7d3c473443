//! Claim codes: readable, hard to guess, and kept as fingerprints only.
//!
//! The letters are Crockford's base 32, which leaves out those that look like digits, so that a code survives being
//! read aloud and typed from paper. It has far more bits than anybody can try, so one round of SHA-256 is enough: a slow
//! hash helps against guessable secrets.

use sha2::{Digest, Sha256};

const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of a code, five bits each.
const LENGTH: usize = 28;
/// Letters of a group.
const GROUP: usize = 4;

/// A new code.
pub(super) fn fresh() -> String {
    let chance: [u8; LENGTH] = rand::random();
    let letters: Vec<char> = chance.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    letters.chunks(GROUP).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// What the database keeps of a code, however it was typed: SHA-256 of its letters, in hexadecimal.
pub(super) fn fingerprint(code: &str) -> String {
    let letters = code.chars().filter(char::is_ascii_alphanumeric).map(|c| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        letter => letter,
    });
    Sha256::digest(letters.collect::<String>()).iter().map(|byte| format!("{byte:02x}")).collect()
}

//! Codes people hand on: readable, hard to guess, and kept as fingerprints only.
//!
//! The letters are Crockford's base 32, which leaves out those that look like digits, so that a code survives being
//! read aloud and typed from paper. It has far more bits than anybody can try, so one round of SHA-256 is enough: a slow
//! hash helps against guessable secrets.

use sha2::{Digest, Sha256};

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

/// What the database keeps of a code, however it was typed: SHA-256 of its letters, in hexadecimal.
pub(crate) fn fingerprint(code: &str) -> String {
    let letters = code.chars().filter(char::is_ascii_alphanumeric).map(|c| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        letter => letter,
    });
    hex(&Sha256::digest(letters.collect::<String>()))
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

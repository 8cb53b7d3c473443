//! What an access token looks like: `kith_pat_`, 33 letters of chance (165 bits), and 6 that check them.
//!
//! The prefix lets scanners of code and logs find a token that leaked, and the check lets them, and us, tell one from a
//! string that only looks like it without asking a database, as GitHub's tokens do. The letters are Crockford's base 32
//! in lower case, which no font makes alike.

use sha2::{Digest, Sha256};

/// What every token begins with.
const PREFIX: &str = "kith_pat_";
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Letters of chance, five bits each.
const CHANCE: usize = 33;
/// Letters of the check.
const CHECK: usize = 6;

/// A new token.
pub(super) fn fresh() -> String {
    let (some, more): ([u8; 32], u8) = (rand::random(), rand::random());
    let body: String = some.into_iter().chain([more]).map(letter).collect();
    let check = check(&body);
    format!("{PREFIX}{body}{check}")
}

/// Whether a bearer's token is meant to be one of these.
pub fn is_meant(token: &str) -> bool {
    token.starts_with(PREFIX)
}

/// Whether a token can be one of ours: it is whole, and its check is right.
pub(super) fn is_whole(token: &str) -> bool {
    let Some(rest) = token.strip_prefix(PREFIX) else { return false };
    rest.len() == CHANCE + CHECK && rest.is_ascii() && check(&rest[..CHANCE]) == rest[CHANCE..]
}

/// How it ends, by which people tell one from another.
pub(super) fn last_four(token: &str) -> String {
    let end: Vec<char> = token.chars().rev().take(4).collect();
    end.into_iter().rev().collect()
}

fn check(body: &str) -> String {
    Sha256::digest(format!("{PREFIX}{body}")).iter().take(CHECK).copied().map(letter).collect()
}

fn letter(byte: u8) -> char {
    char::from(LETTERS[usize::from(byte % 32)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_whole_until_a_letter_of_it_is_changed() {
        let token = fresh();
        assert_eq!(token.len(), PREFIX.len() + CHANCE + CHECK);
        assert!(is_whole(&token) && is_meant(&token));
        assert!(token.ends_with(&last_four(&token)));
        for at in PREFIX.len()..PREFIX.len() + CHANCE + CHECK {
            let mut other = token.clone().into_bytes();
            other[at] = if other[at] == b'7' { b'8' } else { b'7' };
            assert!(!is_whole(&String::from_utf8(other).expect("ASCII")), "letter {at}");
        }
        for wrong in
            ["", "kith_pat_", &token[..token.len() - 1], &format!("{token}0"), &token.to_uppercase(), "kith_pat_ä"]
        {
            assert!(!is_whole(wrong), "{wrong}");
        }
    }

    #[test]
    fn no_token_is_made_twice() {
        let made: std::collections::HashSet<String> = (0..1_000).map(|_| fresh()).collect();
        assert_eq!(made.len(), 1_000);
    }
}

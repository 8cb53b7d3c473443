//! What only the service knows, and what is made of it: codes and tokens that need not be kept to be recognised.
//!
//! Everything is an HMAC-SHA256 (RFC 2104) over a purpose and what the thing belongs to, so that nothing made for one
//! purpose is good for another. The keys are a list, as those of access tokens are: the first makes, all recognise, so
//! that they can be changed without signing anybody out.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::code;

/// The keys. Not printable.
#[derive(Clone)]
pub struct Secrets(Arc<[[u8; 32]]>);

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(..)")
    }
}

/// What a secret is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Refresh,
    SignInCode,
    OldAddress,
    NewAddress,
    Invitation,
    Handshake,
    ExportAddress,
    Calendar,
    MapAddress,
    Limit,
    Webhook,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Refresh => b"kith/refresh/1",
            Self::SignInCode => b"kith/sign-in-code/1",
            Self::OldAddress => b"kith/old-address/1",
            Self::NewAddress => b"kith/new-address/1",
            Self::Invitation => b"kith/invitation/1",
            Self::Handshake => b"kith/handshake/1",
            Self::ExportAddress => b"kith/export-address/1",
            Self::Calendar => b"kith/calendar/1",
            Self::MapAddress => b"kith/map-address/1",
            Self::Limit => b"kith/limit/1",
            Self::Webhook => b"kith/webhook/1",
        }
    }
}

impl Secrets {
    /// Keys derived from these seeds; without any, one made by chance, which lasts as long as the process.
    pub fn new(seeds: &[[u8; 32]]) -> Self {
        let derive = |seed: &[u8; 32]| mac(seed, &[b"kith/secrets/1"]);
        match seeds {
            [] => Self(Arc::new([rand::random()])),
            seeds => Self(seeds.iter().map(derive).collect()),
        }
    }

    /// What the first key makes of `parts`.
    pub(crate) fn make(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        self.all(purpose, parts).into_iter().next().unwrap_or_default()
    }

    /// What each key makes of `parts`, the first key first.
    pub(crate) fn all(&self, purpose: Purpose, parts: &[&[u8]]) -> Vec<[u8; 32]> {
        // Lengths go in as well, so that no two lists of parts look alike.
        let lengths: Vec<[u8; 8]> = parts.iter().map(|part| (part.len() as u64).to_be_bytes()).collect();
        let mut input: Vec<&[u8]> = vec![purpose.label()];
        for (length, part) in lengths.iter().zip(parts) {
            input.push(length);
            input.push(part);
        }
        self.0.iter().map(|key| mac(key, &input)).collect()
    }

    /// By what the first key is known, where it must be found again later.
    pub(crate) fn print(&self) -> String {
        self.0.first().map(print_of).unwrap_or_default()
    }

    /// What the key known by `print` makes of `parts`, if it is still among the keys.
    pub(crate) fn make_by(&self, print: &str, purpose: Purpose, parts: &[&[u8]]) -> Option<[u8; 32]> {
        let at = self.0.iter().position(|key| print_of(key) == print)?;
        self.all(purpose, parts).into_iter().nth(at)
    }

    /// Six digits that stand for `id`.
    pub(crate) fn digits(&self, purpose: Purpose, id: Uuid) -> String {
        six(self.make(purpose, &[id.as_bytes()]))
    }

    /// Whether these six digits stand for `id`.
    pub(crate) fn are_digits(&self, purpose: Purpose, id: Uuid, typed: &str) -> bool {
        let typed: String = typed.chars().filter(char::is_ascii_digit).collect();
        let made = self.all(purpose, &[id.as_bytes()]);
        made.into_iter().fold(false, |found, made| found | equal(six(made).as_bytes(), typed.as_bytes()))
    }

    /// The code that stands for `id`, for people to hand on.
    pub(crate) fn code(&self, purpose: Purpose, id: Uuid) -> String {
        letters(self.make(purpose, &[id.as_bytes()]))
    }

    /// The code that stands for `id` and has this fingerprint, whichever key made it.
    pub(crate) fn code_of(&self, purpose: Purpose, id: Uuid, fingerprint: &str) -> Option<String> {
        self.all(purpose, &[id.as_bytes()]).into_iter().map(letters).find(|code| code::fingerprint(code) == fingerprint)
    }
}

fn print_of(key: &[u8; 32]) -> String {
    code::hex(&mac(key, &[b"kith/key-print/1"])[..8])
}

/// HMAC-SHA256 by a key that is not the service's.
pub(crate) fn sign(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    mac(key, parts)
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

fn six(made: [u8; 32]) -> String {
    let number = u64::from_be_bytes([made[0], made[1], made[2], made[3], made[4], made[5], made[6], made[7]]);
    format!("{:06}", number % 1_000_000)
}

fn letters(made: [u8; 32]) -> String {
    let mut bytes = [0; code::LENGTH];
    bytes.copy_from_slice(&made[..code::LENGTH]);
    code::of_bytes(&bytes)
}

/// Whether two secrets are equal, in a time that does not tell where they differ.
pub(crate) fn equal(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// What the database keeps of a token: SHA-256, in hexadecimal.
pub(crate) fn hash(token: &[u8]) -> String {
    code::hex(&Sha256::digest(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_key_makes_and_all_recognise() {
        let (old, new) = (Secrets::new(&[[1; 32]]), Secrets::new(&[[2; 32], [1; 32]]));
        let id = Uuid::now_v7();
        let digits = old.digits(Purpose::SignInCode, id);
        assert!(new.are_digits(Purpose::SignInCode, id, &digits));
        assert!(new.are_digits(Purpose::SignInCode, id, &format!(" {} {}", &digits[..3], &digits[3..])));
        assert!(!Secrets::new(&[[3; 32]]).are_digits(Purpose::SignInCode, id, &digits));
        let code = old.code(Purpose::Invitation, id);
        assert_eq!(new.code_of(Purpose::Invitation, id, &code::fingerprint(&code)), Some(code.clone()));
        assert_eq!(new.code_of(Purpose::Handshake, id, &code::fingerprint(&code)), None, "made for something else");
    }

    #[test]
    fn a_key_is_found_again_by_its_print() {
        let (old, new) = (Secrets::new(&[[1; 32]]), Secrets::new(&[[2; 32], [1; 32]]));
        let made = old.make(Purpose::Webhook, &[b"a"]);
        assert_eq!(new.make_by(&old.print(), Purpose::Webhook, &[b"a"]), Some(made));
        assert_ne!(new.print(), old.print());
        assert_eq!(Secrets::new(&[[2; 32]]).make_by(&old.print(), Purpose::Webhook, &[b"a"]), None);
    }

    #[test]
    fn parts_cannot_be_shifted_into_one_another() {
        let secrets = Secrets::new(&[[1; 32]]);
        assert_ne!(secrets.make(Purpose::Limit, &[b"ab", b"c"]), secrets.make(Purpose::Limit, &[b"a", b"bc"]));
    }
}

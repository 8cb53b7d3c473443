//! Letters: what somebody must be told by e-mail, decided where the rule is, written and sent by the API.
//!
//! A command returns its letters along with what it did, so that one is sent only after the commit. A letter says what
//! has happened, not in which words: those are the reader's language's. Neither a letter nor its content prints an
//! address or a code, so that a line of the log cannot give one away.
//!
//! Deliberately absent: letters that wait in the database. Codes would stand in it, and whoever gets none asks again.

use std::fmt;
use std::time::Duration;

use crate::ctx::Timestamp;
use crate::policy;

/// How long a code that was sent by letter is good for.
pub const CODE_LIVES: Duration = policy::CODE_LASTS;
/// How long an invitation is good for.
pub const INVITATION_LIVES: Duration = policy::INVITATION_LASTS;

/// Something to be told to one reader.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// The reader's e-mail address.
    pub to: String,
    /// What they are told.
    pub content: Content,
}

/// What a letter tells.
#[derive(Clone, PartialEq, Eq)]
pub enum Content {
    /// The code that signs the reader in; good for [`CODE_LIVES`].
    SignInCode {
        /// The code.
        code: String,
    },
    /// To the address an account has: the code that lets it change; good for [`CODE_LIVES`].
    OldAddressCode {
        /// The code.
        code: String,
        /// The address the account is to have.
        new_address: String,
    },
    /// To the address an account is to have: the code that shows who reads it; good for [`CODE_LIVES`].
    NewAddressCode {
        /// The code.
        code: String,
    },
    /// To the address an account had: it has another one now.
    AddressChanged {
        /// The address the account has now.
        new_address: String,
    },
    /// A password was set, changed or taken away.
    PasswordChanged,
    /// An invitation to join; good for [`INVITATION_LIVES`].
    Invitation {
        /// Where the invitation opens. The API fills it in, which knows addresses.
        link: String,
        /// The code, for those who type it.
        code: String,
        /// The name of the member who invites; none if it is whoever runs the service.
        inviter: Option<String>,
    },
    /// The account will be deleted, unless the reader signs in before.
    DeletionScheduled {
        /// When.
        at: Timestamp,
    },
}

impl Content {
    /// What kind of letter it is, for the log.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::SignInCode { .. } => "SignInCode",
            Self::OldAddressCode { .. } => "OldAddressCode",
            Self::NewAddressCode { .. } => "NewAddressCode",
            Self::AddressChanged { .. } => "AddressChanged",
            Self::PasswordChanged => "PasswordChanged",
            Self::Invitation { .. } => "Invitation",
            Self::DeletionScheduled { .. } => "DeletionScheduled",
        }
    }

    /// The code it brings, if it brings one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::SignInCode { code }
            | Self::OldAddressCode { code, .. }
            | Self::NewAddressCode { code }
            | Self::Invitation { code, .. } => Some(code),
            Self::AddressChanged { .. } | Self::PasswordChanged | Self::DeletionScheduled { .. } => None,
        }
    }
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter").field("content", &self.content).finish_non_exhaustive()
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_prints_neither_address_nor_code() {
        let code = "271828".to_owned();
        let content = Content::OldAddressCode { code, new_address: "new@example.org".to_owned() };
        let letter = Letter { to: "ana@example.org".to_owned(), content };
        assert_eq!(format!("{letter:?}"), "Letter { content: OldAddressCode, .. }");
    }
}

//! What an access token may be good for: each scope opens one part of one community, to read or to write.
//!
//! A token is kept with the names of its scopes, with spaces between, as OAuth 2.0 writes them (RFC 6749, 3.3).
//!
//! Deliberately absent: which field needs which scope, which is the API's to say, and scopes that open what is between
//! two members: ties, introductions, asks and conversations are no partner's.

use sea_orm::Iterable;

/// One part of a community, to read or to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sea_orm::EnumIter)]
pub enum Scope {
    /// Reads the community itself, with its charter.
    CommunityRead,
    /// Reads who belongs to the community, with what they say of themselves.
    RosterRead,
    /// Invites people by the partner's own list, and ends the memberships that came of it.
    RosterWrite,
    /// Reads goals and how far they are.
    GoalsRead,
    /// Reads gatherings.
    GatheringsRead,
    /// Reads the health report.
    HealthRead,
}

impl Scope {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CommunityRead => "COMMUNITY_READ",
            Self::RosterRead => "ROSTER_READ",
            Self::RosterWrite => "ROSTER_WRITE",
            Self::GoalsRead => "GOALS_READ",
            Self::GatheringsRead => "GATHERINGS_READ",
            Self::HealthRead => "HEALTH_READ",
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scopes(u8);

impl Scopes {
    /// Whether the scope is among them.
    pub fn have(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in the order in which they are declared.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::iter().filter(move |scope| self.have(*scope))
    }

    /// As they are kept.
    pub(crate) fn to_text(self) -> String {
        self.iter().map(Scope::as_str).collect::<Vec<_>>().join(" ")
    }

    /// Those kept in `text`. A name that is no longer known grants nothing.
    pub(crate) fn of_text(text: &str) -> Self {
        let named = |name: &str| Scope::iter().find(|scope| scope.as_str() == name);
        text.split(' ').filter_map(named).collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<T: IntoIterator<Item = Scope>>(scopes: T) -> Self {
        Self(scopes.into_iter().fold(0, |all, scope| all | scope.bit()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_set_reads_back_as_it_was_kept(bits in 0u8..64) {
            let scopes: Scopes = Scope::iter().filter(|scope| bits & scope.bit() != 0).collect();
            prop_assert_eq!(Scopes::of_text(&scopes.to_text()), scopes);
            prop_assert_eq!(scopes.is_empty(), bits == 0);
        }
    }

    #[test]
    fn what_is_not_known_grants_nothing() {
        assert_eq!(Scopes::of_text("ROSTER_READ EVERYTHING  goals_read"), [Scope::RosterRead].into_iter().collect());
        assert!(Scopes::of_text("").is_empty());
    }
}

//! Who asks, when, and with what: the first argument of every operation.
//!
//! `now` is taken once a request, here and nowhere else, so that all facts of one operation are judged at one moment
//! and a test can move the clock. Jobs and commands are callers too: they come as [`Viewer::System`].

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sea_orm::{DeriveActiveEnum, DeriveValueType, EnumIter};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::Kith;
use crate::error::{self, Error};
use crate::id::{AccessTokenId, CommunityId, MemberId, SessionId};
use crate::scope::{Scope, Scopes};

/// A moment: microseconds since 1970-01-01T00:00:00Z, as both databases store it and sort it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType, Serialize, Deserialize)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The moment `length` after this one.
    pub fn after(self, length: Duration) -> Self {
        Self(self.0.saturating_add(micros(length)))
    }

    /// The moment `length` before this one.
    pub fn before(self, length: Duration) -> Self {
        Self(self.0.saturating_sub(micros(length)))
    }

    /// The same moment as a date and time in UTC; the end of time where it does not fit.
    pub fn to_datetime(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1000)
            .unwrap_or(time::macros::datetime!(9999-12-31 23:59:59 UTC))
    }
}

fn micros(length: Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX)
}

/// `days` whole days.
pub const fn days(days: u64) -> Duration {
    Duration::from_secs(days * 24 * 60 * 60)
}

/// Where "now" comes from: the system's clock, plus what a test has added to it.
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<AtomicI64>);

impl Clock {
    /// This moment.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    pub fn now(&self) -> Timestamp {
        let system = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1000;
        let system = i64::try_from(system).unwrap_or(i64::MAX);
        Timestamp(system.saturating_add(self.0.load(Ordering::Relaxed)))
    }

    /// Lets `length` pass at once, for all who share this clock.
    pub fn advance(&self, length: Duration) {
        self.0.fetch_add(micros(length), Ordering::Relaxed);
    }
}

/// Who is asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Somebody without a token.
    Anonymous,
    /// A member, active when the request began.
    Member(MemberId),
    /// A partner, by an access token that was good when the request began.
    Partner(Grant),
    /// The service itself: a job, or an operator at the command line.
    System,
}

/// What an access token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Which token.
    pub token: AccessTokenId,
    /// The one community it lets in to.
    pub community: CommunityId,
    /// What of it.
    pub scopes: Scopes,
}

impl Grant {
    /// Goes on if the token has this scope.
    ///
    /// # Errors
    /// [`Error::ScopeMissing`].
    pub(crate) fn allows(&self, scope: Scope) -> error::Result<()> {
        if self.scopes.have(scope) { Ok(()) } else { Err(Error::ScopeMissing(Some(scope))) }
    }
}

/// Who really acts when a member asks something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acting {
    /// They themselves.
    Themselves,
    /// An operator, who supports them.
    Operator,
}

/// The app and the machine a request comes from, as far as they say. Nothing here is proven: it is shown, never trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// What the app calls itself, such as `kith-ios`.
    pub name: Option<String>,
    /// The app's version.
    pub version: Option<String>,
    /// What the software that speaks HTTP calls itself.
    pub user_agent: Option<String>,
    /// The address it asks from.
    pub address: Option<IpAddr>,
}

impl Client {
    /// What the app runs on, by the end of its name.
    pub fn platform(&self) -> Platform {
        let name = self.name.as_deref().unwrap_or_default().to_ascii_lowercase();
        let named = [("ios", Platform::Ios), ("android", Platform::Android), ("web", Platform::Web)];
        named.into_iter().find(|(end, _)| name.ends_with(end)).map_or(Platform::Other, |(_, platform)| platform)
    }
}

/// What an app runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Platform {
    /// An iPhone or an iPad.
    #[sea_orm(string_value = "IOS")]
    Ios,
    /// An Android device.
    #[sea_orm(string_value = "ANDROID")]
    Android,
    /// A browser.
    #[sea_orm(string_value = "WEB")]
    Web,
    /// Anything else, or it does not say.
    #[sea_orm(string_value = "OTHER")]
    Other,
}

/// What makes a command the same as one that came before, for one viewer: the retry of a lost answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryKey {
    /// The key the client gave, of 1 to 255 visible ASCII characters.
    pub key: String,
    /// Which command, by the name that clients know.
    pub command: String,
    /// The SHA-256 of the command's input.
    pub input: [u8; 32],
}

/// The caller, the moment and the shared handles of one operation.
#[derive(Clone)]
pub struct Ctx {
    /// The database, the caches and the clock.
    pub kith: Kith,
    /// Who is asking.
    pub viewer: Viewer,
    /// When: the one "now" of the operation.
    pub now: Timestamp,
    /// The session their token belongs to.
    pub session: Option<SessionId>,
    /// Whether it is really they who ask.
    pub acting: Acting,
    /// What they ask with.
    pub client: Arc<Client>,
    /// By what a retry of this one command is known, if the client wants that.
    pub retry: Option<Arc<RetryKey>>,
}

impl Ctx {
    /// The context of `viewer`, now.
    pub fn new(kith: &Kith, viewer: Viewer) -> Self {
        Self {
            kith: kith.clone(),
            viewer,
            now: kith.clock.now(),
            session: None,
            acting: Acting::Themselves,
            client: Arc::default(),
            retry: None,
        }
    }

    /// The same, asked in `session`.
    pub fn in_session(self, session: SessionId) -> Self {
        Self { session: Some(session), ..self }
    }

    /// The same, asked by an operator who acts for the viewer.
    pub fn by_operator(self) -> Self {
        Self { acting: Acting::Operator, ..self }
    }

    /// The same, asked with `client`.
    pub fn from_client(self, client: Client) -> Self {
        Self { client: Arc::new(client), ..self }
    }

    /// The same, for the one command that `retry` is the key of.
    pub fn with_retry(self, retry: Option<RetryKey>) -> Self {
        Self { retry: retry.map(Arc::new), ..self }
    }

    /// The network the request comes from: an IPv4 address, or the first 64 bits of an IPv6 one, which is what one
    /// household has (RFC 6177).
    pub(crate) fn network(&self) -> String {
        match self.client.address.map(|address| address.to_canonical()) {
            Some(IpAddr::V6(address)) => format!("{:?}", &address.segments()[..4]),
            Some(address) => address.to_string(),
            None => String::new(),
        }
    }

    /// The member who asks.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if it is not a member, [`Error::ScopeMissing`] if it is a partner: what only members may
    /// do is behind this, so a partner gets nothing that does not expect one.
    pub fn me(&self) -> error::Result<MemberId> {
        match self.viewer {
            Viewer::Member(id) => Ok(id),
            Viewer::Partner(_) => Err(Error::ScopeMissing(None)),
            Viewer::Anonymous | Viewer::System => Err(Error::Unauthenticated),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_apps_name_says_what_it_runs_on() {
        for (name, platform) in [
            (Some("kith-ios"), Platform::Ios),
            (Some("Kith iOS"), Platform::Ios),
            (Some("kith-android"), Platform::Android),
            (Some("kith.WEB"), Platform::Web),
            (Some("web-crawler"), Platform::Other),
            (Some(""), Platform::Other),
            (None, Platform::Other),
        ] {
            let client = Client { name: name.map(str::to_owned), ..Client::default() };
            assert_eq!(client.platform(), platform, "{name:?}");
        }
    }
}

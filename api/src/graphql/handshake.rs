//! Handshakes on the wire: two phones meet.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use domain::handshake::{self, Scan};
use domain::tie;

use super::context::ContextExt;
use super::error::{Result, UserError, outcome};
use super::loaders::TieKey;
use super::payload::payload;
use super::scalar::{DateTime, GlobalId, Url};
use super::tie::{Tie, TieContext, TieEdge};

/// A single-use code that the viewer shows to somebody in front of them.
#[derive(Clone)]
pub(crate) struct Handshake(pub(crate) handshake::Handshake);

/// Where a handshake stands. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::handshake::HandshakeState")]
pub(crate) enum HandshakeState {
    /// It can be scanned.
    Open,
    /// It was scanned.
    Used,
    /// Nobody has scanned it in time, as far as is known.
    Expired,
}

/// A handshake of the viewer's: good once, for 5 minutes. What a phone that was offline has scanned in that time it may
/// hand in for 48 hours more.
#[Object]
impl Handshake {
    /// Opaque, stable, unique over all types.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_global()
    }

    /// The code, to read out or type; null unless the handshake is open.
    async fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// What to show as a QR code: a link that the app opens, and that explains itself in a browser; null unless the
    /// handshake is open.
    async fn url(&self, gql: &Context<'_>) -> Result<Option<Url>> {
        let base = &gql.state()?.config.public_url;
        Ok(self.0.code.as_ref().map(|code| Url(format!("{base}/h/{code}"))))
    }

    /// Where it stands.
    async fn state(&self) -> HandshakeState {
        self.0.state.into()
    }

    /// The tie it made; null before, and if whoever scanned it has no account yet.
    async fn tie(&self, gql: &Context<'_>) -> Result<Option<Tie>> {
        match self.0.tie {
            Some(id) => Ok(gql.loaders()?.load_one(TieKey(id)).await?.map(Tie)),
            None => Ok(None),
        }
    }

    /// When it was opened.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it can be scanned no longer.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }
}

/// How the viewer knows whoever will scan the code.
#[derive(InputObject)]
pub(crate) struct OpenHandshakeInput {
    /// How the two know each other.
    context: TieContext,
    /// The same in words: at most 300 characters. The other reads it.
    note: Option<String>,
}

/// The handshake after it was opened.
#[derive(SimpleObject)]
pub(crate) struct OpenHandshakePayload {
    /// The handshake; null if it was refused.
    handshake: Option<Handshake>,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<UserError>,
}

/// What the viewer's phone has scanned.
#[derive(InputObject)]
pub(crate) struct CompleteHandshakeInput {
    /// The code, or the whole link, as it was scanned or typed.
    code: String,
    /// When the phone scanned it, if it was offline then: within the code's five minutes, and told within 48 hours. Then
    /// whoever showed the code is asked to confirm.
    met_at: Option<DateTime>,
}

payload! {
    /// The tie of the two who met.
    CompleteHandshakePayload of tie::Tie {
        /// The tie; null if it was refused.
        tie: Tie,
        /// The tie as an edge of `viewer.ties`, to put into a list; null if it was refused.
        tie_edge: TieEdge
    }
}

/// What members do when they meet.
#[derive(Default)]
pub(crate) struct HandshakeMutation;

#[Object]
impl HandshakeMutation {
    /// Makes a code for somebody in front of the viewer to scan: by showing it, the viewer says to know them.
    async fn open_handshake(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How the two know each other.")] input: OpenHandshakeInput,
    ) -> Result<OpenHandshakePayload> {
        let opened = handshake::open(gql.ctx()?, input.context.into(), input.note.as_deref()).await;
        let (opened, user_errors) = outcome(gql, opened)?;
        Ok(OpenHandshakePayload { handshake: opened.map(Handshake), user_errors })
    }

    /// Hands in a code that the viewer has scanned. In time, the two are tied in person at once; a tie they had already
    /// rests on the meeting from then on. Later, whoever showed the code is asked.
    async fn complete_handshake(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "What was scanned.")] input: CompleteHandshakeInput,
    ) -> Result<CompleteHandshakePayload> {
        let scan = Scan { code: input.code, met_at: input.met_at.map(|at| at.0) };
        CompleteHandshakePayload::of(gql, handshake::complete(gql.ctx()?, scan).await)
    }
}

//! Handshakes on the wire: two phones meet.

use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, SimpleObject};
use domain::handshake::{self, Completed, Occasion, Scan};
use domain::id::{CommunityId, GatheringId};

use super::community::Community;
use super::context::ContextExt;
use super::error::{Result, UserError, outcome};
use super::gathering::Gathering;
use super::loaders::TieKey;
use super::membership::Membership;
use super::scalar::{DateTime, GlobalId, Url};
use super::tie::{Tie, TieContext, TieEdge};
use super::viewer::Viewer;

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

    /// The community whoever scans it is invited to; null if there is none, or it no longer exists for the viewer.
    async fn community(&self, gql: &Context<'_>) -> Result<Option<Community>> {
        match self.0.occasion {
            Some(Occasion::Community(id)) => Community::load(gql, id).await,
            Some(Occasion::Gathering(_)) | None => Ok(None),
        }
    }

    /// The gathering whoever scans it is at; null if there is none, or the viewer no longer belongs to its community.
    async fn gathering(&self, gql: &Context<'_>) -> Result<Option<Gathering>> {
        match self.0.occasion {
            Some(Occasion::Gathering(id)) => Gathering::load(gql, id).await,
            Some(Occasion::Community(_)) | None => Ok(None),
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
    /// What the code is for besides the two.
    occasion: Option<HandshakeOccasionInput>,
}

/// What a handshake is for besides the two: one of these.
#[derive(OneofObject)]
pub(crate) enum HandshakeOccasionInput {
    /// The id of a community to which whoever scans it is invited as well.
    CommunityId(ID),
    /// The id of a gathering that is under way, as whoever planned it or a steward: all members of its community who scan the
    /// code in its five minutes were there, and nobody is tied by it.
    GatheringId(ID),
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

/// What the scanned code has led to.
#[derive(SimpleObject)]
pub(crate) struct CompleteHandshakePayload {
    /// The tie; null if it was refused, and if the code was a gathering's.
    tie: Option<Tie>,
    /// The tie as an edge of `viewer.ties`, to put into a list; null where `tie` is.
    tie_edge: Option<TieEdge>,
    /// The gathering the viewer was at, if the code was shown there; else null.
    gathering: Option<Gathering>,
    /// The viewer's membership of the community the code invites to; else null.
    membership: Option<Membership>,
    /// The viewer, whose counts may have changed.
    viewer: Viewer,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<UserError>,
}

impl CompleteHandshakePayload {
    async fn of(gql: &Context<'_>, result: domain::error::Result<Completed>) -> Result<Self> {
        let (done, user_errors) = outcome(gql, result)?;
        let (tie, gathering, membership) =
            done.map(|done| (done.tie, done.gathering, done.membership)).unwrap_or_default();
        let tie = tie.map(Tie);
        let tie_edge = tie.clone().map(|node| TieEdge { cursor: node.0.cursor(), node });
        let gathering = match gathering {
            Some(id) => Gathering::load(gql, id).await?,
            None => None,
        };
        let membership = match membership {
            Some(id) => Membership::load(gql, id).await?,
            None => None,
        };
        Ok(Self { tie, tie_edge, gathering, membership, viewer: Viewer, user_errors })
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
        let occasion = input.occasion.map(|occasion| match occasion {
            HandshakeOccasionInput::CommunityId(id) => Occasion::Community(CommunityId::given(&id)),
            HandshakeOccasionInput::GatheringId(id) => Occasion::Gathering(GatheringId::given(&id)),
        });
        let opened = handshake::open(gql.ctx()?, input.context.into(), input.note.as_deref(), occasion).await;
        let (opened, user_errors) = outcome(gql, opened)?;
        Ok(OpenHandshakePayload { handshake: opened.map(Handshake), user_errors })
    }

    /// Hands in a code that the viewer has scanned. In time, the two are tied in person at once; a tie they had already
    /// rests on the meeting from then on. Later, whoever showed the code is asked. A code shown at a gathering says that the viewer
    /// was there.
    async fn complete_handshake(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "What was scanned.")] input: CompleteHandshakeInput,
    ) -> Result<CompleteHandshakePayload> {
        let scan = Scan { code: input.code, met_at: input.met_at.map(|at| at.0) };
        CompleteHandshakePayload::of(gql, handshake::complete(gql.ctx()?, scan).await).await
    }
}

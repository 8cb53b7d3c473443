//! Ties on the wire.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use domain::id::TieId;
use domain::tie;

use super::context::ContextExt;
use super::error::Result;
use super::introduction::Introduction;
use super::member::Member;
use super::page::connection;
use super::payload::payload;
use super::scalar::{DateTime, GlobalId};

/// A mutual, real-life relationship between the viewer and another member.
#[derive(Clone)]
pub(crate) struct Tie(pub(crate) tie::Tie);

/// Where a tie stands, for the viewer. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::tie::State")]
pub(crate) enum TieState {
    /// Awaits the word of one or both.
    Pending,
    /// Both said so.
    Active,
    /// It was active; one of the two ended it.
    Ended,
    /// The viewer said no.
    Declined,
    /// The one who began took it back.
    Withdrawn,
    /// Nobody answered in time.
    Expired,
}

/// What a tie rests on. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::tie::Evidence")]
pub(crate) enum TieEvidence {
    /// They met, and both say so.
    InPerson,
    /// Both say so.
    Claimed,
    /// Somebody introduced them.
    Introduced,
    /// An operator's or a partner's list says so.
    Imported,
}

/// How two members know each other. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::tie::Context")]
pub(crate) enum TieContext {
    /// They work or worked together.
    Colleague,
    /// They live or lived near each other.
    Neighbour,
    /// They are friends.
    Friend,
    /// They are family.
    Family,
    /// They study or studied together.
    Study,
    /// They belong to the same association.
    Association,
    /// Something else.
    Other,
}

/// A tie.
#[Object]
impl Tie {
    /// Opaque, stable, unique over all types.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_global()
    }

    /// The other of the two; null if the tie is over and the viewer may no longer see them.
    async fn other(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        Member::load(gql, self.0.other).await
    }

    /// Where it stands.
    async fn state(&self) -> TieState {
        self.0.state.into()
    }

    /// What it rests on.
    async fn evidence(&self) -> TieEvidence {
        self.0.evidence.into()
    }

    /// How the two know each other.
    async fn context(&self) -> TieContext {
        self.0.context.into()
    }

    /// The same in the words of the one who began; null if they wrote nothing.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// The introduction it came of; null if it came of none, or it no longer shows.
    async fn introduction(&self, gql: &Context<'_>) -> Result<Option<Introduction>> {
        match self.0.introduction {
            Some(id) => Introduction::load(gql, id).await,
            None => Ok(None),
        }
    }

    /// Whether it waits for the viewer to confirm or decline it, or, if it is active, that the two met.
    async fn awaits_viewer(&self) -> bool {
        self.0.awaits_viewer
    }

    /// When the two met, by a handshake, as the scanning phone says; null if there was none.
    async fn met_at(&self) -> Option<DateTime> {
        self.0.met_at.map(DateTime)
    }

    /// When that reached the service; null if there was no handshake.
    async fn received_at(&self) -> Option<DateTime> {
        self.0.received_at.map(DateTime)
    }

    /// When it was first claimed or brought online.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it became active; null if it never was.
    async fn active_at(&self) -> Option<DateTime> {
        self.0.active_at.map(DateTime)
    }

    /// When it expires if nobody answers; null unless it is pending.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(DateTime)
    }
}

/// A tie in a list.
#[derive(SimpleObject)]
pub(crate) struct TieEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The tie.
    pub(crate) node: Tie,
}

connection! {
    /// A list of ties.
    TieConnection of TieEdge, Tie
}

/// Makes the input and the payload of a command about a tie.
macro_rules! tie_command {
    ($(#[$input_doc:meta])* $input:ident, $(#[$payload_doc:meta])* $payload:ident) => {
        $(#[$input_doc])*
        #[derive(InputObject)]
        pub(crate) struct $input {
            /// The tie's id.
            tie_id: ID,
        }

        impl $input {
            fn id(&self) -> TieId {
                TieId::given(&self.tie_id)
            }
        }

        payload! {
            $(#[$payload_doc])*
            $payload of tie::Tie {
                /// The tie; null if the command was refused.
                tie: Tie,
                /// The tie as an edge of `viewer.ties`, to put into a list; null if the command was refused.
                tie_edge: TieEdge
            }
        }
    };
}

tie_command! {
    /// Which tie to say yes to.
    ConfirmTieInput,
    /// The tie after the yes.
    ConfirmTiePayload
}

tie_command! {
    /// Which tie to say no to.
    DeclineTieInput,
    /// The tie after the no.
    DeclineTiePayload
}

tie_command! {
    /// Which tie to end.
    EndTieInput,
    /// The tie after its end.
    EndTiePayload
}

/// What members do about ties.
#[derive(Default)]
pub(crate) struct TieMutation;

#[Object]
impl TieMutation {
    /// Says yes to a tie that awaits the viewer, and to having met, if that was told late. It is active when both have said
    /// so.
    async fn confirm_tie(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: ConfirmTieInput,
    ) -> Result<ConfirmTiePayload> {
        ConfirmTiePayload::of(gql, tie::confirm(gql.ctx()?, input.id()).await)
    }

    /// Says no to a tie that awaits the viewer. The other sees it wait, and then expire; they may ask again after 90
    /// days. Of an active tie that waits for the viewer to say that the two met, only that is dropped.
    async fn decline_tie(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: DeclineTieInput,
    ) -> Result<DeclineTiePayload> {
        DeclineTiePayload::of(gql, tie::decline(gql.ctx()?, input.id()).await)
    }

    /// Ends an active tie.
    async fn end_tie(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: EndTieInput,
    ) -> Result<EndTiePayload> {
        EndTiePayload::of(gql, tie::end(gql.ctx()?, input.id()).await)
    }
}

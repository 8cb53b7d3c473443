//! Ties and claims on the wire.

use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, SimpleObject};
use domain::id::{ClaimId, TieId};
use domain::tie::{self, Named, NewClaim};

use super::context::ContextExt;
use super::error::{Result, UserError, outcome};
use super::loaders::TieKey;
use super::member::Member;
use super::page::connection;
use super::scalar::{DateTime, GlobalId};
use super::viewer::Viewer;

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

    /// Whether it waits for the viewer to confirm or decline it.
    async fn awaits_viewer(&self) -> bool {
        self.0.awaits_viewer
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

/// The viewer's own record of having named somebody they know. It looks the same whether the name is anybody's or not,
/// until the other confirms.
#[derive(Clone)]
pub(crate) struct Claim(pub(crate) tie::Claim);

/// Where a claim stands. A claim the other declined goes on being open until it expires. Clients must accept values
/// they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::tie::ClaimState")]
pub(crate) enum ClaimState {
    /// Awaits the other's word.
    Open,
    /// The other said so too.
    Confirmed,
    /// The viewer took it back.
    Withdrawn,
    /// Nobody confirmed it in time.
    Expired,
}

/// A claim.
#[Object]
impl Claim {
    /// Opaque, stable, unique over all types.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_global()
    }

    /// The handle or e-mail address the viewer gave.
    async fn named(&self) -> &str {
        &self.0.named
    }

    /// How the two know each other.
    async fn context(&self) -> TieContext {
        self.0.context.into()
    }

    /// The same in the viewer's words; null if they wrote nothing.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Where it stands.
    async fn state(&self) -> ClaimState {
        self.0.state.into()
    }

    /// The tie, once the other has confirmed it; null before, and if it may no longer be seen.
    async fn tie(&self, gql: &Context<'_>) -> Result<Option<Tie>> {
        match self.0.tie {
            Some(id) => Ok(gql.loaders()?.load_one(TieKey(id)).await?.map(Tie)),
            None => Ok(None),
        }
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it expires if nobody confirms it.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }
}

/// A claim in a list.
#[derive(SimpleObject)]
pub(crate) struct ClaimEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The claim.
    pub(crate) node: Claim,
}

connection! {
    /// A list of claims.
    ClaimConnection of ClaimEdge, Claim
}

/// Somebody the viewer knows, named exactly in one of these ways.
#[derive(OneofObject)]
pub(crate) enum Who {
    /// By their handle.
    Handle(String),
    /// By an e-mail address of theirs.
    Email(String),
}

/// Whom the viewer knows, and how.
#[derive(InputObject)]
pub(crate) struct ClaimTieInput {
    /// Whom the viewer knows.
    who: Who,
    /// How they know each other.
    context: TieContext,
    /// The same in words: at most 300 characters. The other reads it.
    note: Option<String>,
}

impl From<ClaimTieInput> for NewClaim {
    fn from(input: ClaimTieInput) -> Self {
        let named = match input.who {
            Who::Handle(handle) => Named::Handle(handle),
            Who::Email(email) => Named::Email(email),
        };
        Self { named, context: input.context.into(), note: input.note }
    }
}

/// Which claim to take back.
#[derive(InputObject)]
pub(crate) struct WithdrawTieInput {
    /// The claim's id.
    claim_id: ID,
}

/// Makes the payload of a command about a claim or a tie.
macro_rules! payload {
    ($(#[$doc:meta])* $payload:ident { $(#[$node_doc:meta])* $node:ident: $Node:ident, $(#[$edge_doc:meta])* $edge:ident: $Edge:ident }) => {
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub(crate) struct $payload {
            $(#[$node_doc])*
            $node: Option<$Node>,
            $(#[$edge_doc])*
            $edge: Option<$Edge>,
            /// The viewer, whose counts may have changed.
            viewer: Viewer,
            /// Why the command was refused; empty if it was done.
            user_errors: Vec<UserError>,
        }

        impl $payload {
            fn of(result: domain::error::Result<tie::$Node>) -> Result<Self> {
                let (done, user_errors) = outcome(result)?;
                let $node = done.map($Node);
                let $edge = $node.clone().map(|node| $Edge { cursor: node.0.cursor(), node });
                Ok(Self { $node, $edge, viewer: Viewer, user_errors })
            }
        }
    };
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
                TieId::of_global(&self.tie_id).unwrap_or(TieId::NONE)
            }
        }

        payload! {
            $(#[$payload_doc])*
            $payload {
                /// The tie; null if the command was refused.
                tie: Tie,
                /// The tie as an edge of `viewer.ties`, to put into a list; null if the command was refused.
                tie_edge: TieEdge
            }
        }
    };
}

payload! {
    /// The claim after it was made.
    ClaimTiePayload {
        /// The claim; null if it was refused.
        claim: Claim,
        /// The claim as an edge of `viewer.claims`, to put into a list; null if it was refused.
        claim_edge: ClaimEdge
    }
}

payload! {
    /// The claim after it was taken back.
    WithdrawTiePayload {
        /// The claim; null if that was refused.
        claim: Claim,
        /// The claim as an edge of `viewer.claims`, to put into a list; null if that was refused.
        claim_edge: ClaimEdge
    }
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
    /// Says that the viewer knows somebody. They are asked to confirm, if the name is a member's: the answer does not
    /// tell. If they have said the same of the viewer, the tie is active at once. At most 10 in 24 hours.
    async fn claim_tie(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Whom, and how.")] input: ClaimTieInput,
    ) -> Result<ClaimTiePayload> {
        ClaimTiePayload::of(tie::claim(gql.ctx()?, input.into()).await)
    }

    /// Takes an open claim of the viewer's back.
    async fn withdraw_tie(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: WithdrawTieInput,
    ) -> Result<WithdrawTiePayload> {
        let id = ClaimId::of_global(&input.claim_id).unwrap_or(ClaimId::NONE);
        WithdrawTiePayload::of(tie::withdraw(gql.ctx()?, id).await)
    }

    /// Says yes to a tie that awaits the viewer. It is active when both have said so.
    async fn confirm_tie(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: ConfirmTieInput,
    ) -> Result<ConfirmTiePayload> {
        ConfirmTiePayload::of(tie::confirm(gql.ctx()?, input.id()).await)
    }

    /// Says no to a tie that awaits the viewer. The other sees it wait, and then expire; they may ask again after 90
    /// days.
    async fn decline_tie(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: DeclineTieInput,
    ) -> Result<DeclineTiePayload> {
        DeclineTiePayload::of(tie::decline(gql.ctx()?, input.id()).await)
    }

    /// Ends an active tie.
    async fn end_tie(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: EndTieInput,
    ) -> Result<EndTiePayload> {
        EndTiePayload::of(tie::end(gql.ctx()?, input.id()).await)
    }
}

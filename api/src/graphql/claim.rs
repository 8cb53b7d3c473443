//! Claims on the wire: whom the viewer has said to know.

use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, SimpleObject};
use domain::id::ClaimId;
use domain::tie::{self, Named, NewClaim};

use super::context::ContextExt;
use super::error::Result;
use super::loaders::TieKey;
use super::page::connection;
use super::payload::payload;
use super::scalar::{DateTime, GlobalId};
use super::tie::{Tie, TieContext};

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

payload! {
    /// The claim after it was made.
    ClaimTiePayload of tie::Claim {
        /// The claim; null if it was refused.
        claim: Claim,
        /// The claim as an edge of `viewer.claims`, to put into a list; null if it was refused.
        claim_edge: ClaimEdge
    }
}

payload! {
    /// The claim after it was taken back.
    WithdrawTiePayload of tie::Claim {
        /// The claim; null if that was refused.
        claim: Claim,
        /// The claim as an edge of `viewer.claims`, to put into a list; null if that was refused.
        claim_edge: ClaimEdge
    }
}

/// What members do about claims.
#[derive(Default)]
pub(crate) struct ClaimMutation;

#[Object]
impl ClaimMutation {
    /// Says that the viewer knows somebody. They are asked to confirm, if the name is a member's: the answer does not
    /// tell. If they have said the same of the viewer, the tie is active at once. At most 10 in 24 hours.
    async fn claim_tie(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Whom, and how.")] input: ClaimTieInput,
    ) -> Result<ClaimTiePayload> {
        ClaimTiePayload::of(gql, tie::claim(gql.ctx()?, input.into()).await)
    }

    /// Takes an open claim of the viewer's back.
    async fn withdraw_tie(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: WithdrawTieInput,
    ) -> Result<WithdrawTiePayload> {
        let id = ClaimId::given(&input.claim_id);
        WithdrawTiePayload::of(gql, tie::withdraw(gql.ctx()?, id).await)
    }
}

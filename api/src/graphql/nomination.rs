//! Nominations on the wire.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use domain::ask;
use domain::id::{AskId, MemberId, NominationId};

use super::ask::Ask;
use super::context::ContextExt;
use super::conversation::Conversation;
use super::error::Result;
use super::loaders::{ConversationKey, NominatedInKey};
use super::member::Member;
use super::page::connection;
use super::payload::changed;
use super::scalar::{DateTime, GlobalId};

/// A contact's naming of one of their own ties who can help.
#[derive(Clone)]
pub(crate) struct Nomination(pub(crate) ask::Nomination);

/// Where a nomination stands, for the viewer. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::ask::NominationState")]
pub(crate) enum NominationState {
    /// Who was named is asked, as far as the viewer knows.
    Offered,
    /// They said yes.
    Accepted,
    /// The viewer said no. Never shown to anybody else.
    Declined,
    /// Its 14 days are over.
    Expired,
    /// The ask was closed, or what it rested on is gone.
    Closed,
}

/// What the viewer is in nominations. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::ask::Role")]
pub(crate) enum NominationRole {
    /// They were named.
    Nominee,
    /// They named somebody.
    Nominator,
}

/// A contact's naming of one of their own ties who can help with an ask. Who was named is asked for 14 days, and says nothing
/// if they do not want to.
#[Object]
impl Nomination {
    /// Opaque, stable, unique over all types.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_global()
    }

    /// The ask; null if it is not put to the viewer: whoever was named reads `need` and `skills` here.
    async fn ask(&self, gql: &Context<'_>) -> Result<Option<Ask>> {
        Ask::load(gql, self.0.ask).await
    }

    /// What help is needed with.
    async fn need(&self) -> &str {
        &self.0.need
    }

    /// The skills that would help.
    async fn skills(&self) -> &[String] {
        &self.0.skills
    }

    /// Who asks; null to whoever was named, until they say yes, unless the asker agreed to be named.
    async fn asker(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        Member::load_any(gql, self.0.asker).await
    }

    /// Who named somebody; null if the viewer may no longer see them.
    async fn nominator(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        Member::load(gql, self.0.nominator).await
    }

    /// Who was named; null to the asker, until they say yes.
    async fn nominee(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        Member::load_any(gql, self.0.nominee).await
    }

    /// What the nominator said to them; null if nothing, and to the asker.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Where it stands, for the viewer.
    async fn state(&self) -> NominationState {
        self.0.state.into()
    }

    /// Whether it waits for the viewer to accept or decline it.
    async fn awaits_viewer(&self) -> bool {
        self.0.awaits_viewer
    }

    /// The conversation of the three; null until it is accepted, or if the viewer has left it.
    async fn conversation(&self, gql: &Context<'_>) -> Result<Option<Conversation>> {
        let Some(id) = gql.loaders()?.load_one(NominatedInKey(self.0.id)).await? else { return Ok(None) };
        Ok(gql.loaders()?.load_one(ConversationKey(id)).await?.map(Conversation))
    }

    /// When somebody was named.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it expires if nobody answers.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }
}

/// A nomination in a list.
#[derive(SimpleObject)]
pub(crate) struct NominationEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The nomination.
    pub(crate) node: Nomination,
}

connection! {
    /// A list of nominations.
    NominationConnection of NominationEdge, Nomination
}

/// Who can help.
#[derive(InputObject)]
pub(crate) struct NominateInput {
    /// The ask's id.
    ask_id: ID,
    /// The id of who can help: a tie of the viewer's.
    member_id: ID,
    /// What to say to them: at most 500 characters. The asker does not read it.
    note: Option<String>,
}

/// Which nomination to say yes to.
#[derive(InputObject)]
pub(crate) struct AcceptNominationInput {
    /// The nomination's id.
    nomination_id: ID,
}

/// Which nomination to say no to.
#[derive(InputObject)]
pub(crate) struct DeclineNominationInput {
    /// The nomination's id.
    nomination_id: ID,
}

changed! {
    nomination: Nomination of ask::Nomination, "The nomination; null if the command was refused.";
    /// The nomination after somebody was named.
    NominatePayload;
    /// The nomination after the yes, with its conversation.
    AcceptNominationPayload;
    /// The nomination after the no.
    DeclineNominationPayload;
}

/// What contacts, and those they name, do about asks.
#[derive(Default)]
pub(crate) struct NominationMutation;

#[Object]
impl NominationMutation {
    /// Names a tie of the viewer's who can help with an ask that is put to the viewer. The asker does not learn whom until that
    /// one says yes.
    async fn nominate(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Whom.")] input: NominateInput,
    ) -> Result<NominatePayload> {
        let (ask, member) = (AskId::given(&input.ask_id), MemberId::given(&input.member_id));
        NominatePayload::of(gql, ask::nominate(gql.ctx()?, ask, member, input.note.as_deref()).await)
    }

    /// Says yes to a nomination of the viewer: that opens a conversation of the three, and a tie that waits for the asker and the
    /// viewer to confirm it.
    async fn accept_nomination(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: AcceptNominationInput,
    ) -> Result<AcceptNominationPayload> {
        AcceptNominationPayload::of(gql, ask::accept(gql.ctx()?, NominationId::given(&input.nomination_id)).await)
    }

    /// Says no to a nomination of the viewer. Nobody is told.
    async fn decline_nomination(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: DeclineNominationInput,
    ) -> Result<DeclineNominationPayload> {
        DeclineNominationPayload::of(gql, ask::decline(gql.ctx()?, NominationId::given(&input.nomination_id)).await)
    }
}

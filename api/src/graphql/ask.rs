//! Asks on the wire.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use domain::ask::{self, Naming, NewAsk};
use domain::id::{AskId, CommunityId, GoalId};
use futures::future::try_join_all;

use super::community::Community;
use super::context::ContextExt;
use super::error::Result;
use super::goal::Goal;
use super::loaders::{AskKey, MatchesKey};
use super::member::Member;
use super::nomination::{Nomination, NominationConnection, NominationEdge};
use super::page::{connection, window};
use super::payload::{changed, payload};
use super::scalar::{DateTime, GlobalId};

/// An open request for help.
#[derive(Clone)]
pub(crate) struct Ask(pub(crate) ask::Ask);

/// Where an ask stands. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::ask::State")]
pub(crate) enum AskState {
    /// Those it is put to may name somebody.
    Open,
    /// Its asker closed it, or its time is over.
    Closed,
}

/// Which asks. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::ask::Direction")]
pub(crate) enum AskDirection {
    /// The viewer's own.
    Mine,
    /// Those that are open, and put to the viewer by a tie or in a community of theirs.
    ForMe,
}

/// "Who can help with …?", put to somebody's ties or to a community. Whoever it is put to can name one of their own ties, whom
/// the asker gets to know once that one says yes.
#[Object]
impl Ask {
    /// Opaque, stable, unique over all types.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_global()
    }

    /// Who asks; null if the viewer may no longer see them.
    async fn asker(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        Member::load(gql, self.0.asker).await
    }

    /// What they need help with.
    async fn need(&self) -> &str {
        &self.0.need
    }

    /// The skills that would help.
    async fn skills(&self) -> &[String] {
        &self.0.skills
    }

    /// The goal it serves; null if it names none, or the viewer may not see it.
    async fn goal(&self, gql: &Context<'_>) -> Result<Option<Goal>> {
        match self.0.goal {
            Some(id) => Goal::load(gql, id).await,
            None => Ok(None),
        }
    }

    /// The community it is put to; null if it is put to the asker's ties.
    async fn community(&self, gql: &Context<'_>) -> Result<Option<Community>> {
        match self.0.community {
            Some(id) => Community::load(gql, id).await,
            None => Ok(None),
        }
    }

    /// Whether those who are named are told who asks before they say yes.
    async fn asker_named(&self) -> bool {
        self.0.named
    }

    /// Where it stands.
    async fn state(&self) -> AskState {
        self.0.state.into()
    }

    /// Those of the viewer's own ties who have skills it names, whoever has the most of them first: at most 20. Empty for the
    /// asker.
    async fn matches(&self, gql: &Context<'_>) -> Result<Vec<Member>> {
        let found = gql.loaders()?.load_one(MatchesKey(self.0.id)).await?.unwrap_or_default();
        let members = try_join_all(found.into_iter().map(|id| Member::load(gql, id))).await?;
        Ok(members.into_iter().flatten().collect())
    }

    /// Whom others have named, newest first; to anybody but the asker, whom they named themselves.
    async fn nominations(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<NominationConnection> {
        let page = ask::nominations_of(gql.ctx()?, &self.0, &window(gql, Some(first), after)?).await?;
        Ok(NominationConnection::of(page, |row| NominationEdge { cursor: row.cursor, node: Nomination(row.item) }))
    }

    /// When it was opened.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it closes by itself, or when it was closed.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }
}

impl Ask {
    /// The ask `id`, if it is the viewer's or put to them.
    pub(crate) async fn load(gql: &Context<'_>, id: AskId) -> Result<Option<Self>> {
        Ok(gql.loaders()?.load_one(AskKey(id)).await?.map(Self))
    }
}

/// An ask in a list.
#[derive(Clone, SimpleObject)]
pub(crate) struct AskEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The ask.
    pub(crate) node: Ask,
}

connection! {
    /// A list of asks.
    AskConnection of AskEdge, Ask
}

/// The ask to be opened.
#[derive(InputObject)]
pub(crate) struct OpenAskInput {
    /// What help is needed with: at most 1,000 characters.
    need: String,
    /// The skills that would help: at most 10, of at most 50 characters each.
    #[graphql(default)]
    skills: Vec<String>,
    /// The id of the community whose members are asked; left out, the viewer's ties are.
    community_id: Option<ID>,
    /// The id of the goal it serves, of a community the viewer belongs to.
    goal_id: Option<ID>,
    /// Whether those who are named are told who asks before they say yes.
    #[graphql(default)]
    name_asker: bool,
    /// For how many days: 1 to 30.
    #[graphql(default = 30)]
    days: i32,
}

/// Which ask to close.
#[derive(InputObject)]
pub(crate) struct CloseAskInput {
    /// The ask's id.
    ask_id: ID,
}

payload! {
    /// The ask after it was opened.
    OpenAskPayload of ask::Ask {
        /// The ask; null if the command was refused.
        ask: Ask,
        /// The ask as an edge of `viewer.asks`, to put into a list; null if the command was refused.
        ask_edge: AskEdge
    }
}

changed! {
    ask: Ask of ask::Ask, "The ask; null if the command was refused.";
    /// The ask after it was closed.
    CloseAskPayload;
}

/// What members ask for.
#[derive(Default)]
pub(crate) struct AskMutation;

#[Object]
impl AskMutation {
    /// Asks who can help. Five may be open.
    async fn open_ask(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "With what.")] input: OpenAskInput,
    ) -> Result<OpenAskPayload> {
        let new = NewAsk {
            need: input.need,
            skills: input.skills,
            goal: input.goal_id.as_ref().map(GoalId::given),
            community: input.community_id.as_ref().map(CommunityId::given),
            naming: if input.name_asker { Naming::Named } else { Naming::Unnamed },
            days: input.days,
        };
        OpenAskPayload::of(gql, ask::create(gql.ctx()?, new).await)
    }

    /// Closes an ask of the viewer's. Who was named and has not answered is asked no longer.
    async fn close_ask(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: CloseAskInput,
    ) -> Result<CloseAskPayload> {
        CloseAskPayload::of(gql, ask::close(gql.ctx()?, AskId::given(&input.ask_id)).await)
    }
}

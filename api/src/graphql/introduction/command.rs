//! What the three of an introduction do.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject, Subscription};
use domain::id::{GoalId, IntroductionId, MemberId};
use domain::introduction::{self, NewIntroduction, PolicyEdit};
use domain::live::Signal;
use futures::{Stream, stream};

use super::{Introduction, IntroductionEdge, IntroductionOutcome, IntroductionPolicy};
use crate::graphql::context::ContextExt;
use crate::graphql::error::{Result, UserError, outcome};
use crate::graphql::member::edit;
use crate::graphql::payload::{changed, payload};
use crate::graphql::scalar::{DateTime, GlobalId};

/// The introduction to be asked for.
#[derive(InputObject)]
pub(crate) struct RequestIntroductionInput {
    /// The id of who is to be met: somebody in the viewer's network.
    target_id: ID,
    /// The id of who is asked to introduce the two: the connector of a route to them.
    connector_id: ID,
    /// Why: at most 1,000 characters. The connector reads it, and the target if it is passed on.
    reason: String,
    /// The id of the goal it serves, of a community the viewer belongs to.
    goal_id: Option<ID>,
}

/// Which introduction to pass on, and with what words.
#[derive(InputObject)]
pub(crate) struct PassOnIntroductionInput {
    /// The introduction's id.
    introduction_id: ID,
    /// What to say to the target: at most 1,000 characters. The requester does not read it.
    note: String,
}

/// Makes the input of a command about an introduction.
macro_rules! which {
    ($($(#[$doc:meta])* $input:ident;)+) => {$(
        $(#[$doc])*
        #[derive(InputObject)]
        pub(crate) struct $input {
            /// The introduction's id.
            introduction_id: ID,
        }

        impl $input {
            fn id(&self) -> IntroductionId {
                IntroductionId::given(&self.introduction_id)
            }
        }
    )+};
}

which! {
    /// Which introduction to say yes to.
    AcceptIntroductionInput;
    /// Which introduction to say no to.
    DeclineIntroductionInput;
    /// Which introduction to take back.
    WithdrawIntroductionInput;
}

/// What came of an introduction.
#[derive(InputObject)]
pub(crate) struct RecordIntroductionOutcomeInput {
    /// The introduction's id.
    introduction_id: ID,
    /// What came of it.
    outcome: IntroductionOutcome,
    /// The same in words, for oneself: at most 500 characters.
    note: Option<String>,
}

/// What to change of how many introductions the viewer takes. A field left out keeps its value.
#[derive(InputObject)]
pub(crate) struct UpdateIntroductionPolicyInput {
    /// How many as the connector, in 30 days: 1 to 100. Left out or null, it stays.
    as_connector: Option<i32>,
    /// How many as the target, in 30 days: 1 to 100. Left out or null, it stays.
    as_target: Option<i32>,
    /// Until when to take no new ones, at most a year ahead; null ends a pause.
    paused_until: MaybeUndefined<DateTime>,
}

payload! {
    /// The introduction after it was asked for.
    RequestIntroductionPayload of introduction::Introduction {
        /// The introduction; null if the command was refused.
        introduction: Introduction,
        /// The introduction as an edge of `viewer.introductions`, to put into a list; null if the command was refused.
        introduction_edge: IntroductionEdge
    }
}

changed! {
    introduction: Introduction of introduction::Introduction, "The introduction; null if the command was refused.";
    /// The introduction after it was passed on.
    PassOnIntroductionPayload;
    /// The introduction after the no.
    DeclineIntroductionPayload;
    /// The introduction after the yes, with its conversation.
    AcceptIntroductionPayload;
    /// The introduction after it was taken back.
    WithdrawIntroductionPayload;
    /// The introduction with what the viewer said came of it.
    RecordIntroductionOutcomePayload;
}

/// How many introductions the viewer takes, after the change.
#[derive(SimpleObject)]
pub(crate) struct UpdateIntroductionPolicyPayload {
    /// The policy; null if the command was refused.
    introduction_policy: Option<IntroductionPolicy>,
    /// Why the command was refused; empty if it was done.
    user_errors: Vec<UserError>,
}

/// What the three of an introduction do.
#[derive(Default)]
pub(crate) struct IntroductionMutation;

#[Object]
impl IntroductionMutation {
    /// Asks a tie of the viewer's to introduce them to somebody that one knows. Ten may be open; of one to the same person that
    /// came to nothing, the next is possible 90 days later.
    async fn request_introduction(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "To whom, through whom, and why.")] input: RequestIntroductionInput,
    ) -> Result<RequestIntroductionPayload> {
        let new = NewIntroduction {
            target: MemberId::given(&input.target_id),
            connector: MemberId::given(&input.connector_id),
            reason: input.reason,
            goal: input.goal_id.as_ref().map(GoalId::given),
        };
        RequestIntroductionPayload::of(gql, introduction::request(gql.ctx()?, new).await)
    }

    /// Passes an introduction on to its target, as its connector.
    async fn pass_on_introduction(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which, and with what words.")] input: PassOnIntroductionInput,
    ) -> Result<PassOnIntroductionPayload> {
        let id = IntroductionId::given(&input.introduction_id);
        PassOnIntroductionPayload::of(gql, introduction::pass_on(gql.ctx()?, id, &input.note).await)
    }

    /// Says no to an introduction that waits for the viewer, as its connector or its target. Nobody is told who did.
    async fn decline_introduction(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: DeclineIntroductionInput,
    ) -> Result<DeclineIntroductionPayload> {
        DeclineIntroductionPayload::of(gql, introduction::decline(gql.ctx()?, input.id()).await)
    }

    /// Says yes to an introduction, as its target: that opens a conversation of the three, and a tie that waits for both who were
    /// introduced to confirm it.
    async fn accept_introduction(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: AcceptIntroductionInput,
    ) -> Result<AcceptIntroductionPayload> {
        AcceptIntroductionPayload::of(gql, introduction::accept(gql.ctx()?, input.id()).await)
    }

    /// Takes an introduction back, as its requester.
    async fn withdraw_introduction(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: WithdrawIntroductionInput,
    ) -> Result<WithdrawIntroductionPayload> {
        WithdrawIntroductionPayload::of(gql, introduction::withdraw(gql.ctx()?, input.id()).await)
    }

    /// Says what came of an accepted introduction, as its requester or its target, once. It counts in health reports, without
    /// names.
    async fn record_introduction_outcome(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Of which, and what.")] input: RecordIntroductionOutcomeInput,
    ) -> Result<RecordIntroductionOutcomePayload> {
        let (id, said) = (IntroductionId::given(&input.introduction_id), input.outcome.into());
        let done = introduction::record_outcome(gql.ctx()?, id, said, input.note.as_deref()).await;
        RecordIntroductionOutcomePayload::of(gql, done)
    }

    /// Changes how many introductions the viewer takes.
    async fn update_introduction_policy(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateIntroductionPolicyInput,
    ) -> Result<UpdateIntroductionPolicyPayload> {
        let paused_until = edit(input.paused_until.map_value(|at: DateTime| at.0));
        let change = PolicyEdit { as_connector: input.as_connector, as_target: input.as_target, paused_until };
        let (policy, user_errors) = outcome(gql, introduction::update_policy(gql.ctx()?, change).await)?;
        Ok(UpdateIntroductionPolicyPayload { introduction_policy: policy.map(IntroductionPolicy), user_errors })
    }
}

/// What the three of an introduction hear of it.
#[derive(Default)]
pub(crate) struct IntroductionSubscription;

#[Subscription]
impl IntroductionSubscription {
    /// Each introduction of the viewer's, whenever it looks different to them.
    async fn introduction_changed(&self, gql: &Context<'_>) -> Result<impl Stream<Item = Introduction> + use<>> {
        let ctx = gql.ctx()?;
        ctx.me()?;
        let changed = match gql.heard() {
            Some(Signal::Introduction(id)) => introduction::by_ids(ctx, &[id]).await?,
            _ => Vec::new(),
        };
        Ok(stream::iter(changed.into_iter().map(Introduction)))
    }
}

//! The viewer: everything that begins with "my".

use async_graphql::{Context, Object, SimpleObject};
use domain::ctx;
use domain::member::PrivacySettings;
use domain::network::Filter;
use domain::{
    account, ask, block, community, conversation, credential, gathering, goal, introduction, invitation, member,
    network, notification, report, session, tie,
};

use super::ask::{Ask, AskConnection, AskDirection, AskEdge};
use super::block::{Block, BlockConnection, BlockEdge};
use super::claim::{Claim, ClaimConnection, ClaimEdge};
use super::context::ContextExt;
use super::conversation::{Conversation, ConversationConnection, ConversationEdge};
use super::error::Result;
use super::gathering::{Gathering, GatheringConnection, GatheringEdge, GatheringTime};
use super::goal::{Goal, GoalConnection, GoalEdge, GoalState};
use super::introduction::{
    Introduction, IntroductionConnection, IntroductionEdge, IntroductionPolicy, IntroductionRole, IntroductionState,
};
use super::invitation::{Invitation, InvitationConnection, InvitationEdge};
use super::leaving::AccountExport;
use super::member::Member;
use super::membership::{Membership, MembershipConnection, MembershipEdge, MembershipState};
use super::network::{NetworkConnection, NetworkFilter, Reach};
use super::nomination::{Nomination, NominationConnection, NominationEdge, NominationRole};
use super::notification::{Notification, NotificationConnection, NotificationEdge};
use super::page::window;
use super::report::{Report, ReportConnection, ReportEdge};
use super::session::{Session, SessionConnection, SessionEdge};
use super::tie::{Tie, TieConnection, TieEdge, TieState};
use super::walk::{self, Walked};

/// The member who asks.
#[derive(Clone, Copy)]
pub(crate) struct Viewer;

/// What the viewer shows of themselves.
#[derive(SimpleObject)]
pub(crate) struct Privacy {
    /// Whether friends of friends may find the viewer.
    findable: bool,
    /// Whether contacts see the viewer as a way to others.
    as_route: bool,
    /// Whether ties see the viewer's e-mail address.
    share_email: bool,
    /// Whether ties see the viewer's telephone number.
    share_phone: bool,
}

impl From<PrivacySettings> for Privacy {
    fn from(settings: PrivacySettings) -> Self {
        let PrivacySettings { findable, as_route, share_email, share_phone } = settings;
        Self { findable, as_route, share_email, share_phone }
    }
}

/// The member who asks, and all that is theirs.
#[Object]
impl Viewer {
    /// The viewer as a member.
    async fn member(&self, gql: &Context<'_>) -> Result<Member> {
        Ok(Member(member::myself(gql.ctx()?).await?.0))
    }

    /// What the viewer shows of themselves.
    async fn privacy(&self, gql: &Context<'_>) -> Result<Privacy> {
        Ok(member::myself(gql.ctx()?).await?.1.into())
    }

    /// The viewer's ties, newest first.
    async fn ties(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Those in this state.", default_with = "TieState::Active")] state: TieState,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<TieConnection> {
        let page = tie::list(gql.ctx()?, state.into(), &window(gql, Some(first), after)?).await?;
        Ok(TieConnection::of(page, |row| TieEdge { cursor: row.cursor, node: Tie(row.item) }))
    }

    /// The viewer's claims, newest first: whom they have said to know.
    async fn claims(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<ClaimConnection> {
        let page = tie::claims(gql.ctx()?, &window(gql, Some(first), after)?).await?;
        Ok(ClaimConnection::of(page, |row| ClaimEdge { cursor: row.cursor, node: Claim(row.item) }))
    }

    /// Friends of friends: whom the viewer could reach through somebody they know, and through whom. Those with the
    /// most mutual contacts come first, then those with the most routes in person.
    async fn network(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Only some of them.")] filter: Option<NetworkFilter>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<Walked<NetworkConnection>> {
        walk::network(gql, filter.unwrap_or_default().into(), window(gql, Some(first), after)?).await
    }

    /// How many members the viewer reaches at one and at two steps.
    async fn reach(&self, gql: &Context<'_>) -> Result<Reach> {
        Ok(network::reach(gql.ctx()?).await?.into())
    }

    /// Those in the viewer's network who name a skill, in the network's order: whom to ask to be introduced to.
    async fn who_can_help(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "The skill, in whatever case.")] skill: String,
        #[graphql(desc = "Only members of this area, in whatever case.")] place: Option<String>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<Walked<NetworkConnection>> {
        let filter = Filter { skill: Some(skill), area: place, ..Filter::default() };
        walk::network(gql, filter, window(gql, Some(first), after)?).await
    }

    /// The devices on which the viewer is signed in, newest first; an operator who acts for the viewer is among them.
    async fn sessions(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<SessionConnection> {
        let page = session::list(gql.ctx()?, &window(gql, Some(first), after)?).await?;
        Ok(SessionConnection::of(page, |row| SessionEdge { cursor: row.cursor, node: Session(row.item) }))
    }

    /// The viewer's invitations, newest first.
    async fn invitations(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<InvitationConnection> {
        let page = invitation::list(gql.ctx()?, &window(gql, Some(first), after)?).await?;
        Ok(InvitationConnection::of(page, |row| InvitationEdge { cursor: row.cursor, node: Invitation(row.item) }))
    }

    /// The archive of everything the viewer gave, if they asked for one lately; else null.
    async fn export(&self, gql: &Context<'_>) -> Result<Option<AccountExport>> {
        Ok(account::my_export(gql.ctx()?).await?.map(AccountExport))
    }

    /// Whether the viewer can sign in by a password.
    async fn has_password(&self, gql: &Context<'_>) -> Result<bool> {
        Ok(credential::has_password(gql.ctx()?).await?)
    }

    /// The viewer's memberships of communities, in one state, newest first: those they belong to, unless it says otherwise.
    async fn memberships(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Where they stand.", default_with = "MembershipState::Active")] state: MembershipState,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<MembershipConnection> {
        let page = community::my_memberships(gql.ctx()?, state.into(), &window(gql, Some(first), after)?).await?;
        Ok(MembershipConnection::of(page, |row| MembershipEdge { cursor: row.cursor, node: Membership(row.item) }))
    }

    /// The goals of all communities the viewer belongs to, newest first.
    async fn goals(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Only those that stand here.")] state: Option<GoalState>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<GoalConnection> {
        let page = goal::mine(gql.ctx()?, state.map(Into::into), &window(gql, Some(first), after)?).await?;
        Ok(GoalConnection::of(page, |row| GoalEdge { cursor: row.cursor, node: Goal(row.item) }))
    }

    /// The gatherings of all communities the viewer belongs to: to come, the next one first, or past, the last one first.
    async fn gatherings(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.", default_with = "GatheringTime::Upcoming")] when: GatheringTime,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<GatheringConnection> {
        let page = gathering::mine(gql.ctx()?, when.into(), &window(gql, Some(first), after)?).await?;
        Ok(GatheringConnection::of(page, |row| GatheringEdge { cursor: row.cursor, node: Gathering(row.item) }))
    }

    /// The introductions in which the viewer is this, newest first.
    async fn introductions(
        &self,
        gql: &Context<'_>,
        #[graphql(name = "as", desc = "What the viewer is in them.", default_with = "IntroductionRole::Requester")]
        role: IntroductionRole,
        #[graphql(desc = "Only those that stand here, for the viewer.")] state: Option<IntroductionState>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<IntroductionConnection> {
        let window = window(gql, Some(first), after)?;
        let page = introduction::list(gql.ctx()?, role.into(), state.map(Into::into), &window).await?;
        Ok(IntroductionConnection::of(page, |row| IntroductionEdge {
            cursor: row.cursor,
            node: Introduction(row.item),
        }))
    }

    /// How many introductions the viewer takes.
    async fn introduction_policy(&self, gql: &Context<'_>) -> Result<IntroductionPolicy> {
        Ok(IntroductionPolicy(introduction::my_policy(gql.ctx()?).await?))
    }

    /// The viewer's asks, or those put to the viewer, newest first.
    async fn asks(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] direction: AskDirection,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<AskConnection> {
        let page = ask::list(gql.ctx()?, direction.into(), &window(gql, Some(first), after)?).await?;
        Ok(AskConnection::of(page, |row| AskEdge { cursor: row.cursor, node: Ask(row.item) }))
    }

    /// The nominations of the viewer, or by the viewer, newest first.
    async fn nominations(
        &self,
        gql: &Context<'_>,
        #[graphql(name = "as", desc = "What the viewer is in them.", default_with = "NominationRole::Nominee")]
        role: NominationRole,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<NominationConnection> {
        let page = ask::nominations(gql.ctx()?, role.into(), &window(gql, Some(first), after)?).await?;
        Ok(NominationConnection::of(page, |row| NominationEdge { cursor: row.cursor, node: Nomination(row.item) }))
    }

    /// The viewer's conversations, the one in which something was said last first.
    async fn conversations(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<ConversationConnection> {
        let page = conversation::list(gql.ctx()?, &window(gql, Some(first), after)?).await?;
        Ok(ConversationConnection::of(page, |row| ConversationEdge {
            cursor: row.cursor,
            node: Conversation(row.item),
        }))
    }

    /// What the viewer is told of, newest first.
    async fn notifications(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<NotificationConnection> {
        let page = notification::list(gql.ctx()?, &window(gql, Some(first), after)?).await?;
        Ok(NotificationConnection::of(page, |row| NotificationEdge {
            cursor: row.cursor,
            node: Notification(row.item),
        }))
    }

    /// How many of them the viewer has not read.
    async fn unread_notification_count(&self, gql: &Context<'_>) -> Result<i32> {
        Ok(i32::try_from(notification::unread(gql.ctx()?).await?).unwrap_or(i32::MAX))
    }

    /// What the viewer has reported, newest first.
    async fn reports(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<ReportConnection> {
        let page = report::mine(gql.ctx()?, &window(gql, Some(first), after)?).await?;
        Ok(ReportConnection::of(page, |row| ReportEdge { cursor: row.cursor, node: Report(row.item) }))
    }

    /// Whom the viewer has blocked, newest first.
    async fn blocks(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<BlockConnection> {
        let page = block::list(gql.ctx()?, &window(gql, Some(first), after)?).await?;
        Ok(BlockConnection::of(page, |row| BlockEdge { cursor: row.cursor, node: Block(row.item) }))
    }
}

/// Queries that begin with the viewer.
#[derive(Default)]
pub(crate) struct ViewerQuery;

#[Object]
impl ViewerQuery {
    /// The member who asks; null for somebody without a token.
    async fn viewer(&self, gql: &Context<'_>) -> Result<Option<Viewer>> {
        Ok(match gql.ctx()?.viewer {
            ctx::Viewer::Member(_) => Some(Viewer),
            ctx::Viewer::Anonymous | ctx::Viewer::Partner(_) | ctx::Viewer::System => None,
        })
    }
}

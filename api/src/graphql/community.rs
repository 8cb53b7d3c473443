//! Communities on the wire.

use async_graphql::{Context, Enum, ID, Object, OneofObject, SimpleObject};
use domain::community::{self, Search};
use domain::ctx::Viewer;
use domain::id::CommunityId;
use domain::{access_token, gathering, goal, report, roster, webhook};

use super::access_token::{AccessToken, AccessTokenConnection, AccessTokenEdge};
use super::audit::{AuditEntry, AuditEntryConnection, AuditEntryEdge};
use super::charter::{Charter, CharterConnection, CharterEdge};
use super::context::ContextExt;
use super::error::{Fault, RequestCode, Result};
use super::gathering::{Gathering, GatheringConnection, GatheringEdge, GatheringTime};
use super::goal::{Goal, GoalConnection, GoalEdge, GoalState};
use super::health::{CommunityMap, Health, HealthSnapshot, HealthSnapshotConnection, HealthSnapshotEdge};
use super::loaders::{CharterKey, CommunityKey, MembershipKey, SizeKey, SkillsKey};
use super::membership::{Membership, MembershipConnection, MembershipEdge, MembershipState};
use super::page::{connection, window};
use super::readiness::Readiness;
use super::report::{Report, ReportConnection, ReportEdge, ReportState};
use super::roster::{RosterConnection, RosterEdge, RosterEntry};
use super::scalar::{DateTime, GlobalId, Url};
use super::webhook::{Webhook, WebhookConnection, WebhookEdge};

/// A community that exists for the viewer.
#[derive(Clone)]
pub(crate) struct Community(pub(crate) community::Community);

/// Where a community stands. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::community::Stage")]
pub(crate) enum CommunityStage {
    /// Its founders are making it; nobody else sees it.
    Forming,
    /// It is open, by its joining policy.
    Live,
    /// It rests; its members still see one another.
    Dormant,
    /// It is over; its members can still read it.
    Archived,
}

/// A group that exists in real life, with a charter and those who look after it. While it is forming, only its founders
/// and those they invite see it; when it is live everybody may find it, and its members alone see who and what is in it.
#[Object]
impl Community {
    /// Opaque, stable, unique over all types.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_global()
    }

    /// The unique name in addresses. Scope: `COMMUNITY_READ`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// What it is called. Scope: `COMMUNITY_READ`.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Where it is; null if it did not say. Scope: `COMMUNITY_READ`.
    async fn area(&self) -> Option<&str> {
        self.0.area.as_deref()
    }

    /// What its members can help with, in its stewards' order. Scope: `COMMUNITY_READ`.
    async fn skills(&self, gql: &Context<'_>) -> Result<Vec<String>> {
        Ok(gql.loaders()?.load_one(SkillsKey(self.0.id)).await?.unwrap_or_default())
    }

    /// Where it stands. Scope: `COMMUNITY_READ`.
    async fn stage(&self) -> CommunityStage {
        self.0.stage.into()
    }

    /// The charter in force. Scope: `COMMUNITY_READ`.
    async fn charter(&self, gql: &Context<'_>) -> Result<Charter> {
        let found = gql.loaders()?.load_one(CharterKey(self.0.id, self.0.charter_version)).await?;
        found.map(Charter).ok_or_else(|| Fault::new(RequestCode::Internal, "The community has no charter."))
    }

    /// All versions of the charter, the one in force first; to others than members, that one alone.
    async fn charter_history(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<CharterConnection> {
        let page = community::history(gql.ctx()?, &self.0, &window(gql, Some(first), after)?).await?;
        Ok(CharterConnection::of(page, |row| CharterEdge { cursor: row.cursor, node: Charter(row.item) }))
    }

    /// How many members it has, as far as they exist for the viewer. Scope: `COMMUNITY_READ`.
    async fn member_count(&self, gql: &Context<'_>) -> Result<i32> {
        Ok(gql.loaders()?.load_one(SizeKey(self.0.id)).await?.unwrap_or_default() as i32)
    }

    /// The viewer's membership while it is open: they belong to the community, are invited, or have applied; else null.
    async fn viewer_membership(&self, gql: &Context<'_>) -> Result<Option<Membership>> {
        match self.0.membership {
            Some(id) => Ok(gql.loaders()?.load_one(MembershipKey(id)).await?.map(Membership)),
            None => Ok(None),
        }
    }

    /// The memberships in one state that show to the viewer, newest first. Members see those who belong to it, and the
    /// applications of their ties where they may vouch; stewards see all; others see their own at most.
    async fn members(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Where they stand.", default_with = "MembershipState::Active")] state: MembershipState,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<MembershipConnection> {
        let window = window(gql, Some(first), after)?;
        let page = community::memberships(gql.ctx()?, &self.0, state.into(), &window).await?;
        Ok(MembershipConnection::of(page, |row| MembershipEdge { cursor: row.cursor, node: Membership(row.item) }))
    }

    /// What it takes to go live, and what there is, computed anew; null unless the viewer belongs to the community.
    async fn readiness(&self, gql: &Context<'_>) -> Result<Option<Readiness>> {
        Ok(community::readiness::of(gql.ctx()?, &self.0).await?.map(Readiness))
    }

    /// The community's goals, newest first; none unless the viewer belongs to it. Scope: `GOALS_READ`.
    async fn goals(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Only those that stand here.")] state: Option<GoalState>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<GoalConnection> {
        let window = window(gql, Some(first), after)?;
        let page = goal::list(gql.ctx()?, &self.0, state.map(Into::into), &window).await?;
        Ok(GoalConnection::of(page, |row| GoalEdge { cursor: row.cursor, node: Goal(row.item) }))
    }

    /// The community's gatherings: to come, the next one first, or past, the last one first; none unless the viewer
    /// belongs to it. Scope: `GATHERINGS_READ`.
    async fn gatherings(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.", default_with = "GatheringTime::Upcoming")] when: GatheringTime,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<GatheringConnection> {
        let window = window(gql, Some(first), after)?;
        let page = gathering::list(gql.ctx()?, &self.0, when.into(), &window).await?;
        Ok(GatheringConnection::of(page, |row| GatheringEdge { cursor: row.cursor, node: Gathering(row.item) }))
    }

    /// Where the viewer's calendar reads the community's gatherings (iCalendar, RFC 5545); null unless they have opened it.
    /// Whoever has the address can read it: `closeCalendar` takes it back.
    async fn calendar_url(&self, gql: &Context<'_>) -> Result<Option<Url>> {
        let calendar = gathering::my_calendar(gql.ctx()?, &self.0).await?;
        let base = &gql.state()?.config.public_url;
        Ok(calendar.and_then(|it| it.code).map(|code| Url(format!("{base}/calendars/{code}.ics"))))
    }

    /// Whether the community's network works; null if the report is not for the viewer (it is for stewards, and for members
    /// where the charter says so), and for fewer than 5 members. Scope: `HEALTH_READ`.
    async fn health(&self, gql: &Context<'_>) -> Result<Option<Health>> {
        Ok(community::health::of(gql.ctx()?, &self.0).await?.map(Health))
    }

    /// The health reports of the weeks before, the last one first; none if they are not for the viewer.
    /// Scope: `HEALTH_READ`.
    async fn health_trend(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<HealthSnapshotConnection> {
        let page = community::trend(gql.ctx()?, &self.0, &window(gql, Some(first), after)?).await?;
        Ok(HealthSnapshotConnection::of(page, |row| HealthSnapshotEdge {
            cursor: row.cursor,
            node: HealthSnapshot(row.item),
        }))
    }

    /// A picture of the members and of those ties among them that the viewer may see; null unless the viewer belongs to
    /// the community.
    async fn map(&self, gql: &Context<'_>) -> Result<Option<CommunityMap>> {
        Ok(community::map_address(gql.ctx()?, &self.0)?.map(CommunityMap))
    }

    /// The reports the viewer may decide about, newest first; none unless they look after the community.
    async fn reports(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Only those that stand here.")] state: Option<ReportState>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<ReportConnection> {
        let window = window(gql, Some(first), after)?;
        let page = report::list(gql.ctx()?, &self.0, state.map(Into::into), &window).await?;
        Ok(ReportConnection::of(page, |row| ReportEdge { cursor: row.cursor, node: Report(row.item) }))
    }

    /// What stewards, and the service, did in the community, newest first; none unless the viewer looks after it.
    async fn audit_trail(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<AuditEntryConnection> {
        let page = community::audit::list(gql.ctx()?, &self.0, &window(gql, Some(first), after)?).await?;
        Ok(AuditEntryConnection::of(page, |row| AuditEntryEdge { cursor: row.cursor, node: AuditEntry(row.item) }))
    }

    /// Who belongs to the community and lets partners see it, those who changed first first; for stewards and partners.
    /// Without `updatedAfter` it has those who belong to it now; with it, all that has changed since, also who is gone
    /// (for 90 days). To keep a list equal, read it once in full, and then, from time to time, with the latest `updatedAt`
    /// read so far less a minute: what is read twice is the same. Scope: `ROSTER_READ`.
    async fn roster(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Only what has changed after this moment.")] updated_after: Option<DateTime>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<RosterConnection> {
        let window = window(gql, Some(first), after)?;
        let page = roster::list(gql.ctx()?, &self.0, updated_after.map(|at| at.0), &window).await?;
        Ok(RosterConnection::of(page, |row| RosterEdge { cursor: row.cursor, node: RosterEntry(row.item) }))
    }

    /// The access tokens of the community's partners, newest first; none unless the viewer looks after it.
    async fn access_tokens(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<AccessTokenConnection> {
        let page = access_token::list(gql.ctx()?, &self.0, &window(gql, Some(first), after)?).await?;
        Ok(AccessTokenConnection::of(page, |row| AccessTokenEdge { cursor: row.cursor, node: AccessToken(row.item) }))
    }

    /// Where the community tells partners what happens in it, newest first; none unless the viewer looks after it.
    async fn webhooks(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<WebhookConnection> {
        let page = webhook::list(gql.ctx()?, &self.0, &window(gql, Some(first), after)?).await?;
        Ok(WebhookConnection::of(page, |row| WebhookEdge { cursor: row.cursor, node: Webhook(row.item) }))
    }

    /// When it was formed; null unless the viewer belongs to it, is invited, or is a partner of it.
    /// Scope: `COMMUNITY_READ`.
    async fn created_at(&self) -> Option<DateTime> {
        self.0.formed_at().map(DateTime)
    }

    /// When it went live; null if it did not. Scope: `COMMUNITY_READ`.
    async fn launched_at(&self) -> Option<DateTime> {
        self.0.launched_at.map(DateTime)
    }
}

impl Community {
    /// The community `id`, if it exists for the viewer.
    pub(crate) async fn load(gql: &Context<'_>, id: CommunityId) -> Result<Option<Self>> {
        Ok(gql.loaders()?.load_one(CommunityKey(id)).await?.map(Self))
    }
}

/// A community in a list.
#[derive(SimpleObject)]
pub(crate) struct CommunityEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The community.
    pub(crate) node: Community,
}

connection! {
    /// A list of communities.
    CommunityConnection of CommunityEdge, Community
}

/// A community, named in one of these ways.
#[derive(OneofObject)]
pub(crate) enum CommunityBy {
    /// By id.
    Id(ID),
    /// By its name in addresses.
    Slug(String),
}

/// Queries about communities.
#[derive(Default)]
pub(crate) struct CommunityQuery;

#[Object]
impl CommunityQuery {
    /// A community, by id or by its name in addresses; null if there is none, or none that exists for the viewer.
    async fn community(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] by: CommunityBy,
    ) -> Result<Option<Community>> {
        if gql.ctx()?.viewer == Viewer::Anonymous {
            return Ok(None);
        }
        let id = match by {
            CommunityBy::Id(id) => CommunityId::of_global(&id),
            CommunityBy::Slug(slug) => community::by_slug(gql.ctx()?, &slug).await?,
        };
        match id {
            Some(id) => Community::load(gql, id).await,
            None => Ok(None),
        }
    }

    /// The live communities that fit all that is asked for, those that went live last first.
    async fn communities(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Words in the name, the purpose or the skills; all of them, in whatever case.")] query: Option<
            String,
        >,
        #[graphql(desc = "Only those of this area, in whatever case.")] area: Option<String>,
        #[graphql(desc = "Only those whose members can help with this skill, in whatever case.")] skill: Option<String>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<CommunityConnection> {
        let search = Search { query, area, skill };
        let page = community::search(gql.ctx()?, &search, &window(gql, Some(first), after)?).await?;
        Ok(CommunityConnection::of(page, |row| CommunityEdge { cursor: row.cursor, node: Community(row.item) }))
    }
}

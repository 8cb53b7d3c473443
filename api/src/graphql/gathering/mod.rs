//! Gatherings on the wire: what they are here, what members do about them in [`plan`].

mod plan;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use domain::gathering::{self, Turnout, When};
use domain::id::{GatheringId, MemberId};
use domain::page::Page;

pub(crate) use self::plan::GatheringMutation;
use crate::graphql::community::Community;
use crate::graphql::context::ContextExt;
use crate::graphql::error::Result;
use crate::graphql::goal::Goal;
use crate::graphql::loaders::{GatheringKey, SeenKey, TurnoutKey};
use crate::graphql::member::{Member, MemberConnection, MemberEdge};
use crate::graphql::page::{connection, window};
use crate::graphql::scalar::{DateTime, GlobalId};

/// A gathering of a community of the viewer's.
#[derive(Clone)]
pub(crate) struct Gathering(pub(crate) gathering::Gathering);

/// Whether a gathering takes place. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::gathering::State")]
pub(crate) enum GatheringState {
    /// It takes place, or did.
    Planned,
    /// It does not take place.
    Cancelled,
}

/// Which gatherings. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GatheringTime {
    /// Those that are not over, the next one first.
    Upcoming,
    /// Those that are over, the last one first.
    Past,
}

impl From<GatheringTime> for When {
    fn from(when: GatheringTime) -> Self {
        match when {
            GatheringTime::Upcoming => Self::Upcoming,
            GatheringTime::Past => Self::Past,
        }
    }
}

/// What a member says about coming. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::gathering::Reply")]
pub(crate) enum GatheringReply {
    /// They come.
    Yes,
    /// They may come.
    Maybe,
    /// They do not come.
    No,
}

/// A community's meeting in real life.
#[Object]
impl Gathering {
    /// Opaque, stable, unique over all types.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_global()
    }

    /// The community it is of; null if the viewer no longer belongs to it. Scope: `GATHERINGS_READ`.
    async fn community(&self, gql: &Context<'_>) -> Result<Option<Community>> {
        Community::load(gql, self.0.community).await
    }

    /// The goal it serves; null if none. Scope: `GOALS_READ`.
    async fn goal(&self, gql: &Context<'_>) -> Result<Option<Goal>> {
        match self.0.goal {
            Some(id) => Goal::load(gql, id).await,
            None => Ok(None),
        }
    }

    /// Who planned it; null if the viewer may not see them, or they are gone. Scope: `ROSTER_READ`.
    async fn planned_by(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        match self.0.planned_by {
            Some(id) => Member::load(gql, id).await,
            None => Ok(None),
        }
    }

    /// What it is called. Scope: `GATHERINGS_READ`.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// More about it; null if there is no more. Scope: `GATHERINGS_READ`.
    async fn details(&self) -> Option<&str> {
        self.0.details.as_deref()
    }

    /// Where. Scope: `GATHERINGS_READ`.
    async fn place(&self) -> &str {
        &self.0.place
    }

    /// The time zone of the place, by its name in IANA's database, such as `Europe/Lisbon`: in which to show the times.
    /// Scope: `GATHERINGS_READ`.
    async fn zone(&self) -> &str {
        &self.0.zone
    }

    /// When it begins. Scope: `GATHERINGS_READ`.
    async fn starts_at(&self) -> DateTime {
        DateTime(self.0.starts_at)
    }

    /// When it ends. Scope: `GATHERINGS_READ`.
    async fn ends_at(&self) -> DateTime {
        DateTime(self.0.ends_at)
    }

    /// Whether it takes place. Scope: `GATHERINGS_READ`.
    async fn state(&self) -> GatheringState {
        self.0.state.into()
    }

    /// Why it was cancelled; null if nobody said. Scope: `GATHERINGS_READ`.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// What the viewer said about coming; null if nothing.
    async fn viewer_reply(&self, gql: &Context<'_>) -> Result<Option<GatheringReply>> {
        Ok(self.turnout(gql).await?.viewer_reply.map(Into::into))
    }

    /// Whether it is known that the viewer was there.
    async fn viewer_attended(&self, gql: &Context<'_>) -> Result<bool> {
        Ok(self.turnout(gql).await?.viewer_attended)
    }

    /// How many have given this reply, as far as they exist for the viewer.
    async fn reply_count(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.", default_with = "GatheringReply::Yes")] reply: GatheringReply,
    ) -> Result<i32> {
        let turnout = self.turnout(gql).await?;
        Ok(match reply {
            GatheringReply::Yes => turnout.yes,
            GatheringReply::Maybe => turnout.maybe,
            GatheringReply::No => turnout.no,
        } as i32)
    }

    /// How many are known to have been there, as far as they exist for the viewer.
    async fn attendee_count(&self, gql: &Context<'_>) -> Result<i32> {
        Ok(self.turnout(gql).await?.attended as i32)
    }

    /// Who has given this reply, the first first.
    async fn replies(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.", default_with = "GatheringReply::Yes")] reply: GatheringReply,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<MemberConnection> {
        let window = window(gql, Some(first), after)?;
        members(gql, gathering::replies(gql.ctx()?, self.0.id, reply.into(), &window).await?).await
    }

    /// Who is known to have been there.
    async fn attendees(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<MemberConnection> {
        let window = window(gql, Some(first), after)?;
        members(gql, gathering::attendees(gql.ctx()?, self.0.id, &window).await?).await
    }

    /// When it was planned. Scope: `GATHERINGS_READ`.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was last changed. Scope: `GATHERINGS_READ`.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

impl Gathering {
    /// The gathering `id`, if it shows to the viewer.
    pub(crate) async fn load(gql: &Context<'_>, id: GatheringId) -> Result<Option<Self>> {
        Ok(gql.loaders()?.load_one(GatheringKey(id)).await?.map(Self))
    }

    async fn turnout(&self, gql: &Context<'_>) -> Result<Turnout> {
        Ok(gql.loaders()?.load_one(TurnoutKey(self.0.id)).await?.unwrap_or_default())
    }
}

/// The members of a page, as far as the viewer may see them.
async fn members(gql: &Context<'_>, page: Page<MemberId>) -> Result<MemberConnection> {
    let keys = page.rows.iter().map(|row| SeenKey(row.item));
    let seen = gql.loaders()?.load_many(keys).await?;
    let page = page.retain(|id| seen.get(&SeenKey(*id)).cloned());
    Ok(MemberConnection::of(page, |row| MemberEdge { cursor: row.cursor, node: Member(row.item) }))
}

/// A gathering in a list.
#[derive(SimpleObject)]
pub(crate) struct GatheringEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The gathering.
    pub(crate) node: Gathering,
}

connection! {
    /// A list of gatherings.
    GatheringConnection of GatheringEdge, Gathering
}

//! Members on the wire.

use async_graphql::{Context, Enum, ID, InputObject, MaybeUndefined, Object, OneofObject, SimpleObject};
use domain::community;
use domain::id::MemberId;
use domain::member::{self, Edit, PrivacyEdit, Profile, ProfileEdit};
use domain::network;
use domain::visibility::{Relation, Seen};

use super::community::{Community, CommunityConnection, CommunityEdge};
use super::context::ContextExt;
use super::error::{Result, UserError, outcome};
use super::loaders::{CommunitiesKey, MutualsKey, ProfileKey, SeenKey};
use super::page::{connection, window};
use super::scalar::{GlobalId, Url};
use super::viewer::Viewer;

/// A member whom the viewer may see.
#[derive(Clone)]
pub(crate) struct Member(pub(crate) Seen);

/// What a member is to the viewer: the closest relation that holds. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RelationToViewer {
    /// The viewer.
    Self_,
    /// Tied to the viewer.
    Tie,
    /// A friend of a friend: reached through somebody both are tied to.
    Network,
    /// They belong to a community in common.
    Fellow,
    /// Something between the two is open, such as a claim: only the card shows, for as long as it is.
    Process,
}

impl RelationToViewer {
    pub(crate) fn of(relation: Relation) -> Self {
        match relation {
            Relation::Myself => Self::Self_,
            Relation::Tie => Self::Tie,
            Relation::Network => Self::Network,
            Relation::Fellow => Self::Fellow,
            Relation::Process => Self::Process,
        }
    }
}

/// A person with an account, as far as the viewer may see them. Somebody the viewer may not see is null, or left out.
#[Object]
impl Member {
    /// Opaque, stable, unique over all types.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_global()
    }

    /// The unique name by which somebody who knows them can claim a tie.
    async fn handle(&self) -> &str {
        &self.0.card.handle
    }

    /// The name people know them by. Scope: `ROSTER_READ`.
    async fn name(&self) -> &str {
        &self.0.card.name
    }

    /// One line about them; null if they wrote none. Scope: `ROSTER_READ`.
    async fn headline(&self) -> Option<&str> {
        self.0.card.headline.as_deref()
    }

    /// Where their picture is; null if they have none. Scope: `ROSTER_READ`.
    async fn avatar_url(&self) -> Option<Url> {
        self.0.card.avatar_url.clone().map(Url)
    }

    /// Who they are, in their words; null if they wrote nothing, or if only their card shows. Scope: `ROSTER_READ`.
    async fn bio(&self, gql: &Context<'_>) -> Result<Option<String>> {
        Ok(self.profile(gql).await?.and_then(|profile| profile.bio))
    }

    /// What they can help with, in their order; null if only their card shows. Scope: `ROSTER_READ`.
    async fn skills(&self, gql: &Context<'_>) -> Result<Option<Vec<String>>> {
        Ok(self.profile(gql).await?.map(|profile| profile.skills))
    }

    /// Where they are; null if they did not say, or if only their card shows. Scope: `ROSTER_READ`.
    async fn area(&self, gql: &Context<'_>) -> Result<Option<String>> {
        Ok(self.profile(gql).await?.and_then(|profile| profile.area))
    }

    /// Their e-mail address; null unless it is the viewer's own, or they are tied and share it.
    async fn email(&self, gql: &Context<'_>) -> Result<Option<String>> {
        let profile = self.contact(gql).await?;
        Ok(profile.filter(|profile| profile.share_email || self.is_viewer()).and_then(|profile| profile.email))
    }

    /// Their telephone number after E.164; null unless it is the viewer's own, or they are tied and share it.
    async fn phone(&self, gql: &Context<'_>) -> Result<Option<String>> {
        let profile = self.contact(gql).await?;
        Ok(profile.filter(|profile| profile.share_phone || self.is_viewer()).and_then(|profile| profile.phone))
    }

    /// Whether they take introductions now, as the connector or as the one who is to be met.
    async fn takes_introductions(&self, gql: &Context<'_>) -> Result<bool> {
        Ok(self.0.card.takes_introductions(gql.ctx()?.now))
    }

    /// What they are to the viewer.
    async fn relation_to_viewer(&self) -> RelationToViewer {
        RelationToViewer::of(self.0.relation)
    }

    /// The communities of theirs that the viewer may know of: those both belong to and, of somebody tied to the viewer, the
    /// live ones they show.
    async fn communities(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<CommunityConnection> {
        let window = window(gql, Some(first), after)?;
        let communities = gql.loaders()?.load_one(CommunitiesKey(self.0.id, self.0.relation)).await?;
        let page = community::of_member_page(communities.unwrap_or_default(), &window)?;
        Ok(CommunityConnection::of(page, |row| CommunityEdge { cursor: row.cursor, node: Community(row.item) }))
    }

    /// The members tied to both the viewer and this member, as far as their ties are shown. Empty for the viewer.
    async fn mutuals(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<MemberConnection> {
        let window = window(gql, Some(first), after)?;
        let mutuals = gql.loaders()?.load_one(MutualsKey(self.0.id, self.0.relation)).await?;
        let page = network::mutuals_page(mutuals.unwrap_or_default(), &window)?;
        Ok(MemberConnection::of(page, |row| MemberEdge { cursor: row.cursor, node: Member(row.item) }))
    }
}

impl Member {
    /// The member `id`, if the viewer may see them.
    pub(crate) async fn load(gql: &Context<'_>, id: MemberId) -> Result<Option<Self>> {
        Ok(gql.loaders()?.load_one(SeenKey(id)).await?.map(Self))
    }

    /// The same of somebody who may be gone.
    pub(crate) async fn load_any(gql: &Context<'_>, id: Option<MemberId>) -> Result<Option<Self>> {
        match id {
            Some(id) => Self::load(gql, id).await,
            None => Ok(None),
        }
    }

    fn is_viewer(&self) -> bool {
        self.0.relation == Relation::Myself
    }

    async fn profile(&self, gql: &Context<'_>) -> Result<Option<Profile>> {
        if !self.0.relation.shows_profile() {
            return Ok(None);
        }
        gql.loaders()?.load_one(ProfileKey(self.0.id)).await
    }

    async fn contact(&self, gql: &Context<'_>) -> Result<Option<Profile>> {
        if !self.0.relation.shows_contact() {
            return Ok(None);
        }
        gql.loaders()?.load_one(ProfileKey(self.0.id)).await
    }
}

/// A member in a list.
#[derive(SimpleObject)]
pub(crate) struct MemberEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The member.
    pub(crate) node: Member,
}

connection! {
    /// A list of members.
    MemberConnection of MemberEdge, Member
}

/// A member, named in one of these ways.
#[derive(OneofObject)]
pub(crate) enum MemberBy {
    /// By id.
    Id(ID),
    /// By exact handle.
    Handle(String),
}

/// What to change of the viewer's profile. A field left out keeps its value; null clears it.
#[derive(InputObject)]
pub(crate) struct UpdateProfileInput {
    /// The unique name: 3 to 40 of a-z, 0-9 and inner hyphens. Cannot be cleared.
    handle: MaybeUndefined<String>,
    /// The name people know the viewer by: at most 80 characters. Cannot be cleared.
    name: MaybeUndefined<String>,
    /// One line of at most 120 characters.
    headline: MaybeUndefined<String>,
    /// At most 2,000 characters.
    bio: MaybeUndefined<String>,
    /// Where a picture is: an https address of at most 500 characters.
    avatar_url: MaybeUndefined<String>,
    /// Where the viewer is: at most 80 characters.
    area: MaybeUndefined<String>,
    /// A telephone number with its country, such as +33 1 23 45 67 89.
    phone: MaybeUndefined<String>,
    /// What the viewer can help with: at most 30 of at most 50 characters each.
    skills: MaybeUndefined<Vec<String>>,
}

impl From<UpdateProfileInput> for ProfileEdit {
    fn from(input: UpdateProfileInput) -> Self {
        Self {
            handle: edit(input.handle),
            name: edit(input.name),
            headline: edit(input.headline),
            bio: edit(input.bio),
            avatar_url: edit(input.avatar_url),
            area: edit(input.area),
            phone: edit(input.phone),
            skills: edit(input.skills),
        }
    }
}

pub(crate) fn edit<T>(value: MaybeUndefined<T>) -> Edit<T> {
    match value {
        MaybeUndefined::Undefined => Edit::Keep,
        MaybeUndefined::Null => Edit::Clear,
        MaybeUndefined::Value(value) => Edit::Set(value),
    }
}

/// What to change of what the viewer shows. A field left out, or null, keeps its value.
#[derive(InputObject)]
pub(crate) struct UpdatePrivacyInput {
    /// Whether friends of friends may find the viewer.
    findable: Option<bool>,
    /// Whether contacts see the viewer as a way to others.
    as_route: Option<bool>,
    /// Whether ties see the viewer's e-mail address.
    share_email: Option<bool>,
    /// Whether ties see the viewer's telephone number.
    share_phone: Option<bool>,
}

/// The profile after the change.
#[derive(SimpleObject)]
pub(crate) struct UpdateProfilePayload {
    /// The viewer; null if the change was refused.
    member: Option<Member>,
    /// Why the change was refused; empty if it was made.
    user_errors: Vec<UserError>,
}

/// What the viewer shows after the change.
#[derive(SimpleObject)]
pub(crate) struct UpdatePrivacyPayload {
    /// The viewer.
    viewer: Viewer,
    /// Why the change was refused; empty if it was made.
    user_errors: Vec<UserError>,
}

/// Queries about members.
#[derive(Default)]
pub(crate) struct MemberQuery;

#[Object]
impl MemberQuery {
    /// A member, by id or by exact handle; null if there is none, or none the viewer may see. Scope: `ROSTER_READ`.
    async fn member(&self, gql: &Context<'_>, #[graphql(desc = "Whom.")] by: MemberBy) -> Result<Option<Member>> {
        let id = match by {
            MemberBy::Id(id) => MemberId::of_global(&id),
            MemberBy::Handle(handle) => member::by_handle(&gql.ctx()?.kith, &handle).await?,
        };
        match id {
            Some(id) => Member::load(gql, id).await,
            None => Ok(None),
        }
    }
}

/// What members do about themselves.
#[derive(Default)]
pub(crate) struct MemberMutation;

#[Object]
impl MemberMutation {
    /// Changes the viewer's profile.
    async fn update_profile(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateProfileInput,
    ) -> Result<UpdateProfilePayload> {
        let ctx = gql.ctx()?;
        let (done, user_errors) = outcome(gql, member::update_profile(ctx, input.into()).await)?;
        let member = if done.is_some() { Some(Member(member::myself(ctx).await?.0)) } else { None };
        Ok(UpdateProfilePayload { member, user_errors })
    }

    /// Changes what the viewer shows. It holds for every request begun after the answer.
    async fn update_privacy(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdatePrivacyInput,
    ) -> Result<UpdatePrivacyPayload> {
        let edit = PrivacyEdit {
            findable: input.findable.map(Into::into),
            as_route: input.as_route.map(Into::into),
            share_email: input.share_email.map(Into::into),
            share_phone: input.share_phone.map(Into::into),
        };
        let (_, user_errors) = outcome(gql, member::update_privacy(gql.ctx()?, edit).await)?;
        Ok(UpdatePrivacyPayload { viewer: Viewer, user_errors })
    }
}

//! Charters on the wire, and forming the community they are of.

use async_graphql::{Context, Enum, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use domain::community::{self, CharterEdit, CommunityEdit, NewCommunity};
use domain::id::CommunityId;

use super::community::Community;
use super::context::ContextExt;
use super::error::Result;
use super::member::{Member, edit};
use super::page::connection;
use super::payload::changed;
use super::scalar::{DateTime, GlobalId};

/// A version of a community's charter.
#[derive(Clone)]
pub(crate) struct Charter(pub(crate) community::Charter);

/// How one joins a live community. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::community::Joining")]
pub(crate) enum JoiningPolicy {
    /// A member invites.
    Invitation,
    /// Members who are tied to the applicant vouch for them.
    Vouched,
    /// A steward decides.
    Request,
}

/// Who reads a community's health report. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::community::HealthFor")]
pub(crate) enum HealthAudience {
    /// Its stewards alone.
    Stewards,
    /// All its members.
    Members,
}

/// What a community is for, which failure of offline life it answers, how its members treat one another, and how one
/// joins. A version never changes: a change of the charter is another version.
#[Object]
impl Charter {
    /// Which version, from 1. Scope: `COMMUNITY_READ`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// What the community is for; null if that is not said yet. Scope: `COMMUNITY_READ`.
    async fn purpose(&self) -> Option<&str> {
        self.0.purpose.as_deref()
    }

    /// Which failure of offline life it answers, such as "we lose touch between meetings"; null if that is not said yet.
    /// Scope: `COMMUNITY_READ`.
    async fn failure(&self) -> Option<&str> {
        self.0.failure.as_deref()
    }

    /// How its members treat one another. Scope: `COMMUNITY_READ`.
    async fn agreements(&self) -> &[String] {
        &self.0.agreements
    }

    /// How one joins once it is live. Scope: `COMMUNITY_READ`.
    async fn joining(&self) -> JoiningPolicy {
        self.0.joining.into()
    }

    /// How many members vouch for an applicant where that is how one joins: 1 to 5. Scope: `COMMUNITY_READ`.
    async fn vouches(&self) -> i32 {
        self.0.vouches
    }

    /// What applicants are asked. Scope: `COMMUNITY_READ`.
    async fn questions(&self) -> &[String] {
        &self.0.questions
    }

    /// Who reads the health report. Scope: `COMMUNITY_READ`.
    async fn health_for(&self) -> HealthAudience {
        self.0.health_for.into()
    }

    /// Who wrote this version; null if the viewer may not see them, or they are gone. Scope: `ROSTER_READ`.
    async fn written_by(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        match self.0.written_by {
            Some(id) => Member::load(gql, id).await,
            None => Ok(None),
        }
    }

    /// When it was written. Scope: `COMMUNITY_READ`.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}

/// A version of a charter in a list.
#[derive(SimpleObject)]
pub(crate) struct CharterEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The version.
    pub(crate) node: Charter,
}

connection! {
    /// A list of versions of a charter.
    CharterConnection of CharterEdge, Charter
}

/// What to put into a charter. A field left out keeps its value; null clears it.
#[derive(InputObject)]
pub(crate) struct CharterInput {
    /// What the community is for: at most 500 characters. Cannot be cleared once it is live.
    purpose: MaybeUndefined<String>,
    /// Which failure of offline life it answers: at most 500 characters. Cannot be cleared once it is live.
    failure: MaybeUndefined<String>,
    /// How its members treat one another: at most 20 of at most 300 characters. Not none once it is live.
    agreements: Option<Vec<String>>,
    /// How one joins once it is live.
    joining: Option<JoiningPolicy>,
    /// How many vouch for an applicant where that is how one joins: 1 to 5.
    vouches: Option<i32>,
    /// What applicants are asked: at most 20 of at most 300 characters.
    questions: Option<Vec<String>>,
    /// Who reads the health report.
    health_for: Option<HealthAudience>,
}

impl From<CharterInput> for CharterEdit {
    fn from(input: CharterInput) -> Self {
        Self {
            purpose: edit(input.purpose),
            failure: edit(input.failure),
            agreements: input.agreements,
            joining: input.joining.map(Into::into),
            vouches: input.vouches,
            questions: input.questions,
            health_for: input.health_for.map(Into::into),
        }
    }
}

/// The community to be formed.
#[derive(InputObject)]
pub(crate) struct FormCommunityInput {
    /// What it is called: at most 80 characters.
    name: String,
    /// The unique name in addresses: 3 to 40 of a-z, 0-9 and inner hyphens; made of the name if left out.
    slug: Option<String>,
    /// Where it is: at most 80 characters.
    area: Option<String>,
    /// What its members can help with: at most 30 of at most 50 characters each.
    skills: Option<Vec<String>>,
    /// What is known of its charter already.
    charter: Option<CharterInput>,
}

/// What to change of a community. A field left out keeps its value; null clears it.
#[derive(InputObject)]
pub(crate) struct UpdateCommunityInput {
    /// The community's id.
    community_id: ID,
    /// What it is called: at most 80 characters. Cannot be cleared.
    name: MaybeUndefined<String>,
    /// Where it is: at most 80 characters.
    area: MaybeUndefined<String>,
    /// What its members can help with: at most 30 of at most 50 characters each.
    skills: Option<Vec<String>>,
}

/// Whose charter to change, and how.
#[derive(InputObject)]
pub(crate) struct UpdateCharterInput {
    /// The community's id.
    community_id: ID,
    /// The change; what is left out stays.
    charter: CharterInput,
}

/// The charter the viewer ratifies.
#[derive(InputObject)]
pub(crate) struct RatifyCharterInput {
    /// The community's id.
    community_id: ID,
    /// The version that was read.
    charter_version: i32,
}

/// The charter the viewer agrees to.
#[derive(InputObject)]
pub(crate) struct ConsentToCharterInput {
    /// The community's id.
    community_id: ID,
    /// The version that was read.
    charter_version: i32,
}

/// A community that goes live.
#[derive(InputObject)]
pub(crate) struct LaunchCommunityInput {
    /// The community's id.
    community_id: ID,
}

/// A community that is put to rest.
#[derive(InputObject)]
pub(crate) struct RestCommunityInput {
    /// The community's id.
    community_id: ID,
}

/// A community that is revived.
#[derive(InputObject)]
pub(crate) struct ReviveCommunityInput {
    /// The community's id.
    community_id: ID,
}

/// A community that is archived.
#[derive(InputObject)]
pub(crate) struct ArchiveCommunityInput {
    /// The community's id.
    community_id: ID,
}

changed! {
    community: Community of community::Community, "The community; null if the command was refused.";
    /// The community after it was formed.
    FormCommunityPayload;
    /// The community after the change.
    UpdateCommunityPayload;
    /// The community with its new charter.
    UpdateCharterPayload;
    /// The community after the viewer has ratified its charter.
    RatifyCharterPayload;
    /// The community after the viewer has agreed to its charter.
    ConsentToCharterPayload;
    /// The community after it went live.
    LaunchCommunityPayload;
    /// The community after it was put to rest.
    RestCommunityPayload;
    /// The community after it was revived.
    ReviveCommunityPayload;
    /// The community after it was archived.
    ArchiveCommunityPayload;
}

/// What founders and stewards do about a community.
#[derive(Default)]
pub(crate) struct CharterMutation;

#[Object]
impl CharterMutation {
    /// Forms a community, of which the viewer is the first founder and steward. A member may be forming three at a time.
    async fn form_community(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "The community.")] input: FormCommunityInput,
    ) -> Result<FormCommunityPayload> {
        let new = NewCommunity {
            name: input.name,
            slug: input.slug,
            area: input.area,
            skills: input.skills.unwrap_or_default(),
            charter: input.charter.map(Into::into).unwrap_or_default(),
        };
        FormCommunityPayload::of(gql, community::form(gql.ctx()?, new).await)
    }

    /// Changes what a community is called, as one of its stewards.
    async fn update_community(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateCommunityInput,
    ) -> Result<UpdateCommunityPayload> {
        let id = CommunityId::given(&input.community_id);
        let change = CommunityEdit { name: edit(input.name), area: edit(input.area), skills: input.skills };
        UpdateCommunityPayload::of(gql, community::update(gql.ctx()?, id, change).await)
    }

    /// Makes another version of a community's charter, as one of its stewards. While it is forming the founders ratify it
    /// anew; after that its members have 30 days to agree, and read only without it.
    async fn update_charter(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateCharterInput,
    ) -> Result<UpdateCharterPayload> {
        let id = CommunityId::given(&input.community_id);
        UpdateCharterPayload::of(gql, community::update_charter(gql.ctx()?, id, input.charter.into()).await)
    }

    /// Ratifies the charter of a community that is forming, as one of its founders.
    async fn ratify_charter(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which charter.")] input: RatifyCharterInput,
    ) -> Result<RatifyCharterPayload> {
        let id = CommunityId::given(&input.community_id);
        RatifyCharterPayload::of(gql, community::ratify(gql.ctx()?, id, input.charter_version).await)
    }

    /// Agrees to the charter of a community that was launched, after it has changed.
    async fn consent_to_charter(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which charter.")] input: ConsentToCharterInput,
    ) -> Result<ConsentToCharterPayload> {
        let id = CommunityId::given(&input.community_id);
        ConsentToCharterPayload::of(gql, community::consent(gql.ctx()?, id, input.charter_version).await)
    }

    /// Opens a community that is ready, as one of its stewards; refused with NOT_READY once for each criterion of
    /// `readiness` that is not met.
    async fn launch_community(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: LaunchCommunityInput,
    ) -> Result<LaunchCommunityPayload> {
        LaunchCommunityPayload::of(gql, community::launch(gql.ctx()?, CommunityId::given(&input.community_id)).await)
    }

    /// Puts a live community to rest, as one of its stewards. A year in which nothing happens does the same.
    async fn rest_community(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: RestCommunityInput,
    ) -> Result<RestCommunityPayload> {
        RestCommunityPayload::of(gql, community::rest(gql.ctx()?, CommunityId::given(&input.community_id)).await)
    }

    /// Ends the rest of a community, as one of its stewards.
    async fn revive_community(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: ReviveCommunityInput,
    ) -> Result<ReviveCommunityPayload> {
        ReviveCommunityPayload::of(gql, community::revive(gql.ctx()?, CommunityId::given(&input.community_id)).await)
    }

    /// Archives a community, as one of its stewards: its members can read it, and nothing in it changes any more.
    async fn archive_community(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: ArchiveCommunityInput,
    ) -> Result<ArchiveCommunityPayload> {
        ArchiveCommunityPayload::of(gql, community::archive(gql.ctx()?, CommunityId::given(&input.community_id)).await)
    }
}

//! Access tokens of partners on the wire.

use std::time::Duration;

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use domain::access_token::{self, Issued, NewAccessToken};
use domain::id::{AccessTokenId, CommunityId};

use super::community::Community;
use super::context::ContextExt;
use super::credential::ProofInput;
use super::error::{Result, UserError, outcome};
use super::member::Member;
use super::page::{connection, window};
use super::payload::changed;
use super::scalar::{DateTime, GlobalId};

/// How long the old secret is good after a rotation, unless the steward says otherwise.
const OVERLAP_HOURS: u32 = 24;

/// A partner's access token, as stewards and the partner itself see it.
#[derive(Clone)]
pub(crate) struct AccessToken(pub(crate) access_token::AccessToken);

/// What an access token is good for: one part of one community, to read or to write. Clients must accept values they do not
/// know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::scope::Scope")]
pub(crate) enum AccessScope {
    /// Reads the community itself, with its charter.
    CommunityRead,
    /// Reads who belongs to the community, with what they say of themselves; not those who hide that from partners.
    RosterRead,
    /// Invites people by the partner's own list, and ends the memberships that came of it.
    RosterWrite,
    /// Reads goals and how far they are.
    GoalsRead,
    /// Reads gatherings.
    GatheringsRead,
    /// Reads the health report.
    HealthRead,
}

/// Where an access token stands. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::access_token::State")]
pub(crate) enum AccessTokenState {
    /// It is good, while its maker looks after the community and may use their account.
    Active,
    /// Its time is over.
    Expired,
    /// It was revoked, or its maker stopped looking after the community.
    Ended,
}

/// What a partner asks with: for one community, and what a steward of it has granted. It is kept for 90 days after its
/// end.
#[Object]
impl AccessToken {
    /// Opaque, stable, unique over all types; it is not the secret.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_global()
    }

    /// The community it lets in to.
    async fn community(&self, gql: &Context<'_>) -> Result<Option<Community>> {
        Community::load(gql, self.0.community).await
    }

    /// Who made it, or rotated it last; null if the viewer may not see them, or they are gone. Scope: `ROSTER_READ`.
    async fn created_by(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        Member::load_any(gql, self.0.created_by).await
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is good for.
    async fn scopes(&self) -> Vec<AccessScope> {
        self.0.scopes.iter().map(Into::into).collect()
    }

    /// The last four letters of the secret, by which people tell one token from another.
    async fn last_four(&self) -> &str {
        &self.0.last_four
    }

    /// Where it stands.
    async fn state(&self) -> AccessTokenState {
        self.0.state.into()
    }

    /// Until when the secret before the last rotation is good as well; null if it is not.
    async fn previous_until(&self) -> Option<DateTime> {
        self.0.previous_until.map(DateTime)
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was last rotated; null if it was not.
    async fn rotated_at(&self) -> Option<DateTime> {
        self.0.rotated_at.map(DateTime)
    }

    /// When it is over.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }

    /// When it was last used; null if it was not.
    async fn last_used_at(&self) -> Option<DateTime> {
        self.0.last_used_at.map(DateTime)
    }

    /// When it was revoked, or its maker stopped looking after the community; null if neither.
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.ended_at.map(DateTime)
    }

    /// What was asked by it in the last 90 days, newest first.
    async fn uses(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "How many: 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Result<AccessTokenUseConnection> {
        let page = access_token::uses(gql.ctx()?, &self.0, &window(gql, Some(first), after)?).await?;
        Ok(AccessTokenUseConnection::of(page, |row| AccessTokenUseEdge {
            cursor: row.cursor,
            node: AccessTokenUse(row.item),
        }))
    }
}

/// An access token in a list.
#[derive(SimpleObject)]
pub(crate) struct AccessTokenEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The access token.
    pub(crate) node: AccessToken,
}

connection! {
    /// A list of access tokens.
    AccessTokenConnection of AccessTokenEdge, AccessToken
}

/// Something that was asked by an access token.
#[derive(Clone)]
pub(crate) struct AccessTokenUse(access_token::Use);

/// An operation that was asked by an access token, also if it was denied a part of it.
#[Object]
impl AccessTokenUse {
    /// What the partner calls the operation; null if it has no name.
    async fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// The fields at its root, such as `community` or `importRoster`.
    async fn fields(&self) -> &[String] {
        &self.0.fields
    }

    /// The network address it came from; null if that is not known.
    async fn address(&self) -> Option<&str> {
        self.0.address.as_deref()
    }

    /// When it was asked.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.at)
    }
}

/// A use in a list.
#[derive(SimpleObject)]
pub(crate) struct AccessTokenUseEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The use.
    pub(crate) node: AccessTokenUse,
}

connection! {
    /// What was asked by an access token.
    AccessTokenUseConnection of AccessTokenUseEdge, AccessTokenUse
}

/// An access token to be made.
#[derive(InputObject)]
pub(crate) struct CreateAccessTokenInput {
    /// The community it lets in to.
    community_id: ID,
    /// What it is called, so that stewards know whose it is: at most 80 characters.
    name: String,
    /// What it is good for: as little as the partner needs.
    scopes: Vec<AccessScope>,
    /// When it is over: in 366 days at most.
    expires_at: DateTime,
    /// What shows who the viewer is.
    proof: Option<ProofInput>,
}

impl CreateAccessTokenInput {
    fn parts(self) -> (CommunityId, NewAccessToken, Option<domain::credential::Proof>) {
        let scopes = self.scopes.into_iter().map(Into::into).collect();
        let new = NewAccessToken { name: self.name, scopes, expires_at: self.expires_at.0 };
        (CommunityId::given(&self.community_id), new, self.proof.map(Into::into))
    }
}

/// An access token to be rotated.
#[derive(InputObject)]
pub(crate) struct RotateAccessTokenInput {
    /// Which.
    access_token_id: ID,
    /// For how many hours the old secret is good as well: 0 to 168, 24 unless it says otherwise.
    overlap_hours: Option<u32>,
    /// When the token is over from now on: in 366 days at most; left out or null keeps its end.
    expires_at: Option<DateTime>,
    /// What shows who the viewer is.
    proof: Option<ProofInput>,
}

/// An access token to be revoked.
#[derive(InputObject)]
pub(crate) struct RevokeAccessTokenInput {
    /// Which.
    access_token_id: ID,
}

/// Makes the payload types of commands that issue a secret.
macro_rules! issued {
    ($($(#[$doc:meta])* $payload:ident;)+) => {$(
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub(crate) struct $payload {
            /// The access token; null if it was refused.
            access_token: Option<AccessToken>,
            /// What the partner's requests carry in their `Authorization` header, after `Bearer`. It is told here and nowhere
            /// else; null if it was refused.
            secret: Option<String>,
            /// Why it was refused; empty if it was done.
            user_errors: Vec<UserError>,
        }

        impl $payload {
            fn of(gql: &Context<'_>, result: domain::error::Result<Issued>) -> Result<Self> {
                let (issued, user_errors) = outcome(gql, result)?;
                let (token, secret) = issued.map(|issued| (AccessToken(issued.token), issued.secret)).unzip();
                Ok(Self { access_token: token, secret, user_errors })
            }
        }
    )+};
}

issued! {
    /// The new token.
    CreateAccessTokenPayload;
    /// The token with its new secret.
    RotateAccessTokenPayload;
}

changed! {
    access_token: AccessToken of access_token::AccessToken, "The access token; null if it was refused.";
    /// The token, which is good for nothing from now on.
    RevokeAccessTokenPayload;
}

/// Queries about access tokens.
#[derive(Default)]
pub(crate) struct AccessTokenQuery;

#[Object]
impl AccessTokenQuery {
    /// The access token by which a partner asks: what it is good for, and until when; null of everybody else.
    async fn access_token(&self, gql: &Context<'_>) -> Result<Option<AccessToken>> {
        Ok(access_token::mine(gql.ctx()?).await?.map(AccessToken))
    }
}

/// What stewards do about the access tokens of their community's partners.
#[derive(Default)]
pub(crate) struct AccessTokenMutation;

#[Object]
impl AccessTokenMutation {
    /// Makes an access token for a partner of a community, as one of its stewards. It ends with their stewardship.
    async fn create_access_token(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "The token.")] input: CreateAccessTokenInput,
    ) -> Result<CreateAccessTokenPayload> {
        let (community, new, proof) = input.parts();
        CreateAccessTokenPayload::of(gql, access_token::create(gql.ctx()?, community, new, proof).await)
    }

    /// Gives an access token another secret, as a steward of its community. The old one is good for a while as well.
    async fn rotate_access_token(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which, and for how long the old secret is good.")] input: RotateAccessTokenInput,
    ) -> Result<RotateAccessTokenPayload> {
        let id = AccessTokenId::given(&input.access_token_id);
        let overlap = Duration::from_secs(u64::from(input.overlap_hours.unwrap_or(OVERLAP_HOURS)) * 60 * 60);
        let (expires_at, proof) = (input.expires_at.map(|at| at.0), input.proof.map(Into::into));
        let rotated = access_token::rotate(gql.ctx()?, id, overlap, expires_at, proof).await;
        RotateAccessTokenPayload::of(gql, rotated)
    }

    /// Revokes an access token, as a steward of its community: from this answer on it is good for nothing.
    async fn revoke_access_token(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: RevokeAccessTokenInput,
    ) -> Result<RevokeAccessTokenPayload> {
        let revoked = access_token::revoke(gql.ctx()?, AccessTokenId::given(&input.access_token_id)).await;
        RevokeAccessTokenPayload::of(gql, revoked)
    }
}

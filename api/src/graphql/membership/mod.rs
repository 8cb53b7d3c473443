//! Memberships on the wire: what they are here, how one comes into a community in [`join`].

mod join;

use async_graphql::{ComplexObject, Context, Enum, ID, Object, SimpleObject};
use domain::community;
use domain::id::MembershipId;
use futures::future::try_join_all;

pub(crate) use self::join::MembershipMutation;

use crate::graphql::community::Community;
use crate::graphql::context::ContextExt;
use crate::graphql::error::Result;
use crate::graphql::loaders::{MembershipKey, VouchersKey};
use crate::graphql::member::{Member, RelationToViewer};
use crate::graphql::page::connection;
use crate::graphql::scalar::{DateTime, GlobalId};

/// One member's part in one community.
#[derive(Clone)]
pub(crate) struct Membership(pub(crate) community::Membership);

/// Where a membership stands. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::community::MembershipState")]
pub(crate) enum MembershipState {
    /// Awaits the invited member's answer.
    Invited,
    /// Awaits those who decide.
    Applied,
    /// They belong to the community.
    Active,
    /// They left.
    Left,
    /// A steward removed them.
    Removed,
    /// The invitation, or the application, was declined.
    Declined,
    /// It was taken back by whoever began it.
    Withdrawn,
    /// Nobody answered in time.
    Expired,
}

/// What a member may do in a community. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::community::Role")]
pub(crate) enum MembershipRole {
    /// Looks after it.
    Steward,
    /// Takes part in it.
    Member,
}

/// One member's part in one community: how it began, and how it ended.
#[Object]
impl Membership {
    /// Opaque, stable, unique over all types.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_global()
    }

    /// The community; null if it no longer exists for the viewer.
    async fn community(&self, gql: &Context<'_>) -> Result<Option<Community>> {
        Community::load(gql, self.0.community).await
    }

    /// The member; null if a block hides them from a viewer who looks after the community.
    async fn member(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        Member::load(gql, self.0.member).await
    }

    /// What the member is called, also where a block hides them from a steward.
    async fn name(&self) -> &str {
        &self.0.card.name
    }

    /// Where it stands.
    async fn state(&self) -> MembershipState {
        self.0.state.into()
    }

    /// What they may do in the community.
    async fn role(&self) -> MembershipRole {
        self.0.role.into()
    }

    /// Whether they were there before it was launched.
    async fn founder(&self) -> bool {
        self.0.founder
    }

    /// Who invited them; null if nobody did, and unless it is the viewer's own or they look after the community.
    async fn invited_by(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        match self.0.invited_by() {
            Some(id) => Member::load(gql, id).await,
            None => Ok(None),
        }
    }

    /// Who vouched for them, as far as the viewer may know: stewards, and of their own vouch those who did. At most 5 are
    /// needed.
    async fn vouchers(&self, gql: &Context<'_>) -> Result<Vec<Member>> {
        let ids = gql.loaders()?.load_one(VouchersKey(self.0.id)).await?.unwrap_or_default();
        let vouchers = try_join_all(ids.into_iter().map(|id| Member::load(gql, id))).await?;
        Ok(vouchers.into_iter().flatten().collect())
    }

    /// What the inviter, or the applicant, wrote; null if nothing.
    async fn note(&self) -> Option<&str> {
        self.0.note()
    }

    /// The applicant's answers to the charter's questions; null if they did not apply, and unless it is the viewer's own or
    /// they look after the community.
    async fn answers(&self) -> Option<Vec<String>> {
        self.0.answers()
    }

    /// The last version of the charter they agreed to; null if none, and unless it is the viewer's own or they look after the
    /// community.
    async fn consented_version(&self) -> Option<i32> {
        self.0.consented_version()
    }

    /// Why it ended; null if nobody said, and unless it is the viewer's own or they look after the community.
    async fn reason(&self) -> Option<&str> {
        self.0.reason()
    }

    /// Whether they may come back after they were removed; null if they were not, and unless it is the viewer's own or they
    /// look after the community.
    async fn may_return(&self) -> Option<bool> {
        self.0.may_return()
    }

    /// Whether their ties see that they belong to it while it is live; null unless it is the viewer's own.
    async fn shown(&self) -> Option<bool> {
        self.0.shown()
    }

    /// Whether partners see nothing of it; null unless it is the viewer's own.
    async fn hidden_from_partners(&self) -> Option<bool> {
        self.0.hidden_from_partners()
    }

    /// When it began, with the invitation or the application.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When the invitation or application is over; null unless it is open.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(DateTime)
    }

    /// When they joined; null if they have not.
    async fn joined_at(&self) -> Option<DateTime> {
        self.0.joined_at.map(DateTime)
    }

    /// When it ended; null if it has not.
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.ended_at.map(DateTime)
    }
}

impl Membership {
    /// The membership `id`, if the viewer may see it.
    pub(crate) async fn load(gql: &Context<'_>, id: MembershipId) -> Result<Option<Self>> {
        Ok(gql.loaders()?.load_one(MembershipKey(id)).await?.map(Self))
    }
}

/// A membership in a list.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct MembershipEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The membership.
    pub(crate) node: Membership,
}

#[ComplexObject]
impl MembershipEdge {
    /// What the member is to the viewer; null if a block hides them from a viewer who looks after the community.
    async fn relation_to_viewer(&self, gql: &Context<'_>) -> Result<Option<RelationToViewer>> {
        Ok(Member::load(gql, self.node.0.member).await?.map(|member| RelationToViewer::of(member.0.relation)))
    }
}

connection! {
    /// A list of memberships.
    MembershipConnection of MembershipEdge, Membership
}

/// Makes the payload types of commands after which the viewer may not see the membership any more.
macro_rules! ended {
    ($($(#[$doc:meta])* $payload:ident;)+) => {$(
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub(crate) struct $payload {
            /// The membership; null if the command was refused, or the viewer may not see it any more.
            membership: Option<$crate::graphql::membership::Membership>,
            /// Why the command was refused; empty if it was done.
            user_errors: Vec<$crate::graphql::error::UserError>,
        }

        impl $payload {
            async fn of(
                gql: &async_graphql::Context<'_>,
                result: domain::error::Result<domain::id::MembershipId>,
            ) -> $crate::graphql::error::Result<Self> {
                let (done, user_errors) = $crate::graphql::error::outcome(gql, result)?;
                let membership = match done {
                    Some(id) => $crate::graphql::membership::Membership::load(gql, id).await?,
                    None => None,
                };
                Ok(Self { membership, user_errors })
            }
        }
    )+};
}
pub(crate) use ended;

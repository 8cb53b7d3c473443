//! What a partner's access token reaches: for every field of the schema, what it needs. This is the one place.
//!
//! A partner's operations are executed by a schema of their own, in which [`Guard`] looks at each field before it is
//! resolved, under the type it really has, whatever fragments or interfaces the document goes through. What is not
//! declared here is out of reach. A test holds that every field is declared, and that the description of each that
//! needs a scope says which.
//!
//! Deliberately absent: which rows show. That is the domain's, and asks for the same scopes again where it is a
//! partner who looks.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo};
use async_graphql::{PathSegment, Pos, QueryPathNode, QueryPathSegment, ServerError, ServerResult, Value};
use domain::ctx::{Ctx, Viewer};
use domain::scope::Scope::{self, CommunityRead, GatheringsRead, GoalsRead, HealthRead, RosterRead, RosterWrite};

use super::error::Fault;

#[cfg(test)]
mod tests;

/// What a field needs of a partner's token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing: it says no more than what led to it.
    Nothing,
    /// A scope.
    This(Scope),
    /// What no token has: it is for members.
    Membership,
}

use Need::{Membership, Nothing, This};

/// The fields of the types that partners come to. A field that is selected of an interface counts as the interface's.
const FIELDS: &[(&str, &[(Need, &str)])] = &[
    (
        "Query",
        &[
            (Nothing, "accessToken community node nodes rateLimit serverInfo"),
            (This(RosterRead), "member"),
            (Membership, "communities viewer"),
        ],
    ),
    (
        "Mutation",
        &[
            (This(RosterWrite), "importRoster"),
            (
                Membership,
                "abandonGoal acceptIntroduction acceptInvitation acceptNomination achieveGoal applyToCommunity \
                 archiveCommunity blockMember cancelGathering changeEmail claimAccount claimTie closeAsk closeCalendar \
                 commitToGoal completeCommitment completeHandshake confirmEmailChange confirmMeeting confirmTie \
                 consentToCharter createAccessToken createInvitation createWebhook decideApplication decideReport \
                 declineIntroduction declineInvitation declineNomination declineTie deleteAccount deleteMessage deleteWebhook \
                 editMessage endTie endorseGoal exportAccount followInvitation formCommunity inviteToCommunity \
                 launchCommunity leaveCommunity leaveConversation markNotificationsRead markRead muteConversation \
                 nominate openAsk openCalendar openHandshake passOnIntroduction planGathering proposeGoal \
                 ratifyCharter recordAttendance recordIntroductionOutcome recordProgress refreshSession removeMember \
                 replayDeliveries replayDelivery replyToGathering report requestIntroduction requestSignInCode restCommunity reviveCommunity \
                 revokeAccessToken revokeOtherSessions revokeSession rotateAccessToken rotateWebhookSecret sendMessage setPassword \
                 setRole signIn signOut signUp startConversation takeBackInvitation testWebhook unblockMember updateCharter \
                 updateCommunity updateGathering updateGoal updateIntroductionPolicy updateMembership updatePrivacy \
                 updateProfile updateWebhook vouchForApplicant withdrawApplication withdrawIntroduction withdrawInvitation \
                 withdrawTie withdrawVouch",
            ),
        ],
    ),
    ("Subscription", &[(Membership, "introductionChanged messageSent notificationReceived sessionChanged")]),
    ("RateLimit", &[(Nothing, "cost limit remaining resetAt")]),
    ("ServerInfo", &[(Nothing, "minimumClientVersion name version")]),
    (
        "AccessToken",
        &[
            (
                Nothing,
                "community createdAt endedAt expiresAt id lastFour lastUsedAt name previousUntil rotatedAt scopes state",
            ),
            (This(RosterRead), "createdBy"),
            (Membership, "uses"),
        ],
    ),
    (
        "Community",
        &[
            (Nothing, "id"),
            (This(CommunityRead), "area charter createdAt launchedAt memberCount name skills slug stage"),
            (This(GoalsRead), "goals"),
            (This(GatheringsRead), "gatherings"),
            (This(HealthRead), "health healthTrend"),
            (This(RosterRead), "roster"),
            (
                Membership,
                "accessTokens auditTrail calendarUrl charterHistory map members readiness reports viewerMembership webhooks",
            ),
        ],
    ),
    (
        "Charter",
        &[
            (This(CommunityRead), "agreements createdAt failure healthFor joining purpose questions version vouches"),
            (This(RosterRead), "writtenBy"),
        ],
    ),
    (
        "Member",
        &[
            (Nothing, "id"),
            (This(RosterRead), "area avatarUrl bio headline name skills"),
            (Membership, "communities email handle mutuals phone relationToViewer takesIntroductions"),
        ],
    ),
    (
        "Goal",
        &[
            (Nothing, "id"),
            (
                This(GoalsRead),
                "activatedAt closedAt community createdAt dueOn measure outcome progress reason state understanding",
            ),
            (This(RosterRead), "proposer"),
            (Membership, "commitments"),
        ],
    ),
    ("GoalUnderstanding", &[(This(GoalsRead), "endorsed required"), (Membership, "voices")]),
    ("Measure", &[(This(GoalsRead), "start target unit")]),
    ("Progress", &[(This(GoalsRead), "createdAt evidenceUrl note value"), (This(RosterRead), "member")]),
    (
        "Gathering",
        &[
            (Nothing, "id"),
            (
                This(GatheringsRead),
                "community createdAt details endsAt place reason startsAt state title updatedAt zone",
            ),
            (This(GoalsRead), "goal"),
            (This(RosterRead), "plannedBy"),
            (Membership, "attendeeCount attendees replies replyCount viewerAttended viewerReply"),
        ],
    ),
    (
        "Health",
        &[(
            This(HealthRead),
            "alone bridges components density gathered gatheringsHeld goalsMoved help inPersonShare members",
        )],
    ),
    ("HealthCount", &[(This(HealthRead), "exact text")]),
    (
        "HealthHelp",
        &[(
            This(HealthRead),
            "asksAnswered asksClosed introductionsAccepted introductionsClosed introductionsHelped introductionsMet \
             medianDaysToAcceptance",
        )],
    ),
    ("HealthSnapshot", &[(This(HealthRead), "health takenOn")]),
    ("RosterEntry", &[(This(RosterRead), "externalId joinedAt member membershipId role state updatedAt")]),
    ("ImportRosterPayload", &[(This(RosterWrite), "results userErrors")]),
    ("RosterRow", &[(This(RosterWrite), "externalId outcome message")]),
    ("Node", &[(Nothing, "id")]),
    ("UserError", &[(Nothing, "code message path")]),
    ("RuleError", &[(Nothing, "code message path")]),
    ("LimitError", &[(Nothing, "code message path retryAt")]),
    ("PageInfo", &[(Nothing, "endCursor hasNextPage hasPreviousPage startCursor")]),
    ("GoalConnection", &[(Nothing, CONNECTION)]),
    ("GoalEdge", &[(Nothing, EDGE)]),
    ("ProgressConnection", &[(Nothing, CONNECTION)]),
    ("ProgressEdge", &[(Nothing, EDGE)]),
    ("GatheringConnection", &[(Nothing, CONNECTION)]),
    ("GatheringEdge", &[(Nothing, EDGE)]),
    ("HealthSnapshotConnection", &[(Nothing, CONNECTION)]),
    ("HealthSnapshotEdge", &[(Nothing, EDGE)]),
    ("RosterConnection", &[(Nothing, CONNECTION)]),
    ("RosterEdge", &[(Nothing, EDGE)]),
];

const CONNECTION: &str = "edges nodes pageInfo totalCount";
const EDGE: &str = "cursor node";

/// What each declared field needs.
static NEEDS: LazyLock<HashMap<(&str, &str), Need>> = LazyLock::new(|| {
    let fields = FIELDS.iter().flat_map(|(ty, needs)| needs.iter().map(move |(need, names)| (*ty, *need, *names)));
    fields.flat_map(|(ty, need, names)| names.split(' ').map(move |name| ((ty, name), need))).collect()
});

/// What a field needs of a partner's token; what is not declared needs what no token has.
pub fn need(ty: &str, field: &str) -> Need {
    NEEDS.get(&(ty, field)).copied().unwrap_or(Membership)
}

/// Looks at each field that a partner asks for.
pub(crate) struct Guard;

impl ExtensionFactory for Guard {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for Guard {
    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        // An item of a list comes with the list's type: its field has been looked at. Introspection is for all.
        let is_field = !info.parent_type.starts_with('[');
        if is_field && !info.is_for_introspection && !info.name.starts_with("__") {
            refuse_unless_reached(ctx, &info)?;
        }
        next.run(ctx, info).await
    }
}

fn refuse_unless_reached(ctx: &ExtensionContext<'_>, info: &ResolveInfo<'_>) -> ServerResult<()> {
    let have = match ctx.data_opt::<Ctx>().map(|ctx| ctx.viewer) {
        Some(Viewer::Partner(grant)) => grant.scopes,
        _ => Default::default(),
    };
    let lacking = match need(info.parent_type, info.name) {
        Nothing => return Ok(()),
        This(scope) if have.have(scope) => return Ok(()),
        This(scope) => Some(scope),
        Membership => None,
    };
    let fault = Fault::out_of_reach(&format!("`{}.{}`", info.parent_type, info.name), lacking);
    let error = async_graphql::Error::from(fault).into_server_error(Pos::default());
    Err(ServerError { locations: Vec::new(), path: path(info.path_node), ..error })
}

/// Where in the answer the field stands.
fn path(node: &QueryPathNode<'_>) -> Vec<PathSegment> {
    let segment = |node: &QueryPathNode<'_>| match node.segment {
        QueryPathSegment::Name(name) => PathSegment::Field(name.to_owned()),
        QueryPathSegment::Index(index) => PathSegment::Index(index),
    };
    let mut path: Vec<PathSegment> = std::iter::once(node).chain(node.parents()).map(segment).collect();
    path.reverse();
    path
}

//! What members do about gatherings on the wire: plan them, come, say who was there, and have them in their calendar.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use domain::gathering::{self, GatheringEdit, NewGathering};
use domain::id::{CommunityId, GatheringId, GoalId, MemberId};
use domain::tie;

use super::{Gathering, GatheringReply};
use crate::graphql::community::Community;
use crate::graphql::context::ContextExt;
use crate::graphql::error::{Result, UserError, outcome};
use crate::graphql::member::edit;
use crate::graphql::payload::{changed, payload};
use crate::graphql::scalar::{DateTime, GlobalId};
use crate::graphql::tie::{Tie, TieContext, TieEdge};

/// The gathering to be planned.
#[derive(InputObject)]
pub(crate) struct PlanGatheringInput {
    /// The community's id.
    community_id: ID,
    /// What it is called: at most 100 characters.
    title: String,
    /// More about it: at most 2,000 characters.
    details: Option<String>,
    /// Where: at most 200 characters.
    place: String,
    /// The time zone of the place, by its name in IANA's database, such as `Europe/Lisbon`.
    zone: String,
    /// When it begins: at most a year ago, as one that was held may be written down, and at most two years from now.
    starts_at: DateTime,
    /// When it ends: after it begins, at most 14 days later.
    ends_at: DateTime,
    /// The id of the goal it serves.
    goal_id: Option<ID>,
}

/// What to change of a gathering. A field left out keeps its value; null clears it.
#[derive(InputObject)]
pub(crate) struct UpdateGatheringInput {
    /// The gathering's id.
    gathering_id: ID,
    /// What it is called: at most 100 characters. Left out or null, it stays.
    title: Option<String>,
    /// More about it: at most 2,000 characters.
    details: MaybeUndefined<String>,
    /// Where: at most 200 characters. Left out or null, it stays.
    place: Option<String>,
    /// The time zone of the place. Left out or null, it stays.
    zone: Option<String>,
    /// When it begins. Left out or null, it stays.
    starts_at: Option<DateTime>,
    /// When it ends. Left out or null, it stays.
    ends_at: Option<DateTime>,
    /// The id of the goal it serves.
    goal_id: MaybeUndefined<ID>,
}

/// Which gathering to cancel.
#[derive(InputObject)]
pub(crate) struct CancelGatheringInput {
    /// The gathering's id.
    gathering_id: ID,
    /// Why: at most 500 characters.
    reason: Option<String>,
}

/// Whether the viewer comes.
#[derive(InputObject)]
pub(crate) struct ReplyToGatheringInput {
    /// The gathering's id.
    gathering_id: ID,
    /// What the viewer says.
    reply: GatheringReply,
}

/// Who was at a gathering.
#[derive(InputObject)]
pub(crate) struct RecordAttendanceInput {
    /// The gathering's id.
    gathering_id: ID,
    /// The ids of members who were there: at most 100.
    attended: Vec<ID>,
    /// The ids of members who were not, though it says so: at most 100.
    absent: Option<Vec<ID>>,
}

/// Whom the viewer has met at a gathering.
#[derive(InputObject)]
pub(crate) struct ConfirmMeetingInput {
    /// The gathering's id.
    gathering_id: ID,
    /// The id of a member who was there as well.
    member_id: ID,
    /// How the two know each other.
    #[graphql(default_with = "TieContext::Association")]
    context: TieContext,
}

/// Of which community.
#[derive(InputObject)]
pub(crate) struct OpenCalendarInput {
    /// The community's id.
    community_id: ID,
}

/// Of which community.
#[derive(InputObject)]
pub(crate) struct CloseCalendarInput {
    /// The community's id.
    community_id: ID,
}

changed! {
    gathering: Gathering of gathering::Gathering, "The gathering; null if the command was refused.";
    /// The gathering after it was planned.
    PlanGatheringPayload;
    /// The gathering after the change.
    UpdateGatheringPayload;
    /// The gathering after it was cancelled.
    CancelGatheringPayload;
    /// The gathering with what the viewer says.
    ReplyToGatheringPayload;
    /// The gathering with who was there.
    RecordAttendancePayload;
}

payload! {
    /// The tie of the two who met.
    ConfirmMeetingPayload of tie::Tie {
        /// The tie; null if the command was refused.
        tie: Tie,
        /// The tie as an edge of `viewer.ties`, to put into a list; null if the command was refused.
        tie_edge: TieEdge
    }
}

/// Makes the payload types of commands about the viewer's calendar of a community.
macro_rules! calendar_payloads {
    ($($(#[$doc:meta])* $payload:ident;)+) => {$(
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub(crate) struct $payload {
            /// The community; null if the command was refused.
            community: Option<Community>,
            /// Why the command was refused; empty if it was done.
            user_errors: Vec<UserError>,
        }

        impl $payload {
            async fn of(gql: &Context<'_>, result: domain::error::Result<CommunityId>) -> Result<Self> {
                let (done, user_errors) = outcome(gql, result)?;
                let community = match done {
                    Some(id) => Community::load(gql, id).await?,
                    None => None,
                };
                Ok(Self { community, user_errors })
            }
        }
    )+};
}

calendar_payloads! {
    /// The community with its `calendarUrl`.
    OpenCalendarPayload;
    /// The community without its `calendarUrl`.
    CloseCalendarPayload;
}

/// The ids a client gave of members; those of nobody stand for what are none.
fn member_ids(ids: &[ID]) -> Vec<MemberId> {
    ids.iter().map(MemberId::given).collect()
}

/// What members do about gatherings.
#[derive(Default)]
pub(crate) struct GatheringMutation;

#[Object]
impl GatheringMutation {
    /// Plans a gathering of a community the viewer belongs to.
    async fn plan_gathering(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "The gathering.")] input: PlanGatheringInput,
    ) -> Result<PlanGatheringPayload> {
        let new = NewGathering {
            title: input.title,
            details: input.details,
            place: input.place,
            zone: input.zone,
            starts_at: input.starts_at.0,
            ends_at: input.ends_at.0,
            goal: input.goal_id.as_ref().map(GoalId::given),
        };
        PlanGatheringPayload::of(gql, gathering::plan(gql.ctx()?, CommunityId::given(&input.community_id), new).await)
    }

    /// Changes a gathering that is not over, as whoever planned it or a steward. Calendars that have it see the change.
    async fn update_gathering(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateGatheringInput,
    ) -> Result<UpdateGatheringPayload> {
        let change = GatheringEdit {
            title: input.title,
            details: edit(input.details),
            place: input.place,
            zone: input.zone,
            starts_at: input.starts_at.map(|at| at.0),
            ends_at: input.ends_at.map(|at| at.0),
            goal: edit(input.goal_id.map_value(|id: ID| GoalId::given(&id))),
        };
        UpdateGatheringPayload::of(
            gql,
            gathering::update(gql.ctx()?, GatheringId::given(&input.gathering_id), change).await,
        )
    }

    /// Cancels a gathering that is not over, as whoever planned it or a steward.
    async fn cancel_gathering(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which, and why.")] input: CancelGatheringInput,
    ) -> Result<CancelGatheringPayload> {
        let id = GatheringId::given(&input.gathering_id);
        CancelGatheringPayload::of(gql, gathering::cancel(gql.ctx()?, id, input.reason.as_deref()).await)
    }

    /// Says whether the viewer comes to a gathering that is not over; saying so again replaces it.
    async fn reply_to_gathering(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "To which, and what.")] input: ReplyToGatheringInput,
    ) -> Result<ReplyToGatheringPayload> {
        let id = GatheringId::given(&input.gathering_id);
        ReplyToGatheringPayload::of(gql, gathering::reply(gql.ctx()?, id, input.reply.into()).await)
    }

    /// Writes down who was at a gathering, as a steward, from two hours before it begins. Members who scan the code of
    /// `openHandshake` there are written down as well.
    async fn record_attendance(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Who.")] input: RecordAttendanceInput,
    ) -> Result<RecordAttendancePayload> {
        let (there, absent) = (member_ids(&input.attended), member_ids(&input.absent.unwrap_or_default()));
        let id = GatheringId::given(&input.gathering_id);
        RecordAttendancePayload::of(gql, gathering::record(gql.ctx()?, id, there, absent).await)
    }

    /// Says that the viewer and another member have met at a gathering both were at. Once both have said so they are tied in
    /// person; until then the other is asked, as by any tie that awaits an answer.
    async fn confirm_meeting(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Where, and whom.")] input: ConfirmMeetingInput,
    ) -> Result<ConfirmMeetingPayload> {
        let other = MemberId::given(&input.member_id);
        let id = GatheringId::given(&input.gathering_id);
        ConfirmMeetingPayload::of(gql, gathering::confirm(gql.ctx()?, id, other, input.context.into()).await)
    }

    /// Opens an address at which the viewer's calendar reads the community's gatherings; one that is open stays as it is.
    async fn open_calendar(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Of which community.")] input: OpenCalendarInput,
    ) -> Result<OpenCalendarPayload> {
        let opened = gathering::open_calendar(gql.ctx()?, CommunityId::given(&input.community_id)).await;
        OpenCalendarPayload::of(gql, opened).await
    }

    /// Closes the address at which the viewer's calendar reads the community's gatherings: it leads nowhere from then on, and
    /// opening it again makes another one.
    async fn close_calendar(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Of which community.")] input: CloseCalendarInput,
    ) -> Result<CloseCalendarPayload> {
        let closed = gathering::close_calendar(gql.ctx()?, CommunityId::given(&input.community_id)).await;
        CloseCalendarPayload::of(gql, closed).await
    }
}

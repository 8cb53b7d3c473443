//! Reports on the wire: what members say was against the agreements, and what was decided.

use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, SimpleObject};
use domain::id::{CommunityId, GoalId, MemberId, MessageId, ReportId};
use domain::report::{self, Subject};

use super::community::Community;
use super::context::ContextExt;
use super::error::Result;
use super::goal::Goal;
use super::member::Member;
use super::page::connection;
use super::payload::changed;
use super::scalar::{DateTime, GlobalId};

/// A report of the viewer's, or one they decide about.
#[derive(Clone)]
pub(crate) struct Report(pub(crate) report::Report);

/// Where a report stands. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::report::State")]
pub(crate) enum ReportState {
    /// Awaits a decision.
    Open,
    /// The agreement was broken.
    Upheld,
    /// It was not.
    Dismissed,
}

/// Who decides about a report. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::report::Decider")]
pub(crate) enum ReportDecider {
    /// The stewards of the community.
    Stewards,
    /// The operator of the service, since it is about a steward.
    Operator,
}

/// What a member says of another, of a goal or of a message, naming the agreement that was broken. It shows to whoever reported and to
/// those who decide, never to whom it is about.
#[Object]
impl Report {
    /// Opaque, stable, unique over all types.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_global()
    }

    /// The community; null if it no longer exists for the viewer.
    async fn community(&self, gql: &Context<'_>) -> Result<Option<Community>> {
        Community::load(gql, self.0.community).await
    }

    /// Who reported; null if the viewer may not see them, or they are gone.
    async fn reporter(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        match self.0.reporter {
            Some(id) => Member::load(gql, id).await,
            None => Ok(None),
        }
    }

    /// Whom it is about, of a goal its proposer, of a message its author; null if the viewer may not see them, or they are gone.
    async fn member(&self, gql: &Context<'_>) -> Result<Option<Member>> {
        match self.0.member {
            Some(id) => Member::load(gql, id).await,
            None => Ok(None),
        }
    }

    /// The goal it is about; null if it is not about one.
    async fn goal(&self, gql: &Context<'_>) -> Result<Option<Goal>> {
        match self.0.goal {
            Some(id) => Goal::load(gql, id).await,
            None => Ok(None),
        }
    }

    /// What the message said when it was reported; null if it is not about a message.
    async fn message_text(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// The agreement that was broken, as it read then.
    async fn agreement(&self) -> &str {
        &self.0.agreement
    }

    /// What happened.
    async fn note(&self) -> &str {
        &self.0.note
    }

    /// Who decides.
    async fn decider(&self) -> ReportDecider {
        self.0.decider.into()
    }

    /// Where it stands.
    async fn state(&self) -> ReportState {
        self.0.state.into()
    }

    /// What was decided, in words; null if it is open.
    async fn decision(&self) -> Option<&str> {
        self.0.decision.as_deref()
    }

    /// When that was; null if it is open.
    async fn decided_at(&self) -> Option<DateTime> {
        self.0.decided_at.map(DateTime)
    }

    /// When it was reported.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}

/// A report in a list.
#[derive(SimpleObject)]
pub(crate) struct ReportEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The report.
    pub(crate) node: Report,
}

connection! {
    /// A list of reports.
    ReportConnection of ReportEdge, Report
}

/// What is reported: one of these.
#[derive(OneofObject)]
#[expect(clippy::enum_variant_names, reason = "clients read them as `memberId`, `goalId`, `messageId`")]
pub(crate) enum ReportSubjectInput {
    /// A member of the community, by id.
    MemberId(ID),
    /// A goal of the community, by id.
    GoalId(ID),
    /// A message the viewer reads, by id. Its author must belong to the community.
    MessageId(ID),
}

/// What to report.
#[derive(InputObject)]
pub(crate) struct ReportInput {
    /// The community's id.
    community_id: ID,
    /// Whom, or which goal or message.
    subject: ReportSubjectInput,
    /// The place, from 1, of the agreement that was broken in the charter in force.
    agreement: i32,
    /// What happened: at most 2,000 characters.
    note: String,
}

/// What to decide about a report. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::report::Verdict")]
pub(crate) enum ReportVerdict {
    /// The agreement was broken.
    Uphold,
    /// It was not.
    Dismiss,
}

/// What a steward decides about a report.
#[derive(InputObject)]
pub(crate) struct DecideReportInput {
    /// The report's id.
    report_id: ID,
    /// The decision.
    verdict: ReportVerdict,
    /// The decision in words: at most 1,000 characters. Whoever reported reads it.
    decision: String,
}

changed! {
    report: Report of report::Report, "The report; null if it was refused.";
    /// The report after it was made.
    ReportPayload;
}

changed! {
    report: Report of report::Report, "The report; null if the command was refused.";
    /// The report after the decision.
    DecideReportPayload;
}

/// What members and stewards do about what was against the agreements.
#[derive(Default)]
pub(crate) struct ReportMutation;

#[Object]
impl ReportMutation {
    /// Reports a member, a goal or a message of somebody of a community the viewer belongs to. Its stewards decide; what is said of a steward goes to
    /// the operator of the service. Whom it is about is not told.
    async fn report(&self, gql: &Context<'_>, #[graphql(desc = "What.")] input: ReportInput) -> Result<ReportPayload> {
        let subject = match input.subject {
            ReportSubjectInput::MemberId(id) => Subject::Member(MemberId::given(&id)),
            ReportSubjectInput::GoalId(id) => Subject::Goal(GoalId::given(&id)),
            ReportSubjectInput::MessageId(id) => Subject::Message(MessageId::given(&id)),
        };
        let id = CommunityId::given(&input.community_id);
        ReportPayload::of(gql, report::create(gql.ctx()?, id, subject, input.agreement, &input.note).await)
    }

    /// Decides about an open report, as a steward, never about oneself. What follows from it is a command of its own, such as
    /// `removeMember` or `abandonGoal`.
    async fn decide_report(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which, and how.")] input: DecideReportInput,
    ) -> Result<DecideReportPayload> {
        let id = ReportId::given(&input.report_id);
        DecideReportPayload::of(gql, report::decide(gql.ctx()?, id, input.verdict.into(), &input.decision).await)
    }
}

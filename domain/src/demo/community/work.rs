//! What the demo's communities want and do: the rows of their goals and gatherings.

use std::time::Duration;

use super::group::Days;
use super::plan::{self, End};
use super::rows::{Of, Rows};
use crate::community::Action;
use crate::ctx::days;
use crate::demo::{gathering_id, goal_id, person_id};
use crate::entity::attendance::Source;
use crate::entity::gathering_reply::Reply;
use crate::entity::{attendance, commitment, endorsement, gathering, gathering_reply, goal, progress};
use crate::id::{CommitmentId, GoalId, ProgressId};
use crate::text;

/// Where the gatherings of the fictional town take place.
const ZONE: &str = "Europe/Vienna";

impl Rows {
    /// Adds a goal, with what members say of it and do for it.
    pub(super) fn goal(&mut self, of: &Of<'_>, id: GoalId, plan: &plan::Goal) {
        let proposer_id = of.at_place(plan.proposer);
        let (state, closed, reason) = match plan.end {
            End::Proposed => (goal::State::Proposed, None, None),
            End::Active => (goal::State::Active, None, None),
            End::Achieved(day) => (goal::State::Achieved, Some(day), None),
            End::Abandoned(day, reason) => (goal::State::Abandoned, Some(day), Some(reason.to_owned())),
        };
        let (unit, start, target) = plan
            .measure
            .map_or((None, None, None), |(unit, start, target)| (Some(unit.to_owned()), Some(start), Some(target)));
        if let (End::Abandoned(day, _), Some(reason)) = (&plan.end, &reason) {
            self.tell(of, *day, Action::GoalAbandoned, proposer_id, proposer_id, Some(reason.clone()));
        }
        let understood = plan.understood();
        self.goals.push(goal::Model {
            id,
            community_id: of.id,
            proposer_id,
            outcome: plan.outcome.to_owned(),
            unit,
            start_value: start,
            target_value: target,
            due_on: plan.due.map(|day| of.date(day)),
            state,
            reason,
            created_at: of.ago(plan.proposed),
            updated_at: of.ago(closed.or(understood).unwrap_or(plan.proposed)),
            activated_at: understood.map(|day| of.ago(day)),
            closed_at: closed.map(|day| of.ago(day)),
            closed_by: closed.and(proposer_id),
        });
        let there = of.group.there(plan.proposed);
        let voices = there.iter().cycle().skip(plan.first_voice).zip(plan.voices.iter().enumerate());
        self.endorsements.extend(voices.map(|(who, (voice, words))| endorsement::Model {
            goal_id: id,
            member_id: person_id(*who),
            words: (*words).to_owned(),
            words_key: text::words(words),
            created_at: of.ago(plan.said(voice)),
        }));
        self.commitments.extend(plan.commitments.iter().filter_map(|made| {
            Some(commitment::Model {
                id: CommitmentId::fresh(),
                goal_id: id,
                member_id: of.at_place(made.by)?,
                what: made.what.to_owned(),
                due_on: made.due.map(|day| of.date(day)),
                done_at: made.done.map(|day| of.ago(day)),
                created_at: of.ago(made.made),
            })
        }));
        self.progress.extend(plan.progress.iter().map(|measured| progress::Model {
            id: ProgressId::fresh(),
            goal_id: id,
            member_id: of.at_place(measured.by),
            value: measured.value,
            note: measured.note.to_owned(),
            evidence_url: measured.evidence.map(str::to_owned),
            created_at: of.ago(measured.at),
        }));
    }

    /// Adds a gathering, with who said they would come and who came.
    pub(super) fn gathering(&mut self, of: &Of<'_>, place: usize, plan: &plan::Gathering) {
        let id = gathering_id(of.index, place);
        let (planned_by, steward) = (of.at_place(plan.planned_by), of.at_place(0));
        let starts_at = of.day(plan.day).after(hours(plan.hour));
        let ends_at = starts_at.after(hours(plan.hours));
        let planned_at = starts_at.before(days(14)).min(of.ago(5));
        let state = if plan.cancelled.is_some() { gathering::State::Cancelled } else { gathering::State::Planned };
        let changed_at = if plan.cancelled.is_some() { of.ago(1) } else { planned_at };
        self.gatherings.push(gathering::Model {
            id,
            community_id: of.id,
            goal_id: plan.goal.map(|goal| goal_id(of.index, goal)),
            planned_by,
            title: plan.title.to_owned(),
            details: plan.details.map(str::to_owned),
            place: plan.place.to_owned(),
            zone: ZONE.to_owned(),
            starts_at,
            ends_at,
            state,
            reason: plan.cancelled.map(str::to_owned),
            revision: i32::from(plan.cancelled.is_some()),
            created_at: planned_at,
            updated_at: changed_at,
            held_at: Some(ends_at),
        });
        if plan.cancelled.is_some() {
            self.tell(of, 1, Action::GatheringCancelled, planned_by, None, Some(plan.title.to_owned()));
        }
        let there = of.group.there(Days::try_from(-plan.day).unwrap_or_default());
        let mut asked = there.iter().map(|who| person_id(*who));
        for (reply, count) in [Reply::Yes, Reply::Maybe, Reply::No].into_iter().zip(plan.replies) {
            self.replies.extend(asked.by_ref().take(count).map(|member_id| gathering_reply::Model {
                gathering_id: id,
                member_id,
                reply,
                created_at: planned_at.after(days(1)),
            }));
        }
        // Every third was written down by the steward, the others scanned the code.
        let came = there.iter().take(plan.came).map(|who| person_id(*who));
        self.attendance.extend((0..).zip(came).map(|(nth, member_id)| attendance::Model {
            gathering_id: id,
            member_id,
            recorded_by: if nth % 3 == 2 { steward } else { Some(member_id) },
            source: if nth % 3 == 2 { Source::Steward } else { Source::Handshake },
            created_at: if nth % 3 == 2 { ends_at } else { starts_at },
        }));
        if plan.came > 2 {
            self.audit.push(of.entry(ends_at, Action::AttendanceRecorded, steward, None, Some(plan.title.to_owned())));
        }
    }
}

fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 60 * 60)
}

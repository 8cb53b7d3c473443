//! The rows of the demo's communities: what the commands of their members would have left behind.

use sea_orm::{DatabaseTransaction, Set};
use time::macros::format_description;

use super::group::{Days, Group, Seat};
use super::plan::Plan;
use crate::community::{Action, Joining, MembershipState, Role, fresh_membership, search_key};
use crate::ctx::{Timestamp, days};
use crate::demo::{community_id, goal_id, person_id};
use crate::entity::{
    attendance, audit_entry, charter, commitment, community, community_skill, endorsement, gathering, gathering_reply,
    goal, membership, progress, vouch,
};
use crate::error::Result;
use crate::id::{AuditEntryId, CommunityId, MemberId, MembershipId};
use crate::import::row::{self, Meter};
use crate::text;

/// Rows to write, of every table a community is made of.
#[derive(Default)]
pub(in crate::demo) struct Rows {
    pub(super) communities: Vec<community::Model>,
    pub(super) skills: Vec<community_skill::ActiveModel>,
    pub(super) charters: Vec<charter::Model>,
    pub(super) memberships: Vec<membership::Model>,
    pub(super) vouches: Vec<vouch::Model>,
    pub(super) goals: Vec<goal::Model>,
    pub(super) endorsements: Vec<endorsement::Model>,
    pub(super) commitments: Vec<commitment::Model>,
    pub(super) progress: Vec<progress::Model>,
    pub(super) gatherings: Vec<gathering::Model>,
    pub(super) replies: Vec<gathering_reply::Model>,
    pub(super) attendance: Vec<attendance::Model>,
    pub(super) audit: Vec<audit_entry::Model>,
}

impl Rows {
    /// So many rows.
    pub(in crate::demo) fn len(&self) -> usize {
        let told = self.communities.len() + self.skills.len() + self.charters.len() + self.audit.len();
        let goals = self.goals.len() + self.endorsements.len() + self.commitments.len() + self.progress.len();
        let gatherings = self.gatherings.len() + self.replies.len() + self.attendance.len();
        told + self.memberships.len() + self.vouches.len() + goals + gatherings
    }

    /// Writes them, those first that others refer to, after their members.
    pub(in crate::demo) async fn write(self, tx: &DatabaseTransaction, meter: &Meter<'_>) -> Result<()> {
        row::insert::<community::Entity, _>(tx, self.communities, None, meter).await?;
        row::insert::<community_skill::Entity, _>(tx, self.skills, None, meter).await?;
        row::insert::<charter::Entity, _>(tx, self.charters, None, meter).await?;
        row::insert::<membership::Entity, _>(tx, self.memberships, None, meter).await?;
        row::insert::<vouch::Entity, _>(tx, self.vouches, None, meter).await?;
        row::insert::<goal::Entity, _>(tx, self.goals, None, meter).await?;
        row::insert::<endorsement::Entity, _>(tx, self.endorsements, None, meter).await?;
        row::insert::<commitment::Entity, _>(tx, self.commitments, None, meter).await?;
        row::insert::<progress::Entity, _>(tx, self.progress, None, meter).await?;
        row::insert::<gathering::Entity, _>(tx, self.gatherings, None, meter).await?;
        row::insert::<gathering_reply::Entity, _>(tx, self.replies, None, meter).await?;
        row::insert::<attendance::Entity, _>(tx, self.attendance, None, meter).await?;
        row::insert::<audit_entry::Entity, _>(tx, self.audit, None, meter).await
    }

    /// Adds a community.
    pub(super) fn add(&mut self, index: usize, plan: &Plan, group: &Group, now: Timestamp) {
        let of = Of { id: community_id(index), index, plan, group, now };
        self.name(&of);
        for (place, seat) in group.seats.iter().enumerate() {
            self.seat(&of, place, seat);
        }
        for seat in &group.waiting {
            self.wait(&of, seat);
        }
        for (place, goal) in plan.goals.iter().enumerate() {
            self.goal(&of, goal_id(index, place), goal);
        }
        for (place, gathering) in plan.gatherings.iter().enumerate() {
            self.gathering(&of, place, gathering);
        }
    }

    fn name(&mut self, of: &Of<'_>) {
        let plan = of.plan;
        let skills: Vec<String> = plan.skills.iter().copied().map(str::to_owned).collect();
        let former = of.at_place(0);
        let latest = plan.closed.unwrap_or(1);
        self.communities.push(community::Model {
            id: of.id,
            slug: plan.slug.to_owned(),
            name: plan.name.to_owned(),
            area: Some(plan.area.to_owned()),
            area_key: Some(text::key(plan.area)),
            search_key: search_key(plan.name, Some(plan.purpose), &skills),
            stage: plan.stage,
            charter_version: 1,
            formed_by: former,
            created_at: of.ago(plan.formed),
            updated_at: of.ago(plan.closed.or(plan.launched).unwrap_or(plan.formed)),
            active_at: of.ago(latest),
            launched_at: plan.launched.map(|day| of.ago(day)),
            closed_at: plan.closed.map(|day| of.ago(day)),
        });
        self.skills.extend((0..).zip(&skills).map(|(position, label)| community_skill::ActiveModel {
            community_id: Set(of.id),
            skill_key: Set(text::key(label)),
            label: Set(label.clone()),
            position: Set(position),
        }));
        self.charters.push(charter::Model {
            community_id: of.id,
            version: 1,
            purpose: Some(plan.purpose.to_owned()),
            failure: Some(plan.failure.to_owned()),
            agreements: lines(plan.agreements),
            joining: plan.joining,
            vouches: i32::try_from(plan.vouches).unwrap_or(1),
            questions: lines(plan.questions),
            health_for: plan.health_for,
            written_by: former,
            created_at: of.ago(plan.formed),
        });
        self.tell(of, plan.formed, Action::Formed, former, former, None);
        if let Some(day) = plan.launched {
            self.tell(of, day, Action::Launched, former, None, None);
        }
        if let Some(day) = plan.closed {
            self.tell(of, day, Action::Rested, former, None, None);
        }
    }

    /// Somebody who belongs to it.
    fn seat(&mut self, of: &Of<'_>, place: usize, seat: &Seat) {
        let (plan, joined) = (of.plan, of.ago(seat.since));
        let member = person_id(seat.who);
        let has_agreed = !seat.founder || place + plan.unratified < plan.founders;
        let asked = membership::Model {
            state: MembershipState::Active,
            role: if place == 0 { Role::Steward } else { Role::Member },
            founder: seat.founder,
            consented_version: i32::from(has_agreed),
            consented_at: has_agreed.then(|| if seat.founder { of.ago(plan.complete.min(seat.since)) } else { joined }),
            joined_at: Some(joined),
            ..of.asked(seat)
        };
        if place == 0 {
            self.memberships.push(asked);
            return;
        }
        let steward = of.at_place(0);
        match plan.joining {
            Joining::Vouched | Joining::Request if !seat.founder => {
                let answers = place.checked_sub(plan.founders).and_then(|at| plan.answers.get(at));
                let answers = Some(lines(answers.copied().unwrap_or_default()));
                let by = seat.by.last().map(|who| person_id(*who)).or(steward);
                self.vouch(of, asked.id, seat);
                self.memberships.push(membership::Model { answers, ..asked });
                self.tell(of, seat.since, Action::ApplicationAdmitted, by, Some(member), None);
            }
            Joining::Invitation | Joining::Vouched | Joining::Request => {
                let invited_by = seat.by.first().map(|who| person_id(*who));
                self.memberships.push(membership::Model { invited_by, ..asked });
                self.tell(of, seat.since, Action::Invited, invited_by, Some(member), None);
                self.tell(of, seat.since, Action::Joined, Some(member), Some(member), None);
            }
        }
    }

    /// Somebody who awaits an answer.
    fn wait(&mut self, of: &Of<'_>, seat: &Seat) {
        let note = Some(of.plan.note.to_owned());
        let asked = membership::Model { note, ..of.asked(seat) };
        match of.plan.joining {
            Joining::Invitation => {
                let by = seat.by.first().map(|who| person_id(*who));
                self.memberships.push(membership::Model { invited_by: by, ..asked });
                self.tell(of, seat.since, Action::Invited, by, Some(person_id(seat.who)), None);
            }
            Joining::Vouched | Joining::Request => {
                let answers = Some(lines(of.plan.answers.last().copied().unwrap_or_default()));
                self.vouch(of, asked.id, seat);
                self.memberships.push(membership::Model { state: MembershipState::Applied, answers, ..asked });
            }
        }
    }

    fn vouch(&mut self, of: &Of<'_>, membership_id: MembershipId, seat: &Seat) {
        let vouch =
            |who: &usize| vouch::Model { membership_id, voucher_id: person_id(*who), created_at: of.ago(seat.since) };
        self.vouches.extend(seat.by.iter().map(vouch));
    }

    /// Writes down what somebody did, so many days ago.
    pub(super) fn tell(
        &mut self,
        of: &Of<'_>,
        day: Days,
        action: Action,
        by: Option<MemberId>,
        about: Option<MemberId>,
        note: Option<String>,
    ) {
        self.audit.push(of.entry(of.ago(day), action, by, about, note));
    }
}

/// A community whose rows are made.
pub(super) struct Of<'a> {
    pub(super) id: CommunityId,
    pub(super) index: usize,
    pub(super) plan: &'a Plan,
    pub(super) group: &'a Group,
    pub(super) now: Timestamp,
}

impl Of<'_> {
    pub(super) fn ago(&self, day: Days) -> Timestamp {
        self.now.before(days(day.into()))
    }

    /// The beginning of a day, from today.
    pub(super) fn day(&self, from_today: i32) -> Timestamp {
        const DAY: i64 = 24 * 60 * 60 * 1_000_000;
        Timestamp(self.now.0 - self.now.0.rem_euclid(DAY) + i64::from(from_today) * DAY)
    }

    pub(super) fn date(&self, from_today: i32) -> String {
        let date = self.day(from_today).to_datetime().date();
        date.format(format_description!("[year]-[month]-[day]")).unwrap_or_default()
    }

    pub(super) fn at_place(&self, place: usize) -> Option<MemberId> {
        self.group.seats.get(place).map(|seat| person_id(seat.who))
    }

    fn asked(&self, seat: &Seat) -> membership::Model {
        let (at, member) = (self.ago(seat.since), person_id(seat.who));
        fresh_membership(at, self.id, member, MembershipState::Invited, Role::Member)
    }

    pub(super) fn entry(
        &self,
        created_at: Timestamp,
        action: Action,
        actor_id: Option<MemberId>,
        subject_id: Option<MemberId>,
        note: Option<String>,
    ) -> audit_entry::Model {
        let (id, community_id) = (AuditEntryId::fresh(), self.id);
        audit_entry::Model { id, community_id, actor_id, subject_id, action, note, created_at }
    }
}

fn lines(lines: &[&str]) -> String {
    text::of_lines(&lines.iter().copied().map(str::to_owned).collect::<Vec<_>>())
}

//! What is said of a community of the demo before anybody is named: its stage, its charter, its goals and gatherings.
//!
//! People are places here: place 0 is the steward's, then come the other founders, then who joined. Times are days before
//! now, and, of gatherings, days from now.

use super::group::Days;
use crate::community::{HealthFor, Joining, Stage};

/// A community.
pub(super) struct Plan {
    pub(super) name: &'static str,
    pub(super) slug: &'static str,
    pub(super) area: &'static str,
    pub(super) skills: &'static [&'static str],
    /// The circle its people are of.
    pub(super) circle: &'static str,
    /// Whom it formed around.
    pub(super) around: Around,
    /// Which of those who came first looks after it.
    pub(super) steward: usize,
    pub(super) founders: usize,
    pub(super) joiners: usize,
    /// Guides who joined from another circle.
    pub(super) guests: &'static [usize],
    pub(super) waiting: Waiting,
    pub(super) stage: Stage,
    pub(super) formed: Days,
    /// When all founders were there, and knew one another well enough.
    pub(super) complete: Days,
    pub(super) launched: Option<Days>,
    /// When it was put to rest.
    pub(super) closed: Option<Days>,
    /// How many founders have not ratified the charter.
    pub(super) unratified: usize,
    pub(super) purpose: &'static str,
    pub(super) failure: &'static str,
    pub(super) agreements: &'static [&'static str],
    pub(super) joining: Joining,
    pub(super) vouches: usize,
    pub(super) questions: &'static [&'static str],
    /// What those who joined have answered, one after the other.
    pub(super) answers: &'static [&'static [&'static str]],
    pub(super) health_for: HealthFor,
    /// What the one who waits has written, or was written to.
    pub(super) note: &'static str,
    pub(super) goals: &'static [Goal],
    pub(super) gatherings: &'static [Gathering],
}

/// Whom a community formed around.
pub(super) enum Around {
    /// A guide.
    Guide(usize),
    /// Whom a guide knows.
    FriendOf(usize),
    /// Whoever knows most.
    Anybody,
}

/// Who awaits an answer.
pub(super) enum Waiting {
    Nobody,
    /// A guide is invited.
    Invited(usize),
    /// Somebody has applied.
    Applied,
    /// Somebody has applied whom a guide may vouch for.
    KnownTo(usize),
}

/// A goal.
pub(super) struct Goal {
    pub(super) outcome: &'static str,
    /// In what it is measured, from where to where.
    pub(super) measure: Option<(&'static str, f64, f64)>,
    /// In so many days from now; before now, if it is negative.
    pub(super) due: Option<i32>,
    pub(super) proposer: usize,
    pub(super) proposed: Days,
    pub(super) end: End,
    /// What it means to those who were there, from this place on, said a day apart.
    pub(super) first_voice: usize,
    pub(super) voices: &'static [&'static str],
    pub(super) commitments: &'static [Commitment],
    pub(super) progress: &'static [Progress],
}

/// Where a goal stands.
pub(super) enum End {
    Proposed,
    Active,
    Achieved(Days),
    /// Given up while it was proposed, and why.
    Abandoned(Days, &'static str),
}

impl Goal {
    /// When enough members had understood it: when the last of them spoke.
    pub(super) fn understood(&self) -> Option<Days> {
        match self.end {
            End::Active | End::Achieved(_) => Some(self.said(self.voices.len().saturating_sub(1))),
            End::Proposed | End::Abandoned(..) => None,
        }
    }

    /// When this voice was heard.
    pub(super) fn said(&self, voice: usize) -> Days {
        self.proposed - 1 - voice as Days
    }
}

/// What somebody will do.
pub(super) struct Commitment {
    pub(super) by: usize,
    pub(super) what: &'static str,
    pub(super) made: Days,
    pub(super) due: Option<i32>,
    pub(super) done: Option<Days>,
}

/// What somebody has measured.
pub(super) struct Progress {
    pub(super) by: usize,
    pub(super) at: Days,
    pub(super) value: Option<f64>,
    pub(super) note: &'static str,
    pub(super) evidence: Option<&'static str>,
}

/// A gathering.
pub(super) struct Gathering {
    pub(super) title: &'static str,
    pub(super) details: Option<&'static str>,
    pub(super) place: &'static str,
    /// The day, from today; and the hour it begins, in UTC.
    pub(super) day: i32,
    pub(super) hour: u64,
    pub(super) hours: u64,
    pub(super) goal: Option<usize>,
    pub(super) planned_by: usize,
    /// How many came.
    pub(super) came: usize,
    /// How many say, or said, that they come, may come, do not come.
    pub(super) replies: [usize; 3],
    /// Why it does not take place.
    pub(super) cancelled: Option<&'static str>,
}

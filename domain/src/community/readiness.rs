//! Readiness: what it takes for a community to go live, recomputed from facts each time it is asked for.
//!
//! A community exists when its founders have said what it is for, really know one another, mean the same by a goal, and
//! have met. How much of each is needed are [`Thresholds`], which the operator may set.

use std::collections::HashMap;
use std::str::FromStr;
use std::time::Duration;

use petgraph::graph::UnGraph;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use super::{Community, members_of};
use crate::ctx::{Ctx, Timestamp, days};
use crate::entity::{attendance, charter, endorsement, gathering, goal, membership, tie, tie_end};
use crate::error::{Error, Message, Result};
use crate::id::{CommunityId, GatheringId, GoalId, MemberId};
use crate::text;

/// A part of a whole, as a fraction: `2/3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    of: u32,
    over: u32,
}

impl Share {
    /// How many of `whole` are at least this share.
    pub fn of(self, whole: u64) -> u64 {
        (whole * u64::from(self.of)).div_ceil(u64::from(self.over))
    }

    fn as_number(self) -> f64 {
        f64::from(self.of) / f64::from(self.over)
    }
}

impl FromStr for Share {
    type Err = ();

    fn from_str(text: &str) -> std::result::Result<Self, ()> {
        let (of, over) = text.split_once('/').ok_or(())?;
        let (of, over): (u32, u32) = (of.trim().parse().map_err(drop)?, over.trim().parse().map_err(drop)?);
        if (1..=1_000).contains(&over) && of <= over { Ok(Self { of, over }) } else { Err(()) }
    }
}

/// How much of each criterion is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// How many founders.
    pub founders: u64,
    /// The density of the ties among them.
    pub density: Share,
    /// The share of founders who have said a goal in their own words.
    pub endorsed: Share,
    /// The share of founders who were at one gathering.
    pub attended: Share,
    /// How long ago that gathering may have been.
    pub gathered_within: Duration,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            founders: 5,
            density: Share { of: 1, over: 2 },
            endorsed: Share { of: 2, over: 3 },
            attended: Share { of: 1, over: 2 },
            gathered_within: days(90),
        }
    }
}

/// Which criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Criterion {
    /// The charter says what the community is for.
    Purpose,
    /// The charter says which failure of offline life it answers.
    Failure,
    /// The charter has agreements.
    Agreements,
    /// All founders have ratified the charter in force.
    RatifiedCharter,
    /// There are enough founders.
    Founders,
    /// Each founder reaches each other one over their ties.
    ConnectedFounders,
    /// Enough pairs of founders are tied.
    FounderTies,
    /// Enough founders have said a goal in their own words.
    UnderstoodGoal,
    /// Enough founders were at a gathering, lately.
    GatheringHeld,
}

/// Where a community stands with one criterion.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Which criterion.
    pub criterion: Criterion,
    /// What it is called.
    pub title: Message,
    /// What is needed.
    pub required: f64,
    /// What there is.
    pub actual: f64,
    /// Whether that is enough.
    pub met: bool,
    /// What to do about it.
    pub hint: Message,
}

/// Where a community stands with all of them.
#[derive(Clone, Debug)]
pub struct Readiness {
    /// Each criterion.
    pub criteria: Vec<Standing>,
}

impl Readiness {
    /// Whether all are met.
    pub fn is_ready(&self) -> bool {
        self.criteria.iter().all(|standing| standing.met)
    }
}

/// The readiness of a community; `None` unless the viewer belongs to it.
///
/// # Errors
/// As the database says.
pub async fn of(ctx: &Ctx, community: &Community) -> Result<Option<Readiness>> {
    if !community.is_mine() {
        return Ok(None);
    }
    let db = &ctx.kith.store.db;
    let charter = charter::Entity::find_by_id((community.id, community.charter_version)).one(db).await?;
    let charter = charter.ok_or_else(|| Error::Internal("a community without a charter".to_owned()))?;
    locked(ctx, db, &charter).await.map(Some)
}

/// The founders of a community whose accounts are in use.
pub(super) async fn founders(db: &impl ConnectionTrait, id: CommunityId) -> Result<Vec<MemberId>> {
    Ok(founding(db, id).await?.into_iter().map(|(member, _)| member).collect())
}

async fn founding(db: &impl ConnectionTrait, id: CommunityId) -> Result<Vec<(MemberId, i32)>> {
    let rows = members_of(id)
        .filter(membership::Column::Founder.eq(true))
        .select_only()
        .columns([membership::Column::MemberId, membership::Column::ConsentedVersion]);
    Ok(rows.into_tuple().all(db).await?)
}

/// What readiness is made of.
struct Facts {
    has_purpose: bool,
    has_failure: bool,
    agreements: usize,
    founders: usize,
    ratified: usize,
    components: usize,
    ties: usize,
    endorsed: u64,
    attended: u64,
}

async fn facts(ctx: &Ctx, db: &impl ConnectionTrait, charter: &charter::Model) -> Result<Facts> {
    let founding = founding(db, charter.community_id).await?;
    let founders: Vec<MemberId> = founding.iter().map(|(member, _)| *member).collect();
    let ties = ties_among(db, &founders, &[tie::Evidence::InPerson, tie::Evidence::Claimed]).await?;
    let graph = graph(&founders, &ties);
    Ok(Facts {
        has_purpose: charter.purpose.is_some(),
        has_failure: charter.failure.is_some(),
        agreements: text::lines_of(&charter.agreements).len(),
        founders: founders.len(),
        ratified: founding.iter().filter(|(_, version)| *version == charter.version).count(),
        components: petgraph::algo::connected_components(&graph),
        ties: ties.len(),
        endorsed: endorsed(db, charter.community_id, &founders).await?,
        attended: attended(ctx, db, charter.community_id, &founders).await?,
    })
}

/// The active ties among `members` that rest on one of these kinds of evidence, each once.
pub(super) async fn ties_among(
    db: &impl ConnectionTrait,
    members: &[MemberId],
    evidence: &[tie::Evidence],
) -> Result<Vec<(MemberId, MemberId)>> {
    let rows: Vec<(MemberId, MemberId)> = tie_end::Entity::find()
        .select_only()
        .columns([tie_end::Column::MemberId, tie_end::Column::OtherId])
        .filter(tie_end::Column::MemberId.is_in(members.iter().copied()))
        .filter(tie_end::Column::OtherId.is_in(members.iter().copied()))
        .filter(tie_end::Column::Evidence.is_in(evidence.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().filter(|(a, b)| a < b).collect())
}

/// Members and ties as a graph.
pub(super) fn graph(members: &[MemberId], ties: &[(MemberId, MemberId)]) -> UnGraph<MemberId, ()> {
    let mut graph = UnGraph::with_capacity(members.len(), ties.len());
    let nodes: HashMap<MemberId, _> = members.iter().map(|member| (*member, graph.add_node(*member))).collect();
    for (a, b) in ties {
        if let (Some(a), Some(b)) = (nodes.get(a), nodes.get(b)) {
            graph.add_edge(*a, *b, ());
        }
    }
    graph
}

/// The most founders who have endorsed one goal that was not given up.
async fn endorsed(db: &impl ConnectionTrait, id: CommunityId, founders: &[MemberId]) -> Result<u64> {
    let goals = goal::Entity::find()
        .select_only()
        .column(goal::Column::Id)
        .filter(goal::Column::CommunityId.eq(id))
        .filter(goal::Column::State.ne(goal::State::Abandoned));
    let counts: Vec<(GoalId, i64)> = endorsement::Entity::find()
        .select_only()
        .column(endorsement::Column::GoalId)
        .column_as(endorsement::Column::MemberId.count(), "endorsed")
        .filter(endorsement::Column::GoalId.in_subquery(goals.into_query()))
        .filter(endorsement::Column::MemberId.is_in(founders.iter().copied()))
        .group_by(endorsement::Column::GoalId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(counts.into_iter().map(|(_, count)| count.unsigned_abs()).max().unwrap_or_default())
}

/// The most founders who were at one gathering, lately.
async fn attended(ctx: &Ctx, db: &impl ConnectionTrait, id: CommunityId, founders: &[MemberId]) -> Result<u64> {
    let since: Timestamp = ctx.now.before(ctx.kith.thresholds.gathered_within);
    let held = gathering::Entity::find()
        .select_only()
        .column(gathering::Column::Id)
        .filter(gathering::Column::CommunityId.eq(id))
        .filter(gathering::Column::State.eq(gathering::State::Planned))
        .filter(gathering::Column::StartsAt.between(since, ctx.now));
    let counts: Vec<(GatheringId, i64)> = attendance::Entity::find()
        .select_only()
        .column(attendance::Column::GatheringId)
        .column_as(attendance::Column::MemberId.count(), "attended")
        .filter(attendance::Column::GatheringId.in_subquery(held.into_query()))
        .filter(attendance::Column::MemberId.is_in(founders.iter().copied()))
        .group_by(attendance::Column::GatheringId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(counts.into_iter().map(|(_, count)| count.unsigned_abs()).max().unwrap_or_default())
}

/// The readiness under the locks of a command.
pub(super) async fn locked(ctx: &Ctx, db: &impl ConnectionTrait, charter: &charter::Model) -> Result<Readiness> {
    Ok(compute(&facts(ctx, db, charter).await?, &ctx.kith.thresholds))
}

fn compute(facts: &Facts, needed: &Thresholds) -> Readiness {
    let founders = facts.founders as u64;
    let pairs = facts.founders * facts.founders.saturating_sub(1) / 2;
    let density = if pairs == 0 { 0.0 } else { facts.ties as f64 / pairs as f64 };
    let tied = facts.ties as u64 >= needed.density.of(pairs as u64) && pairs > 0;
    let standing = |criterion, title, (actual, required): (f64, f64), hint| Standing {
        criterion,
        title,
        required,
        actual,
        met: actual >= required,
        hint,
    };
    let yes = |is: bool| (f64::from(u8::from(is)), 1.0);
    let count = |actual: u64, required: u64| (actual as f64, required.max(1) as f64);
    let endorsed = count(facts.endorsed, needed.endorsed.of(founders));
    let attended = count(facts.attended, needed.attended.of(founders));
    use Criterion::{
        Agreements, ConnectedFounders, Failure, FounderTies, Founders, GatheringHeld, Purpose, RatifiedCharter,
        UnderstoodGoal,
    };
    let connected = facts.components == 1;
    let criteria = vec![
        standing(Purpose, Message::new("ready-purpose"), yes(facts.has_purpose), Message::new("ready-purpose-hint")),
        standing(Failure, Message::new("ready-failure"), yes(facts.has_failure), Message::new("ready-failure-hint")),
        standing(
            Agreements,
            Message::new("ready-agreements"),
            count(facts.agreements as u64, 1),
            Message::new("ready-agreements-hint"),
        ),
        standing(
            RatifiedCharter,
            Message::new("ready-charter"),
            count(facts.ratified as u64, founders),
            Message::new("ready-charter-hint").with("missing", facts.founders - facts.ratified),
        ),
        standing(
            Founders,
            Message::new("ready-founders"),
            count(founders, needed.founders),
            Message::new("ready-founders-hint").with("missing", needed.founders.saturating_sub(founders)),
        ),
        Standing {
            met: connected,
            ..standing(
                ConnectedFounders,
                Message::new("ready-connected"),
                (facts.components as f64, 1.0),
                Message::new("ready-connected-hint").with("groups", facts.components),
            )
        },
        Standing {
            met: tied,
            ..standing(
                FounderTies,
                Message::new("ready-ties"),
                (density, needed.density.as_number()),
                Message::new("ready-ties-hint")
                    .with("missing", needed.density.of(pairs as u64).saturating_sub(facts.ties as u64)),
            )
        },
        standing(
            UnderstoodGoal,
            Message::new("ready-goal"),
            endorsed,
            Message::new("ready-goal-hint").with("needed", endorsed.1 as u64),
        ),
        standing(
            GatheringHeld,
            Message::new("ready-gathering"),
            attended,
            Message::new("ready-gathering-hint")
                .with("needed", attended.1 as u64)
                .with("days", needed.gathered_within.as_secs() / 86_400),
        ),
    ];
    Readiness { criteria }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_up() {
        let two_thirds: Share = "2/3".parse().expect("a fraction");
        assert_eq!([0, 1, 3, 4, 5, 6].map(|whole| two_thirds.of(whole)), [0, 1, 2, 3, 4, 4]);
        for wrong in ["", "2", "3/2", "1/0", "-1/2", "1/2/3", "a/b"] {
            assert!(wrong.parse::<Share>().is_err(), "{wrong}");
        }
    }
}

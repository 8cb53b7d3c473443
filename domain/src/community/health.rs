//! The health report: whether a community's network works, computed in one pass from its members and the ties among them.
//!
//! It measures the network, not the clicks, and singles nobody out: there are no names, a community of fewer than
//! [`FEWEST`] members has no report, and a number of people from 1 to 4 reads "fewer than 5", as does any share from which
//! it could be worked out. The terms are network analysis's: a component is a set of members who reach one another over
//! ties, a bridge (an articulation point) is a member whose removal splits one, density is ties over possible ties.

use std::collections::HashSet;

use petgraph::algo::articulation_points::articulation_points;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use serde::{Deserialize, Serialize};

use super::help::{self, Help};
use super::readiness::graph;
use super::{Access, Community, HealthFor, members_of};
use crate::ctx::{Ctx, Viewer, days};
use crate::entity::{attendance, charter, gathering, goal, membership, progress, tie, tie_end};
use crate::error::Result;
use crate::id::{CommunityId, GoalId, MemberId};
use crate::scope::Scope;
use crate::store::BINDS;

/// Fewest members of a community that has a report.
pub const FEWEST: u64 = 5;
/// The days in which a goal has moved.
const MOVED_WITHIN: u64 = 30;
/// The days gatherings are counted in.
const GATHERED_WITHIN: u64 = 90;

/// A number of people, or of what people did; hidden if it is so small that it could single somebody out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Headcount {
    /// The number itself: 0, or at least [`FEWEST`].
    Exact(u64),
    /// From 1 to 4.
    Few,
}

impl Headcount {
    pub(super) fn of(count: u64) -> Self {
        match count {
            0 => Self::Exact(0),
            few if few < FEWEST => Self::Few,
            count => Self::Exact(count),
        }
    }

    fn is_exact(self) -> bool {
        match self {
            Self::Exact(_) => true,
            Self::Few => false,
        }
    }
}

/// The figures of a community.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// How many members there are.
    pub members: u64,
    /// How many of them are tied to nobody in it.
    pub alone: Headcount,
    /// How many sets of members there are who reach one another over ties.
    pub components: u64,
    /// The share of pairs that are tied, from 0 to 1; `None` if it would tell a number of ties from 1 to 4.
    pub density: Option<f64>,
    /// How many members' removal splits a component.
    pub bridges: Headcount,
    /// The share of ties that rest on having met, from 0 to 1; `None` if there are none, or it would tell a small number.
    pub in_person: Option<f64>,
    /// How many goals moved in the last 30 days: were understood, measured or reached.
    pub goals_moved: u64,
    /// How many gatherings were held in the last 90 days.
    pub gatherings: u64,
    /// How many members were at one of them at least.
    pub gathered: Headcount,
    /// What came of introductions and asks; `None` of snapshots that are older than this figure.
    #[serde(default)]
    pub help: Option<Help>,
}

/// The report of a community; `None` if it is not for the viewer, or there are too few members.
///
/// # Errors
/// As the database says.
pub async fn of(ctx: &Ctx, community: &Community) -> Result<Option<Health>> {
    if !may_read(ctx, community).await? {
        return Ok(None);
    }
    compute(ctx, &ctx.kith.store.db, community.id).await
}

/// Whether the report is for the viewer: a steward, or a member where the charter says so.
pub(super) async fn may_read(ctx: &Ctx, community: &Community) -> Result<bool> {
    match community.access {
        Access::Steward => Ok(true),
        Access::Partner => match ctx.viewer {
            Viewer::Partner(grant) => grant.allows(Scope::HealthRead).map(|()| true),
            _ => Ok(false),
        },
        Access::Member => {
            let charter = charter::Entity::find_by_id((community.id, community.charter_version));
            let charter = charter.one(&ctx.kith.store.db).await?;
            Ok(charter.is_some_and(|charter| charter.health_for == HealthFor::Members))
        }
        Access::Stranger | Access::Applicant | Access::Invitee => Ok(false),
    }
}

/// The figures now; `None` if there are too few members.
pub(super) async fn compute(ctx: &Ctx, db: &impl ConnectionTrait, id: CommunityId) -> Result<Option<Health>> {
    let members = members_of(id).select_only().column(membership::Column::MemberId);
    let members: Vec<MemberId> = members.into_tuple().all(db).await?;
    if (members.len() as u64) < FEWEST {
        return Ok(None);
    }
    let inside: HashSet<MemberId> = members.iter().copied().collect();
    let ends = ends_inside(db, &inside).await?;
    let ties: Vec<(MemberId, MemberId)> = ends.iter().map(|(a, b, _)| (*a, *b)).collect();
    let met = ends.iter().filter(|(_, _, evidence)| *evidence == tie::Evidence::InPerson).count() as u64;
    let graph = graph(&members, &ties);
    let alone = graph.node_indices().filter(|node| graph.neighbors(*node).next().is_none()).count() as u64;
    let (gatherings, gathered) = gathered(ctx, db, id, &inside).await?;
    Ok(Some(Health {
        members: members.len() as u64,
        alone: Headcount::of(alone),
        components: petgraph::algo::connected_components(&graph) as u64,
        density: density(members.len() as u64, ties.len() as u64),
        bridges: Headcount::of(articulation_points(&graph).len() as u64),
        in_person: share(met, ties.len() as u64),
        goals_moved: goals_moved(ctx, db, id).await?,
        gatherings,
        gathered: Headcount::of(gathered),
        help: Some(help::compute(ctx, db, id, &inside).await?),
    }))
}

/// The active ties among these members, each once. Both ends are looked for here: a database that is to do it reads the
/// members anew for each tie.
async fn ends_inside(
    db: &impl ConnectionTrait,
    inside: &HashSet<MemberId>,
) -> Result<Vec<(MemberId, MemberId, tie::Evidence)>> {
    let members: Vec<MemberId> = inside.iter().copied().collect();
    let mut ends = Vec::new();
    for some in members.chunks(BINDS) {
        let query = tie_end::Entity::find()
            .select_only()
            .columns([tie_end::Column::MemberId, tie_end::Column::OtherId, tie_end::Column::Evidence])
            .filter(tie_end::Column::MemberId.is_in(some.iter().copied()))
            .filter(Expr::col(tie_end::Column::MemberId).lt(Expr::col(tie_end::Column::OtherId)));
        ends.extend(query.into_tuple::<(MemberId, MemberId, tie::Evidence)>().all(db).await?);
    }
    ends.retain(|(_, other, _)| inside.contains(other));
    Ok(ends)
}

fn density(members: u64, ties: u64) -> Option<f64> {
    Headcount::of(ties).is_exact().then(|| ties as f64 / (members * (members - 1) / 2) as f64)
}

/// The share of `part`, if neither it nor the rest is a small number.
fn share(part: u64, whole: u64) -> Option<f64> {
    let tells = Headcount::of(part).is_exact() && Headcount::of(whole - part).is_exact();
    (tells && whole > 0).then(|| part as f64 / whole as f64)
}

async fn goals_moved(ctx: &Ctx, db: &impl ConnectionTrait, id: CommunityId) -> Result<u64> {
    let since = ctx.now.before(days(MOVED_WITHIN));
    let goals = || goal::Entity::find().select_only().column(goal::Column::Id).filter(goal::Column::CommunityId.eq(id));
    let stepped = sea_orm::Condition::any().add(goal::Column::ActivatedAt.gte(since)).add(
        sea_orm::Condition::all()
            .add(goal::Column::State.eq(goal::State::Achieved))
            .add(goal::Column::ClosedAt.gte(since)),
    );
    let mut moved: Vec<GoalId> = goals().filter(stepped).into_tuple().all(db).await?;
    let measured: Vec<GoalId> = progress::Entity::find()
        .select_only()
        .column(progress::Column::GoalId)
        .distinct()
        .filter(progress::Column::GoalId.in_subquery(goals().into_query()))
        .filter(progress::Column::CreatedAt.gte(since))
        .into_tuple()
        .all(db)
        .await?;
    moved.extend(measured);
    moved.sort_unstable();
    moved.dedup();
    Ok(moved.len() as u64)
}

/// How many gatherings were held lately, and how many members were at one of them.
async fn gathered(
    ctx: &Ctx,
    db: &impl ConnectionTrait,
    id: CommunityId,
    inside: &HashSet<MemberId>,
) -> Result<(u64, u64)> {
    let held = || {
        gathering::Entity::find()
            .select_only()
            .column(gathering::Column::Id)
            .filter(gathering::Column::CommunityId.eq(id))
            .filter(gathering::Column::State.eq(gathering::State::Planned))
            .filter(gathering::Column::EndsAt.between(ctx.now.before(days(GATHERED_WITHIN)), ctx.now))
    };
    let gatherings: Vec<crate::id::GatheringId> = held().into_tuple().all(db).await?;
    let there: Vec<MemberId> = attendance::Entity::find()
        .select_only()
        .column(attendance::Column::MemberId)
        .distinct()
        .filter(attendance::Column::GatheringId.in_subquery(held().into_query()))
        .into_tuple()
        .all(db)
        .await?;
    let there = there.iter().filter(|member| inside.contains(member)).count();
    Ok((gatherings.len() as u64, there as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_are_hidden_and_cannot_be_worked_out() {
        assert_eq!(
            [0, 1, 4, 5].map(Headcount::of),
            [Headcount::Exact(0), Headcount::Few, Headcount::Few, Headcount::Exact(5)]
        );
        for (members, ties, seen) in [(5, 0, Some(0.0)), (5, 3, None), (5, 10, Some(1.0))] {
            assert_eq!(density(members, ties), seen);
        }
        for (part, whole, seen) in
            [(0, 0, None), (3, 20, None), (18, 20, None), (10, 20, Some(0.5)), (20, 20, Some(1.0))]
        {
            assert_eq!(share(part, whole), seen, "{part} of {whole}");
        }
    }
}

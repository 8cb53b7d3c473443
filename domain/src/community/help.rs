//! What a community's network yields: the introductions and asks among its members that closed lately, and what came of them.
//!
//! Counted is what serves one of its goals, or has all its people in it. An introduction closes when that shows to its
//! requester, so that no figure tells what they may not know.

use std::collections::HashSet;

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use serde::{Deserialize, Serialize};

use super::health::Headcount;
use super::members_of;
use crate::ctx::{Ctx, Timestamp, days};
use crate::entity::introduction::{self, State};
use crate::entity::introduction_outcome::{self, Outcome};
use crate::entity::{ask, goal, membership, nomination};
use crate::error::Result;
use crate::id::{AskId, CommunityId, IntroductionId, MemberId};
use crate::news::{Count, News};
use crate::policy::{self, Part};

/// The days introductions and asks are counted in.
const CLOSED_WITHIN: u64 = 90;

/// What came of introductions and asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Help {
    /// How many introductions closed in the last 90 days.
    pub introductions: Headcount,
    /// How many of them were accepted.
    pub accepted: Headcount,
    /// Of how many somebody said that they helped.
    pub helped: Headcount,
    /// Of how many somebody said that the two met, and nobody that it helped.
    pub met: Headcount,
    /// The median of the days from request to acceptance; `None` if fewer than five were accepted.
    pub median_days: Option<f64>,
    /// How many asks closed in the last 90 days.
    pub asks: Headcount,
    /// How many of them found somebody who said yes.
    pub answered: Headcount,
}

/// What partners are told of it: the counts, and nothing from which small ones could be worked out.
impl From<Help> for News {
    fn from(help: Help) -> Self {
        let told = |count: Headcount| match count {
            Headcount::Exact(count) => Count::Exact(count),
            Headcount::Few => Count::Few,
        };
        Self::IntroductionsCounted {
            days: CLOSED_WITHIN,
            closed: told(help.introductions),
            accepted: told(help.accepted),
            helped: told(help.helped),
            met: told(help.met),
        }
    }
}

/// The figures now.
pub(super) async fn compute(
    ctx: &Ctx,
    db: &impl ConnectionTrait,
    id: CommunityId,
    inside: &HashSet<MemberId>,
) -> Result<Help> {
    let since = ctx.now.before(days(CLOSED_WITHIN));
    let closed = introductions(ctx, db, id, inside, since).await?;
    let accepted: Vec<&introduction::Model> = closed.iter().filter(|row| row.state == State::Accepted).collect();
    let (helped, met) = outcomes(db, &accepted).await?;
    let (asks, answered) = asks(ctx, db, id, since).await?;
    Ok(Help {
        introductions: Headcount::of(closed.len() as u64),
        accepted: Headcount::of(accepted.len() as u64),
        helped: Headcount::of(helped),
        met: Headcount::of(met),
        median_days: median_days(&accepted),
        asks: Headcount::of(asks),
        answered: Headcount::of(answered),
    })
}

/// The introductions of the community that closed since then.
async fn introductions(
    ctx: &Ctx,
    db: &impl ConnectionTrait,
    id: CommunityId,
    inside: &HashSet<MemberId>,
    since: Timestamp,
) -> Result<Vec<introduction::Model>> {
    use introduction::Column;
    let goals = goal::Entity::find().select_only().column(goal::Column::Id).filter(goal::Column::CommunityId.eq(id));
    let members = members_of(id).select_only().column(membership::Column::MemberId);
    let some = Condition::any()
        .add(Column::GoalId.in_subquery(goals.clone().into_query()))
        .add(Column::RequesterId.in_subquery(members.into_query()));
    let oldest = since.before(policy::INTRODUCED_WITHIN);
    let rows = introduction::Entity::find().filter(Column::CreatedAt.gte(oldest)).filter(some).all(db).await?;
    let goals: HashSet<crate::id::GoalId> = goals.into_tuple().all(db).await?.into_iter().collect();
    let of_it = |row: &introduction::Model| {
        let all = [Some(row.requester_id), row.connector_id, row.target_id];
        let among = all.iter().all(|id| id.is_some_and(|id| inside.contains(&id)));
        let (state, at) = policy::seen_introduction(row, Part::Requester, row.requester_id, ctx.now);
        let is_closed = !matches!(state, State::Requested | State::PassedOn) && at >= since;
        is_closed && (among || row.goal_id.is_some_and(|goal| goals.contains(&goal)))
    };
    Ok(rows.into_iter().filter(of_it).collect())
}

/// Of how many of these somebody said that they helped; and of how many, at best, that the two met.
async fn outcomes(db: &impl ConnectionTrait, accepted: &[&introduction::Model]) -> Result<(u64, u64)> {
    use introduction_outcome::Column;
    let ids = accepted.iter().map(|row| row.id);
    let said = introduction_outcome::Entity::find().filter(Column::IntroductionId.is_in(ids)).all(db).await?;
    let of = |outcome: Outcome| -> HashSet<IntroductionId> {
        said.iter().filter(|row| row.outcome == outcome).map(|row| row.introduction_id).collect()
    };
    let (helped, met) = (of(Outcome::Helped), of(Outcome::Met));
    Ok((helped.len() as u64, met.difference(&helped).count() as u64))
}

/// The median of the days these took until they were accepted, if there are enough of them.
fn median_days(accepted: &[&introduction::Model]) -> Option<f64> {
    let took = |row: &&introduction::Model| Some(row.accepted_at?.0 - row.created_at.0);
    let mut took: Vec<i64> = accepted.iter().filter_map(took).collect();
    took.sort_unstable();
    let middle = took.len() / 2;
    let median = match took.len() {
        ..5 => return None,
        odd if odd % 2 == 1 => took[middle] as f64,
        _ => (took[middle - 1] + took[middle]) as f64 / 2.0,
    };
    Some(median / (24.0 * 60.0 * 60.0 * 1_000_000.0))
}

/// How many asks of the community closed since then, and how many of them found somebody.
async fn asks(ctx: &Ctx, db: &impl ConnectionTrait, id: CommunityId, since: Timestamp) -> Result<(u64, u64)> {
    use ask::Column;
    let goals = goal::Entity::find().select_only().column(goal::Column::Id).filter(goal::Column::CommunityId.eq(id));
    let of_it = Condition::any().add(Column::CommunityId.eq(id)).add(Column::GoalId.in_subquery(goals.into_query()));
    let closed = Condition::any()
        .add(Column::ClosedAt.gte(since))
        .add(Condition::all().add(Column::ClosedAt.is_null()).add(Column::ExpiresAt.between(since, ctx.now)));
    let rows = ask::Entity::find().select_only().column(Column::Id).filter(of_it).filter(closed);
    let asks: Vec<AskId> = rows.clone().into_tuple().all(db).await?;
    let answered: Vec<AskId> = nomination::Entity::find()
        .select_only()
        .column(nomination::Column::AskId)
        .distinct()
        .filter(nomination::Column::AskId.in_subquery(rows.into_query()))
        .filter(nomination::Column::State.eq(nomination::State::Accepted))
        .into_tuple()
        .all(db)
        .await?;
    Ok((asks.len() as u64, answered.len() as u64))
}

//! Which listed ties come online: those of pairs who never had one, and have no block.

use std::collections::{BTreeSet, HashMap, HashSet};

use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect};

use super::check::Named;
use super::person::Placed;
use super::{Fault, File, TiesAs, row};
use crate::ctx::Ctx;
use crate::entity::tie::{Context, Evidence};
use crate::entity::{block, tie, tie_end};
use crate::error::Result;
use crate::id::MemberId;
use crate::policy;
use crate::store::BINDS;
use crate::tie::asked;

/// Two members, the smaller id first.
type Pair = (MemberId, MemberId);

/// The ties to write.
pub(super) struct Pairs {
    pub(super) ties: Vec<tie::Model>,
    /// The members who get an active one and were there before.
    pub(super) retied: Vec<MemberId>,
}

/// Decides about every listed tie. Rows about people who have a fault of their own are passed over.
pub(super) async fn decide(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    named: &[Named<'_>],
    ties_as: TiesAs,
    placed: &mut Placed,
    faults: &mut Vec<Fault>,
) -> Result<Pairs> {
    let listed = listed(named, placed);
    let old: BTreeSet<MemberId> =
        listed.iter().flat_map(|(_, (low, high))| [*low, *high]).filter(|id| placed.before.contains(id)).collect();
    let old: Vec<MemberId> = old.into_iter().collect();
    let taken = taken(tx, &old).await?;
    let mut held = held(tx, &old).await?;
    let (mut fresh, mut retied) = (Vec::with_capacity(listed.len()), BTreeSet::new());
    for (line, (low, high)) in listed {
        if taken.contains(&(low, high)) {
            placed.report.kept += 1;
            continue;
        }
        if [low, high].iter().any(|end| held.get(end).is_some_and(|ties| *ties >= policy::MOST_TIES)) {
            let message = format!("One of the two has {} ties, the most a member may have.", policy::MOST_TIES);
            faults.push(Fault { file: File::Ties, line, message, rule: None });
            continue;
        }
        fresh.push((low, high));
        if ties_as == TiesAs::Active {
            for end in [low, high] {
                *held.entry(end).or_default() += 1;
                retied.extend(placed.before.get(&end));
            }
        }
    }
    placed.report.ties = fresh.len();
    // In the order of the indexes, which then grow at their ends.
    fresh.sort_unstable();
    let asked = |(low, high)| asked(low, high, Evidence::Imported, Context::Other, ctx.now);
    let ties = fresh.into_iter().map(asked).map(|tie| match ties_as {
        TiesAs::Active => row::agreed(tie),
        TiesAs::Pending => tie,
    });
    Ok(Pairs { ties: ties.collect(), retied: retied.into_iter().collect() })
}

/// Each listed pair once, with the line of the row that named it first.
fn listed(named: &[Named<'_>], placed: &mut Placed) -> Vec<(u64, Pair)> {
    let mut seen = HashSet::with_capacity(named.len());
    let mut listed = Vec::with_capacity(named.len());
    for tie in named {
        let [a, b] = tie.ends.map(|end| placed.members.get(end));
        match (a, b) {
            (Some(Some(a)), Some(Some(b))) if a != b => {
                let pair = (*a.min(b), *a.max(b));
                if seen.insert(pair) {
                    listed.push((tie.line, pair));
                } else {
                    placed.report.duplicates += 1;
                }
            }
            (Some(None), _) | (_, Some(None)) => placed.report.ties_gone += 1,
            _ => {}
        }
    }
    listed
}

/// The pairs among these members who have, or had, a tie in whatever state, or a block.
async fn taken(tx: &DatabaseTransaction, members: &[MemberId]) -> Result<HashSet<Pair>> {
    let mut taken = HashSet::new();
    for some in members.chunks(BINDS) {
        let some = || some.iter().copied();
        let ties = tie::Entity::find().select_only().columns([tie::Column::Low, tie::Column::High]);
        let ties: Vec<Pair> = ties.filter(tie::Column::Low.is_in(some())).into_tuple().all(tx).await?;
        let blocks = block::Entity::find().select_only().columns([block::Column::OwnerId, block::Column::BlockedId]);
        let blocks: Vec<Pair> = blocks.filter(block::Column::OwnerId.is_in(some())).into_tuple().all(tx).await?;
        taken.extend(ties.into_iter().chain(blocks).map(|(a, b)| (a.min(b), a.max(b))));
    }
    Ok(taken)
}

/// How many active ties each of these members has.
async fn held(tx: &DatabaseTransaction, members: &[MemberId]) -> Result<HashMap<MemberId, u64>> {
    let mut held = HashMap::new();
    for some in members.chunks(BINDS) {
        let counts: Vec<(MemberId, i64)> = tie_end::Entity::find()
            .select_only()
            .column(tie_end::Column::MemberId)
            .column_as(tie_end::Column::OtherId.count(), "ties")
            .filter(tie_end::Column::MemberId.is_in(some.iter().copied()))
            .group_by(tie_end::Column::MemberId)
            .into_tuple()
            .all(tx)
            .await?;
        held.extend(counts.into_iter().map(|(member, ties)| (member, u64::try_from(ties).unwrap_or_default())));
    }
    Ok(held)
}

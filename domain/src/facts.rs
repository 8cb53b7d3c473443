//! What answers about people are made of, read through the cache: cards, neighbour lists, blocks,
//! communities.
//!
//! These are the facts that hide people (`findable`, `as_route`, suspension, blocks), so they are asked for on every
//! read and believed only while nothing they were made from has changed ([`crate::cache`]). Nothing is decided here: see
//! [`crate::visibility`].

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, DbBackend, DbErr, EntityTrait, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Kith;
use crate::cache::{Entry, Kind, MEGABYTE};
use crate::ctx::Timestamp;
use crate::entity::tie::Evidence;
use crate::entity::{block, member, membership, session, tie_end};
use crate::error::Result;
use crate::id::{CommunityId, MemberId, SessionId};
use crate::policy;
use crate::store::{BINDS, padded};

/// What anybody who may see a member at all sees of them, and whether they may be seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The unique name by which they can be claimed.
    pub handle: String,
    /// The name people know them by.
    pub name: String,
    /// One line about them.
    pub headline: Option<String>,
    /// Where their picture is.
    pub avatar_url: Option<String>,
    /// Whether friends of friends may find them.
    pub findable: bool,
    /// Whether contacts see them as a way to others.
    pub as_route: bool,
    /// Whether their account is in use: neither suspended nor gone.
    pub active: bool,
    /// Until when they take no introductions.
    pub paused_until: Option<Timestamp>,
}

impl Entry for Card {
    const KIND: Kind = Kind::Card;
    const HELD: u64 = 24 * MEGABYTE;

    fn size(&self) -> usize {
        let texts = [Some(&self.handle), Some(&self.name), self.headline.as_ref(), self.avatar_url.as_ref()];
        size_of::<Self>() + texts.into_iter().flatten().map(String::len).sum::<usize>()
    }

    fn changes_at(&self) -> Option<Timestamp> {
        self.paused_until
    }
}

/// The members one member is tied to, by active ties, in id order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Neighbours {
    pub(crate) ends: Vec<End>,
    /// Whether contacts may see these ties: the member lets them (`as_route`), and their account is in use.
    pub(crate) open: bool,
}

/// The other end of a tie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct End {
    pub(crate) member: MemberId,
    pub(crate) in_person: bool,
}

impl Entry for Neighbours {
    const KIND: Kind = Kind::Neighbours;
    const HELD: u64 = 48 * MEGABYTE;

    fn size(&self) -> usize {
        size_of::<Self>() + size_of_val(&self.ends[..])
    }
}

impl Neighbours {
    pub(crate) fn get(&self, member: MemberId) -> Option<End> {
        self.ends.binary_search_by_key(&member, |end| end.member).ok().map(|at| self.ends[at])
    }

    /// The members in both lists, in id order. The shorter one is gone through, and the longer one searched by steps that
    /// double, from where the last was found on: so it costs little beside a supernode, too.
    pub(crate) fn common<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = MemberId> + 'a {
        let (mut short, mut long) = (&self.ends[..], &other.ends[..]);
        if short.len() > long.len() {
            std::mem::swap(&mut short, &mut long);
        }
        short.iter().map(|end| end.member).filter(move |member| {
            let mut step = 1;
            while long.get(step).is_some_and(|end| end.member < *member) {
                step *= 2;
            }
            let (from, to) = (step / 2, long.len().min(step + 1));
            long = &long[from + long[from..to].partition_point(|end| end.member < *member)..];
            long.first().is_some_and(|end| end.member == *member)
        })
    }
}

/// The members hidden from one member, whichever side the block is owned by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Blocks(pub(crate) HashSet<MemberId>);

impl Entry for Blocks {
    const KIND: Kind = Kind::Blocks;
    const HELD: u64 = 4 * MEGABYTE;

    fn size(&self) -> usize {
        size_of::<Self>() + self.0.capacity() * size_of::<MemberId>()
    }
}

/// The communities one member belongs to, in id order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Communities(pub(crate) Vec<CommunityId>);

impl Entry for Communities {
    const KIND: Kind = Kind::Communities;
    const HELD: u64 = 8 * MEGABYTE;

    fn size(&self) -> usize {
        size_of::<Self>() + size_of_val(&self.0[..])
    }
}

impl Communities {
    /// Whether the two belong to a community in common.
    pub(crate) fn meet(&self, others: &Self) -> bool {
        self.0.iter().any(|community| others.0.binary_search(community).is_ok())
    }
}

/// Who may act as a member: asked for on every request with a token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) active: bool,
    pub(crate) sessions: HashSet<SessionId>,
}

impl Entry for Account {
    const KIND: Kind = Kind::Account;
    const HELD: u64 = 16 * MEGABYTE;

    fn size(&self) -> usize {
        size_of::<Self>() + self.sessions.capacity() * size_of::<SessionId>()
    }
}

/// The cards of `ids`; those that do not exist are left out.
pub(crate) async fn cards(kith: &Kith, ids: &[MemberId]) -> Result<HashMap<MemberId, Arc<Card>>> {
    kith.shelves.cards.get_many(&kith.cache, ids, |missing| load_cards(kith, missing)).await
}

async fn load_cards(kith: &Kith, ids: Vec<MemberId>) -> Result<Vec<(MemberId, Card)>> {
    let mut cards = Vec::with_capacity(ids.len());
    for some in ids.chunks(BINDS) {
        let rows = member::Entity::find().filter(member::Column::Id.is_in(padded(some))).all(&kith.store.db).await?;
        cards.extend(rows.into_iter().map(|row| (row.id, Card::of(row))));
    }
    Ok(cards)
}

impl Card {
    /// Whether they take introductions at this moment.
    pub fn takes_introductions(&self, now: Timestamp) -> bool {
        self.paused_until.is_none_or(|until| until <= now)
    }

    pub(crate) fn of(row: member::Model) -> Self {
        Self {
            active: policy::is_in_use(&row),
            handle: row.handle,
            name: row.name,
            headline: row.headline,
            avatar_url: row.avatar_url,
            findable: row.findable,
            as_route: row.as_route,
            paused_until: row.paused_until,
        }
    }
}

/// The neighbour lists of `ids`.
pub(crate) async fn neighbours(kith: &Kith, ids: &[MemberId]) -> Result<HashMap<MemberId, Arc<Neighbours>>> {
    kith.shelves.neighbours.get_many(&kith.cache, ids, |missing| load_neighbours(kith, missing)).await
}

/// The neighbour list of `id` and those of whom they are tied to, if this process holds all of them, as far as it has heard,
/// and there are no more than `most` ties in them.
pub(crate) fn neighbours_as_heard(kith: &Kith, id: MemberId, most: usize) -> Option<Around> {
    let list = |id| kith.shelves.neighbours.as_heard(&kith.cache, id);
    let mine = list(id)?;
    let mut left = most;
    let theirs = mine.ends.iter().map(|end| {
        let theirs = list(end.member)?;
        left = left.checked_sub(theirs.ends.len())?;
        Some((end.member, theirs))
    });
    let theirs = theirs.collect::<Option<_>>()?;
    Some((mine, theirs))
}

/// A member's neighbour list, and those of whom they are tied to.
pub(crate) type Around = (Arc<Neighbours>, HashMap<MemberId, Arc<Neighbours>>);

async fn load_neighbours(kith: &Kith, ids: Vec<MemberId>) -> Result<Vec<(MemberId, Neighbours)>> {
    let mut lists: HashMap<MemberId, Neighbours> = ids.iter().map(|id| (*id, Neighbours::default())).collect();
    for some in ids.chunks(BINDS) {
        let open = member::Entity::find()
            .select_only()
            .column(member::Column::Id)
            .filter(member::Column::Id.is_in(padded(some)))
            .filter(member::Column::AsRoute.eq(true))
            .filter(in_use())
            .into_tuple::<MemberId>()
            .all(&kith.store.db);
        let (open, ends) = tokio::try_join!(open, load_ends(kith, some))?;
        for id in open {
            lists.entry(id).or_default().open = true;
        }
        for (member, end) in ends {
            lists.entry(member).or_default().ends.push(end);
        }
    }
    for list in lists.values_mut() {
        list.ends.sort_unstable_by_key(|end| end.member);
        list.ends.shrink_to_fit();
    }
    Ok(lists.into_iter().collect())
}

/// The ends of the ties of `ids`, each with whose it is.
async fn load_ends(kith: &Kith, ids: &[MemberId]) -> std::result::Result<Vec<(MemberId, End)>, DbErr> {
    let found = tie_end::Entity::find()
        .select_only()
        .column(tie_end::Column::MemberId)
        .filter(tie_end::Column::MemberId.is_in(padded(ids)));
    if kith.store.db.get_database_backend() != DbBackend::Postgres {
        let rows = found
            .column(tie_end::Column::OtherId)
            .column_as(tie_end::Column::Evidence.eq(Evidence::InPerson), "in_person")
            .into_tuple::<(MemberId, MemberId, bool)>()
            .all(&kith.store.db);
        return Ok(rows.await?.into_iter().map(|(id, member, in_person)| (id, End { member, in_person })).collect());
    }
    let lists = found
        .column_as(Expr::cust(PACKED), "ends")
        .group_by(tie_end::Column::MemberId)
        .into_tuple::<(MemberId, Vec<u8>)>()
        .all(&kith.store.db);
    Ok(lists.await?.iter().flat_map(|(id, packed)| unpacked(packed).map(|end| (*id, end))).collect())
}

/// All the ends of one member's ties in one value, as PostgreSQL packs them: a row each takes several times as long to send
/// and to read as what is in it.
const PACKED: &str = "string_agg(uuid_send(other_id) || CASE evidence WHEN 'IN_PERSON' THEN '\\x01'::bytea ELSE '\\x00'::bytea END, ''::bytea)";

fn unpacked(packed: &[u8]) -> impl Iterator<Item = End> + '_ {
    let (ends, _) = packed.as_chunks::<17>();
    ends.iter().map(|[id @ .., in_person]| End { member: MemberId(Uuid::from_bytes(*id)), in_person: *in_person == 1 })
}

/// The communities of each of `ids`.
pub(crate) async fn communities(kith: &Kith, ids: &[MemberId]) -> Result<HashMap<MemberId, Arc<Communities>>> {
    kith.shelves.communities.get_many(&kith.cache, ids, |missing| load_communities(kith, missing)).await
}

async fn load_communities(kith: &Kith, ids: Vec<MemberId>) -> Result<Vec<(MemberId, Communities)>> {
    let mut lists: HashMap<MemberId, Communities> = ids.iter().map(|id| (*id, Communities::default())).collect();
    for some in ids.chunks(BINDS) {
        let rows: Vec<(MemberId, CommunityId)> = membership::Entity::find()
            .select_only()
            .columns([membership::Column::MemberId, membership::Column::CommunityId])
            .filter(membership::Column::MemberId.is_in(padded(some)))
            .filter(membership::Column::State.eq(membership::State::Active))
            .into_tuple()
            .all(&kith.store.db)
            .await?;
        for (member, community) in rows {
            lists.entry(member).or_default().0.push(community);
        }
    }
    lists.values_mut().for_each(|list| list.0.sort_unstable());
    Ok(lists.into_iter().collect())
}

/// The rule of [`policy::is_in_use`], for the database.
pub(crate) fn in_use() -> Condition {
    Condition::all().add(member::Column::State.eq(member::State::Active)).add(member::Column::LeavesAt.is_null())
}

/// The account of `id`: whether it may be used, and by which sessions.
pub(crate) async fn account(kith: &Kith, id: MemberId) -> Result<Arc<Account>> {
    kith.shelves.accounts.get(&kith.cache, id, || load_account(kith, id)).await
}

/// The account of `id` as far as this process has heard, which may be wrong by now.
pub(crate) fn account_as_heard(kith: &Kith, id: MemberId) -> Option<Arc<Account>> {
    kith.shelves.accounts.as_heard(&kith.cache, id)
}

async fn load_account(kith: &Kith, id: MemberId) -> Result<Account> {
    let row = member::Entity::find_by_id(id).one(&kith.store.db).await?;
    let sessions: Vec<SessionId> = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(session::Column::MemberId.eq(id))
        .into_tuple()
        .all(&kith.store.db)
        .await?;
    Ok(Account { active: row.is_some_and(|row| policy::is_in_use(&row)), sessions: sessions.into_iter().collect() })
}

/// Whom blocks hide from `id`.
pub(crate) async fn blocks(kith: &Kith, id: MemberId) -> Result<Arc<Blocks>> {
    kith.shelves.blocks.get(&kith.cache, id, || load_blocks(kith, id)).await
}

async fn load_blocks(kith: &Kith, id: MemberId) -> Result<Blocks> {
    let pairs: Vec<(MemberId, MemberId)> = block::Entity::find()
        .select_only()
        .columns([block::Column::OwnerId, block::Column::BlockedId])
        .filter(Condition::any().add(block::Column::OwnerId.eq(id)).add(block::Column::BlockedId.eq(id)))
        .into_tuple()
        .all(&kith.store.db)
        .await?;
    Ok(Blocks(pairs.into_iter().map(|(owner, blocked)| if owner == id { blocked } else { owner }).collect()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn list(members: &BTreeSet<u16>) -> Neighbours {
        let end = |number: &u16| End { member: MemberId(Uuid::from_u128(u128::from(*number))), in_person: false };
        Neighbours { ends: members.iter().map(end).collect(), open: true }
    }

    proptest! {
        #[test]
        fn what_two_lists_have_in_common_is_their_intersection(
            one in prop::collection::btree_set(0..500_u16, 0..40),
            other in prop::collection::btree_set(0..500_u16, 0..400),
        ) {
            let (one_list, other_list) = (list(&one), list(&other));
            let common: Vec<MemberId> = list(&one.intersection(&other).copied().collect()).ends.iter().map(|end| end.member).collect();
            prop_assert_eq!(&one_list.common(&other_list).collect::<Vec<_>>(), &common);
            prop_assert_eq!(&other_list.common(&one_list).collect::<Vec<_>>(), &common);
        }
    }
}

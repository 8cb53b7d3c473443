//! The demo: a fictional network in an empty database, to try things on.
//!
//! [`network`] says who there is; this module gives them ids, dates and rows, [`community`] what they have formed, and [`asking`]
//! what they ask of one another. The
//! ids are the same in every demo, so that an address somebody has noted down still leads to the same person after the
//! database was made anew.
//!
//! Deliberately absent: adding the demo to a database that has members, and taking it away again.

mod asking;
mod circle;
mod community;
mod draw;
mod network;
mod person;
mod town;
mod words;

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::{Builder, Uuid};

use self::network::Network;
use crate::Kith;
use crate::ctx::{Ctx, Timestamp, Viewer, days};
use crate::entity::tie::{self, Answer, Context, Evidence};
use crate::entity::{block, claim, member};
use crate::error::{Error, Result};
use crate::event::{self, Change};
use crate::id::{BlockId, ClaimId, CommunityId, GatheringId, GoalId, MemberId};
use crate::import::row::{self, Meter, Rows};
use crate::import::{OnProgress, Stage};
use crate::tie::asked;
use crate::{member as profile, policy};

/// The members to look through the eyes of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guides {
    /// Somebody in the thick of it.
    pub hub: Guide,
    /// Somebody who knows people of two circles that know little of each other.
    pub bridge: Guide,
    /// Somebody who has just arrived.
    pub newcomer: Guide,
}

/// A member to look through the eyes of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guide {
    /// Who.
    pub id: MemberId,
    /// Their handle.
    pub handle: String,
    /// Their name.
    pub name: String,
}

/// The guides, if this database is a demo.
///
/// # Errors
/// As the database says.
pub async fn guides(kith: &Kith) -> Result<Option<Guides>> {
    let [hub, bridge, newcomer] = network::network().guides.map(person_id);
    let rows =
        member::Entity::find().filter(member::Column::Id.is_in([hub, bridge, newcomer])).all(&kith.store.db).await?;
    let mut found: HashMap<MemberId, Guide> =
        rows.into_iter().map(|row| (row.id, Guide { id: row.id, handle: row.handle, name: row.name })).collect();
    let found = [hub, bridge, newcomer].map(|id| found.remove(&id));
    Ok(match found {
        [Some(hub), Some(bridge), Some(newcomer)] => Some(Guides { hub, bridge, newcomer }),
        _ => None,
    })
}

/// Writes the demo network if there is no member yet. Returns its guides, or `None` if there are members of another
/// kind.
///
/// # Errors
/// [`Error::Unauthenticated`] unless the service itself asks; otherwise as the database says.
pub async fn load(ctx: &Ctx, progress: OnProgress<'_>) -> Result<Option<Guides>> {
    if ctx.viewer != Viewer::System {
        return Err(Error::Unauthenticated);
    }
    let tx = ctx.kith.store.begin().await?;
    if tx.get_database_backend() == DbBackend::Postgres {
        // Two servers that start at once would both find it empty; SQLite lets one of them begin at a time.
        tx.execute_unprepared("LOCK TABLE member IN SHARE ROW EXCLUSIVE MODE").await?;
    }
    if member::Entity::find().count(&tx).await? == 0 {
        let network = network::network();
        write(ctx, tx, &network, progress).await?;
        asking::play(ctx, &network).await?;
    } else {
        tx.rollback().await?;
    }
    guides(&ctx.kith).await
}

async fn write(ctx: &Ctx, tx: DatabaseTransaction, network: &Network, progress: OnProgress<'_>) -> Result<()> {
    let (rows, communities) = (rows(network, ctx.now), community::rows(network, ctx.now));
    // The ids are known beforehand, so somebody may have asked for them, and a cache remember that they were not there.
    let all: Vec<MemberId> = rows.members.iter().map(|member| member.id).collect();
    let meter = Meter::new(progress, Stage::Writing, rows.len() + communities.len());
    row::write(&tx, rows, &meter).await?;
    communities.write(&tx, &meter).await?;
    event::commit(
        ctx,
        tx,
        Change {
            ties: all.clone(),
            cards: all.clone(),
            blocks: all.clone(),
            accounts: all.clone(),
            communities: all,
            ..Change::default()
        },
    )
    .await
}

/// The id of a person.
fn person_id(index: usize) -> MemberId {
    MemberId(fixed(0, index))
}

fn community_id(index: usize) -> CommunityId {
    CommunityId(fixed(1, index))
}

/// The id of a goal of the community at `index`.
fn goal_id(index: usize, place: usize) -> GoalId {
    GoalId(fixed(2, 100 * index + place))
}

/// The id of a gathering of the community at `index`.
fn gathering_id(index: usize, place: usize) -> GatheringId {
    GatheringId(fixed(3, 100 * index + place))
}

/// A UUIDv7 of the first milliseconds of a day of January 2026, so that ids sort as what they are of; each table has its
/// day.
fn fixed(day: u64, index: usize) -> Uuid {
    const NEW_YEAR: u64 = 1_767_225_600_000;
    const DAY: u64 = 24 * 60 * 60 * 1_000;
    Builder::from_unix_timestamp_millis(NEW_YEAR + day * DAY + index as u64, &[0; 10]).into_uuid()
}

fn rows(network: &Network, now: Timestamp) -> Rows {
    let mut rows = Rows::default();
    for (index, person) in network.people.iter().enumerate() {
        let oldest = network.ties.iter().filter(|tie| tie.a == index || tie.b == index).map(|tie| tie.days_ago).max();
        let joined = now.before(days(u64::from(oldest.unwrap_or_default()) + 1));
        let member = profile::new(person_id(index), person.handle.clone(), person.name.clone(), joined);
        let skills: Vec<String> = person.skills.iter().copied().map(str::to_owned).collect();
        rows.skills.extend(profile::skill_rows(member.id, &skills));
        let mut member = member::Model {
            headline: Some(person.headline.clone()),
            bio: person.bio.clone(),
            email: Some(person.email.clone()),
            share_email: person.share_email,
            findable: person.findable,
            as_route: person.as_route,
            ..member
        };
        row::settle(&mut member, Some(person.area.to_owned()));
        rows.members.push(member);
    }
    rows.ties.extend(network.ties.iter().map(|tie| tied(tie, now)));
    for claim in &network.claims {
        let (tie, claim) = claimed(network, claim, now);
        rows.ties.push(tie);
        rows.claims.push(claim);
    }
    rows.blocks.extend(network.blocks.iter().map(|block| block::Model {
        id: BlockId::fresh(),
        owner_id: person_id(block.by),
        blocked_id: person_id(block.of),
        created_at: now,
    }));
    rows
}

fn tied(tie: &network::Tie, now: Timestamp) -> tie::Model {
    let (a, b, at) = (person_id(tie.a), person_id(tie.b), now.before(days(u64::from(tie.days_ago))));
    let (evidence, begun_by) = match tie.evidence {
        network::Evidence::InPerson => (Evidence::InPerson, Some(a)),
        network::Evidence::Claimed => (Evidence::Claimed, Some(a)),
        network::Evidence::Imported => (Evidence::Imported, None),
    };
    let row = row::agreed(asked(a, b, evidence, context(tie.context), at));
    tie::Model { note: tie.note.map(str::to_owned), begun_by, ..row }
}

/// A claim that reached somebody, as [`crate::tie::claim()`] writes it: the claimer has said yes, the other nothing.
fn claimed(network: &Network, claim: &network::Claim, now: Timestamp) -> (tie::Model, claim::Model) {
    let (by, of, context, note) =
        (person_id(claim.by), person_id(claim.of), context(claim.context), Some(claim.note.to_owned()));
    let mut tie = asked(by, of, Evidence::Claimed, context, now);
    tie.begun_by = Some(by);
    tie.note = note.clone();
    *(if tie.low == by { &mut tie.low_answer } else { &mut tie.high_answer }) = Answer::Yes;
    let claim = claim::Model {
        id: ClaimId::fresh(),
        claimer_id: by,
        target_id: Some(of),
        tie_id: Some(tie.id),
        named: network.people[claim.of].handle.clone(),
        context,
        note,
        state: claim::State::Open,
        created_at: now,
        expires_at: now.after(policy::ANSWERED_WITHIN),
    };
    (tie, claim)
}

fn context(context: network::Context) -> Context {
    match context {
        network::Context::Colleague => Context::Colleague,
        network::Context::Neighbour => Context::Neighbour,
        network::Context::Friend => Context::Friend,
        network::Context::Family => Context::Family,
        network::Context::Study => Context::Study,
        network::Context::Association => Context::Association,
        network::Context::Other => Context::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::Cache;
    use crate::entity::{outbox, tie_end};
    use crate::secret::Secrets;
    use crate::store::Store;
    use crate::{Role, import};

    async fn empty() -> (Ctx, tempfile::TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::connect(&format!("sqlite://{}", dir.path().join("kith.db").display())).await.unwrap();
        store.migrate().await.unwrap();
        (Ctx::new(&Kith::new(store, Cache::local(), Role::Server, Secrets::new(&[])), Viewer::System), dir)
    }

    #[tokio::test]
    async fn an_empty_database_becomes_a_demo_once() {
        let (ctx, _dir) = empty().await;
        let db = &ctx.kith.store.db;
        assert_eq!(member::Entity::find().count(&ctx.kith.store.db).await.unwrap(), 0);
        assert!(guides(&ctx.kith).await.unwrap().is_none());
        let first = load(&ctx, &|_| {}).await.unwrap().unwrap();
        let ties = tie::Entity::find().count(db).await.unwrap();
        assert_eq!(load(&ctx, &|_| {}).await.unwrap().as_ref(), Some(&first));
        assert_eq!(guides(&ctx.kith).await.unwrap(), Some(first));
        let network = network::network();
        assert_eq!(member::Entity::find().count(db).await.unwrap(), network.people.len() as u64);
        assert_eq!(tie::Entity::find().count(db).await.unwrap(), ties);
        let introduced = tie::Entity::find().filter(tie::Column::Evidence.eq(Evidence::Introduced));
        let introduced = introduced.count(db).await.unwrap();
        assert_eq!(introduced, 2, "of an introduction and a nomination that were accepted");
        assert_eq!(ties, (network.ties.len() + network.claims.len()) as u64 + introduced);
        assert_eq!(tie_end::Entity::find().count(db).await.unwrap(), 2 * network.ties.len() as u64);
        assert_eq!(block::Entity::find().count(db).await.unwrap(), network.blocks.len() as u64);
        assert_eq!(outbox::Entity::find().count(db).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn the_demo_has_introductions_in_every_state() {
        use crate::introduction::{self, Part, State};
        let (ctx, _dir) = empty().await;
        let hub = load(&ctx, &|_| {}).await.unwrap().unwrap().hub.id;
        let hub = Ctx::new(&ctx.kith, Viewer::Member(hub));
        let window = || crate::page::Window::new(Some(100), None, crate::page::Total::Skipped).unwrap();
        let states = async |part: Part| {
            let page = introduction::list(&hub, part, None, &window()).await.unwrap();
            page.rows.into_iter().map(|row| row.item.state).collect::<Vec<_>>()
        };
        let asked = states(Part::Requester).await;
        let count = |state: State| asked.iter().filter(|it| **it == state).count();
        // One that was passed on and one that was declined look open.
        assert_eq!(count(State::Requested), 3, "{asked:?}");
        for state in [State::Accepted, State::Closed, State::Withdrawn, State::Expired] {
            assert_eq!(count(state), 1, "{asked:?}");
        }
        assert_eq!(states(Part::Connector).await, [State::Requested]);
        assert_eq!(states(Part::Target).await, [State::PassedOn]);
        let put = crate::ask::list(&hub, crate::ask::Direction::ForMe, &window()).await.unwrap();
        let ids: Vec<crate::id::AskId> = put.rows.iter().map(|row| row.item.id).collect();
        let matches = crate::ask::matches(&hub, &ids).await.unwrap();
        assert!(matches.values().any(|fitting| !fitting.is_empty()), "a tie of hers fits an ask");
        let talks = crate::conversation::list(&hub, &window()).await.unwrap().rows;
        let ids: Vec<crate::id::ConversationId> = talks.iter().map(|row| row.item.id).collect();
        let unread = crate::conversation::unread(&hub, &ids).await.unwrap();
        assert_eq!((talks.len(), unread.values().sum::<u64>()), (3, 2));
        assert!(crate::notification::unread(&hub).await.unwrap() > 3);
    }

    #[tokio::test]
    async fn a_claim_of_the_demo_can_be_confirmed() {
        let (ctx, _dir) = empty().await;
        load(&ctx, &|_| {}).await.unwrap();
        let claim = claim::Entity::find().one(&ctx.kith.store.db).await.unwrap().unwrap();
        let target = Ctx::new(&ctx.kith, Viewer::Member(claim.target_id.unwrap()));
        let tie = crate::tie::by_ids(&target, &[claim.tie_id.unwrap()]).await.unwrap().remove(0);
        assert!(tie.awaits_viewer && tie.other == claim.claimer_id);
        assert_eq!(crate::tie::confirm(&target, tie.id).await.unwrap().state, tie::State::Active);
        let claimer = Ctx::new(&ctx.kith, Viewer::Member(claim.claimer_id));
        let claim = crate::tie::claims_by_ids(&claimer, &[claim.id]).await.unwrap().remove(0);
        assert_eq!((claim.state, claim.tie), (claim::State::Confirmed, Some(tie.id)));
    }

    #[tokio::test]
    async fn a_database_with_members_of_its_own_is_left_alone() {
        let (ctx, _dir) = empty().await;
        let people = vec![import::Person { line: 2, id: "1".to_owned(), ..import::Person::default() }];
        let list = import::Import {
            slug: "office".to_owned(),
            people,
            ties: Vec::new(),
            ties_as: import::TiesAs::Active,
            community: None,
        };
        import::prepare(&ctx, &list, &|_| {}).await.unwrap().ok().unwrap().write(&ctx, &|_| {}).await.unwrap();
        assert!(load(&ctx, &|_| {}).await.unwrap().is_none());
        assert_eq!(member::Entity::find().count(&ctx.kith.store.db).await.unwrap(), 1);
    }
}

//! Stories of the demo's communities: that they keep the rules of those that members make, and what the guides find.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::group::group;
use super::{PLANS, plan};
use crate::cache::Cache;
use crate::community::{self, Access, Criterion, Joining, MembershipState, Role, Stage, readiness};
use crate::ctx::{Ctx, Viewer};
use crate::demo::network::{Evidence, network};
use crate::demo::{Guides, community_id, load, person_id};
use crate::entity::{
    attendance, charter, community as communities, endorsement, gathering, gathering_reply, goal, membership, vouch,
};
use crate::goal::{FEWEST_WORDS, State};
use crate::id::MemberId;
use crate::secret::Secrets;
use crate::store::Store;
use crate::{Kith, goal as goals, policy, text};

struct World {
    ctx: Ctx,
    guides: Guides,
    _dir: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::connect(&format!("sqlite://{}", dir.path().join("kith.db").display())).await.unwrap();
        store.migrate().await.unwrap();
        let ctx = Ctx::new(&Kith::new(store, Cache::local(), crate::Role::Server, Secrets::new(&[])), Viewer::System);
        let guides = load(&ctx, &|_| {}).await.unwrap().unwrap();
        Self { ctx, guides, _dir: dir }
    }

    fn of(&self, member: MemberId) -> Ctx {
        Ctx::new(&self.ctx.kith, Viewer::Member(member))
    }

    async fn all<E: EntityTrait>(&self) -> Vec<E::Model> {
        E::find().all(&self.ctx.kith.store.db).await.unwrap()
    }

    async fn communities(&self) -> Vec<communities::Model> {
        communities::Entity::find().order_by_asc(communities::Column::Id).all(&self.ctx.kith.store.db).await.unwrap()
    }

    async fn members(&self, community: &communities::Model) -> Vec<membership::Model> {
        let query = membership::Entity::find().filter(membership::Column::CommunityId.eq(community.id));
        let query = query.filter(membership::Column::State.eq(MembershipState::Active));
        query.order_by_asc(membership::Column::Id).all(&self.ctx.kith.store.db).await.unwrap()
    }

    /// The criteria that the community of this plan does not meet, as one of its founders sees them.
    async fn unmet(&self, plan: usize) -> Vec<Criterion> {
        let seat = group(&network(), PLANS[plan]).seats.pop().unwrap();
        let ctx = self.of(person_id(seat.who));
        let community = community::by_ids(&ctx, &[community_id(plan)]).await.unwrap().pop().unwrap();
        let readiness = readiness::of(&ctx, &community).await.unwrap();
        readiness
            .expect("of a founder")
            .criteria
            .into_iter()
            .filter(|standing| !standing.met)
            .map(|standing| standing.criterion)
            .collect()
    }

    /// What a guide is to the communities they can see, by their names.
    async fn seen_by(&self, guide: MemberId) -> BTreeMap<String, (Stage, Access)> {
        let ids: Vec<_> = (0..PLANS.len()).map(community_id).collect();
        let seen = community::by_ids(&self.of(guide), &ids).await.unwrap();
        seen.into_iter().map(|community| (community.name, (community.stage, community.access))).collect()
    }
}

#[test]
fn founders_really_know_one_another() {
    let network = network();
    for plan in PLANS {
        let group = group(&network, plan);
        assert_eq!(group, super::group::group(&network, plan), "{}", plan.name);
        let founders: Vec<usize> = group.seats.iter().filter(|seat| seat.founder).map(|seat| seat.who).collect();
        let known = |tie: &&crate::demo::network::Tie| {
            founders.contains(&tie.a) && founders.contains(&tie.b) && tie.evidence != Evidence::Imported
        };
        let ties = network.ties.iter().filter(known).filter(|tie| tie.days_ago >= plan.complete).count();
        let pairs = founders.len() * (founders.len() - 1) / 2;
        assert!(2 * ties >= pairs, "{}: {ties} of {pairs}", plan.name);
        assert_eq!(founders.len(), plan.founders, "{}", plan.name);
        assert_eq!(group.seats.len(), plan.founders + plan.joiners + plan.guests.len(), "{}", plan.name);
        let people: BTreeSet<usize> = group.seats.iter().chain(&group.waiting).map(|seat| seat.who).collect();
        assert_eq!(people.len(), group.seats.len() + group.waiting.len(), "{}", plan.name);
        for seat in group.seats.iter().chain(&group.waiting) {
            let first =
                network.ties.iter().filter(|tie| tie.a == seat.who || tie.b == seat.who).map(|tie| tie.days_ago);
            assert!(first.max().unwrap() >= seat.since, "{}: {seat:?} was online by then", plan.name);
            for host in &seat.by {
                let pair = (seat.who.min(*host), seat.who.max(*host));
                let tie = network.ties.iter().find(|tie| (tie.a, tie.b) == pair).unwrap();
                let there = group.there(seat.since);
                assert!(tie.days_ago >= seat.since && there.contains(host), "{}: {seat:?}", plan.name);
            }
        }
    }
}

#[tokio::test]
async fn there_is_a_community_at_every_stage() {
    let world = World::new().await;
    let rows = world.communities().await;
    let stages: Vec<Stage> = rows.iter().map(|row| row.stage).collect();
    use Stage::{Dormant, Forming, Live};
    assert_eq!(stages, [Forming, Forming, Live, Live, Live, Dormant]);
    let charters = world.all::<charter::Entity>().await;
    let joining: BTreeSet<String> = charters
        .iter()
        .filter(|row| rows.iter().any(|community| community.id == row.community_id && community.stage == Live))
        .map(|row| format!("{:?} {} {}", row.joining, row.vouches, text::lines_of(&row.questions).len()))
        .collect();
    assert_eq!(joining.into_iter().collect::<Vec<_>>(), ["Invitation 2 0", "Request 2 2", "Vouched 2 0"]);
    for row in &rows {
        let members = world.members(row).await;
        let founders = members.iter().filter(|member| member.founder);
        assert!(founders.clone().count() >= 5, "{}", row.name);
        assert_eq!(members.iter().filter(|member| member.role == Role::Steward).count(), 1, "{}", row.name);
        let unratified = founders.filter(|member| member.consented_version != row.charter_version).count();
        assert_eq!(unratified, usize::from(row.name == "Walking Bus"), "{}", row.name);
        let charter = charters.iter().find(|charter| charter.community_id == row.id).unwrap();
        let (lists, ctx) = (world.of(members[0].member_id), &world.ctx);
        let skills = community::skills(&lists, &[row.id]).await.unwrap().remove(&row.id).unwrap();
        assert_eq!(row.search_key, community::search_key(&row.name, charter.purpose.as_deref(), &skills));
        for agreement in [&charter.purpose, &charter.failure].into_iter().flatten() {
            assert!((20..=500).contains(&agreement.chars().count()), "{agreement}");
        }
        let times = [Some(row.created_at), row.launched_at, row.closed_at, Some(ctx.now)];
        assert!(times.into_iter().flatten().is_sorted(), "{}", row.name);
        assert_eq!(text::handle("slug", &row.slug), Ok(row.slug.clone()));
    }
}

#[tokio::test]
async fn one_that_forms_lacks_two_things_and_one_can_be_launched() {
    let world = World::new().await;
    assert_eq!(world.unmet(0).await, [Criterion::RatifiedCharter, Criterion::GatheringHeld]);
    assert_eq!(world.unmet(1).await, []);
    let early = community::launch(&world.of(world.communities().await[0].formed_by.unwrap()), community_id(0)).await;
    assert!(early.is_err());
    let launched = community::launch(&world.of(world.guides.hub.id), community_id(1)).await.unwrap();
    assert_eq!((launched.stage, launched.access), (Stage::Live, Access::Steward));
}

#[tokio::test]
async fn every_guide_finds_something_of_their_own() {
    let world = World::new().await;
    let hub = world.seen_by(world.guides.hub.id).await;
    assert_eq!(hub["Mended Saturdays"], (Stage::Live, Access::Steward));
    assert_eq!(hub["Songs at the Door"], (Stage::Forming, Access::Steward));
    assert!(!hub.contains_key("Walking Bus"));
    let bridge = world.seen_by(world.guides.bridge.id).await;
    assert_eq!(bridge["Chalk and Rope"], (Stage::Live, Access::Member));
    assert_eq!(bridge["Mended Saturdays"], (Stage::Live, Access::Member));
    assert_eq!(bridge["Ward Four Off Duty"], (Stage::Dormant, Access::Member));
    let newcomer = world.of(world.guides.newcomer.id);
    assert_eq!(world.seen_by(world.guides.newcomer.id).await["Plot by Plot"], (Stage::Live, Access::Invitee));
    let joined = community::accept(&newcomer, community_id(2), Some(1)).await.unwrap();
    assert_eq!(joined.state, MembershipState::Active);
    let climbing = community::by_ids(&world.of(world.guides.bridge.id), &[community_id(3)]).await.unwrap().remove(0);
    assert!(community::health::of(&world.of(world.guides.bridge.id), &climbing).await.unwrap().is_some());
}

#[tokio::test]
async fn a_second_vouch_lets_the_applicant_in_and_a_steward_decides_the_other() {
    let world = World::new().await;
    let waiting = world.all::<membership::Entity>().await;
    let applied = |plan| {
        let mut found = waiting.iter().filter(|row| {
            row.community_id == community_id(plan) && row.state == MembershipState::Applied && row.note.is_some()
        });
        found.next().unwrap().clone()
    };
    let vouches = world.all::<vouch::Entity>().await;
    assert_eq!(vouches.iter().filter(|vouch| vouch.membership_id == applied(3).id).count(), 1);
    let admitted = community::vouch(&world.of(world.guides.bridge.id), applied(3).id).await.unwrap();
    assert_eq!(admitted.state, MembershipState::Active);
    assert_eq!(text::lines_of(applied(4).answers.as_deref().unwrap()).len(), 2);
    let hub = world.of(world.guides.hub.id);
    let decided = community::decide(&hub, applied(4).id, community::Verdict::Admit, None).await.unwrap();
    assert_eq!(decided.state, MembershipState::Active);
    for row in waiting.iter().filter(|row| row.state == MembershipState::Active && row.answers.is_some()) {
        let plan = (0..PLANS.len()).find(|plan| community_id(*plan) == row.community_id).unwrap();
        let answers = text::lines_of(row.answers.as_deref().unwrap());
        assert_eq!(answers.len(), PLANS[plan].questions.len(), "{}", PLANS[plan].name);
        let vouched = vouches.iter().filter(|vouch| vouch.membership_id == row.id).count();
        assert!(PLANS[plan].joining != Joining::Vouched || vouched == PLANS[plan].vouches, "{}", PLANS[plan].name);
    }
}

#[tokio::test]
async fn goals_stand_where_their_endorsements_put_them() {
    let world = World::new().await;
    let (rows, said) = (world.all::<goal::Entity>().await, world.all::<endorsement::Entity>().await);
    let states: BTreeSet<String> = rows.iter().map(|row| format!("{:?}", row.state)).collect();
    assert_eq!(states.into_iter().collect::<Vec<_>>(), ["Abandoned", "Achieved", "Active", "Proposed"]);
    let words: BTreeSet<&str> = said.iter().map(|row| row.words_key.as_str()).collect();
    assert_eq!(words.len(), said.len(), "no two say the same");
    assert!(said.iter().all(|row| row.words_key == text::words(&row.words)));
    assert!(words.iter().all(|words| words.chars().count() >= FEWEST_WORDS));
    assert!(rows.iter().all(|row| !words.contains(text::words(&row.outcome).as_str())));
    for community in world.communities().await {
        let members = world.members(&community).await;
        let since = |member: MemberId| members.iter().find(|row| row.member_id == member).unwrap().joined_at.unwrap();
        for row in rows.iter().filter(|row| row.community_id == community.id) {
            let voices: Vec<_> = said.iter().filter(|voice| voice.goal_id == row.id).collect();
            let then = |voice: &&&endorsement::Model| since(voice.member_id) <= voice.created_at;
            assert_eq!(voices.iter().filter(then).count(), voices.len(), "{}", row.outcome);
            let last = voices.iter().map(|voice| voice.created_at).max().unwrap();
            let there = members.iter().filter(|row| row.joined_at.unwrap() <= last).count() as u64;
            let stage = match community.launched_at {
                Some(at) if at < last => Stage::Live,
                _ => Stage::Forming,
            };
            let needed = policy::quorum(stage, there, world.ctx.kith.thresholds.endorsed.of(there)) as usize;
            match row.state {
                State::Active | State::Achieved => assert_eq!(voices.len(), needed, "{}", row.outcome),
                State::Proposed | State::Abandoned => assert!(voices.len() < needed, "{}", row.outcome),
            }
            assert_eq!(row.activated_at, matches!(row.state, State::Active | State::Achieved).then_some(last));
            assert_eq!(row.reason.is_some(), row.state == State::Abandoned);
            assert!(since(row.proposer_id.unwrap()) <= row.created_at && row.created_at < last, "{}", row.outcome);
            let ctx = world.of(row.proposer_id.unwrap());
            let shown = goals::by_ids(&ctx, &[row.id]).await.unwrap().remove(0);
            assert_eq!((shown.state, shown.community), (row.state, community.id));
        }
    }
}

#[tokio::test]
async fn those_came_to_gatherings_who_belonged_by_then() {
    let world = World::new().await;
    let (there, said) = (world.all::<attendance::Entity>().await, world.all::<gathering_reply::Entity>().await);
    let rows = world.all::<gathering::Entity>().await;
    let ahead = rows.iter().filter(|row| row.starts_at > world.ctx.now).count();
    assert!(ahead >= 5 && rows.len() - ahead >= 6, "{ahead} of {}", rows.len());
    for community in world.communities().await {
        let members = world.members(&community).await;
        let plan: &plan::Plan = PLANS.into_iter().find(|plan| plan.slug == community.slug).unwrap();
        for row in rows.iter().filter(|row| row.community_id == community.id) {
            let planned = plan.gatherings.iter().find(|gathering| gathering.title == row.title).unwrap();
            let came: Vec<_> = there.iter().filter(|there| there.gathering_id == row.id).collect();
            assert_eq!(came.len(), planned.came, "{}", row.title);
            let replied = said.iter().filter(|reply| reply.gathering_id == row.id).count();
            assert_eq!(replied, planned.replies.iter().sum::<usize>(), "{}", row.title);
            assert_eq!(came.is_empty(), row.starts_at > world.ctx.now, "{}", row.title);
            for came in came {
                let member = members.iter().find(|member| member.member_id == came.member_id).unwrap();
                assert!(member.joined_at.unwrap() <= row.ends_at, "{}", row.title);
            }
            assert!(row.created_at < row.starts_at && row.created_at < world.ctx.now, "{}", row.title);
        }
    }
}

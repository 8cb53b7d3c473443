//! Random commands of random members, and after each of them the rules that hold whatever happens: somebody looks after
//! every community, it is live only if it was ready, words count once and not for another outcome, who was removed sees
//! nothing. A failure shrinks to a short list of commands.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use domain::community::{self, Access, Application, CharterEdit, Joining, NewCommunity, Return, Role, Stage, Verdict};
use domain::ctx::{Ctx, Viewer, days};
use domain::error::{Code, Error, Result};
use domain::gathering::{self, NewGathering};
use domain::goal::{self, GoalEdit, NewGoal, State};
use domain::id::{CommunityId, GatheringId, GoalId, MemberId, MembershipId};
use domain::member::Edit;
use domain::{account, block};
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use crate::support::{World, is_long, listed};

const PEOPLE: usize = 7;
/// How many commands a case has.
const COMMANDS: usize = 400;

/// A command before it is known what there is: what is done, by whom, to what.
type Draw = (u8, u8, u8, u8);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_rule_breaks_on_sqlite() {
    explore(3, || async { World::with(&[("KITH_READINESS", READINESS)]).await });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_rule_breaks_on_postgres() {
    explore(4, || async {
        let mut world = World::on_postgres().await;
        world.kith.thresholds = api::config::Readiness::default().0;
        world.kith.thresholds.founders = 2;
        world.kith.thresholds.density = "0/1".parse().expect("a share");
        world
    });
}

/// Little enough that random people come to it.
const READINESS: &str = "founders=2,density=0/1,endorsed=1/2,attended=1/2";

fn explore<W: Future<Output = World>>(seed: u8, world: impl Fn() -> W) {
    let cases = if is_long() { 60 } else { 3 };
    let config =
        Config { cases, failure_persistence: None, max_shrink_iters: 60, max_shrink_time: 60_000, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let (done, live) = (Cell::new(0), Cell::new(0));
    let outcome = TestRunner::new_with_rng(config, rng).run(&vec(any::<Draw>(), COMMANDS), |draws| {
        let played = block_in_place(|| Handle::current().block_on(async { play(world().await, &draws).await }));
        done.set(done.get() + played.0);
        live.set(live.get() + played.1);
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    assert!(done.get() > cases as usize * COMMANDS / 10, "most commands were refused: {} done", done.get());
    assert!(live.get() > 0, "no community went live");
}

/// Plays a case; returns how many commands were done, and how many communities went live.
async fn play(world: World, draws: &[Draw]) -> (usize, usize) {
    let (mut game, mut done) = (Game::new(world).await, 0);
    for draw in draws {
        done += usize::from(if_done(game.turn(*draw).await).is_some());
        game.check(*draw).await;
    }
    (done, game.launched)
}

struct Game {
    world: World,
    people: Vec<MemberId>,
    handles: Vec<String>,
    communities: Vec<CommunityId>,
    goals: Vec<GoalId>,
    gatherings: Vec<GatheringId>,
    memberships: Vec<MembershipId>,
    /// Who is suspended: they cannot ask for anything.
    suspended: HashSet<usize>,
    rows: DatabaseConnection,
    /// Where each goal stood.
    states: HashMap<GoalId, State>,
    launched: usize,
}

/// What came of a command that may be refused, but not fail.
fn if_done<T>(result: Result<T>) -> Option<T> {
    match result {
        Ok(done) => Some(done),
        Err(Error::Refused(_) | Error::AlreadyDone) => None,
        Err(error) => panic!("{error:?}"),
    }
}

/// One of these, if there are any.
fn pick<T: Copy>(from: &[T], at: u8, none: T) -> T {
    if from.is_empty() { none } else { from[usize::from(at) % from.len()] }
}

impl Game {
    async fn new(world: World) -> Self {
        let names: Vec<String> = (0..PEOPLE).map(|number| number.to_string()).collect();
        let ids: Vec<&str> = names.iter().map(String::as_str).collect();
        // All are tied but for the last, who knows one.
        let mut ties: Vec<(&str, &str)> = Vec::new();
        for (at, one) in ids.iter().enumerate().take(PEOPLE - 1) {
            ties.extend(ids[at + 1..PEOPLE - 1].iter().map(|other| (*one, *other)));
        }
        ties.push((ids[0], ids[PEOPLE - 1]));
        world.import(listed("the", &ids, &ties)).await;
        world.execute("UPDATE tie_end SET evidence = 'CLAIMED'").await;
        let handles: Vec<String> = ids.iter().map(|id| format!("the-{id}")).collect();
        let mut people = Vec::new();
        for handle in &handles {
            people.push(domain::member::by_handle(&world.kith, handle).await.expect("the database").expect("a member"));
        }
        let rows = world.rows().await;
        Self {
            world,
            rows,
            suspended: HashSet::new(),
            people,
            handles,
            communities: Vec::new(),
            goals: Vec::new(),
            gatherings: Vec::new(),
            memberships: Vec::new(),
            states: HashMap::new(),
            launched: 0,
        }
    }

    fn ctx(&self, who: u8) -> Ctx {
        Ctx::new(&self.world.kith, Viewer::Member(pick(&self.people, who, MemberId::NONE)))
    }

    /// Somebody who looks after a community and is not suspended.
    async fn steward_of(&self, id: CommunityId) -> Option<u8> {
        for at in (0..PEOPLE).filter(|at| !self.suspended.contains(at)) {
            let seen = community::by_ids(&self.ctx(at as u8), &[id]).await.expect("the database");
            if seen.iter().any(|community| community.access == Access::Steward) {
                return Some(at as u8);
            }
        }
        None
    }

    /// One command.
    async fn turn(&mut self, (kind, who, what, how): Draw) -> Result<()> {
        if self.suspended.contains(&(usize::from(who) % PEOPLE)) {
            return Err(Error::AlreadyDone);
        }
        let id = pick(&self.communities, what, CommunityId::NONE);
        // What stewards alone may do is more often done by one, or little would come of it.
        let who = match kind % 44 {
            1 | 7 | 8 | 10 | 12..=15 | 27 | 31 | 39 | 40 if how % 4 != 3 => self.steward_of(id).await.unwrap_or(who),
            _ => who,
        };
        let ctx = self.ctx(who);
        let goal = pick(&self.goals, what, GoalId::NONE);
        let membership = pick(&self.memberships, what, MembershipId::NONE);
        let other = pick(&self.people, how, MemberId::NONE);
        let version = community::by_ids(&ctx, &[id]).await?.pop().map_or(1, |community| community.charter_version);
        match kind % 44 {
            0 if self.communities.len() < 2 => {
                let joining = [Joining::Invitation, Joining::Vouched, Joining::Request][usize::from(how % 3)];
                let charter = CharterEdit {
                    purpose: Edit::Set("To meet.".to_owned()),
                    failure: Edit::Set("We do not.".to_owned()),
                    agreements: Some(vec!["We come.".to_owned()]),
                    joining: Some(joining),
                    vouches: Some(1),
                    ..CharterEdit::default()
                };
                let new = NewCommunity { name: "The commons".to_owned(), charter, ..NewCommunity::default() };
                self.communities.push(community::form(&ctx, new).await?.id);
            }
            1 if how < 60 => {
                let edit = CharterEdit { purpose: Edit::Set(format!("To meet, {how}.")), ..CharterEdit::default() };
                community::update_charter(&ctx, id, edit).await?;
            }
            2..=5 if how % 4 == 0 => {
                for at in 0..PEOPLE as u8 {
                    if_done(community::ratify(&self.ctx(at), id, version).await);
                }
            }
            2..=5 => drop(community::ratify(&ctx, id, version).await?),
            6 => drop(community::consent(&ctx, id, version).await?),
            7 | 8 => {
                let readiness = match community::by_ids(&ctx, &[id]).await?.pop() {
                    Some(community) if community.access == Access::Steward => {
                        community::readiness::of(&ctx, &community).await?.map(|readiness| readiness.is_ready())
                    }
                    _ => None,
                };
                let launched = community::launch(&ctx, id).await;
                let refused_unready =
                    matches!(&launched, Err(Error::Refused(refusals)) if refusals[0].code == Code::NotReady);
                match readiness {
                    Some(true) => assert!(!refused_unready, "refused, though ready"),
                    Some(false) => assert!(launched.is_err(), "launched, though not ready"),
                    None => assert!(launched.is_err(), "launched by somebody who is no steward"),
                }
                launched?;
                self.launched += 1;
            }
            9 if how < 40 => drop(community::rest(&ctx, id).await?),
            10 => drop(community::revive(&ctx, id).await?),
            11 if how < 20 => drop(community::archive(&ctx, id).await?),
            12..=15 => self.memberships.push(community::invite(&ctx, id, other, None).await?.id),
            16..=19 if how % 2 == 0 => {
                for at in 0..PEOPLE as u8 {
                    if_done(community::accept(&self.ctx(at), id, Some(version)).await);
                }
            }
            16..=19 => drop(community::accept(&ctx, id, Some(version)).await?),
            20 => drop(community::decline(&ctx, id).await?),
            21 => drop(community::take_back(&ctx, membership).await?),
            22 => {
                let application = Application { charter_version: version, ..Application::default() };
                self.memberships.push(community::apply(&ctx, id, application).await?.id);
            }
            23 => drop(community::withdraw_application(&ctx, id).await?),
            24 | 25 => drop(community::vouch(&ctx, membership).await?),
            26 => drop(community::withdraw_vouch(&ctx, membership).await?),
            27 => {
                let verdict = if how % 3 == 0 { Verdict::Decline } else { Verdict::Admit };
                community::decide(&ctx, membership, verdict, None).await?;
            }
            28 => {
                let role = if how % 2 == 0 { Role::Steward } else { Role::Member };
                community::set_role(&ctx, membership, role, None).await?;
            }
            29 => {
                let successor = (how % 2 == 0).then(|| pick(&self.memberships, how, MembershipId::NONE));
                community::leave(&ctx, id, successor).await?;
            }
            30 => {
                let again = if how % 2 == 0 { Return::Possible } else { Return::Impossible };
                community::remove(&ctx, membership, "They know.", again).await?;
            }
            31 => {
                let new = NewGoal { outcome: format!("Goal number {how} of ours"), measure: None, due_on: None };
                self.goals.push(goal::propose(&ctx, id, new).await?.id);
            }
            32 => {
                let edit = GoalEdit { outcome: Some(format!("Another outcome, {how}")), ..GoalEdit::default() };
                let before = goal::by_ids(&ctx, &[goal]).await?.pop().map(|goal| goal.outcome);
                let changed = goal::update(&ctx, goal, edit).await?;
                if before.as_ref() != Some(&changed.outcome) {
                    assert_eq!(self.count(&format!("endorsement WHERE goal_id = {}", self.hex(goal.0))).await, 0);
                }
            }
            33..=36 => {
                for who in if how % 2 == 0 { 0..PEOPLE as u8 } else { who..who.saturating_add(1) } {
                    let (ctx, words) = (self.ctx(who), format!("In the words of number {who} this is goal {how}"));
                    let Some(said) = if_done(goal::endorse(&ctx, goal, &words).await) else { continue };
                    let found = goal::understanding(&ctx, &[(said.id, said.community)]).await?[&said.id];
                    assert_eq!(said.state == State::Active, found.endorsed >= found.required, "{found:?}");
                }
            }
            37 => drop(goal::achieve(&ctx, goal).await?),
            38 => drop(goal::abandon(&ctx, goal, "Nobody came.").await?),
            39 | 40 => {
                let now = ctx.now;
                let new = NewGathering {
                    title: "Soup".to_owned(),
                    details: None,
                    place: "The yard".to_owned(),
                    zone: "Europe/Lisbon".to_owned(),
                    starts_at: now.before(days(2)),
                    ends_at: now.before(days(1)),
                    goal: None,
                };
                let planned = gathering::plan(&ctx, id, new).await?.id;
                self.gatherings.push(planned);
                let there: Vec<MemberId> = self.people.iter().copied().filter(|one| *one != other).collect();
                for one in there {
                    if_done(gathering::record(&ctx, planned, vec![one], Vec::new()).await);
                }
            }
            41 => {
                let other = usize::from(how) % PEOPLE;
                match what % 3 {
                    0 => {
                        account::suspend(&self.world.system(), &self.handles[other]).await?;
                        self.suspended.insert(other);
                    }
                    _ => {
                        account::restore(&self.world.system(), &self.handles[other]).await?;
                        self.suspended.remove(&other);
                    }
                }
            }
            42 => self.world.pass_days(u64::from(how % 40)),
            43 if how < 30 => drop(block::create(&ctx, other).await?),
            _ => {}
        }
        Ok(())
    }

    /// What holds after every command.
    async fn check(&mut self, draw: Draw) {
        self.find_memberships().await;
        let acting = "SELECT m.community_id FROM membership m JOIN member p ON p.id = m.member_id WHERE m.state = 'ACTIVE' \
                      AND m.role = 'STEWARD' AND p.state = 'ACTIVE' AND p.leaves_at IS NULL";
        // A suspended member alone in a community leaves it archived; restored, they have it as an archive.
        let orphans = format!("community WHERE stage <> 'ARCHIVED' AND id NOT IN ({acting})");
        assert_eq!(self.count(&orphans).await, 0, "{draw:?}: a community without a steward");
        let unready = "community WHERE stage IN ('LIVE', 'DORMANT') AND launched_at IS NULL";
        assert_eq!(self.count(unready).await, 0, "{draw:?}: live and never launched");
        let twice = "(SELECT community_id FROM membership WHERE state IN ('INVITED', 'APPLIED', 'ACTIVE') \
                     GROUP BY community_id, member_id HAVING COUNT(*) > 1) AS twice";
        assert_eq!(self.count(twice).await, 0, "{draw:?}: two open memberships");
        self.check_sight(draw, draw.1 % PEOPLE as u8).await;
        self.check_sight(draw, draw.3 % PEOPLE as u8).await;
    }

    /// Who does not belong to a community sees nothing in it, and who was removed for good not even that it is there.
    async fn check_sight(&mut self, draw: Draw, who: u8) {
        let ctx = self.ctx(who);
        let seen: HashMap<CommunityId, Access> = community::by_ids(&ctx, &self.communities)
            .await
            .expect("the database")
            .into_iter()
            .map(|community| (community.id, community.access))
            .collect();
        let barred = format!(
            "membership WHERE state = 'REMOVED' AND may_return = {} AND member_id = {} AND community_id IN",
            "false",
            self.hex(self.people[usize::from(who)].0)
        );
        for id in &self.communities {
            let open = "SELECT community_id FROM membership WHERE state IN ('INVITED', 'ACTIVE')";
            let mine = self.hex(self.people[usize::from(who)].0);
            let is_barred = self.count(&format!("{barred} ({})", self.hex(id.0))).await > 0;
            let is_back = self
                .count(&format!("community WHERE id = {} AND id IN ({open} AND member_id = {mine})", self.hex(id.0)))
                .await
                > 0;
            assert!(
                !is_barred || is_back || !seen.contains_key(id),
                "{draw:?}: {who} was removed for good and sees {id:?}"
            );
        }
        for goal in goal::by_ids(&ctx, &self.goals).await.expect("the database") {
            assert!(seen[&goal.community] >= Access::Member, "{draw:?}: {who} sees a goal of a community of others");
            let before = self.states.insert(goal.id, goal.state).unwrap_or(goal.state);
            let may = match before {
                State::Proposed => true,
                State::Active => goal.state != State::Proposed,
                State::Achieved | State::Abandoned => goal.state == before,
            };
            assert!(may, "{draw:?}: a goal went from {before:?} to {:?}", goal.state);
        }
        for gathering in gathering::by_ids(&ctx, &self.gatherings).await.expect("the database") {
            assert!(seen[&gathering.community] >= Access::Member, "{draw:?}: {who} sees a gathering of others");
        }
        for (id, access) in &seen {
            let stage = community::by_ids(&ctx, &[*id]).await.expect("the database")[0].stage;
            let is_public = stage == Stage::Live;
            assert!(is_public || *access >= Access::Applicant, "{draw:?}: {who} sees {stage:?} from outside");
            assert!(stage != Stage::Forming || *access >= Access::Invitee, "{draw:?}: {who} sees what is forming");
        }
    }

    /// Memberships that came about otherwise, for later commands to name.
    async fn find_memberships(&mut self) {
        let connection = &self.rows;
        let statement =
            Statement::from_string(connection.get_database_backend(), "SELECT id FROM membership ORDER BY id");
        let rows = connection.query_all_raw(statement).await.expect("rows");
        self.memberships = rows.iter().map(|row| MembershipId(row.try_get_by_index(0).expect("an id"))).collect();
    }

    async fn count(&self, from: &str) -> i64 {
        let connection = &self.rows;
        let statement =
            Statement::from_string(connection.get_database_backend(), format!("SELECT COUNT(*) FROM {from}"));
        let row = connection.query_one_raw(statement).await.expect("a count").expect("one row");
        row.try_get_by_index(0).expect("a number")
    }

    /// An id as this database writes it in a statement.
    fn hex(&self, id: uuid::Uuid) -> String {
        let is_sqlite = self.world.database_url().starts_with("sqlite");
        if is_sqlite { format!("x'{}'", id.simple()) } else { format!("'{id}'") }
    }
}

//! The network's answer equals a model's, after every one of thousands of random changes, whatever is cached where.
//!
//! The model is kept beside the commands and knows nothing of the service: it says again, in the plainest way, what
//! `product.md` says. A failure shrinks to a small plan of people and changes.

mod answer;
mod deep;
mod model;
mod plan;
mod stage;

use domain::cache::Cache;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

pub(crate) use self::plan::Turn;
use self::plan::{Look, Plan, plans};
use self::stage::Made;
pub(crate) use self::stage::Stage;
use crate::support::{Database, World, is_long};

/// How many plans a run tries, of about how many changes each, each followed by so many looks.
const CHANGES: usize = 100;
const LOOKS: usize = 1;

/// Acts out random plans, each on new servers; `seed` makes them the same in every run. Returns how many pages were answered
/// that had been kept.
fn explore<W: Future<Output = Vec<World>>>(seed: u8, worlds: impl Fn() -> W) -> u64 {
    let cases = if is_long() { 100 } else { 8 };
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 100,
        max_shrink_time: 60_000,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let (changes, kept) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    let outcome = TestRunner::new_with_rng(config, rng).run(&plans(CHANGES, LOOKS), |plan| {
        let made = block_in_place(|| Handle::current().block_on(async { play(worlds().await, &plan).await }));
        changes.set(changes.get() + made.0);
        kept.set(kept.get() + made.1);
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    #[expect(clippy::print_stdout, reason = "how much was compared")]
    {
        println!("{} changes in {cases} worlds, {} pages that had been kept", changes.get(), kept.get());
    }
    kept.get()
}

/// Acts out one plan; returns how many changes were made, and how many pages had been kept.
async fn play(worlds: Vec<World>, plan: &Plan) -> (usize, u64) {
    let mut stage = Stage::new(worlds, plan).await;
    let changes = stage.play(&plan.turns).await;
    (changes, stage.worlds.iter().map(|world| world.state.walks.kept()).sum())
}

impl Stage {
    /// New servers with the same people and ties in every run, and what may happen to them.
    pub(crate) async fn seeded(seed: u8, worlds: Vec<World>) -> (Self, Vec<Turn>) {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let plan = plans(CHANGES, LOOKS).new_tree(&mut runner).expect("a plan").current();
        let stage = Self::new(worlds, &plan).await;
        (stage, plan.turns)
    }

    /// Lets everybody look at themselves, through every server.
    pub(crate) async fn compare_all(&self) {
        for at in 0..self.worlds.len() {
            for viewer in 0..self.people.len() {
                self.compare(&Look::of(viewer), at).await;
            }
        }
    }

    /// Makes changes and looks after each, with several servers through another than it was made at; returns how many
    /// were made.
    pub(crate) async fn play(&mut self, turns: &[Turn]) -> usize {
        let (servers, mut changes) = (self.worlds.len(), 0);
        for (at, turn) in turns.iter().enumerate() {
            match self.make(&turn.change, at % servers).await {
                Made::Something => changes += 1,
                Made::Nothing => continue,
            }
            for look in &turn.looks {
                self.compare(look, (at + 1) % servers).await;
            }
        }
        changes
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_network_is_exact_without_a_cache() {
    assert_eq!(explore(1, async || vec![World::start(Database::sqlite(), Cache::off()).await]), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_network_is_exact_with_the_cache_in_process() {
    assert!(explore(2, async || vec![World::on_sqlite().await]) > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_network_is_exact_with_the_cache_in_redis() {
    assert!(explore(3, async || vec![World::on_postgres().await]) > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_network_is_exact_on_two_servers_that_share_redis() {
    let kept = explore(4, async || {
        let world = World::on_postgres().await;
        let replica = world.replica().await;
        vec![world, replica]
    });
    assert!(kept > 0);
}

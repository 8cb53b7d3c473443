//! Thousands of random commands about introductions and asks, and after each of them what everybody sees of it, beside
//! what a model says.
//!
//! The model says again, in the plainest way, what `product.md` says, and knows nothing of the service. A failure shrinks
//! to a short list of commands.

mod answer;
mod crash;
mod model;
mod plan;
mod stage;
mod step;

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use self::answer::Coverage;
use self::model::DAY;
use self::plan::{Command, Draw, command, fitting, plans};
use self::stage::Stage;
use crate::support::{World, is_long};

/// How many commands a plan has.
const COMMANDS: usize = 150;
/// After how many commands everybody looks at everything.
const ALL_LOOK: usize = 25;

/// What a run has done and looked at.
#[derive(Default)]
struct Played {
    /// How often each command was done, and how often refused.
    commands: BTreeMap<String, (usize, usize)>,
    covered: Coverage,
    worlds: usize,
}

impl Played {
    /// How much was compared.
    #[expect(clippy::print_stdout, reason = "to be read of long runs while they go on")]
    fn say(&mut self) {
        self.worlds += 1;
        let commands: usize = self.commands.values().map(|(done, refused)| done + refused).sum();
        println!("{commands} commands in {} worlds (done, refused): {:?}", self.worlds, self.commands);
    }
}

/// Acts out random plans, each in a world of its own; `seed` makes them the same in every run.
fn explore<W: Future<Output = World>>(seed: u8, world: impl Fn() -> W) {
    let cases = if is_long() { 34 } else { 2 };
    let config =
        Config { cases, failure_persistence: None, max_shrink_iters: 30, max_shrink_time: 60_000, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let played = RefCell::new(Played::default());
    let outcome = TestRunner::new_with_rng(config, rng).run(&plans(COMMANDS), |draws| {
        let mut played = played.borrow_mut();
        block_in_place(|| Handle::current().block_on(async { play(world().await, &draws, &mut played).await }));
        played.say();
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    // The moments that the service draws are chance's: a short run may leave something out.
    if is_long() {
        assert_covered(&played.into_inner());
    }
}

/// Holds that every command was done, and that each role has seen every state there is for it.
fn assert_covered(played: &Played) {
    let never: Vec<&str> = [
        "Request",
        "PassOn",
        "Decline",
        "Accept",
        "Withdraw",
        "Outcome",
        "Ask",
        "Nominate",
        "AcceptNomination",
        "DeclineNomination",
        "CloseAsk",
        "EndTie",
        "Tie",
        "Block",
        "Unblock",
        "Findable",
        "AsRoute",
        "Takes",
        "Pause",
        "Suspend",
        "Restore",
        "Pass",
        "Timers",
    ]
    .into_iter()
    .filter(|name| played.commands.get(*name).is_none_or(|(done, _)| *done == 0))
    .collect();
    assert!(never.is_empty(), "never done: {never:?}");
    let states: [(&str, &[&str]); 5] = [
        ("REQUESTER", &["REQUESTED", "ACCEPTED", "CLOSED", "EXPIRED", "WITHDRAWN"]),
        ("CONNECTOR", &["REQUESTED", "PASSED_ON", "ACCEPTED", "DECLINED", "CLOSED", "EXPIRED", "WITHDRAWN"]),
        ("TARGET", &["PASSED_ON", "ACCEPTED", "DECLINED", "CLOSED", "EXPIRED", "WITHDRAWN"]),
        ("NOMINEE", &["OFFERED", "ACCEPTED", "DECLINED", "EXPIRED", "CLOSED"]),
        ("OTHERS", &["OFFERED", "ACCEPTED", "EXPIRED", "CLOSED"]),
    ];
    let wanted = states.iter().flat_map(|(role, states)| states.iter().map(move |state| (*role, *state)));
    let unseen: Vec<(&str, &str)> = wanted.filter(|seen| !played.covered.contains(seen)).collect();
    assert!(unseen.is_empty(), "never seen: {unseen:?}");
}

/// Acts out one plan.
async fn play(world: World, draws: &[Draw], played: &mut Played) {
    let mut stage = Stage::new(world).await;
    let everybody: Vec<usize> = (0..stage.people.len()).collect();
    for (at, draw) in draws.iter().enumerate() {
        let now = stage.now();
        let Some(command) = command(&stage.model, *draw, now) else { continue };
        let done = stage.play(&command).await;
        let count = played.commands.entry(command.name()).or_default();
        if done {
            count.0 += 1
        } else {
            count.1 += 1
        }
        let some = [draw.1, draw.2].map(|who| usize::from(who) % everybody.len());
        if at % ALL_LOOK == ALL_LOOK - 1 {
            stage.compare(&everybody, true, &mut played.covered).await;
        } else if at % 3 == 0 {
            stage.compare(&some[..1], true, &mut played.covered).await;
        } else {
            stage.compare(&some, false, &mut played.covered).await;
        }
    }
    end(&mut stage, &everybody, played).await;
    stage.nothing_is_told_twice().await;
}

/// What few plans come to: a target who sees that it was taken back, and one who sees that nothing comes of it. Then time
/// goes on until nothing is left to happen.
async fn end(stage: &mut Stage, everybody: &[usize], played: &mut Played) {
    stage.play(&Command::Pass { length: 100 * DAY, told: true }).await;
    for who in everybody.iter().filter(|who| stage.model.people[**who].suspended).copied().collect::<Vec<_>>() {
        stage.play(&Command::Restore(who)).await;
    }
    for is_taken_back in [true, false] {
        let now = stage.now();
        let Some(three) = fitting(&stage.model, now).first().copied() else { return };
        for who in three {
            stage.play(&Command::Takes(who, [0, 40, 40])).await;
        }
        let at = stage.model.introductions.len();
        stage.play(&Command::Request { three, reveal: 5 * DAY }).await;
        stage.play(&Command::PassOn(three[1], at)).await;
        let over = if is_taken_back { Command::Withdraw(three[0], at) } else { Command::EndTie(three[1], three[2]) };
        stage.play(&over).await;
    }
    for length in [15 * DAY, 22 * DAY] {
        stage.compare(everybody, true, &mut played.covered).await;
        stage.play(&Command::Pass { length, told: length > 20 * DAY }).await;
    }
    stage.compare(everybody, true, &mut played.covered).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_sees_what_the_model_says_on_sqlite() {
    explore(5, World::on_sqlite);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_sees_what_the_model_says_on_postgres() {
    explore(6, World::on_postgres);
}

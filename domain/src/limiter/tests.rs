//! What a bucket gives: by itself, and through a Redis that is slow, forgets and is away.

use std::collections::VecDeque;

use proptest::prelude::*;

use super::mirror::HELD;
use super::*;

const RATE: Rate = Rate { name: "t", burst: 5, every: Duration::from_secs(60) };

fn limiter() -> Limiter {
    Limiter::new(&Cache::local(), &Secrets::new(&[]))
}

#[tokio::test]
async fn a_bucket_gives_its_burst_and_then_one_at_a_time() {
    let (limiter, now) = (limiter(), Timestamp(1_700_000_000_000_000));
    let ana = [(RATE, "ana".to_owned())];
    for _ in 0..5 {
        assert_eq!(limiter.take(now, &ana).await, Ok(()));
    }
    let again = now.after(RATE.every);
    assert_eq!(limiter.take(now, &ana).await, Err(again));
    assert_eq!(limiter.take(now, &[(RATE, "bela".to_owned())]).await, Ok(()), "others have their own");
    assert_eq!(limiter.take(again, &ana).await, Ok(()));
    assert_eq!(limiter.take(again, &ana).await, Err(again.after(RATE.every)));
    limiter.forgive(&ana[0]).await;
    assert_eq!(limiter.take(again, &ana).await, Ok(()));
}

#[tokio::test]
async fn an_empty_bucket_costs_the_others_nothing() {
    let (limiter, now) = (limiter(), Timestamp(1_700_000_000_000_000));
    let narrow = Rate { name: "n", burst: 1, ..RATE };
    let both = [(RATE, "ana".to_owned()), (narrow, "ana".to_owned())];
    assert_eq!(limiter.take(now, &both).await, Ok(()));
    for _ in 0..20 {
        assert!(limiter.take(now, &both).await.is_err());
    }
    for _ in 0..4 {
        assert_eq!(limiter.take(now, &both[..1]).await, Ok(()));
    }
}

#[tokio::test]
async fn what_is_drawn_is_told_with_what_is_left() {
    let (limiter, now) = (limiter(), Timestamp(1_700_000_000_000_000));
    let wants = |amount| [((RATE, "ana".to_owned()), amount)];
    let drawn = limiter.draw(now, &wants(3)).await;
    assert_eq!(drawn, Drawn { retry_at: None, full_at: vec![now.after(3 * RATE.every)], head: None });
    assert_eq!(RATE.left(drawn.full_at[0], now), 2);
    let later = now.after(RATE.every / 2);
    assert_eq!(RATE.left(drawn.full_at[0], later), 2, "half a point is none");
    let refused = limiter.draw(later, &wants(3)).await;
    assert_eq!(refused, Drawn { retry_at: Some(now.after(RATE.every)), full_at: drawn.full_at.clone(), head: None });
    assert_eq!(limiter.draw(later, &wants(2)).await.retry_at, None, "what was refused took nothing");
    assert!(limiter.draw(now.after(100 * RATE.every), &wants(6)).await.retry_at.is_some(), "more than there ever is");
    assert_eq!(RATE.left(now, now.after(RATE.every)), 5, "a full bucket");
}

#[test]
fn alone_it_goes_on_where_the_shared_bucket_was_and_pays_back() {
    let (now, mut stage) = (Timestamp(1_700_000_000_000_000), Stage::default());
    stage.set_off(now, 2);
    stage.arrive();
    stage.tell(0);
    stage.alone(now, 4);
    assert_eq!(stage.given.len(), 1, "three are left");
    stage.alone(now, 3);
    assert_eq!(stage.given.len(), 2);
    let later = now.after(2 * RATE.every);
    stage.set_off(later, 3);
    stage.arrive();
    stage.tell(0);
    assert_eq!(stage.given.len(), 2, "two have flowed back, not two into each");
    assert_eq!(stage.shared.0, now.after(5 * RATE.every).0, "it has arrived, although nothing was given");
    stage.set_off(later, 2);
    stage.arrive();
    stage.tell(0);
    assert_eq!(stage.given.len(), 3, "and was charged once");
}

#[test]
fn what_was_long_ago_is_not_owed() {
    let (now, mut stage) = (Timestamp(1_700_000_000_000_000), Stage::default());
    stage.alone(now, 5);
    let later = now.after(4 * RATE.every);
    assert_eq!(stage.mirror.sets_off(later, &Stage::keys(), &Stage::wants(1), false), [RATE.every.as_micros() as i64]);
}

#[test]
fn what_did_not_arrive_is_owed_as_before() {
    let (now, mut stage) = (Timestamp(1_700_000_000_000_000), Stage::default());
    stage.alone(now, 2);
    stage.set_off(now, 1);
    stage.set_off(now, 1);
    assert_eq!(stage.flights[1].carries, [0], "one carries it");
    stage.give_up(0);
    assert_eq!(
        stage.mirror.sets_off(now, &Stage::keys(), &Stage::wants(1), false),
        [3 * RATE.every.as_micros() as i64]
    );
}

#[test]
fn a_draw_that_only_tries_carries_nothing() {
    let (now, mut stage) = (Timestamp(1_700_000_000_000_000), Stage::default());
    stage.alone(now, 2);
    let mut carries = |tries| stage.mirror.sets_off(now, &Stage::keys(), &Stage::wants(1), tries);
    assert_eq!(carries(true), [0], "Redis may take it in when nobody waits for it any more");
    assert_eq!(carries(false), [2 * RATE.every.as_micros() as i64]);
}

#[tokio::test]
async fn who_hangs_up_takes_no_debt_with_them() {
    let (limiter, now) = (limiter(), Timestamp(1_700_000_000_000_000));
    let (keys, wants) = ([limiter.key(&(RATE, "ana".to_owned()))], [((RATE, "ana".to_owned()), 2)]);
    assert_eq!(limiter.mirror().draw(now, &keys, &wants).0, 0);
    drop(Underway::new(&limiter, now, &keys, &wants, false));
    let debt = 2 * RATE.every.as_micros() as i64;
    assert_eq!(limiter.mirror().sets_off(now, &keys, &wants, false), [debt]);
}

#[test]
fn buckets_in_use_are_not_looked_through_at_each_draw() {
    let (now, mut mirror) = (Timestamp(1_700_000_000_000_000), Mirror::default());
    let later = now.after(2 * RATE.every);
    let mut draw = |now, number: usize| {
        mirror.draw(now, &[number.to_be_bytes().to_vec()], &Stage::wants(1));
        mirror.size()
    };
    for number in 0..HELD + 1 {
        draw(now, number);
    }
    assert_eq!(draw(later, HELD + 1), HELD + 2, "all were in use a moment ago");
    for number in HELD + 2..2 * HELD {
        draw(later, number);
    }
    assert_eq!(draw(later, 0), HELD, "those are gone that are full again, but for the one that is asked for");
}

/// Redis, as one bucket of it behaves.
#[derive(Default)]
struct Shared(i64);

impl Shared {
    fn draw(&mut self, now: Timestamp, amount: u32, owed: i64) -> (i64, i64) {
        let held = self.0.max(now.0) + owed;
        let full = held + every(&RATE) * i64::from(amount);
        let wait = (full - every(&RATE) * i64::from(RATE.burst) - now.0).max(0);
        self.0 = if wait == 0 { full } else { held };
        (wait, self.0)
    }
}

/// A draw on its way to [`Shared`] and back.
struct Flight {
    now: Timestamp,
    amount: u32,
    carries: Vec<i64>,
    told: Option<(i64, i64)>,
    /// Nobody waits for it any more.
    is_lost: bool,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// So many seconds pass.
    Pass(u64),
    /// A draw sets off.
    SetOff(u32),
    /// The oldest that Redis has not seen comes there.
    Arrive,
    /// One that Redis has seen is told; which one.
    Tell(usize),
    /// One is given up, and counted here; Redis may see it all the same. Which one.
    GiveUp(usize),
    /// The connection breaks: Redis sees none of those that are on their way.
    Break,
    /// A draw that does not ask Redis at all.
    Alone(u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        2 => (0u64..200).prop_map(Step::Pass),
        4 => (1u32..6).prop_map(Step::SetOff),
        4 => Just(Step::Arrive),
        4 => (0usize..8).prop_map(Step::Tell),
        1 => (0usize..8).prop_map(Step::GiveUp),
        1 => Just(Step::Break),
        3 => (1u32..6).prop_map(Step::Alone),
    ];
    proptest::collection::vec(step, 1..120)
}

/// One process, its Redis, and what was given.
#[derive(Default)]
struct Stage {
    mirror: Mirror,
    shared: Shared,
    flights: VecDeque<Flight>,
    given: Vec<(Timestamp, i64)>,
}

impl Stage {
    fn keys() -> [Vec<u8>; 1] {
        [b"ana".to_vec()]
    }

    fn wants(amount: u32) -> [Draught; 1] {
        [((RATE, "ana".to_owned()), amount)]
    }

    /// What was given after all of these, in the order of time.
    fn play(mut self, steps: &[Step]) -> Vec<(Timestamp, i64)> {
        let mut now = Timestamp(1_700_000_000_000_000);
        for step in steps {
            match *step {
                Step::Pass(gap) => now = now.after(Duration::from_secs(gap)),
                Step::SetOff(amount) => self.set_off(now, amount),
                Step::Arrive => self.arrive(),
                Step::Tell(which) => self.tell(which),
                Step::GiveUp(which) => self.give_up(which),
                Step::Break => {
                    while self.flights.iter().any(|flight| !flight.is_lost) {
                        self.give_up(0);
                    }
                    self.flights.clear();
                }
                Step::Alone(amount) => self.alone(now, amount),
            }
        }
        self.given.sort_unstable();
        self.given
    }

    fn set_off(&mut self, now: Timestamp, amount: u32) {
        let carries = self.mirror.sets_off(now, &Self::keys(), &Self::wants(amount), false);
        self.flights.push_back(Flight { now, amount, carries, told: None, is_lost: false });
    }

    fn arrive(&mut self) {
        if let Some(flight) = self.flights.iter_mut().find(|flight| flight.told.is_none()) {
            flight.told = Some(self.shared.draw(flight.now, flight.amount, flight.carries[0]));
        }
    }

    fn tell(&mut self, which: usize) {
        let told = |(at, flight): (usize, &Flight)| (!flight.is_lost).then_some(flight.told.map(|told| (at, told)))?;
        let Some((at, (wait, full))) = self.flights.iter().enumerate().filter_map(told).nth(which) else { return };
        let flight = self.flights.remove(at).expect("there");
        self.mirror.told(&Self::keys(), &Self::wants(flight.amount), &flight.carries, &[full]);
        if wait == 0 {
            self.given.push((flight.now, i64::from(flight.amount)));
        }
    }

    fn give_up(&mut self, which: usize) {
        let Some(flight) = self.flights.iter_mut().filter(|flight| !flight.is_lost).nth(which) else { return };
        flight.is_lost = true;
        let (now, amount, carries) = (flight.now, flight.amount, flight.carries.clone());
        self.mirror.lost(&Self::keys(), &Self::wants(amount), &carries);
        self.alone(now, amount);
    }

    fn alone(&mut self, now: Timestamp, amount: u32) {
        if self.mirror.draw(now, &Self::keys(), &Self::wants(amount)).0 == 0 {
            self.given.push((now, i64::from(amount)));
        }
    }
}

/// Whether no window of what was given, in the order of time, has more than the burst and what flows in meanwhile.
fn flows(given: &[(Timestamp, i64)]) -> bool {
    (0..given.len()).all(|at| {
        let mut sum = 0;
        given[at..].iter().all(|(last, amount)| {
            sum += amount;
            sum <= i64::from(RATE.burst) + (last.0 - given[at].0.0) / every(&RATE)
        })
    })
}

#[test]
fn an_answer_that_comes_late_makes_no_debt_smaller() {
    use Step::*;
    let steps = [
        Alone(4),
        Pass(192),
        SetOff(1),
        Alone(2),
        Pass(86),
        Alone(2),
        Pass(52),
        SetOff(1),
        Arrive,
        SetOff(1),
        Tell(0),
        Break,
    ];
    let given = Stage::default().play(&steps);
    assert!(flows(&given), "{given:?}");
}

proptest! {
    /// However requests arrive and however much each wants, no window gives more than the burst and what has flowed in
    /// since; and what is told to be left is given at once, and one more is not.
    #[test]
    fn no_more_than_the_burst_and_the_flow(wishes in proptest::collection::vec((0u64..200, 1u32..6), 1..80)) {
        let limiter = limiter();
        let (mut now, mut given) = (Timestamp(1_700_000_000_000_000), Vec::new());
        let keys = [limiter.key(&(RATE, "ana".to_owned()))];
        let wants = |amount| [((RATE, "ana".to_owned()), amount)];
        let mut left = RATE.burst;
        let mut full = now;
        for (gap, amount) in wishes {
            now = now.after(Duration::from_secs(gap));
            left = left.max(RATE.left(full, now));
            let (wait, told) = limiter.mirror().draw(now, &keys, &wants(amount));
            prop_assert_eq!(wait == 0, amount <= left, "{} of {}", amount, left);
            full = Timestamp(told[0]);
            left = RATE.left(full, now);
            if wait == 0 {
                given.push((now, i64::from(amount)));
            }
        }
        prop_assert!(flows(&given), "{:?}", given);
    }

    /// However draws through Redis and without it follow and overtake one another, and whatever is lost on the way: through
    /// one process no window gives more than the burst and what has flowed in since.
    #[test]
    fn what_is_given_without_redis_is_not_given_again(steps in steps()) {
        let given = Stage::default().play(&steps);
        prop_assert!(flows(&given), "{:?}", given);
    }

    /// While Redis answers one draw after the other, this process knows exactly what is left.
    #[test]
    fn the_mirror_is_where_the_shared_bucket_is(wishes in proptest::collection::vec((0u64..200, 1u32..6), 1..40)) {
        let (mut now, mut stage) = (Timestamp(1_700_000_000_000_000), Stage::default());
        for (gap, amount) in wishes {
            now = now.after(Duration::from_secs(gap));
            stage.set_off(now, amount);
            stage.arrive();
            stage.tell(0);
        }
        let (_, full_at) = stage.mirror.draw(now, &Stage::keys(), &Stage::wants(RATE.burst + 1));
        prop_assert_eq!(full_at, [stage.shared.0.max(now.0)]);
    }
}

//! Random commands: a draw knows nothing of what there is, and becomes a command that mostly makes sense there.

use proptest::collection::vec;
use proptest::prelude::*;

use super::model::{At, CONNECTOR, DAY, MINUTE, Model, REQUESTER, TARGET, Who};

/// What is drawn: the kind of command, and three numbers that say whose and which.
pub(super) type Draw = (u8, u16, u16, u16);

/// Plans of so many commands.
pub(super) fn plans(commands: usize) -> impl Strategy<Value = Vec<Draw>> {
    vec((0_u8..100, any::<u16>(), any::<u16>(), any::<u16>()), commands)
}

/// What somebody does, or what happens.
#[derive(Clone, Debug)]
pub(super) enum Command {
    /// `reveal`: how long after the request it would show that somebody said no.
    Request {
        three: [Who; 3],
        reveal: At,
    },
    /// Which of the introductions there are.
    PassOn(Who, usize),
    Decline(Who, usize),
    Accept(Who, usize),
    Withdraw(Who, usize),
    Outcome(Who, usize, &'static str),
    Ask {
        who: Who,
        named: bool,
        days: u16,
    },
    Nominate {
        who: Who,
        ask: usize,
        nominee: Who,
    },
    AcceptNomination(Who, usize),
    DeclineNomination(Who, usize),
    CloseAsk(Who, usize),
    /// The first ends it.
    EndTie(Who, Who),
    /// The first shows a code, the second scans it.
    Tie(Who, Who),
    Block(Who, Who),
    Unblock(Who, Who),
    Findable(Who, bool),
    AsRoute(Who, bool),
    Takes(Who, [usize; 3]),
    Pause(Who, Option<At>),
    Suspend(Who),
    Restore(Who),
    /// `told`: whether the timers run before anybody looks.
    Pass {
        length: At,
        told: bool,
    },
    Timers,
}

impl Command {
    /// What it is called when it is counted.
    pub(super) fn name(&self) -> String {
        let whole = format!("{self:?}");
        whole.split([' ', '(']).next().unwrap_or_default().to_owned()
    }
}

const OUTCOMES: [&str; 3] = ["HELPED", "MET", "NOTHING"];
const LENGTHS: [At; 12] = [
    MINUTE,
    30 * MINUTE,
    600 * MINUTE,
    DAY,
    2 * DAY,
    3 * DAY,
    5 * DAY,
    7 * DAY,
    14 * DAY,
    21 * DAY,
    30 * DAY,
    40 * DAY,
];

/// One of some, if there are any.
fn pick<T: Clone>(some: &[T], at: u16) -> Option<T> {
    (!some.is_empty()).then(|| some[usize::from(at) % some.len()].clone())
}

/// The command a draw becomes; `None` if nobody could even try.
pub(super) fn command(model: &Model, (kind, a, b, c): Draw, now: At) -> Option<Command> {
    let able = |at: u16| {
        let from = usize::from(at) % model.people.len();
        (from..model.people.len()).chain(0..from).find(|who| !model.people[*who].suspended)
    };
    let (who, other) = (able(a)?, able(b)?);
    // Now and then somebody tries what they may not.
    let wild = c % 6 == 0;
    let introduction = |places: &[usize], fits: &dyn Fn(usize, usize) -> bool| {
        let all = 0..model.introductions.len();
        let fitting: Vec<(Who, usize)> = all
            .clone()
            .flat_map(|at| places.iter().map(move |place| (at, *place)))
            .filter(|(at, place)| fits(*at, *place))
            .map(|(at, place)| (model.introductions[at].three[place], at))
            .filter(|(who, _)| !model.people[*who].suspended)
            .collect();
        if wild { Some((who, pick(&all.collect::<Vec<_>>(), b)?)) } else { pick(&fitting, b) }
    };
    let awaiting = |at: usize, place: usize| model.introductions[at].looks_awaiting(place, now);
    let nomination = || {
        let all = 0..model.nominations.len();
        let open = |at: &usize| {
            let it = &model.nominations[*at];
            it.reached && model.nomination_seen(it, it.nominee, now) == "OFFERED" && !model.people[it.nominee].suspended
        };
        let fitting: Vec<(Who, usize)> =
            all.clone().filter(open).map(|at| (model.nominations[at].nominee, at)).collect();
        if wild || fitting.is_empty() { Some((who, pick(&all.collect::<Vec<_>>(), b)?)) } else { pick(&fitting, b) }
    };
    let some_days = At::from(c % 19) * DAY + At::from(b % 1_000) * MINUTE;
    Some(match kind {
        0..22 => Command::Request { three: request(model, a, b, wild, now), reveal: some_days },
        22..34 => {
            let (who, at) = introduction(&[CONNECTOR], &awaiting)?;
            Command::PassOn(who, at)
        }
        34..40 => {
            let (who, at) = introduction(&[CONNECTOR, TARGET], &awaiting)?;
            Command::Decline(who, at)
        }
        40..45 => {
            let (who, at) = introduction(&[TARGET], &awaiting)?;
            Command::Accept(who, at)
        }
        45..49 => {
            // Rather one that has reached its target.
            let reached = |at: usize| model.introductions[at].reached[TARGET].is_some();
            let open = |at: usize, place: usize| model.introductions[at].looks_open(place, now);
            let (who, at) = introduction(&[REQUESTER], &|at, place| open(at, place) && reached(at))
                .or_else(|| introduction(&[REQUESTER], &open))?;
            Command::Withdraw(who, at)
        }
        49..52 => {
            let (who, at) = introduction(&[REQUESTER, TARGET], &|at, _| model.introductions[at].accepted)?;
            Command::Outcome(who, at, OUTCOMES[usize::from(a) % 3])
        }
        52..56 => Command::Ask { who, named: b % 2 == 0, days: 1 + c % 30 },
        56..66 => nominate(model, a, b, wild, now).or_else(|| {
            let ask = pick(&(0..model.asks.len()).collect::<Vec<_>>(), c)?;
            Some(Command::Nominate { who, ask, nominee: other })
        })?,
        66..70 => {
            let (who, at) = nomination()?;
            Command::AcceptNomination(who, at)
        }
        70..73 => {
            let (who, at) = nomination()?;
            Command::DeclineNomination(who, at)
        }
        73..75 => {
            let at = pick(&(0..model.asks.len()).collect::<Vec<_>>(), b)?;
            let asker = model.asks[at].asker;
            Command::CloseAsk(if wild || model.people[asker].suspended { who } else { asker }, at)
        }
        75..77 => {
            let ties: Vec<(Who, Who)> = model.ties.iter().copied().collect();
            let (a, b) = pick(&ties, b).map(|(a, b)| if c % 2 == 0 { (a, b) } else { (b, a) })?;
            if model.people[a].suspended || model.people[b].suspended {
                return None;
            }
            Command::EndTie(a, b)
        }
        77..80 if who != other => Command::Tie(who, other),
        80..82 if who != other => Command::Block(who, other),
        82..85 => {
            let blocks: Vec<(Who, Who)> = model.blocks.iter().copied().collect();
            let (owner, blocked) = pick(&blocks, b).filter(|(owner, _)| !model.people[*owner].suspended)?;
            Command::Unblock(owner, blocked)
        }
        85 => Command::Findable(who, c % 4 != 0),
        86 => Command::AsRoute(who, c % 4 != 0),
        87 | 88 => Command::Takes(who, [0, 1 + usize::from(b) % 4, 1 + usize::from(c) % 4]),
        89 => Command::Pause(who, (c % 2 == 0).then_some(MINUTE + some_days)),
        90 if model.people.iter().filter(|person| person.suspended).count() < 2 => Command::Suspend(who),
        91 | 92 => {
            let out: Vec<Who> = (0..model.people.len()).filter(|who| model.people[*who].suspended).collect();
            Command::Restore(pick(&out, b)?)
        }
        93..98 => {
            let length = LENGTHS[usize::from(b) % LENGTHS.len()] + At::from(c % 50) * MINUTE;
            Command::Pass { length, told: a % 2 == 0 }
        }
        98.. => Command::Timers,
        _ => return None,
    })
}

/// All threes of whom the first may ask the second for the third now.
pub(super) fn fitting(model: &Model, now: At) -> Vec<[Who; 3]> {
    let people = || 0..model.people.len();
    let mut fitting: Vec<[Who; 3]> = Vec::new();
    for one in people() {
        for through in people() {
            let fits = |three: &[Who; 3]| model.is_route(*three) && model.request(*three, now).is_empty();
            fitting.extend(people().map(|other| [one, through, other]).filter(fits));
        }
    }
    fitting
}

/// Three of whom the first may ask, mostly.
fn request(model: &Model, a: u16, b: u16, wild: bool, now: At) -> [Who; 3] {
    let any = |at: u16| usize::from(at) % model.people.len();
    match pick(&fitting(model, now), a ^ b) {
        Some(three) if !wild => three,
        _ => {
            let mut one = any(a);
            while model.people[one].suspended {
                one = (one + 1) % model.people.len();
            }
            [one, any(b), any(a ^ (b >> 3))]
        }
    }
}

/// Somebody to whom an ask is put, and one of their ties.
fn nominate(model: &Model, a: u16, b: u16, wild: bool, now: At) -> Option<Command> {
    if wild {
        return None;
    }
    let mut fitting = Vec::new();
    for (ask, it) in model.asks.iter().enumerate() {
        for (one, other) in model.ties.iter().flat_map(|(one, other)| [(*one, *other), (*other, *one)]) {
            if !model.people[one].suspended && model.is_put_to(it, one, now) && other != it.asker {
                fitting.push(Command::Nominate { who: one, ask, nominee: other });
            }
        }
    }
    pick(&fitting, a ^ b)
}

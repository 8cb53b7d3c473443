//! A network that is the same on every machine: as many members as wanted, 20 ties a member, clustered, with a heavy tail.
//!
//! Members live in groups of 40, which make up towns of 2,000. How many ties somebody is due follows a Pareto law (the
//! number of members due more than x falls with x to the 3/2), cut at 5,000. About half of somebody's ties stay within
//! the group, a third within the town, the rest may go anywhere; between towns and within them, members are found in
//! proportion to what they are due. A few are hubs, tied to so many members of all towns: two that have one tie less than
//! is allowed, and, the larger the network, some that have as many as is allowed. One tie in five is remote.
//!
//! Only integers are used, so that no machine makes another network. Who lives where
//! has nothing to do with ids: members of a town did not come in one after the other.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use uuid::{Builder, Uuid};

/// Ties a member has on average.
pub const MEAN: usize = 40;
/// The most ties a member may have.
pub const MOST: usize = 5_000;
const GROUP: usize = 40;
const TOWN: usize = 50 * GROUP;
/// The first member came in then: 2024-01-01T00:00:00Z, in milliseconds.
const BEGAN: u64 = 1_704_067_200_000;
/// The last one came in this much later: 600 days.
const GREW: u64 = 600 * 86_400_000;

/// Chance that is the same everywhere.
pub struct Draw(ChaCha8Rng);

impl Draw {
    pub fn from_seed(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    pub fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(end)) >> 64) as u64
    }

    fn member(&mut self, end: usize) -> usize {
        self.below(end as u64) as usize
    }
}

/// Draws places, each as often as it is due.
struct Lottery {
    /// Where each place's tickets begin, and where the last one's end.
    begins: Vec<u64>,
    /// The place of every so many tickets, so that nobody has to look far.
    index: Vec<u32>,
    every: u64,
}

impl Lottery {
    fn of(due: &[u32]) -> Self {
        let mut begins = vec![0];
        begins.extend(due.iter().scan(0, |sum, due| {
            *sum += u64::from(*due);
            Some(*sum)
        }));
        let tickets = begins[due.len()];
        let every = tickets / due.len() as u64 + 1;
        let place = |ticket: u64| (begins.partition_point(|begin| *begin <= ticket) - 1) as u32;
        let index = (0..=tickets / every).map(|number| place(number * every)).collect();
        Self { begins, index, every }
    }

    /// One of the places from `from` to before `to`.
    fn draw(&self, draw: &mut Draw, from: usize, to: usize) -> usize {
        let ticket = self.begins[from] + draw.below(self.begins[to] - self.begins[from]);
        let mut place = self.index[(ticket / self.every) as usize] as usize;
        while self.begins[place + 1] <= ticket {
            place += 1;
        }
        place
    }
}

/// Who is tied to whom. Members are numbers from 0, in the order of their ids.
pub struct Graph {
    /// Where each member's ties begin in `others`, and where the last one's end.
    starts: Vec<usize>,
    others: Vec<u32>,
    /// Two members with one tie less than is allowed, if the network is large enough for that.
    pub hubs: Vec<u32>,
}

/// What a network is like.
pub struct Properties {
    pub ties: usize,
    pub mean: f64,
    pub median: usize,
    pub p99: usize,
    pub most: usize,
    /// The mean over a sample of how many of somebody's pairs of ties know each other.
    pub clustering: f64,
    pub remote: f64,
    /// Paths of length two, of a sample of members: the median and the 99th of a hundred.
    pub paths: (usize, usize),
}

impl Graph {
    /// The network of so many members.
    pub fn make(members: usize, seed: u64) -> Self {
        let mut draw = Draw::from_seed(seed);
        let due = due(members, &mut draw);
        let lottery = Lottery::of(&due);
        let wanted = members * MEAN / 2;
        let mut most = vec![MOST.min(members / 2); members];
        let mut pairs = Vec::with_capacity(wanted + wanted / 8);
        let hubs = hubs(members, &mut draw, &mut most, &mut pairs);
        // What was drawn twice is one tie, so that some are missing after each time; fewer and fewer.
        for _ in 0..30 {
            if pairs.len() >= wanted - wanted / 1_000 {
                break;
            }
            let mut degrees = degrees(members, &pairs);
            for _ in pairs.len()..wanted {
                let one = lottery.draw(&mut draw, 0, members);
                let other = match (draw.member(100), due[one] as usize) {
                    (chance, due) if chance < 60.min(100 * GROUP / due) => within(&mut draw, one, GROUP, members),
                    (chance, due) if chance < 85.min(60 + 8 * TOWN / due) => {
                        let (from, to) = (one / TOWN * TOWN, (one / TOWN * TOWN + TOWN).min(members));
                        lottery.draw(&mut draw, from, to)
                    }
                    _ => lottery.draw(&mut draw, 0, members),
                };
                if one != other && degrees[one] < most[one] && degrees[other] < most[other] {
                    degrees[one] += 1;
                    degrees[other] += 1;
                    pairs.push(pair(one, other));
                }
            }
            pairs.sort_unstable();
            pairs.dedup();
        }
        let mut numbers: Vec<u32> = (0..members as u32).collect();
        for last in (1..members).rev() {
            numbers.swap(last, draw.member(last + 1));
        }
        let hubs = hubs.into_iter().map(|place| numbers[place]).collect();
        Self::of(members, pairs, &numbers, hubs)
    }

    /// The lists of both ends of all pairs of places, whose members are `numbers`.
    fn of(members: usize, pairs: Vec<u64>, numbers: &[u32], hubs: Vec<u32>) -> Self {
        let both = |pair: &u64| [numbers[(pair >> 32) as usize], numbers[(*pair as u32) as usize]];
        let mut starts = vec![0; members + 1];
        pairs.iter().flat_map(both).for_each(|member| starts[member as usize + 1] += 1);
        for member in 0..members {
            starts[member + 1] += starts[member];
        }
        let mut next = starts.clone();
        let mut others = vec![0; pairs.len() * 2];
        for [one, other] in pairs.iter().map(both) {
            for (of, is) in [(one, other), (other, one)] {
                others[next[of as usize]] = is;
                next[of as usize] += 1;
            }
        }
        let graph = Self { starts, others, hubs };
        graph.sorted()
    }

    fn sorted(mut self) -> Self {
        for member in 0..self.members() {
            self.others[self.starts[member]..self.starts[member + 1]].sort_unstable();
        }
        self
    }

    pub fn members(&self) -> usize {
        self.starts.len() - 1
    }

    pub fn ties(&self) -> usize {
        self.others.len() / 2
    }

    /// Those tied to a member, in order.
    pub fn tied(&self, member: u32) -> &[u32] {
        &self.others[self.starts[member as usize]..self.starts[member as usize + 1]]
    }

    pub fn are_tied(&self, one: u32, other: u32) -> bool {
        self.tied(one).binary_search(&other).is_ok()
    }

    /// Paths of length two from a member.
    pub fn paths(&self, member: u32) -> usize {
        self.tied(member).iter().map(|other| self.tied(*other).len()).sum()
    }

    /// So many different members, the same ones each time; hubs are as likely as anybody.
    pub fn sample(&self, count: usize, seed: u64) -> Vec<u32> {
        let mut draw = Draw::from_seed(seed);
        let mut sample = Vec::with_capacity(count);
        while sample.len() < count.min(self.members() / 2) {
            let member = draw.member(self.members()) as u32;
            if !sample.contains(&member) {
                sample.push(member);
            }
        }
        sample
    }

    /// When a member came in, in milliseconds since 1970.
    pub fn came_in(&self, member: u32) -> u64 {
        BEGAN + GREW / self.members() as u64 * u64::from(member)
    }

    /// Who came in at this moment.
    pub fn member_of(&self, came_in: u64) -> Option<u32> {
        let member = u32::try_from(came_in.checked_sub(BEGAN)? / (GREW / self.members() as u64)).ok()?;
        ((member as usize) < self.members()).then_some(member)
    }

    /// A member's id: a UUIDv7 of the moment they came in.
    pub fn id(&self, member: u32) -> Uuid {
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(&mixed(u64::from(member)).to_be_bytes());
        Builder::from_unix_timestamp_millis(self.came_in(member), &bytes).into_uuid()
    }

    /// The id of the tie of two members, in whatever order. In the order of the smaller member, then of the greater one.
    pub fn tie_id(&self, one: u32, other: u32) -> Uuid {
        let mut bytes = [0; 10];
        bytes[3..7].copy_from_slice(&one.max(other).to_be_bytes());
        Builder::from_unix_timestamp_millis(self.came_in(one.min(other)) + GREW, &bytes).into_uuid()
    }

    /// Whether two members who are tied have met.
    pub fn have_met(one: u32, other: u32) -> bool {
        !mixed(pair(one as usize, other as usize)).is_multiple_of(5)
    }

    /// What the network is like; panics if it is not as it must be.
    pub fn properties(&self) -> Properties {
        let members = self.members();
        let mut degrees: Vec<usize> = (0..members as u32).map(|member| self.tied(member).len()).collect();
        degrees.sort_unstable();
        let sample = self.sample(500, 7);
        let mut paths: Vec<usize> = sample.iter().map(|member| self.paths(*member)).collect();
        paths.sort_unstable();
        let local = sample.iter().map(|member| self.tied(*member)).filter(|tied| (2..=200).contains(&tied.len()));
        let local: Vec<f64> = local.map(|tied| self.clustering(tied)).collect();
        let some =
            (0..members.min(20_000) as u32).flat_map(|one| self.tied(one).iter().map(move |other| (one, *other)));
        let met: Vec<bool> = some.map(|(one, other)| Self::have_met(one, other)).collect();
        let properties = Properties {
            ties: self.ties(),
            mean: self.others.len() as f64 / members as f64,
            median: degrees[members / 2],
            p99: degrees[members * 99 / 100],
            most: degrees[members - 1],
            clustering: local.iter().sum::<f64>() / local.len() as f64,
            remote: met.iter().filter(|met| !**met).count() as f64 / met.len() as f64,
            paths: (paths[paths.len() / 2], paths[paths.len() * 99 / 100]),
        };
        assert!(properties.most <= MOST, "somebody has {} ties", properties.most);
        assert!((38.0..=42.0).contains(&properties.mean), "{} ties a member", properties.mean);
        assert!(properties.clustering > 0.05, "clustering {}", properties.clustering);
        assert!((0.18..0.22).contains(&properties.remote), "remote {}", properties.remote);
        assert!((0..members as u32).all(|member| self.tied(member).is_sorted_by(|a, b| a < b)), "a tie stands twice");
        properties
    }

    /// How many of the pairs among `tied` are tied.
    fn clustering(&self, tied: &[u32]) -> f64 {
        let pairs =
            tied.iter().enumerate().flat_map(|(at, one)| tied[at + 1..].iter().map(move |other| (*one, *other)));
        let known = pairs.filter(|(one, other)| self.are_tied(*one, *other)).count();
        known as f64 / (tied.len() * (tied.len() - 1) / 2) as f64
    }
}

/// How many ties each place is due, by Pareto's law with the exponent 3/2: the greatest number whose cube, times the
/// square of a chance, is not above the cube of the least.
fn due(members: usize, draw: &mut Draw) -> Vec<u32> {
    const LEAST: u128 = 14;
    let most = MOST.min(members / 20).max(2 * MEAN) as u128;
    let pareto = |chance: u64| {
        let is_due = |due: u128| due.pow(3) * u128::from(chance + 1).pow(2) <= LEAST.pow(3) << 64;
        let (mut due, mut above) = (LEAST, most + 1);
        while above - due > 1 {
            let middle = (due + above) / 2;
            if is_due(middle) { due = middle } else { above = middle }
        }
        due as u32
    };
    (0..members).map(|_| pareto(draw.below(1 << 32))).collect()
}

/// Ties a few places, far from each other, to members everywhere, and lets them have no more. Returns the first two.
fn hubs(members: usize, draw: &mut Draw, most: &mut [usize], pairs: &mut Vec<u64>) -> Vec<usize> {
    let count = 2 + members / 50_000;
    let places: Vec<usize> = (0..count).map(|hub| members / count * hub + GROUP / 2).collect();
    for (hub, place) in places.iter().copied().enumerate() {
        let wanted = if hub < 2 { MOST - 1 } else { MOST }.min(members / 2);
        let mut mine = std::collections::BTreeSet::new();
        while mine.len() < wanted {
            let other = draw.member(members);
            if !places.contains(&other) {
                mine.insert(pair(place, other));
            }
        }
        most[place] = wanted;
        pairs.extend(mine);
    }
    places.into_iter().take(2).collect()
}

fn within(draw: &mut Draw, one: usize, size: usize, members: usize) -> usize {
    let from = one / size * size;
    from + draw.member(size.min(members - from))
}

fn degrees(members: usize, pairs: &[u64]) -> Vec<usize> {
    let mut degrees = vec![0; members];
    for pair in pairs {
        degrees[(pair >> 32) as usize] += 1;
        degrees[*pair as u32 as usize] += 1;
    }
    degrees
}

fn pair(one: usize, other: usize) -> u64 {
    (one.min(other) as u64) << 32 | one.max(other) as u64
}

/// A number that looks like chance, of another (SplitMix64).
pub fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

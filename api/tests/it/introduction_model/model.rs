//! What `product.md` says of ties, blocks, introductions, asks and nominations, in the plainest way: what is so, and what
//! of it shows to whom. Nothing here is looked up from the service but ids, moments and what it draws by lot.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

/// A person, by their place in [`Model::people`].
pub(super) type Who = usize;
/// A moment, or a length of time, in microseconds.
pub(super) type At = i64;
pub(super) const MINUTE: At = 60_000_000;
pub(super) const DAY: At = 24 * 60 * MINUTE;

/// The places of an introduction's three.
pub(super) const REQUESTER: usize = 0;
pub(super) const CONNECTOR: usize = 1;
pub(super) const TARGET: usize = 2;

/// One person.
#[derive(Clone, Debug)]
pub(super) struct Someone {
    pub(super) handle: String,
    pub(super) findable: bool,
    pub(super) as_route: bool,
    pub(super) suspended: bool,
    /// How many introductions a month they take, by place; the first is unused.
    pub(super) most: [usize; 3],
    pub(super) paused_until: Option<At>,
}

/// A tie that the two are asked about.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) two: (Who, Who),
    pub(super) expires: At,
    /// Who said no; the other sees it wait on.
    pub(super) no_by: Option<Who>,
}

/// An introduction as it is.
#[derive(Clone, Debug)]
pub(super) struct Introduction {
    pub(super) uuid: Uuid,
    pub(super) id: String,
    pub(super) three: [Who; 3],
    pub(super) created: At,
    pub(super) expires: At,
    /// When it shows that nothing comes of it, if that is so by then.
    pub(super) reveal: At,
    /// When it reached each of the three.
    pub(super) reached: [Option<At>; 3],
    pub(super) passed: bool,
    pub(super) accepted: bool,
    pub(super) withdrawn: Option<At>,
    /// When it came to nothing: somebody said no, or a guard was gone.
    pub(super) over: Option<At>,
    pub(super) declined_by: Option<Who>,
    pub(super) outcomes: BTreeMap<Who, &'static str>,
}

impl Introduction {
    /// Whether it goes on, in truth.
    pub(super) fn is_open(&self, now: At) -> bool {
        !self.accepted && self.withdrawn.is_none() && self.over.is_none() && now < self.expires
    }

    /// Where it stands for the one in this place, and since when if it is over without a yes.
    pub(super) fn seen(&self, place: usize, now: At) -> (&'static str, At) {
        if self.accepted {
            return ("ACCEPTED", self.created);
        }
        if self.declined_by == Some(self.three[place]) {
            return ("DECLINED", self.over.unwrap_or(now));
        }
        if let Some(at) = self.withdrawn {
            return ("WITHDRAWN", at);
        }
        if self.reveal <= now && self.over.is_some_and(|at| at <= self.reveal) {
            return ("CLOSED", self.reveal);
        }
        if self.expires <= now {
            return ("EXPIRED", self.expires);
        }
        let passed = place == TARGET || (place == CONNECTOR && self.passed);
        (if passed { "PASSED_ON" } else { "REQUESTED" }, self.created)
    }

    pub(super) fn looks_open(&self, place: usize, now: At) -> bool {
        matches!(self.seen(place, now).0, "REQUESTED" | "PASSED_ON")
    }

    /// Whether it seems to wait for the answer of the one in this place.
    pub(super) fn looks_awaiting(&self, place: usize, now: At) -> bool {
        self.reached[place].is_some()
            && [None, Some("REQUESTED"), Some("PASSED_ON")][place] == Some(self.seen(place, now).0)
    }

    /// In which place somebody is whom it has reached.
    pub(super) fn place_of(&self, who: Who) -> Option<usize> {
        (0..3).find(|place| self.three[*place] == who && self.reached[*place].is_some())
    }
}

/// An ask that is put to the asker's ties.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) id: String,
    pub(super) asker: Who,
    pub(super) named: bool,
    pub(super) expires: At,
    pub(super) closed: Option<At>,
}

impl Ask {
    pub(super) fn is_open(&self, now: At) -> bool {
        self.closed.is_none() && now < self.expires
    }
}

/// A nomination as it is.
#[derive(Clone, Debug)]
pub(super) struct Nomination {
    pub(super) id: String,
    pub(super) ask: usize,
    pub(super) nominator: Who,
    pub(super) nominee: Who,
    pub(super) expires: At,
    /// Whether the nominee hears of it.
    pub(super) reached: bool,
    /// `OFFERED`, also after its time.
    pub(super) state: &'static str,
}

/// Everybody, and everything between them.
#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    pub(super) people: Vec<Someone>,
    /// The smaller place first.
    pub(super) ties: BTreeSet<(Who, Who)>,
    /// The owner first.
    pub(super) blocks: BTreeSet<(Who, Who)>,
    pub(super) asked: Vec<Asked>,
    pub(super) introductions: Vec<Introduction>,
    pub(super) asks: Vec<Ask>,
    pub(super) nominations: Vec<Nomination>,
    /// Who takes part in each conversation.
    pub(super) conversations: Vec<[Who; 3]>,
}

/// Two in the order in which ties have them.
pub(super) fn pair(a: Who, b: Who) -> (Who, Who) {
    (a.min(b), a.max(b))
}

impl Model {
    pub(super) fn are_tied(&self, a: Who, b: Who) -> bool {
        self.ties.contains(&pair(a, b))
    }

    pub(super) fn are_apart(&self, a: Who, b: Who) -> bool {
        self.blocks.contains(&(a, b)) || self.blocks.contains(&(b, a))
    }

    /// Whether somebody is there at all for the viewer.
    pub(super) fn exists(&self, viewer: Who, who: Who) -> bool {
        !self.people[who].suspended && !self.are_apart(viewer, who)
    }

    /// Whether `connector` may introduce the two: all guards hold.
    pub(super) fn is_route(&self, [requester, connector, target]: [Who; 3]) -> bool {
        let there = |who: Who| !self.people[who].suspended;
        requester != target
            && there(requester)
            && there(connector)
            && there(target)
            && self.people[connector].as_route
            && self.people[target].findable
            && self.are_tied(requester, connector)
            && self.are_tied(connector, target)
            && !self.are_tied(requester, target)
            && !self.are_apart(requester, target)
    }

    /// What `who` is to the viewer; `None` if they do not exist for them.
    pub(super) fn relation(&self, viewer: Who, who: Who, now: At) -> Option<&'static str> {
        if !self.exists(viewer, who) {
            None
        } else if viewer == who {
            Some("SELF")
        } else if self.are_tied(viewer, who) {
            Some("TIE")
        } else if (0..self.people.len()).any(|connector| self.is_route([viewer, connector, who])) {
            Some("NETWORK")
        } else {
            self.is_in_process(viewer, who, now).then_some("PROCESS")
        }
    }

    /// Whether something is open between the two that shows to the viewer, or a conversation is.
    fn is_in_process(&self, viewer: Who, who: Who, now: At) -> bool {
        let waiting = |tie: &Asked| tie.two == pair(viewer, who) && now < tie.expires && tie.no_by != Some(viewer);
        let introduced = |it: &Introduction| {
            let ends = (it.three[REQUESTER], it.three[TARGET]);
            let place = if ends == (viewer, who) {
                REQUESTER
            } else if ends == (who, viewer) {
                TARGET
            } else {
                return false;
            };
            it.reached[place].is_some() && it.looks_open(place, now)
        };
        let named = |it: &Nomination| {
            let ask = &self.asks[it.ask];
            let open = it.reached && it.state == "OFFERED" && now < it.expires;
            open && ask.named && it.nominee == viewer && ask.asker == who
        };
        self.asked.iter().any(waiting)
            || self.introductions.iter().any(introduced)
            || self.nominations.iter().any(named)
            || self.conversations.iter().any(|three| three.contains(&viewer) && three.contains(&who))
    }

    pub(super) fn is_paused(&self, who: Who, now: At) -> bool {
        self.people[who].paused_until.is_some_and(|until| now < until)
    }

    /// The introductions that show to somebody in this place: those that reached them, with two others who exist.
    pub(super) fn introductions_of(&self, who: Who, place: usize) -> impl Iterator<Item = &Introduction> {
        self.introductions.iter().filter(move |it| {
            it.three[place] == who
                && it.reached[place].is_some()
                && it.three.iter().all(|other| *other == who || self.exists(who, *other))
        })
    }

    /// Whether a nomination shows to its nominee, its nominator or the asker.
    pub(super) fn shows(&self, it: &Nomination, viewer: Who) -> bool {
        let asker = self.asks[it.ask].asker;
        if viewer == it.nominee {
            it.reached && self.exists(viewer, asker) && self.exists(viewer, it.nominator)
        } else if viewer == it.nominator {
            self.exists(viewer, asker) && self.exists(viewer, it.nominee)
        } else if viewer == asker {
            let known = it.state != "ACCEPTED" || self.exists(viewer, it.nominee);
            known && self.exists(viewer, it.nominator)
        } else {
            false
        }
    }

    /// Where a nomination stands for its nominee, or for the asker and the nominator, to whom a no never shows.
    pub(super) fn nomination_seen(&self, it: &Nomination, viewer: Who, now: At) -> &'static str {
        let waiting = if now < it.expires { "OFFERED" } else { "EXPIRED" };
        let closed = self.asks[it.ask].closed.is_some_and(|at| at < it.expires);
        match it.state {
            "ACCEPTED" => "ACCEPTED",
            "OFFERED" if viewer == it.nominee => waiting,
            state if viewer == it.nominee => state,
            _ if closed => "CLOSED",
            _ => waiting,
        }
    }

    /// Whether an ask is put to somebody.
    pub(super) fn is_put_to(&self, ask: &Ask, who: Who, now: At) -> bool {
        ask.is_open(now) && ask.asker != who && self.are_tied(ask.asker, who) && self.exists(who, ask.asker)
    }
}

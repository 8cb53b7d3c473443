//! The model's state machines: what a command is answered, and what it changes.

use super::model::{Asked, At, CONNECTOR, DAY, Introduction, Model, REQUESTER, TARGET, Who, pair};
use super::plan::Command;

/// The codes by any of which a command may be refused; none if it is done.
pub(super) type Codes = Vec<&'static str>;

impl Model {
    /// What a command is answered. What it changes is changed, but for what it makes, which has ids.
    pub(super) fn step(&mut self, command: &Command, now: At) -> Codes {
        match command {
            Command::Request { three, .. } => self.request(*three, now),
            Command::PassOn(who, at) => self.pass_on(*who, *at, now),
            Command::Decline(who, at) => self.decline(*who, *at, now),
            Command::Accept(who, at) => self.accept(*who, *at, now),
            Command::Withdraw(who, at) => self.withdraw(*who, *at, now),
            Command::Outcome(who, at, outcome) => self.outcome(*who, *at, outcome, now),
            Command::Ask { who, .. } => {
                let open = self.asks.iter().filter(|ask| ask.asker == *who && ask.is_open(now)).count();
                if open < 5 { Codes::new() } else { vec!["TOO_MANY_ASKS"] }
            }
            Command::Nominate { who, ask, nominee } => self.nominate(*who, *ask, *nominee, now),
            Command::AcceptNomination(who, at) => self.accept_nomination(*who, *at, now),
            Command::DeclineNomination(who, at) => self.answered(*who, *at, "DECLINED", now),
            Command::CloseAsk(who, at) => self.close_ask(*who, *at, now),
            Command::EndTie(a, b) => self.end_tie(*a, *b, now),
            Command::Tie(a, b) => self.tie(*a, *b, now),
            Command::Block(owner, blocked) => self.block(*owner, *blocked, now),
            Command::Unblock(owner, blocked) => {
                self.blocks.remove(&(*owner, *blocked));
                Codes::new()
            }
            Command::Findable(who, shown) => {
                self.people[*who].findable = *shown;
                Codes::new()
            }
            Command::AsRoute(who, shown) => {
                self.people[*who].as_route = *shown;
                Codes::new()
            }
            Command::Takes(who, most) => {
                self.people[*who].most = *most;
                self.deliver(*who, CONNECTOR, now);
                self.deliver(*who, TARGET, now);
                Codes::new()
            }
            Command::Pause(who, length) => {
                self.people[*who].paused_until = length.map(|length| now + length);
                self.deliver(*who, CONNECTOR, now);
                self.deliver(*who, TARGET, now);
                Codes::new()
            }
            Command::Suspend(who) => {
                self.suspend(*who, now);
                Codes::new()
            }
            Command::Restore(who) => {
                self.people[*who].suspended = false;
                Codes::new()
            }
            Command::Pass { .. } => Codes::new(),
            Command::Timers => {
                self.deliver_all(now);
                Codes::new()
            }
        }
    }

    pub(super) fn request(&self, [requester, connector, target]: [Who; 3], now: At) -> Codes {
        let to_target = match self.relation(requester, target, now) {
            None => Some("NOT_FOUND"),
            Some("SELF") => Some("YOURSELF"),
            Some("TIE") => Some("ALREADY_TIED"),
            Some(_) => None,
        };
        let through = match self.relation(requester, connector, now) {
            None => Some("NOT_FOUND"),
            Some("TIE") => None,
            Some(_) => Some("NO_ROUTE"),
        };
        let mut codes: Codes = to_target.into_iter().chain(through).collect();
        if !codes.is_empty() {
            return codes;
        }
        if !self.is_route([requester, connector, target]) {
            return vec!["NO_ROUTE"];
        }
        if self.is_paused(connector, now) || self.is_paused(target, now) {
            codes.push("NOT_TAKING_INTRODUCTIONS");
        }
        let mine = || self.introductions.iter().filter(|it| it.three[REQUESTER] == requester);
        if mine().filter(|it| it.looks_open(REQUESTER, now)).count() >= 10 {
            codes.push("TOO_MANY_INTRODUCTIONS");
        }
        for it in mine().filter(|it| it.three[TARGET] == target) {
            match it.seen(REQUESTER, now) {
                ("REQUESTED", _) => codes.push("WRONG_STATE"),
                ("ACCEPTED", _) => {}
                (_, since) if now < since + 90 * DAY => codes.push("TOO_SOON"),
                _ => {}
            }
        }
        codes
    }

    /// The introduction as one of its three may act on it: it reached them, and both others exist for them.
    fn mine(&self, who: Who, at: usize) -> Result<usize, Codes> {
        let it = &self.introductions[at];
        let others = it.three.iter().all(|other| *other == who || self.exists(who, *other));
        it.place_of(who).filter(|_| others).ok_or_else(|| vec!["NOT_FOUND"])
    }

    fn pass_on(&mut self, who: Who, at: usize, now: At) -> Codes {
        let place = match self.mine(who, at) {
            Ok(place) => place,
            Err(codes) => return codes,
        };
        let three = self.introductions[at].three;
        if place != CONNECTOR || !self.introductions[at].looks_awaiting(CONNECTOR, now) || self.is_gone(at, now) {
            return vec!["WRONG_STATE"];
        }
        self.introductions[at].passed = true;
        self.deliver(three[TARGET], TARGET, now);
        Codes::new()
    }

    /// Whether an introduction that looks open is not, or a guard is gone, which ends it.
    fn is_gone(&mut self, at: usize, now: At) -> bool {
        let holds = self.is_route(self.introductions[at].three);
        let it = &mut self.introductions[at];
        if it.is_open(now) && !holds {
            it.over = Some(now);
        }
        !it.is_open(now)
    }

    fn decline(&mut self, who: Who, at: usize, now: At) -> Codes {
        let place = match self.mine(who, at) {
            Ok(place) => place,
            Err(codes) => return codes,
        };
        let it = &mut self.introductions[at];
        if it.seen(place, now).0 == "DECLINED" {
            return Codes::new();
        }
        if !it.looks_awaiting(place, now) {
            return vec!["WRONG_STATE"];
        }
        it.declined_by = Some(who);
        it.over = it.over.or(Some(now));
        Codes::new()
    }

    fn accept(&mut self, who: Who, at: usize, now: At) -> Codes {
        let place = match self.mine(who, at) {
            Ok(place) => place,
            Err(codes) => return codes,
        };
        let it = &self.introductions[at];
        if place == TARGET && it.accepted {
            return Codes::new();
        }
        if place != TARGET || !it.looks_awaiting(TARGET, now) || self.is_gone(at, now) {
            return vec!["WRONG_STATE"];
        }
        let three = self.introductions[at].three;
        self.introductions[at].accepted = true;
        self.conversations.push(three);
        self.ask_tie(three[REQUESTER], three[TARGET], now);
        Codes::new()
    }

    /// The two are asked whether they are tied by now, unless they are, or are asked already.
    fn ask_tie(&mut self, a: Who, b: Who, now: At) {
        let two = pair(a, b);
        let waits = |tie: &Asked| tie.two == two && tie.no_by.is_none() && now < tie.expires;
        if !self.are_tied(a, b) && !self.asked.iter().any(waits) {
            self.asked.retain(|tie| tie.two != two || tie.no_by.is_some());
            self.asked.push(Asked { two, expires: now + 30 * DAY, no_by: None });
        }
    }

    fn withdraw(&mut self, who: Who, at: usize, now: At) -> Codes {
        let place = match self.mine(who, at) {
            Ok(place) => place,
            Err(codes) => return codes,
        };
        let it = &mut self.introductions[at];
        if place != REQUESTER {
            return vec!["WRONG_STATE"];
        }
        match it.seen(REQUESTER, now).0 {
            "WITHDRAWN" => {}
            "REQUESTED" => it.withdrawn = Some(now),
            _ => return vec!["WRONG_STATE"],
        }
        Codes::new()
    }

    fn outcome(&mut self, who: Who, at: usize, outcome: &'static str, _now: At) -> Codes {
        let place = match self.mine(who, at) {
            Ok(place) => place,
            Err(codes) => return codes,
        };
        let it = &mut self.introductions[at];
        if place == CONNECTOR || !it.accepted {
            return vec!["WRONG_STATE"];
        }
        let said = it.outcomes.entry(who).or_insert(outcome);
        if *said == outcome { Codes::new() } else { vec!["WRONG_STATE"] }
    }

    /// Lets what waits for somebody in this place reach them, the oldest first, as far as there is room this month.
    pub(super) fn deliver(&mut self, who: Who, place: usize, now: At) {
        let theirs = |it: &Introduction| it.three[place] == who;
        let month = |it: &&Introduction| theirs(it) && it.reached[place].is_some_and(|at| now - 30 * DAY < at);
        let taken = self.introductions.iter().filter(month).count();
        let room = self.people[who].most[place].saturating_sub(taken);
        let waits = |it: &Introduction| {
            theirs(it) && it.is_open(now) && it.reached[place].is_none() && it.passed == (place == TARGET)
        };
        let mut waiting: Vec<usize> =
            (0..self.introductions.len()).filter(|at| waits(&self.introductions[*at])).collect();
        waiting.sort_by_key(|at| (self.introductions[*at].created, self.introductions[*at].uuid));
        for at in waiting.into_iter().take(room) {
            self.introductions[at].reached[place] = Some(now);
        }
    }

    /// What a timer does for everybody.
    pub(super) fn deliver_all(&mut self, now: At) {
        for who in 0..self.people.len() {
            self.deliver(who, CONNECTOR, now);
            self.deliver(who, TARGET, now);
        }
    }

    fn nominate(&mut self, who: Who, ask: usize, nominee: Who, now: At) -> Codes {
        let ask = &self.asks[ask];
        if !self.is_put_to(ask, who, now) {
            return vec!["NOT_FOUND"];
        }
        if nominee == who || nominee == ask.asker || !self.are_tied(who, nominee) || self.people[nominee].suspended {
            return vec!["NOT_TIED"];
        }
        Codes::new()
    }

    /// The nominee's answer.
    fn answered(&mut self, who: Who, at: usize, answer: &'static str, now: At) -> Codes {
        let it = &self.nominations[at];
        if it.nominee != who || !self.shows(it, who) {
            return vec!["NOT_FOUND"];
        }
        let seen = self.nomination_seen(it, who, now);
        if seen == answer {
            return Codes::new();
        }
        if seen != "OFFERED" {
            return vec!["WRONG_STATE"];
        }
        self.nominations[at].state = answer;
        Codes::new()
    }

    fn accept_nomination(&mut self, who: Who, at: usize, now: At) -> Codes {
        let before = self.nominations[at].state;
        let codes = self.answered(who, at, "ACCEPTED", now);
        if codes.is_empty() && before != "ACCEPTED" {
            let (ask, nominator) = (self.nominations[at].ask, self.nominations[at].nominator);
            let asker = self.asks[ask].asker;
            self.close_nominations(now, |_, it| it.ask == ask && it.nominee == who);
            self.conversations.push([asker, nominator, who]);
            self.ask_tie(asker, who, now);
        }
        codes
    }

    fn close_ask(&mut self, who: Who, at: usize, now: At) -> Codes {
        if self.asks[at].asker != who {
            return vec!["NOT_FOUND"];
        }
        if self.asks[at].closed.is_none() {
            self.asks[at].closed = Some(now);
            self.close_nominations(now, |_, it| it.ask == at);
        }
        Codes::new()
    }

    /// Closes the nominations among some that wait for an answer; `some` is also told who asks.
    fn close_nominations(&mut self, now: At, some: impl Fn(Who, &super::model::Nomination) -> bool) {
        for it in &mut self.nominations {
            if it.state == "OFFERED" && now < it.expires && some(self.asks[it.ask].asker, it) {
                it.state = "CLOSED";
            }
        }
    }

    /// Closes the introductions among some that are open.
    fn close_introductions(&mut self, now: At, some: impl Fn(&Introduction) -> bool) {
        for it in self.introductions.iter_mut().filter(|it| it.is_open(now) && some(it)) {
            it.over = Some(now);
        }
    }

    fn end_tie(&mut self, a: Who, b: Who, now: At) -> Codes {
        self.ties.remove(&pair(a, b));
        let over = |it: &Introduction, x: usize, y: usize| pair(it.three[x], it.three[y]) == pair(a, b);
        self.close_introductions(now, |it| over(it, REQUESTER, CONNECTOR) || over(it, CONNECTOR, TARGET));
        self.close_nominations(now, |_, it| pair(it.nominator, it.nominee) == pair(a, b));
        Codes::new()
    }

    /// The two meet.
    fn tie(&mut self, a: Who, b: Who, now: At) -> Codes {
        if self.are_apart(a, b) || self.people[a].suspended || self.people[b].suspended {
            return vec!["INVALID_CODE"];
        }
        if self.ties.insert(pair(a, b)) {
            self.asked.retain(|tie| tie.two != pair(a, b) || tie.no_by.is_some());
            // Both know that they are tied, so it shows at once that there is nothing left to introduce, whoever said no before.
            for it in &mut self.introductions {
                let between = pair(it.three[REQUESTER], it.three[TARGET]) == pair(a, b);
                if between && it.looks_open(REQUESTER, now) {
                    it.over = it.over.or(Some(now));
                    it.reveal = now;
                }
            }
        }
        Codes::new()
    }

    fn block(&mut self, owner: Who, blocked: Who, now: At) -> Codes {
        if self.relation(owner, blocked, now).is_none() && !self.blocks.contains(&(owner, blocked)) {
            return vec!["NOT_FOUND"];
        }
        self.blocks.insert((owner, blocked));
        let two = pair(owner, blocked);
        self.ties.remove(&two);
        for tie in self.asked.iter_mut().filter(|tie| tie.two == two && tie.no_by.is_none()) {
            tie.no_by = Some(owner);
        }
        let both = |some: &[Who]| some.contains(&owner) && some.contains(&blocked);
        self.close_introductions(now, |it| both(&it.three));
        self.close_nominations(now, |asker, it| both(&[asker, it.nominator, it.nominee]));
        Codes::new()
    }

    fn suspend(&mut self, who: Who, now: At) {
        if std::mem::replace(&mut self.people[who].suspended, true) {
            return;
        }
        self.close_introductions(now, |it| it.three.contains(&who));
        self.close_nominations(now, |asker, it| [asker, it.nominator, it.nominee].contains(&who));
        for ask in self.asks.iter_mut().filter(|ask| ask.asker == who) {
            ask.closed = ask.closed.or(Some(now));
        }
    }
}

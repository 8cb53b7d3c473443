//! What the server answers, beside what the model says.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::model::{Introduction, Nomination, REQUESTER, Who};
use super::stage::Stage;

const ROLES: [&str; 3] = ["REQUESTER", "CONNECTOR", "TARGET"];
const STATES: [&str; 7] = ["REQUESTED", "PASSED_ON", "ACCEPTED", "DECLINED", "WITHDRAWN", "EXPIRED", "CLOSED"];

const LOOK: &str = "query($people: [ID!]!, $introductions: [ID!]!, $nominations: [ID!]!) {
    people: nodes(ids: $people) { ... on Member { handle relationToViewer takesIntroductions } }
    introductions: nodes(ids: $introductions) { ... on Introduction { id viewerRole } }
    nominations: nodes(ids: $nominations) { ... on Nomination { id } }
    viewer {
        REQUESTER: introductions(as: REQUESTER, first: 100) { ...Introductions }
        CONNECTOR: introductions(as: CONNECTOR, first: 100) { ...Introductions }
        TARGET: introductions(as: TARGET, first: 100) { ...Introductions }
        MINE: asks(direction: MINE, first: 20) { ...Asks }
        FOR_ME: asks(direction: FOR_ME, first: 20) { ...Asks }
        NOMINEE: nominations(as: NOMINEE, first: 50) { ...Nominations }
        NOMINATOR: nominations(as: NOMINATOR, first: 50) { ...Nominations }
        conversations(first: 1) { totalCount }
    }
}
fragment Introductions on IntroductionConnection { totalCount nodes {
    id state awaitsViewer viewerRole note createdAt expiresAt myOutcome conversation { id }
    requester { handle } connector { handle } target { handle }
} }
fragment Asks on AskConnection { totalCount nodes {
    id state asker { handle } nominations(first: 20) { ...Nominations }
} }
fragment Nominations on NominationConnection { totalCount nodes {
    id state awaitsViewer note createdAt conversation { id } asker { handle } nominator { handle } nominee { handle }
} }";

/// A list by id, and as many as it says it has.
type Listed = (BTreeMap<String, Value>, Value);

/// A list as it was answered, newest first; what is null or not is all that is compared of moments and conversations.
fn listed(answer: &Value) -> Listed {
    let nodes = answer["nodes"].as_array().cloned().unwrap_or_default();
    let created: Vec<_> =
        nodes.iter().filter_map(|node| OffsetDateTime::parse(node["createdAt"].as_str()?, &Rfc3339).ok()).collect();
    assert!(created.is_sorted_by(|a, b| a >= b), "newest first: {created:?}");
    let row = |mut node: Value| {
        let id = node["id"].take().as_str().unwrap_or_default().to_owned();
        if let Some(fields) = node.as_object_mut() {
            fields.remove("id");
            fields.remove("createdAt");
            for there in ["expiresAt", "conversation"] {
                fields.get_mut(there).into_iter().for_each(|value| *value = json!(!value.is_null()));
            }
            fields.get_mut("nominations").into_iter().for_each(|value| *value = shown(listed(value)));
        }
        (id, node)
    };
    (nodes.into_iter().map(row).collect(), answer["totalCount"].clone())
}

fn shown((rows, total): Listed) -> Value {
    json!({"rows": rows, "total": total})
}

fn of(rows: BTreeMap<String, Value>) -> Value {
    let total = json!(rows.len());
    shown((rows, total))
}

/// What was seen of introductions and nominations, and as what: to know at the end that all was looked at.
pub(super) type Coverage = BTreeSet<(&'static str, &'static str)>;

impl Stage {
    /// Lets somebody look, and compares all they are answered with the model. The server's own timers may run in between:
    /// then they look again.
    pub(super) async fn compare(&mut self, viewers: &[Who], with_states: bool, covered: &mut Coverage) {
        for _ in 0..3 {
            let looks = viewers.iter().map(|viewer| self.look(*viewer, with_states));
            let wrong = join_all(looks).await.into_iter().find_map(Result::err);
            let moved = self.sync().await.expect("what reached whom");
            match wrong {
                None => break,
                Some(wrong) => assert!(moved, "{wrong}\nafter {:?}", self.played),
            }
        }
        let now = self.now();
        for viewer in viewers.iter().filter(|viewer| !self.model.people[**viewer].suspended) {
            for (place, role) in ROLES.into_iter().enumerate() {
                covered.extend(self.model.introductions_of(*viewer, place).map(|it| (role, it.seen(place, now).0)));
            }
            for it in self.model.nominations.iter().filter(|it| self.model.shows(it, *viewer)) {
                let nominee = if it.nominee == *viewer { "NOMINEE" } else { "OTHERS" };
                covered.insert((nominee, self.model.nomination_seen(it, *viewer, now)));
            }
        }
    }

    async fn look(&self, viewer: Who, with_states: bool) -> Result<(), String> {
        let asking = &self.people[viewer];
        if self.model.people[viewer].suspended {
            let answer = asking.ask("{ viewer { unreadNotificationCount } }", json!({})).await;
            assert_eq!(answer.pointer("/data/viewer"), None, "{} is suspended: {answer}", asking.name);
            return Ok(());
        }
        let people: Vec<String> = self.people.iter().map(|person| person.global_id()).collect();
        let newest = |ids: Vec<&String>| ids.into_iter().rev().take(100).cloned().collect::<Vec<String>>();
        let introductions = newest(self.model.introductions.iter().map(|it| &it.id).collect());
        let nominations = newest(self.model.nominations.iter().map(|it| &it.id).collect());
        let ids = json!({"people": people, "introductions": introductions, "nominations": nominations});
        let answer = asking.run(LOOK, ids).await;
        let same = |what: &str, answered: Value, expected: Value| match answered == expected {
            true => Ok(()),
            false => Err(format!("{what} of {}:\nexpected {expected:#}\nanswered {answered:#}", asking.name)),
        };
        same("the people", answer["people"].clone(), self.seen_people(viewer))?;
        let nodes = introductions.iter().map(|id| {
            let it = self.model.introductions.iter().find(|it| it.id == *id)?;
            let place = it
                .place_of(viewer)
                .filter(|place| self.model.introductions_of(viewer, *place).any(|own| own.id == *id))?;
            Some(json!({"id": id, "viewerRole": ROLES[place]}))
        });
        same("the nodes", answer["introductions"].clone(), nodes.collect())?;
        let nodes = nominations.iter().map(|id| {
            let it = self.model.nominations.iter().find(|it| it.id == *id)?;
            self.model.shows(it, viewer).then(|| json!({"id": id}))
        });
        same("the nominations by id", answer["nominations"].clone(), nodes.collect())?;
        let seen = &answer["viewer"];
        for (place, role) in ROLES.into_iter().enumerate() {
            same(role, shown(listed(&seen[role])), of(self.seen_introductions(viewer, place)))?;
        }
        for direction in ["MINE", "FOR_ME"] {
            same(direction, shown(listed(&seen[direction])), of(self.seen_asks(viewer, direction)))?;
        }
        for role in ["NOMINEE", "NOMINATOR"] {
            let mine = |it: &&Nomination| viewer == if role == "NOMINEE" { it.nominee } else { it.nominator };
            let mine = self.model.nominations.iter().filter(mine);
            same(role, shown(listed(&seen[role])), of(self.seen_nominations(viewer, mine)))?;
        }
        let conversations = self.model.conversations.iter().filter(|three| three.contains(&viewer)).count();
        same("the conversations", seen["conversations"]["totalCount"].clone(), json!(conversations))?;
        if with_states { self.look_at_states(viewer).await } else { Ok(()) }
    }

    /// The lists of those that stand in one state.
    async fn look_at_states(&self, viewer: Who) -> Result<(), String> {
        let list = |role: &str, state: &str| {
            format!(
                "{role}_{state}: introductions(as: {role}, state: {state}, first: 100) {{ totalCount nodes {{ id state }} }}"
            )
        };
        let lists: Vec<String> = ROLES.iter().flat_map(|role| STATES.iter().map(|state| list(role, state))).collect();
        let answer = self.people[viewer].query(&format!("{{ viewer {{ {} }} }}", lists.join("\n"))).await;
        let now = self.now();
        for (place, role) in ROLES.into_iter().enumerate() {
            for state in STATES {
                let those = self.model.introductions_of(viewer, place).filter(|it| it.seen(place, now).0 == state);
                let expected = of(those.map(|it| (it.id.clone(), json!({"state": state}))).collect());
                let answered = shown(listed(&answer["viewer"][format!("{role}_{state}")]));
                if answered != expected {
                    return Err(format!("{role} {state} of {viewer}:\nexpected {expected:#}\nanswered {answered:#}"));
                }
            }
        }
        Ok(())
    }

    /// Somebody's handle, if they show.
    fn handle(&self, viewer: Who, who: Who) -> Value {
        match self.model.relation(viewer, who, self.now()) {
            Some(_) => json!({"handle": self.model.people[who].handle}),
            None => Value::Null,
        }
    }

    fn seen_people(&self, viewer: Who) -> Value {
        let now = self.now();
        let person = |who: Who| {
            let relation = self.model.relation(viewer, who, now)?;
            let (handle, takes) = (&self.model.people[who].handle, !self.model.is_paused(who, now));
            Some(json!({"handle": handle, "relationToViewer": relation, "takesIntroductions": takes}))
        };
        (0..self.people.len()).map(person).collect()
    }

    fn seen_introductions(&self, viewer: Who, place: usize) -> BTreeMap<String, Value> {
        let now = self.now();
        let row = |it: &Introduction| {
            let open = it.looks_open(place, now);
            let [requester, connector, target] = it.three.map(|who| self.handle(viewer, who));
            let row = json!({
                "state": it.seen(place, now).0,
                "awaitsViewer": it.looks_awaiting(place, now),
                "viewerRole": ROLES[place],
                "note": if place != REQUESTER && it.passed { json!("They plant trees.") } else { Value::Null },
                "expiresAt": open,
                "myOutcome": it.outcomes.get(&viewer),
                "conversation": it.accepted,
                "requester": requester,
                "connector": connector,
                "target": target,
            });
            (it.id.clone(), row)
        };
        self.model.introductions_of(viewer, place).map(row).collect()
    }

    fn seen_asks(&self, viewer: Who, direction: &str) -> BTreeMap<String, Value> {
        let now = self.now();
        let mut rows = BTreeMap::new();
        for (at, ask) in self.model.asks.iter().enumerate() {
            let is_mine = ask.asker == viewer;
            let shows = if direction == "MINE" { is_mine } else { self.model.is_put_to(ask, viewer, now) };
            if shows {
                let here = |it: &&Nomination| it.ask == at && (is_mine || it.nominator == viewer);
                let here = self.model.nominations.iter().filter(here);
                let nominations = of(self.seen_nominations(viewer, here));
                let state = if ask.is_open(now) { "OPEN" } else { "CLOSED" };
                let asker = self.handle(viewer, ask.asker);
                rows.insert(ask.id.clone(), json!({"state": state, "asker": asker, "nominations": nominations}));
            }
        }
        rows
    }

    fn seen_nominations<'a>(&self, viewer: Who, some: impl Iterator<Item = &'a Nomination>) -> BTreeMap<String, Value> {
        let now = self.now();
        let row = |it: &Nomination| {
            let ask = &self.model.asks[it.ask];
            let (accepted, is_nominee, is_asker) = (it.state == "ACCEPTED", it.nominee == viewer, ask.asker == viewer);
            let knows_asker = !is_nominee || ask.named || accepted;
            let state = self.model.nomination_seen(it, viewer, now);
            let row = json!({
                "state": state,
                "awaitsViewer": is_nominee && state == "OFFERED",
                "note": if is_asker { Value::Null } else { json!("Long ladders.") },
                "conversation": accepted,
                "asker": if knows_asker { self.handle(viewer, ask.asker) } else { Value::Null },
                "nominator": self.handle(viewer, it.nominator),
                "nominee": if is_asker && !accepted { Value::Null } else { self.handle(viewer, it.nominee) },
            });
            (it.id.clone(), row)
        };
        some.filter(|it| self.model.shows(it, viewer)).map(row).collect()
    }
}

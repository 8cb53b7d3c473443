//! Worlds that differ only in what the requester must not know answer the requester the same, word for word and at every
//! moment: who said no, whether it was passed on, a route that does not show, a block between others, and who waits.
//!
//! The worlds of a run are parts of one: people who know nobody of another part, and whose clock is the same.

mod plain;

use domain::introduction::{deliver_waiting, tell_ended};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use self::plain::Plain;
use crate::story;
use crate::support::{Person, World, listed, text};

/// What the requester must not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Secret {
    /// Nobody has answered.
    Nothing,
    ConnectorDeclined,
    PassedOn,
    TargetDeclined,
    /// The target says no after the moment at which it would have shown.
    DeclinedLate,
    /// Dora, whom the requester knows, knows the target, and does not let that show.
    HiddenRoute,
    /// The target blocks somebody whom the requester does not know, or whom the connector knows as well.
    BlockElsewhere,
    BlockNextTo,
    /// It waits for its turn with the connector, or with the target.
    ConnectorQueued,
    TargetQueued,
    /// Whoever was named for the requester's ask says no, or has blocked the requester before.
    NomineeDeclined,
    NomineeUnreached,
    /// The connector and the target part, in one of three ways, or after a no.
    Parted,
    ConnectorBlocks,
    TargetBlocks,
    PartedAfterNo,
    PartedAfterPassedOn,
}

use Secret::*;

/// What the requester does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Waits,
    Withdraws,
    /// Ends the tie with the connector.
    Parts,
    MeetsTarget,
    /// And takes that back.
    BlocksTarget,
}

/// Those that answer the same all the time; of the first two all answer the same until a no shows.
const FAMILIES: [(Act, &[Secret]); 7] = [
    (
        Act::Waits,
        &[
            Nothing,
            PassedOn,
            DeclinedLate,
            HiddenRoute,
            BlockElsewhere,
            BlockNextTo,
            ConnectorQueued,
            TargetQueued,
            NomineeDeclined,
            NomineeUnreached,
        ],
    ),
    (Act::Waits, &[ConnectorDeclined, TargetDeclined]),
    (Act::Waits, &[Parted, ConnectorBlocks, TargetBlocks, PartedAfterNo, PartedAfterPassedOn]),
    (Act::Withdraws, &KINDS),
    (Act::Parts, &KINDS),
    (Act::MeetsTarget, &KINDS),
    (Act::BlocksTarget, &KINDS),
];
const KINDS: [Secret; 4] = [Nothing, ConnectorDeclined, TargetDeclined, TargetQueued];
/// Those that differ in what became of the nomination alone.
const NAMED_ABOUT: [Secret; 3] = [Nothing, NomineeDeclined, NomineeUnreached];

/// Everything the requester can ask.
const ALL: &str = "query($people: [ID!]!, $things: [ID!]!) {
    people: nodes(ids: $people) { ... on Member { id name handle headline bio skills area email phone relationToViewer
        takesIntroductions mutuals(first: 10) { totalCount nodes { handle } } } }
    things: nodes(ids: $things) { __typename ... on Introduction { ...Introduction } ... on Ask { ...Ask } }
    viewer {
        any: introductions(first: 10) { ...Introductions }
        first: introductions(first: 1) { ...Introductions }
        requested: introductions(state: REQUESTED, first: 10) { ...Introductions }
        passedOn: introductions(state: PASSED_ON, first: 10) { ...Introductions }
        accepted: introductions(state: ACCEPTED, first: 10) { ...Introductions }
        declined: introductions(state: DECLINED, first: 10) { ...Introductions }
        withdrawn: introductions(state: WITHDRAWN, first: 10) { ...Introductions }
        expired: introductions(state: EXPIRED, first: 10) { ...Introductions }
        closed: introductions(state: CLOSED, first: 10) { ...Introductions }
        connector: introductions(as: CONNECTOR, first: 10) { ...Introductions }
        target: introductions(as: TARGET, first: 10) { ...Introductions }
        notifications(first: 10) { totalCount edges { cursor node { id kind deepLink createdAt readAt node { __typename id } } } }
        unreadNotificationCount
        network(first: 10) { totalCount edges { mutualCount node { handle } routes(first: 10) { inPerson takesIntroductions connector { handle } } } }
        reach { ties network }
        asks(direction: MINE, first: 10) { totalCount edges { cursor node { ...Ask } } }
        forMe: asks(direction: FOR_ME, first: 10) { totalCount nodes { id } }
        named: nominations(as: NOMINEE, first: 10) { totalCount nodes { id } }
        naming: nominations(as: NOMINATOR, first: 10) { totalCount nodes { id } }
        conversations(first: 10) { totalCount nodes { id kind muted createdAt lastActiveAt unreadCount } }
        ties(first: 10) { totalCount edges { cursor node { id state evidence createdAt other { handle } } } }
        pending: ties(state: PENDING, first: 10) { totalCount nodes { id other { handle } } }
        claims(first: 10) { totalCount }
        blocks(first: 10) { totalCount }
        introductionPolicy { asConnector asTarget pausedUntil }
    }
}
fragment Introductions on IntroductionConnection { totalCount pageInfo { hasNextPage endCursor }
    edges { cursor node { ...Introduction } } }
fragment Introduction on Introduction { id viewerRole state stateSince reason note awaitsViewer createdAt expiresAt myOutcome
    myOutcomeNote goal { id } conversation { id } requester { handle } connector { handle } target { handle } }
fragment Ask on Ask { id state need createdAt expiresAt asker { handle } matches { handle } nominations(first: 10) {
    totalCount edges { cursor node { id state note awaitsViewer createdAt expiresAt need asker { handle } nominator { handle }
        nominee { handle } conversation { id } } } } }";

/// What the nominator can ask about whom they named.
const NAMED: &str = "{ viewer { nominations(as: NOMINATOR, first: 10) { totalCount edges { cursor node { id state note awaitsViewer
    createdAt expiresAt need asker { handle } nominator { handle } nominee { handle } conversation { id } ask { id state } } } }
    asks(direction: FOR_ME, first: 10) { totalCount nodes { id state nominations(first: 10) { totalCount nodes { id state } } } } } }";

const NAMES: [&str; 9] = ["ana", "bela", "cleo", "dora", "eli", "fay", "gil", "ned", "hal"];

/// One of the worlds, and what was heard in it.
struct Part {
    act: Act,
    secret: Secret,
    /// In the order of [`NAMES`].
    people: Vec<Person>,
    introduction: String,
    ask: String,
    nomination: String,
    plain: Plain,
    /// What the requester heard at each moment; then what the nominator did.
    heard: Vec<(String, Value)>,
    told: Vec<(String, Value)>,
}

/// Asks to be introduced to `target`; the answer with its refusals.
async fn request(ana: &Person, through: &Person, target: &Person) -> Value {
    let document = "mutation($input: RequestIntroductionInput!) { requestIntroduction(input: $input) {
        introduction { id state stateSince createdAt expiresAt } introductionEdge { cursor }
        userErrors { __typename code message path ... on LimitError { retryAt } } } }";
    let input =
        json!({"targetId": target.global_id(), "connectorId": through.global_id(), "reason": "To plant a tree."});
    ana.mutate(document, json!({"input": input})).await
}

impl Part {
    async fn new(world: &World, at: usize, act: Act, secret: Secret) -> Self {
        let mark = format!("w{at:02}");
        let mut ties = vec![("ana", "bela"), ("bela", "cleo"), ("ana", "dora"), ("bela", "eli"), ("cleo", "fay")];
        ties.extend([("gil", "bela"), ("bela", "ned"), ("gil", "hal")]);
        if secret == HiddenRoute {
            ties.push(("dora", "cleo"));
        }
        world.import(listed(&mark, &NAMES, &ties)).await;
        let mut people = Vec::new();
        for name in NAMES {
            people.push(world.person(&format!("{mark}-{name}")).await);
        }
        let [ana, bela, cleo, dora, eli, fay, gil, ned, _] = &people[..] else { unreachable!("nine people") };
        // Who does not let their ties show, and who does not show to friends of friends.
        dora.show("asRoute: false").await;
        ned.show("findable: false").await;
        gil.show("findable: false").await;
        match secret {
            ConnectorQueued => {
                drop(bela.done("updateIntroductionPolicy", "__typename", json!({"asConnector": 1})).await)
            }
            TargetQueued => drop(cleo.done("updateIntroductionPolicy", "__typename", json!({"asTarget": 1})).await),
            BlockElsewhere => drop(cleo.block(fay).await),
            BlockNextTo => drop(cleo.block(eli).await),
            NomineeUnreached => assert_eq!(ned.block(ana).await["userErrors"], json!([])),
            _ => {}
        }
        // Somebody else asks as well, in every world.
        let others = text(&request(gil, bela, cleo).await["introduction"]["id"]);
        if secret == TargetQueued {
            bela.done("passOnIntroduction", "__typename", json!({"introductionId": others, "note": "Gil."})).await;
        }
        let asked = request(ana, bela, cleo).await;
        let introduction = text(&asked["introduction"]["id"]);
        let created = text(&asked["introduction"]["createdAt"]);
        let begun = OffsetDateTime::parse(&created, &Rfc3339).expect("a moment").unix_timestamp();
        let ask =
            ana.done("openAsk", "ask { id }", json!({"need": "Who has a ladder?", "days": 20})).await["ask"].take();
        let input = json!({"askId": ask["id"], "memberId": ned.global_id(), "note": "Ned has one."});
        let nomination = text(&bela.done("nominate", "nomination { id }", input).await["nomination"]["id"]);
        let (ask, plain) = (text(&ask["id"]), Plain::new(&mark, begun));
        let mut part =
            Self { act, secret, people, introduction, ask, nomination, plain, heard: Vec::new(), told: Vec::new() };
        part.hear("at once").await;
        part.answer().await;
        part
    }

    fn about(&self) -> Value {
        json!({"introductionId": self.introduction})
    }

    /// What happens that the requester must not know of.
    async fn answer(&self) {
        let [_, bela, cleo, .., ned, _] = &self.people[..] else { unreachable!("nine people") };
        if matches!(self.secret, PassedOn | TargetDeclined | DeclinedLate | TargetQueued | PartedAfterPassedOn) {
            let input = json!({"introductionId": self.introduction, "note": "They plant trees."});
            bela.done("passOnIntroduction", "__typename", input).await;
        }
        let is_seen = |seen: Value| {
            seen["viewer"]["introductions"]["nodes"]
                .as_array()
                .is_some_and(|all| all.iter().any(|it| it["id"] == self.introduction))
        };
        let queued = [("CONNECTOR", bela, ConnectorQueued), ("TARGET", cleo, TargetQueued)];
        for (role, person, secret) in queued {
            if self.secret == secret {
                let list = format!("{{ viewer {{ introductions(as: {role}) {{ nodes {{ id }} }} }} }}");
                assert!(!is_seen(person.query(&list).await), "it waits for its turn with {}", person.name);
            }
        }
        match self.secret {
            ConnectorDeclined => drop(bela.done("declineIntroduction", "__typename", self.about()).await),
            TargetDeclined => drop(cleo.done("declineIntroduction", "__typename", self.about()).await),
            NomineeDeclined => {
                drop(ned.done("declineNomination", "__typename", json!({"nominationId": self.nomination})).await);
            }
            Parted | PartedAfterPassedOn => part(bela, cleo).await,
            PartedAfterNo => {
                bela.done("declineIntroduction", "__typename", self.about()).await;
                part(bela, cleo).await;
            }
            ConnectorBlocks => drop(bela.block(cleo).await),
            TargetBlocks => drop(cleo.block(bela).await),
            _ => {}
        }
    }

    /// What the requester does.
    async fn act(&mut self) {
        let [ana, bela, cleo, ..] = &self.people[..] else { unreachable!("nine people") };
        let heard = match self.act {
            Act::Waits => return,
            Act::Withdraws => {
                ana.command("withdrawIntroduction", "introduction { id state stateSince }", self.about()).await
            }
            Act::Parts => {
                part(ana, bela).await;
                Value::Null
            }
            Act::MeetsTarget => {
                let shown = cleo.done("openHandshake", "handshake { code }", json!({"context": "FRIEND"})).await;
                let input = json!({"code": shown["handshake"]["code"]});
                ana.done("completeHandshake", "tie { state }", input).await
            }
            Act::BlocksTarget => {
                let block = ana.block(cleo).await["block"]["id"].clone();
                ana.done("unblockMember", "__typename", json!({"blockId": block})).await
            }
        };
        self.heard.push(("what was done".to_owned(), self.plain.answer(&heard)));
    }

    /// Lets the requester, and the nominator, ask everything.
    async fn hear(&mut self, moment: &str) {
        let [ana, bela, cleo, dora, eli, ..] = &self.people[..] else { unreachable!("nine people") };
        let people: Vec<String> = self.people[..7].iter().map(|person| person.global_id()).collect();
        let things = [&self.introduction, &self.ask, &self.nomination];
        let all = ana.run(ALL, json!({"people": people, "things": things})).await;
        self.heard.push((moment.to_owned(), self.plain.answer(&all)));
        for (through, to) in [(bela, cleo), (dora, cleo), (bela, eli), (eli, cleo)] {
            let what = format!("{moment}, asking for {} through {}", &to.name[4..], &through.name[4..]);
            let answer = request(ana, through, to).await;
            self.heard.push((what, self.plain.answer(&answer)));
        }
        if NAMED_ABOUT.contains(&self.secret) {
            let named = bela.query(NAMED).await;
            self.told.push((moment.to_owned(), self.plain.answer(&named)));
        }
    }
}

/// Ends the tie of two.
async fn part(ender: &Person, other: &Person) {
    let answer = ender.query("{ viewer { ties(first: 100) { nodes { id other { handle } } } } }").await;
    let nodes = answer["viewer"]["ties"]["nodes"].as_array().cloned().unwrap_or_default();
    let tie = nodes.iter().find(|tie| tie["other"]["handle"] == other.name).expect("a tie");
    assert_eq!(ender.answer("endTie", tie["id"].as_str().expect("an id")).await["tie"]["state"], "ENDED");
}

/// The first thing in which two have heard something else, among what the `moments` first times brought.
fn difference(one: &Part, other: &Part, moments: usize) -> Option<String> {
    assert_eq!(one.heard.len(), other.heard.len());
    let heard = one.heard.iter().zip(&other.heard).take(moments);
    let ((moment, one_heard), (_, other_heard)) = heard.into_iter().find(|(one, other)| one.1 != other.1)?;
    let (a, b) = (format!("{one_heard:#}"), format!("{other_heard:#}"));
    let lines = a.lines().zip(b.lines()).find(|(a, b)| a != b);
    let differ = format!("{:?}: {:?} and {:?} differ {moment}: {lines:?}", one.act, one.secret, other.secret);
    Some(differ)
}

story! {
    async fn worlds_that_differ_in_a_hidden_fact_answer_the_requester_the_same(world: World) {
        let mut parts = Vec::new();
        for (act, secrets) in FAMILIES {
            for secret in secrets {
                parts.push(Part::new(&world, parts.len(), act, *secret).await);
            }
        }
        // The lot falls on the tenth day, for all.
        world.execute("UPDATE introduction SET reveal_at = created_at + 864000000000").await;
        let timers = async || {
            deliver_waiting(&world.system()).await.expect("the database");
            tell_ended(&world.system()).await.expect("the database");
        };
        // Before anybody asks, so that it is the same moment for all: the server's own timers run in between as well.
        timers().await;
        for part in &mut parts {
            part.hear("after the answers").await;
        }
        for part in &mut parts {
            part.act().await;
        }
        timers().await;
        for part in parts.iter_mut().filter(|part| part.act != Act::Waits) {
            part.hear("after the requester's own doing").await;
        }
        // How often everybody has asked before a no shows.
        let mut before = 0;
        for (days, moment) in [(1, "a day later"), (10, "after a no shows"), (11, "after 21 days"), (90, "after 21 and 90 days")] {
            if days == 10 {
                before = parts[0].heard.len();
            }
            world.pass_days(days);
            timers().await;
            for part in &mut parts {
                if days == 10 && part.secret == DeclinedLate {
                    part.people[2].done("declineIntroduction", "__typename", part.about()).await;
                }
                part.hear(moment).await;
            }
        }
        let mut differ = Vec::new();
        for (act, secrets) in FAMILIES {
            let of = |part: &&Part| part.act == act && secrets.contains(&part.secret);
            let family: Vec<&Part> = parts.iter().filter(of).collect();
            assert_eq!(family.len(), secrets.len());
            differ.extend(family[1..].iter().filter_map(|other| difference(family[0], other, usize::MAX)));
        }
        let waiting: Vec<&Part> = parts.iter().filter(|part| part.act == Act::Waits).collect();
        let declined = waiting.iter().filter(|part| [ConnectorDeclined, TargetDeclined].contains(&part.secret));
        differ.extend(declined.filter_map(|other| difference(waiting[0], other, before)));
        assert!(differ.is_empty(), "{differ:#?}");
        let named: Vec<&&Part> = waiting.iter().filter(|part| NAMED_ABOUT.contains(&part.secret)).collect();
        assert!(named.len() == 3 && named.iter().all(|part| part.told == named[0].told), "the nominator is told nothing");
    }
}

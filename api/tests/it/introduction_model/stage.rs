//! A server and the model of the same people: each command is given to both, and answered by both.

use async_graphql::ID;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::account;
use domain::ctx::Timestamp;
use domain::introduction::{deliver_waiting, tell_ended};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::model::{Ask, At, CONNECTOR, DAY, Introduction, Model, Nomination, Someone, TARGET, Who};
use super::plan::Command;
use crate::support::{Person, World, listed, refusals, text};

/// Who is tied to whom at the beginning.
const TIES: [(usize, usize); 11] =
    [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7), (0, 7), (0, 3), (2, 6), (1, 5)];
const PEOPLE: usize = 8;

pub(super) struct Stage {
    world: World,
    rows: DatabaseConnection,
    pub(super) people: Vec<Person>,
    pub(super) model: Model,
    /// When the timers ran last: the service relies on their doing so.
    told: At,
    /// What was done so far, to be read when something is wrong.
    pub(super) played: Vec<Command>,
}

impl Stage {
    pub(super) async fn new(world: World) -> Self {
        let ids: Vec<String> = (0..PEOPLE).map(|who| who.to_string()).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let ties: Vec<(&str, &str)> = TIES.iter().map(|(a, b)| (ids[*a], ids[*b])).collect();
        world.import(listed("int", &ids, &ties)).await;
        let mut model = Model { ties: TIES.into_iter().collect(), ..Model::default() };
        let mut people = Vec::new();
        for id in ids {
            let person = world.person(&format!("int-{id}")).await;
            model.people.push(Someone {
                handle: person.name.clone(),
                findable: true,
                as_route: true,
                suspended: false,
                most: [0, 10, 10],
                paused_until: None,
            });
            people.push(person);
        }
        let (rows, told) = (world.rows().await, world.kith.clock.now().0);
        Self { world, rows, people, model, told, played: Vec::new() }
    }

    pub(super) fn now(&self) -> At {
        self.world.kith.clock.now().0
    }

    /// Gives a command to both, and compares what they answer; returns whether it was done.
    pub(super) async fn play(&mut self, command: &Command) -> bool {
        self.sync().await.expect("nothing has moved unseen");
        self.played.push(command.clone());
        let now = self.now();
        let expected = self.model.step(command, now);
        let (codes, made) = self.command(command).await;
        let as_expected = if expected.is_empty() {
            codes.is_empty()
        } else {
            codes.len() == 1 && expected.contains(&codes[0].as_str())
        };
        assert!(as_expected, "{command:?}: expected {expected:?}, got {codes:?}: {made}\n{:?}", self.played);
        if expected.is_empty() {
            self.write_down(command, &made).await;
        }
        if self.told + 60 * DAY < self.now() {
            self.timers().await;
        }
        self.sync().await.expect("what reached whom");
        expected.is_empty()
    }

    async fn timers(&mut self) {
        let ctx = self.world.system();
        deliver_waiting(&ctx).await.expect("the database");
        tell_ended(&ctx).await.expect("the database");
        self.told = self.now();
        self.model.deliver_all(self.told);
    }

    async fn command(&mut self, command: &Command) -> (Vec<String>, Value) {
        let it = |at: &usize| self.model.introductions[*at].id.clone();
        let named = |at: &usize| self.model.nominations[*at].id.clone();
        let about = |at: &usize| json!({"introductionId": it(at)});
        let id = |who: &Who| self.people[*who].global_id();
        let (who, mutation, shows, input) = match command {
            Command::Request { three: [one, through, other], .. } => {
                let input = json!({"targetId": id(other), "connectorId": id(through), "reason": "To plant a tree."});
                (one, "requestIntroduction", "introduction { id state }", input)
            }
            Command::PassOn(who, at) => {
                let input = json!({"introductionId": it(at), "note": "They plant trees."});
                (who, "passOnIntroduction", "introduction { id state }", input)
            }
            Command::Decline(who, at) => (who, "declineIntroduction", "introduction { id state }", about(at)),
            Command::Accept(who, at) => (who, "acceptIntroduction", "introduction { id state }", about(at)),
            Command::Withdraw(who, at) => (who, "withdrawIntroduction", "introduction { id state }", about(at)),
            Command::Outcome(who, at, outcome) => {
                let input = json!({"introductionId": it(at), "outcome": outcome});
                (who, "recordIntroductionOutcome", "introduction { id state }", input)
            }
            Command::Ask { who, named, days } => {
                let input = json!({"need": "Who has a ladder?", "nameAsker": named, "days": days});
                (who, "openAsk", "ask { id state }", input)
            }
            Command::Nominate { who, ask, nominee } => {
                let input =
                    json!({"askId": self.model.asks[*ask].id, "memberId": id(nominee), "note": "Long ladders."});
                (who, "nominate", "nomination { id state }", input)
            }
            Command::AcceptNomination(who, at) => {
                (who, "acceptNomination", "nomination { id state }", json!({"nominationId": named(at)}))
            }
            Command::DeclineNomination(who, at) => {
                (who, "declineNomination", "nomination { id state }", json!({"nominationId": named(at)}))
            }
            Command::CloseAsk(who, at) => {
                (who, "closeAsk", "ask { id state }", json!({"askId": self.model.asks[*at].id}))
            }
            Command::EndTie(who, other) => {
                let document = "{ viewer { it: ties(first: 100) { nodes { id other { handle } } } } }";
                let tie = self.found(*who, document, "/other/handle", &self.people[*other].name).await;
                (who, "endTie", "tie { id }", json!({"tieId": tie}))
            }
            Command::Tie(shows, scans) => {
                let shown =
                    self.people[*shows].done("openHandshake", "handshake { code }", json!({"context": "FRIEND"}));
                let code = shown.await["handshake"]["code"].clone();
                (scans, "completeHandshake", "tie { id state }", json!({"code": code}))
            }
            Command::Block(who, other) => (who, "blockMember", "block { id }", json!({"memberId": id(other)})),
            Command::Unblock(who, other) => {
                let document = "{ viewer { it: blocks(first: 100) { nodes { id memberId } } } }";
                let block = self.found(*who, document, "/memberId", &id(other)).await;
                (who, "unblockMember", "__typename", json!({"blockId": block}))
            }
            Command::Findable(who, shown) => (who, "updatePrivacy", "__typename", json!({"findable": shown})),
            Command::AsRoute(who, shown) => (who, "updatePrivacy", "__typename", json!({"asRoute": shown})),
            Command::Takes(who, most) => {
                let input = json!({"asConnector": most[CONNECTOR], "asTarget": most[TARGET]});
                (who, "updateIntroductionPolicy", "introductionPolicy { asTarget }", input)
            }
            Command::Pause(who, length) => {
                let until = length.map(|length| moment(self.now() + length));
                (who, "updateIntroductionPolicy", "introductionPolicy { asTarget }", json!({"pausedUntil": until}))
            }
            Command::Suspend(who) => {
                account::suspend(&self.world.system(), &self.people[*who].name).await.expect("suspended");
                return Default::default();
            }
            Command::Restore(who) => {
                account::restore(&self.world.system(), &self.people[*who].name).await.expect("restored");
                return Default::default();
            }
            Command::Pass { length, told } => {
                self.world.kith.clock.advance(std::time::Duration::from_micros(length.unsigned_abs()));
                if *told {
                    self.timers().await;
                }
                return Default::default();
            }
            Command::Timers => {
                self.timers().await;
                return Default::default();
            }
        };
        let payload = self.people[*who].command(mutation, shows, input).await;
        (refusals(&payload).into_iter().map(str::to_owned).collect(), payload)
    }

    /// The id of the one thing in a list of somebody's that has this value there.
    async fn found(&self, who: Who, document: &str, pointer: &str, value: &str) -> String {
        let answer = self.people[who].query(document).await;
        let nodes = answer["viewer"]["it"]["nodes"].as_array().cloned().unwrap_or_default();
        let found = nodes.iter().find(|node| node.pointer(pointer).and_then(Value::as_str) == Some(value));
        text(&found.unwrap_or_else(|| panic!("{who} has no {value} in {document}: {answer}"))["id"])
    }

    /// Takes what a command has made into the model: its id, and what was drawn for it.
    async fn write_down(&mut self, command: &Command, made: &Value) {
        match command {
            Command::Request { three, reveal } => {
                let (id, uuid) = global(&made["introduction"]);
                let row = self.row("introduction", uuid, "created_at, expires_at, reveal_at").await;
                let [created, expires, drawn] = [0, 1, 2].map(|at| row.try_get_by_index::<At>(at).expect("a moment"));
                assert_eq!(expires, created + 21 * DAY);
                assert!((created..expires).contains(&drawn), "it shows by the 21st day");
                // The lot is the test's, so that a failure comes again.
                let reveal = created + reveal;
                self.execute(&format!("UPDATE introduction SET reveal_at = {reveal} WHERE id = {}", self.hex(uuid)))
                    .await;
                let reached = [Some(created), None, None];
                self.model.introductions.push(Introduction {
                    uuid,
                    id,
                    three: *three,
                    created,
                    expires,
                    reveal,
                    reached,
                    passed: false,
                    accepted: false,
                    withdrawn: None,
                    over: None,
                    declined_by: None,
                    outcomes: Default::default(),
                });
                self.model.deliver(three[CONNECTOR], CONNECTOR, self.now());
            }
            Command::Ask { who, named, days } => {
                let (id, uuid) = global(&made["ask"]);
                let row = self.row("ask", uuid, "created_at, expires_at").await;
                let [created, expires] = [0, 1].map(|at| row.try_get_by_index::<At>(at).expect("a moment"));
                assert_eq!(expires, created + At::from(*days) * DAY);
                self.model.asks.push(Ask { id, asker: *who, named: *named, expires, closed: None });
            }
            Command::Nominate { who, ask, nominee } => {
                let (id, uuid) = global(&made["nomination"]);
                if self.model.nominations.iter().any(|it| it.id == id) {
                    return;
                }
                let same = |it: &Nomination| (it.ask, it.nominator, it.nominee) == (*ask, *who, *nominee);
                assert!(!self.model.nominations.iter().any(same), "somebody is named once");
                let row = self.row("nomination", uuid, "created_at, expires_at").await;
                let [created, expires] = [0, 1].map(|at| row.try_get_by_index::<At>(at).expect("a moment"));
                assert_eq!(expires, created + 14 * DAY);
                let reached = !self.model.are_apart(self.model.asks[*ask].asker, *nominee);
                let (ask, nominator, nominee) = (*ask, *who, *nominee);
                let state = "OFFERED";
                self.model.nominations.push(Nomination { id, ask, nominator, nominee, expires, reached, state });
            }
            _ => {}
        }
    }

    /// Reads to whom introductions have come. The server's own timers may have brought some that the model knows to be
    /// due; others must not move.
    pub(super) async fn sync(&mut self) -> Result<bool, String> {
        let backend = self.rows.get_database_backend();
        let statement = Statement::from_string(backend, "SELECT id, connector_at, target_at FROM introduction");
        let rows = self.rows.query_all_raw(statement).await.expect("the database");
        let mut found = Vec::new();
        for row in rows {
            let uuid: Uuid = row.try_get_by_index(0).expect("an id");
            let at = self.model.introductions.iter().position(|it| it.uuid == uuid).expect("a known introduction");
            found.push((at, [1, 2].map(|column| row.try_get_by_index::<Option<At>>(column).expect("a moment"))));
        }
        let fits = |model: &Model| {
            let same = |at: usize, place: usize, to: Option<At>| {
                model.introductions[at].reached[place].is_some() == to.is_some()
            };
            found.iter().find(|(at, [to_connector, to_target])| {
                !same(*at, CONNECTOR, *to_connector) || !same(*at, TARGET, *to_target)
            })
        };
        let moved = fits(&self.model).is_some();
        if moved {
            self.model.deliver_all(self.now());
        }
        if let Some((at, to)) = fits(&self.model) {
            return Err(format!("{:?} has reached {to:?}", self.model.introductions[*at]));
        }
        for (at, [to_connector, to_target]) in found {
            self.model.introductions[at].reached[CONNECTOR] = to_connector;
            self.model.introductions[at].reached[TARGET] = to_target;
        }
        Ok(moved)
    }

    /// Of each thing that happens, everybody is told once at the most.
    pub(super) async fn nothing_is_told_twice(&self) {
        let twice = "SELECT COUNT(*) FROM (SELECT 1 FROM notification WHERE kind <> 'MESSAGES' \
                     GROUP BY member_id, kind, subject_id HAVING COUNT(*) > 1) twice";
        let statement = Statement::from_string(self.rows.get_database_backend(), twice);
        let row = self.rows.query_one_raw(statement).await.expect("the database").expect("a row");
        assert_eq!(row.try_get_by_index::<i64>(0).expect("a number"), 0, "told twice");
    }

    async fn row(&self, table: &str, id: Uuid, columns: &str) -> sea_orm::QueryResult {
        let sql = format!("SELECT {columns} FROM {table} WHERE id = {}", self.hex(id));
        let statement = Statement::from_string(self.rows.get_database_backend(), sql);
        self.rows.query_one_raw(statement).await.expect("the database").expect("a row")
    }

    async fn execute(&self, sql: &str) {
        self.rows.execute_unprepared(sql).await.expect(sql);
    }

    fn hex(&self, id: Uuid) -> String {
        match self.rows.get_database_backend() {
            sea_orm::DatabaseBackend::Sqlite => format!("x'{}'", id.simple()),
            _ => format!("'{id}'"),
        }
    }
}

/// The id of a thing in an answer, as clients know it and as the table has it.
fn global(thing: &Value) -> (String, Uuid) {
    let id: ID = text(&thing["id"]).into();
    let (_, encoded) = id.split_once('_').unwrap_or_else(|| panic!("an id: {thing}"));
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(encoded).expect("base64");
    (id.to_string(), Uuid::from_slice(&bytes).expect("an id"))
}

/// A moment as clients write it.
fn moment(at: At) -> String {
    Timestamp(at).to_datetime().format(&Rfc3339).expect("a moment")
}

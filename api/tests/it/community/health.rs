//! Health reports: against figures counted here by other means, on drawn networks and on a real one.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::MemberId;
use domain::import::{Import, TiesAs};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use serde_json::{Value, json};

use crate::office;
use crate::story;
use crate::support::{Person, World, listed, text};

const HEALTH: &str = "health { members alone { exact text } components density bridges { exact text } inPersonShare goalsMoved gatheringsHeld gathered { exact text } }";

async fn health(person: &Person, community: &str) -> Value {
    let document = format!("query($id: ID!) {{ community(by: {{id: $id}}) {{ {HEALTH} }} }}");
    person.run(&document, json!({"id": community})).await["community"]["health"].clone()
}

/// A network of people by their places.
struct Network {
    size: usize,
    ties: BTreeSet<(usize, usize)>,
    /// Those who have met one another, as far as they are tied.
    met: BTreeSet<usize>,
}

impl Network {
    /// How many sets there are of those who are left without `gone`, and reach one another: by joining sets tie by tie.
    fn components(&self, gone: Option<usize>) -> usize {
        let mut of: Vec<usize> = (0..self.size).collect();
        fn root(of: &[usize], mut at: usize) -> usize {
            while of[at] != at {
                at = of[at];
            }
            at
        }
        for (a, b) in self.ties.iter().filter(|(a, b)| Some(*a) != gone && Some(*b) != gone) {
            let (a, b) = (root(&of, *a), root(&of, *b));
            of[a] = b;
        }
        (0..self.size).filter(|at| Some(*at) != gone && of[*at] == *at).count()
    }

    fn expected(&self) -> Value {
        let (whole, ties) = (self.components(None), self.ties.len());
        let bridges = (0..self.size).filter(|at| self.components(Some(*at)) > whole).count();
        let alone = (0..self.size).filter(|at| self.ties.iter().all(|(a, b)| a != at && b != at)).count();
        let met = self.ties.iter().filter(|(a, b)| self.met.contains(a) && self.met.contains(b)).count();
        let pairs = self.size * (self.size - 1) / 2;
        let few = |count: usize| (1..5).contains(&count);
        let density = if few(ties) { Value::Null } else { json!(ties as f64 / pairs as f64) };
        let share =
            if ties == 0 || few(met) || few(ties - met) { Value::Null } else { json!(met as f64 / ties as f64) };
        let expected = json!({"members": self.size, "alone": headcount(alone), "components": whole, "density": density, "bridges": headcount(bridges), "inPersonShare": share,
            "goalsMoved": 0, "gatheringsHeld": 0, "gathered": headcount(0)});
        // As a number comes by wire.
        serde_json::from_str(&expected.to_string()).expect("JSON")
    }
}

fn headcount(count: usize) -> Value {
    match count {
        1..5 => json!({"exact": null, "text": "fewer than 5"}),
        count => json!({"exact": count, "text": count.to_string()}),
    }
}

/// Numbers that are drawn the same each time.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

/// The ids of those who were imported under these names.
async fn members(world: &World, handles: &[String]) -> Vec<MemberId> {
    let mut ids = Vec::with_capacity(handles.len());
    for handle in handles {
        ids.push(
            domain::member::by_handle(&world.kith, handle).await.expect("the database answers").expect("a member"),
        );
    }
    ids
}

/// Makes the ties among these people rest on their having met.
async fn meet(world: &World, people: &[MemberId]) {
    let (connection, ids) = (world.rows().await, || people.iter().map(|id| Expr::value(id.0)));
    let mut update = Query::update();
    update.table(Alias::new("tie_end")).value(Alias::new("evidence"), "IN_PERSON");
    update.and_where(Expr::col(Alias::new("member_id")).is_in(ids()));
    update.and_where(Expr::col(Alias::new("other_id")).is_in(ids()));
    connection.execute(&update).await.expect("they have met");
    connection.close().await.expect("the connection closes");
}

story! {
    async fn the_figures_of_drawn_networks_are_what_brute_force_counts(world: World) {
        let mut draw = Draw(20_261_125);
        for round in 0..12 {
            let size = 6 + draw.below(20);
            let outsiders = 3;
            let (mut ties, wanted) = (BTreeSet::new(), draw.below(2 * size));
            for _ in 0..wanted {
                let (a, b) = (draw.below(size + outsiders), draw.below(size + outsiders));
                if a != b {
                    ties.insert((a.min(b), a.max(b)));
                }
            }
            let met = (0..size).filter(|_| draw.below(3) > 0).collect();
            let slug = format!("round{round}");
            let names: Vec<String> = (0..size + outsiders).map(|at| at.to_string()).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let pairs: Vec<(&str, &str)> = ties.iter().map(|(a, b)| (names[*a], names[*b])).collect();
            world.import(listed(&slug, &names, &pairs)).await;
            let handles: Vec<String> = names[..size].iter().map(|name| format!("{slug}-{name}")).collect();
            let ids = members(&world, &handles).await;
            let first = world.person(&handles[0]).await;
            let community = first.form(&slug, "INVITATION").await;
            world.put_members(&community, &ids[1..]).await;
            let network = Network { size, ties: ties.into_iter().filter(|(_, b)| *b < size).collect(), met };
            if network.met.len() > 1 {
                meet(&world, &network.met.iter().map(|at| ids[*at]).collect::<Vec<_>>()).await;
            }
            assert_eq!(health(&first, &community).await, network.expected(), "{round}: {:?}", network.ties);
        }
    }
}

story! {
    async fn the_figures_of_a_real_network_are_what_brute_force_counts(world: World) {
        let graph = office::graph();
        world.import(Import { ties_as: TiesAs::Active, ..office::list() }).await;
        let handles: Vec<String> = graph.keys().map(|id| format!("office-{id}")).collect();
        let ids = members(&world, &handles).await;
        let places: BTreeMap<&String, usize> = graph.keys().enumerate().map(|(at, id)| (id, at)).collect();
        let pair = |one: &String, other: &String| (places[one].min(places[other]), places[one].max(places[other]));
        let ties = graph.iter().flat_map(|(one, others)| others.iter().map(move |other| (one, other))).map(|(one, other)| pair(one, other));
        let network = Network { size: graph.len(), ties: ties.collect(), met: (0..100).collect() };
        assert_eq!((network.size, network.ties.len()), (211, 932));
        let first = world.person(&handles[0]).await;
        let community = first.form("The office", "INVITATION").await;
        world.put_members(&community, &ids[1..]).await;
        meet(&world, &ids[..100]).await;
        assert_eq!(health(&first, &community).await, network.expected());
    }
}

story! {
    async fn small_numbers_are_hidden(world: World) {
        let names = ["1", "2", "3", "4", "5", "6", "7", "8"];
        // Four in a row, two of them bridges; four alone.
        world.import(listed("row", &names, &[("1", "2"), ("2", "3"), ("3", "4")])).await;
        let ids = members(&world, &names.map(|name| format!("row-{name}"))).await;
        let first = world.person("row-1").await;
        let community = first.form("The row", "INVITATION").await;
        world.put_members(&community, &ids[1..4]).await;
        assert_eq!(health(&first, &community).await, Value::Null, "four members have no report");
        world.put_members(&community, &ids[4..]).await;
        let hidden = json!({"exact": null, "text": "fewer than 5"});
        let seen = health(&first, &community).await;
        assert_eq!((&seen["members"], &seen["alone"], &seen["bridges"]), (&json!(8), &hidden, &hidden));
        assert_eq!((&seen["density"], &seen["inPersonShare"]), (&Value::Null, &Value::Null), "nor can they be worked out");
        assert_eq!(seen["gathered"], json!({"exact": 0, "text": "0"}), "nobody is nobody");
    }
}

story! {
    async fn the_report_is_for_stewards_and_for_members_where_the_charter_says_so(world: World) {
        let [ana, bela, cleo, dina, ema, zoe] = world.people(["ana", "bela", "cleo", "dina", "ema", "zoe"]).await;
        let id = world.live([&ana, &bela, &cleo, &dina, &ema], "INVITATION").await;
        domain::community::take_snapshots(&world.system()).await.expect("taken");
        assert_eq!(health(&ana, &id).await["members"], 5);
        for other in [&bela, &zoe] {
            assert_eq!((health(other, &id).await, weeks(other, &id).await), (Value::Null, vec![]), "{}", other.name);
        }
        ana.done("updateCharter", "community { id }", json!({"communityId": id, "charter": {"healthFor": "MEMBERS"}})).await;
        assert_eq!((health(&bela, &id).await["members"].clone(), weeks(&bela, &id).await.len()), (json!(5), 1));
        assert_eq!((health(&zoe, &id).await, weeks(&zoe, &id).await), (Value::Null, vec![]));
        ema.leave(&id).await;
        assert_eq!(health(&ana, &id).await, Value::Null, "four are too few");
        assert_eq!(health(&ema, &id).await, Value::Null);
    }
}

story! {
    async fn goals_that_moved_and_gatherings_that_were_held_are_counted_for_a_while(world: World) {
        let [ana, bela, cleo, dina, ema] = world.people(["ana", "bela", "cleo", "dina", "ema"]).await;
        let id = world.live([&ana, &bela, &cleo, &dina, &ema], "INVITATION").await;
        let figures = async || {
            let seen = health(&ana, &id).await;
            (seen["goalsMoved"].clone(), seen["gatheringsHeld"].clone(), seen["gathered"]["text"].clone())
        };
        assert_eq!(figures().await, (json!(1), json!(1), json!("5")), "it was understood");
        let cancelled = world.gathering(&ana, &id, 1).await;
        ana.done("cancelGathering", "__typename", json!({"gatheringId": cancelled})).await;
        ana.done("proposeGoal", "__typename", json!({"communityId": id, "outcome": "Nobody has understood this."})).await;
        world.pass_days(31);
        assert_eq!(figures().await, (json!(0), json!(1), json!("5")), "nothing has moved for a month");
        let goals = ana.run("query($id: ID!) { community(by: {id: $id}) { goals(state: ACTIVE) { nodes { id } } } }", json!({"id": id})).await;
        let goal = goals["community"]["goals"]["nodes"][0]["id"].clone();
        bela.done("recordProgress", "__typename", json!({"goalId": goal, "note": "Two streets."})).await;
        assert_eq!(figures().await.0, 1, "it was measured");
        world.pass_days(31);
        assert_eq!(figures().await.0, 0);
        ana.done("achieveGoal", "__typename", json!({"goalId": goal})).await;
        assert_eq!(figures().await.0, 1, "it was reached");
        world.pass_days(30);
        assert_eq!((figures().await.1, figures().await.2), (json!(0), json!("0")), "three months without a gathering");
    }
}

/// The weeks of the trend, as this person sees it: the Monday, and how many members there were.
async fn weeks(person: &Person, community: &str) -> Vec<(String, Value)> {
    let document =
        "query($id: ID!) { community(by: {id: $id}) { healthTrend { nodes { takenOn health { members } } } } }";
    let data = person.run(document, json!({"id": community})).await;
    let nodes = data["community"]["healthTrend"]["nodes"].as_array().cloned().unwrap_or_default();
    nodes.iter().map(|node| (text(&node["takenOn"]), node["health"]["members"].clone())).collect()
}

story! {
    async fn a_week_has_one_snapshot_and_the_last_week_comes_first(world: World) {
        let [ana, bela, cleo, dina, ema, fay] = world.people(["ana", "bela", "cleo", "dina", "ema", "fay"]).await;
        let id = world.live([&ana, &bela, &cleo, &dina, &ema], "INVITATION").await;
        fay.form("Not live yet", "INVITATION").await;
        let take = async || domain::community::take_snapshots(&world.system()).await.expect("the database answers");
        assert_eq!((take().await, take().await), (1, 0), "once a week");
        world.put_members(&id, &[fay.id]).await;
        assert_eq!(take().await, 0);
        world.pass_days(7);
        let ctx = world.system();
        let (one, other) = tokio::join!(domain::community::take_snapshots(&ctx), domain::community::take_snapshots(&ctx));
        assert_eq!(one.expect("taken") + other.expect("taken"), 1, "also by two at once");
        let seen = weeks(&ana, &id).await;
        assert_eq!(seen.iter().map(|(_, members)| members.clone()).collect::<Vec<_>>(), [json!(6), json!(5)], "as they were then");
        assert!(seen[0].0 > seen[1].0, "{seen:?}");
        let page = "query($id: ID!, $after: String) { community(by: {id: $id}) { healthTrend(first: 1, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { takenOn } } } }";
        let first = ana.run(page, json!({"id": id})).await["community"]["healthTrend"].clone();
        assert_eq!((&first["totalCount"], &first["pageInfo"]["hasNextPage"], &first["nodes"][0]["takenOn"]), (&json!(2), &json!(true), &json!(seen[0].0)));
        let second = ana.run(page, json!({"id": id, "after": first["pageInfo"]["endCursor"]})).await["community"]["healthTrend"].clone();
        assert_eq!((&second["pageInfo"]["hasNextPage"], &second["nodes"][0]["takenOn"]), (&json!(false), &json!(seen[1].0)));
    }
}

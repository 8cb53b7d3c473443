//! A real network brought online: what each of its 211 people is answered, beside figures computed from the files alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use domain::id::MemberId;
use domain::import::{self, Import, TiesAs};
use serde_json::{Value, json};

use crate::story;
use crate::support::World;

/// How many ties all have, and how many people all reach through them: counted once by another program.
const FIGURES: (usize, usize) = (1_864, 9_360);

/// Who met whom, by the ids of the files.
pub(crate) type Graph = BTreeMap<String, BTreeSet<String>>;

fn file(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "data", "office", name].iter().collect()
}

/// The first two cells of every row.
fn rows(name: &str) -> Vec<[String; 2]> {
    let text = std::fs::read_to_string(file(name)).expect(name);
    let cells = |line: &str| {
        let mut cells = line.split(',').map(|cell| cell.trim_matches('"').to_owned());
        [(); 2].map(|()| cells.next().expect("two cells"))
    };
    text.lines().skip(1).map(cells).collect()
}

pub(crate) fn graph() -> Graph {
    let mut graph: Graph = rows("people.csv").into_iter().map(|[id, _]| (id, BTreeSet::new())).collect();
    for [from, to] in rows("ties.csv") {
        for (one, other) in [(&from, &to), (&to, &from)] {
            graph.get_mut(one).expect("somebody listed").insert(other.clone());
        }
    }
    graph
}

pub(crate) fn list() -> Import {
    let person = |(line, [id, department]): (u64, [String; 2])| import::Person {
        line,
        id,
        area: Some(department),
        ..import::Person::default()
    };
    let tie = |(line, [from, to]): (u64, [String; 2])| import::Tie { line, from, to };
    Import {
        slug: "office".to_owned(),
        people: (2..).zip(rows("people.csv")).map(person).collect(),
        ties: (2..).zip(rows("ties.csv")).map(tie).collect(),
        ties_as: TiesAs::Active,
        community: None,
    }
}

/// How many each person reaches within any number of steps, themselves included.
fn component(graph: &Graph, of: &str) -> usize {
    let (mut met, mut next) = (BTreeSet::from([of]), vec![of]);
    while let Some(one) = next.pop() {
        next.extend(graph[one].iter().map(String::as_str).filter(|other| met.insert(other)));
    }
    met.len()
}

/// The people two steps from `of`, by mutual count, then by the ids they have here.
fn network(graph: &Graph, ids: &BTreeMap<String, MemberId>, of: &str) -> Vec<(String, usize)> {
    let unmet = graph.keys().filter(|other| *other != of && !graph[of].contains(*other));
    let counted = unmet.map(|other| (other.clone(), graph[of].intersection(&graph[other]).count()));
    let mut network: Vec<(String, usize)> = counted.filter(|(_, mutual)| *mutual > 0).collect();
    network.sort_by_key(|(other, mutual)| (usize::MAX - mutual, ids[other]));
    network
}

/// Compares what everybody is answered with the graph; returns the sums of their reaches.
async fn compare(world: &World, graph: &Graph) -> (usize, usize) {
    let (mut ids, mut people) = (BTreeMap::new(), BTreeMap::new());
    for id in graph.keys() {
        let person = world.person(&format!("office-{id}")).await;
        ids.insert(id.clone(), person.id);
        people.insert(id, person);
    }
    let document = "query($after: String) { viewer { reach { ties network } network(first: 100, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } edges { mutualCount node { handle } } } } }";
    let (mut ties, mut reached) = (0, 0);
    for (id, person) in people {
        let expected = network(graph, &ids, id);
        let (mut found, mut after) = (Vec::new(), Value::Null);
        loop {
            let viewer = person.run(document, json!({"after": after})).await["viewer"].take();
            assert_eq!(viewer["reach"], json!({"ties": graph[id].len(), "network": expected.len()}), "{id}");
            assert_eq!(viewer["network"]["totalCount"], expected.len(), "{id}");
            let edges = viewer["network"]["edges"].as_array().expect("edges");
            found.extend(edges.iter().map(|edge| (edge["node"]["handle"].clone(), edge["mutualCount"].clone())));
            after = viewer["network"]["pageInfo"]["endCursor"].clone();
            if viewer["network"]["pageInfo"]["hasNextPage"] != true {
                break;
            }
        }
        let expected: Vec<_> =
            expected.iter().map(|(other, mutual)| (json!(format!("office-{other}")), json!(mutual))).collect();
        assert_eq!(found, expected, "the network of {id}");
        (ties, reached) = (ties + graph[id].len(), reached + found.len());
    }
    (ties, reached)
}

#[test]
fn the_files_hold_what_was_published() {
    let graph = graph();
    let degrees = || graph.values().map(BTreeSet::len);
    assert_eq!((graph.len(), degrees().sum::<usize>(), degrees().max()), (211, 2 * 932, Some(28)));
    assert!(graph.keys().all(|id| component(&graph, id) == 211), "nobody is left out");
}

story! {
    async fn everybody_in_the_office_is_answered_exactly(world: World) {
        let graph = graph();
        world.import(list()).await;
        assert_eq!(world.count("member", &[]).await, 211);
        assert_eq!((world.count("tie", &[]).await, world.count("tie_end", &[]).await), (932, 1_864));
        assert_eq!(compare(&world, &graph).await, FIGURES);

        let ctx = world.system();
        let again = import::prepare(&ctx, &list(), &|_| ()).await.expect("the database answers").expect("no bad rows");
        let nothing = import::Report { unchanged: 211, kept: 932, ..import::Report::default() };
        assert_eq!(again.report(), &nothing);
        again.write(&ctx, &|_| ()).await.expect("the import is written");
        assert_eq!((world.count("member", &[]).await, world.count("tie", &[]).await), (211, 932));
        assert_eq!(compare(&world, &graph).await, FIGURES, "importing again changes nothing");
    }
}

story! {
    async fn the_command_brings_the_office_online_beside_a_server(world: World) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let codes = folder.path().join("codes.csv");
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_kith"));
        command.env("DATABASE_URL", world.database_url()).env("KITH_DATA_DIR", folder.path());
        command.args(["import", "--slug", "office", "--area-column", "dept"]);
        command.arg("--people").arg(file("people.csv")).arg("--ties").arg(file("ties.csv")).arg("--codes").arg(&codes);
        let output = tokio::task::block_in_place(|| command.output()).expect("the command runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(std::fs::read_to_string(&codes).expect("a file of codes").lines().count(), 212);
        assert_eq!(compare(&world, &graph()).await, FIGURES);
    }
}

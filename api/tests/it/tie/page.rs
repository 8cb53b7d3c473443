//! The list of ties, page by page.

use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, World};

const PAGE: &str = "query($first: Int!, $after: String) { viewer { ties(first: $first, after: $after) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { id other { handle } } } nodes { id } } } }";

async fn page(person: &Person, first: i32, after: &Value) -> Value {
    let mut data = person.run(PAGE, json!({"first": first, "after": after})).await;
    data["viewer"]["ties"].take()
}

/// Somebody with so many active ties, each begun at a moment of its own.
async fn with_ties(world: &World, size: usize) -> (Person, Vec<Person>) {
    let [ana] = world.people(["ana"]).await;
    let crowd = world.crowd("crowd", size).await;
    for some in crowd.chunks(10) {
        for other in some {
            world.tie([(&ana, other)]).await;
        }
        world.pass_days(1);
    }
    (ana, crowd)
}

fn handles(page: &Value) -> Vec<String> {
    let edges = page["edges"].as_array().expect("edges");
    edges.iter().map(|edge| edge["node"]["other"]["handle"].as_str().unwrap_or_default().to_owned()).collect()
}

story! {
    async fn pages_neither_repeat_nor_lose_a_tie(world: World) {
        let (ana, crowd) = with_ties(&world, 25).await;
        let newest_first: Vec<String> = crowd.iter().rev().map(|person| person.name.clone()).collect();
        let (mut read, mut after, mut sizes) = (Vec::new(), Value::Null, Vec::new());
        loop {
            let page = page(&ana, 10, &after).await;
            let edges = page["edges"].as_array().expect("edges");
            let info = &page["pageInfo"];
            assert_eq!((&info["startCursor"], &info["endCursor"]), (&edges[0]["cursor"], &edges[edges.len() - 1]["cursor"]));
            assert_eq!((&page["totalCount"], &info["hasPreviousPage"]), (&json!(25), &json!(false)));
            let ids: Vec<&Value> = edges.iter().map(|edge| &edge["node"]["id"]).collect();
            assert_eq!(page["nodes"].as_array().expect("nodes").iter().map(|node| &node["id"]).collect::<Vec<_>>(), ids, "nodes are the edges' nodes");
            sizes.push(edges.len());
            read.extend(handles(&page));
            after = info["endCursor"].clone();
            if info["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!((read, sizes), (newest_first, vec![10, 10, 5]));
        let beyond = page(&ana, 10, &after).await;
        assert_eq!((&beyond["edges"], &beyond["pageInfo"]["endCursor"], &beyond["pageInfo"]["hasNextPage"]), (&json!([]), &Value::Null, &json!(false)));
    }
}

story! {
    async fn what_comes_and_goes_between_two_pages_moves_nobody(world: World) {
        let (ana, crowd) = with_ties(&world, 25).await;
        let first = page(&ana, 10, &Value::Null).await;
        let [bela] = world.people(["bela"]).await;
        world.tie([(&ana, &bela)]).await;
        let gone = first["edges"][9]["node"]["id"].as_str().expect("a tie").to_owned();
        ana.answer("endTie", &gone).await;
        ana.block(&crowd[10]).await;
        let second = page(&ana, 10, &first["pageInfo"]["endCursor"]).await;
        let expected: Vec<String> = (5..=15).rev().filter(|number| *number != 11).map(|number| format!("crowd-{number}")).collect();
        assert_eq!(handles(&second), expected, "goes on where the page ended, though its last row is gone");
        assert_eq!(second["totalCount"], 24);
        assert_eq!(handles(&page(&ana, 10, &Value::Null).await)[0], "bela", "who came later stands first");
    }
}

story! {
    async fn a_cursor_of_another_list_is_refused(world: World) {
        let [ana, bela, cleo, dora, ella] = world.people(["ana", "bela", "cleo", "dora", "ella"]).await;
        world.tie([(&ana, &bela), (&bela, &cleo), (&ana, &dora), (&dora, &cleo), (&ana, &ella)]).await;
        ana.block(&ella).await;
        let lists = [
            ("ties", "viewer { ties(after: $c) { nodes { id } } }"),
            ("claims", "viewer { claims(after: $c) { nodes { id } } }"),
            ("network", "viewer { network(after: $c) { nodes { id } } }"),
            ("blocks", "viewer { blocks(after: $c) { nodes { id } } }"),
            ("mutuals", "member(by: {handle: \"cleo\"}) { mutuals(after: $c) { nodes { id } } }"),
        ];
        let mut cursors = Vec::new();
        for (name, list) in lists {
            let document = format!("query($c: String) {{ {} }}", list.replace("nodes { id }", "edges { cursor }"));
            let data = ana.run(&document, json!({})).await;
            let pointer = if name == "mutuals" { "/member/mutuals".to_owned() } else { format!("/viewer/{name}") };
            let cursor = data.pointer(&format!("{pointer}/edges/0/cursor")).unwrap_or_else(|| panic!("{name}: {data}"));
            cursors.push((name, cursor.clone()));
        }
        cursors.push(("no list", json!("nonsense")));
        cursors.push(("nothing", json!("")));
        for (of, cursor) in &cursors {
            for (name, list) in lists {
                let answer = ana.ask(&format!("query($c: String) {{ {list} }}"), json!({"c": cursor})).await;
                let code = answer.pointer("/errors/0/extensions/code").cloned().unwrap_or(Value::Null);
                let expected = if *of == name { Value::Null } else { json!("INVALID_CURSOR") };
                assert_eq!(code, expected, "a cursor of {of} in {name}");
            }
        }
    }
}

story! {
    async fn a_page_has_1_to_100_rows(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        world.tie([(&ana, &bela), (&bela, &cleo)]).await;
        for first in [0, 101, -1] {
            for list in [
                "viewer { ties(first: $n) { nodes { id } } }",
                "viewer { claims(first: $n) { nodes { id } } }",
                "viewer { network(first: $n) { nodes { id } } }",
                "viewer { network { edges { routes(first: $n) { inPerson } } } }",
                "viewer { whoCanHelp(skill: \"x\", first: $n) { nodes { id } } }",
                "viewer { blocks(first: $n) { nodes { id } } }",
                "member(by: {handle: \"cleo\"}) { mutuals(first: $n) { nodes { id } } }",
            ] {
                let answer = ana.ask(&format!("query($n: Int!) {{ {list} }}"), json!({"n": first})).await;
                assert_eq!(answer.pointer("/errors/0/extensions/code"), Some(&json!("BAD_USER_INPUT")), "{list} {first}: {answer}");
            }
        }
    }
}

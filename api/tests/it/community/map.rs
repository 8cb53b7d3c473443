//! The map of a community: its members, and the ties among them that the viewer may see.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, Reply, World, text};

type Ties = BTreeSet<(String, String)>;

/// The path of this person's map; none if it is not for them.
async fn path(person: &Person, community: &str) -> Option<String> {
    let data =
        person.run("query($id: ID!) { community(by: {id: $id}) { map { url } } }", json!({"id": community})).await;
    let url = data["community"]["map"]["url"].as_str()?.to_owned();
    Some(url.strip_prefix("http://kith.test").expect("an address of ours").to_owned())
}

/// The value of an attribute in what follows the name of an element.
fn attribute<'a>(element: &'a str, name: &str) -> &'a str {
    let (_, rest) = element.split_once(&format!(" {name}=\"")).unwrap_or_else(|| panic!("{name}: {element}"));
    rest.split('"').next().unwrap_or_default()
}

/// Who is on a map, and which ties.
fn read(svg: &str) -> (BTreeSet<String>, Ties) {
    let (mut names, mut ties) = (BTreeMap::new(), Ties::new());
    for circle in svg.split("<circle").skip(1) {
        let (_, rest) = circle.split_once("<title>").expect("a name");
        let name = rest.split("</title>").next().expect("its end").to_owned();
        assert_eq!(names.insert((attribute(circle, "cx"), attribute(circle, "cy")), name), None, "two in one place");
    }
    for line in svg.split("<line").skip(1) {
        let [one, other] =
            [("x1", "y1"), ("x2", "y2")].map(|(x, y)| names[&(attribute(line, x), attribute(line, y))].clone());
        let pair = if one < other { (one, other) } else { (other, one) };
        assert!(ties.insert(pair), "a tie is one line");
    }
    (names.into_values().collect(), ties)
}

/// This person's map.
async fn map(world: &World, person: &Person, community: &str) -> (BTreeSet<String>, Ties) {
    let reply = Reply::to(world.path(&path(person, community).await.expect("a map"))).await;
    assert_eq!(
        (reply.status, reply.header("content-type"), reply.header("cache-control")),
        (200, "image/svg+xml", "no-store")
    );
    assert!(reply.header("content-security-policy").starts_with("default-src 'none'"));
    read(reply.text())
}

fn set(pairs: &[(&str, &str)]) -> Ties {
    pairs.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect()
}

fn all(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

story! {
    async fn a_map_shows_members_and_the_ties_one_may_see(world: World) {
        let [ana, bela, cleo, dina, ema, zoe] = world.people(["ana", "bela", "cleo", "dina", "ema", "zoe"]).await;
        world.tie([(&ana, &bela), (&ana, &cleo), (&bela, &cleo), (&bela, &dina), (&dina, &ema), (&bela, &zoe), (&ana, &zoe)]).await;
        let id = ana.form("The <street> & \"more\"", "INVITATION").await;
        world.put_members(&id, &[bela.id, cleo.id, dina.id, ema.id]).await;
        let everybody = all(&["ana", "bela", "cleo", "dina", "ema"]);
        let own = [("ana", "bela"), ("ana", "cleo")];
        let with = |more: &[(&str, &str)]| set(&[&own[..], more].concat());
        assert_eq!(map(&world, &ana, &id).await, (everybody.clone(), with(&[("bela", "cleo"), ("bela", "dina")])), "nothing of dina's, whom she does not know, nor of zoe");
        assert_eq!(map(&world, &ema, &id).await, (everybody.clone(), set(&[("dina", "ema"), ("bela", "dina")])));
        assert_eq!(map(&world, &dina, &id).await.1, set(&[("dina", "ema"), ("bela", "dina"), ("ana", "bela"), ("bela", "cleo")]));

        bela.show("asRoute: false").await;
        assert_eq!(map(&world, &ana, &id).await, (everybody.clone(), with(&[])), "bela lets nobody see whom she knows");
        assert_eq!(map(&world, &bela, &id).await.1, with(&[("bela", "cleo"), ("bela", "dina"), ("dina", "ema")]), "she herself does");
        bela.show("asRoute: true").await;
        dina.show("findable: false").await;
        assert_eq!(map(&world, &ana, &id).await, (everybody.clone(), with(&[("bela", "cleo")])), "dina is a member, and not found through bela");
        dina.show("findable: true").await;

        bela.block(&cleo).await;
        assert_eq!(map(&world, &bela, &id).await, (all(&["ana", "bela", "dina", "ema"]), set(&[("ana", "bela"), ("bela", "dina"), ("dina", "ema")])));
        assert_eq!(map(&world, &cleo, &id).await, (all(&["ana", "cleo", "dina", "ema"]), set(&[("ana", "cleo")])));
        assert_eq!(map(&world, &ana, &id).await, (everybody, with(&[("bela", "dina")])), "the tie is over");
        domain::account::suspend(&world.system(), "dina").await.expect("dina is suspended");
        assert_eq!(map(&world, &ana, &id).await, (all(&["ana", "bela", "cleo", "ema"]), with(&[])));
        let svg = Reply::to(world.path(&path(&ana, &id).await.expect("a map"))).await;
        assert!(svg.text().contains("The &lt;street&gt; &amp;") && !svg.text().contains("<street>"), "{}", svg.text());
    }
}

story! {
    async fn every_map_of_a_drawn_network_is_what_the_rule_says(world: World) {
        let names: Vec<String> = (1..=14).map(|number| format!("drawn-{number}")).collect();
        let mut seed = 7_u64;
        let mut draw = |end: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % end
        };
        let crowd = world.crowd("drawn", 14).await;
        let mut ties = Ties::new();
        for a in 0..14 {
            for b in a + 1..14 {
                if draw(4) == 0 {
                    crowd[a].claim(&crowd[b]).await;
                    crowd[b].claim(&crowd[a]).await;
                    ties.insert((names[a].clone(), names[b].clone()));
                }
            }
        }
        let id = crowd[0].form("The drawn", "INVITATION").await;
        world.put_members(&id, &crowd[1..].iter().map(|person| person.id).collect::<Vec<_>>()).await;
        let (mut as_route, mut findable) = (BTreeMap::new(), BTreeMap::new());
        for person in &crowd {
            let (route, found) = (draw(3) > 0, draw(3) > 0);
            person.show(&format!("asRoute: {route}, findable: {found}")).await;
            as_route.insert(person.name.clone(), route);
            findable.insert(person.name.clone(), found);
        }
        let mut shown = BTreeMap::new();
        for person in &crowd {
            shown.insert(person.name.clone(), text(&person.query("{ viewer { member { name } } }").await["viewer"]["member"]["name"]));
        }
        let tied = |a: &str, b: &str| ties.iter().any(|(one, other)| (one == a && other == b) || (one == b && other == a));
        for viewer in &names {
            let through = |connector: &str, other: &str| as_route[connector] && findable[other];
            let sees = |(a, b): &&(String, String)| {
                let (of_a, of_b) = (tied(viewer, a), tied(viewer, b));
                a == viewer || b == viewer || ((of_a || of_b) && (!of_a || through(a, b)) && (!of_b || through(b, a)))
            };
            let pair = |(a, b): &(String, String)| {
                let (a, b) = (shown[a].clone(), shown[b].clone());
                if a < b { (a, b) } else { (b, a) }
            };
            let expected: Ties = ties.iter().filter(sees).map(pair).collect();
            let person = crowd.iter().find(|person| person.name == *viewer).expect("somebody");
            assert_eq!(map(&world, person, &id).await.1, expected, "{viewer}");
        }
    }
}

story! {
    async fn an_address_is_good_for_one_viewer_and_ten_minutes(world: World) {
        let [ana, bela, cleo, zoe] = world.people(["ana", "bela", "cleo", "zoe"]).await;
        let id = world.forming([&ana, &bela, &cleo]).await;
        assert_eq!(zoe.community(&id).await, Value::Null);
        let (of_ana, of_bela) = (path(&ana, &id).await.expect("a map"), path(&bela, &id).await.expect("a map"));
        let viewer = |path: &str| path.split_once("viewer=").and_then(|(_, rest)| rest.split_once('&')).expect("a viewer").0.to_owned();
        let status = async |path: &str| Reply::to(world.path(path)).await.status;
        let (signed, signature) = of_ana.split_once("signature=").expect("a signature");
        let turned = if signature.starts_with('0') { "1" } else { "0" };
        let until = of_ana.split_once("until=").and_then(|(_, rest)| rest.split_once('&')).expect("a time").0;
        for wrong in [
            format!("{signed}signature={turned}{}", &signature[1..]),
            format!("{signed}signature="),
            signed.trim_end_matches('&').to_owned(),
            of_ana.replace(&viewer(&of_ana), &viewer(&of_bela)),
            of_ana.replace(until, &format!("{until}0")),
            of_ana.replace("/maps/", "/maps/A"),
            of_ana.split('?').next().expect("a path").to_owned(),
            "/maps/nonsense.svg?viewer=x&until=soon&signature=x".to_owned(),
        ] {
            assert_eq!(status(&wrong).await, 404, "{wrong}");
        }
        assert_eq!((status(&of_ana).await, status(&of_bela).await), (200, 200));
        bela.leave(&id).await;
        assert_eq!((status(&of_bela).await, status(&of_ana).await), (404, 200), "she has left");
        let of_cleo = path(&cleo, &id).await.expect("a map");
        ana.remove(&id, &cleo).await;
        assert_eq!(status(&of_cleo).await, 404);
        world.kith.clock.advance(std::time::Duration::from_secs(601));
        assert_eq!(status(&of_ana).await, 404, "ten minutes are over");
        let again = path(&ana, &id).await.expect("a map");
        domain::account::suspend(&world.system(), "ana").await.expect("ana is suspended");
        assert_eq!(status(&again).await, 404, "she is suspended");
    }
}

story! {
    async fn a_live_community_has_no_map_for_strangers(world: World) {
        let [ana, bela, cleo, dina, ema, zoe] = world.people(["ana", "bela", "cleo", "dina", "ema", "zoe"]).await;
        let id = world.live([&ana, &bela, &cleo, &dina, &ema], "REQUEST").await;
        assert_eq!(zoe.community(&id).await["stage"], "LIVE");
        assert_eq!(path(&zoe, &id).await, None);
        assert_eq!(map(&world, &ana, &id).await.1.len(), 10);
    }
}

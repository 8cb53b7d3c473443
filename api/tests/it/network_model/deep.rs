//! A network larger than what is kept of it: pages go on beyond, and totals say what they know.

use domain::import::{self, Import, TiesAs};
use serde_json::{Value, json};

use crate::story;
use crate::support::Person;

/// More than a cached result holds, and more than totals are counted to.
const PEOPLE: usize = 1_150;

/// Ana, who knows Bela, who knows everybody else; every tenth of them bakes, and Cleo knows the last of them as well.
fn town() -> Import {
    let person = |(line, id): (u64, String), skills: &[&str]| import::Person {
        line,
        id,
        skills: skills.iter().map(|skill| (*skill).to_owned()).collect(),
        ..import::Person::default()
    };
    let tie = |from: &str, to: &str| import::Tie { line: 2, from: from.to_owned(), to: to.to_owned() };
    let crowd: Vec<String> = (0..PEOPLE).map(|who| format!("p{who:04}")).collect();
    let mut people: Vec<import::Person> =
        (2..).zip(["ana", "bela", "cleo"]).map(|(line, name)| person((line, name.to_owned()), &[])).collect();
    for (at, id) in crowd.iter().enumerate() {
        people.push(person((at as u64 + 5, id.clone()), if at % 10 == 0 { &["Baking"] } else { &[] }));
    }
    let mut ties = vec![tie("ana", "bela"), tie("ana", "cleo"), tie("cleo", &crowd[PEOPLE - 1])];
    ties.extend(crowd.iter().map(|id| tie("bela", id)));
    Import { slug: "town".to_owned(), people, ties, ties_as: TiesAs::Active, community: None }
}

/// The handles of a whole network, by pages of 100, and the totals each page tells.
async fn read(viewer: &Person, filter: Value, total: &str) -> (Vec<String>, Vec<Value>) {
    let document = format!(
        "query($filter: NetworkFilter, $after: String) {{ viewer {{ network(filter: $filter, first: 100, after: $after) {{
            {total} pageInfo {{ hasNextPage endCursor }} nodes {{ handle }} }} }} }}"
    );
    let (mut handles, mut totals, mut after) = (Vec::new(), Vec::new(), Value::Null);
    loop {
        let answer = viewer.run(&document, json!({"filter": filter, "after": after})).await;
        let page = &answer["viewer"]["network"];
        let nodes = page["nodes"].as_array().expect("nodes");
        handles.extend(nodes.iter().map(|node| node["handle"].as_str().expect("a handle").to_owned()));
        totals.push(page["totalCount"].clone());
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] != true {
            return (handles, totals);
        }
    }
}

story! {
    async fn a_network_larger_than_what_is_kept_is_read_to_its_end(world: World) {
        world.import(town()).await;
        let ana = world.person("town-ana").await;
        // The last is known by two; the others follow in the order in which they were made.
        let order = std::iter::once(PEOPLE - 1).chain(0..PEOPLE - 1);
        let mut everybody: Vec<String> = order.map(|who| format!("town-p{who:04}")).collect();
        for total in ["", "totalCount"] {
            let (handles, totals) = read(&ana, Value::Null, total).await;
            assert_eq!(handles, everybody);
            assert_eq!(totals, vec![Value::Null; 12], "more than 1,000 are not counted");
        }
        let bakers: Vec<String> = (0..PEOPLE).step_by(10).map(|who| format!("town-p{who:04}")).collect();
        let (handles, totals) = read(&ana, json!({"skill": "baking"}), "totalCount").await;
        assert_eq!((handles, totals), (bakers.clone(), vec![json!(115); 2]));
        assert_eq!(read(&ana, json!({"skill": "baking"}), "").await.0, bakers);

        let reach = async || ana.query("{ viewer { reach { ties network } } }").await["viewer"]["reach"].clone();
        assert_eq!(reach().await, json!({"ties": 2, "network": PEOPLE}));
        // The second page and some of the third hide themselves, and 1,000 can be counted.
        for handle in everybody.drain(100..PEOPLE - 900) {
            world.person(&handle).await.show("findable: false").await;
        }
        assert_eq!(reach().await, json!({"ties": 2, "network": 1_000}));
        assert_eq!(read(&ana, Value::Null, "totalCount").await, (everybody, vec![json!(1_000); 10]));
    }
}

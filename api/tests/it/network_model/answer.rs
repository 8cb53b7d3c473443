//! What a server answers, beside what the model says.

use serde_json::{Value, json};

use super::model::{Filter, Who};
use super::plan::Look;
use super::stage::Stage;

const LOOK: &str = "query($page: Int!, $filter: NetworkFilter!, $wanted: String!, $at: [ID!]!) {
    viewer {
        reach { ties network }
        network(first: $page) { ...Whole }
        filtered: network(filter: $filter, first: 40) { ...Short }
        whoCanHelp(skill: $wanted, first: 40) { ...Short }
    }
    nodes(ids: $at) { ... on Member { handle relationToViewer mutuals(first: 40) { totalCount nodes { handle } } } }
}
fragment Whole on NetworkConnection {
    totalCount pageInfo { hasNextPage endCursor }
    edges { mutualCount node { handle name headline skills area } routes(first: 40) { inPerson connector { handle } } }
}
fragment Short on NetworkConnection { totalCount edges { mutualCount node { handle } } }";

const MORE: &str =
    "query($page: Int!, $after: String!) { viewer { network(first: $page, after: $after) { ...Whole } } }
fragment Whole on NetworkConnection {
    totalCount pageInfo { hasNextPage endCursor }
    edges { mutualCount node { handle name headline skills area } routes(first: 40) { inPerson connector { handle } } }
}";

/// A page that is written in one walk and kept: it is asked for in the same words each time.
const PAGE: &str = "{ viewer { network(first: 40) { edges { mutualCount
    node { handle name headline mutuals(first: 40) { nodes { handle } } }
    routes(first: 40) { inPerson connector { handle } } } } } }";

impl Stage {
    /// Lets one look, asking the server `at`, and compares all they are answered with the model.
    pub(crate) async fn compare(&self, look: &Look, at: usize) {
        let viewer = self.pick(&look.viewer);
        let asking = self.people[viewer].at(&self.worlds[at]);
        if self.model.people[viewer].suspended {
            let answer = asking.ask("{ viewer { reach { network } } }", json!({})).await;
            assert_eq!(answer.pointer("/data/viewer"), None, "{} is suspended: {answer}", asking.name);
            return;
        }
        let looked_at: Vec<Who> = look.at.iter().map(|pick| self.pick(pick)).collect();
        let filter = Filter { skill: look.skill.clone(), area: look.area.clone(), in_person: look.in_person };
        let ids: Vec<String> = looked_at.iter().map(|who| self.people[*who].global_id()).collect();
        let variables = json!({
            "page": look.page,
            "filter": {"skill": filter.skill, "area": filter.area, "inPerson": filter.in_person},
            "wanted": look.wanted,
            "at": ids,
        });
        let mut answer = asking.run(LOOK, variables).await;
        let nodes = answer["nodes"].take();
        let mut seen = answer["viewer"].take();
        let mut edges = Vec::new();
        let mut page = seen["network"].take();
        loop {
            let total = page["totalCount"].take();
            assert_eq!(total, self.model.network(viewer).len(), "how many {} reaches", asking.name);
            let rows = page["edges"].as_array().cloned().expect("edges");
            assert!(rows.len() <= look.page, "a page is no longer than it was wanted");
            edges.extend(rows);
            if page["pageInfo"]["hasNextPage"] != true {
                break;
            }
            let more = json!({"page": look.page, "after": page["pageInfo"]["endCursor"]});
            page = asking.run(MORE, more).await["viewer"]["network"].take();
        }
        let name = &asking.name;
        assert_eq!(Value::Array(edges), self.whole(viewer), "the network of {name}, whole and in order");
        assert_eq!(seen["filtered"], self.short(viewer, &filter), "the network of {name} by {filter:?}");
        let wanted = Filter { skill: Some(look.wanted.clone()), ..Filter::default() };
        assert_eq!(seen["whoCanHelp"], self.short(viewer, &wanted), "who can help {name} with {}", look.wanted);
        let page = asking.run(PAGE, json!({})).await["viewer"]["network"]["edges"].take();
        assert_eq!(page, self.page(viewer), "the page of {name}, kept or not");
        let reach = json!({"ties": self.model.tied(viewer).len(), "network": self.model.network(viewer).len()});
        assert_eq!(seen["reach"], reach, "how far {name} reaches");
        let expected: Vec<Value> = looked_at.iter().map(|who| self.node(viewer, *who)).collect();
        assert_eq!(nodes, Value::Array(expected), "whom {name} sees, and their mutuals");
    }

    fn whole(&self, viewer: Who) -> Value {
        let handle = |who: Who| json!({"handle": self.people[who].name});
        let edge = |(person, routes): (Who, Vec<(Who, bool)>)| {
            let route =
                |(connector, in_person): &(Who, bool)| json!({"inPerson": in_person, "connector": handle(*connector)});
            let routes: Vec<Value> = routes.iter().map(route).collect();
            json!({"mutualCount": routes.len(), "node": self.model.card(person), "routes": routes})
        };
        self.model.network(viewer).into_iter().map(edge).collect()
    }

    /// The same as [`PAGE`] has it.
    fn page(&self, viewer: Who) -> Value {
        let mut edges = self.whole(viewer);
        for (edge, (person, _)) in edges.as_array_mut().into_iter().flatten().zip(self.model.network(viewer)) {
            let mutuals = self.model.mutuals(viewer, person).into_iter();
            let nodes: Vec<Value> = mutuals.map(|who| json!({"handle": self.people[who].name})).collect();
            let node = edge["node"].as_object_mut().expect("a card");
            node.retain(|field, _| ["handle", "name", "headline"].contains(&field.as_str()));
            node.insert("mutuals".to_owned(), json!({"nodes": nodes}));
        }
        edges
    }

    fn short(&self, viewer: Who, filter: &Filter) -> Value {
        let matching = self.model.filtered(viewer, filter);
        let edge = |(person, routes): &(Who, Vec<(Who, bool)>)| json!({"mutualCount": routes.len(), "node": {"handle": self.people[*person].name}});
        json!({"totalCount": matching.len(), "edges": matching.iter().map(edge).collect::<Vec<_>>()})
    }

    fn node(&self, viewer: Who, person: Who) -> Value {
        let Some(relation) = self.model.relation(viewer, person) else { return Value::Null };
        let mutuals = self.model.mutuals(viewer, person);
        let nodes: Vec<Value> = mutuals.iter().map(|who| json!({"handle": self.people[*who].name})).collect();
        json!({
            "handle": self.people[person].name,
            "relationToViewer": relation,
            "mutuals": {"totalCount": mutuals.len(), "nodes": nodes},
        })
    }
}

//! The matrix of scopes: for each field, which of them a partner needs, found out by leaving out one after the other.
//!
//! `scopes.txt` is the matrix as a file that is checked in; `UPDATE=1` writes it anew: look at its diff.

use std::collections::BTreeMap;
use std::fmt::Write;

use api::config::Switch;
use api::graphql::scope::{Need, need};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::access::is_update;
use crate::support::{Person, SCOPES, World, text};

/// Where an object of a type is found: how a document goes there, and how it is closed.
const WAYS: [(&str, &str, &str); 14] = [
    ("Query", "", ""),
    ("AccessToken", "accessToken {", "}"),
    ("Community", "community(by: {id: $community}) {", "}"),
    ("Charter", "community(by: {id: $community}) { charter {", "} }"),
    ("Member", "node(id: $member) { ... on Member {", "} }"),
    ("Goal", "node(id: $goal) { ... on Goal {", "} }"),
    ("GoalUnderstanding", "node(id: $goal) { ... on Goal { understanding {", "} } }"),
    ("Measure", "node(id: $goal) { ... on Goal { measure {", "} } }"),
    ("Progress", "node(id: $goal) { ... on Goal { progress { nodes {", "} } } }"),
    ("Gathering", "node(id: $gathering) { ... on Gathering {", "} }"),
    ("Health", "community(by: {id: $community}) { health {", "} }"),
    ("HealthCount", "community(by: {id: $community}) { health { alone {", "} } }"),
    ("HealthHelp", "community(by: {id: $community}) { health { help {", "} } }"),
    ("RosterEntry", "community(by: {id: $community}) { roster { nodes {", "} } }"),
];

/// The schema, by introspection.
struct Schema(BTreeMap<String, Value>);

impl Schema {
    async fn read() -> Self {
        let of = "kind name ofType { kind name ofType { kind name ofType { kind name } } }";
        let document = format!(
            "{{ __schema {{ types {{ kind name isOneOf enumValues {{ name }} inputFields {{ name defaultValue type {{ {of} }} }}
                fields {{ name type {{ {of} }} args {{ name defaultValue type {{ {of} }} }} }} }} }} }}"
        );
        let answer = api::graphql::schema(Switch::On).execute(document).await;
        assert_eq!(answer.errors, []);
        let data = serde_json::to_value(answer.data).expect("JSON");
        let types = data["__schema"]["types"].as_array().cloned().unwrap_or_default();
        Self(types.into_iter().map(|ty| (text(&ty["name"]), ty)).collect())
    }

    fn fields(&self, ty: &str) -> Vec<Value> {
        self.0[ty]["fields"].as_array().cloned().unwrap_or_default()
    }

    /// A field with the arguments it cannot do without, and a selection if it needs one.
    fn selected(&self, field: &Value) -> String {
        let args = field["args"].as_array().cloned().unwrap_or_default();
        let args: Vec<String> = args.iter().filter_map(|arg| self.needed(arg)).collect();
        let args = if args.is_empty() { String::new() } else { format!("({})", args.join(", ")) };
        let kind = text(&self.0[&named(&field["type"])]["kind"]);
        let selection = if matches!(kind.as_str(), "OBJECT" | "INTERFACE" | "UNION") { " { __typename }" } else { "" };
        format!("{}{args}{selection}", text(&field["name"]))
    }

    /// An argument, or a field of an input, if it must be there.
    fn needed(&self, arg: &Value) -> Option<String> {
        let is_needed = arg["type"]["kind"] == "NON_NULL" && arg["defaultValue"].is_null();
        is_needed.then(|| format!("{}: {}", text(&arg["name"]), self.literal(&arg["type"]["ofType"])))
    }

    /// Some value of a type, as a document writes it.
    fn literal(&self, ty: &Value) -> String {
        if ty["kind"] == "NON_NULL" {
            return self.literal(&ty["ofType"]);
        }
        if ty["kind"] == "LIST" {
            return format!("[{}]", self.literal(&ty["ofType"]));
        }
        let name = text(&ty["name"]);
        let definition = &self.0[&name];
        match (definition["kind"].as_str(), name.as_str()) {
            (_, "ID") => "$community".to_owned(),
            (_, "Int") => "1".to_owned(),
            (_, "Float") => "1.5".to_owned(),
            (_, "Boolean") => "true".to_owned(),
            (_, "DateTime") => "\"2030-01-01T00:00:00Z\"".to_owned(),
            (_, "Date") => "\"2030-01-01\"".to_owned(),
            (_, "String" | "URL") => "\"https://example.org\"".to_owned(),
            (Some("ENUM"), _) => text(&definition["enumValues"][0]["name"]),
            (Some("INPUT_OBJECT"), _) => {
                let fields = definition["inputFields"].as_array().cloned().unwrap_or_default();
                if definition["isOneOf"] == true {
                    return format!("{{{}: {}}}", text(&fields[0]["name"]), self.literal(&fields[0]["type"]));
                }
                let fields: Vec<String> = fields.iter().filter_map(|field| self.needed(field)).collect();
                format!("{{{}}}", fields.join(", "))
            }
            other => panic!("no value for {other:?}"),
        }
    }
}

/// The name of a type, without lists and `!`.
fn named(ty: &Value) -> String {
    if ty["ofType"].is_null() { text(&ty["name"]) } else { named(&ty["ofType"]) }
}

/// A community with something of each kind, and partners of it: one with all scopes, and for each scope one without it.
struct Stage {
    variables: Value,
    all: Person,
    without: Vec<Person>,
    _world: World,
}

impl Stage {
    async fn set() -> Self {
        let world = World::on_sqlite().await;
        let [ana, bela, cleo, dina, ema] = &world.people(["ana", "bela", "cleo", "dina", "ema"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "INVITATION").await;
        let found = ana
            .run(
                "query($id: ID!) { community(by: {id: $id}) { goals { nodes { id } } gatherings(when: PAST) { nodes { id } } } }",
                json!({"id": id}),
            )
            .await;
        let (goal, gathering) = (
            found["community"]["goals"]["nodes"][0]["id"].clone(),
            found["community"]["gatherings"]["nodes"][0]["id"].clone(),
        );
        let measure = json!({"goalId": goal, "measure": {"unit": "streets", "start": 0, "target": 9}});
        ana.done("updateGoal", "goal { id }", measure).await;
        ana.done("recordProgress", "goal { id }", json!({"goalId": goal, "value": 3, "note": "Three streets."})).await;
        let all = world.partner(ana, &id, &SCOPES).await.0;
        let mut without = Vec::new();
        for left_out in SCOPES {
            let rest: Vec<&str> = SCOPES.into_iter().filter(|scope| *scope != left_out).collect();
            without.push(world.partner(ana, &id, &rest).await.0);
        }
        let variables = json!({"community": id, "member": bela.global_id(), "goal": goal, "gathering": gathering});
        Self { variables, all, without, _world: world }
    }

    /// Whether a partner is denied what it asks for, and which scope it is told to need.
    async fn denied(&self, partner: &Person, document: &str) -> Option<String> {
        let answer = partner.ask(document, self.variables_of(document)).await;
        let errors = answer["errors"].as_array().cloned().unwrap_or_default();
        let [error] = errors.as_slice() else {
            assert!(errors.is_empty(), "{document}: {answer}");
            assert!(answer["data"].is_object(), "{document}: {answer}");
            return None;
        };
        assert_eq!(error["extensions"]["code"], "FORBIDDEN_SCOPE", "{document}: {answer}");
        Some(text(&error["extensions"]["requiredScope"]))
    }

    fn variables_of(&self, document: &str) -> Value {
        let mut variables = self.variables.clone();
        let is_named = |name: &str| document.contains(&format!("${name}: ID!"));
        variables.as_object_mut().expect("variables").retain(|name, _| is_named(name));
        variables
    }

    /// The scopes without which a field is out of reach; `None` if it is out of reach for all.
    async fn needs(&self, document: &str) -> Option<Vec<&'static str>> {
        if let Some(told) = self.denied(&self.all, document).await {
            assert_eq!(told, "", "{document}: no scope can be missing where all are there");
            return None;
        }
        let mut needs = Vec::new();
        for (scope, partner) in SCOPES.into_iter().zip(&self.without) {
            if let Some(told) = self.denied(partner, document).await {
                assert_eq!(told, scope, "{document}");
                needs.push(scope);
            }
        }
        Some(needs)
    }
}

/// The document that asks for one field, with the variables it uses.
fn document(kind: &str, way: (&str, &str), field: &str) -> String {
    let body = format!("{} {field} {}", way.0, way.1);
    let used: Vec<String> = ["community", "member", "goal", "gathering"]
        .iter()
        .filter(|name| body.contains(&format!("${name}")))
        .map(|name| format!("${name}: ID!"))
        .collect();
    let variables = if used.is_empty() { String::new() } else { format!("({})", used.join(", ")) };
    format!("{kind}{variables} {{ {body} }}")
}

fn row(field: &str, needs: Option<&[&str]>) -> String {
    let cells: String = match needs {
        None => "members".to_owned(),
        Some(needs) => {
            SCOPES.iter().map(|scope| format!("{:<16}", if needs.contains(scope) { "x" } else { "-" })).collect()
        }
    };
    format!("{:<36}{}", field, cells.trim_end())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_reaches_what_the_matrix_says() {
    let (schema, stage) = (Schema::read().await, Stage::set().await);
    let mut table = format!(
        "Which scopes an access token needs for each field that partners come to, and for what leads there; each was\n\
         left out in turn (api/tests/it/partner/scope.rs). \"members\": no token reaches it.\n\n{:<36}{}\n",
        "",
        SCOPES.map(|scope| format!("{scope:<16}")).concat().trim_end()
    );
    for (ty, open, close) in WAYS {
        for field in schema.fields(ty) {
            let name = format!("{ty}.{}", text(&field["name"]));
            let asked = document("query", (open, close), &schema.selected(&field));
            let needs = stage.needs(&asked).await;
            match need(ty, &text(&field["name"])) {
                Need::Membership => assert_eq!(needs, None, "{name}"),
                Need::This(scope) => assert!(needs.as_ref().is_some_and(|it| it.contains(&scope.as_str())), "{name}"),
                Need::Nothing => assert!(needs.is_some(), "{name}"),
            }
            writeln!(table, "{}", row(&name, needs.as_deref())).expect("a string takes text");
        }
    }
    let mutations = schema.fields("Mutation");
    let told = mutations.iter().map(|field| async {
        let asked = document("mutation", ("", ""), &schema.selected(field));
        // The entrances are for those who come in anew: a token does not matter to them.
        let answer = stage.all.ask(&asked, stage.variables_of(&asked)).await;
        let is_denied = answer["errors"][0]["extensions"]["code"] == "FORBIDDEN_SCOPE";
        (text(&field["name"]), is_denied, asked)
    });
    for (name, is_denied, asked) in join_all(told).await {
        let name = format!("Mutation.{name}");
        let needs = match is_denied {
            true => None,
            false if ENTRANCES.contains(&name.as_str()) => continue,
            false => stage.needs(&asked).await,
        };
        writeln!(table, "{}", row(&name, needs.as_deref())).expect("a string takes text");
    }
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/scopes.txt");
    if is_update() {
        std::fs::write(&path, &table).expect("scopes.txt is written");
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    for (old, new) in checked_in.lines().zip(table.lines()) {
        assert_eq!(new, old, "scopes.txt says otherwise; if it should change, run this test with UPDATE=1");
    }
    assert!(checked_in == table, "scopes.txt lacks rows: run this test with UPDATE=1 and look at the diff");
}

/// By these somebody comes in anew, so that the token a request has does not matter.
const ENTRANCES: [&str; 5] = [
    "Mutation.claimAccount",
    "Mutation.refreshSession",
    "Mutation.requestSignInCode",
    "Mutation.signIn",
    "Mutation.signUp",
];

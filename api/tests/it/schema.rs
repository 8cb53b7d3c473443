//! The schema as clients read it: the checked-in text is the code's, all of it is described, and its conventions hold.

use std::collections::BTreeMap;

use api::config::Switch;
use serde_json::Value;

/// Types without a life of their own: parts of something that has one, rows of lists, answers.
const VALUES: [&str; 35] = [
    "AccessTokenUse",
    "RosterEntry",
    "RosterRow",
    "AccountExport",
    "Credentials",
    "Query",
    "Mutation",
    "Subscription",
    "Viewer",
    "Privacy",
    "Reach",
    "Route",
    "ServerInfo",
    "PageInfo",
    "RateLimit",
    "RuleError",
    "LimitError",
    "NetworkEdge",
    "MemberEdge",
    "Charter",
    "Readiness",
    "ReadinessCriterion",
    "Measure",
    "GoalUnderstanding",
    "Endorsement",
    "Progress",
    "Health",
    "HealthCount",
    "HealthHelp",
    "IntroductionPolicy",
    "Participant",
    "HealthSnapshot",
    "CommunityMap",
    "AuditEntry",
    "WebhookAttempt",
];

const INTROSPECTION: &str = "{ __schema { queryType { name } mutationType { name } subscriptionType { name } types { kind name description specifiedByURL
    interfaces { name } enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
    inputFields { name description type { ...T } }
    fields(includeDeprecated: true) { name description isDeprecated deprecationReason type { ...T } args { name description defaultValue type { ...T } } } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }";

/// GraphQL's own scalars, which no code of ours describes.
const SCALARS: [&str; 5] = ["Boolean", "Float", "ID", "Int", "String"];

/// Our types by name; those GraphQL brings itself are left out.
async fn types() -> BTreeMap<String, Value> {
    let answer = api::graphql::schema(Switch::On).execute(INTROSPECTION).await;
    assert_eq!(answer.errors, []);
    let data = serde_json::to_value(answer.data).expect("JSON");
    let own = |ty: &Value| !ty["name"].as_str().is_some_and(|name| name.starts_with("__") || SCALARS.contains(&name));
    let types = data["__schema"]["types"].as_array().expect("types").iter().filter(|ty| own(ty));
    types.map(|ty| (text(&ty["name"]), ty.clone())).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A type as the schema writes it, such as `[Member!]!`.
fn written(ty: &Value) -> String {
    match ty["kind"].as_str() {
        Some("NON_NULL") => format!("{}!", written(&ty["ofType"])),
        Some("LIST") => format!("[{}]", written(&ty["ofType"])),
        _ => text(&ty["name"]),
    }
}

/// Every field of every object and interface, as `Type.field`.
fn fields(types: &BTreeMap<String, Value>) -> impl Iterator<Item = (String, &Value)> {
    types.iter().flat_map(|(name, ty)| {
        list(&ty["fields"]).map(move |field| (format!("{name}.{}", text(&field["name"])), field))
    })
}

/// The payload type of each mutation.
fn payloads(types: &BTreeMap<String, Value>) -> Vec<String> {
    list(&types["Mutation"]["fields"]).map(|field| written(&field["type"]).replace('!', "")).collect()
}

fn nothing(found: Vec<String>, what: &str) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}

#[test]
fn the_checked_in_schema_is_the_codes() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema.graphql");
    let checked_in = std::fs::read_to_string(path).expect("schema.graphql is there");
    assert!(!checked_in.contains('\r'), "schema.graphql has line feeds only");
    assert!(
        checked_in == api::graphql::sdl(),
        "schema.graphql is stale: run `cargo run -q -- schema > schema.graphql` and look at its diff"
    );
}

#[tokio::test]
async fn all_of_it_is_described() {
    let types = types().await;
    let (mut bare, mut described) = (Vec::new(), 0);
    let mut check = |place: String, thing: &Value| match thing["description"].as_str() {
        Some(description) if !description.trim().is_empty() && !description.contains('\r') => described += 1,
        _ => bare.push(place),
    };
    for (name, ty) in &types {
        check(name.clone(), ty);
        list(&ty["enumValues"])
            .chain(list(&ty["inputFields"]))
            .for_each(|part| check(format!("{name}.{}", text(&part["name"])), part));
    }
    for (place, field) in fields(&types) {
        check(place.clone(), field);
        list(&field["args"]).for_each(|argument| check(format!("{place}({})", text(&argument["name"])), argument));
    }
    nothing(bare, "without a description");
    assert!(described > 200, "the schema was read: {described}");
}

#[tokio::test]
async fn descriptions_are_sentences() {
    let types = types().await;
    let sentence = |thing: &Value| text(&thing["description"]).trim_end().ends_with(['.', ':', '`', ')']);
    let mut found: Vec<String> =
        types.iter().filter(|(_, ty)| ty["kind"] != "SCALAR" && !sentence(ty)).map(|(name, _)| name.clone()).collect();
    found.extend(fields(&types).filter(|(_, field)| !sentence(field)).map(|(place, _)| place));
    nothing(found, "no full stop");
}

#[tokio::test]
async fn what_has_a_life_of_its_own_is_a_node() {
    let types = types().await;
    let payloads = payloads(&types);
    let mut found = Vec::new();
    for (name, ty) in types.iter().filter(|(_, ty)| ty["kind"] == "OBJECT") {
        let id = list(&ty["fields"]).find(|field| field["name"] == "id").map(|field| written(&field["type"]));
        let is_node = list(&ty["interfaces"]).any(|interface| interface["name"] == "Node");
        let is_value = VALUES.contains(&name.as_str())
            || payloads.contains(name)
            || name.ends_with("Connection")
            || name.ends_with("Edge");
        if is_value == is_node || (is_node && id.as_deref() != Some("ID!")) || (is_value && id.is_some()) {
            found.push(format!("{name}: id {id:?}, a node: {is_node}, listed as a value: {is_value}"));
        }
    }
    nothing(found, "an object is a Node with `id: ID!`, or is listed here as a value");
    let unknown: Vec<String> =
        VALUES.iter().filter(|name| !types.contains_key(**name)).map(|name| (*name).to_owned()).collect();
    nothing(unknown, "listed here, but not in the schema");
}

#[tokio::test]
async fn lists_are_relays_connections() {
    let types = types().await;
    let mut found = Vec::new();
    let connections: Vec<&String> = types.keys().filter(|name| name.ends_with("Connection")).collect();
    assert!(connections.len() >= 5);
    for name in connections {
        let kind = name.trim_end_matches("Connection");
        let of = |field: &str| {
            list(&types[name]["fields"])
                .find(|one| one["name"] == field)
                .map(|field| written(&field["type"]))
                .unwrap_or_default()
        };
        let edge = of("edges").trim_start_matches('[').trim_end_matches("!]!").to_owned();
        let edge_field = |field: &str| {
            list(&types[&edge]["fields"])
                .find(|one| one["name"] == field)
                .map(|field| written(&field["type"]))
                .unwrap_or_default()
        };
        let node = edge_field("node");
        for (what, is, must) in [
            ("edges", of("edges"), format!("[{kind}Edge!]!")),
            ("nodes", of("nodes"), format!("[{node}]!")),
            ("pageInfo", of("pageInfo"), "PageInfo!".to_owned()),
            ("totalCount", of("totalCount"), "Int".to_owned()),
            ("cursor", edge_field("cursor"), "String!".to_owned()),
        ] {
            if is != must {
                found.push(format!("{name}: {what} is {is}, not {must}"));
            }
        }
    }
    for (place, field) in fields(&types).filter(|(_, field)| written(&field["type"]).contains("Connection")) {
        let argument = |name: &str| {
            list(&field["args"])
                .find(|argument| argument["name"] == name)
                .map(|argument| (written(&argument["type"]), text(&argument["defaultValue"])))
        };
        if !written(&field["type"]).ends_with('!')
            || argument("first") != Some(("Int!".to_owned(), "20".to_owned()))
            || argument("after").map(|(ty, _)| ty) != Some("String".to_owned())
        {
            found.push(format!(
                "{place}: {} first {:?} after {:?}",
                written(&field["type"]),
                argument("first"),
                argument("after")
            ));
        }
    }
    nothing(found, "not after the convention");
}

#[tokio::test]
async fn rows_of_lists_are_never_null_but_in_nodes() {
    let types = types().await;
    let loose = fields(&types).filter(|(place, field)| {
        let ty = written(&field["type"]);
        ty.starts_with('[') && !ty.contains("!]") && place != "Query.nodes"
    });
    nothing(loose.map(|(place, field)| format!("{place}: {}", written(&field["type"]))).collect(), "a list with holes");
    assert_eq!(
        written(&list(&types["Query"]["fields"]).find(|field| field["name"] == "nodes").expect("nodes")["type"]),
        "[Node]!"
    );
}

#[tokio::test]
async fn a_mutation_takes_one_input_and_returns_one_payload() {
    let types = types().await;
    let mut found = Vec::new();
    for mutation in list(&types["Mutation"]["fields"]) {
        let name = text(&mutation["name"]);
        let arguments: Vec<(String, String)> =
            list(&mutation["args"]).map(|argument| (text(&argument["name"]), written(&argument["type"]))).collect();
        let one_input = matches!(arguments.as_slice(), [(name, ty)] if name == "input" && ty.ends_with("Input!"));
        // What needs no input takes none.
        let one_input = one_input || arguments.is_empty();
        let payload = written(&mutation["type"]);
        let errors = types
            .get(payload.trim_end_matches('!'))
            .and_then(|payload| list(&payload["fields"]).find(|field| field["name"] == "userErrors"))
            .map(|field| written(&field["type"]));
        if !one_input || !payload.ends_with("Payload!") || errors.as_deref() != Some("[UserError!]!") {
            found.push(format!("{name}({arguments:?}): {payload} with {errors:?}"));
        }
    }
    nothing(found, "not after the convention");
    let shapes = ["UserError", "RuleError", "LimitError"].map(|name| {
        let fields = list(&types[name]["fields"])
            .filter(|field| ["code", "message", "path"].contains(&text(&field["name"]).as_str()));
        fields.map(|field| (text(&field["name"]), written(&field["type"]))).collect::<BTreeMap<_, _>>()
    });
    let wanted = [("code", "UserErrorCode!"), ("message", "String!"), ("path", "[String!]")];
    for shape in shapes {
        assert_eq!(shape, wanted.iter().map(|(name, ty)| ((*name).to_owned(), (*ty).to_owned())).collect());
    }
}

#[tokio::test]
async fn names_say_what_things_are() {
    let types = types().await;
    let empty = [
        "Data", "Result", "Response", "Object", "Item", "Entity", "Model", "Dto", "Type", "Info", "Details", "Error",
        "Manager", "List",
    ];
    let allowed = ["PageInfo", "ServerInfo", "UserError", "RuleError", "LimitError"];
    let words = |name: &str| {
        name.chars().next().is_some_and(char::is_uppercase) && name.chars().all(|c| c.is_ascii_alphanumeric())
    };
    let is_lower = |name: &str| {
        name.chars().next().is_some_and(|c| c.is_ascii_lowercase()) && name.chars().all(|c| c.is_ascii_alphanumeric())
    };
    let mut found = Vec::new();
    for (name, ty) in &types {
        let is_empty = empty.iter().any(|word| name.ends_with(word)) && !allowed.contains(&name.as_str());
        let kind_shows = (ty["kind"] == "INPUT_OBJECT")
            == (name.ends_with("Input")
                || name.ends_with("Filter")
                || ["MemberBy", "CommunityBy", "Who"].contains(&name.as_str()));
        if is_empty || !words(name) || !kind_shows {
            found.push(name.clone());
        }
        found.extend(
            list(&ty["enumValues"])
                .map(|value| text(&value["name"]))
                .filter(|value| !value.chars().all(|c| c.is_ascii_uppercase() || c == '_')),
        );
        found.extend(list(&ty["inputFields"]).map(|field| text(&field["name"])).filter(|name| !is_lower(name)));
        if ty["kind"] == "ENUM" && !text(&ty["description"]).contains("must accept") {
            found.push(format!("{name}: enums are open, and say so"));
        }
        if ty["kind"] == "SCALAR" && ty["specifiedByURL"].is_null() {
            found.push(format!("{name}: a scalar says where it is specified"));
        }
    }
    found.extend(fields(&types).map(|(_, field)| text(&field["name"])).filter(|name| !is_lower(name)));
    nothing(found, "names to think about again");
}

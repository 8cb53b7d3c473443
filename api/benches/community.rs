//! How long a community of 5,000 members takes to list, to search and to report its health.
//!
//! ```text
//! cargo bench --bench community
//! ```
//!
//! One community of 5,000 members with a mean degree of 20 among them, and 2,000 other live ones to search among. The server is
//! in this process ([`bench_server`]). Each document is asked 100 times, one after the other, as a steward; prints the median and
//! the 99th of a hundred. What is promised is a median below 100 ms.

mod bench_server;

use std::time::Instant;

use api::auth::Keys;
use domain::Kith;
use domain::community::{self, NewCommunity};
use domain::ctx::{Ctx, Viewer};
use domain::import::{self, Import, Person, Tie, TiesAs};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use self::bench_server::{Served, median, say, token};

const MEMBERS: usize = 5_000;
const DEGREE: usize = 20;
const OTHERS: usize = 2_000;
const TIMES: usize = 100;

fn main() {
    actix_web::rt::System::new().block_on(run());
}

async fn run() {
    let served = Served::start(&[], populate).await;
    let token = &served.made;
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let documents = [
        (
            "a page of 100 members",
            "{ community(by: {slug: \"all-of-us\"}) { memberCount members(first: 100) { edges { relationToViewer node { role joinedAt member { name headline avatarUrl } } } } } }",
        ),
        (
            "a search by text",
            "{ communities(query: \"neighbours tools\", first: 20) { nodes { name memberCount charter { purpose } } } }",
        ),
        (
            "a search by area and skill",
            "{ communities(area: \"lisbon\", skill: \"gardening\", first: 20) { nodes { name memberCount } } }",
        ),
        (
            "the health report",
            "{ community(by: {slug: \"all-of-us\"}) { health { members components density bridges { text } alone { text } inPersonShare } } }",
        ),
    ];
    say("what                            median         p99");
    for (what, document) in documents {
        let mut times = Vec::with_capacity(TIMES);
        for _ in 0..TIMES {
            let begun = Instant::now();
            let request = client.post(&served.url).bearer_auth(token);
            let answer: Value =
                request.json(&json!({"query": document})).send().await.expect("an answer").json().await.expect("JSON");
            times.push(begun.elapsed());
            assert!(answer.get("errors").is_none() && is_full(&answer["data"]), "{answer}");
        }
        let middle = median(&mut times);
        say(&format!("{what:<28} {middle:>11.3?} {:>11.3?}", times[TIMES * 99 / 100]));
    }
    served.stop().await;
}

/// Whether an answer has what was asked for, and not nothing.
fn is_full(data: &Value) -> bool {
    let community = &data["community"];
    let rows = community["members"]["edges"].as_array().map(Vec::len);
    let found = data["communities"]["nodes"].as_array().map(Vec::len);
    rows == Some(100) || found == Some(20) || community["health"]["members"] == MEMBERS
}

/// Makes the people, their ties and the communities; returns a steward's token.
async fn populate(kith: Kith, keys: Keys, database: &str) -> (Keys, String) {
    let ctx = Ctx::new(&kith, Viewer::System);
    let person = |number: usize| Person { line: number as u64 + 2, id: number.to_string(), ..Person::default() };
    // Around a ring with chords: connected, and everybody has the same degree.
    let tie = |from: usize, step: usize| Tie {
        line: (from * DEGREE + step) as u64 + 2,
        from: from.to_string(),
        to: ((from + step * step) % MEMBERS).to_string(),
    };
    let ties = (0..MEMBERS).flat_map(|from| (1..=DEGREE / 2).map(move |step| tie(from, step))).collect();
    let people = (0..MEMBERS).map(person).collect();
    let list = Import { slug: "bench".to_owned(), people, ties, ties_as: TiesAs::Active, community: None };
    let prepared = import::prepare(&ctx, &list, &|_| ()).await.expect("a database").expect("no faults");
    prepared.write(&ctx, &|_| ()).await.expect("written");
    let steward = domain::member::by_handle(&kith, "bench-0").await.expect("a database").expect("a member");
    let new =
        NewCommunity { name: "All of us".to_owned(), slug: Some("all-of-us".to_owned()), ..NewCommunity::default() };
    community::form(&Ctx::new(&kith, Viewer::Member(steward)), new).await.expect("formed");
    let token = token(&ctx, &keys, "bench-0").await;
    fill(database).await;
    (keys, token)
}

/// Lets everybody belong to the large community, and makes the others: by statements, since the rules would take an hour.
async fn fill(database: &str) {
    let connection = sea_orm::Database::connect(database).await.expect("the database");
    let is_sqlite = database.starts_with("sqlite");
    let fresh = if is_sqlite { "randomblob(16)" } else { "gen_random_uuid()" };
    let numbers = if is_sqlite {
        format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {OTHERS})")
    } else {
        format!("WITH n(i) AS (SELECT generate_series(1, {OTHERS}))")
    };
    let member = format!(
        "INSERT INTO membership (id, community_id, member_id, state, role, founder, consented_version, shown, \
         hidden_from_partners, may_return, created_at, expires_at, joined_at) \
         SELECT {fresh}, c.id, m.id, 'ACTIVE', 'MEMBER', false, 1, true, false, true, m.created_at, m.created_at, m.created_at \
         FROM community c, member m WHERE c.slug = 'all-of-us' AND m.handle <> 'bench-0'"
    );
    let live = "UPDATE community SET stage = 'LIVE', launched_at = created_at";
    let others = format!(
        "{numbers} INSERT INTO community (id, slug, name, area, area_key, search_key, stage, charter_version, created_at, \
         updated_at, active_at, launched_at) SELECT {fresh}, 'other-' || i, 'Other ' || i, 'Lisbon', 'lisbon', \
         'other ' || i || CASE WHEN i % 7 = 0 THEN ' neighbours who lend tools' ELSE ' a choir that sings' END, 'LIVE', 1, i, i, i, i FROM n"
    );
    let charters = "INSERT INTO charter (community_id, version, purpose, agreements, joining, vouches, questions, health_for, created_at) \
                    SELECT id, 1, 'To meet.', '[]', 'INVITATION', 2, '[]', 'STEWARDS', created_at FROM community WHERE slug LIKE 'other-%'";
    let skills = "INSERT INTO community_skill (community_id, skill_key, label, position) \
                  SELECT id, 'gardening', 'Gardening', 0 FROM community WHERE slug LIKE 'other-%5'";
    for statement in [member.as_str(), live, &others, charters, skills] {
        connection.execute_unprepared(statement).await.expect(statement);
    }
    connection.close().await.expect("closed");
}

//! The list goes to the community, and what came of it comes back.
//!
//! Both can be done again at any time: a row is known by our own id, and a line of the roster by its membership.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// How many rows are sent at once; 1,000 is the most.
const ROWS: usize = 500;
/// How much is read twice, so that nothing is missed that was written while we read.
const OVERLAP: time::Duration = time::Duration::minutes(1);
/// How often a request is tried that the service could not answer.
const TRIES: u32 = 5;

/// Asks in the name of a partner.
pub(crate) struct Partner {
    client: reqwest::Client,
    url: String,
    token: String,
}

/// A row of our list.
#[derive(Deserialize)]
struct Row {
    id: String,
    email: String,
    active: bool,
}

/// The roster as it was last read.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Roster {
    /// The latest change that is in it.
    updated_at: Option<String>,
    /// Those who belong to the community, by membership.
    pub(crate) people: BTreeMap<String, Person>,
}

/// Somebody who belongs to the community.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Person {
    /// What we call them, if they came by our list.
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) role: String,
}

/// What a sync did.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// How many rows came to what.
    pub(crate) outcomes: BTreeMap<String, usize>,
    /// The rows that are wrong, and why.
    pub(crate) wrong: Vec<String>,
    /// How many people are on the roster.
    pub(crate) people: usize,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (outcome, count) in &self.outcomes {
            writeln!(f, "{count} {outcome}")?;
        }
        for wrong in &self.wrong {
            writeln!(f, "{wrong}")?;
        }
        write!(f, "{} people are on the roster", self.people)
    }
}

const IMPORT: &str = "mutation Import($rows: [RosterRowInput!]!) {
  importRoster(input: { rows: $rows }) {
    results { externalId outcome message }
    userErrors { code message }
  }
}";

const ROSTER: &str = "query Roster($community: ID!, $since: DateTime, $after: String) {
  community(by: { id: $community }) {
    roster(updatedAfter: $since, first: 100, after: $after) {
      nodes { membershipId externalId state role updatedAt member { name } }
      pageInfo { hasNextPage endCursor }
    }
  }
}";

impl Partner {
    pub(crate) fn new(url: &str, token: &str) -> Self {
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build().unwrap_or_default();
        Self { client, url: url.to_owned(), token: token.to_owned() }
    }

    /// The data of an operation. What the service could not answer is asked again when it says.
    async fn ask(&self, query: &str, variables: Value) -> Result<Value, String> {
        for tried in 1.. {
            let request = self.client.post(&self.url).bearer_auth(&self.token);
            let answer = request.json(&json!({"query": query, "variables": variables})).send().await;
            let wait = match answer {
                Ok(answer) if matches!(answer.status().as_u16(), 429 | 503) => {
                    let after = answer.headers().get("Retry-After").and_then(|value| value.to_str().ok());
                    after.and_then(|seconds| seconds.parse().ok()).unwrap_or(2)
                }
                Ok(answer) => {
                    let body: Value = answer.json().await.map_err(|cause| cause.to_string())?;
                    return match body["errors"][0]["message"].as_str() {
                        Some(message) => Err(message.to_owned()),
                        None => Ok(body["data"].clone()),
                    };
                }
                Err(cause) if tried >= TRIES => return Err(cause.to_string()),
                Err(_) => 2,
            };
            if tried >= TRIES {
                return Err("the service is busy".to_owned());
            }
            tokio::time::sleep(Duration::from_secs(wait)).await;
        }
        Err("the service does not answer".to_owned())
    }

    /// The community of the token.
    async fn community(&self) -> Result<Value, String> {
        let data = self.ask("{ accessToken { community { id } } }", json!({})).await?;
        Ok(data["accessToken"]["community"]["id"].clone())
    }
}

/// Sends the list, and brings our copy of the roster up to date.
pub(crate) async fn sync(partner: &Partner, list: &Path) -> Result<Done, String> {
    let mut done = Done::default();
    let rows = read(list)?;
    for some in rows.chunks(ROWS) {
        send(partner, some, &mut done).await?;
    }
    let kept = list.with_extension("roster.json");
    let mut roster = load(&kept)?;
    follow(partner, &mut roster).await?;
    done.people = roster.people.len();
    let text = serde_json::to_string_pretty(&roster).map_err(|cause| cause.to_string())?;
    // Whole or not at all: somebody may read it, or stop us, in between.
    let fresh = kept.with_extension("new");
    let written = std::fs::write(&fresh, text).and_then(|()| std::fs::rename(&fresh, &kept));
    written.map_err(|cause| format!("{}: {cause}", kept.display()))?;
    Ok(done)
}

fn read(list: &Path) -> Result<Vec<Row>, String> {
    let wrong = |cause: csv::Error| format!("{}: {cause}", list.display());
    csv::Reader::from_path(list).map_err(wrong)?.deserialize().collect::<Result<_, _>>().map_err(wrong)
}

async fn send(partner: &Partner, rows: &[Row], done: &mut Done) -> Result<(), String> {
    let state = |row: &Row| if row.active { "ACTIVE" } else { "ENDED" };
    let rows: Vec<Value> =
        rows.iter().map(|row| json!({"externalId": row.id, "email": row.email, "state": state(row)})).collect();
    let data = partner.ask(IMPORT, json!({"rows": rows})).await?;
    let payload = &data["importRoster"];
    if let Some(refused) = payload["userErrors"][0]["message"].as_str() {
        return Err(refused.to_owned());
    }
    for result in payload["results"].as_array().into_iter().flatten() {
        let text = |name: &str| result[name].as_str().unwrap_or_default().to_owned();
        *done.outcomes.entry(text("outcome")).or_default() += 1;
        if let Some(message) = result["message"].as_str() {
            done.wrong.push(format!("{}: {message}", text("externalId")));
        }
    }
    Ok(())
}

/// The copy of the roster beside the list; an empty one before the first sync.
pub(crate) fn load(kept: &Path) -> Result<Roster, String> {
    match std::fs::read(kept) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|cause| format!("{}: {cause}", kept.display())),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(Roster::default()),
        Err(cause) => Err(format!("{}: {cause}", kept.display())),
    }
}

/// Reads what has changed since, page by page.
async fn follow(partner: &Partner, roster: &mut Roster) -> Result<(), String> {
    let community = partner.community().await?;
    let since = roster.updated_at.as_deref().map(earlier).transpose()?;
    let mut after = Value::Null;
    loop {
        let variables = json!({"community": community, "since": since, "after": after});
        let data = partner.ask(ROSTER, variables).await?;
        let page = &data["community"]["roster"];
        for line in page["nodes"].as_array().into_iter().flatten() {
            roster.apply(line);
        }
        if page["pageInfo"]["hasNextPage"] != true {
            return Ok(());
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

fn earlier(moment: &str) -> Result<String, String> {
    let at = OffsetDateTime::parse(moment, &Rfc3339).map_err(|cause| cause.to_string())? - OVERLAP;
    at.format(&Rfc3339).map_err(|cause| cause.to_string())
}

impl Roster {
    fn apply(&mut self, line: &Value) {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let membership = text(&line["membershipId"]).unwrap_or_default();
        // Without a person it is over, whatever else it says.
        match text(&line["member"]["name"]) {
            Some(name) => {
                let role = text(&line["role"]).unwrap_or_default();
                self.people.insert(membership, Person { id: text(&line["externalId"]), name, role });
            }
            None => drop(self.people.remove(&membership)),
        }
        // Moments of the service all have one form, but not one length: they are compared as moments.
        let moment =
            |text: &Option<String>| text.as_deref().and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
        let updated_at = text(&line["updatedAt"]);
        if moment(&updated_at) > moment(&self.updated_at) {
            self.updated_at = updated_at;
        }
    }
}

//! Communities in stories: formed, made ready and launched as their founders would, over HTTP.

use serde_json::{Value, json};

use super::{Person, World, refusals};

/// What a story sees of a community again and again.
pub(crate) const COMMUNITY: &str =
    "community { id slug name stage memberCount charter { version joining } viewerMembership { id state role } }";

/// The charter of stories; `joining` as clients write it.
pub(crate) fn charter(joining: &str) -> Value {
    json!({
        "purpose": "Neighbours who lend each other a hand.",
        "failure": "We lose touch between meetings.",
        "agreements": ["We say what we need.", "We keep what we promise."],
        "joining": joining,
        "vouches": 2,
        "questions": if joining == "REQUEST" { json!(["Why do you want to join?"]) } else { json!([]) },
    })
}

/// A sentence of one's own about a goal, different for each name.
pub(crate) fn own_words(name: &str) -> String {
    format!("As {name} I would say it so: every street has somebody who helps")
}

impl Person {
    /// Runs one mutation with an input, and returns its payload. `shows` is what is selected besides the refusals.
    pub(crate) async fn command(&self, mutation: &str, shows: &str, input: Value) -> Value {
        let kind = mutation[..1].to_uppercase() + &mutation[1..];
        let document = format!(
            "mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ {shows} userErrors {{ code message path }} }} }}"
        );
        self.mutate(&document, json!({"input": input})).await
    }

    /// The same, for a command that must not be refused.
    pub(crate) async fn done(&self, mutation: &str, shows: &str, input: Value) -> Value {
        let payload = self.command(mutation, shows, input).await;
        assert_eq!(refusals(&payload), [""; 0], "{}: {mutation}: {payload}", self.name);
        payload
    }

    /// The codes by which a command is refused.
    pub(crate) async fn refused(&self, mutation: &str, input: Value) -> Vec<String> {
        let payload = self.command(mutation, "__typename", input).await;
        refusals(&payload).into_iter().map(str::to_owned).collect()
    }

    /// Forms a community with the charter of stories; returns its id.
    pub(crate) async fn form(&self, name: &str, joining: &str) -> String {
        let input = json!({"name": name, "area": "Lisbon", "skills": ["Gardening"], "charter": charter(joining)});
        text(&self.done("formCommunity", COMMUNITY, input).await["community"]["id"])
    }

    /// Invites somebody to a community, who accepts; they must be tied.
    pub(crate) async fn bring(&self, community: &str, other: &Person) {
        let input = json!({"communityId": community, "memberId": other.global_id()});
        self.done("inviteToCommunity", "membership { id state }", input).await;
        let version = other.community(community).await["charter"]["version"].clone();
        let input = json!({"communityId": community, "charterVersion": version});
        other.done("acceptInvitation", "membership { id state }", input).await;
    }

    /// A community as this person sees it; null if it does not exist for them.
    pub(crate) async fn community(&self, id: &str) -> Value {
        let document = "query($id: ID!) { community(by: {id: $id}) { id slug name area skills stage memberCount createdAt launchedAt
            charter { version purpose failure agreements joining vouches questions healthFor }
            viewerMembership { id state role founder } } }";
        self.run(document, json!({"id": id})).await["community"].clone()
    }

    /// The names of those in a community in `state` who show to this person, newest first.
    pub(crate) async fn members(&self, community: &str, state: &str) -> Vec<String> {
        let document = "query($id: ID!, $state: MembershipState!) { community(by: {id: $id}) { members(state: $state, first: 100) { nodes { name } } } }";
        let data = self.run(document, json!({"id": community, "state": state})).await;
        let nodes = data["community"]["members"]["nodes"].as_array().cloned().unwrap_or_default();
        nodes.iter().map(|node| text(&node["name"])).collect()
    }

    /// The id of the membership of `other` in a community, in `state`, as this person sees it.
    pub(crate) async fn membership(&self, community: &str, other: &Person, state: &str) -> String {
        let document = "query($id: ID!, $state: MembershipState!) { community(by: {id: $id}) { members(state: $state, first: 100) { nodes { id name } } } }";
        let data = self.run(document, json!({"id": community, "state": state})).await;
        let nodes = data["community"]["members"]["nodes"].as_array().cloned().unwrap_or_default();
        let found = nodes.iter().find(|node| node["name"] == other.name.as_str());
        text(&found.unwrap_or_else(|| panic!("{} sees no {state} membership of {}", self.name, other.name))["id"])
    }

    /// The criteria that a community does not meet, as this founder sees them.
    pub(crate) async fn unmet(&self, community: &str) -> Vec<String> {
        let document = "query($id: ID!) { community(by: {id: $id}) { readiness { ready criteria { key met } } } }";
        let data = self.run(document, json!({"id": community})).await;
        let readiness = &data["community"]["readiness"];
        let criteria = readiness["criteria"].as_array().cloned().unwrap_or_default();
        let unmet: Vec<String> =
            criteria.iter().filter(|one| one["met"] == false).map(|one| text(&one["key"])).collect();
        assert_eq!(readiness["ready"], json!(unmet.is_empty()));
        unmet
    }
}

/// A JSON text as text.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

impl World {
    /// A moment so many hours from now, as clients write it; negative for the past.
    pub(crate) fn hours_from_now(&self, hours: i64) -> String {
        let now = self.kith.clock.now();
        let at = domain::ctx::Timestamp(now.0 + hours * 3_600_000_000);
        at.to_datetime().format(&time::format_description::well_known::Rfc3339).expect("a moment")
    }

    /// A gathering of a community that began so many hours from now and lasts two; returns its id.
    pub(crate) async fn gathering(&self, by: &Person, community: &str, hours: i64) -> String {
        let input = json!({
            "communityId": community, "title": "At the fountain", "place": "Largo do Carmo", "zone": "Europe/Lisbon",
            "startsAt": self.hours_from_now(hours), "endsAt": self.hours_from_now(hours + 2),
        });
        text(&by.done("planGathering", "gathering { id }", input).await["gathering"]["id"])
    }

    /// A community of these founders that is ready to launch, formed by the first of them; returns its id. They are tied to
    /// one another, if they are not yet.
    pub(crate) async fn ready<const N: usize>(&self, founders: [&Person; N], joining: &str) -> String {
        for (at, one) in founders.iter().enumerate() {
            let known = one.tied().await;
            for other in founders.iter().skip(at + 1).filter(|other| !known.contains(&other.name)) {
                self.tie([(one, other)]).await;
            }
        }
        let first = founders[0];
        let community = first.form(&format!("The {joining} of {}", first.name), joining).await;
        for other in &founders[1..] {
            first.bring(&community, other).await;
        }
        for founder in founders {
            let input = json!({"communityId": community, "charterVersion": 1});
            founder.done("ratifyCharter", "community { id }", input).await;
        }
        let input = json!({"communityId": community, "outcome": "In each street somebody can be asked for help."});
        let goal = first.done("proposeGoal", "goal { id }", input).await["goal"]["id"].clone();
        for founder in founders.iter().take((2 * N).div_ceil(3)) {
            let input = json!({"goalId": goal, "words": own_words(&founder.name)});
            founder.done("endorseGoal", "goal { state }", input).await;
        }
        let gathering = self.gathering(first, &community, -48).await;
        let there: Vec<String> = founders.iter().map(|founder| founder.global_id()).collect();
        let input = json!({"gatheringId": gathering, "attended": there});
        first.done("recordAttendance", "gathering { attendeeCount }", input).await;
        community
    }

    /// The same, launched.
    pub(crate) async fn live<const N: usize>(&self, founders: [&Person; N], joining: &str) -> String {
        let community = self.ready(founders, joining).await;
        let input = json!({"communityId": community});
        founders[0].done("launchCommunity", "community { stage }", input).await;
        community
    }
}

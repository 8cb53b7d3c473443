//! Introductions, asks, nominations, conversations and notifications in stories, over HTTP.

use serde_json::{Value, json};

use super::{Person, World, listed, refusals, text, without_cost};

/// What one of the three sees of an introduction, without its id.
pub(crate) const INTRODUCTION: &str =
    "viewerRole state stateSince requester { name } connector { name } target { name }
    reason note awaitsViewer conversation { id } myOutcome myOutcomeNote createdAt expiresAt";

/// What somebody sees of a nomination, without its id.
pub(crate) const NOMINATION: &str = "need skills asker { name } nominator { name } nominee { name } note state
    awaitsViewer conversation { id }";

impl World {
    /// Three of these names, of whom the second is tied to the other two.
    pub(crate) async fn trio(&self, names: [&str; 3]) -> [Person; 3] {
        let three = self.people(names).await;
        self.tie([(&three[0], &three[1]), (&three[1], &three[2])]).await;
        three
    }

    /// Somebody whom so many know who do not know one another, and those: `<slug>-1` and on.
    pub(crate) async fn star(&self, slug: &str, size: usize) -> (Person, Vec<Person>) {
        let names: Vec<String> = (1..=size).map(|number| number.to_string()).collect();
        let ties: Vec<(&str, &str)> = names.iter().map(|name| ("hub", name.as_str())).collect();
        let ids: Vec<&str> = std::iter::once("hub").chain(names.iter().map(String::as_str)).collect();
        self.import(listed(slug, &ids, &ties)).await;
        let mut crowd = Vec::with_capacity(size);
        for name in &names {
            crowd.push(self.person(&format!("{slug}-{name}")).await);
        }
        (self.person(&format!("{slug}-hub")).await, crowd)
    }

    /// Sets the moment, so many days after each introduction was asked for, at which it shows that it came to nothing.
    pub(crate) async fn draw(&self, days: u64) {
        let later = days * 86_400_000_000;
        self.execute(&format!("UPDATE introduction SET reveal_at = created_at + {later}")).await;
    }

    /// Lets what waits reach those who have room, as the timer does.
    pub(crate) async fn deliver_waiting(&self) {
        domain::introduction::deliver_waiting(&self.system()).await.expect("delivered");
    }

    /// Tells how introductions ended, as the timer does.
    pub(crate) async fn tell_ended(&self) {
        domain::introduction::tell_ended(&self.system()).await.expect("told");
    }
}

impl Person {
    /// Asks `connector` to be introduced to `target`; the payload, refused or not.
    pub(crate) async fn request(&self, target: &Person, connector: &Person) -> Value {
        let input =
            json!({"targetId": target.global_id(), "connectorId": connector.global_id(), "reason": "We both bake."});
        self.request_with(input).await
    }

    /// The same, with an input of the story's own.
    pub(crate) async fn request_with(&self, input: Value) -> Value {
        let document = "mutation($input: RequestIntroductionInput!) { requestIntroduction(input: $input) {
            introduction { id state } introductionEdge { cursor node { id } }
            userErrors { code message path ... on LimitError { retryAt } } } }";
        self.mutate(document, json!({"input": input})).await
    }

    /// Asks `connector` to be introduced to `target`, which must not be refused; the introduction's id.
    pub(crate) async fn ask_for(&self, target: &Person, connector: &Person) -> String {
        let made = self.request(target, connector).await;
        assert_eq!(refusals(&made), [""; 0], "{} asks {} for {}: {made}", self.name, connector.name, target.name);
        text(&made["introduction"]["id"])
    }

    /// Runs one mutation with an input under an idempotency key; the whole answer.
    pub(crate) async fn under(&self, key: &str, mutation: &str, shows: &str, input: Value) -> Value {
        let kind = mutation[..1].to_uppercase() + &mutation[1..];
        let document = format!(
            "mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ {shows} userErrors {{ code message path }} }} }}"
        );
        let request = self.client.post(format!("{}/graphql", self.address)).header("Idempotency-Key", key);
        let request = request.bearer_auth(self.token.as_deref().expect("a token"));
        let body = json!({"query": document, "variables": {"input": input}});
        without_cost(request.json(&body).send().await.expect("an answer").json().await.expect("JSON"))
    }

    /// The input of a step, which only passing on needs words for.
    fn step_input(mutation: &str, introduction: &str) -> Value {
        match mutation {
            "passOnIntroduction" => json!({"introductionId": introduction, "note": "You will like her."}),
            "recordIntroductionOutcome" => json!({"introductionId": introduction, "outcome": "MET"}),
            _ => json!({"introductionId": introduction}),
        }
    }

    /// Takes a step of an introduction, such as `acceptIntroduction`, which must not be refused; the state after it.
    pub(crate) async fn step(&self, mutation: &str, introduction: &str) -> String {
        let input = Self::step_input(mutation, introduction);
        text(&self.done(mutation, "introduction { state }", input).await["introduction"]["state"])
    }

    /// The codes by which a step is refused.
    pub(crate) async fn step_refused(&self, mutation: &str, introduction: &str) -> Vec<String> {
        self.refused(mutation, Self::step_input(mutation, introduction)).await
    }

    /// Passes an introduction on.
    pub(crate) async fn pass_on(&self, introduction: &str) {
        assert_eq!(self.step("passOnIntroduction", introduction).await, "PASSED_ON");
    }

    /// Says yes to an introduction.
    pub(crate) async fn accept(&self, introduction: &str) {
        assert_eq!(self.step("acceptIntroduction", introduction).await, "ACCEPTED");
    }

    /// Something by its id, with these fields of this type; null if it does not exist for this person.
    pub(crate) async fn node(&self, kind: &str, fields: &str, id: &str) -> Value {
        let document = format!("query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {fields} }} }} }}");
        self.run(&document, json!({"id": id})).await["node"].clone()
    }

    /// An introduction as this person sees it; null if it does not exist for them.
    pub(crate) async fn introduction(&self, id: &str) -> Value {
        self.node("Introduction", INTRODUCTION, id).await
    }

    /// Where an introduction stands for this person; empty if it does not exist for them. Lists, filters and counts say the
    /// same.
    pub(crate) async fn state_of(&self, id: &str) -> String {
        let filters = ["", "REQUESTED", "PASSED_ON", "ACCEPTED", "DECLINED", "WITHDRAWN", "EXPIRED", "CLOSED"];
        let list = |role: &str, filter: &str| {
            let state = if filter.is_empty() { "null" } else { filter };
            format!("{role}{filter}: introductions(as: {role}, state: {state}) {{ totalCount nodes {{ id }} }}")
        };
        let roles = ["REQUESTER", "CONNECTOR", "TARGET"];
        let lists: Vec<String> = roles.iter().flat_map(|role| filters.map(|filter| list(role, filter))).collect();
        let document = format!(
            "query($id: ID!) {{ node(id: $id) {{ ... on Introduction {{ state viewerRole }} }} viewer {{ {} }} }}",
            lists.join(" ")
        );
        let data = self.run(&document, json!({"id": id})).await;
        let (state, own) = (text(&data["node"]["state"]), text(&data["node"]["viewerRole"]));
        for (role, filter) in roles.iter().flat_map(|role| filters.map(|filter| (*role, filter))) {
            let list = &data["viewer"][format!("{role}{filter}")];
            let nodes = list["nodes"].as_array().cloned().unwrap_or_default();
            let listed = nodes.iter().any(|node| node["id"] == id);
            let expected = role == own && (filter.is_empty() || filter == state);
            assert_eq!(listed, expected, "{}: {id} among {filter} as {role}: {}", self.name, data["node"]);
            assert_eq!(list["totalCount"], nodes.len(), "{}: {filter} as {role}", self.name);
        }
        state
    }

    /// The ids of the introductions in which this person is this, newest first.
    pub(crate) async fn introductions(&self, role: &str, state: Option<&str>) -> Vec<String> {
        let document = "query($as: IntroductionRole!, $state: IntroductionState) { viewer {
            introductions(as: $as, state: $state, first: 100) { totalCount nodes { id } } } }";
        let list = self.run(document, json!({"as": role, "state": state})).await["viewer"]["introductions"].clone();
        let ids: Vec<String> = list["nodes"].as_array().into_iter().flatten().map(|node| text(&node["id"])).collect();
        assert_eq!(list["totalCount"], ids.len(), "{} as {role}", self.name);
        ids
    }

    /// The kinds of this person's notifications that begin so, newest first, each with the id of what it is about; empty if
    /// that does not show.
    pub(crate) async fn told_of(&self, kinds: &str) -> Vec<(String, String)> {
        let list =
            self.query("{ viewer { notifications(first: 100) { totalCount nodes { kind node { id } } } } }").await;
        let list = &list["viewer"]["notifications"];
        let nodes = list["nodes"].as_array().cloned().unwrap_or_default();
        assert_eq!(list["totalCount"], nodes.len(), "{}", self.name);
        let told = nodes.iter().map(|node| (text(&node["kind"]), text(&node["node"]["id"])));
        told.filter(|(kind, _)| kind.starts_with(kinds)).collect()
    }

    /// The same, without what they are about.
    pub(crate) async fn told(&self, kinds: &str) -> Vec<String> {
        self.told_of(kinds).await.into_iter().map(|(kind, _)| kind).collect()
    }

    /// Opens an ask with this input besides the need; its id.
    pub(crate) async fn opens(&self, more: Value) -> String {
        let mut input = json!({"need": "Who can tune a piano?"});
        input.as_object_mut().into_iter().for_each(|input| input.extend(more.as_object().cloned().unwrap_or_default()));
        text(&self.done("openAsk", "ask { id }", input).await["ask"]["id"])
    }

    /// Names somebody for an ask; the nomination's id.
    pub(crate) async fn names(&self, ask: &str, other: &Person) -> String {
        let input = json!({"askId": ask, "memberId": other.global_id(), "note": "She plays well."});
        text(&self.done("nominate", "nomination { id }", input).await["nomination"]["id"])
    }

    /// Says yes or no to a nomination; where it stands then.
    pub(crate) async fn answers(&self, mutation: &str, nomination: &str) -> String {
        let done = self.done(mutation, "nomination { state }", json!({"nominationId": nomination})).await;
        text(&done["nomination"]["state"])
    }

    /// A nomination as this person sees it; null if it does not exist for them.
    pub(crate) async fn nomination(&self, id: &str) -> Value {
        self.node("Nomination", NOMINATION, id).await
    }

    /// The conversation with somebody this person is tied to; its id.
    pub(crate) async fn converse(&self, other: &Person) -> String {
        let begun = self.done("startConversation", "conversation { id }", json!({"memberId": other.global_id()})).await;
        text(&begun["conversation"]["id"])
    }

    /// Says something; the message's id.
    pub(crate) async fn say(&self, conversation: &str, words: &str) -> String {
        let input = json!({"conversationId": conversation, "text": words});
        text(&self.done("sendMessage", "message { id }", input).await["message"]["id"])
    }

    /// What this person reads in a conversation, newest first.
    pub(crate) async fn reads(&self, conversation: &str) -> Vec<String> {
        let fields = "messages(first: 100) { totalCount nodes { text } }";
        let list = self.node("Conversation", fields, conversation).await["messages"].clone();
        let nodes = list["nodes"].as_array().cloned().unwrap_or_default();
        assert!(list.is_null() || list["totalCount"] == nodes.len(), "{}: {list}", self.name);
        nodes.iter().map(|node| text(&node["text"])).collect()
    }

    /// The ids of this person's conversations, in order.
    pub(crate) async fn conversations(&self) -> Vec<String> {
        let list = self.query("{ viewer { conversations(first: 100) { totalCount nodes { id } } } }").await;
        let list = &list["viewer"]["conversations"];
        let ids: Vec<String> = list["nodes"].as_array().into_iter().flatten().map(|node| text(&node["id"])).collect();
        assert_eq!(list["totalCount"], ids.len(), "{}", self.name);
        ids
    }
}

//! The access matrix: what each kind of viewer gets of each root field, as a table that is checked in.
//!
//! About mara and what is hers ask: nobody in particular, somebody suspended, a stranger, one she has blocked, a friend
//! of a friend, one whom she has claimed, a tie, and herself. Every field of `Query`, `Mutation` and `Viewer` has a
//! row; one that is added without a row fails here. `UPDATE=1` writes the table anew: look at its diff.

use std::collections::BTreeSet;
use std::fmt::Write;

use api::config::Switch;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::{Person, World, refusals};

/// The root field, as `Type.field`; what is asked, with `$mara`, `$tie`, `$asked`, `$claim`, `$block`, `$session`, `$invitation`, `$opened` and `$handshake` for ids of hers.
const ROWS: [(&str, &str); 54] = [
    ("Query.serverInfo", "{ serverInfo { name } }"),
    ("Query.serverInfo", "{ serverInfo { minimumClientVersion(platform: IOS) } }"),
    ("Query.viewer", "{ viewer { member { name } } }"),
    ("Query.member", "query($mara: ID!) { member(by: {id: $mara}) { name bio email } }"),
    ("Query.member", "{ member(by: {handle: \"mara\"}) { name bio email } }"),
    ("Query.node", "query($mara: ID!) { node(id: $mara) { ... on Member { name bio email } } }"),
    ("Query.node", "query($tie: ID!) { node(id: $tie) { ... on Tie { state } } }"),
    ("Query.node", "query($asked: ID!) { node(id: $asked) { ... on Tie { state } } }"),
    ("Query.node", "query($claim: ID!) { node(id: $claim) { ... on Claim { state } } }"),
    ("Query.node", "query($block: ID!) { node(id: $block) { ... on Block { name } } }"),
    (
        "Query.nodes",
        "query($mara: ID!, $tie: ID!, $claim: ID!, $block: ID!) { nodes(ids: [$mara, $tie, $claim, $block]) { __typename } }",
    ),
    ("Viewer.member", "{ viewer { member { name email } } }"),
    ("Viewer.privacy", "{ viewer { privacy { findable } } }"),
    ("Viewer.ties", "{ viewer { ties { nodes { other { name } } } } }"),
    ("Viewer.ties", "{ viewer { ties(state: PENDING) { nodes { other { name } } } } }"),
    ("Viewer.ties", "{ viewer { ties(state: ENDED) { nodes { state } } } }"),
    ("Viewer.claims", "{ viewer { claims(first: 3) { nodes { named state } } } }"),
    ("Viewer.network", "{ viewer { network { nodes { name } } } }"),
    ("Viewer.reach", "{ viewer { reach { ties network } } }"),
    ("Viewer.whoCanHelp", "{ viewer { whoCanHelp(skill: \"bikes\") { nodes { name } } } }"),
    ("Viewer.blocks", "{ viewer { blocks { nodes { name } } } }"),
    ("Viewer.sessions", "{ viewer { sessions { nodes { device current } } } }"),
    ("Viewer.invitations", "{ viewer { invitations { nodes { state } } } }"),
    ("Viewer.hasPassword", "{ viewer { hasPassword } }"),
    ("Query.node", "query($session: ID!) { node(id: $session) { ... on Session { device } } }"),
    ("Query.node", "query($invitation: ID!) { node(id: $invitation) { ... on Invitation { state } } }"),
    (
        "Mutation.requestSignInCode",
        "mutation { requestSignInCode(input: {email: \"mara@example.org\"}) { sent userErrors { code } } }",
    ),
    (
        "Mutation.signIn",
        "mutation { signIn(input: {with: {password: {email: \"mara@example.org\", password: \"guessed\"}}, device: {name: \"x\", platform: WEB}}) { credentials { accessToken } userErrors { code } } }",
    ),
    (
        "Mutation.signUp",
        "mutation { signUp(input: {email: \"mara@example.org\", code: \"000000\", name: \"Mara\", device: {name: \"x\", platform: WEB}}) { credentials { accessToken } userErrors { code } } }",
    ),
    (
        "Mutation.claimAccount",
        "mutation { claimAccount(input: {claimCode: \"x\", email: \"mara@example.org\", code: \"000000\", device: {name: \"x\", platform: WEB}}) { credentials { accessToken } userErrors { code } } }",
    ),
    (
        "Mutation.refreshSession",
        "mutation { refreshSession(input: {refreshToken: \"x\"}) { credentials { accessToken } userErrors { code } } }",
    ),
    ("Mutation.signOut", "mutation { signOut { deletedSessionId userErrors { code } } }"),
    (
        "Mutation.revokeSession",
        "mutation($session: ID!) { revokeSession(input: {sessionId: $session}) { deletedSessionId userErrors { code } } }",
    ),
    ("Mutation.revokeOtherSessions", "mutation { revokeOtherSessions { ended userErrors { code } } }"),
    (
        "Mutation.setPassword",
        "mutation { setPassword(input: {password: \"a long password\"}) { viewer { hasPassword } userErrors { code } } }",
    ),
    (
        "Mutation.changeEmail",
        "mutation { changeEmail(input: {email: \"new@example.org\"}) { sent userErrors { code } } }",
    ),
    (
        "Mutation.confirmEmailChange",
        "mutation { confirmEmailChange(input: {oldCode: \"000000\", newCode: \"000000\"}) { member { email } userErrors { code } } }",
    ),
    (
        "Mutation.createInvitation",
        "mutation { createInvitation(input: {context: FRIEND}) { invitation { state } userErrors { code } } }",
    ),
    (
        "Mutation.withdrawInvitation",
        "mutation($invitation: ID!) { withdrawInvitation(input: {invitationId: $invitation}) { invitation { state } userErrors { code } } }",
    ),
    (
        "Mutation.openHandshake",
        "mutation { openHandshake(input: {context: FRIEND}) { handshake { state } userErrors { code } } }",
    ),
    (
        "Mutation.completeHandshake",
        "mutation($handshake: String!) { completeHandshake(input: {code: $handshake}) { tie { state evidence } userErrors { code } } }",
    ),
    ("Query.node", "query($opened: ID!) { node(id: $opened) { ... on Handshake { state } } }"),
    ("Viewer.export", "{ viewer { export { state } } }"),
    ("Mutation.exportAccount", "mutation { exportAccount(input: {}) { export { state } userErrors { code } } }"),
    ("Mutation.deleteAccount", "mutation { deleteAccount(input: {}) { deletedAt userErrors { code } } }"),
    (
        "Mutation.updateProfile",
        "mutation { updateProfile(input: {headline: \"Hello\"}) { member { headline } userErrors { code } } }",
    ),
    (
        "Mutation.updatePrivacy",
        "mutation { updatePrivacy(input: {shareEmail: true}) { viewer { privacy { shareEmail } } userErrors { code } } }",
    ),
    (
        "Mutation.claimTie",
        "mutation { claimTie(input: {who: {handle: \"mara\"}, context: FRIEND}) { claim { state } userErrors { code } } }",
    ),
    (
        "Mutation.withdrawTie",
        "mutation($claim: ID!) { withdrawTie(input: {claimId: $claim}) { claim { state } userErrors { code } } }",
    ),
    (
        "Mutation.confirmTie",
        "mutation($asked: ID!) { confirmTie(input: {tieId: $asked}) { tie { state } userErrors { code } } }",
    ),
    (
        "Mutation.declineTie",
        "mutation($asked: ID!) { declineTie(input: {tieId: $asked}) { tie { state } userErrors { code } } }",
    ),
    ("Mutation.endTie", "mutation($tie: ID!) { endTie(input: {tieId: $tie}) { tie { state } userErrors { code } } }"),
    (
        "Mutation.blockMember",
        "mutation($mara: ID!) { blockMember(input: {memberId: $mara}) { block { name } userErrors { code } } }",
    ),
    (
        "Mutation.unblockMember",
        "mutation($block: ID!) { unblockMember(input: {blockId: $block}) { deletedBlockId userErrors { code } } }",
    ),
];

/// Mara's world: those who ask, in the order of the table, and the ids of what is hers.
struct Mara {
    world: World,
    viewers: Vec<(&'static str, Person)>,
    ids: Value,
}

impl Mara {
    async fn new() -> Self {
        let world = World::on_sqlite().await;
        let [mara, tia, nina, pia, stan, bert, susa] =
            world.people(["mara", "tia", "nina", "pia", "stan", "bert", "susa"]).await;
        world.tie([(&mara, &tia), (&tia, &nina), (&mara, &bert), (&mara, &susa)]).await;
        let profile =
            "mutation { updateProfile(input: {bio: \"Since 1990.\", skills: [\"Bikes\"]}) { userErrors { code } } }";
        mara.mutate(profile, json!({})).await;
        mara.show("shareEmail: true").await;
        let claim = mara.claim(&pia).await["claim"]["id"].clone();
        let asked = pia.waiting().await[0].0.clone();
        let tie = tia.query("{ viewer { ties { nodes { id other { name } } } } }").await["viewer"]["ties"]["nodes"][1]
            .clone();
        assert_eq!(tie["other"]["name"], "mara");
        let block = mara.block(&bert).await["block"]["id"].clone();
        let made = mara
            .mutate("mutation { createInvitation(input: {context: FRIEND}) { invitation { id } } }", json!({}))
            .await;
        let session =
            mara.query("{ viewer { sessions { nodes { id } } } }").await["viewer"]["sessions"]["nodes"][0]["id"]
                .clone();
        let shown = mara
            .mutate("mutation { openHandshake(input: {context: FRIEND}) { handshake { id code } } }", json!({}))
            .await["handshake"]
            .clone();
        domain::member::suspend(&world.system(), "susa").await.expect("susa is suspended");
        let ids = json!({"mara": mara.global_id(), "tie": tie["id"], "asked": asked, "claim": claim, "block": block, "session": session, "invitation": made["invitation"]["id"], "opened": shown["id"], "handshake": shown["code"]});
        let anybody = world.anybody();
        let viewers = vec![
            ("anonymous", anybody),
            ("suspended", susa),
            ("stranger", stan),
            ("blocked", bert),
            ("network", nina),
            ("process", pia),
            ("tie", tia),
            ("self", mara),
        ];
        Self { world, viewers, ids }
    }

    /// The document's answer to one viewer, in a few words.
    async fn told(&self, viewer: &Person, document: &str) -> String {
        let mut variables = self.ids.clone();
        let named = |name: &str| document.contains(&format!("${name}:"));
        variables.as_object_mut().expect("ids").retain(|name, _| named(name));
        let answer = viewer.ask(document, variables).await;
        if let Some(code) = answer.pointer("/errors/0/extensions/code").and_then(Value::as_str) {
            let data = if answer["data"].is_null() { "" } else { " with data" };
            return format!("error {code}{data}");
        }
        let payload = answer["data"].as_object().and_then(|data| data.values().next()).cloned().unwrap_or(Value::Null);
        let refused = refusals(&payload).join(" ");
        let mut payload = payload;
        if let Some(fields) = payload.as_object_mut() {
            fields.remove("userErrors");
        }
        if refused.is_empty() { plain(&payload) } else { format!("refused {refused}") }
    }
}

/// An answer without its brackets and quotes; an id as the word for it.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::String(id)
            if ["mem_", "tie_", "clm_", "blk_", "ses_", "inv_", "hsk_"].iter().any(|prefix| id.starts_with(prefix)) =>
        {
            "its id".to_owned()
        }
        Value::String(text) => text.clone(),
        Value::Array(rows) if rows.is_empty() => "none".to_owned(),
        Value::Array(rows) => rows.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(fields) if fields.len() == 1 => fields.values().map(plain).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| format!("{name} {}", plain(value))).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// A row of the table: each viewer asks in turn, those who may do least first.
async fn row(mara: &Mara, field: &str, document: &str) -> String {
    let mut text = format!("{field}\n    {document}\n");
    for (kind, viewer) in &mara.viewers {
        let told = mara.told(viewer, document).await;
        writeln!(text, "        {kind:<11}{told}").expect("a string takes text");
    }
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_viewer_gets_what_the_table_says() {
    let (queries, mutations): (Vec<_>, Vec<_>) =
        ROWS.into_iter().partition(|(field, _)| !field.starts_with("Mutation."));
    let one = Mara::new().await;
    let mut rows = Vec::new();
    for (field, document) in queries {
        rows.push(row(&one, field, document).await);
    }
    drop(one.world);
    for some in mutations.chunks(3) {
        // A mutation changes what the next one would find: each has a world of its own.
        let made = some.iter().map(|(field, document)| async move { row(&Mara::new().await, field, document).await });
        rows.extend(join_all(made).await);
    }
    let head = "What each kind of viewer gets of each root field, about mara and what is hers (api/tests/it/access.rs). The viewers\n\
                of a mutation ask one after the other, from the top: what one has done, the next one finds.\n\n";
    let table = format!("{head}{}", rows.join("\n"));
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/access.txt");
    if is_update() {
        std::fs::write(&path, &table).expect("access.txt is written");
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    for (old, new) in checked_in.split("\n\n").zip(table.split("\n\n")) {
        assert_eq!(
            new, old,
            "access.txt says otherwise; if it should change, run this test with UPDATE=1 and look at the diff"
        );
    }
    assert!(checked_in == table, "access.txt lacks rows: run this test with UPDATE=1 and look at the diff");
}

#[expect(clippy::disallowed_methods, reason = "asked for by whoever runs this test")]
fn is_update() -> bool {
    std::env::var_os("UPDATE").is_some()
}

#[tokio::test]
async fn every_root_field_has_a_row() {
    let fields = "fields { name }";
    let document = format!(
        "{{ query: __type(name: \"Query\") {{ {fields} }} mutation: __type(name: \"Mutation\") {{ {fields} }} viewer: __type(name: \"Viewer\") {{ {fields} }} subscription: __type(name: \"Subscription\") {{ {fields} }} }}"
    );
    let answer = api::graphql::schema(Switch::On).execute(document).await;
    assert_eq!(answer.errors, []);
    let data = serde_json::to_value(answer.data).expect("JSON");
    let mut there = BTreeSet::new();
    for (alias, name) in
        [("query", "Query"), ("mutation", "Mutation"), ("viewer", "Viewer"), ("subscription", "Subscription")]
    {
        let fields = data[alias]["fields"].as_array().cloned().unwrap_or_default();
        there.extend(fields.iter().map(|field| format!("{name}.{}", field["name"].as_str().unwrap_or_default())));
    }
    let rows: BTreeSet<String> = ROWS.iter().map(|(field, _)| (*field).to_owned()).collect();
    assert_eq!(there.difference(&rows).collect::<Vec<_>>(), Vec::<&String>::new(), "a root field without a row");
    assert_eq!(rows.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new(), "a row without a root field");
}

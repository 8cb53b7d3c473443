//! About mara and what is hers ask: nobody in particular, somebody suspended, a stranger, one she has blocked, a friend of a
//! friend, one whom she has claimed, a tie, and herself.

use serde_json::json;

use super::Stage;
use crate::support::World;

/// The root field, as `Type.field`; what is asked, with `$mara`, `$tie`, `$asked`, `$claim`, `$block`, `$session`, `$invitation`, `$opened` and `$handshake` for ids of hers.
pub(super) const ROWS: [(&str, &str); 56] = [
    ("Query.rateLimit", "{ rateLimit { cost } }"),
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
    ("Subscription.sessionChanged", "subscription { sessionChanged { device } }"),
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
pub(super) async fn stage() -> Stage {
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
    let tie =
        tia.query("{ viewer { ties { nodes { id other { name } } } } }").await["viewer"]["ties"]["nodes"][1].clone();
    assert_eq!(tie["other"]["name"], "mara");
    let block = mara.block(&bert).await["block"]["id"].clone();
    let made =
        mara.mutate("mutation { createInvitation(input: {context: FRIEND}) { invitation { id } } }", json!({})).await;
    let session =
        mara.query("{ viewer { sessions { nodes { id } } } }").await["viewer"]["sessions"]["nodes"][0]["id"].clone();
    let shown = mara
        .mutate("mutation { openHandshake(input: {context: FRIEND}) { handshake { id code } } }", json!({}))
        .await["handshake"]
        .clone();
    domain::account::suspend(&world.system(), "susa").await.expect("susa is suspended");
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
    Stage { world, viewers, ids }
}

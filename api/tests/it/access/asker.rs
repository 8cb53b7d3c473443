//! About introductions, an ask and conversations ask: nobody in particular, a stranger, the one to whom rita would be
//! introduced and who is not asked yet but named for her ask, one to whom her request was passed on, one who has said
//! yes, cora in the middle, and rita, who asks.

use serde_json::{Value, json};

use super::Stage;
use crate::support::{Person, World};

/// The root field, as `Type.field`; what is asked, with ids of rita's.
pub(super) const ROWS: [(&str, &str); 46] = [
    ("Viewer.introductions", "{ viewer { introductions { nodes { state note target { name } } } } }"),
    ("Viewer.introductions", "{ viewer { introductions(as: CONNECTOR) { nodes { state note target { name } } } } }"),
    ("Viewer.introductions", "{ viewer { introductions(as: TARGET) { nodes { state note requester { name } } } } }"),
    ("Viewer.introductionPolicy", "{ viewer { introductionPolicy { asConnector asTarget } } }"),
    (
        "Viewer.asks",
        "{ viewer { asks(direction: MINE) { nodes { need nominations { nodes { state nominee { name } } } } } } }",
    ),
    ("Viewer.asks", "{ viewer { asks(direction: FOR_ME) { nodes { need matches { name } } } } }"),
    ("Viewer.nominations", "{ viewer { nominations { nodes { state need note asker { name } } } } }"),
    ("Viewer.nominations", "{ viewer { nominations(as: NOMINATOR) { nodes { state note nominee { name } } } } }"),
    ("Viewer.conversations", "{ viewer { conversations { nodes { kind unreadCount lastMessage { text } } } } }"),
    ("Viewer.notifications", "{ viewer { notifications { nodes { kind } } } }"),
    ("Viewer.unreadNotificationCount", "{ viewer { unreadNotificationCount } }"),
    ("Query.node", "query($requested: ID!) { node(id: $requested) { ... on Introduction { state reason note } } }"),
    ("Query.node", "query($passed: ID!) { node(id: $passed) { ... on Introduction { state reason note } } }"),
    (
        "Query.node",
        "query($accepted: ID!) { node(id: $accepted) { ... on Introduction { state reason note conversation { kind } } } }",
    ),
    ("Query.node", "query($ask: ID!) { node(id: $ask) { ... on Ask { need state } } }"),
    (
        "Query.node",
        "query($nomination: ID!) { node(id: $nomination) { ... on Nomination { state asker { name } nominee { name } note } } }",
    ),
    (
        "Query.node",
        "query($conversation: ID!) { node(id: $conversation) { ... on Conversation { participants { member { name } } } } }",
    ),
    (
        "Query.node",
        "query($pair: ID!) { node(id: $pair) { ... on Conversation { kind participants { member { name } } } } }",
    ),
    ("Query.node", "query($message: ID!) { node(id: $message) { ... on Message { text author { name } } } }"),
    ("Query.node", "query($notification: ID!) { node(id: $notification) { ... on Notification { kind } } }"),
    ("Query.member", "query($tom: ID!) { member(by: {id: $tom}) { name relationToViewer takesIntroductions email } }"),
    (
        "Query.member",
        "query($rita: ID!) { member(by: {id: $rita}) { name relationToViewer takesIntroductions email } }",
    ),
    ("Subscription.notificationReceived", "subscription { notificationReceived { kind } }"),
    (
        "Subscription.messageSent",
        "subscription($conversation: ID!) { messageSent(conversationId: $conversation) { text } }",
    ),
    ("Subscription.introductionChanged", "subscription { introductionChanged { state } }"),
    (
        "Mutation.requestIntroduction",
        "mutation($una: ID!, $cora: ID!) { requestIntroduction(input: {targetId: $una, connectorId: $cora, reason: \"I paint.\"}) { introduction { state } userErrors { code } } }",
    ),
    (
        "Mutation.passOnIntroduction",
        "mutation($requested: ID!) { passOnIntroduction(input: {introductionId: $requested, note: \"You will like her.\"}) { introduction { state } userErrors { code } } }",
    ),
    (
        "Mutation.declineIntroduction",
        "mutation($requested: ID!) { declineIntroduction(input: {introductionId: $requested}) { introduction { state } userErrors { code } } }",
    ),
    (
        "Mutation.declineIntroduction",
        "mutation($passed: ID!) { declineIntroduction(input: {introductionId: $passed}) { introduction { state } userErrors { code } } }",
    ),
    (
        "Mutation.acceptIntroduction",
        "mutation($passed: ID!) { acceptIntroduction(input: {introductionId: $passed}) { introduction { state } userErrors { code } } }",
    ),
    (
        "Mutation.withdrawIntroduction",
        "mutation($passed: ID!) { withdrawIntroduction(input: {introductionId: $passed}) { introduction { state } userErrors { code } } }",
    ),
    (
        "Mutation.recordIntroductionOutcome",
        "mutation($accepted: ID!) { recordIntroductionOutcome(input: {introductionId: $accepted, outcome: MET}) { introduction { myOutcome } userErrors { code } } }",
    ),
    (
        "Mutation.updateIntroductionPolicy",
        "mutation { updateIntroductionPolicy(input: {asTarget: 3}) { introductionPolicy { asTarget } userErrors { code } } }",
    ),
    (
        "Mutation.openAsk",
        "mutation { openAsk(input: {need: \"Who has a ladder?\"}) { ask { state } userErrors { code } } }",
    ),
    (
        "Mutation.closeAsk",
        "mutation($ask: ID!) { closeAsk(input: {askId: $ask}) { ask { state } userErrors { code } } }",
    ),
    (
        "Mutation.nominate",
        "mutation($ask: ID!, $una: ID!) { nominate(input: {askId: $ask, memberId: $una}) { nomination { state } userErrors { code } } }",
    ),
    (
        "Mutation.acceptNomination",
        "mutation($nomination: ID!) { acceptNomination(input: {nominationId: $nomination}) { nomination { state } userErrors { code } } }",
    ),
    (
        "Mutation.declineNomination",
        "mutation($nomination: ID!) { declineNomination(input: {nominationId: $nomination}) { nomination { state } userErrors { code } } }",
    ),
    (
        "Mutation.startConversation",
        "mutation($cora: ID!) { startConversation(input: {memberId: $cora}) { conversation { kind } userErrors { code } } }",
    ),
    (
        "Mutation.sendMessage",
        "mutation($conversation: ID!) { sendMessage(input: {conversationId: $conversation, text: \"Hello.\"}) { message { text } userErrors { code } } }",
    ),
    (
        "Mutation.editMessage",
        "mutation($message: ID!) { editMessage(input: {messageId: $message, text: \"Hello!\"}) { message { text } userErrors { code } } }",
    ),
    (
        "Mutation.deleteMessage",
        "mutation($message: ID!) { deleteMessage(input: {messageId: $message}) { message { text } userErrors { code } } }",
    ),
    (
        "Mutation.markRead",
        "mutation($conversation: ID!) { markRead(input: {conversationId: $conversation}) { conversation { unreadCount } userErrors { code } } }",
    ),
    (
        "Mutation.muteConversation",
        "mutation($conversation: ID!) { muteConversation(input: {conversationId: $conversation}) { conversation { muted } userErrors { code } } }",
    ),
    (
        "Mutation.leaveConversation",
        "mutation($conversation: ID!) { leaveConversation(input: {conversationId: $conversation}) { leftConversationId userErrors { code } } }",
    ),
    (
        "Mutation.markNotificationsRead",
        "mutation($notification: ID!) { markNotificationsRead(input: {read: {upTo: $notification}}) { viewer { unreadNotificationCount } userErrors { code } } }",
    ),
];

/// The id of an introduction of rita to `target` by cora.
async fn requested(rita: &Person, target: &Person, cora: &Person) -> Value {
    let input = json!({"targetId": target.global_id(), "connectorId": cora.global_id(), "reason": "I paint."});
    rita.done("requestIntroduction", "introduction { id }", input).await["introduction"]["id"].clone()
}

async fn passed_on(cora: &Person, introduction: &Value) {
    let input = json!({"introductionId": introduction, "note": "You will like her."});
    cora.done("passOnIntroduction", "introduction { id }", input).await;
}

/// Rita's world: those who ask, in the order of the table, and the ids of what is hers.
pub(super) async fn stage() -> Stage {
    let world = World::on_sqlite().await;
    let [rita, cora, tom, tim, ted, una, stan] =
        world.people(["rita", "cora", "tom", "tim", "ted", "una", "stan"]).await;
    let known = [(&rita, &cora), (&cora, &tom), (&cora, &tim), (&cora, &ted), (&cora, &una)];
    world.tie(known).await;
    let first = requested(&rita, &tom, &cora).await;
    let second = requested(&rita, &tim, &cora).await;
    passed_on(&cora, &second).await;
    let third = requested(&rita, &ted, &cora).await;
    passed_on(&cora, &third).await;
    let opened = "introduction { conversation { id } }";
    let accepted = ted.done("acceptIntroduction", opened, json!({"introductionId": third})).await;
    let conversation = accepted["introduction"]["conversation"]["id"].clone();
    let said = json!({"conversationId": conversation, "text": "Thank you, both."});
    let message = rita.done("sendMessage", "message { id }", said).await["message"]["id"].clone();
    let pair = json!({"memberId": cora.global_id()});
    let pair = rita.done("startConversation", "conversation { id }", pair).await["conversation"]["id"].clone();
    let ask = json!({"need": "Who can weld?", "skills": ["welding"]});
    let ask = rita.done("openAsk", "ask { id }", ask).await["ask"]["id"].clone();
    let named = json!({"askId": ask, "memberId": tom.global_id(), "note": "You could."});
    let nomination = cora.done("nominate", "nomination { id }", named).await["nomination"]["id"].clone();
    let told = rita.query("{ viewer { notifications(first: 1) { nodes { id } } } }").await;
    let ids = json!({
        "requested": first, "passed": second, "accepted": third, "conversation": conversation, "message": message,
        "pair": pair, "ask": ask, "nomination": nomination, "cora": cora.global_id(), "tom": tom.global_id(),
        "rita": rita.global_id(), "una": una.global_id(), "notification": told["viewer"]["notifications"]["nodes"][0]["id"],
    });
    let anybody = world.anybody();
    let viewers = vec![
        ("anonymous", anybody),
        ("stranger", stan),
        ("named", tom),
        ("passed on", tim),
        ("accepted", ted),
        ("connector", cora),
        ("requester", rita),
    ];
    Stage { world, viewers, ids }
}

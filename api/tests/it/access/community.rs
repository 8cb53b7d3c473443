//! About a live community and what is in it ask: nobody in particular, somebody who was removed from it, a stranger, an
//! applicant, somebody invited, a member, and a steward.

use serde_json::json;

use super::Stage;
use crate::support::{World, charter, own_words, text};

/// The field, as `Type.field`; what is asked, with ids of the community and of what is in it. `SOON` and `LATER` stand for moments.
pub(super) const ROWS: [(&str, &str); 100] = [
    ("Query.community", "{ community(by: {slug: \"commons\"}) { name stage viewerMembership { state role } } }"),
    ("Query.communities", "{ communities(query: \"commons\") { totalCount nodes { name } } }"),
    ("Community.id", "query($community: ID!) { community(by: {id: $community}) { id } }"),
    ("Community.slug", "query($community: ID!) { community(by: {id: $community}) { slug } }"),
    ("Community.name", "query($community: ID!) { community(by: {id: $community}) { name } }"),
    ("Community.area", "query($community: ID!) { community(by: {id: $community}) { area } }"),
    ("Community.skills", "query($community: ID!) { community(by: {id: $community}) { skills } }"),
    ("Community.stage", "query($community: ID!) { community(by: {id: $community}) { stage } }"),
    ("Community.memberCount", "query($community: ID!) { community(by: {id: $community}) { memberCount } }"),
    (
        "Community.charter",
        "query($community: ID!) { community(by: {id: $community}) { charter { version purpose joining } } }",
    ),
    (
        "Community.charterHistory",
        "query($community: ID!) { community(by: {id: $community}) { charterHistory { nodes { version } } } }",
    ),
    (
        "Community.viewerMembership",
        "query($community: ID!) { community(by: {id: $community}) { viewerMembership { state role consentedVersion invitedBy { name } } } }",
    ),
    (
        "Community.members",
        "query($community: ID!) { community(by: {id: $community}) { members { edges { relationToViewer node { name role founder } } } } }",
    ),
    (
        "Community.members",
        "query($community: ID!) { community(by: {id: $community}) { members(state: APPLIED) { nodes { name answers } } } }",
    ),
    (
        "Community.members",
        "query($community: ID!) { community(by: {id: $community}) { members(state: INVITED) { nodes { name invitedBy { name } } } } }",
    ),
    (
        "Community.members",
        "query($community: ID!) { community(by: {id: $community}) { members(state: REMOVED) { nodes { name reason mayReturn } } } }",
    ),
    ("Community.readiness", "query($community: ID!) { community(by: {id: $community}) { readiness { ready } } }"),
    (
        "Community.goals",
        "query($community: ID!) { community(by: {id: $community}) { goals { nodes { outcome understanding { endorsed required voices { nodes { words } } } } } } }",
    ),
    (
        "Community.gatherings",
        "query($community: ID!) { community(by: {id: $community}) { gatherings(when: PAST) { nodes { title attendeeCount attendees { nodes { name } } } } } }",
    ),
    ("Query.accessToken", "{ accessToken { name } }"),
    (
        "Community.accessTokens",
        "query($community: ID!) { community(by: {id: $community}) { accessTokens { nodes { name } } } }",
    ),
    (
        "Community.roster",
        "query($community: ID!) { community(by: {id: $community}) { roster { totalCount nodes { member { name } } } } }",
    ),
    (
        "Mutation.createAccessToken",
        "mutation($community: ID!) { createAccessToken(input: {communityId: $community, name: \"HR\", scopes: [ROSTER_READ], expiresAt: \"LATER\"}) { accessToken { name scopes state } userErrors { code } } }",
    ),
    (
        "Mutation.rotateAccessToken",
        "mutation($token: ID!) { rotateAccessToken(input: {accessTokenId: $token}) { accessToken { name state } userErrors { code } } }",
    ),
    (
        "Mutation.revokeAccessToken",
        "mutation($token: ID!) { revokeAccessToken(input: {accessTokenId: $token}) { accessToken { name state } userErrors { code } } }",
    ),
    (
        "Mutation.importRoster",
        "mutation { importRoster(input: {rows: [{externalId: \"1\", email: \"fred@example.org\"}]}) { results { outcome } userErrors { code } } }",
    ),
    ("Community.calendarUrl", "query($community: ID!) { community(by: {id: $community}) { calendarUrl } }"),
    ("Community.health", "query($community: ID!) { community(by: {id: $community}) { health { members } } }"),
    (
        "Community.healthTrend",
        "query($community: ID!) { community(by: {id: $community}) { healthTrend { totalCount } } }",
    ),
    ("Community.map", "query($community: ID!) { community(by: {id: $community}) { map { __typename } } }"),
    (
        "Community.reports",
        "query($community: ID!) { community(by: {id: $community}) { reports { nodes { note state } } } }",
    ),
    (
        "Community.auditTrail",
        "query($community: ID!) { community(by: {id: $community}) { auditTrail(first: 2) { nodes { action actor { name } } } } }",
    ),
    ("Query.node", "query($community: ID!) { node(id: $community) { ... on Community { name } } }"),
    (
        "Query.node",
        "query($membership: ID!) { node(id: $membership) { ... on Membership { name state member { name } } } }",
    ),
    ("Query.node", "query($applied: ID!) { node(id: $applied) { ... on Membership { name state note } } }"),
    ("Query.node", "query($invited: ID!) { node(id: $invited) { ... on Membership { name state } } }"),
    ("Query.node", "query($goal: ID!) { node(id: $goal) { ... on Goal { outcome state } } }"),
    ("Query.node", "query($gathering: ID!) { node(id: $gathering) { ... on Gathering { title } } }"),
    ("Query.node", "query($commitment: ID!) { node(id: $commitment) { ... on Commitment { what } } }"),
    ("Query.node", "query($report: ID!) { node(id: $report) { ... on Report { note decider } } }"),
    (
        "Query.member",
        "query($member: ID!) { member(by: {id: $member}) { name bio email relationToViewer communities { nodes { name } } } }",
    ),
    ("Viewer.memberships", "{ viewer { memberships { nodes { state community { name } } } } }"),
    ("Viewer.memberships", "{ viewer { memberships(state: INVITED) { nodes { state community { name } } } } }"),
    ("Viewer.memberships", "{ viewer { memberships(state: REMOVED) { nodes { reason community { name } } } } }"),
    ("Viewer.goals", "{ viewer { goals { nodes { outcome } } } }"),
    ("Viewer.gatherings", "{ viewer { gatherings { nodes { title } } } }"),
    ("Viewer.reports", "{ viewer { reports { nodes { note state } } } }"),
    (
        "Mutation.formCommunity",
        "mutation { formCommunity(input: {name: \"Another\"}) { community { stage } userErrors { code } } }",
    ),
    (
        "Mutation.updateCommunity",
        "mutation($community: ID!) { updateCommunity(input: {communityId: $community, name: \"The green\"}) { community { name } userErrors { code } } }",
    ),
    (
        "Mutation.updateCharter",
        "mutation($community: ID!) { updateCharter(input: {communityId: $community, charter: {purpose: \"To meet.\"}}) { community { charter { version } } userErrors { code } } }",
    ),
    (
        "Mutation.ratifyCharter",
        "mutation($community: ID!) { ratifyCharter(input: {communityId: $community, charterVersion: 1}) { community { stage } userErrors { code } } }",
    ),
    (
        "Mutation.consentToCharter",
        "mutation($community: ID!) { consentToCharter(input: {communityId: $community, charterVersion: 1}) { community { stage } userErrors { code } } }",
    ),
    (
        "Mutation.launchCommunity",
        "mutation($community: ID!) { launchCommunity(input: {communityId: $community}) { community { stage } userErrors { code } } }",
    ),
    (
        "Mutation.restCommunity",
        "mutation($community: ID!) { restCommunity(input: {communityId: $community}) { community { stage } userErrors { code } } }",
    ),
    (
        "Mutation.reviveCommunity",
        "mutation($community: ID!) { reviveCommunity(input: {communityId: $community}) { community { stage } userErrors { code } } }",
    ),
    (
        "Mutation.archiveCommunity",
        "mutation($community: ID!) { archiveCommunity(input: {communityId: $community}) { community { stage } userErrors { code } } }",
    ),
    (
        "Mutation.inviteToCommunity",
        "mutation($community: ID!, $friend: ID!) { inviteToCommunity(input: {communityId: $community, memberId: $friend}) { membership { state } userErrors { code } } }",
    ),
    (
        "Mutation.acceptInvitation",
        "mutation($community: ID!) { acceptInvitation(input: {communityId: $community, charterVersion: 1}) { membership { state } userErrors { code } } }",
    ),
    (
        "Mutation.declineInvitation",
        "mutation($community: ID!) { declineInvitation(input: {communityId: $community}) { membership { state } userErrors { code } } }",
    ),
    (
        "Mutation.followInvitation",
        "mutation($link: String!) { followInvitation(input: {code: $link}) { membership { state } userErrors { code } } }",
    ),
    (
        "Mutation.takeBackInvitation",
        "mutation($invited: ID!) { takeBackInvitation(input: {membershipId: $invited}) { membership { state } userErrors { code } } }",
    ),
    (
        "Mutation.applyToCommunity",
        "mutation($community: ID!) { applyToCommunity(input: {communityId: $community, charterVersion: 1, answers: [\"To help.\"]}) { membership { state } userErrors { code } } }",
    ),
    (
        "Mutation.withdrawApplication",
        "mutation($community: ID!) { withdrawApplication(input: {communityId: $community}) { membership { state } userErrors { code } } }",
    ),
    (
        "Mutation.vouchForApplicant",
        "mutation($applied: ID!) { vouchForApplicant(input: {membershipId: $applied}) { membership { state } userErrors { code } } }",
    ),
    (
        "Mutation.withdrawVouch",
        "mutation($applied: ID!) { withdrawVouch(input: {membershipId: $applied}) { membership { state } userErrors { code } } }",
    ),
    (
        "Mutation.decideApplication",
        "mutation($applied: ID!) { decideApplication(input: {membershipId: $applied, verdict: ADMIT}) { membership { state } userErrors { code } } }",
    ),
    (
        "Mutation.leaveCommunity",
        "mutation($community: ID!) { leaveCommunity(input: {communityId: $community}) { membership { state } userErrors { code } } }",
    ),
    (
        "Mutation.setRole",
        "mutation($membership: ID!) { setRole(input: {membershipId: $membership, role: STEWARD}) { membership { role } userErrors { code } } }",
    ),
    (
        "Mutation.removeMember",
        "mutation($membership: ID!) { removeMember(input: {membershipId: $membership, reason: \"They know.\", mayReturn: true}) { membership { state } userErrors { code } } }",
    ),
    (
        "Mutation.updateMembership",
        "mutation($community: ID!) { updateMembership(input: {communityId: $community, shown: false}) { community { viewerMembership { shown } } userErrors { code } } }",
    ),
    (
        "Mutation.report",
        "mutation($community: ID!, $member: ID!) { report(input: {communityId: $community, subject: {memberId: $member}, agreement: 1, note: \"Again.\"}) { report { state decider } userErrors { code } } }",
    ),
    (
        "Mutation.decideReport",
        "mutation($report: ID!) { decideReport(input: {reportId: $report, verdict: UPHOLD, decision: \"We have talked.\"}) { report { state } userErrors { code } } }",
    ),
    (
        "Mutation.planGathering",
        "mutation($community: ID!) { planGathering(input: {communityId: $community, title: \"Soup\", place: \"The yard\", zone: \"Europe/Lisbon\", startsAt: \"SOON\", endsAt: \"LATER\"}) { gathering { title } userErrors { code } } }",
    ),
    (
        "Mutation.updateGathering",
        "mutation($coming: ID!) { updateGathering(input: {gatheringId: $coming, title: \"Tea\"}) { gathering { title } userErrors { code } } }",
    ),
    (
        "Mutation.cancelGathering",
        "mutation($coming: ID!) { cancelGathering(input: {gatheringId: $coming}) { gathering { state } userErrors { code } } }",
    ),
    (
        "Mutation.replyToGathering",
        "mutation($coming: ID!) { replyToGathering(input: {gatheringId: $coming, reply: YES}) { gathering { replyCount } userErrors { code } } }",
    ),
    (
        "Mutation.recordAttendance",
        "mutation($gathering: ID!) { recordAttendance(input: {gatheringId: $gathering, attended: []}) { gathering { attendeeCount } userErrors { code } } }",
    ),
    (
        "Mutation.confirmMeeting",
        "mutation($gathering: ID!, $member: ID!) { confirmMeeting(input: {gatheringId: $gathering, memberId: $member}) { tie { evidence } userErrors { code } } }",
    ),
    (
        "Mutation.openCalendar",
        "mutation($community: ID!) { openCalendar(input: {communityId: $community}) { community { name } userErrors { code } } }",
    ),
    (
        "Mutation.closeCalendar",
        "mutation($community: ID!) { closeCalendar(input: {communityId: $community}) { community { calendarUrl } userErrors { code } } }",
    ),
    (
        "Mutation.proposeGoal",
        "mutation($community: ID!) { proposeGoal(input: {communityId: $community, outcome: \"Nobody eats alone.\"}) { goal { state } userErrors { code } } }",
    ),
    (
        "Mutation.updateGoal",
        "mutation($goal: ID!) { updateGoal(input: {goalId: $goal, dueOn: \"2030-01-01\"}) { goal { dueOn } userErrors { code } } }",
    ),
    (
        "Mutation.endorseGoal",
        "mutation($proposed: ID!) { endorseGoal(input: {goalId: $proposed, words: \"To me it means that everybody has company.\"}) { goal { state } userErrors { code } } }",
    ),
    (
        "Mutation.commitToGoal",
        "mutation($goal: ID!) { commitToGoal(input: {goalId: $goal, what: \"I bring soup.\"}) { commitment { what } userErrors { code } } }",
    ),
    (
        "Mutation.completeCommitment",
        "mutation($commitment: ID!) { completeCommitment(input: {commitmentId: $commitment}) { commitment { what } userErrors { code } } }",
    ),
    (
        "Mutation.recordProgress",
        "mutation($goal: ID!) { recordProgress(input: {goalId: $goal, note: \"Two more streets.\"}) { goal { progress { totalCount } } userErrors { code } } }",
    ),
    (
        "Mutation.achieveGoal",
        "mutation($goal: ID!) { achieveGoal(input: {goalId: $goal}) { goal { state } userErrors { code } } }",
    ),
    (
        "Mutation.abandonGoal",
        "mutation($goal: ID!) { abandonGoal(input: {goalId: $goal, reason: \"Nobody came.\"}) { goal { state } userErrors { code } } }",
    ),
    (
        "Community.webhooks",
        "query($community: ID!) { community(by: {id: $community}) { webhooks { totalCount nodes { url events state deliveries { totalCount } } } } }",
    ),
    ("Query.node", "query($webhook: ID!) { node(id: $webhook) { ... on Webhook { url createdBy { name } } } }"),
    (
        "Query.node",
        "query($delivery: ID!) { node(id: $delivery) { ... on WebhookDelivery { event webhook { url } } } }",
    ),
    (
        "Mutation.createWebhook",
        "mutation($community: ID!) { createWebhook(input: {communityId: $community, url: \"https://hooks.example/\", events: [MEMBER_LEFT]}) { webhook { state } userErrors { code } } }",
    ),
    (
        "Mutation.updateWebhook",
        "mutation($webhook: ID!) { updateWebhook(input: {webhookId: $webhook, paused: true}) { webhook { state } userErrors { code } } }",
    ),
    (
        "Mutation.rotateWebhookSecret",
        "mutation($webhook: ID!) { rotateWebhookSecret(input: {webhookId: $webhook}) { webhook { state } userErrors { code } } }",
    ),
    (
        "Mutation.deleteWebhook",
        "mutation($webhook: ID!) { deleteWebhook(input: {webhookId: $webhook}) { deletedWebhookId userErrors { code } } }",
    ),
    (
        "Mutation.testWebhook",
        "mutation($webhook: ID!) { testWebhook(input: {webhookId: $webhook}) { delivery { event } userErrors { code } } }",
    ),
    (
        "Mutation.replayDelivery",
        "mutation($delivery: ID!) { replayDelivery(input: {deliveryId: $delivery}) { delivery { event } userErrors { code } } }",
    ),
    (
        "Mutation.replayDeliveries",
        "mutation($webhook: ID!) { replayDeliveries(input: {webhookId: $webhook, from: \"2020-01-01T00:00:00Z\", to: \"2020-01-02T00:00:00Z\"}) { count userErrors { code } } }",
    ),
    ("Community.createdAt", "query($community: ID!) { community(by: {id: $community}) { createdAt } }"),
    ("Community.launchedAt", "query($community: ID!) { community(by: {id: $community}) { launchedAt } }"),
];

/// The commons: looked after by sten, with mel as a member; for two to be enough, the operator asks for no more.
pub(super) async fn stage() -> Stage {
    let world = World::with(&[("KITH_READINESS", "founders=2,density=1/1,endorsed=1/1,attended=1/1,days=9")]).await;
    let [sten, mel, remo, stan, apo, inva, fred] =
        world.people(["sten", "mel", "remo", "stan", "apo", "inva", "fred"]).await;
    world.tie([(&sten, &mel), (&sten, &remo), (&sten, &inva), (&mel, &inva), (&mel, &fred), (&sten, &fred)]).await;
    let input = json!({"name": "The commons", "slug": "commons", "charter": charter("REQUEST")});
    let community = text(&sten.done("formCommunity", "community { id }", input).await["community"]["id"]);
    sten.bring(&community, &mel).await;
    for founder in [&sten, &mel] {
        founder.done("ratifyCharter", "community { id }", json!({"communityId": community, "charterVersion": 1})).await;
    }
    let outcome = json!({"communityId": community, "outcome": "In each street somebody can be asked for help."});
    let goal = sten.done("proposeGoal", "goal { id }", outcome).await["goal"]["id"].clone();
    for founder in [&sten, &mel] {
        let said = json!({"goalId": goal, "words": own_words(&founder.name)});
        founder.done("endorseGoal", "goal { state }", said).await;
    }
    let gathering = world.gathering(&sten, &community, -48).await;
    let there = json!({"gatheringId": gathering, "attended": [sten.global_id(), mel.global_id()]});
    sten.done("recordAttendance", "gathering { id }", there).await;
    sten.done("launchCommunity", "community { stage }", json!({"communityId": community})).await;
    sten.bring(&community, &remo).await;
    let gone = sten.membership(&community, &remo, "ACTIVE").await;
    let removal = json!({"membershipId": gone, "reason": "They know.", "mayReturn": false});
    sten.done("removeMember", "membership { state }", removal).await;
    let apply = json!({"communityId": community, "charterVersion": 1, "answers": ["I live here."], "note": "Hello."});
    let applied = apo.done("applyToCommunity", "membership { id }", apply).await["membership"]["id"].clone();
    let invite = json!({"communityId": community, "memberId": inva.global_id()});
    let invited = sten.done("inviteToCommunity", "membership { id }", invite).await["membership"]["id"].clone();
    let outcome = json!({"communityId": community, "outcome": "Nobody spends the holidays alone."});
    let proposed = mel.done("proposeGoal", "goal { id }", outcome).await["goal"]["id"].clone();
    let made = json!({"goalId": goal, "what": "I ask at each door."});
    let commitment = mel.done("commitToGoal", "commitment { id }", made).await["commitment"]["id"].clone();
    let coming = world.gathering(&sten, &community, 72).await;
    let said =
        json!({"communityId": community, "subject": {"goalId": proposed}, "agreement": 1, "note": "This is a slogan."});
    let report = sten.done("report", "report { id }", said).await["report"]["id"].clone();
    let link =
        "mutation($id: ID) { createInvitation(input: {context: FRIEND, communityId: $id}) { invitation { code } } }";
    let link = sten.mutate(link, json!({"id": community})).await["invitation"]["code"].clone();
    let membership = sten.membership(&community, &mel, "ACTIVE").await;
    let token = world.partner(&sten, &community, &["ROSTER_READ"]).await.1;
    // Nobody listens there.
    let hook = json!({"communityId": community, "url": "http://127.0.0.1:1/", "events": ["MEMBER_JOINED"]});
    let webhook = sten.done("createWebhook", "webhook { id }", hook).await["webhook"]["id"].clone();
    let test = json!({"webhookId": webhook});
    let delivery = sten.done("testWebhook", "delivery { id }", test).await["delivery"]["id"].clone();
    let ids = json!({
        "token": token, "community": community, "membership": membership, "applied": applied, "invited": invited, "goal": goal,
        "proposed": proposed, "commitment": commitment, "gathering": gathering, "coming": coming, "report": report,
        "member": mel.global_id(), "friend": fred.global_id(), "link": link,
        "webhook": webhook, "delivery": delivery,
    });
    let anybody = world.anybody();
    let viewers = vec![
        ("anonymous", anybody),
        ("removed", remo),
        ("stranger", stan),
        ("applicant", apo),
        ("invitee", inva),
        ("member", mel),
        ("steward", sten),
    ];
    Stage { world, viewers, ids }
}

//! The roster of a community as partners keep it equal: who is on it, who is not, and what has changed since.

use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, World, text};

/// The latest moment of change that a partner has read.
async fn latest(partner: &Person, community: &str) -> String {
    let document = "query($id: ID!) { community(by: {id: $id}) { roster(first: 100) { nodes { updatedAt } } } }";
    let data = partner.run(document, json!({"id": community})).await;
    let nodes = data["community"]["roster"]["nodes"].as_array().cloned().unwrap_or_default();
    nodes.last().map(|node| text(&node["updatedAt"])).unwrap_or_default()
}

async fn hide(member: &Person, community: &str, hidden: bool) {
    let input = json!({"communityId": community, "hiddenFromPartners": hidden});
    member.done("updateMembership", "__typename", input).await;
}

fn tick(world: &World) {
    world.kith.clock.advance(std::time::Duration::from_secs(1));
}

story! {
    async fn a_partner_learns_what_has_changed_since_and_who_is_gone(world: World) {
        let [ana, bela, cleo, dina] = &world.people(["ana", "bela", "cleo", "dina"]).await;
        let id = world.forming([ana, bela, cleo]).await;
        hide(cleo, &id, true).await;
        world.execute("DELETE FROM roster_mark WHERE NOT shown").await;
        let (register, _) = world.partner(ana, &id, &["ROSTER_READ"]).await;
        assert_eq!(register.roster(&id, None).await, ["- ana ACTIVE", "- bela ACTIVE"], "cleo has hidden before it ever looked");
        let since = latest(&register, &id).await;
        assert_eq!(register.roster(&id, Some(&since)).await, [""; 0]);

        tick(&world);
        cleo.done("updateProfile", "__typename", json!({"headline": "Hidden all the same"})).await;
        assert_eq!(register.roster(&id, Some(&since)).await, [""; 0], "nothing tells of somebody who hides");
        bela.show("findable: false").await;
        bela.done("updateProfile", "__typename", json!({"phone": "+351 21 123 45 67"})).await;
        bela.done("updateIntroductionPolicy", "__typename", json!({"pausedUntil": world.hours_from_now(24)})).await;
        assert_eq!(register.roster(&id, Some(&since)).await, [""; 0], "nor of what partners do not see");
        bela.done("updateProfile", "__typename", json!({"headline": "Baker"})).await;
        assert_eq!(register.roster(&id, Some(&since)).await, ["- bela ACTIVE"]);
        hide(cleo, &id, false).await;
        assert_eq!(register.roster(&id, Some(&since)).await, ["- bela ACTIVE", "- cleo ACTIVE"]);
        tick(&world);
        let since = latest(&register, &id).await;
        hide(cleo, &id, true).await;
        assert_eq!(register.roster(&id, Some(&since)).await, ["- - ENDED"], "gone, and no more than that");
        assert_eq!(register.roster(&id, None).await, ["- ana ACTIVE", "- bela ACTIVE"]);

        tick(&world);
        world.tie([(ana, dina)]).await;
        ana.bring(&id, dina).await;
        let membership = ana.membership(&id, dina, "ACTIVE").await;
        ana.done("setRole", "__typename", json!({"membershipId": membership, "role": "STEWARD"})).await;
        let document = "query($id: ID!) { community(by: {id: $id}) { memberCount roster { totalCount nodes { membershipId role member { id name } } } } }";
        let (both, _) = world.partner(ana, &id, &["ROSTER_READ", "COMMUNITY_READ"]).await;
        let read = both.run(document, json!({"id": id})).await["community"].clone();
        assert_eq!((&read["memberCount"], &read["roster"]["totalCount"]), (&json!(3), &json!(3)));
        assert_eq!(read["roster"]["nodes"][2], json!({"membershipId": membership, "role": "STEWARD", "member": {"id": dina.global_id(), "name": "dina"}}));

        tick(&world);
        let since = latest(&register, &id).await;
        dina.leave(&id).await;
        domain::account::suspend(&world.system(), "bela").await.expect("bela is suspended");
        assert_eq!(register.roster(&id, Some(&since)).await, ["- - ENDED", "- - ENDED"]);
        domain::account::restore(&world.system(), "bela").await.expect("bela is back");
        assert_eq!(register.roster(&id, None).await, ["- ana ACTIVE", "- bela ACTIVE"]);
        world.pass_days(91);
        domain::roster::forget_old(&world.system()).await.expect("forgotten");
        assert_eq!(world.count("roster_mark", &[("shown", false.into())]).await, 0);
    }
}

story! {
    async fn a_member_who_is_deleted_leaves_nothing_but_that_they_are_gone(world: World) {
        let [ana, bela] = &world.people(["ana", "bela"]).await;
        let id = world.forming([ana, bela]).await;
        let (register, _) = world.partner(ana, &id, &["ROSTER_READ"]).await;
        let since = latest(&register, &id).await;
        tick(&world);
        bela.done("deleteAccount", "__typename", json!({"withoutExport": true})).await;
        assert_eq!(register.roster(&id, None).await, ["- ana ACTIVE"], "they are not seen from the moment they leave");
        world.pass_days(15);
        domain::account::delete_due(&world.system()).await.expect("bela is deleted");
        assert_eq!(register.roster(&id, Some(&since)).await, ["- - ENDED"]);
    }
}

story! {
    async fn a_partner_sees_those_of_its_community_who_do_not_hide_and_nobody_else(world: World) {
        let [ana, bela, cleo, zoe] = &world.people(["ana", "bela", "cleo", "zoe"]).await;
        let id = world.forming([ana, bela, cleo]).await;
        let elsewhere = zoe.form("Elsewhere", "INVITATION").await;
        world.tie([(ana, zoe)]).await;
        hide(cleo, &id, true).await;
        let (register, token) = world.partner(ana, &id, &["COMMUNITY_READ", "ROSTER_READ", "GOALS_READ"]).await;
        let document = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Member { name } ... on Community { name } } }";
        let tie = text(&ana.query("{ viewer { ties { nodes { id } } } }").await["viewer"]["ties"]["nodes"][0]["id"]);
        let ids = json!([bela.global_id(), cleo.global_id(), zoe.global_id(), id, elsewhere, tie, token]);
        let seen = register.run(document, json!({"ids": ids})).await["nodes"].clone();
        let names: Vec<String> = seen.as_array().into_iter().flatten().map(|node| text(&node["name"])).collect();
        assert_eq!(names, ["bela", "", "", "The circle of ana", "", "", ""]);
        assert_eq!(seen[6], json!({"id": token}), "and its own token");
        for (hidden, at) in [(1, "who hides"), (2, "a tie of the steward's"), (4, "another community"), (5, "a tie")] {
            assert_eq!(seen[hidden], json!(null), "{at}");
        }
        let by = "query($by: MemberBy!) { member(by: $by) { name } }";
        for (name, expected) in [("bela", json!({"name": "bela"})), ("cleo", json!(null)), ("zoe", json!(null)), ("nobody", json!(null))] {
            assert_eq!(register.run(by, json!({"by": {"handle": name}})).await["member"], expected, "{name}");
        }
        let own = register.run("query($id: ID!) { community(by: {id: $id}) { name } }", json!({"id": elsewhere})).await;
        assert_eq!(own["community"], json!(null));
    }
}

story! {
    async fn what_a_token_does_not_reach_is_denied_by_itself(world: World) {
        let [ana, bela, zoe] = &world.people(["ana", "bela", "zoe"]).await;
        let id = world.forming([ana, bela]).await;
        let (reader, token) = world.partner(ana, &id, &["COMMUNITY_READ"]).await;
        let document = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Community { name } } }";
        let ids = json!([bela.global_id(), id, zoe.global_id(), "nothing", token]);
        let answer = reader.ask(document, json!({"ids": ids})).await;
        let community = json!({"id": id, "name": "The circle of ana"});
        assert_eq!(answer["data"]["nodes"], json!([null, community, null, null, {"id": token}]), "{answer}");
        let mut errors = answer["errors"].as_array().cloned().unwrap_or_default();
        errors.sort_by_key(|error| error["path"][1].as_u64());
        let told = |error: &Value| (error["path"].clone(), text(&error["extensions"]["code"]), text(&error["extensions"]["requiredScope"]));
        let denied = |at: usize| (json!(["nodes", at]), "FORBIDDEN_SCOPE".to_owned(), "ROSTER_READ".to_owned());
        // Whether a member exists does not show.
        assert_eq!(errors.iter().map(told).collect::<Vec<_>>(), [denied(0), denied(2)]);
    }
}

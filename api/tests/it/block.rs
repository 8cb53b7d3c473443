//! Blocks: complete, at once, and unknown to the one who is blocked.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, World, refusals};

const UNBLOCK: &str = "mutation($id: ID!) { unblockMember(input: {blockId: $id}) { deletedBlockId viewer { blocks { totalCount } } userErrors { code path } } }";

/// Whom somebody has blocked, by name.
async fn blocked(person: &Person) -> Value {
    let data = person.query("{ viewer { blocks { totalCount nodes { name } } } }").await;
    let blocks = &data["viewer"]["blocks"];
    let names: Value = blocks["nodes"].as_array().expect("nodes").iter().map(|block| block["name"].clone()).collect();
    assert_eq!(blocks["totalCount"], names.as_array().expect("names").len());
    names
}

async fn counts(person: &Person) -> Value {
    person.query("{ viewer { ties { totalCount } network { totalCount } reach { ties network } } }").await["viewer"]
        .clone()
}

story! {
    async fn a_block_hides_two_ties_from_each_other_everywhere_at_once(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        world.tie([(&ana, &bela), (&bela, &cleo), (&ana, &cleo)]).await;
        let tie = ana.query("{ viewer { ties { nodes { id other { name } } } } }").await["viewer"]["ties"]["nodes"][1]["id"].clone();
        let payload = ana.block(&bela).await;
        assert_eq!((&payload["block"]["name"], &payload["block"]["memberId"]), (&json!("bela"), &json!(bela.global_id())));
        for (one, other) in [(&ana, &bela), (&bela, &ana)] {
            assert_eq!(one.see(other).await, Value::Null);
            let by_handle = one.run("query($h: String!) { member(by: {handle: $h}) { name } }", json!({"h": other.name})).await;
            assert_eq!(by_handle["member"], Value::Null);
            assert_eq!((one.tied().await, one.network().await), (vec!["cleo".to_owned()], Vec::new()), "{}", one.name);
            assert_eq!(counts(one).await, json!({"ties": {"totalCount": 1}, "network": {"totalCount": 0}, "reach": {"ties": 1, "network": 0}}));
            let node = one.run("query($id: ID!, $c: ID!) { node(id: $id) { id } cleo: node(id: $c) { ... on Member { mutuals { totalCount } } } }", json!({"id": tie, "c": cleo.global_id()})).await;
            assert_eq!(node, json!({"node": null, "cleo": {"mutuals": {"totalCount": 0}}}), "{}", one.name);
            let ended = one.query("{ viewer { ties(state: ENDED) { totalCount nodes { id } } } }").await;
            assert_eq!(ended["viewer"]["ties"], json!({"totalCount": 0, "nodes": []}), "{}", one.name);
        }
        assert_eq!((blocked(&ana).await, blocked(&bela).await), (json!(["bela"]), json!([])), "only its owner knows of it");
        let node = "query($id: ID!) { node(id: $id) { ... on Block { name } } }";
        assert_eq!(ana.run(node, json!({"id": payload["block"]["id"]})).await["node"], json!({"name": "bela"}));
        assert_eq!(bela.run(node, json!({"id": payload["block"]["id"]})).await["node"], Value::Null);
        assert_eq!((cleo.tied().await, counts(&cleo).await["ties"]["totalCount"].clone()), (vec!["ana".to_owned(), "bela".to_owned()], json!(2)), "others see both");
    }
}

story! {
    async fn a_block_reaches_the_network_and_cursors_that_are_out(world: World) {
        let [ana, hub] = world.people(["ana", "hub"]).await;
        let crowd = world.crowd("crowd", 6).await;
        world.tie([(&ana, &hub)]).await;
        for person in &crowd {
            world.tie([(&hub, person)]).await;
        }
        let page = "query($c: String) { viewer { network(first: 2, after: $c) { totalCount pageInfo { endCursor hasNextPage } nodes { handle } } } }";
        let first = ana.run(page, json!({})).await["viewer"]["network"].clone();
        assert_eq!(first["nodes"], json!([{"handle": "crowd-1"}, {"handle": "crowd-2"}]));
        ana.block(&crowd[2]).await;
        crowd[3].block(&ana).await;
        let second = ana.run(page, json!({"c": first["pageInfo"]["endCursor"]})).await["viewer"]["network"].clone();
        assert_eq!((&second["nodes"], &second["totalCount"]), (&json!([{"handle": "crowd-5"}, {"handle": "crowd-6"}]), &json!(4)), "both ways, and pages stay full");
        ana.block(&crowd[1]).await;
        let again = ana.run(page, json!({"c": first["pageInfo"]["endCursor"]})).await["viewer"]["network"].clone();
        assert_eq!(again["nodes"], second["nodes"], "a cursor at somebody who is gone goes on");
        for hidden in &crowd[1..4] {
            assert_eq!((hidden.see(&ana).await, hidden.network().await.contains(&"ana".to_owned())), (Value::Null, false), "{}", hidden.name);
        }
        assert_eq!(counts(&ana).await["reach"], json!({"ties": 1, "network": 3}));
    }
}

story! {
    async fn a_block_closes_what_is_open_and_tells_nobody(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        bela.claim(&ana).await;
        let open = async |person: &Person| person.query("{ viewer { claims { nodes { state tie { id } } } } }").await["viewer"]["claims"]["nodes"].clone();
        ana.block(&bela).await;
        assert_eq!((ana.waiting().await, open(&bela).await), (vec![], json!([{"state": "OPEN", "tie": null}])), "who is blocked sees their claim wait");
        assert_eq!(ana.see(&bela).await, Value::Null);
        world.pass_days(30);
        assert_eq!(open(&bela).await, json!([{"state": "EXPIRED", "tie": null}]), "and expire");

        cleo.claim(&ana).await;
        let tie = ana.waiting().await[0].0.clone();
        ana.claim(&bela).await;
        ana.block(&cleo).await;
        assert_eq!(refusals(&ana.answer("confirmTie", &tie).await), ["NOT_FOUND"], "what a block has closed is not confirmed");
    }
}

story! {
    async fn a_claim_of_the_owners_own_ends_with_the_block(world: World) {
        let [ana, bela, hub] = world.people(["ana", "bela", "hub"]).await;
        world.tie([(&ana, &hub), (&bela, &hub)]).await;
        ana.claim(&bela).await;
        assert_eq!(bela.waiting().await.len(), 1);
        let block = ana.block(&bela).await["block"]["id"].clone();
        assert_eq!(bela.waiting().await, []);
        let claims = ana.query("{ viewer { claims(first: 1) { nodes { state } } } }").await;
        assert_eq!(claims["viewer"]["claims"]["nodes"], json!([{"state": "WITHDRAWN"}]));
        ana.mutate(UNBLOCK, json!({"id": block})).await;
        assert_eq!(bela.claim(&ana).await["claim"]["state"], "OPEN", "what she said before the block counts no more");
    }
}

story! {
    async fn an_unblocked_member_shows_again_but_is_not_tied_again(world: World) {
        let [ana, bela, hub] = world.people(["ana", "bela", "hub"]).await;
        world.tie([(&ana, &bela), (&ana, &hub), (&bela, &hub)]).await;
        let block = ana.block(&bela).await["block"]["id"].clone();
        for (somebody, id) in [(&bela, block.clone()), (&ana, json!("nonsense")), (&ana, json!(bela.global_id()))] {
            let refused = somebody.mutate(UNBLOCK, json!({"id": id})).await;
            assert_eq!((refusals(&refused), &refused["deletedBlockId"], &refused["userErrors"][0]["path"]), (vec!["NOT_FOUND"], &Value::Null, &json!(["blockId"])));
        }
        let removed = ana.mutate(UNBLOCK, json!({"id": block})).await;
        assert_eq!(removed, json!({"deletedBlockId": block, "viewer": {"blocks": {"totalCount": 0}}, "userErrors": []}));
        assert_eq!(refusals(&ana.mutate(UNBLOCK, json!({"id": block})).await), ["NOT_FOUND"]);
        for (one, other) in [(&ana, &bela), (&bela, &ana)] {
            assert_eq!(one.see(other).await["relationToViewer"], "NETWORK", "{}", one.name);
            assert_eq!((one.tied().await, one.network().await), (vec!["hub".to_owned()], vec![other.name.clone()]));
            let ended = one.query("{ viewer { ties(state: ENDED) { nodes { other { name } } } } }").await;
            assert_eq!(ended["viewer"]["ties"]["nodes"], json!([{"other": {"name": other.name}}]));
        }
    }
}

story! {
    async fn a_block_made_twice_or_fifty_times_is_one(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        world.tie([(&ana, &bela)]).await;
        let payloads = join_all((0..50).map(|_| ana.block(&bela))).await;
        for payload in &payloads {
            assert_eq!(payload, &payloads[0]);
            assert_eq!(payload["userErrors"], json!([]));
        }
        assert_eq!(ana.block(&bela).await, payloads[0], "a retry changes nothing");
        assert_eq!((world.count("block", &[]).await, world.count("tie_end", &[]).await), (1, 0));
        assert_eq!(blocked(&ana).await, json!(["bela"]));
    }
}

story! {
    async fn two_who_block_each_other_have_a_block_each(world: World) {
        let [ana, bela, hub] = world.people(["ana", "bela", "hub"]).await;
        world.tie([(&ana, &bela), (&ana, &hub), (&bela, &hub)]).await;
        tokio::join!(ana.block(&bela), bela.block(&ana));
        let first = if blocked(&ana).await == json!(["bela"]) { &ana } else { &bela };
        assert_eq!(counts(first).await["reach"], json!({"ties": 1, "network": 0}));
        let block = first.query("{ viewer { blocks { nodes { id } } } }").await["viewer"]["blocks"]["nodes"][0]["id"].clone();
        let second = if first.name == "ana" { &bela } else { &ana };
        let still = blocked(second).await != json!([]);
        first.mutate(UNBLOCK, json!({"id": block})).await;
        assert_eq!(first.see(second).await.is_null(), still, "hidden for as long as one of them blocks");
    }
}

story! {
    async fn nobody_blocks_a_stranger_or_themselves(world: World) {
        let [ana, stan] = world.people(["ana", "stan"]).await;
        let refused = ana.block(&stan).await;
        assert_eq!((refusals(&refused), &refused["block"]), (vec!["NOT_FOUND"], &Value::Null));
        assert_eq!(refusals(&ana.block(&world.anybody()).await), ["NOT_FOUND"], "nobody at all");
        assert_eq!(refusals(&ana.block(&ana).await), ["YOURSELF"]);
        let malformed = ana.mutate("mutation { blockMember(input: {memberId: \"nonsense\"}) { userErrors { code path } } }", json!({})).await;
        assert_eq!(malformed["userErrors"], json!([{"code": "NOT_FOUND", "path": ["memberId"]}]));
        stan.claim(&ana).await;
        assert_eq!(ana.block(&stan).await["userErrors"], json!([]), "whoever claims her can be blocked");
    }
}

/// Everything somebody can find out, without ids and times, which differ from world to world.
async fn everything(world: &World, person: &Person, others: &[&str]) -> String {
    let member = "name handle headline avatarUrl bio skills area email phone relationToViewer mutuals { totalCount nodes { name } }";
    let mut answers = vec![
        person
            .query(&format!(
                "{{ viewer {{ member {{ {member} }} privacy {{ findable asRoute }} reach {{ ties network }} blocks {{ totalCount nodes {{ name }} }}
                 ties {{ totalCount nodes {{ state other {{ {member} }} }} }} pending: ties(state: PENDING) {{ totalCount nodes {{ note }} }}
                 ended: ties(state: ENDED) {{ totalCount nodes {{ note }} }} declined: ties(state: DECLINED) {{ totalCount nodes {{ note }} }}
                 withdrawn: ties(state: WITHDRAWN) {{ totalCount nodes {{ note }} }} expired: ties(state: EXPIRED) {{ totalCount nodes {{ note }} }}
                 claims {{ totalCount nodes {{ named state note context tie {{ state }} }} }}
                 network {{ totalCount pageInfo {{ hasNextPage }} edges {{ mutualCount routes {{ inPerson connector {{ name }} }} node {{ {member} }} }} }}
                 short: network(first: 1) {{ pageInfo {{ hasNextPage }} nodes {{ name }} }}
                 whoCanHelp(skill: \"Tuning\") {{ totalCount nodes {{ name }} }} }} }}"
            ))
            .await,
    ];
    for other in others {
        let by_handle = format!("query($h: String!) {{ member(by: {{handle: $h}}) {{ {member} }} }}");
        answers.push(person.run(&by_handle, json!({"h": other})).await);
        for who in [json!({"handle": other}), json!({"email": format!("{other}@example.org")})] {
            let mut claimed = person.claim_named(who).await;
            for field in ["id", "createdAt", "expiresAt"] {
                claimed["claim"][field].take();
            }
            claimed["claimEdge"].take();
            answers.push(claimed);
        }
    }
    for id in [domain::member::by_handle(&world.kith, others[0])
        .await
        .expect("the database answers")
        .unwrap_or(domain::id::MemberId::fresh())]
    {
        let gone = Person { id, ..person.clone() };
        answers.push(json!([person.see(&gone).await, person.block(&gone).await]));
    }
    Value::Array(answers).to_string()
}

/// A world of ana's, with or without dora, who is reached by two ways and can help.
async fn world_with(world: &World, dora: bool) -> (Person, Option<Person>) {
    let [ana, bela, cleo, ella] = world.people(["ana", "bela", "cleo", "ella"]).await;
    world.tie([(&ana, &bela), (&ana, &cleo), (&bela, &ella)]).await;
    if !dora {
        return (ana, None);
    }
    let [dora] = world.people(["dora"]).await;
    world.tie([(&bela, &dora), (&cleo, &dora), (&ella, &dora)]).await;
    dora.mutate("mutation { updateProfile(input: {skills: [\"Tuning\"]}) { userErrors { code } } }", json!({})).await;
    (ana, Some(dora))
}

story! {
    async fn who_is_blocked_sees_a_world_without_the_blocker(world: World) {
        let other = World::on_sqlite().await;
        let (unblocked, _) = world_with(&other, false).await;
        let (ana, dora) = world_with(&world, true).await;
        assert_eq!(ana.network().await[0], "dora", "she would stand first");
        dora.expect("dora").block(&ana).await;
        let (blocked, without) = (everything(&world, &ana, &["dora"]).await, everything(&other, &unblocked, &["dora"]).await);
        assert_eq!(blocked, without);
        world.pass_days(31);
        other.pass_days(31);
        assert_eq!(everything(&world, &ana, &["dora"]).await, everything(&other, &unblocked, &["dora"]).await, "and a month later");
    }
}

story! {
    async fn who_blocks_sees_a_world_without_the_blocked(world: World) {
        let other = World::on_sqlite().await;
        let (alone, _) = world_with(&other, false).await;
        let (ana, dora) = world_with(&world, true).await;
        let dora = dora.expect("dora");
        ana.block(&dora).await;
        let page = "{ viewer { reach { ties network } ties { totalCount } network { totalCount edges { mutualCount routes { connector { name } } node { name mutuals { nodes { name } } } } } whoCanHelp(skill: \"Tuning\") { totalCount } } }";
        assert_eq!(ana.query(page).await, alone.query(page).await);
    }
}

//! Lists of partners: whom they invite, and what they end.

use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, World, refusals, text};

fn row(id: &str, email: &str) -> Value {
    json!({"externalId": id, "email": email})
}

fn gone(id: &str, email: &str) -> Value {
    json!({"externalId": id, "email": email, "state": "ENDED"})
}

/// A live community of five, with a partner that may read its roster and send lists.
async fn with_partner(world: &World) -> ([Person; 5], String, Person) {
    let people = world.people(["ana", "bela", "cleo", "dina", "ema"]).await;
    let [ana, bela, cleo, dina, ema] = &people;
    let id = world.live([ana, bela, cleo, dina, ema], "REQUEST").await;
    let (register, _) = world.partner(ana, &id, &["ROSTER_READ", "ROSTER_WRITE"]).await;
    (people, id, register)
}

async fn accept(member: &Person, community: &str) {
    member.done("acceptInvitation", "__typename", json!({"communityId": community, "charterVersion": 1})).await;
}

/// Sends the letters of lists that wait; returns to whom.
async fn posted(world: &World) -> Vec<String> {
    let taken = domain::roster::take_letters(&world.system()).await.expect("the letters that wait");
    taken.into_iter().map(|(_, letter)| letter.to).collect()
}

story! {
    async fn a_list_invites_and_those_who_accept_stand_on_the_roster_by_the_partners_id(world: World) {
        let ([ana, ..], id, register) = &with_partner(&world).await;
        let [fred] = &world.people(["fred"]).await;
        let rows = json!([row("7", "Fred@Example.org"), row("8", "gina@example.org")]);
        let payload = register.done("importRoster", "results { externalId outcome message }", json!({"rows": rows})).await;
        let told = |id: &str| json!({"externalId": id, "outcome": "INVITED", "message": null});
        assert_eq!(payload["results"], json!([told("7"), told("8")]), "the same with an account and without");
        assert_eq!(fred.told("COMMUNITY_INVITED").await.len(), 1);
        assert_eq!(ana.members(id, "INVITED").await, ["fred"]);
        assert_eq!(register.roster(id, None).await.len(), 5, "nobody belongs to it before they say so");

        let code = world.code_for("gina@example.org").await;
        let letter = world.mailer.kept().into_iter().rev().find(|kept| kept.letter.to == "gina@example.org").expect("a letter");
        assert!(letter.text.contains(&format!("/i/{code}")) && letter.text.contains("ana"), "{}", letter.text);
        accept(fred, id).await;
        assert_eq!(register.roster(id, None).await.last().map(String::as_str), Some("7 fred ACTIVE"));
        assert_eq!(fred.tied().await, [""; 0], "a list ties nobody");
        assert_eq!(fred.waiting().await, []);

        let anybody = world.anybody();
        anybody.done("requestSignInCode", "__typename", json!({"email": "gina@example.org"})).await;
        let proof = world.code_for("gina@example.org").await;
        let input = json!({"email": "gina@example.org", "code": proof, "name": "Gina", "handle": "gina", "invitation": code, "device": {"name": "phone", "platform": "IOS"}});
        anybody.done("signUp", "__typename", input).await;
        let gina = &world.person("gina").await;
        assert_eq!((gina.tied().await, gina.waiting().await), (vec![], vec![]), "nor by a letter");
        accept(gina, id).await;
        assert_eq!(register.roster(id, None).await.last().map(String::as_str), Some("8 Gina ACTIVE"));

        let (other, _) = world.partner(ana, id, &["ROSTER_READ"]).await;
        assert_eq!(other.roster(id, None).await.last().map(String::as_str), Some("- Gina ACTIVE"), "its ids are its own");
    }
}

story! {
    async fn the_same_list_again_changes_nothing_and_a_dry_run_nothing_at_all(world: World) {
        let (_, id, register) = &with_partner(&world).await;
        let [fred] = &world.people(["fred"]).await;
        let rows = json!([row("7", "fred@example.org"), row("8", "gina@example.org"), gone("9", "hugo@example.org")]);
        let input = json!({"rows": rows, "dryRun": true});
        let payload = register.done("importRoster", "results { outcome }", input).await;
        assert_eq!(payload["results"], json!([{"outcome": "INVITED"}, {"outcome": "INVITED"}, {"outcome": "UNCHANGED"}]));
        assert_eq!((world.count("roster_row", &[]).await, fred.told("COMMUNITY_INVITED").await.len()), (0, 0));

        assert_eq!(register.list(rows.clone()).await, ["INVITED", "INVITED", "UNCHANGED"]);
        for _ in 0..3 {
            assert_eq!(register.list(rows.clone()).await, ["UNCHANGED"; 3]);
        }
        assert_eq!((world.count("roster_row", &[]).await, fred.told("COMMUNITY_INVITED").await.len()), (2, 1));
        let many = (0..5).map(|_| register.list(json!([row("10", "ida@example.org")])));
        let mut told = futures::future::join_all(many).await.concat();
        told.sort();
        assert_eq!(told, ["INVITED", "UNCHANGED", "UNCHANGED", "UNCHANGED", "UNCHANGED"], "once, also at the same moment");

        posted(&world).await;
        world.pass_days(8);
        assert_eq!(register.list(rows.clone()).await, ["INVITED", "INVITED", "UNCHANGED"], "after a week, once more");
        assert_eq!(fred.told("COMMUNITY_INVITED").await.len(), 1, "fred's waits still");
        world.pass_days(31);
        assert_eq!(register.list(rows).await, ["INVITED", "INVITED", "UNCHANGED"]);
        let fred = &world.person("fred").await;
        assert_eq!(fred.told("COMMUNITY_INVITED").await.len(), 2, "it was over");
        accept(fred, id).await;
    }
}

story! {
    async fn rows_that_are_wrong_are_told_and_the_others_count(world: World) {
        let ([ana, ..], id, register) = &with_partner(&world).await;
        let long = "x".repeat(101);
        let rows = json!([row("1", "fred@example.org"), row("", "gina@example.org"), row("3", "no address"), row("1", "hugo@example.org"), row("5", "fred@example.org"), row(&long, "ida@example.org")]);
        let payload = register.done("importRoster", "results { externalId outcome message }", json!({"rows": rows})).await;
        let results = payload["results"].as_array().cloned().unwrap_or_default();
        let outcomes: Vec<String> = results.iter().map(|row| text(&row["outcome"])).collect();
        assert_eq!(outcomes, ["INVITED", "INVALID", "INVALID", "INVALID", "INVALID", "INVALID"]);
        assert!(results[1..].iter().all(|row| !text(&row["message"]).is_empty()), "{results:?}");
        assert_eq!(text(&results[3]["message"]), "Another row of the list has this already; send one row a person.");
        assert_eq!(world.count("roster_row", &[]).await, 1);

        let many: Vec<Value> = (0..1_001).map(|at| row(&at.to_string(), &format!("p{at}@example.org"))).collect();
        for rows in [json!([]), json!(many)] {
            assert_eq!(register.refused("importRoster", json!({"rows": rows})).await, ["INVALID_INPUT"]);
        }
        let (reader, _) = world.partner(ana, id, &["ROSTER_READ"]).await;
        let document = "mutation($input: ImportRosterInput!) { importRoster(input: $input) { results { outcome } } }";
        let input = json!({"input": {"rows": [row("1", "fred@example.org")]}});
        assert_eq!(reader.denied(document, input.clone()).await, ("FORBIDDEN_SCOPE".to_owned(), "ROSTER_WRITE".to_owned()));
        assert_eq!(ana.denied(document, input).await.0, "FORBIDDEN_SCOPE", "a list is a partner's");
        let zoe = &world.people(["zoe"]).await[0];
        let forming = zoe.form("Forming", "INVITATION").await;
        let (early, _) = world.partner(zoe, &forming, &["ROSTER_WRITE"]).await;
        assert_eq!(early.refused("importRoster", json!({"rows": [row("1", "fred@example.org")]})).await, ["WRONG_STATE"]);
        let mut refused = Value::Null;
        for _ in 0..40 {
            refused = register.command("importRoster", "__typename", json!({"rows": [row("1", "fred@example.org")]})).await;
        }
        assert_eq!(refusals(&refused), ["TOO_MANY_ATTEMPTS"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_of_a_thousand_is_taken_at_once_and_its_letters_go_out_one_after_the_other() {
    for world in [World::on_sqlite().await, World::on_postgres().await] {
        let (_, _, register) = &with_partner(&world).await;
        let rows: Vec<Value> = (0..1_000).map(|at| row(&at.to_string(), &format!("p{at}@example.org"))).collect();
        assert_eq!(register.list(json!(rows)).await, vec!["INVITED"; 1_000]);
        assert_eq!(register.list(json!(rows)).await, vec!["UNCHANGED"; 1_000]);
        let mut to = std::collections::BTreeSet::new();
        crate::support::until("all letters", std::time::Duration::from_secs(60), async || {
            to.extend(posted(&world).await);
            to.extend(world.mailer.kept().into_iter().map(|kept| kept.letter.to));
            to.len() == 1_000
        })
        .await;
    }
}

story! {
    async fn a_list_ends_what_came_of_it_and_nothing_else(world: World) {
        let ([ana, bela, ..], id, register) = &with_partner(&world).await;
        let [fred, gina, hugo] = &world.people(["fred", "gina", "hugo"]).await;
        let all = ["fred", "gina", "hugo", "bela", "ida"];
        let rows: Vec<Value> = all.iter().map(|name| row(name, &format!("{name}@example.org"))).collect();
        assert_eq!(register.list(json!(rows)).await, ["INVITED"; 5], "bela belongs to it already, which a list does not tell");
        for member in [fred, hugo] {
            accept(member, id).await;
        }
        let membership = ana.membership(id, hugo, "ACTIVE").await;
        ana.done("setRole", "__typename", json!({"membershipId": membership, "role": "STEWARD"})).await;
        let ended: Vec<Value> = all.iter().map(|name| gone(name, &format!("{name}@example.org"))).collect();
        assert_eq!(register.list(json!(ended)).await, ["ENDED"; 5]);
        assert_eq!(register.list(json!(ended)).await, ["UNCHANGED"; 5]);
        let mut members = ana.members(id, "ACTIVE").await;
        members.sort();
        assert_eq!(members, ["ana", "bela", "cleo", "dina", "ema", "hugo"], "hugo looks after it by now, and bela was no list's");
        assert_eq!(ana.members(id, "INVITED").await, [""; 0]);
        assert_eq!(gina.refused("acceptInvitation", json!({"communityId": id, "charterVersion": 1})).await, ["WRONG_STATE"]);
        assert_eq!(posted(&world).await.iter().filter(|to| *to == "ida@example.org").count(), 0, "no letter for what is over");
        assert_eq!(bela.community(id).await["viewerMembership"]["state"], "ACTIVE");
        assert_eq!(register.list(json!([row("fred", "fred@example.org")])).await, ["INVITED"]);
        assert_eq!(fred.community(id).await["viewerMembership"]["state"], "INVITED", "what a list ended it can begin again");
        accept(fred, id).await;
        fred.leave(id).await;
        world.pass_days(8);
        assert_eq!(register.list(json!([row("fred", "fred@example.org")])).await, ["INVITED"]);
        let fred = &world.person("fred").await;
        assert_eq!(fred.community(id).await["viewerMembership"], json!(null), "who left is invited by a member, if at all");
    }
}

story! {
    async fn a_row_follows_its_person_to_another_address(world: World) {
        let ([ana, ..], id, register) = &with_partner(&world).await;
        let [fred, gina] = &world.people(["fred", "gina"]).await;
        assert_eq!(register.list(json!([row("7", "fred@example.org")])).await, ["INVITED"]);
        assert_eq!(register.list(json!([row("7", "gina@example.org")])).await, ["INVITED"], "it was a slip");
        assert_eq!(ana.members(id, "INVITED").await, ["gina"]);
        assert_eq!(fred.refused("acceptInvitation", json!({"communityId": id, "charterVersion": 1})).await, ["WRONG_STATE"]);
        accept(gina, id).await;
        assert_eq!(register.list(json!([row("7", "fred@example.org")])).await, ["INVITED"]);
        assert_eq!(ana.members(id, "INVITED").await, [""; 0], "who came by the row stays its person");
        assert_eq!(register.roster(id, None).await.last().map(String::as_str), Some("7 gina ACTIVE"));
    }
}

story! {
    async fn a_list_tells_nobodys_answer(world: World) {
        let ([ana, bela, ..], id, register) = &with_partner(&world).await;
        let [fred, gina, hugo] = &world.people(["fred", "gina", "hugo"]).await;
        world.tie([(gina, ana)]).await;
        assert_eq!(refusals(&gina.block(ana).await), [""; 0]);
        let names = ["fred", "gina", "hugo", "bela", "nobody"];
        let rows: Vec<Value> = names.iter().map(|name| row(name, &format!("{name}@example.org"))).collect();
        assert_eq!(register.list(json!(rows)).await, ["INVITED"; 5]);
        assert_eq!(gina.told("COMMUNITY_INVITED").await, [""; 0], "a block keeps the steward's partners away as well");
        world.code_for("nobody@example.org").await;
        let to: Vec<String> = world.mailer.kept().into_iter().map(|kept| kept.letter.to).collect();
        assert_eq!(to, ["nobody@example.org"], "nobody with an account gets a letter that is good for nothing");
        fred.done("declineInvitation", "__typename", json!({"communityId": id})).await;
        accept(hugo, id).await;
        let input = json!({"communityId": id, "hiddenFromPartners": true});
        hugo.done("updateMembership", "__typename", input).await;
        assert_eq!(register.list(json!(rows)).await, ["UNCHANGED"; 5], "who declined, who hides, who was never asked: the same");
        assert_eq!(register.roster(id, None).await.len(), 5);
        world.pass_days(8);
        let told = register.list(json!(rows)).await;
        assert_eq!(told[0], told[4], "who declined and who has no account: {told:?}");
        assert_eq!(told[1], told[4], "who blocks");
        assert_eq!(told[2], told[4], "who joined, and hides");
        assert_eq!(told[3], told[4], "who belongs to it already");
        let fred = &world.person("fred").await;
        assert_eq!(fred.community(id).await["viewerMembership"], json!(null), "who declined is not asked again");
        assert_eq!(bela.told("COMMUNITY_INVITED").await.len(), 1, "when bela came in");
    }
}

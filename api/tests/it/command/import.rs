//! `kith import`: an offline network comes online, and a server beside it shows it at once.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Kith;
use crate::story;
use crate::support::{Person, World};

/// Four people of an office and their ties; two of them are named twice.
const PEOPLE: &str = "badge,who,mail,knows,floor\n1,Ana,ana@example.org,first aid;tea,North\n2,Béla,,,\n\
                      3,\"Cleo, the third\",,\"mending, German\",South\n4,,,,\n";
const TIES: &str = "a,b\r\n1,2\r\n2,1\r\n\r\n2,3\r\n2,3\r\n3,4\r\n";
const COLUMNS: [&str; 14] = [
    "--id-column",
    "badge",
    "--name-column",
    "who",
    "--email-column",
    "mail",
    "--skills-column",
    "knows",
    "--area-column",
    "floor",
    "--from-column",
    "a",
    "--to-column",
    "b",
];

fn office(world: &World) -> Kith {
    let kith = Kith::beside(world);
    kith.write("people.csv", PEOPLE);
    kith.write("ties.csv", TIES);
    kith
}

fn arguments<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let files = ["import", "--slug", "office", "--people", "people.csv", "--ties", "ties.csv"];
    [&files[..], &COLUMNS, more].concat()
}

/// What this person is shown of themselves and of their network.
async fn seen(person: &Person) -> Value {
    let document = "{ viewer { member { name email skills area } ties { nodes { state evidence } } network { nodes { handle } } } }";
    person.query(document).await["viewer"].clone()
}

story! {
    async fn people_and_their_ties_come_online(world: World) {
        let kith = office(&world);
        let said = kith.answer(&arguments(&[]));
        assert!(said.contains("4 new") && said.contains("3 active") && said.contains("2 named more than once"), "{said}");
        let ana = world.person("office-1").await;
        assert_eq!(seen(&ana).await, json!({
            "member": {"name": "Ana", "email": "ana@example.org", "skills": ["first aid", "tea"], "area": "North"},
            "ties": {"nodes": [{"state": "ACTIVE", "evidence": "IMPORTED"}]},
            "network": {"nodes": [{"handle": "office-3"}]},
        }));
        let cleo = seen(&world.person("office-3").await).await;
        assert_eq!(cleo["member"], json!({"name": "Cleo, the third", "email": null, "skills": ["mending", "German"], "area": "South"}));
        assert_eq!(seen(&world.person("office-4").await).await["member"]["name"], "4", "without a name the id serves");

        let codes = std::fs::read_to_string(kith.file("office-claim-codes.csv")).expect("the codes");
        let rows: Vec<Vec<&str>> = codes.lines().skip(1).map(|line| line.split(',').collect()).collect();
        assert_eq!(rows.len(), 3, "who has no address has a code: {codes}");
        assert!(!codes.contains("office-1"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let file = std::fs::metadata(kith.file("office-claim-codes.csv")).expect("the codes");
            assert_eq!(file.permissions().mode() & 0o777, 0o600, "nobody else may read it");
        }
    }
}

story! {
    async fn a_second_import_changes_nothing(world: World) {
        let kith = office(&world);
        kith.answer(&arguments(&[]));
        let codes = std::fs::read(kith.file("office-claim-codes.csv")).expect("the codes");
        let said = kith.answer(&arguments(&[]));
        assert!(said.contains("4 unchanged") && said.contains("3 left as they are"), "{said}");
        assert_eq!(std::fs::read(kith.file("office-claim-codes.csv")).expect("the codes"), codes);

        kith.write("people.csv", &format!("{PEOPLE}5,Dora,,,\n"));
        let err = kith.refusal(&arguments(&[]));
        assert!(err.contains("office-claim-codes.csv is there already") && err.contains("--codes"), "{err}");
        assert_eq!(std::fs::read(kith.file("office-claim-codes.csv")).expect("the codes"), codes, "it is not overwritten");
        assert!(kith.refusal(&["token", "member", "office-5"]).contains("no member"), "nothing was imported");
        let said = kith.answer(&arguments(&["--codes", "more.csv"]));
        assert!(said.contains("1 new") && said.contains("more.csv"), "{said}");
    }
}

story! {
    async fn a_dry_run_writes_nothing(world: World) {
        let kith = office(&world);
        let said = kith.answer(&arguments(&["--dry-run"]));
        assert!(said.starts_with("Dry run") && said.contains("4 new") && said.contains("3 active"), "{said}");
        assert!(!kith.file("office-claim-codes.csv").exists());
        assert!(kith.refusal(&["token", "member", "office-1"]).contains("no member"));
    }
}

story! {
    async fn some_of_a_list_found_a_community(world: World) {
        let kith = office(&world);
        let found = ["--community", "The office", "--founders", "1, 3"];
        let told = kith.refusal(&arguments(&["--community", "The office", "--founders", "1,9"]));
        assert!(told.contains('9'), "9 is nobody of the list: {told}");
        kith.answer(&arguments(&[&found[..], &["--dry-run"]].concat()));
        kith.answer(&arguments(&found));
        let document = "{ viewer { memberships(first: 5) { nodes { role founder state community { id name stage memberCount } } } } }";
        let ana = world.person("office-1").await.query(document).await["viewer"]["memberships"]["nodes"].clone();
        let community = ana[0]["community"].clone();
        assert_eq!((&community["name"], &community["stage"], &community["memberCount"]), (&json!("The office"), &json!("FORMING"), &json!(2)));
        assert_eq!((&ana[0]["role"], &ana[0]["founder"]), (&json!("STEWARD"), &json!(true)));
        let cleo = world.person("office-3").await.query(document).await["viewer"]["memberships"]["nodes"].clone();
        assert_eq!((&cleo[0]["role"], &cleo[0]["community"]["id"]), (&json!("MEMBER"), &community["id"]));
        let bela = world.person("office-2").await;
        assert_eq!(bela.query(document).await["viewer"]["memberships"]["nodes"], json!([]));

        let later = ["--community", "The office", "--founders", "1,2,3"];
        std::fs::remove_file(kith.file("office-claim-codes.csv")).expect("the codes were handed on");
        kith.answer(&arguments(&later));
        let joined = bela.query(document).await["viewer"]["memberships"]["nodes"].clone();
        assert_eq!(joined[0]["community"]["id"], community["id"], "the same community");
        assert_eq!(joined[0]["community"]["memberCount"], 3);
    }
}

story! {
    async fn ties_may_wait_until_both_have_confirmed_them(world: World) {
        let kith = office(&world);
        let said = kith.answer(&arguments(&["--ties-as", "pending"]));
        assert!(said.contains("3 awaiting both answers"), "{said}");
        let (ana, bela) = (world.person("office-1").await, world.person("office-2").await);
        assert_eq!(ana.tied().await, Vec::<String>::new());
        let waiting = ana.waiting().await;
        ana.answer("confirmTie", &waiting[0].0).await;
        assert_eq!(ana.tied().await, Vec::<String>::new(), "one of two");
        bela.answer("confirmTie", &waiting[0].0).await;
        assert_eq!(ana.tied().await, ["Béla"]);
    }
}

story! {
    async fn a_running_server_shows_an_import_at_once(world: World) {
        let kith = office(&world);
        kith.answer(&arguments(&[]));
        let ana = world.person("office-1").await;
        assert_eq!(ana.network().await, ["Cleo, the third"], "and now it is cached");
        kith.write("ties.csv", "a,b\n2,4\n");
        kith.answer(&arguments(&[]));
        let begun = Instant::now();
        while ana.network().await.len() < 2 {
            assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", ana.network().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

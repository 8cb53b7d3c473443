//! Notifications: what a member is told of, once for each thing that happens.

use domain::notification::forget_old;
use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, Reply, World, text};

/// This person's notifications, newest first.
async fn list(person: &Person) -> Vec<Value> {
    let fields = "nodes { id kind deepLink createdAt readAt node { id __typename } }";
    let data = person.query(&format!("{{ viewer {{ notifications(first: 100) {{ {fields} }} }} }}")).await;
    data["viewer"]["notifications"]["nodes"].as_array().cloned().unwrap_or_default()
}

async fn unread(person: &Person) -> Value {
    person.query("{ viewer { unreadNotificationCount } }").await["viewer"]["unreadNotificationCount"].clone()
}

/// Notes that some are read; how many then are not, or the codes by which it is refused.
async fn mark(person: &Person, read: Value) -> Value {
    let payload =
        person.command("markNotificationsRead", "viewer { unreadNotificationCount }", json!({"read": read})).await;
    match payload["userErrors"][0]["code"].is_string() {
        true => payload["userErrors"][0]["code"].clone(),
        false => payload["viewer"]["unreadNotificationCount"].clone(),
    }
}

/// `ana` with so many notifications of people who claim to know her.
async fn claimed(world: &World, size: usize) -> (Person, Vec<Person>) {
    let [ana] = world.people(["ana"]).await;
    let crowd = world.crowd("crowd", size).await;
    for person in &crowd {
        person.claim(&ana).await;
    }
    (ana, crowd)
}

/// Answers the first tie that awaits `person`.
async fn confirm(person: &Person) {
    let tie = person.waiting().await[0].0.clone();
    person.answer("confirmTie", &tie).await;
}

story! {
    async fn there_is_a_notification_of_each_kind(world: World) {
        let [ana, bela, cleo, dina, ella, zoe] = world.people(["ana", "bela", "cleo", "dina", "ella", "zoe"]).await;
        let [one, two, three] = world.trio(["one", "two", "three"]).await;
        zoe.claim(&one).await;
        confirm(&one).await;
        world.tie([(&two, &zoe)]).await;
        let (closed, expired, taken) = (three.ask_for(&zoe, &two).await, three.ask_for(&one, &two).await, zoe.ask_for(&three, &two).await);
        world.draw(5).await;
        two.step("declineIntroduction", &closed).await;
        two.pass_on(&taken).await;
        three.accept(&taken).await;
        let nomination = two.names(&one.opens(json!({})).await, &three).await;
        three.answers("acceptNomination", &nomination).await;
        two.say(&two.converse(&one).await, "Hello").await;
        world.pass_days(21);
        world.tell_ended().await;
        let community = world.live([&ana, &bela, &cleo, &dina, &ella], "REQUEST").await;
        world.tie([(&ana, &zoe)]).await;
        let invited = ana.done("inviteToCommunity", "membership { id }", json!({"communityId": community, "memberId": zoe.global_id()})).await;
        let application = json!({"communityId": community, "charterVersion": 1, "answers": ["I have a garden."]});
        let applied = two.done("applyToCommunity", "membership { id }", application).await;
        ana.done("decideApplication", "__typename", json!({"membershipId": applied["membership"]["id"], "verdict": "ADMIT"})).await;

        let mut seen = Vec::new();
        for person in [&ana, &one, &two, &three, &zoe] {
            for told in list(person).await {
                let (kind, id) = (text(&told["kind"]), text(&told["node"]["id"]));
                let expected = match kind.split('_').next().unwrap_or_default() {
                    "TIE" => "Tie",
                    "INTRODUCTION" => "Introduction",
                    "NOMINATION" => "Nomination",
                    "MESSAGES" => "Conversation",
                    "COMMUNITY" => "Membership",
                    other => panic!("{other}"),
                };
                assert_eq!(told["node"]["__typename"], expected, "{}: {told}", person.name);
                assert_eq!(told["deepLink"], format!("http://kith.test/open/{id}"), "{}: {told}", person.name);
                seen.push((person.name.clone(), kind, id));
            }
        }
        let about = |name: &str, kind: &str, id: &str| (name.to_owned(), kind.to_owned(), id.to_owned());
        for expected in [
            about("three", "INTRODUCTION_CLOSED", &closed),
            about("three", "INTRODUCTION_EXPIRED", &expired),
            about("three", "INTRODUCTION_PASSED_ON", &taken),
            about("two", "INTRODUCTION_REQUESTED", &taken),
            about("two", "INTRODUCTION_ACCEPTED", &taken),
            about("zoe", "INTRODUCTION_ACCEPTED", &taken),
            about("three", "NOMINATION_OFFERED", &nomination),
            about("one", "NOMINATION_ACCEPTED", &nomination),
            about("two", "NOMINATION_ACCEPTED", &nomination),
            about("zoe", "COMMUNITY_INVITED", &text(&invited["membership"]["id"])),
            about("ana", "COMMUNITY_APPLIED", &text(&applied["membership"]["id"])),
            about("two", "COMMUNITY_JOINED", &text(&applied["membership"]["id"])),
        ] {
            assert_eq!(seen.iter().filter(|one| **one == expected).count(), 1, "{expected:?}: {seen:?}");
        }
        for (name, kind) in [("one", "TIE_ASKED"), ("zoe", "TIE_ACTIVE"), ("zoe", "TIE_ASKED"), ("three", "TIE_ASKED"), ("one", "MESSAGES")] {
            assert!(seen.iter().any(|one| one.0 == name && one.1 == kind), "{name}: {kind}: {seen:?}");
        }
    }
}

story! {
    async fn what_is_read_is_noted_once(world: World) {
        let (ana, crowd) = claimed(&world, 5).await;
        let all = list(&ana).await;
        let ids: Vec<String> = all.iter().map(|one| text(&one["id"])).collect();
        assert_eq!((ids.len(), unread(&ana).await), (5, json!(5)));
        assert!(all.iter().all(|one| one["kind"] == "TIE_ASKED" && one["readAt"].is_null()), "{all:?}");
        assert_eq!(mark(&ana, json!({"ids": [ids[0], ids[3], "nonsense", crowd[0].global_id()]})).await, 3, "what is none of hers is passed over");
        let read = list(&ana).await[0]["readAt"].clone();
        assert!(read.is_string());
        world.pass_days(1);
        assert_eq!(mark(&ana, json!({"ids": [ids[0]]})).await, 3);
        assert_eq!(list(&ana).await[0]["readAt"], read, "the first time counts");
        assert_eq!(mark(&ana, json!({"upTo": ids[2]})).await, 1, "with all that are older");
        assert_eq!(list(&ana).await[1]["readAt"], Value::Null);
        assert_eq!((mark(&crowd[0], json!({"ids": [ids[1]]})).await, unread(&ana).await), (json!(0), json!(1)), "nobody reads another's");
        for (person, id) in [(&crowd[0], ids[1].as_str()), (&ana, "nonsense"), (&ana, "ntf_AAAAAAAAAAAAAAAAAAAAAA")] {
            assert_eq!(mark(person, json!({"upTo": id})).await, "NOT_FOUND", "{id}");
        }
        let node = "query($id: ID!) { node(id: $id) { ... on Notification { kind } } }";
        assert_eq!(ana.run(node, json!({"id": ids[0]})).await["node"], json!({"kind": "TIE_ASKED"}));
        assert_eq!(crowd[0].run(node, json!({"id": ids[0]})).await["node"], Value::Null);
        assert_eq!(mark(&ana, json!({"upTo": ids[0]})).await, 0);
    }
}

story! {
    async fn notifications_come_in_pages_newest_first(world: World) {
        let (ana, _) = claimed(&world, 5).await;
        let ids: Vec<String> = list(&ana).await.iter().map(|one| text(&one["id"])).collect();
        let document = "query($c: String) { viewer { notifications(first: 2, after: $c) { totalCount pageInfo { endCursor hasNextPage } nodes { id } } } }";
        let (mut read, mut cursor) = (Vec::new(), Value::Null);
        for left in [true, true, false] {
            let page = ana.run(document, json!({"c": cursor})).await["viewer"]["notifications"].clone();
            assert_eq!((&page["totalCount"], &page["pageInfo"]["hasNextPage"]), (&json!(5), &json!(left)));
            read.extend(page["nodes"].as_array().cloned().unwrap_or_default().iter().map(|node| text(&node["id"])));
            cursor = page["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(read, ids);
        let mut times: Vec<String> = list(&ana).await.iter().map(|one| text(&one["createdAt"])).collect();
        times.reverse();
        assert!(times.is_sorted(), "{times:?}");
    }
}

story! {
    async fn they_are_kept_for_ninety_days(world: World) {
        let (ana, _) = claimed(&world, 2).await;
        let first = list(&ana).await;
        mark(&ana, json!({"ids": [first[0]["id"]]})).await;
        world.pass_days(89);
        let late = world.crowd("late", 1).await.remove(0);
        late.claim(&ana).await;
        forget_old(&world.system()).await.expect("nothing to forget");
        assert_eq!((list(&ana).await.len(), unread(&ana).await), (3, json!(2)));
        world.pass_days(1);
        assert_eq!(forget_old(&world.system()).await.expect("forgotten"), 2);
        assert_eq!((list(&ana).await.len(), unread(&ana).await), (1, json!(1)), "read or not");
        world.pass_days(90);
        forget_old(&world.system()).await.expect("forgotten");
        assert_eq!(list(&ana).await, [] as [Value; 0]);
    }
}

story! {
    async fn who_does_not_exist_for_somebody_is_nothing_they_are_told_of(world: World) {
        let (ana, crowd) = claimed(&world, 3).await;
        let ids: Vec<String> = list(&ana).await.iter().map(|one| text(&one["id"])).collect();
        assert_eq!(ana.block(&crowd[2]).await["userErrors"], json!([]));
        assert_eq!((list(&ana).await.len(), unread(&ana).await), (2, json!(2)), "at once");
        domain::account::suspend(&world.system(), "crowd-1").await.expect("suspended");
        assert_eq!((list(&ana).await.len(), unread(&ana).await), (1, json!(1)));
        let node = "query($id: ID!) { node(id: $id) { ... on Notification { kind } } }";
        for id in [&ids[0], &ids[2]] {
            assert_eq!(ana.run(node, json!({"id": id})).await["node"], Value::Null);
        }
        let page = ana.query("{ viewer { notifications(first: 1) { totalCount pageInfo { hasNextPage } nodes { id } } } }").await["viewer"]["notifications"].clone();
        assert_eq!(page, json!({"totalCount": 1, "pageInfo": {"hasNextPage": false}, "nodes": [{"id": ids[1]}]}));
    }
}

story! {
    async fn what_a_notification_leads_to_opens_the_app(world: World) {
        let (ana, _) = claimed(&world, 1).await;
        let link = text(&list(&ana).await[0]["deepLink"]);
        let path = link.strip_prefix("http://kith.test").expect("an address of ours").to_owned();
        let page = Reply::to(world.path(&path)).await;
        assert_eq!(page.status, 200);
        assert!(page.header("content-type").starts_with("text/html"), "{}", page.header("content-type"));
        for secret in ["ana", "crowd", "FRIEND", "choir"] {
            assert!(!page.text().contains(&format!(">{secret}")), "nothing of it shows on a machine without the app: {secret}");
        }
        let other = Reply::to(world.path("/open/nonsense")).await;
        assert_eq!((other.status, other.text()), (200, page.text()), "whatever it leads to");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_app_is_told_which_links_are_its_own() {
    let world = World::with(&[("KITH_APPLE_APPS", "ABCDE12345.org.example.kith")]).await;
    let apple = Reply::to(world.path("/.well-known/apple-app-site-association")).await.json();
    let components = apple["applinks"]["details"][0]["components"].as_array().cloned().unwrap_or_default();
    assert!(components.contains(&json!({"/": "/open/*"})), "{apple}");
}

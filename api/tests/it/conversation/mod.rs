//! Conversations: of two who are tied, and of three who were introduced.

mod hidden;
mod message;

use futures::future::join_all;
use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, refusals, text};

/// What this person sees of a conversation.
async fn look(person: &Person, id: &str) -> Value {
    let fields =
        "kind muted unreadCount lastMessage { text author { name } } participants { member { name } } lastActiveAt";
    person.node("Conversation", fields, id).await
}

/// How many messages this person has not read in a conversation.
async fn unread(person: &Person, id: &str) -> Value {
    look(person, id).await["unreadCount"].clone()
}

async fn send(person: &Person, id: &str, words: &str) -> Vec<String> {
    person.refused("sendMessage", json!({"conversationId": id, "text": words})).await
}

/// The conversation of three who were introduced, its id.
async fn introduced(ana: &Person, bela: &Person, cleo: &Person) -> String {
    let id = ana.ask_for(cleo, bela).await;
    bela.pass_on(&id).await;
    cleo.accept(&id).await;
    text(&ana.introduction(&id).await["conversation"]["id"])
}

/// The id of the tie of two, for either.
async fn tie_of(person: &Person, other: &Person) -> String {
    let data = person.query("{ viewer { ties(first: 100) { nodes { id other { handle } } } } }").await;
    let ties = data["viewer"]["ties"]["nodes"].as_array().cloned().unwrap_or_default();
    text(&ties.iter().find(|tie| tie["other"]["handle"] == other.name.as_str()).expect("their tie")["id"])
}

story! {
    async fn two_who_are_tied_have_one_conversation(world: World) {
        let [ana, bela, cleo, zoe] = world.people(["ana", "bela", "cleo", "zoe"]).await;
        world.tie([(&ana, &bela), (&bela, &cleo)]).await;
        let begun = ana.done("startConversation", "conversation { id kind } conversationEdge { cursor node { id } }", json!({"memberId": bela.global_id()})).await;
        let id = text(&begun["conversation"]["id"]);
        assert_eq!((&begun["conversation"]["kind"], &begun["conversationEdge"]["node"]["id"]), (&json!("TIE"), &json!(id)));
        assert_eq!((ana.converse(&bela).await, bela.converse(&ana).await), (id.clone(), id.clone()), "whoever begins it");
        let start = async |who: &str| ana.refused("startConversation", json!({"memberId": who})).await;
        assert_eq!(start(&cleo.global_id()).await, ["NOT_TIED"], "she sees her, and is not tied to her");
        for who in [zoe.global_id(), ana.global_id(), world.anybody().global_id(), "nonsense".to_owned()] {
            assert_eq!(start(&who).await, ["NOT_FOUND"], "{who}");
        }
        assert_eq!((look(&cleo, &id).await, send(&cleo, &id, "Hello").await), (Value::Null, vec!["NOT_FOUND".to_owned()]));
        for mutation in ["markRead", "muteConversation", "leaveConversation"] {
            assert_eq!(cleo.refused(mutation, json!({"conversationId": id})).await, ["NOT_FOUND"], "{mutation}");
        }
        let both = join_all((0..20).map(|number| {
            let (one, other) = if number % 2 == 0 { (&bela, &cleo) } else { (&cleo, &bela) };
            one.converse(other)
        }))
        .await;
        assert!(both.iter().all(|one| *one == both[0]), "also at once");
        assert_eq!((world.count("conversation", &[]).await, world.count("participant", &[]).await), (2, 4));
    }
}

story! {
    async fn conversations_are_listed_as_something_was_said(world: World) {
        let [ana, hub] = world.people(["ana", "hub"]).await;
        world.tie([(&ana, &hub)]).await;
        let crowd = world.crowd("crowd", 4).await;
        let mut ids = Vec::new();
        for person in &crowd {
            world.tie([(&ana, person)]).await;
            ids.push(ana.converse(person).await);
        }
        for at in [2, 0, 3, 1] {
            crowd[at].say(&ids[at], "Hello").await;
        }
        let order = |places: [usize; 4]| places.map(|at| ids[at].clone()).to_vec();
        assert_eq!(ana.conversations().await, order([1, 3, 0, 2]));
        ana.say(&ids[2], "Hello yourself").await;
        assert_eq!(ana.conversations().await, order([2, 1, 3, 0]));
        let document = "query($c: String) { viewer { conversations(first: 1, after: $c) { pageInfo { endCursor hasNextPage } nodes { id } } } }";
        let (mut read, mut cursor) = (Vec::new(), Value::Null);
        for _ in 0..4 {
            let page = ana.run(document, json!({"c": cursor})).await["viewer"]["conversations"].clone();
            read.push(text(&page["nodes"][0]["id"]));
            cursor = page["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(read, order([2, 1, 3, 0]), "page by page");
        let seen = ana.node("Conversation", "lastActiveAt lastMessage { createdAt }", &ids[2]).await;
        assert_eq!(seen["lastActiveAt"], seen["lastMessage"]["createdAt"]);
    }
}

story! {
    async fn what_is_unread_is_counted_and_a_mark_never_moves_back(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        world.tie([(&ana, &bela)]).await;
        let id = ana.converse(&bela).await;
        let mut said = Vec::new();
        for number in 0..4 {
            said.push(ana.say(&id, &format!("Number {number}")).await);
        }
        assert_eq!((unread(&ana, &id).await, unread(&bela, &id).await), (json!(0), json!(4)));
        let mark = async |message: Option<&str>| bela.done("markRead", "conversation { unreadCount participants { member { name } readAt } }", json!({"conversationId": id, "messageId": message})).await["conversation"].clone();
        assert_eq!(mark(Some(&said[1])).await["unreadCount"], 2);
        assert_eq!(mark(Some(&said[2])).await["unreadCount"], 1);
        let read_at = |seen: &Value| seen["participants"].as_array().into_iter().flatten().find(|part| part["member"]["name"] == "bela").expect("bela")["readAt"].clone();
        let marked = mark(Some(&said[0])).await;
        assert_eq!(marked["unreadCount"], 1, "a mark never moves back");
        let of_ana = ana.node("Conversation", "participants { member { name } readAt } messages { nodes { createdAt } }", &id).await;
        assert_eq!((read_at(&of_ana), read_at(&marked)), (of_ana["messages"]["nodes"][1]["createdAt"].clone(), of_ana["messages"]["nodes"][1]["createdAt"].clone()), "the other sees it");
        assert_eq!(mark(None).await["unreadCount"], 0);
        ana.say(&id, "One more").await;
        assert_eq!(unread(&bela, &id).await, 1);
        bela.say(&id, "I know").await;
        assert_eq!(unread(&bela, &id).await, 0, "who answers has read");
        let elsewhere = ana.say(&ana.converse(&bela).await, "Here").await;
        ana.done("deleteMessage", "__typename", json!({"messageId": elsewhere})).await;
        assert_eq!(unread(&bela, &id).await, 0, "what was taken back is not waited for");
        for message in ["nonsense", "msg_AAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(bela.refused("markRead", json!({"conversationId": id, "messageId": message})).await, ["NOT_FOUND"]);
        }
    }
}

story! {
    async fn messages_are_told_of_once_until_they_are_read(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        world.tie([(&ana, &bela)]).await;
        let id = ana.converse(&bela).await;
        for _ in 0..3 {
            ana.say(&id, "Hello").await;
        }
        assert_eq!((bela.told_of("MESSAGES").await, ana.told("MESSAGES").await), (vec![("MESSAGES".to_owned(), id.clone())], vec![]));
        bela.done("markRead", "__typename", json!({"conversationId": id})).await;
        ana.say(&id, "Are you there?").await;
        ana.say(&id, "Hello?").await;
        assert_eq!(bela.told("MESSAGES").await.len(), 2, "a new one after it was read");
        let notifications = bela.query("{ viewer { notifications { nodes { kind readAt } } } }").await["viewer"]["notifications"]["nodes"].clone();
        let messages: Vec<bool> = notifications.as_array().into_iter().flatten().filter(|one| one["kind"] == "MESSAGES").map(|one| one["readAt"].is_string()).collect();
        assert_eq!(messages, [false, true]);

        bela.done("markRead", "__typename", json!({"conversationId": id})).await;
        let muted = bela.done("muteConversation", "conversation { muted }", json!({"conversationId": id})).await;
        assert_eq!(muted["conversation"]["muted"], true);
        ana.say(&id, "Hm.").await;
        assert_eq!((bela.told("MESSAGES").await.len(), unread(&bela, &id).await, look(&ana, &id).await["muted"].clone()), (2, json!(1), json!(false)), "a silent one is counted and not told");
        bela.done("muteConversation", "__typename", json!({"conversationId": id, "muted": false})).await;
        ana.say(&id, "And now?").await;
        assert_eq!(bela.told("MESSAGES").await.len(), 3);
    }
}

story! {
    async fn who_leaves_is_told_no_more_and_comes_back(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        world.tie([(&ana, &bela)]).await;
        let id = ana.converse(&bela).await;
        bela.say(&id, "Good morning").await;
        let left = bela.done("leaveConversation", "leftConversationId viewer { conversations { totalCount } }", json!({"conversationId": id})).await;
        assert_eq!((&left["leftConversationId"], &left["viewer"]["conversations"]["totalCount"]), (&json!(id), &json!(0)));
        assert_eq!((look(&bela, &id).await, send(&bela, &id, "Hello").await), (Value::Null, vec!["NOT_FOUND".to_owned()]));
        assert_eq!(bela.refused("leaveConversation", json!({"conversationId": id})).await, ["NOT_FOUND"]);
        let seen = look(&ana, &id).await;
        assert_eq!((&seen["participants"], &seen["lastMessage"]["text"]), (&json!([{"member": {"name": "ana"}}]), &json!("Good morning")), "what she said stays");
        ana.say(&id, "Where are you?").await;
        assert_eq!(bela.told("MESSAGES").await, [""; 0]);
        assert_eq!(bela.converse(&ana).await, id, "she comes back to the same one");
        assert_eq!((bela.reads(&id).await, unread(&bela, &id).await), (vec!["Where are you?".to_owned(), "Good morning".to_owned()], json!(1)));
        let seen = bela.node("Conversation", "lastActiveAt lastMessage { createdAt }", &id).await;
        assert_eq!(seen["lastActiveAt"], seen["lastMessage"]["createdAt"], "and it stands where its last message puts it");
        ana.say(&id, "There you are").await;
        assert_eq!(bela.told("MESSAGES").await.len(), 1);
    }
}

story! {
    async fn who_leaves_a_conversation_of_three_is_gone_from_it(world: World) {
        let [ana, bela, cleo] = world.trio(["ana", "bela", "cleo"]).await;
        let id = introduced(&ana, &bela, &cleo).await;
        bela.say(&id, "You two, meet.").await;
        bela.done("leaveConversation", "__typename", json!({"conversationId": id})).await;
        assert_eq!(look(&ana, &id).await["participants"], json!([{"member": {"name": "ana"}}, {"member": {"name": "cleo"}}]));
        cleo.say(&id, "Hello").await;
        assert_eq!((ana.reads(&id).await, bela.told("MESSAGES").await, bela.conversations().await), (vec!["Hello".to_owned(), "You two, meet.".to_owned()], vec![], vec![] as Vec<String>));
        cleo.done("leaveConversation", "__typename", json!({"conversationId": id})).await;
        assert_eq!(send(&ana, &id, "Anybody?").await, ["WRONG_STATE"], "nobody is left to speak to");
        assert_eq!(ana.reads(&id).await.len(), 2, "but she still reads it");
    }
}

story! {
    async fn when_a_tie_ends_nothing_more_is_said(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        world.tie([(&ana, &bela)]).await;
        let id = ana.converse(&bela).await;
        bela.say(&id, "Farewell").await;
        ana.answer("endTie", &tie_of(&ana, &bela).await).await;
        for person in [&ana, &bela] {
            assert_eq!(send(person, &id, "Wait").await, ["NOT_TIED"], "{}", person.name);
            assert_eq!(person.reads(&id).await, ["Farewell"], "{}: what was said stays", person.name);
        }
        assert_eq!(ana.refused("startConversation", json!({"memberId": bela.global_id()})).await, ["NOT_TIED"], "she sees her by what they said");
        world.tie([(&ana, &bela)]).await;
        assert_eq!(ana.converse(&bela).await, id);
        ana.say(&id, "Welcome back").await;
    }
}

//! Messages: each is there once, in one order, and belongs to who wrote it.

use super::*;

const CLIENT: &str = "6f1c1d1e-8a3b-4c53-9d55-0a1b2c3d4e5f";

/// A message as this person sees it; null if they do not.
async fn message(person: &Person, id: &str) -> Value {
    person.node("Message", "text author { name } clientId editedAt deletedAt conversation { id }", id).await
}

story! {
    async fn a_message_sent_again_is_the_same(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        world.tie([(&ana, &bela), (&ana, &cleo)]).await;
        let (id, elsewhere) = (ana.converse(&bela).await, ana.converse(&cleo).await);
        let shows = "message { id text clientId createdAt conversation { id } }";
        let input = |conversation: &str, words: &str| json!({"conversationId": conversation, "text": words, "clientId": CLIENT});
        let first = ana.done("sendMessage", shows, input(&id, "Hello")).await["message"].clone();
        assert_eq!((&first["text"], &first["clientId"], &first["conversation"]["id"]), (&json!("Hello"), &json!(CLIENT), &json!(id)));
        let again = join_all((0..10).map(|_| ana.done("sendMessage", shows, input(&id, "Hello")))).await;
        assert!(again.iter().all(|payload| payload["message"] == first), "{again:?}");
        assert_eq!(ana.done("sendMessage", shows, input(&id, "Hello, you")).await["message"], first, "the first words stand");
        assert_eq!(ana.refused("sendMessage", input(&elsewhere, "Hello")).await, ["WRONG_STATE"], "in another conversation it would be another");
        assert_eq!((bela.reads(&id).await, bela.told("MESSAGES").await.len(), unread(&bela, &id).await), (vec!["Hello".to_owned()], 1, json!(1)));
        bela.done("sendMessage", shows, input(&id, "Hello back")).await;
        assert_eq!(ana.reads(&id).await, ["Hello back", "Hello"], "what her device calls it is nobody else's");
        let parallel = "0d8c2f9e-2b1a-4f6d-8d7e-1a2b3c4d5e6f";
        let sent = join_all((0..20).map(|_| ana.done("sendMessage", "message { id }", json!({"conversationId": elsewhere, "text": "At once", "clientId": parallel})))).await;
        assert!(sent.iter().all(|payload| *payload == sent[0]));
        assert_eq!(cleo.reads(&elsewhere).await, ["At once"]);
        for (input, field) in [
            (json!({"conversationId": id, "text": "No.", "clientId": "nonsense"}), "clientId"),
            (json!({"conversationId": id, "text": " \n"}), "text"),
            (json!({"conversationId": id, "text": "a".repeat(4_001)}), "text"),
        ] {
            let refused = ana.command("sendMessage", "message { id }", input).await;
            assert_eq!((refusals(&refused), &refused["userErrors"][0]["path"], &refused["message"]), (vec!["INVALID_INPUT"], &json!([field]), &Value::Null));
        }
        let longest = "é".repeat(4_000);
        ana.say(&id, &longest).await;
        assert_eq!(bela.reads(&id).await[0], longest);
    }
}

story! {
    async fn only_the_author_changes_a_message_or_takes_it_back(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        world.tie([(&ana, &bela)]).await;
        let id = ana.converse(&bela).await;
        let (first, last) = (ana.say(&id, "Helo").await, ana.say(&id, "A secret").await);
        for person in [&bela, &cleo] {
            assert_eq!(person.refused("editMessage", json!({"messageId": first, "text": "No."})).await, ["NOT_FOUND"], "{}", person.name);
            assert_eq!(person.refused("deleteMessage", json!({"messageId": first})).await, ["NOT_FOUND"], "{}", person.name);
        }
        assert_eq!((message(&cleo, &first).await, message(&bela, &first).await["text"].clone()), (Value::Null, json!("Helo")));
        for words in ["", &"a".repeat(4_001)] {
            assert_eq!(ana.refused("editMessage", json!({"messageId": first, "text": words})).await, ["INVALID_INPUT"]);
        }
        ana.done("editMessage", "message { text }", json!({"messageId": first, "text": "Hello"})).await;
        let seen = message(&bela, &first).await;
        assert_eq!((&seen["text"], seen["editedAt"].is_string(), &seen["deletedAt"]), (&json!("Hello"), true, &Value::Null));
        for _ in 0..2 {
            let gone = ana.done("deleteMessage", "message { id text deletedAt }", json!({"messageId": last})).await["message"].clone();
            assert_eq!((&gone["id"], &gone["text"], gone["deletedAt"].is_string()), (&json!(last), &Value::Null, true));
        }
        assert_eq!(ana.refused("editMessage", json!({"messageId": last, "text": "Again"})).await, ["WRONG_STATE"]);
        let seen = message(&bela, &last).await;
        assert_eq!((&seen["text"], &seen["author"]["name"], seen["deletedAt"].is_string()), (&Value::Null, &json!("ana"), true), "that there was one stays");
        assert_eq!((bela.reads(&id).await, look(&bela, &id).await["lastMessage"]["text"].clone()), (vec![String::new(), "Hello".to_owned()], Value::Null));
        assert_eq!(world.count("message", &[("text", "A secret".into())]).await, 0, "not even in the database");
        for id in ["nonsense", "msg_AAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(ana.refused("deleteMessage", json!({"messageId": id})).await, ["NOT_FOUND"]);
        }
    }
}

story! {
    async fn pages_stand_still_while_more_is_said(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        world.tie([(&ana, &bela)]).await;
        let id = ana.converse(&bela).await;
        for number in 0..7 {
            ana.say(&id, &format!("{number}")).await;
        }
        let document = "query($id: ID!, $c: String) { node(id: $id) { ... on Conversation { messages(first: 3, after: $c) { totalCount pageInfo { endCursor hasNextPage } nodes { text } } } } }";
        let (mut read, mut cursor, mut total) = (Vec::new(), Value::Null, 7);
        loop {
            let page = bela.run(document, json!({"id": id, "c": cursor})).await["node"]["messages"].clone();
            assert_eq!(page["totalCount"], total);
            read.extend(page["nodes"].as_array().cloned().unwrap_or_default().iter().map(|node| text(&node["text"])));
            cursor = page["pageInfo"]["endCursor"].clone();
            ana.say(&id, "in between").await;
            total += 1;
            if page["pageInfo"]["hasNextPage"] != true {
                break;
            }
        }
        assert_eq!(read, ["6", "5", "4", "3", "2", "1", "0"], "none twice, none left out");
        let wrong = bela.ask(document, json!({"id": id, "c": "nonsense"})).await;
        assert!(wrong["errors"][0]["extensions"]["code"].is_string(), "{wrong}");
    }
}

story! {
    async fn what_many_say_at_once_is_all_there_in_one_order(world: World) {
        let [ana, bela, cleo] = world.trio(["ana", "bela", "cleo"]).await;
        let id = introduced(&ana, &bela, &cleo).await;
        let three = [&ana, &bela, &cleo];
        join_all((0..30).map(|number| { let (person, id) = (three[number % 3], &id); async move { person.say(id, &format!("{number}")).await } })).await;
        let read = ana.reads(&id).await;
        let mut sorted: Vec<usize> = read.iter().map(|words| words.parse().expect("a number")).collect();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..30).collect::<Vec<_>>(), "none is lost");
        for person in three {
            assert_eq!(person.reads(&id).await, read, "{}: one order for all", person.name);
            assert_eq!(person.told("MESSAGES").await.len(), 1, "{}", person.name);
        }
        let times = ana.node("Conversation", "messages(first: 100) { nodes { createdAt } }", &id).await["messages"]["nodes"].clone();
        let mut times: Vec<String> = times.as_array().into_iter().flatten().map(|node| text(&node["createdAt"])).collect();
        let count = times.len();
        times.dedup();
        assert_eq!(times.len(), count, "each at a moment of its own");
        assert_eq!(look(&bela, &id).await["lastMessage"]["text"], read[0]);
    }
}

story! {
    async fn who_writes_without_end_is_slowed_down(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        world.tie([(&ana, &bela)]).await;
        let id = ana.converse(&bela).await;
        let mut answers = Vec::new();
        for _ in 0..20 {
            answers.extend(join_all((0..15).map(|_| send(&ana, &id, "Hello"))).await);
            if answers.iter().any(|codes| !codes.is_empty()) {
                break;
            }
        }
        let sent = answers.iter().filter(|codes| codes.is_empty()).count();
        assert!((60..300).contains(&sent), "{sent}");
        assert!(answers.iter().all(|codes| codes.is_empty() || codes == &["TOO_MANY_ATTEMPTS"]), "{answers:?}");
        world.kith.clock.advance(std::time::Duration::from_secs(60));
        ana.say(&id, "Sorry").await;
        assert_eq!((world.count("message", &[]).await, unread(&bela, &id).await), (sent as i64 + 1, json!(sent + 1)), "what was refused was not said");
    }
}

story! {
    async fn a_message_is_reported_with_what_it_said(world: World) {
        let [ana, bela, cleo, zoe] = world.people(["ana", "bela", "cleo", "zoe"]).await;
        world.tie([(&ana, &bela), (&bela, &cleo), (&cleo, &zoe)]).await;
        let community = ana.form("The yard", "INVITATION").await;
        ana.bring(&community, &bela).await;
        bela.bring(&community, &cleo).await;
        let id = bela.converse(&cleo).await;
        let message = bela.say(&id, "Something nasty").await;
        let outside = zoe.say(&zoe.converse(&cleo).await, "Something else").await;
        let about = |message: &str| json!({"communityId": community, "subject": {"messageId": message}, "agreement": 1, "note": "She wrote this."});
        let made = cleo.done("report", "report { id messageText member { name } goal { id } decider }", about(&message)).await["report"].clone();
        assert_eq!((&made["messageText"], &made["member"]["name"], &made["goal"], &made["decider"]), (&json!("Something nasty"), &json!("bela"), &Value::Null, &json!("STEWARDS")));
        assert_eq!(cleo.refused("report", about(&message)).await, ["WRONG_STATE"], "twice");
        assert_eq!(bela.refused("report", about(&message)).await, ["YOURSELF"]);
        assert_eq!(ana.refused("report", about(&message)).await, ["NOT_FOUND"], "who does not read it does not report it");
        assert_eq!(cleo.refused("report", about(&outside)).await, ["NOT_FOUND"], "its author is no member");
        bela.done("deleteMessage", "__typename", json!({"messageId": message})).await;
        let report = ana.node("Report", "messageText member { name } state", &text(&made["id"])).await;
        assert_eq!(report, json!({"messageText": "Something nasty", "member": {"name": "bela"}, "state": "OPEN"}), "the steward reads what it said then");
        assert_eq!(bela.node("Report", "state", &text(&made["id"])).await, Value::Null);
        assert_eq!(look(&ana, &id).await, Value::Null, "and no more of the conversation");
        assert_eq!(cleo.refused("report", about(&message)).await.len(), 1, "what was taken back is there no more");
        assert_eq!(ana.refused("decideReport", json!({"reportId": made["id"], "verdict": "UPHOLD", "decision": "We have talked."})).await, [""; 0]);
    }
}

story! {
    async fn a_command_in_a_conversation_sent_again_answers_the_same(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        world.tie([(&ana, &bela)]).await;
        let again = async |mutation: &str, shows: &str, input: Value| {
            let answers = join_all((0..4).map(|_| ana.under(mutation, mutation, shows, input.clone()))).await;
            assert!(answers.iter().all(|answer| *answer == answers[0]), "{mutation}: {answers:?}");
            assert_eq!(answers[0]["data"][mutation]["userErrors"], json!([]), "{mutation}: {}", answers[0]);
            answers[0]["data"][mutation].clone()
        };
        let id = text(&again("startConversation", "conversation { id }", json!({"memberId": bela.global_id()})).await["conversation"]["id"]);
        let message = text(&again("sendMessage", "message { id }", json!({"conversationId": id, "text": "Hello"})).await["message"]["id"]);
        again("editMessage", "message { text editedAt }", json!({"messageId": message, "text": "Hello!"})).await;
        again("markRead", "conversation { unreadCount }", json!({"conversationId": id})).await;
        again("muteConversation", "conversation { muted }", json!({"conversationId": id})).await;
        again("deleteMessage", "message { text deletedAt }", json!({"messageId": message})).await;
        again("leaveConversation", "leftConversationId", json!({"conversationId": id})).await;
        assert_eq!((world.count("conversation", &[]).await, world.count("message", &[]).await, bela.told("MESSAGES").await.len()), (1, 1, 1));
    }
}

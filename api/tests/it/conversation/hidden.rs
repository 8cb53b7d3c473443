//! What a block hides in conversations; what somebody leaves behind; what an operator does not see.

use super::*;

/// Everything somebody finds out of a conversation of three, but for ids.
async fn everything(person: &Person, id: &str) -> Value {
    let fields = "unreadCount lastActiveAt lastMessage { text author { name } createdAt } participants { member { name } readAt }
        messages(first: 100) { totalCount nodes { text author { name } createdAt } }";
    person.node("Conversation", fields, id).await
}

/// Those who take part, as this person sees it.
fn participants(seen: &Value) -> Vec<String> {
    seen["participants"].as_array().into_iter().flatten().map(|part| text(&part["member"]["name"])).collect()
}

story! {
    async fn of_three_two_who_block_do_not_exist_for_each_other(world: World) {
        for (slug, by_first) in [("first", true), ("second", false)] {
            let crowd = world.crowd(slug, 3).await;
            let [ana, bela, cleo] = &crowd[..] else { unreachable!("three") };
            world.tie([(ana, bela), (bela, cleo)]).await;
            let id = introduced(ana, bela, cleo).await;
            let other = bela.converse(ana).await;
            cleo.say(&id, "From cleo").await;
            bela.say(&id, "From bela").await;
            ana.say(&id, "From ana").await;
            bela.say(&other, "To ana alone").await;
            let (blocker, blocked) = if by_first { (ana, cleo) } else { (cleo, ana) };
            assert_eq!(refusals(&blocker.block(blocked).await), [""; 0]);
            let of_ana = everything(ana, &id).await;
            assert_eq!((ana.reads(&id).await, cleo.reads(&id).await), (vec!["From ana".to_owned(), "From bela".to_owned()], vec!["From bela".to_owned(), "From cleo".to_owned()]));
            assert_eq!((participants(&of_ana).len(), participants(&everything(cleo, &id).await).len(), participants(&everything(bela, &id).await).len()), (2, 2, 3));
            let (before, order) = (of_ana, ana.conversations().await);
            assert_eq!(order, [other.clone(), id.clone()]);
            for number in 0..3 {
                cleo.say(&id, &format!("Hidden {number}")).await;
            }
            bela.done("markRead", "__typename", json!({"conversationId": id})).await;
            let mut now = everything(ana, &id).await;
            for (at, part) in before["participants"].as_array().into_iter().flatten().enumerate() {
                if now["participants"][at]["readAt"] != part["readAt"] {
                    assert_eq!(now["participants"][at]["readAt"], now["messages"]["nodes"][0]["createdAt"], "{slug}: a mark stands at what she sees");
                    now["participants"][at]["readAt"] = part["readAt"].clone();
                }
            }
            assert_eq!(now, before, "{slug}: as if she had said nothing");
            assert_eq!((ana.conversations().await, ana.told_of("MESSAGES").await.iter().filter(|(_, node)| *node == id).count()), (order, 0), "{slug}: nor is she told");
            assert_eq!(bela.reads(&id).await.len(), 6, "{slug}: the third reads all");
            let marked = ana.done("markRead", "conversation { participants { member { handle } readAt } messages(first: 1) { nodes { createdAt } } }", json!({"conversationId": id})).await["conversation"].clone();
            let mine = marked["participants"].as_array().into_iter().flatten().find(|part| part["member"]["handle"] == ana.name.as_str()).expect("ana")["readAt"].clone();
            assert_eq!(mine, marked["messages"]["nodes"][0]["createdAt"], "{slug}: a mark of what she has read does not tell that there is more");
            bela.say(&id, "Once more").await;
            let seen = everything(ana, &id).await;
            assert_eq!((&seen["unreadCount"], &seen["lastMessage"]["text"], &seen["lastActiveAt"]), (&json!(1), &json!("Once more"), &seen["lastMessage"]["createdAt"]));
            assert_eq!(ana.told_of("MESSAGES").await.iter().filter(|(_, node)| *node == id).count(), 1, "{slug}: of the others she is told");
            let message = text(&cleo.node("Conversation", "messages(first: 2) { nodes { id text } }", &id).await["messages"]["nodes"][1]["id"]);
            assert_eq!(ana.node("Message", "text", &message).await, Value::Null, "{slug}");
            assert_eq!(cleo.node("Message", "text", &message).await, json!({"text": "Hidden 2"}), "{slug}");
        }
    }
}

story! {
    async fn a_conversation_stands_where_the_last_message_that_shows_puts_it(world: World) {
        let [ana, bela, cleo] = world.trio(["ana", "bela", "cleo"]).await;
        let (three, two) = (introduced(&ana, &bela, &cleo).await, bela.converse(&ana).await);
        bela.say(&three, "First").await;
        bela.say(&two, "Second").await;
        cleo.say(&three, "Third").await;
        assert_eq!(ana.conversations().await, [three.clone(), two.clone()]);
        cleo.block(&ana).await;
        assert_eq!(ana.conversations().await, [two, three.clone()], "the last one is hidden, so it does not count");
        let seen = everything(&ana, &three).await;
        assert_eq!((&seen["lastMessage"]["text"], &seen["lastActiveAt"]), (&json!("First"), &seen["lastMessage"]["createdAt"]));
    }
}

story! {
    async fn who_is_told_of_one_who_blocks_is_still_told_of_the_others(world: World) {
        let [ana, bela, cleo] = world.trio(["ana", "bela", "cleo"]).await;
        let id = introduced(&ana, &bela, &cleo).await;
        cleo.say(&id, "Hello").await;
        assert_eq!(ana.told("MESSAGES").await.len(), 1);
        cleo.block(&ana).await;
        assert_eq!(ana.told("MESSAGES").await.len(), 0, "it was of cleo");
        bela.say(&id, "Are you there?").await;
        assert_eq!(ana.told_of("MESSAGES").await, [("MESSAGES".to_owned(), id)]);
    }
}

story! {
    async fn a_block_takes_a_conversation_of_two_from_both(world: World) {
        let [ana, bela, cleo] = world.people(["ana", "bela", "cleo"]).await;
        world.tie([(&ana, &bela), (&ana, &cleo)]).await;
        let (id, other) = (ana.converse(&bela).await, ana.converse(&cleo).await);
        let message = bela.say(&id, "Hello").await;
        let block = bela.block(&ana).await["block"]["id"].clone();
        for person in [&ana, &bela] {
            assert_eq!((look(person, &id).await, person.node("Message", "text", &message).await), (Value::Null, Value::Null), "{}", person.name);
            assert_eq!((person.conversations().await.contains(&id), person.told("MESSAGES").await.len()), (false, 0), "{}", person.name);
            assert_eq!(send(person, &id, "Wait").await, ["NOT_FOUND"], "{}", person.name);
            for mutation in ["markRead", "leaveConversation"] {
                assert_eq!(person.refused(mutation, json!({"conversationId": id})).await, ["NOT_FOUND"], "{}: {mutation}", person.name);
            }
        }
        assert_eq!(bela.refused("deleteMessage", json!({"messageId": message})).await, ["NOT_FOUND"]);
        assert_eq!(ana.conversations().await, [other]);
        bela.mutate("mutation($id: ID!) { unblockMember(input: {blockId: $id}) { userErrors { code } } }", json!({"id": block})).await;
        for person in [&ana, &bela] {
            assert_eq!((person.reads(&id).await, send(person, &id, "Hm").await), (vec!["Hello".to_owned()], vec!["NOT_TIED".to_owned()]), "{}: it shows again, and rests", person.name);
        }
    }
}

story! {
    async fn what_a_former_member_said_stays_without_their_name(world: World) {
        let [ana, bela, cleo] = world.trio(["ana", "bela", "cleo"]).await;
        let (three, two) = (introduced(&ana, &bela, &cleo).await, bela.converse(&ana).await);
        for id in [&three, &two] {
            bela.say(id, "It was nice").await;
        }
        let deleted = bela.mutate("mutation { deleteAccount(input: {withoutExport: true}) { deletedAt userErrors { code } } }", json!({})).await;
        assert_eq!(deleted["userErrors"], json!([]));
        for erased in [false, true] {
            if erased {
                world.pass_days(15);
                domain::account::delete_due(&world.system()).await.expect("erased");
                assert_eq!(world.count("member", &[("handle", "bela".into())]).await, 0);
            }
            for id in [&three, &two] {
                let seen = everything(&ana, id).await;
                let said = &seen["messages"]["nodes"][0];
                assert_eq!((&said["text"], &said["author"], &seen["unreadCount"]), (&json!("It was nice"), &Value::Null, &json!(1)), "erased: {erased}");
                assert!(!participants(&seen).contains(&"bela".to_owned()), "{seen}");
            }
        }
        assert_eq!(send(&ana, &two, "Hello?").await, ["WRONG_STATE"], "nobody is there");
        cleo.say(&three, "She was.").await;
        assert_eq!(ana.reads(&three).await, ["She was.", "It was nice"]);
        assert_eq!(ana.done("markRead", "conversation { unreadCount }", json!({"conversationId": two})).await["conversation"]["unreadCount"], 0);
    }
}

story! {
    async fn an_operator_who_acts_for_a_member_reads_no_messages(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        world.tie([(&ana, &bela)]).await;
        let id = ana.converse(&bela).await;
        let (message, own) = (bela.say(&id, "Between us").await, ana.say(&id, "Of course").await);
        let kith = crate::command::Kith::beside(&world);
        let token = kith.answer(&["token", "member", "ana", "--reason", "ticket 7"]).trim().to_owned();
        let support = Person { token: Some(token), ..ana.clone() };
        assert_eq!(support.query("{ viewer { member { name } } }").await["viewer"]["member"]["name"], "ana");
        assert_eq!((support.conversations().await, look(&support, &id).await), (vec![], Value::Null));
        assert_eq!((support.node("Message", "text", &message).await, support.node("Message", "text", &own).await), (Value::Null, Value::Null));
        for (mutation, input) in [
            ("startConversation", json!({"memberId": bela.global_id()})),
            ("sendMessage", json!({"conversationId": id, "text": "Hello"})),
            ("editMessage", json!({"messageId": own, "text": "No."})),
            ("deleteMessage", json!({"messageId": own})),
            ("markRead", json!({"conversationId": id})),
            ("muteConversation", json!({"conversationId": id})),
            ("leaveConversation", json!({"conversationId": id})),
        ] {
            assert_eq!(support.refused(mutation, input).await, ["NOT_FOR_SUPPORT"], "{mutation}");
        }
        let told = support.told_of("MESSAGES").await;
        assert!(told.iter().all(|(_, node)| node.is_empty()), "{told:?}");
        assert_eq!((ana.reads(&id).await.len(), unread(&bela, &id).await), (2, json!(1)));
    }
}

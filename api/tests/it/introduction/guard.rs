//! What an introduction rests on is looked at again when it is passed on, and when it is accepted.

use crate::story;

story! {
    async fn a_tie_that_no_longer_shows_stops_it_at_the_next_step(world: World) {
        let [ana, bela, cleo] = world.trio(["ana", "bela", "cleo"]).await;
        let id = ana.ask_for(&cleo, &bela).await;
        world.draw(10).await;
        cleo.show("findable: false").await;
        for step in ["passOnIntroduction", "passOnIntroduction"] {
            assert_eq!(bela.step_refused(step, &id).await, ["WRONG_STATE"]);
        }
        cleo.show("findable: true").await;
        assert_eq!(bela.step_refused("passOnIntroduction", &id).await, ["WRONG_STATE"], "that closed it");
        assert_eq!((ana.state_of(&id).await, cleo.state_of(&id).await), ("REQUESTED".to_owned(), String::new()));
        assert_eq!(bela.step("declineIntroduction", &id).await, "DECLINED", "to her it looks open, so she may say no");
        world.pass_days(10);
        assert_eq!((ana.state_of(&id).await, bela.state_of(&id).await), ("CLOSED".to_owned(), "DECLINED".to_owned()));
    }
}

story! {
    async fn an_acceptance_finds_that_a_guard_is_gone(world: World) {
        for (round, privacy) in ["asRoute: false", "findable: false"].into_iter().enumerate() {
            let crowd = world.crowd(&format!("guard{round}"), 3).await;
            let [ana, bela, cleo] = &crowd[..] else { unreachable!("three") };
            world.tie([(ana, bela), (bela, cleo)]).await;
            let id = ana.ask_for(cleo, bela).await;
            world.draw(10).await;
            bela.pass_on(&id).await;
            let changed = if round == 0 { bela } else { cleo };
            changed.show(privacy).await;
            for _ in 0..2 {
                assert_eq!(cleo.step_refused("acceptIntroduction", &id).await, ["WRONG_STATE"], "{privacy}");
            }
            changed.show("asRoute: true, findable: true").await;
            assert_eq!(cleo.step_refused("acceptIntroduction", &id).await, ["WRONG_STATE"], "{privacy}: that closed it");
            assert_eq!((ana.state_of(&id).await, bela.state_of(&id).await), ("REQUESTED".to_owned(), "PASSED_ON".to_owned()), "{privacy}");
            assert_eq!((ana.conversations().await.len(), ana.told("INTRODUCTION").await.len()), (0, 0));
            world.pass_days(10);
            world.tell_ended().await;
            for person in [ana, bela, cleo] {
                assert_eq!(person.state_of(&id).await, "CLOSED", "{privacy}: {}", person.name);
            }
        }
        assert_eq!(world.count("conversation", &[]).await, 0);
    }
}

story! {
    async fn who_is_refused_by_a_guard_is_refused_so_again_under_the_same_key(world: World) {
        let [ana, bela, cleo] = world.trio(["ana", "bela", "cleo"]).await;
        let id = ana.ask_for(&cleo, &bela).await;
        cleo.show("findable: false").await;
        let input = serde_json::json!({"introductionId": id, "note": "Meet her."});
        let first = bela.under("once", "passOnIntroduction", "introduction { id }", input.clone()).await;
        assert_eq!(first["data"]["passOnIntroduction"]["userErrors"][0]["code"], "WRONG_STATE", "{first}");
        cleo.show("findable: true").await;
        assert_eq!(bela.under("once", "passOnIntroduction", "introduction { id }", input).await, first);
    }
}

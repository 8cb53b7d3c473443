//! The 21 days of an introduction, from the request on.

use futures::future::join_all;

use crate::story;

story! {
    async fn after_three_weeks_it_is_over_for_all_who_had_it(world: World) {
        let [ana, bela, cleo, dora] = world.people(["ana", "bela", "cleo", "dora"]).await;
        world.tie([(&ana, &bela), (&bela, &cleo), (&bela, &dora)]).await;
        let (ignored, passed) = (ana.ask_for(&cleo, &bela).await, ana.ask_for(&dora, &bela).await);
        bela.pass_on(&passed).await;
        world.pass_days(20);
        assert_eq!((ana.state_of(&passed).await, bela.state_of(&ignored).await, dora.state_of(&passed).await), ("REQUESTED".into(), "REQUESTED".into(), "PASSED_ON".into()));
        world.pass_days(1);
        for told in [false, true] {
            if told {
                world.tell_ended().await;
            }
            for (person, id, state) in [(&ana, &ignored, "EXPIRED"), (&ana, &passed, "EXPIRED"), (&bela, &ignored, "EXPIRED"), (&bela, &passed, "EXPIRED"), (&cleo, &ignored, ""), (&dora, &passed, "EXPIRED")] {
                assert_eq!(person.state_of(id).await, state, "{}, told: {told}", person.name);
                let seen = person.introduction(id).await;
                assert!(seen["awaitsViewer"] != true && seen["expiresAt"].is_null(), "{}: {seen}", person.name);
            }
            for (person, step, id) in [
                (&bela, "passOnIntroduction", &ignored),
                (&bela, "declineIntroduction", &ignored),
                (&dora, "acceptIntroduction", &passed),
                (&dora, "declineIntroduction", &passed),
                (&ana, "withdrawIntroduction", &passed),
            ] {
                assert_eq!(person.step_refused(step, id).await, ["WRONG_STATE"], "{}: {step}, told: {told}", person.name);
            }
        }
        let mut told = ana.told_of("INTRODUCTION").await;
        told.sort_unstable();
        let mut expected = [&ignored, &passed].map(|id| ("INTRODUCTION_EXPIRED".to_owned(), id.clone()));
        expected.sort_unstable();
        assert_eq!(told, expected);
        assert_eq!((bela.told("INTRODUCTION_EXPIRED").await.len(), dora.told("INTRODUCTION_EXPIRED").await.len()), (0, 0), "only who asked is told");
        assert_eq!(world.count("conversation", &[]).await, 0);
    }
}

story! {
    async fn replicas_tell_of_an_end_once(world: World) {
        let [ana, hub] = world.people(["ana", "hub"]).await;
        world.tie([(&ana, &hub)]).await;
        let crowd = world.crowd("crowd", 8).await;
        for (number, person) in crowd.iter().enumerate() {
            world.tie([(&hub, person)]).await;
            let id = ana.ask_for(person, &hub).await;
            if number % 2 == 0 {
                hub.step("declineIntroduction", &id).await;
            }
        }
        world.draw(5).await;
        let replica = match world.redis() {
            Some(_) => Some(world.replica().await),
            None => None,
        };
        let kiths: Vec<_> = [Some(&world), replica.as_ref()].into_iter().flatten().collect();
        for (days, closed, expired) in [(5, 4, 0), (16, 4, 4), (30, 4, 4)] {
            world.pass_days(days);
            let runs = join_all((0..6).map(|number| {
                let ctx = kiths[number % kiths.len()].system();
                async move { domain::introduction::tell_ended(&ctx).await }
            }))
            .await;
            assert!(runs.iter().all(Result::is_ok), "{runs:?}");
            assert_eq!((ana.told("INTRODUCTION_CLOSED").await.len(), ana.told("INTRODUCTION_EXPIRED").await.len()), (closed, expired), "after {days} more days");
        }
    }
}

//! Who learns what of a nomination, and when.

use serde_json::{Value, json};

use super::*;

/// A nomination as this person sees it, without who is in it by name.
async fn shape(person: &Person, id: &str) -> Value {
    let mut seen = person.nomination(id).await;
    seen["nominee"].take();
    seen
}

/// The nominations in which this person is this, with where they stand.
async fn states(person: &Person, role: &str) -> Vec<String> {
    let document = "query($as: NominationRole!) { viewer { nominations(as: $as) { totalCount nodes { state } } } }";
    let list = person.run(document, json!({"as": role})).await["viewer"]["nominations"].clone();
    let states: Vec<String> = list["nodes"].as_array().into_iter().flatten().map(|node| text(&node["state"])).collect();
    assert_eq!(list["totalCount"], states.len());
    states
}

story! {
    async fn the_nominee_reads_the_need_and_not_who_asks(world: World) {
        let [ana, bela, nora] = world.trio(["ana", "bela", "nora"]).await;
        // So that nora knows ana by nothing but what she is shown here.
        ana.show("findable: false").await;
        let (unnamed, named) = (ana.opens(json!({"skills": ["Tuning"]})).await, ana.opens(json!({"nameAsker": true})).await);
        let id = bela.names(&unnamed, &nora).await;
        let expected = json!({"need": "Who can tune a piano?", "skills": ["Tuning"], "asker": null, "nominator": {"name": "bela"}, "nominee": {"name": "nora"},
            "note": "She plays well.", "state": "OFFERED", "awaitsViewer": true, "conversation": null});
        assert_eq!(nora.nomination(&id).await, expected);
        assert_eq!((nora.node("Nomination", "ask { id }", &id).await["ask"].clone(), look(&nora, &unnamed).await), (Value::Null, Value::Null), "the ask itself is not put to her");
        assert_eq!(nora.see(&ana).await, Value::Null);
        let of_ana = ana.nomination(&id).await;
        assert_eq!((&of_ana["asker"]["name"], &of_ana["nominator"]["name"], &of_ana["nominee"], &of_ana["note"], &of_ana["awaitsViewer"]),
            (&json!("ana"), &json!("bela"), &Value::Null, &Value::Null, &json!(false)), "someone bela knows");
        let of_bela = bela.nomination(&id).await;
        assert_eq!((&of_bela["asker"]["name"], &of_bela["nominee"]["name"], &of_bela["note"]), (&json!("ana"), &json!("nora"), &json!("She plays well.")));
        assert_eq!((states(&nora, "NOMINEE").await, states(&bela, "NOMINATOR").await, states(&ana, "NOMINEE").await), (vec!["OFFERED".to_owned()], vec!["OFFERED".to_owned()], vec![]));

        let by_name = bela.names(&named, &nora).await;
        assert_eq!(nora.nomination(&by_name).await["asker"], json!({"name": "ana"}), "she agreed to be named");
        assert_eq!(nora.see(&ana).await["relationToViewer"], "PROCESS", "so her card shows");
        assert_eq!(nora.nomination(&id).await["asker"], Value::Null, "but this one does not tell");
        nora.answers("declineNomination", &by_name).await;
        assert_eq!(nora.see(&ana).await, Value::Null, "no longer than it is open");
        nora.answers("acceptNomination", &id).await;
        assert_eq!(nora.nomination(&id).await["asker"], json!({"name": "ana"}));
        assert_eq!(ana.nomination(&id).await["nominee"], json!({"name": "nora"}));
    }
}

story! {
    async fn a_decline_is_never_shown(world: World) {
        let [ana, bela, nora] = world.trio(["ana", "bela", "nora"]).await;
        let dora = world.crowd("dora", 1).await.remove(0);
        world.tie([(&bela, &dora)]).await;
        let ask = ana.opens(json!({})).await;
        let (declined, open) = (bela.names(&ask, &nora).await, bela.names(&ask, &dora).await);
        assert_eq!((nora.answers("declineNomination", &declined).await, nora.answers("declineNomination", &declined).await), ("DECLINED".into(), "DECLINED".into()));
        assert_eq!(nora.refused("acceptNomination", json!({"nominationId": declined})).await, ["WRONG_STATE"]);
        for days in [0, 13, 1] {
            world.pass_days(days);
            for person in [&ana, &bela] {
                assert_eq!(shape(person, &declined).await, shape(person, &open).await, "{} after {days} more days", person.name);
                assert_eq!(person.told("NOMINATION").await, [""; 0]);
            }
            assert_eq!(nora.nomination(&declined).await["state"], "DECLINED");
        }
        assert_eq!(bela.nomination(&declined).await["state"], "EXPIRED");
        assert_eq!((states(&bela, "NOMINATOR").await, nominations(&ana, &ask).await), (vec!["EXPIRED".to_owned(); 2], json!(2)));
        assert_eq!(bela.names(&ask, &nora).await, declined, "and naming her again does not either");
    }
}

story! {
    async fn a_nomination_across_a_block_looks_like_any_other(world: World) {
        for (slug, by_asker) in [("asker", true), ("nominee", false)] {
            let crowd = world.crowd(slug, 4).await;
            let [ana, bela, nora, dora] = &crowd[..] else { unreachable!("four") };
            world.tie([(ana, bela), (bela, nora), (bela, dora)]).await;
            let (blocker, blocked) = if by_asker { (ana, nora) } else { (nora, ana) };
            assert_eq!(refusals(&blocker.block(blocked).await), [""; 0]);
            let ask = ana.opens(json!({"nameAsker": true})).await;
            let (apart, open) = (bela.names(&ask, nora).await, bela.names(&ask, dora).await);
            assert_eq!((nora.nomination(&apart).await, nora.told("NOMINATION").await, states(nora, "NOMINEE").await), (Value::Null, vec![], vec![]), "it never reaches her");
            for mutation in ["acceptNomination", "declineNomination"] {
                assert_eq!(nora.refused(mutation, json!({"nominationId": apart})).await, ["NOT_FOUND"]);
            }
            for days in [0, 14] {
                world.pass_days(days);
                for person in [ana, bela] {
                    assert_eq!(shape(person, &apart).await, shape(person, &open).await, "{slug}: {} after {days} days", person.name);
                }
                assert_eq!(nominations(ana, &ask).await, 2, "{slug}");
            }
        }
    }
}

story! {
    async fn a_block_while_it_is_open_takes_it_away(world: World) {
        // Who blocks whom: asker and nominee, nominator and nominee, asker and nominator.
        for (round, (by, other)) in [(0, 2), (2, 0), (1, 2), (2, 1), (0, 1), (1, 0)].into_iter().enumerate() {
            let crowd = world.crowd(&format!("way{round}"), 3).await;
            let [ana, bela, nora] = &crowd[..] else { unreachable!("three") };
            world.tie([(ana, bela), (bela, nora)]).await;
            let ask = ana.opens(json!({"nameAsker": true})).await;
            let id = bela.names(&ask, nora).await;
            let why = format!("{by} blocks {other}");
            assert_eq!(refusals(&crowd[by].block(&crowd[other]).await), [""; 0], "{why}");
            if by == 2 || other == 2 {
                assert_eq!((nora.nomination(&id).await, nora.told("NOMINATION").await), (Value::Null, vec![]), "{why}");
                assert_eq!(nora.refused("acceptNomination", json!({"nominationId": id})).await, ["NOT_FOUND"], "{why}");
                assert_eq!(ana.nomination(&id).await["state"], "OFFERED", "{why}: she learns nothing of it");
            } else {
                assert_eq!((ana.nomination(&id).await, bela.nomination(&id).await), (Value::Null, Value::Null), "{why}");
                assert_eq!(nora.refused("acceptNomination", json!({"nominationId": id})).await, ["WRONG_STATE"], "{why}");
            }
            if by + other == 2 {
                assert_eq!(bela.nomination(&id).await["state"], "OFFERED", "{why}: nor does whoever named her");
            }
            assert_eq!(world.count("conversation", &[]).await, 0);
        }
    }
}

story! {
    async fn the_end_of_the_tie_it_runs_over_closes_it(world: World) {
        let [ana, bela, nora] = world.trio(["ana", "bela", "nora"]).await;
        let ask = ana.opens(json!({})).await;
        let id = bela.names(&ask, &nora).await;
        nora.answer("endTie", &tie_of(&nora, &bela).await).await;
        assert_eq!(nora.nomination(&id).await["state"], "CLOSED");
        assert_eq!(nora.refused("acceptNomination", json!({"nominationId": id})).await, ["WRONG_STATE"]);
        assert_eq!(ana.nomination(&id).await["state"], "OFFERED", "the asker does not learn of it");
        assert_eq!(nominations(&ana, &ask).await, 1);
    }
}

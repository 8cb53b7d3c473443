//! Who looks after a community when its last steward cannot any more.

use serde_json::{Value, json};

use super::{rows, stewards};
use crate::story;
use crate::support::{Person, World};

const DELETE: &str = "mutation { deleteAccount(input: {withoutExport: true}) { deletedAt userErrors { code } } }";

async fn suspend(world: &World, person: &Person) {
    domain::account::suspend(&world.system(), &person.name).await.expect("they are suspended");
}

story! {
    async fn stewardship_passes_to_the_longest_standing_founder_then_member(world: World) {
        let [ana, bela, cleo, dina, ema, yan, zoe] = &world.people(["ana", "bela", "cleo", "dina", "ema", "yan", "zoe"]).await;
        let id = world.live([ana, bela, cleo, dina, ema], "INVITATION").await;
        world.tie([(ema, yan), (ema, zoe)]).await;
        for other in [yan, zoe] {
            ema.bring(&id, other).await;
        }
        let deleted = ana.mutate(DELETE, json!({})).await;
        assert!(deleted["deletedAt"].is_string(), "{deleted}");
        assert_eq!(stewards(bela, &id).await, ["bela"], "who came first after ana");
        assert_eq!(bela.community(&id).await["memberCount"], 6);
        let shows = "action actor { name } subject { name }";
        let trail = rows(bela, &id, "auditTrail", shows).await;
        assert_eq!(trail[0], json!({"action": "MADE_STEWARD", "actor": null, "subject": {"name": "bela"}}));
        // Somebody who is not alone in it passes nothing on.
        let of_cleo = bela.membership(&id, cleo, "ACTIVE").await;
        bela.done("setRole", "membership { role }", json!({"membershipId": of_cleo, "role": "STEWARD"})).await;
        suspend(&world, bela).await;
        assert_eq!(stewards(zoe, &id).await, ["cleo"]);
        suspend(&world, cleo).await;
        assert_eq!(stewards(zoe, &id).await, ["dina"]);
        dina.mutate(DELETE, json!({})).await;
        assert_eq!(stewards(zoe, &id).await, ["ema"], "a founder, before those who came later");
        suspend(&world, ema).await;
        assert_eq!(stewards(zoe, &id).await, ["yan"], "the member who has been there longest");
        suspend(&world, yan).await;
        assert_eq!((stewards(zoe, &id).await, zoe.community(&id).await["stage"].clone()), (vec!["zoe".to_owned()], json!("LIVE")));
        suspend(&world, zoe).await;
        assert_eq!(world.count("community", &[("stage", "ARCHIVED".into())]).await, 1, "nobody is left");
        domain::account::restore(&world.system(), "zoe").await.expect("zoe is back");
        assert_eq!(zoe.community(&id).await["stage"], "ARCHIVED");
        let archived = rows(zoe, &id, "auditTrail", "action actor { name }").await;
        assert_eq!(archived[0], json!({"action": "ARCHIVED", "actor": null}));
        domain::account::restore(&world.system(), "bela").await.expect("bela is back");
        assert_eq!(stewards(bela, &id).await, ["bela", "zoe"], "who comes back looks after it with the others");
    }
}

story! {
    async fn a_community_of_one_ends_with_the_account(world: World) {
        let [ana, bela] = &world.people(["ana", "bela"]).await;
        world.tie([(ana, bela)]).await;
        let id = ana.form("The commons", "INVITATION").await;
        ana.done("inviteToCommunity", "membership { id }", json!({"communityId": id, "memberId": bela.global_id()})).await;
        let invited = bela.community(&id).await;
        assert_eq!((&invited["stage"], &invited["memberCount"]), (&json!("FORMING"), &json!(1)));
        ana.mutate(DELETE, json!({})).await;
        assert_eq!(bela.community(&id).await, Value::Null);
        assert_eq!(bela.refused("acceptInvitation", json!({"communityId": id})).await, ["NOT_FOUND"]);
        assert_eq!(world.count("community", &[("stage", "ARCHIVED".into())]).await, 1);
        world.pass_days(15);
        assert_eq!(domain::account::delete_due(&world.system()).await.expect("she is gone"), 1);
        assert_eq!((world.count("membership", &[]).await, world.count("community", &[]).await), (1, 1), "hers is gone, and it stays an archive");
    }
}

story! {
    async fn who_is_named_while_their_account_ends_is_not_left_in_charge(world: World) {
        let [ana, bela, cleo] = &world.people(["ana", "bela", "cleo"]).await;
        world.tie([(ana, bela), (ana, cleo)]).await;
        for round in 0..5 {
            let id = ana.form(&format!("Number {round}"), "INVITATION").await;
            for other in [bela, cleo] {
                ana.bring(&id, other).await;
            }
            let input = json!({"communityId": id, "successorId": ana.membership(&id, bela, "ACTIVE").await});
            let system = world.system();
            let ended = domain::account::suspend(&system, "bela");
            let (ended, left) = futures::future::join(ended, ana.command("leaveCommunity", "membership { state }", input)).await;
            ended.expect("bela is suspended");
            let steward = stewards(cleo, &id).await;
            assert_eq!(steward.len(), 1, "round {round}: somebody who can act: {steward:?}, {left}");
            domain::account::restore(&world.system(), "bela").await.expect("bela is back");
            let first = stewards(cleo, &id).await;
            let by = if first.contains(&"cleo".to_owned()) { cleo } else { ana };
            by.done("archiveCommunity", "community { id }", json!({"communityId": id})).await;
        }
    }
}

story! {
    async fn whoever_comes_next_may_act_at_the_moment_they_are_found(world: World) {
        let [ana, bela] = &world.people(["ana", "bela"]).await;
        world.tie([(ana, bela)]).await;
        let id = ana.form("The commons", "INVITATION").await;
        ana.bring(&id, bela).await;
        let of_bela = ana.membership(&id, bela, "ACTIVE").await;
        for round in 0..15 {
            let shown = || bela.command("updateMembership", "community { id }", json!({"communityId": id, "shown": round % 2 == 0}));
            tokio::join!(suspend(&world, ana), shown(), shown(), shown(), shown());
            assert_eq!(stewards(bela, &id).await, ["bela"]);
            domain::account::restore(&world.system(), "ana").await.expect("ana is back");
            bela.done("setRole", "membership { role }", json!({"membershipId": of_bela, "role": "MEMBER"})).await;
        }
    }
}

//! The most ties a member may have.

use domain::id::{MemberId, TieId};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Alias, Expr, Query};

use crate::story;
use crate::support::{World, refusals};

/// Gives `member` so many ties: the ends alone, which are what is counted.
async fn put_ends(world: &World, tie: TieId, member: MemberId, size: usize) {
    let connection = world.rows().await;
    for some in (0..size).collect::<Vec<_>>().chunks(500) {
        let mut ends = Query::insert();
        ends.into_table(Alias::new("tie_end")).columns(["member_id", "other_id", "evidence", "tie_id"].map(Alias::new));
        for _ in some {
            let other = MemberId::fresh();
            ends.values_panic([
                Expr::value(member.0),
                Expr::value(other.0),
                Expr::value("CLAIMED"),
                Expr::value(tie.0),
            ]);
        }
        connection.execute(&ends).await.expect("the ends are put in");
    }
    connection.close().await.expect("the connection closes");
}

story! {
    async fn nobody_has_more_than_5_000_ties(world: World) {
        let [ana, bela, cleo, dora, ella] = world.people(["ana", "bela", "cleo", "dora", "ella"]).await;
        world.tie([(&ana, &bela)]).await;
        cleo.claim(&ana).await;
        dora.claim(&ana).await;
        let data = ana.query("{ viewer { ties { nodes { id } } } }").await;
        let tie = data["viewer"]["ties"]["nodes"][0]["id"].as_str().expect("a tie").to_owned();
        let waiting = ana.waiting().await;
        let (cleos, doras) = if waiting[0].1 == "cleo" { (&waiting[0].0, &waiting[1].0) } else { (&waiting[1].0, &waiting[0].0) };
        put_ends(&world, tie_id(&tie), ana.id, 4_998).await;

        assert_eq!(ana.answer("confirmTie", cleos).await["tie"]["state"], "ACTIVE", "the 5,000th");
        let refused = ana.answer("confirmTie", doras).await;
        assert_eq!(refusals(&refused), ["TIE_LIMIT_REACHED"], "the 5,001st");
        assert_eq!(refusals(&ana.claim(&ella).await), ["TIE_LIMIT_REACHED"]);
        assert_eq!(ana.waiting().await.len(), 1, "dora's goes on waiting");
        assert_eq!(dora.tied().await.len(), 0);
        assert_eq!(ana.answer("endTie", cleos).await["tie"]["state"], "ENDED");
        assert_eq!(ana.answer("confirmTie", doras).await["tie"]["state"], "ACTIVE", "one less, and there is room");
    }
}

/// The row of a tie a client has been told of.
fn tie_id(global: &str) -> TieId {
    use base64::Engine;
    let bytes = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(global.trim_start_matches("tie_")).expect("an id");
    TieId(uuid::Uuid::from_slice(&bytes).expect("an id"))
}

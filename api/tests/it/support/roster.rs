//! Members of a community, put into the database as they are: more than a story could bring in time.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::id::{MemberId, MembershipId};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Alias, Expr, Query};
use uuid::Uuid;

use super::World;

/// The columns of a membership that are not null.
const COLUMNS: [&str; 13] = [
    "id",
    "community_id",
    "member_id",
    "state",
    "role",
    "founder",
    "consented_version",
    "shown",
    "hidden_from_partners",
    "may_return",
    "created_at",
    "expires_at",
    "joined_at",
];

impl World {
    /// Makes these people members of a community.
    pub(crate) async fn put_members(&self, community: &str, members: &[MemberId]) {
        let (_, id) = community.split_once('_').expect("a global id");
        let id = BASE64_URL_SAFE_NO_PAD.decode(id).ok().and_then(|bytes| Uuid::from_slice(&bytes).ok()).expect("an id");
        let (connection, now) = (self.rows().await, self.system().now);
        for some in members.chunks(50) {
            let mut insert = Query::insert();
            insert.into_table(Alias::new("membership")).columns(COLUMNS.map(Alias::new));
            for member in some {
                insert.values_panic([
                    Expr::value(MembershipId::fresh().0),
                    Expr::value(id),
                    Expr::value(member.0),
                    Expr::value("ACTIVE"),
                    Expr::value("MEMBER"),
                    Expr::value(false),
                    Expr::value(1),
                    Expr::value(true),
                    Expr::value(false),
                    Expr::value(true),
                    Expr::value(now.0),
                    Expr::value(now.0),
                    Expr::value(now.0),
                ]);
            }
            connection.execute(&insert).await.expect("the members are put in");
        }
        connection.close().await.expect("the connection closes");
    }

    /// A community in formation: the first of these people has formed it, and brought the others, to whom they are tied.
    pub(crate) async fn forming<const N: usize>(&self, people: [&super::Person; N]) -> String {
        let first = people[0];
        let known = first.tied().await;
        for other in people[1..].iter().filter(|other| !known.contains(&other.name)) {
            self.tie([(first, other)]).await;
        }
        let community = first.form(&format!("The circle of {}", first.name), "INVITATION").await;
        for other in &people[1..] {
            first.bring(&community, other).await;
        }
        community
    }
}

impl super::Person {
    /// Leaves a community.
    pub(crate) async fn leave(&self, community: &str) {
        self.done("leaveCommunity", "__typename", serde_json::json!({"communityId": community})).await;
    }

    /// Removes somebody from a community, as its steward; they may come back.
    pub(crate) async fn remove(&self, community: &str, other: &super::Person) {
        let membership = self.membership(community, other, "ACTIVE").await;
        let input =
            serde_json::json!({"membershipId": membership, "reason": "It did not work out.", "mayReturn": true});
        self.done("removeMember", "__typename", input).await;
    }
}

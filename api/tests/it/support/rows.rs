//! Rows that no story could make in time: put into the database as they are.

use domain::ctx::{Timestamp, days};
use domain::id::{MemberId, TieId};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{ConnectionTrait, Database as Connect, DatabaseConnection, Value};

use super::World;

/// A tie as the table has it, with the answer of each side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TieRow {
    pub(crate) id: TieId,
    pub(crate) one: MemberId,
    pub(crate) other: MemberId,
    pub(crate) answer_of_one: &'static str,
    pub(crate) answer_of_other: &'static str,
    pub(crate) state: &'static str,
    pub(crate) begun_by: Option<MemberId>,
    pub(crate) expires_at: Timestamp,
}

impl World {
    /// The database itself.
    pub(crate) async fn rows(&self) -> DatabaseConnection {
        Connect::connect(self.database_url()).await.expect("the test's database answers")
    }

    /// Puts ties in, in one statement a hundred; those that are active get their two ends.
    pub(crate) async fn put_ties(&self, ties: &[TieRow]) {
        let (connection, now) = (self.rows().await, self.system().now);
        for some in ties.chunks(100) {
            let mut insert = Query::insert();
            insert.into_table(Alias::new("tie")).columns(
                [
                    "id",
                    "low",
                    "high",
                    "low_answer",
                    "high_answer",
                    "state",
                    "evidence",
                    "context",
                    "begun_by",
                    "created_at",
                    "expires_at",
                ]
                .map(Alias::new),
            );
            let mut ends = Query::insert();
            ends.into_table(Alias::new("tie_end"))
                .columns(["member_id", "other_id", "evidence", "tie_id"].map(Alias::new));
            for tie in some {
                let is_low = tie.one < tie.other;
                let (low, high) = if is_low { (tie.one, tie.other) } else { (tie.other, tie.one) };
                let answers = (tie.answer_of_one, tie.answer_of_other);
                let (low_answer, high_answer) = if is_low { answers } else { (answers.1, answers.0) };
                insert.values_panic([
                    Expr::value(tie.id.0),
                    Expr::value(low.0),
                    Expr::value(high.0),
                    Expr::value(low_answer),
                    Expr::value(high_answer),
                    Expr::value(tie.state),
                    Expr::value("CLAIMED"),
                    Expr::value("FRIEND"),
                    Expr::value(tie.begun_by.map(|id| id.0)),
                    Expr::value(now.before(days(40)).0),
                    Expr::value(tie.expires_at.0),
                ]);
                for (member, other) in [(low, high), (high, low)] {
                    ends.values_panic([
                        Expr::value(member.0),
                        Expr::value(other.0),
                        Expr::value("CLAIMED"),
                        Expr::value(tie.id.0),
                    ]);
                }
            }
            connection.execute(&insert).await.expect("the ties are put in");
            if some.iter().all(|tie| tie.state == "ACTIVE") {
                connection.execute(&ends).await.expect("their ends are put in");
            }
        }
        connection.close().await.expect("the connection closes");
    }

    /// How many rows of `table` there are in which every one of `columns` has its value.
    pub(crate) async fn count(&self, table: &'static str, columns: &[(&'static str, Value)]) -> i64 {
        let connection = self.rows().await;
        let mut count = Query::select();
        count.expr(Expr::cust("COUNT(*)")).from(Alias::new(table));
        for (column, value) in columns {
            count.and_where(Expr::col(Alias::new(*column)).eq(value.clone()));
        }
        let row = connection.query_one(&count).await.expect("the database answers").expect("a row");
        let counted = row.try_get_by_index(0).expect("a number");
        connection.close().await.expect("the connection closes");
        counted
    }
}

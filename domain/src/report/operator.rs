//! Reports about stewards, which the operator decides at the command line.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Decider, Report, State, Verdict, no_such_report, settle};
use crate::ctx::{Ctx, Viewer};
use crate::entity::report::{self, Column};
use crate::entity::{community as communities, member};
use crate::error::{Error, Result};
use crate::id::{MemberId, ReportId};
use crate::text;

/// A report that waits for the operator, with the names an operator needs.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The report.
    pub report: Report,
    /// What the community is called.
    pub community: String,
    /// The handle of whoever reported.
    pub reporter: Option<String>,
    /// The handle of whom it is about.
    pub about: Option<String>,
}

/// Most reports an operator is shown at once.
const SHOWN: u64 = 200;

/// The open reports that wait for the operator, the oldest first.
///
/// # Errors
/// [`Error::Unauthenticated`] unless the service itself asks; otherwise as the database says.
pub async fn waiting(ctx: &Ctx) -> Result<Vec<Waiting>> {
    if ctx.viewer != Viewer::System {
        return Err(Error::Unauthenticated);
    }
    let db = &ctx.kith.store.db;
    let rows = report::Entity::find()
        .filter(Column::State.eq(State::Open))
        .filter(Column::DecidedByRole.eq(Decider::Operator))
        .order_by_asc(Column::CreatedAt)
        .limit(SHOWN)
        .all(db)
        .await?;
    let people = rows.iter().flat_map(|row| [row.reporter_id, row.member_id]).flatten();
    let people = member::Entity::find().filter(member::Column::Id.is_in(people)).all(db).await?;
    let named =
        communities::Entity::find().filter(communities::Column::Id.is_in(rows.iter().map(|row| row.community_id)));
    let named = named.all(db).await?;
    let handle = |id: Option<MemberId>| people.iter().find(|row| Some(row.id) == id).map(|row| row.handle.clone());
    let waiting = |row: report::Model| Waiting {
        community: named.iter().find(|it| it.id == row.community_id).map(|it| it.name.clone()).unwrap_or_default(),
        reporter: handle(row.reporter_id),
        about: handle(row.member_id),
        report: row.into(),
    };
    Ok(rows.into_iter().map(waiting).collect())
}

/// Decides about a report that waits for the operator.
///
/// # Errors
/// [`Error::Unauthenticated`] unless the service itself asks; refused with [`crate::error::Code::NotFound`], [`crate::error::Code::WrongState`] or
/// [`crate::error::Code::InvalidInput`].
pub async fn resolve(ctx: &Ctx, id: ReportId, verdict: Verdict, decision: &str) -> Result<()> {
    if ctx.viewer != Viewer::System {
        return Err(Error::Unauthenticated);
    }
    let decision = text::paragraph("decision", decision, 1_000)?;
    let query = report::Entity::find_by_id(id).filter(Column::DecidedByRole.eq(Decider::Operator));
    let found = query.clone().one(&ctx.kith.store.db).await?.ok_or_else(no_such_report)?;
    let tx = ctx.kith.store.begin().await?;
    // The community before what is in it, as everywhere: or two commands wait for one another.
    communities::Entity::find_by_id(found.community_id).lock_exclusive().one(&tx).await?;
    let row = query.one(&tx).await?.ok_or_else(no_such_report)?;
    settle(ctx, &tx, row, verdict, decision).await?;
    Ok(tx.commit().await?)
}

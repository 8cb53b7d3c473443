//! Snapshots of health reports: one a week for each live community, so that a trend shows.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set};
use time::macros::format_description;

use super::health::{self, Health};
use super::{Community, Stage};
use crate::ctx::{Ctx, Timestamp};
use crate::entity::community::{self, Column as Of};
use crate::entity::health_snapshot::{self, Column};
use crate::error::{Error, Result};
use crate::news;
use crate::page::{Page, Window};

/// What a community's network looked like in one week.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The Monday of the week, such as `2026-11-23`.
    pub taken_on: String,
    /// The figures as they were then.
    pub health: Health,
}

/// The Monday of the week of `now`.
fn monday(now: Timestamp) -> String {
    let date = now.to_datetime().date();
    let monday = date - time::Duration::days(date.weekday().number_days_from_monday().into());
    monday.format(format_description!("[year]-[month]-[day]")).unwrap_or_default()
}

/// How many communities one run takes.
const BATCH: u64 = 50;

/// Takes this week's snapshot of each live community that lacks it and has a report; returns how many. Called by a timer
/// of the server.
///
/// # Errors
/// As the database says.
pub async fn take_due(ctx: &Ctx) -> Result<u64> {
    let (week, db) = (monday(ctx.now), &ctx.kith.store.db);
    let taken =
        health_snapshot::Entity::find().select_only().column(Column::CommunityId).filter(Column::TakenOn.eq(&week));
    let (mut after, mut count) = (crate::id::CommunityId::NONE, 0);
    loop {
        let due = community::Entity::find()
            .filter(Of::Stage.eq(Stage::Live))
            .filter(Of::Id.gt(after))
            .filter(Of::Id.not_in_subquery(taken.clone().into_query()))
            .order_by_asc(Of::Id)
            .limit(BATCH)
            .all(db)
            .await?;
        for row in &due {
            after = row.id;
            count += take(ctx, row, &week).await?;
        }
        if (due.len() as u64) < BATCH {
            return Ok(count);
        }
    }
}

async fn take(ctx: &Ctx, community: &community::Model, week: &str) -> Result<u64> {
    let db = &ctx.kith.store.db;
    let Some(health) = health::compute(ctx, db, community.id).await? else { return Ok(0) };
    let figures = serde_json::to_string(&health).map_err(|cause| Error::Internal(format!("a snapshot: {cause}")))?;
    let row = health_snapshot::ActiveModel {
        community_id: Set(community.id),
        taken_on: Set(week.to_owned()),
        figures: Set(figures),
        created_at: Set(ctx.now),
    };
    // Of several replicas that take it, one keeps it.
    let once = OnConflict::columns([Column::CommunityId, Column::TakenOn]).do_nothing().to_owned();
    let tx = ctx.kith.store.begin().await?;
    let written = health_snapshot::Entity::insert(row).on_conflict(once).exec_without_returning(&tx).await?;
    if let (1, Some(help)) = (written, health.help) {
        news::tell(ctx, &tx, community.id, &help.into()).await?;
    }
    tx.commit().await?;
    Ok(written)
}

/// The snapshots of a community, the last one first; none if its report is not for the viewer.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn trend(ctx: &Ctx, community: &Community, window: &Window) -> Result<Page<Snapshot>> {
    const LIST: &str = "health";
    if !health::may_read(ctx, community).await? {
        return Ok(Page::empty(window));
    }
    let mut rows = health_snapshot::Entity::find().filter(Column::CommunityId.eq(community.id));
    let total = window.total_of(&ctx.kith.store.db, &rows).await?;
    if let Some(after) = window.position::<String>(LIST)? {
        rows = rows.filter(Column::TakenOn.lt(after));
    }
    let rows = rows.order_by_desc(Column::TakenOn).limit(window.first as u64 + 1).all(&ctx.kith.store.db).await?;
    let snapshot = |row: health_snapshot::Model| {
        let health = serde_json::from_str(&row.figures);
        // Figures that an older version wrote and this one cannot read are left out.
        health.ok().map(|health| Snapshot { taken_on: row.taken_on, health })
    };
    let snapshots = rows.into_iter().filter_map(snapshot).collect();
    Ok(Page::of(LIST, window, snapshots, total, |snapshot: &Snapshot| snapshot.taken_on.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_begins_on_monday() {
        let at = |seconds: i64| monday(Timestamp(seconds * 1_000_000));
        assert_eq!(at(1_795_564_800), "2026-11-23", "a Wednesday");
        assert_eq!(at(1_795_392_000), "2026-11-23", "the Monday itself");
        assert_eq!(at(1_795_391_999), "2026-11-16", "the second before");
    }
}

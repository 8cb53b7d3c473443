//! The stages of a community: launched when it is ready, put to rest and revived by its stewards, archived for good.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, Set,
};

use super::{Action, Community, Stage, Standing, audit, by_id, command, readiness};
use crate::ctx::Ctx;
use crate::entity::community::{self, Column};
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::Change;
use crate::id::CommunityId;
use crate::{news, policy};

/// Opens a community that is ready, as one of its stewards.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::StewardsOnly`], [`Code::WrongState`], or with [`Code::NotReady`] once for each
/// criterion that is not met.
pub async fn launch(ctx: &Ctx, id: CommunityId) -> Result<Community> {
    // Their ties must stand still while they are counted.
    let founders = readiness::founders(&ctx.kith.store.db, id).await?;
    let id = command(ctx, id, founders, async |tx, standing| {
        standing.steward()?;
        refuse_other_than(&standing, &[Stage::Forming])?;
        let readiness = readiness::locked(ctx, &**tx, &standing.charter).await?;
        let unmet = readiness.criteria.into_iter().filter(|criterion| !criterion.met);
        let refusals: Vec<Refusal> = unmet.map(|criterion| Refusal::new(Code::NotReady, criterion.hint)).collect();
        if !refusals.is_empty() {
            return Err(Error::Refused(refusals));
        }
        enter(ctx, tx, standing.community, Stage::Live, Action::Launched).await?;
        Ok((id, Change::default()))
    })
    .await?;
    by_id(ctx, id).await
}

/// Puts a live community to rest, as one of its stewards.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::StewardsOnly`] or [`Code::WrongState`].
pub async fn rest(ctx: &Ctx, id: CommunityId) -> Result<Community> {
    change(ctx, id, &[Stage::Live], Stage::Dormant, Action::Rested).await
}

/// Ends the rest of a community, as one of its stewards.
///
/// # Errors
/// As [`rest`].
pub async fn revive(ctx: &Ctx, id: CommunityId) -> Result<Community> {
    change(ctx, id, &[Stage::Dormant], Stage::Live, Action::Revived).await
}

/// Archives a community, as one of its stewards: its members can read it, and nothing in it changes any more.
///
/// # Errors
/// As [`rest`].
pub async fn archive(ctx: &Ctx, id: CommunityId) -> Result<Community> {
    change(ctx, id, &[Stage::Forming, Stage::Live, Stage::Dormant], Stage::Archived, Action::Archived).await
}

async fn change(ctx: &Ctx, id: CommunityId, from: &[Stage], to: Stage, action: Action) -> Result<Community> {
    let id = command(ctx, id, [], async |tx, standing| {
        standing.steward()?;
        refuse_other_than(&standing, from)?;
        enter(ctx, tx, standing.community, to, action).await?;
        Ok((id, Change::default()))
    })
    .await?;
    by_id(ctx, id).await
}

fn refuse_other_than(standing: &Standing, from: &[Stage]) -> Result<()> {
    match from.contains(&standing.community.stage) {
        true => Ok(()),
        false => Err(Refusal::new(Code::WrongState, Message::new("not-at-this-stage")).into()),
    }
}

/// Lets a community that is locked go to another stage.
async fn enter(ctx: &Ctx, tx: &DatabaseTransaction, row: community::Model, stage: Stage, action: Action) -> Result<()> {
    let launched_at = row.launched_at.or_else(|| (stage == Stage::Live).then_some(ctx.now));
    let mut row = row.into_active_model();
    row.stage = Set(stage);
    row.launched_at = Set(launched_at);
    row.updated_at = Set(ctx.now);
    row.closed_at = Set((!policy::is_open_stage(stage)).then_some(ctx.now));
    let row = row.update(tx).await?;
    if stage == Stage::Archived {
        news::silence(ctx, tx, row.id).await?;
    }
    audit::write(ctx, tx, row.id, action, None, None).await
}

/// Archives a community that nobody looks after any more.
pub(super) async fn close(ctx: &Ctx, tx: &DatabaseTransaction, row: community::Model) -> Result<()> {
    match row.stage {
        Stage::Archived => Ok(()),
        Stage::Forming | Stage::Live | Stage::Dormant => enter(ctx, tx, row, Stage::Archived, Action::Archived).await,
    }
}

/// How many communities one run puts to rest.
const BATCH: u64 = 100;

/// Puts to rest the live communities in which nothing has happened for a year; returns how many. Called by a timer of the
/// server.
///
/// # Errors
/// As the database says.
pub async fn rest_idle(ctx: &Ctx) -> Result<u64> {
    let idle = || {
        community::Entity::find()
            .filter(Column::Stage.eq(Stage::Live))
            .filter(Column::ActiveAt.lte(ctx.now.before(policy::IDLE_AFTER)))
    };
    let mut rested = 0;
    for row in idle().limit(BATCH).all(&ctx.kith.store.db).await? {
        let tx = ctx.kith.store.begin().await?;
        let query = idle().filter(Column::Id.eq(row.id)).lock_exclusive();
        let Some(row) = query.one(&tx).await? else { continue };
        enter(ctx, &tx, row, Stage::Dormant, Action::Rested).await?;
        tx.commit().await?;
        rested += 1;
    }
    Ok(rested)
}

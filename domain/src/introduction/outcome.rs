//! What came of an introduction, as the two say who were introduced: once each.

use std::collections::HashMap;

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{Introduction, Outcome, Part, State, again, no_such_introduction, wrong_state};
use crate::ctx::Ctx;
use crate::entity::introduction_outcome::{self, Column};
use crate::error::{Message, Result};
use crate::event::Change;
use crate::id::IntroductionId;
use crate::idempotency::{self, Begun};
use crate::{store, text};

/// What the viewer said came of an introduction.
#[derive(Clone, Debug)]
pub struct Said {
    /// What.
    pub outcome: Outcome,
    /// In words, for themselves.
    pub note: Option<String>,
}

/// Says what came of an accepted introduction, as one of the two who were introduced: once. Saying the same again changes
/// nothing.
///
/// # Errors
/// Refused with [`crate::error::Code::NotFound`], [`crate::error::Code::WrongState`] or
/// [`crate::error::Code::InvalidInput`].
pub async fn record_outcome(
    ctx: &Ctx,
    id: IntroductionId,
    outcome: Outcome,
    note: Option<&str>,
) -> Result<Introduction> {
    let me = ctx.me()?;
    let note = note.map(|raw| text::paragraph("note", raw, 500)).transpose()?;
    if let Some(id) = idempotency::before::<IntroductionId>(ctx).await? {
        return again(ctx, id).await;
    }
    let seen = super::by_ids(ctx, &[id]).await?.pop().ok_or_else(no_such_introduction)?;
    if seen.state != State::Accepted || seen.part == Part::Connector {
        return Err(wrong_state(Message::new("introduction-without-outcome")));
    }
    let tx = match idempotency::begin::<IntroductionId>(ctx).await? {
        Begun::Before(id) => return again(ctx, id).await,
        Begun::New(tx) => tx,
    };
    store::lock_members(&tx, [me]).await?;
    match introduction_outcome::Entity::find_by_id((id, me)).one(&*tx).await? {
        Some(said) if said.outcome == outcome && said.note == note => {}
        Some(_) => return Err(wrong_state(Message::new("introduction-outcome-said"))),
        None => {
            let row =
                introduction_outcome::Model { introduction_id: id, member_id: me, outcome, note, created_at: ctx.now };
            row.into_active_model().reset_all().insert(&*tx).await?;
        }
    }
    tx.commit(ctx, Change::default(), &id).await?;
    again(ctx, id).await
}

/// What the viewer said came of these introductions.
///
/// # Errors
/// As the database says.
pub async fn my_outcomes(ctx: &Ctx, ids: &[IntroductionId]) -> Result<HashMap<IntroductionId, Said>> {
    let rows = introduction_outcome::Entity::find()
        .filter(Column::MemberId.eq(ctx.me()?))
        .filter(Column::IntroductionId.is_in(ids.iter().copied()))
        .all(&ctx.kith.store.db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.introduction_id, Said { outcome: row.outcome, note: row.note })).collect())
}

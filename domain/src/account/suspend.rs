//! Suspending a member, and ending that: the operator's, at the command line.

use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};

use crate::community;
use crate::ctx::Ctx;
use crate::entity::member::State;
use crate::error::{Code, Message, Refusal, Result};
use crate::event::{self, Change};
use crate::{member, policy, process, store};

/// Suspends a member: at once they can neither sign in nor be seen, no route runs through them, and the communities they
/// looked after alone pass to somebody else.
///
/// # Errors
/// Refused with [`Code::NotFound`] if there is no such member.
pub async fn suspend(ctx: &Ctx, handle: &str) -> Result<()> {
    set_state(ctx, handle, State::Suspended).await
}

/// Ends a suspension.
///
/// # Errors
/// Refused with [`Code::NotFound`] if there is no such member.
pub async fn restore(ctx: &Ctx, handle: &str) -> Result<()> {
    set_state(ctx, handle, State::Active).await
}

async fn set_state(ctx: &Ctx, handle: &str, state: State) -> Result<()> {
    let missing = || Refusal::new(Code::NotFound, Message::new("no-member-called").with("handle", handle));
    let id = member::by_handle(&ctx.kith, handle).await?.ok_or_else(missing)?;
    let tx = ctx.kith.store.begin().await?;
    let row = store::lock_members(&tx, [id]).await?.pop().ok_or_else(missing)?;
    let was_in_use = policy::is_in_use(&row);
    let mut row = row.into_active_model();
    row.state = Set(state);
    row.updated_at = Set(ctx.now);
    let row = row.update(&tx).await?;
    match (was_in_use, policy::is_in_use(&row)) {
        (true, false) => community::disappear(ctx, &tx, id).await?,
        (false, true) => community::appear(ctx, &tx, id).await?,
        (true, true) | (false, false) => {}
    }
    if state == State::Suspended {
        community::succeed(ctx, &tx, id).await?;
        process::gone(ctx, &tx, id).await?;
    }
    event::commit(ctx, tx, Change { cards: vec![id], ties: vec![id], accounts: vec![id], ..Change::default() }).await
}

//! Taking part in a conversation: beginning one with a tie, marking it read, muting it, leaving it.

use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, Set};

use super::message::{last_shown, seen};
use super::{Conversation, Kind, by_ids, mine, no_such_conversation, themselves};
use crate::ctx::Ctx;
use crate::entity::{conversation, message, participant};
use crate::error::{self, Code, Error, Refusal, Result};
use crate::event::Change;
use crate::id::{ConversationId, MemberId, MessageId};
use crate::idempotency::{self, Begun};
use crate::notification::{self, Kind as Told};
use crate::{store, tie, visibility};

/// Writes a conversation and who takes part in it.
pub(super) async fn insert(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    row: conversation::ActiveModel,
    members: &[MemberId],
) -> Result<ConversationId> {
    let id = row.insert(tx).await?.id;
    let parts = members.iter().map(|member| part(ctx, id, *member));
    participant::Entity::insert_many(parts).exec_without_returning(tx).await?;
    Ok(id)
}

fn part(ctx: &Ctx, conversation: ConversationId, member: MemberId) -> participant::ActiveModel {
    participant::ActiveModel {
        conversation_id: Set(conversation),
        member_id: Set(member),
        muted: Set(false),
        read_at: Set(ctx.now),
        last_at: Set(ctx.now),
        left_at: Set(None),
    }
}

/// The viewer's conversation with somebody they are tied to; it begins if there is none, and they come back to it if they
/// have left it.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::NotTied`] or [`Code::NotForSupport`].
pub async fn start(ctx: &Ctx, with: MemberId) -> Result<Conversation> {
    let me = themselves(ctx)?;
    let missing = || Error::from(Refusal::of("memberId", Code::NotFound, error::Message::new("no-such-member")));
    if let Some(id) = idempotency::before::<ConversationId>(ctx).await? {
        return again(ctx, id).await;
    }
    if with == me || !visibility::seen(ctx, &[with]).await?.contains_key(&with) {
        return Err(missing());
    }
    let tx = match idempotency::begin::<ConversationId>(ctx).await? {
        Begun::Before(id) => return again(ctx, id).await,
        Begun::New(tx) => tx,
    };
    store::lock_members(&tx, [me, with]).await?;
    if visibility::block_between(&tx, me, with).await?.is_some() {
        return Err(missing());
    }
    if !tie::are_tied(&*tx, me, with).await? {
        return Err(Refusal::of("memberId", Code::NotTied, error::Message::new("conversation-not-tied")).into());
    }
    let (low, high) = (me.min(with), me.max(with));
    let there = conversation::Entity::find()
        .filter(conversation::Column::Kind.eq(Kind::Tie))
        .filter(conversation::Column::Low.eq(low))
        .filter(conversation::Column::High.eq(high))
        .one(&*tx)
        .await?;
    let id = match there {
        Some(row) => {
            let mine = participant::Entity::find_by_id((row.id, me)).one(&*tx).await?;
            if let Some(mine) = mine.filter(|mine| mine.left_at.is_some()) {
                come_back(ctx, &tx, mine).await?;
            }
            row.id
        }
        None => {
            let row = conversation::ActiveModel {
                id: Set(ConversationId::fresh()),
                kind: Set(Kind::Tie),
                low: Set(Some(low)),
                high: Set(Some(high)),
                introduction_id: Set(None),
                nomination_id: Set(None),
                created_at: Set(ctx.now),
                last_at: Set(ctx.now),
            };
            insert(ctx, &tx, row, &[low, high]).await?
        }
    };
    tx.commit(ctx, Change::default(), &id).await?;
    again(ctx, id).await
}

/// Takes the viewer back into a conversation they have left, which then stands where the last message puts it that shows to
/// them: what was said in between counts as well.
async fn come_back(ctx: &Ctx, tx: &DatabaseTransaction, mine: participant::Model) -> Result<()> {
    let (id, left_from) = (mine.conversation_id, mine.last_at);
    let mut mine = mine.into_active_model();
    mine.left_at = Set(None);
    let mine = mine.update(tx).await?;
    if let Some(last) = last_shown(ctx, tx, id).await?.filter(|last| last.created_at > left_from) {
        let mut mine = mine.into_active_model();
        mine.last_at = Set(last.created_at);
        mine.update(tx).await?;
    }
    Ok(())
}

/// What this or an earlier try of the same command has left, as it is now.
async fn again(ctx: &Ctx, id: ConversationId) -> Result<Conversation> {
    by_ids(ctx, &[id]).await?.pop().ok_or(Error::AlreadyDone)
}

/// Changes the viewer's part in a conversation they see.
async fn change(
    ctx: &Ctx,
    id: ConversationId,
    work: impl AsyncFnOnce(&DatabaseTransaction, &mut participant::ActiveModel) -> Result<()>,
) -> Result<()> {
    let me = themselves(ctx)?;
    let tx = match idempotency::begin::<ConversationId>(ctx).await? {
        Begun::Before(_) => return Ok(()),
        Begun::New(tx) => tx,
    };
    store::lock_members(&tx, [me]).await?;
    let mine = mine(ctx)?.filter(participant::Column::ConversationId.eq(id)).one(&*tx).await?;
    let mut mine = mine.ok_or_else(no_such_conversation)?.into_active_model();
    work(&tx, &mut mine).await?;
    if mine.is_changed() {
        mine.update(&*tx).await?;
    }
    tx.commit(ctx, Change::default(), &id).await
}

/// Notes that the viewer has read a conversation, up to one of its messages or all that show to them. A mark never moves back.
///
/// # Errors
/// Refused with [`Code::NotFound`] or [`Code::NotForSupport`].
pub async fn mark_read(ctx: &Ctx, id: ConversationId, up_to: Option<MessageId>) -> Result<Conversation> {
    change(ctx, id, async |tx, mine| {
        let at = match up_to {
            None => last_shown(ctx, tx, id).await?.map(|row| row.created_at),
            Some(message) => {
                let row =
                    seen(ctx)?.filter(message::Column::Id.eq(message)).filter(message::Column::ConversationId.eq(id));
                Some(row.one(tx).await?.ok_or_else(no_such_message)?.created_at)
            }
        };
        if let Some(at) = at.filter(|at| *at > *mine.read_at.as_ref()) {
            mine.read_at = Set(at);
        }
        notification::read_of(ctx, tx, Told::Messages, id.0).await
    })
    .await?;
    again(ctx, id).await
}

pub(super) fn no_such_message() -> Error {
    Refusal::of("messageId", Code::NotFound, error::Message::new("no-such-message")).into()
}

/// Whether the viewer is told of new messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mute {
    /// They are not.
    Muted,
    /// They are.
    Told,
}

/// Says whether the viewer is told of new messages in a conversation.
///
/// # Errors
/// Refused with [`Code::NotFound`] or [`Code::NotForSupport`].
pub async fn mute(ctx: &Ctx, id: ConversationId, mute: Mute) -> Result<Conversation> {
    change(ctx, id, async |_, mine| {
        mine.muted = Set(mute == Mute::Muted);
        Ok(())
    })
    .await?;
    again(ctx, id).await
}

/// Leaves a conversation: it no longer shows to the viewer, who is told nothing more of it. What they have said stays.
///
/// # Errors
/// Refused with [`Code::NotFound`] or [`Code::NotForSupport`].
pub async fn leave(ctx: &Ctx, id: ConversationId) -> Result<()> {
    change(ctx, id, async |tx, mine| {
        mine.left_at = Set(Some(ctx.now));
        notification::read_of(ctx, tx, Told::Messages, id.0).await
    })
    .await
}

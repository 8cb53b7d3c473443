//! Conversations: of the three of an introduction or a nomination that was accepted, or of two who are tied; text only.
//!
//! Who takes part sees what the others say, but for those whom a block hides from them: their messages, marks and presence
//! are as if they did not exist, in lists, counts and order. So every participant has a place of their own in the order of
//! conversations, moved by what shows to them. The messages of one conversation have one order: each is written under
//! the conversation's lock, later than the one before. What somebody has said stays when they are gone, without their name.
//!
//! An operator who acts for a member sees no conversations of theirs, and says nothing in them.
//!
//! Deliberately absent: files, and groups that nobody was introduced to.

mod message;
mod part;
mod place;

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    Set,
};

pub(crate) use self::message::author_and_text;
pub use self::message::{Message, client_id, delete, edit, last_messages, messages, messages_by_ids, send, unread};
pub use self::part::{Mute, leave, mark_read, mute, start};
pub(crate) use self::place::close_for_block;
use crate::ctx::{Acting, Ctx, Timestamp};
use crate::entity::{conversation, participant};
use crate::error::{self, Code, Error, Refusal, Result};
use crate::id::{ConversationId, IntroductionId, MemberId, NominationId};
use crate::page::{self, Page, Window};
use crate::visibility;

pub use crate::entity::conversation::Kind;

/// A conversation the viewer takes part in.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// Which.
    pub id: ConversationId,
    /// What opened it.
    pub kind: Kind,
    /// Which introduction, if it was one.
    pub introduction: Option<IntroductionId>,
    /// Which nomination, if it was one.
    pub nomination: Option<NominationId>,
    /// Whether the viewer is told of new messages.
    pub muted: bool,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When something was last said in it that shows to the viewer.
    pub last_at: Timestamp,
}

/// Who takes part in a conversation, and how far they have read.
#[derive(Clone, Copy, Debug)]
pub struct Participant {
    /// Who.
    pub member: MemberId,
    /// They have read what was said up to this moment.
    pub read_at: Timestamp,
}

/// The name of the list in cursors.
const LIST: &str = "conversations";

impl Conversation {
    /// Where it stands in [`list`].
    pub fn cursor(&self) -> String {
        page::encode(LIST, &(self.last_at, self.id))
    }

    fn of(row: &conversation::Model, mine: &participant::Model) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            introduction: row.introduction_id,
            nomination: row.nomination_id,
            muted: mine.muted,
            created_at: row.created_at,
            last_at: mine.last_at,
        }
    }
}

/// What opens a conversation of three.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Opened {
    ByIntroduction(IntroductionId),
    ByNomination(NominationId),
}

/// Opens a conversation of `members`, in the transaction of what opens it.
pub(crate) async fn open(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    by: Opened,
    members: &[MemberId],
) -> Result<ConversationId> {
    let (kind, introduction_id, nomination_id) = match by {
        Opened::ByIntroduction(id) => (Kind::Introduction, Some(id), None),
        Opened::ByNomination(id) => (Kind::Nomination, None, Some(id)),
    };
    let row = conversation::ActiveModel {
        id: Set(ConversationId::fresh()),
        kind: Set(kind),
        low: Set(None),
        high: Set(None),
        introduction_id: Set(introduction_id),
        nomination_id: Set(nomination_id),
        created_at: Set(ctx.now),
        last_at: Set(ctx.now),
    };
    part::insert(ctx, tx, row, members).await
}

/// The viewer's part in the conversations they see.
fn mine(ctx: &Ctx) -> Result<Select<participant::Entity>> {
    use participant::Column;
    let me = ctx.me()?;
    let rows = participant::Entity::find().filter(Column::MemberId.eq(me)).filter(Column::LeftAt.is_null());
    let shows = |column: conversation::Column| visibility::unblocked_or_gone(me, column);
    let seen = conversation::Entity::find().select_only().column(conversation::Column::Id);
    let seen = seen.filter(shows(conversation::Column::Low)).filter(shows(conversation::Column::High));
    let seen = match ctx.acting {
        Acting::Themselves => seen,
        Acting::Operator => seen.filter(conversation::Column::Id.eq(ConversationId::NONE)),
    };
    Ok(rows.filter(Column::ConversationId.in_subquery(seen.into_query())))
}

/// The ids of the conversations the viewer sees, as rows of one column.
fn my_ids(ctx: &Ctx) -> Result<Select<participant::Entity>> {
    Ok(mine(ctx)?.select_only().column(participant::Column::ConversationId))
}

async fn with_parts(ctx: &Ctx, parts: Vec<participant::Model>) -> Result<Vec<Conversation>> {
    let ids = parts.iter().map(|part| part.conversation_id);
    let rows = conversation::Entity::find().filter(conversation::Column::Id.is_in(ids)).all(&ctx.kith.store.db).await?;
    let rows: HashMap<ConversationId, conversation::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    Ok(parts.into_iter().filter_map(|part| Some(Conversation::of(rows.get(&part.conversation_id)?, &part))).collect())
}

/// The viewer's conversations, the one in which something was said last first.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn list(ctx: &Ctx, window: &Window) -> Result<Page<Conversation>> {
    use participant::Column::{ConversationId as Id, LastAt};
    let rows = mine(ctx)?;
    let total = window.total_of(&ctx.kith.store.db, &rows).await?;
    let parts = window.newest_first(LIST, rows, LastAt, Id)?.all(&ctx.kith.store.db).await?;
    let found = with_parts(ctx, parts).await?;
    Ok(Page::of(LIST, window, found, total, |it: &Conversation| (it.last_at, it.id)))
}

/// Those of `ids` that the viewer sees.
///
/// # Errors
/// As the database says.
pub async fn by_ids(ctx: &Ctx, ids: &[ConversationId]) -> Result<Vec<Conversation>> {
    let parts = mine(ctx)?.filter(participant::Column::ConversationId.is_in(ids.iter().copied()));
    with_parts(ctx, parts.all(&ctx.kith.store.db).await?).await
}

/// The conversations of these introductions that the viewer sees.
///
/// # Errors
/// As the database says.
pub async fn of_introductions(ctx: &Ctx, ids: &[IntroductionId]) -> Result<HashMap<IntroductionId, ConversationId>> {
    opened_by(ctx, conversation::Column::IntroductionId, ids.iter().copied()).await
}

/// The conversations of these nominations that the viewer sees.
///
/// # Errors
/// As the database says.
pub async fn of_nominations(ctx: &Ctx, ids: &[NominationId]) -> Result<HashMap<NominationId, ConversationId>> {
    opened_by(ctx, conversation::Column::NominationId, ids.iter().copied()).await
}

async fn opened_by<T>(
    ctx: &Ctx,
    column: conversation::Column,
    ids: impl Iterator<Item = T>,
) -> Result<HashMap<T, ConversationId>>
where
    T: Into<sea_orm::Value> + sea_orm::TryGetable + Eq + std::hash::Hash,
{
    let rows = conversation::Entity::find()
        .select_only()
        .columns([column, conversation::Column::Id])
        .filter(column.is_in(ids))
        .filter(conversation::Column::Id.in_subquery(my_ids(ctx)?.into_query()));
    Ok(rows.into_tuple::<(T, ConversationId)>().all(&ctx.kith.store.db).await?.into_iter().collect())
}

/// Who takes part in each of these conversations, which the viewer sees: those whom no block hides from them, in the order
/// in which they became members.
///
/// # Errors
/// As the database says.
pub async fn participants(ctx: &Ctx, ids: &[ConversationId]) -> Result<HashMap<ConversationId, Vec<Participant>>> {
    use participant::Column;
    let rows = participant::Entity::find()
        .filter(Column::ConversationId.is_in(ids.iter().copied()))
        .filter(Column::ConversationId.in_subquery(my_ids(ctx)?.into_query()))
        .filter(Column::LeftAt.is_null())
        .filter(visibility::existing(ctx.me()?, Column::MemberId))
        .order_by_asc(Column::MemberId)
        .select_only()
        .columns([Column::ConversationId, Column::MemberId])
        .expr_as(Expr::SubQuery(None, Box::new(marked(ctx)?.into())), "marked")
        .expr_as(Expr::SubQuery(None, Box::new(opened().into())), "opened")
        .into_tuple::<(ConversationId, MemberId, Option<Timestamp>, Timestamp)>()
        .all(&ctx.kith.store.db)
        .await?;
    let mut all: HashMap<ConversationId, Vec<Participant>> = ids.iter().map(|id| (*id, Vec::new())).collect();
    for (id, member, marked, opened) in rows {
        all.entry(id).or_default().push(Participant { member, read_at: marked.unwrap_or(opened) });
    }
    Ok(all)
}

/// When the last message was said that a participant has read and that shows to the viewer: a mark on another would tell that
/// there is one.
fn marked(ctx: &Ctx) -> Result<SelectStatement> {
    use crate::entity::message::{Column, Entity};
    let of = |column: participant::Column| Expr::col((participant::Entity, column));
    let read = message::seen(ctx)?
        .select_only()
        .column_as(Column::CreatedAt.max(), "read")
        .filter(Expr::col((Entity, Column::ConversationId)).eq(of(participant::Column::ConversationId)))
        .filter(Expr::col((Entity, Column::CreatedAt)).lte(of(participant::Column::ReadAt)));
    Ok(read.into_query())
}

/// When the conversation of a participant was opened.
fn opened() -> SelectStatement {
    let id = Expr::col((conversation::Entity, conversation::Column::Id));
    Query::select()
        .column((conversation::Entity, conversation::Column::CreatedAt))
        .from(conversation::Entity)
        .and_where(id.equals((participant::Entity, participant::Column::ConversationId)))
        .to_owned()
}

fn no_such_conversation() -> Error {
    Refusal::of("conversationId", Code::NotFound, error::Message::new("no-such-conversation")).into()
}

/// Refuses an operator who acts for a member: what they say, they say themselves.
fn themselves(ctx: &Ctx) -> Result<MemberId> {
    match ctx.acting {
        Acting::Themselves => ctx.me(),
        Acting::Operator => Err(Refusal::new(Code::NotForSupport, error::Message::new("not-for-support")).into()),
    }
}

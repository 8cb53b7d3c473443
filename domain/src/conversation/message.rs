//! Messages: sending one, once, however often it is sent; changing it; taking it back.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, ExprTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, Set,
};
use uuid::Uuid;

use super::part::no_such_message;
use super::{Conversation, Kind, mine, my_ids, no_such_conversation, themselves};
use crate::ctx::{Ctx, Timestamp};
use crate::entity::message::{self, Column};
use crate::entity::{conversation, participant};
use crate::error::{self, Code, Error, Refusal, Result};
use crate::event::Change;
use crate::id::{ConversationId, MemberId, MessageId};
use crate::idempotency::{self, Begun};
use crate::live::{Event, Signal};
use crate::notification::{self, Kind as Told};
use crate::page::{self, Page, Window};
use crate::{policy, store, text, tie, visibility};

/// The longest message, in characters.
const LONGEST: usize = 4_000;

/// A message of a conversation the viewer sees.
#[derive(Clone, Debug)]
pub struct Message {
    /// Which.
    pub id: MessageId,
    /// Where it was said.
    pub conversation: ConversationId,
    /// By whom; `None` if they are gone.
    pub author: Option<MemberId>,
    /// What; `None` if it was taken back.
    pub text: Option<String>,
    /// What the author's device called it.
    pub client_id: Uuid,
    /// When.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub edited_at: Option<Timestamp>,
    /// When it was taken back.
    pub deleted_at: Option<Timestamp>,
}

/// The name of the list in cursors.
const LIST: &str = "messages";

impl Message {
    /// Where it stands in [`messages`].
    pub fn cursor(&self) -> String {
        page::encode(LIST, &(self.created_at, self.id))
    }
}

impl From<message::Model> for Message {
    fn from(row: message::Model) -> Self {
        Self {
            id: row.id,
            conversation: row.conversation_id,
            author: row.author_id,
            text: row.deleted_at.is_none().then_some(row.text),
            client_id: row.client_id,
            created_at: row.created_at,
            edited_at: row.edited_at,
            deleted_at: row.deleted_at,
        }
    }
}

/// The messages that show to the viewer: of conversations they see, and by nobody whom a block hides from them.
pub(super) fn seen(ctx: &Ctx) -> Result<Select<message::Entity>> {
    let rows = message::Entity::find().filter(Column::ConversationId.in_subquery(my_ids(ctx)?.into_query()));
    Ok(rows.filter(visibility::unblocked_or_gone(ctx.me()?, Column::AuthorId)))
}

/// The messages of a conversation, newest first.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn messages(ctx: &Ctx, conversation: &Conversation, window: &Window) -> Result<Page<Message>> {
    let rows = seen(ctx)?.filter(Column::ConversationId.eq(conversation.id));
    let total = window.total_of(&ctx.kith.store.db, &rows).await?;
    let rows = window.newest_first(LIST, rows, Column::CreatedAt, Column::Id)?.all(&ctx.kith.store.db).await?;
    let said = rows.into_iter().map(Message::from).collect();
    Ok(Page::of(LIST, window, said, total, |it: &Message| (it.created_at, it.id)))
}

/// Those of `ids` that show to the viewer.
///
/// # Errors
/// As the database says.
pub async fn messages_by_ids(ctx: &Ctx, ids: &[MessageId]) -> Result<Vec<Message>> {
    let rows = seen(ctx)?.filter(Column::Id.is_in(ids.iter().copied())).all(&ctx.kith.store.db).await?;
    Ok(rows.into_iter().map(Message::from).collect())
}

/// The last message of each of these conversations that shows to the viewer.
///
/// # Errors
/// As the database says.
pub async fn last_messages(ctx: &Ctx, ids: &[ConversationId]) -> Result<HashMap<ConversationId, Message>> {
    let last = seen(ctx)?
        .filter(Column::ConversationId.is_in(ids.iter().copied()))
        .select_only()
        .column(Column::ConversationId)
        .column_as(Column::CreatedAt.max(), "last")
        .group_by(Column::ConversationId);
    let of_pair = Expr::tuple([Expr::col(Column::ConversationId), Expr::col(Column::CreatedAt)]);
    let rows = message::Entity::find().filter(of_pair.in_subquery(last.into_query())).all(&ctx.kith.store.db).await?;
    Ok(rows.into_iter().map(|row| (row.conversation_id, row.into())).collect())
}

/// The last message of a conversation that shows to the viewer, in the transaction of a command of theirs.
pub(super) async fn last_shown(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    id: ConversationId,
) -> Result<Option<message::Model>> {
    let shown = seen(ctx)?.filter(Column::ConversationId.eq(id));
    Ok(shown.order_by_desc(Column::CreatedAt).one(tx).await?)
}

/// How many messages of others in each of these conversations the viewer has not read.
///
/// # Errors
/// As the database says.
pub async fn unread(ctx: &Ctx, ids: &[ConversationId]) -> Result<HashMap<ConversationId, u64>> {
    let me = ctx.me()?;
    let read_at = Query::select()
        .column((participant::Entity, participant::Column::ReadAt))
        .from(participant::Entity)
        .and_where(participant::Column::MemberId.eq(me))
        .and_where(
            Expr::col((participant::Entity, participant::Column::ConversationId))
                .equals((message::Entity, Column::ConversationId)),
        )
        .to_owned();
    let counts: Vec<(ConversationId, i64)> = seen(ctx)?
        .filter(Column::ConversationId.is_in(ids.iter().copied()))
        .filter(Condition::any().add(Column::AuthorId.is_null()).add(Column::AuthorId.ne(me)))
        .filter(Column::DeletedAt.is_null())
        .filter(Expr::col((message::Entity, Column::CreatedAt)).gt(Expr::SubQuery(None, Box::new(read_at.into()))))
        .select_only()
        .column(Column::ConversationId)
        .column_as(Column::Id.count(), "unread")
        .group_by(Column::ConversationId)
        .into_tuple()
        .all(&ctx.kith.store.db)
        .await?;
    let mut all: HashMap<ConversationId, u64> = ids.iter().map(|id| (*id, 0)).collect();
    all.extend(counts.into_iter().map(|(id, count)| (id, count.unsigned_abs())));
    Ok(all)
}

/// Who wrote a message that shows to the viewer, and what: for whoever reports it.
pub(crate) async fn author_and_text(ctx: &Ctx, id: MessageId) -> Result<Option<(MemberId, String)>> {
    let found = messages_by_ids(ctx, &[id]).await?.pop();
    Ok(found.and_then(|message| Some((message.author?, message.text?))))
}

/// Says something in a conversation, in text of at most 4,000 characters. `client_id` is what the device calls the message:
/// sent again under the same, it is the same message.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::InvalidInput`], [`Code::NotTied`], [`Code::WrongState`],
/// [`Code::TooManyAttempts`] or [`Code::NotForSupport`].
pub async fn send(ctx: &Ctx, id: ConversationId, client_id: Uuid, raw: &str) -> Result<Message> {
    let me = themselves(ctx)?;
    let clean = text::paragraph("text", raw, LONGEST)?;
    let tx = match idempotency::begin::<MessageId>(ctx).await? {
        Begun::Before(id) => return again(ctx, id).await,
        Begun::New(tx) => tx,
    };
    store::lock_members(&tx, [me]).await?;
    let mine = mine(ctx)?.filter(participant::Column::ConversationId.eq(id)).one(&*tx).await?;
    let mine = mine.ok_or_else(no_such_conversation)?;
    let same = message::Entity::find().filter(Column::AuthorId.eq(me)).filter(Column::ClientId.eq(client_id));
    if let Some(same) = same.one(&*tx).await? {
        if same.conversation_id != id {
            return Err(Refusal::of("clientId", Code::WrongState, error::Message::new("message-elsewhere")).into());
        }
        tx.commit(ctx, Change::default(), &same.id).await?;
        return again(ctx, same.id).await;
    }
    let limit = (policy::MESSAGES, me.0.to_string());
    ctx.kith.limiter.take(ctx.now, &[limit]).await.map_err(Refusal::too_many_attempts)?;
    let row = conversation::Entity::find_by_id(id).lock_exclusive().one(&*tx).await?;
    let row = row.ok_or_else(no_such_conversation)?;
    let others = others_of(&tx, id, me).await?;
    refuse_nobody(&tx, &row, me, &others).await?;
    let at = std::cmp::max(ctx.now, Timestamp(row.last_at.0 + 1));
    let said = message::Model {
        id: MessageId::fresh(),
        conversation_id: id,
        author_id: Some(me),
        client_id,
        text: clean,
        created_at: at,
        edited_at: None,
        deleted_at: None,
    };
    let said = said.into_active_model().reset_all().insert(&*tx).await?;
    let mut row = row.into_active_model();
    row.last_at = Set(at);
    row.update(&*tx).await?;
    let mut mine = mine.into_active_model();
    mine.read_at = Set(at);
    mine.last_at = Set(at);
    mine.update(&*tx).await?;
    let mut events = vec![Event { to: me, signal: Signal::Message(id, said.id) }];
    for other in others {
        if !other.muted {
            events.extend(notification::tell(ctx, &tx, other.member_id, Told::Messages, id.0, Some(me)).await?);
        }
        events.push(Event { to: other.member_id, signal: Signal::Message(id, said.id) });
        let mut other = other.into_active_model();
        other.last_at = Set(at);
        other.update(&*tx).await?;
    }
    tx.commit(ctx, Change { events, ..Change::default() }, &said.id).await?;
    again(ctx, said.id).await
}

/// The others who take part in a conversation, and whom no block hides from the viewer.
async fn others_of(tx: &DatabaseTransaction, id: ConversationId, me: MemberId) -> Result<Vec<participant::Model>> {
    let others = participant::Entity::find()
        .filter(participant::Column::ConversationId.eq(id))
        .filter(participant::Column::MemberId.ne(me))
        .filter(participant::Column::LeftAt.is_null())
        .filter(visibility::existing(me, participant::Column::MemberId));
    Ok(others.all(tx).await?)
}

/// Refuses to speak to nobody: the two are no longer tied, or none of the others is there.
async fn refuse_nobody(
    tx: &DatabaseTransaction,
    row: &conversation::Model,
    me: MemberId,
    others: &[participant::Model],
) -> Result<()> {
    let empty = || Refusal::of("conversationId", Code::WrongState, error::Message::new("conversation-empty")).into();
    match (row.kind, row.low.zip(row.high)) {
        (Kind::Tie, Some((low, high))) => match tie::are_tied(tx, low, high).await? {
            true => Ok(()),
            false => {
                Err(Refusal::of("conversationId", Code::NotTied, error::Message::new("conversation-not-tied")).into())
            }
        },
        (Kind::Tie, None) => Err(empty()),
        (Kind::Introduction | Kind::Nomination, _) if others.iter().all(|other| other.member_id == me) => Err(empty()),
        (Kind::Introduction | Kind::Nomination, _) => Ok(()),
    }
}

/// What this or an earlier try of the same command has left, as it is now.
async fn again(ctx: &Ctx, id: MessageId) -> Result<Message> {
    messages_by_ids(ctx, &[id]).await?.pop().ok_or(Error::AlreadyDone)
}

/// Changes the text of a message of the viewer's.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::InvalidInput`], [`Code::WrongState`] if it was taken back, or
/// [`Code::NotForSupport`].
pub async fn edit(ctx: &Ctx, id: MessageId, raw: &str) -> Result<Message> {
    let clean = text::paragraph("text", raw, LONGEST)?;
    change(ctx, id, |row| {
        if row.deleted_at.is_some() {
            return Err(Refusal::of("messageId", Code::WrongState, error::Message::new("message-deleted")).into());
        }
        let mut row = row.clone().into_active_model();
        row.text = Set(clean);
        row.edited_at = Set(Some(ctx.now));
        Ok(Some(row))
    })
    .await
}

/// Takes a message of the viewer's back: that there was one stays, what it said does not.
///
/// # Errors
/// Refused with [`Code::NotFound`] or [`Code::NotForSupport`].
pub async fn delete(ctx: &Ctx, id: MessageId) -> Result<Message> {
    change(ctx, id, |row| {
        if row.deleted_at.is_some() {
            return Ok(None);
        }
        let mut row = row.clone().into_active_model();
        row.text = Set(String::new());
        row.deleted_at = Set(Some(ctx.now));
        Ok(Some(row))
    })
    .await
}

async fn change(
    ctx: &Ctx,
    id: MessageId,
    work: impl FnOnce(&message::Model) -> Result<Option<message::ActiveModel>>,
) -> Result<Message> {
    let me = themselves(ctx)?;
    let tx = match idempotency::begin::<MessageId>(ctx).await? {
        Begun::Before(id) => return again(ctx, id).await,
        Begun::New(tx) => tx,
    };
    store::lock_members(&tx, [me]).await?;
    let row = seen(ctx)?.filter(Column::Id.eq(id)).filter(Column::AuthorId.eq(me)).one(&*tx).await?;
    let row = row.ok_or_else(no_such_message)?;
    let mut events = Vec::new();
    if let Some(changed) = work(&row)? {
        changed.update(&*tx).await?;
        let others = others_of(&tx, row.conversation_id, me).await?;
        let all = others.into_iter().map(|other| other.member_id).chain([me]);
        events = all.map(|to| Event { to, signal: Signal::Message(row.conversation_id, id) }).collect();
    }
    tx.commit(ctx, Change { events, ..Change::default() }, &id).await?;
    again(ctx, id).await
}

/// What a device calls a message, from how it is written.
///
/// # Errors
/// Refused with [`Code::InvalidInput`] if it is no UUID.
pub fn client_id(raw: &str) -> Result<Uuid> {
    let refused = |_| Refusal::of("clientId", Code::InvalidInput, error::Message::new("not-a-uuid")).into();
    Uuid::parse_str(raw.trim()).map_err(refused)
}

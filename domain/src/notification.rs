//! Notifications: what a member is told of, kept until they have read it, and 90 days at the most.
//!
//! A notification is written in the transaction of what it tells, so that there is exactly one for each thing that
//! happens, and says only what kind of thing that was and to what: what it is, the reader looks up under what they may see by
//! then. It shows as long as the one it is about exists for the reader. Of the messages of a conversation there is one
//! until it is read.
//!
//! Deliberately absent: telling devices that are not connected; texts, which are the app's.

use std::time::Duration;

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, Select, Set};
use uuid::Uuid;

use crate::ctx::{Ctx, Timestamp, days};
use crate::entity::notification::{self, Column};
use crate::error::{Code, Message, Refusal, Result};
use crate::event::Change;
use crate::id::{
    ConversationId, IntroductionId, MemberId, MembershipId, NominationId, NotificationId, TieId, WebhookId,
};
use crate::idempotency::{self, Begun};
use crate::live::{Event, Signal};
use crate::page::{self, Page, Window};
use crate::visibility;

pub use crate::entity::notification::Kind;

/// How long a notification is kept.
const KEPT: Duration = days(90);

/// A notification of the viewer's.
#[derive(Clone, Debug)]
pub struct Notification {
    /// Which.
    pub id: NotificationId,
    /// What has happened.
    pub kind: Kind,
    /// To what.
    pub subject: Subject,
    /// When.
    pub created_at: Timestamp,
    /// When the viewer read it.
    pub read_at: Option<Timestamp>,
}

/// What a notification is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A tie.
    Tie(TieId),
    /// An introduction.
    Introduction(IntroductionId),
    /// A nomination.
    Nomination(NominationId),
    /// A conversation.
    Conversation(ConversationId),
    /// A membership.
    Membership(MembershipId),
    /// A webhook.
    Webhook(WebhookId),
}

impl Notification {
    /// Where it stands in [`list`].
    pub fn cursor(&self) -> String {
        page::encode(LIST, &(self.created_at, self.id))
    }
}

impl From<notification::Model> for Notification {
    fn from(row: notification::Model) -> Self {
        let subject = match row.kind {
            Kind::TieAsked | Kind::TieActive => Subject::Tie(TieId(row.subject_id)),
            Kind::IntroductionRequested
            | Kind::IntroductionPassedOn
            | Kind::IntroductionAccepted
            | Kind::IntroductionClosed
            | Kind::IntroductionExpired => Subject::Introduction(IntroductionId(row.subject_id)),
            Kind::NominationOffered | Kind::NominationAccepted => Subject::Nomination(NominationId(row.subject_id)),
            Kind::Messages => Subject::Conversation(ConversationId(row.subject_id)),
            Kind::CommunityInvited | Kind::CommunityApplied | Kind::CommunityJoined => {
                Subject::Membership(MembershipId(row.subject_id))
            }
            Kind::WebhookDisabled => Subject::Webhook(WebhookId(row.subject_id)),
        };
        Self { id: row.id, kind: row.kind, subject, created_at: row.created_at, read_at: row.read_at }
    }
}

/// The name of the list in cursors.
const LIST: &str = "notifications";

/// Tells `to` that something has happened, in the transaction in which it does; returns what to tell those who listen.
pub(crate) async fn tell(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    to: MemberId,
    kind: Kind,
    subject: Uuid,
    about: Option<MemberId>,
) -> Result<Vec<Event>> {
    let id = NotificationId::fresh();
    let row = notification::ActiveModel {
        id: Set(id),
        member_id: Set(to),
        kind: Set(kind),
        subject_id: Set(subject),
        about_id: Set(about),
        created_at: Set(ctx.now),
        read_at: Set(None),
    };
    // Only that a conversation has messages can stand there already.
    let once = OnConflict::new().do_nothing().to_owned();
    let written = notification::Entity::insert(row).on_conflict(once).exec_without_returning(tx).await?;
    Ok((written == 1).then_some(Event { to, signal: Signal::Notification(id) }).into_iter().collect())
}

/// The viewer's notifications about those who exist for them.
fn mine(ctx: &Ctx) -> Result<Select<notification::Entity>> {
    let me = ctx.me()?;
    let shows = Condition::any().add(Column::AboutId.is_null()).add(visibility::existing(me, Column::AboutId));
    Ok(notification::Entity::find().filter(Column::MemberId.eq(me)).filter(shows))
}

/// The viewer's notifications, newest first.
///
/// # Errors
/// [`crate::error::Error::InvalidCursor`].
pub async fn list(ctx: &Ctx, window: &Window) -> Result<Page<Notification>> {
    let rows = mine(ctx)?;
    let total = window.total_of(&ctx.kith.store.db, &rows).await?;
    let rows = window.newest_first(LIST, rows, Column::CreatedAt, Column::Id)?.all(&ctx.kith.store.db).await?;
    let told = rows.into_iter().map(Notification::from).collect();
    Ok(Page::of(LIST, window, told, total, |it: &Notification| (it.created_at, it.id)))
}

/// Those of the viewer's notifications with these ids.
///
/// # Errors
/// As the database says.
pub async fn by_ids(ctx: &Ctx, ids: &[NotificationId]) -> Result<Vec<Notification>> {
    let rows = mine(ctx)?.filter(Column::Id.is_in(ids.iter().copied())).all(&ctx.kith.store.db).await?;
    Ok(rows.into_iter().map(Notification::from).collect())
}

/// How many of the viewer's notifications they have not read.
///
/// # Errors
/// As the database says.
pub async fn unread(ctx: &Ctx) -> Result<u64> {
    Ok(mine(ctx)?.filter(Column::ReadAt.is_null()).count(&ctx.kith.store.db).await?)
}

/// Which notifications are read.
#[derive(Clone, Debug)]
pub enum Read {
    /// These.
    These(Vec<NotificationId>),
    /// This one, and all that are older.
    UpTo(NotificationId),
}

/// Notes that the viewer has read some of their notifications.
///
/// # Errors
/// Refused with [`Code::NotFound`] if [`Read::UpTo`] names none of theirs.
pub async fn mark_read(ctx: &Ctx, read: Read) -> Result<()> {
    let me = ctx.me()?;
    let tx = match idempotency::begin::<()>(ctx).await? {
        Begun::Before(()) => return Ok(()),
        Begun::New(tx) => tx,
    };
    let some = match read {
        Read::These(ids) => Condition::all().add(Column::Id.is_in(ids)),
        Read::UpTo(id) => {
            let missing = || Refusal::of("upTo", Code::NotFound, Message::new("no-such-notification"));
            let row = notification::Entity::find_by_id(id).filter(Column::MemberId.eq(me)).one(&*tx).await?;
            let row = row.ok_or_else(missing)?;
            let same = Condition::all().add(Column::CreatedAt.eq(row.created_at)).add(Column::Id.lte(row.id));
            Condition::any().add(Column::CreatedAt.lt(row.created_at)).add(same)
        }
    };
    let unread = notification::Entity::update_many()
        .col_expr(Column::ReadAt, Expr::val(ctx.now.0))
        .filter(Column::MemberId.eq(me))
        .filter(Column::ReadAt.is_null())
        .filter(some);
    unread.exec(&*tx).await?;
    tx.commit(ctx, Change::default(), &()).await
}

/// Notes that the viewer has read what they were told of one thing.
pub(crate) async fn read_of(ctx: &Ctx, tx: &DatabaseTransaction, kind: Kind, subject: Uuid) -> Result<()> {
    let unread = notification::Entity::update_many()
        .col_expr(Column::ReadAt, Expr::val(ctx.now.0))
        .filter(Column::MemberId.eq(ctx.me()?))
        .filter(Column::Kind.eq(kind))
        .filter(Column::SubjectId.eq(subject))
        .filter(Column::ReadAt.is_null());
    unread.exec(tx).await?;
    Ok(())
}

/// Forgets the notifications that are too old; returns how many. Called by a timer of the server.
///
/// # Errors
/// As the database says.
pub async fn forget_old(ctx: &Ctx) -> Result<u64> {
    let old = notification::Entity::delete_many().filter(Column::CreatedAt.lte(ctx.now.before(KEPT)));
    Ok(old.exec(&ctx.kith.store.db).await?.rows_affected)
}

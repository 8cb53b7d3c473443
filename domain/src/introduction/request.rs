//! Asking to be introduced.

use std::time::Duration;

use rand::RngExt;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};

use super::{Introduction, Part, State, again, in_state, queue};
use crate::ctx::{Ctx, Timestamp};
use crate::entity::introduction::{self, Column};
use crate::entity::{member, tie_end};
use crate::error::{Code, Error, Message, Refusal, Result, Unique};
use crate::event::Change;
use crate::id::{GoalId, IntroductionId, MemberId};
use crate::idempotency::{self, Begun};
use crate::live::{Event, Signal};
use crate::visibility::{self, Relation};
use crate::{goal, policy, store, text};

/// One open introduction of a requester to a target.
const OPEN: Unique =
    Unique { name: "introduction_open_uq", columns: "introduction.requester_id, introduction.target_id" };

/// An introduction to be asked for.
#[derive(Clone, Debug)]
pub struct NewIntroduction {
    /// Who is to be met.
    pub target: MemberId,
    /// Who is asked to introduce.
    pub connector: MemberId,
    /// Why: at most 1,000 characters. The connector and the target read it.
    pub reason: String,
    /// Which goal of a community of the viewer's it serves.
    pub goal: Option<GoalId>,
}

/// Asks `connector`, whom the viewer knows, to introduce them to `target`, whom that one knows.
///
/// # Errors
/// Refused with [`Code::InvalidInput`], [`Code::NotFound`], [`Code::Yourself`], [`Code::AlreadyTied`], [`Code::NoRoute`],
/// [`Code::NotTakingIntroductions`], [`Code::WrongState`] if one is open, [`Code::TooManyIntroductions`], or
/// [`Code::TooSoon`] with the moment it is possible again.
pub async fn request(ctx: &Ctx, new: NewIntroduction) -> Result<Introduction> {
    let me = ctx.me()?;
    let reason = text::paragraph("reason", &new.reason, 1_000)?;
    // What is looked up first is looked up without the transaction, which holds a connection of its own.
    if let Some(id) = idempotency::before::<IntroductionId>(ctx).await? {
        return again(ctx, id).await;
    }
    refuse_unseen(ctx, &new).await?;
    goal::refuse_unknown(ctx, new.goal).await?;
    let tx = match idempotency::begin::<IntroductionId>(ctx).await? {
        Begun::Before(id) => return again(ctx, id).await,
        Begun::New(tx) => tx,
    };
    let three = [me, new.connector, new.target];
    let members = store::lock_members(&tx, three).await?;
    if !may_be_introduced(&tx, &members, three).await? {
        return Err(no_route());
    }
    refuse_pause(ctx, &members, "connectorId", new.connector)?;
    refuse_pause(ctx, &members, "targetId", new.target)?;
    refuse_at_most(ctx, &tx, me).await?;
    refuse_again(ctx, &tx, me, new.target).await?;
    let row = introduction::Model {
        id: IntroductionId::fresh(),
        requester_id: me,
        connector_id: Some(new.connector),
        target_id: Some(new.target),
        goal_id: new.goal,
        reason,
        note: None,
        state: State::Requested,
        created_at: ctx.now,
        expires_at: ctx.now.after(policy::INTRODUCED_WITHIN),
        reveal_at: drawn(ctx.now),
        connector_at: None,
        passed_at: None,
        target_at: None,
        accepted_at: None,
        ended_at: None,
        ended_by: None,
        withdrawn_at: None,
        told_at: None,
    };
    let open = || Refusal::of("targetId", Code::WrongState, Message::new("introduction-open"));
    let inserted = row.into_active_model().reset_all().insert(&*tx).await;
    let row = inserted.map_err(|error| Error::from(error).on_unique(&OPEN, open()))?;
    let id = row.id;
    let mut events = queue::deliver(ctx, &tx, store::find(&members, new.connector)?, Part::Connector).await?;
    events.push(Event { to: me, signal: Signal::Introduction(id) });
    tx.commit(ctx, Change { events, ..Change::default() }, &id).await?;
    again(ctx, id).await
}

/// The moment at which it shows that somebody said no, if they have by then: anywhere between the request and its end.
fn drawn(now: Timestamp) -> Timestamp {
    let most = policy::INTRODUCED_WITHIN.as_secs();
    now.after(Duration::from_secs(rand::rng().random_range(0..most)))
}

fn no_route() -> Error {
    Refusal::of("connectorId", Code::NoRoute, Message::new("no-route")).into()
}

/// Refuses somebody whom the viewer cannot see, or needs no introduction to.
async fn refuse_unseen(ctx: &Ctx, new: &NewIntroduction) -> Result<()> {
    let refuse = |code, message| Err(Refusal::of("targetId", code, message).into());
    let seen = visibility::seen(ctx, &[new.target, new.connector]).await?;
    match seen.get(&new.target).map(|seen| seen.relation) {
        None => return refuse(Code::NotFound, Message::new("no-such-member")),
        Some(Relation::Myself) => return refuse(Code::Yourself, Message::new("introduced-to-yourself")),
        Some(Relation::Tie) => return refuse(Code::AlreadyTied, Message::new("already-tied")),
        Some(Relation::Network | Relation::Fellow | Relation::Process) => {}
    }
    match seen.get(&new.connector).map(|seen| seen.relation) {
        None => Err(Refusal::of("connectorId", Code::NotFound, Message::new("no-such-member")).into()),
        Some(Relation::Tie) => Ok(()),
        Some(_) => Err(no_route()),
    }
}

/// Whether the second may introduce the first to the third, under the locks of a command: the first two are tied, the
/// last two are and let that show, the first and the third are not, no block stands between any two, and all accounts are in use.
pub(super) async fn may_be_introduced(
    tx: &DatabaseTransaction,
    members: &[member::Model],
    [requester, connector, target]: [MemberId; 3],
) -> Result<bool> {
    let of = |id: MemberId| members.iter().find(|row| row.id == id && policy::is_in_use(row));
    let (Some(_), Some(through), Some(to)) = (of(requester), of(connector), of(target)) else { return Ok(false) };
    if !through.as_route || !to.findable {
        return Ok(false);
    }
    for (a, b) in [(requester, connector), (connector, target), (requester, target)] {
        if visibility::block_between(tx, a, b).await?.is_some() {
            return Ok(false);
        }
    }
    let ties = tie_end::Entity::find().filter(tie_end::Column::MemberId.is_in([requester, target]));
    let ties = ties.filter(tie_end::Column::OtherId.is_in([requester, connector, target])).all(tx).await?;
    let tied = |a: MemberId, b: MemberId| ties.iter().any(|end| end.member_id == a && end.other_id == b);
    Ok(tied(requester, connector) && tied(target, connector) && !tied(requester, target))
}

fn refuse_pause(ctx: &Ctx, members: &[member::Model], field: &'static str, id: MemberId) -> Result<()> {
    match store::find(members, id)?.paused_until {
        Some(until) if ctx.now < until => {
            Err(Refusal::of(field, Code::NotTakingIntroductions, Message::new("not-taking-introductions")).into())
        }
        _ => Ok(()),
    }
}

/// Refuses if so many are open as the requester may have. One that ended without their knowing counts.
async fn refuse_at_most(ctx: &Ctx, tx: &DatabaseTransaction, me: MemberId) -> Result<()> {
    let mine = introduction::Entity::find().filter(Column::RequesterId.eq(me));
    let open = mine.filter(in_state(State::Requested, Part::Requester, me, ctx.now)).count(tx).await?;
    if open < policy::MOST_INTRODUCTIONS {
        return Ok(());
    }
    let message = Message::new("too-many-introductions").with("most", policy::MOST_INTRODUCTIONS);
    Err(Refusal::new(Code::TooManyIntroductions, message).into())
}

/// Refuses if one to the same is open, or came to nothing lately, as far as the requester knows.
async fn refuse_again(ctx: &Ctx, tx: &DatabaseTransaction, me: MemberId, target: MemberId) -> Result<()> {
    let before = introduction::Entity::find().filter(Column::RequesterId.eq(me)).filter(Column::TargetId.eq(target));
    for row in before.all(tx).await? {
        let (state, since) = policy::seen_introduction(&row, Part::Requester, me, ctx.now);
        let again_at = since.after(policy::REST_AFTER_INTRODUCTION);
        match state {
            State::Requested | State::PassedOn => {
                return Err(Refusal::of("targetId", Code::WrongState, Message::new("introduction-open")).into());
            }
            State::Accepted => {}
            State::Declined | State::Withdrawn | State::Expired | State::Closed if ctx.now < again_at => {
                let refusal = Refusal::of("targetId", Code::TooSoon, Message::new("introduced-lately"));
                return Err(Refusal { retry_at: Some(again_at), ..refusal }.into());
            }
            State::Declined | State::Withdrawn | State::Expired | State::Closed => {}
        }
    }
    Ok(())
}

//! The steps of an introduction after it was asked for: passing it on, saying no, saying yes, taking it back.

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};

use super::request::may_be_introduced;
use super::{Introduction, Part, State, again, awaits_answer, no_such_introduction, queue, wrong_state};
use crate::conversation::{self, Opened};
use crate::ctx::Ctx;
use crate::entity::introduction;
use crate::entity::member;
use crate::error::{Error, Message, Result};
use crate::event::Change;
use crate::id::{IntroductionId, MemberId};
use crate::idempotency::{self, Begun, Command};
use crate::live::{Event, Signal};
use crate::notification::{self, Kind};
use crate::{policy, store, text, tie, visibility};

/// What a step found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum Step {
    /// It was taken.
    Taken,
    /// What the introduction rested on is gone: that closed it.
    Gone,
}

/// An introduction under the locks of a command of one of its three.
struct Locked {
    tx: Command,
    row: introduction::Model,
    members: Vec<member::Model>,
    part: Part,
    /// Where it stands for whoever asks.
    state: State,
}

impl Locked {
    /// The three.
    fn three(&self) -> Result<[MemberId; 3]> {
        let others = self.row.connector_id.zip(self.row.target_id).ok_or_else(no_such_introduction)?;
        Ok([self.row.requester_id, others.0, others.1])
    }

    /// Commits, and tells those `concerned` that it looks different now.
    async fn commit(self, ctx: &Ctx, step: Step, mut events: Vec<Event>, concerned: &[MemberId]) -> Result<()> {
        events.extend(concerned.iter().map(|to| Event { to: *to, signal: Signal::Introduction(self.row.id) }));
        let id = self.row.id;
        self.tx.commit(ctx, Change { events, ..Change::default() }, &(id, step)).await
    }
}

/// How a step begins.
enum Begins {
    /// An earlier try has taken it.
    Before(IntroductionId),
    /// It is to be taken.
    New(Box<Locked>),
}

/// Begins a step of the viewer's: locks the three, and reads the introduction as it then is. One that has not reached the
/// viewer, or whose others do not exist for them, is not found.
async fn begin(ctx: &Ctx, id: IntroductionId) -> Result<Begins> {
    let me = ctx.me()?;
    let tx = match idempotency::begin::<(IntroductionId, Step)>(ctx).await? {
        Begun::Before((id, Step::Taken)) => return Ok(Begins::Before(id)),
        Begun::Before((_, Step::Gone)) => return Err(gone()),
        Begun::New(tx) => tx,
    };
    let find = || introduction::Entity::find_by_id(id);
    let found = find().one(&*tx).await?.ok_or_else(no_such_introduction)?;
    let three = [Some(found.requester_id), found.connector_id, found.target_id];
    let three: Vec<MemberId> = three.into_iter().flatten().collect();
    let members = store::lock_members(&tx, three.iter().copied()).await?;
    let row = find().one(&*tx).await?.ok_or_else(no_such_introduction)?;
    let part = policy::part_in(&row, me).ok_or_else(no_such_introduction)?;
    for other in three.iter().filter(|other| **other != me) {
        let exists = members.iter().any(|row| row.id == *other && policy::is_in_use(row));
        if !exists || visibility::block_between(&tx, me, *other).await?.is_some() {
            return Err(no_such_introduction());
        }
    }
    let (state, _) = policy::seen_introduction(&row, part, me, ctx.now);
    Ok(Begins::New(Box::new(Locked { tx, row, members, part, state })))
}

fn gone() -> Error {
    wrong_state(Message::new("introduction-gone"))
}

/// Closes an introduction whose guard is gone, which whoever just tried a step is told.
async fn close(ctx: &Ctx, locked: Locked) -> Result<Introduction> {
    let mut row = locked.row.clone().into_active_model();
    row.state = Set(State::Closed);
    row.ended_at = Set(Some(ctx.now));
    row.update(&*locked.tx).await?;
    locked.commit(ctx, Step::Gone, Vec::new(), &[]).await?;
    Err(gone())
}

/// Passes an introduction on to its target, with a note of at most 1,000 characters, as its connector.
///
/// # Errors
/// Refused with [`crate::error::Code::NotFound`], [`crate::error::Code::WrongState`] or
/// [`crate::error::Code::InvalidInput`].
pub async fn pass_on(ctx: &Ctx, id: IntroductionId, note: &str) -> Result<Introduction> {
    let note = text::paragraph("note", note, 1_000)?;
    let locked = match begin(ctx, id).await? {
        Begins::Before(id) => return again(ctx, id).await,
        Begins::New(locked) => *locked,
    };
    if locked.part != Part::Connector || locked.state != State::Requested {
        return Err(wrong_state(Message::new("introduction-not-to-pass-on")));
    }
    let three = locked.three()?;
    if !policy::awaits(&locked.row, Part::Connector, ctx.now) {
        return Err(gone());
    }
    if !may_be_introduced(&locked.tx, &locked.members, three).await? {
        return close(ctx, locked).await;
    }
    let mut row = locked.row.clone().into_active_model();
    row.state = Set(State::PassedOn);
    row.note = Set(Some(note));
    row.passed_at = Set(Some(ctx.now));
    row.update(&*locked.tx).await?;
    let target = store::find(&locked.members, three[2])?;
    let events = queue::deliver(ctx, &locked.tx, target, Part::Target).await?;
    locked.commit(ctx, Step::Taken, events, &[three[1]]).await?;
    again(ctx, id).await
}

/// Says no to an introduction that awaits the viewer's answer. Nobody is told who did, nor when.
///
/// # Errors
/// Refused with [`crate::error::Code::NotFound`] or [`crate::error::Code::WrongState`].
pub async fn decline(ctx: &Ctx, id: IntroductionId) -> Result<Introduction> {
    let me = ctx.me()?;
    let locked = match begin(ctx, id).await? {
        Begins::Before(id) => return again(ctx, id).await,
        Begins::New(locked) => *locked,
    };
    if locked.state == State::Declined {
        locked.commit(ctx, Step::Taken, Vec::new(), &[]).await?;
        return again(ctx, id).await;
    }
    if !awaits_answer(locked.part, locked.state) {
        return Err(wrong_state(Message::new("introduction-not-awaiting")));
    }
    // One that is gone without the viewer's knowing takes their no all the same.
    let mut row = locked.row.clone().into_active_model();
    row.state = Set(State::Declined);
    row.ended_at = Set(Some(locked.row.ended_at.unwrap_or(ctx.now)));
    row.ended_by = Set(Some(me));
    row.update(&*locked.tx).await?;
    locked.commit(ctx, Step::Taken, Vec::new(), &[me]).await?;
    again(ctx, id).await
}

/// Says yes to an introduction, as its target: that opens a conversation of the three, and asks the two whether they are
/// tied by now.
///
/// # Errors
/// Refused with [`crate::error::Code::NotFound`] or [`crate::error::Code::WrongState`].
pub async fn accept(ctx: &Ctx, id: IntroductionId) -> Result<Introduction> {
    let locked = match begin(ctx, id).await? {
        Begins::Before(id) => return again(ctx, id).await,
        Begins::New(locked) => *locked,
    };
    if locked.part == Part::Target && locked.state == State::Accepted {
        locked.commit(ctx, Step::Taken, Vec::new(), &[]).await?;
        return again(ctx, id).await;
    }
    if locked.part != Part::Target || locked.state != State::PassedOn {
        return Err(wrong_state(Message::new("introduction-not-awaiting")));
    }
    let three = locked.three()?;
    if !policy::awaits(&locked.row, Part::Target, ctx.now) {
        return Err(gone());
    }
    if !may_be_introduced(&locked.tx, &locked.members, three).await? {
        return close(ctx, locked).await;
    }
    let mut row = locked.row.clone().into_active_model();
    row.state = Set(State::Accepted);
    row.accepted_at = Set(Some(ctx.now));
    row.told_at = Set(Some(ctx.now));
    row.update(&*locked.tx).await?;
    conversation::open(ctx, &locked.tx, Opened::ByIntroduction(id), &three).await?;
    let mut events = tie::introduced(ctx, &locked.tx, three[0], three[2], Some(id)).await?;
    for to in [three[0], three[1]] {
        let told = notification::tell(ctx, &locked.tx, to, Kind::IntroductionAccepted, id.0, Some(three[2]));
        events.extend(told.await?);
    }
    locked.commit(ctx, Step::Taken, events, &three).await?;
    again(ctx, id).await
}

/// Takes an introduction back that looks open to the viewer, who asked for it.
///
/// # Errors
/// Refused with [`crate::error::Code::NotFound`] or [`crate::error::Code::WrongState`].
pub async fn withdraw(ctx: &Ctx, id: IntroductionId) -> Result<Introduction> {
    let me = ctx.me()?;
    let locked = match begin(ctx, id).await? {
        Begins::Before(id) => return again(ctx, id).await,
        Begins::New(locked) => *locked,
    };
    if locked.part == Part::Requester && locked.state == State::Withdrawn {
        locked.commit(ctx, Step::Taken, Vec::new(), &[]).await?;
        return again(ctx, id).await;
    }
    if locked.part != Part::Requester || locked.state != State::Requested {
        return Err(wrong_state(Message::new("introduction-not-open")));
    }
    let mut row = locked.row.clone().into_active_model();
    row.withdrawn_at = Set(Some(ctx.now));
    row.told_at = Set(Some(ctx.now));
    // One that ended without their knowing stays what it is: whoever said no keeps seeing that they did.
    if matches!(locked.row.state, State::Requested | State::PassedOn) {
        row.state = Set(State::Withdrawn);
        row.ended_at = Set(Some(ctx.now));
        row.ended_by = Set(Some(me));
    }
    row.update(&*locked.tx).await?;
    let mut concerned = vec![me];
    concerned.extend(locked.row.connector_at.and(locked.row.connector_id));
    concerned.extend(locked.row.target_at.and(locked.row.target_id));
    locked.commit(ctx, Step::Taken, Vec::new(), &concerned).await?;
    again(ctx, id).await
}

//! Ties between two who met: in person at once if both phones were there to say so, and when the one who showed the code
//! confirms it if the scan came late.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, Set,
};

use super::{answer, claim};
use crate::ctx::{Ctx, Timestamp};
use crate::entity::tie::{self, Answer, Context, Evidence, State};
use crate::entity::tie_end;
use crate::error::Result;
use crate::event::Change;
use crate::id::MemberId;
use crate::notification::{self, Kind};
use crate::policy;

/// A meeting, as the scanning phone tells it.
pub(crate) struct Meeting {
    /// Who showed the code.
    pub(crate) opener: MemberId,
    /// Who scanned it.
    pub(crate) scanner: MemberId,
    /// When.
    pub(crate) met_at: Timestamp,
    /// How the two know each other.
    pub(crate) context: Context,
    /// The same in words.
    pub(crate) note: Option<String>,
}

/// When a meeting is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// While the code was shown: both agree by what they do.
    AtOnce,
    /// Later: the opener is asked.
    Late,
}

/// The tie of two who met, in a transaction that has locked both.
pub(crate) async fn meet(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    meeting: Meeting,
    told: Told,
) -> Result<(tie::Model, Change)> {
    let row = open(ctx, tx, &meeting).await?;
    if row.evidence == Evidence::InPerson && row.state == State::Active {
        return Ok((row, Change::default()));
    }
    let row = answer::answer(tx, row, meeting.scanner, Answer::Yes).await?;
    let mut met = row.into_active_model();
    met.met_at = Set(Some(meeting.met_at));
    met.received_at = Set(Some(ctx.now));
    met.met_awaits = Set((told == Told::Late).then_some(meeting.opener));
    let row = met.update(tx).await?;
    match told {
        Told::AtOnce => {
            let row = answer::answer(tx, row, meeting.opener, Answer::Yes).await?;
            in_person(ctx, tx, row).await
        }
        Told::Late => {
            let (row, mut change) = answer::settle(ctx, tx, row).await?;
            if row.state == State::Pending {
                let told = notification::tell(ctx, tx, meeting.opener, Kind::TieAsked, row.id.0, Some(meeting.scanner));
                change.events = told.await?;
            }
            Ok((row, change))
        }
    }
}

/// What `me` says of having met `other` at a gathering, in a transaction that has locked both: the first one's word asks
/// the other, the second one's makes the tie rest on it.
pub(crate) async fn met(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    me: MemberId,
    other: MemberId,
    met_at: Timestamp,
    context: Context,
) -> Result<(tie::Model, Change)> {
    if let Some(row) = answer::open_between(tx, me, other).await?.filter(|row| row.met_awaits == Some(me)) {
        let row = answer::answer(tx, row, me, Answer::Yes).await?;
        return confirmed(ctx, tx, row, me).await;
    }
    meet(ctx, tx, Meeting { opener: other, scanner: me, met_at, context, note: None }, Told::Late).await
}

/// The open tie of the two, which may have waited for this; a new one if there is none.
async fn open(ctx: &Ctx, tx: &DatabaseTransaction, meeting: &Meeting) -> Result<tie::Model> {
    match answer::open_between(tx, meeting.opener, meeting.scanner).await? {
        Some(over) if over.state == State::Pending && over.expires_at <= ctx.now => {
            answer::close(ctx, tx, over, meeting.scanner, State::Expired).await?;
        }
        Some(open) => return Ok(open),
        None => {}
    }
    let (context, note) = (meeting.context, meeting.note.clone());
    claim::insert(ctx, tx, meeting.scanner, meeting.opener, Answer::None, context, note).await
}

/// Makes a tie rest on a meeting, active or about to be.
async fn in_person(ctx: &Ctx, tx: &DatabaseTransaction, row: tie::Model) -> Result<(tie::Model, Change)> {
    let was_active = row.state == State::Active;
    let mut row = row.into_active_model();
    row.evidence = Set(Evidence::InPerson);
    row.met_awaits = Set(None);
    let row = row.update(tx).await?;
    if !was_active {
        return answer::settle(ctx, tx, row).await;
    }
    tie_end::Entity::update_many()
        .col_expr(tie_end::Column::Evidence, Expr::val(Evidence::InPerson.to_value()))
        .filter(tie_end::Column::TieId.eq(row.id))
        .exec(tx)
        .await?;
    let ties = vec![row.low, row.high];
    Ok((row, Change { ties, ..Change::default() }))
}

/// What `member`'s yes to the tie also says: that the two met, if that awaits their word.
pub(super) async fn confirmed(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    row: tie::Model,
    member: MemberId,
) -> Result<(tie::Model, Change)> {
    if row.met_awaits == Some(member) { in_person(ctx, tx, row).await } else { answer::settle(ctx, tx, row).await }
}

/// Takes the meeting off an active tie, whose opener says that it was none. The tie stays what it was.
pub(super) async fn denied(tx: &DatabaseTransaction, row: tie::Model) -> Result<tie::Model> {
    let mut row = row.into_active_model();
    row.met_at = Set(None);
    row.received_at = Set(None);
    row.met_awaits = Set(None);
    Ok(row.update(tx).await?)
}

/// Whether an active tie waits for `member` to say that the two met.
pub(super) fn awaits(row: &tie::Model, member: MemberId) -> bool {
    row.state == State::Active && row.met_awaits == Some(member)
}

/// How long after its code a meeting may be told.
pub(crate) fn may_be_told(expires_at: Timestamp, now: Timestamp) -> bool {
    now <= expires_at.after(policy::HANDSHAKE_TOLD)
}

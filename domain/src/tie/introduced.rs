//! Ties that neither of the two began: of those who were introduced to each other, or whom a list names.

use sea_orm::{ActiveModelTrait, DatabaseTransaction, IntoActiveModel, Set};

use super::answer;
use crate::ctx::{Ctx, Timestamp};
use crate::entity::tie::{self, Answer, Context, Evidence, State};
use crate::error::Result;
use crate::id::{IntroductionId, MemberId, TieId};
use crate::live::Event;
use crate::notification::{self, Kind};
use crate::policy;

/// A tie nobody has answered.
pub(crate) fn asked(a: MemberId, b: MemberId, evidence: Evidence, context: Context, at: Timestamp) -> tie::Model {
    tie::Model {
        id: TieId::fresh(),
        low: a.min(b),
        high: a.max(b),
        low_answer: Answer::None,
        high_answer: Answer::None,
        state: State::Pending,
        evidence,
        context,
        note: None,
        begun_by: None,
        closed_by: None,
        created_at: at,
        expires_at: at.after(policy::ANSWERED_WITHIN),
        active_at: None,
        closed_at: None,
        met_at: None,
        received_at: None,
        met_awaits: None,
        introduction_id: None,
    }
}

/// Asks two who were introduced to each other whether they are tied by now, unless they are, or are asked already; in a
/// transaction that has locked both.
pub(crate) async fn introduced(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    a: MemberId,
    b: MemberId,
    introduction: Option<IntroductionId>,
) -> Result<Vec<Event>> {
    match answer::open_between(tx, a, b).await? {
        Some(over) if over.state == State::Pending && over.expires_at <= ctx.now => {
            let mut over = over.into_active_model();
            over.state = Set(State::Expired);
            over.closed_at = Set(Some(ctx.now));
            over.update(tx).await?;
        }
        Some(_) => return Ok(Vec::new()),
        None => {}
    }
    let row =
        tie::Model { introduction_id: introduction, ..asked(a, b, Evidence::Introduced, Context::Other, ctx.now) };
    let row = row.into_active_model().reset_all().insert(tx).await?;
    let mut events = notification::tell(ctx, tx, a, Kind::TieAsked, row.id.0, Some(b)).await?;
    events.extend(notification::tell(ctx, tx, b, Kind::TieAsked, row.id.0, Some(a)).await?);
    Ok(events)
}

//! What is open between people and rests on their ties: how introductions and nominations close when that is gone.
//!
//! Whoever makes or ends a tie, blocks, or takes an account out of use calls this, in the same transaction and under its
//! locks. It stands below the nouns it closes, because ties, which they rest on, come before them. Only what is so is
//! written here; to whom it shows when, the nouns say.
//!
//! Deliberately absent: telling anybody. That an introduction closed shows at the moment drawn for it, and a timer tells; to
//! whoever closed it as well, because one that somebody had declined before, without their knowing, shows no sooner.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, ExprTrait, QueryFilter, QuerySelect,
    QueryTrait, UpdateMany,
};

use crate::ctx::Ctx;
use crate::entity::introduction::Column::{ConnectorId, RequesterId, RevealAt, TargetId};
use crate::entity::nomination::Column::{AskId, NominatorId, NomineeId};
use crate::entity::{ask, introduction, nomination, notification};
use crate::error::Result;
use crate::id::MemberId;

/// Closes what ran over the tie of `a` and `b`, which has ended.
pub(crate) async fn tie_ended(ctx: &Ctx, tx: &DatabaseTransaction, a: MemberId, b: MemberId) -> Result<()> {
    introductions(ctx, both(&[(RequesterId, ConnectorId), (ConnectorId, TargetId)], a, b)).exec(tx).await?;
    nominations(ctx, both(&[(NominatorId, NomineeId)], a, b)).exec(tx).await?;
    Ok(())
}

/// Closes what would have brought `a` and `b` together, who are tied now. Both know that they are, so it shows at once, also
/// of what had ended without the requester's knowing.
pub(crate) async fn tied(ctx: &Ctx, tx: &DatabaseTransaction, a: MemberId, b: MemberId) -> Result<()> {
    use introduction::{Column, State};
    let between = both(&[(RequesterId, TargetId)], a, b);
    introductions(ctx, between.clone()).exec(tx).await?;
    let shows_later =
        Condition::any().add(Expr::col(RevealAt).gt(ctx.now.0)).add(Expr::col(Column::EndedAt).gt(Expr::col(RevealAt)));
    introduction::Entity::update_many()
        .col_expr(RevealAt, Expr::val(ctx.now.0))
        .filter(Column::State.is_in([State::Declined, State::Closed]))
        .filter(Column::WithdrawnAt.is_null())
        .filter(Column::ExpiresAt.gt(ctx.now))
        .filter(shows_later)
        .filter(between)
        .exec(tx)
        .await?;
    Ok(())
}

/// Closes what is open with both `a` and `b` in it, one of whom blocks the other, and takes back what either was told of it,
/// or of the other.
pub(crate) async fn blocked(ctx: &Ctx, tx: &DatabaseTransaction, a: MemberId, b: MemberId) -> Result<()> {
    let pairs = [(RequesterId, ConnectorId), (ConnectorId, TargetId), (RequesterId, TargetId)];
    let introduced = both(&pairs, a, b);
    introductions(ctx, introduced.clone()).exec(tx).await?;
    let asked = |asker: MemberId, other: MemberId| {
        let named = Condition::any().add(NominatorId.eq(other)).add(NomineeId.eq(other));
        Condition::all().add(of_asker(asker)).add(named)
    };
    let named = both(&[(NominatorId, NomineeId)], a, b).add(asked(a, b)).add(asked(b, a));
    nominations(ctx, named.clone()).exec(tx).await?;
    let introduced = introduction::Entity::find().select_only().column(introduction::Column::Id).filter(introduced);
    let named = nomination::Entity::find().select_only().column(nomination::Column::Id).filter(named);
    let told = Condition::any()
        .add(notification::Column::AboutId.is_in([a, b]))
        .add(notification::Column::SubjectId.in_subquery(introduced.into_query()))
        .add(notification::Column::SubjectId.in_subquery(named.into_query()));
    let told = notification::Entity::delete_many().filter(told);
    told.filter(notification::Column::MemberId.is_in([a, b])).exec(tx).await?;
    Ok(())
}

/// Closes everything that is open with `member` in it, whose account is out of use.
pub(crate) async fn gone(ctx: &Ctx, tx: &DatabaseTransaction, member: MemberId) -> Result<()> {
    let with = Condition::any().add(RequesterId.eq(member)).add(ConnectorId.eq(member)).add(TargetId.eq(member));
    introductions(ctx, with).exec(tx).await?;
    let with = Condition::any().add(NominatorId.eq(member)).add(NomineeId.eq(member)).add(of_asker(member));
    nominations(ctx, with).exec(tx).await?;
    ask::Entity::update_many()
        .col_expr(ask::Column::State, Expr::val(ask::State::Closed.to_value()))
        .col_expr(ask::Column::ClosedAt, Expr::val(ctx.now.0))
        .filter(ask::Column::AskerId.eq(member))
        .filter(ask::Column::State.eq(ask::State::Open))
        .exec(tx)
        .await?;
    Ok(())
}

/// The rows in which `a` and `b` are one of these pairs, in whichever order.
fn both<C: ColumnTrait>(pairs: &[(C, C)], a: MemberId, b: MemberId) -> Condition {
    pairs.iter().fold(Condition::any(), |any, (one, other)| {
        any.add(Condition::all().add(one.eq(a)).add(other.eq(b))).add(Condition::all().add(one.eq(b)).add(other.eq(a)))
    })
}

/// The nominations for the asks of `asker`.
fn of_asker(asker: MemberId) -> Condition {
    let asks = ask::Entity::find().select_only().column(ask::Column::Id).filter(ask::Column::AskerId.eq(asker));
    Condition::all().add(AskId.in_subquery(asks.into_query()))
}

/// Closes the open introductions among `some`.
fn introductions(ctx: &Ctx, some: Condition) -> UpdateMany<introduction::Entity> {
    use introduction::{Column, State};
    introduction::Entity::update_many()
        .col_expr(Column::State, Expr::val(State::Closed.to_value()))
        .col_expr(Column::EndedAt, Expr::val(ctx.now.0))
        .filter(Column::State.is_in([State::Requested, State::PassedOn]))
        .filter(Column::ExpiresAt.gt(ctx.now))
        .filter(some)
}

/// Closes the open nominations among `some`; one whose time is over stays expired.
fn nominations(ctx: &Ctx, some: Condition) -> UpdateMany<nomination::Entity> {
    use nomination::{Column, State};
    nomination::Entity::update_many()
        .col_expr(Column::State, Expr::val(State::Closed.to_value()))
        .col_expr(Column::EndedAt, Expr::val(ctx.now.0))
        .filter(Column::State.eq(State::Offered))
        .filter(Column::ExpiresAt.gt(ctx.now))
        .filter(some)
}

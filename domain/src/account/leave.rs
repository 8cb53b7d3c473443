//! Leaving: hidden at once, gone after fourteen days, and back by signing in until then.
//!
//! Who leaves is signed out everywhere and seen by nobody from that moment on; the communities they looked after alone
//! pass to somebody else. When the days are over a timer deletes
//! them: the member's row and all that hangs on it, what others have written of their address, archives of others that
//! name them (made anew, without), and what caches hold. Of an imported person stays that somebody of the list is gone,
//! as a hash, so that a later import brings nobody back.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};

use super::export;
use crate::credential::Proof;
use crate::ctx::{Ctx, Timestamp};
use crate::entity::{block, claim, email_code, handshake, imported_person, invitation, member, tie_end};
use crate::error::{Code, Message, Refusal, Result};
use crate::event::{self, Change};
use crate::id::MemberId;
use crate::letter::{Content, Letter};
use crate::{community, credential, idempotency, import, policy, process, session, store};

/// What a member says of the archive of what they gave when they leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Archive {
    /// They have fetched it.
    Fetched,
    /// They do not want it.
    Waived,
}

/// Begins to delete the viewer's account; returns when it will be gone, and the letter that tells them.
///
/// # Errors
/// Refused with [`Code::ExportFirst`] unless the member has fetched their archive lately or waives it,
/// [`Code::ProofRequired`], [`Code::InvalidCredentials`], [`Code::TooManyAttempts`] or [`Code::NotForSupport`].
pub async fn delete(ctx: &Ctx, archive: Archive, proof: Option<Proof>) -> Result<(Timestamp, Option<Letter>)> {
    let me = credential::proven(ctx, proof).await?;
    if archive == Archive::Fetched && !export::was_fetched(ctx, me.id).await? {
        return Err(Refusal::new(Code::ExportFirst, Message::new("export-first")).into());
    }
    let at = ctx.now.after(policy::LEAVING_LASTS);
    let tx = ctx.kith.store.begin().await?;
    let row = store::find(&store::lock_members(&tx, [me.id]).await?, me.id)?.clone();
    let mut row = row.into_active_model();
    row.leaves_at = Set(Some(at));
    row.update(&tx).await?;
    session::end_others(&tx, me.id, None).await?;
    close(ctx, &tx, me.id).await?;
    community::disappear(ctx, &tx, me.id).await?;
    community::succeed(ctx, &tx, me.id).await?;
    process::gone(ctx, &tx, me.id).await?;
    let all = vec![me.id];
    let change =
        Change { cards: all.clone(), ties: all.clone(), blocks: all.clone(), accounts: all, ..Change::default() };
    event::commit(ctx, tx, change).await?;
    Ok((at, me.email.map(|to| Letter { to, content: Content::DeletionScheduled { at } })))
}

/// Ends what of theirs somebody could still use.
async fn close(ctx: &Ctx, tx: &DatabaseTransaction, me: MemberId) -> Result<()> {
    invitation::Entity::update_many()
        .col_expr(invitation::Column::WithdrawnAt, Expr::val(ctx.now.0))
        .filter(invitation::Column::InviterId.eq(me))
        .filter(invitation::Column::UsedAt.is_null())
        .filter(invitation::Column::WithdrawnAt.is_null())
        .exec(tx)
        .await?;
    handshake::Entity::delete_many()
        .filter(handshake::Column::OpenerId.eq(me))
        .filter(handshake::Column::ReceivedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// How many members one run deletes.
const BATCH: u64 = 50;

/// Deletes the members whose fourteen days are over; returns how many. Called by a timer of the server.
///
/// # Errors
/// As the database says.
pub async fn delete_due(ctx: &Ctx) -> Result<u64> {
    let due = member::Entity::find().filter(member::Column::LeavesAt.lte(ctx.now));
    let due = due.order_by_asc(member::Column::LeavesAt).limit(BATCH).all(&ctx.kith.store.db).await?;
    let mut deleted = 0;
    for member in due {
        match erase(ctx, member.id).await {
            Ok(erased) => deleted += u64::from(erased),
            // They stay hidden, are tried again, and do not hold up the others.
            Err(error) => tracing::error!(member = %member.id.0, ?error, "a member who left cannot be deleted"),
        }
    }
    Ok(deleted)
}

/// Deletes one member, unless somebody else has, or they came back.
async fn erase(ctx: &Ctx, id: MemberId) -> Result<bool> {
    let tx = ctx.kith.store.begin().await?;
    let row = store::lock_members(&tx, [id]).await?.pop();
    let Some(row) = row.filter(|row| row.leaves_at.is_some_and(|at| at <= ctx.now)) else { return Ok(false) };
    let (tied, blocked) = (tied_to(&tx, id).await?, blocks_of(&tx, id).await?);
    let named = claimers_of(&tx, &row).await?;
    export::make_anew(&tx, named.iter().chain(&blocked).copied().collect()).await?;
    forget_names(&tx, &row).await?;
    forget_imports(&tx, id).await?;
    idempotency::forget(&tx, id).await?;
    member::Entity::delete_by_id(id).exec(&tx).await?;
    let with = |others: Vec<MemberId>| others.into_iter().chain([id]).collect::<Vec<_>>();
    let change = Change {
        cards: vec![id],
        ties: with(tied),
        blocks: with(blocked),
        accounts: vec![id],
        communities: vec![id],
        ..Change::default()
    };
    event::commit(ctx, tx, change).await?;
    tracing::info!("a member who left is gone");
    Ok(true)
}

async fn tied_to(tx: &DatabaseTransaction, id: MemberId) -> Result<Vec<MemberId>> {
    let ends = tie_end::Entity::find().select_only().column(tie_end::Column::OtherId);
    Ok(ends.filter(tie_end::Column::MemberId.eq(id)).into_tuple().all(tx).await?)
}

async fn blocks_of(tx: &DatabaseTransaction, id: MemberId) -> Result<Vec<MemberId>> {
    let either = Condition::any().add(block::Column::OwnerId.eq(id)).add(block::Column::BlockedId.eq(id));
    let rows = block::Entity::find().filter(either).all(tx).await?;
    Ok(rows.into_iter().flat_map(|row| [row.owner_id, row.blocked_id]).filter(|other| *other != id).collect())
}

/// The claims that are about the member, or name them.
fn claims_of(row: &member::Model) -> Condition {
    let names = [Some(row.handle.clone()), row.email.clone()].into_iter().flatten();
    Condition::any().add(claim::Column::TargetId.eq(row.id)).add(claim::Column::Named.is_in(names))
}

async fn claimers_of(tx: &DatabaseTransaction, row: &member::Model) -> Result<Vec<MemberId>> {
    let claimers = claim::Entity::find().select_only().column(claim::Column::ClaimerId).distinct();
    Ok(claimers.filter(claims_of(row)).into_tuple().all(tx).await?)
}

/// Takes the member's names out of what others wrote: their claims, and what was sent to the address.
async fn forget_names(tx: &DatabaseTransaction, row: &member::Model) -> Result<()> {
    claim::Entity::delete_many().filter(claims_of(row)).exec(tx).await?;
    let email = row.email.clone().unwrap_or_default();
    email_code::Entity::delete_by_id(email.clone()).exec(tx).await?;
    let of_them = Condition::any().add(invitation::Column::UsedBy.eq(row.id)).add(invitation::Column::Email.eq(email));
    invitation::Entity::delete_many().filter(of_them).exec(tx).await?;
    Ok(())
}

/// Keeps of an imported person that they are gone, and nothing else.
async fn forget_imports(tx: &DatabaseTransaction, id: MemberId) -> Result<()> {
    let query = imported_person::Entity::find().filter(imported_person::Column::MemberId.eq(id));
    for row in query.all(tx).await? {
        imported_person::Entity::update_many()
            .col_expr(imported_person::Column::ExternalId, import::gone_id(&row.slug, &row.external_id).into())
            .col_expr(imported_person::Column::Said, "{}".into())
            .filter(imported_person::Column::Slug.eq(row.slug))
            .filter(imported_person::Column::ExternalId.eq(row.external_id))
            .exec(tx)
            .await?;
    }
    Ok(())
}

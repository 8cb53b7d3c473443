//! Changing an e-mail address: confirmed by a code from the old address and one from the new.
//!
//! Whether the new address has an account already does not show before its code has: who reads that code may know.

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use uuid::Uuid;

use super::Proof;
use crate::ctx::Ctx;
use crate::entity::address_change::{self, Column};
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::{self, Change};
use crate::letter::{Content, Letter};
use crate::member::EMAIL;
use crate::secret::Purpose;
use crate::{policy, session, store, text};

/// Begins to change the viewer's address; returns the letters with the two codes. Another change that waits is dropped.
///
/// # Errors
/// Refused with [`Code::InvalidInput`], [`Code::TooManyAttempts`], or as [`super::proven`].
pub async fn change_email(ctx: &Ctx, new: &str, proof: Option<Proof>) -> Result<Vec<Letter>> {
    let new_email = text::email("email", new)?;
    let me = super::proven(ctx, proof).await?;
    let to = me.email.iter().chain([&new_email]).map(|to| (policy::LETTERS_TO_ADDRESS, to.clone()));
    let overall = [(policy::LETTERS_FROM_ADDRESS, ctx.network()), (policy::LETTERS, String::new())];
    super::slow_down(ctx, &to.chain(overall).collect::<Vec<_>>()).await?;
    let id = Uuid::now_v7();
    let row = address_change::ActiveModel {
        member_id: Set(me.id),
        id: Set(id),
        old_email: Set(me.email.clone()),
        new_email: Set(new_email.clone()),
        tries: Set(0),
        created_at: Set(ctx.now),
        expires_at: Set(ctx.now.after(policy::CODE_LASTS)),
    };
    let anew = [Column::Id, Column::OldEmail, Column::NewEmail, Column::Tries, Column::CreatedAt, Column::ExpiresAt];
    let anew = OnConflict::column(Column::MemberId).update_columns(anew).to_owned();
    address_change::Entity::insert(row).on_conflict(anew).exec_without_returning(&ctx.kith.store.db).await?;
    let old = me.email.map(|to| {
        let code = ctx.kith.secrets.digits(Purpose::OldAddress, id);
        Letter { to, content: Content::OldAddressCode { code, new_address: new_email.clone() } }
    });
    let code = ctx.kith.secrets.digits(Purpose::NewAddress, id);
    Ok(old.into_iter().chain([Letter { to: new_email.clone(), content: Content::NewAddressCode { code } }]).collect())
}

/// Changes the viewer's address, with both codes; signs all their other devices out. Returns the letter to the old
/// address that tells of it. A member without an address so far needs no code of an old one.
///
/// # Errors
/// Refused with [`Code::InvalidCredentials`], [`Code::TooManyAttempts`], [`Code::EmailTaken`] or
/// [`Code::NotForSupport`].
pub async fn confirm_email_change(ctx: &Ctx, old_code: Option<&str>, new_code: &str) -> Result<Option<Letter>> {
    let me = session::own(ctx).await?.member_id;
    // By account, since each change that is begun has five tries of its own; not by the address, at which anybody guesses.
    super::slow_down(ctx, &super::guess_buckets(ctx, &me.0.to_string())).await?;
    let row = tried(ctx, me).await?;
    let tx = ctx.kith.store.begin().await?;
    let members = store::lock_members(&tx, [me]).await?;
    let member = store::find(&members, me)?.clone();
    let is_right = row.as_ref().is_some_and(|row| are_right(ctx, row, old_code.unwrap_or_default(), new_code));
    let row = row.filter(|row| is_right && row.old_email == member.email);
    let row = row.ok_or_else(super::code_not_right)?;
    let mut changed = member.into_active_model();
    changed.email = Set(Some(row.new_email.clone()));
    changed.updated_at = Set(ctx.now);
    let taken = Refusal::new(Code::EmailTaken, Message::new("email-taken"));
    changed.update(&tx).await.map_err(|error| Error::from(error).on_unique(&EMAIL, taken))?;
    address_change::Entity::delete_by_id(me).exec(&tx).await?;
    session::end_others(&tx, me, ctx.session).await?;
    event::commit(ctx, tx, Change { accounts: vec![me], ..Change::default() }).await?;
    let told = |to: String| Letter { to, content: Content::AddressChanged { new_address: row.new_email.clone() } };
    Ok(row.old_email.clone().map(told))
}

/// The change that waits, after one more try; `None` if there is none, or it was tried too often.
async fn tried(ctx: &Ctx, me: crate::id::MemberId) -> Result<Option<address_change::Model>> {
    let tried = address_change::Entity::update_many()
        .col_expr(Column::Tries, Expr::col(Column::Tries).add(1))
        .filter(Column::MemberId.eq(me))
        .filter(Column::Tries.lt(policy::MOST_TRIES))
        .filter(Column::ExpiresAt.gt(ctx.now))
        .exec(&ctx.kith.store.db)
        .await?;
    let row = address_change::Entity::find_by_id(me).one(&ctx.kith.store.db).await?;
    Ok(row.filter(|_| tried.rows_affected == 1))
}

fn are_right(ctx: &Ctx, row: &address_change::Model, old_code: &str, new_code: &str) -> bool {
    let secrets = &ctx.kith.secrets;
    let old = row.old_email.is_none() || secrets.are_digits(Purpose::OldAddress, row.id, old_code);
    old & secrets.are_digits(Purpose::NewAddress, row.id, new_code)
}

/// Deletes the changes whose time is over; returns how many.
pub(super) async fn forget_old(ctx: &Ctx) -> Result<u64> {
    let old = address_change::Entity::delete_many().filter(Column::ExpiresAt.lte(ctx.now));
    Ok(old.exec(&ctx.kith.store.db).await?.rows_affected)
}

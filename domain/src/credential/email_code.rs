//! One-time codes sent by e-mail: six digits, ten minutes, five tries.
//!
//! A code belongs to an address, not to an account, so that asking for one does the same work, and has the same answer,
//! whether anybody has an account there or not. Asking again soon sends the same code again: a letter that was late is
//! still good, and the five tries are not begun anew.

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use crate::ctx::Ctx;
use crate::entity::email_code::{self, Column};
use crate::error::Result;
use crate::letter::{Content, Letter};
use crate::secret::Purpose;
use crate::{policy, text};

/// Makes a code for whoever reads `email`, to be sent there.
///
/// # Errors
/// Refused with [`crate::error::Code::InvalidInput`] or [`crate::error::Code::TooManyAttempts`].
pub async fn request_sign_in_code(ctx: &Ctx, email: &str) -> Result<Letter> {
    let to = text::email("email", email)?;
    let buckets = [
        (policy::LETTERS_TO_ADDRESS, to.clone()),
        (policy::LETTERS_FROM_ADDRESS, ctx.network()),
        (policy::LETTERS, String::new()),
    ];
    super::slow_down(ctx, &buckets).await?;
    let code = ctx.kith.secrets.digits(Purpose::SignInCode, current(ctx, &to).await?);
    Ok(Letter { to, content: Content::SignInCode { code } })
}

/// What the code of `email` is made of: as before if that is good for a while, else anew.
async fn current(ctx: &Ctx, email: &str) -> Result<Uuid> {
    let tx = ctx.kith.store.begin().await?;
    let row = email_code::Entity::find_by_id(email).one(&tx).await?;
    let good_until = ctx.now.after(policy::CODE_LASTS / 2);
    if let Some(row) = row.filter(|row| row.expires_at > good_until && row.tries < policy::MOST_TRIES) {
        return Ok(row.id);
    }
    let id = Uuid::now_v7();
    let row = email_code::ActiveModel {
        email: Set(email.to_owned()),
        id: Set(id),
        tries: Set(0),
        created_at: Set(ctx.now),
        expires_at: Set(ctx.now.after(policy::CODE_LASTS)),
    };
    let anew = [Column::Id, Column::Tries, Column::CreatedAt, Column::ExpiresAt];
    let anew = OnConflict::column(Column::Email).update_columns(anew).to_owned();
    email_code::Entity::insert(row).on_conflict(anew).exec_without_returning(&tx).await?;
    tx.commit().await?;
    Ok(id)
}

/// Whether `typed` is the code of `email`. Each look is a try, also of several at once.
pub(super) async fn is_right(ctx: &Ctx, email: &str, typed: &str) -> Result<bool> {
    let tried = email_code::Entity::update_many()
        .col_expr(Column::Tries, Expr::col(Column::Tries).add(1))
        .filter(Column::Email.eq(email))
        .filter(Column::Tries.lt(policy::MOST_TRIES))
        .filter(Column::ExpiresAt.gt(ctx.now))
        .exec(&ctx.kith.store.db)
        .await?;
    let row = email_code::Entity::find_by_id(email).one(&ctx.kith.store.db).await?;
    let id = row.map_or(Uuid::nil(), |row| row.id);
    let is_right = ctx.kith.secrets.are_digits(Purpose::SignInCode, id, typed);
    Ok(tried.rows_affected == 1 && is_right)
}

/// Uses the code of `email` up; false if somebody else just did.
pub(crate) async fn consume(tx: &DatabaseTransaction, email: &str) -> Result<bool> {
    Ok(email_code::Entity::delete_by_id(email).exec(tx).await?.rows_affected == 1)
}

/// Uses the code of `email` up.
pub(super) async fn forget(ctx: &Ctx, email: &str) -> Result<()> {
    email_code::Entity::delete_by_id(email).exec(&ctx.kith.store.db).await?;
    Ok(())
}

/// Deletes the codes whose time is over; returns how many.
pub(super) async fn forget_old(ctx: &Ctx) -> Result<u64> {
    let old = email_code::Entity::delete_many().filter(Column::ExpiresAt.lte(ctx.now));
    Ok(old.exec(&ctx.kith.store.db).await?.rows_affected)
}

//! One-time codes sent by e-mail: six digits, ten minutes, five tries.
//!
//! A code belongs to an address, not to an account, so that asking for one does the same work, and has the same answer,
//! whether anybody has an account there or not. Asking again soon sends the same code again: a letter that was late is
//! still good, and the five tries are not begun anew.

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};
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
    let id = Uuid::now_v7();
    let row = email_code::ActiveModel {
        email: Set(email.to_owned()),
        id: Set(id),
        tries: Set(0),
        created_at: Set(ctx.now),
        expires_at: Set(ctx.now.after(policy::CODE_LASTS)),
    };
    // In one statement, so that several who ask at once are sent one code.
    let is_over = Expr::col((email_code::Entity, Column::ExpiresAt))
        .lte(ctx.now.after(policy::CODE_LASTS / 2).0)
        .or(Expr::col((email_code::Entity, Column::Tries)).gte(policy::MOST_TRIES));
    let mut anew = OnConflict::column(Column::Email);
    anew.update_columns([Column::Id, Column::Tries, Column::CreatedAt, Column::ExpiresAt]).action_and_where(is_over);
    email_code::Entity::insert(row).on_conflict(anew).exec_without_returning(&ctx.kith.store.db).await?;
    let kept = email_code::Entity::find_by_id(email).one(&ctx.kith.store.db).await?;
    // Used up in between: the letter then brings a code that is good for nothing, as one used a moment later.
    Ok(kept.map_or(id, |row| row.id))
}

/// What the code of `email` is made of, if `typed` is that code. Each look is a try, also of several at once.
pub(super) async fn is_right(ctx: &Ctx, email: &str, typed: &str) -> Result<Option<Uuid>> {
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
    Ok((tried.rows_affected == 1 && is_right).then_some(id))
}

/// Uses the code of `email` up that was found right a moment ago.
///
/// # Errors
/// Refused with [`crate::error::Code::InvalidCredentials`] if somebody else just did, even if there is another by now.
pub(crate) async fn consume(db: &impl ConnectionTrait, email: &str, id: Uuid) -> Result<()> {
    let this = email_code::Entity::delete_many().filter(Column::Email.eq(email)).filter(Column::Id.eq(id));
    match this.exec(db).await?.rows_affected {
        0 => Err(super::code_not_right()),
        _ => Ok(()),
    }
}

/// Deletes the codes whose time is over; returns how many.
pub(super) async fn forget_old(ctx: &Ctx) -> Result<u64> {
    let old = email_code::Entity::delete_many().filter(Column::ExpiresAt.lte(ctx.now));
    Ok(old.exec(&ctx.kith.store.db).await?.rows_affected)
}

//! What was asked by an access token: its audit log, kept for 90 days, read by stewards.
//!
//! Deliberately absent: variables and answers. They are about people, and the log is about the token.

use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, Set};

use super::AccessToken;
use crate::ctx::{Ctx, Timestamp, Viewer};
use crate::entity::access_token;
use crate::entity::access_token_use::{self, Column};
use crate::error::Result;
use crate::id::AccessTokenUseId;
use crate::page::{Page, Window};
use crate::policy;

/// Something that was asked.
#[derive(Clone, Debug)]
pub struct Use {
    /// What the partner calls the operation.
    pub operation: Option<String>,
    /// The root fields it asked for.
    pub fields: Vec<String>,
    /// From which address of the network.
    pub address: Option<String>,
    /// When.
    pub at: Timestamp,
    id: AccessTokenUseId,
}

/// The name of the list in cursors.
const LIST: &str = "access token uses";
/// The longest name of an operation, and the most of its root fields, that are kept.
const LONGEST_NAME: usize = 200;
const MOST_FIELDS: usize = 50;

/// Writes down what a partner asks, before it is answered: what cannot be written down is not done. Of anybody else
/// nothing is written.
///
/// # Errors
/// As the database says.
pub async fn note(ctx: &Ctx, operation: Option<&str>, fields: &[String]) -> Result<()> {
    let Viewer::Partner(grant) = ctx.viewer else { return Ok(()) };
    let row = access_token_use::ActiveModel {
        id: Set(AccessTokenUseId::fresh()),
        token_id: Set(grant.token),
        operation: Set(operation.map(|name| name.chars().take(LONGEST_NAME).collect())),
        fields: Set(fields.iter().take(MOST_FIELDS).cloned().collect::<Vec<_>>().join(" ")),
        address: Set(ctx.client.address.map(|address| address.to_string())),
        created_at: Set(ctx.now),
    };
    let tx = ctx.kith.store.begin().await?;
    row.insert(&tx).await?;
    access_token::Entity::update_many()
        .col_expr(access_token::Column::LastUsedAt, Expr::val(ctx.now.0))
        .filter(access_token::Column::Id.eq(grant.token))
        .exec(&tx)
        .await?;
    Ok(tx.commit().await?)
}

/// What was asked by a token that shows to the viewer, a steward, newest first.
///
/// # Errors
/// [`crate::error::Error::InvalidCursor`].
pub async fn list(ctx: &Ctx, token: &AccessToken, window: &Window) -> Result<Page<Use>> {
    let rows = access_token_use::Entity::find().filter(Column::TokenId.eq(token.id));
    let total = window.total_of(&ctx.kith.store.db, &rows).await?;
    let rows = window.newest_first(LIST, rows, Column::CreatedAt, Column::Id)?.all(&ctx.kith.store.db).await?;
    let used = |row: access_token_use::Model| Use {
        operation: row.operation,
        fields: row.fields.split(' ').filter(|field| !field.is_empty()).map(str::to_owned).collect(),
        address: row.address,
        at: row.created_at,
        id: row.id,
    };
    Ok(Page::of(LIST, window, rows.into_iter().map(used).collect(), total, |it: &Use| (it.at, it.id)))
}

/// Forgets what was asked long ago, and the tokens that have been over for as long; returns how many rows. Called by a
/// timer of the server.
///
/// # Errors
/// As the database says.
pub async fn forget_old(ctx: &Ctx) -> Result<u64> {
    let before = ctx.now.before(policy::ACCESS_TOKEN_USES_KEPT);
    let uses = access_token_use::Entity::delete_many().filter(Column::CreatedAt.lte(before));
    let over = access_token::Entity::delete_many().filter(
        sea_orm::Condition::any()
            .add(access_token::Column::EndedAt.lte(before))
            .add(access_token::Column::ExpiresAt.lte(before)),
    );
    let db = &ctx.kith.store.db;
    Ok(uses.exec(db).await?.rows_affected + over.exec(db).await?.rows_affected)
}

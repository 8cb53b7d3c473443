//! What an operator needs to know of a member to help them.

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::ctx::{Ctx, Timestamp};
use crate::entity::{member as table, password, tie_end};
use crate::error::Result;
use crate::id::MemberId;
use crate::session::{self, Session};
use crate::{member, text};

/// A member, as an operator sees them.
#[derive(Clone, Debug)]
pub struct Dossier {
    /// Who.
    pub id: MemberId,
    /// The unique name.
    pub handle: String,
    /// What people call them.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Whether they are suspended.
    pub suspended: bool,
    /// When they will be gone, if they leave.
    pub leaves_at: Option<Timestamp>,
    /// When they joined.
    pub created_at: Timestamp,
    /// How many active ties they have.
    pub ties: u64,
    /// Whether they can sign in by a password.
    pub has_password: bool,
    /// The devices on which they are signed in.
    pub sessions: Vec<Session>,
}

/// The member with this handle or e-mail address, for an operator.
///
/// # Errors
/// As the database says.
pub async fn dossier(ctx: &Ctx, named: &str) -> Result<Option<Dossier>> {
    let db = &ctx.kith.store.db;
    let row = match text::email("member", named) {
        Ok(email) => member::by_email(db, &email).await?,
        Err(_) => match member::by_handle(&ctx.kith, named).await? {
            Some(id) => table::Entity::find_by_id(id).one(db).await?,
            None => None,
        },
    };
    let Some(row) = row else { return Ok(None) };
    let ends = tie_end::Entity::find().filter(tie_end::Column::MemberId.eq(row.id));
    Ok(Some(Dossier {
        ties: ends.count(db).await?,
        has_password: password::Entity::find_by_id(row.id).one(db).await?.is_some(),
        sessions: session::of_member(ctx, row.id).await?,
        suspended: row.state == table::State::Suspended,
        leaves_at: row.leaves_at,
        created_at: row.created_at,
        id: row.id,
        handle: row.handle,
        name: row.name,
        email: row.email,
    }))
}

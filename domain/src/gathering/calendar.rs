//! Calendars: the gatherings of a community at an address that a member's calendar reads.
//!
//! The address holds the one credential that stands in a URL, because calendars know no other way: a code of 140 bits,
//! made of the row's id, of which only the fingerprint is kept. It belongs to one member and one community, stops when
//! either is over for the other, and when the member closes it; opening it again makes another code.

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::Gathering;
use crate::code;
use crate::community::{Community, command, member_of};
use crate::ctx::{Ctx, days};
use crate::entity::calendar::{self, Column};
use crate::entity::{community, gathering, member};
use crate::error::{Error, Result};
use crate::event::Change;
use crate::id::{CalendarId, CommunityId};
use crate::policy;
use crate::secret::Purpose;

/// The calendar of the viewer's for one community.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// The code in its address; `None` if the key it was made with is gone.
    pub code: Option<String>,
}

/// What a calendar reads.
#[derive(Clone, Debug)]
pub struct Feed {
    /// What the community is called.
    pub name: String,
    /// Its gatherings, the first first, also the cancelled ones.
    pub gatherings: Vec<Gathering>,
}

/// Most gatherings of a feed.
const MOST: u64 = 500;

/// The viewer's calendar of a community, if they have opened it.
///
/// # Errors
/// As the database says.
pub async fn mine(ctx: &Ctx, community: &Community) -> Result<Option<Calendar>> {
    let query = calendar::Entity::find().filter(Column::CommunityId.eq(community.id));
    let row = query.filter(Column::MemberId.eq(ctx.me()?)).one(&ctx.kith.store.db).await?;
    Ok(row.map(|row| of(ctx, &row)))
}

fn of(ctx: &Ctx, row: &calendar::Model) -> Calendar {
    Calendar { code: ctx.kith.secrets.code_of(Purpose::Calendar, row.id.0, &row.code_hash) }
}

/// Opens the viewer's calendar of a community they belong to; one that is open stays as it is.
///
/// # Errors
/// Refused with [`crate::error::Code::NotFound`] or [`crate::error::Code::MembersOnly`].
pub async fn open(ctx: &Ctx, id: CommunityId) -> Result<CommunityId> {
    command(ctx, id, [], async |tx, standing| {
        let me = standing.member()?.member_id;
        let query = calendar::Entity::find().filter(Column::CommunityId.eq(id)).filter(Column::MemberId.eq(me));
        if query.one(&**tx).await?.is_none() {
            let calendar = CalendarId::fresh();
            let row = calendar::ActiveModel {
                id: Set(calendar),
                community_id: Set(id),
                member_id: Set(me),
                code_hash: Set(code::fingerprint(&ctx.kith.secrets.code(Purpose::Calendar, calendar.0))),
                created_at: Set(ctx.now),
            };
            row.insert(&**tx).await?;
        }
        Ok((id, Change::default()))
    })
    .await
}

/// Closes the viewer's calendar of a community: its address is no more.
///
/// # Errors
/// Refused with [`crate::error::Code::NotFound`] or [`crate::error::Code::MembersOnly`].
pub async fn close(ctx: &Ctx, id: CommunityId) -> Result<CommunityId> {
    command(ctx, id, [], async |tx, standing| {
        let me = standing.member()?.member_id;
        let query = calendar::Entity::delete_many().filter(Column::CommunityId.eq(id));
        query.filter(Column::MemberId.eq(me)).exec(&**tx).await?;
        Ok((id, Change::default()))
    })
    .await
}

/// What the calendar with this code reads; `None` if there is none, or its member no longer belongs to the community.
///
/// # Errors
/// As the database says.
pub async fn feed(ctx: &Ctx, typed: &str) -> Result<Option<Feed>> {
    let db = &ctx.kith.store.db;
    let query = calendar::Entity::find().filter(Column::CodeHash.eq(code::fingerprint(typed)));
    let Some(row) = query.one(db).await? else { return Ok(None) };
    let owner = member::Entity::find_by_id(row.member_id).one(db).await?;
    let belongs = member_of(db, row.community_id, row.member_id).await?.is_some();
    if !owner.is_some_and(|owner| policy::is_in_use(&owner)) || !belongs {
        return Ok(None);
    }
    let community = community::Entity::find_by_id(row.community_id).one(db).await?;
    let community = community.ok_or_else(|| Error::Internal("a calendar without a community".to_owned()))?;
    let rows = gathering::Entity::find()
        .filter(gathering::Column::CommunityId.eq(community.id))
        .filter(gathering::Column::EndsAt.gt(ctx.now.before(days(365))))
        .order_by_desc(gathering::Column::StartsAt)
        .limit(MOST)
        .all(db)
        .await?;
    let gatherings = rows.into_iter().rev().map(|row| Gathering::of(ctx, row)).collect();
    Ok(Some(Feed { name: community.name, gatherings }))
}

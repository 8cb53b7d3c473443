//! What a member asked of others, passed on and said, for their archive, as far as they know how it went. Of others it names
//! nobody.

use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::export::at;
use crate::ctx::Ctx;
use crate::entity::{ask, introduction, introduction_outcome, message, nomination};
use crate::error::Result;
use crate::id::MemberId;
use crate::policy::{self, Part};
use crate::text;

/// Everything `id` asked for and said.
pub(super) async fn given(ctx: &Ctx, id: MemberId) -> Result<Value> {
    Ok(json!({
        "introductions": introductions(ctx, id).await?,
        "asks": asks(ctx, id).await?,
        "messages": messages(ctx, id).await?,
    }))
}

async fn introductions(ctx: &Ctx, id: MemberId) -> Result<Value> {
    use introduction::Column;
    let db = &ctx.kith.store.db;
    let requested = introduction::Entity::find().filter(Column::RequesterId.eq(id)).order_by_asc(Column::CreatedAt);
    let requested = requested.all(db).await?.into_iter().map(|row| {
        let (state, since) = policy::seen_introduction(&row, Part::Requester, id, ctx.now);
        json!({"reason": row.reason, "state": state.to_value(), "since": at(since), "createdAt": at(row.created_at)})
    });
    let passed = introduction::Entity::find().filter(Column::ConnectorId.eq(id)).filter(Column::PassedAt.is_not_null());
    let passed =
        passed.all(db).await?.into_iter().map(|row| json!({"note": row.note, "passedAt": row.passed_at.map(at)}));
    let said = introduction_outcome::Entity::find().filter(introduction_outcome::Column::MemberId.eq(id));
    let said = said
        .all(db)
        .await?
        .into_iter()
        .map(|row| json!({"outcome": row.outcome.to_value(), "note": row.note, "createdAt": at(row.created_at)}));
    Ok(json!({
        "requested": requested.collect::<Vec<_>>(), "passedOn": passed.collect::<Vec<_>>(),
        "outcomes": said.collect::<Vec<_>>(),
    }))
}

async fn asks(ctx: &Ctx, id: MemberId) -> Result<Value> {
    let db = &ctx.kith.store.db;
    let opened = ask::Entity::find().filter(ask::Column::AskerId.eq(id)).order_by_asc(ask::Column::CreatedAt);
    let opened = opened.all(db).await?.into_iter().map(|row| {
        json!({
            "need": row.need, "skills": text::lines_of(&row.skills), "named": row.named,
            "createdAt": at(row.created_at), "closedAt": row.closed_at.map(at), "expiresAt": at(row.expires_at),
        })
    });
    let named = nomination::Entity::find().filter(nomination::Column::NominatorId.eq(id));
    let named = named.all(db).await?.into_iter().map(|row| json!({"note": row.note, "createdAt": at(row.created_at)}));
    Ok(json!({"opened": opened.collect::<Vec<_>>(), "nominated": named.collect::<Vec<_>>()}))
}

async fn messages(ctx: &Ctx, id: MemberId) -> Result<Vec<Value>> {
    let mine = message::Entity::find().filter(message::Column::AuthorId.eq(id));
    let mine = mine.filter(message::Column::DeletedAt.is_null()).order_by_asc(message::Column::CreatedAt);
    let of = |row: message::Model| json!({"text": row.text, "createdAt": at(row.created_at), "editedAt": row.edited_at.map(at)});
    Ok(mine.all(&ctx.kith.store.db).await?.into_iter().map(of).collect())
}

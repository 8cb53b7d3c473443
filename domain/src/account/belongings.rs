//! What a member gave to communities, for their archive: in which they take part and how, and what they said and did there.
//! Of others it names nobody.

use std::collections::HashMap;

use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::export::at;
use crate::ctx::Ctx;
use crate::entity::{
    attendance, commitment, community, endorsement, gathering, gathering_reply, goal, membership, progress, report,
    vouch,
};
use crate::error::Result;
use crate::id::{CommunityId, MemberId};
use crate::text;

/// Everything `id` gave to communities.
pub(super) async fn given(ctx: &Ctx, id: MemberId) -> Result<Value> {
    Ok(json!({
        "memberships": memberships(ctx, id).await?,
        "goals": goals(ctx, id).await?,
        "gatherings": gatherings(ctx, id).await?,
        "reports": reports(ctx, id).await?,
    }))
}

async fn names(ctx: &Ctx, ids: impl Iterator<Item = CommunityId>) -> Result<HashMap<CommunityId, String>> {
    let rows = community::Entity::find().filter(community::Column::Id.is_in(ids)).all(&ctx.kith.store.db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

async fn memberships(ctx: &Ctx, id: MemberId) -> Result<Value> {
    let db = &ctx.kith.store.db;
    let rows = membership::Entity::find().filter(membership::Column::MemberId.eq(id)).all(db).await?;
    let names = names(ctx, rows.iter().map(|row| row.community_id)).await?;
    let vouches = vouch::Entity::find().filter(vouch::Column::VoucherId.eq(id)).all(db).await?;
    let of = |row: &membership::Model| {
        json!({
            "community": names.get(&row.community_id), "state": row.state.to_value(), "role": row.role.to_value(),
            "founder": row.founder, "answers": row.answers.as_deref().map(text::lines_of), "reason": row.reason,
            "consentedVersion": row.consented_version, "shown": row.shown, "hiddenFromPartners": row.hidden_from_partners,
            "note": row.note.as_ref().filter(|_| row.invited_by.is_none()), "createdAt": at(row.created_at),
            "joinedAt": row.joined_at.map(at), "endedAt": row.ended_at.map(at),
        })
    };
    Ok(json!({
        "all": rows.iter().map(of).collect::<Vec<_>>(),
        "vouchedAt": vouches.into_iter().map(|row| at(row.created_at)).collect::<Vec<_>>(),
    }))
}

async fn goals(ctx: &Ctx, id: MemberId) -> Result<Value> {
    let db = &ctx.kith.store.db;
    let proposed = goal::Entity::find().filter(goal::Column::ProposerId.eq(id)).all(db).await?;
    let endorsed = endorsement::Entity::find().filter(endorsement::Column::MemberId.eq(id)).all(db).await?;
    let committed = commitment::Entity::find().filter(commitment::Column::MemberId.eq(id)).all(db).await?;
    let measured = progress::Entity::find().filter(progress::Column::MemberId.eq(id)).all(db).await?;
    let proposed = proposed.into_iter().map(|row| {
        json!({"outcome": row.outcome, "unit": row.unit, "dueOn": row.due_on, "state": row.state.to_value(), "createdAt": at(row.created_at)})
    });
    let endorsed = endorsed.into_iter().map(|row| json!({"words": row.words, "createdAt": at(row.created_at)}));
    let committed = committed.into_iter().map(|row| {
        json!({"what": row.what, "dueOn": row.due_on, "doneAt": row.done_at.map(at), "createdAt": at(row.created_at)})
    });
    let measured = measured.into_iter().map(|row| {
        json!({"value": row.value, "note": row.note, "evidenceUrl": row.evidence_url, "createdAt": at(row.created_at)})
    });
    Ok(json!({
        "proposed": proposed.collect::<Vec<_>>(), "endorsed": endorsed.collect::<Vec<_>>(),
        "committed": committed.collect::<Vec<_>>(), "measured": measured.collect::<Vec<_>>(),
    }))
}

async fn gatherings(ctx: &Ctx, id: MemberId) -> Result<Value> {
    let db = &ctx.kith.store.db;
    let planned = gathering::Entity::find().filter(gathering::Column::PlannedBy.eq(id)).all(db).await?;
    let replied = gathering_reply::Entity::find().filter(gathering_reply::Column::MemberId.eq(id)).all(db).await?;
    let attended = attendance::Entity::find().filter(attendance::Column::MemberId.eq(id)).all(db).await?;
    let all = replied.iter().map(|row| row.gathering_id).chain(attended.iter().map(|row| row.gathering_id));
    let all = gathering::Entity::find().filter(gathering::Column::Id.is_in(all)).all(db).await?;
    let titles: HashMap<_, _> = all.into_iter().map(|row| (row.id, row.title)).collect();
    let planned = planned.into_iter().map(|row| {
        json!({"title": row.title, "details": row.details, "place": row.place, "startsAt": at(row.starts_at), "createdAt": at(row.created_at)})
    });
    let replied = replied.into_iter().map(|row| {
        json!({"title": titles.get(&row.gathering_id), "reply": row.reply.to_value(), "createdAt": at(row.created_at)})
    });
    let attended =
        attended.iter().map(|row| json!({"title": titles.get(&row.gathering_id), "createdAt": at(row.created_at)}));
    Ok(json!({
        "planned": planned.collect::<Vec<_>>(), "replied": replied.collect::<Vec<_>>(),
        "attended": attended.collect::<Vec<_>>(),
    }))
}

async fn reports(ctx: &Ctx, id: MemberId) -> Result<Vec<Value>> {
    let rows = report::Entity::find().filter(report::Column::ReporterId.eq(id)).all(&ctx.kith.store.db).await?;
    let of = |row: report::Model| {
        json!({
            "agreement": row.agreement, "note": row.note, "state": row.state.to_value(), "decision": row.decision,
            "createdAt": at(row.created_at),
        })
    };
    Ok(rows.into_iter().map(of).collect())
}

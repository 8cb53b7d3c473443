//! The archive of everything a member gave: made by a timer, fetched once through an address that is signed and short
//! lived, and gone after a week in any case.
//!
//! It is one JSON object, whose `version` says its shape. Members are named as the ties' lists name them; secrets (hashes
//! of passwords and tokens) are not the member's to read and are left out.

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use super::{asked, belongings};
use crate::credential::{self, Proof};
use crate::ctx::{Ctx, Timestamp, Viewer, days};
use crate::entity::account_export::{self, Column};
use crate::entity::{block, claim, handshake, invitation, member, member_skill, password, session, tie};
use crate::error::{Error, Refusal, Result};
use crate::id::{ExportId, MemberId};
use crate::policy;
use crate::secret::{self, Purpose};
use crate::store::BINDS;

/// How long an address to fetch an archive at is good.
const ADDRESS_LASTS: Duration = Duration::from_secs(600);
/// How long an archive waits to be fetched.
const KEPT: Duration = days(7);

/// An archive, as its member sees it.
#[derive(Clone, Debug)]
pub struct Export {
    /// Where it stands.
    pub state: ExportState,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it is deleted.
    pub expires_at: Timestamp,
    /// Where it can be fetched, once it is ready.
    pub address: Option<Address>,
}

/// Where an archive stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportState {
    /// It is being made.
    Pending,
    /// It can be fetched, once.
    Ready,
    /// It was fetched.
    Fetched,
}

/// What an address to fetch an archive at is made of.
#[derive(Clone, Debug)]
pub struct Address {
    /// Which archive.
    pub id: ExportId,
    /// Until when the address is good.
    pub until: Timestamp,
    /// What shows that it is ours.
    pub signature: String,
}

/// Asks for the archive of the viewer; the one they had before is dropped.
///
/// # Errors
/// Refused with [`crate::error::Code::ProofRequired`] and its like, or [`crate::error::Code::TooManyAttempts`].
pub async fn request(ctx: &Ctx, proof: Option<Proof>) -> Result<()> {
    let me = credential::proven(ctx, proof).await?.id;
    let taken = ctx.kith.limiter.take(ctx.now, &[(policy::EXPORTS, me.0.to_string())]).await;
    taken.map_err(Refusal::too_many_attempts)?;
    let row = account_export::ActiveModel {
        id: Set(ExportId::fresh()),
        member_id: Set(me),
        archive: Set(None),
        created_at: Set(ctx.now),
        ready_at: Set(None),
        fetched_at: Set(None),
        expires_at: Set(ctx.now.after(KEPT)),
    };
    let all = [Column::Id, Column::Archive, Column::CreatedAt, Column::ReadyAt, Column::FetchedAt, Column::ExpiresAt];
    let anew = OnConflict::column(Column::MemberId).update_columns(all).to_owned();
    account_export::Entity::insert(row).on_conflict(anew).exec_without_returning(&ctx.kith.store.db).await?;
    Ok(())
}

/// The viewer's archive, if they asked for one lately.
///
/// # Errors
/// As the database says.
pub async fn mine(ctx: &Ctx) -> Result<Option<Export>> {
    let me = ctx.me()?;
    let row = account_export::Entity::find().filter(Column::MemberId.eq(me)).one(&ctx.kith.store.db).await?;
    Ok(row.filter(|row| row.fetched_at.is_some() || ctx.now < row.expires_at).map(|row| seen(ctx, row)))
}

fn seen(ctx: &Ctx, row: account_export::Model) -> Export {
    let state = match (row.ready_at, row.fetched_at) {
        (_, Some(_)) => ExportState::Fetched,
        (Some(_), None) => ExportState::Ready,
        (None, None) => ExportState::Pending,
    };
    let until = ctx.now.after(ADDRESS_LASTS);
    let address = || Address { id: row.id, until, signature: sign(ctx, row.id, until).remove(0) };
    let address = (state == ExportState::Ready).then(address);
    Export { state, created_at: row.created_at, expires_at: row.expires_at, address }
}

/// The signatures that each of our keys makes of an address, the first key's first.
fn sign(ctx: &Ctx, id: ExportId, until: Timestamp) -> Vec<String> {
    let made = ctx.kith.secrets.all(Purpose::ExportAddress, &[id.0.as_bytes(), &until.0.to_be_bytes()]);
    made.into_iter().map(|mac| BASE64_URL_SAFE_NO_PAD.encode(mac)).collect()
}

/// The archive at an address, which is then gone; `None` if the address is not ours, or over, or was used.
///
/// # Errors
/// As the database says.
pub async fn fetch(ctx: &Ctx, address: &Address) -> Result<Option<String>> {
    let signed = sign(ctx, address.id, address.until);
    let is_ours =
        signed.iter().fold(false, |found, made| found | secret::equal(made.as_bytes(), address.signature.as_bytes()));
    if !is_ours || address.until < ctx.now {
        return Ok(None);
    }
    let tx = ctx.kith.store.begin().await?;
    let row = account_export::Entity::find_by_id(address.id).lock_exclusive().one(&tx).await?;
    let Some(row) = row.filter(|row| ctx.now < row.expires_at) else { return Ok(None) };
    let Some(archive) = row.archive.clone() else { return Ok(None) };
    let mut row = row.into_active_model();
    row.archive = Set(None);
    row.fetched_at = Set(Some(ctx.now));
    row.update(&tx).await?;
    tx.commit().await?;
    Ok(Some(archive))
}

/// Whether `me` has fetched their archive lately.
pub(super) async fn was_fetched(ctx: &Ctx, me: MemberId) -> Result<bool> {
    let query = account_export::Entity::find().filter(Column::MemberId.eq(me));
    let lately = query.filter(Column::FetchedAt.gt(ctx.now.before(policy::LEAVING_LASTS)));
    Ok(lately.one(&ctx.kith.store.db).await?.is_some())
}

/// How many archives one run makes.
const BATCH: u64 = 20;

/// Makes the archives that were asked for, and deletes those whose time is over; returns how many were made. Called by a
/// timer of the server.
///
/// # Errors
/// As the database says.
pub async fn make_due(ctx: &Ctx) -> Result<u64> {
    let over = Condition::any()
        .add(Condition::all().add(Column::FetchedAt.is_null()).add(Column::ExpiresAt.lte(ctx.now)))
        .add(Column::FetchedAt.lte(ctx.now.before(policy::LEAVING_LASTS)));
    account_export::Entity::delete_many().filter(over).exec(&ctx.kith.store.db).await?;
    let due = account_export::Entity::find().filter(Column::ReadyAt.is_null()).limit(BATCH);
    let mut made = 0;
    for row in due.all(&ctx.kith.store.db).await? {
        let text = match archive(ctx, row.member_id).await {
            Ok(archive) => archive.to_string(),
            // It is tried again, and does not hold up the others.
            Err(error) => {
                tracing::error!(member = %row.member_id.0, ?error, "an archive cannot be made");
                continue;
            }
        };
        // Of several replicas that make it, one keeps it; and not for a request that was replaced meanwhile.
        let kept = account_export::Entity::update_many()
            .col_expr(Column::Archive, Expr::val(text))
            .col_expr(Column::ReadyAt, Expr::val(ctx.now.0))
            .filter(Column::Id.eq(row.id))
            .filter(Column::ReadyAt.is_null());
        made += kept.exec(&ctx.kith.store.db).await?.rows_affected;
    }
    Ok(made)
}

/// Has the archives of these members made anew, unless they were fetched: they name somebody who is gone.
///
/// Each gets another id, so that one being made at this moment is not kept, and an address given out for it leads nowhere.
pub(super) async fn make_anew(tx: &DatabaseTransaction, members: BTreeSet<MemberId>) -> Result<()> {
    let members: Vec<MemberId> = members.into_iter().collect();
    let mut concerned: Vec<MemberId> = Vec::new();
    for some in members.chunks(BINDS) {
        let waiting = account_export::Entity::find().select_only().column(Column::MemberId);
        let waiting = waiting.filter(Column::MemberId.is_in(some.iter().copied())).filter(Column::FetchedAt.is_null());
        concerned.extend(waiting.order_by_asc(Column::MemberId).into_tuple::<MemberId>().all(tx).await?);
    }
    for member in concerned {
        account_export::Entity::update_many()
            .col_expr(Column::Id, Expr::val(ExportId::fresh().0))
            .col_expr(Column::Archive, Expr::val(Option::<String>::None))
            .col_expr(Column::ReadyAt, Expr::val(Option::<i64>::None))
            .filter(Column::MemberId.eq(member))
            .filter(Column::FetchedAt.is_null())
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Everything `id` gave, and what became of it.
async fn archive(ctx: &Ctx, id: MemberId) -> Result<Value> {
    let db = &ctx.kith.store.db;
    let me = member::Entity::find_by_id(id).one(db).await?;
    let me = me.ok_or_else(|| Error::Internal("an export of nobody".to_owned()))?;
    let skills = member_skill::Entity::find().filter(member_skill::Column::MemberId.eq(id));
    let skills = skills.order_by_asc(member_skill::Column::Position).all(db).await?;
    let skills: Vec<String> = skills.into_iter().map(|skill| skill.label).collect();
    let password = password::Entity::find_by_id(id).one(db).await?;
    Ok(json!({
        "version": 1,
        "madeAt": at(ctx.now),
        "profile": {
            "handle": me.handle, "name": me.name, "headline": me.headline, "bio": me.bio, "avatarUrl": me.avatar_url,
            "area": me.area, "email": me.email, "phone": me.phone, "skills": skills, "joinedAt": at(me.created_at),
        },
        "privacy": {
            "findable": me.findable, "asRoute": me.as_route, "shareEmail": me.share_email, "sharePhone": me.share_phone,
        },
        "password": password.map(|password| json!({"changedAt": at(password.changed_at)})),
        "ties": ties(ctx, id).await?,
        "claims": claims(ctx, id).await?,
        "blocks": blocks(ctx, id).await?,
        "invitations": invitations(ctx, id).await?,
        "handshakes": handshakes(ctx, id).await?,
        "sessions": sessions(ctx, id).await?,
        "introductions": {
            "policy": {"asConnector": me.as_connector, "asTarget": me.as_target, "pausedUntil": me.paused_until.map(at)},
            "given": asked::given(ctx, id).await?,
        },
        "communities": belongings::given(ctx, id).await?,
    }))
}

/// A moment as the API writes it.
pub(super) fn at(moment: Timestamp) -> Value {
    moment.to_datetime().format(&Rfc3339).map_or(Value::Null, Value::String)
}

/// Those of the member's ties that they can see, with the other's name as far as they see it.
async fn ties(ctx: &Ctx, id: MemberId) -> Result<Vec<Value>> {
    let as_member = Ctx { viewer: Viewer::Member(id), ..ctx.clone() };
    let either = Condition::any().add(tie::Column::Low.eq(id)).add(tie::Column::High.eq(id));
    let rows = tie::Entity::find().filter(either).order_by_asc(tie::Column::CreatedAt).all(&ctx.kith.store.db).await?;
    let seen = crate::tie::seen_of(&rows, id, ctx.now);
    let others: Vec<MemberId> = seen.iter().map(|tie| tie.other).collect();
    let others = crate::visibility::seen(&as_member, &others).await?;
    let of = |tie: crate::tie::Tie| {
        let other = others.get(&tie.other).map(|seen| json!({"handle": seen.card.handle, "name": seen.card.name}));
        json!({
            "with": other, "state": tie.state.to_value(), "evidence": tie.evidence.to_value(),
            "context": tie.context.to_value(), "note": tie.note, "createdAt": at(tie.created_at),
            "activeAt": tie.active_at.map(at), "metAt": tie.met_at.map(at),
        })
    };
    Ok(seen.into_iter().map(of).collect())
}

async fn claims(ctx: &Ctx, id: MemberId) -> Result<Vec<Value>> {
    let rows = claim::Entity::find().filter(claim::Column::ClaimerId.eq(id)).all(&ctx.kith.store.db).await?;
    let of = |row: claim::Model| {
        json!({
            "named": row.named, "context": row.context.to_value(), "note": row.note, "state": row.state.to_value(),
            "createdAt": at(row.created_at),
        })
    };
    Ok(rows.into_iter().map(of).collect())
}

async fn blocks(ctx: &Ctx, id: MemberId) -> Result<Vec<Value>> {
    let rows = block::Entity::find().filter(block::Column::OwnerId.eq(id)).all(&ctx.kith.store.db).await?;
    let blocked: Vec<MemberId> = rows.iter().map(|row| row.blocked_id).collect();
    let cards = crate::facts::cards(&ctx.kith, &blocked).await?;
    let of = |row: block::Model| {
        let card = cards.get(&row.blocked_id).map(|card| json!({"handle": card.handle, "name": card.name}));
        json!({"member": card, "createdAt": at(row.created_at)})
    };
    Ok(rows.into_iter().map(of).collect())
}

async fn invitations(ctx: &Ctx, id: MemberId) -> Result<Vec<Value>> {
    let mine = invitation::Entity::find().filter(invitation::Column::InviterId.eq(id));
    let of = |row: invitation::Model| {
        json!({
            "context": row.context.to_value(), "note": row.note, "createdAt": at(row.created_at),
            "usedAt": row.used_at.map(at), "metAt": row.met_at.map(at),
        })
    };
    Ok(mine.all(&ctx.kith.store.db).await?.into_iter().map(of).collect())
}

async fn handshakes(ctx: &Ctx, id: MemberId) -> Result<Vec<Value>> {
    let mine = handshake::Entity::find().filter(handshake::Column::OpenerId.eq(id));
    let of = |row: handshake::Model| {
        json!({
            "context": row.context.to_value(), "note": row.note, "createdAt": at(row.created_at),
            "metAt": row.met_at.map(at), "receivedAt": row.received_at.map(at),
        })
    };
    Ok(mine.all(&ctx.kith.store.db).await?.into_iter().map(of).collect())
}

async fn sessions(ctx: &Ctx, id: MemberId) -> Result<Vec<Value>> {
    let mine = session::Entity::find().filter(session::Column::MemberId.eq(id));
    let of = |row: session::Model| {
        json!({
            "device": row.device, "platform": row.platform.to_value(), "clientName": row.client_name,
            "clientVersion": row.client_version, "userAgent": row.user_agent, "address": row.address,
            "supportReason": row.support_reason, "createdAt": at(row.created_at), "lastSeenAt": at(row.last_seen_at),
        })
    };
    Ok(mine.all(&ctx.kith.store.db).await?.into_iter().map(of).collect())
}

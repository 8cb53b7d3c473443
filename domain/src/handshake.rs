//! Handshakes: two phones meet; one shows a code, the other scans it.
//!
//! A code lives for five minutes and is good once. Scanned in that time, the two are tied in person at once. A phone that
//! was offline may hand it in up to 48 hours later; then whoever showed the code sees who scanned it, and is asked. Scanned
//! by somebody without an account, it becomes an invitation that keeps the moment. A code that is unknown, used by
//! somebody else, or of somebody who does not exist for the scanner looks the same.
//!
//! A handshake may name a community, to which it invites whoever scans it as well; or a gathering, and then it says that
//! whoever scans it was there ([`crate::gathering`]): such a code is good for all who are.

use std::time::Duration;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, Set,
};

use crate::code;
use crate::ctx::{Ctx, Timestamp};
use crate::entity::handshake::{self, Column};
use crate::entity::member;
use crate::entity::tie::Context;
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::Change;
use crate::gathering;
use crate::id::{CommunityId, GatheringId, HandshakeId, MemberId, MembershipId, TieId};
use crate::idempotency::{self, Begun};
use crate::invitation::{self, Invitation, NewInvitation};
use crate::limiter::Bucket;
use crate::secret::Purpose;
use crate::text::{self, Checks};
use crate::tie::{self, Meeting, Tie, Told};
use crate::{community, policy, store, visibility};

/// A handshake, as the one who opened it sees it.
#[derive(Clone, Debug)]
pub struct Handshake {
    /// Which.
    pub id: HandshakeId,
    /// The code, while it can be scanned.
    pub code: Option<String>,
    /// Where it stands.
    pub state: HandshakeState,
    /// The tie it made, if it made one.
    pub tie: Option<TieId>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it can be scanned no longer.
    pub expires_at: Timestamp,
    /// What it is for besides.
    pub occasion: Option<Occasion>,
}

/// What a handshake is for besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// It invites to a community.
    Community(CommunityId),
    /// It is shown at a gathering.
    Gathering(GatheringId),
}

/// What a scanned handshake has led to.
#[derive(Clone, Debug)]
pub struct Completed {
    /// The tie of the two; `None` if the code was a gathering's.
    pub tie: Option<Tie>,
    /// The gathering the viewer was at.
    pub gathering: Option<GatheringId>,
    /// The viewer's membership of the community they are invited to.
    pub membership: Option<MembershipId>,
}

/// The same by their ids, for whoever tries again.
type Made = (Option<TieId>, Option<GatheringId>, Option<MembershipId>);

/// Where a handshake stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandshakeState {
    /// It can be scanned.
    Open,
    /// It was scanned.
    Used,
    /// Nobody has scanned it in time, as far as is known.
    Expired,
}

/// What a scanning phone says.
#[derive(Clone, Debug)]
pub struct Scan {
    /// The code, as scanned or typed; its whole address will do.
    pub code: String,
    /// When the two met, if the phone was offline then.
    pub met_at: Option<Timestamp>,
}

impl Handshake {
    fn of(ctx: &Ctx, row: handshake::Model) -> Self {
        let state = match row.received_at {
            Some(_) => HandshakeState::Used,
            None if row.expires_at < ctx.now => HandshakeState::Expired,
            None => HandshakeState::Open,
        };
        let code = match state {
            HandshakeState::Open => ctx.kith.secrets.code_of(Purpose::Handshake, row.id.0, &row.code_hash),
            HandshakeState::Used | HandshakeState::Expired => None,
        };
        let occasion = match (row.community_id, row.gathering_id) {
            (_, Some(gathering)) => Some(Occasion::Gathering(gathering)),
            (Some(community), None) => Some(Occasion::Community(community)),
            (None, None) => None,
        };
        let (created_at, expires_at) = (row.created_at, row.expires_at);
        Self { id: row.id, code, state, tie: row.tie_id, created_at, expires_at, occasion }
    }
}

/// Opens a handshake of the viewer's.
///
/// # Errors
/// Refused with [`Code::InvalidInput`] or [`Code::TooManyAttempts`]; for a community as inviting to it is, for a gathering
/// unless the viewer planned it or looks after its community, and it is under way.
pub async fn open(ctx: &Ctx, context: Context, note: Option<&str>, occasion: Option<Occasion>) -> Result<Handshake> {
    let me = ctx.me()?;
    let mut checks = Checks::default();
    let note = note.and_then(|raw| checks.take(text::paragraph("note", raw, 300)));
    checks.finish()?;
    let tx = match idempotency::begin::<HandshakeId>(ctx).await? {
        Begun::Before(id) => return by_ids(ctx, &[id]).await?.pop().ok_or(Error::AlreadyDone),
        Begun::New(tx) => tx,
    };
    slow_down(ctx, &[(policy::HANDSHAKES, me.0.to_string())]).await?;
    // The member before the community, as everywhere: or two commands wait for one another.
    store::lock_members(&tx, [me]).await?;
    let (community, gathering) = match occasion {
        None => (None, None),
        Some(Occasion::Community(id)) => {
            community::may_invite(ctx, &tx, id).await?;
            (Some(id), None)
        }
        Some(Occasion::Gathering(id)) => (None, Some(gathering::may_open(ctx, &tx, id).await.map(|()| id)?)),
    };
    let id = HandshakeId::fresh();
    let row = handshake::ActiveModel {
        id: Set(id),
        opener_id: Set(me),
        code_hash: Set(code::fingerprint(&ctx.kith.secrets.code(Purpose::Handshake, id.0))),
        community_id: Set(community),
        gathering_id: Set(gathering),
        context: Set(context),
        note: Set(note),
        scanned_by: Set(None),
        met_at: Set(None),
        received_at: Set(None),
        tie_id: Set(None),
        invitation_id: Set(None),
        created_at: Set(ctx.now),
        expires_at: Set(ctx.now.after(policy::HANDSHAKE_LASTS)),
    };
    let row = row.insert(&*tx).await?;
    tx.commit(ctx, Change::default(), &id).await?;
    Ok(Handshake::of(ctx, row))
}

/// Those of the viewer's handshakes with these ids.
///
/// # Errors
/// As the database says.
pub async fn by_ids(ctx: &Ctx, ids: &[HandshakeId]) -> Result<Vec<Handshake>> {
    let query = handshake::Entity::find().filter(Column::Id.is_in(ids.iter().copied()));
    let rows = query.filter(Column::OpenerId.eq(ctx.me()?)).all(&ctx.kith.store.db).await?;
    Ok(rows.into_iter().map(|row| Handshake::of(ctx, row)).collect())
}

/// Hands in what the viewer has scanned. Doing so again gives the same.
///
/// # Errors
/// Refused with [`Code::InvalidCode`], [`Code::Yourself`], [`Code::InvalidInput`] about `metAt`, [`Code::WrongState`] if it
/// is too late, [`Code::TieLimitReached`] or [`Code::TooManyAttempts`].
pub async fn complete(ctx: &Ctx, scan: Scan) -> Result<Completed> {
    let me = ctx.me()?;
    if let Some(made) = idempotency::before::<Made>(ctx).await? {
        return again(ctx, made).await;
    }
    slow_down(ctx, &[(policy::SCANS, me.0.to_string())]).await?;
    let opener = scanned(ctx, &scan.code).await?.ok_or_else(unknown)?.opener_id;
    if opener == me {
        return Err(Refusal::of("code", Code::Yourself, Message::new("handshake-yourself")).into());
    }
    let tx = match idempotency::begin::<Made>(ctx).await? {
        Begun::Before(made) => return again(ctx, made).await,
        Begun::New(tx) => tx,
    };
    let members = store::lock_members(&tx, [me, opener]).await?;
    let row = by_code(&tx, &scan.code).await?.ok_or_else(unknown)?;
    if !exists(&tx, &members, me, opener).await? {
        return Err(unknown());
    }
    if let Some(gathering) = row.gathering_id {
        when(&row, scan.met_at, ctx.now)?;
        if !gathering::check_in(ctx, &tx, gathering, opener).await? {
            return Err(unknown());
        }
        let made: Made = (None, Some(gathering), None);
        tx.commit(ctx, Change::default(), &made).await?;
        return again(ctx, made).await;
    }
    match (row.received_at, row.scanned_by, row.tie_id) {
        (None, ..) => {}
        (Some(_), Some(by), Some(id)) if by == me => {
            let membership = match row.community_id {
                Some(community) => community::open_membership(ctx, &tx, community, me).await?,
                None => None,
            };
            let made: Made = (Some(id), None, membership);
            tx.commit(ctx, Change::default(), &made).await?;
            return again(ctx, made).await;
        }
        (Some(_), ..) => return Err(unknown()),
    }
    let (met_at, told) = when(&row, scan.met_at, ctx.now)?;
    let membership = match row.community_id {
        Some(community) => community::invited(ctx, &tx, community, opener, me).await?,
        None => None,
    };
    let (context, note) = (row.context, row.note.clone());
    let meeting = Meeting { opener, scanner: me, met_at, context, note };
    let (tie, change) = tie::meet(ctx, &tx, meeting, told).await?;
    let mut row = row.into_active_model();
    row.scanned_by = Set(Some(me));
    row.met_at = Set(Some(met_at));
    row.received_at = Set(Some(ctx.now));
    row.tie_id = Set(Some(tie.id));
    row.update(&*tx).await?;
    let made: Made = (Some(tie.id), None, membership);
    tx.commit(ctx, change, &made).await?;
    again(ctx, made).await
}

/// What this or an earlier try of the same command has led to, as it is now.
async fn again(ctx: &Ctx, (tie, gathering, membership): Made) -> Result<Completed> {
    let tie = match tie {
        Some(id) => Some(tie::by_ids(ctx, &[id]).await?.pop().ok_or(Error::AlreadyDone)?),
        None => None,
    };
    Ok(Completed { tie, gathering, membership })
}

/// How far clocks may differ.
const SKEW: Duration = Duration::from_secs(60);

/// When the two met, and whether that is told in time.
fn when(row: &handshake::Model, said: Option<Timestamp>, now: Timestamp) -> Result<(Timestamp, Told)> {
    if said
        .is_some_and(|at| at < row.created_at.before(SKEW) || at > row.expires_at.after(SKEW) || at > now.after(SKEW))
    {
        return Err(Refusal::of("metAt", Code::InvalidInput, Message::new("met-at-not-then")).into());
    }
    match said {
        _ if now <= row.expires_at => Ok((said.unwrap_or(now), Told::AtOnce)),
        Some(at) if tie::may_be_told(row.expires_at, now) => Ok((at, Told::Late)),
        Some(_) | None => Err(Refusal::of("code", Code::WrongState, Message::new("handshake-over")).into()),
    }
}

/// Whether the opener is there, and no block stands between the two.
async fn exists(tx: &DatabaseTransaction, members: &[member::Model], me: MemberId, opener: MemberId) -> Result<bool> {
    let opener_is_there = members.iter().any(|row| row.id == opener && policy::is_in_use(row));
    Ok(opener_is_there && visibility::block_between(tx, me, opener).await?.is_none())
}

fn unknown() -> Error {
    Refusal::of("code", Code::InvalidCode, Message::new("handshake-not-good")).into()
}

async fn scanned(ctx: &Ctx, typed: &str) -> Result<Option<handshake::Model>> {
    let query = handshake::Entity::find().filter(Column::CodeHash.eq(code::fingerprint_of_link(typed)));
    Ok(query.one(&ctx.kith.store.db).await?)
}

async fn by_code(tx: &DatabaseTransaction, typed: &str) -> Result<Option<handshake::Model>> {
    let query = handshake::Entity::find().filter(Column::CodeHash.eq(code::fingerprint_of_link(typed)));
    Ok(query.lock_exclusive().one(tx).await?)
}

async fn slow_down(ctx: &Ctx, buckets: &[Bucket]) -> Result<()> {
    Ok(ctx.kith.limiter.take(ctx.now, buckets).await.map_err(Refusal::too_many_attempts)?)
}

/// Whom somebody without the app meets: the name of whoever shows this code, while it can be scanned.
///
/// # Errors
/// As the database says.
pub async fn greeting(ctx: &Ctx, typed: &str) -> Result<Option<String>> {
    let Some(row) = scanned(ctx, typed).await?.filter(|row| is_open(row, ctx.now)) else { return Ok(None) };
    let opener = member::Entity::find_by_id(row.opener_id).one(&ctx.kith.store.db).await?;
    Ok(opener.filter(policy::is_in_use).map(|opener| opener.name))
}

fn is_open(row: &handshake::Model, now: Timestamp) -> bool {
    row.received_at.is_none() && now <= row.expires_at
}

/// Makes of a handshake that somebody without an account has scanned an invitation that keeps the moment.
///
/// # Errors
/// Refused with [`Code::InvalidCode`] or [`Code::TooManyAttempts`].
pub async fn invite(ctx: &Ctx, typed: &str) -> Result<Invitation> {
    slow_down(ctx, &[(policy::GUESSES_FROM_ADDRESS, ctx.network())]).await?;
    let opener = scanned(ctx, typed).await?.ok_or_else(unknown)?.opener_id;
    let tx = ctx.kith.store.begin().await?;
    let members = store::lock_members(&tx, [opener]).await?;
    let row = by_code(&tx, typed).await?.filter(|row| is_open(row, ctx.now)).ok_or_else(unknown)?;
    if !members.iter().all(policy::is_in_use) {
        return Err(unknown());
    }
    let (context, note) = (row.context, row.note.clone());
    let community = match row.gathering_id {
        Some(id) => gathering::community_of(&tx, id).await?,
        None => row.community_id,
    };
    let new = NewInvitation { context, note, met_at: Some(ctx.now), email: None, community };
    let invited = invitation::insert(ctx, &tx, Some(opener), new).await?;
    if row.gathering_id.is_some() {
        // Good for the others who are there as well.
        tx.commit().await?;
        return Ok(Invitation::of(ctx, invited));
    }
    let mut row = row.into_active_model();
    row.met_at = Set(Some(ctx.now));
    row.received_at = Set(Some(ctx.now));
    row.invitation_id = Set(Some(invited.id));
    row.update(&tx).await?;
    tx.commit().await?;
    Ok(Invitation::of(ctx, invited))
}

/// Deletes the handshakes that can be handed in no longer; returns how many.
pub(crate) async fn forget_old(ctx: &Ctx) -> Result<u64> {
    let over = ctx.now.before(policy::HANDSHAKE_TOLD);
    let old = handshake::Entity::delete_many().filter(Column::ExpiresAt.lt(over));
    Ok(old.exec(&ctx.kith.store.db).await?.rows_affected)
}

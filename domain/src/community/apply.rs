//! Applying to a live community: vouched for by those who know the applicant, or decided by a steward.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait,
    Set,
};

use super::access::about;
use super::invite::{admit, close, open_place, shown_by_id};
use super::membership::Membership;
use super::{
    Access, Action, Joining, MembershipState as State, Role, Stage, Standing, audit, charter, command, members_of,
    stewards_of,
};
use crate::ctx::Ctx;
use crate::entity::{membership, tie_end, vouch};
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::Change;
use crate::id::{CommunityId, MemberId, MembershipId};
use crate::idempotency::Command;
use crate::live::Event;
use crate::notification::{self, Kind};
use crate::policy;
use crate::text::{self, Checks};
use crate::tie;

/// What an applicant brings.
#[derive(Clone, Debug, Default)]
pub struct Application {
    /// The charter they have read and agree to.
    pub charter_version: i32,
    /// Their answers to the charter's questions, in its order: at most 1,000 characters each.
    pub answers: Vec<String>,
    /// What they say besides: at most 500 characters.
    pub note: Option<String>,
}

/// What a steward decides about an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They may come in.
    Admit,
    /// They may not.
    Decline,
}

/// Applies to a live community that takes applications.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::WrongState`], [`Code::CharterChanged`], [`Code::AlreadyMember`],
/// [`Code::CommunityFull`] or [`Code::InvalidInput`].
pub async fn apply(ctx: &Ctx, id: CommunityId, application: Application) -> Result<Membership> {
    let mut checks = Checks::default();
    let note = application.note.and_then(|raw| checks.take(text::paragraph("note", &raw, 500)));
    let answers: Vec<String> =
        application.answers.iter().filter_map(|raw| checks.take(text::paragraph("answers", raw, 1_000))).collect();
    checks.finish()?;
    let membership = command(ctx, id, [], async |tx, standing| {
        let me = ctx.me()?;
        refuse_unless_applying(&standing)?;
        charter::current(&standing.charter, application.charter_version)?;
        let questions = text::lines_of(&standing.charter.questions).len();
        if answers.len() != questions {
            let message = Message::new("answer-each-question").with("questions", questions);
            return Err(Refusal::of("answers", Code::InvalidInput, message).into());
        }
        let row = open_place(ctx, tx, &standing.community, me, "communityId").await?;
        let row = membership::Model {
            state: State::Applied,
            note,
            answers: Some(text::of_lines(&answers)),
            consented_version: application.charter_version,
            consented_at: Some(ctx.now),
            ..row
        };
        let row = row.into_active_model().reset_all().insert(&**tx).await?;
        Ok((row.id, Change { events: tell_stewards(ctx, tx, &row).await?, ..Change::default() }))
    })
    .await?;
    shown_by_id(ctx, membership).await
}

fn refuse_unless_applying(standing: &Standing) -> Result<()> {
    let takes = match standing.charter.joining {
        Joining::Vouched | Joining::Request => true,
        Joining::Invitation => false,
    };
    match standing.access {
        Access::Invitee | Access::Applicant | Access::Member | Access::Steward => {
            Err(Refusal::of("communityId", Code::AlreadyMember, Message::new("already-member")).into())
        }
        Access::Stranger if takes && standing.community.stage == Stage::Live => Ok(()),
        Access::Partner | Access::Stranger => {
            Err(Refusal::new(Code::WrongState, Message::new("by-invitation-only")).into())
        }
    }
}

/// Takes the viewer's application back.
///
/// # Errors
/// Refused with [`Code::NotFound`] or [`Code::WrongState`].
pub async fn withdraw_application(ctx: &Ctx, id: CommunityId) -> Result<MembershipId> {
    command(ctx, id, [], async |tx, standing| {
        let mine = standing.mine.clone().filter(|mine| mine.state == State::Applied).ok_or_else(not_open)?;
        close(ctx, tx, mine.clone(), State::Withdrawn, None).await?;
        Ok((mine.id, Change::default()))
    })
    .await
}

fn not_open() -> Error {
    Refusal::new(Code::WrongState, Message::new("not-an-open-application")).into()
}

/// Goes on if this is an open application, and the viewer may change something.
fn refuse_unless_open(ctx: &Ctx, standing: &Standing, row: &membership::Model) -> Result<()> {
    standing.acting_member(ctx)?;
    match row.state {
        State::Applied if policy::is_open(row, ctx.now) => Ok(()),
        _ => Err(not_open()),
    }
}

/// Vouches for an applicant the viewer is tied to. The last vouch that is needed lets them in.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::MembersOnly`], [`Code::WrongState`], [`Code::ConsentDue`] or
/// [`Code::NotTied`].
pub async fn vouch(ctx: &Ctx, id: MembershipId) -> Result<Membership> {
    let membership = about(ctx, id, None, async |tx, standing, row| {
        let me = ctx.me()?;
        refuse_unless_open(ctx, &standing, &row)?;
        if standing.charter.joining != Joining::Vouched {
            return Err(Refusal::new(Code::WrongState, Message::new("not-by-vouching")).into());
        }
        if !tie::are_tied(&**tx, me, row.member_id).await? {
            return Err(Refusal::of("membershipId", Code::NotTied, Message::new("vouch-for-your-ties")).into());
        }
        if vouch::Entity::find_by_id((id, me)).one(&**tx).await?.is_none() {
            let vouch = vouch::ActiveModel { membership_id: Set(id), voucher_id: Set(me), created_at: Set(ctx.now) };
            vouch.insert(&**tx).await?;
        }
        if standing_vouches(tx, &row).await? < u64::from(standing.charter.vouches.unsigned_abs()) {
            return Ok((id, Change::default()));
        }
        Ok((id, let_in(ctx, tx, &standing, row).await?))
    })
    .await?;
    shown_by_id(ctx, membership).await
}

/// How many vouches for an application stand: of those who still belong to the community and are still tied to the
/// applicant.
async fn standing_vouches(tx: &Command, row: &membership::Model) -> Result<u64> {
    let members = members_of(row.community_id).select_only().column(membership::Column::MemberId);
    let ties = tie_end::Entity::find()
        .select_only()
        .column(tie_end::Column::OtherId)
        .filter(tie_end::Column::MemberId.eq(row.member_id));
    let vouches = vouch::Entity::find()
        .filter(vouch::Column::MembershipId.eq(row.id))
        .filter(vouch::Column::VoucherId.in_subquery(members.into_query()))
        .filter(vouch::Column::VoucherId.in_subquery(ties.into_query()));
    Ok(vouches.count(&**tx).await?)
}

async fn let_in(ctx: &Ctx, tx: &Command, standing: &Standing, row: membership::Model) -> Result<Change> {
    let (id, applicant) = (row.id, row.member_id);
    admit(ctx, &**tx, &standing.community, row).await?;
    audit::write(ctx, &**tx, standing.community.id, Action::ApplicationAdmitted, Some(applicant), None).await?;
    let events = notification::tell(ctx, tx, applicant, Kind::CommunityJoined, id.0, None).await?;
    Ok(Change { communities: vec![applicant], events, ..Change::default() })
}

/// Tells those who look after the community that somebody would come in.
async fn tell_stewards(ctx: &Ctx, tx: &Command, row: &membership::Model) -> Result<Vec<Event>> {
    let stewards = members_of(row.community_id).filter(membership::Column::Role.eq(Role::Steward)).all(&**tx).await?;
    let mut events = Vec::new();
    for steward in stewards.into_iter().map(|steward| steward.member_id) {
        let about = Some(row.member_id);
        events.extend(notification::tell(ctx, tx, steward, Kind::CommunityApplied, row.id.0, about).await?);
    }
    Ok(events)
}

/// Takes the viewer's vouch back while the application is open.
///
/// # Errors
/// Refused with [`Code::NotFound`] or [`Code::WrongState`].
pub async fn withdraw_vouch(ctx: &Ctx, id: MembershipId) -> Result<Membership> {
    let membership = about(ctx, id, None, async |tx, standing, row| {
        refuse_unless_open(ctx, &standing, &row)?;
        vouch::Entity::delete_by_id((id, ctx.me()?)).exec(&**tx).await?;
        Ok((id, Change::default()))
    })
    .await?;
    shown_by_id(ctx, membership).await
}

/// Decides about an application, as a steward. The viewer's own is not theirs to decide.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::StewardsOnly`], [`Code::WrongState`], [`Code::ConsentDue`] or
/// [`Code::InvalidInput`].
pub async fn decide(ctx: &Ctx, id: MembershipId, verdict: Verdict, reason: Option<&str>) -> Result<Membership> {
    let reason = reason.map(|raw| text::paragraph("reason", raw, 500)).transpose()?;
    let membership = about(ctx, id, None, async |tx, standing, row| {
        standing.acting_steward(ctx)?;
        refuse_unless_open(ctx, &standing, &row)?;
        let applicant = row.member_id;
        match verdict {
            Verdict::Admit => Ok((id, let_in(ctx, tx, &standing, row).await?)),
            Verdict::Decline => {
                close(ctx, tx, row, State::Declined, reason.clone()).await?;
                let community = standing.community.id;
                audit::write(ctx, &**tx, community, Action::ApplicationDeclined, Some(applicant), reason).await?;
                Ok((id, Change::default()))
            }
        }
    })
    .await?;
    shown_by_id(ctx, membership).await
}

/// Who has vouched for each of these applicants, for those who may know: stewards, and of their own vouch the vouchers.
///
/// # Errors
/// As the database says.
pub async fn vouchers(ctx: &Ctx, ids: &[MembershipId]) -> Result<HashMap<MembershipId, Vec<MemberId>>> {
    let me = ctx.me()?;
    let looked_after = membership::Entity::find()
        .select_only()
        .column(membership::Column::Id)
        .filter(membership::Column::CommunityId.in_subquery(stewards_of(me).into_query()));
    let may_know = sea_orm::Condition::any()
        .add(vouch::Column::VoucherId.eq(me))
        .add(vouch::Column::MembershipId.in_subquery(looked_after.into_query()));
    let query = vouch::Entity::find().filter(vouch::Column::MembershipId.is_in(ids.iter().copied())).filter(may_know);
    let mut vouchers: HashMap<MembershipId, Vec<MemberId>> = HashMap::new();
    for row in query.all(&ctx.kith.store.db).await? {
        vouchers.entry(row.membership_id).or_default().push(row.voucher_id);
    }
    vouchers.values_mut().for_each(|list| list.sort_unstable());
    Ok(vouchers)
}

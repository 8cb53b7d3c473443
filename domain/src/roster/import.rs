//! A partner's list: it invites the people on it to the community, and ends the memberships that came of that.
//!
//! A row makes an invitation, never a membership and never a tie: whoever is invited decides. What is answered of a row
//! is the same whether its address has an account or not, has declined, or belongs to the community already, so that no
//! list tells who is on Kith; a partner learns who has joined from the roster, of those who let partners see it.
//!
//! The same list can be sent again: each row is known by the partner's own id for the person. One who declined, left or
//! was removed is not invited again by the same row.
//!
//! A list is one transaction of few statements; a dry run is the same, rolled back.

use std::collections::{HashMap, HashSet};

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, Set,
};

use crate::community::{self, Action, MembershipState, Role, Stage, audit};
use crate::ctx::{Ctx, Grant, Viewer};
use crate::entity::roster_row::{self, Column, State};
use crate::entity::{access_token, invitation as invitations, member, membership};
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::{self, Change};
use crate::facts;
use crate::id::{InvitationId, MemberId, MembershipId, RosterRowId};
use crate::invitation::{self, NewInvitation};
use crate::notification::{self, Kind};
use crate::scope::Scope;
use crate::{policy, store, text};

/// The most rows of one list.
pub const MOST_ROWS: usize = 1_000;
/// The longest id of a partner's, in characters.
const LONGEST_ID: usize = 100;

/// What a partner's list says of one person.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What the partner calls them: at most 100 characters.
    pub external_id: String,
    /// Their address.
    pub email: String,
    /// What is to be so.
    pub wanted: Wanted,
}

/// What a partner wants to be so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// They belong to the community, if they wish to.
    Active,
    /// They no longer do, if that came of the partner's list.
    Ended,
}

/// What came of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// They are invited; or would be, as far as the partner may know.
    Invited,
    /// The invitation, or the membership that came of it, is over.
    Ended,
    /// All was so before.
    Unchanged,
}

/// Whether a list is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// It is.
    Real,
    /// It is only looked at what would come of it.
    Dry,
}

/// What came of a row, or what is wrong with it.
type Told = std::result::Result<Outcome, Refusal>;

/// Brings the invitations of a partner in line with its list; returns what came of each row, in the same order. Rows that
/// are wrong are told; the others count. Letters go out soon after ([`super::take_letters`]).
///
/// # Errors
/// [`Error::ScopeMissing`]; refused with [`Code::InvalidInput`] if there are too many rows, [`Code::TooManyAttempts`],
/// [`Code::WrongState`] unless the community is live, or [`Code::CommunityFull`].
pub async fn import(ctx: &Ctx, rows: Vec<Entry>, run: Run) -> Result<Vec<Told>> {
    let Viewer::Partner(grant) = ctx.viewer else { return Err(Error::ScopeMissing(Some(Scope::RosterWrite))) };
    grant.allows(Scope::RosterWrite)?;
    if rows.is_empty() || rows.len() > MOST_ROWS {
        let message = Message::new("roster-rows").with("most", MOST_ROWS);
        return Err(Refusal::of("rows", Code::InvalidInput, message).into());
    }
    let bucket = [(policy::ROSTER_IMPORTS, grant.token.0.to_string())];
    ctx.kith.limiter.take(ctx.now, &bucket).await.map_err(Refusal::too_many_attempts)?;
    let checked = checked(rows);
    let tx = ctx.kith.store.begin().await?;
    let mut list = List::locked(ctx, &tx, grant, &checked).await?;
    let mut results = Vec::with_capacity(checked.len());
    for row in checked {
        results.push(row.map(|row| list.apply(row)));
    }
    let List { plan, inviter, .. } = list;
    match run {
        Run::Real => plan.carry_out(ctx, tx, grant, inviter.id).await?,
        Run::Dry => tx.rollback().await?,
    }
    Ok(results)
}

/// The rows, each clean or refused; of two about one person, the second is.
fn checked(rows: Vec<Entry>) -> Vec<std::result::Result<Entry, Refusal>> {
    let (mut ids, mut emails) = (HashSet::new(), HashSet::new());
    let mut check = |row: Entry| {
        let external_id = text::line("externalId", &row.external_id, LONGEST_ID)?;
        let email = text::email("email", &row.email)?;
        let twice = |field| Refusal::of(field, Code::InvalidInput, Message::new("roster-row-twice"));
        if !ids.insert(external_id.clone()) {
            return Err(twice("externalId"));
        }
        if !emails.insert(email.clone()) {
            return Err(twice("email"));
        }
        Ok(Entry { external_id, email, ..row })
    };
    rows.into_iter().map(&mut check).collect()
}

/// What a list meets, as it is under its locks.
struct List<'a> {
    ctx: &'a Ctx,
    grant: Grant,
    /// The steward in whose name people are invited.
    inviter: member::Model,
    /// By the partner's ids.
    rows: HashMap<String, roster_row::Model>,
    /// Those who have an account, by address; `None` if they may not be invited: their account is out of use, or a block
    /// stands between them and the inviter.
    accounts: HashMap<String, Option<MemberId>>,
    /// The memberships of those and of the rows.
    memberships: Vec<membership::Model>,
    plan: Plan,
}

/// What is to be written.
#[derive(Default)]
struct Plan {
    rows: Vec<roster_row::Model>,
    /// Memberships whose time to be answered is over, which nobody has written down yet.
    expired: Vec<membership::Model>,
    /// Memberships to be written anew.
    invited: Vec<membership::Model>,
    /// The addresses to which an invitation to Kith goes.
    letters: Vec<String>,
    withdrawn: Vec<InvitationId>,
    ended: Vec<membership::Model>,
}

impl<'a> List<'a> {
    async fn locked(
        ctx: &'a Ctx,
        tx: &DatabaseTransaction,
        grant: Grant,
        checked: &[std::result::Result<Entry, Refusal>],
    ) -> Result<Self> {
        let wanted = || checked.iter().filter_map(|row| row.as_ref().ok());
        let token = access_token::Entity::find_by_id(grant.token).one(tx).await?;
        let inviter = token.and_then(|token| token.created_by).ok_or(Error::Unauthenticated)?;
        let known = roster_row::Entity::find()
            .filter(Column::TokenId.eq(grant.token))
            .filter(Column::ExternalId.is_in(wanted().map(|row| row.external_id.clone())));
        let rows: Vec<roster_row::Model> = known.clone().all(tx).await?;
        let with_account =
            member::Entity::find().filter(member::Column::Email.is_in(wanted().map(|row| row.email.clone())));
        let found = with_account.all(tx).await?;
        let of_rows = membership::Entity::find()
            .filter(membership::Column::Id.is_in(rows.iter().filter_map(|row| row.membership_id)));
        let of_rows = of_rows.all(tx).await?;
        // The members first, then the community, as everywhere.
        let concerned = found.iter().map(|row| row.id).chain(of_rows.iter().map(|row| row.member_id)).chain([inviter]);
        let locked = store::lock_members(tx, concerned.collect::<HashSet<_>>()).await?;
        let inviter = store::find(&locked, inviter)?.clone();
        community_of(ctx, tx, grant, checked.len() as u64).await?;
        let blocked = facts::blocks(&ctx.kith, inviter.id).await?;
        let may_be_invited =
            |row: &member::Model| policy::is_in_use(row) && row.id != inviter.id && !blocked.0.contains(&row.id);
        let concerned: HashSet<MemberId> =
            found.iter().map(|row| row.id).chain(of_rows.iter().map(|row| row.member_id)).collect();
        let account = |row: member::Model| Some((row.email.clone()?, may_be_invited(&row).then_some(row.id)));
        let accounts = found.into_iter().filter_map(account).collect();
        let memberships = membership::Entity::find()
            .filter(membership::Column::CommunityId.eq(grant.community))
            .filter(membership::Column::MemberId.is_in(concerned))
            .all(tx)
            .await?;
        // Anew: the same list may have come twice at once.
        let rows = known.all(tx).await?.into_iter().map(|row| (row.external_id.clone(), row)).collect();
        Ok(Self { ctx, grant, inviter, rows, accounts, memberships, plan: Plan::default() })
    }

    /// Plans one row.
    fn apply(&mut self, row: Entry) -> Outcome {
        match (self.rows.remove(&row.external_id), row.wanted) {
            (None, Wanted::Ended) => Outcome::Unchanged,
            (None, Wanted::Active) => self.invite(row, None),
            (Some(known), Wanted::Ended) => self.end(known),
            (Some(known), Wanted::Active) if self.is_settled(&known, &row) => Outcome::Unchanged,
            (Some(known), Wanted::Active) => self.invite(row, Some(known)),
        }
    }

    /// Whether the person of a row was invited not long ago. Whether they have answered does not matter, so that it does
    /// not show.
    fn is_settled(&self, known: &roster_row::Model, row: &Entry) -> bool {
        let is_recent = self.ctx.now < known.invited_at.after(policy::ROSTER_INVITED_ANEW);
        known.state == State::Invited && known.email == row.email && is_recent
    }

    /// Whether the person joined by this row, or would not. What a list has ended, a list can begin again.
    fn has_answered(&self, known: &roster_row::Model) -> bool {
        use MembershipState::{Active, Applied, Declined, Expired, Invited, Left, Removed, Withdrawn};
        self.membership_of(known).is_some_and(|row| match row.state {
            Active | Left | Declined => true,
            Removed => row.ended_by.is_some(),
            Invited | Applied | Withdrawn | Expired => false,
        })
    }

    fn membership_of(&self, known: &roster_row::Model) -> Option<&membership::Model> {
        let id = known.membership_id?;
        self.memberships.iter().find(|row| row.id == id)
    }

    /// Invites the person of a row, as far as that is possible; the partner is told the same in any case.
    fn invite(&mut self, row: Entry, known: Option<roster_row::Model>) -> Outcome {
        let has_answered = known.as_ref().is_some_and(|known| self.has_answered(known));
        self.plan.withdrawn.extend(known.as_ref().and_then(|known| known.invitation_id));
        let mut membership = known.as_ref().and_then(|known| known.membership_id);
        let account = self.accounts.get(&row.email).copied();
        self.withdraw_from_another(known.as_ref(), account.flatten());
        match account {
            _ if has_answered => {}
            Some(Some(member)) => membership = self.invite_member(member).or(membership),
            Some(None) => {}
            None => self.plan.letters.push(row.email.clone()),
        }
        self.plan.rows.push(roster_row::Model {
            id: known.map_or_else(RosterRowId::fresh, |known| known.id),
            token_id: self.grant.token,
            external_id: row.external_id,
            email: row.email,
            state: State::Invited,
            invitation_id: None,
            membership_id: membership,
            invited_at: self.ctx.now,
            told_at: Some(self.ctx.now),
            updated_at: self.ctx.now,
        });
        Outcome::Invited
    }

    /// Takes back what awaits the answer of whoever read the address that a row had before, if that is somebody else.
    fn withdraw_from_another(&mut self, known: Option<&roster_row::Model>, now_meant: Option<MemberId>) {
        let before = known.and_then(|known| self.membership_of(known));
        let waits =
            |row: &&membership::Model| row.state == MembershipState::Invited && policy::is_open(row, self.ctx.now);
        let anothers = before.filter(waits).filter(|row| Some(row.member_id) != now_meant).cloned();
        self.plan.ended.extend(anothers);
    }

    /// A membership that awaits the answer of somebody with an account, unless they have one, or may not have one.
    fn invite_member(&mut self, member: MemberId) -> Option<MembershipId> {
        let (now, inviter) = (self.ctx.now, self.inviter.id);
        let theirs: Vec<&membership::Model> = self.memberships.iter().filter(|row| row.member_id == member).collect();
        let is_barred = |row: &membership::Model| {
            policy::is_open(row, now)
                || (row.state == MembershipState::Removed && !row.may_return)
                || (row.state == MembershipState::Declined && row.invited_by == Some(inviter))
        };
        if theirs.iter().any(|row| is_barred(row)) {
            return None;
        }
        let asked = |row: &&membership::Model| matches!(row.state, MembershipState::Invited | MembershipState::Applied);
        self.plan.expired.extend(theirs.into_iter().filter(asked).cloned());
        let row =
            community::fresh_membership(now, self.grant.community, member, MembershipState::Invited, Role::Member);
        let row = membership::Model { invited_by: Some(inviter), ..row };
        let id = row.id;
        self.plan.invited.push(row);
        Some(id)
    }

    /// Takes back what came of a row. Somebody who looks after the community by now stays: that is for its stewards.
    fn end(&mut self, known: roster_row::Model) -> Outcome {
        if known.state == State::Ended {
            return Outcome::Unchanged;
        }
        let open = self.membership_of(&known).filter(|row| policy::is_open(row, self.ctx.now));
        self.plan.ended.extend(open.filter(|row| row.role != Role::Steward).cloned());
        self.plan.withdrawn.extend(known.invitation_id);
        self.plan.rows.push(roster_row::Model { state: State::Ended, updated_at: self.ctx.now, ..known });
        Outcome::Ended
    }
}

/// Locks the community; goes on if people can be invited to it.
async fn community_of(ctx: &Ctx, tx: &DatabaseTransaction, grant: Grant, rows: u64) -> Result<()> {
    use crate::entity::community::Entity;
    let found = Entity::find_by_id(grant.community).lock_exclusive().one(tx).await?;
    let community = found.ok_or(Error::Unauthenticated)?;
    if community.stage != Stage::Live {
        return Err(Refusal::new(Code::WrongState, Message::new("roster-of-live-community")).into());
    }
    if community::places_taken(tx, grant.community).await?.saturating_add(rows) > policy::MOST_MEMBERS {
        let message = Message::new("community-full").with("most", policy::MOST_MEMBERS);
        return Err(Refusal::new(Code::CommunityFull, message).into());
    }
    community::touch(ctx, tx, grant.community).await
}

impl Plan {
    /// Writes it all down, and commits; returns the letters.
    async fn carry_out(mut self, ctx: &Ctx, tx: DatabaseTransaction, grant: Grant, inviter: MemberId) -> Result<()> {
        let mut change = Change::default();
        withdraw(ctx, &tx, &self.withdrawn).await?;
        for email in self.letters {
            let new = NewInvitation {
                context: crate::entity::tie::Context::Other,
                note: None,
                met_at: None,
                email: Some(email.clone()),
                community: Some(grant.community),
            };
            // Nobody's own: whoever comes in by it is tied to nobody.
            let made = invitation::insert(ctx, &tx, None, new).await?.id;
            for row in self.rows.iter_mut().filter(|row| row.email == email) {
                (row.invitation_id, row.told_at) = (Some(made), None);
            }
        }
        for row in self.expired {
            let expired_at = row.expires_at;
            let mut row = row.into_active_model();
            row.state = Set(MembershipState::Expired);
            row.ended_at = Set(Some(expired_at));
            row.update(&tx).await?;
        }
        for row in self.invited {
            let (id, member) = (row.id, row.member_id);
            membership::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(&tx).await?;
            audit::write(ctx, &tx, grant.community, Action::Invited, Some(member), None).await?;
            let told = notification::tell(ctx, &tx, member, Kind::CommunityInvited, id.0, Some(inviter)).await?;
            change.events.extend(told);
        }
        for row in self.ended {
            let (member, state) = match row.state {
                MembershipState::Active => (row.member_id, MembershipState::Removed),
                _ => (row.member_id, MembershipState::Withdrawn),
            };
            change.communities.push(member);
            community::end(ctx, &tx, row, state, None).await?;
            audit::write(ctx, &tx, grant.community, Action::Removed, Some(member), None).await?;
        }
        save(&tx, self.rows).await?;
        event::commit(ctx, tx, change).await
    }
}

async fn save(tx: &DatabaseTransaction, rows: Vec<roster_row::Model>) -> Result<()> {
    let anew = [Column::Email, Column::State, Column::InvitationId, Column::MembershipId, Column::InvitedAt];
    let anew = anew.into_iter().chain([Column::ToldAt, Column::UpdatedAt]);
    let anew = sea_orm::sea_query::OnConflict::column(Column::Id).update_columns(anew).to_owned();
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    roster_row::Entity::insert_many(rows).on_conflict(anew).exec_without_returning(tx).await?;
    Ok(())
}

async fn withdraw(ctx: &Ctx, tx: &DatabaseTransaction, ids: &[InvitationId]) -> Result<()> {
    invitations::Entity::update_many()
        .col_expr(invitations::Column::WithdrawnAt, Expr::val(ctx.now.0))
        .filter(invitations::Column::Id.is_in(ids.iter().copied()))
        .filter(invitations::Column::UsedAt.is_null())
        .filter(invitations::Column::WithdrawnAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

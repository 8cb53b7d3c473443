//! Memberships: what shows of one member's part in a community, to whom.
//!
//! Members see who else belongs to it. Its stewards see every membership, also of somebody whom a block hides from them,
//! since they must be able to act; and who invited or vouched for whom, which is shown to nobody else. An applicant shows
//! to those of their ties who may vouch for them, an invitation to whoever made it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select};

use super::{Access, Community, Joining, MembershipState as State, Role, joined_by, stewards_of};
use crate::ctx::{Ctx, Timestamp};
use crate::entity::membership::{self, Column};
use crate::entity::{charter, community, tie_end};
use crate::error::Result;
use crate::facts::{self, Card};
use crate::id::{CommunityId, MemberId, MembershipId};
use crate::page::{self, Page, Window};
use crate::{policy, text, visibility};

/// As what the viewer sees a membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// As one of those who belong to the community, or have to do with it.
    Fellow,
    /// As somebody who looks after the community.
    Steward,
    /// As their own.
    Own,
}

/// A membership, as far as the viewer may see it.
#[derive(Clone, Debug)]
pub struct Membership {
    /// Which.
    pub id: MembershipId,
    /// The community.
    pub community: CommunityId,
    /// Whose.
    pub member: MemberId,
    /// What they are called.
    pub card: Arc<Card>,
    /// As what the viewer sees it.
    pub view: View,
    /// Where it stands.
    pub state: State,
    /// What they may do.
    pub role: Role,
    /// Whether they were there before it was launched.
    pub founder: bool,
    /// When it began: with the invitation or the application.
    pub created_at: Timestamp,
    /// When the invitation or application is over, if it is open.
    pub expires_at: Option<Timestamp>,
    /// When they joined.
    pub joined_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    row: membership::Model,
}

impl Membership {
    /// Where it stands in [`list`] and [`mine`].
    pub fn cursor(&self) -> String {
        page::encode(LIST, &(self.created_at, self.id))
    }

    /// Who invited them; only their own and its stewards' to know.
    pub fn invited_by(&self) -> Option<MemberId> {
        self.row.invited_by.filter(|_| self.view != View::Fellow)
    }

    /// What the inviter, or the applicant, wrote.
    pub fn note(&self) -> Option<&str> {
        self.row.note.as_deref().filter(|_| self.view != View::Fellow || self.state == State::Applied)
    }

    /// The applicant's answers to the charter's questions.
    pub fn answers(&self) -> Option<Vec<String>> {
        self.row.answers.as_deref().filter(|_| self.view != View::Fellow).map(text::lines_of)
    }

    /// The last charter they agreed to, of their own or for stewards.
    pub fn consented_version(&self) -> Option<i32> {
        Some(self.row.consented_version).filter(|version| *version > 0 && self.view != View::Fellow)
    }

    /// Why it ended, of their own or for stewards.
    pub fn reason(&self) -> Option<&str> {
        self.row.reason.as_deref().filter(|_| self.view != View::Fellow)
    }

    /// Whether they may come back after they were removed, of their own or for stewards.
    pub fn may_return(&self) -> Option<bool> {
        (self.state == State::Removed && self.view != View::Fellow).then_some(self.row.may_return)
    }

    /// Whether their ties see that they belong to it; their own alone.
    pub fn shown(&self) -> Option<bool> {
        (self.view == View::Own).then_some(self.row.shown)
    }

    /// Whether partners see nothing of it; their own alone.
    pub fn hidden_from_partners(&self) -> Option<bool> {
        (self.view == View::Own).then_some(self.row.hidden_from_partners)
    }

    fn of(ctx: &Ctx, row: membership::Model, card: Arc<Card>, view: View) -> Self {
        let state = policy::membership_state(&row, ctx.now);
        let is_asked = matches!(state, State::Invited | State::Applied);
        Self {
            id: row.id,
            community: row.community_id,
            member: row.member_id,
            card,
            view,
            state,
            role: row.role,
            founder: row.founder,
            created_at: row.created_at,
            expires_at: is_asked.then_some(row.expires_at),
            joined_at: row.joined_at,
            ended_at: row.ended_at.or_else(|| (state == State::Expired).then_some(row.expires_at)),
            row,
        }
    }
}

/// The name of the lists in cursors.
const LIST: &str = "memberships";

/// Those of `ids` that the viewer may see.
///
/// # Errors
/// As the database says.
pub async fn by_ids(ctx: &Ctx, ids: &[MembershipId]) -> Result<Vec<Membership>> {
    let me = ctx.me()?;
    let db = &ctx.kith.store.db;
    let rows = membership::Entity::find()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Condition::any().add(Column::MemberId.eq(me)).add(shown_to(ctx, me)));
    let looked_after: Vec<CommunityId> = stewards_of(me).into_tuple().all(db).await?;
    let view = |row: &membership::Model| match row {
        row if row.member_id == me => View::Own,
        row if looked_after.contains(&row.community_id) => View::Steward,
        _ => View::Fellow,
    };
    with_cards(ctx, rows.all(db).await?, view).await
}

/// The memberships of others that show to `me`: in communities they look after, all; in those they belong to, the active
/// ones; their own invitations; and the applications of their ties where they may vouch.
fn shown_to(ctx: &Ctx, me: MemberId) -> Condition {
    let applicants = Condition::all()
        .add(Column::State.eq(State::Applied))
        .add(Column::ExpiresAt.gt(ctx.now))
        .add(Column::CommunityId.in_subquery(vouching().into_query()))
        .add(Column::MemberId.in_subquery(tied_to(me).into_query()));
    let among = Condition::any().add(Column::State.eq(State::Active)).add(applicants);
    let belongs = Condition::all()
        .add(Column::CommunityId.in_subquery(joined_by(me).into_query()))
        .add(visibility::existing(me, Column::MemberId))
        .add(among);
    let invited = Condition::all()
        .add(Column::InvitedBy.eq(me))
        .add(Column::State.eq(State::Invited))
        .add(visibility::existing(me, Column::MemberId));
    let looked_after = Condition::all()
        .add(Column::CommunityId.in_subquery(stewards_of(me).into_query()))
        .add(visibility::in_use(Column::MemberId));
    Condition::any().add(looked_after).add(belongs).add(invited)
}

/// Those tied to `member`, as rows of one column.
fn tied_to(member: MemberId) -> Select<tie_end::Entity> {
    let rows = tie_end::Entity::find().select_only().column(tie_end::Column::OtherId);
    rows.filter(tie_end::Column::MemberId.eq(member))
}

/// The communities that one joins by being vouched for, as rows of one column.
fn vouching() -> Select<charter::Entity> {
    use sea_orm::sea_query::{Expr, ExprTrait};
    charter::Entity::find()
        .select_only()
        .column(charter::Column::CommunityId)
        .filter(charter::Column::Joining.eq(Joining::Vouched))
        .filter(
            Expr::tuple([
                Expr::col((charter::Entity, charter::Column::CommunityId)),
                Expr::col((charter::Entity, charter::Column::Version)),
            ])
            .in_subquery(
                community::Entity::find()
                    .select_only()
                    .columns([community::Column::Id, community::Column::CharterVersion])
                    .into_query(),
            ),
        )
}

async fn with_cards(
    ctx: &Ctx,
    rows: Vec<membership::Model>,
    view: impl Fn(&membership::Model) -> View,
) -> Result<Vec<Membership>> {
    let members: Vec<MemberId> = rows.iter().map(|row| row.member_id).collect::<HashSet<_>>().into_iter().collect();
    let cards: HashMap<MemberId, Arc<Card>> = facts::cards(&ctx.kith, &members).await?;
    let membership = |row: membership::Model| {
        let card = cards.get(&row.member_id)?.clone();
        let view = view(&row);
        Some(Membership::of(ctx, row, card, view))
    };
    Ok(rows.into_iter().filter_map(membership).collect())
}

/// The memberships of a community in `state` that show to the viewer, newest first.
///
/// # Errors
/// [`crate::error::Error::InvalidCursor`].
pub async fn list(ctx: &Ctx, community: &Community, state: State, window: &Window) -> Result<Page<Membership>> {
    let me = ctx.me()?;
    let is_steward = community.access == Access::Steward;
    let mut rows =
        membership::Entity::find().filter(Column::CommunityId.eq(community.id)).filter(in_state(state, ctx.now));
    rows = if is_steward {
        rows.filter(visibility::in_use(Column::MemberId))
    } else {
        rows.filter(Condition::any().add(Column::MemberId.eq(me)).add(shown_to(ctx, me)))
    };
    let view = |row: &membership::Model| match row.member_id == me {
        true => View::Own,
        false if is_steward => View::Steward,
        false => View::Fellow,
    };
    page_of(ctx, rows, window, view).await
}

/// The viewer's own memberships in `state`, newest first.
///
/// # Errors
/// [`crate::error::Error::InvalidCursor`].
pub async fn mine(ctx: &Ctx, state: State, window: &Window) -> Result<Page<Membership>> {
    let rows = membership::Entity::find().filter(Column::MemberId.eq(ctx.me()?)).filter(in_state(state, ctx.now));
    page_of(ctx, rows, window, |_| View::Own).await
}

async fn page_of(
    ctx: &Ctx,
    rows: Select<membership::Entity>,
    window: &Window,
    view: impl Fn(&membership::Model) -> View,
) -> Result<Page<Membership>> {
    let db = &ctx.kith.store.db;
    let total = window.total_of(db, &rows).await?;
    let rows = window.newest_first(LIST, rows, Column::CreatedAt, Column::Id)?.all(db).await?;
    let memberships = with_cards(ctx, rows, view).await?;
    Ok(Page::of(LIST, window, memberships, total, |it: &Membership| (it.created_at, it.id)))
}

/// The same rule as [`policy::membership_state`], for the database.
fn in_state(state: State, now: Timestamp) -> Condition {
    match state {
        State::Invited | State::Applied => Condition::all().add(Column::State.eq(state)).add(Column::ExpiresAt.gt(now)),
        State::Expired => {
            let waiting = Column::State.is_in([State::Invited, State::Applied]);
            let over = Condition::all().add(waiting).add(Column::ExpiresAt.lte(now));
            Condition::any().add(Column::State.eq(State::Expired)).add(over)
        }
        State::Active | State::Left | State::Removed | State::Declined | State::Withdrawn => {
            Condition::all().add(Column::State.eq(state))
        }
    }
}

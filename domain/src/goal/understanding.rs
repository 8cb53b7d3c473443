//! Understanding a goal: members say it in their own words, and enough of them make it active.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait,
    Select, Set,
};

use super::{Goal, State, about, wrong_state};
use crate::community::{self, MembershipState};
use crate::ctx::{Ctx, Timestamp};
use crate::entity::goal::{self, Column};
use crate::entity::{endorsement, membership};
use crate::error::{Code, Message, Refusal, Result};
use crate::id::{CommunityId, GoalId, MemberId};
use crate::idempotency::Command;
use crate::page::{Page, Window};
use crate::{policy, text, visibility};

/// Fewest characters of an endorsement.
pub const FEWEST_WORDS: usize = 20;

/// How far a goal is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Understanding {
    /// How many members have said it in their own words.
    pub endorsed: u64,
    /// How many must.
    pub required: u64,
}

/// What a goal means to a member.
#[derive(Clone, Debug)]
pub struct Endorsement {
    /// Whose words.
    pub member: MemberId,
    /// Their words.
    pub words: String,
    /// When they said so.
    pub at: Timestamp,
}

/// How far each of these goals, which show to the viewer, is understood.
///
/// # Errors
/// As the database says.
pub async fn understanding(ctx: &Ctx, goals: &[(GoalId, CommunityId)]) -> Result<HashMap<GoalId, Understanding>> {
    let ids: Vec<CommunityId> = goals.iter().map(|(_, community)| *community).collect();
    let communities = community::by_ids(ctx, &ids).await?;
    let sizes = community::full_sizes(ctx, &ids).await?;
    let counted: Vec<(GoalId, i64)> = endorsements()
        .select_only()
        .column(endorsement::Column::GoalId)
        .column_as(endorsement::Column::MemberId.count(), "endorsed")
        .filter(endorsement::Column::GoalId.is_in(goals.iter().map(|(goal, _)| *goal)))
        .group_by(endorsement::Column::GoalId)
        .into_tuple()
        .all(&ctx.kith.store.db)
        .await?;
    let counted: HashMap<GoalId, u64> = counted.into_iter().map(|(id, count)| (id, count.unsigned_abs())).collect();
    let of = |(goal, community): &(GoalId, CommunityId)| {
        let stage = communities.iter().find(|it| it.id == *community)?.stage;
        let members = sizes.get(community).copied().unwrap_or_default();
        let required = policy::quorum(stage, members, ctx.kith.thresholds.endorsed.of(members));
        Some((*goal, Understanding { endorsed: counted.get(goal).copied().unwrap_or_default(), required }))
    };
    Ok(goals.iter().filter_map(of).collect())
}

/// The endorsements of those who still belong to the goal's community.
fn endorsements() -> Select<endorsement::Entity> {
    use sea_orm::sea_query::{Expr, ExprTrait};
    let members = membership::Entity::find()
        .select_only()
        .column(membership::Column::MemberId)
        .filter(membership::Column::State.eq(MembershipState::Active))
        .filter(
            Expr::col((membership::Entity, membership::Column::CommunityId)).in_subquery(
                goal::Entity::find()
                    .select_only()
                    .column(Column::CommunityId)
                    .filter(
                        Expr::col((goal::Entity, Column::Id))
                            .equals((endorsement::Entity, endorsement::Column::GoalId)),
                    )
                    .into_query(),
            ),
        );
    endorsement::Entity::find()
        .filter(endorsement::Column::MemberId.in_subquery(members.into_query()))
        .filter(visibility::in_use(endorsement::Column::MemberId))
}

/// What a goal means to those who have endorsed it, and exist for the viewer, newest first.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub async fn voices(ctx: &Ctx, goal: &Goal, window: &Window) -> Result<Page<Endorsement>> {
    use endorsement::Column as Voice;
    const LIST: &str = "voices";
    let exists = visibility::existing(ctx.me()?, Voice::MemberId);
    let rows = endorsements().filter(Voice::GoalId.eq(goal.id)).filter(exists);
    let total = window.total_of(&ctx.kith.store.db, &rows).await?;
    let rows = window.newest_first(LIST, rows, Voice::CreatedAt, Voice::MemberId)?.all(&ctx.kith.store.db).await?;
    let voices =
        rows.into_iter().map(|row| Endorsement { member: row.member_id, words: row.words, at: row.created_at });
    Ok(Page::of(LIST, window, voices.collect(), total, |voice: &Endorsement| (voice.at, voice.member)))
}

/// Says a proposed goal in the viewer's own words; saying it anew replaces what they said. The last one that is needed
/// makes the goal active.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::WrongState`], [`Code::ConsentDue`], [`Code::InvalidInput`] or
/// [`Code::WordsCopied`].
pub async fn endorse(ctx: &Ctx, id: GoalId, words: &str) -> Result<Goal> {
    let words = text::paragraph("words", words, 1_000)?;
    let key = text::words(&words);
    if key.chars().count() < FEWEST_WORDS {
        let message = Message::new("too-few-words").with("fewest", FEWEST_WORDS);
        return Err(Refusal::of("words", Code::InvalidInput, message).into());
    }
    about(ctx, id, async |tx, standing, row| {
        let me = standing.member()?.member_id;
        if row.state != State::Proposed {
            return Err(wrong_state(Message::new("goal-not-proposed")));
        }
        refuse_copies(tx, &row, me, &key).await?;
        endorsement::Entity::delete_by_id((id, me)).exec(&**tx).await?;
        let said = endorsement::Model { goal_id: id, member_id: me, words, words_key: key, created_at: ctx.now };
        endorsement::Entity::insert(said.into_active_model().reset_all()).exec_without_returning(&**tx).await?;
        let endorsed = endorsements().filter(endorsement::Column::GoalId.eq(id)).count(&**tx).await?;
        let members = community::members_of(row.community_id);
        let members = members.count(&**tx).await?;
        if endorsed >= policy::quorum(standing.community.stage, members, ctx.kith.thresholds.endorsed.of(members)) {
            let mut row = row.into_active_model();
            row.state = Set(State::Active);
            row.activated_at = Set(Some(ctx.now));
            row.updated_at = Set(ctx.now);
            row.update(&**tx).await?;
        }
        Ok(())
    })
    .await
}

/// Refuses words that are the outcome's or another member's, after normalising.
async fn refuse_copies(tx: &Command, row: &goal::Model, me: MemberId, key: &str) -> Result<()> {
    let same = endorsement::Entity::find()
        .filter(endorsement::Column::GoalId.eq(row.id))
        .filter(endorsement::Column::WordsKey.eq(key))
        .filter(endorsement::Column::MemberId.ne(me));
    if text::words(&row.outcome) == *key || same.count(&**tx).await? > 0 {
        return Err(Refusal::of("words", Code::WordsCopied, Message::new("words-copied")).into());
    }
    Ok(())
}

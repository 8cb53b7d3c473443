//! News: what communities tell partners, through webhooks.
//!
//! What is told is written in the transaction in which it happens, with a delivery for each webhook that is told such
//! things then; so a crash after the commit loses none, and whatever is told keeps one id over all tries and replays. It
//! names ids and numbers, never names or words of members: what a partner may read of them, they look up. Where nobody
//! would be told, nothing is written.
//!
//! A member who hides from partners does not show in any of it; what was told of them before can no longer be sent or
//! replayed ([`withdraw`]). That they hide is itself not told.
//!
//! Deliberately absent: the form on the wire and the sending, which are the API's; managing webhooks ([`crate::webhook`]),
//! which comes after the nouns that tell.

use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Set,
};
use serde::{Deserialize, Serialize};

use crate::ctx::{Ctx, Timestamp};
use crate::entity::community::{self, Stage};
use crate::entity::delivery::{self, State};
use crate::entity::{news, webhook};
use crate::error::{Error, Result};
use crate::id::{CommunityId, DeliveryId, GatheringId, GoalId, MemberId, MembershipId, NewsId, WebhookId};

/// Something that has happened in a community.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum News {
    /// Somebody belongs to it now.
    MemberJoined {
        /// Their part in it.
        membership: MembershipId,
        /// Who.
        member: MemberId,
    },
    /// Somebody no longer belongs to it, or does not show any more since their account is out of use.
    MemberLeft {
        /// Their part in it.
        membership: MembershipId,
        /// Who.
        member: MemberId,
    },
    /// A goal was measured.
    GoalProgressed {
        /// Which.
        goal: GoalId,
        /// The value, if there is one.
        value: Option<f64>,
        /// Its unit.
        unit: Option<String>,
    },
    /// A gathering is planned.
    GatheringPlanned {
        /// Which.
        gathering: GatheringId,
        /// The goal it serves.
        goal: Option<GoalId>,
        /// When it begins.
        starts_at: Timestamp,
        /// When it ends.
        ends_at: Timestamp,
    },
    /// A gathering was held: it is over, or who was there is written down.
    GatheringHeld {
        /// Which.
        gathering: GatheringId,
        /// The goal it serves.
        goal: Option<GoalId>,
        /// When it began.
        starts_at: Timestamp,
        /// When it ended.
        ends_at: Timestamp,
    },
    /// Introductions were counted, as they are once a week.
    IntroductionsCounted {
        /// The days counted.
        days: u64,
        /// How many closed in them.
        closed: Count,
        /// How many of these were accepted.
        accepted: Count,
        /// Of how many somebody said that they helped.
        helped: Count,
        /// Of how many somebody said that the two met, and nobody that it helped.
        met: Count,
    },
    /// A steward tries a webhook.
    Test {
        /// Which.
        webhook: WebhookId,
    },
}

/// A number of what people did; hidden if it is so small that it could single somebody out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Count {
    /// The number itself: 0, or at least 5.
    Exact(u64),
    /// From 1 to 4.
    Few,
}

/// What a webhook can be told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Topic {
    /// [`News::MemberJoined`].
    MemberJoined,
    /// [`News::MemberLeft`].
    MemberLeft,
    /// [`News::GoalProgressed`].
    GoalProgressed,
    /// [`News::GatheringPlanned`].
    GatheringPlanned,
    /// [`News::GatheringHeld`].
    GatheringHeld,
    /// [`News::IntroductionsCounted`].
    IntroductionsCounted,
    /// [`News::Test`]: it is told when a steward asks for it, and cannot be chosen.
    WebhookTest,
}

impl News {
    /// What it is about.
    pub fn topic(&self) -> Topic {
        match self {
            Self::MemberJoined { .. } => Topic::MemberJoined,
            Self::MemberLeft { .. } => Topic::MemberLeft,
            Self::GoalProgressed { .. } => Topic::GoalProgressed,
            Self::GatheringPlanned { .. } => Topic::GatheringPlanned,
            Self::GatheringHeld { .. } => Topic::GatheringHeld,
            Self::IntroductionsCounted { .. } => Topic::IntroductionsCounted,
            Self::Test { .. } => Topic::WebhookTest,
        }
    }

    /// Whose membership it names, if it does.
    fn membership(&self) -> Option<MembershipId> {
        match self {
            Self::MemberJoined { membership, .. } | Self::MemberLeft { membership, .. } => Some(*membership),
            Self::GoalProgressed { .. }
            | Self::GatheringPlanned { .. }
            | Self::GatheringHeld { .. }
            | Self::IntroductionsCounted { .. }
            | Self::Test { .. } => None,
        }
    }
}

/// A list of topics as the database keeps it.
pub(crate) fn of_topics(topics: &[Topic]) -> String {
    serde_json::to_string(topics).unwrap_or_default()
}

/// The topics that [`of_topics`] kept.
pub(crate) fn topics_of(kept: &str) -> Vec<Topic> {
    serde_json::from_str(kept).unwrap_or_default()
}

/// What was told, as the database keeps it.
pub(crate) fn read(row: &news::Model) -> Result<News> {
    serde_json::from_str(&row.told).map_err(|cause| Error::Internal(format!("news {}: {cause}", row.id.0)))
}

/// Tells the webhooks of a community, in the transaction in which it happens. An archived community tells nothing.
pub(crate) async fn tell(ctx: &Ctx, tx: &impl ConnectionTrait, community: CommunityId, told: &News) -> Result<()> {
    use webhook::Column;
    let open = community::Entity::find_by_id(community)
        .select_only()
        .column(community::Column::Id)
        .filter(community::Column::Stage.ne(Stage::Archived));
    // None of them is deleted before the deliveries are written.
    let webhooks = webhook::Entity::find()
        .filter(Column::CommunityId.in_subquery(open.into_query()))
        .filter(Column::State.eq(webhook::State::Enabled))
        .lock(LockType::KeyShare)
        .all(tx)
        .await?;
    let topic = told.topic();
    let to = webhooks.iter().filter(|row| topics_of(&row.topics).contains(&topic)).map(|row| row.id);
    write(ctx, tx, community, told, to.collect()).await.map(drop)
}

/// Writes what is told and a delivery to each of these webhooks; returns the deliveries.
pub(crate) async fn write(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    community: CommunityId,
    told: &News,
    to: Vec<WebhookId>,
) -> Result<Vec<DeliveryId>> {
    if to.is_empty() {
        return Ok(Vec::new());
    }
    let text = serde_json::to_string(told).map_err(|cause| Error::Internal(format!("news: {cause}")))?;
    let id = NewsId::fresh();
    let row = news::ActiveModel {
        id: Set(id),
        community_id: Set(community),
        membership_id: Set(told.membership()),
        told: Set(text),
        created_at: Set(ctx.now),
    };
    row.insert(tx).await?;
    let made: Vec<(DeliveryId, WebhookId)> = to.into_iter().map(|webhook| (DeliveryId::fresh(), webhook)).collect();
    let rows = made.iter().map(|(delivery, webhook)| delivery::ActiveModel {
        id: Set(*delivery),
        webhook_id: Set(*webhook),
        news_id: Set(id),
        state: Set(State::Waiting),
        tries: Set(0),
        due_at: Set(ctx.now),
        created_at: Set(ctx.now),
        ended_at: Set(None),
    });
    delivery::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(made.into_iter().map(|(delivery, _)| delivery).collect())
}

/// Takes back what was told of a membership: what waits is not sent, and nothing of it can be replayed.
pub(crate) async fn withdraw(tx: &impl ConnectionTrait, membership: MembershipId) -> Result<()> {
    news::Entity::delete_many().filter(news::Column::MembershipId.eq(membership)).exec(tx).await?;
    Ok(())
}

/// Ends the deliveries of a community that is archived and has nothing to tell any more.
pub(crate) async fn silence(ctx: &Ctx, tx: &impl ConnectionTrait, community: CommunityId) -> Result<()> {
    let its = webhook::Entity::find()
        .select_only()
        .column(webhook::Column::Id)
        .filter(webhook::Column::CommunityId.eq(community));
    delivery::Entity::update_many()
        .col_expr(delivery::Column::State, Expr::val(State::Cancelled.to_value()))
        .col_expr(delivery::Column::EndedAt, Expr::val(ctx.now.0))
        .filter(delivery::Column::State.eq(State::Waiting))
        .filter(delivery::Column::WebhookId.in_subquery(its.into_query()))
        .exec(tx)
        .await?;
    Ok(())
}

//! Introductions: requests to be introduced, through somebody, to somebody.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{GoalId, IntroductionId, MemberId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "introduction")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: IntroductionId,
    pub requester_id: MemberId,
    /// `None` if they are gone.
    pub connector_id: Option<MemberId>,
    /// `None` if they are gone.
    pub target_id: Option<MemberId>,
    pub goal_id: Option<GoalId>,
    /// Why, in the requester's words.
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// What the connector says to the target.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// What is so, whoever may know of it.
    pub state: State,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// Drawn at the request: an end that comes before shows at this moment to who must not know when it came; one that
    /// comes after it shows as having expired.
    pub reveal_at: Timestamp,
    /// When it reached the connector; `None` while it waits for its turn.
    pub connector_at: Option<Timestamp>,
    pub passed_at: Option<Timestamp>,
    /// When it reached the target; `None` while it waits for its turn.
    pub target_at: Option<Timestamp>,
    pub accepted_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// By whose doing, if by anybody's.
    pub ended_by: Option<MemberId>,
    /// When the requester took it back, also if it had ended already without their knowing.
    pub withdrawn_at: Option<Timestamp>,
    /// When the requester was told how it ended, or needed not be.
    pub told_at: Option<Timestamp>,
}

/// Where an introduction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// The connector is asked.
    #[sea_orm(string_value = "REQUESTED")]
    Requested,
    /// The connector passed it on, and the target is asked.
    #[sea_orm(string_value = "PASSED_ON")]
    PassedOn,
    /// The target said yes.
    #[sea_orm(string_value = "ACCEPTED")]
    Accepted,
    /// The connector or the target said no.
    #[sea_orm(string_value = "DECLINED")]
    Declined,
    /// The requester took it back.
    #[sea_orm(string_value = "WITHDRAWN")]
    Withdrawn,
    /// Nobody answered in time.
    #[sea_orm(string_value = "EXPIRED")]
    Expired,
    /// What it rested on is gone.
    #[sea_orm(string_value = "CLOSED")]
    Closed,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

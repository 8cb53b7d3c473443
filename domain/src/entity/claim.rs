//! Claims: the claimer's own record of whom they named.

use sea_orm::entity::prelude::*;

use super::tie::Context;
use crate::ctx::Timestamp;
use crate::id::{ClaimId, MemberId, TieId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "claim")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ClaimId,
    pub claimer_id: MemberId,
    /// Whom the name belongs to, if to anybody. Never shown to the claimer before the other has confirmed.
    pub target_id: Option<MemberId>,
    /// The tie this claim asked for, if it reached the other.
    pub tie_id: Option<TieId>,
    /// The handle or e-mail address as given, folded.
    pub named: String,
    pub context: Context,
    pub note: Option<String>,
    pub state: State,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Where a claim stands, as its claimer sees it. A claim that was declined stays open until it expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// Awaits an answer, or expired if its time is over.
    #[sea_orm(string_value = "OPEN")]
    Open,
    /// The other said so too.
    #[sea_orm(string_value = "CONFIRMED")]
    Confirmed,
    /// The claimer took it back.
    #[sea_orm(string_value = "WITHDRAWN")]
    Withdrawn,
    /// Nobody answered in time.
    #[sea_orm(string_value = "EXPIRED")]
    Expired,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

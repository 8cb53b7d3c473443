//! The two ends of every active tie, written with it: what the network reads.

use sea_orm::entity::prelude::*;

use super::tie::Evidence;
use crate::id::{MemberId, TieId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tie_end")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub other_id: MemberId,
    pub evidence: Evidence,
    pub tie_id: TieId,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

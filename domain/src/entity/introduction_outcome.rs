//! What came of introductions, as those say who were introduced.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{IntroductionId, MemberId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "introduction_outcome")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub introduction_id: IntroductionId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    pub outcome: Outcome,
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    pub created_at: Timestamp,
}

/// What came of an introduction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Outcome {
    /// It helped.
    #[sea_orm(string_value = "HELPED")]
    Helped,
    /// The two met, or talked.
    #[sea_orm(string_value = "MET")]
    Met,
    /// Nothing came of it.
    #[sea_orm(string_value = "NOTHING")]
    Nothing,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

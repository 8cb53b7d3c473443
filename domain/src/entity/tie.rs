//! Ties: one row a pair and process.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ctx::Timestamp;
use crate::id::{IntroductionId, MemberId, TieId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tie")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TieId,
    /// The one of the two with the smaller id.
    pub low: MemberId,
    pub high: MemberId,
    pub low_answer: Answer,
    pub high_answer: Answer,
    pub state: State,
    pub evidence: Evidence,
    pub context: Context,
    /// How they know each other, in the words of the one who began.
    pub note: Option<String>,
    /// `None` if neither did, as with an import.
    pub begun_by: Option<MemberId>,
    /// Who declined, withdrew or ended it.
    pub closed_by: Option<MemberId>,
    pub created_at: Timestamp,
    /// When it ends by itself, while pending.
    pub expires_at: Timestamp,
    pub active_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    /// When the two met, by a handshake, as the scanning phone says.
    pub met_at: Option<Timestamp>,
    /// When that reached the service.
    pub received_at: Option<Timestamp>,
    /// Who must still confirm that they met, since it was told late.
    pub met_awaits: Option<MemberId>,
    /// Which introduction it came of.
    pub introduction_id: Option<IntroductionId>,
}

/// What one of the two has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Answer {
    /// Nothing yet.
    #[sea_orm(string_value = "NONE")]
    None,
    /// They know each other.
    #[sea_orm(string_value = "YES")]
    Yes,
    /// No tie is wanted.
    #[sea_orm(string_value = "NO")]
    No,
}

/// Where a tie stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// Awaits the word of one or both.
    #[sea_orm(string_value = "PENDING")]
    Pending,
    /// Both said so.
    #[sea_orm(string_value = "ACTIVE")]
    Active,
    /// It was active; one of the two ended it.
    #[sea_orm(string_value = "ENDED")]
    Ended,
    /// One of the two said no.
    #[sea_orm(string_value = "DECLINED")]
    Declined,
    /// The one who began took it back.
    #[sea_orm(string_value = "WITHDRAWN")]
    Withdrawn,
    /// Nobody answered in time.
    #[sea_orm(string_value = "EXPIRED")]
    Expired,
}

/// What a tie rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Evidence {
    /// They met, and both say so.
    #[sea_orm(string_value = "IN_PERSON")]
    InPerson,
    /// Both say so.
    #[sea_orm(string_value = "CLAIMED")]
    Claimed,
    /// Somebody introduced them.
    #[sea_orm(string_value = "INTRODUCED")]
    Introduced,
    /// An operator's or a partner's list says so.
    #[sea_orm(string_value = "IMPORTED")]
    Imported,
}

/// How two members know each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Context {
    /// They work or worked together.
    #[sea_orm(string_value = "COLLEAGUE")]
    Colleague,
    /// They live or lived near each other.
    #[sea_orm(string_value = "NEIGHBOUR")]
    Neighbour,
    /// They are friends.
    #[sea_orm(string_value = "FRIEND")]
    Friend,
    /// They are family.
    #[sea_orm(string_value = "FAMILY")]
    Family,
    /// They study or studied together.
    #[sea_orm(string_value = "STUDY")]
    Study,
    /// They belong to the same association.
    #[sea_orm(string_value = "ASSOCIATION")]
    Association,
    /// Something else.
    #[sea_orm(string_value = "OTHER")]
    Other,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Nominations: whom a contact named who can help with an ask.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{AskId, MemberId, NominationId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "nomination")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NominationId,
    pub ask_id: AskId,
    pub nominator_id: MemberId,
    pub nominee_id: MemberId,
    /// What the nominator says to the nominee.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// What is so, whoever may know of it.
    pub state: State,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// When it was offered to the nominee; `None` if it must not reach them.
    pub offered_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

/// Where a nomination stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// The nominee is asked.
    #[sea_orm(string_value = "OFFERED")]
    Offered,
    /// They said yes.
    #[sea_orm(string_value = "ACCEPTED")]
    Accepted,
    /// They said no.
    #[sea_orm(string_value = "DECLINED")]
    Declined,
    /// They did not answer in time.
    #[sea_orm(string_value = "EXPIRED")]
    Expired,
    /// The ask is over, or what it rested on is gone.
    #[sea_orm(string_value = "CLOSED")]
    Closed,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

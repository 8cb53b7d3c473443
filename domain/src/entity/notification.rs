//! Notifications: what a member is told of.

use sea_orm::entity::prelude::*;

use crate::ctx::Timestamp;
use crate::id::{MemberId, NotificationId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notification")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NotificationId,
    pub member_id: MemberId,
    pub kind: Kind,
    /// What it is about; of which table, the kind says.
    pub subject_id: Uuid,
    /// Whom it is about: it shows as long as they exist for the reader.
    pub about_id: Option<MemberId>,
    pub created_at: Timestamp,
    pub read_at: Option<Timestamp>,
}

/// What has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Kind {
    /// Somebody says that they know the reader.
    #[sea_orm(string_value = "TIE_ASKED")]
    TieAsked,
    /// A tie of the reader's is active now.
    #[sea_orm(string_value = "TIE_ACTIVE")]
    TieActive,
    /// The reader is asked to introduce two of their ties.
    #[sea_orm(string_value = "INTRODUCTION_REQUESTED")]
    IntroductionRequested,
    /// Somebody asks, through a tie of the reader's, to be introduced to them.
    #[sea_orm(string_value = "INTRODUCTION_PASSED_ON")]
    IntroductionPassedOn,
    /// An introduction was accepted.
    #[sea_orm(string_value = "INTRODUCTION_ACCEPTED")]
    IntroductionAccepted,
    /// Nothing will come of an introduction the reader asked for.
    #[sea_orm(string_value = "INTRODUCTION_CLOSED")]
    IntroductionClosed,
    /// The time of an introduction the reader asked for is over.
    #[sea_orm(string_value = "INTRODUCTION_EXPIRED")]
    IntroductionExpired,
    /// Somebody thinks that the reader can help.
    #[sea_orm(string_value = "NOMINATION_OFFERED")]
    NominationOffered,
    /// Somebody who was named will help.
    #[sea_orm(string_value = "NOMINATION_ACCEPTED")]
    NominationAccepted,
    /// There are messages in a conversation since the reader last looked.
    #[sea_orm(string_value = "MESSAGES")]
    Messages,
    /// The reader is invited to a community.
    #[sea_orm(string_value = "COMMUNITY_INVITED")]
    CommunityInvited,
    /// Somebody would come into a community the reader looks after.
    #[sea_orm(string_value = "COMMUNITY_APPLIED")]
    CommunityApplied,
    /// The reader belongs to a community now.
    #[sea_orm(string_value = "COMMUNITY_JOINED")]
    CommunityJoined,
    /// A webhook of a community the reader looks after was disabled, since nothing arrived.
    #[sea_orm(string_value = "WEBHOOK_DISABLED")]
    WebhookDisabled,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! The tables, one a file, without logic: what a row holds, by the names the migrations gave.
//!
//! Rules live next door, in the noun's module. Relations are left out on purpose: nothing loads lazily, and what is
//! read together is said where it is read.

pub(crate) mod access_token;
pub(crate) mod access_token_use;
pub(crate) mod account_export;
pub(crate) mod address_change;
pub(crate) mod ask;
pub(crate) mod attendance;
pub(crate) mod audit_entry;
pub(crate) mod block;
pub(crate) mod calendar;
pub(crate) mod charter;
pub(crate) mod claim;
pub(crate) mod claim_code;
pub(crate) mod commitment;
pub(crate) mod community;
pub(crate) mod community_skill;
pub(crate) mod conversation;
pub(crate) mod delivery;
pub(crate) mod delivery_attempt;
pub(crate) mod email_code;
pub(crate) mod endorsement;
pub(crate) mod gathering;
pub(crate) mod gathering_reply;
pub(crate) mod goal;
pub(crate) mod handshake;
pub(crate) mod health_snapshot;
pub(crate) mod imported_person;
pub(crate) mod introduction;
pub(crate) mod introduction_outcome;
pub(crate) mod invitation;
pub(crate) mod member;
pub(crate) mod member_skill;
pub(crate) mod membership;
pub(crate) mod message;
pub(crate) mod news;
pub(crate) mod nomination;
pub(crate) mod notification;
pub(crate) mod outbox;
pub(crate) mod participant;
pub(crate) mod password;
pub(crate) mod progress;
pub(crate) mod report;
pub(crate) mod retry;
pub(crate) mod roster_mark;
pub(crate) mod roster_row;
pub(crate) mod session;
pub(crate) mod tie;
pub(crate) mod tie_end;
pub(crate) mod trusted_document;
pub(crate) mod vouch;
pub(crate) mod webhook;

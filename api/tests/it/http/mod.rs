//! GraphQL over HTTP as clients, browsers and operators meet it.

mod audits;
mod away;
mod body;
mod cors;
mod get;
mod health;
mod negotiation;
mod playground;
mod production;
mod status;

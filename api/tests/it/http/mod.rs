//! GraphQL over HTTP as clients, browsers and operators meet it.

mod audits;
mod away;
mod body;
mod client;
mod cors;
mod credentials;
mod get;
mod health;
mod negotiation;
mod playground;
mod production;
mod retry;
mod status;
mod well_known;

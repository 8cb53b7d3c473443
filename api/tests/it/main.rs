//! Stories of named people through HTTP, against the real parts: SQLite with the in-process cache, and PostgreSQL with
//! Redis, which `bash .ci/test` brings up. One binary, because linking is what takes the time.

mod support;

mod access;
mod account;
mod ask;
mod auth;
mod block;
mod cache;
mod command;
mod community;
mod conversation;
mod document;
mod gathering;
mod goal;
mod guard;
mod handshake;
mod http;
mod introduction;
mod introduction_model;
mod limit;
mod live;
mod log;
mod mail;
mod member;
mod network_model;
mod notification;
mod office;
mod outbox;
mod partner;
mod report;
mod retry;
mod schema;
mod shape;
mod statements;
mod tie;
mod walk;
mod webhook;
mod words;
mod worlds;

//! Stories of named people through HTTP, against the real parts: SQLite with the in-process cache, and PostgreSQL with
//! Redis, which `bash .ci/test` brings up. One binary, because linking is what takes the time.

mod support;

mod auth;
mod command;
mod guard;
mod http;
mod log;
mod tie;

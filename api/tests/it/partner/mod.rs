//! Stories of partners: what an access token reaches, how it lives and ends, and lists of people.

mod example;
mod list;
mod roster;
mod scope;
mod token;

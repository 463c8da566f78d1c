//! rekindle: a private, slow guide through the question of getting back with a former partner.
//!
//! Read `ARCHITECTURE.md` first; the modules follow the way of an event.

pub mod chat;
pub mod crash;
pub mod journey;
pub mod prompts;
pub mod store;

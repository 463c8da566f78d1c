//! rekindle: a private, slow guide through the question of getting back with a former partner.
//!
//! Read `ARCHITECTURE.md` first; the modules follow the way of an event.

pub mod adapters;
pub mod app;
pub mod chat;
pub mod clock;
pub mod config;
pub mod crash;
pub mod dispatcher;
pub mod export;
pub mod input;
pub mod journey;
#[cfg(test)]
mod mutate;
pub mod prompts;
pub mod safety;
pub mod scheduler;
pub mod service;
pub mod store;
pub mod witness;

//! The doors: each turns its platform's events into [`crate::chat::Inbound`] and shows what comes back.
//!
//! Only an adapter names its platform's library, and no adapter knows another.

pub mod console;
pub mod discord;

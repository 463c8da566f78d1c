//! The tests of the whole: the library from outside, the binary as a process, the documents against the code.
//!
//! One program, since each more would be linked for itself. `cargo test --test suite discord::` runs a part of it.

mod architecture;
mod at_rest;
mod backup;
mod delivery;
mod discord;
mod discord_transcripts;
mod drafts;
mod export;
mod faults;
mod help_lines;
mod keys;
#[cfg(target_os = "linux")]
mod output;
mod recall;
mod recovery;
mod safety;
mod safety_cases;
mod safety_rounds;
mod siblings;
mod support;
mod transcripts;

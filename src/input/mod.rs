//! What people type where a value is asked for: a place or a clock, a time, quiet hours, a date, a rhythm, a number.
//!
//! The grammar is here, the words of a language are in `prompts/<locale>/input.toml` ([`Lexicon`]). A text with two readings
//! gives both, so that the person is asked; a text with none is `None`. Pure: the time is a parameter.

mod date;
mod fold;
mod lexicon;
mod number;
mod quiet;
mod rhythm;
mod time;
mod tokens;
pub mod zone;

pub use date::{Dates, Day, Doubt, read_when};
pub use fold::fold;
pub use lexicon::Lexicon;
pub use number::{Unit, read_days, read_weeks};
pub use quiet::{QuietReading, read_quiet};
pub use rhythm::{RhythmReading, read_rhythm};
pub use time::{Half, TimeReading, read_time};

#[cfg(test)]
mod tests;

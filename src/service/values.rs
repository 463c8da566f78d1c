//! Reads what a person typed where a value is asked for, by the grammar of [`crate::input`].

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::chat::Words;
use crate::input::zone::{self, Strictness, ZoneReading};
use crate::input::{self, Lexicon, QuietReading, RhythmReading};
use crate::journey::{FormKind, PASSPHRASE, Value};

/// What may be meant by what is typed so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What the person sees.
    pub label: String,
    /// What choosing it types.
    pub value: String,
}

/// Reads the fields of a form that asks for a value. Total; `now` (UTC) is for "what time is it where you are".
#[must_use]
pub fn read(kind: FormKind, fields: &[Words], lexicon: &Lexicon, now: Timestamp, strictness: Strictness) -> Value {
    let field = |index: usize| fields.get(index).map_or("", |words| words.expose().trim());
    let value = match kind {
        FormKind::Number => input::read_days(field(0), lexicon).map(Value::Number),
        FormKind::Weeks => input::read_weeks(field(0), lexicon).map(Value::Number),
        FormKind::Rhythm => input::read_rhythm(field(0), lexicon).map(|reading| match reading {
            RhythmReading::Every(days) => Value::Number(days),
            RhythmReading::Which(days) => Value::Numbers(days),
            RhythmReading::TooOften => Value::TooOften,
        }),
        FormKind::Time => input::read_time(field(0), lexicon).map(|reading| match reading.times.as_slice() {
            [time] => Value::Time(*time),
            _ => Value::Times(reading.times),
        }),
        FormKind::Zone => zone::read_zone(field(0), lexicon, now, strictness).map(|reading| match reading {
            ZoneReading::Zone(zone) => Value::Zone(zone),
            ZoneReading::Which(zones) => Value::Zones(zones),
            ZoneReading::EitherHalf(clocks) => Value::Clocks(clocks),
        }),
        FormKind::Quiet => input::read_quiet(field(0), field(1), lexicon).map(|reading| match reading {
            QuietReading::Hours(from, until) => Value::Quiet(from, until),
            QuietReading::Which(spans) => Value::Quiets(spans),
            QuietReading::Off => Value::QuietOff,
        }),
        FormKind::When => input::read_when(field(0), field(1), lexicon).map(|(days, time)| Value::When(days, time)),
        // As it was typed: a blank at its end belongs to it.
        FormKind::Passphrase => fields.first().filter(|phrase| long_enough(phrase)).map(|_| Value::Passphrase),
        FormKind::Note | FormKind::Letter | FormKind::Draft | FormKind::Line => None,
    };
    value.unwrap_or(Value::Unreadable)
}

/// What could be meant by what is typed so far, for completion; at most 20. Only places are completed.
#[must_use]
pub fn complete(kind: FormKind, typed: &str, lexicon: &Lexicon, now: Timestamp) -> Vec<Suggestion> {
    if kind != FormKind::Zone {
        return Vec::new();
    }
    let shown = |name: String| {
        let zone = TimeZone::get(&name).ok()?;
        let time = now.to_zoned_datetime(zone).time();
        Some(Suggestion { label: format!("{name}, {:02}:{:02}", time.hour(), time.minute()), value: name })
    };
    zone::suggest(typed.trim(), lexicon, now).into_iter().filter_map(shown).collect()
}

fn long_enough(phrase: &Words) -> bool {
    phrase.expose().trim().chars().count() >= usize::from(PASSPHRASE)
}

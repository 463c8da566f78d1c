//! Setting up a time apart: length, rhythm, zone, then a summary to begin from. Each answer leads to the next question
//! that is still open, so it can be interrupted, and changed by giving an answer again.

use crate::journey::event::Value;
use crate::journey::keys::Key;
use crate::journey::message::{Arg, Message};
use crate::journey::press::Press;
use crate::journey::schedule::{LENGTHS, RHYTHMS};
use crate::journey::stages::cooloff;
use crate::journey::turn::Turn;

/// Begins the set-up, or goes on with it.
pub fn start(turn: &mut Turn) -> Message {
    if turn.journey.cooloff.run.is_some() {
        return cooloff::show(turn);
    }
    turn.journey.cooloff.draft.active = true;
    next(turn)
}

/// The question that is still open, where a set-up is going on.
pub fn resume(turn: &mut Turn) -> Option<Message> {
    let active = turn.journey.cooloff.draft.active && turn.journey.cooloff.run.is_none();
    active.then(|| next(turn))
}

/// A length was chosen.
pub fn length(turn: &mut Turn, days: u16) -> Message {
    if turn.journey.cooloff.run.is_some() {
        return cooloff::show(turn);
    }
    if !LENGTHS.contains(&days) {
        return length_unknown();
    }
    turn.journey.cooloff.draft.active = true;
    turn.journey.cooloff.draft.length = Some(days);
    next(turn)
}

/// A rhythm was chosen, for the set-up or for the time apart that runs.
pub fn every(turn: &mut Turn, days: u16) -> Message {
    if !RHYTHMS.contains(&days) {
        return rhythm_unknown();
    }
    if turn.journey.cooloff.run.is_some() {
        return cooloff::every(turn, days);
    }
    turn.journey.cooloff.draft.active = true;
    turn.journey.cooloff.draft.every = Some(days);
    next(turn)
}

/// What was typed as a length.
pub fn length_given(turn: &mut Turn, value: &Value) -> Message {
    let Some(days) = number(value) else { return length_unknown() };
    let message = length(turn, days);
    if turn.journey.cooloff.run.is_some() || !LENGTHS.contains(&days) {
        return message;
    }
    message.below(Message::with(Key::CooloffLengthRead, vec![Arg::Length(days)]))
}

/// What was typed as a rhythm.
pub fn every_given(turn: &mut Turn, value: &Value) -> Message {
    let days = match value {
        Value::Numbers(days) => {
            let days = days.iter().filter_map(|days| u16::try_from(*days).ok()).map(|days| Press::Every { days });
            return Message::new(Key::CooloffRhythmWhich).choices(days).choices([Press::EveryForm]);
        }
        Value::TooOften => {
            return Message::new(Key::CooloffTooOften).choices([Press::Every { days: 1 }, Press::EveryForm]);
        }
        value => number(value),
    };
    let Some(days) = days else { return rhythm_unknown() };
    let message = every(turn, days);
    if turn.journey.cooloff.run.is_some() || !RHYTHMS.contains(&days) {
        return message;
    }
    message.below(Message::with(Key::CooloffRhythmRead, vec![Arg::Every(days)]))
}

/// Begins as summed up.
pub fn begin(turn: &mut Turn) -> Message {
    if turn.journey.cooloff.run.is_some() {
        return cooloff::show(turn);
    }
    let draft = turn.journey.cooloff.draft.clone();
    match (draft.length, draft.every, &turn.journey.settings.zone) {
        (Some(length), Some(every), Some(_)) => cooloff::begin(turn, length, every),
        _ => start(turn),
    }
}

/// Asks for the rhythm.
pub fn ask_rhythm() -> Message {
    Message::new(Key::CooloffRhythm).choices([1, 3, 7].map(|days| Press::Every { days })).choices([Press::EveryForm])
}

fn ask_length() -> Message {
    let lengths = [7, 14, 30, 60, 90].map(|days| Press::Length { days });
    Message::new(Key::CooloffLength).choices(lengths).choices([Press::LengthForm])
}

fn next(turn: &Turn) -> Message {
    let (draft, settings) = (&turn.journey.cooloff.draft, &turn.journey.settings);
    let Some(length) = draft.length else { return ask_length() };
    let Some(every) = draft.every else { return ask_rhythm() };
    let Some(zone) = settings.zone.clone() else {
        return Message::new(Key::ZoneAsk).choices([Press::ZoneForm]);
    };
    let args = vec![Arg::Length(length), Arg::Every(every), Arg::Time(settings.reminder), Arg::Zone(zone)];
    let mut message = Message::with(Key::CooloffReady, args);
    if let Some(quiet) = settings.quiet {
        message = message.and(Key::CooloffQuiet, vec![Arg::From(quiet.from), Arg::Until(quiet.until)]);
    }
    message.choices([Press::CooloffBegin, Press::TimeForm, Press::QuietForm, Press::LengthForm, Press::EveryForm])
}

fn number(value: &Value) -> Option<u16> {
    match value {
        Value::Number(number) => u16::try_from(*number).ok(),
        _ => None,
    }
}

fn length_unknown() -> Message {
    unknown(Key::CooloffLengthUnknown, *LENGTHS.start(), *LENGTHS.end()).choices([Press::LengthForm])
}

fn rhythm_unknown() -> Message {
    unknown(Key::CooloffRhythmUnknown, *RHYTHMS.start(), *RHYTHMS.end()).choices([Press::EveryForm])
}

fn unknown(key: Key, min: u16, max: u16) -> Message {
    Message::with(key, vec![Arg::Min(min), Arg::Max(max)])
}

//! Writing over several days, a part of [`reflect`](super::reflect) for who wants it: one prompt a day at the reminder
//! time, answered or not. The form comes from Slatcher and Pennebaker (2006): a short time, three days in a row.

use jiff::ToSpan;
use serde::{Deserialize, Serialize};

use crate::journey::effect::Anomaly;
use crate::journey::keys::Key;
use crate::journey::message::{Arg, Message};
use crate::journey::press::Press;
use crate::journey::schedule;
use crate::journey::stages::reflect;
use crate::journey::timer::Timer;
use crate::journey::turn::Turn;

/// The prompts in their order; the longest run has all of them.
const PROMPTS: [Key; 5] = [Key::Writing1, Key::Writing2, Key::Writing3, Key::Writing4, Key::Writing5];

/// How many days can be chosen.
const LENGTHS: [u8; 2] = [3, 5];

/// Writing that goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writing {
    /// How many days it has.
    pub days: u8,
    /// The day whose prompt came last, from 1.
    pub day: u8,
}

/// What it is, or the day it is at.
pub fn show(turn: &Turn) -> Message {
    if !turn.fits(Key::WritingOffer) {
        return reflect::show(turn);
    }
    match turn.journey.reflect.writing {
        Some(writing) => Message::with(Key::WritingOn, args(writing)).choices([
            Press::WritingForm { day: writing.day },
            Press::WritingStop,
            Press::Reflect,
        ]),
        None => Message::new(Key::WritingOffer)
            .choices(LENGTHS.map(|days| Press::WritingBegin { days }))
            .choices([Press::Reflect, Press::Journey]),
    }
}

/// Begins today: the first prompt is the answer itself.
pub fn begin(turn: &mut Turn, days: u8) -> Message {
    if turn.journey.reflect.writing.is_some() || !LENGTHS.contains(&days) || !turn.fits(Key::WritingOffer) {
        return show(turn);
    }
    let writing = Writing { days, day: 1 };
    turn.journey.reflect.writing = Some(writing);
    await_next(turn);
    prompt(writing).below(Message::with(Key::WritingBegun, vec![Arg::Time(turn.journey.settings.reminder)]))
}

/// The next day's prompt is due. However late it is, one comes, and the next a day later.
pub fn due(turn: &mut Turn) {
    let Some(mut writing) = turn.journey.reflect.writing else {
        turn.anomaly = Some(Anomaly::UnexpectedTimer(Timer::Writing));
        return;
    };
    writing.day = writing.day.saturating_add(1);
    if !turn.fits(key(writing)) {
        // It does not fit any more: after violence a person is not led through it alone.
        return end(turn);
    }
    // After the last prompt nothing is awaited; its form stays open in the message.
    turn.journey.reflect.writing = Some(writing).filter(|writing| writing.day < writing.days);
    turn.send(Timer::Writing, prompt(writing));
    await_next(turn);
}

/// Sets the timer to tomorrow's reminder time. Called after whatever may move it.
pub fn await_next(turn: &mut Turn) {
    if turn.journey.reflect.writing.is_none() {
        return;
    }
    let settings = &turn.journey.settings;
    // Moved by a change of settings, it stays on the day it was for.
    let waits = turn.journey.timers.get(&Timer::Writing).map(|pending| schedule::date(settings, pending.since));
    let date = waits.unwrap_or_else(|| turn.today().saturating_add(1.day()));
    let at = schedule::instant(settings, date, settings.reminder, turn.now).max(turn.now);
    let at = schedule::out_of_quiet(settings, at);
    turn.set(Timer::Writing, at);
}

/// Words were written for a day.
pub fn written(turn: &Turn) -> Message {
    let key = if turn.journey.reflect.writing.is_some() { Key::WritingKept } else { Key::WritingDone };
    Message::new(key).choices([Press::Reflect, Press::Journal, Press::Journey])
}

/// Stops it; what was written stays.
pub fn stop(turn: &mut Turn) -> Message {
    end(turn);
    Message::new(Key::WritingStopped).choices([Press::Reflect, Press::Journey])
}

/// Stops it without a word.
pub fn end(turn: &mut Turn) {
    turn.journey.reflect.writing = None;
    turn.cancel(Timer::Writing);
}

fn prompt(writing: Writing) -> Message {
    let message = Message::with(key(writing), args(writing)).choices([Press::WritingForm { day: writing.day }]);
    let more = (writing.day < writing.days).then_some(Press::WritingStop);
    message.choices(more).choices([Press::Reflect])
}

fn key(writing: Writing) -> Key {
    PROMPTS[usize::from(writing.day.max(1) - 1).min(PROMPTS.len() - 1)]
}

fn args(writing: Writing) -> Vec<Arg> {
    vec![Arg::Day(u16::from(writing.day)), Arg::Length(u16::from(writing.days))]
}
